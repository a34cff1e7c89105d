"""The pages that roll a plan forward, and the lineage that the pages of actions show."""

from datetime import date

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from lxml import html

from actions.models import Action, CarryForward, Plan, Priority
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from tests.builders import (
    NOW,
    link,
    make_action,
    make_carried,
    make_decision,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_reading,
    make_update,
    make_viewer,
)
from tests.filling import filled_in, has_form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan():
    return make_plan(make_partnership("Maldon"), title="Plan 2025/26", slug="our-plan")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Manager")


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def action(plan):
    return make_action(plan, text="Light the paths")


def url_of(plan, name="plan_forward"):
    return reverse(name, args=[plan.slug])


def main_of(answer):
    return html.fromstring(answer.content.decode()).get_element_by_id("main-content")


def words_of(answer):
    return " ".join(main_of(answer).text_content().split())


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def shown(client, plan, name="plan_forward"):
    """What a browser would post from the page if nobody touched it."""
    return filled_in(client.get(url_of(plan, name)))


def summary_of(answer):
    return [
        one.text_content() for one in main_of(answer).find_class("govuk-error-summary__list")[0].iterdescendants("li")
    ]


# The page of decisions


def test_light_and_words_have_chosen_already(signed_in, plan, action):
    make_update(action, rag=RAG.COMPLETE, progress="All lamps are lit.")
    typed = shown(signed_in, plan)
    assert typed[f"{action.pk}-decision"] == "completed"
    words = words_of(signed_in.get(url_of(plan)))
    assert "All lamps are lit." in words
    assert "Complete in Q1 2025/26. Completed: proposed" in words


def test_saving_as_it_is_shown_keeps_what_is_proposed_with_its_reason(signed_in, plan, action, manager):
    answer = signed_in.post(url_of(plan), shown(signed_in, plan) | {"meeting": "Annual meeting"})
    assert (answer.status_code, answer["location"]) == (302, url_of(plan))
    row = CarryForward.objects.get()
    assert (row.decision, row.reason, row.meeting) == ("as_is", "Nobody has reported on it", "Annual meeting")
    assert "Nothing is carried forward until you confirm" in told(answer)[0]


def test_the_other_button_goes_on_to_confirm(signed_in, plan, action):
    answer = signed_in.post(url_of(plan), shown(signed_in, plan) | {"next": "yes"})
    assert answer["location"] == url_of(plan, "plan_forward_confirm")


def test_a_very_long_plan_has_pages(signed_in, plan, action, monkeypatch):
    monkeypatch.setattr("actions.views.carrying.PER_PAGE", 2)
    second, third = make_action(plan), make_action(plan)
    typed = shown(signed_in, plan)
    assert typed["rows"] == [str(action.pk), str(second.pk)]
    answer = signed_in.post(url_of(plan), typed | {"next": "yes", f"{action.pk}-reason": "Mine"})
    assert answer["location"] == f"{url_of(plan)}?page=2"
    assert CarryForward.objects.count() == 2
    last = filled_in(signed_in.get(answer["location"]))
    assert last["rows"] == str(third.pk)
    into = {f"{third.pk}-decision": "merged", f"{third.pk}-into": action.reference, f"{third.pk}-reason": "Alike"}
    answer = signed_in.post(answer["location"], last | into | {"next": "yes"})
    assert answer["location"] == url_of(plan, "plan_forward_confirm")
    assert CarryForward.objects.get(from_action=third).into == action


def test_what_was_saved_comes_back(signed_in, plan, action):
    make_action(plan, reference="9.9")
    typed = shown(signed_in, plan) | {
        "meeting": "Annual meeting", "decided_on_0": "3", "decided_on_1": "3", "decided_on_2": "2026",
        f"{action.pk}-decision": "amended", f"{action.pk}-text": "Light all paths", f"{action.pk}-reason": "More lamps",
        f"{action.pk}-elsewhere": "Delivery group, 1 March",
    }  # fmt: skip
    assert signed_in.post(url_of(plan), typed).status_code == 302
    again = shown(signed_in, plan)
    kept = [name for name in typed if not name.endswith(("seen", "reason")) or name == f"{action.pk}-reason"]
    assert {name: again[name] for name in kept} == {name: typed[name] for name in kept}
    row = CarryForward.objects.get(from_action=action)
    assert (row.meeting, row.decided_on) == ("Delivery group, 1 March", None)


def test_saving_again_untouched_changes_nothing(signed_in, plan, action):
    signed_in.post(url_of(plan), shown(signed_in, plan))
    answer = signed_in.post(url_of(plan), shown(signed_in, plan))
    assert told(answer)[-1].startswith("Nothing had to change")
    assert CarryForward.objects.get().version == 1


def test_another_meeting_above_the_table_is_that_of_every_row_that_has_no_own(signed_in, plan, action):
    other = make_action(plan)
    make_decision(action, meeting="Strategy group")
    make_decision(other, meeting="Strategy group")
    make_decision(make_action(plan), meeting="Delivery group")
    signed_in.post(url_of(plan), shown(signed_in, plan) | {"meeting": "Annual meeting"})
    meetings = CarryForward.objects.order_by("from_action").values_list("meeting", flat=True)
    assert list(meetings) == ["Annual meeting", "Annual meeting", "Delivery group"]


def test_a_row_can_be_left_undecided(signed_in, plan, action):
    signed_in.post(url_of(plan), shown(signed_in, plan) | {f"{action.pk}-decision": ""})
    assert not CarryForward.objects.exists()


def test_another_decision_than_the_proposed_one_needs_its_own_reason(signed_in, plan, action):
    signed_in.post(url_of(plan), shown(signed_in, plan))
    typed = shown(signed_in, plan) | {f"{action.pk}-decision": "dropped"}
    signed_in.post(url_of(plan), typed)
    assert (row := CarryForward.objects.get()).decision == "dropped"
    assert row.reason == ""
    assert "the reason is missing" in words_of(signed_in.get(url_of(plan, "plan_forward_confirm")))


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"decision": "amended"}, "Change the words, or choose “Carried as it is”"),
        ({"decision": "as_is", "text": "Other"}, "Its words have been changed: choose “Carried with new words”"),
        ({"decision": "merged"}, "Enter the reference of the action it is merged into"),
        ({"decision": "merged", "into": "7.7"}, "The plan has no action 7.7"),
        ({"decision": "merged", "into": "1.1.1"}, "An action cannot be merged into itself"),
        ({"decision": "sold"}, "Select a next year from the list"),
        ({"decision": "as_is", "elsewhere": "x" * 256}, "Decided somewhere else must be 255 characters or fewer"),
    ],
    ids=["amended", "as it is", "into nothing", "into unknown", "into itself", "made up", "too long"],
)
def test_what_is_wrong_is_said_at_its_box_and_nothing_typed_is_lost(signed_in, plan, action, typed, error):
    other = make_action(plan)
    sent = {f"{action.pk}-{name}": value for name, value in typed.items()} | {f"{other.pk}-reason": "My reason"}
    answer = signed_in.post(url_of(plan), shown(signed_in, plan) | sent)
    assert answer.status_code == 200
    assert summary_of(answer) == [f"Action {action.reference}: {error}"]
    assert not CarryForward.objects.exists()
    again = filled_in(answer)
    assert again[f"{other.pk}-reason"] == "My reason"
    if typed["decision"] != "sold":
        assert {name: again[name] for name in sent} == sent


def test_a_merger_is_named_by_reference(signed_in, plan, action):
    other = make_action(plan)
    typed = {f"{action.pk}-decision": "merged", f"{action.pk}-into": other.reference, f"{action.pk}-reason": "Alike"}
    signed_in.post(url_of(plan), shown(signed_in, plan) | typed)
    assert CarryForward.objects.get(from_action=action).into == other


def test_of_two_managers_the_second_sees_both_and_may_keep_theirs(client, signed_in, plan, action, manager):
    other = make_action(plan)
    mine = shown(signed_in, plan) | {f"{action.pk}-decision": "dropped", f"{action.pk}-reason": "No money"}
    make_decision(action, decided_by=make_manager(plan.partnership, name="Ann Other"))
    answer = signed_in.post(url_of(plan), mine)
    assert answer.status_code == 409
    assert "Ann Other saved “Carried as it is”, because: Not finished" in summary_of(answer)[0]
    assert not CarryForward.objects.filter(from_action=other).exists()
    again = filled_in(answer)
    assert again[f"{action.pk}-reason"] == "No money"
    assert signed_in.post(url_of(plan), again).status_code == 302
    assert CarryForward.objects.get(from_action=action).decision == "dropped"


def test_rows_somebody_else_decided_and_one_did_not_touch_are_left_alone(signed_in, plan, action):
    other = make_action(plan)
    mine = shown(signed_in, plan) | {f"{other.pk}-reason": "Mine"}
    make_decision(action, decision="dropped")
    assert signed_in.post(url_of(plan), mine).status_code == 302
    assert CarryForward.objects.get(from_action=action).decision == "dropped"
    assert CarryForward.objects.get(from_action=other).reason == "Mine"


def test_an_action_archived_meanwhile_is_said_and_the_rest_kept(signed_in, plan, action):
    other = make_action(plan)
    mine = shown(signed_in, plan) | {f"{other.pk}-reason": "Mine"}
    Action.objects.filter(pk=action.pk).update(archived_at=NOW)
    answer = signed_in.post(url_of(plan), mine)
    assert answer.status_code == 409
    assert "taken out of the plan" in summary_of(answer)[0]
    again = filled_in(answer)
    assert again[f"{other.pk}-reason"] == "Mine"
    assert signed_in.post(url_of(plan), again).status_code == 302


@pytest.mark.parametrize("name", ["plan_forward", "plan_forward_confirm"])
def test_a_draft_says_why_it_cannot_be_rolled_forward(signed_in, plan, action, name):
    Plan.objects.filter(pk=plan.pk).update(status="draft")
    answer = signed_in.get(url_of(plan, name))
    assert "is a draft: make it active first" in words_of(answer)
    assert not has_form(answer)


def test_an_empty_plan_leads_to_its_structure(signed_in, plan):
    assert "There is no action to carry forward" in words_of(signed_in.get(url_of(plan)))


# The page that confirms


def test_everything_still_open_is_listed_with_links(signed_in, plan, action):
    answer = signed_in.get(url_of(plan, "plan_forward_confirm"))
    assert "nothing has been decided yet" in words_of(answer)
    assert main_of(answer).xpath(f".//a[@href='{url_of(plan)}#id_{action.pk}-decision']")
    assert not has_form(answer)


def test_the_decisions_are_shown_once_more_with_what_changes_marked(signed_in, plan, action):
    make_decision(action, decision="amended", text="Light all the paths", decided_on=date(2026, 3, 3))
    merged = make_action(plan, text="Fit lamps")
    make_decision(merged, decision="merged", into=action)
    make_decision(make_action(plan), decision="dropped", reason="No money")
    answer = signed_in.get(url_of(plan, "plan_forward_confirm"))
    words = words_of(answer)
    assert "A draft is made with 1 of 3 actions" in words
    assert [one.text_content() for one in main_of(answer).xpath(".//ins")] == ["[added: all ]"]
    assert f"Fit lamps – into {action.reference}" in words
    assert "No money · Strategy group ·" in words
    assert "Strategy group, 3 March 2026 ·" in words


def test_what_is_merged_is_shown_with_the_words_it_brings(signed_in, plan, action):
    make_decision(action)
    make_decision(make_action(plan, text="Cut the hedges"), decision="merged", into=action)
    answer = signed_in.get(url_of(plan, "plan_forward_confirm"))
    assert [one.text_content() for one in main_of(answer).xpath(".//ins")] == ["[added: Cut the hedges]"]
    assert "– with the words of 1.1.2" in words_of(answer)


def test_who_has_left_is_named_with_what_they_led(signed_in, plan, action):
    gone = make_officer(plan.partnership, name="Sam Poole", ends_on=date(2025, 6, 1))
    Action.objects.filter(pk=action.pk).update(lead_officer=gone)
    Priority.objects.update(lead=gone)
    make_decision(action)
    words = words_of(signed_in.get(url_of(plan, "plan_forward_confirm")))
    assert "Sam Poole has left and led priority 1, 1.1.1: nobody will lead them until you assign them." in words


def test_the_work_needed_is_shown_too(signed_in, plan, action):
    make_update(action, work_needed="Actions to be carried forward")
    words = words_of(signed_in.get(url_of(plan)))
    assert "Work needed: Actions to be carried forward" in words
    assert "The words say “Actions to be carried forward”" in words


def test_confirming_makes_the_draft_and_leads_to_it(signed_in, plan, action):
    make_decision(action)
    typed = shown(signed_in, plan, "plan_forward_confirm")
    assert typed["title"] == "Plan 2026/27"
    answer = signed_in.post(url_of(plan, "plan_forward_confirm"), typed)
    made = Plan.objects.get(previous=plan)
    assert (answer.status_code, answer["location"]) == (302, url_of(made, "plan_begin"))
    assert (made.status, made.starts_on, made.ends_on) == ("draft", date(2026, 4, 1), date(2027, 3, 31))
    assert told(answer) == ["Plan 2026/27 has been made as a draft. Check it, then make it active."]


def test_confirming_twice_makes_one_plan(signed_in, plan, action):
    make_decision(action)
    typed = shown(signed_in, plan, "plan_forward_confirm")
    signed_in.post(url_of(plan, "plan_forward_confirm"), typed)
    answer = signed_in.post(url_of(plan, "plan_forward_confirm"), typed)
    assert answer.status_code == 302
    assert "had been rolled forward already" in told(answer)[-1]
    assert Plan.objects.filter(previous=plan).count() == 1


def test_what_changed_while_one_read_is_shown_before_anything_is_made(signed_in, plan, action):
    row = make_decision(action)
    typed = shown(signed_in, plan, "plan_forward_confirm") | {"title": "My title"}
    CarryForward.objects.filter(pk=row.pk).update(reason="Another reason", version=2)
    answer = signed_in.post(url_of(plan, "plan_forward_confirm"), typed)
    assert answer.status_code == 409
    assert "Something changed while you were reading" in words_of(answer)
    assert not Plan.objects.filter(previous=plan).exists()
    again = filled_in(answer)
    assert again["title"] == "My title"
    assert signed_in.post(url_of(plan, "plan_forward_confirm"), again).status_code == 302


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"title": ""}, "Enter title of the next plan"),
        ({"starts_on_2": "2025"}, "The next plan must begin after the first day of this one"),
        ({"ends_on_2": "2025"}, "The last day must come after the first day"),
    ],
)
def test_an_impossible_plan_is_refused_in_words(signed_in, plan, action, typed, error):
    make_decision(action)
    answer = signed_in.post(
        url_of(plan, "plan_forward_confirm"), shown(signed_in, plan, "plan_forward_confirm") | typed
    )
    assert error in summary_of(answer)
    assert not Plan.objects.filter(previous=plan).exists()


def test_last_years_outturn_is_offered_unticked_and_taken_where_ticked(signed_in, plan, action):
    make_decision(action)
    whole, part = make_indicator(plan.partnership, name="Burglaries"), make_indicator(plan.partnership, name="Thefts")
    for number in (1, 2, 3, 4):
        link(action, whole) if number == 1 else None
        make_reading(whole, Period.of_quarter(Quarter(2025, number)), value=471)
    link(action, part)
    answer = signed_in.get(url_of(plan, "plan_forward_confirm"))
    assert "Burglaries – 2025/26 outturn: 1,884" in words_of(answer)
    assert f"{part} – no figure for" in words_of(answer)
    typed = filled_in(answer)
    assert "baselines" not in typed
    signed_in.post(url_of(plan, "plan_forward_confirm"), typed | {"baselines": str(whole.pk)})
    assert whole.baselines.get(is_primary=True).value == 1884


def test_afterwards_the_decisions_are_read_and_what_was_added_since_is_named(signed_in, plan, action):
    following = make_plan(plan.partnership, status="draft", title="Plan 2026/27")
    make_carried(action, make_action(following))
    make_action(plan, text="Thought of later")
    answer = signed_in.get(url_of(plan))
    assert not has_form(answer)
    assert "Rolled forward to Plan 2026/27" in words_of(answer)
    assert "1.1.2 Thought of later" in words_of(answer)
    assert signed_in.post(url_of(plan), {}).status_code == 302


@pytest.mark.parametrize("status", ["active", "closed"])
def test_the_plans_page_leads_there(signed_in, plan, status):
    Plan.objects.filter(pk=plan.pk).update(status=status)
    assert main_of(signed_in.get(plan.get_absolute_url())).xpath(f".//a[@href='{url_of(plan)}']")


def test_a_reader_is_not_led_there(client, plan):
    client.force_login(make_officer(plan.partnership))
    assert not main_of(client.get(plan.get_absolute_url())).xpath(f".//a[@href='{url_of(plan)}']")
    assert client.get(url_of(plan)).status_code == 403


# Lineage


@pytest.fixture
def following(plan):
    return make_plan(
        plan.partnership, title="Plan 2026/27", starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), previous=plan
    )


def test_both_actions_say_where_they_come_from_and_go_to(signed_in, plan, action, following):
    new = make_action(following)
    make_carried(action, new, year=3, decided_on=date(2026, 3, 3))
    assert f"Plan 2025/26 {action.reference}, third year" in words_of(signed_in.get(new.get_absolute_url()))
    words = words_of(signed_in.get(action.get_absolute_url()))
    assert f"Carried as it is: Plan 2026/27 {new.reference}" in words
    assert "Not finished · Strategy group, 3 March 2026" in words


def test_a_merged_action_is_named_as_such(signed_in, plan, action, following):
    kept, new = make_action(plan), make_action(following)
    make_carried(kept, new)
    make_carried(action, new, decision="merged", into=kept)
    words = words_of(signed_in.get(new.get_absolute_url()))
    assert f"Plan 2025/26 {action.reference}, merged into this" in words
    assert f"Plan 2025/26 {kept.reference}" in words
    assert words.count("second year") == 1


def test_nobody_learns_of_a_draft_from_the_old_action(client, plan, action, following):
    Plan.objects.filter(pk=following.pk).update(status="draft")
    make_carried(action, make_action(following))
    client.force_login(make_viewer(plan.partnership))
    for url in (action.get_absolute_url(), reverse("action_history", args=[action.pk])):
        words = words_of(client.get(url))
        assert "2026/27" not in words
        assert "Strategy group" not in words


def test_what_is_not_confirmed_is_not_told(signed_in, action):
    make_decision(action)
    assert "Strategy group" not in words_of(signed_in.get(action.get_absolute_url()))


def test_the_history_tells_of_the_decision(signed_in, plan, action, manager):
    make_decision(action)
    typed = shown(signed_in, plan, "plan_forward_confirm")
    signed_in.post(url_of(plan, "plan_forward_confirm"), typed)
    words = words_of(signed_in.get(reverse("action_history", args=[action.pk])))
    assert "Decision about the next plan" in words
    assert "Strategy group" in words
    new = Action.objects.get(carried_from__from_action=action)
    words = words_of(signed_in.get(reverse("action_history", args=[new.pk])))
    assert "Where it was carried from recorded" in words
    assert "Light the paths" in words


def test_carried_for_three_years_is_a_list(signed_in, plan, following):
    for year, text in ((2, "Second"), (3, "Third"), (4, "Fourth")):
        make_carried(make_action(plan), make_action(following, text=f"{text} time"), year=year)
    make_action(following, text="New this year")
    answer = signed_in.get(reverse("actions"), {"plan": following.slug, "carried": "3"})
    rows = [" ".join(row.text_content().split()) for row in main_of(answer).xpath(".//tbody//th")]
    assert [row.partition(" ")[2] for row in rows] == ["Third timeIn its third year", "Fourth timeIn its fourth year"]

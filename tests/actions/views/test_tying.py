"""The page that says what became of the actions of the plan before."""

from datetime import date

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from lxml import html

from actions.models import Action, CarryForward, Plan
from csp_tracker.rag import RAG
from tests.builders import (
    NOW,
    make_action,
    make_carried,
    make_decision,
    make_manager,
    make_partnership,
    make_plan,
    make_update,
)
from tests.filling import filled_in, has_form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def before():
    return make_plan(make_partnership("Maldon"), title="Plan 2025/26", slug="old-plan")


@pytest.fixture
def plan(before):
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
    return make_plan(before.partnership, title="Plan 2026/27", slug="new-plan", previous=before, **days)


@pytest.fixture
def signed_in(client, plan):
    client.force_login(make_manager(plan.partnership, name="Mo Manager"))
    return client


def url_of(plan):
    return reverse("plan_lineage", args=[plan.slug])


def main_of(answer):
    return html.fromstring(answer.content.decode()).get_element_by_id("main-content")


def words_of(answer):
    return " ".join(main_of(answer).text_content().split())


def shown(client, plan):
    return filled_in(client.get(url_of(plan)))


def summary_of(answer):
    found = main_of(answer).find_class("govuk-error-summary__list")[0]
    return [one.text_content() for one in found.iterdescendants("li")]


def test_alike_actions_are_proposed_and_kept_as_shown(signed_in, before, plan):
    same, moved = make_action(before, text="Light the paths by the river"), make_action(before, text="Gate the alleys")
    make_action(plan, text="Gate all the alleys")
    after = make_action(plan, text="Light the paths by the river")
    page = signed_in.get(url_of(plan))
    assert "Nothing has been recorded yet" in words_of(page)
    assert [one.text_content() for one in main_of(page).xpath(".//ins")] == ["[added: all ]"]
    typed = filled_in(page) | {"meeting": "Strategy group"}
    assert typed[f"{same.pk}-became"] == str(after.pk)
    answer = signed_in.post(url_of(plan), typed)
    assert (answer.status_code, answer["location"]) == (302, plan.get_absolute_url())
    assert [str(one) for one in get_messages(answer.wsgi_request)] == ["What became of 2 actions has been recorded."]
    assert same.carried.to_action == after
    assert moved.carried.decision == "amended"
    again = signed_in.get(url_of(plan))
    assert "2 of the 2 actions of Plan 2026/27 are recorded as going on from it; 0 are new." in words_of(again)
    assert filled_in(again)["meeting"] == "Strategy group"


def test_what_ended_is_proposed_with_its_reason(signed_in, before, plan):
    action = make_action(before, text="Close the underpass")
    make_update(action, rag=RAG.COMPLETE)
    make_action(plan, text="Something else")
    typed = shown(signed_in, plan)
    assert (typed[f"{action.pk}-became"], typed[f"{action.pk}-reason"]) == ("completed", "Complete in Q1 2025/26")
    signed_in.post(url_of(plan), typed | {"meeting": "Strategy group"})
    assert action.carried.decision == "completed"


def test_what_was_decided_before_the_file_came_is_proposed(signed_in, before, plan):
    action = make_action(before, text="Light the paths")
    make_action(plan, text="Light the paths")
    make_decision(action, decision="dropped", reason="No money")
    typed = shown(signed_in, plan)
    assert (typed[f"{action.pk}-became"], typed["meeting"]) == ("dropped", "Strategy group")


def test_another_action_is_named_by_its_reference(signed_in, before, plan):
    action, after = make_action(before, text="Light the paths"), make_action(plan, text="Tame the dragons")
    typed = shown(signed_in, plan) | {"meeting": "x", f"{action.pk}-became": "other", f"{action.pk}-other": "1.1.1."}
    assert signed_in.post(url_of(plan), typed).status_code == 302
    assert action.carried.to_action == after


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"became": "other"}, "Enter the reference of the action it goes on as"),
        ({"became": "other", "other": "7.7"}, "The plan has no action 7.7"),
        ({"became": "dropped", "reason": " "}, "Say why it was dropped"),
        ({"became": "sold"}, "Select a what became of it from the list"),
    ],
    ids=["no reference", "unknown", "no reason", "made up"],
)
def test_what_is_wrong_is_said_at_its_box(signed_in, before, plan, typed, error):
    action = make_action(before, text="Light the paths")
    sent = {f"{action.pk}-{name}": value for name, value in typed.items()}
    answer = signed_in.post(url_of(plan), shown(signed_in, plan) | {"meeting": "Here"} | sent)
    assert summary_of(answer) == [f"Action 1.1.1: {error}"]
    assert filled_in(answer)["meeting"] == "Here"
    assert not CarryForward.objects.exists()


def test_where_it_was_decided_is_asked(signed_in, before, plan):
    make_action(before)
    assert summary_of(signed_in.post(url_of(plan), shown(signed_in, plan))) == ["Enter where this was decided"]


def test_what_changed_meanwhile_is_shown_with_what_was_chosen(signed_in, before, plan):
    action, after = make_action(before, text="Light the paths"), make_action(plan, text="Light the paths")
    typed = shown(signed_in, plan) | {"meeting": "Here"}
    Action.objects.filter(pk=after.pk).update(text="Tame the dragons", version=2)
    answer = signed_in.post(url_of(plan), typed)
    assert answer.status_code == 409
    assert "Something changed while you were working" in words_of(answer)
    again = filled_in(answer)
    assert (again["meeting"], again[f"{action.pk}-became"]) == ("Here", str(after.pk))
    assert signed_in.post(url_of(plan), again).status_code == 302
    assert action.carried.text == "Tame the dragons"


def test_what_went_on_elsewhere_is_named_and_left(signed_in, before, plan):
    action, other = make_action(before), make_plan(before.partnership, title="The other plan")
    make_carried(action, make_action(other))
    page = signed_in.get(url_of(plan))
    assert "1.1.1 went on in The other plan" in words_of(page)
    assert "rows" not in filled_in(page)


def test_a_very_long_plan_has_pages(signed_in, before, plan, monkeypatch):
    monkeypatch.setattr("actions.views.tying.PER_PAGE", 1)
    first, second = (make_action(before, text=text) for text in ("Light the paths", "Gate the alleys"))
    make_action(plan, text="Light the paths")
    answer = signed_in.post(url_of(plan), shown(signed_in, plan) | {"meeting": "Here"})
    assert answer["location"] == f"{url_of(plan)}?page=2"
    assert filled_in(signed_in.get(answer["location"]))["rows"] == str(second.pk)
    assert CarryForward.objects.get().from_action == first


def test_a_plan_that_follows_none_says_what_to_do(signed_in, before):
    page = signed_in.get(url_of(before))
    assert not has_form(page)
    assert main_of(page).xpath(f".//a[@href='{reverse('plan_edit', args=[before.slug])}']")


def test_saying_which_plan_it_follows_leads_there(signed_in, before, plan):
    Plan.objects.filter(pk=plan.pk).update(previous=None)
    url = reverse("plan_edit", args=[plan.slug])
    typed = filled_in(signed_in.get(url)) | {"previous": str(before.pk), "reason": "It was imported"}
    assert signed_in.post(url, typed)["location"] == url_of(plan)
    assert main_of(signed_in.get(url)).xpath(f".//a[@href='{url_of(plan)}']")


def test_rolling_forward_what_another_plan_follows_leads_there_too(signed_in, before, plan):
    make_decision(make_action(before))
    page = signed_in.get(reverse("plan_forward", args=[before.slug]))
    assert "Plan 2026/27 follows this plan already" in words_of(page)
    assert main_of(page).xpath(f".//a[@href='{url_of(plan)}']")
    url = reverse("plan_forward_confirm", args=[before.slug])
    typed = filled_in(signed_in.get(url))
    assert "Tick that you want another plan" in summary_of(signed_in.post(url, typed))[0]
    assert signed_in.post(url, typed | {"both_follow": "on"}).status_code == 302
    assert before.following.count() == 2


def test_what_nothing_is_recorded_of_leads_there(signed_in, before, plan):
    make_carried(make_action(before), make_action(plan))
    make_action(before, text="Thought of later")
    page = signed_in.get(reverse("plan_forward", args=[before.slug]))
    assert "1.1.2 Thought of later" in words_of(page)
    assert main_of(page).xpath(f".//a[@href='{url_of(plan)}']")

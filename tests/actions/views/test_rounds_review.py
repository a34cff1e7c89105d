"""Review one after another, many greens at once, locking, and leave for one person."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from actions.models import DueDateChange, ProgressUpdate, Round, Unlock
from actions.services import updates as services
from actions.services.notes import add_comment
from actions.services.rewording import rewordings
from actions.values import UpdateState
from csp_tracker.models import OutboxMail
from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    link,
    make_action,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_reading,
    make_round,
    make_update,
)

pytestmark = pytest.mark.django_db
LAST = "Two events were held in May, with the police and the fire service."


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan():
    return make_plan(make_partnership("Maldon"), title="Our plan", slug="our-plan", starts_on=date(2024, 4, 1))


@pytest.fixture
def round_(plan):
    return make_round(plan)


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership, name="Olu Officer")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Manager")


@pytest.fixture
def action(plan, round_, officer):
    return make_action(plan, lead_officer=officer)


@pytest.fixture
def update(action, officer):
    return make_update(action, submitted_by=officer)


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


def url_of(plan, name="round_review"):
    return reverse(name, args=[plan.slug, QUARTER])


def review_of(action):
    return reverse("round_review_one", args=[action.plan.slug, QUARTER, action.pk])


def main_of(answer):
    return html.fromstring(answer.content.decode()).get_element_by_id("main-content")


def words_of(answer):
    return " ".join(main_of(answer).text_content().split())


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def approving(version=1):
    return {"decision": "approve", "version": version}


def returning(words="How many people came?", version=1):
    return {"decision": "return", "version": version, "words": words}


# What is shown


def test_what_changed_since_last_quarter_is_marked(signed_in, action, update):
    make_update(action, QUARTER.previous, progress=LAST, rag=RAG.AMBER, work_needed="Book the hall.")
    ProgressUpdate.objects.filter(pk=update.pk).update(progress=LAST.replace("Two", "Three"))
    answer = signed_in.get(review_of(action))
    main = main_of(answer)
    assert [one.text_content().strip() for one in main.xpath(".//ins")] == ["[added: Three ]"]
    assert [one.text_content().strip() for one in main.xpath(".//del")] == ["[removed: Two ]"]
    words = words_of(answer)
    assert "Green ↑ Improved: Amber in Q4 2024/25" in words
    assert "The same words as in Q4 2024/25." in words


def test_a_moved_due_date_is_shown_with_its_reason(signed_in, action, update, officer):
    DueDateChange.objects.create(
        action=action, from_date=date(2025, 6, 30), to_date=date(2025, 9, 30), reason="Rain.", changed_by=officer
    )
    words = words_of(signed_in.get(review_of(action)))
    assert "from [removed: 30 June 2025] to [added: 30 September 2025]: Rain." in words


def test_figures_stand_beside_last_quarters(signed_in, action, update):
    kpi = make_indicator(action.plan.partnership, name="Burglaries")
    link(action, kpi)
    make_reading(kpi, value=1884)
    make_reading(kpi, Period.of_quarter(QUARTER.previous), value=2030)
    cells = main_of(signed_in.get(review_of(action))).xpath(".//tbody//td")
    assert [cell.text_content().strip() for cell in cells][:2] == ["1,884", "2,030"]


def test_suggested_and_reported_both_stand_with_the_reason(signed_in, action, officer):
    why = {"suggested_rag": RAG.GREEN, "suggested_why": "On schedule"}
    make_update(action, submitted_by=officer, rag=RAG.RED, rag_reason="The funding was withdrawn.", **why)
    words = words_of(signed_in.get(review_of(action)))
    assert "On schedule. Reported otherwise, with the reason above." in words
    assert "The funding was withdrawn." in words


def test_what_deserves_a_second_look_is_pointed_out(signed_in, plan, action, update):
    ProgressUpdate.objects.filter(pk=update.pk).update(progress="The event was cancelled.")
    for url in (review_of(action), url_of(plan)):
        assert "Green beside the words “cancelled”" in words_of(signed_in.get(url))


def edited_by(manager, action, officer, **changed):
    """An update that its author submitted and somebody else changed."""
    said = {
        "action": action, "quarter": QUARTER, "today": TODAY, "progress": LAST, "work_needed": "", "rag": RAG.GREEN,
    }  # fmt: skip
    written = services.submit(version=0, by=officer, **said)
    return services.submit(version=written.version, by=manager, **said | changed)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param(
            {"progress": LAST.replace("Two", "Three")}, "Progress: [removed: Two ] [added: Three ]", id="a word"
        ),
        pytest.param(
            {"progress": "Nothing of the kind happened."},
            f"Progress: [removed: {LAST}] [added: Nothing of the kind happened.]",
            id="another text altogether",
        ),
        pytest.param({"progress": ""}, f"Progress: [removed: {LAST}]", id="taken away"),
        pytest.param({"work_needed": "Say when."}, "Work needed: [added: Say when.]", id="added"),
        pytest.param(
            {"rag": RAG.AMBER, "rag_reason": "Late."},
            "Light: [removed: Green] [added: Amber] Reason for the light: [added: Late.]",
            id="another light",
        ),
        pytest.param(
            {"carry_forward": True},
            "Next year: [removed: Not to be carried forward] [added: To be carried forward]",
            id="next year",
        ),
    ],
)
def test_what_a_manager_changed_stays_visible(signed_in, action, officer, manager, changed, expected):
    edited_by(manager, action, officer, **changed)
    words = words_of(signed_in.get(review_of(action)))
    assert f"What Mo Manager changed in Olu Officer’s words {expected}" in words


def test_an_update_nobody_else_changed_says_nothing_of_it_and_asks_nothing(action, update, count_queries):
    assert count_queries(lambda: rewordings([update])) == 0
    assert rewordings([update]) == {}


def test_what_people_said_for_the_quarter_stands_beside_the_update(signed_in, plan, action, update):
    helper = make_officer(plan.partnership, name="Hal Helper")
    add_comment(action=action, quarter=QUARTER, text="We can lend a van.", by=helper)
    add_comment(action=action, quarter=QUARTER.next, text="It is back from the garage.", by=helper)
    words = words_of(signed_in.get(review_of(action)))
    assert f"Comments for {QUARTER} Hal Helper" in words
    assert "We can lend a van." in words
    assert "garage" not in words


def test_who_submitted_for_the_lead_officer_is_named_with_them(signed_in, plan, action):
    make_update(action, submitted_by=make_officer(plan.partnership, name="Cas Colleague"))
    review, one = (words_of(signed_in.get(url)) for url in (url_of(plan), review_of(action)))
    assert "Typed by Cas Colleague (lead officer: Olu Officer)" in review
    assert "Submitted by Cas Colleague on 15 July 2025 (lead officer: Olu Officer)" in one


def test_a_lead_officers_own_update_names_them_once(signed_in, plan, action, update):
    for url in (url_of(plan), review_of(action)):
        assert "lead officer:" not in words_of(signed_in.get(url))


def test_editing_the_wording_leads_back_to_the_review(signed_in, action, update):
    answer = signed_in.post(
        f"{reverse('update', args=[action.pk, QUARTER])}?from=review",
        {"version": 1, "progress": "Two well attended events were held.", "rag": "green", "submit": "yes"},
    )
    assert answer.url == review_of(action)
    update.refresh_from_db()
    assert (update.submitted_by.name, update.edited_by.name) == ("Olu Officer", "Mo Manager")


@pytest.mark.parametrize("is_own", [False, True])
def test_the_wording_is_offered_for_editing_to_who_may_write_it(signed_in, plan, action, officer, manager, is_own):
    edit = f"{reverse('update', args=[action.pk, QUARTER])}?from=review"
    make_update(action, submitted_by=manager if is_own else officer)
    assert edit in signed_in.get(review_of(action)).content.decode()
    Round.objects.update(locked_at=NOW, locked_by=manager)
    Unlock.objects.create(action=action, quarter=QUARTER, person=officer, until=TODAY, reason="A typing error")
    assert edit not in signed_in.get(review_of(action)).content.decode()
    assert signed_in.get(edit).status_code == 409
    Unlock.objects.create(action=action, quarter=QUARTER, person=manager, until=TODAY, reason="A typing error")
    assert edit in signed_in.get(review_of(action)).content.decode()
    assert signed_in.get(edit).status_code == 200


# Deciding


def test_approving_leads_straight_to_the_next(signed_in, plan, action, update, manager):
    following = make_update(make_action(plan))
    answer = signed_in.post(review_of(action), approving())
    assert answer.url == review_of(following.action)
    update.refresh_from_db()
    assert (update.state, update.approved_by) == (UpdateState.APPROVED, manager)
    answer = signed_in.post(answer.url, approving())
    assert answer.url == url_of(plan, "round")
    assert told(answer)[-1] == "Nothing more waits for your approval."


def test_returning_mails_the_words_to_the_author(signed_in, action, update, officer):
    answer = signed_in.post(review_of(action), returning())
    assert answer.status_code == 302
    update.refresh_from_db()
    assert (update.state, update.returned_words) == (UpdateState.RETURNED, "How many people came?")
    mail = OutboxMail.objects.get()
    assert mail.to == officer.email
    assert "How many people came?" in mail.text
    assert f"/actions/{action.pk}/updates/2025-26-Q1/" in mail.text


def test_the_lead_officer_is_told_where_the_author_has_left(signed_in, plan, action, officer):
    leaver = make_officer(plan.partnership, name="Lee Leaver", ends_on=TODAY - timedelta(days=1))
    make_update(action, submitted_by=leaver)
    answer = signed_in.post(review_of(action), returning())
    assert OutboxMail.objects.get().to == officer.email
    assert "Action 1.1.1: returned. Olu Officer gets your words by email, because Lee Leaver has left." in told(answer)


def test_nobody_is_mailed_where_both_have_left_and_the_manager_is_told(signed_in, plan, round_):
    leaver = make_officer(plan.partnership, ends_on=TODAY - timedelta(days=1))
    update = make_update(make_action(plan, lead_officer=leaver))
    answer = signed_in.post(review_of(update.action), returning())
    assert answer.status_code == 302
    assert not OutboxMail.objects.exists()
    said = told(answer)[0]
    assert "returned, but nobody could be told: its author has left and no lead officer here gets it." in said
    assert f'<a class="govuk-notification-banner__link" href="{reverse("plan_assign", args=[plan.slug])}">' in said
    assert "returned to its author" not in " ".join(told(answer))


def test_returning_needs_words(signed_in, action, update):
    answer = signed_in.post(review_of(action), returning(" "))
    assert "Enter what should change" in words_of(answer)
    update.refresh_from_db()
    assert update.state == UpdateState.SUBMITTED


def test_nobody_approves_their_own_words_and_the_page_says_who_can(signed_in, plan, action, manager):
    make_manager(plan.partnership, name="Ann Other")
    own = make_update(action, submitted_by=manager)
    answer = signed_in.get(review_of(action))
    assert "nobody approves their own words. Ann Other can approve it." in words_of(answer)
    assert not main_of(answer).xpath(".//form")
    answer = signed_in.post(review_of(action), approving())
    assert answer.status_code == 409
    own.refresh_from_db()
    assert own.state == UpdateState.SUBMITTED


def test_where_there_is_no_other_manager_the_page_says_what_then(signed_in, action, manager):
    make_update(action, submitted_by=manager)
    words = words_of(signed_in.get(review_of(action)))
    assert "There is no other manager here: the quarter can be locked with it" in words


# The second of two


@pytest.mark.parametrize(("posted", "verb"), [(approving(), "approved"), (returning(), "returned")])
def test_a_double_click_does_it_once(signed_in, action, update, posted, verb):
    signed_in.post(review_of(action), posted)
    answer = signed_in.post(review_of(action), posted)
    assert answer.status_code == 302
    assert f"You {verb} the update of action 1.1.1 already. Nothing more has been changed." in told(answer)
    assert update.history.count() == 2  # made, and decided once


@pytest.mark.parametrize("posted", [approving(), returning()])
def test_the_second_manager_reads_what_the_first_did(client, plan, action, update, manager, posted):
    other = make_manager(plan.partnership, name="Ann Other")
    services.approve(update=update, version=1, by=other, now=NOW)
    client.force_login(manager)
    answer = client.post(review_of(action), posted)
    assert answer.status_code == 409
    assert "Ann Other approved it on 15 July 2025 at 10:30. Nothing of yours has been done." in words_of(answer)
    assert not OutboxMail.objects.exists()


def test_what_was_changed_meanwhile_is_read_before_it_is_approved(signed_in, action, update, officer):
    services.submit(
        action=action, quarter=QUARTER, version=1, by=officer, today=TODAY, progress="Quite other words.",
        work_needed="", rag=RAG.GREEN,
    )  # fmt: skip
    answer = signed_in.post(review_of(action), approving())
    assert answer.status_code == 409
    words = words_of(answer)
    assert "Olu Officer changed it on 15 July 2025" in words
    assert "Quite other words." in words
    assert signed_in.post(review_of(action), approving(version=2)).status_code == 302


def test_words_of_return_are_kept_where_the_update_changed_meanwhile(signed_in, action, update, officer):
    services.submit(
        action=action, quarter=QUARTER, version=1, by=officer, today=TODAY, progress="Other words.", work_needed="",
        rag=RAG.GREEN,
    )  # fmt: skip
    answer = signed_in.post(review_of(action), returning("My own words"))
    assert answer.status_code == 409
    assert main_of(answer).xpath("string(.//textarea)").strip() == "My own words"


@pytest.mark.parametrize("state", [UpdateState.DRAFT, UpdateState.RETURNED, UpdateState.APPROVED])
def test_what_does_not_wait_is_shown_without_buttons(signed_in, action, officer, state):
    make_update(action, submitted_by=officer, drafted_by=officer, state=state)
    answer = signed_in.get(review_of(action))
    assert "This update does not wait for approval." in words_of(answer)
    assert not main_of(answer).xpath(".//form")


def test_an_action_without_an_update_has_nothing_to_review(signed_in, action):
    assert signed_in.get(review_of(action)).status_code == 404


# Many at once


@pytest.fixture
def greens(plan, round_, officer):
    """Two that say what they said before, one that was not green, and one about which something is pointed out."""
    found = []
    for before, words in ((RAG.GREEN, "One"), (RAG.GREEN, "Two"), (RAG.AMBER, "Three"), (RAG.GREEN, "Cancelled")):
        action = make_action(plan, lead_officer=officer)
        make_update(action, QUARTER.previous, rag=before, progress=words, submitted_by=officer)
        found.append(make_update(action, progress=words, submitted_by=officer))
    return found


def ticked(*updates):
    return {"seen": [f"{one.pk}.{one.version}" for one in updates], "updates": [one.pk for one in updates]}


def test_unchanged_greens_are_ticked_with_their_words(signed_in, plan, greens):
    main = main_of(signed_in.get(url_of(plan)))
    assert main.xpath(".//input[@name='updates'][@checked]/@value") == [str(one.pk) for one in greens[:2]]
    shown = " ".join(main.xpath("string(.//form)").split())
    assert "One" in shown
    assert "Three" not in shown


def is_ticked(main, update):
    return bool(main.xpath(f".//input[@name='updates'][@value='{update.pk}'][@checked]"))


def hint_of(main, update):
    return " ".join(main.xpath(f"string(.//*[@id='words-{update.pk}'])").split())


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"work_needed": "Book the big hall."}, "Work needed: Book the [added: big ]hall.", id="a word"),
        pytest.param({"progress": "Seven"}, "Progress: [removed: One] [added: Seven]", id="another text altogether"),
        pytest.param({"work_needed": ""}, "Work needed: [removed: Book the hall.]", id="taken away"),
        pytest.param(
            {"carry_forward": True},
            "Next year: [removed: Not to be carried forward] [added: To be carried forward]",
            id="next year",
        ),
    ],
)
def test_a_green_with_other_words_is_not_ticked_and_what_changed_is_marked(signed_in, plan, greens, changed, expected):
    ProgressUpdate.objects.filter(pk=greens[0].pk).update(**changed)
    main = main_of(signed_in.get(url_of(plan)))
    assert not is_ticked(main, greens[0])
    assert is_ticked(main, greens[1])
    assert expected in hint_of(main, greens[0])
    assert "Changed since Q4 2024/25" not in hint_of(main, greens[1])
    answer = signed_in.post(url_of(plan, "round_approve"), ticked(greens[0]))
    assert told(answer) == ["1 update approved."]


def test_a_green_whose_date_has_moved_is_not_ticked_and_says_so(signed_in, plan, greens, officer):
    before = NOW - timedelta(days=90)
    ProgressUpdate.objects.filter(quarter=QUARTER.previous).update(submitted_at=before)
    for one, at in ((greens[0], before + timedelta(days=1)), (greens[1], before - timedelta(days=1))):
        DueDateChange.objects.create(
            action=one.action, from_date=date(2025, 6, 30), to_date=date(2025, 9, 30), reason="Rain.",
            changed_by=officer, changed_at=at,
        )  # fmt: skip
    main = main_of(signed_in.get(url_of(plan)))
    assert [is_ticked(main, one) for one in greens[:2]] == [False, True]
    assert "Due: [removed: 30 June 2025] [added: 30 September 2025] Rain." in hint_of(main, greens[0])


def test_a_green_submitted_as_unchanged_is_ticked_with_its_reason(signed_in, plan, greens):
    ProgressUpdate.objects.filter(pk=greens[0].pk).update(unchanged_because="No meeting yet")
    main = main_of(signed_in.get(url_of(plan)))
    assert is_ticked(main, greens[0])
    assert "No change since the update before: No meeting yet" in hint_of(main, greens[0])


def test_ticked_greens_are_approved_together(signed_in, plan, greens):
    answer = signed_in.post(url_of(plan, "round_approve"), ticked(*greens[:2]))
    assert told(answer) == ["2 updates approved."]
    states = dict(ProgressUpdate.objects.filter(quarter=QUARTER).values_list("pk", "state"))
    assert [states[one.pk] for one in greens] == ["approved", "approved", "submitted", "submitted"]


def test_approving_the_same_again_changes_nothing(signed_in, plan, greens):
    signed_in.post(url_of(plan, "round_approve"), ticked(*greens[:2]))
    answer = signed_in.post(url_of(plan, "round_approve"), ticked(*greens[:2]))
    assert told(answer)[-1] == "You had approved 2 updates already."
    assert greens[0].history.count() == 2  # made, and approved once


def test_one_that_changed_meanwhile_is_left_and_named(signed_in, plan, greens, officer):
    posted = ticked(*greens[:2])
    ProgressUpdate.objects.filter(pk=greens[1].pk).update(version=2)
    answer = signed_in.post(url_of(plan, "round_approve"), posted)
    assert told(answer) == ["1 update approved.", "Not approved, because somebody changed them meanwhile: 1.1.2."]


def test_ones_own_green_is_neither_ticked_nor_approved(signed_in, plan, greens, manager):
    ProgressUpdate.objects.filter(pk=greens[0].pk).update(submitted_by=manager)
    main = main_of(signed_in.get(url_of(plan)))
    assert str(greens[0].pk) not in main.xpath(".//input[@name='updates']/@value")
    signed_in.post(url_of(plan, "round_approve"), ticked(greens[0]))
    assert ProgressUpdate.objects.get(pk=greens[0].pk).state == UpdateState.SUBMITTED


def test_a_version_no_number_can_hold_approves_nothing(signed_in, plan, greens):
    posted = {"seen": [f"{greens[0].pk}.{'9' * 5_000}"], "updates": [greens[0].pk]}
    answer = signed_in.post(url_of(plan, "round_approve"), posted)
    assert told(answer) == ["Not approved, because somebody changed them meanwhile: 1.1.1."]


@pytest.mark.parametrize("posted", [{}, {"updates": ["1"]}, {"updates": ["x"], "seen": ["x.1"]}, {"seen": ["1.1"]}])
def test_nothing_ticked_approves_nothing(signed_in, plan, greens, posted):
    answer = signed_in.post(url_of(plan, "round_approve"), posted)
    assert told(answer) == ["Nothing was ticked, so nothing has been approved."]


def test_an_update_of_another_partnership_is_not_approved(signed_in, plan, round_):
    foreign = make_update(make_action(make_plan()))
    signed_in.post(url_of(plan, "round_approve"), ticked(foreign))
    foreign.refresh_from_db()
    assert foreign.state == UpdateState.SUBMITTED


def test_review_costs_the_same_however_much_waits(signed_in, plan, greens):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url_of(plan))
        return len(captured)

    few = cost()
    for _ in range(12):
        action = make_action(plan)
        link(action, make_indicator(plan.partnership))
        make_update(action)
    assert cost() <= few + 1  # the figures of KPIs are asked for once there are any


# Locking


def seen_of(signed_in, plan):
    form = main_of(signed_in.get(url_of(plan, "round_lock"))).xpath(".//form")[0]
    return {name: form.xpath(f"string(.//input[@name='{name}']/@value)") for name in ("version", "seen")}


def test_before_locking_the_page_says_in_words_what_is_unfinished(signed_in, plan, update):
    for state in (UpdateState.DRAFT, UpdateState.RETURNED):
        make_update(make_action(plan), state=state)
    make_action(plan)
    words = words_of(signed_in.get(url_of(plan, "round_lock")))
    for expected in (
        "0 of 4 updates are approved",
        "1 is submitted and not approved",
        "1 is a draft",
        "1 was returned and not submitted again",
        "1 action has no update at all",
        "Updates may still come until 22 July 2025",
    ):
        assert expected in words


def test_the_quarter_is_locked_with_a_tick(signed_in, plan, round_, update, manager):
    typed = seen_of(signed_in, plan)
    assert "Tick the box to lock the quarter" in words_of(signed_in.post(url_of(plan, "round_lock"), typed))
    answer = signed_in.post(url_of(plan, "round_lock"), typed | {"is_sure": "on"})
    assert answer.url == url_of(plan, "round")
    round_.refresh_from_db()
    assert (round_.locked_by, round_.locked_at) == (manager, NOW)


def test_locking_twice_locks_once(signed_in, plan, round_):
    typed = seen_of(signed_in, plan) | {"is_sure": "on"}
    signed_in.post(url_of(plan, "round_lock"), typed)
    answer = signed_in.post(url_of(plan, "round_lock"), typed)
    assert answer.url == url_of(plan, "round")
    assert told(answer)[-1] == "Q1 2025/26 had been locked already. Nothing more has been changed."
    assert round_.history.count() == 2  # opened, and locked once


def test_what_came_while_the_manager_read_is_shown_before_locking(signed_in, plan, round_):
    typed = seen_of(signed_in, plan) | {"is_sure": "on"}
    make_update(make_action(plan))
    answer = signed_in.post(url_of(plan, "round_lock"), typed)
    assert answer.status_code == 409
    assert "1 is submitted and not approved" in words_of(answer)
    assert "nothing has been locked" in words_of(answer)
    assert Round.objects.get().locked_at is None
    assert signed_in.post(url_of(plan, "round_lock"), seen_of(signed_in, plan) | {"is_sure": "on"}).status_code == 302


def test_the_same_numbers_of_other_updates_are_not_what_the_manager_read(signed_in, plan, update, manager):
    other = make_update(make_action(plan), state=UpdateState.RETURNED)
    typed = seen_of(signed_in, plan) | {"is_sure": "on"}
    services.return_update(update=update, version=1, words="How many?", by=manager, now=NOW)
    services.submit(
        action=other.action, quarter=QUARTER, version=1, by=other.submitted_by, today=TODAY, progress=LAST,
        work_needed="", rag=RAG.GREEN,
    )  # fmt: skip
    answer = signed_in.post(url_of(plan, "round_lock"), typed)
    assert answer.status_code == 409
    assert "even if the numbers are the same" in words_of(answer)
    assert Round.objects.get().locked_at is None


def test_a_light_that_changed_while_the_manager_read_stops_the_lock(signed_in, plan, action, update, officer):
    typed = seen_of(signed_in, plan) | {"is_sure": "on"}
    services.submit(
        action=action, quarter=QUARTER, version=1, by=officer, today=TODAY, progress=LAST, work_needed="",
        rag=RAG.RED, rag_reason="Rain.",
    )  # fmt: skip
    assert signed_in.post(url_of(plan, "round_lock"), typed).status_code == 409
    assert Round.objects.get().locked_at is None
    assert signed_in.post(url_of(plan, "round_lock"), seen_of(signed_in, plan) | {"is_sure": "on"}).status_code == 302


def test_dates_moved_while_the_manager_read_are_shown_before_locking(signed_in, plan, round_):
    typed = seen_of(signed_in, plan) | {"is_sure": "on"}
    Round.objects.update(version=2)
    assert signed_in.post(url_of(plan, "round_lock"), typed).status_code == 409
    assert Round.objects.get().locked_at is None


def test_one_person_who_wrote_everything_can_still_close_the_quarter(client, plan, round_):
    only = make_manager(plan.partnership, is_administrator=True)
    make_update(make_action(plan, lead_officer=only), submitted_by=only)
    client.force_login(only)
    assert client.post(url_of(plan, "round_lock"), seen_of(client, plan) | {"is_sure": "on"}).status_code == 302
    assert "1 update was submitted, not separately approved." in words_of(client.get(url_of(plan, "round")))


# Leave for one person


def unlock_of(action):
    return reverse("action_unlock", args=[action.pk, QUARTER])


def leave(person, until="2025-07-22", reason="Typing error"):
    year, month, day = until.split("-")
    return {"person": person.pk, "until_0": day, "until_1": month, "until_2": year, "reason": reason}


def test_a_locked_update_is_unlocked_written_and_approved_again(client, plan, round_, action, officer, manager):
    Round.objects.filter(pk=round_.pk).update(locked_at=NOW, locked_by=manager)
    client.force_login(manager)
    answer = client.post(unlock_of(action), leave(officer))
    assert answer.url == url_of(plan, "round")
    assert told(answer) == [
        "Olu Officer may change the update of action 1.1.1 for Q1 2025/26 until the end of 22 July 2025."
    ]
    services.submit(
        action=action, quarter=QUARTER, version=0, by=officer, today=TODAY, progress=LAST, work_needed="", rag=RAG.GREEN
    )
    assert review_of(action) in client.get(url_of(plan, "round")).content.decode()
    assert client.post(review_of(action), approving()).status_code == 302
    assert action.updates.get().state == UpdateState.APPROVED


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"until_2": "2024"}, "Choose today or a later day", id="over already"),
        pytest.param({"reason": ""}, "Enter why it is opened again", id="no reason"),
        pytest.param({"person": ""}, "Select who may change it", id="nobody"),
    ],
)
def test_leave_says_who_until_when_and_why(signed_in, action, officer, changed, words):
    answer = signed_in.post(unlock_of(action), leave(officer) | changed)
    assert words in words_of(answer)
    assert not Unlock.objects.exists()


def test_leave_is_not_given_to_a_stranger(signed_in, action):
    stranger = make_officer(make_partnership())
    signed_in.post(unlock_of(action), leave(stranger))
    assert not Unlock.objects.exists()


def test_leave_is_not_given_for_a_quarter_outside_the_plan(signed_in, action):
    assert signed_in.get(reverse("action_unlock", args=[action.pk, "2030-31-Q1"])).status_code == 404


def test_the_action_page_offers_leave_and_shows_it(signed_in, action, officer):
    make_update(action, submitted_by=officer, state=UpdateState.APPROVED)
    assert unlock_of(action) in signed_in.get(action.get_absolute_url()).content.decode()
    signed_in.post(unlock_of(action), leave(officer))
    words = words_of(signed_in.get(action.get_absolute_url()))
    assert "Unlocked: Olu Officer may change the update for Q1 2025/26 until the end of 22 July 2025." in words


def test_only_managers_give_leave(client, action, officer):
    client.force_login(officer)
    assert client.get(unlock_of(action)).status_code == 403
    assert unlock_of(action) not in client.get(action.get_absolute_url()).content.decode()

"""The list of rounds, opening one, its dates, its page with counts and filters, and the button that reminds."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from actions.models import ProgressUpdate, Reminder, Round, Unlock
from actions.values import ActionStatus, PlanStatus, UpdateState
from csp_tracker.models import OutboxMail
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    make_action,
    make_agency,
    make_manager,
    make_member,
    make_officer,
    make_partnership,
    make_plan,
    make_round,
    make_update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan():
    return make_plan(make_partnership("Maldon"), title="Our plan", slug="our-plan")


@pytest.fixture
def round_(plan):
    return make_round(plan)


@pytest.fixture
def police(plan):
    return make_agency(plan.partnership, "Essex Police")


@pytest.fixture
def officer(plan, police):
    return make_officer(plan.partnership, agency=police, name="Olu Officer")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Manager")


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


def url_of(plan, name="round", quarter=QUARTER):
    return reverse(name, args=[plan.slug, quarter])


def words_of(answer):
    main = html.fromstring(answer.content.decode()).get_element_by_id("main-content")
    return " ".join(main.text_content().split())


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def dates(opens="2025-07-01", due="2025-07-22", committee="", **more):
    found = dict(more)
    for name, value in (("opens_on", opens), ("due_on", due), ("committee_on", committee)):
        year, month, day = value.split("-") if value else ("", "", "")
        found |= {f"{name}_0": day, f"{name}_1": month, f"{name}_2": year}
    return found


# The list


def test_the_list_shows_each_plans_rounds_and_what_is_open(signed_in, plan, manager):
    make_round(plan, QUARTER, locked_at=NOW, locked_by=manager)
    make_round(plan, QUARTER.next, opens_on=date(2025, 7, 1), due_on=date(2025, 7, 14))
    words = words_of(signed_in.get(reverse("rounds")))
    assert "Q1 2025/26 of Our plan Locked on 15 July 2025 by Mo Manager" in words
    assert "Q2 2025/26 of Our plan Open, past its day" in words


def test_the_list_says_of_an_open_round_what_waits_and_what_is_owed(signed_in, plan, manager):
    make_round(plan, QUARTER.previous, locked_at=NOW, locked_by=manager)
    make_round(plan)
    for state in UpdateState:
        make_update(make_action(plan), state=state)
    make_action(plan)
    make_update(make_action(plan), QUARTER.next)
    make_action(plan, archived_at=NOW)
    make_action(plan, status=ActionStatus.PAUSED)
    make_update(make_action(plan, status=ActionStatus.PAUSED), state=UpdateState.DRAFT)
    make_action(make_plan(plan.partnership))
    answer = signed_in.get(reverse("rounds"))
    assert "1 to review for Q1 2025/26 of Our plan, 5 not submitted yet" in words_of(answer)
    assert words_of(answer).count("not submitted yet") == 1
    assert url_of(plan, "round_review") in answer.content.decode()
    shown = signed_in.get(f"{url_of(plan)}?state=owed").context["shown"]
    assert len(shown) == 5


def test_the_list_says_of_an_open_round_that_all_is_approved(signed_in, plan):
    make_round(plan)
    make_update(make_action(plan), state=UpdateState.APPROVED)
    assert "Open All approved" in words_of(signed_in.get(reverse("rounds")))


def test_the_list_has_no_draft_and_opens_no_round_of_a_closed_plan(signed_in, plan):
    make_plan(plan.partnership, title="Still a draft", status=PlanStatus.DRAFT)
    make_plan(plan.partnership, title="Last year's", status=PlanStatus.CLOSED)
    words = words_of(signed_in.get(reverse("rounds")))
    assert "Still a draft" not in words
    assert words.count("Open a round") == 1


# Opening


def test_a_round_is_opened_with_what_is_proposed(signed_in, plan, manager):
    page = signed_in.get(reverse("round_open", args=[plan.slug]))
    form = page.context["form"]
    assert form["quarter"].value() == QUARTER.code
    assert (form["opens_on"].value(), form["due_on"].value()) == (date(2025, 7, 1), date(2025, 7, 22))
    answer = signed_in.post(reverse("round_open", args=[plan.slug]), dates(quarter=QUARTER.code))
    assert answer.url == url_of(plan)
    opened = Round.objects.get()
    assert (opened.quarter, opened.due_on, opened.history.get().history_user) == (QUARTER, date(2025, 7, 22), manager)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param({"due": "2025-06-30"}, "Updates cannot be due before the round opens", id="due before it opens"),
        pytest.param({"committee": "2025-07-21"}, "The committee cannot meet before", id="committee before due"),
        pytest.param({"due": "2025-02-31"}, "Updates due on must be a real date", id="no such day"),
        pytest.param({"quarter": "2030-31-Q1"}, "Select a quarter from the list", id="not a quarter of the plan"),
    ],
)
def test_what_cannot_be_is_said_beside_its_box(signed_in, plan, typed, words):
    answer = signed_in.post(reverse("round_open", args=[plan.slug]), dates(**{"quarter": QUARTER.code} | typed))
    assert answer.status_code == 200
    assert words in words_of(answer)
    assert not Round.objects.exists()


def test_a_quarter_that_has_a_round_is_not_opened_again(signed_in, plan, round_):
    answer = signed_in.post(reverse("round_open", args=[plan.slug]), dates(quarter=QUARTER.code))
    assert "Q1 2025/26 has a round already" in words_of(answer)
    assert Round.objects.get() == round_


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.CLOSED])
def test_a_plan_that_is_not_active_asks_for_nothing(signed_in, plan, status):
    type(plan).objects.filter(pk=plan.pk).update(status=status)
    answer = signed_in.post(reverse("round_open", args=[plan.slug]), dates(quarter=QUARTER.code))
    assert "The plan is" in words_of(answer)
    assert not Round.objects.exists()


# Dates


def test_dates_move_for_a_reason(signed_in, plan, round_, manager):
    typed = dates(due="2025-07-29", version=1, reason="The officers asked")
    answer = signed_in.post(url_of(plan, "round_dates"), typed)
    assert answer.url == url_of(plan)
    round_.refresh_from_db()
    newest = round_.history.first()
    assert (round_.due_on, round_.committee_on) == (date(2025, 7, 29), None)
    assert (newest.history_user, newest.history_change_reason) == (manager, "The officers asked")


def test_dates_do_not_move_without_a_reason(signed_in, plan, round_):
    answer = signed_in.post(url_of(plan, "round_dates"), dates(due="2025-07-29", version=1, reason=" "))
    assert "Enter why the dates change" in words_of(answer)
    round_.refresh_from_db()
    assert round_.version == 1


def test_of_two_who_move_the_dates_the_second_sees_both(signed_in, plan, round_):
    signed_in.post(url_of(plan, "round_dates"), dates(due="2025-07-29", version=1, reason="First"))
    answer = signed_in.post(url_of(plan, "round_dates"), dates(due="2025-07-30", version=1, reason="Second"))
    assert answer.status_code == 409
    assert "29 July 2025" in words_of(answer)
    assert "30 July 2025" in words_of(answer)


def test_the_dates_of_a_locked_quarter_stay(signed_in, plan, manager):
    make_round(plan, locked_at=NOW, locked_by=manager)
    answer = signed_in.post(url_of(plan, "round_dates"), dates(due="2025-07-29", version=1, reason="Late"))
    assert "has been locked already" in words_of(answer)


# The page


@pytest.fixture
def filled(plan, round_, police, officer):
    """One action in every state, led by the officer, and one that only the agency leads."""
    for state in UpdateState:
        make_update(make_action(plan, text=f"That is {state.label}", lead_officer=officer), state=state)
    make_action(plan, text="That is not begun", lead_officer=officer)
    make_action(plan, text="Led by the agency", lead_agency=police)
    for status in (ActionStatus.PAUSED, ActionStatus.SUPERSEDED):
        ended = {"closed_on": TODAY, "closed_reason": "Done elsewhere"} if status == ActionStatus.SUPERSEDED else {}
        make_action(plan, text=f"Owes nothing: {status.label}", status=status, **ended)
    make_action(plan, text="Taken out", archived_at=NOW)
    return plan


def test_what_is_owed_follows_from_leads_and_agencies(signed_in, filled):
    answer = signed_in.get(url_of(filled))
    words = words_of(answer)
    assert "2 of 6 submitted or approved" in words
    assert "Owes nothing" not in words
    assert "Taken out" not in words
    (agency,) = answer.context["standing"].agencies
    assert agency.name == "Essex Police"
    assert [number for _, _, number in agency.cells] == [2, 1, 1, 1, 1]
    people = {person.name: [number for _, _, number in person.cells] for person in agency.people}
    assert people == {"Olu Officer": [1, 1, 1, 1, 1], "Any of its officers": [1, 0, 0, 0, 0]}


def test_every_count_leads_to_as_many_rows(signed_in, filled):
    page = html.fromstring(signed_in.get(url_of(filled)).content.decode())
    links = page.xpath("//table[contains(., 'by agency and officer')]//a[starts-with(@href, '?')]")
    assert len(links) >= 14
    for one in links:
        shown = signed_in.get(url_of(filled) + one.get("href").partition("#")[0]).context["shown"]
        assert len(shown) == int(re.match(r"\d+", one.text_content().strip()).group())


@pytest.mark.parametrize("query", ["state=nonsense", "agency=999999", "officer=x"])
def test_a_filter_for_what_there_is_not_shows_nothing(signed_in, filled, query):
    answer = signed_in.get(f"{url_of(filled)}?{query}")
    assert answer.status_code == 200
    assert answer.context["shown"] == []


def test_not_submitted_is_one_filter(signed_in, filled):
    shown = signed_in.get(f"{url_of(filled)}?state=owed").context["shown"]
    assert {line.state for line in shown} == {"nothing", "draft", "returned"}


@pytest.fixture
def long(plan, round_, officer):
    """A round too long to be shown whole: one submitted, one approved, and many that are not begun."""
    for state in (UpdateState.SUBMITTED, UpdateState.APPROVED):
        make_update(make_action(plan, lead_officer=officer), state=state)
    for _ in range(9):
        make_action(plan, lead_officer=officer)
    return plan


def test_a_long_round_opens_on_what_is_not_submitted_and_shows_all_when_asked(signed_in, long):
    answer = signed_in.get(url_of(long))
    assert [line.state for line in answer.context["shown"]] == ["nothing"] * 9
    assert "9 of 11 actions: what has not been submitted yet. Show all 11" in words_of(answer)
    assert len(signed_in.get(f"{url_of(long)}?state=").context["shown"]) == 11


def test_a_long_round_in_which_all_is_submitted_opens_on_what_waits(signed_in, long, officer):
    for action in long.actions.filter(updates=None):
        make_update(action, state=UpdateState.APPROVED)
    answer = signed_in.get(url_of(long))
    assert [line.state for line in answer.context["shown"]] == ["submitted"]
    assert "1 of 11 actions: what waits for approval." in words_of(answer)
    ProgressUpdate.objects.update(
        state=UpdateState.APPROVED, approved_by=make_manager(long.partnership), approved_at=NOW
    )
    assert len(signed_in.get(url_of(long)).context["shown"]) == 11


def test_a_row_says_who_typed_it_for_the_lead_officer_and_that_nothing_has_changed(signed_in, plan, round_, officer):
    colleague = make_officer(plan.partnership, name="Cas Colleague")
    make_update(make_action(plan, text="Their own", lead_officer=officer), submitted_by=officer)
    make_update(
        make_action(plan, text="Typed for them", lead_officer=officer),
        submitted_by=colleague,
        unchanged_because="No meeting yet",
    )
    words = words_of(signed_in.get(url_of(plan)))
    assert "Submitted 15 Jul, typed by Cas Colleague, no change" in words
    assert words.count("typed by") == words.count("no change") == 1


def test_what_was_unlocked_and_submitted_can_be_reviewed_from_a_locked_round(signed_in, filled, round_, manager):
    Round.objects.filter(pk=round_.pk).update(locked_at=NOW, locked_by=manager)
    assert "Review 1 update" not in words_of(signed_in.get(url_of(filled)))
    action = filled.actions.get(text="That is Submitted")
    Unlock.objects.create(action=action, quarter=QUARTER, person=manager, until=TODAY, reason="A typing error")
    assert "Review 1 update" in words_of(signed_in.get(url_of(filled)))


def test_what_nobody_can_be_asked_for_is_named_first(signed_in, plan, round_):
    leaver = make_officer(plan.partnership, name="Lee Leaver", ends_on=TODAY - timedelta(days=1))
    make_action(plan, text="Nobody's")
    make_action(plan, text="The leaver's", lead_officer=leaver)
    make_action(plan, text="An empty agency's", lead_agency=make_agency(plan.partnership, "Fire"))
    answer = signed_in.get(url_of(plan))
    words = words_of(answer)
    assert "Nobody can be asked for 3 of them" in words
    assert "Nobody leads it" in words
    assert "Lee Leaver can no longer write here" in words
    assert "Fire has nobody here who can write it" in words
    assert words.index("Nobody's") < words.index("By agency and officer")
    assert reverse("plan_assign", args=[plan.slug]) in answer.content.decode()


def test_after_the_lock_the_page_says_who_when_and_how_it_stood(signed_in, filled, round_, manager):
    Round.objects.filter(pk=round_.pk).update(locked_at=NOW, locked_by=manager)
    words = words_of(signed_in.get(url_of(filled)))
    assert "Locked by Mo Manager on 15 July 2025 at 10:30." in words
    assert "1 update was submitted, not separately approved. 4 actions were not updated." in words
    assert "Lock the quarter" not in words
    assert "Remind" not in words.replace("Reminders so far", "")


def test_leave_in_force_is_listed_and_what_is_over_is_not(signed_in, filled, officer):
    action = filled.actions.first()
    for until, reason in ((TODAY, "Typing error"), (TODAY - timedelta(days=1), "Over")):
        Unlock.objects.create(action=action, quarter=QUARTER, person=officer, until=until, reason=reason)
    words = words_of(signed_in.get(url_of(filled)))
    assert "Olu Officer may change the update until the end of 15 July 2025. Reason: Typing error" in words
    assert "Over" not in words.replace("Overdue", "")


def test_a_quarter_without_a_round_has_no_page(signed_in, plan):
    assert signed_in.get(url_of(plan)).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("officer", 403), ("viewer", 403), (None, 404)])
def test_only_managers_see_the_pages_of_a_round(client, plan, round_, role, status):
    client.force_login(make_member(plan.partnership, role) if role else make_manager(make_partnership()))
    for name in ("round", "round_dates", "round_review", "round_lock"):
        assert client.get(url_of(plan, name)).status_code == status
    for name in ("round_remind", "round_approve"):
        assert client.post(url_of(plan, name)).status_code == status


def test_the_page_costs_the_same_however_long_the_plan(signed_in, filled, police):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(url_of(filled))
        return len(captured)

    few = cost()
    for _ in range(20):
        make_update(make_action(filled, lead_officer=make_officer(filled.partnership), lead_agency=police))
    assert cost() == few <= 10


# Reminding


def test_one_click_reminds_everybody_who_owes_something(signed_in, filled, officer, police):
    colleague = make_officer(filled.partnership, agency=police, name="Cal Colleague")
    people = signed_in.get(url_of(filled)).context["people"]
    assert people == [colleague, officer]
    answer = signed_in.post(url_of(filled, "round_remind"), {"people": [person.pk for person in people]})
    assert told(answer) == ["A reminder is on its way to 2 people."]
    assert set(OutboxMail.objects.values_list("to", flat=True)) == {officer.email, colleague.email}


def test_a_filtered_page_reminds_only_who_is_shown(signed_in, filled, officer, police):
    make_officer(filled.partnership, agency=police, name="Cal Colleague")
    assert signed_in.get(f"{url_of(filled)}?officer={officer.pk}").context["people"] == [officer]


def test_who_was_reminded_today_is_left_in_peace(signed_in, filled, officer):
    for _ in range(2):
        answer = signed_in.post(url_of(filled, "round_remind"), {"people": [officer.pk]})
    assert told(answer)[-1] == "Not reminded: Olu Officer has been sent a reminder today already."
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("people", [[], ["999999"], ["x"]])
def test_nobody_else_is_reminded(signed_in, filled, people):
    signed_in.post(url_of(filled, "round_remind"), {"people": people})
    assert not OutboxMail.objects.exists()


def test_a_locked_quarter_reminds_nobody(signed_in, filled, round_, officer, manager):
    Round.objects.filter(pk=round_.pk).update(locked_at=NOW, locked_by=manager)
    signed_in.post(url_of(filled, "round_remind"), {"people": [officer.pk]})
    assert not Reminder.objects.exists()

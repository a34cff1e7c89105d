from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from actions.models import Plan, Round, Unlock
from actions.services.refusals import OutsidePlan, PlanNotActive
from actions.services.rounds import (
    AlreadyLocked,
    DatesNeedReason,
    RoundDates,
    change_dates,
    lock_round,
    open_round,
    proposed_dates,
    unlock,
)
from actions.services.shared import NotAMember
from csp_tracker.models import OutboxMail
from csp_tracker.periods import Quarter
from csp_tracker.writing import Conflict
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    make_action,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_round,
    make_viewer,
)

pytestmark = pytest.mark.django_db
OPENS, DUE = date(2025, 7, 1), date(2025, 7, 22)


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership)


def test_a_round_opens_with_its_dates_and_the_person(plan, manager):
    opened = open_round(
        plan=plan, quarter=QUARTER, opens_on=OPENS, due_on=DUE, committee_on=date(2025, 8, 12), by=manager
    )
    assert (opened.quarter, opened.due_on, opened.locked_at) == (QUARTER, DUE, None)
    assert opened.history.get().history_user == manager


def test_a_quarter_has_one_round(plan, manager):
    there = make_round(plan)
    with pytest.raises(Conflict) as refused:
        open_round(plan=plan, quarter=QUARTER, opens_on=OPENS, due_on=DUE, by=manager)
    assert refused.value.theirs == there


@pytest.mark.parametrize("quarter", [QUARTER.previous, QUARTER.next.next.next.next], ids=["before", "after"])
def test_a_round_is_of_the_plans_own_quarters(plan, manager, quarter):
    with pytest.raises(OutsidePlan):
        open_round(plan=plan, quarter=quarter, opens_on=OPENS, due_on=DUE, by=manager)


def test_updates_are_not_due_before_the_round_opens(plan, manager):
    with pytest.raises(ValidationError, match="cannot be due before"):
        open_round(plan=plan, quarter=QUARTER, opens_on=OPENS, due_on=OPENS - timedelta(days=1), by=manager)
    assert not Round.objects.exists()


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_only_an_active_plan_asks_for_updates(plan, manager, status):
    Plan.objects.filter(pk=plan.pk).update(status=status)
    with pytest.raises(PlanNotActive):
        open_round(plan=plan, quarter=QUARTER, opens_on=OPENS, due_on=DUE, by=manager)
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("quarter", "expected"),
    [
        pytest.param(
            "2025-26-Q2", RoundDates(date(2025, 10, 1), date(2025, 10, 22), date(2025, 11, 12)), id="the next"
        ),
        pytest.param("2025-26-Q3", RoundDates(date(2026, 1, 1), date(2026, 1, 22), date(2026, 2, 12)), id="gap"),
        pytest.param(
            "2026-27-Q4", RoundDates(date(2027, 4, 1), date(2027, 4, 22), date(2027, 5, 13)), id="years later"
        ),
    ],
)
def test_dates_are_proposed_as_long_after_the_quarter_as_last_time(plan, quarter, expected):
    previous = make_round(plan, opens_on=OPENS, due_on=DUE, committee_on=date(2025, 8, 12))
    found = proposed_dates(Quarter.parse(quarter), previous=previous, today=TODAY)
    assert found == expected


def test_without_a_round_before_three_weeks_are_proposed_and_no_committee():
    assert proposed_dates(QUARTER, previous=None, today=TODAY) == RoundDates(OPENS, DUE)


def test_nothing_is_proposed_to_be_due_on_a_weekend(plan):
    previous = make_round(plan, due_on=date(2025, 7, 19), committee_on=date(2025, 8, 17))  # a Saturday and a Sunday
    found = proposed_dates(QUARTER.next, previous=previous, today=TODAY)
    assert found.due_on == date(2025, 10, 20)  # the 19th is a Sunday
    assert found.committee_on == date(2025, 11, 17)


def test_nothing_is_proposed_to_be_due_in_the_past(plan):
    late = date(2026, 3, 4)
    previous = make_round(plan, committee_on=date(2025, 8, 12))
    assert proposed_dates(QUARTER.next, previous=previous, today=late) == RoundDates(late, date(2026, 3, 25))


def test_dates_move_for_a_reason(plan, manager):
    opened = make_round(plan)
    moved = {"opens_on": OPENS, "due_on": DUE + timedelta(days=7), "committee_on": None}
    changed = change_dates(round=opened, version=1, reason="The officers asked", by=manager, **moved)
    newest = changed.history.first()
    assert (changed.due_on, changed.committee_on) == (moved["due_on"], None)
    assert (newest.history_user, newest.history_change_reason) == (manager, "The officers asked")


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        pytest.param({"reason": "  "}, DatesNeedReason, id="no reason"),
        pytest.param({"version": 7}, Conflict, id="stale"),
        pytest.param({"due_on": OPENS - timedelta(days=1)}, ValidationError, id="due before it opens"),
    ],
)
def test_dates_stay_where_the_change_is_refused(plan, manager, how, refusal):
    opened = make_round(plan)
    asked = {"version": 1, "opens_on": OPENS, "due_on": DUE, "committee_on": None, "reason": "Late"} | how
    with pytest.raises(refusal):
        change_dates(round=opened, by=manager, **asked)
    opened.refresh_from_db()
    assert (opened.version, opened.committee_on) == (1, date(2025, 8, 12))


def test_the_dates_of_a_locked_quarter_stay(plan, manager):
    locked = lock_round(round=make_round(plan), version=1, by=manager, now=NOW)
    with pytest.raises(AlreadyLocked):
        change_dates(round=locked, version=2, opens_on=OPENS, due_on=DUE, committee_on=None, reason="Late", by=manager)


def test_locking_says_when_and_who(plan, manager):
    locked = lock_round(round=make_round(plan), version=1, by=manager, now=NOW)
    assert (locked.locked_at, locked.locked_by) == (NOW, manager)
    assert locked.history.first().history_user == manager


def test_a_quarter_is_locked_once(plan, manager):
    locked = lock_round(round=make_round(plan), version=1, by=manager, now=NOW)
    with pytest.raises(AlreadyLocked):
        lock_round(round=locked, version=locked.version, by=manager, now=NOW + timedelta(days=1))
    locked.refresh_from_db()
    assert locked.locked_at == NOW


def test_a_round_that_changed_since_it_was_read_is_not_locked(plan, manager):
    with pytest.raises(Conflict):
        lock_round(round=make_round(plan, version=2), version=1, by=manager, now=NOW)


def test_an_unlock_names_action_quarter_person_day_and_reason(plan, manager):
    officer, action = make_officer(plan.partnership), make_action(plan)
    opened = unlock(action=action, quarter=QUARTER, person=officer, until=TODAY, reason="Typing error", by=manager)
    assert (opened.action, opened.quarter, opened.person, opened.until) == (action, QUARTER, officer, TODAY)
    assert opened.history.get().history_user == manager


def test_who_is_given_leave_is_told_by_mail_where_and_until_when_and_not_why(plan, manager):
    officer = make_officer(plan.partnership, name="Olu Officer")
    given = {"action": make_action(plan), "quarter": QUARTER, "until": TODAY, "reason": "A name stood in it"}
    unlock(person=manager, by=manager, **given)
    assert not OutboxMail.objects.exists()
    opened = unlock(person=officer, by=manager, **given)
    mail = OutboxMail.objects.get()
    assert mail.to == officer.email
    assert mail.subject == "You can change the update on action 1.1.1 for Q1 2025/26"
    assert f"{manager.name} has opened the update on action 1.1.1 for Q1 2025/26 again for you." in mail.text
    assert "until the end of 15 July 2025" in mail.text
    assert reverse("update", args=[opened.action_id, QUARTER]) in mail.text
    assert "A name stood in it" not in mail.text


def test_an_unlock_needs_a_reason(plan, manager):
    with pytest.raises(ValidationError):
        unlock(action=make_action(plan), quarter=QUARTER, person=manager, until=TODAY, reason="", by=manager)


def test_only_a_quarter_of_the_plan_is_unlocked(plan, manager):
    with pytest.raises(OutsidePlan):
        unlock(
            action=make_action(plan), quarter=QUARTER.previous, person=manager, until=TODAY, reason="Error", by=manager
        )


@pytest.mark.parametrize("who", ["stranger", "viewer"])
def test_only_somebody_who_may_report_is_given_leave(plan, manager, who):
    person = make_officer(make_partnership()) if who == "stranger" else make_viewer(plan.partnership)
    with pytest.raises(NotAMember):
        unlock(action=make_action(plan), quarter=QUARTER, person=person, until=TODAY, reason="Error", by=manager)
    assert not Unlock.objects.exists()

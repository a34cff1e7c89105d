"""Who is told on which day, as tables: opening, halfway, the day before, overdue; weekly for those who chose it."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from actions.reminding import (
    Member,
    ReminderKind,
    Team,
    days_of,
    due_in_words,
    kind_due,
    monday_of,
    next_day,
    next_list_is_in_time,
    notice_is_due,
    updates_in_words,
)

OPENS, DUE = date(2025, 7, 1), date(2025, 7, 22)
DAYS = [
    (date(2025, 7, 1), ReminderKind.OPENING),
    (date(2025, 7, 11), ReminderKind.HALFWAY),
    (date(2025, 7, 21), ReminderKind.DAY_BEFORE),
    (date(2025, 7, 25), ReminderKind.OVERDUE),
    (date(2025, 7, 29), ReminderKind.OVERDUE),
    (date(2025, 8, 5), ReminderKind.OVERDUE),
    (date(2025, 8, 19), ReminderKind.OVERDUE),
    (date(2025, 9, 2), ReminderKind.OVERDUE),
]


def test_a_round_asks_at_the_opening_halfway_the_day_before_and_then_at_set_intervals():
    assert days_of(OPENS, DUE, until=date(2025, 9, 15)) == DAYS


def test_it_goes_on_asking_once_in_a_fortnight_until_it_is_locked():
    late = [day for day, _ in days_of(OPENS, DUE, until=date(2027, 7, 1))][5:]
    assert {after - before for before, after in pairwise(late)} == {timedelta(days=14)}


@pytest.mark.parametrize(
    ("due_on", "kinds"),
    [
        pytest.param(OPENS, ["opening"], id="due on the day it opens"),
        pytest.param(date(2025, 7, 2), ["day_before"], id="due the day after"),
        pytest.param(date(2025, 7, 8), ["opening", "day_before"], id="a week has no middle"),
        pytest.param(date(2025, 7, 9), ["opening", "halfway", "day_before"], id="eight days have one"),
    ],
)
def test_a_short_round_asks_once_a_day_and_not_more_than_it_has_days_for(due_on, kinds):
    assert [kind for _, kind in days_of(OPENS, due_on, until=due_on)] == kinds


@pytest.mark.parametrize(
    ("today", "told_on", "kind"),
    [
        pytest.param("2025-06-30", None, None, id="not open yet"),
        pytest.param("2025-07-01", None, "opening", id="opening"),
        pytest.param("2025-07-01", "2025-07-01", None, id="asked today"),
        pytest.param("2025-07-02", "2025-07-01", None, id="nothing new the day after"),
        pytest.param("2025-07-05", None, "opening", id="never asked: at once"),
        pytest.param("2025-07-11", "2025-07-01", "halfway", id="halfway"),
        pytest.param("2025-07-11", "2025-07-10", "halfway", id="halfway, though a manager asked yesterday"),
        pytest.param("2025-07-13", "2025-07-01", "halfway", id="cron stood still for two days"),
        pytest.param("2025-07-13", "2025-07-12", None, id="cron stood still, and a manager asked meanwhile"),
        pytest.param("2025-07-15", "2025-07-01", None, id="cron stood still too long: the next one says it"),
        pytest.param("2025-07-21", "2025-07-11", "day_before", id="the day before"),
        pytest.param("2025-07-22", "2025-07-21", None, id="nothing on the day itself"),
        pytest.param("2025-07-24", "2025-07-21", None, id="two days late: not yet"),
        pytest.param("2025-07-25", "2025-07-21", "overdue", id="three days late"),
        pytest.param("2025-07-29", "2025-07-25", "overdue", id="a week late"),
        pytest.param("2025-08-05", "2025-07-29", "overdue", id="a fortnight late"),
        pytest.param("2025-08-12", "2025-08-05", None, id="three weeks late: not this week"),
        pytest.param("2025-08-19", "2025-08-05", "overdue", id="four weeks late"),
    ],
)
def test_who_still_owes_is_asked(today, told_on, kind):
    told = date.fromisoformat(told_on) if told_on else None
    assert kind_due(opens_on=OPENS, due_on=DUE, told_on=told, today=date.fromisoformat(today)) == kind


@pytest.mark.parametrize(
    ("today", "told_on", "is_asked"),
    [
        pytest.param("2025-07-01", None, False, id="opens on a Tuesday: wait for Monday"),
        pytest.param("2025-07-06", None, False, id="Sunday"),
        pytest.param("2025-07-07", None, True, id="Monday"),
        pytest.param("2025-07-07", "2025-07-07", False, id="Monday, told already"),
        pytest.param("2025-07-08", "2025-07-07", False, id="Tuesday, told on Monday"),
        pytest.param("2025-07-08", None, True, id="Tuesday, cron stood still on Monday"),
        pytest.param("2025-07-11", None, False, id="Friday: next Monday will do"),
        pytest.param("2025-07-14", "2025-07-07", True, id="every Monday"),
        pytest.param("2025-07-21", "2025-07-14", True, id="also when the day before is a Monday"),
        pytest.param("2025-07-25", "2025-07-21", False, id="overdue waits for Monday too"),
    ],
)
def test_who_chose_one_mail_a_week_is_asked_on_mondays(today, told_on, is_asked):
    told = date.fromisoformat(told_on) if told_on else None
    kind = kind_due(opens_on=OPENS, due_on=DUE, told_on=told, today=date.fromisoformat(today), is_weekly=True)
    assert kind == (ReminderKind.WEEKLY if is_asked else None)


@pytest.mark.parametrize(
    ("opens", "due", "today", "told_on", "kind"),
    [
        pytest.param("2025-07-01", "2025-07-04", "2025-07-01", None, "opening", id="Tuesday to Friday: at once"),
        pytest.param("2025-07-01", "2025-07-04", "2025-07-02", None, "opening", id="the action is theirs since today"),
        pytest.param("2025-07-01", "2025-07-04", "2025-07-03", "2025-07-01", None, id="and once"),
        pytest.param("2025-07-01", "2025-07-04", "2025-07-07", "2025-07-01", "weekly", id="then on Mondays"),
        pytest.param("2025-07-01", "2025-07-07", "2025-07-01", None, "opening", id="a Monday on the due date is late"),
        pytest.param("2025-07-01", "2025-07-08", "2025-07-01", None, None, id="a Monday before the due date will do"),
        pytest.param("2025-07-07", "2025-07-11", "2025-07-07", None, "weekly", id="opens on a Monday"),
        pytest.param("2025-07-01", "2025-07-04", "2025-07-05", None, None, id="overdue waits for Monday"),
    ],
)
def test_who_chose_one_mail_a_week_is_asked_at_once_where_monday_would_be_too_late(opens, due, today, told_on, kind):
    opens_on, due_on, day = map(date.fromisoformat, (opens, due, today))
    told = date.fromisoformat(told_on) if told_on else None
    assert kind_due(opens_on=opens_on, due_on=due_on, told_on=told, today=day, is_weekly=True) == kind


@pytest.mark.parametrize(
    ("today", "told_on", "kind"),
    [
        pytest.param("2025-07-22", None, "day_before", id="first asked on the due date"),
        pytest.param("2025-07-23", None, "overdue", id="first asked a day late"),
        pytest.param("2025-07-24", None, "overdue", id="first asked two days late"),
        pytest.param("2025-07-24", "2025-07-11", "overdue", id="cron stood still over the due date"),
    ],
)
def test_what_is_late_is_never_filed_as_the_day_before(today, told_on, kind):
    told = date.fromisoformat(told_on) if told_on else None
    assert kind_due(opens_on=OPENS, due_on=DUE, told_on=told, today=date.fromisoformat(today)) == kind


@pytest.mark.parametrize(
    ("today", "is_in_time"),
    [
        pytest.param("2025-07-15", True, id="Monday the 21st comes before Tuesday the 22nd"),
        pytest.param("2025-07-21", False, id="Monday, and the next one is late"),
        pytest.param("2025-07-24", False, id="late already"),
    ],
)
def test_the_next_list_is_in_time_before_the_due_date_only(today, is_in_time):
    assert next_list_is_in_time(due_on=DUE, after=date.fromisoformat(today)) is is_in_time


def test_a_daily_run_asks_each_planned_day_once_and_no_other():
    told, asked = None, []
    for day in (OPENS + timedelta(days=number) for number in range(70)):
        if kind := kind_due(opens_on=OPENS, due_on=DUE, told_on=told, today=day):
            asked.append((day, kind))
            told = day
    assert asked == DAYS


@pytest.mark.parametrize(("after", "day"), [("2025-06-20", 0), ("2025-07-01", 1), ("2025-07-21", 3), ("2025-08-05", 6)])
def test_the_next_day_is_known(after, day):
    assert next_day(OPENS, DUE, after=date.fromisoformat(after)) == DAYS[day]


@pytest.mark.parametrize("day", [date(2025, 7, 7) + timedelta(days=number) for number in range(7)])
def test_a_week_begins_on_monday(day):
    assert monday_of(day) == date(2025, 7, 7)


@pytest.mark.parametrize(
    ("written", "is_weekly", "is_due"),
    [
        pytest.param("2025-07-14", False, True, id="at once"),
        pytest.param("2025-07-13", True, True, id="of last week"),
        pytest.param("2025-07-14", True, False, id="of this week"),
    ],
)
def test_a_comment_is_told_of_at_once_or_with_the_weeks_list(written, is_weekly, is_due):
    assert notice_is_due(written_on=date.fromisoformat(written), today=date(2025, 7, 15), is_weekly=is_weekly) is is_due


COUNCIL, POLICE, FIRE = 1, 2, 3
TEAM = Team(
    [
        Member(10, COUNCIL, is_manager=True),
        Member(11, COUNCIL),
        Member(12, COUNCIL),
        Member(20, POLICE, is_manager=True),
    ]
)


@pytest.mark.parametrize(
    ("officer", "agency", "people"),
    [
        pytest.param(11, None, (11,), id="the lead officer"),
        pytest.param(20, COUNCIL, (20,), id="the lead officer, whoever leads beside"),
        pytest.param(None, COUNCIL, (11, 12), id="the officers of the lead agency, not its manager"),
        pytest.param(None, POLICE, (20,), id="an agency with a manager only"),
        pytest.param(99, COUNCIL, (11, 12), id="the lead officer has left"),
        pytest.param(99, None, (), id="has left, and no agency leads"),
        pytest.param(None, FIRE, (), id="an agency without people"),
        pytest.param(None, None, (), id="nobody leads"),
    ],
)
def test_who_is_asked_to_write(officer, agency, people):
    assert TEAM.who_writes(officer, agency) == people


@pytest.mark.parametrize(
    ("today", "number", "words"),
    [
        ("2025-07-01", 3, "They are due by Tuesday 22 July 2025."),
        ("2025-07-21", 1, "It is due tomorrow, Tuesday 22 July 2025."),
        ("2025-07-22", 2, "They are due today, Tuesday 22 July 2025."),
        ("2025-07-23", 1, "It was due on Tuesday 22 July 2025, 1 day ago."),
        ("2025-07-29", 2, "They were due on Tuesday 22 July 2025, 7 days ago."),
    ],
)
def test_when_they_are_due_is_said_in_words(today, number, words):
    assert due_in_words(DUE, date.fromisoformat(today), number) == words


def test_one_update_is_not_updates():
    assert [updates_in_words(number) for number in (1, 2)] == ["1 update", "2 updates"]

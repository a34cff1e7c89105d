"""Who is told on which day what they owe a round. Values in, values out: no clock, no row."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models


class ReminderKind(models.TextChoices):
    """Why somebody is asked on this day."""

    OPENING = "opening", "Opening"
    HALFWAY = "halfway", "Halfway"
    DAY_BEFORE = "day_before", "The day before"
    OVERDUE = "overdue", "Overdue"
    WEEKLY = "weekly", "Weekly list"
    ASKED = "asked", "Asked by a manager"


#: Days after the due date; later on once in the interval, until the quarter is locked.
OVERDUE_AFTER = (3, 7, 14)
OVERDUE_EVERY = 14
#: A round shorter than this has no middle worth a mail.
HALVED_FROM = timedelta(days=8)
#: Where cron stood still, what was due is made up for within so many days; after that the next one says it.
CATCH_UP = timedelta(days=3)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def days_of(opens_on: date, due_on: date, *, until: date) -> list[tuple[date, ReminderKind]]:
    """The days up to one on which a round asks, each once, in order."""
    planned = {opens_on: ReminderKind.OPENING}
    if due_on - opens_on >= HALVED_FROM:
        planned[opens_on + (due_on - opens_on) / 2] = ReminderKind.HALFWAY
    planned[due_on - DAY] = ReminderKind.DAY_BEFORE
    late = [due_on + timedelta(days=days) for days in OVERDUE_AFTER]
    while late[-1] < until:
        late.append(late[-1] + timedelta(days=OVERDUE_EVERY))
    planned |= dict.fromkeys(late, ReminderKind.OVERDUE)
    return sorted((day, kind) for day, kind in planned.items() if opens_on <= day <= until)


def next_day(opens_on: date, due_on: date, *, after: date) -> tuple[date, ReminderKind]:
    """The first day after this one on which the round asks."""
    far = max(after, due_on) + timedelta(days=OVERDUE_EVERY)
    return next((day, kind) for day, kind in days_of(opens_on, due_on, until=far) if day > after)


def kind_due(
    *, opens_on: date, due_on: date, told_on: date | None, today: date, is_weekly: bool = False
) -> ReminderKind | None:
    """Why a person who still owes the round something is asked today; None where they are left in peace.

    `told_on`: when the round asked them last, whoever did it. Who was never asked – the action is theirs since
    yesterday – is asked at once. So is, of those with a weekly list, who would get it only when all is due.
    """
    if today < opens_on or (told_on is not None and told_on >= today):
        return None
    first_list = monday_of(opens_on - DAY) + WEEK
    if is_weekly and told_on is None and today <= due_on <= first_list and today < first_list:
        return ReminderKind.OPENING
    if is_weekly:
        day, kind = monday_of(today), ReminderKind.WEEKLY
        is_news = day >= opens_on
    else:
        day, kind = days_of(opens_on, due_on, until=today)[-1]
        is_news = True
        if today > due_on:
            kind = ReminderKind.OVERDUE
        if told_on is None:
            return kind
    is_news = is_news and (told_on is None or told_on < day)
    return kind if is_news and today - day <= CATCH_UP else None


def monday_of(day: date) -> date:
    """The Monday of the day's week, on which the weekly lists go out."""
    return day - timedelta(days=day.weekday())


def next_list_is_in_time(*, due_on: date, after: date) -> bool:
    """Whether a weekly list still goes out after that day and before the due date."""
    return monday_of(after) + WEEK < due_on


def notice_is_due(*, written_on: date, today: date, is_weekly: bool) -> bool:
    """Whether a comment that still waits to be told of is told of today: at once, or with the next Monday's list."""
    return not is_weekly or written_on < monday_of(today)


@dataclass(frozen=True)
class Member:
    """A current member of a partnership who can be asked to write: an officer or a manager of an agency."""

    person: int
    agency: int
    is_manager: bool = False


class Team:
    """The members of a partnership who can be asked, and which of them an action is asked of."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._people: set[int] = set()
        self._of_agency: dict[tuple[int, bool], list[int]] = defaultdict(list)
        for member in members:
            self._people.add(member.person)
            self._of_agency[member.agency, member.is_manager].append(member.person)

    def who_writes(self, lead_officer: int | None, lead_agency: int | None) -> tuple[int, ...]:
        """The lead officer; where there is none, or none any more, the officers of the lead agency, else its managers.

        Nobody, where nobody is left: a manager has to assign the action.
        """
        if lead_officer in self._people and lead_officer is not None:
            return (lead_officer,)
        if lead_agency is None:
            return ()
        return tuple(self._of_agency.get((lead_agency, False)) or self._of_agency.get((lead_agency, True)) or ())


def due_in_words(due_on: date, today: date, number: int) -> str:
    """How a mail says when updates are due: “They are due tomorrow, Tuesday 22 July 2025.”"""
    they, are, were = ("It", "is", "was") if number == 1 else ("They", "are", "were")
    day, days = f"{due_on:%A %-d %B %Y}", (due_on - today).days
    if days < 0:
        return f"{they} {were} due on {day}, {-days} day{'' if days == -1 else 's'} ago."
    if days == 0:
        return f"{they} {are} due today, {day}."
    return f"{they} {are} due tomorrow, {day}." if days == 1 else f"{they} {are} due by {day}."


def updates_in_words(number: int) -> str:
    """“1 update”, “3 updates”."""
    return f"{number} update{'' if number == 1 else 's'}"

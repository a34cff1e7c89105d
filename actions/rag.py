"""What an action's dates say, whether it is overdue, and which way its light has moved: pure functions of plain values.

The *suggested* light comes from the rule here; the *reported* one is the lead officer's and may differ. A new action is
not rated until somebody reports on it: only the suggestion is green "on schedule".
"""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from actions.values import ActionStatus, DatePrecision, Recurrence, TimescaleKind, UpdateState
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG, Travel, Verdict
from csp_tracker.text import one_line

DUE_SOON = timedelta(weeks=4)

YEAR_ENDS_IN = 3  # March: the quarters and halves of a financial year end in step with it

LONGEST_STEP = 80  # characters of a milestone’s words inside a sentence

# From worst to best: what "improved" and "worsened" mean.
ORDER = (RAG.RED, RAG.AMBER, RAG.GREEN, RAG.COMPLETE)


@dataclass(frozen=True)
class Step:
    """A milestone as the rule sees it: what it is called, the day it is due and the day it was reached."""

    text: str
    due_on: date
    done_on: date | None = None

    @property
    def name(self) -> str:
        """As many of its words as a sentence has room for."""
        words = one_line(self.text)
        return words if len(words) <= LONGEST_STEP else f"{words[: LONGEST_STEP - 1].rstrip()}…"

    def is_reached(self, day: date) -> bool:
        """Whether it was reached by that day; one reached later was open then."""
        return self.done_on is not None and self.done_on <= day

    def is_overdue(self, day: date) -> bool:
        """Whether it was due before that day, and open."""
        return self.due_on < day and not self.is_reached(day)


def judged_on(today: date, quarter: Quarter | None) -> date:
    """The day an old quarter's page is judged by: its last day, or today while it runs."""
    return today if quarter is None else min(today, quarter.ends_on)


def suggest(
    *,
    today: date,
    quarter: Quarter | None = None,
    kind: TimescaleKind = TimescaleKind.BY_DATE,
    due_on: date | None = None,
    precision: DatePrecision = DatePrecision.DAY,
    status: ActionStatus = ActionStatus.IN_PROGRESS,
    completed_on: date | None = None,
    closed_on: date | None = None,
    next_on: date | None = None,
) -> Verdict:
    """What the dates alone say. The lead officer may report something else."""
    day = judged_on(today, quarter)
    if has_ended(status, completed_on, closed_on, day):
        return _ended(status, completed_on)
    if kind == TimescaleKind.RECURRING:
        when = f"next on {day_in_words(next_on)}" if next_on else "not rated by date"
        return Verdict(RAG.NOT_RATED, f"Recurring: {when}")
    if kind != TimescaleKind.BY_DATE:
        word = "Ongoing" if kind == TimescaleKind.ONGOING else "Timescale unclear"
        return Verdict(RAG.NOT_RATED, f"{word}: not rated by date")
    if due_on is None:
        return Verdict(RAG.NOT_RATED, "No due date")
    due = f"due {due_in_words(due_on, precision)}"
    if day > due_on:
        paused = ", and paused" if status == ActionStatus.PAUSED else ""
        return Verdict(RAG.RED, f"Overdue: {due.replace('due', 'was due', 1)}{paused}")
    if status == ActionStatus.PAUSED:
        return Verdict(RAG.NOT_RATED, f"Paused; {due}")
    if due_on - day <= DUE_SOON:
        return Verdict(RAG.AMBER, f"Due within four weeks: {due}")
    return Verdict(RAG.GREEN, f"On schedule: {due}")


def with_milestones(by_date: Verdict, steps: Sequence[Step], *, day: date) -> Verdict:
    """What the dates and the action's milestones, as they stood that day, say together.

    An overdue one makes the light amber, where it is not worse already. To have reached all of them completes nothing.
    """
    if not steps or by_date.rating == RAG.COMPLETE:
        return by_date
    light = by_date.rating
    if any(step.is_overdue(day) for step in steps):
        light = min((RAG.AMBER, light if light.is_rated else RAG.AMBER), key=ORDER.index)
    return Verdict(light, f"{by_date.why}; {_steps_in_words(steps, day)}")


def _steps_in_words(steps: Sequence[Step], day: date) -> str:
    """How many are overdue and which is so for longest, else how many have been reached."""
    among = f"{len(steps)} milestone{'' if len(steps) == 1 else 's'}"
    overdue = sorted((step for step in steps if step.is_overdue(day)), key=lambda step: step.due_on)
    if not overdue:
        return f"{sum(step.is_reached(day) for step in steps)} of {among} reached"
    first = f"“{overdue[0].name}”, due {day_in_words(overdue[0].due_on)}"
    if len(overdue) == 1:
        return f"1 of {among} is overdue: {first}"
    return f"{len(overdue)} of {among} are overdue, for longest {first}"


def steps_so_far(number: int, reached: int, upcoming: Step | None, *, day: date) -> str:
    """How many milestones were reached by that day, and the open one that is due first: the words of a table's cell."""
    if not number:
        return ""
    words = f"{reached} of {number} reached"
    if upcoming is None:
        return words
    what = "overdue" if upcoming.is_overdue(day) else "next"
    return f"{words}; {what}: {upcoming.name}, due {day_in_words(upcoming.due_on)}"


def with_measures(by_date: Verdict, measured: Mapping[str, RAG]) -> Verdict:
    """What the dates say and the lights of the action's KPIs, by name, together: the worse of the two.

    All rated KPIs red is red, some red or amber is amber. What has been completed stays complete.
    """
    rated = {name: RAG(light) for name, light in measured.items() if RAG(light).is_rated}
    if not rated or by_date.rating == RAG.COMPLETE:
        return by_date
    off_track = [name for name, light in rated.items() if not light.is_on_track]
    light = RAG.AMBER if off_track else RAG.GREEN
    if set(rated.values()) == {RAG.RED}:
        light = RAG.RED
    if off_track:
        said = ", ".join(f"{name} is {rated[name].label.lower()}" for name in off_track)
    else:
        said = f"{', '.join(rated)} {'is' if len(rated) == 1 else 'are'} on track"
    worse = min((light, by_date.rating if by_date.rating.is_rated else light), key=ORDER.index)
    return Verdict(worse, f"{by_date.why}; {said}")


def is_overdue(
    *,
    today: date,
    quarter: Quarter | None = None,
    kind: TimescaleKind = TimescaleKind.BY_DATE,
    due_on: date | None,
    status: ActionStatus,
    completed_on: date | None = None,
    closed_on: date | None = None,
) -> bool:
    """Past its date, and neither complete nor closed by then. Ongoing and recurring ones never are by date alone."""
    day = judged_on(today, quarter)
    if kind != TimescaleKind.BY_DATE or due_on is None or day <= due_on:
        return False
    return not has_ended(status, completed_on, closed_on, day)


def has_ended(status: ActionStatus, completed_on: date | None, closed_on: date | None, day: date) -> bool:
    """Complete or closed by that day; without a date, whenever that was."""
    ended_on = completed_on or closed_on
    if ended_on is not None:
        return ended_on <= day
    return not ActionStatus(status).is_open


def light_in_quarter(
    *, rag: RAG | None, state: UpdateState | None, has_ended: bool = False, last: RAG | None = None
) -> tuple[RAG, bool]:
    """The action's light for a quarter, and whether it is updated: a pair for `LightCounts.from_pairs`.

    `rag` and `state` are those of the quarter's update, `last` the last light before it. Drafts and returned updates
    never count; an action that has ended keeps its last light.
    """
    if rag is not None and state is not None and UpdateState(state).counts:
        return RAG(rag), True
    if has_ended and last is not None:
        return RAG(last), True
    return RAG.NOT_RATED, False


def travel(now: RAG | None, before: RAG | None) -> Travel:
    """Which way a reported light has moved. Without a light before it is new; without one now nothing can be said."""
    if now is None or not RAG(now).is_rated:
        return Travel.NOT_COMPARED
    if before is None or not RAG(before).is_rated:
        return Travel.NEW
    gained = ORDER.index(RAG(now)) - ORDER.index(RAG(before))
    if not gained:
        return Travel.NO_CHANGE
    return Travel.IMPROVED if gained > 0 else Travel.WORSENED


def next_occurrence(recurrence: Recurrence, *, month: int | None, day: int | None, on_or_after: date) -> date:
    """When a recurring action next comes round; without a month and day, at the end of the year, half or quarter.

    A day that the month lacks means the month's last.
    """
    step = Recurrence(recurrence).months
    months = on_or_after.year * 12 + on_or_after.month - 1
    months += ((month or YEAR_ENDS_IN) - 1 - months) % step
    found = _day_of_month(months, day)
    return found if found >= on_or_after else _day_of_month(months + step, day)


def due_in_words(due_on: date, precision: DatePrecision = DatePrecision.DAY) -> str:
    """A due date no more exactly than it was given: "by 14 May 2016", "by the end of May 2016", "by Q4 2009/10"."""
    if precision == DatePrecision.MONTH:
        return f"by the end of {due_on:%B %Y}"
    if precision == DatePrecision.QUARTER:
        return f"by the end of {Quarter.containing(due_on)}"
    if precision == DatePrecision.YEAR:
        year = FinancialYear.containing(due_on)
        return f"by the end of {year if due_on == year.ends_on else due_on.year}"
    return f"by {day_in_words(due_on)}"


def day_in_words(day: date) -> str:
    """ "31 March 2010"."""
    return f"{day.day} {day:%B %Y}"


def _day_of_month(months: int, day: int | None) -> date:
    """That day, or the last, of the month so many months after the year 0."""
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day or 31, monthrange(year, month)[1]))


def _ended(status: ActionStatus, completed_on: date | None) -> Verdict:
    if completed_on is not None:
        return Verdict(RAG.COMPLETE, f"Completed on {day_in_words(completed_on)}")
    if status == ActionStatus.COMPLETE:
        return Verdict(RAG.COMPLETE, "Completed")
    return Verdict(RAG.NOT_RATED, str(ActionStatus(status).label))

"""How a plan's quarter opens, is locked, and is opened again for one action and one person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import Action, Plan, Round, Unlock
from actions.services.mailing import mail_unlocked
from actions.services.refusals import PlanNotActive, refuse_outside
from actions.services.shared import refuse_non_member
from actions.values import PlanStatus
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.writing import Conflict, held, store

WEEKS_TO_WRITE = timedelta(weeks=3)
SATURDAY = 5


class AlreadyLocked(ValidationError):
    """A quarter is locked once; when and by whom is not written over."""

    def __init__(self) -> None:
        super().__init__("The quarter has been locked already.")


class DatesNeedReason(ValidationError):
    """People have planned by the dates: who moves them says why."""

    def __init__(self) -> None:
        super().__init__({"reason": "Say why the dates change"})


@dataclass(frozen=True)
class RoundDates:
    """When a round opens, when its updates are due, and when the committee meets, if that is known."""

    opens_on: date
    due_on: date
    committee_on: date | None = None


def proposed_dates(quarter: Quarter, *, previous: Round | None, today: date) -> RoundDates:
    """What a new round is offered: as long after its quarter's end as the previous one was, and never in the past.

    Without a previous round: three weeks from the day after the quarter's end. Nothing is due on a weekend.
    """
    end = quarter.ends_on
    if previous is None:
        dates = RoundDates(end + timedelta(days=1), _working_day(end + timedelta(days=1) + WEEKS_TO_WRITE))
    else:
        later = end - previous.quarter.ends_on
        committee = _working_day(previous.committee_on + later) if previous.committee_on else None
        dates = RoundDates(previous.opens_on + later, _working_day(previous.due_on + later), committee)
    if dates.due_on >= today:
        return dates
    late = _working_day(today + WEEKS_TO_WRITE)
    committee = dates.committee_on if dates.committee_on and dates.committee_on >= late else None
    return RoundDates(today, late, committee)


def _working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


@transaction.atomic
def open_round(
    *, plan: Plan, quarter: Quarter, opens_on: date, due_on: date, committee_on: date | None = None, by: User
) -> Round:
    """Ask for the plan's updates for the quarter. A quarter that has a round already raises Conflict with it."""
    refuse_outside(plan, quarter)
    # Two who open the same quarter stand in line here: the second finds the round of the first.
    plan = held(Plan.objects.select_for_update(no_key=True), plan)
    if plan.status != PlanStatus.ACTIVE:
        raise PlanNotActive(PlanStatus(plan.status))
    if (there := plan.rounds.filter(quarter=quarter).first()) is not None:
        raise Conflict(there)
    opened = Round(plan=plan, quarter=quarter, opens_on=opens_on, due_on=due_on, committee_on=committee_on)
    store(opened, by=by)
    return opened


@transaction.atomic
def change_dates(
    *,
    round: Round,  # noqa: A002 - the domain's word
    version: int,
    opens_on: date,
    due_on: date,
    committee_on: date | None,
    reason: str,
    by: User,
) -> Round:
    """Move the dates of a round that is not locked, for a reason that its history keeps."""
    changed = held(Round.objects.select_for_update(no_key=True), round)
    changed.refuse_if_stale(version)
    if changed.locked_at is not None:
        raise AlreadyLocked
    if not reason.strip():
        raise DatesNeedReason
    changed.opens_on, changed.due_on, changed.committee_on = opens_on, due_on, committee_on
    store(changed, by=by, reason=reason)
    return changed


@transaction.atomic
def lock_round(
    *,
    round: Round,  # noqa: A002 - the domain's word
    version: int,
    by: User,
    now: datetime,
    is_as_read: Callable[[], bool] = lambda: True,
) -> Round:
    """Freeze the quarter's words and lights, whether or not every update is approved.

    `is_as_read` says whether the updates still stand as the person has read: asked while no other can be written, and
    a no raises Conflict.
    """
    locked = held(Round.objects.select_for_update(no_key=True), round)
    if locked.locked_at is not None:
        raise AlreadyLocked
    locked.refuse_if_stale(version)
    if not is_as_read():
        raise Conflict(locked)
    locked.locked_at, locked.locked_by = now, by
    store(locked, by=by)
    return locked


@transaction.atomic
def unlock(*, action: Action, quarter: Quarter, person: User, until: date, reason: str, by: User) -> Unlock:
    """Let one person change one action's update of the quarter until the end of a day, and tell them by mail.

    Whether the quarter is locked or the update approved, and had a round or none: what a file brought has none.
    """
    refuse_outside(action.plan, quarter)
    refuse_non_member(action.plan.partnership, person)
    opened = Unlock(action=action, quarter=quarter, person=person, until=until, reason=reason)
    store(opened, by=by)
    mail_unlocked(opened, given_by=by)
    return opened

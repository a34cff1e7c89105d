"""How a plan's quarter opens, is locked, and is opened again for one action and one person."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import Action, Plan, Round, Unlock
from actions.services.refusals import refuse_outside
from actions.services.shared import refuse_non_member
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.writing import Conflict, held, store


class AlreadyLocked(ValidationError):
    """A quarter is locked once; when and by whom is not written over."""

    def __init__(self) -> None:
        super().__init__("The quarter has been locked already.")


@transaction.atomic
def open_round(
    *, plan: Plan, quarter: Quarter, opens_on: date, due_on: date, committee_on: date | None = None, by: User
) -> Round:
    """Ask for the plan's updates for the quarter. A quarter that has a round already raises Conflict with it."""
    refuse_outside(plan, quarter)
    # Two who open the same quarter stand in line here: the second finds the round of the first.
    held(Plan.objects.select_for_update(no_key=True), plan)
    if (there := plan.rounds.filter(quarter=quarter).first()) is not None:
        raise Conflict(there)
    opened = Round(plan=plan, quarter=quarter, opens_on=opens_on, due_on=due_on, committee_on=committee_on)
    store(opened, by=by)
    return opened


@transaction.atomic
def lock_round(*, round: Round, version: int, by: User, now: datetime) -> Round:  # noqa: A002 - the domain's word
    """Freeze the quarter's words and lights, whether or not every update is approved."""
    locked = held(Round.objects.select_for_update(no_key=True), round)
    if locked.locked_at is not None:
        raise AlreadyLocked
    locked.refuse_if_stale(version)
    locked.locked_at, locked.locked_by = now, by
    store(locked, by=by)
    return locked


@transaction.atomic
def unlock(*, action: Action, quarter: Quarter, person: User, until: date, reason: str, by: User) -> Unlock:
    """Let one person change one action's update of the quarter until the end of a day.

    Whether the quarter is locked or the update approved, and had a round or none: what a file brought has none.
    """
    refuse_outside(action.plan, quarter)
    refuse_non_member(action.plan.partnership, person)
    opened = Unlock(action=action, quarter=quarter, person=person, until=until, reason=reason)
    store(opened, by=by)
    return opened

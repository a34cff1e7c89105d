"""What is said in an update's form beside words, light and figures: it is about the action itself, and kept at once.

A draft keeps it as the finished update does: that a step was reached, or that a date has moved, is so whether or not
the words are finished.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError

from actions.models import Action
from actions.services.actions import change_due_date
from actions.services.evidence import NewEvidence, write_evidence
from actions.services.milestones import Tick, tick_milestones
from csp_tracker.models import User
from csp_tracker.periods import Quarter


@dataclass(frozen=True)
class NewDate:
    """Another due date, as exact as `precision` says, and why. `was` is the date the person saw."""

    due_on: date
    precision: str
    reason: str
    was: date | None


@dataclass(frozen=True)
class Beside:
    """Everything said beside the words, a part of the form each."""

    due_date: NewDate | None = None
    milestones: Sequence[Tick] = ()
    evidence: NewEvidence | None = None


NOTHING_BESIDE = Beside()


class DateMovedMeanwhile(ValidationError):
    """Somebody else moved the due date while the form was open."""

    def __init__(self, due_on: date | None) -> None:
        self.due_on = due_on
        now = f"It is {due_on:%-d %B %Y} now" if due_on else "It has been taken away"
        super().__init__({"due_on": f"Somebody else moved the due date while you were writing. {now}"})


def write_beside(*, action: Action, quarter: Quarter, beside: Beside, today: date, by: User) -> None:
    """Write all of it about an action that the caller has locked; what is so already is left as it is."""
    if beside.due_date is not None:
        _move(action, beside.due_date, by=by)
    if beside.milestones:
        tick_milestones(action=action, ticks=beside.milestones, today=today, by=by)
    if beside.evidence is not None:
        write_evidence(action=action, quarter=quarter, new=beside.evidence, by=by)


def _move(action: Action, new: NewDate, *, by: User) -> None:
    if (action.due_on, action.due_precision) == (new.due_on, new.precision):
        return  # the same form twice
    if action.due_on != new.was:
        raise DateMovedMeanwhile(action.due_on)
    change_due_date(
        action=action, version=action.version, due_on=new.due_on, precision=new.precision, reason=new.reason, by=by
    )

"""The milestones of an action: added, reworded, moved, reached, taken out of the plan and put back."""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from actions.models import Action, Milestone
from actions.rag import Step
from actions.services.plans import last_position
from actions.services.shared import demand_reason, set_fields
from csp_tracker.models import User
from csp_tracker.text import clean_text
from csp_tracker.writing import Foreign, held, store


@dataclass(frozen=True)
class Tick:
    """That the milestone with this key was reached on a day, or (None) is open; `was` is what the person saw."""

    milestone: int
    done_on: date | None
    was: date | None


class ReachedInFuture(ValidationError):
    """Nobody knows yet that a milestone will have been reached."""

    def __init__(self, milestone: Milestone, *, field: str = "done_on") -> None:
        super().__init__({field: f"The day “{milestone.step.name}” was reached must be today or in the past"})


class OutOfPlan(ValidationError):
    """An action that was archived gets no more milestones, and one that was taken out is not ticked."""

    def __init__(self, words: str) -> None:
        super().__init__(words)


class TickedMeanwhile(ValidationError):
    """Somebody else said when the milestone was reached, or that it was not, while the form was open."""

    def __init__(self, milestone: Milestone) -> None:
        self.milestone = milestone
        done_on = milestone.done_on
        now = f"It was reached on {done_on:%-d %B %Y}" if done_on else "It is open"
        super().__init__(
            {
                f"milestone_{milestone.pk}": f"Somebody else changed “{milestone.step.name}” while you were writing. "
                f"{now}, they say. Send the form again to have your way"
            }
        )


def steps_of(action: Action) -> list[Step]:
    """The action's milestones as the rules take them; not even looked for where `with_milestones` has seen none."""
    if not getattr(action, "has_milestones", True):
        return []
    return [milestone.step for milestone in action.milestones.filter(archived_at=None)]


def open_milestones_of(actions: Collection[int]) -> dict[int, list[Milestone]]:
    """Those not reached yet, by the key of their action: one query."""
    found: dict[int, list[Milestone]] = {}
    for milestone in Milestone.objects.filter(action__in=actions, archived_at=None, done_on=None):
        found.setdefault(milestone.action_id, []).append(milestone)
    return found


@transaction.atomic
def add_milestone(*, action: Action, text: str, due_on: date, by: User) -> Milestone:
    """Add a step on the way to the action's end; the same one twice is added once."""
    now = held(Action.objects.select_for_update(no_key=True), action)  # a double click stands in line here
    if now.archived_at is not None:
        raise OutOfPlan("The action has been taken out of the plan. Restore it first.")
    said = {"text": clean_text(text), "due_on": due_on}
    if (there := action.milestones.filter(archived_at=None, **said).first()) is not None:
        return there
    milestone = Milestone(action=action, position=last_position(action.milestones.all()) + 1, **said)
    store(milestone, by=by)
    return milestone


@transaction.atomic
def change_milestone(
    *, milestone: Milestone, version: int, today: date, by: User, reason: str = "", **fields: Any
) -> Milestone:
    """Change its words or the day it is due, with a reason once the plan is active; or when it was reached, without."""
    milestone.refuse_if_stale(version)
    if "text" in fields:
        fields["text"] = clean_text(fields["text"])
    before = milestone.text, milestone.due_on
    set_fields(milestone, fields)
    if (milestone.text, milestone.due_on) != before:
        demand_reason(milestone.action.plan, reason)
    if milestone.done_on is not None and milestone.done_on > today:
        raise ReachedInFuture(milestone)
    store(milestone, by=by, reason=reason)
    return milestone


@transaction.atomic
def tick_milestones(*, action: Action, ticks: Sequence[Tick], today: date, by: User) -> None:
    """Note which of the action's milestones were reached and when; what is so already is left as it is."""
    rows = {
        row.pk: row for row in action.milestones.select_for_update().filter(pk__in=[one.milestone for one in ticks])
    }
    for tick in ticks:
        row = rows.get(tick.milestone)
        if row is None:
            raise Foreign
        if row.done_on != tick.done_on:
            _tick(row, tick, today=today, by=by)


def _tick(milestone: Milestone, tick: Tick, *, today: date, by: User) -> None:
    if milestone.archived_at is not None:
        raise OutOfPlan(f"“{milestone.step.name}” has been taken out of the plan.")
    if milestone.done_on != tick.was:
        raise TickedMeanwhile(milestone)
    if tick.done_on is not None and tick.done_on > today:
        raise ReachedInFuture(milestone, field=f"milestone_{milestone.pk}_on")
    was = copy(milestone)
    milestone.done_on = tick.done_on
    store(milestone, by=by, was=was)


@transaction.atomic
def archive_milestone(*, milestone: Milestone, by: User, reason: str = "") -> None:
    """Take it out of the plan: nothing is judged by it any more, and its history stays."""
    now = held(Milestone.objects.select_for_update(), milestone)
    if now.archived_at is None:
        demand_reason(milestone.action.plan, reason)
        was = copy(now)
        now.archived_at = timezone.now()
        store(now, by=by, reason=reason, was=was)


@transaction.atomic
def restore_milestone(*, milestone: Milestone, by: User, reason: str = "") -> None:
    """Put it back."""
    now = held(Milestone.objects.select_for_update(), milestone)
    if now.archived_at is not None:
        demand_reason(milestone.action.plan, reason)
        was = copy(now)
        now.archived_at = None
        store(now, by=by, reason=reason, was=was)

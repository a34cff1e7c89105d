"""What the services of plans, actions and assignment share: fields set together, reasons, and who may lead."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet

from actions.models import Link, Plan
from actions.values import PlanStatus
from csp_tracker.models import Partnership, User
from csp_tracker.people import Role
from csp_tracker.writing import discard, store


class Keep(Enum):
    """Says that an argument leaves a value as it is, where None would take it away."""

    KEEP = "keep"


KEEP = Keep.KEEP

#: Where a row stands. It changes by `place`, which sees to it that the row stays in its plan, and by nothing else.
PLACES = {"partnership", "plan", "priority", "objective", "action"}


class ReasonNeeded(ValidationError):
    """A plan that is no longer a draft is changed for a reason, which its history keeps."""

    def __init__(self) -> None:
        super().__init__({"reason": "Say why this changes: the plan is no longer a draft."})


class NotAMember(ValidationError):
    """Only a current member of the partnership who may report, not a viewer, can lead work in it."""

    def __init__(self) -> None:
        super().__init__("Choose a current officer or manager of this partnership.")


def set_fields(thing: models.Model, fields: Mapping[str, Any]) -> bool:
    """Set the named columns and return whether any of them differs from before."""
    editable = {field.name for field in thing._meta.concrete_fields if field.editable} - PLACES
    unknown = set(fields) - editable
    if unknown:
        raise TypeError(f"{type(thing).__name__} has no field {', '.join(sorted(unknown))} to change.")
    changed = False
    for name, value in fields.items():
        if getattr(thing, name) != value:
            setattr(thing, name, value)
            changed = True
    return changed


def demand_reason(plan: Plan, reason: str) -> None:
    """Raise ReasonNeeded where the plan is active or closed and nothing is said."""
    if plan.status != PlanStatus.DRAFT and not reason.strip():
        raise ReasonNeeded


def refuse_non_member(partnership: Partnership, person: User | None) -> None:
    """Raise NotAMember unless the person may lead work here (None, nobody, is allowed)."""
    if person is None:
        return
    members = partnership.memberships.current().filter(user=person).exclude(role=Role.VIEWER)
    if not members.exists():
        raise NotAMember


@transaction.atomic
def set_links(
    links: QuerySet, name: str, wanted: Sequence[Any], make: Callable[..., Link], *, by: User, reason: str
) -> bool:
    """Take away, add and order links until they are the wanted ones; each one touched leaves its history row.

    `name` is the column that says what is linked, `make` makes a link of it. Whether anything changed.
    """
    there = {getattr(link, f"{name}_id"): link for link in links}
    if list(there) == [thing.pk for thing in wanted]:
        return False
    changed = False
    for key, link in there.items():
        if key not in {thing.pk for thing in wanted}:
            discard(link, by=by, reason=reason)
            changed = True
    for position, thing in enumerate(wanted, 1):
        link = there.get(thing.pk) or make(**{name: thing})
        link.position = position
        changed |= store(link, by=by, reason=reason)
    return changed

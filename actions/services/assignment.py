"""Who leads and supports what: assigning many actions at once, and handing one person's work to another."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import Action, Priority
from actions.services.actions import set_supporters
from actions.services.shared import KEEP, Keep, refuse_non_member
from actions.values import CLOSED_STATUSES, ActionStatus, PlanStatus
from csp_tracker.models import Agency, Partnership, User
from csp_tracker.writing import refuse_foreign, store
from indicators.services import change_indicator


class NobodyToHandTo(ValidationError):
    """Work is handed from one person to another."""

    def __init__(self) -> None:
        super().__init__({"to_person": "Choose somebody else to hand the work to."})


@transaction.atomic
def assign(
    *,
    actions: Iterable[Action],
    by: User,
    lead_officer: User | Keep | None = KEEP,
    lead_agency: Agency | Keep | None = KEEP,
    supporters: Iterable[Agency] | Keep = KEEP,
) -> int:
    """Give the actions a lead officer, a lead agency, supporters: only what is named, to all or to none.

    The actions are as the person saw them: one that somebody changed since raises Conflict. Return how many changed.
    """
    actions = list(actions)
    agencies = supporters if isinstance(supporters, Keep) else list(supporters)
    for partnership in {action.plan.partnership for action in actions}:
        if not isinstance(lead_officer, Keep):
            refuse_non_member(partnership, lead_officer)
        if not isinstance(lead_agency, Keep):
            refuse_foreign(partnership, lead_agency)
    count = 0
    for action in actions:
        if not isinstance(lead_officer, Keep):
            action.lead_officer = lead_officer
        if not isinstance(lead_agency, Keep):
            action.lead_agency = lead_agency
        others = False if isinstance(agencies, Keep) else set_supporters(action=action, agencies=agencies, by=by)
        count += store(action, by=by, links_changed=others)
    return count


@transaction.atomic
def hand_over(*, partnership: Partnership, from_person: User, to_person: User, by: User) -> int:
    """Give all open work of one person, perhaps a leaver, to another; return how many things changed hands.

    Open work is led actions that are not ended, led priorities, both of plans that are not closed, and owned KPIs.
    """
    if from_person == to_person:
        raise NobodyToHandTo
    refuse_non_member(partnership, to_person)
    reason = f"Handed over from {from_person} to {to_person}"
    work = [*led_actions(partnership, from_person), *led_priorities(partnership, from_person)]
    for thing in work:
        setattr(thing, "lead_officer" if isinstance(thing, Action) else "lead", to_person)
        store(thing, by=by, reason=reason)
    owned = partnership.indicators.open().filter(owner=from_person)
    for indicator in owned:
        change_indicator(indicator=indicator, version=indicator.version, owner=to_person, reason=reason, by=by)
    return len(work) + len(owned)


def led_actions(partnership: Partnership, person: User) -> list[Action]:
    """The person's actions of the partnership's open plans that are neither complete nor closed."""
    ended = (ActionStatus.COMPLETE, *CLOSED_STATUSES)
    led = Action.objects.open().filter(plan__partnership=partnership, lead_officer=person).exclude(status__in=ended)
    return list(led.exclude(plan__status=PlanStatus.CLOSED).select_related("plan__partnership").in_plan_order())


def led_priorities(partnership: Partnership, person: User) -> list[Priority]:
    """The person's priorities of the partnership's open plans."""
    led = Priority.objects.open().filter(plan__partnership=partnership, lead=person)
    return list(led.exclude(plan__status=PlanStatus.CLOSED).select_related("plan__partnership"))

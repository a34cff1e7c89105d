"""How actions are made, changed, dated, supported, completed and closed."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import Action, ActionIndicator, DueDateChange, Objective, SupportingAgency
from actions.services.plans import last_position
from actions.services.shared import KEEP, Keep, demand_reason, refuse_non_member, set_fields, set_links
from actions.values import CLOSED_STATUSES, ActionStatus, DatePrecision, PlanStatus, TimescaleKind
from csp_tracker.models import Agency, User
from csp_tracker.writing import refuse_foreign, store
from indicators.models import Indicator

LONGEST_REFERENCE = 30


class DateReasonMissing(ValidationError):
    """A due date that others were told moves only with a reason."""

    def __init__(self) -> None:
        super().__init__({"date_reason": "Say why the due date changes."})


class NotClosing(ValidationError):
    """Closing means one of the statuses that end an action without completing it."""

    def __init__(self) -> None:
        super().__init__({"status": "Choose why the action is closed: not needed, no resources or superseded."})


@transaction.atomic
def add_action(
    *,
    objective: Objective,
    text: str,
    reference: str = "",
    supporters: Iterable[Agency] = (),
    indicators: Iterable[Indicator] = (),
    source: list[dict[str, Any]] | None = None,
    first_due_on: date | None = None,
    by: User,
    **fields: Any,
) -> Action:
    """Add an action at the objective's end; without a reference it gets the objective's number and its own place.

    `first_due_on` is given where the action was due earlier already, in the plan it comes from.
    """
    plan = objective.priority.plan
    refuse_foreign(plan.partnership, fields.get("lead_agency"))
    refuse_non_member(plan.partnership, fields.get("lead_officer"))
    position = last_position(objective.actions.all()) + 1
    action = Action(plan=plan, objective=objective, position=position, source=source or {})
    set_fields(action, {"text": text, **fields})
    action.reference = reference or free_reference(objective, position)
    action.original_due_on = first_due_on or action.due_on
    _settle(action)
    store(action, by=by)
    if supporters:
        set_supporters(action=action, agencies=supporters, by=by)
    if indicators:
        set_indicators(action=action, indicators=indicators, by=by)
    return action


def free_reference(objective: Objective, position: int) -> str:
    """The objective's number and the position, or the next position whose reference the plan has not given yet."""
    taken = set(Action.objects.filter(plan=objective.priority.plan_id).values_list("reference", flat=True))
    stem = f"{objective.number.rstrip('.')}." if objective.number else ""
    while (reference := f"{stem}{position}") in taken:
        position += 1
    return reference[:LONGEST_REFERENCE]


@transaction.atomic
def change_action(
    *,
    action: Action,
    version: int,
    by: User,
    reason: str = "",
    date_reason: str = "",
    supporters: Iterable[Agency] | Keep = KEEP,
    indicators: Iterable[Indicator] | Keep = KEEP,
    **fields: Any,
) -> Action:
    """Change what the plan says about an action, whole or not at all.

    Once the plan is active everything needs `reason`, and a new due date needs `date_reason` and is kept as a change.
    """
    action.refuse_if_stale(version)
    partnership = action.plan.partnership
    refuse_foreign(partnership, fields.get("lead_agency"))
    if "lead_officer" in fields and fields["lead_officer"] != action.lead_officer:
        refuse_non_member(partnership, fields["lead_officer"])
    due_on = fields.pop("due_on", action.due_on)
    changed, links_changed = set_fields(action, fields), False
    if not isinstance(supporters, Keep):
        links_changed |= set_supporters(action=action, agencies=supporters, by=by, reason=reason)
    if not isinstance(indicators, Keep):
        links_changed |= set_indicators(action=action, indicators=indicators, by=by, reason=reason)
    if changed or links_changed:
        demand_reason(action.plan, reason)
    _move_date(action, due_on, reason=date_reason, by=by)
    _settle(action)
    store(action, by=by, reason=reason or date_reason, links_changed=links_changed)
    return action


@transaction.atomic
def change_due_date(
    *, action: Action, version: int, due_on: date | None, precision: str = DatePrecision.DAY, reason: str, by: User
) -> Action:
    """Move the due date and keep the move with its reason; the first date is never forgotten."""
    action.refuse_if_stale(version)
    action.due_precision = precision
    _move_date(action, due_on, reason=reason, by=by)
    _settle(action)
    store(action, by=by, reason=reason)
    return action


def _move_date(action: Action, due_on: date | None, *, reason: str, by: User) -> None:
    before, action.due_on = action.due_on, due_on
    if due_on == before:
        return
    if action.plan.status == PlanStatus.DRAFT and not reason.strip():
        action.original_due_on = due_on  # nobody was told the earlier date: this is still the first
        return
    if not reason.strip():
        raise DateReasonMissing
    action.original_due_on = action.original_due_on or before or due_on
    change = DueDateChange(action=action, from_date=before, to_date=due_on, reason=reason, changed_by=by)
    store(change, by=by, reason=reason)


def _settle(action: Action) -> None:
    """Let go of what no longer applies, as the database demands."""
    if action.due_on is None:
        action.due_precision = ""
    elif not action.due_precision:
        action.due_precision = DatePrecision.DAY
    if action.due_on is not None and action.timescale_kind == TimescaleKind.UNCLEAR and not action.timescale:
        action.timescale_kind = TimescaleKind.BY_DATE  # a date and no words that say otherwise
    if action.status != ActionStatus.COMPLETE:
        action.completed_on = None
    if action.status not in CLOSED_STATUSES:
        action.closed_on, action.closed_reason = None, ""


@transaction.atomic
def complete_action(*, action: Action, completed_on: date, by: User, reason: str = "") -> None:
    """Note that the action is done. One that is complete already keeps its earlier date."""
    if action.status != ActionStatus.COMPLETE:
        action.status, action.completed_on = ActionStatus.COMPLETE, completed_on
        _settle(action)
        store(action, by=by, reason=reason)


@transaction.atomic
def reopen_action(*, action: Action, by: User, reason: str) -> None:
    """Take back that the action is done: it is in progress again. One that is not complete stays as it is."""
    if action.status == ActionStatus.COMPLETE:
        action.status = ActionStatus.IN_PROGRESS
        _settle(action)
        store(action, by=by, reason=reason)


def completed_because(action: Action) -> str:
    """The reason given when the action, complete now, became so; who changed it since is not asked."""
    rows = action.history.order_by("history_id")
    open_before = rows.exclude(status=ActionStatus.COMPLETE).last()
    if open_before is not None:
        rows = rows.filter(history_id__gt=open_before.history_id)
    became = rows.first()
    return (became.history_change_reason or "") if became else ""


@transaction.atomic
def close_action(*, action: Action, status: str, closed_on: date, reason: str, by: User) -> None:
    """End the action without completing it, saying why."""
    if status not in CLOSED_STATUSES:
        raise NotClosing
    action.status, action.closed_on, action.closed_reason = status, closed_on, reason
    _settle(action)
    store(action, by=by, reason=reason)


def set_supporters(*, action: Action, agencies: Iterable[Agency], by: User, reason: str = "") -> bool:
    """Let exactly these agencies support the action, in this order; whether anything changed."""
    agencies = list(agencies)
    refuse_foreign(action.plan.partnership, *agencies)
    make = partial(SupportingAgency, action=action)
    return set_links(action.support.all(), "agency", agencies, make, by=by, reason=reason)


def set_indicators(*, action: Action, indicators: Iterable[Indicator], by: User, reason: str = "") -> bool:
    """Let exactly these KPIs judge the action, in this order; whether anything changed."""
    indicators = list(indicators)
    refuse_foreign(action.plan.partnership, *indicators)
    make = partial(ActionIndicator, action=action)
    return set_links(action.indicator_links.all(), "indicator", indicators, make, by=by, reason=reason)

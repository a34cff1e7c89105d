"""The plan of the demonstration, as it was agreed before its first quarter."""

from typing import Any

from actions.importing.demonstration.calendar import Calendar
from actions.importing.demonstration.measures import Measures
from actions.importing.demonstration.people import Cast
from actions.models import Action, Objective, Plan
from actions.services.actions import add_action
from actions.services.milestones import add_milestone
from actions.services.plans import add_objective, add_priority, change_plan, create_plan
from actions.values import ActionStatus, PlanStatus

#: Each action with the part of the fixture that tells its story.
Told = list[tuple[Action, dict[str, Any]]]


def make_plan(data: dict[str, Any], cast: Cast, measures: Measures, calendar: Calendar) -> tuple[Plan, Told]:
    """Priorities, objectives and actions; drafted by the manager, then made active."""
    by = cast.people["manager"]
    plan = create_plan(
        partnership=cast.partnership,
        title=calendar.fill(data["title"]),
        starts_on=calendar.year(-1).starts_on,
        ends_on=calendar.year(0).ends_on,
        marking=data["marking"],
        by=by,
    )
    told: Told = []
    for priority in data["priorities"]:
        row = add_priority(
            plan=plan, title=priority["title"], group=priority["group"], lead=cast.people[priority["lead"]], by=by
        )
        for objective in priority["objectives"]:
            below = add_objective(priority=row, text=objective["text"], by=by)
            told += [(_add(action, below, cast, measures, calendar), action) for action in objective["actions"]]
    reason = "Agreed by the partnership."
    plan = change_plan(plan=plan, version=plan.version, status=PlanStatus.ACTIVE, reason=reason, by=by)
    for action, _ in told:
        action.plan = plan
    return plan, told


def _add(one: dict[str, Any], objective: Objective, cast: Cast, measures: Measures, calendar: Calendar) -> Action:
    lead = cast.people[one["lead"]] if "lead" in one else None
    agency = cast.agencies[one["agency"]] if "agency" in one else None
    if agency is None and lead is not None:
        agency = cast.partnership.memberships.get(user=lead).agency
    action = add_action(
        objective=objective,
        text=one["text"],
        expected_outcome=one.get("expected_outcome", ""),
        timescale=calendar.fill(one["timescale"]),
        timescale_kind=one["timescale_kind"],
        due_on=calendar.last_day(one["due"]) if "due" in one else None,
        due_precision=one.get("due_precision", ""),
        recurrence=one.get("recurrence", ""),
        status=ActionStatus.IN_PROGRESS,
        lead_officer=lead,
        lead_agency=agency,
        resources=one.get("resources", ""),
        place=one.get("place", ""),
        not_for_publication=one.get("not_for_publication", False),
        supporters=[cast.agencies[key] for key in one.get("supporters", ())],
        indicators=[measures.indicators[key] for key in one.get("kpis", ())],
        by=cast.people["manager"],
    )
    for step in one.get("milestones", ()):
        due_on = calendar.last_day(step["due"])
        add_milestone(action=action, text=step["text"], due_on=due_on, by=cast.people["manager"])
    return action

"""How plans, their priorities and objectives are made, changed, ordered, numbered and archived."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from actions.models import Action, CarryForward, InPlan, Objective, Plan, Priority, PriorityIndicator
from actions.services.shared import KEEP, Keep, demand_reason, refuse_non_member, set_fields, set_links
from actions.values import PlanStatus
from csp_tracker.models import FileImport, Partnership, User
from csp_tracker.writing import held, refuse_foreign, store
from indicators.models import Indicator

LONGEST_SLUG = 80
NOT_SLUGS = {"new"}  # /plans/new/ is a page of its own


class NotThere(ValidationError):
    """A part of a plan cannot stand under something of another plan, or under what has been archived."""

    def __init__(self) -> None:
        super().__init__("Choose a place in the same plan that has not been archived.")


class StillArchived(ValidationError):
    """What stands under something archived comes back only with it."""

    def __init__(self, above: InPlan | Plan) -> None:
        super().__init__(f"Restore “{above}” first.")


class FollowsNone(ValidationError):
    """A plan follows one of its partnership that began before it did, and never, by whatever way, itself."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__({field: words})


class FollowedAlready(ValidationError):
    """Another plan follows the one named already; two may, where somebody says that both do."""

    def __init__(self, previous: Plan, other: Plan) -> None:
        super().__init__({"previous": f"“{other}” follows “{previous}” already."})


class HasLineage(ValidationError):
    """What was carried from a plan leads to the plan that follows it, for as long as the actions are tied."""

    def __init__(self, previous: Plan) -> None:
        super().__init__({"previous": f"Actions have been carried here from “{previous}”: this plan follows it."})


@transaction.atomic
def create_plan(
    *,
    partnership: Partnership,
    title: str,
    starts_on: date,
    ends_on: date,
    slug: str = "",
    period_is_inferred: bool = False,
    status: str = PlanStatus.DRAFT,
    columns: Sequence[dict[str, str]] = (),
    key: Sequence[dict[str, str]] = (),
    marking: str = "",
    previous: Plan | None = None,
    both_follow: bool = False,
    imported_from: FileImport | None = None,
    by: User,
) -> Plan:
    """Begin a plan of the partnership; its address comes from its title and is nobody else's."""
    refuse_foreign(partnership, previous, imported_from)
    plan = Plan(
        partnership=partnership,
        title=title,
        slug=free_slug(slug or title),
        starts_on=starts_on,
        ends_on=ends_on,
        period_is_inferred=period_is_inferred,
        status=status,
        columns=list(columns),
        key=list(key),
        marking=marking,
        previous=previous,
        imported_from=imported_from,
    )
    _refuse_out_of_order(plan)
    if previous is not None and not both_follow:
        _refuse_second_follower(plan, previous)
    store(plan, by=by)
    return plan


def _refuse_out_of_order(plan: Plan) -> None:
    """Raise FollowsNone unless the plan begins after the one it follows and before those that follow it.

    So no plan can follow itself round a circle.
    """
    before = plan.previous
    if before is not None and before.starts_on >= plan.starts_on:
        words = f"“{before}” does not begin before this plan. Choose an earlier plan, or correct the first day."
        raise FollowsNone("previous", words)
    after = plan.following.order_by("starts_on").first() if plan.pk else None
    if after is not None and after.starts_on <= plan.starts_on:
        raise FollowsNone("starts_on", f"“{after}” follows this plan, so this plan must begin before it does.")


def _refuse_second_follower(plan: Plan, previous: Plan) -> None:
    """Raise FollowedAlready where the plan before has a follower in use; two who name one wait for each other here."""
    held(Plan.objects.select_for_update(no_key=True), previous)
    if (other := previous.following.filter(archived_at=None).exclude(pk=plan.pk).first()) is not None:
        raise FollowedAlready(previous, other)


def _refuse_other_lineage(plan: Plan, was: int | None) -> None:
    """Raise HasLineage where actions of the plan were carried from the one it would no longer follow."""
    carried = CarryForward.objects.filter(to_plan=plan, from_action__plan=was, to_action__isnull=False)
    if was is not None and carried.exists():
        raise HasLineage(Plan.objects.get(pk=was))


def free_slug(words: str) -> str:
    """The words as an address that no plan of any partnership has: a number is added where it is taken."""
    stem = slugify(words)[:LONGEST_SLUG].strip("-") or "plan"
    # One query, however many plans share the title.
    taken = set(Plan.objects.filter(slug__startswith=stem[: LONGEST_SLUG - 6]).values_list("slug", flat=True))
    slug, number = stem, 1
    while slug in taken or slug in NOT_SLUGS:
        number += 1
        suffix = f"-{number}"
        slug = stem[: LONGEST_SLUG - len(suffix)].rstrip("-") + suffix
    return slug


@transaction.atomic
def change_plan(
    *, plan: Plan, version: int, by: User, reason: str = "", both_follow: bool = False, **fields: Any
) -> Plan:
    """Change what a plan says of itself; its address stays, because papers and e-mails hold it.

    `both_follow` says that the plan named as the one before has another follower, and that both follow it.
    """
    plan.refuse_if_stale(version)
    refuse_foreign(plan.partnership, fields.get("previous"))
    as_it_was = Plan(status=plan.status, starts_on=plan.starts_on, previous_id=plan.previous_id)
    if set_fields(plan, fields):
        if (plan.starts_on, plan.previous_id) != (as_it_was.starts_on, as_it_was.previous_id):
            _refuse_out_of_order(plan)
        if plan.previous_id != as_it_was.previous_id:
            _refuse_other_lineage(plan, as_it_was.previous_id)
            if plan.previous is not None and not both_follow:
                _refuse_second_follower(plan, plan.previous)
        demand_reason(as_it_was, reason)
        store(plan, by=by, reason=reason)
    return plan


@transaction.atomic
def add_priority(
    *,
    plan: Plan,
    title: str,
    number: str = "",
    group: str = "",
    lead: User | None = None,
    indicators: Iterable[Indicator] = (),
    by: User,
) -> Priority:
    """Add a priority at the plan's end, numbered one more than the highest where no number is given."""
    refuse_non_member(plan.partnership, lead)
    numbers = plan.priorities.values_list("number", flat=True)
    priority = Priority(
        plan=plan,
        title=title,
        number=number or next_number("", numbers),
        group=group,
        lead=lead,
        position=last_position(plan.priorities.all()) + 1,
    )
    store(priority, by=by)
    _set_indicators(priority, indicators, by=by)
    return priority


@transaction.atomic
def change_priority(
    *,
    priority: Priority,
    version: int,
    by: User,
    reason: str = "",
    indicators: Iterable[Any] | Keep = KEEP,
    **fields: Any,
) -> Priority:
    """Change a priority's number, title, group or lead, and by which KPIs it is judged."""
    priority.refuse_if_stale(version)
    if "lead" in fields and fields["lead"] != priority.lead:
        refuse_non_member(priority.plan.partnership, fields["lead"])
    changed, links_changed = set_fields(priority, fields), False
    if not isinstance(indicators, Keep):
        links_changed = _set_indicators(priority, indicators, by=by, reason=reason)
    if changed or links_changed:
        demand_reason(priority.plan, reason)
        store(priority, by=by, reason=reason, links_changed=links_changed)
    return priority


def _set_indicators(priority: Priority, indicators: Iterable[Indicator], *, by: User, reason: str = "") -> bool:
    """Let exactly these KPIs judge the priority as a whole, in this order; whether anything changed."""
    indicators = list(indicators)
    refuse_foreign(priority.plan.partnership, *indicators)
    make = partial(PriorityIndicator, priority=priority)
    return set_links(priority.indicator_links.all(), "indicator", indicators, make, by=by, reason=reason)


@transaction.atomic
def add_objective(*, priority: Priority, text: str, number: str = "", by: User) -> Objective:
    """Add an objective at the priority's end, numbered after its priority where no number is given."""
    numbers = priority.objectives.values_list("number", flat=True)
    objective = Objective(
        priority=priority,
        text=text,
        number=number or next_number(priority.number, numbers),
        position=last_position(priority.objectives.all()) + 1,
    )
    store(objective, by=by)
    return objective


@transaction.atomic
def change_objective(*, objective: Objective, version: int, by: User, reason: str = "", **fields: Any) -> Objective:
    """Change an objective's number or text."""
    objective.refuse_if_stale(version)
    if set_fields(objective, fields):
        demand_reason(objective.priority.plan, reason)
        store(objective, by=by, reason=reason)
    return objective


def next_number(prefix: str, numbers: Iterable[str]) -> str:
    """One more than the highest of the numbers that stand directly under the prefix: "3", "3.4"."""
    stem = f"{prefix.rstrip('.')}." if prefix else ""
    ends = [number[len(stem) :].rstrip(".") for number in numbers if number.startswith(stem)]
    return f"{stem}{max((int(end) for end in ends if end.isascii() and end.isdigit()), default=0) + 1}"


def last_position(siblings: QuerySet) -> int:
    """The highest position among them, 0 where there is none."""
    return siblings.aggregate(last=Max("position"))["last"] or 0


def _siblings(thing: InPlan) -> QuerySet:
    if isinstance(thing, Priority):
        return thing.plan.priorities.all()
    if isinstance(thing, Objective):
        return thing.priority.objectives.all()
    return Action.objects.filter(objective=thing.objective_id)  # type: ignore[attr-defined]


@transaction.atomic
def move(*, thing: InPlan, up: bool, by: User) -> bool:
    """Let a priority, objective or action change places with its neighbour; whether there was one.

    What is archived, perhaps by somebody else a moment ago, has none.
    """
    ordered = list(_siblings(thing).filter(archived_at__isnull=True).select_for_update().order_by("position", "pk"))
    if thing not in ordered:
        return False
    here = ordered.index(thing)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(ordered):
        return False
    places = sorted({sibling.position for sibling in ordered})
    if len(places) < len(ordered):  # two stand on the same place: count them out anew
        places = list(range(1, len(ordered) + 1))
    ordered[here], ordered[there] = ordered[there], ordered[here]
    for sibling, place in zip(ordered, places, strict=True):
        sibling.position = place
        store(sibling, by=by)
    thing.refresh_from_db()
    return True


@transaction.atomic
def place(*, thing: Objective | Action, under: Priority | Objective, by: User, reason: str = "") -> None:
    """Put an objective under another priority, or an action under another objective, at its end and with its number."""
    if _plan_of(thing) != _plan_of(under) or under.archived_at is not None:
        raise NotThere
    if isinstance(thing, Objective) and isinstance(under, Priority):
        if thing.priority_id != under.pk:
            thing.position, thing.priority = last_position(under.objectives.all()) + 1, under
    elif isinstance(thing, Action) and isinstance(under, Objective):
        if thing.objective_id != under.pk:
            thing.position, thing.objective = last_position(under.actions.all()) + 1, under
    else:
        raise NotThere
    store(thing, by=by, reason=reason)


@transaction.atomic
def renumber(*, plan: Plan, by: User, reason: str = "") -> int:
    """Number the plan from its order: 1, 1.1, 1.1.1; archived parts come last in theirs. Return how many changed."""
    priorities, objectives, actions = _in_order(plan)
    numbers = {priority.pk: f"{number}" for number, priority in enumerate(priorities, 1)}
    changed: list[tuple[InPlan, str]] = [(priority, numbers[priority.pk]) for priority in priorities]
    objective_numbers = _number_below(objectives, "priority_id", numbers)
    changed += [(objective, objective_numbers[objective.pk]) for objective in objectives]
    references = _number_below(actions, "objective_id", objective_numbers)
    _free_references(actions, references)
    changed += [(action, references[action.pk]) for action in actions]
    count = 0
    for thing, number in changed:
        setattr(thing, "reference" if isinstance(thing, Action) else "number", number)
        count += store(thing, by=by, reason=reason)
    return count


def _in_order(plan: Plan) -> tuple[list[Priority], list[Objective], list[Action]]:
    def ordered(rows: QuerySet) -> list:
        found = rows.select_for_update(of=("self",)).order_by("position", "pk")
        return sorted(found, key=lambda row: row.archived_at is not None)

    return (
        ordered(plan.priorities.all()),
        ordered(Objective.objects.filter(priority__plan=plan)),
        ordered(plan.actions.select_related("plan")),
    )


def _number_below(things: Iterable[InPlan], parent: str, numbers: dict[int, str]) -> dict[int, str]:
    counted: dict[int, int] = {}
    found = {}
    for thing in things:
        above = getattr(thing, parent)
        counted[above] = counted.get(above, 0) + 1
        found[thing.pk] = f"{numbers[above]}.{counted[above]}"
    return found


def _free_references(actions: Iterable[Action], references: dict[int, str]) -> None:
    """Step aside for a moment, so that two actions can exchange references: a stand-in that no history keeps."""
    for action in actions:
        if action.reference != references[action.pk]:
            Action.objects.filter(pk=action.pk).update(reference=f"~{action.pk}")


def _plan_of(thing: InPlan) -> Plan:
    return thing.priority.plan if isinstance(thing, Objective) else thing.plan  # type: ignore[attr-defined]


def _below(thing: InPlan | Plan) -> list[InPlan]:
    """Everything that stands under a thing."""
    if isinstance(thing, Plan):
        return [*thing.priorities.all(), *Objective.objects.filter(priority__plan=thing), *thing.actions.all()]
    if isinstance(thing, Priority):
        return [*thing.objectives.all(), *Action.objects.filter(objective__priority=thing)]
    return list(Action.objects.filter(objective=thing)) if isinstance(thing, Objective) else []


def _above(thing: InPlan | Plan) -> list[InPlan | Plan]:
    if isinstance(thing, Action):
        return [thing.objective, thing.objective.priority, thing.plan]
    if isinstance(thing, Objective):
        return [thing.priority, thing.priority.plan]
    return [thing.plan] if isinstance(thing, Priority) else []


@transaction.atomic
def archive(*, thing: InPlan | Plan, reason: str, by: User) -> None:
    """Take a plan or a part of it out of every list with all that stands under it; nothing is deleted."""
    if thing.archived_at is not None:
        return
    demand_reason(thing if isinstance(thing, Plan) else _plan_of(thing), reason)
    now = timezone.now()
    for one in [thing, *(below for below in _below(thing) if below.archived_at is None)]:
        one.archived_at = now
        store(one, by=by, reason=reason)


@transaction.atomic
def restore(*, thing: InPlan | Plan, reason: str, by: User) -> None:
    """Bring back what was archived, with what was archived together with it."""
    if thing.archived_at is None:
        return
    demand_reason(thing if isinstance(thing, Plan) else _plan_of(thing), reason)
    for above in _above(thing):
        if above.archived_at is not None:
            raise StillArchived(above)
    together = thing.archived_at
    for one in [thing, *(below for below in _below(thing) if below.archived_at == together)]:
        one.archived_at = None
        store(one, by=by, reason=reason)

"""Plans and what is in them, as querysets: who may see them, and which light an action has in a quarter."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat

from actions.rag import travel
from actions.values import (
    CLOSED_STATUSES,
    COUNTED_STATES,
    OWES_NOTHING,
    ActionStatus,
    PlanStatus,
    TimescaleKind,
    UpdateState,
)
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel

if TYPE_CHECKING:
    from datetime import date

    from csp_tracker.models import User


def _for_each_plan(quarters: Mapping[int, Quarter], value: Callable[[Quarter], Any], kind: models.Field) -> Case:
    """A value that depends on the quarter of the row's plan; nothing for a plan without one."""
    return Case(*(When(plan=key, then=Value(value(one))) for key, one in quarters.items()), output_field=kind)


class OfPlanQuerySet(models.QuerySet):
    """Rows of a plan; `path` is the lookup that leads to it, empty on plans themselves."""

    path: ClassVar[str] = "plan__"

    def visible_to(self, user: "User") -> Self:
        """Rows of the user's partnerships; those of a draft plan only for its managers and administrators."""
        seen, edited = _partnerships_of(user)
        mine = Q(**{f"{self.path}partnership__in": seen})
        if seen == edited:  # nothing is hidden from who manages all they see, and the database need not ask
            return self.filter(mine)
        out = ~Q(**{f"{self.path}status": PlanStatus.DRAFT})
        return self.filter(mine & (out | Q(**{f"{self.path}partnership__in": edited})))


def _partnerships_of(user: "User") -> tuple[Any, Any]:
    """The user's partnerships, and those whose plans the user may edit: read already for the request, or subqueries."""
    if user.known_memberships is not None:
        known = user.known_memberships.values()
        return (
            [one.partnership_id for one in known],
            [one.partnership_id for one in known if one.role == Role.MANAGER or one.is_administrator],
        )
    current = user.memberships.current()
    edited = current.filter(Q(role=Role.MANAGER) | Q(is_administrator=True))
    return current.values("partnership"), edited.values("partnership")


class PlanQuerySet(OfPlanQuerySet):
    """Plans."""

    path = ""

    def open(self) -> Self:
        """Plans neither closed nor archived."""
        return self.filter(archived_at__isnull=True).exclude(status=PlanStatus.CLOSED)

    def with_open_quarter(self, today: "date") -> Self:
        """Adds `open_quarter`, that of each plan's newest open round or None: what `Plan.quarter_at` asks."""
        rounds = self.model._meta.get_field("rounds").related_model._default_manager  # type: ignore[union-attr]
        opened = rounds.filter(plan=OuterRef("pk"), locked_at__isnull=True, opens_on__lte=today)
        return self.annotate(open_quarter=Subquery(opened.order_by("-quarter").values("quarter")[:1]))

    def with_lineage(self) -> Self:
        """Adds `has_lineage`: whether any action was carried into the plan or decided about on the way to the next."""
        carried = self.model._meta.get_field("carried").related_model._default_manager  # type: ignore[union-attr]
        came = Exists(carried.filter(to_plan=OuterRef("pk")))
        went = Exists(carried.filter(from_action__plan=OuterRef("pk"), to_plan__isnull=False))
        return self.annotate(has_lineage=came | went)


class PriorityQuerySet(OfPlanQuerySet):
    """Priorities."""

    def open(self) -> Self:
        """Priorities still in the plan."""
        return self.filter(archived_at__isnull=True)


class ObjectiveQuerySet(OfPlanQuerySet):
    """Objectives."""

    path = "priority__plan__"

    def open(self) -> Self:
        """Objectives still in the plan."""
        return self.filter(archived_at__isnull=True)


class ActionQuerySet(OfPlanQuerySet):
    """Actions."""

    def open(self) -> Self:
        """Actions still in the plan, whatever their status."""
        return self.filter(archived_at__isnull=True)

    def in_plan_order(self) -> Self:
        """As the plan prints them."""
        return self.order_by("objective__priority__position", "objective__position", "position", "pk")

    def with_light(self, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Each action's light in the quarter (DESIGN: “The light”), or in the quarter given for its plan.

        Adds `light`; `is_updated` (a counted update for the quarter, or ended with a last light); and `last_rag`,
        `last_quarter` of its newest counted update up to the quarter. Drafts and returned updates never count.
        """
        return self.with_last_light(quarter).with_light_of_last(quarter)

    def with_last_light(self, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Adds `last_rag` and `last_quarter`: enough for `actions.rag.light_in_quarter` to say the light of a row."""
        updates = self.model._meta.get_field("updates").related_model._default_manager  # type: ignore[union-attr]
        counted = updates.filter(action=OuterRef("pk"), state__in=COUNTED_STATES).order_by("-quarter")
        if isinstance(quarter, Mapping):
            ordinal = _for_each_plan(quarter, lambda one: one.ordinal, models.IntegerField())
            asked, newest = self.annotate(asked_quarter=ordinal), counted.filter(quarter__lte=OuterRef("asked_quarter"))
        else:
            asked, newest = self, counted.filter(quarter__lte=quarter)
        return asked.annotate(
            last_rag=Subquery(newest.values("rag")[:1]), last_quarter=Subquery(newest.values("quarter")[:1])
        )

    def with_light_of_last(self, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Adds `light` and `is_updated` where `with_last_light` has said the last one: to filter, order or count by."""
        ordinal: Any
        ends_on: Any
        if isinstance(quarter, Mapping):
            ordinal = F("asked_quarter")
            ends_on = _for_each_plan(quarter, lambda one: one.ends_on, models.DateField())
        else:
            ordinal, ends_on = Value(quarter.ordinal), quarter.ends_on
        # Said once, since every mention of the last quarter is a subquery of its own: any will do for what has ended.
        ended = Q(completed_on__lte=ends_on) | Q(closed_on__lte=ends_on)
        oldest = Case(When(ended, then=Value(0)), default=ordinal, output_field=models.IntegerField())
        counts = Q(last_quarter__gte=oldest)
        return self.annotate(
            is_updated=Case(When(counts, then=True), default=False),
            light=Case(When(counts, then=F("last_rag")), default=Value(RAG.NOT_RATED), output_field=CharField()),
        )

    def light_counts(self, *by: str) -> dict[tuple, LightCounts]:
        """Lights of actions that `with_light` has annotated, counted by the given columns: one query."""
        groups: dict[tuple, LightCounts] = {}
        rows = self.order_by().values_list(*by, "last_rag", "is_updated").annotate(number=Count("pk"))
        for *key, light, is_updated, number in rows:
            counts = {light: number} if is_updated else {RAG.NOT_RATED.value: number, "not_updated": number}
            groups[tuple(key)] = groups.get(tuple(key), LightCounts()) + LightCounts(**counts)
        return groups

    def overdue(self, quarter: Quarter | Mapping[int, Quarter], today: "date") -> Self:
        """As `actions.rag.is_overdue` says of each: by a date, past it, and neither complete nor closed by then."""
        judged_on: Any
        if isinstance(quarter, Mapping):
            judged_on = _for_each_plan(quarter, lambda one: min(today, one.ends_on), models.DateField())
        else:
            judged_on = min(today, quarter.ends_on)
        return self.filter(due_on__lt=judged_on, timescale_kind=TimescaleKind.BY_DATE).exclude(
            Q(completed_on__lte=judged_on)
            | Q(closed_on__lte=judged_on)
            | Q(status__in=(ActionStatus.COMPLETE, *CLOSED_STATUSES), completed_on=None, closed_on=None)
        )

    def moved(self, move: Travel, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Actions whose reported light moved that way since the quarter before, as `actions.rag.travel` says."""
        now, before = (
            Coalesce(Subquery(self._counted(quarter, back).values("rag")[:1]), Value(RAG.NOT_RATED)) for back in (0, 1)
        )
        pairs = [f"{light} {last}" for light, last in product(RAG, RAG) if travel(light, last) is move]
        return self.alias(
            lights_of_both=Concat(now, Value(" "), before, output_field=CharField()),
        ).filter(lights_of_both__in=pairs)

    def unapproved(self, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Actions whose update for the quarter is submitted and not separately approved."""
        return self.filter(Exists(self._counted(quarter).filter(state=UpdateState.SUBMITTED)))

    def unchanged(self, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Actions whose update for the quarter says that nothing has changed since the one before."""
        return self.filter(Exists(self._counted(quarter).exclude(unchanged_because="")))

    def differing(self, quarter: Quarter | Mapping[int, Quarter]) -> Self:
        """Actions reported in the quarter with another light than was suggested."""
        rated = [light for light in RAG if light.is_rated]
        return self.filter(
            Exists(self._counted(quarter).filter(suggested_rag__in=rated).exclude(suggested_rag=F("rag")))
        )

    def with_slips(self) -> Self:
        """Each action with `slips`: how often its due date has moved later."""
        later = Q(due_date_changes__to_date__gt=F("due_date_changes__from_date"))
        return self.annotate(slips=Count("due_date_changes", filter=later))

    def with_milestones(self) -> Self:
        """Each action with `has_milestones`: whether there is any to be read, archived ones among them."""
        milestones = self.model._meta.get_field("milestones").related_model._default_manager  # type: ignore[union-attr]
        return self.annotate(has_milestones=Exists(milestones.filter(action=OuterRef("pk"))))

    def with_steps(self, day: "date") -> Self:
        """Each action with `steps`, how many milestones it has; `steps_reached` by that day; `next_step`, `next_on`."""
        rows = self.model._meta.get_field("milestones").related_model._default_manager  # type: ignore[union-attr]
        steps = rows.filter(action=OuterRef("pk"), archived_at=None)
        reached, unreached = steps.filter(done_on__lte=day), steps.filter(Q(done_on=None) | Q(done_on__gt=day))

        def number(found: models.QuerySet) -> Coalesce:
            counted = found.order_by().values("action").annotate(number=Count("pk"))
            return Coalesce(Subquery(counted.values("number")), Value(0))

        return self.annotate(
            steps=number(steps),
            steps_reached=number(reached),
            next_step=Subquery(unreached.values("text")[:1]),
            next_on=Subquery(unreached.values("due_on")[:1]),
        )

    def carried_for(self, years: int) -> Self:
        """Actions for which their plan is at least that year, since they have been carried forward."""
        carried = self.model._meta.get_field("carried_from").related_model._default_manager  # type: ignore[union-attr]
        return self.filter(Exists(carried.filter(to_action=OuterRef("pk"), to_year__gte=years)))

    def _counted(self, quarter: Quarter | Mapping[int, Quarter], back: int = 0) -> models.QuerySet:
        """The row's counted update for the quarter, or so many quarters before: at most one, for a subquery."""
        updates = self.model._meta.get_field("updates").related_model._default_manager  # type: ignore[union-attr]
        counted = updates.filter(action=OuterRef("pk"), state__in=COUNTED_STATES)
        if not isinstance(quarter, Mapping):
            return counted.filter(quarter=Quarter.from_ordinal(quarter.ordinal - back))
        of_plans = Q(pk__in=())
        for plan, one in quarter.items():
            of_plans |= Q(action__plan=plan, quarter=Quarter.from_ordinal(one.ordinal - back))
        return counted.filter(of_plans)

    def owing(self, quarter: Quarter) -> Self:
        """Actions that still owe an update for the quarter; those complete, closed or paused owe nothing."""
        updates = self.model._meta.get_field("updates").related_model._default_manager  # type: ignore[union-attr]
        counted = updates.filter(action=OuterRef("pk"), quarter=quarter, state__in=COUNTED_STATES)
        return self.open().exclude(status__in=OWES_NOTHING).filter(~Exists(counted))


class OfActionQuerySet(OfPlanQuerySet):
    """Rows of one action: updates, comments, changes of date."""

    path = "action__plan__"


class OfRoundQuerySet(OfPlanQuerySet):
    """Rows of one round: reminders."""

    path = "round__plan__"


class CarryForwardQuerySet(OfPlanQuerySet):
    """Decisions about the next plan: once confirmed, seen by whoever may see that plan."""

    path = "to_plan__"

    def about(self, action: models.Model | OuterRef) -> Self:
        """Where the action came from, and what became of it."""
        return self.filter(Q(from_action=action) | Q(to_action=action))


class ProgressUpdateQuerySet(OfActionQuerySet):
    """Progress updates."""

    def counted(self) -> Self:
        """Updates that count: submitted or approved."""
        return self.filter(state__in=COUNTED_STATES)


class PrivateNoteQuerySet(OfActionQuerySet):
    """Private notes."""

    def visible_to(self, user: "User") -> Self:
        """Notes on one's own actions; all of a partnership's for its managers."""
        memberships = user.memberships.current()
        managed = memberships.filter(role=Role.MANAGER).values("partnership")
        officer = memberships.filter(role=Role.OFFICER)
        led = Q(action__lead_officer=user, action__plan__partnership__in=officer.values("partnership"))
        led |= Q(action__lead_agency__in=officer.values("agency"))
        return super().visible_to(user).filter(Q(action__plan__partnership__in=managed) | led)

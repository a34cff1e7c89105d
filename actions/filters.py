"""The filters of the list of actions. The query string is their whole state; choices are one partnership's own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

import django_filters
from django import forms
from django.db.models import Case, Exists, F, OuterRef, Q, When

from actions.models import Action, Plan
from actions.querysets import ActionQuerySet
from actions.values import PlanStatus
from csp_tracker.formfields import TrackerForm
from csp_tracker.models import Partnership, User
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from csp_tracker.querysets import is_current
from csp_tracker.rag import RAG, Travel

NONE = "none"
#: For how long an action has been carried from plan to plan, by the year its plan is for it.
YEARS_CARRIED = [("2", "In its second year or later"), ("3", "In its third year or later"),
                 ("4", "In its fourth year or later"), ("5", "In its fifth year or later")]  # fmt: skip
#: Sort keys of the address, with the columns they stand for; the plan's own order is the default.
SORTS = {
    "reference": ("plan__starts_on", "plan", "objective__priority__position", "objective__position", "position", "pk"),
    "due": (F("due_on").asc(nulls_last=True), "reference", "pk"),
    "-due": (F("due_on").desc(nulls_last=True), "reference", "pk"),
    "lead": ("lead_agency__name", "lead_officer__name", "reference", "pk"),
    "-lead": ("-lead_agency__name", "-lead_officer__name", "reference", "pk"),
}


@dataclass
class Choices:
    """What one partnership's actions can be filtered by, read in two queries."""

    plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    priorities: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    agencies: dict[int, str] = field(default_factory=dict)
    called: dict[int, str] = field(default_factory=dict)  # the agencies again, short where they have a short name
    people: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, partnership: Partnership, user: User, today: date) -> Self:
        """The plans the user may see, their priorities, the agencies, and who leads something or may lead."""
        found = cls()
        plans = Plan.objects.visible_to(user).filter(partnership=partnership, archived_at=None)
        rows = plans.with_open_quarter(today).order_by("-starts_on", "title", "pk", "priorities__position")
        columns = (
            "pk", "slug", "title", "status", "starts_on", "ends_on", "open_quarter",
            "priorities__pk", "priorities__number", "priorities__title", "priorities__archived_at",
        )  # fmt: skip
        for row in rows.values(*columns):
            found.plans.setdefault(row["slug"], row)
            if row["priorities__pk"] is not None and row["priorities__archived_at"] is None:
                name = f"{row['priorities__number']} {row['priorities__title']}".strip()
                found.priorities.setdefault(row["slug"], []).append((row["priorities__pk"], name))
        led = Action.objects.open().filter(plan__in=list(found.titles), lead_officer=OuterRef("memberships__user"))
        works = is_current(today, "memberships__") & ~Q(memberships__role=Role.VIEWER)
        leads = Case(When(works | Exists(led), then=True), default=False)
        agencies = partnership.agencies.order_by("name", "memberships__user__name").annotate(leads=leads)
        people = ("memberships__user", "memberships__user__name", "leads")
        for pk, agency, short, person, name, may_lead in agencies.values_list("pk", "name", "short_name", *people):
            found.agencies[pk], found.called[pk] = agency, short or agency
            if may_lead:
                found.people[person] = name
        return found

    @property
    def titles(self) -> dict[int, str]:
        """The plans by their keys."""
        return {plan["pk"]: plan["title"] for plan in self.plans.values()}

    @property
    def open_plans(self) -> list[str]:
        """The plans shown where none is chosen: those that are not closed, or all where every one is."""
        open_ones = [slug for slug, plan in self.plans.items() if plan["status"] != PlanStatus.CLOSED]
        return open_ones or list(self.plans)

    def quarter_of(self, slug: str, today: date) -> Quarter:
        """*This quarter* of a plan, as `Plan.quarter_at` says it, from what was read already."""
        return self._plan(slug).quarter_at(today)

    def quarters(self, slugs: Iterable[str], today: date) -> list[Quarter]:
        """Every quarter of the plans that has begun, the newest first."""
        now = Quarter.containing(today)
        return sorted({q for slug in slugs for q in self._plan(slug).quarters if q <= now}, reverse=True)

    def _plan(self, slug: str) -> Plan:
        row = self.plans[slug]
        plan = Plan(slug=slug, starts_on=row["starts_on"], ends_on=row["ends_on"])
        plan.open_quarter = row["open_quarter"]  # type: ignore[attr-defined]
        return plan


class TickFilter(django_filters.Filter):
    """One box: ticked it filters, else it does not."""

    field_class = forms.BooleanField


class ActionFilter(django_filters.FilterSet):
    """Actions of one partnership as the address asks for them, with their last lights.

    `quarter` is the one quarter all rows are shown for, or None where each plan's rows are shown for its own.
    """

    words = django_filters.CharFilter(label="Words", method="with_words")
    plan = django_filters.ChoiceFilter(label="Plan", empty_label="All open plans", method="leave")
    quarter = django_filters.ChoiceFilter(label="Quarter", empty_label="The current one", method="leave")
    priority = django_filters.ChoiceFilter(label="Priority", empty_label="All", field_name="objective__priority")
    light = django_filters.ChoiceFilter(label="Light", empty_label="All", choices=RAG.choices, method="lit")
    moved = django_filters.ChoiceFilter(
        label="Since the quarter before", empty_label="All", choices=Travel.choices, method="has_moved"
    )
    lead_agency = django_filters.ChoiceFilter(label="Lead agency", empty_label="All", method="led_by")
    lead_officer = django_filters.ChoiceFilter(label="Lead officer", empty_label="All", method="led_by")
    overdue = TickFilter(label="Overdue", method="past_due")
    not_updated = TickFilter(label="Not updated", method="silent")
    carried = django_filters.ChoiceFilter(
        label="Carried forward", empty_label="All", choices=YEARS_CARRIED, method="carried_for"
    )
    unapproved = TickFilter(label="Submitted, not separately approved", method="is_unapproved")
    unchanged = TickFilter(label="Submitted as unchanged", method="is_unchanged")
    differing = TickFilter(label="Reported other than suggested", method="is_differing")

    class Meta:
        model = Action
        fields: list[str] = []
        form = TrackerForm

    def __init__(self, data: Any, *, partnership: Partnership, user: User, today: date) -> None:
        self.choices, self.today = Choices.of(partnership, user, today), today
        asked = data.get("plan")
        self.slugs = [asked] if asked in self.choices.plans else self.choices.open_plans
        self.quarters = self.choices.quarters(self.slugs, today)
        self.own_quarters = {
            self.choices.plans[slug]["pk"]: self.choices.quarter_of(slug, today) for slug in self.slugs
        }
        common = set(self.own_quarters.values())
        self.quarter = self._asked(data.get("quarter")) or (common.pop() if len(common) == 1 else None)
        # Plans that the user sees, as `choices` has found out: their actions need not be asked for them again.
        actions = Action.objects.open().filter(plan__in=list(self.own_quarters))
        super().__init__(data, actions.with_last_light(self.lit_by))
        for name, choices in self._offered().items():
            self.filters[name].extra["choices"] = choices
        if not self.choices.plans:
            self.filters["plan"].extra["empty_label"] = "No plan yet"

    def _asked(self, code: str | None) -> Quarter | None:
        return next((quarter for quarter in self.quarters if quarter.code == code), None)

    @property
    def lit_by(self) -> Quarter | dict[int, Quarter]:
        """The quarter whose lights are shown: the one asked for, else each plan's own current one."""
        return self.quarter or self.own_quarters

    def quarter_of(self, plan: int) -> Quarter:
        """The quarter in which a row of the plan is judged."""
        return self.quarter or self.own_quarters[plan]

    def _offered(self) -> dict[str, list[tuple[Any, str]]]:
        agencies = list(self.choices.agencies.items())
        people = sorted(self.choices.people.items(), key=lambda person: person[1])
        return {
            "plan": [(slug, plan["title"]) for slug, plan in self.choices.plans.items()],
            "quarter": [(quarter.code, str(quarter)) for quarter in self.quarters],
            "priority": [one for slug in self.slugs for one in self.choices.priorities.get(slug, [])],
            "lead_agency": [(NONE, "None yet"), *agencies],
            "lead_officer": [(NONE, "Nobody yet"), *people],
        }

    @property
    def has_several_plans(self) -> bool:
        """Whether a row has to say which plan it is from."""
        return len(self.slugs) > 1

    @property
    def qs(self) -> ActionQuerySet:
        """The actions asked for; none where the address asks for what there is not."""
        return super().qs if self.form.is_valid() else self.queryset.none()

    def leave(self, queryset: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Plan and quarter have shaped the rows already."""
        return queryset

    def with_words(self, queryset: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Actions in which each of the words occurs: reference, action, objective, timescale, or lead as written."""
        for word in value.split():
            places = ("reference", "text", "expected_outcome", "objective__text", "timescale", "lead_text")
            found = Q()
            for place in places:
                found |= Q(**{f"{place}__icontains": word})
            queryset = queryset.filter(found)
        return queryset

    def lit(self, queryset: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Actions with this light."""
        return queryset.with_light_of_last(self.lit_by).filter(light=value)

    def led_by(self, queryset: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Actions of this agency or officer, or of none."""
        return queryset.filter(**({f"{name}__isnull": True} if value == NONE else {name: value}))

    def past_due(self, queryset: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Overdue actions, judged at the earlier of today and the quarter's end."""
        return queryset.overdue(self.lit_by, self.today) if value else queryset

    def silent(self, queryset: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Actions nobody has reported on in the quarter."""
        return queryset.with_light_of_last(self.lit_by).filter(is_updated=False) if value else queryset

    def has_moved(self, queryset: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Actions whose light moved this way since the quarter before, or cannot be compared with it."""
        return queryset.moved(Travel(value), self.lit_by)

    def carried_for(self, queryset: ActionQuerySet, name: str, value: str) -> ActionQuerySet:
        """Actions that have been carried forward from plan to plan for so many years."""
        return queryset.carried_for(int(value))

    def is_unapproved(self, queryset: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Actions whose update nobody has approved separately."""
        return queryset.unapproved(self.lit_by) if value else queryset

    def is_unchanged(self, queryset: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Actions whose update says that nothing has changed."""
        return queryset.unchanged(self.lit_by) if value else queryset

    def is_differing(self, queryset: ActionQuerySet, name: str, value: bool) -> ActionQuerySet:
        """Actions reported with another light than was suggested."""
        return queryset.differing(self.lit_by) if value else queryset

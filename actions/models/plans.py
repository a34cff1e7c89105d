"""Plans, their priorities and their objectives."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from actions.querysets import ObjectiveQuerySet, PlanQuerySet, PriorityQuerySet
from actions.values import PlanStatus
from csp_tracker.models import FileImport, Partnership, User
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.writing import Tracked
from indicators.models import Indicator


class Plan(Tracked):
    """One action plan of a partnership, for a year or some years, with its own column headings and words for lights."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="plans")
    title = models.CharField("title", max_length=255)
    slug = models.SlugField("short name in addresses", max_length=80, unique=True)
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    period_is_inferred = models.BooleanField("period read from the words, to be confirmed", default=False)
    status = models.CharField("status", max_length=20, choices=PlanStatus, default=PlanStatus.DRAFT)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name="previous plan"
    )
    columns = models.JSONField("column headings", default=list, blank=True)
    key = models.JSONField("key to the lights", default=list, blank=True)
    marking = models.CharField("handling marking", max_length=60, blank=True)
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)
    imported_from = models.ForeignKey(
        FileImport, models.PROTECT, null=True, blank=True, editable=False, related_name="plans"
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "title", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="plan_ends_after_it_starts",
                violation_error_message="The last day must come after the first day.",
            ),
            models.CheckConstraint(
                condition=Q(previous__isnull=True) | ~Q(previous=F("id")),
                name="plan_not_its_own_previous",
                violation_error_message="A plan cannot follow itself.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The plan as its own table."""
        return reverse("plan", args=[self.slug])

    @property
    def first_quarter(self) -> Quarter:
        """The quarter the plan begins in."""
        return Quarter.containing(self.starts_on)

    @property
    def last_quarter(self) -> Quarter:
        """The quarter the plan ends in."""
        return Quarter.containing(self.ends_on)

    @property
    def quarters(self) -> list[Quarter]:
        """Every quarter the plan runs through, in order."""
        ordinals = range(self.first_quarter.ordinal, self.last_quarter.ordinal + 1)
        return [Quarter.from_ordinal(ordinal) for ordinal in ordinals]

    @property
    def years(self) -> list[FinancialYear]:
        """Every financial year the plan runs through, in order."""
        return sorted({quarter.financial_year for quarter in self.quarters})

    def quarter_at(self, today: date) -> Quarter:
        """*This quarter*: the open round's, else the last ended one, kept inside the plan."""
        plan = self if hasattr(self, "open_quarter") else Plan.objects.with_open_quarter(today).get(pk=self.pk)
        quarter = plan.open_quarter or Quarter.last_ended(today)  # type: ignore[attr-defined]
        return min(max(quarter, self.first_quarter), self.last_quarter)


class InPlan(Tracked):
    """A part of a plan that keeps its place in the order and is archived, never deleted."""

    position = models.PositiveIntegerField("position", default=0)
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Priority(InPlan):
    """One theme of a plan, under which its objectives stand."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="priorities")
    number = models.CharField("number", max_length=20, blank=True)
    title = models.TextField("title")
    group = models.CharField("group responsible, in words", max_length=255, blank=True)
    lead = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="led_priorities", verbose_name="lead"
    )
    indicators: models.ManyToManyField = models.ManyToManyField(
        Indicator, through="PriorityIndicator", related_name="priorities"
    )

    objects = PriorityQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        verbose_name_plural = "priorities"

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def partnership_id(self) -> int:
        """Whose it is."""
        return self.plan.partnership_id


class Objective(InPlan):
    """One outcome a priority aims at, under which its actions stand."""

    priority = models.ForeignKey(Priority, models.PROTECT, related_name="objectives")
    number = models.CharField("number", max_length=20, blank=True)
    text = models.TextField("text")

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()

    @property
    def partnership_id(self) -> int:
        """Whose it is."""
        return self.priority.partnership_id

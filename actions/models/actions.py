"""Actions, and what is tied to them: agencies, KPIs, dates, milestones."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from actions.models.plans import InPlan, Objective, Plan, Priority
from actions.querysets import ActionQuerySet, OfActionQuerySet
from actions.rag import Step
from actions.values import CLOSED_STATUSES, ActionStatus, DatePrecision, Recurrence, TimescaleKind
from csp_tracker.models import Agency, User
from csp_tracker.writing import Tracked
from indicators.models import Indicator


class Action(InPlan):
    """One thing somebody is to do for an objective, and what the plan says about it."""

    # The plan is stored beside the objective so that the database can hold the reference unique in it.
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="actions", editable=False)
    objective = models.ForeignKey(Objective, models.PROTECT, related_name="actions")
    reference = models.CharField("reference", max_length=30)
    text = models.TextField("action")
    expected_outcome = models.TextField("expected outcome", blank=True)
    timescale = models.TextField("timescale, as written", blank=True)
    timescale_kind = models.CharField(
        "kind of timescale", max_length=20, choices=TimescaleKind, default=TimescaleKind.UNCLEAR
    )
    starts_on = models.DateField("starts", null=True, blank=True)
    due_on = models.DateField("due", null=True, blank=True)
    due_precision = models.CharField("due to the", max_length=10, choices=DatePrecision, blank=True)
    recurrence = models.CharField("recurs", max_length=20, choices=Recurrence, blank=True)
    recurs_month = models.PositiveSmallIntegerField("in month", null=True, blank=True)
    recurs_day = models.PositiveSmallIntegerField("on day", null=True, blank=True)
    original_due_on = models.DateField("first due", null=True, blank=True, editable=False)
    status = models.CharField("status", max_length=20, choices=ActionStatus, default=ActionStatus.NOT_STARTED)
    completed_on = models.DateField("completed", null=True, blank=True)
    closed_on = models.DateField("closed", null=True, blank=True)
    closed_reason = models.TextField("why it was closed", blank=True)
    lead_officer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="led_actions", verbose_name="lead officer"
    )
    lead_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="led_actions", verbose_name="lead agency"
    )
    lead_text = models.TextField("lead, as written", blank=True)
    supporting_agencies: models.ManyToManyField = models.ManyToManyField(
        Agency, through="SupportingAgency", related_name="supported_actions"
    )
    indicators: models.ManyToManyField = models.ManyToManyField(
        Indicator, through="ActionIndicator", related_name="actions"
    )
    resources = models.TextField("resources", blank=True)
    place = models.CharField("place", max_length=255, blank=True)
    not_for_publication = models.BooleanField("not for publication", default=False)
    extra = models.JSONField("other columns of the plan", default=dict, blank=True)
    source = models.JSONField("cells it was imported from, word for word", default=dict, blank=True, editable=False)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        indexes = [models.Index(fields=("plan", "status"), name="action_plan_status")]
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "reference"),
                name="action_reference_once_in_a_plan",
                violation_error_message="Another action of the plan has this reference.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(starts_on__isnull=True) | Q(due_on__gte=F("starts_on")),
                name="action_due_not_before_start",
                violation_error_message="The due date must not be before the start date.",
            ),
            models.CheckConstraint(
                condition=~Q(timescale_kind=TimescaleKind.BY_DATE) | Q(due_on__isnull=False),
                name="action_by_a_date_has_the_date",
                violation_error_message="Enter the date the action is due.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, due_precision="") | (Q(due_on__isnull=False) & ~Q(due_precision="")),
                name="action_due_date_says_how_exact",
                violation_error_message="Say whether the due date is a day, a month, a quarter or a year.",
            ),
            models.CheckConstraint(
                condition=(Q(recurs_month__isnull=True) | Q(recurs_month__range=(1, 12)))
                & (Q(recurs_day__isnull=True) | Q(recurs_day__range=(1, 31))),
                name="action_recurs_on_a_day_there_is",
                violation_error_message="The month must be 1 to 12 and the day 1 to 31.",
            ),
            models.CheckConstraint(
                condition=Q(status=ActionStatus.COMPLETE, completed_on__isnull=False)
                | (~Q(status=ActionStatus.COMPLETE) & Q(completed_on__isnull=True)),
                name="action_complete_has_its_date",
                violation_error_message="A complete action has the date it was completed; no other has one.",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=CLOSED_STATUSES, closed_on__isnull=False) & ~Q(closed_reason=""))
                | (~Q(status__in=CLOSED_STATUSES) & Q(closed_on__isnull=True)),
                name="action_closed_has_its_date_and_reason",
                violation_error_message="A closed action has the date and the reason; no other has a closing date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.text}"

    def get_absolute_url(self) -> str:
        """The action's own page."""
        return reverse("action", args=[self.pk])

    @property
    def partnership_id(self) -> int:
        """Whose it is."""
        return self.plan.partnership_id

    @property
    def is_ended(self) -> bool:
        """Complete, closed or superseded: it owes nothing any more."""
        return not ActionStatus(self.status).is_open


class Link(Tracked):
    """A row that ties two others together and may be taken away again; both times its history says who did it."""

    position = models.PositiveSmallIntegerField("position", default=0)

    class Meta:
        abstract = True


class SupportingAgency(Link):
    """One agency that helps with one action."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="support")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="support")

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        verbose_name_plural = "supporting agencies"
        constraints = [
            models.UniqueConstraint(
                fields=("action", "agency"),
                name="supporting_agency_once",
                violation_error_message="This agency already supports the action.",
            ),
        ]

    def __str__(self) -> str:
        return self.agency.label


class ActionIndicator(Link):
    """One KPI by which one action is judged."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="indicator_links")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="action_links", verbose_name="KPI")

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        verbose_name = "KPI of an action"
        verbose_name_plural = "KPIs of actions"
        constraints = [
            models.UniqueConstraint(
                fields=("action", "indicator"),
                name="action_indicator_once",
                violation_error_message="The action already has this KPI.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.indicator)


class PriorityIndicator(Link):
    """One KPI by which a whole priority is judged."""

    priority = models.ForeignKey(Priority, models.PROTECT, related_name="indicator_links")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="priority_links", verbose_name="KPI")

    class Meta:
        ordering = ("position", "pk")
        verbose_name = "KPI of a priority"
        verbose_name_plural = "KPIs of priorities"
        constraints = [
            models.UniqueConstraint(
                fields=("priority", "indicator"),
                name="priority_indicator_once",
                violation_error_message="The priority already has this KPI.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.indicator)


class DueDateChange(Tracked):
    """One move of an action's due date, with the reason: a slip when it moves later."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="due_date_changes")
    from_date = models.DateField("from", null=True, blank=True)
    to_date = models.DateField("to", null=True, blank=True)
    reason = models.TextField("reason")
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    changed_at = models.DateTimeField("changed", default=timezone.now, editable=False)

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("changed_at", "pk")

    def __str__(self) -> str:
        return f"{self.action.reference}: {self.from_date} to {self.to_date}"


class Milestone(InPlan):
    """One step on the way to an action's end: the day it is due, and the day it was reached once it was."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="milestones")
    text = models.TextField("milestone")
    due_on = models.DateField("due")
    done_on = models.DateField("reached", null=True, blank=True)

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "position", "pk")

    def __str__(self) -> str:
        return self.text

    @property
    def partnership_id(self) -> int:
        """Whose it is."""
        return self.action.partnership_id

    @property
    def step(self) -> Step:
        """As the rules take it."""
        return Step(self.text, self.due_on, self.done_on)

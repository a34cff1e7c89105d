"""What the partnership does: plans of priorities, objectives and actions, and what happened to them each quarter."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from actions.querysets import (
    ActionQuerySet,
    CarryForwardQuerySet,
    ObjectiveQuerySet,
    OfActionQuerySet,
    OfPlanQuerySet,
    OfRoundQuerySet,
    PlanQuerySet,
    PriorityQuerySet,
    PrivateNoteQuerySet,
    ProgressUpdateQuerySet,
)
from actions.reminding import ReminderKind
from actions.values import (
    CARRIED,
    CLOSED_STATUSES,
    COUNTED_STATES,
    ActionStatus,
    CarryDecision,
    DatePrecision,
    PlanStatus,
    Recurrence,
    TimescaleKind,
    UpdateOrigin,
    UpdateState,
)
from csp_tracker.fields import QuarterField
from csp_tracker.models import Agency, FileImport, OutboxMail, Partnership, User
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG
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


class Round(Tracked):
    """One quarter of one plan in which updates are asked for, until it is locked."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds")
    quarter = QuarterField("quarter")
    opens_on = models.DateField("opens")
    due_on = models.DateField("updates due")
    committee_on = models.DateField("committee meets", null=True, blank=True)
    locked_at = models.DateTimeField("locked", null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="locked by"
    )

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        ordering = ("quarter", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("plan", "quarter"),
                name="round_once_a_quarter",
                violation_error_message="The plan already has a round for this quarter.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="round_due_not_before_it_opens",
                violation_error_message="Updates cannot be due before the round opens.",
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                name="round_lock_has_a_person",
                violation_error_message="A locked round says who locked it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, {self.quarter}"


class Unlock(Tracked):
    """One person's leave to change one action's update that was approved or locked, until a day, for a reason."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="unlocks")
    quarter = QuarterField("quarter")
    person = models.ForeignKey(User, models.PROTECT, related_name="unlocks")
    until = models.DateField("until")
    reason = models.TextField("reason")

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("-until", "pk")

    def __str__(self) -> str:
        return f"{self.action.reference}, {self.quarter}, {self.person}, until {self.until:%-d %B %Y}"


class ProgressUpdate(Tracked):
    """What was said about one action for one quarter: the words, the reported light and how far it has come."""

    # The unique constraint's index begins with the action and serves it; a second one would only cost.
    action = models.ForeignKey(Action, models.PROTECT, related_name="updates", db_index=False)
    quarter = QuarterField("quarter")
    progress = models.TextField("progress", blank=True)
    work_needed = models.TextField("work needed", blank=True)
    rag = models.CharField("reported light", max_length=20, choices=RAG, default=RAG.NOT_RATED)
    rag_as_stated = models.CharField("light, as written", max_length=255, blank=True)
    rag_reason = models.TextField("reason for the light", blank=True)
    back_on_track = models.TextField("what would bring it back on track", blank=True)
    carry_forward = models.BooleanField("to be carried forward", default=False)
    unchanged_because = models.TextField(
        "why nothing has changed",
        blank=True,
        help_text="Not empty where words and light were taken over from the update before, as they stood.",
    )
    suggested_rag = models.CharField("suggested light", max_length=20, choices=RAG, blank=True)
    suggested_why = models.TextField("why it was suggested", blank=True)
    figures = models.JSONField("figures as they stood at approval", default=list, blank=True)
    draft_figures = models.JSONField("figures typed in the draft", default=dict, blank=True)
    state = models.CharField("state", max_length=20, choices=UpdateState, default=UpdateState.DRAFT)
    origin = models.CharField("origin", max_length=20, choices=UpdateOrigin, default=UpdateOrigin.PERSON)
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    submitted_at = models.DateTimeField("submitted", null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    edited_at = models.DateTimeField("changed by somebody else", null=True, blank=True, editable=False)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    returned_at = models.DateTimeField("returned", null=True, blank=True, editable=False)
    returned_words = models.TextField("why it was returned", blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    approved_at = models.DateTimeField("approved", null=True, blank=True, editable=False)
    not_for_publication = models.BooleanField("not for publication", default=False)
    not_for_publication_reason = models.TextField("why it is not for publication", blank=True)

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        ordering = ("-quarter", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("action", "quarter"),
                name="update_once_a_quarter",
                violation_error_message="The action already has an update for this quarter.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=COUNTED_STATES)
                | ~Q(rag__in=(RAG.RED, RAG.AMBER))
                | ~Q(rag_reason="")
                | Q(origin=UpdateOrigin.IMPORTED),
                name="update_red_or_amber_has_a_reason",
                violation_error_message="Say why the light is red or amber.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=COUNTED_STATES) | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="update_submitted_by_a_person",
                violation_error_message="A submitted update says who submitted it.",
            ),
            models.CheckConstraint(
                condition=~Q(state=UpdateState.APPROVED) | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="update_approved_by_a_person",
                violation_error_message="An approved update says who approved it.",
            ),
            models.CheckConstraint(
                condition=~Q(state=UpdateState.APPROVED)
                | Q(origin=UpdateOrigin.IMPORTED)
                | ~Q(approved_by=F("submitted_by")),
                name="update_not_approved_by_its_author",
                violation_error_message="Somebody else has to approve your words.",
            ),
            models.CheckConstraint(
                condition=~Q(state=UpdateState.RETURNED) | ~Q(returned_words=""),
                name="update_returned_with_words",
                violation_error_message="Say what should change.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action.reference}, {self.quarter}"

    def get_absolute_url(self) -> str:
        """The form of this action and quarter."""
        return reverse("update", args=[self.action_id, self.quarter])

    @property
    def is_counted(self) -> bool:
        """Submitted or approved: its light is the action's light in the quarter."""
        return self.state in COUNTED_STATES

    @property
    def is_as_imported(self) -> bool:
        """A file's words, which nobody has rewritten here."""
        return self.origin == UpdateOrigin.IMPORTED and self.state == UpdateState.APPROVED and self.edited_by_id is None


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


class PrivateNote(Tracked):
    """One note that stays between the people who lead an action and the managers; no paper or export reads it."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="private_notes")
    text = models.TextField("note")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField("written", default=timezone.now, editable=False)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        return self.text


class Comment(Tracked):
    """What one member says about an action for a quarter, on behalf of their agency."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="comments")
    quarter = QuarterField("quarter")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    text = models.TextField("comment")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    written_at = models.DateTimeField("written", default=timezone.now, editable=False)

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return self.text


class CarryForward(Tracked):
    """What becomes of one action when its plan is rolled forward; confirmed once the next plan has been made of it."""

    from_action = models.OneToOneField(Action, models.PROTECT, related_name="carried", verbose_name="action")
    decision = models.CharField("decision", max_length=20, choices=CarryDecision, blank=True)
    text = models.TextField("new words", blank=True)
    into = models.ForeignKey(
        Action, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="merged into"
    )
    reason = models.TextField("reason", blank=True)
    meeting = models.CharField("where it was decided", max_length=255, blank=True)
    decided_on = models.DateField("when it was decided", null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    to_plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, editable=False, related_name="carried", verbose_name="next plan"
    )
    to_action = models.ForeignKey(
        Action, models.PROTECT, null=True, blank=True, editable=False, related_name="carried_from",
        verbose_name="action of the next plan",
    )  # fmt: skip
    to_year = models.PositiveSmallIntegerField(
        "which year the next plan is for it", null=True, blank=True, editable=False
    )
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True, editable=False)

    objects = CarryForwardQuerySet.as_manager()

    class Meta:
        ordering = ("from_action", "pk")
        verbose_name = "decision about the next plan"
        verbose_name_plural = "decisions about the next plan"
        constraints = [
            models.CheckConstraint(
                condition=(Q(decision=CarryDecision.AMENDED) & ~Q(text=""))
                | (~Q(decision=CarryDecision.AMENDED) & Q(text="")),
                name="carry_forward_amended_has_new_words",
                violation_error_message="An action carried with new words has them; no other has.",
            ),
            models.CheckConstraint(
                condition=Q(decision=CarryDecision.MERGED, into__isnull=False)
                | (~Q(decision=CarryDecision.MERGED) & Q(into__isnull=True)),
                name="carry_forward_merged_says_into_which",
                violation_error_message="A merged action says into which; no other does.",
            ),
            models.CheckConstraint(
                condition=Q(into__isnull=True) | ~Q(into=F("from_action")),
                name="carry_forward_not_merged_into_itself",
                violation_error_message="An action cannot be merged into itself.",
            ),
            models.CheckConstraint(
                condition=Q(to_plan__isnull=True, to_year__isnull=True, confirmed_by__isnull=True)
                & Q(confirmed_at__isnull=True, to_action__isnull=True)
                | Q(to_plan__isnull=False, to_year__isnull=False, confirmed_by__isnull=False)
                & Q(confirmed_at__isnull=False)
                & ~Q(decision=""),
                name="carry_forward_confirmed_by_a_person",
                violation_error_message="A confirmed decision says by whom, when and for which plan.",
            ),
            models.CheckConstraint(
                condition=Q(to_plan__isnull=True) | (~Q(reason="") & ~Q(meeting="")),
                name="carry_forward_confirmed_says_why_and_where",
                violation_error_message="Say why, and where it was decided.",
            ),
            models.CheckConstraint(
                condition=Q(to_plan__isnull=True)
                | Q(decision__in=CARRIED, to_action__isnull=False)
                | (~Q(decision__in=CARRIED) & Q(to_action__isnull=True)),
                name="carry_forward_carried_leads_to_an_action",
                violation_error_message="What is carried leads to an action of the next plan; nothing else does.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_action.reference}: {self.get_decision_display() or 'not decided'}"

    @property
    def partnership_id(self) -> int:
        """Whose it is."""
        return self.from_action.partnership_id


class Reminder(models.Model):
    """One person asked on one day for what they owe one round; a mail asks for all of that day's rounds together."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="reminders")
    person = models.ForeignKey(User, models.PROTECT, related_name="reminders")
    on = models.DateField("on")
    kind = models.CharField("kind", max_length=20, choices=ReminderKind)
    number = models.PositiveSmallIntegerField("updates asked for")
    mail = models.ForeignKey(OutboxMail, models.PROTECT, related_name="reminders")
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="asked by, where a person did"
    )

    objects = OfRoundQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "person__name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("round", "person", "on"),
                name="reminder_once_a_day",
                violation_error_message="This person has been asked today already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.on:%-d %B %Y}"


class CommentNotice(models.Model):
    """One person to be told that somebody commented: by a mail at once, or with the week's list (no mail yet)."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="notices")
    person = models.ForeignKey(User, models.PROTECT, related_name="comment_notices")
    mail = models.ForeignKey(OutboxMail, models.PROTECT, null=True, blank=True, related_name="comment_notices")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("comment", "person"),
                name="comment_notice_once",
                violation_error_message="This person is told of the comment already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.comment.action.reference}"

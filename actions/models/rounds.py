"""The quarters of a plan: when updates are asked for, who was asked, who may still write."""

from django.db import models
from django.db.models import F, Q

from actions.models.actions import Action
from actions.models.plans import Plan
from actions.querysets import OfActionQuerySet, OfPlanQuerySet, OfRoundQuerySet
from actions.reminding import ReminderKind
from csp_tracker.fields import QuarterField
from csp_tracker.models import OutboxMail, User
from csp_tracker.writing import Tracked


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

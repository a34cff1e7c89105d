"""What becomes of an action in the next plan."""

from django.db import models
from django.db.models import F, Q

from actions.models.actions import Action
from actions.models.plans import Plan
from actions.querysets import CarryForwardQuerySet
from actions.values import CARRIED, CarryDecision
from csp_tracker.models import User
from csp_tracker.writing import Tracked


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

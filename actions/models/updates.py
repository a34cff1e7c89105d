"""What is said about an action for a quarter, what shows it, and what is typed and not saved yet."""

from urllib.parse import urlsplit

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from actions.attachments import Kind, kind_of, size_in_words
from actions.models.actions import Action
from actions.querysets import OfActionQuerySet, ProgressUpdateQuerySet
from actions.values import COUNTED_STATES, UpdateOrigin, UpdateState
from csp_tracker.fields import QuarterField
from csp_tracker.models import User
from csp_tracker.rag import RAG
from csp_tracker.writing import Tracked


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


class Evidence(Tracked):
    """One link or file that shows what an action's update for a quarter says; it may be put up before the words."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="evidence")
    quarter = QuarterField("quarter")
    title = models.CharField("title", max_length=255)
    link = models.URLField("link", max_length=2000, blank=True)
    file = models.FileField("file", upload_to="evidence/", max_length=255, blank=True)
    file_name = models.CharField("name of the file", max_length=255, blank=True)
    file_size = models.PositiveIntegerField("bytes", null=True, blank=True)
    sha256 = models.CharField("fingerprint of the file", max_length=64, blank=True)
    put_up_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    put_up_at = models.DateTimeField("put up", default=timezone.now, editable=False)

    objects = OfActionQuerySet.as_manager()

    class Meta:
        ordering = ("put_up_at", "pk")
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=(~Q(link="") & Q(file="", file_name="", sha256="", file_size__isnull=True))
                | (Q(link="") & ~Q(file="") & ~Q(file_name="") & ~Q(sha256="") & Q(file_size__isnull=False)),
                name="evidence_is_a_link_or_a_file",
                violation_error_message="Give a link or a file.",
            ),
            models.UniqueConstraint(
                fields=("action", "quarter", "sha256"),
                condition=~Q(sha256=""),
                name="evidence_file_once_a_quarter",
                violation_error_message="This file is there already.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where the link leads, or the address under which the file is served."""
        return self.link or reverse("evidence_file", args=[self.action_id, self.pk])

    @property
    def partnership_id(self) -> int:
        """Whose it is."""
        return self.action.partnership_id

    @property
    def kind(self) -> Kind:
        """What kind of file it is."""
        return kind_of(self.file_name)

    @property
    def told(self) -> str:
        """What opens behind the title: "PDF, 1.2 MB", or the host of a link."""
        if self.link:
            return urlsplit(self.link).hostname or ""
        return f"{self.kind.words}, {size_in_words(self.file_size or 0)}"


class TypedUpdate(models.Model):
    """What one person has typed in the form of an update and not saved yet; nobody else sees it, nothing counts it."""

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    action = models.ForeignKey(Action, models.CASCADE, related_name="+", db_index=False)
    quarter = QuarterField("quarter")
    typed = models.TextField("what was typed, as a browser sends it")
    seen_version = models.PositiveIntegerField("version of the update it was typed over", default=0)
    kept_at = models.DateTimeField("kept", default=timezone.now)

    class Meta:
        ordering = ("kept_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("action", "quarter", "person"),
                name="typed_update_once_a_person",
                violation_error_message="What this person has typed is kept already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.action.reference}, {self.quarter}"

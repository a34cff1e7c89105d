"""What people say beside the updates."""

from django.db import models
from django.utils import timezone

from actions.models.actions import Action
from actions.querysets import OfActionQuerySet, PrivateNoteQuerySet
from csp_tracker.fields import QuarterField
from csp_tracker.models import Agency, OutboxMail, User
from csp_tracker.writing import Tracked


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

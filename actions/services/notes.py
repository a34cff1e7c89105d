"""What people say beside an action: comments for a quarter, which members read, and private notes."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.models import Action, Comment, PrivateNote
from actions.services.notices import tell_of_comment
from actions.services.refusals import refuse_outside
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.roles import membership_of
from csp_tracker.text import clean_text
from csp_tracker.writing import Foreign, held, store

#: Within this time the same words are a form sent twice; later, somebody says them anew.
SAME_WITHIN = timedelta(minutes=10)


@transaction.atomic
def add_comment(*, action: Action, quarter: Quarter, text: str, by: User) -> Comment:
    """Say something about the action for a quarter, on behalf of the agency; a form sent twice says it once."""
    refuse_outside(action.plan, quarter)
    membership = membership_of(by, action.plan.partnership_id)
    if membership is None:
        raise Foreign
    held(Action.objects.select_for_update(no_key=True), action)  # a double click stands in line here
    said = {"action": action, "quarter": quarter, "text": clean_text(text), "written_by": by}
    if (there := _just_now(Comment.objects.filter(**said))) is not None:
        return there
    comment = Comment(agency=membership.agency, **said)
    store(comment, by=by)
    tell_of_comment(comment)
    return comment


@transaction.atomic
def add_private_note(*, action: Action, text: str, by: User) -> PrivateNote:
    """Note something for those who lead the action and the managers; no paper, export or history page reads it."""
    if membership_of(by, action.plan.partnership_id) is None:
        raise Foreign
    held(Action.objects.select_for_update(no_key=True), action)
    said = {"action": action, "text": clean_text(text), "written_by": by}
    if (there := _just_now(PrivateNote.objects.filter(**said))) is not None:
        return there
    note = PrivateNote(**said)
    store(note, by=by)
    return note


def _just_now(rows: Any) -> Any:
    """The newest of the rows that were written a moment ago, if any."""
    return rows.filter(written_at__gte=timezone.now() - SAME_WITHIN).order_by("written_at").last()

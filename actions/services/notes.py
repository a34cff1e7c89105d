"""What people say beside an action: comments for a quarter, which members read, and private notes."""

from django.db import transaction

from actions.models import Action, Comment, PrivateNote
from actions.services.notices import tell_of_comment
from actions.services.refusals import refuse_outside
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.roles import membership_of
from csp_tracker.text import clean_text
from csp_tracker.writing import Foreign, held, store


@transaction.atomic
def add_comment(*, action: Action, quarter: Quarter, text: str, by: User) -> Comment:
    """Say something about the action for a quarter, on behalf of the person's agency; twice the same is said once."""
    refuse_outside(action.plan, quarter)
    membership = membership_of(by, action.plan.partnership_id)
    if membership is None:
        raise Foreign
    held(Action.objects.select_for_update(no_key=True), action)  # a double click stands in line here
    said = {"action": action, "quarter": quarter, "text": clean_text(text), "written_by": by}
    if (there := Comment.objects.filter(**said).first()) is not None:
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
    if (there := PrivateNote.objects.filter(**said).first()) is not None:
        return there
    note = PrivateNote(**said)
    store(note, by=by)
    return note

"""What people say beside an action: comments for a quarter, which members read, and private notes."""

from django.db import transaction

from actions.models import Action, Comment, PrivateNote
from actions.services.refusals import refuse_outside
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.roles import membership_of
from csp_tracker.writing import Foreign, store


@transaction.atomic
def add_comment(*, action: Action, quarter: Quarter, text: str, by: User) -> Comment:
    """Say something about the action for a quarter, on behalf of the person's own agency."""
    refuse_outside(action.plan, quarter)
    membership = membership_of(by, action.plan.partnership_id)
    if membership is None:
        raise Foreign
    comment = Comment(action=action, quarter=quarter, agency=membership.agency, text=text, written_by=by)
    store(comment, by=by)
    return comment


@transaction.atomic
def add_private_note(*, action: Action, text: str, by: User) -> PrivateNote:
    """Note something for those who lead the action and the managers; no paper, export or history page reads it."""
    if membership_of(by, action.plan.partnership_id) is None:
        raise Foreign
    note = PrivateNote(action=action, text=text, written_by=by)
    store(note, by=by)
    return note

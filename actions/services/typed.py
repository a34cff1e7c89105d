"""What somebody types in an update's form is kept as they type; it is nobody's word until they save it.

One row for a person, an action and a quarter, without history. Saving takes it away; only its person ever sees it.
"""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import QueryDict

from actions.models import Action, TypedUpdate
from actions.services.refusals import refuse_outside
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.writing import held

LARGEST = 500_000  # characters, as sent: as much as of a form that waits for its person (csp_tracker.waiting)
KEPT_FOR = timedelta(days=30)


class TypedTooMuch(ValidationError):
    """More than is kept without being saved."""

    def __init__(self) -> None:
        super().__init__("Not kept: this is too long to be kept as you type. Save it as a draft.")


class SavedSince(ValidationError):
    """The person has saved the update from elsewhere since the form was opened: older words must not come back."""

    def __init__(self) -> None:
        super().__init__(
            "Not kept: you have saved this update since you opened this form, perhaps in another window. "
            "Save here too to see both texts."
        )


@transaction.atomic
def keep_typed(*, action: Action, quarter: Quarter, version: int, typed: str, now: datetime, by: User) -> None:
    """Keep what the person has typed over the update of that version (0 where there was none), as a browser sends it.

    Whoever saves the update holds the action: what is on its way while its person saves comes before, and is taken away
    with it, or after, and is refused.
    """
    refuse_outside(action.plan, quarter)
    if len(typed) > LARGEST:
        raise TypedTooMuch
    held(Action.objects.select_for_update(no_key=True), action)
    update = action.updates.filter(quarter=quarter).only("version").first()
    since = update.history.filter(version__gt=version) if update and update.version > version else None
    if since is not None and since.filter(history_user=by).exists():
        raise SavedSince
    kept = {"typed": typed, "seen_version": version, "kept_at": now}
    if not TypedUpdate.objects.filter(person=by, action=action, quarter=quarter).update(**kept):
        TypedUpdate.objects.create(person=by, action=action, quarter=quarter, **kept)


def boxes_of(typed: TypedUpdate) -> QueryDict:
    """What was typed, by the names of the boxes, with line breaks as they are stored."""
    boxes = QueryDict(mutable=True)
    for name, value in parse_qsl(typed.typed, keep_blank_values=True):
        boxes.appendlist(name, value.replace("\r\n", "\n"))
    return boxes


def typed_by(person: User, action: Action, quarter: Quarter) -> TypedUpdate | None:
    """What the person has typed there and not saved; nobody else's."""
    return TypedUpdate.objects.filter(person=person, action=action, quarter=quarter).first()


def anything_typed(person: User, quarter: Quarter) -> Exists:
    """Whether there is something of the kind, to be asked with the action itself."""
    return Exists(TypedUpdate.objects.filter(action=OuterRef("pk"), person=person, quarter=quarter))


def forget_typed(*, action: Action, quarter: Quarter, by: User) -> None:
    """Let go of what the person has typed there: it is saved, or they do not want it."""
    TypedUpdate.objects.filter(person=by, action=action, quarter=quarter).delete()


def forget_old_typed(*, before: datetime) -> int:
    """Let go of what nobody came back for; how many."""
    return TypedUpdate.objects.filter(kept_at__lt=before).delete()[0]

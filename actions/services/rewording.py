"""What somebody else changed in an update after its author had submitted it: both texts stay to be seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from actions.comparison import Change, Comparison, Piece, compare_words
from actions.models import ProgressUpdate
from actions.values import UpdateState
from csp_tracker.models import User
from csp_tracker.rag import RAG

WORDS = (
    ("progress", "Progress"),
    ("work_needed", "Work needed"),
    ("rag_reason", "Reason for the light"),
    ("back_on_track", "To bring it back on track"),
)


@dataclass(frozen=True)
class Reworded:
    """One text, or the light, as its author submitted it and as it stands, with what came and went marked."""

    label: str
    now: Comparison


def rewordings(updates: Iterable[ProgressUpdate]) -> dict[int, list[Reworded]]:
    """What others changed in each of the updates, by its key: one query, and none where nobody changed anything."""
    edited = {update.pk: update for update in updates if update.edited_by_id is not None}
    if not edited:
        return {}
    rows = ProgressUpdate.history.filter(id__in=edited, state=UpdateState.SUBMITTED, edited_by__isnull=True)
    submitted: dict[int, Any] = {}
    for row in rows.order_by("-history_date", "-history_id"):
        submitted.setdefault(row.id, row)
    return {key: list(changes(row, edited[key])) for key, row in submitted.items()}


def light_changed_by(person: User, update: ProgressUpdate) -> tuple[RAG, RAG] | None:
    """The author's light and the one that this person put in its place; None where the light is not this person's."""
    if update.edited_by_id is None:
        return None
    rows = update.history.filter(state=UpdateState.SUBMITTED).order_by("history_id")
    said = light = None
    by = None
    for rag, edited_by in rows.values_list("rag", "edited_by"):
        if edited_by is None:
            said = rag
        if rag != light:
            light, by = rag, edited_by
    if said is None or said == update.rag or by != person.pk:
        return None
    return RAG(said), RAG(update.rag)


def changes(before: Any, update: ProgressUpdate) -> Iterable[Reworded]:
    """What an update says otherwise than an earlier text of it, or than the update of an earlier quarter."""
    if before.rag != update.rag:
        yield Reworded("Light", _instead(RAG(before.rag).label, RAG(update.rag).label))
    for name, label in WORDS:
        was, now = getattr(before, name), getattr(update, name)
        compared = compare_words(was, now)
        if not compared.is_same:
            yield Reworded(label, _instead(was, now) if compared.is_new else compared)
    if before.carry_forward != update.carry_forward:
        words = {True: "To be carried forward", False: "Not to be carried forward"}
        yield Reworded("Next year", _instead(words[before.carry_forward], words[update.carry_forward]))
    if _publication(before) != _publication(update):
        yield Reworded("Publication", _instead(_publication(before), _publication(update)))


def _publication(update: Any) -> str:
    return (
        f"Not for publication: {update.not_for_publication_reason}" if update.not_for_publication else "May be public"
    )


def _instead(was: str, now: str) -> Comparison:
    """A text in place of another with which it has too little in common to be marked word by word."""
    pieces = (Piece(Change.REMOVED, was), Piece(Change.ADDED, now))
    return Comparison(tuple(piece for piece in pieces if piece.text))

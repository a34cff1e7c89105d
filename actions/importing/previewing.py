"""A file is shown before it becomes anything: the cells and what was decided are kept, and read anew each time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from actions.importing import Decisions, plan_in
from actions.importing.tree import PlanTree
from csp_tracker.grids import Document, GridRefused
from csp_tracker.grids.readings import headings_signature
from csp_tracker.importing import SourceFile, noted
from csp_tracker.models import FileImport, Partnership, User
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.writing import discard_with_bytes, held, store, store_with_bytes
from indicators.importing import IndicatorDecisions, indicators_in

READING = "reading"  # under this name the decisions about the reading are kept among those of the import
#: What is taken over from the last file with the same headings; rows and tables are the file's own.
REMEMBERED = ("columns", "lights")


class NotPreviewed(ValidationError):
    """What has been confirmed is no longer decided about."""

    def __init__(self) -> None:
        super().__init__("This file has been imported already. Nothing of yours has been saved.")


class NothingLeft(ValidationError):
    """Read like this, the file has nothing in it."""


@dataclass(frozen=True)
class Reader:
    """How files of one kind are read, and what can be decided about them."""

    read: Callable[[Document, Any], Any]
    decisions: Any
    headings: Callable[[Any], str]  # what tells the next file with the same headings


def _headings_of_plan(tree: PlanTree) -> str:
    return headings_signature(column.heading for column in tree.columns) if tree.columns else ""


READERS: dict[str, Reader] = {
    ImportKind.PLAN: Reader(plan_in, Decisions, _headings_of_plan),
    ImportKind.INDICATORS: Reader(indicators_in, IndicatorDecisions, lambda tree: tree.headings_signature),
}


def decisions_of(file_import: FileImport) -> Any:
    """What was decided about the reading: Decisions for a plan."""
    return READERS[file_import.kind].decisions.from_json(file_import.decisions.get(READING, {}))


def reading_of(file_import: FileImport) -> Any:
    """What the file says, as decided: a PlanTree, or the tree of a table of KPIs."""
    return _read(file_import, decisions_of(file_import))


def tree_of(file_import: FileImport, decisions: Any) -> Any:
    """What the file says with these decisions; a refusal of the reader is one that a form can show."""
    try:
        return _read(file_import, decisions)
    except GridRefused as refusal:
        raise NothingLeft(str(refusal)) from refusal


def _read(file_import: FileImport, decisions: Any) -> Any:
    return READERS[file_import.kind].read(Document.from_json(file_import.document), decisions)


def preview_import(
    *,
    partnership: Partnership,
    document: Document,
    name: str,
    data: bytes,
    kind: ImportKind,
    by: User,
    now: datetime,
    is_kept_unread: bool = False,
) -> FileImport:
    """Keep the file to be looked at. A GridRefused where nothing of the kind is in it: then nothing is kept.

    With `is_kept_unread` a file with tables is kept nevertheless: a person may show where the headings are. What was
    decided about the columns and lights of the last file with the same headings is decided already.
    """
    reader = READERS[kind]
    try:
        tree = reader.read(document, reader.decisions())
    except GridRefused:
        if not (is_kept_unread and any(grid.rows for grid in document.grids)):
            raise
        tree = None
    file_import = noted(SourceFile(name, data), kind=kind, partnership=partnership, by=by, now=now)
    file_import.document = document.to_json()
    file_import.headings = reader.headings(tree) if tree else ""
    before = remembered(partnership, kind, file_import.headings)
    if before is not None:
        try:
            tree = reader.read(document, before)
        except GridRefused:
            before = None
    file_import.decisions = {READING: (before or reader.decisions()).to_json()}
    file_import.counts = tree.summary() if tree else {}
    with transaction.atomic():
        store_with_bytes(file_import, data, by=by)
    return file_import


def remembered(partnership: Partnership, kind: ImportKind, headings: str) -> Any | None:
    """What the partnership decided about the columns and lights of its last confirmed file with these headings."""
    if not headings:
        return None
    confirmed = partnership.file_imports.filter(kind=kind, headings=headings, confirmed_at__isnull=False)
    kept = confirmed.order_by("-confirmed_at", "-pk").values_list("decisions", flat=True).first()
    said = {name: part for name, part in (kept or {}).get(READING, {}).items() if name in REMEMBERED and part}
    try:
        return READERS[kind].decisions.from_json(said) if said else None
    except ValueError:  # of an earlier release, which knew other meanings
        return None


def decide(*, file_import: FileImport, version: int, decisions: Any, by: User) -> FileImport:
    """Read the file with these decisions from now on."""
    counts = tree_of(file_import, decisions).summary()
    with transaction.atomic():
        current = previewed(file_import, version)
        current.decisions |= {READING: decisions.to_json()}
        current.counts = counts
        store(current, by=by)
    return current


@transaction.atomic
def drop_import(*, file_import: FileImport, version: int, by: User) -> None:
    """Let go of a preview and of its bytes; its history says that it was there."""
    discard_with_bytes(previewed(file_import, version), by=by, reason="Not imported")


def forgotten(*, before: datetime) -> QuerySet[FileImport]:
    """Previews that nobody has brought or decided about since then."""
    looked_at = FileImport.history.filter(history_date__gte=before).values("id")
    old = FileImport.objects.filter(state=ImportState.PREVIEWED, imported_at__lt=before)
    return old.exclude(pk__in=looked_at).select_related("partnership").order_by("imported_at", "pk")


def previewed(file_import: FileImport, version: int) -> FileImport:
    """The row as it is now, held until the transaction ends; refused unless it can still be decided about."""
    current = held(FileImport.objects.select_for_update(of=("self",)), file_import)
    if current.state != ImportState.PREVIEWED:
        raise NotPreviewed
    return current.refuse_if_stale(version)

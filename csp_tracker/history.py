"""What was changed, by whom, from what, to what: the history rows of several models as one readable list.

A page names its sources and gives the trail to a paginator:

    trail = Trail([
        Source(Action.history.filter(id=action.pk), "Action"),
        Source(Comment.history.filter(action=action.pk), lambda row: f"Comment for {row.quarter}", {"action"}),
    ])
    page = Paginator(trail, 25).get_page(request.GET.get("page"))

However long the history is, a page costs two queries, one for each source it shows, and one for each model it names.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, overload

from django.db import models
from django.db.models import F, IntegerField, QuerySet, Value, Window
from django.db.models.functions import Lag

from csp_tracker.periods import Quarter

VERBS = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True)
class Source:
    """History rows of one model: what to call a row in a title, and which of its columns are not shown.

    `verb` may say more than added, changed or removed: it is given the row and the one before it, if any.
    """

    rows: QuerySet
    called: str | Callable[[Any], str]
    hidden: Collection[str] = ()
    verb: Callable[[Any, Any], str | None] | None = None


@dataclass(frozen=True)
class Change:
    """One column that differs: its name in words, before and after."""

    label: str
    old: Any
    new: Any


@dataclass
class Entry:
    """One history row as a reader sees it."""

    title: str
    by: str
    at: datetime
    reason: str
    is_change: bool  # else the thing came or went, and `changes` is what it said
    is_told: bool  # the title says all, even where no column is shown
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True)
class _Difference:
    """A column and its two stored values, not yet in words."""

    column: models.Field
    old: Any
    new: Any


class Trail(Sequence):
    """The entries of all sources, newest first; only the slice that is asked for is read."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.sources = list(sources)
        self._index = self._all_keys()

    def _all_keys(self) -> QuerySet:
        """(when, which source, history row, the row before it of the same thing), over all sources."""
        parts = [
            source.rows.order_by()
            .annotate(
                trail_source=Value(number, IntegerField()),
                trail_before=Window(Lag("history_id"), partition_by=[F("id")], order_by=F("history_id").asc()),
            )
            .values_list("history_date", "trail_source", "history_id", "trail_before")
            for number, source in enumerate(self.sources)
        ]
        return parts[0].union(*parts[1:], all=True)

    def __len__(self) -> int:
        return self._index.count()

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> list[Entry]: ...
    def __getitem__(self, place: int | slice) -> Entry | list[Entry]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        keys = list(self._index.order_by("-history_date", "-trail_source", "-history_id")[place])
        rows = self._rows(keys)
        pairs = [
            (self.sources[source], rows[source, now], rows.get((source, before))) for _, source, now, before in keys
        ]
        differences = [list(_differences(source, row, before)) for source, row, before in pairs]
        names = _names_of(difference for one in differences for difference in one)
        return [_entry(*pair, found, names) for pair, found in zip(pairs, differences, strict=True)]

    def _rows(self, keys: list[tuple]) -> dict[tuple[int, int], Any]:
        """The history rows of the keys and those before them, with their people: one query for each source."""
        wanted: dict[int, set[int]] = {}
        for _, source, now, before in keys:
            wanted.setdefault(source, set()).update(key for key in (now, before) if key is not None)
        return {
            (source, row.history_id): row
            for source, ids in wanted.items()
            for row in self.sources[source].rows.order_by().filter(history_id__in=ids).select_related("history_user")
        }


def _differences(source: Source, row: Any, before: Any) -> Iterable[_Difference]:
    """The columns in which the row differs from the one before it; all that say something where it came or went."""
    columns = [
        column
        for column in row.tracked_fields
        if column.editable and not column.primary_key and column.name not in source.hidden
    ]
    if row.history_type == "~" and before is not None:
        by_name = {column.name: column for column in columns}
        for change in row.diff_against(before, included_fields=list(by_name)).changes:
            yield _Difference(by_name[change.field], change.old, change.new)
        return
    for column in columns:
        value = column.value_from_object(row)
        if value not in (None, "", [], {}, False):
            yield _Difference(column, value, None) if row.history_type == "-" else _Difference(column, None, value)


def _names_of(differences: Iterable[_Difference]) -> dict[tuple[type[models.Model], Any], str]:
    """What each row that a changed column points to is called: one query for each model."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for difference in differences:
        if (model := difference.column.related_model) is not None:
            keys = {key for key in (difference.old, difference.new) if key is not None}
            wanted.setdefault(model, set()).update(keys)
    return {
        (model, thing.pk): str(thing)
        for model, keys in wanted.items()
        for thing in model._base_manager.filter(pk__in=keys)
    }


def _entry(source: Source, row: Any, before: Any, differences: list[_Difference], names: dict) -> Entry:
    own_verb = source.verb(row, before) if source.verb else None
    name = source.called if isinstance(source.called, str) else source.called(row)
    return Entry(
        title=f"{name} {own_verb or VERBS[row.history_type]}",
        by=str(row.history_user or "the system"),
        at=row.history_date,
        reason=row.history_change_reason or "",
        is_change=row.history_type == "~" and before is not None,
        is_told=own_verb is not None,
        changes=[
            Change(_label(one.column), _words(one.column, one.old, names), _words(one.column, one.new, names))
            for one in differences
        ],
    )


def _label(column: models.Field) -> str:
    name = str(column.verbose_name)
    return name[:1].upper() + name[1:]


def _words(column: models.Field, value: Any, names: dict) -> Any:
    """A stored value as a reader expects it; dates and yes-or-no are left for the page to print."""
    if value is None or isinstance(value, bool):
        return value
    if column.related_model is not None:
        return names.get((column.related_model, value), "something since removed")
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, Quarter):
        return str(value)
    if isinstance(value, dict):
        return "\n".join(f"{key}: {text}" for key, text in value.items())
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return value

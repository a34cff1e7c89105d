"""Undoing an import whole: what it made goes, what it changed is again as it was, and the history of both stays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import OperationalError, models, transaction
from django.db.models import Q
from django.utils import timezone

from csp_tracker.importing.taking import stand_in_line
from csp_tracker.models import FileImport, User
from csp_tracker.people import ImportState
from csp_tracker.text import one_line
from csp_tracker.writing import Tracked, Versions, discard_all, held, store

AT_ONCE = 500  # rows of one statement: databases limit how many values they are given
NAMED = 5
LONGEST_NAME = 60


class NotConfirmed(ValidationError):
    """Only an import that was confirmed, and not undone since, can be undone."""

    def __init__(self, file_import: FileImport) -> None:
        if file_import.state == ImportState.UNDONE:
            super().__init__("This import has been undone already.")
        else:
            super().__init__("This file has not been imported yet: there is nothing to undo.")


class EditedSince(ValidationError):
    """Somebody has worked on what the import wrote. `names` says on what, each in words."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        told = "; ".join(self.names[:NAMED])
        more = f"; and {len(self.names) - NAMED} more" if len(self.names) > NAMED else ""
        super().__init__(f"This import can no longer be undone. Changed or added since: {told}{more}.")


class BeingEdited(ValidationError):
    """Somebody is saving one of the rows in this very moment."""

    def __init__(self) -> None:
        super().__init__("Somebody is changing what this import wrote at this moment. Try again.")


class LaterImport(ValidationError):
    """A later file was brought into the same plan: the order is undone backwards."""

    def __init__(self, later: FileImport) -> None:
        super().__init__(f"“{later}” was imported into the same plan later. Undo that import first.")
        self.later = later


@transaction.atomic
def undo(*, file_import: FileImport, version: int, by: User, now: datetime) -> FileImport:
    """Take back everything the import wrote, or nothing: see EditedSince."""
    stand_in_line(file_import.partnership)
    current = held(FileImport.objects.select_for_update(of=("self",)), file_import)
    if current.state != ImportState.CONFIRMED:
        raise NotConfirmed(current)
    current.refuse_if_stale(version)
    _refuse_before_later_ones(current)
    _Undoing(current.made, by, f"The import of {current.name} was undone").run()
    current.state = ImportState.UNDONE
    current.undone_by, current.undone_at = by, now
    store(current, by=by)
    return current


def _refuse_before_later_ones(file_import: FileImport) -> None:
    """A later file that changed nothing leaves no trace in the plan, but says which plan it is."""
    plan = file_import.decisions.get("plan")
    if plan is None:
        return
    after = Q(confirmed_at__gt=file_import.confirmed_at) | Q(
        confirmed_at=file_import.confirmed_at, pk__gt=file_import.pk
    )
    same = file_import.partnership.file_imports.filter(kind=file_import.kind, state=ImportState.CONFIRMED)
    later = same.filter(after, decisions__plan=plan).order_by("confirmed_at", "pk").last()
    if later is not None:
        raise LaterImport(later)


@dataclass(frozen=True)
class _Rows:
    """What one import wrote in one table, by primary key: the versions before and after, and the rows as they are."""

    model: type[Tracked]
    versions: dict[Any, list[int | None]]
    there: dict[Any, Tracked]

    def made(self) -> list[Tracked]:
        return [row for key, row in self.there.items() if self.versions[key][0] is None]

    def changed(self) -> list[Tracked]:
        return [row for key, row in self.there.items() if self.versions[key][0] is not None]

    def taken_away(self) -> list[Any]:
        return [key for key, (_, after) in self.versions.items() if after is None]

    def edited(self) -> list[Any]:
        """The keys of those that are no longer as the import left them."""
        return [
            key
            for key, (_, after) in self.versions.items()
            if (self.there[key].version if key in self.there else None) != after
        ]


class _Undoing:
    """One undoing of one import. Tables are locked from what is pointed to towards what points to it."""

    def __init__(self, made: Versions, by: User, reason: str) -> None:
        self.by = by
        self.reason = reason
        self.tables = [_locked(model, made[model._meta.label]) for model in _pointed_to_first(made)]
        self.ours = {(rows.model, key) for rows in self.tables for key in rows.versions}

    def run(self) -> None:
        pointing = [one for rows in self.tables for one in self._pointing_at(rows)]
        self._refuse_what_was_edited([(row, to) for row, to in pointing if not self._is_ours(row)])
        pointing_keys = {(type(row), row.pk) for row, _ in pointing}
        changed = [row for rows in self.tables for row in rows.changed()]
        self._restore([row for row in changed if (type(row), row.pk) in pointing_keys])
        for rows in reversed(self.tables):
            discard_all(rows.made(), by=self.by, reason=self.reason)
        for rows in self.tables:
            self._bring_back(rows)
        self._restore([row for row in changed if (type(row), row.pk) not in pointing_keys])

    def _is_ours(self, row: models.Model) -> bool:
        return (type(row), row.pk) in self.ours

    def _pointing_at(self, rows: _Rows) -> Iterator[tuple[models.Model, models.Model]]:
        """Rows that will not go, and that point to one that will; with that one."""
        made = {row.pk: row for row in rows.made()}
        gone = {(one.model, row.pk) for one in self.tables for row in one.made()}
        for relation in _relations_to(rows.model):
            model, column = relation.related_model, relation.field
            for keys in _in_portions(list(made)):
                found = model._base_manager.filter(**{f"{column.name}__in": keys})
                stays = [key for key in found.values_list("pk", flat=True) if (model, key) not in gone]
                for row in model._base_manager.filter(pk__in=stays):
                    yield row, made[getattr(row, column.attname)]

    def _refuse_what_was_edited(self, pointing: list[tuple[models.Model, models.Model]]) -> None:
        edited = [(rows, key) for rows in self.tables for key in rows.edited()]
        names = [_called(rows, key, with_who=place < NAMED) for place, (rows, key) in enumerate(edited)]
        names += dict.fromkeys(f"{row._meta.verbose_name} of “{_short(to)}”" for row, to in pointing)
        if names:
            raise EditedSince(names)

    def _bring_back(self, rows: _Rows) -> None:
        """What the import took away, with the key it had."""
        for key in rows.taken_away():
            row = rows.model()
            row.pk = key
            _fill(row, rows.versions[key][0])
            row.version = (rows.versions[key][0] or 0) + 1
            store(row, by=self.by, reason=self.reason)

    def _restore(self, rows: Sequence[Tracked]) -> None:
        """As they were. What is taken by a row whose turn comes later, a number for one, is tried again after it."""
        waiting = list(rows)
        while waiting:
            refused: list[Tracked] = []
            refusal = None
            for row in waiting:
                versions = next(one.versions for one in self.tables if one.model is type(row))
                _fill(row, versions[row.pk][0])
                try:
                    store(row, by=self.by, reason=self.reason, links_changed=True)
                except ValidationError as error:
                    refused, refusal = [*refused, row], error
            if refusal is not None and len(refused) == len(waiting):
                raise refusal
            waiting = refused


def _pointed_to_first(made: Versions) -> list[type[Tracked]]:
    """The tables in an order in which rows can be made."""
    tables: list[Any] = [apps.get_model(label) for label, rows in made.items() if rows]
    order = {
        model: {
            column.related_model
            for column in model._meta.concrete_fields
            if column.related_model in tables and column.related_model is not model
        }
        for model in tables
    }
    return list(TopologicalSorter(order).static_order())


def _locked(model: type[Tracked], written: dict[str, list[int | None]]) -> _Rows:
    """The rows as they are, held until the end. Nobody is waited for, so nobody can wait for us in turn."""
    versions = {model._meta.pk.to_python(key): pair for key, pair in written.items()}
    there: dict[Any, Tracked] = {}
    for keys in _in_portions(sorted(versions)):
        try:
            found = model._base_manager.select_for_update(nowait=True).filter(pk__in=keys)
            there |= {row.pk: row for row in found}
        except OperationalError as error:
            raise BeingEdited from error
    return _Rows(model, versions, there)


def _relations_to(model: type[models.Model]) -> Iterator[Any]:
    """Columns of any table that point to the model; what history says of the past, or goes along, holds nothing."""
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        is_column = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if is_column and relation.on_delete not in (models.DO_NOTHING, models.CASCADE):
            yield relation


def _in_portions(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _fill(row: Tracked, version: int | None) -> None:
    """Set the columns as they stood in the version."""
    kept = row.history.filter(version=version).first()
    if kept is None:
        raise EditedSince([f"{row._meta.verbose_name} “{_short(row)}”, whose earlier words are not known"])
    for column in kept.tracked_fields:
        if not column.primary_key and column.name != "version":
            setattr(row, column.attname, getattr(kept, column.attname))


def _called(rows: _Rows, key: Any, *, with_who: bool) -> str:
    row = rows.there.get(key)
    name = f"{rows.model._meta.verbose_name} “{_short(row)}”" if row else f"a removed {rows.model._meta.verbose_name}"
    newest = rows.model.history.filter(id=key).select_related("history_user").first() if with_who else None
    if newest is None:
        return name
    who = newest.history_user or "the system"
    return f"{name} ({who}, {timezone.localtime(newest.history_date):%-d %B %Y})"


def _short(row: models.Model | None) -> str:
    words = one_line(str(row))
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip()}…"

"""How every row is written: whole, checked, once, with the person, and never over somebody else's change."""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from secrets import token_hex
from typing import Any, ClassVar, Self

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.db.models.deletion import Collector
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from csp_tracker.text import clean_text


class Conflict(ValidationError):
    """Somebody else saved the row after it was read. `theirs` is the row as it stands now."""

    def __init__(self, theirs: models.Model) -> None:
        super().__init__("Somebody else changed this while you were working. Nothing of yours has been saved yet.")
        self.theirs = theirs


class Gone(ValidationError):
    """The row was taken away after it was read, by the undoing of an import for one."""

    def __init__(self) -> None:
        super().__init__("Somebody took this away while you were working. Nothing of yours has been saved.")


class Foreign(ValidationError):
    """A row of another partnership was named. The sentence does not say that it exists."""

    def __init__(self) -> None:
        super().__init__("Choose from this partnership’s own records.")


class RememberedManager(HistoryManager):
    """Is put together once: asking a row for its history makes a class each time, a tenth of the time of an import."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[models.QuerySet], class_name: str | None = None) -> Any:
        """The manager with the methods of the queryset."""
        return super().from_queryset(queryset_class, class_name)


class HistoryOfRows(HistoricalRecords):
    """Keeps every column but those that the model names in NOT_IN_HISTORY."""

    def fields_included(self, model: Any) -> list[models.Field]:
        """The columns that a history row has."""
        return [column for column in super().fields_included(model) if column.name not in model.NOT_IN_HISTORY]


class Tracked(models.Model):
    """A row people can change: it counts its versions and keeps each of them with who, when and why."""

    #: Columns too big to be kept with every version, which nobody changes by hand.
    NOT_IN_HISTORY: ClassVar[Collection[str]] = ()

    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoryOfRows(
        inherit=True, history_change_reason_field=models.TextField(null=True), history_manager=RememberedManager
    )

    class Meta:
        abstract = True

    def refuse_if_stale(self, version: int) -> Self:
        """Raise Conflict unless the row still carries the version the person saw."""
        if self.version != version:
            raise Conflict(self)
        return self


#: What was written: {model label: {primary key: [version before or None, version after or None]}}, fit for JSON.
Versions = dict[str, dict[str, list[int | None]]]


@dataclasses.dataclass
class Recording:
    """What was written while it ran; a row written twice counts once, and one that came and went not at all."""

    made: Versions = dataclasses.field(default_factory=dict)

    def note(self, instance: models.Model, before: int | None, after: int | None) -> None:
        """Keep that the row had one version and has another; None: there was or is no row."""
        rows = self.made.setdefault(instance._meta.label, {})
        first = rows.pop(str(instance.pk), [before, None])[0]
        if (first, after) != (None, None):
            rows[str(instance.pk)] = [first, after]


_running: ContextVar[tuple[Recording, ...]] = ContextVar("recordings", default=())


@contextmanager
def recording() -> Iterator[Recording]:
    """Collect every row that is stored or discarded inside the block, whichever service writes it."""
    record = Recording()
    token = _running.set((*_running.get(), record))
    try:
        yield record
    finally:
        _running.reset(token)


def _note(instance: models.Model, before: int | None, after: int | None) -> None:
    for record in _running.get():
        record.note(instance, before, after)


def refuse_foreign(partnership: models.Model, *things: Any) -> None:
    """Raise Foreign if any of the given rows (None is allowed) belongs to another partnership."""
    for thing in things:
        if thing is not None and thing.partnership_id != partnership.pk:
            raise Foreign


def _columns(instance: models.Model) -> list[models.Field]:
    return [field for field in instance._meta.concrete_fields if field.name != "version" and not field.primary_key]


def _clean(instance: models.Model) -> None:
    for field in _columns(instance):
        value = getattr(instance, field.attname)
        if isinstance(value, str) and isinstance(field, models.CharField | models.TextField) and not field.choices:
            setattr(instance, field.attname, clean_text(value))
    instance.clean_fields(exclude={field.name for field in instance._meta.concrete_fields if field.is_relation})
    instance.clean()


def store(
    instance: Tracked,
    *,
    by: models.Model,
    reason: str = "",
    links_changed: bool = False,
    was: Tracked | None = None,
    goes_on: bool = True,
) -> bool:
    """Save a tracked row with one history row in the person's name; return whether anything had changed.

    An unchanged row is not written, unless rows that tie it to others have changed: its version counts those too. A row
    that somebody else saved after `instance` was read raises Conflict. Runs in the transaction of the service that
    calls it. `was`: the row as that service has read it under the row's own lock, which saves reading it again.
    `goes_on` is False where the service ends with a refusal, which saves the savepoint to go on from.
    """
    _refuse_outside_transaction()
    if not instance._state.adding:
        current = was or held(type(instance)._base_manager.select_for_update(), instance)
        if current.version != instance.version:
            raise Conflict(current)
        _clean(instance)
        is_same = all(getattr(current, one.attname) == getattr(instance, one.attname) for one in _columns(instance))
        if is_same and not links_changed:
            return False
        instance.version += 1
    else:
        _clean(instance)
    before = None if instance._state.adding else instance.version - 1
    _name_the_person(instance, by, reason)
    _save(instance, goes_on=goes_on)
    _note(instance, before, instance.version)
    return True


def held(rows: models.QuerySet, row: models.Model) -> Any:
    """The row as it stands now among `rows`, which lock it; Gone where somebody took it away after it was read."""
    try:
        return rows.get(pk=row.pk)
    except ObjectDoesNotExist:
        raise Gone from None


_stored: ContextVar[tuple[list[Any], ...]] = ContextVar("stored", default=())


@contextmanager
def bytes_or_nothing() -> Iterator[None]:
    """Throw away the bytes that were stored inside where their rows are not kept after all.

    Stands around the transaction, so that one that fails at its very end counts too; a service may wear it.
    """
    mine: list[Any] = []
    token = _stored.set((*_stored.get(), mine))
    try:
        yield
    except BaseException:
        for file in mine:
            file.storage.delete(file.name)
        raise
    finally:
        _stored.reset(token)


def store_with_bytes(instance: Any, data: bytes, *, by: models.Model) -> None:
    """Store the row with the bytes of its `file`, or neither. Their name on the disk says nothing of the person's."""
    instance.file.save(token_hex(16), ContentFile(data), save=False)
    try:
        store(instance, by=by)
    except BaseException:
        instance.file.delete(save=False)
        raise
    for files in _stored.get():
        files.append(instance.file)


def discard_with_bytes(instance: Any, *, by: models.Model, reason: str = "") -> None:
    """Delete the row as `discard` does, and the bytes of its `file` for good as soon as that is certain."""
    storage, name = instance.file.storage, instance.file.name
    discard(instance, by=by, reason=reason)
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def _save(instance: Tracked, *, goes_on: bool) -> None:
    """Let the database judge the row; only when it refuses, ask which rule was broken, for its sentence.

    Asking beforehand, as full_clean() does, costs three statements for every constraint of every row. Asking afterwards
    takes a savepoint: without one a refused transaction answers nothing more, and the rule is known by its name alone.
    """
    version, adding = instance.version, instance._state.adding
    try:
        with transaction.atomic(savepoint=goes_on):
            instance.save()
    except IntegrityError as error:
        instance._state.adding = adding
        instance.version = version if adding else version - 1
        if goes_on:
            instance.validate_unique()
            instance.validate_constraints()
        else:
            _refuse_by_name(instance, error)
        raise


def _refuse_by_name(instance: models.Model, error: IntegrityError) -> None:
    for constraint in instance._meta.constraints:
        if constraint.name in str(error):
            raise ValidationError(constraint.get_violation_error_message()) from error


def discard(instance: models.Model, *, by: models.Model, reason: str = "") -> None:
    """Delete a link row (plan data is archived instead), leaving a history row in the person's name."""
    discard_all([instance], by=by, reason=reason)


def discard_all(instances: Sequence[models.Model], *, by: models.Model, reason: str = "") -> None:
    """Delete rows of one model, few statements for many of them, each leaving its history row."""
    _refuse_outside_transaction()
    if not instances:
        return
    for instance in instances:
        _name_the_person(instance, by, reason)
        _note(instance, getattr(instance, "version", None), None)
    collector = Collector(using=transaction.get_connection().alias, origin=instances[0])
    collector.collect(instances)
    collector.delete()


def _refuse_outside_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A row is written inside a service’s transaction.")


def _name_the_person(instance: models.Model, by: models.Model, reason: str) -> None:
    instance._history_user = by  # type: ignore[attr-defined]
    instance._change_reason = reason  # type: ignore[attr-defined]

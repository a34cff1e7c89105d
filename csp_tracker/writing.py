"""How every row is written: whole, checked, once, with the person, and never over somebody else's change."""

from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from simple_history.models import HistoricalRecords

from csp_tracker.text import clean_text


class Conflict(ValidationError):
    """Somebody else saved the row after it was read. `theirs` is the row as it stands now."""

    def __init__(self, theirs: models.Model) -> None:
        super().__init__("Somebody else changed this while you were working. Nothing of yours has been saved yet.")
        self.theirs = theirs


class Foreign(ValidationError):
    """A row of another partnership was named. The sentence does not say that it exists."""

    def __init__(self) -> None:
        super().__init__("Choose from this partnership’s own records.")


class Tracked(models.Model):
    """A row people can change: it counts its versions and keeps each of them with who, when and why."""

    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(inherit=True, history_change_reason_field=models.TextField(null=True))

    class Meta:
        abstract = True

    def refuse_if_stale(self, version: int) -> Self:
        """Raise Conflict unless the row still carries the version the person saw."""
        if self.version != version:
            raise Conflict(self)
        return self


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


def store(instance: Tracked, *, by: models.Model, reason: str = "", links_changed: bool = False) -> bool:
    """Save a tracked row with one history row in the person's name; return whether anything had changed.

    An unchanged row is not written, unless rows that tie it to others have changed: its version counts those too. A row
    that somebody else saved after `instance` was read raises Conflict. Runs in the transaction of the service that
    calls it.
    """
    _refuse_outside_transaction()
    if not instance._state.adding:
        current = type(instance)._base_manager.select_for_update().get(pk=instance.pk)
        if current.version != instance.version:
            raise Conflict(current)
        _clean(instance)
        is_same = all(getattr(current, one.attname) == getattr(instance, one.attname) for one in _columns(instance))
        if is_same and not links_changed:
            return False
        instance.version += 1
    else:
        _clean(instance)
    _name_the_person(instance, by, reason)
    _save(instance)
    return True


def _save(instance: Tracked) -> None:
    """Let the database judge the row; only when it refuses, ask which rule was broken, for its sentence.

    Asking beforehand, as full_clean() does, costs three statements for every constraint of every row.
    """
    version, adding = instance.version, instance._state.adding
    try:
        with transaction.atomic():
            instance.save()
    except IntegrityError:
        instance._state.adding = adding
        instance.version = version if adding else version - 1
        instance.validate_unique()
        instance.validate_constraints()
        raise


def discard(instance: models.Model, *, by: models.Model, reason: str = "") -> None:
    """Delete a link row (plan data is archived instead), leaving a history row in the person's name."""
    _refuse_outside_transaction()
    _name_the_person(instance, by, reason)
    instance.delete()


def _refuse_outside_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A row is written inside a service’s transaction.")


def _name_the_person(instance: models.Model, by: models.Model, reason: str) -> None:
    instance._history_user = by  # type: ignore[attr-defined]
    instance._change_reason = reason  # type: ignore[attr-defined]

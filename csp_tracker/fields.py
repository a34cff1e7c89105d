"""Fields for a quarter: in the database one integer that sorts, in Python a `Quarter`, in forms its code."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from csp_tracker.periods import Quarter


def to_quarter(value: object) -> Quarter | None:
    """A quarter from itself, its ordinal or its code; None for nothing; ValidationError for anything else."""
    if value is None or value == "" or isinstance(value, Quarter):
        return value or None  # type: ignore[return-value]
    try:
        if isinstance(value, int) or str(value).strip().isdecimal():
            return Quarter.from_ordinal(int(str(value)))
        return Quarter.parse(str(value))
    except ValueError as error:
        raise ValidationError(str(error), code="invalid") from error


class QuarterFormField(forms.CharField):
    """A quarter typed as its code, 2009-10-Q4."""

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Quarter) else value

    def to_python(self, value: Any) -> Any:
        return to_quarter(super().to_python(value))

    def run_validators(self, value: Any) -> None:
        """The text's own validators (length, control characters) do not fit a quarter; reading it was the check."""


class QuarterChoiceField(forms.TypedChoiceField):
    """A quarter chosen from a list of quarters."""

    def __init__(self, *, quarters: Iterable[Quarter] = (), **kwargs: Any) -> None:
        kwargs.setdefault("choices", [(quarter.code, str(quarter)) for quarter in quarters])
        super().__init__(coerce=to_quarter, empty_value=None, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Quarter) else value


class QuarterField(models.IntegerField):
    """An integer column holding `Quarter.ordinal`; its Python value is a `Quarter`, its lookups take one."""

    description = "A quarter of a financial year"
    # Read by django-stubs: what may be assigned, what is read back, and what a lookup takes.
    _pyi_private_set_type: Quarter | int | str  # type: ignore[assignment]
    _pyi_private_get_type: Quarter  # type: ignore[assignment]
    _pyi_lookup_exact_type: Quarter | int | str  # type: ignore[assignment]
    _validators: list[Callable[[Any], None]]

    @cached_property
    def validators(self) -> list[Callable[[Any], None]]:
        """Without the database's limits for integers, which cannot be compared with a quarter."""
        return [*self.default_validators, *self._validators]

    def from_db_value(self, value: int | None, expression: Any, connection: BaseDatabaseWrapper) -> Quarter | None:
        return None if value is None else Quarter.from_ordinal(value)

    def to_python(self, value: Any) -> Any:
        return to_quarter(value)

    def get_prep_value(self, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        quarter = to_quarter(value)
        return None if quarter is None else quarter.ordinal

    def value_to_string(self, obj: models.Model) -> str:
        quarter = to_quarter(self.value_from_object(obj))
        return "" if quarter is None else quarter.code

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": QuarterFormField, **kwargs})

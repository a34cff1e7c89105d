"""What the forms of KPIs share: figures typed as people write them, which `parse_figure` reads or refuses."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from csp_tracker.formfields import TrackerForm
from indicators.values import Qualifier, Unit, figure_as_typed, parse_figure

EXAMPLES = {
    Unit.NUMBER: "For example 1,884 or about 400. Put words in the note.",
    Unit.PER_CENT: "For example 95.9%. Put words in the note.",
    Unit.RATE: "For example 6.4. Put words in the note.",
    Unit.POUNDS: "For example £2,000. Put words in the note.",
    Unit.SCORE: "For example 7.5. Put words in the note.",
    Unit.YES_NO: "Yes or No. Put other words in the note.",
}


def as_typed(value: Decimal | None, unit: Unit, qualifier: str = Qualifier.EXACTLY) -> str:
    """A stored figure as a person would type it, with all its decimals: what `parse_figure` reads back."""
    if value is None:
        return ""
    if unit == Unit.YES_NO:
        return "Yes" if value else "No"
    text = figure_as_typed(value)
    return text if qualifier == Qualifier.EXACTLY else f"{Qualifier(qualifier).label.lower()} {text}"


class FigureField(forms.CharField):
    """A figure as typed, turned into a number; `qualifier` then says whether it was "about" or "at least" that."""

    def __init__(self, *, unit: Unit | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 60)
        super().__init__(**kwargs)
        self.unit = unit
        self.qualifier = Qualifier.EXACTLY
        self.widget.attrs |= {"autocomplete": "off", "class": "govuk-input--width-10"}

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        try:
            number, self.qualifier = parse_figure(typed, self.unit)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return number


class VersionedForm(TrackerForm):
    """A form that edits one row: it carries the version the person saw, and asks why where that is wanted."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    reason = forms.CharField(label="Reason for the change", widget=forms.Textarea(attrs={"rows": "2"}), required=False)

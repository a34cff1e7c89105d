"""Forms for one KPI's figure for one period: entering it, and rating it again."""

from collections.abc import Mapping
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Layout
from django import forms

from indicators.forms.shared import EXAMPLES, FigureField, VersionedForm, as_typed
from indicators.models import Indicator, Reading
from indicators.values import ReadingState, RollUp, Unit

READING_STATES = [
    Choice(ReadingState.FINAL, "Final"),
    Choice(ReadingState.PROVISIONAL, "Provisional", hint="There is a figure, and it may still change.", divider="or"),
    Choice(ReadingState.AWAITED, "Awaited", hint="It will come later."),
    Choice(ReadingState.NOT_AVAILABLE, "Not available", hint="There will be none for this period."),
    Choice(ReadingState.NOT_DUE, "Not due", hint="Nothing is measured in this period."),
]
HAS_FIGURE = ",".join(state.value for state in ReadingState if state.has_figure)


class ReadingForm(VersionedForm):
    """One KPI's figure for one period, or an honest word for why there is none."""

    state = forms.ChoiceField(
        label="Is there a figure?",
        choices=READING_STATES,
        widget=forms.RadioSelect,
        error_messages={"required": "Select whether there is a figure"},
    )
    value = FigureField(label="Figure")
    numerator = FigureField(label="Numerator (optional)")
    denominator = FigureField(label="Denominator (optional)")
    note = forms.CharField(label="Note (optional)", widget=forms.Textarea(attrs={"rows": "3"}), required=False)
    series_break = forms.BooleanField(label="Counted differently from this period on", required=False)
    series_break_words = forms.CharField(
        label="What changed in the counting",
        widget=forms.Textarea(attrs={"rows": "2"}),
        required=False,
        help_text="Earlier figures are then no longer compared with later ones.",
    )

    def __init__(self, *args: Any, indicator: Indicator, reading: Reading | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(reading) if reading else {"state": ReadingState.FINAL})
        super().__init__(*args, **kwargs)
        unit = Unit(indicator.unit)
        self.fields["value"].unit = unit  # type: ignore[attr-defined]
        self.fields["value"].help_text = EXAMPLES[unit]
        self.has_shares = indicator.roll_up == RollUp.RATIO
        if not self.has_shares:
            del self.fields["numerator"], self.fields["denominator"]
        if reading is None or reading.value is None:
            del self.fields["reason"]
        else:
            self.fields["reason"].help_text = "Needed when the figure changes. The first figure stays on record."
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        shown = {"shows_when": f"state:{HAS_FIGURE}"}
        parts = [Field(name, context=shown) for name in ("numerator", "denominator") if self.has_shares]
        reason = ["reason"] if "reason" in self.fields else []
        broken = Field("series_break_words", context={"shows_when": "series_break:on"})
        return Layout("state", Field("value", context=shown), *parts, *reason, "note", "series_break", broken)

    @staticmethod
    def initial_of(reading: Reading) -> dict[str, Any]:
        """The row as the form shows it."""
        unit = Unit(reading.indicator.unit)
        names = ("version", "state", "note", "series_break", "series_break_words")
        figures = {name: as_typed(getattr(reading, name), Unit.NUMBER) for name in ("numerator", "denominator")}
        figures["value"] = as_typed(reading.value, unit, reading.qualifier)
        return {name: getattr(reading, name) for name in names} | figures

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["qualifier"] = self.fields["value"].qualifier  # type: ignore[attr-defined]
        if "value" not in self.errors and "state" in cleaned:
            self._clean_figure(cleaned)
        if cleaned.get("denominator") == 0:
            self.add_error("denominator", "The denominator must not be 0")
        if cleaned.get("series_break") and not cleaned.get("series_break_words"):
            self.add_error("series_break_words", "Enter what changed in the counting")
        return cleaned

    def _clean_figure(self, cleaned: Mapping[str, Any]) -> None:
        given = cleaned.get("value") is not None
        parts = cleaned.get("numerator") is not None and cleaned.get("denominator") is not None
        if ReadingState(cleaned["state"]).has_figure:
            if not given and not parts:
                self.add_error("value", "Enter the figure, or select why there is none")
        elif given:
            self.add_error("state", "Select final or provisional, or take out the figure you entered")


class RateAgainForm(VersionedForm):
    """Why a figure is rated again."""

    reason = forms.CharField(label="Reason for rating it again", widget=forms.Textarea(attrs={"rows": "3"}))

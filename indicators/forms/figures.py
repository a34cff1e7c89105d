"""Forms for where a KPI started from and what it is to reach."""

from typing import Any

from crispy_forms_gds.layout import Div, Field, Layout
from django import forms

from indicators.forms.shared import EXAMPLES, FigureField, VersionedForm, as_typed
from indicators.models import Baseline, Indicator, Target
from indicators.values import BaselineState, Polarity, TargetKind, Unit, parse_figure


class BaselineForm(VersionedForm):
    """Where a KPI started from, in figures or in words."""

    label = forms.CharField(label="Period (optional)", max_length=60, required=False, help_text="For example 2008/09.")
    of_what = forms.CharField(
        label="Of what (optional)", max_length=255, required=False, help_text="Where the KPI has several baselines."
    )
    state = forms.ChoiceField(
        label="What is known",
        choices=BaselineState.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Select what is known"},
    )
    value = FigureField(label="Figure (optional)")
    text = forms.CharField(
        label="As stated (optional)",
        widget=forms.Textarea(attrs={"rows": "3"}),
        required=False,
        help_text="The words of whoever stated it.",
    )
    is_primary = forms.BooleanField(label="Compare the KPI’s readings with this one", required=False)

    def __init__(self, *args: Any, indicator: Indicator, baseline: Baseline | None = None, **kwargs: Any) -> None:
        first = {"state": BaselineState.STATED, "is_primary": not indicator.baselines.filter(is_primary=True).exists()}
        kwargs.setdefault("initial", self.initial_of(baseline) if baseline else first)
        super().__init__(*args, **kwargs)
        unit = Unit(indicator.unit)
        self.fields["value"].unit = unit  # type: ignore[attr-defined]
        self.fields["value"].help_text = EXAMPLES[unit].split(" Put ")[0]
        if baseline is None:
            del self.fields["reason"]
            self.make_once()
        else:
            self.fields["reason"].label = "Reason for the change (optional)"
        reason = ["reason"] if baseline else []
        figure = Field("value", context={"shows_when": f"state:{BaselineState.STATED}"})
        columns = Div("label", "of_what", css_class="app-columns")
        self.helper.layout = Layout(columns, "state", figure, "text", "is_primary", *reason)

    @staticmethod
    def initial_of(baseline: Baseline) -> dict[str, Any]:
        """The row as the form shows it."""
        names = ("version", "label", "of_what", "state", "text", "is_primary")
        figure = as_typed(baseline.value, Unit(baseline.indicator.unit), baseline.qualifier)
        return {name: getattr(baseline, name) for name in names} | {"value": figure}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["qualifier"] = self.fields["value"].qualifier  # type: ignore[attr-defined]
        if "value" in self.errors:
            return cleaned
        stated = cleaned.get("state") == BaselineState.STATED
        if stated and cleaned.get("value") is None and not cleaned.get("text"):
            self.add_error("value", "Enter the figure, or the words in which the baseline was stated")
        if not stated and cleaned.get("value") is not None:
            self.add_error("state", "Select “Stated” for a baseline with a figure, or take the figure out")
        if cleaned.get("is_primary") and cleaned.get("value") is None:
            self.add_error("is_primary", "Readings can only be compared with a baseline that has a figure")
        return cleaned


class TargetForm(VersionedForm):
    """What a KPI is to reach in one period. A band is asked for where being within one is better."""

    kind = forms.ChoiceField(label="Kind of target", choices=TargetKind.choices, widget=forms.RadioSelect)
    value = FigureField(label="Target")
    low = FigureField(label="From")
    high = FigureField(label="To")
    text = forms.CharField(
        label="As stated (optional)", required=False, help_text="The words of the plan, if they say more."
    )

    def __init__(self, *args: Any, indicator: Indicator, target: Target | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self.initial_of(target) if target else {"kind": TargetKind.VALUE})
        super().__init__(*args, **kwargs)
        self.unit, self.has_band = Unit(indicator.unit), indicator.polarity == Polarity.BAND
        for name in ("low", "high"):
            self.fields[name].unit = self.unit  # type: ignore[attr-defined]
        for name in ("kind", "value") if self.has_band else ("low", "high"):
            del self.fields[name]
        if self.unit == Unit.YES_NO and not self.has_band:
            del self.fields["kind"]
        if target is None:
            del self.fields["reason"]
        elif "value" in self.fields:
            self.fields["value"].label = "New target"
        if "value" in self.fields:
            self.fields["value"].help_text = "For example 1,984, or −5% where it is a change from the baseline."
        names = [name for name in ("kind", "value", "text", "reason") if name in self.fields]
        band = [Div("low", "high", css_class="app-columns")] if self.has_band else []
        self.helper.layout = Layout(*band, *names)

    @staticmethod
    def initial_of(target: Target) -> dict[str, Any]:
        """The row as the form shows it."""
        unit = Unit(target.indicator.unit)
        is_change = target.kind == TargetKind.PER_CENT_CHANGE
        figures = {name: as_typed(getattr(target, name), unit) for name in ("low", "high")}
        figures["value"] = as_typed(target.value, Unit.PER_CENT if is_change else unit)
        return {"version": target.version, "kind": target.kind, "text": target.text} | figures

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.setdefault("kind", TargetKind.VALUE)
        if self.has_band:
            if cleaned.get("low") is None and cleaned.get("high") is None and not {"low", "high"} & self.errors.keys():
                self.add_error("low", "Enter where the band begins, or where it ends, or both")
            return cleaned
        if "value" not in self.errors:
            self._clean_value(cleaned)
        return cleaned

    def _clean_value(self, cleaned: dict[str, Any]) -> None:
        typed = str(self.data.get(self.add_prefix("value"), ""))
        is_change = cleaned["kind"] == TargetKind.PER_CENT_CHANGE
        if cleaned.get("value") is None:
            if not cleaned.get("text"):
                self.add_error("value", "Enter the target")
            return
        try:
            parse_figure(typed, Unit.PER_CENT if is_change else self.unit)
        except ValueError as error:
            self.add_error("value", str(error))

"""Forms for KPIs and their figures. Figures are typed as people write them; `parse_figure` reads or refuses them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Div, Field, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from csp_tracker.formfields import TrackerForm
from csp_tracker.models import Agency, Partnership, User
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.values import (
    BaselineState,
    Frequency,
    Polarity,
    Qualifier,
    ReadingState,
    RollUp,
    TargetKind,
    Unit,
    figure_as_typed,
    parse_figure,
)

EXAMPLES = {
    Unit.NUMBER: "For example 1,884 or about 400. Put words in the note.",
    Unit.PER_CENT: "For example 95.9%. Put words in the note.",
    Unit.RATE: "For example 6.4. Put words in the note.",
    Unit.POUNDS: "For example £2,000. Put words in the note.",
    Unit.SCORE: "For example 7.5. Put words in the note.",
    Unit.YES_NO: "Yes or No. Put other words in the note.",
}
READING_STATES = [
    Choice(ReadingState.FINAL, "Final"),
    Choice(ReadingState.PROVISIONAL, "Provisional", hint="There is a figure, and it may still change.", divider="or"),
    Choice(ReadingState.AWAITED, "Awaited", hint="It will come later."),
    Choice(ReadingState.NOT_AVAILABLE, "Not available", hint="There will be none for this period."),
    Choice(ReadingState.NOT_DUE, "Not due", hint="Nothing is measured in this period."),
]
ONCE_RATED = "Needed once the KPI has figures, where you change how it is measured."
HAS_FIGURE = ",".join(state.value for state in ReadingState if state.has_figure)


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


class IndicatorForm(VersionedForm):
    """What a KPI is, who keeps it and how it is rated."""

    name = forms.CharField(label="Name", widget=forms.Textarea(attrs={"rows": "2"}))
    reference = forms.CharField(label="Reference (optional)", max_length=40, required=False)
    definition = forms.CharField(
        label="Definition (optional)",
        widget=forms.Textarea,
        required=False,
        help_text="What is counted, and what is not.",
    )
    why = forms.CharField(label="Why it matters (optional)", widget=forms.Textarea, required=False)
    source = forms.CharField(label="Source of the figures (optional)", max_length=255, required=False)
    unit = forms.ChoiceField(label="Unit", choices=Unit.choices)
    rate_per = forms.IntegerField(
        label="Rate per", required=False, min_value=1, help_text="For example 1000 residents."
    )
    decimals = forms.TypedChoiceField(
        label="Decimal places", choices=[(number, str(number)) for number in range(5)], coerce=int
    )
    polarity = forms.ChoiceField(
        label="Which way is better", choices=Polarity.choices, help_text="A KPI that is only monitored gets no light."
    )
    frequency = forms.ChoiceField(label="Reported", choices=Frequency.choices)
    due_quarter = forms.TypedChoiceField(
        label="Due in quarter", choices=[(number, f"Q{number}") for number in range(1, 5)], coerce=int
    )
    roll_up = forms.ChoiceField(
        label="Months and quarters make a year by",
        choices=RollUp.choices,
        help_text="Incidents add up; for a share or a headcount take the latest.",
    )
    owner = forms.ModelChoiceField(User.objects.none(), label="Owner", required=False, empty_label="Nobody yet")
    agency = forms.ModelChoiceField(Agency.objects.none(), label="Agency", required=False, empty_label="None")
    part_of = forms.ModelChoiceField(
        Indicator.objects.none(),
        label="Part of another KPI",
        required=False,
        empty_label="No",
        help_text="A breakdown, such as one ward, of a KPI that adds up.",
    )
    is_context = forms.BooleanField(
        label="Context: a measure of the area that the partnership does not own", required=False
    )
    not_for_publication = forms.BooleanField(label="Not for publication", required=False)

    def __init__(self, *args: Any, partnership: Partnership, indicator: Indicator | None = None, **kwargs: Any) -> None:
        first = {"polarity": "", "frequency": Frequency.QUARTER, "due_quarter": 4}
        kwargs.setdefault("initial", self.initial_of(indicator) if indicator else first)
        super().__init__(*args, **kwargs)
        named = indicator or Indicator()  # whom and what it names already is offered still: left, archived or not
        owners = User.objects.working_in(partnership) | User.objects.filter(pk=named.owner_id)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
        agencies = partnership.agencies.filter(Q(archived_at=None) | Q(pk=named.agency_id))
        wholes = partnership.indicators.filter(Q(archived_at=None, part_of=None) | Q(pk=named.part_of_id))
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        self.fields["part_of"].queryset = wholes.exclude(pk=named.pk)  # type: ignore[attr-defined]
        if indicator is None:
            del self.fields["reason"]
            self.make_once()
            self.fields["polarity"].choices = [("", "Select which way is better"), *Polarity.choices]  # type: ignore[attr-defined]
            self.fields["polarity"].error_messages["required"] = "Select which way is better"
        else:
            self.fields["reason"].help_text = ONCE_RATED
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        measured = Fieldset(
            Div("unit", Field("rate_per", context={"shows_when": "unit:rate"}), "decimals", css_class="app-columns"),
            Div(
                "frequency",
                Field("due_quarter", context={"shows_when": f"frequency:{Frequency.YEAR},{Frequency.ONE_OFF}"}),
                "roll_up",
                css_class="app-columns",
            ),
            "polarity",
            legend="How it is measured",
            legend_size="m",
        )
        kept = Fieldset(
            Div("owner", "agency", css_class="app-columns"),
            "part_of",
            "is_context",
            "not_for_publication",
            legend="Who keeps it",
            legend_size="m",
        )
        reason = ["reason"] if "reason" in self.fields else []
        return Layout("name", "reference", "definition", "why", "source", measured, kept, *reason)

    @staticmethod
    def initial_of(indicator: Indicator) -> dict[str, Any]:
        """The row as the form shows it."""
        names = [name for name in IndicatorForm.base_fields if name not in ("reason", "owner", "agency", "part_of")]
        rows = {name: getattr(indicator, f"{name}_id") for name in ("owner", "agency", "part_of")}
        return {name: getattr(indicator, name) for name in names} | rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("unit") == Unit.RATE and not cleaned.get("rate_per") and "rate_per" not in self.errors:
            self.add_error("rate_per", "Enter how many the rate is per, such as 1000")
        return cleaned


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


class ArchiveForm(TrackerForm):
    """Why a KPI is archived or restored, and which of the two the page has offered: sent twice it is done once."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": "3"}))
    to = forms.ChoiceField(choices=[("archive", "Archive"), ("restore", "Restore")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, initial={"to": "restore" if indicator.archived_at else "archive"}, **kwargs)


class RateAgainForm(VersionedForm):
    """Why a figure is rated again."""

    reason = forms.CharField(label="Reason for rating it again", widget=forms.Textarea(attrs={"rows": "3"}))

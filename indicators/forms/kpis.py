"""Forms for what a KPI is, who keeps it and whether it is in use."""

from typing import Any

from crispy_forms_gds.layout import Div, Field, Fieldset, Layout
from django import forms
from django.db.models import Q

from csp_tracker.formfields import TrackerForm
from csp_tracker.models import Agency, Partnership, User
from indicators.forms.shared import VersionedForm
from indicators.models import Indicator
from indicators.values import Frequency, Polarity, RollUp, Unit

ONCE_RATED = "Needed once the KPI has figures, where you change how it is measured."


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


class ArchiveForm(TrackerForm):
    """Why a KPI is archived or restored, and which of the two the page has offered: sent twice it is done once."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": "3"}))
    to = forms.ChoiceField(choices=[("archive", "Archive"), ("restore", "Restore")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, initial={"to": "restore" if indicator.archived_at else "archive"}, **kwargs)

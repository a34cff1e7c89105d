"""The form for one action: everything the plan says about it."""

from calendar import month_name
from typing import Any

from crispy_forms_gds.layout import Div, Field, Fieldset, Fixed, Size
from django import forms

from actions.forms.shared import EditForm, agencies_of, in_order_of, kpis_of, leaders_of
from actions.models import Action, Plan
from actions.values import (
    CLOSED_STATUSES,
    ActionStatus,
    DatePrecision,
    PlanStatus,
    Recurrence,
    TimescaleKind,
)
from csp_tracker.formfields import DateInputField
from csp_tracker.models import Agency, User
from indicators.models import Indicator

CLOSED = ",".join(CLOSED_STATUSES)
COLUMNS = (
    "version", "reference", "text", "expected_outcome", "timescale", "timescale_kind", "starts_on", "due_on",
    "due_precision", "recurrence", "recurs_month", "recurs_day", "status", "completed_on", "closed_on",
    "closed_reason", "lead_agency", "lead_officer", "lead_text", "resources", "place", "not_for_publication",
)  # fmt: skip
PRECISIONS = {
    DatePrecision.DAY: "That very day",
    DatePrecision.MONTH: "Some time in that month",
    DatePrecision.QUARTER: "Some time in that quarter",
    DatePrecision.YEAR: "Some time in that year",
}


def words(label: str, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """A box for some lines of words that may stay empty."""
    kwargs.setdefault("required", False)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def shown_when(name: str, condition: str, **context: Any) -> Field:
    """A field that hides, where scripts run, until another has one of the named values."""
    return Field(name, context={"shows_when": condition, **context})


class ActionForm(EditForm):
    """One action. Lead, supporters and KPIs are chosen from the plan's own partnership."""

    text = words("Action", 4, required=True, error_messages={"required": "Enter the action"})
    reference = forms.CharField(label="Reference", max_length=30)
    expected_outcome = words("Expected outcome")
    timescale = words("Timescale, in the plan’s words", 2, help_text="For example, “Ongoing – diary of events”")
    timescale_kind = forms.ChoiceField(
        label="What the timescale amounts to",
        choices=TimescaleKind,
        widget=forms.RadioSelect,
        initial=TimescaleKind.BY_DATE,
    )
    starts_on = DateInputField(label="Starts", required=False)
    due_on = DateInputField(label="Due", help_text="The last day it allows, for example 31 3 2026", required=False)
    due_precision = forms.ChoiceField(
        label="How exact the due date is", choices=list(PRECISIONS.items()), initial=DatePrecision.DAY, required=False
    )
    date_reason = words("Why does the due date change?", 2, help_text="Only if it does. Kept with the old date.")
    recurrence = forms.ChoiceField(label="Comes round", choices=[("", "Not said"), *Recurrence.choices], required=False)
    recurs_day = forms.IntegerField(label="On day", min_value=1, max_value=31, required=False)
    recurs_month = forms.TypedChoiceField(
        label="In month",
        choices=[("", "Not said"), *((number, month_name[number]) for number in range(1, 13))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    status = forms.ChoiceField(
        label="Status", choices=ActionStatus, widget=forms.RadioSelect, initial=ActionStatus.NOT_STARTED
    )
    completed_on = DateInputField(label="Completed on", required=False)
    closed_on = DateInputField(label="Closed on", required=False)
    closed_reason = words("Why it was closed", 2)
    lead_agency = forms.ModelChoiceField(
        label="Lead agency", queryset=Agency.objects.none(), required=False, empty_label="None yet"
    )
    lead_officer = forms.ModelChoiceField(
        label="Lead officer", queryset=User.objects.none(), required=False, empty_label="Nobody yet"
    )
    lead_text = words("Lead, as the plan writes it", 2)
    supporters = forms.ModelMultipleChoiceField(
        label="Supporting agencies", queryset=Agency.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    indicators = forms.ModelMultipleChoiceField(
        label="KPIs the action is judged by",
        queryset=Indicator.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    resources = words("Resources", 2)
    place = forms.CharField(label="Place", max_length=255, required=False)
    not_for_publication = forms.BooleanField(label="Leave this action out of public papers", required=False)

    def __init__(self, *args: Any, plan: Plan, thing: Action | None = None, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, is_new=thing is None, **kwargs)
        self._offer_own(plan, thing)
        if thing is None:
            self.fields["reference"].required = False
            self.fields["reference"].help_text = "Leave empty for the next one"
        if thing is None or plan.status == PlanStatus.DRAFT:
            del self.fields["date_reason"]
        self.lay_out(
            "text",
            Field.text("reference", field_width=Fixed.TEN),
            "expected_outcome",
            Fieldset(*self._timescale(), legend="Timescale", legend_size=Size.MEDIUM),
            Fieldset(
                Field("status", context={"radios_small": True}),
                shown_when("completed_on", f"status:{ActionStatus.COMPLETE}"),
                shown_when("closed_on", f"status:{CLOSED}"),
                shown_when("closed_reason", f"status:{CLOSED}"),
                legend="Where it stands",
                legend_size=Size.MEDIUM,
            ),
            Fieldset(
                "lead_agency",
                "lead_officer",
                "lead_text",
                Field("supporters", context={"checkboxes_small": True}),
                legend="Who",
                legend_size=Size.MEDIUM,
            ),
            Fieldset(
                Div(Field("indicators", context={"checkboxes_small": True}), css_class="app-choices"),
                "resources",
                "place",
                "not_for_publication",
                legend="More",
                legend_size=Size.MEDIUM,
            ),
        )

    def _timescale(self) -> list[Any]:
        recurring = f"timescale_kind:{TimescaleKind.RECURRING}"
        return [
            "timescale",
            Field("timescale_kind", context={"radios_small": True}),
            Div("starts_on", "due_on", css_class="app-columns"),
            "due_precision",
            *(["date_reason"] if "date_reason" in self.fields else []),
            shown_when("recurrence", recurring),
            shown_when("recurs_day", recurring),
            shown_when("recurs_month", recurring),
        ]

    def _offer_own(self, plan: Plan, action: Action | None) -> None:
        """Offer this partnership's people, agencies and KPIs, and whatever the action names already."""
        partnership = plan.partnership
        supporting = list(action.support.values_list("agency", flat=True)) if action else []
        measured = list(action.indicator_links.values_list("indicator", flat=True)) if action else []
        self.order_now = {"supporters": supporting, "indicators": measured}
        for name, queryset in {
            "lead_agency": agencies_of(partnership, action.lead_agency_id if action else None),
            "lead_officer": leaders_of(partnership, action.lead_officer if action else None),
            "supporters": agencies_of(partnership, *supporting),
            "indicators": kpis_of(partnership, measured),
        }.items():
            self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    @staticmethod
    def values_of(action: Action) -> dict[str, Any]:
        """The action as the form shows it."""
        values = {name: getattr(action, name) for name in COLUMNS}
        links = action.support.select_related("agency"), action.indicator_links.select_related("indicator")
        return values | {
            "supporters": [link.agency for link in links[0]],
            "indicators": [link.indicator for link in links[1]],
        }

    def clean(self) -> dict[str, Any]:
        """Say in the form's words, beside the box, what the database would refuse."""
        cleaned = super().clean() or self.cleaned_data
        starts_on, due_on, status = cleaned.get("starts_on"), cleaned.get("due_on"), cleaned.get("status")
        if cleaned.get("timescale_kind") == TimescaleKind.BY_DATE and not due_on and "due_on" not in self.errors:
            self.add_error("due_on", "Enter the date the action is due")
        if starts_on and due_on and due_on < starts_on:
            self.add_error("due_on", "The due date must not be before the start date")
        if status == ActionStatus.COMPLETE and not cleaned.get("completed_on") and "completed_on" not in self.errors:
            self.add_error("completed_on", "Enter the date it was completed")
        if status in CLOSED_STATUSES:
            if not cleaned.get("closed_on") and "closed_on" not in self.errors:
                self.add_error("closed_on", "Enter the date it was closed")
            if not cleaned.get("closed_reason", "").strip():
                self.add_error("closed_reason", "Say why it was closed")
        for name, now in self.order_now.items():
            if name in cleaned:
                cleaned[name] = in_order_of(now, cleaned[name])
        if not due_on:
            cleaned["due_precision"] = ""
        if cleaned.get("timescale_kind") != TimescaleKind.RECURRING:
            cleaned |= {"recurrence": "", "recurs_day": None, "recurs_month": None}
        return cleaned

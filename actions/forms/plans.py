"""Forms for a plan, its priorities and objectives, and where their parts stand."""

from typing import Any

from crispy_forms_gds.layout import Div, Field, Fixed, Layout
from django import forms
from django.db.models import Q, QuerySet

from actions.forms.shared import EditForm, in_order_of, kpis_of, leaders_of
from actions.models import Action, Objective, Plan, Priority
from actions.values import PlanStatus
from csp_tracker.formfields import DateInputField, TrackerForm
from csp_tracker.models import Partnership, User
from indicators.models import Indicator

STATUS_HINTS = {
    PlanStatus.DRAFT: "Draft: only managers and administrators see it",
    PlanStatus.ACTIVE: "Active: every member sees it and updates are asked for",
    PlanStatus.CLOSED: "Closed: it is read, not updated",
}


class PlanForm(EditForm):
    """A plan's title, period, status and marking."""

    title = forms.CharField(label="Title", max_length=255)
    starts_on = DateInputField(label="First day", help_text="For example, 1 4 2025")
    ends_on = DateInputField(label="Last day", help_text="For example, 31 3 2026")
    period_is_right = forms.BooleanField(label="I have checked the first and last day", required=False)
    status = forms.ChoiceField(
        label="Status", choices=list(STATUS_HINTS.items()), widget=forms.RadioSelect, initial=PlanStatus.DRAFT
    )
    marking = forms.CharField(
        label="Handling marking",
        help_text="Printed on every paper, for example OFFICIAL",
        max_length=60,
        required=False,
    )
    previous = forms.ModelChoiceField(
        label="This plan follows",
        help_text="The plan before it. Then you can say which of its actions go on in this one.",
        queryset=Plan.objects.none(),
        required=False,
        empty_label="None, or not kept here",
        error_messages={"invalid_choice": "Choose an earlier plan from the list"},
    )
    both_follow = forms.BooleanField(label="Both plans follow it", required=False)

    def __init__(self, *args: Any, partnership: Partnership, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, is_new=plan is None, **kwargs)
        named = plan or Plan()  # the previous plan it names already is offered still, whatever became of it
        earlier = Q(archived_at=None, starts_on__lt=plan.starts_on) if plan else Q(archived_at=None)
        offered = partnership.plans.filter(earlier | Q(pk=named.previous_id))
        self.fields["previous"].queryset = offered  # type: ignore[attr-defined]
        asks = plan is not None and plan.period_is_inferred
        if not asks:
            del self.fields["period_is_right"]
        shares = self._names_one_with_another_follower(offered, plan)
        if not shares:
            del self.fields["both_follow"]
        self.lay_out(
            "title",
            Div("starts_on", "ends_on", css_class="app-columns"),
            *(["period_is_right"] if asks else []),
            "status",
            Field.text("marking", field_width=Fixed.TWENTY),
            "previous",
            *(["both_follow"] if shares else []),
        )

    def _names_one_with_another_follower(self, offered: QuerySet[Plan], plan: Plan | None) -> bool:
        """Whether a plan has just been chosen that another one follows already: only then it is asked."""
        key = str(self.data.get(self.add_prefix("previous"), ""))
        if not key.isascii() or not key.isdigit() or len(key) > 18 or (plan and str(plan.previous_id) == key):
            return False
        others = Plan.objects.filter(previous__in=offered.filter(pk=int(key)), archived_at=None)
        return (others.exclude(pk=plan.pk) if plan else others).exists()

    @staticmethod
    def values_of(plan: Plan) -> dict[str, Any]:
        """The plan as the form shows it."""
        names = ("version", "title", "starts_on", "ends_on", "status", "marking", "previous")
        return {name: getattr(plan, name) for name in names}

    def clean(self) -> dict[str, Any]:
        """Say in the form's words what the database would refuse."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last <= first:
            self.add_error("ends_on", "The last day must come after the first day")
        if cleaned.pop("period_is_right", False):
            cleaned["period_is_inferred"] = False
        return cleaned


class PriorityForm(EditForm):
    """A priority's number, title, responsible group and lead, and the KPIs by which it is judged as a whole."""

    number = forms.CharField(label="Number", max_length=20, required=False)
    title = forms.CharField(label="Title", widget=forms.Textarea(attrs={"rows": 2}))
    group = forms.CharField(label="Group responsible", help_text="In the plan’s words", max_length=255, required=False)
    lead = forms.ModelChoiceField(label="Lead", queryset=User.objects.none(), required=False, empty_label="Nobody yet")
    indicators = forms.ModelMultipleChoiceField(
        label="KPIs the priority is judged by",
        help_text="As a whole. A KPI of one action is chosen where the action is edited.",
        queryset=Indicator.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, plan: Plan, thing: Priority | None = None, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, is_new=thing is None, **kwargs)
        self.fields["lead"].queryset = leaders_of(plan.partnership, thing.lead if thing else None)  # type: ignore[attr-defined]
        if thing is None:
            self.fields["number"].help_text = "Leave empty for the next one"
        self.measured = [one.pk for one in self.initial.get("indicators", ())]
        self.fields["indicators"].queryset = kpis_of(plan.partnership, self.measured)  # type: ignore[attr-defined]
        kpis = Div(Field("indicators", context={"checkboxes_small": True}), css_class="app-choices")
        self.lay_out(Field.text("number", field_width=Fixed.FIVE), "title", "group", "lead", kpis)

    @staticmethod
    def values_of(priority: Priority) -> dict[str, Any]:
        """The priority as the form shows it."""
        values = {name: getattr(priority, name) for name in ("version", "number", "title", "group", "lead")}
        links = priority.indicator_links.select_related("indicator")
        return values | {"indicators": [link.indicator for link in links]}

    def clean_indicators(self) -> list[Indicator]:
        """In the order they have; new ones at the end."""
        return in_order_of(self.measured, self.cleaned_data["indicators"])


class ObjectiveForm(EditForm):
    """An objective's number and text."""

    number = forms.CharField(label="Number", max_length=20, required=False)
    text = forms.CharField(label="Objective", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, plan: Plan, thing: Objective | None = None, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, is_new=thing is None, **kwargs)
        if thing is None:
            self.fields["number"].help_text = "Leave empty for the next one"
        self.lay_out(Field.text("number", field_width=Fixed.FIVE), "text")

    @staticmethod
    def values_of(objective: Objective) -> dict[str, Any]:
        """The objective as the form shows it."""
        return {name: getattr(objective, name) for name in ("version", "number", "text")}


class ReasonForm(TrackerForm):
    """Why something is archived, restored or renumbered."""

    reason = forms.CharField(
        label="Reason",
        help_text="Kept in the history.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter the reason"},
    )

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if plan.status == PlanStatus.DRAFT:
            self.fields["reason"].required = False
            self.fields["reason"].help_text = "Optional while the plan is a draft."


class PlaceForm(ReasonForm):
    """Where a part of the plan is moved to: one of the places of its kind, but not where it stands now."""

    under = forms.ModelChoiceField(
        label="Where to?",
        queryset=Priority.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose where it goes"),
    )

    def __init__(self, *args: Any, plan: Plan, thing: Objective | Action, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, **kwargs)
        places: QuerySet
        if isinstance(thing, Objective):
            kind, places = "priority", plan.priorities.open().exclude(pk=thing.priority_id)
        else:
            inside = Objective.objects.open().filter(priority__plan=plan, priority__archived_at=None)
            places = inside.exclude(pk=thing.objective_id).order_by("priority__position", "position")
            kind = "objective"
        self.fields["under"].queryset = places  # type: ignore[attr-defined]
        if not places:
            self.fields["under"].help_text = f"The plan has no other {kind} yet. Add one first."
        self.helper.layout = Layout(Field("under", context={"radios_small": True}), "reason")

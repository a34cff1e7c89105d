"""Forms for giving many actions a lead at once, and for handing one person's work to another."""

from collections import Counter
from typing import Any

from crispy_forms_gds.layout import Field, Layout
from django import forms

from actions.forms.shared import agencies_of, leaders_of
from actions.models import Action, Priority
from actions.services.shared import KEEP
from actions.values import CLOSED_STATUSES, ActionStatus, PlanStatus
from csp_tracker.formfields import TrackerForm
from csp_tracker.models import Agency, Partnership, User

LEAVE, NONE, REPLACE = "", "none", "replace"


class AssignForm(TrackerForm):
    """What the ticked actions are given; what is left as it is stays."""

    lead_agency = forms.ChoiceField(label="Lead agency", required=False)
    lead_officer = forms.ChoiceField(label="Lead officer", required=False)
    supporters_how = forms.ChoiceField(
        label="Supporting agencies",
        choices=[(LEAVE, "Leave as they are"), (REPLACE, "Replace with those ticked below")],
        widget=forms.RadioSelect,
        required=False,
        initial=LEAVE,
    )
    supporters = forms.MultipleChoiceField(
        label="New supporting agencies",
        help_text="Tick none to take all away",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies: dict[str, Agency] = {str(agency.pk): agency for agency in agencies_of(partnership)}
        self.people: dict[str, User] = {str(person.pk): person for person in leaders_of(partnership)}
        agencies = [(key, agency.name) for key, agency in self.agencies.items()]
        people = [(key, person.name) for key, person in self.people.items()]
        for name, choices, nobody in (("lead_agency", agencies, "None"), ("lead_officer", people, "Nobody")):
            self.fields[name].choices = [(LEAVE, "Leave as it is"), (NONE, nobody), *choices]  # type: ignore[attr-defined]
        self.fields["supporters"].choices = agencies  # type: ignore[attr-defined]
        self.helper.layout = Layout(
            "lead_agency",
            "lead_officer",
            Field("supporters_how", context={"radios_small": True}),
            Field("supporters", context={"checkboxes_small": True, "shows_when": f"supporters_how:{REPLACE}"}),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a form that asks for nothing; give the service its own values."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        how, supporters = cleaned.pop("supporters_how"), cleaned["supporters"]
        cleaned["supporters"] = [self.agencies[key] for key in supporters] if how == REPLACE else KEEP
        for name, found in (("lead_agency", self.agencies), ("lead_officer", self.people)):
            cleaned[name] = {LEAVE: KEEP, NONE: None}.get(cleaned[name], found.get(cleaned[name]))
        if all(value is KEEP for value in cleaned.values()):
            self.add_error("lead_agency", "Choose a lead agency, a lead officer or supporting agencies to set")
        return cleaned


class HandOverForm(TrackerForm):
    """Whose open work goes to whom."""

    from_person = forms.ModelChoiceField(
        label="From",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select whose work it is"),
    )
    to_person = forms.ModelChoiceField(
        label="To",
        queryset=User.objects.none(),
        empty_label="Choose a person",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Select who takes the work over"),
    )

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        work = self.work = open_work(partnership)
        giver, taker = self.fields["from_person"], self.fields["to_person"]
        giver.queryset = User.objects.filter(pk__in=work).order_by("name", "pk")  # type: ignore[attr-defined]
        giver.label_from_instance = lambda person: f"{person.name} ({work[person.pk]})"  # type: ignore[attr-defined]
        taker.queryset = leaders_of(partnership)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Work is handed from one person to another."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("from_person") and cleaned.get("from_person") == cleaned.get("to_person"):
            self.add_error("to_person", "Choose somebody else to hand the work to")
        return cleaned


def open_work(partnership: Partnership) -> dict[int, str]:
    """Everybody who leads or owns something open in the partnership, members or not, with what, in words."""
    ended = (ActionStatus.COMPLETE, *CLOSED_STATUSES)
    in_open_plans = {"plan__partnership": partnership, "plan__status__in": (PlanStatus.DRAFT, PlanStatus.ACTIVE)}
    actions = Action.objects.open().filter(lead_officer__isnull=False, **in_open_plans).exclude(status__in=ended)
    priorities = Priority.objects.open().filter(lead__isnull=False, **in_open_plans)
    kpis = partnership.indicators.open().filter(owner__isnull=False)
    held = {
        "action": Counter(actions.values_list("lead_officer", flat=True)),
        "priority": Counter(priorities.values_list("lead", flat=True)),
        "KPI": Counter(kpis.values_list("owner", flat=True)),
    }
    people = {person for counts in held.values() for person in counts}
    return {person: ", ".join(_counted(held, person)) for person in people}


def _counted(held: dict[str, Counter], person: int) -> list[str]:
    plurals = {"priority": "priorities"}
    return [
        f"{counts[person]} {noun if counts[person] == 1 else plurals.get(noun, f'{noun}s')}"
        for noun, counts in held.items()
        if counts[person]
    ]

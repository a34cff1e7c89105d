"""Forms that run a quarter: its dates, what part of it is shown, review, lock and leave for one person."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms_gds.layout import Field, Fixed, Layout
from django import forms

from actions.forms.shared import EditForm, leaders_of
from actions.models import Action, Plan, Round
from csp_tracker.fields import QuarterChoiceField
from csp_tracker.formfields import DateInputField, TrackerForm
from csp_tracker.models import User


class RoundForm(EditForm):
    """When a round opens, when updates are due and when the committee meets."""

    quarter = QuarterChoiceField(label="Quarter")
    opens_on = DateInputField(
        label="Opens on", help_text="From this day officers are asked for their updates, and reminded."
    )
    due_on = DateInputField(label="Updates due on", help_text="Who has not submitted by then is reminded again.")
    committee_on = DateInputField(label="Committee meets on (optional)", required=False)

    def __init__(self, data: Any = None, *, plan: Plan, round_: Round | None = None, **kwargs: Any) -> None:
        super().__init__(data, plan=plan, is_new=round_ is None, **kwargs)
        if round_ is not None:
            del self.fields["quarter"]
            self.fields["reason"] = forms.CharField(
                label="Why do the dates change?",
                help_text="Kept in the history.",
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": "Enter why the dates change"},
            )
        else:
            self.fields["quarter"].choices = self._quarters(plan)  # type: ignore[attr-defined]
        named = [name for name in ("quarter", "opens_on", "due_on", "committee_on") if name in self.fields]
        self.lay_out(*named)

    @staticmethod
    def _quarters(plan: Plan) -> list[tuple[str, str]]:
        there = set(plan.rounds.values_list("quarter", flat=True))
        return [(one.code, f"{one} (has a round)" if one in there else str(one)) for one in plan.quarters]

    @staticmethod
    def values_of(round_: Round) -> dict[str, Any]:
        """The round as the form shows it."""
        return {name: getattr(round_, name) for name in ("version", "opens_on", "due_on", "committee_on")}

    def clean(self) -> dict[str, Any]:
        """Say in the form's words what the database would refuse."""
        cleaned = super().clean() or self.cleaned_data
        opens, due, committee = (cleaned.get(name) for name in ("opens_on", "due_on", "committee_on"))
        if opens and due and due < opens:
            self.add_error("due_on", "Updates cannot be due before the round opens")
        if due and committee and committee < due:
            self.add_error("committee_on", "The committee cannot meet before the updates are due")
        return cleaned


class RoundFilterForm(TrackerForm):
    """Which of a round's updates are shown."""

    agency = forms.ChoiceField(label="Agency", required=False)
    officer = forms.ChoiceField(label="Officer", required=False)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, data: Any, **choices: Iterable[tuple[Any, str]]) -> None:
        super().__init__(data)
        for name, offered in choices.items():
            self.fields[name].choices = [("", "All"), *offered]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, str]:
        """What is asked for; nothing of what is not offered."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class ApproveForm(TrackerForm):
    """Agreement to the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    decision = forms.CharField(widget=forms.HiddenInput, initial="approve")


class ReturnForm(TrackerForm):
    """What should change before the update is approved."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    decision = forms.CharField(widget=forms.HiddenInput, initial="return")
    words = forms.CharField(
        label="What should change?",
        help_text="The author gets these words by email and sees them above the form.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=40_000,
        error_messages={"required": "Enter what should change"},
    )


class LockForm(TrackerForm):
    """That the person has read how the round stands, and locks it all the same."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)
    is_sure = forms.BooleanField(
        label="I have read how the round stands. Lock it.",
        label_suffix="",
        error_messages={"required": "Tick the box to lock the quarter"},
    )


class UnlockForm(TrackerForm):
    """Who may change one action's update again, until when and why."""

    person = forms.ModelChoiceField(
        label="Who may change it", queryset=User.objects.none(), empty_label="Choose a person"
    )
    until = DateInputField(label="Until the end of", help_text="From the day after, it is closed again.")
    reason = forms.CharField(
        label="Why is it opened again?",
        help_text="Kept in the history.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=40_000,
        error_messages={"required": "Enter why it is opened again"},
    )

    def __init__(self, data: Any = None, *, action: Action, today: date, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        self.fields["person"].queryset = leaders_of(action.plan.partnership)  # type: ignore[attr-defined]
        self.fields["person"].error_messages |= {"required": "Select who may change it"}
        self.helper.layout = Layout(
            Field.select("person"), "until", Field.textarea("reason", rows=3, field_width=Fixed.THIRTY)
        )
        self.make_once()

    def clean_until(self) -> date:
        """A leave that is over already would open nothing."""
        until = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError("Choose today or a later day")
        return until

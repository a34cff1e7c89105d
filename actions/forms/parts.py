"""The parts of an update's form beside words, light and figures, each about one thing and laid out by itself.

`ProgressUpdateForm` takes their fields in, lets each check what was typed, and hands what each says to the services.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms

from actions.models import Action
from actions.services.beside import NewDate
from actions.values import DatePrecision, TimescaleKind
from csp_tracker.formfields import DateInputField, TrackerForm


class Part(Protocol):
    """One part of the form: its fields, where they stand, what must be so, and what they say."""

    #: By which the template finds its layout, and the argument of `Beside` that it gives.
    name: str

    def fields(self) -> Mapping[str, forms.Field]:
        """Its fields with what is so now as their first values; their names are its own."""

    def layout(self) -> Layout:
        """Where they stand."""

    def check(self, form: TrackerForm) -> None:
        """Add an error to what cannot be so, once every field has been read by itself."""

    def said(self, given: Mapping[str, Any]) -> Any:
        """What the person says, from the cleaned fields, as `Beside` takes it; None where they say nothing."""


class DueDatePart:
    """Another due date, and why: the first one stays on record."""

    name = "due_date"

    def __init__(self, action: Action) -> None:
        self.action = action

    @property
    def is_asked(self) -> bool:
        """Whether the action has a date that could move."""
        return self.action.timescale_kind == TimescaleKind.BY_DATE or self.action.due_on is not None

    def fields(self) -> Mapping[str, forms.Field]:
        """The new date, the reason and the date that was shown."""
        if not self.is_asked:
            return {}
        return {
            "due_on": DateInputField(
                label="New due date", help_text="Only if it moves, for example 30 9 2026", required=False
            ),
            "date_reason": forms.CharField(
                label="Why does the date move?",
                help_text="Kept in the history beside the old date.",
                widget=forms.Textarea(attrs={"rows": "2"}),
                required=False,
                max_length=4_000,
            ),
            "due_was": forms.DateField(widget=forms.HiddenInput, initial=self.action.due_on, required=False),
        }

    def layout(self) -> Layout:
        """The date and the reason below it."""
        if not self.is_asked:
            return Layout()
        return Layout(
            Field("due_on", context={"legend_size": Size.for_legend(Size.SMALL)}),
            Field.textarea("date_reason", label_size=Size.SMALL, rows=2),
            "due_was",
        )

    def check(self, form: TrackerForm) -> None:
        """A new date needs its reason, and lies where the action can end."""
        given, due_on = form.cleaned_data, form.cleaned_data.get("due_on")
        if due_on is None:
            if given.get("date_reason") and "due_on" not in form.errors:
                form.add_error("due_on", "Enter the new due date, or empty the box that says why it moves")
            return
        starts_on = self.action.starts_on
        if starts_on and due_on < starts_on:
            form.add_error("due_on", f"The new due date must be {starts_on:%-d %B %Y} or later: the action starts then")
        elif due_on == given.get("due_was"):
            form.add_error("due_on", f"The action is due on {due_on:%-d %B %Y} already: enter another date or none")
        if not given.get("date_reason"):
            form.add_error("date_reason", "Enter why the date moves")

    def said(self, given: Mapping[str, Any]) -> NewDate | None:
        """The move, or None where no date was entered."""
        due_on: date | None = given.get("due_on")
        if due_on is None:
            return None
        return NewDate(due_on, DatePrecision.DAY, given["date_reason"], given["due_was"])

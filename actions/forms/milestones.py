"""The milestones of an action: one in a form of its own, and all that are open as a part of an update's form."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from crispy_forms_gds.layout import HTML, Div, Field, Fieldset, Layout, Size
from django import forms

from actions.forms.shared import EditForm
from actions.models import Milestone, Plan
from actions.rag import day_in_words, judged_on
from actions.services.milestones import Tick
from csp_tracker.formfields import DateInputField, TrackerForm
from csp_tracker.periods import Quarter

HINT = '<p class="govuk-hint">Tick what has been reached. It is kept whether you submit or save a draft.</p>'
BOX = re.compile(r"milestone_[0-9]+")


class MilestoneForm(EditForm):
    """One milestone: what is to be reached by when, and on which day it was."""

    text = forms.CharField(
        label="Milestone",
        help_text="What will have been done, for example “Contractor appointed”.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=4_000,
        error_messages={"required": "Enter the milestone"},
    )
    due_on = DateInputField(
        label="Due",
        help_text="The last day it may be reached, for example 30 9 2026",
        error_messages={"required": "Enter the day it is due"},
    )
    done_on = DateInputField(label="Reached on", help_text="Leave empty while it is open.", required=False)

    def __init__(self, *args: Any, plan: Plan, today: date, thing: Milestone | None = None, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, is_new=thing is None, **kwargs)
        self.today = today
        if thing is None:
            del self.fields["done_on"]
        if "reason" in self.fields:
            self.fields["reason"].help_text = "Only if the words or the due date change. Kept in the history."
        self.lay_out(*(name for name in ("text", "due_on", "done_on") if name in self.fields))

    @staticmethod
    def values_of(milestone: Milestone) -> dict[str, Any]:
        """The milestone as the form shows it."""
        return {name: getattr(milestone, name) for name in ("version", "text", "due_on", "done_on")}

    def clean_done_on(self) -> date | None:
        """Today at the latest."""
        done_on = self.cleaned_data["done_on"]
        if done_on is not None and done_on > self.today:
            raise forms.ValidationError("The day it was reached must be today or in the past")
        return done_on


class MilestonesPart:
    """Which milestones were reached, and when: those still open, and those reached since the quarter began."""

    name = "milestones"

    def __init__(self, milestones: Iterable[Milestone], quarter: Quarter, today: date) -> None:
        self.today, self.day = today, judged_on(today, quarter)
        self.asked = [one for one in milestones if one.done_on is None or one.done_on >= quarter.starts_on]

    def fields(self) -> Mapping[str, forms.Field]:
        """For each a box to tick, the day, and what was so when the form was opened."""
        return {name: field for one in self.asked for name, field in self._fields_of(one)}

    def _fields_of(self, one: Milestone) -> Iterable[tuple[str, forms.Field]]:
        late = ", overdue" if one.step.is_overdue(self.day) and one.done_on is None else ""
        yield (
            _box(one),
            forms.BooleanField(
                label=f"Reached: {one.text} (due {day_in_words(one.due_on)}{late})",
                required=False,
                initial=one.done_on is not None,
            ),
        )
        yield (
            f"{_box(one)}_on",
            DateInputField(label=f"Day “{one.step.name}” was reached", required=False, initial=one.done_on or self.day),
        )
        yield f"{_box(one)}_was", forms.DateField(widget=forms.HiddenInput, initial=one.done_on, required=False)

    def layout(self) -> Layout:
        """Each box with its day below it, which is shown, where scripts run, once the box is ticked."""
        if not self.asked:
            return Layout()
        boxes = [self._layout_of(_box(one)) for one in self.asked]
        return Layout(Fieldset(HTML(HINT), *boxes, legend="Milestones", legend_size=Size.SMALL))

    def _layout_of(self, box: str) -> Div:
        day = Field(f"{box}_on", context={"legend_size": Size.for_legend(Size.SMALL), "shows_when": f"{box}:on"})
        return Div(Field.checkbox(box, small=True), day, f"{box}_was")

    def check(self, form: TrackerForm) -> None:
        """What is ticked was reached on a day that is not in the future; the day of what is not ticked is nothing."""
        for one in self.asked:
            name, given = f"{_box(one)}_on", form.cleaned_data
            if not given.get(_box(one)):
                form.errors.pop(name, None)
            elif name in form.errors:
                continue
            elif given.get(name) is None:
                form.add_error(name, f"Enter the day “{one.step.name}” was reached")
            elif given[name] > self.today:
                form.add_error(name, f"The day “{one.step.name}” was reached must be today or in the past")
        if [name for name in form.data if BOX.fullmatch(name) and name not in form.fields]:
            form.add_error(None, "A milestone that you ticked has been taken out of the plan meanwhile")

    def said(self, given: Mapping[str, Any]) -> list[Tick]:
        """Where what is ticked differs from what the person saw."""
        ticks = []
        for one in self.asked:
            done_on = given.get(f"{_box(one)}_on") if given.get(_box(one)) else None
            was = given.get(f"{_box(one)}_was")
            if done_on != was:
                ticks.append(Tick(one.pk, done_on, was))
        return ticks


def _box(one: Milestone) -> str:
    return f"milestone_{one.pk}"

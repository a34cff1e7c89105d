"""The form of an action's update for a quarter, with a box for the figure of each of its KPIs."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms_gds.choices import Choice
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Div, Field, Fixed, Layout, Size
from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from actions.builders import plan_words
from actions.forms.figures import FigureBox, FigureField, describe
from actions.forms.parts import Part
from actions.models import Milestone, Plan, ProgressUpdate
from actions.services.beside import Beside
from actions.services.figures import Figure, FigureRefused
from actions.values import UpdateState
from csp_tracker.formfields import TrackerForm, say_plainly
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.text import clean_text
from indicators.values import Qualifier, ReadingState, Unit

MEANINGS = {
    RAG.RED: "Off track: it will miss its date or its aim unless something changes",
    RAG.AMBER: "At risk: behind, but it can still be put right",
    RAG.GREEN: "On track: going as planned",
    RAG.COMPLETE: "Done: nothing is left to do",
    RAG.NOT_RATED: "It cannot be judged this quarter; say why in the words above",
}
WHEN_OFF_TRACK = f"rag:{RAG.RED},{RAG.AMBER}"
#: What is said in words, ticks and the light: columns of the update.
SAID = (
    "progress", "work_needed", "rag", "rag_reason", "back_on_track", "carry_forward", "not_for_publication",
    "not_for_publication_reason",
)  # fmt: skip


class ProgressUpdateForm(TrackerForm):
    """Words, light and figures. What is demanded depends on the button: a draft may be half-written."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    progress = forms.CharField(
        label="What happened this quarter?",
        help_text="What was done and what came of it. A few sentences are enough.",
        widget=forms.Textarea,
        required=False,
        max_length=40_000,
    )
    work_needed = forms.CharField(
        label="What still needs to be done?",
        help_text="The next steps, who takes them and by when.",
        widget=forms.Textarea,
        required=False,
        max_length=40_000,
    )
    rag = forms.TypedChoiceField(
        label="The light",
        coerce=RAG,
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Select a light from the list"},
    )
    rag_reason = forms.CharField(
        label="Why this light?",
        help_text="Needed for red and amber.",
        widget=forms.Textarea(attrs={"rows": "3"}),
        required=False,
        max_length=40_000,
    )
    back_on_track = forms.CharField(
        label="What would bring it back on track?",
        widget=forms.Textarea(attrs={"rows": "3"}),
        required=False,
        max_length=40_000,
    )
    carry_forward = forms.BooleanField(label="Carry this action forward to the next plan", required=False)
    not_for_publication = forms.BooleanField(label="Leave these words out of public papers", required=False)
    not_for_publication_reason = forms.CharField(
        label="Why are they not for publication?",
        help_text="Members of the partnership read the words and this reason.",
        widget=forms.Textarea(attrs={"rows": "2"}),
        required=False,
        max_length=4_000,
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        plan: Plan,
        update: ProgressUpdate | None = None,
        boxes: Iterable[FigureBox] = (),
        parts: Iterable[Part] = (),
    ) -> None:
        self.boxes, self.parts = list(boxes), list(parts)
        super().__init__(data, files, initial=self._initial(update))
        self.fields["rag"].choices = lights(plan)  # type: ignore[attr-defined]
        typed = update.draft_figures if update else {}
        for box in self.due:
            self._add_figure(box, typed.get(str(box.indicator.pk)))
        figures = [name for name in self.fields if name not in self.base_fields]
        self.order_fields(
            ["version", "progress", "work_needed", *figures]
        )  # as on the page: errors are named in its order
        for part in self.parts:
            self._add(part)
        self.pieces = self._pieces()

    @property
    def due(self) -> list[FigureBox]:
        """The KPIs whose figure is due on this form."""
        return [box for box in self.boxes if box.period is not None]

    @property
    def is_submitting(self) -> bool:
        """Whether the button says that the update is finished."""
        return "submit" in self.data

    def _initial(self, update: ProgressUpdate | None) -> dict[str, Any]:
        if update is None:
            return {"version": 0}
        initial = {name: getattr(update, name) for name in ("version", *SAID)}
        if update.state == UpdateState.DRAFT and update.rag == RAG.NOT_RATED:
            initial["rag"] = None  # nobody has chosen yet
        return initial

    def _add_figure(self, box: FigureBox, typed: dict[str, Any] | None) -> None:
        """The boxes of one KPI with what the draft holds, else with what is on record."""
        reading, unit = box.own_reading, Unit(box.indicator.unit)
        has_figure = reading is not None and reading.value is not None
        shown = typed or {
            "figure": box.words_of(reading) if has_figure else "",
            "awaited": reading is not None and reading.state == ReadingState.AWAITED,
            "note": reading.note if reading else "",
            "reason": "",
            "reading": reading.version if reading else 0,
        }
        self.fields |= {
            box.name_of("figure"): FigureField(
                unit=unit,
                label=f"Figure for {box.period}",
                help_text="Yes or no" if unit == Unit.YES_NO else "",
                initial=shown["figure"],
                required=False,
                max_length=60,
            ),
            box.name_of("awaited"): forms.BooleanField(
                label="Not available yet", initial=shown["awaited"], required=False
            ),
            box.name_of("note"): forms.CharField(
                label="Note on the figure (optional)",
                initial=shown["note"],
                required=False,
                max_length=40_000,
            ),
            box.name_of("reason"): forms.CharField(
                label="Why has the figure changed?",
                help_text="Needed only if you change the figure that has been entered.",
                initial=shown["reason"],
                required=False,
                max_length=40_000,
            ),
            box.name_of("reading"): forms.IntegerField(
                widget=forms.HiddenInput, initial=shown["reading"], required=False, min_value=0
            ),
        }

    def _add(self, part: Part) -> None:
        for name, field in part.fields().items():
            say_plainly(field, str(field.label or name))
            self.fields[name] = field

    @cached_property
    def why_box(self) -> Field:
        """The box that says why, shown with the lights that ask for it."""
        return Field("rag_reason", context={"label_size": Size.for_label(Size.SMALL), "shows_when": WHEN_OFF_TRACK})

    def _pieces(self) -> dict[str, FormHelper]:
        """The form in the parts between which the page shows last quarter's words."""
        pieces = {
            "progress": Layout(Field.textarea("progress", label_size=Size.SMALL, rows=6)),
            "work_needed": Layout(Field.textarea("work_needed", label_size=Size.SMALL, rows=5)),
            "light": Layout(
                Field(
                    "rag", context={"legend_size": Size.for_legend(Size.SMALL), "as_lights": True, "radios_small": True}
                ),
                self.why_box,
                Field(
                    "back_on_track", context={"label_size": Size.for_label(Size.SMALL), "shows_when": WHEN_OFF_TRACK}
                ),
                Field.checkbox("carry_forward", small=True),
                Field.checkbox("not_for_publication", small=True),
                Field(
                    "not_for_publication_reason",
                    context={"label_size": Size.for_label(Size.SMALL), "shows_when": "not_for_publication:on"},
                ),
            ),
        }
        for box in self.due:
            pieces[f"figure_{box.indicator.pk}"] = self._figure_layout(box)
        pieces |= {part.name: part.layout() for part in self.parts}
        return {name: self._helper(layout) for name, layout in pieces.items()}

    def _figure_layout(self, box: FigureBox) -> Layout:
        beside = [Field.text(box.name_of("note"))]
        if box.own_reading and box.own_reading.value is not None:
            beside.append(Field.text(box.name_of("reason")))
        figure = Field.text(box.name_of("figure"), field_width=Fixed.TEN)
        awaited = Field.checkbox(box.name_of("awaited"), small=True)
        return Layout(Div(Div(figure, awaited), Div(*beside), css_class="app-columns"), box.name_of("reading"))

    def _helper(self, layout: Layout) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag, helper.disable_csrf, helper.layout = False, True, layout
        return helper

    def clean(self) -> dict[str, Any]:
        """Demand what a finished update says; a draft may still lack it."""
        given = super().clean() or self.cleaned_data
        if self.is_submitting:
            self._demand("progress", "Enter what happened this quarter")
            self._demand("rag", "Select a light")
            light = given.get("rag")
            if light and light.needs_reason:
                self._demand("rag_reason", f"Enter why the light is {light.label.lower()}")
            if given.get("not_for_publication"):
                self._demand("not_for_publication_reason", "Enter why these words are not for publication")
        for box in self.due:
            self._check_figure(box)
        for part in self.parts:
            part.check(self)
        return given

    def _check_figure(self, box: FigureBox) -> None:
        name = box.name_of("figure")
        figure, awaited = self.cleaned_data.get(name), self.cleaned_data.get(box.name_of("awaited"))
        if figure and awaited:
            self.add_error(name, "Enter a figure or say that it is not available yet, not both")
        elif not self.is_submitting:
            return
        elif (
            name in self.changed_data and self[name].initial and not figure and not awaited and name not in self.errors
        ):
            entered = f"{self[name].initial} has been entered already"
            self.add_error(name, f"{entered}: enter the right figure, or say that it is not available yet")
        elif box.name_of("note") in self.changed_data and not figure and not awaited and name not in self.errors:
            self.add_error(name, "Enter the figure that the note is about, or say that it is not available yet")

    def _demand(self, name: str, sentence: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    @cached_property
    def words(self) -> dict[str, Any]:
        """The arguments of the service."""
        given = {name: self.cleaned_data[name] for name in SAID}
        return given | {
            "version": self.cleaned_data["version"] or 0,
            "rag": self.cleaned_data["rag"] or RAG.NOT_RATED,
            "figures": [figure for box in self.due if (figure := self._figure(box)) is not None],
            "beside": Beside(**{part.name: part.said(self.cleaned_data) for part in self.parts}),
        }

    def _figure(self, box: FigureBox) -> Figure | None:
        """What was entered for one KPI; None where its boxes say what is on record. A draft keeps half of it too."""
        parts = ("figure", "awaited", "note") if self.is_submitting else ("figure", "awaited", "note", "reason")
        entered, awaited = (self.cleaned_data[box.name_of(part)] for part in ("figure", "awaited"))
        if not any(box.name_of(part) in self.changed_data for part in parts):
            return None
        if self.is_submitting and not (entered or awaited):
            return None
        value, qualifier = entered or (None, Qualifier.EXACTLY)
        state = ReadingState.AWAITED if awaited else None
        if box.own_reading and not awaited and box.name_of("figure") not in self.changed_data:
            # The box shows it rounded: a new note must neither round the figure itself nor make it final.
            value, qualifier = box.own_reading.value, Qualifier(box.own_reading.qualifier)
            state = ReadingState(box.own_reading.state)
        return Figure(
            indicator=box.indicator,
            value=value,
            state=state,
            qualifier=qualifier,
            note=self.cleaned_data[box.name_of("note")],
            reason=self.cleaned_data.get(box.name_of("reason"), ""),
            version=self.cleaned_data[box.name_of("reading")] or 0,
            typed=str(self[box.name_of("figure")].value() or "").strip(),
        )

    @property
    def figure_parts(self) -> list[tuple[FigureBox, FormHelper | None]]:
        """Each KPI with the layout of its boxes, None where no figure is due here."""
        return [(box, self.pieces.get(f"figure_{box.indicator.pk}")) for box in self.boxes]

    def describe(self, quarter: Quarter) -> None:
        """Read what stands beside the KPIs' boxes: last quarter's figures and the targets."""
        describe(self.boxes, quarter)

    def ask_why(self, suggested: RAG) -> None:
        """Offer the box for a reason to every light that is not what is suggested."""
        if not suggested.is_rated:
            return
        self.fields["rag_reason"].help_text = (
            f"Needed for red and amber. If you choose any other light than {suggested.label.lower()}, which is "
            "suggested, say here why."
        )
        asks = [light.value for light in RAG if light.needs_reason or light is not suggested]
        self.why_box.context["shows_when"] = f"rag:{','.join(asks)}"

    def differences(self, theirs: ProgressUpdate) -> list[dict[str, Any]]:
        """Where what was typed differs from what somebody else saved meanwhile: label, theirs, mine."""
        pairs = [(self.fields[name].label, getattr(theirs, name), self.words[name]) for name in SAID]
        if not theirs.is_counted:
            mine = {str(figure.indicator.pk): figure.as_typed for figure in self.words["figures"]}
            keys = [(box.indicator, str(box.indicator.pk)) for box in self.due]
            pairs += [(str(kpi), _told(theirs.draft_figures.get(key)), _told(mine.get(key))) for kpi, key in keys]
        return [
            {"label": label, "theirs": _shown(old), "mine": _shown(new)}
            for label, old, new in pairs
            if clean_text(str(old)) != clean_text(str(new))
        ]

    def typed_words(self) -> list[tuple[str, Any]]:
        """What stands in the boxes and differs from what they came with: the label and the words of each."""
        names = [name for name in self.changed_data if not self[name].is_hidden]
        return [(str(self.fields[name].label), _as_typed(self[name].value())) for name in names]

    def take_over(self, version: int) -> None:
        """Let the same words be saved over the version the person is shown now."""
        self._post("version", version)

    def see_date(self, due_on: date | None) -> None:
        """Let the date be moved from what it is now, which the person is shown."""
        self._post("due_was", due_on or "")

    def see_milestone(self, milestone: Milestone) -> None:
        """The same for when a milestone was reached."""
        self._post(f"milestone_{milestone.pk}_was", milestone.done_on or "")

    @property
    def has_new_date(self) -> bool:
        """Whether anything stands in the boxes of the new due date."""
        return any(self.data.get(f"due_on_{part}") for part in range(3))

    def empty(self, *names: str) -> None:
        """Let boxes come back empty, files among them: what was in them has been kept."""
        for name in names:
            self._post(name, "")
        self.files = MultiValueDict({name: kept for name, kept in self.files.lists() if name not in names})

    def _post(self, name: str, value: object) -> None:
        """Put a value into what was posted, as if the person had sent it."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data[name] = str(value)
        self.data = data

    def put_in(self, name: str, words: str) -> None:
        """Add words to what was typed in a box, unless they stand in it already."""
        typed = str(self.data.get(name, "")).replace("\r\n", "\n").strip()
        if words.strip() not in typed:
            self._post(name, "\n\n".join(filter(None, (typed, words.strip()))))

    def refuse_figure(self, refused: FigureRefused) -> None:
        """Show why a figure was refused; where somebody else entered one, let the person decide again."""
        box = next(box for box in self.due if box.indicator == refused.figure.indicator)
        if refused.reading is None:
            part = "reason" if refused.is_for_a_reason else "figure"
            self.add_error(box.name_of(part), refused.messages_of_figure)
            return
        theirs = refused.reading
        self._post(box.name_of("reading"), theirs.version)
        box.reading = theirs
        self.pieces[f"figure_{box.indicator.pk}"] = self._helper(self._figure_layout(box))
        words = (
            f"{theirs.entered_by} entered {box.words_of(theirs)} while you were writing. "
            "Say why yours is right, or empty the box to keep theirs"
        )
        self.add_error(box.name_of("figure"), words)


class UnchangedForm(TrackerForm):
    """One click: words and light are as they were; and why."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    why_unchanged = forms.CharField(
        label="Why has nothing changed?",
        help_text="One line is enough, such as “Waiting for the grant decision in May”.",
        max_length=500,
        error_messages={"required": "Enter why nothing has changed"},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="unchanged_%s", **kwargs)
        self.helper.disable_csrf = True
        self.helper.layout = Layout("version", Field.text("why_unchanged", label_size=Size.SMALL))


def _told(typed: dict[str, Any] | None) -> str:
    """What a draft holds for one KPI, in words."""
    if typed is None:
        return ""
    figure = "Not available yet" if typed["awaited"] else typed["figure"]
    return "\n".join(filter(None, (figure, typed["note"], typed["reason"])))


def _as_typed(value: Any) -> Any:
    """What stands in one box, in the boxes of a date, or whether one is ticked."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return " ".join(filter(None, value)) if isinstance(value, list) else _shown(value)


def _shown(value: Any) -> Any:
    """A light by its name; everything else as it is."""
    return RAG(value).label if value in RAG.values else value


def lights(plan: Plan) -> list[Choice]:
    """The five lights with what each means, in the plan's own words where its key has some."""
    words, meanings = plan_words(plan), {entry["rag"]: entry.get("meaning") for entry in plan.key}
    return [
        Choice(light.value, words.get(light, light.label), hint=(light in words and meanings[light]) or MEANINGS[light])
        for light in RAG
    ]

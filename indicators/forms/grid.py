"""The grid of a quarter's figures as a form: a cell for each figure that is asked for, and all of them together.

A cell that nobody touched is not looked at, however old the page is. Whether one was touched is known by comparing what
was sent with what the reading said at the version the page carried.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import Truncator

from csp_tracker.formfields import say_plainly
from csp_tracker.periods import Period
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict
from indicators.forms.cells import LONGEST, Typed, cell_as_typed, parse_cell
from indicators.models import Indicator, Reading
from indicators.services import Entry
from indicators.services.entering import Due, as_seen
from indicators.services.words import figure_in_words, target_in_words
from indicators.values import RollUp, Unit

LARGEST_VERSION = 2**31


class WordsField(forms.CharField):
    """Words that are the same words whichever way their lines are broken."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").strip()

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the words are others, spaces around them apart."""
        return self.to_python(initial) != self.to_python(data)


class CellForm(forms.Form):
    """One KPI's figure for one period, or the word for why there is none; with its note, and why it changes."""

    figure = WordsField(label="Figure", required=False, max_length=LONGEST)
    note = WordsField(label="Note", required=False, max_length=2000)
    reason = WordsField(label="Reason for the change", required=False, max_length=500)
    keep = forms.BooleanField(label="Keep what is on record", required=False)

    def __init__(self, data: QueryDict | None = None, *, due: Due, seen: Any = None, version: int = 0) -> None:
        """`seen` is the reading as the page showed it, `version` the one the page carried."""
        self.due, self.version = due, version
        pk, period = due.cell
        said = cell_as_typed(seen, self.unit, self.roll_up) if seen else ""
        initial = {"figure": said, "note": seen.note if seen else ""}
        super().__init__(data, prefix=f"{pk}-{period.code}", initial=initial, use_required_attribute=False)
        self.theirs = False

    @property
    def unit(self) -> Unit:
        return Unit(self.due.indicator.unit)

    @property
    def roll_up(self) -> RollUp:
        return RollUp(self.due.indicator.roll_up)

    @property
    def is_touched(self) -> bool:
        """Whether the person typed something here that is to be saved."""
        changed = self.is_bound and bool({"figure", "note"} & set(self.changed_data))
        return changed and "keep" not in self.changed_data

    @property
    def has_figure(self) -> bool:
        """Whether a figure is on record, which only changes with a reason."""
        return self.due.reading is not None and self.due.reading.value is not None

    @property
    def on_record(self) -> str:
        """What is on record, as a reader expects it."""
        return figure_in_words(self.due.indicator, self.due.reading) if self.due.reading else ""

    @property
    def previous(self) -> str:
        """The figure of the period before."""
        return figure_in_words(self.due.indicator, self.due.previous) if self.due.previous else ""

    @property
    def target(self) -> str:
        """What is aimed at in the period."""
        return target_in_words(self.due.indicator, self.due.target, beside=self.due.period)

    @property
    def name(self) -> str:
        """What the cell is about, where it stands apart from its row."""
        return f"{Truncator(str(self.due.indicator)).chars(60)}, {self.due.period}"

    def clean_figure(self) -> Typed:
        """The figure or the word; nothing is not a word."""
        typed = self.cleaned_data["figure"]
        if not typed:
            what = "the figure" if self.due.reading else "the figure the note is about"
            raise ValidationError(f"Enter {what}, or why there is none: awaited, not available or not due")
        try:
            return parse_cell(typed, self.unit, self.roll_up)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    @property
    def entry(self) -> Entry:
        """What the service is to write."""
        typed: Typed = self.cleaned_data["figure"]
        return Entry(
            self.due.indicator,
            self.due.period,
            value=typed.value,
            state=typed.state,
            qualifier=typed.qualifier,
            version=self.version,
            reason=self.cleaned_data["reason"],
            fields={"note": self.cleaned_data["note"], **typed.parts},
        )

    def refuse(self, error: ValidationError) -> None:
        """Take a service's refusal; somebody else's figure is then shown beside the one typed, and may be kept."""
        if isinstance(error, Conflict):
            reading = cast(Reading, error.theirs)
            self.theirs, self.due = True, replace(self.due, reading=reading if reading.pk else None)
            self.version = self.due.version
        else:
            self.add_error("reason" if getattr(error, "code", "") == "reason" else "figure", error.messages)

    @property
    def conflict(self) -> str:
        """Who saved what in the meantime, beside what was typed."""
        reading = self.due.reading
        if reading is None:
            return "What was here when you opened the page has been taken away."
        theirs = _with_note(self.on_record, reading.note)
        yours = _with_note(self["figure"].value() or "nothing", self["note"].value() or "")
        return f"{reading.entered_by.name} saved {theirs} while you were working. You typed {yours}."

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """Each thing that is wrong, with the id of the box it is about."""
        if self.theirs:
            yield self["figure"].auto_id, f"{self.name}: {self.conflict}"
        for field, errors in self.errors.items():
            for error in errors:
                yield self[field].auto_id, f"{self.name}: {error}"


for _field in CellForm.base_fields.values():  # once, not for each of a page's hundred and fifty cells
    say_plainly(_field, str(_field.label))


def _with_note(figure: str, note: str) -> str:
    return f"{figure} with the note “{note}”" if note else figure


@dataclass(frozen=True)
class Row:
    """One KPI of the grid with its cells."""

    indicator: Indicator
    cells: tuple[CellForm, ...]


class Grid:
    """The cells of one page."""

    def __init__(self, dues: Sequence[Due], data: QueryDict | None = None) -> None:
        versions = {due.cell: _version(data, due) for due in dues} if data is not None else {}
        older = as_seen((due, versions[due.cell]) for due in dues if 0 < versions.get(due.cell, 0) < due.version)
        self.cells = [_cell(due, data, versions.get(due.cell, due.version), older) for due in dues]
        self.gone = False

    @property
    def touched(self) -> list[CellForm]:
        """The cells that a person typed in."""
        return [cell for cell in self.cells if cell.is_touched]

    @property
    def entries(self) -> list[Entry]:
        """What is to be written, where it can be read."""
        return [cell.entry for cell in self.touched if cell.is_valid()]

    def is_valid(self) -> bool:
        """Whether every cell that was typed in can be read, and is there still."""
        return not self.gone and all(cell.is_valid() for cell in self.touched)

    def refuse(self, errors: Mapping[tuple[int, Period], ValidationError]) -> None:
        """Show each refusal at its cell, and the other cells as they stand now."""
        for number, cell in enumerate(self.cells):
            if not cell.is_touched:
                self.cells[number] = CellForm(due=cell.due, seen=cell.due.reading, version=cell.due.version)
            elif cell.due.cell in errors:
                cell.refuse(errors[cell.due.cell])

    @property
    def has_conflicts(self) -> bool:
        """Whether somebody else was quicker somewhere."""
        return self.gone or any(cell.theirs for cell in self.cells)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, cell by cell."""
        return [problem for cell in self.cells if cell.is_bound for problem in cell.problems]

    @property
    def total_error_count(self) -> int:
        """For the page's title."""
        return len(self.problems) + self.gone

    @property
    def rows(self) -> list[Row]:
        """The cells KPI by KPI."""
        found: dict[int, list[CellForm]] = {}
        for cell in self.cells:
            found.setdefault(cell.due.indicator.pk, []).append(cell)
        return [Row(cells[0].due.indicator, tuple(cells)) for cells in found.values()]

    @property
    def has_reasons(self) -> bool:
        """Whether a figure is on record anywhere, so that a change of it would need a reason."""
        return any(cell.has_figure for cell in self.cells)


def _version(data: QueryDict, due: Due) -> int:
    """The version the page carried; a made-up one is that of nothing that ever was."""
    pk, period = due.cell
    sent = data.get(f"{pk}-{period.code}-version", "")
    return min(int(sent), LARGEST_VERSION) if sent.isascii() and sent.isdigit() and len(sent) < 12 else LARGEST_VERSION


def _cell(due: Due, data: QueryDict | None, version: int, older: Mapping[tuple[int, Period], Any]) -> CellForm:
    seen = due.reading if version == due.version else older.get(due.cell)
    return CellForm(data, due=due, seen=seen, version=version)


def posted_rows(data: QueryDict) -> list[int]:
    """The KPIs whose rows were on the page."""
    return [int(sent) for sent in data.getlist("rows") if sent.isascii() and sent.isdigit() and len(sent) < 19]

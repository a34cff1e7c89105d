"""One row of a plan's table, seen through the meanings of its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from actions.importing.branches import SourceRow
from actions.importing.columns import Column, Meaning
from actions.importing.joining import without_continued
from actions.importing.labels import Labelled, labelled_row
from actions.importing.legends import LightReader
from csp_tracker.grids import Cell, Row
from csp_tracker.lights import Light, light_before_words, light_in_wrong_column, rag_of_fill
from csp_tracker.text import one_line

NUMBER = re.compile(
    r"[(\[]?(?P<number>[A-Za-z]{0,4}[\s/-]?\d{1,3}(?:[./-]\d{1,3}){0,3}[a-z]?|[A-Za-z]|[ivxIVX]{2,4})[.):\]]*"
)
LONGEST_LIGHT = 255  # longer words are a story, not a light
DASHES = re.compile(r"[\s\-–—_=.*·]*")
TICK = re.compile(r"[xX✓✔√☑☒●•■yY1]|[Yy]es")
NOTE = re.compile(
    r"\s*(?:\*|key\b|notes?\b|n\.?b\.?\b|source\s*:|total\b|page \d+|last (?:updated|reviewed)\b|end of plan\b)",
    re.IGNORECASE,
)
TOTAL = re.compile(r"\s*(?:grand |overall |sub-?\s?)?totals?\b", re.IGNORECASE)
AMOUNT = re.compile(r"[\s£$€\d,.%()+-]*(?:(?<=\d)[kKmM]\b)?(?:\s*[A-Za-z]+){0,2}\s*")  # "16", "£16k", "4 actions"
TOTAL_BEHIND = re.compile(r"[£$€]?\d[\d,.]*[kKmM%]?\s*(?:in )?total", re.IGNORECASE)  # "£16k total"
LONGEST_TOTAL = 40  # "Total number of actions"; longer words may be an action
# A light that strayed is looked for in these only: a green flag is no light, and "Red" may be a place.
STRAY_COLUMNS = frozenset(
    {Meaning.PROGRESS, Meaning.WORK_NEEDED, Meaning.BASELINE, Meaning.COMMENT, Meaning.TIMESCALE, Meaning.UNKNOWN}
)
TELLING = frozenset({Meaning.PROGRESS, Meaning.WORK_NEEDED, Meaning.COMMENT})
NAMING = frozenset({Meaning.NUMBER, Meaning.PRIORITY, Meaning.OBJECTIVE, Meaning.ACTION})

Place = tuple[Column, Cell]


@dataclass(frozen=True)
class Line:
    """The cells of one row under their columns."""

    row: Row
    columns: Sequence[Column]
    reader: LightReader = field(default_factory=LightReader)

    @cached_property
    def places(self) -> list[Place]:
        """Every column with its cell."""
        return [(column, self.row.cells[column.place]) for column in self.columns]

    @cached_property
    def filled(self) -> list[Place]:
        """The columns that hold words, but not the covered places of a merged cell."""
        return [(column, cell) for column, cell in self.places if not cell.is_blank]

    @property
    def source(self) -> SourceRow:
        return SourceRow(self.row.at, {column.heading: cell.text for column, cell in self.filled})

    @property
    def words(self) -> str:
        """All cells of the row, to be shown as one."""
        return " | ".join(one_line(cell.text) for _, cell in self.filled)

    @property
    def first_words(self) -> str:
        return self.filled[0][1].text.strip() if self.filled else ""

    @property
    def is_blank(self) -> bool:
        """Nothing in it, or only dashes."""
        return all(DASHES.fullmatch(cell.text) for _, cell in self.filled)

    def text(self, meaning: Meaning) -> str:
        """The words under the first column with that meaning."""
        return next((cell.text.strip() for column, cell in self.places if column.meaning is meaning), "")

    def has(self, meaning: Meaning) -> bool:
        return any(column.meaning is meaning for column in self.columns)

    def is_under_merge(self, meaning: Meaning) -> bool:
        """Whether the cell is covered by one merged down from above, not by one to its left."""
        return any(column.meaning is meaning and column in self._covered_from_above for column in self.columns)

    @cached_property
    def _covered_from_above(self) -> list[Column]:
        beyond = 0
        covered = []
        for column, cell in self.places:
            if cell.column_span > 1:
                beyond = column.place + cell.column_span
            elif cell.is_covered and column.place >= beyond:
                covered.append(column)
        return covered

    @cached_property
    def number(self) -> str:
        """The number at the head of the row, "7.5" of "7.5 (Cont /d)"; blank where there is none."""
        words, _ = without_continued(one_line(self.text(Meaning.NUMBER)))
        found = NUMBER.fullmatch(words)
        return found["number"] if found else ""

    @cached_property
    def is_marked_continued(self) -> bool:
        """ "Cont/d" behind the number or the objective."""
        return any(without_continued(one_line(self.text(one)))[1] for one in (Meaning.NUMBER, Meaning.OBJECTIVE))

    @cached_property
    def labelled(self) -> list[Labelled]:
        """ "Progress: patrols began", where the row holds nothing but such words."""
        return [] if self.number or self.light else labelled_row(self.filled)

    @cached_property
    def light(self) -> Light | None:
        """What the columns for lights say, or a light that stands alone in the wrong column."""
        own = self._own_light
        return own[1] if own else (self.stray[1] if self.stray else None)

    @cached_property
    def _own_light(self) -> tuple[Column, Light] | None:
        """That of the latest column that says something."""
        found = [(column, light) for column, cell in self.places if (light := self.light_in(column, cell)) is not None]
        return max(found, key=lambda one: (one[0].recency, one[0].place), default=None)

    def light_in(self, column: Column, cell: Cell) -> Light | None:
        """What one cell of a column for lights says."""
        if column.is_tinted and cell.column_span == 1 and len(self.filled) > 1:
            rag = rag_of_fill(cell.fill)
            return Light(rag, "") if rag else None
        if column.meaning is not Meaning.RAG or not column.recency or len(cell.text) > LONGEST_LIGHT:
            return None
        if column.colour and TICK.fullmatch(cell.text.strip()):
            return self.reader.read(column.colour.capitalize())
        return self.reader.read(cell.text, cell.fill)

    @property
    def light_column(self) -> Column | None:
        """Where the light was found."""
        if self._own_light:
            return self._own_light[0]
        return self.stray[0] if self.stray else None

    @cached_property
    def stray(self) -> tuple[Column, Light] | None:
        """A light in the wrong column, where the right one says nothing."""
        if self._own_light is not None:
            return None
        for column, cell in self.filled:
            light = light_in_wrong_column(cell.text) if column.meaning in STRAY_COLUMNS else None
            if light is not None:
                return column, self.reader.read(cell.text) or light
        return self._before_words

    @property
    def light_is_beside_words(self) -> bool:
        """The cell with the light says something else as well: its colour is the light, or its first word."""
        column = self.light_column
        return column is not None and (
            column.is_tinted or (self.stray is not None and self.stray == self._before_words)
        )

    @property
    def _before_words(self) -> tuple[Column, Light] | None:
        """A light before the words of how it goes, which stay where they are."""
        for column, cell in self.filled:
            light = light_before_words(cell.text) if column.meaning in TELLING else None
            if light is not None:
                return column, self.reader.read(light.as_stated) or light
        return None

    @property
    def light_fill(self) -> str:
        """The colour behind the light."""
        found = self.light_column
        return next((cell.fill for column, cell in self.places if column is found), "")

    @property
    def spans_the_table(self) -> bool:
        """One cell merged over most of the columns."""
        return any(2 * cell.column_span > len(self.columns) for _, cell in self.filled)

    @property
    def ends_early(self) -> bool:
        """Only the columns that name things are filled, and the table has others."""
        others = {column.meaning for column in self.columns} - NAMING
        return bool(others) and {column.meaning for column, _ in self.filled} <= NAMING

    @property
    def is_note(self) -> bool:
        """A single remark beside the table's own rows, or a total of its figures."""
        if self.number or not self.filled:
            return False
        if len(self.filled) == 1:
            words = self.first_words
            return bool(NOTE.match(words) or TOTAL.match(words) or TOTAL_BEHIND.fullmatch(words))
        is_total = bool(TOTAL.match(self.first_words)) and len(self.first_words) <= LONGEST_TOTAL
        return is_total and all(_is_amount(cell.text) for _, cell in self.filled[1:])


def _is_amount(text: str) -> bool:
    """A number, with its unit perhaps, or a dash for none; words alone are no amount."""
    return bool(DASHES.fullmatch(text)) or (any(map(str.isdigit, text)) and bool(AMOUNT.fullmatch(text)))

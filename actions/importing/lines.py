"""One row of a plan's table, seen through the meanings of its columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from actions.importing.branches import SourceRow
from actions.importing.columns import Column, Meaning
from actions.importing.joining import without_continued
from actions.importing.lights import Light, light_in_wrong_column, read_light
from csp_tracker.grids import Cell, Row
from csp_tracker.text import one_line

NUMBER = re.compile(r"[(\[]?(?P<number>[A-Za-z]{0,3}\s?\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?)[.):\]]*")
SECTION_WORDS = re.compile(
    r"(?:strategic\s+)?(?:priority|theme|aim|workstream)\s*(?:no\.?\s*)?(?P<number>\d{1,2}|[A-Z])\b[\s.:)–-]*(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_LIGHT = LONGEST_GROUP = 255  # longer words are a story, not a light and not who answers for a priority
DASHES = re.compile(r"[\s\-–—_=.*·]*")
NOTE = re.compile(r"\s*(?:\*|key\b|note\b|notes\b|n\.?b\.?\b|source\s*:|total\b)", re.IGNORECASE)
# A light that strayed is looked for in these only: a green flag is no light, and "Red" may be a place.
STRAY_COLUMNS = frozenset(
    {Meaning.PROGRESS, Meaning.WORK_NEEDED, Meaning.BASELINE, Meaning.COMMENT, Meaning.TIMESCALE, Meaning.UNKNOWN}
)


@dataclass(frozen=True)
class Line:
    """The cells of one row under their columns."""

    row: Row
    columns: Sequence[Column]

    def __iter__(self) -> Iterator[tuple[Column, Cell]]:
        return zip(self.columns, self.row.cells, strict=True)

    @cached_property
    def filled(self) -> list[tuple[Column, Cell]]:
        """The columns that hold words, but not the covered places of a merged cell."""
        return [(column, cell) for column, cell in self if not cell.is_blank]

    @property
    def source(self) -> SourceRow:
        return SourceRow(self.row.at, {column.heading: cell.text for column, cell in self.filled})

    @property
    def words(self) -> str:
        """All cells of the row, to be shown as one."""
        return " | ".join(one_line(cell.text) for _, cell in self.filled)

    @property
    def is_blank(self) -> bool:
        """Nothing in it, or only dashes."""
        return all(DASHES.fullmatch(cell.text) for _, cell in self.filled)

    def text(self, meaning: Meaning) -> str:
        """The words under the first column with that meaning."""
        return next((cell.text.strip() for column, cell in self if column.meaning is meaning), "")

    def has(self, meaning: Meaning) -> bool:
        return any(column.meaning is meaning for column in self.columns)

    def is_under_merge(self, meaning: Meaning) -> bool:
        """Whether the cell is covered by one merged down from above."""
        return any(column.meaning is meaning and cell.is_covered for column, cell in self)

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
    def light(self) -> Light | None:
        """What the column for lights says, or a light that stands alone in the wrong column."""
        own = self._own_light
        return own or (self.stray[1] if self.stray else None)

    @cached_property
    def _own_light(self) -> Light | None:
        for column, cell in self:
            if column.meaning is Meaning.RAG and len(cell.text) <= LONGEST_LIGHT:
                return read_light(cell.text, cell.fill)
        return None

    @cached_property
    def stray(self) -> tuple[Column, Light] | None:
        """A light in the wrong column, where the right one says nothing."""
        if self._own_light is not None:
            return None
        for column, cell in self.filled:
            light = light_in_wrong_column(cell.text) if column.meaning in STRAY_COLUMNS else None
            if light is not None:
                return column, light
        return None

    @property
    def light_fill(self) -> str:
        """The colour behind the light."""
        wanted = self.stray[0].heading if self.stray else None
        cells = ((column.heading if wanted else column.meaning, cell) for column, cell in self)
        return next((cell.fill for place, cell in cells if place == (wanted or Meaning.RAG)), "")

    def section(self, *, numbers_have_parts: bool) -> tuple[str, str, str] | None:
        """Number, group and title, where the row is the head of a priority: nothing is filled beyond its title.

        "3." is the head of a priority only in a plan that numbers its rows 3.1, 3.2.
        """
        if self.light is not None or not self.filled:
            return None
        texts = [
            one_line(cell.text)
            for column, cell in self.filled
            if not (self.number and column.meaning is Meaning.NUMBER)
        ]
        spans = self._spans_the_table
        worded = SECTION_WORDS.fullmatch(self.filled[0][1].text.strip()) if len(self.filled) == 1 else None
        if worded is not None:
            return worded["number"], "", one_line(worded["title"]) or one_line(self.filled[0][1].text)
        whole = numbers_have_parts and bool(self.number) and "." not in self.number
        if not (whole or (spans and not NOTE.match(self.filled[0][1].text))) or not 1 <= len(texts) <= 2:
            return None
        if whole and not spans and not self._ends_early:
            return None
        if len(texts) == 2 and len(texts[0]) <= LONGEST_GROUP:
            return self.number, texts[0], texts[1]
        return self.number, "", " ".join(texts)

    @property
    def _spans_the_table(self) -> bool:
        """One cell merged over most of the columns."""
        return any(2 * cell.column_span > len(self.columns) for _, cell in self.filled)

    @property
    def _ends_early(self) -> bool:
        """Only the columns that name things are filled, and the table has others."""
        naming = {Meaning.NUMBER, Meaning.PRIORITY, Meaning.OBJECTIVE, Meaning.ACTION}
        others = {column.meaning for column in self.columns} - naming
        return bool(others) and {column.meaning for column, _ in self.filled} <= naming

    @property
    def is_note(self) -> bool:
        """A single remark beside the table's own rows."""
        return len(self.filled) == 1 and bool(NOTE.match(self.filled[0][1].text)) and not self.number

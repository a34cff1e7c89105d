"""Where the headings of a table of KPIs stand: below titles, over one row or two, and sometimes again further down."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csp_tracker.grids import Row
from csp_tracker.text import one_line
from indicators.importing.meanings import FIGURES, LONGEST_HEADING, Meaning, claims_of, plain, read_columns

FEWEST_HEADINGS = 3
SURE = 5
LOOKED_AT = 40  # rows: further down there are notes, not headings
FIGURE_ALONE = re.compile(r"[-+£\u2212]?[\d,.]*\d\s?%?")
YEAR_ALONE = re.compile(r"(?:19|20)\d\d")
NAMES = {Meaning.NAME, Meaning.REFERENCE}
RATED = FIGURES | {Meaning.RAG}


@dataclass(frozen=True)
class Headings:
    """The headings of a table, and the rows they stand in, as places in the list of rows."""

    texts: tuple[str, ...]
    first: int
    last: int

    def is_repeated_in(self, row: Row) -> bool:
        """Whether a row says the same again, as it does at the top of every page."""
        texts = [plain(text) for text in texts_of(row)]
        return any(texts) and all(
            not text or text == plain(heading) or text in plain(heading).split(" ", 1) or plain(heading).endswith(text)
            for text, heading in zip(texts, self.texts, strict=True)
        )


def texts_of(row: Row) -> list[str]:
    """The words of each cell, on one line."""
    return [one_line(cell.text) for cell in row.cells]


def find_headings(
    rows: Sequence[Row], start: int = 0, *, at: int | None = None, decided: Mapping[str, Meaning] | None = None
) -> Headings | None:
    """The first headings from `start` on; a person may have said which row they stand in, and what they mean."""
    for index in range(start, min(len(rows), start + LOOKED_AT)):
        if rows[index].number == at or (at is None and is_heading(texts_of(rows[index]), decided)):
            return _with_neighbours(rows, index, start)
    return None


def is_heading(texts: Sequence[str], decided: Mapping[str, Meaning] | None = None) -> bool:
    """A column that names KPIs, one with figures or lights, and half of the cells known words."""
    words = [text for text in texts if text]
    if len(words) < FEWEST_HEADINGS or any(_is_no_heading(text) for text in words):
        return False
    columns = read_columns(texts, decided)
    meanings = {column.meaning for column in columns if column.sure >= SURE}
    sure = sum(
        column.sure >= SURE or max(claims_of(text)[0].values(), default=0) >= SURE
        for column, text in zip(columns, texts, strict=True)
        if text
    )
    return bool(meanings & NAMES) and bool(meanings & RATED) and 2 * sure >= len(words)


def _is_no_heading(text: str) -> bool:
    """A sentence, or a figure that is not a year."""
    return len(text) > LONGEST_HEADING or (FIGURE_ALONE.fullmatch(text) is not None and not YEAR_ALONE.fullmatch(text))


def _with_neighbours(rows: Sequence[Row], index: int, start: int) -> Headings:
    """The row with what stands above its columns ("2024/25") or divides them ("Actual", "Target", "RAG")."""
    texts, first, last = texts_of(rows[index]), index, index
    if index > start and _spans_columns(rows[index - 1], texts):
        texts, first = _composed(rows[index - 1], texts), index - 1
    if index + 1 < len(rows) and _divides_columns(rows[index + 1], texts):
        texts, last = _composed(rows[index], texts_of(rows[index + 1]), texts), index + 1
    return Headings(tuple(texts), first, last)


def _spans_columns(row: Row, below: Sequence[str]) -> bool:
    """Whether a row is a second row of headings: words that name a period or a kind of figure over later columns."""
    places = [position for position, cell in enumerate(row.cells) if not cell.is_blank]
    names = [position for position, text in enumerate(below) if set(claims_of(text)[0]) & NAMES]
    if not places or not names or places[0] <= min(names):
        return False
    read = [claims_of(row.cells[position].text) for position in places]
    return all(below[position] for position in places) and any(claims or when.kind for claims, when in read)


def _divides_columns(row: Row, above: Sequence[str]) -> bool:
    """Whether a row under the headings divides them: nothing under the name, known words under the others."""
    words = [(position, one_line(cell.text)) for position, cell in enumerate(row.cells) if not cell.is_blank]
    names = {position for position, text in enumerate(above) if set(claims_of(text)[0]) & NAMES}
    if len(words) < 2 or any(position in names for position, _ in words):
        return False
    return all(len(text) <= LONGEST_HEADING and any(claims_of(text)[0]) for _, text in words)


def _composed(upper: Row, lower: Sequence[str], otherwise: Sequence[str] = ()) -> list[str]:
    """ "Quarter 1" above "Target" as "Quarter 1 Target"; words above reach over merged cells, or blank ones."""
    composed: list[str] = []
    reaching, is_merged_until = "", 0
    for position, cell in enumerate(upper.cells):
        if not cell.is_blank:
            reaches = cell.column_span > 1 or bool(lower[position])
            reaching = one_line(cell.text) if reaches else ""
            is_merged_until = position + cell.column_span
            over = one_line(cell.text)
        elif position < is_merged_until or (lower[position] and reaching and _is_divided(lower[position])):
            over = reaching
        else:
            over, reaching = "", ""
        if not over and otherwise:
            over = otherwise[position]
        composed.append(one_line(f"{over} {lower[position]}"))
    return composed


def _is_divided(text: str) -> bool:
    """Whether words are of the kind that stands below a period: "Q2", "Actual", "Target", "RAG"."""
    claims, when = claims_of(text)
    kinds = {Meaning.FIGURE, Meaning.TARGET, Meaning.RAG, Meaning.TREND, Meaning.COMMENT}
    return bool(when.kind) or bool(set(claims) & kinds)

"""Where the headings of a table stand: in any row near its top, over one row or two."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from actions.importing.columns import is_heading_row, known_meanings
from actions.importing.dictionary import MONTHS, claims_of, plain_heading
from csp_tracker.grids import Row
from csp_tracker.lights import COLOURS, LETTERS
from csp_tracker.text import one_line

ROWS_ABOVE_HEADINGS = 30
ROWS_TO_A_BETTER_ONE = 6  # what looks like headings above the headings: "Priority: … Lead: …"
SURELY_BETTER = 2
LONGEST_SUB_HEADING = 60
SURE = 5
MONTH = rf"(?:{MONTHS})[a-z]*"
PERIOD = re.compile(
    rf"^(?:q(?:uarter|tr)? ?[1-4]|(?:19|20)\d\d(?: \d\d(?:\d\d)?)?|{MONTH}(?: (?:to )?{MONTH})?(?: \d\d(?:\d\d)?)?)$"
)
# A table inside a table has other headings; a row of data with two such words by chance has not.
FEWEST_OF_A_NEW_TABLE = 3
CORE_WORDS = re.compile(
    r"\b(?:actions?|tasks?|activit|objectives?|outcomes?|priorit|themes?|aims?|what|how|recommendations?|projects?"
    r"|interventions?|deliverables?)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Headings:
    """One or two rows of headings, by index, with the words over each column."""

    start: int
    end: int
    texts: tuple[str, ...]


def find_headings(rows: Sequence[Row]) -> Headings | None:
    """The headings below any titles: the first that will do, unless much better ones follow closely."""
    for index in range(min(len(rows), ROWS_ABOVE_HEADINGS)):
        found = headings_at(rows, index)
        if found is not None:
            return max([found, *_better(rows, found)], key=lambda one: len(known_meanings(one.texts)))
    return None


def headings_at(rows: Sequence[Row], index: int) -> Headings | None:
    """The headings that begin in that row, if any do."""
    both = _over_two_rows(rows, index)
    if both is not None and is_heading_row(both):
        below = _texts(rows[index + 1])
        is_banner = is_heading_row(below) and len(set(below)) == len(below)  # "Planning" over "Action" and "Lead"
        return None if is_banner else Headings(index, index + 2, both)
    texts = _texts(rows[index])
    return Headings(index, index + 1, texts) if is_heading_row(texts) else None


def new_headings_at(rows: Sequence[Row], index: int) -> Headings | None:
    """The headings of a further table inside the same sheet; asked of every row, so what cannot be is told quickly."""
    texts = [text for text in _texts(rows[index]) if text.strip()]
    if len(texts) < FEWEST_OF_A_NEW_TABLE or max(map(len, texts)) > LONGEST_SUB_HEADING:
        return None
    if not CORE_WORDS.search(" ".join(texts)):
        return None
    found = headings_at(rows, index)
    sure = sum(max(claims_of(text).values(), default=0) >= SURE for text in texts)
    is_sure = found is not None and len(known_meanings(found.texts)) >= FEWEST_OF_A_NEW_TABLE
    return found if is_sure and 3 * sure >= 2 * len(texts) else None


def decided_headings(rows: Sequence[Row], number: int) -> Headings | None:
    """The headings in the row that a person named, and in the next one where that only parts them."""
    for index, row in enumerate(rows):
        if row.number == number:
            both = _over_two_rows(rows, index)
            return Headings(index, index + 2, both) if both else Headings(index, index + 1, _texts(row))
    return None


def _better(rows: Sequence[Row], first: Headings) -> Iterator[Headings]:
    known = len(known_meanings(first.texts))
    for index in range(first.end, min(len(rows), first.end + ROWS_TO_A_BETTER_ONE)):
        found = headings_at(rows, index)
        if found is not None and len(known_meanings(found.texts)) >= known + SURELY_BETTER:
            yield found


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.cells)


def _over_two_rows(rows: Sequence[Row], index: int) -> tuple[str, ...] | None:
    """ "Quarter 1" over "Progress" and "RAG" are two headings, "Quarter 1 Progress" and "Quarter 1 RAG"."""
    if index + 1 >= len(rows):
        return None
    upper, lower = rows[index], rows[index + 1]
    below = [one_line(cell.text) for cell in lower.cells]
    if sum(not cell.is_blank for cell in upper.cells) < 2 or sum(map(bool, below)) < 2:
        return None
    if not all(_is_sub_heading(text) for text in below if text):
        return None
    above, is_grouped = _labels(upper, below)
    if not is_grouped:
        return None
    return tuple(
        one_line(f"{over} {under}") if over != under else over for over, under in zip(above, below, strict=True)
    )


def _labels(upper: Row, below: Sequence[str]) -> tuple[list[str], bool]:
    """The upper words over each column, those of a group over all of its columns; and whether there is any group."""
    labels = [one_line(cell.text) for cell in upper.cells]
    is_grouped = False
    for place, cell in enumerate(upper.cells):
        if cell.is_blank:
            is_grouped = is_grouped or bool(below[place])
            continue
        end = place + cell.column_span
        if below[place]:  # without merged cells the group runs on over blank ones
            while end < len(labels) and not labels[end] and below[end] and not upper.cells[end].is_covered:
                end += 1
        labels[place:end] = [labels[place]] * (end - place)
    return labels, is_grouped


def _is_sub_heading(text: str) -> bool:
    plain = plain_heading(text)
    is_light = plain in COLOURS or plain in LETTERS
    is_known = is_light or bool(PERIOD.match(plain)) or max(claims_of(text).values(), default=0) >= SURE
    return is_known and len(text) <= LONGEST_SUB_HEADING

"""One sheet of a workbook as its file has it: cells by their places, merges, links, what is hidden.

The file is walked once and only what is within a plan's size is kept, so that neither a cell at the sheet's far end nor
a merge of all of it makes anything large.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from csp_tracker.grids.cells import GridRefused
from csp_tracker.grids.excel_styles import S, number
from csp_tracker.grids.limits import (
    BLANK_ROWS,
    LARGEST_COLUMNS,
    LARGEST_MERGED_AREA,
    LARGEST_MERGES,
    LARGEST_ROWS,
)
from csp_tracker.grids.package import Element
from csp_tracker.text import clean_text

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LINK = re.compile(r'\s*HYPERLINK\(\s*"([^"]*)"', re.IGNORECASE)
ALPHABET = 26

Place = tuple[int, int]  # row and column, from 1


class Held(NamedTuple):
    """What the file has for one cell."""

    kind: str = "n"  # n number, d date, b truth, anything else words
    words: str = ""
    style: int = 0


@dataclass
class Sheet:
    """Everything of one sheet that is within a plan's size."""

    title: str
    cells: dict[Place, Held] = field(default_factory=dict)
    merges: dict[Place, Place] = field(default_factory=dict)  # where each begins → the rows and columns it spans
    links: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 0
    not_computed: int = 0  # formulas whose result the file does not hold
    not_read_from: int = 0  # the first row with words behind too many without

    def covered(self) -> set[Place]:
        """The places under a merged cell other than its first."""
        return {
            (row, column)
            for (first_row, first_column), (rows, columns) in self.merges.items()
            for row in range(first_row, first_row + rows)
            for column in range(first_column, first_column + columns)
            if (row, column) != (first_row, first_column)
        }


def read_sheet(title: str, root: Element, *, strings: Sequence[str], addresses: Mapping[str, str]) -> Sheet:
    """Walk the sheet's tree; `strings` are the workbook's shared words, `addresses` those of the sheet's links."""
    sheet = Sheet(title)
    _Walk(sheet, strings, addresses).through(root)
    _measure(sheet)
    _clip_merges(sheet)
    return sheet


def words_in(element: Element | None) -> str:
    """The words of a shared or inline text in all its fonts, without the readings of Japanese."""
    if element is None:
        return ""
    plain = element.findtext(f"{S}t") or ""
    if plain and len(element) == 1:
        return tidy(plain)
    return tidy(plain + "".join(one.text or "" for one in element.iterfind(f"{S}r/{S}t")))


def tidy(words: str) -> str:
    """The lines that hold words, with the characters that Excel writes as their numbers."""
    if "_x" in words:
        words = ESCAPED.sub(lambda found: chr(int(found[1], 16)), words)
    if words.isprintable():  # most are, and this is far quicker than looking
        return words.strip()
    lines = clean_text(words).strip().split("\n")
    return "\n".join(line.rstrip() for line in lines if line.strip())


def letters(column: int) -> str:
    """“C” for 3, “AB” for 28."""
    shown = ""
    while column:
        column, rest = divmod(column - 1, ALPHABET)
        shown = chr(ord("A") + rest) + shown
    return shown


def placed(text: str | None) -> Place | None:
    """Row and column of “C12”."""
    found = PLACE.fullmatch(text or "")
    if not found:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * ALPHABET + ord(letter) - ord("A") + 1
    return int(found[2]), column


@dataclass
class _Walk:
    sheet: Sheet
    strings: Sequence[str]
    addresses: Mapping[str, str]
    row: int = 0
    merged_area: int = 0

    def through(self, root: Element) -> None:
        for row in root.iterfind(f"{S}sheetData/{S}row"):
            self._row(row)
        for column in root.iterfind(f"{S}cols/{S}col"):
            self._column(column)
        for merge in root.iterfind(f"{S}mergeCells/{S}mergeCell"):
            self._merge(merge)
        for link in root.iterfind(f"{S}hyperlinks/{S}hyperlink"):
            self._link(link)

    def _row(self, row: Element) -> None:
        self.row = number(row.get("r")) or self.row + 1
        if row.get("hidden") in {"1", "true"}:
            self.sheet.hidden_rows.add(self.row)
        column = 0
        for cell in row.iterfind(f"{S}c"):
            place = placed(cell.get("r")) or (self.row, column + 1)
            column = place[1]
            self._cell(place, cell)

    def _cell(self, place: Place, cell: Element) -> None:
        kind, formula, words = cell.get("t") or "n", cell.findtext(f"{S}f"), self._words(cell)
        if formula is not None:
            self.sheet.not_computed += not words and kind != "str"  # which may well come to no words
            if link := LINK.match(formula):
                self.sheet.links[place] = link[1]
        is_near = place[0] <= LARGEST_ROWS and place[1] <= LARGEST_COLUMNS
        if words and not is_near:
            self._refuse_far(place)
        style = number(cell.get("s"))
        if is_near and (words or style):
            self.sheet.cells[place] = Held(kind, words, style)

    def _words(self, cell: Element) -> str:
        kind, value = cell.get("t"), cell.findtext(f"{S}v") or ""
        if kind == "s":
            return self.strings[int(value)] if value else ""
        return words_in(cell.find(f"{S}is")) if kind == "inlineStr" else tidy(value)

    def _refuse_far(self, place: Place) -> None:
        if place[0] > LARGEST_ROWS:
            raise GridRefused(
                f"The sheet “{self.sheet.title}” has words below row {LARGEST_ROWS:,}: keep the rows of the plan."
            )
        raise GridRefused(
            f"The sheet “{self.sheet.title}” has words beyond column {LARGEST_COLUMNS}: keep those of the plan."
        )

    def _column(self, column: Element) -> None:
        if column.get("hidden") in {"1", "true"}:
            first, last = number(column.get("min")), min(number(column.get("max")), LARGEST_COLUMNS)
            self.sheet.hidden_columns.update(range(first, last + 1))

    def _merge(self, merge: Element) -> None:
        first, _, last = (merge.get("ref") or "").partition(":")
        begins, ends = placed(first), placed(last or first)
        if begins is None or ends is None or ends < begins:
            return
        rows, columns = ends[0] - begins[0] + 1, max(1, ends[1] - begins[1] + 1)
        if begins[0] <= LARGEST_ROWS and begins[1] <= LARGEST_COLUMNS:
            self.sheet.merges[begins] = (rows, columns)
            self.merged_area += min(rows, LARGEST_ROWS) * min(columns, LARGEST_COLUMNS)
        if (
            rows * columns > LARGEST_MERGED_AREA
            or self.merged_area > LARGEST_MERGED_AREA
            or len(self.sheet.merges) > LARGEST_MERGES
        ):
            raise GridRefused(
                f"The sheet “{self.sheet.title}” merges far more cells than a plan has: undo those merges in a copy."
            )

    def _link(self, link: Element) -> None:
        place = placed((link.get("ref") or "").partition(":")[0])
        if place and (address := self.addresses.get(link.get(f"{R}id") or "")):
            self.sheet.links[place] = address


def _measure(sheet: Sheet) -> None:
    """The last row and column with words in them: formats alone often reach to the end of the sheet."""
    rows = sorted({place[0] for place in _with_words(sheet)})
    last = 0
    for row in rows:
        if row - last > BLANK_ROWS + 1 and last:
            sheet.not_read_from = row
            break
        last = row
    sheet.last_row = last
    sheet.last_column = max((place[1] for place in _with_words(sheet) if place[0] <= last), default=0)


def _with_words(sheet: Sheet) -> Iterator[Place]:
    return (place for place, held in sheet.cells.items() if held.words)


def _clip_merges(sheet: Sheet) -> None:
    """Keep of every merge the part that is read."""
    sheet.merges = {
        (row, column): (min(rows, sheet.last_row - row + 1), min(columns, sheet.last_column - column + 1))
        for (row, column), (rows, columns) in sheet.merges.items()
        if row <= sheet.last_row and column <= sheet.last_column
    }

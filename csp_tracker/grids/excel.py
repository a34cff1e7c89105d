"""A workbook as grids: one for each visible sheet, values as they stand and as the sheet shows them."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from csp_tracker.grids.cells import COVERED, Cell, CellValue, Document, Grid, GridRefused, Row
from csp_tracker.grids.colours import seen
from csp_tracker.grids.excel_formats import is_date, moment, shown_moment, shown_number
from csp_tracker.grids.excel_sheet import Held, Place, Sheet, letters, read_sheet, words_in
from csp_tracker.grids.excel_styles import S, Style, read_styles
from csp_tracker.grids.limits import BLANK_ROWS, LARGEST_SHEETS
from csp_tracker.grids.links import with_address
from csp_tracker.grids.package import Package, Relation
from csp_tracker.grids.tally import Tally
from csp_tracker.text import clean_text

R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
KEPT_DIGITS = 15  # what Excel shows of a number; the rest is noise of the processor's arithmetic


def read_excel(package: Package, name: str, tally: Tally) -> Document:
    """Formulas give the value Excel last computed. Hidden sheets are named, not read."""
    book = _Book.of(package)
    sheets = list(_sheets(package))
    if len(sheets) > LARGEST_SHEETS:
        raise GridRefused(f"{name} has more than {LARGEST_SHEETS} sheets: keep those of the plan.")
    tally.expected = sum(package.content(part).count(b"<row") for _, part, is_shown in sheets if is_shown)
    grids, notices = [], []
    for title, part, is_shown in sheets:
        if not is_shown:
            notices.append(f"The sheet “{title}” is hidden and was not read.")
            continue
        relations = package.relations(part)
        addresses = {key: one.target for key, one in relations.items() if one.is_outside}
        sheet = read_sheet(title, package.xml(part), strings=book.strings, addresses=addresses)
        grids.append(_grid(sheet, book, tally))
        notices += [*_notices(sheet), *_beside(title, package, relations.values())]
    return Document(name=name, kind="xlsx", grids=tuple(grid for grid in grids if grid.rows), notices=tuple(notices))


@dataclass(frozen=True)
class _Book:
    """What the sheets of a workbook share."""

    styles: list[Style]
    strings: list[str]
    is_from_1904: bool

    @classmethod
    def of(cls, package: Package) -> "_Book":
        main = package.main
        properties = package.xml(main).find(f"{S}workbookPr")
        strings = package.xml(package.related(main, "sharedStrings")).iterfind(f"{S}si")
        return cls(
            styles=read_styles(package.xml(package.related(main, "styles")), package.theme()),
            strings=[words_in(one) for one in strings],
            is_from_1904=properties is not None and properties.get("date1904") in {"1", "true"},
        )

    def style(self, held: Held) -> Style:
        return self.styles[held.style] if held.style < len(self.styles) else Style()

    def read(self, held: Held) -> tuple[str, CellValue]:
        """The words of a cell, and its value where it is more than words."""
        if not held.words:
            return "", None
        if held.kind == "b":
            is_true = held.words == "1"
            return "Yes" if is_true else "No", is_true
        if held.kind == "n":
            return self._number(held.words, self.style(held).number_format)
        if held.kind == "d":
            day = datetime.fromisoformat(held.words)
            return shown_moment(day), day
        return held.words, None

    def _number(self, words: str, code: str) -> tuple[str, CellValue]:
        """A number as its format shows it, so that 1.10 does not become 1.1."""
        number = float(words)
        if not math.isfinite(number):
            return words, None
        if is_date(code) and (when := moment(number, code, from_1904=self.is_from_1904)) is not None:
            return shown_moment(when, code), when if isinstance(when, datetime | time) else None
        exact = Decimal(f"{number:.{KEPT_DIGITS}g}")
        return shown_number(exact, code), exact


def _sheets(package: Package) -> Iterator[tuple[str, str, bool]]:
    """Title, part and whether it is shown, of every sheet of cells; sheets that are one chart have none."""
    relations = package.relations(package.main)
    for one in package.xml(package.main).iterfind(f"{S}sheets/{S}sheet"):
        relation = relations.get(one.get(f"{R}id") or "")
        if relation and relation.kind == "worksheet":
            yield clean_text(one.get("name", "")), relation.target, one.get("state", "visible") == "visible"


def _grid(sheet: Sheet, book: _Book, tally: Tally) -> Grid:
    covered = sheet.covered()
    return Grid(
        name=sheet.title,
        is_named=True,
        rows=tuple(_row(sheet, book, number, covered, tally) for number in range(1, sheet.last_row + 1)),
    )


def _row(sheet: Sheet, book: _Book, number: int, covered: set[Place], tally: Tally) -> Row:
    tally.row()
    at = f"{sheet.title}, row {number}"
    places = ((number, column) for column in range(1, sheet.last_column + 1))
    return Row(
        cells=tuple(COVERED if place in covered else _cell(sheet, book, place, at, tally) for place in places),
        number=number,
        at=at,
        is_hidden=number in sheet.hidden_rows,
    )


def _cell(sheet: Sheet, book: _Book, place: Place, at: str, tally: Tally) -> Cell:
    held = sheet.cells.get(place, Held())
    words, value = book.read(held)
    if place in sheet.links:
        words = with_address(words, sheet.links[place])
    rows, columns = sheet.merges.get(place, (1, 1))
    style = book.style(held)
    return Cell(
        text=tally.text(words, at),
        value=value,
        fill=seen(words, style.fill, style.ink),
        row_span=rows,
        column_span=columns,
    )


def _notices(sheet: Sheet) -> Iterator[str]:
    """What a person who looks at the sheet would not expect: hidden things read, and things not read."""
    where = f"The sheet “{sheet.title}”"
    hidden = sorted({place[1] for place, held in sheet.cells.items() if held.words} & sheet.hidden_columns)
    if hidden:
        columns = "column" if len(hidden) == 1 else "columns"
        yield f"{where} hides the {columns} {_listed(map(letters, hidden))}: read all the same."
    if sheet.not_read_from:
        yield (
            f"{where} goes on in row {sheet.not_read_from:,} after more than {BLANK_ROWS} empty rows: "
            "what stands from there on was not read."
        )
    if sheet.not_computed:
        formulas = "a formula" if sheet.not_computed == 1 else f"{sheet.not_computed:,} formulas"
        yield f"{where} has {formulas} without a result: open the file in Excel, save it and bring it again."


def _beside(title: str, package: Package, relations: Iterable[Relation]) -> Iterator[str]:
    """What stands on the sheet but in none of its cells."""
    if any(one.kind in {"comments", "threadedComment"} for one in relations):
        yield f"The sheet “{title}” has notes fixed to its cells, which were not read."
    if any(one.kind == "drawing" and b"<a:t>" in package.content(one.target) for one in relations):
        yield f"The sheet “{title}” has words in boxes over its cells, which were not read."


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last

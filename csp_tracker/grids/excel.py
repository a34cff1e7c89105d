"""A workbook as grids: one for each visible sheet, values as they stand and as the sheet shows them."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

import openpyxl
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from csp_tracker.grids.cells import Cell, CellValue, Document, Grid, GridRefused, Row
from csp_tracker.text import clean_text

LARGEST_ROWS = 2_000
LARGEST_COLUMNS = 60
LARGEST_SHEETS = 20

Merges = dict[tuple[int, int], tuple[int, int]]


def read_excel(data: bytes, name: str) -> Document:
    """Formulas give the value Excel last computed. Hidden sheets are named, not read."""
    workbook = openpyxl.load_workbook(BytesIO(data), data_only=True, keep_links=False)
    try:
        sheets = workbook.worksheets
        if len(sheets) > LARGEST_SHEETS:
            raise GridRefused(f"{name} has more than {LARGEST_SHEETS} sheets: keep those of the plan.")
        hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
        grids = tuple(_grid(sheet) for sheet in sheets if sheet.sheet_state == "visible")
    finally:
        workbook.close()
    return Document(
        name=name,
        kind="xlsx",
        grids=tuple(grid for grid in grids if grid.rows),
        notices=tuple(f"The sheet “{title}” is hidden and was not read." for title in hidden),
    )


def _grid(sheet: Worksheet) -> Grid:
    last_row, last_column = _extent(sheet)
    merges = _merges(sheet, last_row, last_column)
    covered = {place for anchor, spans in merges.items() for place in _places(anchor, spans)}
    rows = sheet.iter_rows(min_row=1, max_row=last_row, max_col=last_column) if last_row else ()
    title = clean_text(sheet.title)
    return Grid(
        name=title,
        is_named=True,
        rows=tuple(
            Row(
                cells=tuple(
                    _cell(cell, merges.get((number, column), (1, 1)), (number, column) in covered)
                    for column, cell in enumerate(line, start=1)
                ),
                number=number,
                at=f"{title}, row {number}",
                is_hidden=bool(sheet.row_dimensions[number].hidden) if number in sheet.row_dimensions else False,
            )
            for number, line in enumerate(rows, start=1)
        ),
    )


def _extent(sheet: Worksheet) -> tuple[int, int]:
    """The last row and column with words in them: formats alone often reach to the end of the sheet."""
    # The cells that exist, instead of iter_rows, which would make every cell up to a far-off one.
    places = [place for place, cell in sheet._cells.items() if cell.value not in (None, "")]
    last_row, last_column = (max((place[i] for place in places), default=0) for i in (0, 1))
    if last_row > LARGEST_ROWS:
        raise GridRefused(f"The sheet “{sheet.title}” has words below row {LARGEST_ROWS:,}: keep the rows of the plan.")
    if last_column > LARGEST_COLUMNS:
        raise GridRefused(
            f"The sheet “{sheet.title}” has words beyond column {LARGEST_COLUMNS}: keep those of the plan."
        )
    return last_row, last_column


def _merges(sheet: Worksheet, last_row: int, last_column: int) -> Merges:
    """Where merged cells begin, with the rows and columns they span inside the part that is read."""
    return {
        (area.min_row, area.min_col): (
            min(area.max_row, last_row) - area.min_row + 1,
            min(area.max_col, last_column) - area.min_col + 1,
        )
        for area in sheet.merged_cells.ranges
        if area.min_row <= last_row and area.min_col <= last_column
    }


def _places(anchor: tuple[int, int], spans: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """The places under a merged cell other than its first."""
    for row in range(anchor[0], anchor[0] + spans[0]):
        for column in range(anchor[1], anchor[1] + spans[1]):
            if (row, column) != anchor:
                yield row, column


def _cell(cell: SheetCell | MergedCell, spans: tuple[int, int], is_covered: bool) -> Cell:
    value = cell.value
    return Cell(
        text=_shown(value, cell.number_format or "General"),
        value=_typed(value),
        fill=_fill(cell),
        row_span=spans[0],
        column_span=spans[1],
        is_covered=is_covered,
    )


def _typed(value: object) -> CellValue:
    if isinstance(value, bool | datetime | date | time):
        return value
    return Decimal(str(value)) if isinstance(value, int | float) else None


def _shown(value: object, number_format: str) -> str:
    """The words of the cell: a number as its format shows it, so that 1.10 does not become 1.1."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return _shown_number(Decimal(str(value)), number_format)
    if isinstance(value, datetime):
        clock = f" {value:%H:%M}" if value.time() != time() else ""
        return _shown_date(value) + clock
    if isinstance(value, date):
        return _shown_date(value)
    text = clean_text(str(value)).strip()
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def _shown_number(number: Decimal, number_format: str) -> str:
    per_cent = number_format.rstrip().endswith("%")
    shown = number * 100 if per_cent else number
    whole, _, decimals = number_format.rstrip("% ").partition(".")
    if whole in {"0", "#", "#,##0"} and set(decimals) <= {"0"}:
        shown = round(shown, len(decimals))
        text = f"{shown:,.{len(decimals)}f}" if "," in whole else f"{shown:.{len(decimals)}f}"
    else:
        text = f"{shown.normalize():f}"
    return f"{text}%" if per_cent else text


def _shown_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _fill(cell: SheetCell | MergedCell) -> str:
    """A plain fill as six hexadecimal digits; theme colours and patterns are not read."""
    fill = cell.fill
    if fill is None or fill.fill_type != "solid" or fill.fgColor.type != "rgb":
        return ""
    return str(fill.fgColor.rgb)[-6:].upper()

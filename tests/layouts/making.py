"""Word files, workbooks and texts built from rows of cells, the way officers leave them."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.styles import PatternFill

GREEN, AMBER, RED, BLUE = "00B050", "FFC000", "FF0000", "0070C0"
PALE_GREEN, DARK_GREEN = "92D050", "008000"


@dataclass(frozen=True)
class C:
    """A cell that is merged over others, or has a colour."""

    value: Any = ""
    across: int = 1
    down: int = 1
    fill: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet, from a cell of one's choice on; `widths` are not a habit that matters here."""

    rows: list[list[Any]]
    begins: tuple[int, int] = (1, 1)
    hidden_rows: tuple[int, ...] = ()
    state: str = "visible"


def word(*blocks: str | list[list[Any]]) -> bytes:
    """Paragraphs and tables in order."""
    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        else:
            _word_table(document, block)
            document.add_paragraph("")
    return _saved(document)


def _word_table(document: Any, rows: list[list[Any]]) -> None:
    table = document.add_table(len(rows), max(map(_width, rows)))
    for number, row in enumerate(rows):
        place = 0
        for value in row:
            cell = value if isinstance(value, C) else C(value)
            if value is None:  # covered from above
                place += 1
                continue
            target = table.cell(number, place)
            if cell.across > 1 or cell.down > 1:
                target = target.merge(table.cell(number + cell.down - 1, place + cell.across - 1))
            target.text = str(cell.value)
            if cell.fill:
                target._tc.get_or_add_tcPr().append(
                    parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{cell.fill}"/>')
                )
            place += cell.across


def _width(row: list[Any]) -> int:
    return sum(value.across if isinstance(value, C) else 1 for value in row)


def workbook(**sheets: Sheet | list[list[Any]]) -> bytes:
    """Sheets by name; an underscore in a name is a space."""
    return book({name.replace("_", " "): sheet for name, sheet in sheets.items()})


def book(sheets: dict[str, Sheet | list[list[Any]]]) -> bytes:
    """Sheets by name."""
    file = openpyxl.Workbook()
    file.remove(file.active)
    for name, made in sheets.items():
        sheet = made if isinstance(made, Sheet) else Sheet(made)
        _fill_sheet(file.create_sheet(name), sheet)
    return _saved(file)


def _fill_sheet(target: Any, sheet: Sheet) -> None:
    first_row, first_column = sheet.begins
    target.sheet_state = sheet.state
    for number, row in enumerate(sheet.rows, start=first_row):
        place = first_column
        for value in row:
            cell = value if isinstance(value, C) else C(value)
            if value is None:
                place += 1
                continue
            made = target.cell(number, place)
            made.value = cell.value if cell.value != "" else None
            if isinstance(cell.value, date | datetime):
                made.number_format = "dd/mm/yyyy"
            if cell.fill:
                made.fill = PatternFill("solid", fgColor=f"FF{cell.fill}")
            if cell.across > 1 or cell.down > 1:
                target.merge_cells(
                    start_row=number,
                    start_column=place,
                    end_row=number + cell.down - 1,
                    end_column=place + cell.across - 1,
                )
            place += cell.across
    for number in sheet.hidden_rows:
        target.row_dimensions[number].hidden = True


def separated(rows: list[list[str]], *, by: str = ",", encoding: str = "utf-8") -> bytes:
    """Text with quotation marks where they are needed."""

    def cell(text: str) -> str:
        return f'"{text}"' if any(mark in text for mark in (by, "\n")) else text

    return "\r\n".join(by.join(cell(text) for text in row) for row in rows).encode(encoding)


def _saved(file: Any) -> bytes:
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()

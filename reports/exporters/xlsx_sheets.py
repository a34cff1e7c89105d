"""The sheets of a workbook as paper: names, widths of columns, margins, headers and footers, properties."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from csp_tracker.text import one_line
from reports.document import Column, Document, Kind
from reports.exporters import xlsx_room as room
from reports.exporters.xlsx_cells import FONT, POINTS, Filled

COVER, LONG_TEXTS = "Cover", "Long texts"
SHEET_WIDTH = 155.0  # units of width: A4 landscape holds them at nine tenths of full size, 9 points
NARROWEST = {Kind.TEXT: 6.0, Kind.NUMBER: 9.0, Kind.PERCENT: 9.0, Kind.DATE: 20.0, Kind.LIGHT: 12.0}
LONGEST_WORD_KEPT = 20
LONGEST_NAME = 31
LONGEST_HEADING = 250
LONGEST_IN_MARGIN = 70
NOT_IN_NAME = re.compile(r"[\\*?:/\[\]']|[^\x20-\ud7ff]")
RESERVED_NAMES = {"history", COVER.lower(), LONG_TEXTS.lower()}


def new_workbook() -> Workbook:
    """An empty workbook whose unit of width is a digit of Arial 10, as the room of words is reckoned."""
    workbook: Any = Workbook(write_only=True)
    workbook._named_styles["Normal"].font = Font(name=FONT, size=POINTS)
    return workbook


def remove_temporary_files(workbook: Workbook) -> None:
    """Take away what a failed export has written so far: openpyxl itself does so only when the process ends."""
    sheets: Any = workbook.worksheets
    for sheet in sheets:
        if sheet._writer is not None:
            with suppress(FileNotFoundError):
                sheet._writer.cleanup()


class Sheet(WriteOnlyWorksheet):
    """A sheet whose rows are cells with their values.

    openpyxl's own takes anything: it would try each cell as a value first and be refused, which takes a third of the
    time of a file.
    """

    def _values_to_row(self, cells: Iterable[Filled], row: int) -> Iterator[Any]:
        for column, (cell, value) in enumerate(cells, 1):
            cell._value, cell.row, cell.column = value, row, column
            if cell.hyperlink is not None:
                cell.hyperlink.ref = cell.coordinate
            yield cell


@dataclass
class Page:
    """A worksheet as it is written, from the top down, with the widths of its columns."""

    worksheet: Any
    widths: list[float]
    written: int = 0

    def __post_init__(self) -> None:
        self.row = RowDimension(self.worksheet)

    def append(self, cells: list[Filled], lines: int = 1, points: float = 0) -> None:
        """Write one row; its height is forgotten afterwards, so that memory does not grow."""
        self.written += 1
        self.row.height = points or room.height(lines)
        self.worksheet.row_dimensions[self.written] = self.row
        self.worksheet.append(cells)
        del self.worksheet.row_dimensions[self.written]


def new_page(workbook: Any, document: Document, name: str, widths: list[float]) -> Page:
    """A sheet ready to print: A4 landscape, all columns on the page's width, its name and numbers in the margins."""
    worksheet: Any = Sheet(workbook, name)
    workbook._add_sheet(worksheet)
    for at, width in enumerate(widths, 1):
        worksheet.column_dimensions[get_column_letter(at)].width = width
    worksheet.sheet_view.tabSelected = len(workbook.worksheets) == 1
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    worksheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    worksheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    margins = worksheet.page_margins
    margins.left = margins.right = 0.5
    margins.top = margins.bottom = 0.7
    margins.header = margins.footer = 0.3
    _write_margins(worksheet, document)
    return Page(worksheet, widths)


def _write_margins(worksheet: Any, document: Document) -> None:
    header, footer = worksheet.oddHeader, worksheet.oddFooter
    marking = _in_margin(document.marking)
    header.left.text, header.center.text = _in_margin(document.partnership), marking
    header.right.text = _in_margin(document.status)
    footer.left.text, footer.center.text = _in_margin(document.title), marking
    footer.right.text = "Page &P of &N"
    for part in (header.left, header.center, header.right, footer.left, footer.center, footer.right):
        part.size = 9


def _in_margin(words: str) -> str | None:
    """Words for a header or footer: short, since its three parts share 255 characters, and "&" written out."""
    short = textwrap.shorten(one_line(words), LONGEST_IN_MARGIN, placeholder=" …")
    return short.replace("&", "&&") or None


def write_properties(workbook: Workbook, document: Document) -> None:
    """What the file says of itself before it is opened."""
    properties = workbook.properties
    properties.title = document.title
    properties.subject = f"{document.what}, {document.period}"
    properties.creator = properties.lastModifiedBy = document.partnership
    properties.description = document.status
    properties.keywords = document.marking or None
    properties.language = "en-GB"
    properties.created = document.made_at.astimezone(UTC).replace(tzinfo=None)


def widths_of(columns: Iterable[Column]) -> list[float]:
    """Each column's share of the page, but never too narrow for the longest word of its heading."""
    columns = tuple(columns)
    share = SHEET_WIDTH / sum(column.width for column in columns)
    widths = (max(column.width * share, NARROWEST[column.kind], _longest_word(column.heading)) for column in columns)
    return [round(width, 1) for width in widths]


def _longest_word(heading: str) -> float:
    """The width the longest word of a heading takes in bold; a very long one may break."""
    longest = max((len(word) for word in re.split(r"[\s/-]+", heading)), default=0)
    return min(longest, LONGEST_WORD_KEPT) * (1.4 if heading.isupper() else 1.15) + 2


def unique_headings(columns: Iterable[Column]) -> list[str]:
    """Headings on one line, each different from the others as Excel compares them."""
    headings: list[str] = []
    for at, column in enumerate(columns, 1):
        words = one_line(column.heading)[:LONGEST_HEADING] or f"Column {at}"
        headings.append(_unique(words, {other.lower() for other in headings}, LONGEST_HEADING))
    return headings


def sheet_name(name: str, taken: Iterable[str]) -> str:
    """A name Excel accepts for a sheet: short, without its special characters, unlike the others."""
    words = one_line(NOT_IN_NAME.sub(" ", name))[:LONGEST_NAME].strip() or "Sheet"
    return _unique(words, {other.lower() for other in taken} | RESERVED_NAMES, LONGEST_NAME)


def _unique(words: str, taken: set[str], longest: int) -> str:
    """The words, with a number after them where they are taken."""
    number, unique = 1, words
    while unique.lower() in taken:
        number += 1
        ending = f" ({number})"
        unique = words[: longest - len(ending)].strip() + ending
    return unique

"""What a file looks like once its format no longer matters: tables of cells, with the words around them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

CellValue = Decimal | date | datetime | time | bool | None


class GridRefused(ValueError):
    """The file cannot be read; the message is one sentence for the person who brought it."""


@dataclass(frozen=True)
class Cell:
    """One place of a table. Paragraphs and bullets are lines of `text`; a merged cell is at its first place only."""

    text: str = ""
    value: CellValue = None  # a number or date that the file holds as one
    fill: str = ""  # "00B050", or nothing
    row_span: int = 1
    column_span: int = 1
    is_covered: bool = False  # part of a merged cell that begins above or to the left

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True)
class Row:
    """One row; `number` is where a person finds it: the row of the table or sheet, the line of the text."""

    cells: tuple[Cell, ...]
    number: int
    at: str  # "Table 1, row 12"
    is_heading: bool = False  # the file itself says that it repeats on every page
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        return all(cell.is_blank for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """One table of a Word file, one sheet of a workbook, or one text file. All rows have the same number of cells."""

    name: str  # "Table 1", or the sheet's own name
    rows: tuple[Row, ...]
    titles: tuple[str, ...] = ()  # the paragraphs that stand before the table
    is_named: bool = False  # the file gives the name, we did not


@dataclass(frozen=True)
class Document:
    """Everything of one file that is words: its tables in order, and what stands outside of them."""

    name: str
    kind: str  # docx, xlsx, csv or txt
    grids: tuple[Grid, ...]
    after: tuple[str, ...] = ()  # paragraphs behind the last table
    notices: tuple[str, ...] = field(default=())  # sentences on what was left unread: hidden sheets, for one

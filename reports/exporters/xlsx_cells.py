"""How a cell of a workbook looks, and how the typed cells of a document become values Excel knows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink

from reports.document import Cell, Date, Number, Percent, Precision
from reports.exporters.tints import HEADER_TINT, INK, LINK, RULE, TINTS
from reports.exporters.xlsx_room import encoded

FONT = "Arial"
POINTS = 10
GENERAL = "General"
FIRST_DAY_OF_EXCEL = date(1900, 3, 1)
LOOKS_LIKE_FORMULA = ("=", "+", "-", "@")
DATE_FORMATS = {Precision.DAY: "d mmmm yyyy", Precision.MONTH: "mmmm yyyy", Precision.YEAR: "yyyy"}


@dataclass(frozen=True, eq=False)
class Look:
    """The look of a cell: everything but its number format. There are the few below."""

    bold: bool = False
    right: bool = False
    points: int = POINTS
    tint: str = ""
    ruled: bool = False
    wraps: bool = False
    shrinks: bool = False
    linked: bool = False
    low: bool = False
    named: str = "Normal"

    @property
    def font(self) -> Font:
        font = Font(name=FONT, size=self.points, bold=self.bold, color=LINK if self.linked else INK)
        if self.linked:
            font.underline = Font.UNDERLINE_SINGLE
        return font

    @property
    def alignment(self) -> Alignment:
        alignment = Alignment(wrap_text=self.wraps, shrink_to_fit=self.shrinks)
        alignment.horizontal, alignment.indent = ("right", 1) if self.right else ("left", 0)
        alignment.vertical = "bottom" if self.low else "top"
        return alignment


TEXT = Look(ruled=True, wraps=True)
BOLD_TEXT = Look(ruled=True, wraps=True, bold=True)
FIGURE = Look(ruled=True, right=True, shrinks=True)  # a figure too long for its column would be printed as ###
BOLD_FIGURE = Look(ruled=True, right=True, shrinks=True, bold=True)
HEADER = Look(ruled=True, wraps=True, bold=True, tint=HEADER_TINT)
FIGURE_HEADER = Look(ruled=True, wraps=True, bold=True, tint=HEADER_TINT, right=True)
LIGHTS = {rag: Look(ruled=True, wraps=True, bold=True, tint=tint) for rag, tint in TINTS.items()}

TITLE = Look(bold=True, points=16, named="Headline 1")
SUBTITLE = Look(bold=True, points=12, low=True, named="Headline 2")
STATUS = Look(bold=True, points=11)
LINE = Look()
WORDS = Look(wraps=True)
LABEL = Look(wraps=True, bold=True)
LINKED = Look(wraps=True, linked=True)


Filled = tuple[Any, Any]
Filling = tuple[Any, str]  # a value and the format it is shown in


class Styles:
    """The styles of one workbook, each resolved once: setting fonts and fills cell by cell takes most of the time.

    Rows are written as soon as they are made, so one openpyxl cell of each style is enough: it is handed out with the
    value to put into it when its turn to be written comes.
    """

    def __init__(self, worksheet: Any) -> None:
        self.worksheet = worksheet
        self.cells: dict[tuple[Look, str, str, bool], Any] = {}

    def text(self, words: str, look: Look) -> Filled:
        """Words that stay words: nothing looks for formulas and errors in them ("=1", "#N/A")."""
        return self._cell(look, "s", GENERAL, words.startswith(LOOKS_LIKE_FORMULA)), encoded(words)

    def figure(self, value: Any, shown_as: str, look: Look) -> Filled:
        """A number or date with the format it is shown in."""
        return self._cell(look, "d" if isinstance(value, date) else "n", shown_as, False), value

    def link(self, words: str, look: Look, sheet: str) -> Filled:
        """Words that lead to a sheet of the workbook."""
        cell = self._resolve(look, "s", GENERAL, False)
        cell.row = cell.column = 1
        cell.hyperlink = Hyperlink(ref="", location=f"'{sheet}'!A1", display=words)
        return cell, encoded(words)

    def _cell(self, look: Look, kind: str, shown_as: str, quoted: bool) -> Any:
        key = (look, kind, shown_as, quoted)
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = self._resolve(*key)
        return cell

    def _resolve(self, look: Look, kind: str, shown_as: str, quoted: bool) -> Any:
        cell: Any = WriteOnlyCell(self.worksheet)
        cell.style = look.named
        cell.font, cell.alignment = look.font, look.alignment
        rule = Side("thin", RULE) if look.ruled else Side()
        cell.border = Border(left=rule, right=rule, top=rule, bottom=rule)
        if look.tint:
            cell.fill = PatternFill("solid", start_color=look.tint)
        cell.number_format = shown_as
        cell.quotePrefix = quoted
        cell.data_type = kind
        return cell


def figure_of(cell: Cell) -> Filling | None:
    """The value of a number or date and its format, or None for what is printed as words."""
    if isinstance(cell, Number):
        return _number(cell.value), _number_format(cell.decimals, cell.prefix)
    if isinstance(cell, Percent):
        return _number(cell.value / 100), _percent_format(cell.decimals)
    if isinstance(cell, Date) and cell.day >= FIRST_DAY_OF_EXCEL:
        return cell.day, DATE_FORMATS[cell.precision]
    return None


@cache
def _number_format(decimals: int, prefix: str) -> str:
    quoted = '"' + prefix.replace('"', "") + '"' if prefix else ""
    return quoted + "#,##0" + ("." + "0" * decimals if decimals else "")


@cache
def _percent_format(decimals: int) -> str:
    return "0" + ("." + "0" * decimals if decimals else "") + "%"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)

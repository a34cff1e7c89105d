"""How a cell of a workbook looks, and how the typed cells of a document become values Excel knows."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from csp_tracker.rag import RAG
from reports.document import Cell, Date, Light, Number, Percent, Precision
from reports.exporters.tints import HEADER_TINT, INK, LINK, RULE, TINTS
from reports.exporters.xlsx_room import encoded

FONT = "Arial"
POINTS = 10
GENERAL = "General"
FIRST_DAY_OF_EXCEL = date(1900, 3, 1)
LOOKS_LIKE_FORMULA = ("=", "+", "-", "@")
DATE_FORMATS = {Precision.DAY: "d mmmm yyyy", Precision.MONTH: "mmmm yyyy", Precision.YEAR: "yyyy"}


@dataclass(frozen=True)
class Look:
    """The look of a cell: everything but its number format."""

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


class Styles:
    """The styles of one workbook, each resolved once: setting fonts and fills cell by cell takes most of the time."""

    def __init__(self, worksheet: Any) -> None:
        self.worksheet = worksheet
        self.resolved: dict[tuple[Look, str, bool], Any] = {}

    def get(self, look: Look, number_format: str = GENERAL, quoted: bool = False) -> Any:
        key = (look, number_format, quoted)
        if key not in self.resolved:
            self.resolved[key] = self._resolve(*key)
        return self.resolved[key]

    def _resolve(self, look: Look, number_format: str, quoted: bool) -> Any:
        cell: Any = WriteOnlyCell(self.worksheet)
        cell.style = look.named
        cell.font, cell.alignment = look.font, look.alignment
        rule = Side("thin", RULE) if look.ruled else Side()
        cell.border = Border(left=rule, right=rule, top=rule, bottom=rule)
        if look.tint:
            cell.fill = PatternFill("solid", start_color=look.tint)
        cell.number_format = number_format
        cell.quotePrefix = quoted
        return copy(cell._style)


def text_cell(styles: Styles, words: str, look: Look) -> Any:
    """Words that stay words: nothing that begins with "=" or reads "#N/A" becomes a formula or an error."""
    cell: Any = WriteOnlyCell(styles.worksheet, encoded(words))
    cell.data_type = "s"
    cell._style = styles.get(look, quoted=words.startswith(LOOKS_LIKE_FORMULA))
    return cell


def figure_cell(styles: Styles, value: Any, number_format: str, look: Look) -> Any:
    """A number or date with the format it is shown in."""
    cell: Any = WriteOnlyCell(styles.worksheet)
    cell._style = styles.get(look, number_format)
    cell.value = value
    return cell


def figure(cell: Cell) -> tuple[Any, str] | None:
    """The value of a number or date and its format, or None for what is printed as words."""
    if isinstance(cell, Number):
        prefix = f'"{cell.prefix.replace(chr(34), "")}"' if cell.prefix else ""
        return _number(cell.value), prefix + "#,##0" + _decimals(cell.decimals)
    if isinstance(cell, Percent):
        return _number(cell.value / 100), "0" + _decimals(cell.decimals) + "%"
    if isinstance(cell, Date) and cell.day >= FIRST_DAY_OF_EXCEL:
        return cell.day, DATE_FORMATS[cell.precision]
    return None


def look_of(cell: Cell, *, bold: bool) -> Look:
    """How a table's cell looks: lights by their tint, names of rows and totals in bold."""
    if isinstance(cell, Light):
        return LIGHTS[RAG(cell.rag)]
    if isinstance(cell, Number | Percent | Date):
        return BOLD_FIGURE if bold else FIGURE
    return BOLD_TEXT if bold else TEXT


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _decimals(places: int) -> str:
    return "." + "0" * places if places else ""

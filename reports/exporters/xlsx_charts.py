"""A line chart as Excel's own, which a committee clerk can change: it draws cells of a table of the same workbook.

What a line stands for is told by its dashes and marks, its colour only helps. The figures are also written into the
chart, for programs that show a workbook without reckoning it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.chart import LineChart as ExcelChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import cm_to_EMU

from reports.document import LineChart, LineKind, Table
from reports.exporters.tints import INK, RULE
from reports.exporters.xlsx_cells import FONT, GENERAL, figure_of
from reports.exporters.xlsx_room import encoded

SHEET_WIDTH = 138.0  # units of width: A4 landscape holds them at full size
WIDTH, HEIGHT = 26.0, 12.5  # centimetres: with the words above it on one sheet of paper
POINT = 12_700  # a point in Excel's units of length
UPRIGHT = -5_400_000  # a quarter turn, in sixtieths of a thousandth of a degree
NAMES_THAT_FIT = 13


@dataclass(frozen=True)
class Stroke:
    """How one kind of line is drawn: dashes and marks first, since colour alone tells nobody anything."""

    colour: str
    points: float = 1.5
    dash: Any = None
    mark: Any = "none"
    mark_size: int = 7
    inside: str = ""
    is_joined: bool = True


STROKES = {
    LineKind.FIGURES: Stroke("0B4F91", 2.25, mark="circle"),
    LineKind.PROVISIONAL: Stroke("0B4F91", mark="circle", mark_size=5, inside="FFFFFF", is_joined=False),
    LineKind.TARGET: Stroke("00703C", 1.75, "dash"),
    LineKind.BASELINE: Stroke("6F5C00", 1.75, "sysDot"),
    LineKind.MEAN: Stroke("5A6066", 1),
    LineKind.LIMIT: Stroke("5A6066", 1, "lgDashDot"),
    LineKind.IMPROVEMENT: Stroke("0B4F91", mark="triangle", mark_size=11, is_joined=False),
    LineKind.CONCERN: Stroke("A3331F", mark="diamond", mark_size=11, is_joined=False),
    LineKind.SIGN: Stroke("6A3A9C", mark="square", mark_size=10, is_joined=False),
    LineKind.BOUND: Stroke("0B4F91", mark="triangle", mark_size=9, inside="FFFFFF", is_joined=False),
}


@dataclass
class Place:
    """Where a table stands in the workbook, and the cells that its charts draw, row by row."""

    sheet: str
    table: Table
    first_column: int
    figures: dict[int, list[Any]]
    header_at: int = 0
    headings: Sequence[str] = ()
    names: list[str] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)

    def note(self, row: Any) -> None:
        """Keep what the charts draw of one more row."""
        self.names.append(row.cells[self.table.row_header].words)
        for column, values in self.figures.items():
            value, shown_as = figure_of(row.cells[column]) or (None, GENERAL)
            values.append(value)
            if value is not None:
                self.formats.setdefault(column, shown_as)

    def cells(self, column: int) -> str:
        """The cells of a column, as a chart names them."""
        return self._range(column, self.header_at + 1, self.header_at + len(self.names))

    def heading(self, column: int) -> str:
        """The cell that names a column."""
        return self._range(column, self.header_at, self.header_at)

    def _range(self, column: int, first: int, last: int) -> str:
        letter = get_column_letter(self.first_column + column)
        cells = f"${letter}${first}" if first == last else f"${letter}${first}:${letter}${last}"
        return f"'{self.sheet}'!{cells}"


class DescribedAnchor(OneCellAnchor):
    """Where a chart stands, with the words a screen reader says for it: openpyxl itself gives it none."""

    __elements__ = OneCellAnchor.__elements__
    words = ""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "graphicFrame" and value is not None:
            value.nvGraphicFramePr.cNvPr.descr = self.words
        super().__setattr__(name, value)


def drawn(chart: LineChart, place: Place, *, below: int) -> Any:
    """The chart, to be added to a sheet under its row number `below`."""
    made: Any = ExcelChart()
    made.title = _title(chart.title, 12)
    made.anchor = _anchor(chart, below)
    made.roundedCorners = False
    made.legend.position = "b"
    made.legend.txPr = _letters()
    made.legend.legendEntry = [
        LegendEntry(idx=at, delete=True) for at, one in enumerate(chart.lines) if not one.is_in_key
    ]
    made.plot_area.graphicalProperties = GraphicalProperties(noFill=True)
    _write_axes(made, chart, place)
    for line in chart.lines:
        series = Series(val=NumDataSource(numRef=_numbers(place, line.column)))
        series.tx = SeriesLabel(strRef=_words(place.heading(line.column), [place.headings[line.column]]))
        series.cat = AxDataSource(strRef=_words(place.cells(place.table.row_header), place.names))
        _draw(series, STROKES[line.kind])
        made.append(series)
    return made


def _write_axes(made: Any, chart: LineChart, place: Place) -> None:
    """Both axes, which newer Excels hide unless told not to; names upright where they would not fit side by side."""
    made.x_axis.delete = made.y_axis.delete = False
    made.x_axis.number_format = GENERAL
    made.x_axis.tickLblPos = "low"
    made.x_axis.txPr = _letters(turned=len(place.names) > NAMES_THAT_FIT)
    made.y_axis.txPr = _letters()
    made.y_axis.number_format = next(iter(place.formats.values()), GENERAL)
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="DCE0E4", w=POINT // 2))
    for axis in (made.x_axis, made.y_axis):
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=POINT))
    if chart.measured_in:
        made.y_axis.title = _title(chart.measured_in, 10, bold=False, turned=True)
        made.y_axis.title.layout = Layout(ManualLayout(xMode="edge", yMode="edge", x=0.005, y=0.3))


def _draw(series: Any, stroke: Stroke) -> None:
    """Dashes, marks and colour."""
    line = LineProperties(solidFill=stroke.colour, w=int(stroke.points * POINT), prstDash=stroke.dash)
    series.graphicalProperties = GraphicalProperties(ln=line if stroke.is_joined else LineProperties(noFill=True))
    series.smooth = False
    series.marker = _mark(stroke)


def _mark(stroke: Stroke) -> Marker:
    if stroke.mark == "none":
        return Marker("none")
    edge = LineProperties(solidFill=stroke.colour, w=int(1.5 * POINT))
    return Marker(
        stroke.mark, size=stroke.mark_size, spPr=GraphicalProperties(solidFill=stroke.inside or stroke.colour, ln=edge)
    )


def _numbers(place: Place, column: int) -> NumRef:
    values = place.figures[column]
    points = [NumVal(idx=at, v=str(value)) for at, value in enumerate(values) if value is not None]
    shown_as = place.formats.get(column, GENERAL)
    return NumRef(f=place.cells(column), numCache=NumData(formatCode=shown_as, ptCount=len(values), pt=points))


def _words(cells: str, words: Sequence[str]) -> StrRef:
    points = [StrVal(idx=at, v=encoded(one)) for at, one in enumerate(words)]
    return StrRef(f=cells, strCache=StrData(ptCount=len(words), pt=points))


def _anchor(chart: LineChart, below: int) -> DescribedAnchor:
    anchor = DescribedAnchor(
        _from=AnchorMarker(col=0, row=below), ext=XDRPositiveSize2D(cm_to_EMU(WIDTH), cm_to_EMU(HEIGHT))
    )
    anchor.words = f"{chart.title}. {chart.words}"
    return anchor


def _title(words: str, points: int, *, bold: bool = True, turned: bool = False) -> Title:
    title = Title(overlay=False)
    run = RegularTextRun(rPr=_style(points, bold=bold), t=words)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=_style(points, bold=bold)), r=[run])
    title.tx = Text(rich=RichText(bodyPr=_turn() if turned else None, p=[paragraph]))
    return title


def _letters(*, turned: bool = False) -> RichText:
    """The letters of an axis or a key."""
    style = _style(9)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=style), endParaRPr=style)
    return RichText(bodyPr=_turn() if turned else None, p=[paragraph])


def _turn() -> RichTextProperties:
    return RichTextProperties(rot=UPRIGHT, vert="horz")


def _style(points: int, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=points * 100, b=bold, solidFill=INK, latin=Font(typeface=FONT))

from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from reports.document import (
    ChartLine,
    Column,
    Gap,
    Kind,
    LineChart,
    LineKind,
    Number,
    Paragraph,
    Percent,
    Row,
    Section,
    Table,
    Text,
)
from reports.exporters import xlsx
from tests.reports.exporters.example import example

WORDS = "Three figures, from 30 to 41. The target is 35."
FIGURES = (41, None, 30)


def table(rows=None, **changes):
    columns = [Column("Period"), Column("Figure", Kind.NUMBER), Column("Target", Kind.NUMBER), Column("Remark")]
    made = [
        Row((Text(f"Month {at}"), Gap() if value is None else Number(value), Number(35), Text("No figure: awaited")))
        for at, value in enumerate(FIGURES, 1)
    ]
    return Table("What the chart draws", columns, made if rows is None else rows, **changes)


def chart(*lines, **changes):
    lines = lines or (ChartLine(1, LineKind.FIGURES), ChartLine(2, LineKind.TARGET))
    return LineChart(
        **{"title": "Burglaries", "table": "What the chart draws", "lines": lines, "words": WORDS} | changes
    )


def document(drawn=None, data=None, **changes):
    sections = [
        Section("Chart of burglaries", [drawn or chart()], "Chart"),
        Section("Chart data", [data or table()]),
    ]
    return example(**{"sections": sections} | changes)


def read(made):
    return load_workbook(BytesIO(xlsx.render(made)))


def drawn_in(made):
    (found,) = read(made)["Chart"]._charts
    return found


def parts(made, name):
    with ZipFile(BytesIO(xlsx.render(made))) as file:
        return file.read(name).decode()


def test_a_chart_is_a_sheet_of_its_own_with_its_words_above_it():
    sheet = read(document())["Chart"]
    assert sheet["A1"].value == "Chart of burglaries"
    assert sheet["A4"].value == WORDS
    (found,) = sheet._charts
    assert (found.anchor._from.col, found.anchor._from.row) == (0, 5)
    assert sheet.page_setup.fitToHeight == 1


def test_it_draws_the_cells_of_the_sheet_that_holds_its_figures():
    made = document()
    found = drawn_in(made)
    assert [series.val.numRef.f for series in found.series] == ["'Chart data'!$B$5:$B$7", "'Chart data'!$C$5:$C$7"]
    assert [series.tx.strRef.f for series in found.series] == ["'Chart data'!$B$4", "'Chart data'!$C$4"]
    assert {series.cat.strRef.f for series in found.series} == {"'Chart data'!$A$5:$A$7"}
    sheet = read(made)["Chart data"]
    assert [cell.value for (cell,) in sheet["B4:B7"]] == ["Figure", *FIGURES]
    assert [cell.value for (cell,) in sheet["A5:A7"]] == ["Month 1", "Month 2", "Month 3"]


def test_a_gap_is_an_empty_cell_and_is_left_open():
    sheet = read(document())["Chart data"]
    assert sheet["B6"].value is None
    assert sheet["D6"].value == "No figure: awaited"
    assert 'dispBlanksAs val="gap"' in parts(document(), "xl/charts/chart1.xml")


def test_the_figures_are_kept_in_the_chart_for_programs_that_do_not_reckon():
    figures = drawn_in(document()).series[0]
    assert [(point.idx, point.v) for point in figures.val.numRef.numCache.pt] == [(0, 41), (2, 30)]
    assert [point.v for point in figures.cat.strRef.strCache.pt] == ["Month 1", "Month 2", "Month 3"]
    assert [point.v for point in figures.tx.strRef.strCache.pt] == ["Figure"]


def test_lines_are_told_apart_without_colour():
    lines = [ChartLine(1, kind) for kind in LineKind]
    found = drawn_in(document(chart(*lines)))
    looks = [
        (
            series.graphicalProperties.line.prstDash,
            series.graphicalProperties.line.w,
            series.graphicalProperties.line.noFill,
            series.marker.symbol,
            series.marker.size,
        )
        for series in found.series
    ]
    assert len(set(looks)) == len(LineKind)
    assert not any(series.smooth for series in found.series)


def test_both_axes_are_shown_and_say_what_they_measure():
    found = drawn_in(document(chart(measured_in="Number of burglaries")))
    assert (found.x_axis.delete, found.y_axis.delete) == (False, False)
    assert found.y_axis.title.tx.rich.p[0].r[0].t == "Number of burglaries"
    assert found.y_axis.title.tx.rich.bodyPr.rot == -5_400_000
    assert found.y_axis.number_format.formatCode == "#,##0"


def test_percentages_are_drawn_as_percentages():
    rows = [Row((Text("Q1"), Percent(Decimal("62.5"), 1), Gap(), Text("")))]
    found = drawn_in(document(data=table(rows)))
    assert found.y_axis.number_format.formatCode == "0.0%"
    assert [point.v for point in found.series[0].val.numRef.numCache.pt] == [0.625]
    assert found.series[0].val.numRef.f == "'Chart data'!$B$5"


def test_a_screen_reader_is_told_what_the_chart_shows():
    assert f'descr="Burglaries. {WORDS}"' in parts(document(), "xl/drawings/drawing1.xml")


def test_a_line_may_stay_out_of_the_key():
    lines = (ChartLine(1, LineKind.FIGURES), ChartLine(2, LineKind.LIMIT, is_in_key=False))
    assert [(one.idx, one.delete) for one in drawn_in(document(chart(*lines))).legend.legendEntry] == [(1, True)]


@pytest.mark.parametrize(("rows", "turned"), [(13, None), (14, -5_400_000)])
def test_many_names_stand_upright(rows, turned):
    data = table([Row((Text(f"{at}"), Number(at), Number(35), Text(""))) for at in range(rows)])
    properties = drawn_in(document(data=data)).x_axis.txPr.bodyPr
    assert (properties.rot if properties else None) == turned


def test_the_column_of_groups_moves_the_cells_along():
    rows = [Row((Text("Q1"), Number(1), Number(2), Text("")), group="Ours")]
    found = drawn_in(document(data=table(rows, group_heading="Kind")))
    assert found.series[0].val.numRef.f == "'Chart data'!$C$5"
    assert found.series[0].cat.strRef.f == "'Chart data'!$B$5"


def test_a_table_before_its_chart_is_drawn_as_well():
    sections = [Section("Chart data", [table()]), Section("Chart of burglaries", [chart()], "Chart")]
    assert drawn_in(example(sections=sections)).series[0].val.numRef.f == "'Chart data'!$B$5:$B$7"


def test_words_beside_a_chart_are_no_sheet_of_their_own_unless_there_are_some():
    assert read(document()).sheetnames == ["Cover", "Chart", "Chart data"]
    sections = [Section("Chart", [chart(), Paragraph("More words.")]), Section("Chart data", [table()])]
    assert read(example(sections=sections)).sheetnames == ["Cover", "Chart", "Chart (2)", "Chart data"]


def test_a_table_without_rows_is_not_drawn():
    sheet = read(document(data=table([])))["Chart"]
    assert not sheet._charts
    assert sheet["A4"].value == WORDS


def test_names_that_could_be_codes_come_back_as_words():
    rows = [Row((Text("_x0041_ & <b>"), Number(1), Number(2), Text("")))]
    made = document(chart(title="<Burglaries> & _x0041_", words="=1+1"), table(rows))
    found = drawn_in(made)
    assert found.title.tx.rich.p[0].r[0].t == "<Burglaries> & _x0041_"
    assert found.series[0].cat.strRef.strCache.pt[0].v == "_x005F_x0041_ & <b>"

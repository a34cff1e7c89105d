from dataclasses import FrozenInstanceError
from datetime import date, datetime
from decimal import Decimal

import pytest

from csp_tracker.rag import RAG
from reports.document import (
    ChartLine,
    Column,
    Date,
    Fact,
    Gap,
    Light,
    LineChart,
    LineKind,
    Missing,
    Notes,
    Number,
    Percent,
    Precision,
    Row,
    Section,
    StreamedRows,
    Table,
    Text,
    file_name,
)
from tests.reports.exporters.example import example

DAY = date(2010, 3, 31)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (Text("Ongoing – diary of events"), "Ongoing – diary of events"),
        (Number(1884), "1,884"),
        (Number(Decimal("1884.45"), decimals=1), "1,884.5"),
        (Number(Decimal("0.5")), "1"),
        (Number(Decimal("12.3"), decimals=2), "12.30"),
        (Number(-2500, prefix="£"), "-£2,500"),
        (Percent(59), "59%"),
        (Percent(Decimal("-7.2"), decimals=1), "-7.2%"),
        (Date(DAY), "31 March 2010"),
        (Date(DAY, Precision.MONTH), "March 2010"),
        (Date(DAY, Precision.YEAR), "2010"),
        (Light(RAG.GREEN), "Green"),
        (Light(RAG.GREEN, "GREEN c/f Actions"), "GREEN c/f Actions"),
        (Light(RAG.NOT_RATED, note="not updated"), "Not rated\nnot updated"),
        (Missing(), "[x] not available"),
        (Missing("exempt", "c"), "[c] exempt"),
        (Gap(), ""),
    ],
)
def test_a_cell_says_its_words(cell, words):
    assert cell.words == words


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 10**15, Decimal("-1e300")])
@pytest.mark.parametrize("kind", [Number, Percent])
def test_a_number_no_file_can_hold_is_refused(kind, value):
    with pytest.raises(ValueError, match="not a number a report can print"):
        kind(value)


def test_every_text_is_cleaned_wherever_it_stands():
    column = Column("Work\vneeded\x00", when_empty=Missing("not\x07 stated"))
    table = Table("A\x00", [column], [Row([Text("b\x1b")], group="c\x08")], group_heading="d\ud800")
    assert (table.caption, table.group_heading) == ("A", "d")
    assert (column.heading, column.when_empty.reason) == ("Work\nneeded", "not stated")
    assert (table.rows[0].cells[0].value, table.rows[0].group) == ("b", "c")
    assert Notes(["one\x00", "two"]).notes == ("one", "two")
    assert example(title="t\x00", counting=["u\x00"], facts=[Fact("v\x00", "w\x00")]).counting == ("u",)


def test_a_document_does_not_change():
    document = example()
    with pytest.raises(FrozenInstanceError):
        document.title = "another"
    with pytest.raises(FrozenInstanceError):
        document.sections[0].blocks[1].rows[0].cells[0].value = "another"


def test_a_row_needs_a_cell_for_every_column():
    columns = [Column("No."), Column("Action")]
    with pytest.raises(ValueError, match="“Plan” has 2 columns, but a row of 1"):
        Table("Plan", columns, [Row([Text("1.1")])])


def test_a_streamed_row_is_checked_when_it_is_read():
    table = Table("Plan", [Column("No.")], StreamedRows(lambda: [Row([Text("1.1"), Text("too many")])]))
    with pytest.raises(ValueError, match="“Plan” has 1 columns, but a row of 2"):
        list(table.each_row())


def test_rows_of_a_generator_are_kept_and_streamed_ones_made_each_time():
    made = []

    def rows():
        made.append(1)
        yield Row([Text("1.1")])

    kept, streamed = Table("T", [Column("No.")], rows()), Table("T", [Column("No.")], StreamedRows(rows))
    assert len(made) == 1
    assert list(kept.each_row()) == list(kept.each_row()) == list(streamed.each_row()) == list(streamed.each_row())
    assert len(made) == 3


@pytest.mark.parametrize("columns", [[], [Column("No.")]])
def test_a_table_needs_a_column_that_names_its_rows(columns):
    with pytest.raises(ValueError, match="name its rows"):
        Table("T", columns, [], row_header=1)


def test_a_column_needs_a_width():
    with pytest.raises(ValueError, match="width above nought"):
        Column("No.", width=0)


def test_a_working_copy_says_so_on_its_cover_and_in_its_name():
    document = example()
    assert document.status == "Working copy, not issued, as at 14 April 2010 at 09:30"
    assert Fact("Status", document.status) in document.cover_facts
    assert file_name(document, "xlsx") == "maldon-action-plan-progress-2009-10-q4-working-copy.xlsx"


def test_an_issued_report_is_no_working_copy():
    document = example(issued="Report 12, issued 14 April 2010")
    assert not document.is_working_copy
    assert Fact("Status", "Report 12, issued 14 April 2010") in document.cover_facts
    assert file_name(document, "docx") == "maldon-action-plan-progress-2009-10-q4.docx"


def test_the_cover_says_whose_for_when_and_how_marked():
    facts = {fact.name: fact.value for fact in example().cover_facts}
    assert list(facts)[:4] == ["Partnership", "Period", "Position as at", "Status"]
    assert facts["Position as at"] == "31 March 2010"
    assert facts["Handling marking"] == "OFFICIAL"
    assert "Handling marking" not in {fact.name for fact in example(marking="").cover_facts}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("St. Edmundsbury & Forest", "st-edmundsbury-forest"),
        ("../../etc/passwd", "etcpasswd"),
        ("x" * 200, "x" * 40),
        ("Ynys Môn", "ynys-mon"),
    ],
)
def test_a_file_name_is_short_and_plain(place, expected):
    assert file_name(example(place=place, what="", period_code="2009-10-Q4"), "xlsx") == (
        f"{expected}-2009-10-q4-working-copy.xlsx"
    )


def test_a_file_name_is_never_empty():
    nameless = example(place="警察", what="", period_code="", issued="Report 1")
    assert file_name(nameless, "xlsx") == "report.xlsx"


def test_the_hour_is_the_one_the_maker_gave():
    assert example(made_at=datetime(2026, 11, 22, 9, 5).astimezone()).status.endswith("22 November 2026 at 09:05")


@pytest.mark.parametrize(
    ("table", "column"), [pytest.param("Other", 0, id="no such table"), pytest.param("Table", 1, id="no such column")]
)
def test_a_chart_needs_the_table_and_columns_it_draws(table, column):
    chart = LineChart("Burglaries", table, [ChartLine(column, LineKind.FIGURES)], "Two figures.")
    sections = [Section("Chart", [chart]), Section("Data", [Table("Table", [Column("Figure")], [])])]
    with pytest.raises(ValueError, match="Burglaries"):
        example(sections=sections)


@pytest.mark.parametrize(("lines", "words"), [([], "Two figures."), ([ChartLine(0, LineKind.FIGURES)], "")])
def test_a_chart_needs_lines_and_words(lines, words):
    with pytest.raises(ValueError, match="lines, and words"):
        LineChart("Burglaries", "Table", lines, words)


def test_a_document_knows_its_charts_and_its_first_table():
    chart = LineChart("Burglaries", "Second", [ChartLine(0, LineKind.FIGURES)], "Two figures.")
    first, second = (Table(name, [Column("Figure")], []) for name in ("First", "Second"))
    document = example(sections=[Section("Chart", [chart]), Section("Data", [first, second])])
    assert document.charts == (chart,)
    assert document.first_table is first
    assert example(sections=[]).first_table is None

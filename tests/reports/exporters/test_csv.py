import csv as standard_csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.rag import RAG
from csp_tracker.text import clean_text, one_line
from reports.document import (
    Column,
    Date,
    Kind,
    Light,
    Missing,
    Number,
    Paragraph,
    Percent,
    Precision,
    Row,
    Section,
    Table,
    Text,
)
from reports.exporters import csv
from tests.reports.exporters.example import example
from tests.reports.exporters.nasty import NASTY


def with_tables(*tables):
    return example(sections=[Section("Section", [Paragraph("Words above."), *tables])])


def read(document):
    return list(standard_csv.reader(StringIO(csv.render(document).decode("utf-8-sig"), newline="")))


def shown(*cells):
    columns = [Column(f"Column {number}") for number in range(len(cells))]
    return read(with_tables(Table("Table", columns, [Row(cells)])))[1]


def test_the_file_begins_with_the_mark_that_tells_excel_it_is_utf_8():
    assert csv.render(example())[:3] == b"\xef\xbb\xbf"
    assert csv.CONTENT_TYPE == "text/csv; charset=utf-8"


def test_one_line_of_headings_then_a_line_for_each_row_and_nothing_else():
    columns = [Column("KPI"), Column("Figure", Kind.NUMBER)]
    table = Table("Table", columns, [Row((Text("One\n\ntwo"), Number(1884))), Row((Text("b"), Number(2)))])
    assert csv.render(with_tables(table)).decode("utf-8-sig").split("\r\n") == [
        '"KPI","Figure"',
        '"One two",1884',
        '"b",2',
        "",
    ]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Number(1884), "1884"),
        (Number(Decimal("-7.25"), 1), "-7.3"),
        (Number(Decimal("2000.5"), 2, "£"), "2000.50"),
        (Number(10**14), "100000000000000"),
        (Number(Decimal("0.00001"), 4), "0.0000"),
        (Percent(Decimal("95.9"), 1), "95.9"),
        (Date(date(2010, 3, 31)), "2010-03-31"),
        (Date(date(2010, 3, 1), Precision.MONTH), "2010-03"),
        (Light(RAG.RED, "Behind", "not updated"), "Behind not updated"),
        (Missing("awaited"), "[x] awaited"),
        (Text(""), "[x] not available"),
    ],
)
def test_figures_are_digits_alone_and_nothing_is_empty_without_a_reason(cell, expected):
    assert shown(cell) == [expected]


def test_a_group_is_a_column():
    table = Table("Table", [Column("No.")], [Row([Text("1.1")], group="Fear of crime")], group_heading="Priority")
    assert read(with_tables(table)) == [["Priority", "No."], ["Fear of crime", "1.1"]]


def test_the_first_table_is_printed_and_no_other():
    tables = [Table(name, [Column(name)], []) for name in ("First", "Second")]
    assert read(with_tables(*tables)) == [["First"]]


def test_a_document_without_a_table_is_an_empty_file():
    assert csv.render(with_tables()) == b"\xef\xbb\xbf"


@pytest.mark.parametrize("words", ["=1+1", "+44 1621", "-5", "@SUM(A1)", "\t=1+1", "\r\n=cmd|' /C calc'!A0", "＝1"])
def test_words_a_spreadsheet_would_reckon_with_get_an_apostrophe(words):
    (found,) = shown(Text(words))
    assert found == f"'{words.strip()}"


def test_a_heading_is_made_harmless_too():
    assert read(with_tables(Table("Table", [Column("=1+1")], []))) == [["'=1+1"]]


def test_a_figure_below_nought_gets_no_apostrophe():
    assert shown(Number(-5), Percent(-3)) == ["-5", "-3"]


@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text()), min_size=1, max_size=5))
def test_any_words_come_back_in_one_row_and_never_begin_a_formula(texts):
    for found, words in zip(shown(*map(Text, texts)), map(clean_text, texts), strict=True):
        assert found.removeprefix("'") == (one_line(words) or "[x] not available").removeprefix("'")
        assert not found.startswith(("=", "+", "-", "@", "\t", "\r"))

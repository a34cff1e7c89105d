"""Text files: what separates the cells, how they are written, what is a title."""

import pytest

from tests.office_files import read, texts


def test_commas_quotes_and_line_breaks():
    assert texts(b'No.,Action\r\n1.1,"Two\nlines, and ""quotes"""\r\n') == [
        ["No.", "Action"],
        ["1.1", 'Two\nlines, and "quotes"'],
    ]


def test_semicolons():
    assert texts("No.;Aktion\n1.1;a, b".encode("cp1252")) == [["No.", "Aktion"], ["1.1", "a, b"]]


def test_a_quoted_record_over_several_lines_knows_where_it_begins():
    rows = read(b'No.\tAction\n1.1\t"one\ntwo"\n1.2\tthree', "plan.tsv").grids[0].rows
    assert [(row.number, row.cells[1].text) for row in rows] == [(1, "Action"), (2, "one\ntwo"), (4, "three")]


def test_quotation_marks_in_the_words_of_a_tabbed_file():
    assert texts('No.\t"Perfect theatre\n1.1\tPerfect” and "more'.encode()) == [
        ["No.", '"Perfect theatre'],
        ["1.1", 'Perfect” and "more'],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    assert texts("No.\t£3500 – “agreed”".encode(encoding)) == [["No.", "£3500 – “agreed”"]]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("<p>one</p> <p>two <u>under</u> <i>lined</i></p>", "one\ntwo under lined"),
        ('which: <ul style="list-style-type: none"> • a • b ', "which:\n• a\n• b"),
        ("<ul><li>a</li><li>b &amp; c</li></ul>", "• a\n• b & c"),
        ("a < b and c > d & e", "a < b and c > d & e"),
        ("first<br/>second", "first\nsecond"),
    ],
)
def test_marks_of_a_web_page_become_lines(cell, expected):
    assert texts(f"No.\t{cell}".encode()) == [["No.", expected]]


def test_short_rows_are_filled_up():
    assert texts(b"a\tb\tc\nd\te") == [["a", "b", "c"], ["d", "e", ""]]


def test_a_letter_is_a_document_without_tables():
    document = read(b"Dear all\n\nnothing here", "letter.txt")
    assert (document.grids, document.after) == ((), ("Dear all", "nothing here"))

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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
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


@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
@pytest.mark.parametrize("name", ["plan.csv", "plan.tsv", "plan.txt"])
def test_what_separates_the_cells_is_found(separator, name):
    lines = ["No.", "Action", "RAG"], ["1.1", "Lock gates; light streets", "GREEN"], ["1.2", "Patrol, and talk", ""]
    text = "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    assert texts(text.encode(), name) == [list(line) for line in lines]


def test_commas_in_the_words_are_not_what_separates_cells():
    text = "No.|Action|Lead\n1.1|gates, lights, cameras|Jo, Al\n1.2|one, two, three, four|Jo\n"
    assert texts(text.encode(), "plan.csv") == [
        ["No.", "Action", "Lead"],
        ["1.1", "gates, lights, cameras", "Jo, Al"],
        ["1.2", "one, two, three, four", "Jo"],
    ]


def test_a_tab_inside_a_cell_of_a_csv_file_cuts_nothing():
    assert texts(b'No.,Action\n1.1,"one\ttwo"\n1.2,three\n', "plan.csv")[1:] == [["1.1", "one\ttwo"], ["1.2", "three"]]


def test_the_first_line_may_say_what_separates_the_cells():
    rows = read(b"sep=;\r\nNo.;Action, lead\r\n1.1;a,b\r\n", "plan.csv").grids[0].rows
    assert [(row.number, row.cells[0].text) for row in rows] == [(2, "No."), (3, "1.1")]


def test_a_table_drawn_with_bars_has_no_cells_outside_of_them():
    assert texts(b"| No. | Action |\n|-----|--------|\n| 1.1 | lock |\n") == [
        ["No.", "Action"],
        ["-----", "--------"],
        ["1.1", "lock"],
    ]


def test_a_title_may_stand_in_any_column():
    grid = read(b",,Community Safety Plan\n\nNo.,Action,Lead\n1,2,3\n", "plan.csv").grids[0]
    assert grid.titles == ("Community Safety Plan",)
    assert grid.rows[0].number == 3


def test_links_of_a_web_page_say_where_they_lead():
    cell = 'see <a class="x" href="https://example.org/?a=1&amp;b=2">the plan</a> and <a href="#top">top</a>'
    assert texts(f"No.\t{cell}".encode()) == [["No.", "see the plan (https://example.org/?a=1&b=2) and top"]]


def test_empty_lines_at_the_end_are_no_rows():
    assert texts(b"No.,Action\n1.1,x\n" + b",\n" * 5000, "plan.csv") == [["No.", "Action"], ["1.1", "x"]]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param("No.\t“agreed” – £5".encode() + b"\x9d", "“agreed” – £5�", id="among UTF-8"),
        pytest.param("No.\t£5 ".encode("cp1252") + b"words " * 40 + b"\x81", "£5 " + "words " * 40 + "�", id="Windows"),
        pytest.param(b"\xff\xfe" + "No.\twords".encode("utf-16-le") * 30 + b"x", None, id="cut off in UTF-16"),
    ],
)
def test_a_byte_gone_wrong_is_told_and_the_rest_is_read(data, expected):
    document = read(data)
    assert document.notices == ("1 of the characters could not be read and stand as “�”.",)
    if expected:
        assert document.grids[0].rows[0].cells[1].text == expected

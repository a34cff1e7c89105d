"""A workbook's sheets: values as the sheet shows them, merges, colours, what is hidden."""

from datetime import date

import pytest
from openpyxl.styles import PatternFill

from csp_tracker.grids import GridRefused
from tests.office_files import read, texts, workbook


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        pytest.param(1.1, "0.00", "1.10", id="two places shown"),
        pytest.param(1.1, "General", "1.1", id="as it is"),
        pytest.param(0, "General", "0", id="nought is a value"),
        pytest.param(0.959, "0.0%", "95.9%", id="per cent"),
        pytest.param(15243, "#,##0", "15,243", id="thousands"),
        pytest.param(1e21, "General", "1000000000000000000000", id="large"),
        pytest.param(True, "General", "Yes", id="truth"),
        pytest.param(date(2016, 5, 3), "dd/mm/yyyy", "3 May 2016", id="date"),
        pytest.param("a\n\n  b ", "General", "a\n  b", id="blank lines go"),
        pytest.param("=1+1", "General", "", id="formula never computed"),
    ],
)
def test_a_cell_says_what_the_sheet_shows(value, number_format, expected):
    def build(book):
        book.active["A1"] = value
        book.active["A1"].number_format = number_format
        book.active["B1"] = "kept"

    assert texts(workbook(build)) == [[expected, "kept"]]


def test_merged_cells_and_fills():
    def build(book):
        sheet = book.active
        sheet["A1"], sheet["C2"] = "wide and deep", "end"
        sheet.merge_cells("A1:B2")
        sheet["A1"].fill = PatternFill("solid", fgColor="FFFF0000")

    rows = read(workbook(build), "plan").grids[0].rows
    assert (rows[0].cells[0].row_span, rows[0].cells[0].column_span, rows[0].cells[0].fill) == (2, 2, "FF0000")
    assert [cell.is_covered for cell in rows[1].cells] == [True, True, False]


def test_hidden_sheets_are_named_and_hidden_rows_marked():
    def build(book):
        book.active.append(["shown"])
        book.active.append(["hidden row"])
        book.active.row_dimensions[2].hidden = True
        book.create_sheet("Old").sheet_state = "hidden"

    document = read(workbook(build), "plan.xlsx")
    assert [row.is_hidden for row in document.grids[0].rows] == [False, True]
    assert document.notices == ("The sheet “Old” is hidden and was not read.",)


def test_formats_far_down_are_no_rows():
    def build(book):
        book.active["A1"] = "words"
        book.active["A900000"].fill = PatternFill("solid", fgColor="FFFF0000")

    assert texts(workbook(build)) == [["words"]]


@pytest.mark.parametrize(("place", "words"), [("A2001", "below row 2,000"), ("BI1", "beyond column 60")])
def test_words_far_off_are_refused(place, words):
    def build(book):
        book.active[place] = "far"

    with pytest.raises(GridRefused, match=words):
        read(workbook(build), "plan.xlsx")


def test_too_many_sheets_are_refused():
    with pytest.raises(GridRefused, match="more than 20 sheets"):
        read(workbook(lambda book: [book.create_sheet() for _ in range(20)]), "plan.xlsx")

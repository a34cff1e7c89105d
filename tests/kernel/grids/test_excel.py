"""A workbook's sheets: values as the sheet shows them, merges, colours, what is hidden."""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, GradientFill, PatternFill

from csp_tracker.grids import GridRefused
from tests.office_files import fills, read, relations, texts, with_sheet, workbook


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


def with_cell(xml: str, **parts: bytes) -> bytes:
    """A workbook whose one cell is this."""
    return with_sheet(f'<sheetData><row r="1">{xml}<c r="B1"><v>1</v></c></row></sheetData>', **parts)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        pytest.param('<c r="A1" t="inlineStr"><is><t>words</t></is></c>', "words", id="words beside the cell"),
        pytest.param(
            '<c r="A1" t="inlineStr"><is><r><t>two </t></r><r><t>fonts</t></r><rPh><t>x</t></rPh></is></c>',
            "two fonts",
            id="words in two fonts",
        ),
        pytest.param('<c r="A1" t="inlineStr"><is><r><t>one font</t></r></is></c>', "one font", id="words in one font"),
        pytest.param('<c r="A1" t="str"><f>A2</f><v>result</v></c>', "result", id="result of a formula"),
        pytest.param('<c r="A1" t="str"><v>a_x000D_b_x0041_</v></c>', "a\nbA", id="characters written as numbers"),
        pytest.param('<c r="A1" t="e"><v>#REF!</v></c>', "#REF!", id="error"),
        pytest.param('<c r="A1" t="d"><v>2016-05-03</v></c>', "3 May 2016", id="date of a strict file"),
        pytest.param("<c><v>7</v></c>", "7", id="a cell that does not say where it is"),
        pytest.param('<c r="A1"><v>0.30000000000000004</v></c>', "0.3", id="noise of arithmetic"),
        pytest.param('<c r="A1"><v>1.1000000000000001</v></c>', "1.1", id="as Excel writes it"),
    ],
)
def test_the_ways_in_which_a_file_holds_a_value(xml, expected):
    assert texts(with_cell(xml)) == [[expected, "1"]]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        pytest.param(datetime(2016, 5, 1), "mmm-yy", "May 2016", id="month alone"),  # noqa: DTZ001
        pytest.param(datetime(2016, 5, 1), "yyyy", "2016", id="year alone"),  # noqa: DTZ001
        pytest.param(datetime(2016, 5, 3, 9, 30), "dd/mm/yyyy hh:mm", "3 May 2016 09:30", id="hour too"),  # noqa: DTZ001
        pytest.param(time(9, 30), "hh:mm", "09:30", id="hour alone"),
        pytest.param(1.5, "[h]:mm", "36:00", id="hours beyond a day"),
        pytest.param(-1, "dd/mm/yyyy", "-1", id="before there were days"),
        pytest.param(1e9, "dd/mm/yyyy", "1000000000", id="beyond all years"),
        pytest.param(1234.5, "£#,##0.00", "£1,234.50", id="pounds"),
        pytest.param(-3, "0;(0)", "-3", id="an accountant's minus"),
        pytest.param(7, "000", "007", id="noughts before"),
    ],
)
def test_a_number_is_shown_as_the_sheet_shows_it(value, number_format, expected):
    def build(book):
        book.active["A1"] = value
        book.active["A1"].number_format = number_format

    assert texts(workbook(build)) == [[expected]]


def test_dates_may_be_counted_from_1904():
    def build(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.active["A1"] = date(2016, 5, 3)

    assert texts(workbook(build)) == [["3 May 2016"]]


VALUES = st.one_of(
    st.text(alphabet="ab £–\n1", max_size=8).filter(lambda text: text == text.strip() and "\n\n" not in text),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6).map(lambda number: round(number, 4)),
    st.booleans(),
    st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)).map(lambda when: when.replace(microsecond=0)),  # noqa: DTZ001
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_sheet_has_the_values_openpyxl_finds_in_it(rows):
    data = workbook(lambda book: [book.active.append(row) for row in rows])
    sheet = openpyxl.load_workbook(BytesIO(data), data_only=True).active
    found = {
        (row.number, column): cell
        for grid in read(data).grids
        for row in grid.rows
        for column, cell in enumerate(row.cells, start=1)
        if cell.text
    }
    expected = {(cell.row, cell.column): cell.value for row in sheet for cell in row if cell.value not in (None, "")}
    assert found.keys() == expected.keys()
    for place, value in expected.items():
        if isinstance(value, str):
            assert found[place].text == "\n".join(line.rstrip() for line in value.split("\n"))
        elif isinstance(value, float):
            assert float(found[place].value) == pytest.approx(value, rel=1e-14)
        else:
            assert found[place].value == value


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        pytest.param(Color(rgb="FF00B050"), "00B050", id="given"),
        pytest.param(Color(theme=9), "F79646", id="of the theme"),
        pytest.param(Color(theme=9, tint=0.5), "FBCBA2", id="lighter"),
        pytest.param(Color(theme=4, tint=-0.25), "376092", id="darker"),
        pytest.param(Color(theme=0), "FFFFFF", id="the page's own"),
        pytest.param(Color(theme=99), "", id="of no theme"),
        pytest.param(Color(indexed=11), "00FF00", id="of the palette"),
        pytest.param(Color(indexed=64), "", id="of the screen"),
    ],
)
def test_a_fill_is_six_digits_however_it_is_given(colour, expected):
    def build(book):
        book.active["A1"] = "light"
        book.active["A1"].fill = PatternFill("solid", fgColor=colour)

    assert fills(workbook(build)) == [expected]


def test_the_ink_of_a_dot_alone_is_the_colour_of_its_cell():
    def build(book):
        book.active.append(["●", "●", "✓", "-", "late"])
        for place, ink in (("A1", "FF00B050"), ("B1", "FFFFFFFF"), ("C1", "FFFFFFFF"), ("E1", "FFFF0000")):
            book.active[place].font = Font(color=ink)
        book.active["A1"].fill = PatternFill("solid", fgColor="FFF2F2F2")
        book.active["C1"].fill = PatternFill("solid", fgColor="FF00B050")

    assert fills(workbook(build)) == ["00B050", "", "00B050", "", ""]


def test_a_pattern_is_no_light_and_a_gradient_is_its_first_colour():
    def build(book):
        book.active.append(["dots", "two", ""])
        book.active["A1"].fill = PatternFill("gray125", fgColor="FFFF0000")
        book.active["B1"].fill = GradientFill(stop=("FFFF0000", "FF00B050"))
        book.active["C1"].fill = PatternFill("solid", fgColor="FFFFC000")
        book.active["D2"] = "end"

    assert fills(workbook(build))[:3] == ["", "FF0000", "FFC000"]


def test_a_light_may_be_a_colour_alone():
    def build(book):
        book.active.append(["1.1", ""])
        book.active.append(["1.2", "x"])
        book.active["B1"].fill = PatternFill("solid", fgColor="FFFF0000")

    row = read(workbook(build)).grids[0].rows[0]
    assert (row.cells[1].text, row.cells[1].fill) == ("", "FF0000")


def test_links_say_where_they_lead():
    def build(book):
        sheet = book.active
        for place, words, address in (
            ("A1", "Crime plan", "https://example.org/plan.pdf"),
            ("A2", "www.example.org", "http://www.example.org/"),
            ("A3", "Jane Smith", "mailto:jane@example.org"),
            ("A4", "elsewhere in the book", "#Sheet2!A1"),
            ("A5", "danger", "javascript:alert(1)"),
        ):
            sheet[place] = words
            sheet[place].hyperlink = address

    assert [row[0] for row in texts(workbook(build))] == [
        "Crime plan (https://example.org/plan.pdf)",
        "www.example.org",
        "Jane Smith (jane@example.org)",
        "elsewhere in the book",
        "danger",
    ]


def test_a_link_may_be_a_formula():
    xml = '<c r="A1" t="str"><f>HYPERLINK("https://example.org","plan")</f><v>plan</v></c>'
    assert texts(with_cell(xml)) == [["plan (https://example.org)", "1"]]


def test_hidden_columns_are_read_and_told():
    def build(book):
        book.active.append(["a", "b", "c"])
        for letter in "BCZ":
            book.active.column_dimensions[letter].hidden = True

    document = read(workbook(build))
    assert [cell.text for cell in document.grids[0].rows[0].cells] == ["a", "b", "c"]
    assert document.notices == ("The sheet “Sheet” hides the columns B and C: read all the same.",)


def test_what_comes_after_many_empty_rows_is_told_and_left():
    def build(book):
        book.active["A1"], book.active["A202"], book.active["C404"] = "plan", "near", "far"

    document = read(workbook(build))
    assert [row.number for row in document.grids[0].rows if not row.is_blank] == [1, 202]
    assert len(document.grids[0].rows[0].cells) == 1
    assert document.notices == (
        "The sheet “Sheet” goes on in row 404 after more than 200 empty rows: what stands from there on was not read.",
    )


def test_a_table_may_begin_far_down():
    def build(book):
        book.active["B900"] = "plan"

    assert len(read(workbook(build)).grids[0].rows) == 900


def test_formulas_without_results_are_told():
    def build(book):
        book.active.append(["words", "=1+1", "=A1"])

    assert read(workbook(build)).notices == (
        "The sheet “Sheet” has 2 formulas without a result: open the file in Excel, save it and bring it again.",
    )


def test_a_formula_whose_result_is_no_words_is_no_complaint():
    assert read(with_cell('<c r="A1" t="str"><f>""</f><v></v></c>')).notices == ()


def test_notes_fixed_to_cells_are_told():
    def build(book):
        book.active["A1"] = "words"
        book.active["A1"].comment = Comment("ask Jane", "me")

    assert read(workbook(build)).notices == ("The sheet “Sheet” has notes fixed to its cells, which were not read.",)


def test_words_in_boxes_are_told():
    drawing = b'<a:p xmlns:a="x"><a:t>Title</a:t></a:p>'
    rels = relations(("rId1", "drawing", "../drawings/drawing1.xml"))
    parts = {"xl/worksheets/_rels/sheet1.xml.rels": rels, "xl/drawings/drawing1.xml": drawing}
    assert read(with_cell('<c r="A1"><v>7</v></c>', **parts)).notices == (
        "The sheet “Sheet” has words in boxes over its cells, which were not read.",
    )


def test_a_chart_on_a_sheet_of_its_own_is_no_sheet():
    def build(book):
        book.active["A1"] = "words"
        book.create_chartsheet("Chart")

    assert [grid.name for grid in read(workbook(build)).grids] == ["Sheet"]


def test_merges_reach_as_far_as_the_words():
    def build(book):
        book.active["A1"], book.active["B3"] = "all", "end"
        book.active.merge_cells("A1:A2000")
        book.active.merge_cells("C9:D9")

    rows = read(workbook(build)).grids[0].rows
    assert (rows[0].cells[0].row_span, len(rows)) == (3, 3)
    assert [row.cells[0].is_covered for row in rows] == [False, True, True]


def test_styles_that_openpyxl_cannot_read_are_no_hindrance():
    """Programs other than Excel write styles of their own; only numbers and fills matter."""
    styles = (
        b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts><font odd="1"/></fonts>'
    )
    styles += b'<fills><fill/></fills><cellXfs><xf numFmtId="x" fillId="9"/></cellXfs></styleSheet>'
    assert texts(with_cell('<c r="A1" s="0"><v>7</v></c>', **{"xl/styles.xml": styles})) == [["7", "1"]]


def test_a_value_is_exact():
    cells = read(with_cell('<c r="A1"><v>95.9</v></c>')).grids[0].rows[0].cells
    assert cells[0].value == Decimal("95.9")

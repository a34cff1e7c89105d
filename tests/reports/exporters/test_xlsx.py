import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from csp_tracker.rag import RAG
from csp_tracker.text import clean_text
from reports.document import (
    Column,
    Date,
    Fact,
    Facts,
    Kind,
    Light,
    Missing,
    Notes,
    Number,
    Paragraph,
    Percent,
    Precision,
    Row,
    Section,
    StreamedRows,
    Table,
    Text,
)
from reports.exporters import xlsx, xlsx_room
from reports.exporters.tints import TINTS
from tests.reports.exporters.example import PLAN, example, plan_table
from tests.reports.exporters.nasty import NASTY

DATA_SHEETS = ["Summary", "Exceptions", "Action plan"]


@pytest.fixture(scope="module")
def file():
    return xlsx.render(example())


@pytest.fixture(scope="module")
def workbook(file):
    return load_workbook(BytesIO(file))


def read(document):
    return load_workbook(BytesIO(xlsx.render(document)))


def with_tables(*tables, **changes):
    return example(sections=[Section("Section", tables)], **changes)


def with_cells(*cells, kind=Kind.TEXT):
    columns = [Column(f"Column {at}", kind, 5) for at, _ in enumerate(cells)]
    return with_tables(Table("Table", columns, [Row(cells)]))


def as_excel_reads(words):
    """Excel turns _x0041_ into the letter; openpyxl does not."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), words)


def the_table(sheet):
    (table,) = sheet.tables.values()
    return table


def table_rows(sheet):
    """The cells of the sheet's one table: headings, then rows."""
    return list(sheet[the_table(sheet).ref])


def shown(document):
    """The cells of the first row of the document's only table."""
    return table_rows(read(document)["Section"])[1]


# The book


def test_the_sheets_are_a_cover_and_one_for_each_table(workbook):
    assert workbook.sheetnames == ["Cover", *DATA_SHEETS]
    assert workbook.active.title == "Cover"
    assert [sheet.sheet_view.tabSelected for sheet in workbook] == [True, False, False, False]
    assert {sheet.sheet_view.selection[0].activeCell for sheet in workbook} == {"A1"}


def test_the_file_says_what_it_is(workbook):
    properties = workbook.properties
    assert properties.title == "Action plan 2009/10: progress at the end of quarter 4"
    assert properties.subject == "Action plan progress, Q4 2009/10 (January to March 2010)"
    assert properties.creator == "Maldon Community Safety Partnership"
    assert properties.created.isoformat() == "2010-04-14T08:30:00"  # a workbook's clock is UTC
    assert properties.description.startswith("Working copy")
    assert properties.language == "en-GB"


def test_nothing_in_the_file_is_a_formula_or_leads_out_of_it(file):
    with ZipFile(BytesIO(file)) as parts:
        for name in parts.namelist():
            words = parts.read(name).decode()
            assert "<f>" not in words
            assert 'TargetMode="External"' not in words
            assert "externalLink" not in name


@pytest.mark.parametrize("name", DATA_SHEETS)
def test_a_data_sheet_follows_the_checklist(workbook, name):
    sheet = workbook[name]
    table = the_table(sheet)
    headings, *rows = table_rows(sheet)
    assert sheet["A1"].style == "Headline 1"
    assert sheet["A1"].value
    assert headings[0].column_letter == "A"
    assert [column.name for column in table.tableColumns] == [cell.value for cell in headings]
    assert table.headerRowCount == 1
    assert all(cell.value not in (None, "") for row in rows for cell in row)
    assert rows[-1][0].row == sheet.max_row
    assert not sheet.merged_cells.ranges
    assert table.autoFilter is sheet.auto_filter.ref is sheet.freeze_panes is None
    assert not any(dimension.hidden for dimension in sheet.row_dimensions.values())
    assert not any(dimension.hidden for dimension in sheet.column_dimensions.values())


def test_tables_have_different_names(workbook):
    names = [name for sheet in workbook for name in sheet.tables]
    assert len(names) == len(set(names)) == 4
    assert all(re.fullmatch(r"[a-z_][a-z0-9_]*", name) for name in names)


@pytest.mark.parametrize("name", ["Cover", *DATA_SHEETS])
def test_a_sheet_prints_on_landscape_a4_with_its_name_and_pages(workbook, name):
    sheet = workbook[name]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.oddHeader.left.text == "Maldon Community Safety Partnership"
    assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == "OFFICIAL"
    assert sheet.oddHeader.right.text == "Working copy, not issued, as at 14 April 2010 at 09:30"
    assert sheet.oddFooter.left.text == "Action plan 2009/10: progress at the end of quarter 4"
    assert sheet.oddFooter.right.text == "Page &P of &N"


@pytest.mark.parametrize("name", DATA_SHEETS)
def test_the_headings_are_repeated_on_every_page(workbook, name):
    header_at = table_rows(workbook[name])[0][0].row
    assert workbook[name].print_title_rows == f"${header_at}:${header_at}"


def test_an_ampersand_in_the_margin_is_no_code():
    with ZipFile(BytesIO(xlsx.render(example(marking="OFFICIAL &P & more")))) as parts:
        assert "&amp;&amp;P &amp;&amp; more" in parts.read("xl/worksheets/sheet1.xml").decode()


def test_the_words_of_the_margins_never_exceed_what_excel_allows():
    long = "a long name & more " * 30
    sheet = read(example(title=long, partnership=long, marking=long, issued=long))["Summary"]
    assert len(str(sheet.oddHeader)) <= 255
    assert len(str(sheet.oddFooter)) <= 255


# The cover


def labels(sheet):
    return {row[0].value: row[1].value for row in sheet.iter_rows(max_col=2)}


def test_the_cover_says_what_when_and_what_it_is_worth(workbook):
    sheet = workbook["Cover"]
    assert sheet["A1"].value == "Action plan 2009/10: progress at the end of quarter 4"
    assert sheet["A1"].style == "Headline 1"
    assert sheet["A2"].value == "Working copy, not issued, as at 14 April 2010 at 09:30"
    facts = labels(sheet)
    assert facts["Partnership"] == "Maldon Community Safety Partnership"
    assert facts["Period"] == "Q4 2009/10 (January to March 2010)"
    assert facts["Position as at"] == "31 March 2010"
    assert facts["Plan"] == "Maldon CSP Action Plan 2009-10"
    assert facts["Handling marking"] == "OFFICIAL"
    assert "percentages are of the rated actions" in facts["How counts are made"]
    assert facts["Notes"] == "Words are those of the plan; nothing was shortened."
    assert facts["Marks in cells"] == "[x] marks what is not available, with the reason."


def test_the_contents_lead_to_the_sheets(workbook):
    links = {cell.value: cell.hyperlink.location for (cell,) in workbook["Cover"]["A1:A60"] if cell.hyperlink}
    assert links == {name: f"'{name}'!A1" for name in DATA_SHEETS}
    assert labels(workbook["Cover"])["Exceptions"] == "Exceptions: reds with reasons"


def test_the_key_is_in_the_words_of_the_plan_with_their_tints(workbook):
    headings, *rows = table_rows(workbook["Cover"])
    assert [cell.value for cell in headings] == ["Light", "What it means"]
    assert [row[0].value for row in rows] == ["RED", "AMBER", "GREEN", "Complete", "Not rated"]
    assert [row[0].fill.start_color.rgb[2:] for row in rows] == list(TINTS.values())


def test_only_the_marks_that_are_used_are_explained():
    def marks(*cells):
        return labels(read(with_cells(*cells))["Cover"]).get("Marks in cells")

    assert marks(Text("words")) is None
    assert marks(Missing("exempt", "c"), Missing("no figure yet", "z")).splitlines() == [
        "[c] marks what is confidential and left out.",
        "[z] marks what does not apply, with the reason.",
    ]


def test_a_bare_document_has_a_cover_only():
    sheet = read(example(sections=[], key=[], counting=[], notes=[], facts=[], about="", marking=""))["Cover"]
    assert sheet.max_row == 6
    assert not sheet.tables


# The tables


def test_the_plan_has_its_own_headings_in_its_own_order(workbook):
    plan = next(load_workbook(PLAN).active.iter_rows(max_row=1, values_only=True))
    assert [cell.value for cell in table_rows(workbook["Action plan"])[0]] == ["PRIORITY", *plan]


def test_every_row_of_the_plan_is_there_word_for_word(workbook):
    _, *rows = table_rows(workbook["Action plan"])
    expected = plan_table().rows
    assert len(rows) == len(expected) == 34
    for row, source in zip(rows, expected, strict=True):
        words = [source.group, *(cell.words or "[x] none stated" for cell in source.cells)]
        assert [cell.value for cell in row] == words


def test_the_counts_add_up(workbook):
    _, *priorities, total = ([cell.value for cell in row] for row in table_rows(workbook["Summary"]))
    assert len(priorities) == 8
    assert total[1:] == [3, 0, 30, 0, 1, 1, 34, 33, 30, 0.91]
    for at in range(1, 10):
        assert total[at] == sum(row[at] for row in priorities)


def test_the_light_is_a_word_with_a_tint(workbook):
    _, first, *rows = table_rows(workbook["Action plan"])
    assert first[-1].value == "GREEN c/f Actions"
    assert first[-1].fill.start_color.rgb[2:] == TINTS[RAG.GREEN]
    silent = next(row for row in rows if row[1].value == "8.4")
    assert silent[-1].value == "Not rated\nnot updated"
    assert silent[-1].fill.start_color.rgb[2:] == TINTS[RAG.NOT_RATED]


@pytest.mark.parametrize(
    ("cell", "value", "number_format"),
    [
        (Number(1884), 1884, "#,##0"),
        (Number(Decimal("-7.25"), 2), -7.25, "#,##0.00"),
        (Number(2500, prefix="£"), 2500, '"£"#,##0'),
        (Percent(91), 0.91, "0%"),
        (Percent(Decimal("-7.2"), 1), -0.072, "0.0%"),
        (Date(date(2010, 3, 31)), "2010-03-31", "d mmmm yyyy"),
        (Date(date(2016, 5, 1), Precision.MONTH), "2016-05-01", "mmmm yyyy"),
        (Date(date(1899, 12, 31)), "31 December 1899", "General"),
    ],
)
def test_numbers_and_dates_are_numbers_and_dates(cell, value, number_format):
    (found,) = shown(with_cells(cell))
    assert (found.value.date().isoformat() if found.is_date else found.value) == value
    assert found.number_format == number_format


def test_an_empty_cell_gives_its_reason():
    columns = [Column("Work needed", when_empty=Missing("none stated")), Column("Baseline"), Column("Due")]
    cells = [Text(""), Text(" \n"), Missing("ongoing", "z")]
    row = shown(with_tables(Table("Table", columns, [Row(cells)])))
    assert [cell.value for cell in row] == ["[x] none stated", "[x] not available", "[z] ongoing"]


def test_a_total_and_the_names_of_rows_stand_out():
    columns = [Column("Priority"), Column("Red", Kind.NUMBER)]
    rows = [Row([Text("1"), Number(2)]), Row([Text("All"), Number(2)], is_total=True)]
    _, row, total = table_rows(read(with_tables(Table("Table", columns, rows)))["Section"])
    assert [cell.font.bold for cell in row] == [True, False]
    assert [cell.font.bold for cell in total] == [True, True]


def test_a_table_without_rows_says_so_in_words():
    sheet = read(with_tables(Table("Reds", [Column("No.")], [], when_no_rows="No action is red.")))["Section"]
    assert not sheet.tables
    assert [cell.value for (cell,) in sheet["A1:A4"]][-1] == "No action is red."
    assert not sheet.print_title_rows


def test_headings_that_are_alike_are_told_apart():
    columns = [Column("Status"), Column("STATUS"), Column(" \n"), Column("Work\nneeded"), Column("x" * 300)]
    table = Table("Table", columns, [Row([Text("a")] * 5)])
    sheet = read(with_tables(table))["Section"]
    headings = [cell.value for cell in table_rows(sheet)[0]]
    assert headings == ["Status", "STATUS (2)", "Column 3", "Work needed", "x" * 250]
    assert the_table(sheet).column_names == headings


def test_words_of_a_section_stand_above_its_table():
    blocks = [Paragraph("First.\nSecond."), Facts([Fact("Rated", "33")]), Notes(["See 8.4."])]
    table = Table("Table", [Column("No.", width=1)], [Row([Text("1.1")])])
    sheet = read(example(sections=[Section("Heading", [table, *blocks])]))["Heading"]
    values = [cell.value for (cell,) in sheet[f"A1:A{sheet.max_row}"]]
    assert values[0] == "Heading"
    assert values[3:] == ["First.", "Second.", "Rated: 33", "Note 1: See 8.4.", "No.", "1.1"]


def test_a_section_of_words_is_a_sheet_of_its_own():
    words = "Two are silent. " * 400
    sheet = read(example(sections=[Section("Movement since last quarter", [Paragraph(words)], "Movement")]))["Movement"]
    pieces = [cell.value for (cell,) in sheet[f"A4:A{sheet.max_row}"]]
    assert len(pieces) > 1
    assert "".join(pieces) == words


def test_each_table_of_a_section_is_a_sheet():
    tables = [Table(name, [Column("No.")], [Row([Text("1")])]) for name in ("Improved", "Worsened")]
    workbook = read(example(sections=[Section("Movement", tables)]))
    assert workbook.sheetnames == ["Cover", "Movement", "Movement (2)"]
    assert workbook["Movement (2)"]["A1"].value == "Movement: Worsened"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Plan", "PLAN"], ["Plan", "PLAN (2)"]),
        (["a/b:c*d?[e]\\f'"], ["a b c d e f"]),
        (["x" * 50, "x" * 50], ["x" * 31, "x" * 27 + " (2)"]),
        (["", "History", "Cover", "Long texts"], ["Heading", "History (2)", "Cover (2)", "Long texts (2)"]),
        (["🚓", "two\nlines"], ["Sheet", "two lines"]),
    ],
)
def test_sheets_have_names_excel_accepts(names, expected):
    sections = [Section("Heading", [Paragraph("Words.")], name) for name in names]
    assert read(example(sections=sections)).sheetnames == ["Cover", *expected]


def test_streamed_rows_are_made_once():
    made = []

    def rows():
        for number in range(250):
            made.append(number)
            yield Row([Number(number)])

    table = Table("Table", [Column("No.", Kind.NUMBER)], StreamedRows(rows))
    sheet = read(with_tables(table))["Section"]
    assert made == list(range(250)) == [row[0].value for row in table_rows(sheet)[1:]]


def test_an_export_that_fails_leaves_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rows():
        yield Row([Number(1)])
        raise LookupError("the database went away")

    with pytest.raises(LookupError):
        xlsx.render(with_tables(Table("Table", [Column("No.")], StreamedRows(rows))))
    assert list(Path(tmp_path).iterdir()) == []


# Words of any kind and any length


@pytest.mark.parametrize("words", NASTY)
def test_nasty_words_are_words(words):
    expected = clean_text(words)
    cell, _ = shown(with_cells(Text(words), Light(RAG.RED, words, words)))
    assert cell.data_type == "s"
    assert as_excel_reads(cell.value) == expected
    assert bool(cell.quotePrefix) is expected.startswith(("=", "+", "-", "@"))


def test_nasty_words_do_no_harm_anywhere():
    for words in NASTY:
        row = Row([Light(RAG.RED, words, words)], group=words)
        table = Table(words, [Column(words)], [row], group_heading=words)
        changes = dict.fromkeys(["title", "what", "partnership", "period", "about", "marking", "issued"], words)
        fact = Fact(words, words)
        document = example(
            **changes, facts=[fact], notes=[words], sections=[Section(words, [Paragraph(words), Facts([fact]), table])]
        )
        workbook = read(document)
        assert all(cell.data_type in "sn" for sheet in workbook for row in sheet.iter_rows() for cell in row)
        assert the_table(workbook.worksheets[1]).column_names


ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_words_come_back_as_they_went(texts):
    row = shown(with_cells(*map(Text, texts)))
    for cell, words in zip(row, map(clean_text, texts), strict=True):
        if words.count("\n") < xlsx_room.MOST_LINES:
            assert as_excel_reads(cell.value) == (words if words.strip() else "[x] not available")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("A long story about young people. " * 60, id="taller than a row"),
        pytest.param("word " * 8000, id="40,000 characters"),
        pytest.param("x" * 40_000, id="one word of 40,000 letters"),
        pytest.param("line\n" * 8000, id="8,000 lines"),
        pytest.param("🚓" * 40_000, id="pictures, which count twice"),
        pytest.param("_x0041_" * 6000, id="codes, which grow"),
        pytest.param("i" * 3000 + "W" * 3000, id="narrow, then wide"),
    ],
)
def test_a_long_text_is_printed_whole_and_the_cell_says_where(words):
    columns = [Column("No.", width=0.5), Column("Progress", width=2), Column("Other", width=8)]
    cells = [Text("3.3.1"), Text(words), Text("short")]
    workbook = read(with_tables(Table("Table", columns, [Row(cells)])))
    _, row = table_rows(workbook["Section"])
    pointer, beginning = row[1].value.split("\n", 1)
    assert pointer == "[Printed whole on the sheet “Long texts”, number 1]"
    assert words.startswith(as_excel_reads(beginning)[:200])
    assert len(row[1].value.encode("utf-16-le")) // 2 <= 32_767
    sheet = workbook["Long texts"]
    _, *parts = table_rows(sheet)
    assert "".join(as_excel_reads(part[-1].value) for part in parts) == words
    assert [[cell.value for cell in part[:5]] for part in parts] == [
        [1, "Section", "3.3.1", "Progress", number] for number in range(1, len(parts) + 1)
    ]
    width = sheet.column_dimensions["F"].width
    for part in parts:
        needed = xlsx_room.lines_needed(as_excel_reads(part[-1].value), width)
        assert sheet.row_dimensions[part[0].row].height >= needed * xlsx_room.LINE_HEIGHT


def test_a_long_text_on_the_cover_continues_in_the_next_row():
    story = "A sentence of the notes. " * 1000
    sheet = read(example(notes=[story]))["Cover"]
    rows = [row for row in sheet.iter_rows(max_col=2, values_only=True) if str(row[0]).startswith("Notes")]
    assert [row[0] for row in rows] == ["Notes"] + ["Notes (continued)"] * (len(rows) - 1)
    assert "".join(row[1] for row in rows) == story


@pytest.mark.parametrize("name", ["Cover", *DATA_SHEETS])
def test_every_row_is_tall_enough_for_its_words(workbook, name):
    sheet = workbook[name]
    for row in table_rows(sheet):
        height = sheet.row_dimensions[row[0].row].height
        assert height <= 409
        for cell in row:
            width = sheet.column_dimensions[cell.column_letter].width
            if isinstance(cell.value, str):
                assert cell.alignment.wrap_text
                assert height >= xlsx_room.lines_needed(cell.value, width) * xlsx_room.LINE_HEIGHT

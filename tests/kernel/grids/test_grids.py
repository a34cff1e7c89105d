"""Files become tables of cells, whatever they are called, or are refused in one sentence."""

import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import PatternFill

from csp_tracker.grids import GridRefused, limits, read_grids, reading

SEEDS = Path(__file__).parent.parent.parent / "seeds"
WORKBOOK = (SEEDS / "maldon-csp-2015.xlsx").read_bytes()
WORD_FILE = (SEEDS / "maldon-csp-2015.docx").read_bytes()


def word_file(build) -> bytes:
    document = docx.Document()
    build(document)
    return saved(document)


def workbook(build) -> bytes:
    book = openpyxl.Workbook()
    build(book)
    return saved(book)


def saved(file) -> bytes:
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()


def texts(data: bytes, name: str = "plan") -> list[list[str]]:
    return [[cell.text for cell in row.cells] for grid in read_grids(data, name).grids for row in grid.rows]


def rezipped(data: bytes, **changed: bytes) -> bytes:
    """The same Office file with some parts changed or added."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed.pop(name, None) or old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return stream.getvalue()


class TestTheSeeds:
    @pytest.mark.parametrize("name", ["002_af38b45795a8a453.txt", "maldon-csp-2009-10.xlsx", "maldon-csp-2009-10.docx"])
    def test_the_plan_of_2009_has_the_same_cells_in_every_format(self, name):
        word = rows_with_words("maldon-csp-2009-10.docx")
        assert len(word) == 61
        assert [row for row in rows_with_words(name) if row[0] != "--"] == word

    @pytest.mark.parametrize("name", ["000_0359222028bc5600.txt", "maldon-csp-2015.xlsx"])
    def test_the_plan_of_2015_has_the_same_cells_in_every_format(self, name):
        assert [row for row in rows_with_words(name) if row[1]] == rows_with_words("maldon-csp-2015.docx")

    @pytest.mark.parametrize("name", ["000_0359222028bc5600.txt", "maldon-csp-2015.docx"])
    def test_the_title_stands_before_the_table(self, name):
        assert read_seed(name).grids[0].titles == (
            "Maldon Community Safety Partnership (CSP) - Reducing Crime, the Fear of Crime and Anti-Social Behaviour",
        )

    @pytest.mark.parametrize("name", ["000_0359222028bc5600.txt", "maldon-csp-2015.docx", "maldon-csp-2015.xlsx"])
    def test_bullets_are_lines(self, name):
        cells = [cell.text for grid in read_seed(name).grids for row in grid.rows for cell in row.cells]
        assert [text.count("\n• ") for text in cells if "•" in text] == [2, 3, 6]

    def test_a_section_row_is_merged_over_six_columns(self):
        for name in ("maldon-csp-2009-10.docx", "maldon-csp-2009-10.xlsx"):
            section = read_seed(name).grids[0].rows[1]
            assert [cell.column_span for cell in section.cells[:3]] == [1, 1, 6]
            assert all(cell.is_covered for cell in section.cells[3:])

    def test_a_light_has_its_fill_and_a_number_its_value(self):
        sheet = read_seed("maldon-csp-2009-10.xlsx").grids[0]
        assert (sheet.rows[2].cells[7].text, sheet.rows[2].cells[7].fill) == ("GREEN c/f Actions", "00B050")
        assert (sheet.rows[2].cells[0].text, sheet.rows[2].cells[0].value) == ("1.1", Decimal("1.1"))
        assert (sheet.rows[42].cells[4].text, sheet.rows[42].cells[4].value) == ("0", Decimal(0))
        assert read_seed("maldon-csp-2009-10.docx").grids[0].rows[2].cells[7].fill == "00B050"

    def test_places_are_told_as_a_person_would_find_them(self):
        assert read_seed("maldon-csp-2015.docx").grids[1].rows[2].at == "Table 2, row 3"
        assert read_seed("maldon-csp-2015.xlsx").grids[0].rows[11].at == "CSP Action Plan, row 12"
        assert read_seed("002_af38b45795a8a453.txt").grids[0].rows[0].at == "line 3"

    def test_word_says_which_row_repeats_on_every_page(self):
        rows = read_seed("maldon-csp-2009-10.docx").grids[0].rows
        assert [row.is_heading for row in rows[:2]] == [True, False]


def read_seed(name: str):
    return read_grids((SEEDS / name).read_bytes(), name)


def rows_with_words(name: str) -> list[list[str]]:
    rows = [row for grid in read_seed(name).grids for row in grid.rows if not row.is_blank]
    return [[" ".join(cell.text.split()) for cell in row.cells] for row in rows]


class TestWord:
    def test_paragraphs_tabs_and_breaks_of_a_cell(self):
        def build(document):
            cell = document.add_table(1, 1).cell(0, 0)
            cell.text = "first"
            cell.add_paragraph("second\twith tab\nand break")
            cell.add_paragraph("")

        assert texts(word_file(build)) == [["first\nsecond with tab\nand break"]]

    def test_insertions_stay_and_deletions_go(self):
        def build(document):
            paragraph = document.add_table(1, 1).cell(0, 0).paragraphs[0]._p
            for xml in (
                "<w:ins {} w:id='1'><w:r><w:t>new </w:t></w:r></w:ins>",
                "<w:del {} w:id='2'><w:r><w:delText>old </w:delText></w:r></w:del>",
                "<w:sdt {}><w:sdtContent><w:r><w:t>in a control</w:t></w:r></w:sdtContent></w:sdt>",
            ):
                paragraph.append(parse_xml(xml.format(nsdecls("w"))))

        assert texts(word_file(build)) == [["new in a control"]]

    def test_a_table_in_a_cell_is_lines_of_that_cell(self):
        def build(document):
            inner = document.add_table(1, 1).cell(0, 0).add_table(2, 2)
            for index, cell in enumerate(inner._cells):
                cell.text = str(index)

        assert texts(word_file(build)) == [["0 | 1\n2 | 3"]]

    def test_a_cell_merged_downwards_is_at_its_first_row_only(self):
        def build(document):
            table = document.add_table(3, 2)
            table.cell(0, 0).text = "Objective"
            table.cell(0, 0).merge(table.cell(2, 0))

        rows = read_grids(word_file(build), "plan").grids[0].rows
        assert (rows[0].cells[0].text, rows[0].cells[0].row_span) == ("Objective", 3)
        assert [row.cells[0].is_covered for row in rows] == [False, True, True]

    def test_words_between_and_behind_tables_are_kept(self):
        def build(document):
            for words in ("before", "between"):
                document.add_paragraph(words)
                document.add_table(1, 1)
            document.add_paragraph("behind")

        document = read_grids(word_file(build), "plan")
        assert [grid.titles for grid in document.grids] == [("before",), ("between",)]
        assert document.after == ("behind",)

    def test_too_many_columns_are_refused(self):
        def build(document):
            cell = document.add_table(1, 1).cell(0, 0)._tc
            cell.get_or_add_tcPr().append(parse_xml(f"<w:gridSpan {nsdecls('w')} w:val='5000'/>"))

        with pytest.raises(GridRefused, match="more than 60 columns"):
            read_grids(word_file(build), "plan.docx")


class TestExcel:
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
    def test_a_cell_says_what_the_sheet_shows(self, value, number_format, expected):
        def build(book):
            book.active["A1"] = value
            book.active["A1"].number_format = number_format
            book.active["B1"] = "kept"

        assert texts(workbook(build)) == [[expected, "kept"]]

    def test_merged_cells_and_fills(self):
        def build(book):
            sheet = book.active
            sheet["A1"], sheet["C2"] = "wide and deep", "end"
            sheet.merge_cells("A1:B2")
            sheet["A1"].fill = PatternFill("solid", fgColor="FFFF0000")

        rows = read_grids(workbook(build), "plan").grids[0].rows
        assert (rows[0].cells[0].row_span, rows[0].cells[0].column_span, rows[0].cells[0].fill) == (2, 2, "FF0000")
        assert [cell.is_covered for cell in rows[1].cells] == [True, True, False]

    def test_hidden_sheets_are_named_and_hidden_rows_marked(self):
        def build(book):
            book.active.append(["shown"])
            book.active.append(["hidden row"])
            book.active.row_dimensions[2].hidden = True
            book.create_sheet("Old").sheet_state = "hidden"

        document = read_grids(workbook(build), "plan.xlsx")
        assert [row.is_hidden for row in document.grids[0].rows] == [False, True]
        assert document.notices == ("The sheet “Old” is hidden and was not read.",)

    def test_formats_far_down_are_no_rows(self):
        def build(book):
            book.active["A1"] = "words"
            book.active["A900000"].fill = PatternFill("solid", fgColor="FFFF0000")

        assert texts(workbook(build)) == [["words"]]

    @pytest.mark.parametrize(("place", "words"), [("A2001", "below row 2,000"), ("BI1", "beyond column 60")])
    def test_words_far_off_are_refused(self, place, words):
        def build(book):
            book.active[place] = "far"

        with pytest.raises(GridRefused, match=words):
            read_grids(workbook(build), "plan.xlsx")

    def test_too_many_sheets_are_refused(self):
        with pytest.raises(GridRefused, match="more than 20 sheets"):
            read_grids(workbook(lambda book: [book.create_sheet() for _ in range(20)]), "plan.xlsx")


class TestText:
    def test_commas_quotes_and_line_breaks(self):
        assert texts(b'No.,Action\r\n1.1,"Two\nlines, and ""quotes"""\r\n') == [
            ["No.", "Action"],
            ["1.1", 'Two\nlines, and "quotes"'],
        ]

    def test_semicolons(self):
        assert texts("No.;Aktion\n1.1;a, b".encode("cp1252")) == [["No.", "Aktion"], ["1.1", "a, b"]]

    def test_a_quoted_record_over_several_lines_knows_where_it_begins(self):
        rows = read_grids(b'No.\tAction\n1.1\t"one\ntwo"\n1.2\tthree', "plan.tsv").grids[0].rows
        assert [(row.number, row.cells[1].text) for row in rows] == [(1, "Action"), (2, "one\ntwo"), (4, "three")]

    def test_quotation_marks_in_the_words_of_a_tabbed_file(self):
        assert texts('No.\t"Perfect theatre\n1.1\tPerfect” and "more'.encode()) == [
            ["No.", '"Perfect theatre'],
            ["1.1", 'Perfect” and "more'],
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    def test_encodings(self, encoding):
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
    def test_marks_of_a_web_page_become_lines(self, cell, expected):
        assert texts(f"No.\t{cell}".encode()) == [["No.", expected]]

    def test_short_rows_are_filled_up(self):
        assert texts(b"a\tb\tc\nd\te") == [["a", "b", "c"], ["d", "e", ""]]

    def test_a_letter_is_a_document_without_tables(self):
        document = read_grids(b"Dear all\n\nnothing here", "letter.txt")
        assert (document.grids, document.after) == ((), ("Dear all", "nothing here"))


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "words"),
        [
            pytest.param(b"", "is empty", id="empty"),
            pytest.param(b" \n", "is empty", id="blank"),
            pytest.param(b"x" * (reading.LARGEST_FILE + 1), "larger than 5 MB", id="large"),
            pytest.param(reading.OLD_OFFICE + b"\0" * 100, "format of Office before 2007", id="old Office"),
            pytest.param(b"%PDF-1.7", "is a PDF", id="PDF"),
            pytest.param(b"\x89PNG\r\n", "is a picture", id="picture"),
            pytest.param(bytes(range(256)) * 4, "is not a text file", id="binary"),
            pytest.param(b"PK\x03\x04 and then nothing", "cannot be read", id="broken zip"),
            pytest.param(WORD_FILE[:9000], "cannot be read", id="cut off"),
        ],
    )
    def test_what_cannot_be_a_plan_is_refused_in_one_sentence(self, data, words):
        with pytest.raises(GridRefused, match=words) as refused:
            read_grids(data, "plan.docx")
        assert "\n" not in str(refused.value)

    def test_the_content_counts_and_not_the_name(self):
        assert read_grids(WORKBOOK, "plan.docx").kind == "xlsx"
        assert read_grids(WORD_FILE, "plan.txt").kind == "docx"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize(("data", "part"), [(WORD_FILE, "docProps/app.xml"), (WORKBOOK, "xl/styles.xml")])
    def test_a_document_type_in_any_part_is_refused(self, data, part, encoding):
        bomb = f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".encode(encoding)
        with pytest.raises(GridRefused, match="document type"):
            read_grids(rezipped(data, **{part: bomb}), "plan")

    def test_deep_nesting_is_refused(self):
        deep = b"<a>" * 201 + b"</a>" * 201
        with pytest.raises(GridRefused, match="nested too deeply"):
            read_grids(rezipped(WORD_FILE, **{"deep.xml": deep}), "plan")

    def test_macros_are_refused(self):
        with pytest.raises(GridRefused, match="macros"):
            read_grids(rezipped(WORKBOOK, **{"xl/vbaProject.bin": b"x"}), "plan")

    def test_a_zip_that_is_no_office_file_is_refused(self):
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as file:
            file.writestr("plan.txt", "words")
        with pytest.raises(GridRefused, match="neither a Word document"):
            read_grids(stream.getvalue(), "plan.zip")

    def test_a_bomb_is_refused_while_it_is_unpacked(self):
        with pytest.raises(GridRefused, match="more than 30 MB"):
            read_grids(rezipped(WORD_FILE, **{"bomb.bin": b"\0" * (limits.LARGEST_UNPACKED + 1)}), "plan")

    def test_too_many_parts_are_refused(self):
        with pytest.raises(GridRefused, match="more than 500 parts"):
            read_grids(rezipped(WORD_FILE, **{f"{number}.bin": b"" for number in range(500)}), "plan")

    def test_a_part_that_is_there_twice_is_refused(self):
        stream = BytesIO(WORD_FILE)
        with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(stream, "a") as file:
            file.writestr("word/document.xml", "<other/>")
        with pytest.raises(GridRefused, match="there twice"):
            read_grids(stream.getvalue(), "plan")

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, len(WORD_FILE) - 1), st.integers(0, 255), st.sampled_from([WORD_FILE, WORKBOOK]))
    def test_a_flipped_byte_is_read_or_refused_but_never_breaks(self, place, byte, data):
        changed = bytearray(data)
        changed[place % len(data)] = byte
        with suppress(GridRefused):
            assert read_grids(bytes(changed), "plan").name == "plan"

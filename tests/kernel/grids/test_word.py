"""A Word file's tables: words as its reader sees them, merges, colours, numbers that Word draws itself."""

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from csp_tracker.grids import GridRefused
from tests.office_files import read, texts, word_file


def test_paragraphs_tabs_and_breaks_of_a_cell():
    def build(document):
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "first"
        cell.add_paragraph("second\twith tab\nand break")
        cell.add_paragraph("")

    assert texts(word_file(build)) == [["first\nsecond with tab\nand break"]]


def test_insertions_stay_and_deletions_go():
    def build(document):
        paragraph = document.add_table(1, 1).cell(0, 0).paragraphs[0]._p
        for xml in (
            "<w:ins {} w:id='1'><w:r><w:t>new </w:t></w:r></w:ins>",
            "<w:del {} w:id='2'><w:r><w:delText>old </w:delText></w:r></w:del>",
            "<w:sdt {}><w:sdtContent><w:r><w:t>in a control</w:t></w:r></w:sdtContent></w:sdt>",
        ):
            paragraph.append(parse_xml(xml.format(nsdecls("w"))))

    assert texts(word_file(build)) == [["new in a control"]]


def test_a_table_in_a_cell_is_lines_of_that_cell():
    def build(document):
        inner = document.add_table(1, 1).cell(0, 0).add_table(2, 2)
        for index, cell in enumerate(inner._cells):
            cell.text = str(index)

    assert texts(word_file(build)) == [["0 | 1\n2 | 3"]]


def test_a_cell_merged_downwards_is_at_its_first_row_only():
    def build(document):
        table = document.add_table(3, 2)
        table.cell(0, 0).text = "Objective"
        table.cell(0, 0).merge(table.cell(2, 0))

    rows = read(word_file(build), "plan").grids[0].rows
    assert (rows[0].cells[0].text, rows[0].cells[0].row_span) == ("Objective", 3)
    assert [row.cells[0].is_covered for row in rows] == [False, True, True]


def test_words_between_and_behind_tables_are_kept():
    def build(document):
        for words in ("before", "between"):
            document.add_paragraph(words)
            document.add_table(1, 1)
        document.add_paragraph("behind")

    document = read(word_file(build), "plan")
    assert [grid.titles for grid in document.grids] == [("before",), ("between",)]
    assert document.after == ("behind",)


def test_too_many_columns_are_refused():
    def build(document):
        cell = document.add_table(1, 1).cell(0, 0)._tc
        cell.get_or_add_tcPr().append(parse_xml(f"<w:gridSpan {nsdecls('w')} w:val='5000'/>"))

    with pytest.raises(GridRefused, match="more than 60 columns"):
        read(word_file(build), "plan.docx")

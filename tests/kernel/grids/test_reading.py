"""Files become tables of cells, whatever they are called, or are refused in one sentence."""

from decimal import Decimal

import pytest

from csp_tracker.grids import read_grids
from tests.office_files import SEEDS, TYPES, WORD_FILE, WORKBOOK, rezipped, unzipped, word_file, workbook, zipped

STRICT = b"http://purl.oclc.org/ooxml/%s"


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


class TestWhatAFileIs:
    @pytest.mark.parametrize("name", ["plan.docx", "plan.txt", "plan.pdf", "plan", "plan.ods"])
    def test_its_content_counts_and_not_its_name(self, name):
        assert read_grids(WORKBOOK, name).kind == "xlsx"
        assert read_grids(WORD_FILE, name).kind == "docx"
        assert read_grids(b"No.\tAction", name).kind == "txt"

    @pytest.mark.parametrize(
        ("data", "usual", "other"),
        [
            pytest.param(WORD_FILE, b"wordprocessingml.document", b"wordprocessingml.template", id="Word template"),
            pytest.param(WORKBOOK, b"spreadsheetml.sheet.main", b"spreadsheetml.template.main", id="Excel template"),
        ],
    )
    def test_a_template_is_read_too(self, data, usual, other):
        types = unzipped(data)[TYPES].replace(usual, other)
        assert read_grids(rezipped(data, **{TYPES: types}), "plan").grids == read_grids(data, "plan").grids

    @pytest.mark.parametrize("data", [WORD_FILE, WORKBOOK])
    def test_a_strict_file_is_the_same_under_other_names(self, data):
        strict = {
            name: content.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", STRICT % b"wordprocessingml/main"
            )
            .replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", STRICT % b"spreadsheetml/main")
            .replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                STRICT % b"officeDocument/relationships",
            )
            for name, content in unzipped(data).items()
        }
        assert read_grids(zipped(strict), "plan") == read_grids(data, "plan")

    def test_the_main_part_may_have_another_name(self):
        parts = unzipped(WORD_FILE)
        renamed = {
            name.replace("word/document.xml", "word/document2.xml").replace(
                "document.xml.rels", "document2.xml.rels"
            ): (content.replace(b"word/document.xml", b"word/document2.xml"))
            for name, content in parts.items()
        }
        assert read_grids(zipped(renamed), "plan") == read_grids(WORD_FILE, "plan")

    def test_how_far_it_is_is_told(self):
        told = []
        rows = "".join(f"{number}\taction\n" for number in range(250))
        read_grids(rows.encode(), "plan.txt", tell=told.append)
        read_grids(workbook(lambda book: [book.active.append([row]) for row in range(120)]), "x", tell=told.append)
        read_grids(word_file(lambda document: document.add_table(101, 1)), "x", tell=told.append)
        assert told == ["100 of 250 rows", "200 of 250 rows", "100 of 120 rows", "100 of 101 rows"]

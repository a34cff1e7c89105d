"""A Word file's tables: words as its reader sees them, merges, colours, numbers that Word draws itself."""

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from csp_tracker.grids import GridRefused
from tests.office_files import SEEDS, W, fills, notes, read, relations, texts, unzipped, with_body, with_cell, word_file


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


RELATIONS = "word/_rels/document.xml.rels"


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def mark(kind: str, inside: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inside}</w:fldChar></w:r>'


LINKED = relations(("rId5", "hyperlink", "https://example.org/plan"), ("rId6", "footnotes", "footnotes.xml"))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param(
            [run("see "), f'<w:hyperlink r:id="rId5">{run("the ")}{run("plan")}</w:hyperlink>', run(" now")],
            "see the plan (https://example.org/plan) now",
            id="link",
        ),
        pytest.param(
            [f'<w:hyperlink r:id="rId5">{run("example.org/plan")}</w:hyperlink>'], "example.org/plan", id="bare link"
        ),
        pytest.param([f'<w:hyperlink w:anchor="top">{run("above")}</w:hyperlink>'], "above", id="link within"),
        pytest.param(
            [f"<w:fldSimple w:instr=' HYPERLINK \"https://a.example\" '>{run('plan')}</w:fldSimple>"],
            "plan (https://a.example)",
            id="link as a field",
        ),
        pytest.param(
            [
                mark("begin"),
                '<w:r><w:instrText> HYPERLINK </w:instrText></w:r><w:r><w:instrText>"https://a.example"</w:instrText></w:r>',
                mark("separate"),
                run("plan"),
                mark("end"),
                run(" here"),
            ],
            "plan (https://a.example) here",
            id="link as a field in pieces",
        ),
        pytest.param([mark("begin"), run("x"), mark("end"), mark("end")], "x", id="field without result"),
        pytest.param(
            [
                mark(
                    "begin",
                    '<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Red"/><w:listEntry w:val="Green"/>'
                    "</w:ddList></w:ffData>",
                ),
                mark("end"),
            ],
            "Green",
            id="choice in an old form",
        ),
        pytest.param(
            [mark("begin", "<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>"), run(" done")],
            "☒ done",
            id="box ticked in an old form",
        ),
        pytest.param(
            ["<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>Amber</w:t></w:r></w:sdtContent></w:sdt>"], "Amber", id="control"
        ),
        pytest.param(
            [
                "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Choose an item.</w:t></w:r>"
                "</w:sdtContent></w:sdt>"
            ],
            "",
            id="control nobody filled in",
        ),
        pytest.param([run("words"), '<w:r><w:footnoteReference w:id="2"/></w:r>'], "words [a note]", id="footnote"),
        pytest.param(['<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'], "✓", id="tick of a font"),
        pytest.param(
            [f"<w:moveTo>{run('here')}</w:moveTo><w:moveFrom>{run('there')}</w:moveFrom>"], "here", id="moved"
        ),
    ],
)
def test_words_are_those_a_reader_sees(pieces, expected):
    assert texts(with_cell(*pieces, **{RELATIONS: LINKED, "word/footnotes.xml": notes("a note")})) == [[expected]]


def numbering(*levels: tuple[str, str], override: str = "") -> bytes:
    drawn = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for place, (kind, pattern) in enumerate(levels)
    )
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1">{drawn}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="1"/>{override}</w:num></w:numbering>'
    ).encode()


def numbered(words: str, level: int = 0, number: int = 1) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        f"{run(words) if words else ''}</w:p>"
    )


def lined(*paragraphs: str, part: bytes) -> list[str]:
    parts = {RELATIONS: relations(("rId1", "numbering", "numbering.xml")), "word/numbering.xml": part}
    rows = "".join(f"<w:tr><w:tc>{paragraph}</w:tc></w:tr>" for paragraph in paragraphs)
    return [row[0] for row in texts(with_body(f"<w:tbl>{rows}</w:tbl>", **parts))]


def test_numbers_that_word_draws_are_part_of_the_words():
    part = numbering(("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)"))
    paragraphs = numbered("Streets"), numbered("lock", 1), numbered("light", 1), numbered("near", 2)
    assert lined(*paragraphs, numbered("Homes"), numbered("visit", 1), part=part) == [
        "1. Streets",
        "1.1 lock",
        "1.2 light",
        "(a) near",
        "2. Homes",
        "2.1 visit",
    ]


def test_a_column_of_numbers_may_hold_nothing_else():
    assert lined(numbered(""), numbered(""), part=numbering(("upperRoman", "%1"))) == ["I ".strip(), "II"]


def test_a_list_may_begin_anew():
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'
    part = numbering(("decimal", "%1"), override=override)
    assert lined(numbered("a"), numbered("b"), numbered("c", number=2), part=part) == ["1 a", "2 b", "5 c"]


def test_bullets_have_one_sign_and_no_list_has_none():
    part = numbering(("bullet", "\uf0b7"))
    assert lined(numbered("a"), numbered(""), numbered("b", number=9), part=part) == ["• a", "", "b"]


def shaded(attributes: str) -> str:
    return f"<w:tbl><w:tr><w:tc><w:tcPr><w:shd {attributes}/></w:tcPr><w:p>{run('x')}</w:p></w:tc></w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param('w:fill="00b050"', "00B050", id="given"),
        pytest.param('w:fill="auto"', "", id="none"),
        pytest.param('w:fill="auto" w:themeFill="accent3"', "9BBB59", id="of the theme"),
        pytest.param('w:themeFill="accent3" w:themeFillTint="66"', "D7E4BD", id="lighter"),
        pytest.param('w:themeFill="accent3" w:themeFillShade="80"', "4F6228", id="darker"),
        pytest.param('w:themeFill="background1"', "FFFFFF", id="by another name"),
        pytest.param('w:themeFill="accent3" w:themeFillTint="zz"', "9BBB59", id="by no number"),
    ],
)
def test_a_fill_is_six_digits_however_it_is_given(attributes, expected):
    theme = unzipped((SEEDS / "maldon-csp-2015.docx").read_bytes())["word/theme/theme1.xml"]
    parts = {RELATIONS: relations(("rId1", "theme", "theme/theme1.xml")), "word/theme/theme1.xml": theme}
    assert fills(with_body(shaded(attributes), **parts)) == [expected]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([run("G", '<w:highlight w:val="green"/>')], "00FF00", id="highlighted"),
        pytest.param([run("G", '<w:shd w:fill="FFC000"/>')], "FFC000", id="shaded"),
        pytest.param([run("G", '<w:highlight w:val="green"/>'), run("rest")], "", id="one word of several"),
        pytest.param([run("G", '<w:highlight w:val="none"/>')], "", id="no pen"),
    ],
)
def test_a_pen_over_all_words_is_a_fill(pieces, expected):
    assert fills(with_cell(*pieces)) == [expected]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([run("●", '<w:color w:val="00B050"/>')], "00B050", id="a dot"),
        pytest.param([run("●●", '<w:color w:val="FF0000"/>')], "FF0000", id="two dots of one colour"),
        pytest.param([run("●", '<w:color w:val="FF0000"/>'), run("●", '<w:color w:val="00B050"/>')], "", id="of two"),
        pytest.param([run("●", '<w:color w:val="auto"/>')], "", id="black"),
        pytest.param([run("On time", '<w:color w:val="00B050"/>')], "", id="words are no light by their ink"),
    ],
)
def test_the_ink_of_a_dot_alone_is_the_colour_of_its_cell(pieces, expected):
    assert fills(with_cell(*pieces)) == [expected]


def test_a_table_of_one_cell_around_a_table_is_its_frame():
    def build(document):
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "Community Safety Plan"
        for place, inner in enumerate(cell.add_table(2, 3)._cells):
            inner.text = str(place)

    grids = read(word_file(build)).grids
    assert [(grid.name, grid.titles) for grid in grids] == [("Table 1", ("Community Safety Plan",))]
    assert [[cell.text for cell in row.cells] for row in grids[0].rows] == [["0", "1", "2"], ["3", "4", "5"]]


def test_what_a_reader_of_the_pages_would_not_expect_is_told():
    header = (
        f'<w:hdr xmlns:w="{W}"><w:p><w:r><w:t>Safer </w:t></w:r><w:r><w:t>Streets</w:t></w:r></w:p></w:hdr>'.encode()
    )
    comments = f'<w:comments xmlns:w="{W}"><w:comment w:id="0"/></w:comments>'.encode()
    targets = ("rId1", "header", "header1.xml"), ("rId2", "header", "header2.xml"), ("rId3", "comments", "comments.xml")
    document = read(
        with_body(
            f'<w:p>{run("secret", "<w:vanish/>")}</w:p><w:altChunk r:id="rId9"/>',
            **{
                RELATIONS: relations(*targets),
                "word/header1.xml": header,
                "word/header2.xml": header,
                "word/comments.xml": comments,
            },
        )
    )
    assert document.after == ("secret",)
    assert document.notices == (
        "Some words of the document are hidden: they were read all the same.",
        "A part of the document is another file inside it, which was not read.",
        "The document has comments in its margin, which were not read.",
        "The words at the top of the pages, “Safer Streets”, were not read.",
    )

"""Files made to crash, drown or mislead a reader: each is refused in one sentence that says what to do, at once.

Every file is made here. The fuzz at the end takes honest files and breaks them in a few hundred places.
"""

import random
import struct
import time
import warnings
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csp_tracker.grids import Document, GridRefused, read_grids, read_safely
from csp_tracker.grids.limits import LARGEST_FILE, LARGEST_UNPACKED, MEGABYTE
from tests.office_files import (
    BODY,
    SEEDS,
    STRINGS,
    STYLES,
    TYPES,
    WORD_FILE,
    WORKBOOK,
    S,
    notes,
    relations,
    rezipped,
    unzipped,
    with_body,
    with_cell,
    with_sheet,
    workbook,
    zipped,
)

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CENTRAL = b"PK\x01\x02"  # begins each line of a zip's own table


def dtd(encoding: str = "utf-8", declared: bool = True) -> bytes:
    """Laughs a million times, if it is let."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 7))
    head = f"<?xml version='1.0' encoding='{encoding}'?>" if declared else ""
    return f'{head}<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]><a>&a6;</a>'.encode(encoding)


REMOTE = b'<!DOCTYPE a SYSTEM "http://192.0.2.1/a.dtd"><a/>'
EXTERNAL = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


def doubled(name: str) -> bytes:
    stream = BytesIO(WORD_FILE)
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "a") as file:
        warnings.simplefilter("ignore")
        file.writestr(name, "<other/>")
    return stream.getvalue()


def packed(kind: int) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as file:
        for name, content in unzipped(WORD_FILE).items():
            file.writestr(name, content)
    return stream.getvalue()


def in_table(data: bytes, line: int, field: str, place: int, change) -> bytes:
    """The zip with one number of its own table changed."""
    begins = -1
    for _ in range(line + 1):
        begins = data.index(CENTRAL, begins + 1)
    number = struct.unpack_from(field, data, begins + place)[0]
    changed = bytearray(data)
    struct.pack_into(field, changed, begins + place, change(number))
    return bytes(changed)


def halved(size: int) -> int:
    return size // 2


def sheet_rows(cells: str) -> bytes:
    return with_sheet(f"<sheetData>{cells}</sheetData>")


def cell(place: str, words: str = "far") -> str:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>{words}</t></is></c></row>'


def merged(*areas: str) -> bytes:
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return with_sheet(f"<sheetData>{cell('A1')}</sheetData><mergeCells>{merges}</mergeCells>")


def many_times(words: str, times: int) -> bytes:
    """One long text that the workbook has once and shows often."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, times + 1))
    rels = relations(
        ("rId1", "worksheet", "/xl/worksheets/sheet1.xml"), ("rId2", "sharedStrings", "/xl/sharedStrings.xml")
    )
    shared = f'<sst xmlns="{S}"><si><t>{words}</t></si></sst>'.encode()
    return with_sheet(f"<sheetData>{rows}</sheetData>", **{STRINGS: shared, "xl/_rels/workbook.xml.rels": rels})


def sheets(count: int, rows: int) -> bytes:
    def build(book):
        for sheet in [book.active, *(book.create_sheet() for _ in range(count - 1))]:
            for row in range(rows):
                sheet.append([row])

    return workbook(build)


def table(*rows: str, times: int = 1) -> bytes:
    return with_body("<w:tbl>" + "".join(rows) * times + "</w:tbl>")


def tc(properties: str = "", words: str = "x") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>"


def with_types(data: bytes, usual: bytes, other: bytes) -> bytes:
    return rezipped(data, **{TYPES: unzipped(data)[TYPES].replace(usual, other)})


def named_type(data: bytes, name: str, kind: str) -> bytes:
    override = f'<Override PartName="{name}" ContentType="{kind}"/></Types>'.encode()
    return rezipped(with_types(data, b"</Types>", override), **{name.lstrip("/"): b"x"})


HOSTILE = {
    # What it is
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "too large": (b"x" * (LARGEST_FILE + 1), "larger than 5 MB: bring a copy without its pictures"),
    "old Word": (OLD_OFFICE + "WordDocument".encode("utf-16-le"), "format of Office before 2007: save a copy as"),
    "encrypted": (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "protected by a password: save a copy without"),
    "PDF": (b"%PDF-1.7 ...", "is a PDF: bring the plan as"),
    "PDF behind white space": (b"\xef\xbb\xbf\r\n %PDF-1.7", "is a PDF"),
    "RTF": (b"{\\rtf1\\ansi No.}", "is an RTF file"),
    "picture": (b"\x89PNG\r\n", "is a picture"),
    "web page called .xls": (b"<HTML><table><tr><td>1.1", "is a web page"),
    "web page of a new kind": (b"<!DOCTYPE html><p>", "is a web page"),
    "workbook of 2003": (b"<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?>", "is an XML file"),
    "OpenDocument": (
        lambda: zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
        "is an OpenDocument file: save a copy as",
    ),
    "binary workbook": (
        lambda: with_types(
            WORKBOOK,
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.binary.macroEnabled.main",
        ),
        "is a binary workbook: save a copy as .xlsx",
    ),
    "any zip": (lambda: zipped({"plan.txt": b"words"}), "neither a Word document"),
    "slides": (
        lambda: with_types(WORD_FILE, b"wordprocessingml.document.main", b"presentationml.presentation.main"),
        "neither a Word document",
    ),
    "program": (b"MZ" + bytes(range(256)) * 4, "is not a text file"),
    "noughts": (b"\0" * 1000, "is not a text file"),
    # Macros
    "macro in a workbook": (
        lambda: rezipped(WORKBOOK, **{"xl/vbaProject.bin": b"x"}),
        "carries macros: save a copy without",
    ),
    "macro under another name": (
        lambda: named_type(WORD_FILE, "/word/a.bin", "application/vnd.ms-office.vbaProject"),
        "carries macros",
    ),
    "macro of 1992": (
        lambda: named_type(WORKBOOK, "/xl/a.xml", "application/vnd.ms-excel.macrosheet+xml"),
        "carries macros|cannot be read",
    ),
    "macro workbook": (
        lambda: with_types(
            WORKBOOK,
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
        "carries macros",
    ),
    # The zip
    "zip cut off": (WORD_FILE[:9000], "cannot be read: the file is damaged"),
    "zip in name alone": (b"PK\x03\x04 and then nothing", "cannot be read"),
    "bomb": (lambda: rezipped(WORD_FILE, **{"a.bin": b"\0" * (LARGEST_UNPACKED + 1)}), "unpacks to more than 30 MB"),
    "bomb in pieces": (
        lambda: rezipped(WORD_FILE, **{f"{n}.bin": b"\0" * MEGABYTE for n in range(31)}),
        "unpacks to more than 30 MB",
    ),
    "bomb that lies": (
        lambda: in_table(
            rezipped(WORD_FILE, **{"a.bin": b"\0" * 40 * MEGABYTE}), len(unzipped(WORD_FILE)), "<I", 24, halved
        ),
        "cannot be read",
    ),
    "too many parts": (
        lambda: rezipped(WORD_FILE, **{f"{number}.bin": b"" for number in range(500)}),
        "more than 500 parts",
    ),
    "part twice": (lambda: doubled(BODY), "one of its parts is there twice"),
    "part twice in capitals": (lambda: doubled(BODY.upper()), "one of its parts is there twice"),
    "part twice at one place": (
        lambda: in_table(WORD_FILE, 1, "<I", 42, lambda _place: 0),
        "parts overlap|cannot be read",
    ),
    "parts overlap": (lambda: in_table(WORD_FILE, 0, "<I", 20, lambda size: size + 100), "its parts overlap"),
    "up and away": (lambda: rezipped(WORD_FILE, **{"../../etc/cron.d/x": b"x"}), "a name that leads out of it"),
    "from the root": (lambda: rezipped(WORD_FILE, **{"/etc/passwd": b"x"}), "a name that leads out of it"),
    "from a drive": (lambda: rezipped(WORD_FILE, **{"C:evil": b"x"}), "a name that leads out of it"),
    "backwards": (lambda: rezipped(WORD_FILE, **{"word\\..\\x": b"x"}), "a name that leads out of it"),
    "zip with a password": (
        lambda: in_table(WORD_FILE, 2, "<H", 8, lambda flags: flags | 1),
        "protected by a password: save a copy without one",
    ),
    "packed by bzip2": (lambda: packed(zipfile.ZIP_BZIP2), "packed in a way that Office never uses"),
    "packed by LZMA": (lambda: packed(zipfile.ZIP_LZMA), "packed in a way that Office never uses"),
    # Its XML
    "a million laughs": (lambda: rezipped(WORD_FILE, **{BODY: dtd()}), "document type definition"),
    "in UTF-16": (lambda: rezipped(WORD_FILE, **{"docProps/app.xml": dtd("utf-16")}), "document type definition"),
    "in UTF-16 undeclared": (
        lambda: rezipped(WORKBOOK, **{STYLES: b"\xfe\xff" + dtd("utf-16-be", declared=False)}),
        "document type definition",
    ),
    "in a part of no name": (lambda: rezipped(WORKBOOK, **{"xl/media/picture.png": dtd()}), "document type definition"),
    "behind white space": (
        lambda: rezipped(WORKBOOK, **{"xl/thing.bin": b"\n\t " + REMOTE}),
        "document type definition",
    ),
    "among relations": (lambda: rezipped(WORD_FILE, **{"_rels/.rels": REMOTE}), "document type definition"),
    "among types": (lambda: rezipped(WORKBOOK, **{TYPES: EXTERNAL}), "document type definition"),
    "nested": (lambda: rezipped(WORD_FILE, **{"deep.xml": b"<a>" * 201 + b"</a>" * 201}), "nested too deeply"),
    "unfinished": (lambda: rezipped(WORD_FILE, **{BODY: b"<a><b></a>"}), "cannot be read"),
    "no body": (lambda: rezipped(WORD_FILE, **{BODY: b"<a/>"}), "its text is missing"),
    "no words in it": (
        lambda: zipped({n: c for n, c in unzipped(WORD_FILE).items() if n != BODY}),
        "its text is missing",
    ),
    # A workbook
    "cell in the last row": (
        lambda: sheet_rows(cell("A1048576")),
        "has words below row 2,000: keep the rows of the plan",
    ),
    "cell in the last column": (lambda: sheet_rows(cell("XFD1")), "has words beyond column 60: keep those of the plan"),
    "row of no such number": (
        lambda: sheet_rows('<row r="99999999999"><c t="str"><v>x</v></c></row>' * 2001),
        "below row",
    ),
    "merge of the whole sheet": (
        lambda: merged("A1:XFD1048576"),
        "merges far more cells than a plan has: undo those merges",
    ),
    "merges over each other": (lambda: merged(*(f"A{n}:BH2000" for n in range(1, 10))), "merges far more cells"),
    "merges without number": (
        lambda: merged(*(f"{column}{row}" for row in range(1, 2000) for column in "ABCDEFGHIJK")),
        "merges far more cells",
    ),
    "too many sheets": (lambda: sheets(21, 1), "more than 20 sheets: keep those of the plan"),
    "too many rows in all": (lambda: sheets(3, 1700), "more than 5,000 rows: split it into smaller files"),
    "one text a thousand times": (lambda: many_times("x" * 30_000, 1000), "more than 5,000,000 characters: keep those"),
    "a cell without end": (
        lambda: many_times("x" * 40_001, 1),
        "row 1 has a cell of more than 40,000 characters: split it",
    ),
    "words that are not there": (lambda: sheet_rows('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), "cannot be read"),
    "a number that is none": (lambda: sheet_rows('<row r="1"><c r="A1"><v>ten</v></c></row>'), "cannot be read"),
    # A Word file
    "absurd gridSpan": (lambda: table("<w:tr>", tc('<w:gridSpan w:val="900000"/>'), "</w:tr>"), "more than 60 columns"),
    "giant gridSpan": (lambda: table("<w:tr>", tc('<w:gridSpan w:val="16000"/>'), "</w:tr>"), "more than 60 columns"),
    "giant gridBefore": (
        lambda: table('<w:tr><w:trPr><w:gridBefore w:val="99999"/></w:trPr>' + tc() + "</w:tr>", times=2000),
        "more than 60 columns",
    ),
    "a row without end": (lambda: table(f"<w:tr>{tc() * 5000}</w:tr>"), "more than 60 columns"),
    "a table without end": (lambda: table(f"<w:tr>{tc()}</w:tr>", times=2001), "more than 2,000 rows: split the plan"),
    "tables without end": (
        lambda: with_body(f"<w:tbl><w:tr>{tc()}</w:tr></w:tbl><w:p/>" * 501),
        "more than 500 tables",
    ),
    "a cell of a book": (
        lambda: table(f"<w:tr>{tc(words='x' * 40_001)}</w:tr>"),
        "more than 40,000 characters: split it",
    ),
    # Text
    "lines without end": (b"1,2\n" * 2001, "more than 2,000 lines: split the plan"),
    "columns without end": (b"1," * 61 + b"2", "more than 60 columns"),
    "a quotation mark never closed": (
        b'No.,Action\n1.1,"' + b"words, " * 30_000,
        "quotation mark that is never closed",
    ),
}


def made(data) -> bytes:
    """Large files are made when their turn comes."""
    return data() if callable(data) else data


@pytest.mark.parametrize(("data", "words"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_at_once_in_one_sentence(data, words):
    data = made(data)
    start = time.process_time()
    with pytest.raises(GridRefused, match=words) as refused:
        read_grids(data, "plan.docx")
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert time.process_time() - start < 3


@pytest.mark.parametrize("name", ["bomb", "a million laughs", "merge of the whole sheet", "giant gridBefore"])
def test_a_hostile_file_is_refused_by_the_process_of_its_own(name):
    data, words = HOSTILE[name]
    with pytest.raises(GridRefused, match=words):
        read_safely(made(data), "plan.docx")


HARMLESS = {
    "a link over the whole sheet": (
        with_sheet(
            f"<sheetData>{cell('A1', 'words')}</sheetData>"
            '<hyperlinks><hyperlink ref="A1:XFD1048576" r:id="rId9"/></hyperlinks>',
            **{"xl/worksheets/_rels/sheet1.xml.rels": relations(("rId9", "hyperlink", "https://example.org"))},
        ),
        [["words (https://example.org)"]],
    ),
    "a wrong dimension": (
        with_sheet(f'<dimension ref="A1:A1"/><sheetData>{cell("A1", "a")}{cell("A2", "b")}</sheetData>'),
        [["a"], ["b"]],
    ),
    "a dimension of the whole sheet": (
        with_sheet(f'<dimension ref="A1:XFD1048576"/><sheetData>{cell("A1", "a")}</sheetData>'),
        [["a"]],
    ),
    "a title merged over a whole row": (merged("A1:XFD1"), [["far"]]),
    "formats to the end of the sheet": (
        sheet_rows(cell("A1", "a") + '<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
        [["a"]],
    ),
    "numbers too large": (
        sheet_rows('<row r="1"><c r="A1"><v>1e999999</v></c><c r="B1"><v>NaN</v></c></row>'),
        [["1e999999", "NaN"]],
    ),
    "a note referred to without end": (
        with_cell(
            '<w:r><w:footnoteReference w:id="2"/></w:r>' * 5000,
            **{
                "word/_rels/document.xml.rels": relations(("rId1", "footnotes", "footnotes.xml")),
                "word/footnotes.xml": notes("nnnnnnnnn"),
            },
        ),
        [[" [nnnnnnnnn]"]],
    ),
    "a table in a table in a table": (
        with_body("<w:tbl><w:tr><w:tc>" * 40 + "<w:p><w:r><w:t>deep</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 40),
        [["deep"]],
    ),
    "ten thousand empty lines at the end": (b"No.,Action\n" + b",\n" * 10_000, [["No.", "Action"]]),
}


@pytest.mark.parametrize(("data", "expected"), HARMLESS.values(), ids=HARMLESS)
def test_what_is_only_odd_is_read(data, expected):
    start = time.process_time()
    document = read_grids(data, "plan.csv")
    assert [[cell.text for cell in row.cells] for row in document.grids[0].rows] == expected
    assert time.process_time() - start < 3


HONEST = {path.name: path.read_bytes() for path in sorted(SEEDS.iterdir())}


def broken(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, a piece cut out, put in or doubled."""
    changed = bytearray(data)
    place, length = chance.randrange(len(data)), chance.randrange(1, 40)
    match chance.randrange(4):
        case 0:
            for _ in range(chance.randrange(1, 6)):
                changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case 1:
            del changed[place : place + length]
        case 2:
            changed[place:place] = chance.randbytes(length)
        case _:
            changed[place:place] = changed[place : place + length * 20]
    return bytes(changed)


def damaged(name: str, chance: random.Random) -> bytes:
    """The file itself broken, or one part inside of it and the whole made sound again around it."""
    data = HONEST[name]
    if not data.startswith(b"PK") or chance.random() < 0.4:
        return broken(data, chance)
    parts = unzipped(data)
    part = chance.choice(sorted(parts))
    return zipped(parts | {part: broken(parts[part], chance)}) if parts[part] else data


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_is_read_or_refused_but_never_breaks(name, seed):
    chance = random.Random(f"{name} {seed}")
    for _ in range(15):
        data = damaged(name, chance)
        with suppress(GridRefused):
            document = read_grids(data, name)
            assert Document.from_json(document.to_json()) == document


@pytest.mark.parametrize("name", HONEST)
def test_a_damaged_file_breaks_no_process_of_its_own(name):
    chance = random.Random(name)
    for _ in range(2):
        with suppress(GridRefused):
            read_safely(damaged(name, chance), name)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["plan.csv", "plan.txt"]))
def test_bytes_of_any_kind_are_read_or_refused(data, name):
    with suppress(GridRefused):
        assert read_grids(data, name).name == name


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab ,;|\t\n\"'<>&•=\ufeff", max_size=80), st.sampled_from(["plan.csv", "plan.txt"]))
def test_no_word_of_a_text_is_lost(text, name):
    """Every letter of the file is in a title, in a cell or behind the table."""
    if not text.strip() or "<" in text or "&" in text:
        return
    with suppress(GridRefused):
        document = read_grids(text.encode(), name)
        kept = [cell.text for grid in document.grids for row in grid.rows for cell in row.cells]
        kept += [title for grid in document.grids for title in grid.titles] + list(document.after)
        letters = "".join(kept)
        assert [letters.count(letter) for letter in "ab"] == [text.count(letter) for letter in "ab"]

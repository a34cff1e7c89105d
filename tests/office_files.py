"""Word files and workbooks made for tests, honest and hostile."""

import zipfile
from io import BytesIO
from pathlib import Path

import docx
import openpyxl

from csp_tracker.grids import Document, read_grids

SEEDS = Path(__file__).parent / "seeds"
WORKBOOK = (SEEDS / "maldon-csp-2015.xlsx").read_bytes()
WORD_FILE = (SEEDS / "maldon-csp-2015.docx").read_bytes()
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OUTSIDE = ' TargetMode="External"'
TYPES, STYLES, STRINGS = "[Content_Types].xml", "xl/styles.xml", "xl/sharedStrings.xml"
SHEET, BODY = "xl/worksheets/sheet1.xml", "word/document.xml"


def saved(file) -> bytes:
    stream = BytesIO()
    file.save(stream)
    return stream.getvalue()


def word_file(build) -> bytes:
    document = docx.Document()
    build(document)
    return saved(document)


def workbook(build) -> bytes:
    book = openpyxl.Workbook()
    build(book)
    return saved(book)


def zipped(parts: dict[str, bytes]) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


def rezipped(data: bytes, **changed: bytes) -> bytes:
    """The same Office file with some parts changed or added."""
    return zipped(unzipped(data) | changed)


def with_sheet(xml: str, **parts: bytes) -> bytes:
    """A workbook whose one sheet's file is this, with other parts changed or added."""
    sheet = f'<worksheet xmlns="{S}" xmlns:r="{R}">{xml}</worksheet>'.encode()
    return rezipped(workbook(lambda _book: None), **{SHEET: sheet}, **parts)


def with_body(xml: str, **parts: bytes) -> bytes:
    """A Word file whose body is this, with other parts changed or added."""
    body = f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{xml}</w:body></w:document>'
    return rezipped(word_file(lambda _document: None), **{BODY: body.encode()}, **parts)


def with_cell(*pieces: str, **parts: bytes) -> bytes:
    """A Word file with one cell, whose one paragraph holds these pieces of XML."""
    return with_body(f"<w:tbl><w:tr><w:tc><w:p>{''.join(pieces)}</w:p></w:tc></w:tr></w:tbl>", **parts)


def relations(*targets: tuple[str, str, str]) -> bytes:
    """What a part refers to: name, kind and target, each an address outside where it has a colon."""
    lines = (
        f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{target}"{OUTSIDE if ":" in target else ""}/>'
        for name, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}">{"".join(lines)}</Relationships>'.encode()


def notes(words: str) -> bytes:
    """The footnotes of a Word file: one, which is called 2."""
    note = f'<w:footnote w:id="2"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote>'
    return f'<w:footnotes xmlns:w="{W}">{note}</w:footnotes>'.encode()


def read(data: bytes, name: str = "plan") -> Document:
    return read_grids(data, name)


def texts(data: bytes, name: str = "plan") -> list[list[str]]:
    return [[cell.text for cell in row.cells] for grid in read(data, name).grids for row in grid.rows]


def fills(data: bytes) -> list[str]:
    return [cell.fill for row in read(data).grids[0].rows for cell in row.cells]

"""Text with tabs, or commas between its cells, as one grid: plans pasted or extracted from elsewhere."""

import csv
import html
import re
from io import StringIO

from csp_tracker.grids.cells import Cell, Document, Grid, GridRefused, Row
from csp_tracker.text import clean_text

LARGEST_ROWS = 2_000
LARGEST_COLUMNS = 60
MARKUP = re.compile(r"</?(?:p|u|i|b|em|strong|span|ul|ol|li|br|div|a|sup|sub)(?:\s[^<>]*)?/?>", re.IGNORECASE)
OWN_LINE = re.compile(r"</?(?:p|ul|ol|br|div)(?:\s[^<>]*)?/?>", re.IGNORECASE)
LIST_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
CONTROLS_ALLOWED = 0.01  # of the characters: more is not a text file


def read_delimited(data: bytes, name: str) -> Document:
    """Rows are lines with a tab, or else with the separator of a .csv file; lines before the first are its title."""
    text = clean_text(_decoded(data, name))
    lines = _tabbed(text) if "\t" in text else _separated(text)
    if len(lines) > LARGEST_ROWS:
        raise GridRefused(f"{name} has more than {LARGEST_ROWS:,} lines: split the plan into smaller files.")
    width = max((len(cells) for _, cells in lines), default=0)
    if width > LARGEST_COLUMNS:
        raise GridRefused(f"{name} has more than {LARGEST_COLUMNS} columns, which no plan needs.")
    titles, table = _titles_first(lines)
    rows = tuple(
        Row(
            cells=tuple(Cell(text=_readable(cell)) for cell in cells) + (Cell(),) * (width - len(cells)),
            number=number,
            at=f"line {number}",
        )
        for number, cells in table
    )
    kind = "txt" if "\t" in text or width < 2 else "csv"
    grids = (Grid(name="Text", rows=rows, titles=titles),) if rows else ()
    return Document(name=name, kind=kind, grids=grids, after=() if rows else titles)


Lines = list[tuple[int, list[str]]]  # the number of the line a record begins on, and its cells


def _decoded(data: bytes, name: str) -> str:
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and _looks_written(text):
            return text
    raise GridRefused(f"{name} is not a text file, a Word document (.docx) or an Excel workbook (.xlsx).")


def _looks_written(text: str) -> bool:
    """Few control characters other than white space: a program's own data is full of them."""
    return len(CONTROLS.findall(text)) <= CONTROLS_ALLOWED * len(text)


def _tabbed(text: str) -> Lines:
    try:
        return _records(text, delimiter="\t", strict=True)
    except csv.Error:  # quotation marks are part of the words
        return [(number, line.split("\t")) for number, line in enumerate(text.split("\n"), start=1)]


def _separated(text: str) -> Lines:
    first = next((line for line in text.split("\n") if "," in line or ";" in line), "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        return _records(text, delimiter=delimiter, strict=True)
    except csv.Error:
        return _records(text, delimiter=delimiter, strict=False)


def _records(text: str, *, delimiter: str, strict: bool) -> Lines:
    """Records with the line each begins on: a quoted cell may run over several lines."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    lines: Lines = []
    before = 0
    for cells in reader:
        lines.append((before + 1, cells))
        before = reader.line_num
    return lines


def _titles_first(lines: Lines) -> tuple[tuple[str, ...], Lines]:
    """Lines of one cell before the first row are not part of the table."""
    first = next((index for index, (_, cells) in enumerate(lines) if sum(map(bool, cells)) > 1), len(lines))
    titles = [_readable(cells[0] if cells else "") for _, cells in lines[:first]]
    table = lines[first:]
    while table and not any(cell.strip() for cell in table[-1][1]):
        table.pop()
    return tuple(title for title in titles if title), table


def _readable(text: str) -> str:
    """The words without the marks of a web page; paragraphs and bullets as lines."""
    if MARKUP.search(text):
        text = LIST_ITEM.sub("\n• ", OWN_LINE.sub("\n", text))
        text = html.unescape(MARKUP.sub("", text))
    lines = (line.strip() for line in text.replace("•", "\n•").split("\n"))
    return clean_text("\n".join(f"• {line[1:].strip()}" if line.startswith("•") else line for line in lines if line))

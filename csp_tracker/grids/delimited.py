"""Text with tabs, commas, semicolons or bars between its cells, as one grid: pasted or extracted from elsewhere."""

import csv
import html
import re
from collections import Counter
from io import StringIO

from csp_tracker.grids.cells import BLANK, Cell, Document, Grid, GridRefused, Row
from csp_tracker.grids.limits import LARGEST_COLUMNS, LARGEST_ROWS
from csp_tracker.grids.links import with_address
from csp_tracker.grids.tally import Tally
from csp_tracker.text import clean_text

TAB, COMMA = "\t", ","
SEPARATORS = (TAB, COMMA, ";", "|")
LOOKED_AT = 50  # lines, to tell what separates the cells
NAMED_SEPARATOR = re.compile(r"sep=([,;|\t])\n", re.IGNORECASE)  # what Excel writes and reads at the top
MARKUP = re.compile(r"</?(?:p|u|i|b|em|strong|span|ul|ol|li|br|div|a|sup|sub)(?:\s[^<>]*)?/?>", re.IGNORECASE)
OWN_LINE = re.compile(r"</?(?:p|ul|ol|br|div)(?:\s[^<>]*)?/?>", re.IGNORECASE)
LIST_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
ANCHOR = re.compile(r"<a\s[^<>]*?href=[\"']([^\"'<>]*)[\"'][^<>]*>([^<]*)</a>", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
CONTROLS_ALLOWED = 0.01  # of the characters: more is not a text file
LOST = "\N{REPLACEMENT CHARACTER}"
LOST_ALLOWED = 200  # one of so many characters
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_delimited(data: bytes, name: str, tally: Tally) -> Document:
    """Rows are lines with a tab, or else with the separator of a .csv file; lines before the first are its title."""
    decoded, lost = _decoded(data, name)
    text = clean_text(decoded)
    separator, lines = _separated(text, name)
    _drop_blank_end(lines)
    lines = _without_frame(lines) if separator == "|" else lines
    if len(lines) > LARGEST_ROWS:
        raise GridRefused(f"{name} has more than {LARGEST_ROWS:,} lines: split the plan into smaller files.")
    width = max((len(cells) for _, cells in lines), default=0)
    if width > LARGEST_COLUMNS:
        raise GridRefused(f"{name} has more than {LARGEST_COLUMNS} columns, which no plan needs.")
    titles, table = _titles_first(lines)
    for title in titles:
        tally.text(title, "The title")
    tally.expected = len(table)
    rows = tuple(_row(number, cells, width, tally) for number, cells in table)
    kind = "txt" if separator == TAB or width < 2 else "csv"
    grids = (Grid(name="Text", rows=rows, titles=titles),) if rows else ()
    notices = (f"{lost:,} of the characters could not be read and stand as “{LOST}”.",) if lost else ()
    return Document(name=name, kind=kind, grids=grids, after=() if rows else titles, notices=notices)


Lines = list[tuple[int, list[str]]]  # the number of the line a record begins on, and its cells


def _row(number: int, cells: list[str], width: int, tally: Tally) -> Row:
    tally.row()
    at = f"line {number}"
    read = tuple(Cell(text=tally.text(_readable(cell), at)) if cell else BLANK for cell in cells)
    return Row(cells=read + (BLANK,) * (width - len(cells)), number=number, at=at)


def _decoded(data: bytes, name: str) -> tuple[str, int]:
    """The text, and how many of its characters could not be read."""
    for encoding in _encodings(data):
        text = data.decode(encoding, "replace")
        lost = text.count(LOST)
        if "\x00" not in text and _looks_written(text) and _is_little(lost, text, encoding):
            return text, lost
    raise GridRefused(f"{name} is not a text file, a Word document (.docx) or an Excel workbook (.xlsx).")


def _encodings(data: bytes) -> list[str]:
    """UTF-16 says so at its beginning, or shows it by noughts at every other place."""
    if data[:2] in MARKS:
        return [MARKS[data[:2]]]
    beginning = data[:1000]
    if b"\x00" in beginning:
        return ["utf-16-le" if beginning[1::2].count(0) > beginning[::2].count(0) else "utf-16-be"]
    return ["utf-8-sig", "cp1252"]


def _is_little(lost: int, text: str, encoding: str) -> bool:
    """A byte gone wrong here and there is no reason to lose the file, or to take it for one of another encoding."""
    if encoding == "utf-8-sig":
        beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
        return 2 * lost <= beyond_ascii
    return lost * LOST_ALLOWED <= len(text)


def _looks_written(text: str) -> bool:
    """Few control characters other than white space: a program's own data is full of them."""
    return len(CONTROLS.findall(text)) <= CONTROLS_ALLOWED * len(text)


def _separated(text: str, name: str) -> tuple[str, Lines]:
    """What stands between the cells, and the records."""
    if named := NAMED_SEPARATOR.match(text):
        text, separator = "\n" + text[named.end() :], named[1]
    else:
        separator = _separator(text, name)
    try:
        return separator, _records(text, separator, strict=True)
    except csv.Error:
        pass
    if separator == TAB:  # quotation marks are part of the words
        return separator, [(number, line.split(TAB)) for number, line in enumerate(text.split("\n"), start=1)]
    try:
        return separator, _records(text, separator, strict=False)
    except csv.Error:
        raise GridRefused(f"{name} has a quotation mark that is never closed: correct it and bring it again.") from None


def _separator(text: str, name: str) -> str:
    """The one that cuts most lines into the same number of cells; a tab where there is one, unless the file is .csv."""
    if TAB in text and not name.lower().endswith(".csv"):
        return TAB
    found = [separator for separator in SEPARATORS if separator in text] or [COMMA]
    return max(found, key=lambda separator: _agreement(text, separator))


def _agreement(text: str, separator: str) -> int:
    """How many of the first records have the usual number of cells, at least two, times those cells."""
    widths: Counter[int] = Counter()
    try:
        for record in csv.reader(StringIO(text, newline=""), delimiter=separator):
            widths[len(record)] += len(record) > 1
            if widths.total() >= LOOKED_AT:
                break
    except csv.Error:
        pass  # what came before counts
    return max((often * width for width, often in widths.items()), default=0)


def _records(text: str, separator: str, *, strict: bool) -> Lines:
    """Records with the line each begins on: a quoted cell may run over several lines."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=strict)
    lines: Lines = []
    before = 0
    for cells in reader:
        lines.append((before + 1, cells))
        before = reader.line_num
    return lines


def _drop_blank_end(lines: Lines) -> None:
    """A sheet saved as .csv often goes on with thousands of separators and no words."""
    while lines and not any(cell.strip() for cell in lines[-1][1]):
        lines.pop()


def _without_frame(lines: Lines) -> Lines:
    """Bars at both ends of a line are a frame and make no cells."""
    framed = [cells for _, cells in lines if len(cells) > 1]
    if not framed or any(cells[0].strip() or cells[-1].strip() for cells in framed):
        return lines
    return [(number, cells[1:-1] if len(cells) > 1 else cells) for number, cells in lines]


def _titles_first(lines: Lines) -> tuple[tuple[str, ...], Lines]:
    """Lines of one cell before the first row are not part of the table."""
    first = next((index for index, (_, cells) in enumerate(lines) if sum(map(bool, cells)) > 1), len(lines))
    titles = [_readable("".join(cells)) for _, cells in lines[:first]]
    return tuple(title for title in titles if title), lines[first:]


def _readable(text: str) -> str:
    """The words without the marks of a web page; paragraphs and bullets as lines."""
    if MARKUP.search(text):
        text = ANCHOR.sub(lambda link: with_address(link[2], html.unescape(link[1])), text)
        text = LIST_ITEM.sub("\n• ", OWN_LINE.sub("\n", text))
        text = html.unescape(MARKUP.sub("", text))
    lines = (line.strip() for line in text.replace("•", "\n•").split("\n"))
    return clean_text("\n".join(f"• {line[1:].strip()}" if line.startswith("•") else line for line in lines if line))

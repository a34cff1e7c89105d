"""A Word file as grids: every table of the body in order, with the paragraphs that stand before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from csp_tracker.grids.archive import Parts
from csp_tracker.grids.cells import Cell, Document, Grid, GridRefused, Row
from csp_tracker.text import clean_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
LARGEST_ROWS = 2_000
LARGEST_COLUMNS = 60
BULLET = "• "
# Deleted and moved-away words are not in the document any more; a fallback repeats the choice beside it.
LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{MC}Fallback"}
ONE_CHARACTER = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
STRUCTURE = {f"{W}p", f"{W}tbl"}

Element = ElementTree.Element


def read_word(parts: Parts, name: str) -> Document:
    """The tables of the body; tables inside a cell become lines of that cell."""
    if "word/document.xml" not in parts:
        raise GridRefused(f"{name} is not a Word document that can be read: its text is missing.")
    # Parsed only after refuse_dangerous_xml: nothing in it can reach out or multiply.
    body = ElementTree.fromstring(parts["word/document.xml"]).find(f"{W}body")  # noqa: S314
    lists = _Lists.of(parts)
    grids: list[Grid] = []
    words: list[str] = []
    for block in _blocks(body if body is not None else Element("empty")):
        if block.tag == f"{W}tbl":
            grids.append(_grid(block, f"Table {len(grids) + 1}", tuple(words), lists))
            words = []
        elif text := _paragraph(block, lists).strip():
            words.append(text)
    return Document(name=name, kind="docx", grids=tuple(grids), after=tuple(words))


@dataclass(frozen=True)
class _Lists:
    """Which styles and numbering definitions draw a bullet."""

    styles: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, parts: Parts) -> "_Lists":
        numbers = frozenset(_bulleted_numbers(parts.get("word/numbering.xml", b"")))
        return cls(styles=frozenset(_bulleted_styles(parts.get("word/styles.xml", b""), numbers)), numbers=numbers)

    def has_bullet(self, paragraph: Element) -> bool:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return False
        number = _value(properties.find(f"{W}numPr/{W}numId"))
        if number:
            return number in self.numbers
        return _value(properties.find(f"{W}pStyle")) in self.styles


def _bulleted_numbers(content: bytes) -> Iterator[str]:
    root = ElementTree.fromstring(content or b"<empty/>")  # noqa: S314
    bulleted = {
        abstract.get(f"{W}abstractNumId")
        for abstract in root.iter(f"{W}abstractNum")
        if _value(abstract.find(f"{W}lvl/{W}numFmt")) == "bullet"
    }
    for number in root.iter(f"{W}num"):
        if _value(number.find(f"{W}abstractNumId")) in bulleted:
            yield number.get(f"{W}numId") or ""


def _bulleted_styles(content: bytes, numbers: frozenset[str]) -> Iterator[str]:
    root = ElementTree.fromstring(content or b"<empty/>")  # noqa: S314
    for style in root.iter(f"{W}style"):
        if _value(style.find(f"{W}pPr/{W}numPr/{W}numId")) in numbers:
            yield style.get(f"{W}styleId") or ""


def _value(element: Element | None) -> str:
    return "" if element is None else element.get(f"{W}val") or ""


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, also those inside content controls, custom XML and tracked insertions."""
    for child in parent:
        if child.tag in STRUCTURE:
            yield child
        elif child.tag not in LEFT_OUT:
            yield from _blocks(child)


def _inside(parent: Element, tag: str, *, not_below: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, through content controls, without those of a table inside a cell."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in LEFT_OUT and child.tag != not_below:
            yield from _inside(child, tag, not_below=not_below)


def _grid(table: Element, name: str, titles: tuple[str, ...], lists: _Lists) -> Grid:
    lines = [row for row in _inside(table, f"{W}tr", not_below=f"{W}tc") if row.find(f"{W}trPr/{W}del") is None]
    if len(lines) > LARGEST_ROWS:
        raise GridRefused(f"{name} has more than {LARGEST_ROWS:,} rows: split the plan into smaller files.")
    rows: list[list[Cell]] = []
    open_merges: dict[int, tuple[int, int]] = {}  # column → where the cell merged downwards begins
    for line in lines:
        rows.append(_row(line, len(rows), rows, open_merges, lists))
    width = max((len(cells) for cells in rows), default=0)
    return Grid(
        name=name,
        titles=titles,
        rows=tuple(
            Row(
                cells=tuple(cells) + (Cell(),) * (width - len(cells)),
                number=number,
                at=f"{name}, row {number}",
                is_heading=_is_on(line.find(f"{W}trPr/{W}tblHeader")),
            )
            for number, (cells, line) in enumerate(zip(rows, lines, strict=True), start=1)
        ),
    )


def _row(
    line: Element, index: int, above: list[list[Cell]], open_merges: dict[int, tuple[int, int]], lists: _Lists
) -> list[Cell]:
    cells = [Cell() for _ in range(_number(line.find(f"{W}trPr/{W}gridBefore")))]
    for element in _inside(line, f"{W}tc", not_below=f"{W}tbl"):
        column, span = len(cells), max(1, _number(element.find(f"{W}tcPr/{W}gridSpan")))
        if column + span > LARGEST_COLUMNS:
            raise GridRefused(f"A table has more than {LARGEST_COLUMNS} columns, which no plan needs.")
        merge = element.find(f"{W}tcPr/{W}vMerge")
        text = _cell_text(element, lists)
        goes_on = merge is not None and _value(merge) != "restart" and column in open_merges and not text
        if goes_on:
            _grow(above, *open_merges[column])
        elif merge is not None:
            open_merges[column] = (index, column)
        else:
            open_merges.pop(column, None)
        cells.append(Cell(text=text, fill=_fill(element), column_span=span, is_covered=goes_on))
        cells += [Cell(is_covered=True)] * (span - 1)
    return cells


def _grow(rows: list[list[Cell]], index: int, column: int) -> None:
    """One more row belongs to the cell merged downwards."""
    cell = rows[index][column]
    rows[index][column] = Cell(text=cell.text, fill=cell.fill, column_span=cell.column_span, row_span=cell.row_span + 1)


def _number(element: Element | None) -> int:
    text = _value(element)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _is_on(element: Element | None) -> bool:
    return element is not None and _value(element) not in {"0", "false", "off"}


def _fill(cell: Element) -> str:
    shade = cell.find(f"{W}tcPr/{W}shd")
    fill = "" if shade is None else shade.get(f"{W}fill") or ""
    return fill.upper() if re.fullmatch(r"[0-9A-Fa-f]{6}", fill) else ""


def _cell_text(cell: Element, lists: _Lists) -> str:
    lines = []
    for block in _blocks(cell):
        if block.tag == f"{W}tbl":
            for row in _inside(block, f"{W}tr", not_below=f"{W}tc"):
                lines.append(
                    " | ".join(_cell_text(inner, lists) for inner in _inside(row, f"{W}tc", not_below=f"{W}tbl"))
                )
        else:
            lines.append(_paragraph(block, lists))
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _paragraph(paragraph: Element, lists: _Lists) -> str:
    text = clean_text("".join(_pieces(paragraph)))
    return f"{BULLET}{text}" if text.strip() and lists.has_bullet(paragraph) else text


def _pieces(parent: Element) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{W}t":
            yield child.text or ""
        elif child.tag in ONE_CHARACTER:
            yield ONE_CHARACTER[child.tag]
        elif child.tag == f"{W}p":  # the paragraphs of a text box
            yield "\n"
            yield from _pieces(child)
        elif child.tag not in LEFT_OUT and child.tag != f"{W}pPr":
            yield from _pieces(child)

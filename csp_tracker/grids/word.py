"""A Word file as grids: every table of the body in order, with the paragraphs that stand before it."""

from collections.abc import Iterator
from dataclasses import dataclass

from csp_tracker.grids.cells import COVERED, Cell, Document, Grid, GridRefused, Row
from csp_tracker.grids.colours import HIGHLIGHTS, Colours, plain, seen, tinted
from csp_tracker.grids.limits import LARGEST_COLUMNS, LARGEST_ROWS, LARGEST_TABLES
from csp_tracker.grids.package import Element, Package
from csp_tracker.grids.tally import Tally
from csp_tracker.grids.word_lists import BULLET, Lists, W, said, value, whole
from csp_tracker.grids.word_words import LEFT_OUT, Paragraphs, Sources, all_words, is_on, is_prompt
from csp_tracker.text import one_line

STRUCTURE = {f"{W}p", f"{W}tbl"}
LONGEST_QUOTE = 120
LONGEST_SPAN = 5  # digits
LONGEST_SIGN = 10  # characters of a cell that may be only dots
FRAMED = (2, 3)  # rows and columns: from here on, what is inside a table of one cell is the table that is meant


def read_word(package: Package, name: str, tally: Tally) -> Document:
    """The tables of the body; tables inside a cell become lines of that cell."""
    content = package.content(package.main)
    tally.expected = content.count(b"<w:tr ") + content.count(b"<w:tr>")
    body = package.xml(package.main).find(f"{W}body")
    if body is None:
        raise GridRefused(f"{name} is not a Word document that can be read: its text is missing.")
    reader = _Reader.of(package, tally)
    grids: list[Grid] = []
    words: list[str] = []
    for block in _unframed(body):
        if block.tag == f"{W}tbl":
            grids.append(reader.grid(block, f"Table {len(grids) + 1}", tuple(words)))
            words = []
            if len(grids) > LARGEST_TABLES:
                raise GridRefused(f"{name} has more than {LARGEST_TABLES} tables: keep those of the plan.")
        elif text := reader.paragraph(block).strip():
            words.append(tally.text(text, "The text outside of tables"))
    notices = tuple(_notices(package, body))
    return Document(name=name, kind="docx", grids=tuple(grids), after=tuple(words), notices=notices)


def _unframed(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order; a table of one cell around a whole table is its frame."""
    for block in _blocks(parent):
        frame = _framing(block) if block.tag == f"{W}tbl" else None
        if frame is None:
            yield block
        else:
            yield from _unframed(frame)


def _framing(table: Element) -> Element | None:
    cells = [cell for row in _rows(table) for cell in _cells(row)]
    if len(cells) != 1:
        return None
    for block in _blocks(cells[0]):
        rows = list(_rows(block)) if block.tag == f"{W}tbl" else []
        if len(rows) >= FRAMED[0] and max(len(list(_cells(row))) for row in rows) >= FRAMED[1]:
            return cells[0]
    return None


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, also those inside content controls, custom XML and tracked insertions."""
    for child in parent:
        if child.tag in STRUCTURE:
            yield child
        elif child.tag not in LEFT_OUT and not is_prompt(child):
            yield from _blocks(child)


def _inside(parent: Element, tag: str, *, not_below: str) -> Iterator[Element]:
    """The rows of a table or cells of a row, through content controls, without those of a table inside a cell."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in LEFT_OUT and child.tag != not_below:
            yield from _inside(child, tag, not_below=not_below)


def _rows(table: Element) -> Iterator[Element]:
    """The rows that were not deleted."""
    rows = _inside(table, f"{W}tr", not_below=f"{W}tc")
    return (row for row in rows if row.find(f"{W}trPr/{W}del") is None)


def _cells(row: Element) -> Iterator[Element]:
    return _inside(row, f"{W}tc", not_below=f"{W}tbl")


@dataclass
class _Reader:
    """Reads the blocks of one document, each once and in order, for lists count and notes are given once."""

    lists: Lists
    words: Paragraphs
    colours: Colours
    tally: Tally

    @classmethod
    def of(cls, package: Package, tally: Tally) -> "_Reader":
        main = package.main
        numbering, styles = (package.xml(package.related(main, kind)) for kind in ("numbering", "styles"))
        words = Paragraphs(Sources.of(package))
        return cls(Lists.of(numbering, styles), words, Colours(package.theme()), tally)

    def grid(self, table: Element, name: str, titles: tuple[str, ...]) -> Grid:
        lines = list(_rows(table))
        if len(lines) > LARGEST_ROWS:
            raise GridRefused(f"{name} has more than {LARGEST_ROWS:,} rows: split the plan into smaller files.")
        rows: list[list[Cell]] = []
        open_merges: dict[int, tuple[int, int]] = {}  # column → where the cell merged downwards begins
        for number, line in enumerate(lines, start=1):
            self.tally.row()
            rows.append(self._row(line, rows, open_merges, f"{name}, row {number}"))
        width = max((len(cells) for cells in rows), default=0)
        return Grid(
            name=name,
            titles=titles,
            rows=tuple(
                Row(
                    cells=tuple(cells) + (Cell(),) * (width - len(cells)),
                    number=number,
                    at=f"{name}, row {number}",
                    is_heading=is_on(line.find(f"{W}trPr/{W}tblHeader")),
                )
                for number, (cells, line) in enumerate(zip(rows, lines, strict=True), start=1)
            ),
        )

    def _row(
        self, line: Element, above: list[list[Cell]], open_merges: dict[int, tuple[int, int]], at: str
    ) -> list[Cell]:
        cells = [Cell()] * min(whole(said(line.find(f"{W}trPr/{W}gridBefore"))), LARGEST_COLUMNS)
        for element in _cells(line):
            column, span = len(cells), _span(element)
            if column + span > LARGEST_COLUMNS:
                raise GridRefused(f"A table has more than {LARGEST_COLUMNS} columns, which no plan needs.")
            merge = element.find(f"{W}tcPr/{W}vMerge")
            text = self.tally.text(self._cell_text(element), at)
            goes_on = merge is not None and said(merge) != "restart" and column in open_merges and not text
            if goes_on:
                _grow(above, *open_merges[column])
            elif merge is not None:
                open_merges[column] = (len(above), column)
            else:
                open_merges.pop(column, None)
            ink = self._ink(element) if 0 < len(text) <= LONGEST_SIGN else ""
            fill = seen(text, self._fill(element), ink)
            cells.append(Cell(text=text, fill=fill, column_span=span, is_covered=goes_on))
            cells += [COVERED] * (span - 1)
        return cells

    def _cell_text(self, cell: Element) -> str:
        blocks = list(_blocks(cell))
        if len(blocks) == 1 and blocks[0].tag == f"{W}p":
            return self.paragraph(blocks[0], is_alone=True).rstrip()
        lines = []
        for block in blocks:
            if block.tag == f"{W}tbl":
                lines += [" | ".join(map(self._cell_text, _cells(row))) for row in _rows(block)]
            else:
                lines.append(self.paragraph(block))
        return "\n".join(line.rstrip() for line in lines if line.strip())

    def paragraph(self, paragraph: Element, *, is_alone: bool = False) -> str:
        """Its words behind its bullet or number; a column of numbers may have paragraphs of nothing else."""
        mark, text = self.lists.mark(paragraph), self.words.words(paragraph)
        return f"{mark}{text}" if text.strip() or (is_alone and mark != BULLET) else text

    def _fill(self, cell: Element) -> str:
        """The colour of the cell, or else of the pen that marks all of its words."""
        if shade := self._shade(cell.find(f"{W}tcPr/{W}shd")):
            return shade
        pens = {
            self._pen(run, paragraph)
            for paragraph in cell.iter(f"{W}p")
            for run in paragraph.iter(f"{W}r")
            if (run.findtext(f"{W}t") or "").strip()
        }
        return pens.pop() if len(pens) == 1 else ""

    def _ink(self, cell: Element) -> str:
        """The one colour that all signs of the cell are written in."""
        signs = (run for run in cell.iter(f"{W}r") if any(run.find(f"{W}{tag}") is not None for tag in ("t", "sym")))
        inks = {plain(said(run.find(f"{W}rPr/{W}color"))) for run in signs}
        return inks.pop() if len(inks) == 1 else ""

    def _pen(self, run: Element, paragraph: Element) -> str:
        pen = HIGHLIGHTS.get(said(run.find(f"{W}rPr/{W}highlight")), "")
        return pen or self._shade(run.find(f"{W}rPr/{W}shd")) or self._shade(paragraph.find(f"{W}pPr/{W}shd"))

    def _shade(self, shade: Element | None) -> str:
        if shade is None:
            return ""
        if fill := plain(value(shade, "fill")):
            return fill
        light, dark = value(shade, "themeFillTint"), value(shade, "themeFillShade")
        tint = 1 - _part(light) if light else _part(dark) - 1 if dark else 0.0
        return tinted(self.colours.named(value(shade, "themeFill")), tint)


def _span(cell: Element) -> int:
    """How many columns a cell is merged over; one that is absurdly wide is too wide, however many digits say so."""
    said_to_be = said(cell.find(f"{W}tcPr/{W}gridSpan"))
    is_absurd = said_to_be.isascii() and said_to_be.isdigit() and len(said_to_be) > LONGEST_SPAN
    return LARGEST_COLUMNS + 1 if is_absurd else max(1, whole(said_to_be))


def _grow(rows: list[list[Cell]], index: int, column: int) -> None:
    """One more row belongs to the cell merged downwards."""
    cell = rows[index][column]
    rows[index][column] = Cell(text=cell.text, fill=cell.fill, column_span=cell.column_span, row_span=cell.row_span + 1)


def _part(digits: str) -> float:
    """How much of 255 two hexadecimal digits are."""
    try:
        return min(255, max(0, int(digits, 16))) / 255
    except ValueError:
        return 1.0


def _notices(package: Package, body: Element) -> Iterator[str]:
    """What a person who looks at the pages would not expect: hidden words read, and words not read."""
    texts = (run for run in body.iter(f"{W}r") if run.find(f"{W}t") is not None)
    if any(is_on(run.find(f"{W}rPr/{W}vanish")) for run in texts):
        yield "Some words of the document are hidden: they were read all the same."
    if next(body.iter(f"{W}altChunk"), None) is not None:
        yield "A part of the document is another file inside it, which was not read."
    comments = package.related(package.main, "comments")
    if comments and next(package.xml(comments).iter(f"{W}comment"), None) is not None:
        yield "The document has comments in its margin, which were not read."
    headers = (one.target for one in package.relations(package.main).values() if one.kind == "header")
    words = (one_line(all_words(package.xml(part))) for part in headers)
    for quoted in dict.fromkeys(words):
        if quoted:
            yield f"The words at the top of the pages, “{quoted[:LONGEST_QUOTE]}”, were not read."

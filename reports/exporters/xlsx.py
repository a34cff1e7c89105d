"""A document as an Excel workbook that a committee officer can use as it is and a screen reader can read.

It follows the public-sector spreadsheet checklist: a cover, one Excel table a sheet that starts in column A under the
sheet's title, one header row, no merged cells, no blank cells without a reason, words beside every tint.

openpyxl's write_only mode sends each row to disk as it is made: memory does not grow with the rows. It asks for three
things: widths before the first row, a row's height just before that row, and our own names for the table's columns.
The cover is the first sheet but is written last, when the other sheets and the marks used in them are known.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn

from csp_tracker.text import one_line
from reports.document import (
    NOT_APPLICABLE,
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Gap,
    Kind,
    Light,
    LineChart,
    Missing,
    Notes,
    Number,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
    day_in_words,
)
from reports.exporters import xlsx_cells as look
from reports.exporters import xlsx_charts as charts
from reports.exporters import xlsx_room as room
from reports.exporters.xlsx_cells import Filled, Filling, Look, Styles, figure_of
from reports.exporters.xlsx_sheets import (
    COVER,
    LONG_TEXTS,
    SHEET_WIDTH,
    Page,
    new_page,
    new_workbook,
    remove_temporary_files,
    sheet_name,
    unique_headings,
    widths_of,
    write_properties,
)

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

LABEL_WIDTH = 26.0
GROUP_WIDTH = 2.2
LONG_TEXT_COLUMNS = (
    Column("Number", Kind.NUMBER, 0.6),
    Column("Sheet"),
    Column("Row"),
    Column("Column"),
    Column("Part", Kind.NUMBER, 0.5),
    Column("Words", width=8),
)
MARKS = {
    "c": "[c] marks what is confidential and left out.",
    "x": "[x] marks what is not available, with the reason.",
    "z": "[z] marks what does not apply, with the reason.",
}


def render(document: Document) -> bytes:
    """The document as the bytes of an .xlsx file."""
    book = Book(document)
    try:
        for section in document.sections:
            book.write_section(section)
        book.write_charts()
        book.write_long_texts()
        book.write_cover()
        return book.saved()
    except BaseException:
        remove_temporary_files(book.workbook)
        raise


@dataclass
class LongText:
    """A text too long for its row, to be printed whole at the end."""

    sheet: str
    row: str
    column: Column
    words: str = ""


@dataclass
class Printed:
    """A table's column as it is printed: its place, its width, and whether its cells name their rows."""

    column: Column
    width: float
    names_row: bool

    @property
    def bold_width(self) -> float:
        return self.width * room.BOLD_SHARE


@dataclass
class Book:
    """A workbook in the making."""

    document: Document
    contents: list[tuple[str, str]] = field(default_factory=list)
    long_texts: list[LongText] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    places: dict[str, charts.Place] = field(default_factory=dict)
    awaiting: list[tuple[Page, LineChart]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workbook = new_workbook()
        self.cover = self._new_page(COVER, [LABEL_WIDTH, SHEET_WIDTH - LABEL_WIDTH])
        self.styles = Styles(self.cover.worksheet)

    def saved(self) -> bytes:
        """The finished file."""
        write_properties(self.workbook, self.document)
        file = BytesIO()
        self.workbook.save(file)
        return file.getvalue()

    # Sheets

    def write_section(self, section: Section) -> None:
        """One sheet for each chart and table, the section's words before the first; words alone get a sheet of text."""
        for chart in (block for block in section.blocks if isinstance(block, LineChart)):
            self._write_chart_sheet(section, chart)
        tables = [block for block in section.blocks if isinstance(block, Table)]
        prose = [line for block in section.blocks for line in _prose(block)]
        if not tables and (prose or not section.blocks):
            self._write_text_sheet(section, prose)
        for number, table in enumerate(tables):
            heading = f"{section.heading}: {table.caption}" if len(tables) > 1 else section.heading
            name = sheet_name(section.short_name, self.workbook.sheetnames)
            self._write_table_sheet(name, heading, table, prose if number == 0 else [])

    def write_long_texts(self) -> None:
        """The texts no row can show, whole, in as many rows as they take."""
        if not self.long_texts:
            return
        width = widths_of(LONG_TEXT_COLUMNS)[-1]
        rows = [
            Row(
                (Number(number), Text(text.sheet), Text(text.row), Text(text.column.heading), Number(part), Text(words))
            )
            for number, text in enumerate(self.long_texts, 1)
            for part, words in enumerate(room.pieces(text.words, width), 1)
        ]
        table = Table(LONG_TEXTS, LONG_TEXT_COLUMNS, rows)
        self._write_table_sheet(LONG_TEXTS, "Texts too long for one row, printed whole", table, [])

    def _write_chart_sheet(self, section: Section, chart: LineChart) -> None:
        """A sheet with what the chart shows in words; the chart itself waits until the cells it draws are written."""
        page = self._new_page(sheet_name(section.short_name, self.workbook.sheetnames), [charts.SHEET_WIDTH])
        self._write_head(page, section.heading)
        for piece in room.pieces(chart.words, charts.SHEET_WIDTH):
            page.append([self._text(piece, look.WORDS)], room.lines_needed(piece, charts.SHEET_WIDTH))
        page.worksheet.page_setup.fitToHeight = 1
        self.awaiting.append((page, chart))

    def write_charts(self) -> None:
        """The charts, under the words of their sheets."""
        for page, chart in self.awaiting:
            if place := self.places.get(chart.table):
                page.worksheet.add_chart(charts.drawn(chart, place, below=page.written + 1))

    def _write_text_sheet(self, section: Section, prose: list[str]) -> None:
        page = self._new_page(sheet_name(section.short_name, self.workbook.sheetnames), [SHEET_WIDTH])
        self._write_head(page, section.heading)
        for line in prose:
            for piece in room.pieces(line, SHEET_WIDTH):
                page.append([self._text(piece, look.WORDS)], room.lines_needed(piece, SHEET_WIDTH))

    def _write_table_sheet(self, name: str, heading: str, table: Table, prose: list[str]) -> None:
        columns = _printed_columns(table)
        page = self._new_page(name, [printed.width for printed in columns])
        self._write_head(page, heading)
        for words in prose:
            self._write_lines(page, words)
        self._write_table(page, table, columns)

    def _write_head(self, page: Page, heading: str) -> None:
        """The title in A1, and under it what the sheet is part of and what it is worth."""
        heading = one_line(heading)
        self.contents.append((page.worksheet.title, heading))
        page.append([self._text(heading, look.TITLE)], points=26)
        document = self.document
        self._write_lines(page, f"{document.partnership}. {document.period}.")
        self._write_lines(page, f"Position as at {day_in_words(document.position_on)}. {document.status}.")

    def _write_lines(self, page: Page, words: str) -> None:
        """Words above a table: each line is a row, since only merged cells could wrap over several columns."""
        characters = room.characters_on_a_line(words, sum(page.widths))
        for paragraph in words.split("\n"):
            for line in textwrap.wrap(paragraph, characters):
                page.append([self._text(line, look.LINE)])

    # Tables

    def _write_table(self, page: Page, table: Table, columns: list[Printed]) -> None:
        place = self._place(page, table, columns)
        rows = self._rows(page, table, columns, place)
        first = next(rows, None)
        if first is None:
            self._write_lines(page, table.when_no_rows)
            return
        headings = unique_headings(printed.column for printed in columns)
        self._write_header_row(page, columns, headings)
        header_at = page.written
        if place:
            place.header_at, place.headings = header_at, headings[place.first_column - 1 :]
            self.places[table.caption] = place
        page.append(*first)
        for cells, lines in rows:
            page.append(cells, lines)
        page.worksheet.print_title_rows = f"{header_at}:{header_at}"
        self._mark_up(page, header_at, headings)

    def _write_header_row(self, page: Page, columns: list[Printed], headings: list[str]) -> None:
        looks = {Kind.NUMBER: look.FIGURE_HEADER, Kind.PERCENT: look.FIGURE_HEADER, Kind.DATE: look.FIGURE_HEADER}
        cells = [
            self._text(words, looks.get(printed.column.kind, look.HEADER))
            for printed, words in zip(columns, headings, strict=True)
        ]
        widths = [printed.bold_width for printed in columns]
        page.append(cells, room.lines_of_row(zip(headings, widths, strict=True)))

    def _mark_up(self, page: Page, header_at: int, headings: list[str]) -> None:
        """Say that this is an Excel table. Naming its columns here keeps filter buttons off, as the checklist asks."""
        name = re.sub(r"[^A-Za-z0-9]+", "_", page.worksheet.title).strip("_").lower()
        table = ExcelTable(
            displayName=f"table_{self.workbook.worksheets.index(page.worksheet)}_{name}",
            ref=f"A{header_at}:{get_column_letter(len(headings))}{page.written}",
        )
        table.tableColumns = [TableColumn(id=at, name=room.encoded(words)) for at, words in enumerate(headings, 1)]
        page.worksheet.tables.add(table)  # add_table() would warn to name the columns, as we have

    def _place(self, page: Page, table: Table, columns: list[Printed]) -> charts.Place | None:
        """Where a table that charts draw will stand; None for all others, of which nothing is kept."""
        charted = (chart for chart in self.document.charts if chart.table == table.caption)
        drawn = {line.column for chart in charted for line in chart.lines}
        if not drawn:
            return None
        first = 1 + len(columns) - len(table.columns)
        return charts.Place(page.worksheet.title, table, first, {column: [] for column in sorted(drawn)})

    def _rows(
        self, page: Page, table: Table, columns: list[Printed], place: charts.Place | None
    ) -> Iterator[tuple[list[Filled], int]]:
        """The cells of each row and how many lines it takes."""
        for row in table.each_row():
            if place:
                place.note(row)
            cells: tuple[Cell, ...] = (Text(row.group), *row.cells) if table.group_heading else row.cells
            tallest = room.Tallest()
            made = []
            for cell, printed in zip(cells, columns, strict=True):
                bold = row.is_total or printed.names_row
                figure: Filling | None = (None, look.GENERAL) if isinstance(cell, Gap) else figure_of(cell)
                if figure is not None:
                    made.append(self.styles.figure(*figure, look.BOLD_FIGURE if bold else look.FIGURE))
                    continue
                style = look.LIGHTS[cell.rag] if isinstance(cell, Light) else look.BOLD_TEXT if bold else look.TEXT
                words, width = self._words(cell, printed.column), printed.bold_width if style.bold else printed.width
                if tallest.add(words, width) > room.MOST_LINES:
                    source = LongText(page.worksheet.title, row.cells[table.row_header].words, printed.column)
                    words = self._fitted(words, width, source)
                made.append(self.styles.text(words, style))
            yield made, min(tallest.lines(), room.MOST_LINES)

    def _words(self, cell: Cell, column: Column) -> str:
        """What a cell says: never nothing, but why there is nothing."""
        words = cell.words
        if isinstance(cell, Text) and (not words or words.isspace()):
            cell = column.when_empty
            words = cell.words
        if isinstance(cell, Missing):
            self.marks.add(cell.code)
        return words

    def _fitted(self, words: str, width: float, text: LongText) -> str:
        """The words, or where to read them and their beginning.

        No row can show more than Excel's greatest height, and no cell hold more than its longest text: such words are
        printed whole on a sheet of their own, and the cell begins by saying where.
        """
        if room.lines_needed(words, width) <= room.MOST_LINES and len(words) <= room.fits_a_cell(words):
            return words
        text.words = words
        self.long_texts.append(text)
        pointer = f"[Printed whole on the sheet “{LONG_TEXTS}”, number {len(self.long_texts)}]\n"
        return pointer + words[: room.fits_a_cell(pointer + words) - len(pointer)]

    # The cover

    def write_cover(self) -> None:
        """What this is, how it stands, what is in it, and last the key: the one table of the sheet."""
        document, page = self.document, self.cover
        page.append([self._text(one_line(document.title), look.TITLE)], points=26)
        page.append([self._text(document.status, look.STATUS)], points=20)
        self._write_labelled("About this paper", document.about)
        for fact in document.cover_facts:
            self._write_labelled(fact.name, fact.value)
        self._write_labelled("How counts are made", "\n".join(document.counting))
        self._write_labelled("Notes", "\n".join(document.notes))
        self._write_labelled("Marks in cells", "\n".join(MARKS[mark] for mark in sorted(self.marks & MARKS.keys())))
        self._write_contents()
        self._write_key()

    def _write_labelled(self, name: str, words: str) -> None:
        page = self.cover
        for number, piece in enumerate(room.pieces(words, page.widths[1])):
            label = f"{name} (continued)" if number else name
            lines = room.lines_of_row([(label, LABEL_WIDTH * room.BOLD_SHARE), (piece, page.widths[1])])
            page.append([self._text(label, look.LABEL), self._text(piece, look.WORDS)], lines)

    def _write_contents(self) -> None:
        page = self.cover
        if self.contents:
            page.append([self._text("Contents", look.SUBTITLE)], points=24)
        for name, heading in self.contents:
            page.append(
                [self.styles.link(name, look.LINKED, name), self._text(heading, look.WORDS)],
                room.lines_needed(heading, page.widths[1]),
            )

    def _write_key(self) -> None:
        if not self.document.key:
            return
        self.cover.append([self._text("Key to the lights", look.SUBTITLE)], points=24)
        columns = (Column("Light", Kind.LIGHT), Column("What it means"))
        table = Table("Key to the lights", columns, [Row((key.light, Text(key.meaning))) for key in self.document.key])
        printed = [Printed(column, width, False) for column, width in zip(columns, self.cover.widths, strict=True)]
        self._write_table(self.cover, table, printed)

    def _new_page(self, name: str, widths: list[float]) -> Page:
        return new_page(self.workbook, self.document, name, widths)

    def _text(self, words: str, style: Look) -> Filled:
        return self.styles.text(words, style)


def _prose(block: Block) -> list[str]:
    """The words of a block that is not a table, as paragraphs."""
    if isinstance(block, Facts):
        return [f"{fact.name}: {fact.value}" for fact in block.facts]
    if isinstance(block, Notes):
        return [f"Note {number}: {note}" for number, note in enumerate(block.notes, 1)]
    return [block.text] if isinstance(block, Paragraph) else []


def _printed_columns(table: Table) -> list[Printed]:
    """The table's columns, and before them the one that tells each row's group, with their widths."""
    columns = table.columns
    if table.group_heading:
        columns = (Column(table.group_heading, width=GROUP_WIDTH, when_empty=NOT_APPLICABLE), *columns)
    header_at = table.row_header + (len(columns) - len(table.columns))
    return [
        Printed(column, width, names_row=at == header_at)
        for at, (column, width) in enumerate(zip(columns, widths_of(columns), strict=True))
    ]

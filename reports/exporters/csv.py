"""A document's first table as comma-separated values, for those who reckon with the figures themselves.

UTF-8 with the mark at its beginning that tells Excel so, lines ended as in RFC 4180: one of headings, then one for each
row, since line breaks within words become spaces. Numbers are digits alone, without thousands separators, "£" or "%":
the headings or a column say what they are in. Nothing stands above or below the table; the file's name says what it is.

A spreadsheet takes words that begin with "=", "+", "-" or "@" for a formula, wherever they come from. As OWASP advises,
words are in quotation marks and such words get an apostrophe before them; figures never do.
"""

import csv
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

from csp_tracker.text import one_line
from reports.document import NOT_APPLICABLE, Cell, Column, Date, Document, Number, Percent, Precision, Table, Text

CONTENT_TYPE = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"
STARTS_A_FORMULA = tuple("=+-@＝＋－＠")
HOW_EXACTLY = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}  # characters of 2010-03-31


def render(document: Document) -> bytes:
    """The document's first table as the bytes of a .csv file."""
    file = StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    if (table := document.first_table) is not None:
        writer.writerows(_lines(table))
    return (BYTE_ORDER_MARK + file.getvalue()).encode("utf-8")


def _lines(table: Table) -> Iterator[list[str | Decimal]]:
    columns = table.columns
    if table.group_heading:
        columns = (Column(table.group_heading, when_empty=NOT_APPLICABLE), *columns)
    yield [harmless(column.heading) for column in columns]
    for row in table.each_row():
        cells: tuple[Cell, ...] = (Text(row.group), *row.cells) if table.group_heading else row.cells
        yield [_written(cell, column) for cell, column in zip(cells, columns, strict=True)]


def _written(cell: Cell, column: Column) -> str | Decimal:
    if isinstance(cell, Number | Percent):
        return cell.value.quantize(Decimal(1).scaleb(-cell.decimals), ROUND_HALF_UP)
    if isinstance(cell, Date):
        return cell.day.isoformat()[: HOW_EXACTLY[cell.precision]]
    words = cell.words
    if isinstance(cell, Text) and not words.strip():
        words = column.when_empty.words
    return harmless(words)


def harmless(words: str) -> str:
    """The words on one line, with an apostrophe before them where a spreadsheet would take them for a formula."""
    line = one_line(words)
    return f"'{line}" if line.startswith(STARTS_A_FORMULA) else line

"""A document's first table as comma-separated values, for those who reckon with the figures themselves.

UTF-8 with the mark at its beginning that tells Excel so, lines ended as in RFC 4180, one line of headings, then rows.
Numbers are digits alone: no thousands separators, no "£", no "%"; the headings or a column say what they are in.
Nothing is printed above or below the table: what it is part of is said by the file's name.

A spreadsheet takes words that begin with "=", "+", "-" or "@" for a formula. As OWASP advises such words get an
apostrophe before them, and so do those that begin with a tab or a carriage return; figures never do.
"""

import csv
from collections.abc import Iterator
from io import StringIO

from reports.document import NOT_APPLICABLE, Cell, Column, Date, Document, Number, Percent, Precision, Table, Text

CONTENT_TYPE = "text/csv; charset=utf-8"
BYTE_ORDER_MARK = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HOW_EXACTLY = {Precision.DAY: "%Y-%m-%d", Precision.MONTH: "%Y-%m", Precision.YEAR: "%Y"}


def render(document: Document) -> bytes:
    """The bytes of a .csv file."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    if (table := document.first_table) is not None:
        writer.writerows(_lines(table))
    return (BYTE_ORDER_MARK + file.getvalue()).encode("utf-8")


def _lines(table: Table) -> Iterator[list[str]]:
    columns = table.columns
    if table.group_heading:
        columns = (Column(table.group_heading, when_empty=NOT_APPLICABLE), *columns)
    yield [harmless(column.heading) for column in columns]
    for row in table.each_row():
        cells: tuple[Cell, ...] = (Text(row.group), *row.cells) if table.group_heading else row.cells
        yield [_written(cell, column) for cell, column in zip(cells, columns, strict=True)]


def _written(cell: Cell, column: Column) -> str:
    if isinstance(cell, Number | Percent):
        return f"{cell.value:.{cell.decimals}f}"
    if isinstance(cell, Date):
        return cell.day.strftime(HOW_EXACTLY[cell.precision])
    words = cell.words
    if isinstance(cell, Text) and not words.strip():
        words = column.when_empty.words
    return harmless(words)


def harmless(words: str) -> str:
    """The words, with an apostrophe before them where a spreadsheet would take them for a formula."""
    return f"'{words}" if words.lstrip(" ").startswith(STARTS_A_FORMULA) else words

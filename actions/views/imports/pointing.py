"""A file in which nothing was found: its likeliest row of headings with the columns below, for a person to say more."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from actions.forms.readings import ColumnsForm
from actions.importing.columns import read_columns as columns_of_plan
from actions.views.imports.shared import Preview
from csp_tracker.grids import Grid, Row
from csp_tracker.grids.readings import ColumnReading
from csp_tracker.text import one_line
from indicators.importing.meanings import read_columns as columns_of_kpis

LOOKED_AT = 25  # the first rows of a table: one of them holds its headings
EXAMPLES = 3
LONGEST_CHOICE = 70


def pointed_at(preview: Preview, posted: Mapping[str, Any]) -> dict[str, str]:
    """The number of the row of headings by table: as it was sent, else the likeliest of the table with most words."""
    grids = preview.document.grids
    boxes = ColumnsForm.boxes_of_headings([grid.name for grid in grids])
    if posted:
        return {name: str(posted.get(box, "")) for name, box in boxes.items()}
    largest = max(grids, key=lambda grid: sum(_filled(row) for row in grid.rows), default=None)
    likely = max(largest.rows[:LOOKED_AT], key=_filled, default=None) if largest else None
    return {largest.name: str(likely.number)} if largest and likely else {}


def columns_below(preview: Preview, headings: Mapping[str, str]) -> list[ColumnReading]:
    """Each heading of those rows once, with what it may mean and what stands below it."""
    read = columns_of_plan if preview.is_plan else columns_of_kpis
    found: dict[str, ColumnReading] = {}
    for grid in preview.document.grids:
        for place, row in enumerate(grid.rows):
            if str(row.number) == headings.get(grid.name):
                for column in _columns(read, row, grid.rows[place + 1 :]):
                    found.setdefault(column.heading, column)
    return list(found.values())


def _columns(read: Callable[..., Sequence[Any]], row: Row, below: Sequence[Row]) -> Iterator[ColumnReading]:
    for place, column in enumerate(read([cell.text for cell in row.cells])):
        words = (one_line(other.cells[place].text) for other in below)
        examples = tuple(dict.fromkeys(word for word in words if word))[:EXAMPLES]
        if examples or not row.cells[place].is_blank:
            yield ColumnReading(column.heading, column.meaning, column.sure, column.alternatives, examples)


def _filled(row: Row) -> int:
    return sum(not cell.is_blank for cell in row.cells)


def possible_headings(grid: Grid) -> Iterator[tuple[str, str]]:
    """The rows that may hold the headings of a table: their number, and their words for a select."""
    for row in grid.rows[:LOOKED_AT]:
        words = " | ".join(one_line(cell.text) for cell in row.cells if not cell.is_blank)
        if words:
            shown = words if len(words) <= LONGEST_CHOICE else f"{words[: LONGEST_CHOICE - 1]}…"
            yield str(row.number), f"Row {row.number}: {shown}"

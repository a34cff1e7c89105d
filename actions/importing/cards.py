"""A plan written as forms: one small table for each action, its headings down the left side."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.importing.columns import CORE
from actions.importing.dictionary import claims_of
from csp_tracker.grids import Cell, Grid, Row

SURE = 5
FEWEST_LINES = 3
LONGEST_LABEL = 60


@dataclass(frozen=True)
class Card:
    """The labels of one form, and its values as one row."""

    labels: tuple[str, ...]
    row: Row
    above: tuple[Row, ...] = ()  # a title over both columns


def card_in(grid: Grid) -> Card | None:
    """The form, where the words on the left are all headings of a plan, and what they say stands on the right."""
    lines = [row for row in grid.rows if not row.is_blank]
    above = tuple(row for row in lines[:1] if _is_title(row))
    lines = lines[len(above) :]
    pairs = [_pair(row) for row in lines]
    if len(pairs) < FEWEST_LINES or not all(pairs):
        return None
    labels: list[str] = []
    values: list[Cell] = []
    for label, value in (pair for pair in pairs if pair):
        if label or not values:
            labels.append(label)
            values.append(value)
        else:
            values[-1] = replace(values[-1], text=f"{values[-1].text}\n{value.text}".strip())
    return Card(tuple(labels), replace(lines[0], cells=tuple(values)), above) if _are_headings(labels) else None


def _is_title(row: Row) -> bool:
    return sum(not cell.is_blank for cell in row.cells) == 1 and row.cells[0].column_span > 1


def _pair(row: Row) -> tuple[str, Cell] | None:
    """The label and what it is of, in a row of two cells; the second may be merged over more places."""
    own = [cell for cell in row.cells if not cell.is_covered]
    if len(own) != 2 or len(own[0].text) > LONGEST_LABEL:
        return None
    return own[0].text.strip().rstrip(":"), own[1]


def _are_headings(labels: Sequence[str]) -> bool:
    claims = [claims_of(label) for label in labels]
    means = {max(one, key=lambda meaning: one[meaning]) for one in claims if max(one.values(), default=0) >= SURE}
    return len(means) >= FEWEST_LINES and all(claims) and bool(means & CORE) and len(set(labels)) == len(labels)

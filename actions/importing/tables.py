"""Which tables of a file are the plan, where their headings stand and what their columns mean."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from actions.importing.cards import card_in
from actions.importing.columns import Column, Meaning, read_columns, same_headings
from actions.importing.decisions import Decisions
from actions.importing.evidence import evidence_of
from actions.importing.headings import Headings, decided_headings, find_headings, new_headings_at
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.lights import rag_of_fill

WITHOUT_HEADINGS = "is in a table without the headings of a plan"
MOST_TINTED = 0.6  # of the rows
BY_A_PERSON = "is in a table that a person left out"


@dataclass(frozen=True)
class Table:
    """Rows of one grid under one set of headings; a grid may hold several, and one that is no plan has no columns."""

    grid: Grid
    rows: tuple[Row, ...]
    columns: tuple[Column, ...] = ()
    every: tuple[Column, ...] = ()  # with those that are blank here
    above: tuple[Row, ...] = ()  # of the grid, over the headings
    headings: tuple[Row, ...] = ()
    aside: tuple[int, ...] = ()  # places beside the table, behind a blank column
    titles: tuple[str, ...] = ()  # paragraphs that stand before the grid
    continues: bool = False  # has no headings of its own, and goes on under those before
    is_card: bool = False  # one action, its headings down the left side
    why_not: str = ""  # it is not used

    @property
    def is_used(self) -> bool:
        return not self.why_not

    @property
    def means(self) -> frozenset[Meaning]:
        """All that its columns hold."""
        return frozenset(column.meaning for column in self.columns)

    def with_objectives_for_priorities(self) -> "Table":
        """The same table, with its column of priorities taken for one of objectives."""
        swapped = (
            replace(column, meaning=Meaning.OBJECTIVE) if column.meaning is Meaning.PRIORITY else column
            for column in self.columns
        )
        return replace(self, columns=tuple(swapped))

    def left_out(self, why: str) -> "Table":
        """The same table, not used."""
        return replace(self, why_not=why)


def find_tables(document: Document, decisions: Decisions) -> list[Table]:
    """Every table of the file in order, those of the plan with their columns."""
    tables: list[Table] = []
    last: Table | None = None
    for grid in document.grids:
        for table in _tables_of(grid, last, decisions):
            tables.append(table)
            last = table if table.is_used else last
    return tables


def _tables_of(grid: Grid, last: Table | None, decisions: Decisions) -> Iterator[Table]:
    decided = decisions.tables.get(grid.name)
    if decided is False:
        yield Table(grid, grid.rows, titles=grid.titles, why_not=BY_A_PERSON)
        return
    card = card_in(grid) if grid.name not in decisions.headings else None
    if card is not None:
        columns = read_columns(card.labels, decided=decisions.columns)
        yield Table(grid, (card.row,), columns=columns, above=card.above, titles=grid.titles, is_card=True)
        return
    found = _headings_of(grid, decisions)
    last = None if last is not None and last.is_card else last
    goes_on = last is not None and bool(grid.rows) and len(grid.rows[0].cells) == len(last.grid.rows[0].cells)
    if goes_on and found is not None and grid.name not in decisions.headings and not _is_sure(grid, found, last):
        found = None
    if found is None and last is not None and (goes_on or (decided and _is_narrower(grid, last))):
        yield Table(
            grid, grid.rows, columns=_columns_going_on(last, grid), every=last.every, titles=grid.titles, continues=True
        )
        return
    if found is None and decided:
        found = _first_words(grid)
    if found is None:
        yield Table(grid, grid.rows, titles=grid.titles, why_not=WITHOUT_HEADINGS)
        return
    yield from _parts(grid, found, decisions)


def _headings_of(grid: Grid, decisions: Decisions) -> Headings | None:
    number = decisions.headings.get(grid.name)
    named = decided_headings(grid.rows, number) if number is not None else None
    return named or find_headings(grid.rows)


def _is_sure(grid: Grid, found: Headings, last: Table | None) -> bool:
    """Whether a table as wide as the one before has headings, and no row that happens to sound like them."""
    is_again = last is not None and same_headings(found.texts, last.every)
    return is_again or new_headings_at(grid.rows, found.start) is not None


def _first_words(grid: Grid) -> Headings | None:
    """The first row with words: the headings of a table that a person says is part of the plan."""
    first = next((row.number for row in grid.rows if not row.is_blank), None)
    return None if first is None else decided_headings(grid.rows, first)


def _is_narrower(grid: Grid, last: Table) -> bool:
    return bool(grid.rows) and len(grid.rows[0].cells) <= len(last.grid.rows[0].cells)


def _columns_going_on(last: Table, grid: Grid) -> tuple[Column, ...]:
    """Those of the table before, with the ones that were blank there and are not here."""
    width = len(grid.rows[0].cells)
    used = {column.place: column for column in last.columns}
    every = (used.get(column.place, column) for column in last.every if column.place < width)
    return tuple(column for column in every if column.place in used or _is_filled(grid.rows, column.place))


def _parts(grid: Grid, found: Headings, decisions: Decisions) -> Iterator[Table]:
    """The table under the headings, and a further one wherever other headings stand among its rows."""
    above, titles = grid.rows[: found.start], grid.titles
    while True:
        end, following = _next_headings(grid, found, decisions)
        yield _table(grid, found, grid.rows[found.end : end], decisions, above=above, titles=titles)
        if following is None:
            return
        found, above, titles = following, (), ()


def _next_headings(grid: Grid, found: Headings, decisions: Decisions) -> tuple[int, Headings | None]:
    columns = read_columns(found.texts)
    for index in range(found.end, len(grid.rows)):
        if grid.rows[index].at in decisions.rows:
            continue
        further = new_headings_at(grid.rows, index)
        if further is not None and not same_headings(further.texts, columns):
            return index, further
    return len(grid.rows), None


def _table(
    grid: Grid,
    found: Headings,
    rows: Sequence[Row],
    decisions: Decisions,
    *,
    above: Sequence[Row],
    titles: Sequence[str],
) -> Table:
    aside = _aside(found.texts, rows)
    width = len(found.texts)
    evidence = [evidence_of(found.texts[place], [row.cells[place] for row in rows]) for place in range(width)]
    columns = read_columns(found.texts, decided=decisions.columns, evidence=evidence)
    kept = tuple(
        column
        for column in columns
        if column.place not in aside and (found.texts[column.place].strip() or _is_filled(rows, column.place))
    )
    if Meaning.RAG not in {column.meaning for column in kept}:
        kept = _with_tints(kept, rows)
    return Table(
        grid=grid,
        rows=tuple(rows),
        columns=kept,
        every=columns,
        above=tuple(above),
        headings=grid.rows[found.start : found.end],
        aside=aside,
        titles=tuple(titles),
    )


def _with_tints(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[Column, ...]:
    """Without a column for lights, the one whose cells are coloured with several lights in most rows shows them."""
    for column in columns:
        cells = [row.cells[column.place] for row in rows if sum(not cell.is_blank for cell in row.cells) > 1]
        lights = [light for cell in cells if cell.column_span == 1 and (light := rag_of_fill(cell.fill))]
        if len(set(lights)) > 1 and len(lights) >= MOST_TINTED * len(cells):
            return tuple(replace(one, is_tinted=one is column) for one in columns)
    return columns


def _is_filled(rows: Iterable[Row], place: int) -> bool:
    """Whether a column without a heading holds anything: words, or colours that are lights."""
    return any(_holds(row.cells[place]) for row in rows)


def _holds(cell: Cell) -> bool:
    return not cell.is_blank or rag_of_fill(cell.fill) is not None


def _aside(texts: Sequence[str], rows: Sequence[Row]) -> tuple[int, ...]:
    """The columns to the right of a wholly blank one that have no headings, save perhaps "Key": they stand apart."""
    width = len(texts)
    blank = [place for place in range(width) if not texts[place].strip() and not _is_filled(rows, place)]
    for place in blank:
        beyond = [text for text in texts[place + 1 :] if text.strip()]
        is_apart = place > 1 and len(beyond) <= 1 and all("key" in text.lower() for text in beyond)
        if is_apart and any(text.strip() for text in texts[:place]):
            return tuple(range(place + 1, width))
    return ()

"""Finding a plan's key to its lights: above or below the plan, beside it, in a table of its own, or among its rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from actions.importing.columns import Meaning
from actions.importing.decisions import Decisions, RowDecision, light_word
from actions.importing.legends import (
    LONGEST_WORD,
    Entry,
    Legend,
    begins_a_key,
    entries_in_cells,
    entries_in_words,
    entries_of_words,
    is_swatch_with_meaning,
    legend_of,
)
from actions.importing.tables import Table
from csp_tracker.grids import Cell, Document
from csp_tracker.text import one_line

FEWEST_LINES = 2  # of colour and meaning, where nothing says "key"
LONGEST_MEANING = 200
THE_END = "the end of the file"

Found = tuple[str, list[Entry]]  # where, and what it defines


def legend_in(document: Document, tables: Sequence[Table], decisions: Decisions) -> Legend:
    """Everything the file says about its words for lights, and the rows that say it."""
    found: list[Found] = []
    search = _Search(decisions, _words_used(tables))
    for table in tables:
        found += _in_titles(table)
        found += search.in_rows(_rows_apart(table), may_begin_anywhere=True)
        if table.is_used:
            found += search.in_rows(_own_cells(table), may_begin_anywhere=not _lights_first(table))
            found += search.in_rows(_cells_aside(table), may_begin_anywhere=True)
    found += [(f"{THE_END}: {words}", entries_in_words(words)) for words in document.after]
    ats = {at for at, entries in found if entries}
    ats |= {at for at, decision in decisions.rows.items() if decision is RowDecision.LEGEND}
    ats -= {at for at, decision in decisions.rows.items() if decision is not RowDecision.LEGEND}
    return legend_of([entry for at, entries in found if at in ats for entry in entries], frozenset(ats))


Cells = tuple[str, Sequence[Cell]]


def _in_titles(table: Table) -> Iterator[Found]:
    for words in table.titles:
        yield f"above {table.grid.name}: {words}", entries_in_words(words)


def _rows_apart(table: Table) -> Iterator[Cells]:
    rows = table.above if table.is_used else (*table.above, *table.headings, *table.rows)
    for row in rows:
        yield row.at, row.cells


def _own_cells(table: Table) -> Iterator[Cells]:
    for row in table.rows:
        yield row.at, [row.cells[column.place] for column in table.columns]


def _cells_aside(table: Table) -> Iterator[Cells]:
    for row in (*table.headings, *table.rows) if table.aside else ():
        yield f"{row.at}, aside", [row.cells[place] for place in table.aside]


def _lights_first(table: Table) -> bool:
    return bool(table.columns) and table.columns[0].meaning is Meaning.RAG


def _words_used(tables: Sequence[Table]) -> frozenset[str]:
    """What the columns for lights say, which a key without colours explains."""
    lit = [(table, column.place) for table in tables for column in table.columns if column.meaning is Meaning.RAG]
    words = (light_word(row.cells[place].text) for table, place in lit for row in table.rows)
    return frozenset(word for word in words if 0 < len(word) <= LONGEST_WORD)


@dataclass(frozen=True)
class _Search:
    """Looks for keys among rows, knowing what a person said of them and which words the plan has for its lights."""

    decisions: Decisions
    used: frozenset[str]

    def in_rows(self, rows: Iterable[Cells], *, may_begin_anywhere: bool) -> Iterator[Found]:
        """Runs of rows: from one that says "key" on, or several of a colour and its meaning."""
        run: list[Found] = []
        has_begun = False
        for at, cells in rows:
            if begins_a_key(cells) or self.decisions.rows.get(at) is RowDecision.LEGEND:
                yield from _settled(run, is_key=has_begun)
                has_begun, run = True, [(at, entries_in_cells(cells) or _in_one(cells))]
                continue
            is_line = is_swatch_with_meaning(cells) or (has_begun and _may_define(cells))
            entries = entries_in_cells(cells) if is_line and (has_begun or may_begin_anywhere) else _in_one(cells)
            entries = entries or (entries_of_words(cells, self.used) if has_begun else [])
            if entries:
                run.append((at, entries))
            elif not all(cell.is_blank for cell in cells):
                yield from _settled(run, is_key=has_begun)
                has_begun, run = False, []
        yield from _settled(run, is_key=has_begun)


def _settled(run: list[Found], *, is_key: bool) -> Iterator[Found]:
    """A run that is a key; a single line without the word needs two colours in it."""
    words = {entry.word.casefold() or entry.fill for _, entries in run for entry in entries}
    if len(words) >= FEWEST_LINES or (is_key and words):
        for at, entries in run:
            yield at, entries or [Entry("", "")]


def _in_one(cells: Sequence[Cell]) -> list[Entry]:
    """Pairs of colour and meaning written out in the only cell with words."""
    filled = [cell.text for cell in cells if not cell.is_blank]
    return entries_in_words(filled[0]) if len(filled) == 1 else []


def _may_define(cells: Sequence[Cell]) -> bool:
    filled = [one_line(cell.text) for cell in cells if not cell.is_blank]
    return 0 < len(filled) <= FEWEST_LINES and max(map(len, filled)) <= LONGEST_MEANING

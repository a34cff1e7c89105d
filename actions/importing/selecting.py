"""Which of a file's tables are read as one plan: not its tables of KPIs, older years, or the same rows again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from actions.importing.columns import Meaning
from actions.importing.decisions import Decisions
from actions.importing.dictionary import MONTHS
from actions.importing.heads import PRIORITY_WORDS, numbered
from actions.importing.period import year_named
from actions.importing.tables import Table
from csp_tracker.grids.readings import Question
from csp_tracker.periods import FinancialYear
from csp_tracker.text import one_line

SAME_ACTIONS = 0.6
FEWEST_ACTIONS = 3
LONGEST_NAME = 150
QUARTER = re.compile(r"\bq(?:uarter|tr)?\s?([1-4])\b", re.IGNORECASE)
UNNUMBERED_AIM = re.compile(r"\s*(?:strategic\s+)?aim\s*[:–-]", re.IGNORECASE)
SAYS_NOTHING = re.compile(
    rf"^(?:sheet|table|tab|page)\s*\d*$|^(?:the\s+)?(?:action\s+)?plan$|^text$|\b(?:{MONTHS})[a-z]*\b|\d{{4}}|\bq[1-4]\b|^quarter",
    re.IGNORECASE,
)


def choose_tables(tables: Sequence[Table], decisions: Decisions) -> tuple[list[Table], list[Question]]:
    """The tables with a reason beside each that is not read, and what to ask about that."""
    found = _without_kpis(list(tables), decisions)
    found = _of_one_year(found, decisions)
    found = _without_repeats(found, decisions)
    reasons = {
        table.why_not: table.grid.name
        for table, before in zip(found, tables, strict=True)
        if before.is_used and not table.is_used
    }
    questions = []
    for why in reasons:
        names = tuple(dict.fromkeys(table.grid.name for table in found if table.why_not == why))
        sentence = f"{_and(names)} {'was' if len(names) == 1 else 'were'} not read: {why}. Is that right?"
        questions.append(Question("table", sentence, word=names[0], ats=names))
    return found, questions


def _and(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _is_free(table: Table, decisions: Decisions) -> bool:
    """Whether nobody has said that the table is part of the plan."""
    return table.is_used and not decisions.tables.get(table.grid.name)


def _without_kpis(tables: list[Table], decisions: Decisions) -> list[Table]:
    """Where another table has actions, one with KPIs and figures but no actions is a table of KPIs."""
    has_actions = any(table.is_used and Meaning.ACTION in table.means for table in tables)
    return [
        table.left_out("looks like a table of KPIs, not of actions")
        if has_actions and _is_free(table, decisions) and _has_figures_only(table)
        else table
        for table in tables
    ]


def _has_figures_only(table: Table) -> bool:
    figures = {Meaning.TARGET, Meaning.BASELINE} & table.means
    return Meaning.ACTION not in table.means and Meaning.INDICATOR in table.means and bool(figures)


def _of_one_year(tables: list[Table], decisions: Decisions) -> list[Table]:
    """Where the tables are named after several years, those of the latest are the plan."""
    years = {id(table): year for table in tables if table.is_used and (year := _year_of(table))}
    latest = max(years.values(), default=None)
    return [
        table.left_out(f"seems to be the plan of {years[id(table)]}, and another is of {latest}")
        if id(table) in years and years[id(table)] != latest and _is_free(table, decisions)
        else table
        for table in tables
    ]


def _year_of(table: Table) -> FinancialYear | None:
    if table.grid.is_named and (year := year_named(table.grid.name)):
        return year
    titles = [*table.titles, *(cell.text for row in table.above for cell in row.cells)]
    return next((year for title in titles if "plan" in title.lower() and (year := year_named(title))), None)


def _without_repeats(tables: list[Table], decisions: Decisions) -> list[Table]:
    """Where sheets hold the same actions, one for each quarter, the latest is the plan."""
    found = list(tables)
    actions = {id(table): _actions_of(table) for table in tables if table.is_used and not table.continues}
    for place, table in enumerate(tables):
        for other in tables:
            if table is other or not {id(table), id(other)} <= actions.keys() or table.grid is other.grid:
                continue
            is_earlier = _when(table, tables) < _when(other, tables)
            if is_earlier and _is_free(table, decisions) and _is_again(actions[id(table)], actions[id(other)]):
                found[place] = table.left_out(f"has the same actions as “{other.grid.name}”, which is later")
    return found


def _when(table: Table, tables: Sequence[Table]) -> tuple[int, int]:
    quarter = QUARTER.search(table.grid.name)
    return (int(quarter[1]) if quarter else 0), next(place for place, one in enumerate(tables) if one is table)


def _actions_of(table: Table) -> frozenset[str]:
    place = next((column.place for column in table.columns if column.meaning is Meaning.ACTION), None)
    if place is None:
        return frozenset()
    return frozenset(words for row in table.rows if (words := one_line(row.cells[place].text).casefold()))


def _is_again(actions: frozenset[str], others: frozenset[str]) -> bool:
    fewer = min(len(actions), len(others))
    return fewer >= FEWEST_ACTIONS and len(actions & others) >= SAME_ACTIONS * fewer


@dataclass(frozen=True)
class Name:
    """The words over a table that name the priority of all its rows."""

    at: str
    words: str


class TableNames:
    """The priority that each table is headed by, where it is."""

    def __init__(self, names: Mapping[int, Name]) -> None:
        self._names = names

    def get(self, table: Table) -> Name | None:
        return self._names.get(id(table))


def names_of(tables: Sequence[Table]) -> TableNames:
    """A title that says "Priority 2: …" names one; so do the titles or sheets themselves where each has its own."""
    headed = [table for table in tables if table.is_used and not table.continues]
    worded = {id(table): name for table in headed if (name := _worded(table))}
    plain = [table for table in headed if id(table) not in worded]
    if len(headed) < 2 or not plain or any(_has_priorities(table) for table in headed):
        return TableNames(worded)
    for choose in (_last_title, _sheet):
        names = {id(table): name for table in plain if (name := choose(table))}
        different = {one_line(name.words).casefold() for name in names.values()}
        if len(different) == len(plain):
            return TableNames(worded | names)
    return TableNames(worded)


def _over(table: Table) -> Iterator[Name]:
    for title in table.titles:
        yield Name(f"above {table.grid.name}", title)
    for row in table.above:
        filled = [cell.text for cell in row.cells if not cell.is_blank]
        if len(filled) == 1:
            yield Name(row.at, filled[0])


def _worded(table: Table) -> Name | None:
    found = [name for name in _over(table) if _names_a_priority(name.words)]
    found = [
        name for name in found if not UNNUMBERED_AIM.match(name.words)
    ] or found  # an aim under a priority is its own
    if not found and table.grid.is_named and _names_a_priority(table.grid.name):
        return Name(table.grid.name, table.grid.name)
    return found[-1] if found else None


def _names_a_priority(words: str) -> bool:
    found = PRIORITY_WORDS.fullmatch(words.strip())
    return found is not None and len(words) <= LONGEST_NAME and bool(found["number"] or ":" in words)


def _has_priorities(table: Table) -> bool:
    return Meaning.PRIORITY in table.means or any(
        cell.column_span * 2 > len(table.columns) and not cell.is_blank for row in table.rows for cell in row.cells
    )


def _last_title(table: Table) -> Name | None:
    """The words right above the table, which in a workbook are less sure than the sheet's name."""
    titles = [name for name in _over(table) if len(name.words) <= LONGEST_NAME]
    is_numbered = bool(titles) and bool(numbered(titles[-1].words)[0])
    return titles[-1] if titles and (is_numbered or not table.grid.is_named) else None


def _sheet(table: Table) -> Name | None:
    name = table.grid.name
    return Name(name, name) if table.grid.is_named and not SAYS_NOTHING.search(name) else None

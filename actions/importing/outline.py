"""Rows become a tree: priorities, objectives, actions.

A row with neither a number nor a light continues the row above; a row without a number but with a light is a new action
under the last number; "7.1 Cont/d" continues 7.1; a whole number with nothing behind its title heads a priority. What
has no place in the tree is listed with the reason: nothing disappears.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from actions.importing.columns import Meaning
from actions.importing.decisions import Decisions
from actions.importing.findings import Findings, RowSaid
from actions.importing.habits import Habits, habits_of
from actions.importing.heads import head_of
from actions.importing.joining import Vocabulary
from actions.importing.keys import THE_END, legend_in
from actions.importing.kinds import Surroundings, kind_of
from actions.importing.legends import LightReader
from actions.importing.lines import Line
from actions.importing.placing import Placer
from actions.importing.selecting import TableNames, choose_tables, names_of
from actions.importing.tables import Table, find_tables
from actions.importing.titles import LONGEST_TITLE, take_titles
from actions.importing.tree import PlanRefused, RowKind
from csp_tracker.grids import Document, Row
from csp_tracker.grids.readings import TableReading
from csp_tracker.lights import Light
from csp_tracker.rag import RAG
from csp_tracker.text import one_line

PLAN_TITLE = re.compile(r"\b(?:plan|strategy|partnership)\b", re.IGNORECASE)
DONE = re.compile(r"(?:completed?|achieved|finished)(?: (?:actions?|tasks?|items?|work))?", re.IGNORECASE)
MOST_EXAMPLES = 3


def read_outline(document: Document, decisions: Decisions) -> Findings:
    """The tree of all tables of a file that have the headings of a plan, or go on under those of the one before."""
    findings = Findings()
    tables, findings.questions = choose_tables(find_tables(document, decisions), decisions)
    findings.legend = legend_in(document, tables, decisions)
    names = names_of(tables)
    vocabulary = Vocabulary(cell.text for grid in document.grids for row in grid.rows for cell in row.cells)
    reading = _Reading(decisions, vocabulary, LightReader(decisions, findings.legend), tables)
    for table in tables:
        if table.is_used:
            _read_table(findings, table, names, reading)
        else:
            _leave_out_table(findings, table)
    for words in document.after:
        is_key = f"{THE_END}: {words}" in findings.legend.ats
        said = "is part of the key to the lights" if is_key else "stands behind the last table"
        findings.leave_out(THE_END, [words], said)
    findings.tables = list(_tables_said(tables))
    if not findings.columns:
        raise PlanRefused(f"{document.name} has no table with a heading for actions or objectives.")
    if not any(findings.actions()):
        raise PlanRefused(f"{document.name} has the headings of a plan but no actions under them.")
    return findings


class _Reading:
    """What all tables are read with."""

    def __init__(
        self, decisions: Decisions, vocabulary: Vocabulary, reader: LightReader, tables: Sequence[Table]
    ) -> None:
        self.decisions = decisions
        self.vocabulary = vocabulary
        self.reader = reader
        self._lines = {id(table): self._lines_of(table) for table in tables if table.is_used}
        self._numbering = {
            _headings(table)
            for table in tables
            if table.is_used and habits_of(self.lines(table)).numbers_are_of_actions
        }

    def lines(self, table: Table) -> list[Line]:
        """Its rows, seen through its columns."""
        return self._lines.get(id(table)) or self._lines_of(table)

    def _lines_of(self, table: Table) -> list[Line]:
        return [Line(row, table.columns, self.reader) for row in table.rows]

    def habits(self, table: Table, lines: Sequence[Line]) -> Habits:
        """How its rows look; whether numbers are of actions may show in another table with the same headings only."""
        habits = habits_of(lines)
        return replace(habits, numbers_are_of_actions=True) if _headings(table) in self._numbering else habits


def _light_by_name(table: Table) -> Light | None:
    """What a table called "Completed actions" says of all its rows."""
    name = table.grid.name if table.grid.is_named else next(reversed(table.titles), "")
    return Light(RAG.COMPLETE, one_line(name)) if DONE.fullmatch(one_line(name)) else None


def _headings(table: Table) -> tuple[str, ...]:
    return tuple(column.heading for column in table.columns)


def _read_table(findings: Findings, table: Table, names: TableNames, reading: _Reading) -> None:
    lines = reading.lines(table)
    if _heads_stand_over_priorities(lines, reading.decisions):
        table = table.with_objectives_for_priorities()
        lines = reading.lines(table)
    habits, light = reading.habits(table, lines), _light_by_name(table)
    placer = Placer(findings, reading.decisions, reading.vocabulary, habits, shared_light=light)
    if light is not None and any(line.light is None and not line.is_blank for line in lines):
        findings.doubts.append(
            (table.grid.name, f"its actions were read as complete: it is called “{light.as_stated}”")
        )
    take_titles(findings, table, names, placer)
    findings.add_columns(table.columns)
    findings.sheet = findings.sheet or (table.grid.name if table.grid.is_named else "")
    is_again = findings.rows[RowKind.HEADER] > 0
    for row in table.headings:
        findings.rows[RowKind.HEADER] += 1
        findings.leave_out(row.at, [cell.text for cell in row.cells] if is_again else [], "repeats the headings")
        if not is_again:
            _leave_out_aside(findings, table, row)
        findings.said.append(RowSaid(row.at, RowKind.HEADER, _words(row), "holds the headings"))
    following = _following(lines)
    for line, after in zip(lines, following, strict=True):
        _read_line(findings, line, after, placer)
        _leave_out_aside(findings, table, line.row)
    if table.is_card:
        _say_lines_of_card(findings, table)


def _say_lines_of_card(findings: Findings, table: Table) -> None:
    """The other rows of a form went where its first row did."""
    first = findings.said[-1]
    for row in table.grid.rows:
        if row.at != first.at and row not in table.above and not row.is_blank:
            said = RowSaid(row.at, RowKind.CONTINUATION, _words(row), "is a line of the same form", first.actions)
            findings.said.append(said)


def _heads_stand_over_priorities(lines: Sequence[Line], decisions: Decisions) -> bool:
    """Whether rows of their own head the priorities, so that a column of "aims" can only hold objectives."""
    means = {column.meaning for column in lines[0].columns} if lines else set()
    if Meaning.PRIORITY not in means or Meaning.OBJECTIVE in means or Meaning.PRIORITY in decisions.columns.values():
        return False
    habits = habits_of(lines)
    for line, following in zip(lines, _following(lines), strict=True):
        below = following.text(Meaning.PRIORITY) if following else ""
        if below and len(line.filled) == 1 and not line.is_note and line.text(Meaning.PRIORITY) != below:
            head = head_of(line, following, habits)
            if head is not None and not head.is_objective:
                return True
    return False


def _read_line(findings: Findings, line: Line, following: Line | None, placer: Placer) -> None:
    objective = findings.objective
    around = Surroundings(
        habits=placer.habits,
        following=following,
        has_objective=objective is not None,
        has_action=bool(objective and objective.actions),
        is_unlit=bool(objective and objective.actions and objective.actions[-1].light is None),
        legend_ats=findings.legend.ats,
        decided=placer.decisions.rows,
    )
    kind = placer.place(line, kind_of(line, around))
    findings.rows[kind] += 1
    if line.row.is_hidden and kind is not RowKind.BLANK:
        findings.hidden_at.append(line.row.at)
    if kind in (RowKind.RECORD, RowKind.CONTINUATION):
        _keep_examples(findings.examples, line)


def _following(lines: Sequence[Line]) -> list[Line | None]:
    """For each line the next one with words."""
    after: list[Line | None] = []
    following: Line | None = None
    for line in reversed(lines):
        after.append(following)
        following = following if line.is_blank else line
    return after[::-1]


def _keep_examples(examples: dict[str, list[str]], line: Line) -> None:
    for column, cell in line.filled:
        known = examples.setdefault(column.heading, [])
        if len(known) < MOST_EXAMPLES and (words := one_line(cell.text)) not in known:
            known.append(words)


def _leave_out_aside(findings: Findings, table: Table, row: Row) -> None:
    words = [row.cells[place].text for place in table.aside]
    is_key = f"{row.at}, aside" in findings.legend.ats
    findings.leave_out(row.at, words, "is part of the key to the lights" if is_key else "stands beside the table")


def _leave_out_table(findings: Findings, table: Table) -> None:
    why = table.why_not
    for title in table.titles:
        if findings.title is None and not findings.columns and PLAN_TITLE.search(title) and len(title) <= LONGEST_TITLE:
            findings.title = one_line(title)
        else:
            findings.leave_out(f"above {table.grid.name}", [title], "stands above a table that is not part of the plan")
    for row in (*table.above, *table.headings, *table.rows):
        is_key = row.at in findings.legend.ats
        said = "is part of the key to the lights" if is_key else why
        findings.leave_out(row.at, [cell.text for cell in row.cells], said)
        if not row.is_blank:
            kind = RowKind.LEGEND if is_key else RowKind.NOTE
            findings.said.append(RowSaid(row.at, kind, _words(row), said))


def _words(row: Row) -> str:
    return " | ".join(one_line(cell.text) for cell in row.cells if not cell.is_blank)


def _tables_said(tables: Sequence[Table]) -> Iterator[TableReading]:
    """One for each grid, which is used when any table in it is."""
    grids: Mapping[str, list[Table]] = {}
    for table in tables:
        grids.setdefault(table.grid.name, []).append(table)  # type: ignore[attr-defined]
    for name, found in grids.items():
        used = [table for table in found if table.is_used]
        why = _why_used(used[0]) if used else found[0].why_not
        yield TableReading(name, bool(used), len(found[0].grid.rows), why)


def _why_used(table: Table) -> str:
    if table.is_card:
        return "is a form for one action"
    if table.continues:
        return "goes on under the headings of the table before"
    known = [column.heading for column in table.columns if column.meaning is not Meaning.UNKNOWN]
    return f"has the headings of a plan: {', '.join(known)}"

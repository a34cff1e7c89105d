"""From the rows of tables to one draft for each KPI: what is stated of it, cell by cell, with the period of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from csp_tracker.grids import Cell, Row
from csp_tracker.grids.readings import RowReading
from csp_tracker.periods import Period
from csp_tracker.text import one_line
from indicators.importing.decisions import IndicatorDecisions, RowDecision
from indicators.importing.headings import texts_of
from indicators.importing.meanings import Column, Meaning
from indicators.importing.names import REFERENCE_IN_NAME, are_alike, name_key, reference_key
from indicators.importing.row_kinds import STATED, WHY, WORDS, covered_below, kind_of
from indicators.importing.stated import DASHES
from indicators.importing.tables import ROLES, Table, Tables, is_spread
from indicators.importing.tree import NotUsed, RowKind, SourceRow

LONGEST_LINE = 80
LONGEST_SPLIT = 1_000
CHOICES = (RowDecision.KPI, RowDecision.JOIN, RowDecision.SECTION, RowDecision.NOTE, RowDecision.LEGEND)
DECIDED = {
    RowDecision.KPI: RowKind.KPI,
    RowDecision.JOIN: RowKind.CONTINUATION,
    RowDecision.SECTION: RowKind.SECTION,
    RowDecision.NOTE: RowKind.NOTE,
    RowDecision.LEGEND: RowKind.LEGEND,
}


@dataclass(frozen=True)
class Statement:
    """One cell that says something of a KPI in a period. `as_at` is the quarter that its table is about."""

    meaning: Meaning
    cell: Cell
    at: str
    heading: str
    table: Table
    period: Period | None
    is_spread: bool = False  # of a column without a period beside several that have one

    @property
    def as_at(self) -> Period | None:
        return self.table.this

    @property
    def text(self) -> str:
        return one_line(self.cell.text)


@dataclass
class Draft:
    """What the file says of one KPI so far."""

    reference: str
    name: str
    at: str
    group: str = ""
    words: dict[Meaning, list[str]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    source: list[SourceRow] = field(default_factory=list)

    def said(self, meaning: Meaning) -> str:
        """What its rows say under that meaning: each thing once, in their order."""
        return "; ".join(self.words.get(meaning, []))


@dataclass
class Findings:
    """What reading the rows brought."""

    drafts: list[Draft] = field(default_factory=list)
    readings: list[RowReading] = field(default_factory=list)
    not_used: list[NotUsed] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)


def read_rows(tables: Tables, decisions: IndicatorDecisions) -> Findings:
    """Every row of every table: a KPI, more of the one above, a section, or something that is listed as not used."""
    reader = RowReader(decisions)
    for row, _ in tables.titles:
        reader.leave(row, RowKind.TITLE, "stands above the headings; only what it says of the period is used")
    for table in tables.used:
        reader.read_table(table)
    for grid, why in tables.left:
        for row in grid.rows:
            if not row.is_blank:
                reader.leave(row, RowKind.NOTE, f"the table “{grid.name}” is not read: {why}")
    return reader.findings


class RowReader:
    """Goes down the tables and remembers what KPIs there are."""

    def __init__(self, decisions: IndicatorDecisions) -> None:
        self.decisions = decisions
        self.findings = Findings()
        self.by_reference: dict[str, Draft] = {}
        self.by_name: dict[str, Draft] = {}
        self.seen_in_table: dict[int, Row] = {}

    def read_table(self, table: Table) -> None:
        """The rows of one table, in order."""
        self.seen_in_table = {}
        group, above = "", None
        covered = covered_below(table)
        split_names = _names_hold_references(table)
        for index, row in enumerate(table.rows):
            decided = self.decisions.rows.get(row.at)
            kind = DECIDED[decided] if decided else kind_of(table, index, covered, is_below_a_kpi=above is not None)
            if kind is RowKind.SECTION:
                group = " ".join(text for text in texts_of(row) if text) or group
                self.keep(row, kind, f"group “{_short(group)}”")
            elif kind is RowKind.KPI:
                above = self.read_kpi(table, row, group, split_names=split_names)
            elif kind in {RowKind.VALUES, RowKind.CONTINUATION} and above is not None:
                self.take(table, row, above, kind)
            else:
                self.read_rest(row, kind)

    def read_kpi(self, table: Table, row: Row, group: str, *, split_names: bool) -> Draft:
        """A row that names a KPI: a new one, or one that another table or row has named."""
        reference, name = _named(table, row, split_names=split_names)
        draft = self.known(reference, name, row, table)
        if draft is None:
            draft = Draft(reference, name or reference, row.at)
            self.findings.drafts.append(draft)
            self.by_reference.setdefault(reference_key(reference), draft)
            self.by_name.setdefault(name_key(draft.name), draft)
        self.seen_in_table[id(draft)] = row
        own = _text(table, row, Meaning.GROUP) or group
        draft.group = draft.group or own
        self.take(table, row, draft, RowKind.KPI)
        return draft

    def known(self, reference: str, name: str, row: Row, table: Table) -> Draft | None:
        """The KPI of the same reference; without references that of the same words in another table."""
        if not reference:
            draft = self.by_name.get(name_key(name))
            is_again = id(draft) in self.seen_in_table and table.column(Meaning.PERIOD) is None
            is_other = draft is None or draft.reference or is_again
            return None if is_other else draft
        draft = self.by_reference.get(reference_key(reference))
        if draft is None or not name or are_alike(draft.name, name):
            return draft
        other = self.by_name.get(name_key(name))
        if other is not None and not other.reference:
            return other  # told apart already, in another table
        self.findings.doubts.append(
            f"{row.at}: the reference {reference} is “{_short(draft.name)}” at {draft.at} and “{_short(name)}” here: "
            "two KPIs cannot share it, so the second is kept without a reference."
        )
        other = Draft("", name, row.at)
        self.findings.drafts.append(other)
        self.by_name.setdefault(name_key(name), other)
        return other

    def read_rest(self, row: Row, kind: RowKind) -> None:
        if kind in {RowKind.BLANK, RowKind.HEADER}:
            self.keep(row, kind, "")
            return
        if kind is RowKind.LEGEND:
            self.findings.legend.append(" ".join(text for text in texts_of(row) if text))
        kind = RowKind.NOTE if kind in {RowKind.VALUES, RowKind.CONTINUATION} else kind
        self.leave(row, kind, WHY[kind])

    def take(self, table: Table, row: Row, draft: Draft, kind: RowKind) -> None:
        """All that the row says, into the draft."""
        role = ROLES.get(_text(table, row, Meaning.ROW).casefold())
        cells = {column.heading: row.cells[column.position].text for column in table.columns}
        draft.source.append(SourceRow(row.at, {heading: text for heading, text in cells.items() if text.strip()}))
        for column in table.columns:
            cell = row.cells[column.position]
            if column.meaning in WORDS and not cell.is_blank:
                said = draft.words.setdefault(column.meaning, [])
                said += [words for words in [one_line(cell.text)] if words not in said]
            elif column.meaning in STATED and (not cell.is_blank or cell.fill):
                draft.statements.append(_statement(table, row, column, cell, role))
            elif column.meaning is Meaning.UNKNOWN and not cell.is_blank:
                draft.extra.setdefault(column.heading, one_line(cell.text))
        became = draft.reference or f"“{_short(draft.name)}”"
        self.keep(row, kind, f"KPI {became}" if kind is RowKind.KPI else f"joined to {became}")

    def keep(self, row: Row, kind: RowKind, became: str) -> None:
        """Say what the row became."""
        choices = () if kind in {RowKind.TITLE, RowKind.BLANK, RowKind.HEADER} else CHOICES
        decided = row.at in self.decisions.rows
        self.findings.readings.append(
            RowReading(row.at, kind, _words(row), became, "as decided" if decided else WHY[kind], choices)
        )

    def leave(self, row: Row, kind: RowKind, why: str) -> None:
        """A row whose words are in no KPI."""
        self.keep(row, kind, "")
        self.findings.not_used.append(NotUsed(row.at, _words(row, LONGEST_LINE * 5), why))


def _statement(table: Table, row: Row, column: Column, cell: Cell, role: Meaning | None) -> Statement:
    meaning = role if role and column.meaning is Meaning.FIGURE else column.meaning
    return Statement(
        meaning=meaning,
        cell=cell,
        at=row.at,
        heading=column.heading,
        table=table,
        period=table.period_of_row(row) or table.period_of(column),
        is_spread=is_spread(table, column),
    )


def _names_hold_references(table: Table) -> bool:
    """Whether the names begin with references, as in "CS1: Number of …", in a table without a column for them."""
    column = table.column(Meaning.NAME)
    if column is None or table.column(Meaning.REFERENCE) is not None:
        return False
    names = [text for row in table.rows if (text := one_line(row.cells[column.position].text))]
    found = sum(bool(_split_name(name)) for name in names)
    return found >= 2 and found * 3 >= len(names) * 2


def _named(table: Table, row: Row, *, split_names: bool) -> tuple[str, str]:
    reference, name = _text(table, row, Meaning.REFERENCE), _text(table, row, Meaning.NAME)
    if split_names and (found := _split_name(name)):
        return found["reference"].strip(), found["name"].strip()
    return ("" if DASHES.fullmatch(reference) else reference), name


def _split_name(name: str) -> "re.Match[str] | None":
    return REFERENCE_IN_NAME.fullmatch(name) if len(name) <= LONGEST_SPLIT else None


def _text(table: Table, row: Row, meaning: Meaning) -> str:
    column = table.column(meaning)
    return one_line(row.cells[column.position].text) if column else ""


def statements_of(draft: Draft, *meanings: Meaning) -> Iterator[Statement]:
    """The draft's statements of those meanings, in the order of the file."""
    return (one for one in draft.statements if one.meaning in meanings)


def _words(row: Row, longest: int = LONGEST_LINE) -> str:
    return _short(" | ".join(text for text in texts_of(row) if text), longest)


def _short(words: str, longest: int = LONGEST_LINE) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1]}…"

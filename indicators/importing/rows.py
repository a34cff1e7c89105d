"""From the rows of tables to one draft for each KPI: what is stated of it, cell by cell, with the period of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from csp_tracker.grids import Cell, Row
from csp_tracker.grids.readings import RowReading
from csp_tracker.periods import Period
from csp_tracker.text import one_line
from indicators.importing.decisions import IndicatorDecisions, RowDecision
from indicators.importing.headings import texts_of
from indicators.importing.meanings import FIGURES, Column, Meaning
from indicators.importing.stated import DASHES, read_stated
from indicators.importing.tables import ROLES, Table, Tables, is_spread
from indicators.importing.tree import NotUsed, RowKind, SourceRow

LONGEST_SECTION = 160
LONGEST_LINE = 80
LONGEST_REFERENCE, WORDS_IN_A_REFERENCE = 20, 3
ALIKE = 0.5
LEGEND = re.compile(
    r"^\W*(?:key\b|legend\b|(?:red|amber|yellow|green|blue|gr[ea]y)\b\s*(?:$|[-–=:(]|means|is\b|on\b|within|target|no\b))",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"^(?:\*|†|\[|(?:notes?|sources?|n\.?b\.?|please|figures|prepared|produced|last updated|contact|data)\b)",
    re.IGNORECASE,
)
TOTAL = re.compile(r"^(?:sub|grand|overall)?[ -]?totals?:?$", re.IGNORECASE)
REFERENCE_IN_NAME = re.compile(
    r"(?P<reference>[A-Z]{1,6}[ -]?\d{1,3}[a-z]?(?:\.\d+)*|\d+(?:\.\d+)+[a-z]?)\s*[:.)\-–]?\s+(?P<name>\D.+)", re.DOTALL
)
CHOICES = (RowDecision.KPI, RowDecision.JOIN, RowDecision.SECTION, RowDecision.NOTE, RowDecision.LEGEND)
WORDS = (Meaning.DEFINITION, Meaning.UNIT, Meaning.POLARITY, Meaning.FREQUENCY, Meaning.SOURCE, Meaning.LEAD)
STATED = FIGURES | {Meaning.RAG, Meaning.COMMENT, Meaning.TREND}
WHY = {
    RowKind.KPI: "names a KPI",
    RowKind.VALUES: "holds further figures of the KPI above",
    RowKind.CONTINUATION: "has neither reference nor name, so belongs to the row above",
    RowKind.SECTION: "stands alone and heads the rows below",
    RowKind.HEADER: "repeats the headings",
    RowKind.BLANK: "is blank",
    RowKind.NOTE: "is a note",
    RowKind.LEGEND: "explains the lights",
    RowKind.TITLE: "stands above the headings",
}
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
        covered = _covered_below(table)
        split_names = _names_hold_references(table)
        for index, row in enumerate(table.rows):
            decided = self.decisions.rows.get(row.at)
            kind = DECIDED[decided] if decided else _kind(table, index, covered, above)
            if kind is RowKind.SECTION:
                group = " ".join(text for text in texts_of(row) if text) or group
                self.keep(row, kind, f"group “{_short(group)}”")
            elif kind is RowKind.KPI:
                above = self.read_kpi(table, row, group, split_names=split_names)
            elif kind in {RowKind.VALUES, RowKind.CONTINUATION} and above is not None:
                self.read_more(table, row, above, kind)
            else:
                self.read_rest(row, kind)

    def read_kpi(self, table: Table, row: Row, group: str, *, split_names: bool) -> Draft:
        """A row that names a KPI: a new one, or one that another table or row has named."""
        reference, name = _named(table, row, split_names=split_names)
        draft = self.known(reference, name, row)
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

    def known(self, reference: str, name: str, row: Row) -> Draft | None:
        """The KPI of the same reference; without references that of the same words in another table."""
        if not reference:
            draft = self.by_name.get(name_key(name))
            is_other = draft is None or draft.reference or id(draft) in self.seen_in_table
            return None if is_other else draft
        draft = self.by_reference.get(reference_key(reference))
        if draft is None or not name or are_alike(draft.name, name):
            return draft
        self.findings.doubts.append(
            f"{row.at}: the reference {reference} is “{_short(draft.name)}” at {draft.at} and “{_short(name)}” here: "
            "two KPIs cannot share it, so the second is kept without a reference."
        )
        draft = Draft("", name, row.at)
        self.findings.drafts.append(draft)
        return draft

    def read_more(self, table: Table, row: Row, above: Draft, kind: RowKind) -> None:
        """A row of targets or lights under its KPI, or words that run on."""
        self.take(table, row, above, kind)

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
        period=table.period_of(column),
        is_spread=is_spread(table, column),
    )


def _kind(table: Table, index: int, covered: dict[int, set[int]], above: Draft | None) -> RowKind:
    """What a row is, by what it has words in."""
    row = table.rows[index]
    texts = texts_of(row)
    places = [position for position, text in enumerate(texts) if not DASHES.fullmatch(text)]
    if not places:
        return RowKind.BLANK
    if table.headings is not None and table.headings.is_repeated_in(row):
        return RowKind.HEADER
    reference, name = table.column(Meaning.REFERENCE), table.column(Meaning.NAME)
    named = [column.position for column in (reference, name) if column]
    is_named = any(position in places for position in named)
    has_figures = any(_has_figure(texts[column.position]) for column in table.columns if column.meaning in STATED)
    if not is_named:
        return _kind_unnamed(table, row, places, above=above, has_figures=has_figures)
    first = texts[places[0]]
    has_reference = reference is not None and _is_code(texts[reference.position])
    if not has_reference and LEGEND.match(first) and not has_figures:
        return RowKind.LEGEND
    if not has_reference and TOTAL.match(first):
        return RowKind.NOTE
    if above is not None and set(named) & covered.get(index, set()) and (name is None or name.position not in places):
        return RowKind.VALUES
    if len(places) == 1:
        return _kind_alone(first)
    if has_reference and len(places) == len(set(places) & set(named)) and _heads_the_next(table, index):
        return RowKind.SECTION
    return RowKind.KPI


def _kind_unnamed(table: Table, row: Row, places: list[int], *, above: Draft | None, has_figures: bool) -> RowKind:
    first = one_line(row.cells[places[0]].text)
    if LEGEND.match(first) and not has_figures:
        return RowKind.LEGEND
    meanings = {table.columns[position].meaning for position in places}
    if len(places) == 1 and not meanings & (STATED | set(WORDS) | {Meaning.ROW}):
        return _kind_alone(first)
    if above is None or TOTAL.match(first):
        return RowKind.NOTE
    return RowKind.VALUES if Meaning.ROW in meanings or has_figures else RowKind.CONTINUATION


def _is_code(text: str) -> bool:
    """Whether words may be a reference: short, and not a sentence."""
    return 0 < len(text) <= LONGEST_REFERENCE and len(text.split()) <= WORDS_IN_A_REFERENCE


def _kind_alone(words: str) -> RowKind:
    """Words that stand alone in a row."""
    if LEGEND.match(words):
        return RowKind.LEGEND
    return RowKind.NOTE if NOTE.match(words) or len(words) > LONGEST_SECTION else RowKind.SECTION


def _has_figure(text: str) -> bool:
    read = read_stated(text)
    return read is not None and read.is_readable


def _heads_the_next(table: Table, index: int) -> bool:
    """ "1" above "1.1": a number with words alone that those below it begin with."""
    column = table.column(Meaning.REFERENCE)
    if column is None or index + 1 >= len(table.rows):
        return False
    own, following = (one_line(table.rows[place].cells[column.position].text) for place in (index, index + 1))
    return following.startswith(own.rstrip(".") + ".") and following != own


def _covered_below(table: Table) -> dict[int, set[int]]:
    """By row, the columns whose merged cell began in a row above."""
    covered: dict[int, set[int]] = {}
    for index, row in enumerate(table.rows):
        for position, cell in enumerate(row.cells):
            for below in range(index + 1, index + cell.row_span):
                covered.setdefault(below, set()).add(position)
    return covered


def _names_hold_references(table: Table) -> bool:
    """Whether the names begin with references, as in "CS1: Number of …", in a table without a column for them."""
    column = table.column(Meaning.NAME)
    if column is None or table.column(Meaning.REFERENCE) is not None:
        return False
    names = [text for row in table.rows if (text := one_line(row.cells[column.position].text))]
    found = sum(bool(REFERENCE_IN_NAME.fullmatch(name)) for name in names)
    return found >= 2 and found * 3 >= len(names) * 2


def _named(table: Table, row: Row, *, split_names: bool) -> tuple[str, str]:
    reference, name = _text(table, row, Meaning.REFERENCE), _text(table, row, Meaning.NAME)
    if split_names and (found := REFERENCE_IN_NAME.fullmatch(name)):
        return found["reference"].strip(), found["name"].strip()
    return ("" if DASHES.fullmatch(reference) else reference), name


def _text(table: Table, row: Row, meaning: Meaning) -> str:
    column = table.column(meaning)
    return one_line(row.cells[column.position].text) if column else ""


def reference_key(reference: str) -> str:
    """One key for "CS 1", "CS-1" and "cs1."; "1.1" and "11" stay two."""
    return re.sub(r"(?<=[a-z])[\s\-_/]+(?=\d)", "", one_line(reference).casefold().strip(" .:"))


def name_key(name: str) -> str:
    """One key for the same words, however they are spaced, marked and capitalised."""
    return one_line(re.sub(r"[^\w%£]+", " ", name.casefold()))


def are_alike(one: str, other: str) -> bool:
    """Whether two names may be those of one KPI: the same words for the most part, or the one inside the other."""
    first, second = name_key(one), name_key(other)
    words, others = set(first.split()), set(second.split())
    if not words or not others or words <= others or others <= words:
        return True
    shared = len(words & others) / min(len(words), len(others))
    return shared >= ALIKE or SequenceMatcher(None, first, second).ratio() >= ALIKE + 0.2


def statements_of(draft: Draft, *meanings: Meaning) -> Iterator[Statement]:
    """The draft's statements of those meanings, in the order of the file."""
    return (one for one in draft.statements if one.meaning in meanings)


def _words(row: Row, longest: int = LONGEST_LINE) -> str:
    return _short(" | ".join(text for text in texts_of(row) if text), longest)


def _short(words: str, longest: int = LONGEST_LINE) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1]}…"

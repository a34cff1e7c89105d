"""What was made of each column and row, in words for the person who looks the reading over."""

from collections.abc import Iterator

from actions.importing.columns import Column, Meaning
from actions.importing.decisions import RowDecision
from actions.importing.findings import Findings, RowSaid
from actions.importing.tree import RowKind
from csp_tracker.grids.readings import ColumnReading, RowReading

LONGEST_WORDS = 120
MOST_ALTERNATIVES = 4
# What a row is already is no choice; the lines of a cell only are one where there are several.
ALREADY = {
    RowKind.RECORD: RowDecision.ACTION,
    RowKind.CONTINUATION: RowDecision.JOIN,
    RowKind.SECTION: RowDecision.SECTION,
    RowKind.OBJECTIVE: RowDecision.OBJECTIVE,
    RowKind.NOTE: RowDecision.NOTE,
    RowKind.LEGEND: RowDecision.LEGEND,
}
NO_CHOICE = frozenset({RowKind.BLANK, RowKind.TITLE})


def column_readings(findings: Findings) -> Iterator[ColumnReading]:
    """Every column of the plan: what it was taken for, how surely, and what else it may be."""
    for column in findings.columns:
        yield ColumnReading(
            heading=column.heading,
            meaning=column.meaning,
            sure=column.sure,
            alternatives=_alternatives(column),
            examples=tuple(findings.examples.get(column.heading, ())),
        )


def _alternatives(column: Column) -> tuple[Meaning, ...]:
    return column.alternatives[:MOST_ALTERNATIVES]


def row_readings(findings: Findings) -> Iterator[RowReading]:
    """Every row of every table; call it when the references are given."""
    used = {table.name for table in findings.tables if table.is_used}
    for said in findings.said:
        is_read = said.kind not in NO_CHOICE and any(said.at.startswith((f"{name},", "line ")) for name in used)
        yield RowReading(
            at=said.at,
            kind=said.kind,
            words=_short(said.words),
            became=_became(said),
            why=said.why,
            choices=_choices(said) if is_read else (),
        )


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"


def _became(said: RowSaid) -> str:
    references = ", ".join(action.reference for action in said.actions)
    if said.kind is RowKind.RECORD:
        return f"action{'s' if len(said.actions) > 1 else ''} {references}"
    if said.kind is RowKind.CONTINUATION:
        return f"joined to {references}"
    if said.objective is not None:
        return f"objective {said.objective.number}"
    return f"priority {said.priority.number}" if said.priority is not None else said.became


def _choices(said: RowSaid) -> tuple[RowDecision, ...]:
    already = RowDecision.LINES if len(said.actions) > 1 else ALREADY.get(said.kind)
    return tuple(
        decision
        for decision in RowDecision
        if decision is not already and (decision is not RowDecision.LINES or said.has_lines)
    )

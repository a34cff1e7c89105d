"""Words above a table: the plan's title, the priority of the rows below, its objective, its lead, or none of these."""

from collections.abc import Sequence

from actions.importing.branches import SourceRow
from actions.importing.columns import Meaning
from actions.importing.findings import Findings, RowSaid
from actions.importing.heads import Head, head_by_words, numbered
from actions.importing.kinds import Kind
from actions.importing.labels import labelled_words
from actions.importing.lines import Line
from actions.importing.placing import Placer
from actions.importing.selecting import Name, TableNames
from actions.importing.tables import Table
from actions.importing.tree import RowKind
from csp_tracker.text import one_line

LONGEST_TITLE = 255


def take_titles(findings: Findings, table: Table, names: TableNames, placer: Placer) -> None:
    """The first words above the first table are the plan's title; what names a priority heads the rows below."""
    if table.continues:
        findings.leave_out(table.grid.name, table.titles, "stands between two tables")
        return
    named, heads = names.get(table), _objectives_above(table)
    above = [(f"above {table.grid.name}", title) for title in table.titles]
    for at, words in above:
        _take_title(findings, at, words, named)
    for row in (row for row in table.above if row.at not in heads and not row.is_blank):
        texts = [cell.text for cell in row.cells if not cell.is_blank]
        became = [_take_title(findings, row.at, words, named) for words in texts]
        words = " | ".join(map(one_line, texts))
        why = "stands above the headings"
        findings.said.append(RowSaid(row.at, RowKind.TITLE, words, why, became=next(filter(None, became), "")))
        above += [(row.at, words) for words in texts]
    if named is not None:
        number, title = numbered(named.words)
        same = next((one for one in findings.priorities if one.is_called(title)), None)
        if same is not None:
            findings.go_to(same)
        else:
            placer.belonging.add_priority(number, title, "", None, at=named.at)
        _take_group(findings, above)
    for line, head in heads.values():
        placer.place(line, Kind(RowKind.OBJECTIVE, head.why, head))


def _objectives_above(table: Table) -> dict[str, tuple[Line, Head]]:
    """Rows over the headings that name an objective: "Objective 2 – Fewer thefts"."""
    single = [row for row in table.above if sum(not cell.is_blank for cell in row.cells) == 1]
    lines = [] if table.is_card else [Line(row, table.columns) for row in single]
    heads = {line.row.at: (line, head) for line in lines if (head := head_by_words(line)) is not None}
    return {at: (line, head) for at, (line, head) in heads.items() if head.is_objective}


def _take_group(findings: Findings, above: Sequence[tuple[str, str]]) -> None:
    """ "Lead: Inspector Hill" above the table of a priority."""
    for at, words in above:
        parts = labelled_words(words)
        if findings.priority and not findings.priority.group and len(parts) == 1 and parts[0][1] is Meaning.LEAD:
            findings.priority.group = one_line(parts[0][2])[:LONGEST_TITLE]
            findings.priority.source += (SourceRow(at, {"Above the table": words}),)
            findings.not_used = [one for one in findings.not_used if (one.at, one.words) != (at, one_line(words))]


def _take_title(findings: Findings, at: str, words: str, named: Name | None) -> str:
    """What became of words above a table."""
    if named is not None and (named.at, named.words) == (at, words):
        return "the priority of the rows below"
    if at in findings.legend.ats or f"{at}: {words}" in findings.legend.ats:
        findings.leave_out(at, [words], "is part of the key to the lights")
        return "the key to the lights"
    may_be_title = findings.title is None and not findings.columns and not labelled_words(words)
    if may_be_title and len(one_line(words)) <= LONGEST_TITLE:
        findings.title = one_line(words)
        return "the title of the plan"
    if one_line(words) != findings.title:
        findings.leave_out(at, [words], "stands above the table")
    return ""

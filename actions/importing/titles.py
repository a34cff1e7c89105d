"""Words above a table: the plan's title, the priority of the rows below, its objective, its lead, or none of these."""

import re
from collections.abc import Sequence

from actions.importing.branches import SourceRow
from actions.importing.columns import Meaning
from actions.importing.findings import Findings, RowSaid
from actions.importing.heads import Head, head_by_words, numbered
from actions.importing.joining import without_continued
from actions.importing.kinds import Kind
from actions.importing.labels import labelled_words
from actions.importing.lines import Line
from actions.importing.placing import Placer
from actions.importing.selecting import Name, TableNames
from actions.importing.tables import Table
from actions.importing.tree import RowKind
from csp_tracker.text import one_line

LONGEST_TITLE = 255
PLAN = re.compile(r"\b(?:plan|strategy)\b", re.IGNORECASE)
OF_A_VERSION = re.compile(
    r"(?:version|draft v|last|updated|approved|agreed|prepared|owner|appendix|this)\b", re.IGNORECASE
)
MOST_WORDS_OF_A_PLAN = 16


def take_titles(findings: Findings, table: Table, names: TableNames, placer: Placer) -> None:
    """The first words above the first table are the plan's title; what names a priority heads the rows below."""
    if table.continues:
        findings.leave_out(table.grid.name, table.titles, "stands between two tables")
        return
    named, heads = names.get(table), _objectives_above(table)
    rows = [row for row in table.above if row.at not in heads and not row.is_blank]
    texts = [[cell.text for cell in row.cells if not cell.is_blank] for row in rows]
    above = [(f"above {table.grid.name}", title) for title in table.titles]
    everything = above + [(row.at, words) for row, found in zip(rows, texts, strict=True) for words in found]
    _choose_title(findings, [(at, words) for at, words in everything if not _has_other_use(findings, at, words, named)])
    for at, words in above:
        _take_title(findings, at, words, named)
    for row, found in zip(rows, texts, strict=True):
        became = [_take_title(findings, row.at, words, named) for words in found]
        words = " | ".join(map(one_line, found))
        why = "stands above the headings"
        findings.said.append(RowSaid(row.at, RowKind.TITLE, words, why, became=next(filter(None, became), "")))
    if named is not None:
        number, title = numbered(without_continued(one_line(named.words))[0])
        same = next((one for one in findings.priorities if one.is_called(title)), None)
        if same is not None:
            findings.go_to(same)
            findings.leave_out(named.at, [named.words], "says again which priority it is")
        else:
            placer.belonging.add_priority(number, title, "", None, at=named.at)
        _take_group(findings, everything)
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


def _choose_title(findings: Findings, above: Sequence[tuple[str, str]]) -> None:
    """The first words over the first table that call themselves a plan, or else the first."""
    if findings.title is not None or findings.columns:
        return
    titles = [one_line(words) for _, words in above if not labelled_words(words)]
    titles = [words for words in titles if len(words) <= LONGEST_TITLE]
    findings.titles = [words for words in titles if not OF_A_VERSION.match(words)]
    likely = [*filter(_calls_itself_a_plan, titles), *findings.titles, *titles]
    findings.title = next(iter(likely), None)


def _calls_itself_a_plan(words: str) -> bool:
    is_short = len(words.split()) <= MOST_WORDS_OF_A_PLAN and not words.endswith(".")
    return is_short and bool(PLAN.search(words)) and not OF_A_VERSION.match(words)


def _has_other_use(findings: Findings, at: str, words: str, named: Name | None) -> bool:
    return (named is not None and (named.at, named.words) == (at, words)) or _is_key(findings, at, words)


def _is_key(findings: Findings, at: str, words: str) -> bool:
    return at in findings.legend.ats or f"{at}: {words}" in findings.legend.ats


def _take_title(findings: Findings, at: str, words: str, named: Name | None) -> str:
    """What became of words above a table."""
    if _is_key(findings, at, words):
        findings.leave_out(at, [words], "is part of the key to the lights")
        return "the key to the lights"
    if _has_other_use(findings, at, words, named):
        return "the priority of the rows below"
    if one_line(words) == findings.title:
        return "the title of the plan"
    findings.leave_out(at, [words], "stands above the table")
    return ""

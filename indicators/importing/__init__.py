"""From a council's table of KPIs to KPIs with their figures: `read_indicators`. Nothing here stores anything."""

from collections import Counter
from collections.abc import Iterator, Sequence

from csp_tracker.grids import Document, read_grids
from csp_tracker.grids.readings import ColumnReading
from csp_tracker.text import one_line
from indicators.importing.asking import questions_of, warnings_of
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.interpreting import interpret
from indicators.importing.judging import differences_in
from indicators.importing.rows import read_rows
from indicators.importing.tables import Table, Tables, find_tables
from indicators.importing.tree import IndicatorsRefused, IndicatorTree, NotUsed, RowKind

__all__ = ["IndicatorDecisions", "IndicatorTree", "IndicatorsRefused", "indicators_in", "read_indicators"]

EXAMPLES = 3
NOTHING_DECIDED = IndicatorDecisions()


def read_indicators(data: bytes, name: str, decisions: IndicatorDecisions = NOTHING_DECIDED) -> IndicatorTree:
    """The KPIs in a Word, Excel, .csv or text file; a GridRefused in one sentence where there are none."""
    return indicators_in(read_grids(data, name), decisions)


def indicators_in(document: Document, decisions: IndicatorDecisions = NOTHING_DECIDED) -> IndicatorTree:
    """The KPIs in the tables of a file that was read already, as decided where something was decided."""
    tables = find_tables(document, decisions)
    findings = read_rows(tables, decisions)
    if not findings.drafts:
        raise IndicatorsRefused(
            f"{document.name} holds no table of KPIs: it needs a row of headings such as "
            "Reference, Indicator, Target, Q1 and Status, with KPIs below it."
        )
    indicators, sense = interpret(findings, decisions)
    newest = max((table.this for table in tables.used if table.this), default=None)
    counts = Counter(reading.kind for reading in findings.readings)
    return IndicatorTree(
        file_name=document.name,
        file_kind=document.kind,
        title=_title(tables),
        year=newest.financial_year if newest else next((table.year for table in tables.used if table.year), None),
        quarter=newest.quarter if newest else None,
        indicators=indicators,
        differences=tuple(differences_in(indicators)),
        revisions=tuple(sense.revisions),
        warnings=tuple(warnings_of(findings, sense, tables.used, document.notices)),
        not_used=(*findings.not_used, *sense.not_used, *_outside(document)),
        rows={kind.value: counts[kind] for kind in RowKind},
        tables=tuple(tables.readings),
        columns=tuple(_columns(tables.used)),
        readings=tuple(findings.readings),
        questions=tuple(questions_of(sense, tables.used)),
        document=document,
        decisions=decisions,
    )


def _title(tables: Tables) -> str | None:
    return next((one_line(title) for table in tables.used for title in table.titles if title.strip()), None)


def _outside(document: Document) -> Iterator[NotUsed]:
    """Words before and behind the tables."""
    for grid in document.grids:
        for words in grid.titles:
            if words.strip():
                yield NotUsed(f"above {grid.name}", one_line(words), "stands outside the table")
    for words in document.after:
        if words.strip():
            yield NotUsed("behind the last table", one_line(words), "stands outside the table")


def _columns(tables: Sequence[Table]) -> Iterator[ColumnReading]:
    """Each heading once, as its first table has it, with examples of what stands below it."""
    seen = set()
    for table in tables:
        for column in table.columns:
            if column.heading in seen:
                continue
            seen.add(column.heading)
            words = (one_line(row.cells[column.position].text) for row in table.rows)
            examples = tuple(dict.fromkeys(word for word in words if word))[:EXAMPLES]
            yield ColumnReading(column.heading, column.meaning, column.sure, column.alternatives, examples)

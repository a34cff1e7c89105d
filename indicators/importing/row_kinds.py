"""What a row of a table of KPIs is, by what it has words in: a KPI, more of one, a section, a note or nothing."""

import re

from csp_tracker.grids import Row
from csp_tracker.text import one_line
from indicators.importing.headings import texts_of
from indicators.importing.meanings import FIGURES, Meaning
from indicators.importing.stated import DASHES, read_stated
from indicators.importing.tables import Table
from indicators.importing.tree import RowKind

LONGEST_SECTION = 160
LONGEST_REFERENCE, WORDS_IN_A_REFERENCE = 20, 3
LEGEND = re.compile(
    r"^\W*(?:key\b|legend\b|(?:red|amber|yellow|green|blue|gr[ea]y)\b\s*(?:$|[-–=:(]|means|is\b|on\b|within|target|no\b))",
    re.IGNORECASE,
)
NOTE = re.compile(
    r"^(?:\*|†|\[|(?:notes?|sources?|n\.?b\.?|please|figures|prepared|produced|last updated|contact|data)\b)",
    re.IGNORECASE,
)
TOTAL = re.compile(r"^(?:sub|grand|overall)?[ -]?totals?:?$", re.IGNORECASE)
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


def kind_of(table: Table, index: int, covered: dict[int, set[int]], *, is_below_a_kpi: bool) -> RowKind:
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
        return _kind_unnamed(table, row, places, is_below_a_kpi=is_below_a_kpi, has_figures=has_figures)
    first = texts[places[0]]
    has_reference = reference is not None and _is_code(texts[reference.position])
    if not has_reference and LEGEND.match(first) and not has_figures:
        return RowKind.LEGEND
    if TOTAL.match(first):
        return RowKind.NOTE
    if is_below_a_kpi and set(named) & covered.get(index, set()) and (name is None or name.position not in places):
        return RowKind.VALUES
    if len(places) == 1:
        return _kind_alone(first)
    if has_reference and len(places) == len(set(places) & set(named)) and _heads_the_next(table, index):
        return RowKind.SECTION
    return RowKind.KPI


def _kind_unnamed(table: Table, row: Row, places: list[int], *, is_below_a_kpi: bool, has_figures: bool) -> RowKind:
    first = one_line(row.cells[places[0]].text)
    if LEGEND.match(first) and not has_figures:
        return RowKind.LEGEND
    meanings = {table.columns[position].meaning for position in places}
    if len(places) == 1 and not meanings & (STATED | set(WORDS) | {Meaning.ROW, Meaning.PERIOD}):
        return _kind_alone(first)
    if not is_below_a_kpi or TOTAL.match(first):
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


def covered_below(table: Table) -> dict[int, set[int]]:
    """By row, the columns whose merged cell began in a row above."""
    covered: dict[int, set[int]] = {}
    for index, row in enumerate(table.rows):
        for position, cell in enumerate(row.cells):
            for below in range(index + 1, index + cell.row_span):
                covered.setdefault(below, set()).add(position)
    return covered

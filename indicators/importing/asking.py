"""What a person should know of the reading of a table of KPIs before they confirm it, in sentences and questions."""

from collections.abc import Iterator, Sequence

from csp_tracker.grids.readings import Question
from indicators.importing.meanings import Meaning
from indicators.importing.published import unknown_words
from indicators.importing.rows import Findings, Statement
from indicators.importing.sense import Sense
from indicators.importing.tables import Table
from indicators.importing.tree import RowKind
from indicators.values import Polarity

LONGEST_LIST = 12
ASKED = {Meaning.UNKNOWN}


def warnings_of(findings: Findings, sense: Sense, tables: Sequence[Table], notices: Sequence[str]) -> Iterator[str]:
    """Most important first: what is left open, what was guessed, what was joined."""
    yield from _on_periods(sense, tables)
    for word, ats in unknown_words(sense.unknown_lights).items():
        yield f"“{word}” is no light that we know, so not rated: {_list(ats)}."
    yield from _on_figures(sense)
    yield from _on_polarity(sense)
    yield from sense.doubts
    hidden = [row.at for table in tables for row in table.rows if row.is_hidden and not row.is_blank]
    if hidden:
        yield f"{_count(hidden, 'row is', 'rows are')} hidden in the file but read: {_list(hidden)}."
    nameless = [draft.at for draft in findings.drafts if not draft.reference]
    if nameless:
        yield (
            f"{_count(nameless, 'KPI has', 'KPIs have')} no reference, "
            f"so only the very same words tell it again: {_list(nameless)}."
        )
    joined = [reading.at for reading in findings.readings if reading.kind is RowKind.CONTINUATION]
    if joined:
        rows = _count(joined, "row has", "rows have")
        yield f"{rows} neither a reference nor a name, joined to the row above: {_list(joined)}."
    yield from notices


def questions_of(sense: Sense, tables: Sequence[Table]) -> Iterator[Question]:
    """What a person should settle, or at least look at."""
    ats = tuple(dict.fromkeys(one.at for one in sense.unplaced))
    if ats:
        kind = "year" if _lacks_only_the_year(sense.unplaced) else "quarter"
        yield Question(kind, _which_quarter(sense.unplaced), ats=ats, must_be_settled=True)
    for word, found in unknown_words(sense.unknown_lights).items():
        yield Question("light", f"Which light is “{word}”?", word=word, ats=tuple(found))
    for one in sense.unreadable:
        yield Question("figure", f"“{one.text}” is no figure that we can read.", word=one.text, ats=(one.at,))
    for read, way in sense.ways:
        if read.polarity is Polarity.MONITOR and not way.why:
            yield Question("polarity", f"Is {read.label} better when higher or when lower?", read.reference, (read.at,))
        elif not way.is_stated:
            sentence = f"{read.label} seems to be better when {read.polarity.value}: {way.why}."
            yield Question("polarity", sentence, read.reference, (read.at,))
    yield from _on_readings_of_periods(tables)
    for table in tables:
        for column in table.columns:
            words = [row.at for row in table.rows if not row.cells[column.position].is_blank]
            if column.meaning in ASKED and words and not column.heading.startswith("Column "):
                sentence = f"The column “{column.heading}” has no meaning for a KPI: it is kept with the file only."
                yield Question("columns", sentence, column.heading, tuple(words))


def _on_readings_of_periods(tables: Sequence[Table]) -> Iterator[Question]:
    """Which quarter and year was read where the file leaves a guess: right as a rule, and to be put right if not."""
    for name, table in {table.name: table for table in tables if table.this and table.speaks_of_this_quarter}.items():
        yield Question("period", f"“{name}” was read as the figures of {table.this}.", word=name)
    read = {str(table.year) for table in tables if table.year and table.lacks_its_year}
    if len(read) == 1:
        yield Question("years", f"The quarters and months were read as those of {read.pop()}.", word="year")


def _on_periods(sense: Sense, tables: Sequence[Table]) -> Iterator[str]:
    if sense.unplaced:
        yield _which_quarter(sense.unplaced)
    placed = {table.name: str(table.this) for table in tables if table.this}
    if placed:
        said = [f"{name} for {period}" for name, period in placed.items()]
        yield f"The figures were taken to be as at: {'; '.join(said)}. To be confirmed."


def _on_figures(sense: Sense) -> Iterator[str]:
    if sense.fractions:
        yield f"Fractions were read as percentages, 0.959 as 95.9%: {_list(sense.fractions)}."
    if sense.unreadable:
        said = [f"{one.at} (“{one.text}”)" for one in sense.unreadable]
        yield f"{_count(said, 'cell is', 'cells are')} no figure, so not taken: {_list(said)}."
    if sense.revisions:
        said = [
            f"{one.reference or one.name} for {one.period}: {one.before}, then {one.after}" for one in sense.revisions
        ]
        yield f"{_count(said, 'figure is', 'figures are')} revised by a later sheet: {_list(said, '; ')}."
    for is_each, whose in ((True, "for each period"), (False, "for the whole year")):
        names = [name for name, each in sense.spread if each is is_each]
        if names:
            yield f"The target was taken to be {whose}: {_list(dict.fromkeys(names))}."


def _on_polarity(sense: Sense) -> Iterator[str]:
    silent = [read.label for read, way in sense.ways if read.polarity is Polarity.MONITOR and not way.why]
    if silent:
        yield (
            f"The file does not say which way is better for {_count(silent, 'KPI', 'KPIs')}, "
            f"so no light is worked out: {_list(silent)}."
        )
    shown = [f"{read.label} {read.polarity.value}" for read, way in sense.ways if way.why and not way.is_stated]
    if shown:
        yield f"Which way is better was taken from the published lights: {_list(shown)}."


def _lacks_only_the_year(unplaced: Sequence[Statement]) -> bool:
    """Whether every column names its quarter or month, and only the year is open."""
    named = {column.heading for one in unplaced for column in one.table.columns if column.when.kind is not None}
    return all(one.heading in named for one in unplaced)


def _which_quarter(unplaced: Sequence[Statement]) -> str:
    names = dict.fromkeys(one.table.name for one in unplaced)
    headings = dict.fromkeys(f"“{one.heading}”" for one in unplaced)
    kind = "year" if _lacks_only_the_year(unplaced) else "quarter"
    verb = "is" if len(headings) == 1 else "are"
    return f"{_list(names)} does not say which {kind} {_list(headings)} {verb} for: please say."


def _count(things: Sequence[object], one: str, several: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else several}"


def _list(words: "Sequence[str] | dict[str, None]", between: str = ", ") -> str:
    """The first of them, and how many more."""
    words = list(words)
    more = len(words) - LONGEST_LIST
    shown = between.join(words[:LONGEST_LIST])
    return f"{shown} and {more} more" if more > 0 else shown

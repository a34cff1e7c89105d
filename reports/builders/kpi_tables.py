"""The tables of one KPI's paper: its readings, quarters, targets and baselines, what it is and what it serves."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from django.utils import timezone

from actions.models import Action, Priority
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.services.pasts import Past, pasts_of_readings, pasts_of_targets
from indicators.services.standing import Standing
from indicators.services.words import baseline_in_words, target_in_words
from indicators.values import DECIMALS, BaselineState, Frequency, ReadingState
from reports.builders.figures import (
    NOT_ADDED_UP,
    figure_cell,
    frequency_in_words,
    how_it_was_made,
    published_words,
    reading_cell,
    standing_cell,
    target_cell,
    unit_in_words,
    year_to_date,
)
from reports.document import (
    Cell,
    Column,
    Date,
    Kind,
    Light,
    Missing,
    Number,
    Row,
    Table,
    Text,
    day_in_words,
)

NOT_STATED, NOT_REVISED, NO_NOTE = Missing("not stated", "z"), Missing("not revised", "z"), Missing("no note", "z")
AS_THE_KPI = Missing("as said on the sheet “About”", "z")
#: Columns of the readings that are there only where one of them has something to say.
OPTIONAL = (
    "First reported as",
    "Before it was revised",
    "Numerator",
    "Denominator",
    "Light as published",
    "Note",
    "Source",
)


def readings_table(indicator: Indicator, readings: Sequence[Reading]) -> Table:
    """Every reading with its light and reason; columns that no reading needs are left out."""
    pasts = pasts_of_readings(indicator, readings)
    known: list[tuple[Column, list[Cell]]] = [
        (Column("Period", width=1.1), [Text(str(row.period)) for row in readings]),
        (Column("Figure", Kind.NUMBER, 1), [reading_cell(indicator, row) for row in readings]),
        (Column("State", width=1.1), [Text(str(ReadingState(row.state).label)) for row in readings]),
        (Column("Light", Kind.LIGHT, 1), [Light(RAG(row.rating)) for row in readings]),
        (Column("Why", width=4, when_empty=Missing("no reason kept")), [Text(row.rating_why) for row in readings]),
        (Column("First reported as", Kind.NUMBER, 1), [_first(indicator, row) for row in readings]),
        (Column("Before it was revised", width=2.4, when_empty=NOT_REVISED), [_past(pasts, row) for row in readings]),
        (Column("Numerator", Kind.NUMBER, 1), [_count(row.numerator) for row in readings]),
        (Column("Denominator", Kind.NUMBER, 1), [_count(row.denominator) for row in readings]),
        (Column("Light as published", width=1.2, when_empty=NOT_STATED), [_published(row) for row in readings]),
        (Column("Note", width=2.4, when_empty=NO_NOTE), [Text(_note(row)) for row in readings]),
        (Column("Source", width=1.6, when_empty=AS_THE_KPI), [_source(indicator, row) for row in readings]),
        (Column("Entered by", width=1.3), [Text(row.entered_by.name) for row in readings]),
        (Column("Entered on", Kind.DATE, 1.2), [Date(timezone.localdate(row.entered_at)) for row in readings]),
    ]
    needed = [(column, cells) for column, cells in known if column.heading not in OPTIONAL or any(map(_says, cells))]
    rows = [Row(cells) for cells in zip(*(cells for _, cells in needed), strict=True)]
    columns = tuple(column for column, _ in needed)
    return Table("Readings with their lights and reasons", columns, rows, when_no_rows="There are no readings.")


def _source(indicator: Indicator, reading: Reading) -> Cell:
    """Where the figure is from, if that is not where the KPI's figures always are from."""
    return Text(reading.source if reading.source != indicator.source else "")


def _says(cell: Cell) -> bool:
    return not isinstance(cell, Missing) and bool(cell.words)


def _past(pasts: Mapping[int, Sequence[Past]], row: Reading | Target) -> Cell:
    """What was said before, newest first, until when, who changed it and why."""
    return Text("\n".join(_said(one) for one in pasts.get(row.pk, ())))


def _said(past: Past) -> str:
    reason = f": {past.reason}" if past.reason else ""
    return f"{past.said} until {day_in_words(timezone.localdate(past.until))}, {past.by}{reason}"


def _first(indicator: Indicator, reading: Reading) -> Cell:
    """What a revised figure was at first."""
    is_revised = reading.first_value is not None and reading.first_value != reading.value
    return figure_cell(indicator, reading.first_value) if is_revised else NOT_REVISED


def _published(reading: Reading) -> Cell:
    return Text(published_words(reading.published_rag, reading.published_word))


def _count(value: Decimal | None) -> Cell:
    """A numerator or denominator: a count, whatever the KPI's own unit."""
    return NOT_STATED if value is None else Number(value, 0 if value == value.to_integral_value() else DECIMALS)


def _note(reading: Reading) -> str:
    broken = f"Counted differently from here on: {reading.series_break_words}" if reading.series_break else ""
    return "\n".join(words for words in (reading.note, broken) if words)


def totals_table(indicator: Indicator, stood: Mapping[Quarter, Standing]) -> Table | None:
    """Each quarter, entered or put together from its months, and the year up to its end; both say how."""
    if indicator.frequency not in (Frequency.MONTH, Frequency.QUARTER):
        return None
    columns = (
        Column("Quarter", width=1.2),
        Column("Figure", Kind.NUMBER, 1),
        Column("How it was made", width=2),
        Column("Light", Kind.LIGHT, 1),
        Column("Why", width=4),
        Column("Target", Kind.NUMBER, 1.2, Missing("none set")),
        Column("Year to date", Kind.NUMBER, 1, NOT_ADDED_UP),
        Column("How the year to date was made", width=2, when_empty=NOT_ADDED_UP),
    )

    def cells(quarter: Quarter, one: Standing) -> Iterator[Cell]:
        yield Text(str(quarter))
        yield standing_cell(one)
        yield Text(how_it_was_made(one))
        yield Light(one.light)
        yield Text(one.verdict.why)
        yield target_cell(one)
        yield from year_to_date(one)

    rows = [Row(tuple(cells(quarter, one))) for quarter, one in sorted(stood.items(), reverse=True)]
    return Table("Quarters and years to date", columns, rows) if rows else None


def targets_table(indicator: Indicator, targets: Sequence[Target]) -> Table:
    columns = (
        Column("Period"),
        Column("Target", width=2),
        Column("As stated", width=3, when_empty=NOT_STATED),
        Column("Before it was changed", width=3, when_empty=Missing("not changed", "z")),
    )
    pasts = pasts_of_targets(indicator, targets)
    rows = [
        Row((Text(str(one.period)), _target_cell(indicator, one), Text(one.text), _past(pasts, one)))
        for one in sorted(targets, key=lambda one: (one.period.ends_on, one.period_starts_on), reverse=True)
    ]
    return Table("Targets, newest first", columns, rows, when_no_rows="No target has been set.")


def _target_cell(indicator: Indicator, target: Target) -> Cell:
    """A figure to reckon with where the target is one; a band or a change in words."""
    if target.value is not None and target.kind == "value":
        return figure_cell(indicator, target.value)
    return Text(target_in_words(indicator, target))


def baselines_table(indicator: Indicator, baselines: Sequence[Baseline]) -> Table:
    columns = (
        Column("Period", width=1.4, when_empty=NOT_STATED),
        Column("Of what", width=2, when_empty=NOT_STATED),
        Column("Figure", Kind.NUMBER, 1.2),
        Column("As stated", width=3, when_empty=NOT_STATED),
        Column("Use", width=1.4),
    )
    rows = [
        Row(
            (
                Text(one.label),
                Text(one.of_what),
                _baseline_cell(indicator, one),
                Text(one.text),
                Text("Compared with" if one.is_primary else "Kept on record"),
            )
        )
        for one in baselines
    ]
    return Table("Baselines", columns, rows, when_no_rows="No baseline is on record.")


def _baseline_cell(indicator: Indicator, baseline: Baseline) -> Cell:
    words = baseline_in_words(indicator, baseline) or str(BaselineState.NOT_AVAILABLE.label)
    return figure_cell(indicator, baseline.value, baseline.qualifier, without=Missing(words.lower()))


def about_table(indicator: Indicator, scheme: str) -> Table:
    """What the KPI is, as names and words."""
    whole = indicator.part_of
    lines = {
        "Reference": indicator.reference,
        "Name": indicator.name,
        "Definition": indicator.definition,
        "Why it matters": indicator.why,
        "Source": indicator.source,
        "Unit": unit_in_words(indicator),
        "Which way is better": str(indicator.get_polarity_display()),
        "Months and quarters add up by": str(indicator.get_roll_up_display()),
        "Reported": frequency_in_words(indicator),
        "How it is rated": scheme,
        "Owner": indicator.owner.name if indicator.owner else "",
        "Agency": indicator.agency.name if indicator.agency else "",
        "Part of": str(whole) if whole else "",
    }
    columns = (Column("What", width=1), Column("In words", width=5, when_empty=NOT_STATED))
    rows = [Row((Text(name), Text(words))) for name, words in lines.items() if words or name != "Part of"]
    return Table("What the KPI is", columns, rows)


def served_table(indicator: Indicator, user: User) -> Table:
    """The priorities and actions judged by the KPI that the person may see."""
    priorities = Priority.objects.visible_to(user).open().filter(indicators=indicator).select_related("plan")
    actions = Action.objects.visible_to(user).open().filter(indicators=indicator).select_related("plan")
    rows = [
        *(_row_served(one, "Priority", one.number, one.title) for one in priorities.order_by("-plan__starts_on", "pk")),
        *(_row_served(one, "Action", one.reference, one.text) for one in actions.order_by("-plan__starts_on", "pk")),
    ]
    columns = (
        Column("Kind", width=0.8),
        Column("Reference", width=0.8),
        Column("Words", width=5),
        Column("Plan", width=2),
    )
    return Table(
        "Priorities and actions", columns, rows, row_header=1, when_no_rows="No action or priority uses this KPI yet."
    )


def _row_served(thing: Action | Priority, kind: str, reference: str, words: str) -> Row:
    return Row((Text(kind), Text(reference), Text(words), Text(thing.plan.title)))

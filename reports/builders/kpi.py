"""One KPI as a paper: its chart, its figures with light and reason, what it is set against, and what it is."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from actions.models import Action, Priority
from csp_tracker.models import User
from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.rag import RAG
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rollup import HOW, Span, Total, roll_up
from indicators.services import POLICE_SOURCE, in_words, scheme_for
from indicators.services.charting import chart_for
from indicators.services.measuring import chosen_target, history_of, method_of
from indicators.services.on_record import Record
from indicators.services.standing import Standing, standings
from indicators.services.words import baseline_in_words, target_in_words
from indicators.values import DECIMALS, BaselineState, Frequency, ReadingState, RollUp
from indicators.variation import chart_of
from indicators.variation_wording import explain
from reports.builders.figures import (
    KEY,
    directions_in_words,
    figure_cell,
    frequency_in_words,
    published_words,
    reading_cell,
    unit_in_words,
)
from reports.builders.kpi_chart import Drawing, drawings
from reports.document import (
    Cell,
    Column,
    Date,
    Document,
    Fact,
    Kind,
    Light,
    Missing,
    Number,
    Row,
    Section,
    Table,
    Text,
)

NOT_STATED, NOT_REVISED, NO_NOTE = Missing("not stated", "z"), Missing("not revised", "z"), Missing("no note", "z")
#: Columns of the readings that are there only where one of them has something to say.
OPTIONAL = ("First reported as", "Numerator", "Denominator", "Light as published", "Note", "Source")
COUNTING = (
    "A figure keeps the light it was given, with the rule of that day, until it is rated again on purpose.",
    "Quarters and years to date are put together by the KPI’s own rule; where one month is missing there is none.",
)
POLICE = (
    "Figures counted by the police are of data.police.uk, street-level crime: public sector information licensed under "
    "the Open Government Licence v3.0.",
    "Each crime is placed at a point near where it happened, which may lie in a neighbouring district. A month that is "
    "missing is not available, and not nought. Later downloads change earlier months. Home Office and ONS figures are "
    "counted otherwise.",
)


def kpi_paper(*, indicator: Indicator, made_at: datetime, user: User) -> Document:
    """A working copy of everything on record of the KPI. The caller has made sure that `user` may see it."""
    today = made_at.date()
    readings = sorted(indicator.readings.select_related("entered_by"), key=_newest, reverse=True)
    targets, baselines = list(indicator.targets.all()), list(indicator.baselines.all())
    scheme = in_words(scheme_for(indicator, today), indicator)
    quarter = _quarter_of(readings, today)
    drawn = drawings(indicator, chart_for(indicator, readings, targets, baselines))
    return Document(
        title=f"KPI {indicator}",
        what=f"KPI {indicator.reference or indicator.name}",
        partnership=indicator.partnership.name,
        place=indicator.partnership.slug,
        period=_reach(readings),
        period_code=quarter.code,
        position_on=today,
        made_at=made_at,
        about=indicator.why or "Everything on record of one KPI: its figures, with light and reason, and what it is.",
        facts=(
            *_facts(standings([indicator], quarter)[indicator.pk], scheme),
            *_real_change(indicator, readings, targets),
            Fact("Made by", user.name),
        ),
        key=KEY,
        counting=COUNTING,
        notes=tuple(_notes(indicator, readings, drawn)),
        sections=tuple(_sections(indicator, readings, targets, baselines, drawn, scheme, user)),
    )


def _newest(reading: Reading) -> tuple[date, date]:
    """By the end of the period; at the end of a year the quarter stands above the year."""
    return reading.period.ends_on, reading.period_starts_on


def _quarter_of(readings: Sequence[Reading], today: date) -> Quarter:
    """The quarter of the newest figure, else the one that ended last."""
    with_figure = (row for row in readings if row.value is not None)
    newest = next(with_figure, None)
    return newest.period.quarter if newest else Quarter.last_ended(today)


def _reach(readings: Sequence[Reading]) -> str:
    if not readings:
        return "No readings yet"
    first, last = readings[-1].period, readings[0].period
    return f"Readings for {first} to {last}" if first != last else f"Reading for {first}"


def _facts(standing: Standing, scheme: str) -> Iterator[Fact]:
    """How the KPI stands, first; then by which rule."""
    indicator = standing.indicator
    yield Fact("Kind", "Context: measured, not owned, by the partnership" if indicator.is_context else "Ours")
    yield Fact(f"Figure for {standing.period}", _with(standing.figure or "None", standing.basis))
    if standing.so_far:
        yield Fact("Year to date", standing.so_far)
    yield Fact("Light", f"{standing.light.label}. {standing.verdict.why}".strip())
    yield Fact("Target", standing.target or "None set")
    if words := directions_in_words(standing.directions):
        yield Fact("Direction", words)
    yield Fact("How it is rated", scheme)
    if indicator.not_for_publication:
        yield Fact("Publication", "Not for publication")


def _real_change(indicator: Indicator, readings: Sequence[Reading], targets: Sequence[Target]) -> Iterator[Fact]:
    """Whether the newest month shows a real change; of quarters and years there are too few to say."""
    months = [row.period for row in readings if row.period_kind == PeriodKind.MONTH and row.value is not None]
    if indicator.frequency == Frequency.MONTH and months:
        target = chosen_target({one.period: one for one in targets}, max(months))
        yield Fact("Is the change real?", explain(chart_of(history_of(indicator, readings, target))).text)


def _with(words: str, more: str) -> str:
    return f"{words} ({more[0].lower()}{more[1:]})" if more else words


def _notes(indicator: Indicator, readings: Sequence[Reading], drawn: Sequence[Drawing]) -> Iterator[str]:
    if drawn:
        yield (
            "On the sheets that charts draw a cell is empty where there is nothing to draw: a chart would draw words "
            "as nought. The remark of its row says why there is no figure."
        )
    if any(reading.source == POLICE_SOURCE for reading in readings):
        yield from POLICE
    if indicator.polarity == "monitor":
        yield "The KPI is only monitored: no light is given, whichever way it goes."


def _sections(
    indicator: Indicator,
    readings: Sequence[Reading],
    targets: Sequence[Target],
    baselines: Sequence[Baseline],
    drawn: Sequence[Drawing],
    scheme: str,
    user: User,
) -> Iterator[Section]:
    for one in drawn:
        yield Section(one.chart.title, (one.chart,), name="Chart" if one is drawn[0] else "Year to date")
    yield Section("Readings, newest first", (_readings(indicator, readings),), name="Readings")
    if totals := _totals(indicator, readings):
        yield Section("Quarters and years to date, newest first", (totals,), name="Quarters")
    yield Section("Targets", (_targets(indicator, targets),), name="Targets")
    yield Section("Baselines", (_baselines(indicator, baselines),), name="Baselines")
    yield Section("What the KPI is", (_about(indicator, scheme),), name="About")
    yield Section("What the KPI serves", (_served(indicator, user),), name="Serves")
    for one in drawn:
        name = "Chart data" if one is drawn[0] else "Year to date data"
        yield Section(one.table.caption, (one.table,), name=name)


def _readings(indicator: Indicator, readings: Sequence[Reading]) -> Table:
    """Every reading with its light and reason; columns that no reading needs are left out."""
    known: list[tuple[Column, list[Cell]]] = [
        (Column("Period", width=1.1), [Text(str(row.period)) for row in readings]),
        (Column("Figure", Kind.NUMBER, 1), [reading_cell(indicator, row) for row in readings]),
        (Column("State", width=1.1), [Text(str(ReadingState(row.state).label)) for row in readings]),
        (Column("Light", Kind.LIGHT, 1), [Light(RAG(row.rating)) for row in readings]),
        (Column("Why", width=4, when_empty=Missing("no reason kept")), [Text(row.rating_why) for row in readings]),
        (Column("First reported as", Kind.NUMBER, 1), [_first(indicator, row) for row in readings]),
        (Column("Numerator", Kind.NUMBER, 1), [_count(row.numerator) for row in readings]),
        (Column("Denominator", Kind.NUMBER, 1), [_count(row.denominator) for row in readings]),
        (Column("Light as published", width=1.2, when_empty=NOT_STATED), [_published(row) for row in readings]),
        (Column("Note", width=2.4, when_empty=NO_NOTE), [Text(_note(row)) for row in readings]),
        (Column("Source", width=1.6, when_empty=NOT_STATED), [Text(row.source) for row in readings]),
        (Column("Entered by", width=1.3), [Text(row.entered_by.name) for row in readings]),
        (Column("Entered on", Kind.DATE, 1.2), [Date(timezone.localdate(row.entered_at)) for row in readings]),
    ]
    needed = [(column, cells) for column, cells in known if column.heading not in OPTIONAL or any(map(_says, cells))]
    rows = [Row(cells) for cells in zip(*(cells for _, cells in needed), strict=True)]
    columns = tuple(column for column, _ in needed)
    return Table("Readings with their lights and reasons", columns, rows, when_no_rows="There are no readings.")


def _says(cell: Cell) -> bool:
    return not isinstance(cell, Missing) and bool(cell.words)


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


def _totals(indicator: Indicator, readings: Sequence[Reading]) -> Table | None:
    """Each quarter, entered or put together from its months, and the year up to its end; both say how."""
    record = Record(indicator, {row.period: row for row in readings})
    record.add_up()
    if indicator.frequency not in (Frequency.MONTH, Frequency.QUARTER) or not record.quarters:
        return None
    newest_first = sorted(record.quarters, reverse=True)
    rows = [
        Row((Text(str(one)), *_quarter(record, one), *_total_cells(indicator, _to_date(record, one))))
        for one in newest_first
    ]
    columns = (
        Column("Quarter", width=1.1),
        Column("Figure", Kind.NUMBER, 1),
        Column("How it was made", width=2.6),
        Column("Year to date", Kind.NUMBER, 1),
        Column("How the year to date was made", width=2.6),
    )
    return Table("Quarters and years to date", columns, rows)


def _quarter(record: Record, period: Period) -> tuple[Cell, Cell]:
    if total := record.totals.get(period):
        return _total_cells(record.indicator, total)
    row = record.quarters[period]
    provisional = ", provisional" if row.state == ReadingState.PROVISIONAL else ""
    return reading_cell(record.indicator, row), Text(f"Entered{provisional}")


def _to_date(record: Record, period: Period) -> Total:
    """From 1 April to the quarter's end: of months where there are all, else of quarters."""
    method = method_of(record.indicator)
    last = Period.containing(PeriodKind.MONTH, period.ends_on)
    of_months = roll_up(record.months.values(), Span.to_date(last), method)
    if of_months.value is not None:
        return of_months
    of_quarters = roll_up(record.parts(record.quarters, PeriodKind.QUARTER), Span.to_date(period), method)
    is_monthly = of_quarters.value is None and record.indicator.frequency == Frequency.MONTH
    return of_months if is_monthly else of_quarters  # a missing month is told by its own name


def _total_cells(indicator: Indicator, total: Total) -> tuple[Cell, Cell]:
    if total.value is None:
        return Missing("incomplete" if total.missing else "not rated"), Text(total.why)
    how = HOW[RollUp(total.method.roll_up)].capitalize()
    first, last = total.needed[0], total.needed[-1]
    span = f"{first} to {last}" if first != last else str(last)
    provisional = ", provisional" if total.is_provisional else ""
    return figure_cell(indicator, total.value, total.qualifier), Text(f"{how}, {span}{provisional}")


def _targets(indicator: Indicator, targets: Sequence[Target]) -> Table:
    columns = (
        Column("Period"),
        Column("Target", width=2),
        Column("As stated", width=4, when_empty=NOT_STATED),
    )
    rows = [
        Row((Text(str(one.period)), _target_cell(indicator, one), Text(one.text)))
        for one in sorted(targets, key=lambda one: (one.period.ends_on, one.period_starts_on), reverse=True)
    ]
    return Table("Targets, newest first", columns, rows, when_no_rows="No target has been set.")


def _target_cell(indicator: Indicator, target: Target) -> Cell:
    """A figure to reckon with where the target is one; a band or a change in words."""
    if target.value is not None and target.kind == "value":
        return figure_cell(indicator, target.value)
    return Text(target_in_words(indicator, target))


def _baselines(indicator: Indicator, baselines: Sequence[Baseline]) -> Table:
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


def _about(indicator: Indicator, scheme: str) -> Table:
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


def _served(indicator: Indicator, user: User) -> Table:
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

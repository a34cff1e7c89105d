"""One KPI as a paper: its chart, its figures with light and reason, what it is set against, and what it is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from actions.models import Action, Priority
from csp_tracker.models import User
from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.rag import RAG
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rollup import HOW, Part, Span, Total, roll_up
from indicators.services import POLICE_SOURCE, in_words, scheme_for
from indicators.services.charting import chart_for
from indicators.services.measuring import as_part, method_of
from indicators.services.standing import Standing, standings
from indicators.services.words import baseline_in_words, target_in_words
from indicators.values import DECIMALS, BaselineState, Frequency, ReadingState, RollUp
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
        facts=tuple(_facts(standings([indicator], quarter)[indicator.pk], scheme, user)),
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


def _facts(standing: Standing, scheme: str, user: User) -> Iterator[Fact]:
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
    yield Fact("Made by", user.name)


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
    has_parts = any(row.numerator is not None or row.denominator is not None for row in readings)
    has_published = any(row.published_rag or row.published_word for row in readings)
    has_source = any(row.source and row.source != indicator.source for row in readings)
    columns = [
        Column("Period", width=1.1),
        Column("Figure", Kind.NUMBER, 1),
        Column("State", width=1.1),
        Column("Light", Kind.LIGHT, 1),
        Column("Why", width=4, when_empty=Missing("no reason kept")),
        Column("First reported as", Kind.NUMBER, 1, NOT_REVISED),
    ]
    columns += [Column("Numerator", Kind.NUMBER, 1), Column("Denominator", Kind.NUMBER, 1)] if has_parts else []
    columns += [Column("Light as published", width=1.2, when_empty=NOT_STATED)] if has_published else []
    columns += [Column("Note", width=2.4, when_empty=NO_NOTE)]
    columns += [Column("Source", width=1.6, when_empty=NOT_STATED)] if has_source else []
    columns += [Column("Entered by", width=1.3), Column("Entered on", Kind.DATE, 1.2)]

    def cells(row: Reading) -> Iterator[Cell]:
        yield Text(str(row.period))
        yield reading_cell(indicator, row)
        yield Text(str(ReadingState(row.state).label))
        yield Light(RAG(row.rating))
        yield Text(row.rating_why)
        is_revised = row.first_value is not None and row.first_value != row.value
        yield figure_cell(indicator, row.first_value) if is_revised else NOT_REVISED
        if has_parts:
            yield _count(row.numerator)
            yield _count(row.denominator)
        if has_published:
            yield Text(published_words(row.published_rag, row.published_word))
        yield Text(_note(row))
        if has_source:
            yield Text(row.source)
        yield Text(row.entered_by.name)
        yield Date(row.entered_at.date())

    rows = [Row(tuple(cells(row))) for row in readings]
    return Table("Readings with their lights and reasons", tuple(columns), rows, when_no_rows="There are no readings.")


def _count(value: Decimal | None) -> Cell:
    """A numerator or denominator: a count, whatever the KPI's own unit."""
    return NOT_STATED if value is None else Number(value, 0 if value == value.to_integral_value() else DECIMALS)


def _note(reading: Reading) -> str:
    broken = f"Counted differently from here on: {reading.series_break_words}" if reading.series_break else ""
    return "\n".join(words for words in (reading.note, broken) if words)


def _totals(indicator: Indicator, readings: Sequence[Reading]) -> Table | None:
    """Each quarter, entered or put together from its months, and the year up to its end; both say how."""
    if indicator.frequency not in (Frequency.MONTH, Frequency.QUARTER):
        return None
    kind = PeriodKind(indicator.frequency)
    breaks = [row.period_starts_on for row in readings if row.series_break]
    parts = [_part(row, breaks) for row in readings if row.period_kind == kind]
    if not parts:
        return None
    entered = {row.period: row for row in readings if row.period_kind == PeriodKind.QUARTER}
    quarters = sorted({part.period.quarter for part in parts} | {one.quarter for one in entered}, reverse=True)
    rows = [_total(indicator, quarter, kind, parts, entered) for quarter in quarters]
    columns = (
        Column("Quarter", width=1.1),
        Column("Figure", Kind.NUMBER, 1),
        Column("How it was made", width=2.6),
        Column("Year to date", Kind.NUMBER, 1),
        Column("How the year to date was made", width=2.6),
    )
    return Table("Quarters and years to date", columns, rows)


def _part(row: Reading, breaks: Iterable[date]) -> Part:
    """The row's figure; a change in the counting recorded for any period is one of the period it falls in."""
    is_broken = any(row.period.starts_on <= day <= row.period.ends_on for day in breaks)
    return replace(as_part(row), series_break=is_broken)


def _total(
    indicator: Indicator, quarter: Quarter, kind: PeriodKind, parts: list[Part], entered: dict[Period, Reading]
) -> Row:
    period, method = Period.of_quarter(quarter), method_of(indicator)
    own = entered.get(period)
    if own is not None:
        first: tuple[Cell, ...] = (reading_cell(indicator, own), Text("As entered"))
    else:
        first = _of_total(indicator, roll_up(parts, Span.of(period, kind), method))
    last = Period.containing(kind, quarter.ends_on)
    return Row((Text(str(quarter)), *first, *_of_total(indicator, roll_up(parts, Span.to_date(last), method))))


def _of_total(indicator: Indicator, total: Total) -> tuple[Cell, Cell]:
    if total.value is None:
        return Missing("incomplete" if total.missing else "not rated"), Text(total.why)
    how = HOW[RollUp(total.method.roll_up)].capitalize()
    ending = " (provisional)" if total.is_provisional else ""
    span = f"{total.span.first} to {total.span.last}" if total.span.first != total.span.last else str(total.span.last)
    return figure_cell(indicator, total.value, total.qualifier), Text(f"{how}, {span}{ending}")


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

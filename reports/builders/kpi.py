"""One KPI as a paper: its chart, its figures with light and reason, what it is set against, and what it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from csp_tracker.models import User
from csp_tracker.periods import PeriodKind, Quarter
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.services import POLICE_SOURCE, RuleBook, in_words
from indicators.services.charting import chart_for
from indicators.services.measuring import chosen_target, history_of
from indicators.services.on_record import Record
from indicators.services.standing import Standing, standing_of
from indicators.values import Frequency
from indicators.variation import chart_of
from indicators.variation_wording import explain
from reports.builders.figures import (
    KEY,
    directions_in_words,
)
from reports.builders.kpi_chart import Drawing, drawings
from reports.builders.kpi_tables import (
    about_table,
    baselines_table,
    readings_table,
    served_table,
    targets_table,
    totals_table,
)
from reports.document import (
    Document,
    Fact,
    Section,
)

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
    readings = sorted(indicator.readings.select_related("entered_by", "scheme"), key=_newest, reverse=True)
    for row in readings:
        row.indicator = indicator
    targets, baselines = list(indicator.targets.all()), list(indicator.baselines.all())
    rules = RuleBook.of([indicator])
    scheme = in_words(rules.scheme_for(indicator, today), indicator)
    quarter = _quarter_of(readings, today)
    quarters = {quarter} | {row.period.quarter for row in readings if row.period_kind != PeriodKind.YEAR}
    stood = {one: _standing(indicator, one, readings, targets, baselines, rules) for one in quarters}
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
            *_facts(stood[quarter], scheme),
            *_real_change(indicator, readings, targets),
            Fact("Made by", user.name),
        ),
        key=KEY,
        counting=COUNTING,
        notes=tuple(_notes(indicator, readings, drawn)),
        sections=tuple(_sections(indicator, readings, stood, targets, baselines, drawn, scheme, user)),
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
    stood: Mapping[Quarter, Standing],
    targets: Sequence[Target],
    baselines: Sequence[Baseline],
    drawn: Sequence[Drawing],
    scheme: str,
    user: User,
) -> Iterator[Section]:
    for one in drawn:
        yield Section(one.chart.title, (one.chart,), name="Chart" if one is drawn[0] else "Year to date")
    yield Section("Readings, newest first", (readings_table(indicator, readings),), name="Readings")
    if readings and (totals := totals_table(indicator, stood)):
        yield Section("Quarters and years to date, newest first", (totals,), name="Quarters")
    yield Section("Targets", (targets_table(indicator, targets),), name="Targets")
    yield Section("Baselines", (baselines_table(indicator, baselines),), name="Baselines")
    yield Section("What the KPI is", (about_table(indicator, scheme),), name="About")
    yield Section("What the KPI serves", (served_table(indicator, user),), name="Serves")
    for one in drawn:
        name = "Chart data" if one is drawn[0] else "Year to date data"
        yield Section(one.table.caption, (one.table,), name=name)


def _standing(
    indicator: Indicator,
    quarter: Quarter,
    readings: Sequence[Reading],
    targets: Sequence[Target],
    baselines: Sequence[Baseline],
    rules: RuleBook,
) -> Standing:
    """How the KPI stood in a quarter, from rows that are read already."""
    record = Record(
        indicator,
        readings={row.period: row for row in readings if row.period_starts_on <= quarter.ends_on},
        targets={target.period: target for target in targets},
        baseline=next((one for one in baselines if one.is_primary), None),
        scheme=rules.scheme_for(indicator, quarter.ends_on),
    )
    record.add_up()
    return standing_of(record, quarter)

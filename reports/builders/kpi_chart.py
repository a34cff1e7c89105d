"""The line chart of one KPI and the table it draws: figures, target, baseline and, month by month, the usual range.

Figures after a change in the counting are a line of their own, so that nothing joins what cannot be compared. A period
without a figure is an empty cell: a spreadsheet would draw words as nought. The last column says why it is empty.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from csp_tracker.periods import Period, PeriodKind
from indicators.figures import Current, PastFigure
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.services.measuring import as_target_figure, chosen_target, history_of, period_of
from indicators.services.words import figure_in_words
from indicators.values import DECIMALS, Frequency, Qualifier, ReadingState, RollUp, Unit, in_words
from indicators.variation import Chart, Line, chart_of, edges, has_fair_target
from indicators.variation_wording import explain
from reports.builders.figures import figure_cell, unit_in_words
from reports.document import (
    Cell,
    ChartLine,
    Column,
    Gap,
    Kind,
    LineChart,
    LineKind,
    Missing,
    Row,
    Table,
    Text,
)

CAPTION = "What the chart draws, oldest first"
NO_REMARK = Missing("none", "z")
ADVERBS = {PeriodKind.MONTH: "by month", PeriodKind.QUARTER: "by quarter", PeriodKind.YEAR: "by year"}


@dataclass(frozen=True)
class Drawing:
    """A chart with the table of its figures."""

    chart: LineChart
    table: Table


@dataclass
class _Drawn:
    """One column of the table: what it is called, how it is drawn, and its figures by period."""

    heading: str
    kind: LineKind
    figures: dict[Period, Decimal]
    decimals: int
    is_in_key: bool = True


def draw(
    indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target], baseline: Baseline | None
) -> Drawing | None:
    """The chart of a KPI; None where there are fewer than two figures to join, or they are answers, yes or no."""
    if indicator.unit == Unit.YES_NO:
        return None
    series = _Series.of(indicator, readings, targets, baseline)
    if series is None:
        return None
    columns = [*series.figures(), *series.provisional(), *series.aims(), *series.start(), *series.usual_range()]
    table = series.table(columns)
    chart = LineChart(
        title=f"{_shortened(indicator.name)}, {ADVERBS[series.kind]}",
        table=CAPTION,
        lines=tuple(ChartLine(at, one.kind, one.is_in_key) for at, one in enumerate(columns, 1)),
        words=series.in_words(),
        measured_in=unit_in_words(indicator),
    )
    return Drawing(chart, table)


@dataclass(frozen=True)
class _Series:
    """A KPI's figures of one kind of period, and what they are drawn against."""

    indicator: Indicator
    kind: PeriodKind
    readings: dict[Period, Reading]
    targets: dict[Period, Target]
    baseline: Baseline | None
    chart: Chart
    breaks: dict[Period, str]

    @classmethod
    def of(
        cls,
        indicator: Indicator,
        readings: Sequence[Reading],
        targets: Iterable[Target],
        baseline: Baseline | None,
    ) -> "_Series | None":
        kind = _kind_to_draw(indicator, readings)
        own = {row.period: row for row in readings if row.period_kind == kind}
        with_figure = [period for period, row in own.items() if row.value is not None]
        if len(with_figure) < 2:
            return None
        aims = {target.period: target for target in targets}
        newest = chosen_target(aims, max(with_figure))
        chart = chart_of(replace(history_of(indicator, readings, newest), kind=kind))
        breaks = {
            Period.containing(kind, row.period_starts_on): row.series_break_words
            for row in readings
            if row.series_break
        }
        return cls(indicator, kind, own, aims, baseline, chart, breaks)

    @property
    def periods(self) -> list[Period]:
        """Every period from the first on record to the last, with or without a figure."""
        found, last = [min(self.readings)], max(self.readings)
        while found[-1] < last:
            found.append(found[-1].next)
        return found

    def figures(self) -> Iterator[_Drawn]:
        """The figures: a line for each stretch that was counted in one way."""
        for number, segment in enumerate(self.chart.segments):
            found = {one.period: one.figure for one in segment.observations if one.figure is not None}
            since = segment.observations[0].period
            heading = f"Counted differently since {since}" if number else "Figure"
            if found:
                yield _Drawn(heading, LineKind.FIGURES, found, self.indicator.decimals)

    def provisional(self) -> Iterator[_Drawn]:
        """The figures that may still change, marked on the line of figures."""
        rows = (row for row in self.readings.values() if row.state == ReadingState.PROVISIONAL)
        found = {row.period: row.value for row in rows if row.value is not None}
        if found:
            yield _Drawn("Provisional", LineKind.PROVISIONAL, found, self.indicator.decimals)

    def aims(self) -> Iterator[_Drawn]:
        """What was to be reached, where it was asked of such periods; of a band both edges."""
        low, high = {}, {}
        for period in self.periods:
            below, above = self._aim_of(period)
            if below is not None:
                low[period] = below
            if above is not None and above != below:
                high[period] = above
        is_band = bool(low and high) and any(period in high for period in low)
        if low:
            yield self._aim("Target, from" if is_band else "Target", low)
        if high:
            yield self._aim("Target, to" if is_band else "Target", high)

    def _aim(self, heading: str, figures: dict[Period, Decimal]) -> _Drawn:
        return _Drawn(heading, LineKind.TARGET, figures, self.indicator.decimals)

    def _aim_of(self, period: Period) -> tuple[Decimal | None, Decimal | None]:
        target = chosen_target(self.targets, period)
        history = replace(self.chart.history, target=as_target_figure(target) if target else None)
        return edges(history) if has_fair_target(history) else (None, None)

    def start(self) -> Iterator[_Drawn]:
        """The baseline, as far as figures may be set against it: of a like period, and counted the same way."""
        baseline = self.baseline
        if baseline is None or baseline.value is None:
            return
        then = period_of(baseline.label)
        past = PastFigure(baseline.value, period=then)
        if not Current(baseline.value, self.periods[-1]).is_like(past, RollUp(self.indicator.roll_up)):
            return
        since = min((at for at in self.breaks if then is None or then.starts_on < at.starts_on), default=None)
        fair = [period for period in self.periods if since is None or period < since]
        if fair:
            name = f"Baseline, {baseline.label}" if baseline.label else "Baseline"
            figures = dict.fromkeys(fair, baseline.value)
            yield _Drawn(name, LineKind.BASELINE, figures, self.indicator.decimals)

    def usual_range(self) -> Iterator[_Drawn]:
        """The average and limits of each stretch, and the months that are part of a real change; of months only."""
        if not self.is_judged:
            return
        for number, line in enumerate(self.chart.lines):
            yield from self._limits(line, is_first=number == 0)
        signs = {one.period: one.value for one in self.chart.points if one.rules and one.value is not None}
        if signs:
            yield _Drawn("Sign of a real change", LineKind.SIGN, signs, self.indicator.decimals)

    def _limits(self, line: Line, *, is_first: bool) -> Iterator[_Drawn]:
        periods = [period for period in self.periods if line.since <= period <= line.until]
        ending = "" if is_first else f" since {line.since}"
        decimals = min(self.indicator.decimals + 1, DECIMALS)
        for heading, kind, value in (
            ("Average", LineKind.MEAN, line.mean),
            ("Usual range, lower", LineKind.LIMIT, line.lower),
            ("Usual range, upper", LineKind.LIMIT, line.upper),
        ):
            yield _Drawn(f"{heading}{ending}", kind, dict.fromkeys(periods, value), decimals, is_in_key=is_first)

    @property
    def is_judged(self) -> bool:
        """Four quarters a year are too few to say what is usual."""
        return self.kind == PeriodKind.MONTH and self.indicator.frequency == Frequency.MONTH

    def table(self, columns: Sequence[_Drawn]) -> Table:
        """A row for each period."""
        rows = [
            Row((Text(str(period)), *(self._cell(one, period) for one in columns), Text(self._remark(period))))
            for period in self.periods
        ]
        headings = [Column(one.heading, Kind.NUMBER, 0.9) for one in columns]
        remark = Column("Remark", width=4, when_empty=NO_REMARK)
        return Table(CAPTION, (Column("Period"), *headings, remark), rows)

    def _cell(self, column: _Drawn, period: Period) -> Cell:
        value = column.figures.get(period)
        return Gap() if value is None else figure_cell(self.indicator, value, decimals=column.decimals)

    def _remark(self, period: Period) -> str:
        """Why there is no figure, and what a reader of one should know."""
        reading = self.readings.get(period)
        found = []
        if reading is None or reading.value is None:
            state = reading.get_state_display().lower() if reading else "not entered"
            found.append(f"No figure: {state}")
        elif reading.state == ReadingState.PROVISIONAL:
            found.append("Provisional")
        if reading and reading.value is not None and reading.qualifier != Qualifier.EXACTLY:
            found.append(f"Stated as “{figure_in_words(self.indicator, reading)}”")
        if period in self.breaks:
            found.append(f"Counted differently from here on: {self.breaks[period]}")
        if self.is_judged:
            found += [rule.label for one in self.chart.points if one.period == period for rule in one.rules]
        return ". ".join(words.strip().rstrip(".") for words in found if words)

    def in_words(self) -> str:
        """What the chart shows, for readers who do not see it."""
        drawn = {one.period: one.value for one in self.chart.points if one.value is not None}
        lowest, highest = min(drawn, key=drawn.__getitem__), max(drawn, key=drawn.__getitem__)
        newest = max(drawn)
        sentences = [
            f"{len(drawn)} figures {ADVERBS[self.kind]}, {self.periods[0]} to {self.periods[-1]}, between "
            f"{self._said(drawn[lowest])} ({lowest}) and {self._said(drawn[highest])} ({highest}).",
            f"The newest is {self._said(drawn[newest])} ({newest}).",
        ]
        low, high = self._aim_of(newest)
        if low is not None or high is not None:
            sides = [self._said(edge) for edge in (low, high) if edge is not None]
            sentences.append(f"The target then is {' to '.join(dict.fromkeys(sides))}.")
        if self.is_judged:
            sentences.append(explain(self.chart).text)
        else:
            sentences += [
                f"Counted differently from {at} on: {words.rstrip('.')}." for at, words in self.breaks.items()
            ]
        return " ".join(sentences)

    def _said(self, value: Decimal) -> str:
        return in_words(value, Unit(self.indicator.unit), self.indicator.decimals)


def _kind_to_draw(indicator: Indicator, readings: Iterable[Reading]) -> PeriodKind:
    """The kind of period the KPI is reported by; where most figures are of another kind, that."""
    counted = dict.fromkeys(PeriodKind, 0)
    for row in readings:
        counted[PeriodKind(row.period_kind)] += row.value is not None
    own = PeriodKind.YEAR if indicator.frequency == Frequency.ONE_OFF else PeriodKind(indicator.frequency)
    return own if counted[own] > 1 else max(counted, key=lambda kind: counted[kind])


def _shortened(name: str) -> str:
    words = " ".join(name.split())
    return words if len(words) <= 110 else f"{words[:109]}…"

"""From rows to the chart of a KPI: its figures, and what may fairly be drawn beside them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from itertools import groupby

from csp_tracker.periods import Period, PeriodKind
from indicators.chart_data import Break, ChartData, Level, Look, Mark, Running
from indicators.figures import band_of
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rollup import Span, roll_up
from indicators.services.measuring import (
    as_part,
    as_target_figure,
    chosen_target,
    history_of,
    method_of,
    period_of,
)
from indicators.values import PRECISE, Polarity, Qualifier, RollUp, TargetKind, Unit, in_words, usable
from indicators.variation import Chart, Point, Variation, chart_of

LEVELS = (RollUp.AVERAGE, RollUp.LATEST, RollUp.RATIO)  # of any length of time the same target may be asked
#: How many periods are drawn, the newest; average and limits are worked out from all.
DRAWN = {PeriodKind.MONTH: 36, PeriodKind.QUARTER: 16, PeriodKind.YEAR: 12}
Edges = tuple[Decimal | None, Decimal | None]


def chart_for(
    indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target], baselines: Iterable[Baseline]
) -> ChartData:
    """The chart of the KPI’s newest periods; without a figure it is empty. Give every reading, target and baseline."""
    return _Charting(indicator, readings, targets, baselines).made()


class _Charting:
    """A KPI's rows while its chart is made of them."""

    def __init__(
        self,
        indicator: Indicator,
        readings: Sequence[Reading],
        targets: Iterable[Target],
        baselines: Iterable[Baseline],
    ) -> None:
        self.indicator, self.readings = indicator, readings
        self.targets = {target.period: target for target in targets}
        self.baseline = next((one for one in baselines if one.is_primary), None)
        self.breaks = sorted(row.period_starts_on for row in readings if row.series_break)
        self.kind = _kind_to_draw(indicator, readings)
        self.periods: tuple[Period, ...] = ()

    def made(self) -> ChartData:
        empty = ChartData(
            name=" ".join(str(self.indicator).split()),
            kind=self.kind,
            unit=Unit(self.indicator.unit),
            decimals=self.indicator.decimals,
        )
        rows = {row.period: row for row in self.readings if row.period_kind == self.kind}
        known = [period for period, row in rows.items() if row.value is not None]
        if not known:
            return empty
        self.periods = self._drawn(min(known), max(known), max(rows))
        is_judged = self.kind == PeriodKind.MONTH
        first = date.min if is_judged else self.periods[0].starts_on
        told = [row for row in self.readings if row.period_starts_on >= first]
        chart = chart_of(replace(history_of(self.indicator, told, None), kind=self.kind))
        averages, limits = self._limits(chart) if is_judged else ((), ())
        running = self._running(max(known))
        return replace(
            empty,
            periods=self.periods,
            marks=tuple(self._marks(chart, rows, is_judged=is_judged)),
            targets=tuple(self._targets()),
            baseline=self._baseline_drawn(),
            baseline_label=self.baseline.label if self.baseline else "",
            averages=averages,
            limits=limits,
            breaks=tuple(self._breaks_drawn()),
            missing=tuple(self._missing(rows)),
            running=running,
            left_out=tuple(self._left_out(max(known), running)),
        )

    def _drawn(self, first: Period, newest: Period, last: Period) -> tuple[Period, ...]:
        """From the first figure, but not too many; on to the end of the year where targets are set until then."""
        aimed = [one for one in self.targets if one.kind == self.kind and one.financial_year == newest.financial_year]
        periods = Span(first, max([newest, last, *aimed])).periods
        return periods[-DRAWN[self.kind] :] if periods[-DRAWN[self.kind] :][0] <= newest else periods[-1:]

    # Figures

    def _marks(self, chart: Chart, rows: Mapping[Period, Reading], *, is_judged: bool) -> Iterator[Mark]:
        """Every figure in its place. The chart leaves out bounds: they are marked, and no line leads to them."""
        points: dict[Period, Point] = {point.period: point for point in chart.points}
        has_before = False
        for place, period in enumerate(self.periods):
            row = rows.get(period)
            value = usable(row.value) if row else None
            if row is None or value is None:
                continue
            point = points[period]
            yield Mark(
                place=place,
                value=value,
                words=in_words(value, Unit(self.indicator.unit), self.indicator.decimals, Qualifier(row.qualifier)),
                joins=point.joins and has_before,
                look=_look(row),
                variation=point.variation if is_judged else Variation.NOT_KNOWN,
            )
            has_before = has_before or point.value is not None

    def _missing(self, rows: Mapping[Period, Reading]) -> Iterator[tuple[Period, str]]:
        """Periods without a figure between the first and the last that is on record."""
        for period in self.periods:
            row = rows.get(period)
            if period <= max(rows) and (row is None or row.value is None):
                yield period, row.get_state_display().lower() if row else "not entered"

    def _breaks_drawn(self) -> Iterator[Break]:
        words = {row.period_starts_on: row.series_break_words for row in self.readings if row.series_break}
        found = [
            (place, day) for place, period in enumerate(self.periods) for day in self.breaks if _holds(period, day)
        ]
        for number, (place, day) in enumerate(found):
            yield Break(place, chr(ord("A") + number % 26), self.periods[place], " ".join(words[day].split()))

    # What they are set against

    def _limits(self, chart: Chart) -> tuple[tuple[Level, ...], tuple[Level, ...]]:
        """Average and limits of each segment, as far as it is drawn."""
        averages, limits = [], []
        for line in chart.lines:
            if span := self._places(line.since, line.until):
                averages.append(Level(*span, line.mean, line.mean, line.is_trial))
                limits.append(Level(*span, line.lower, line.upper, line.is_trial))
        return tuple(averages), tuple(limits)

    def _targets(self) -> Iterator[Level]:
        """The target of each period; neighbours with the same one are one piece."""
        aims = [(place, self._aim(period)) for place, period in enumerate(self.periods)]
        for (low, high), group in groupby(aims, key=lambda one: one[1]):
            places = [place for place, _ in group]
            if (low, high) != (None, None):
                yield Level(places[0], places[-1], low, high)

    def _aim(self, period: Period) -> Edges:
        """Between what figures the period's target is met; a year's total may not be set against a month's."""
        target = chosen_target(self.targets, period)
        if target is None or (target.period_kind != self.kind and self.indicator.roll_up not in LEVELS):
            return None, None
        if target.kind == TargetKind.PER_CENT_CHANGE:
            low = high = self._changed(target, period)
        else:
            low, high = band_of(as_target_figure(target))
        if self.indicator.polarity == Polarity.HIGHER:
            low = high = low if low is not None else high
        elif self.indicator.polarity == Polarity.LOWER:
            low = high = high if high is not None else low
        return low, high

    def _changed(self, target: Target, period: Period) -> Decimal | None:
        """The figure that a change from the baseline means."""
        before = self._fair_baseline(PeriodKind(target.period_kind))
        if before is None or target.value is None or self._is_broken(period.starts_on):
            return None
        with localcontext(PRECISE):
            return before + abs(before) * target.value / 100

    def _baseline_drawn(self) -> Level | None:
        """A line as far as what is counted is still the same."""
        before = self._fair_baseline(self.kind)
        places = [place for place, period in enumerate(self.periods) if not self._is_broken(period.starts_on)]
        return None if before is None or not places else Level(places[0], places[-1], before, before)

    def _fair_baseline(self, kind: PeriodKind) -> Decimal | None:
        """Its figure, where it is for as long a time, or where the length makes no difference."""
        if self.baseline is None or self.baseline.qualifier in (Qualifier.AT_LEAST, Qualifier.AT_MOST):
            return None
        period = period_of(self.baseline.label)
        is_like = period is None or period.kind == kind or self.indicator.roll_up != RollUp.SUM
        return usable(self.baseline.value) if is_like else None

    def _left_out(self, newest: Period, running: Running | None) -> Iterator[str]:
        """What has a figure and is not drawn: single figures cannot be set against a longer time's total."""
        unit, decimals = Unit(self.indicator.unit), self.indicator.decimals
        if self.baseline and self.baseline.value is not None and self._fair_baseline(self.kind) is None:
            value = in_words(self.baseline.value, unit, decimals, Qualifier(self.baseline.qualifier))
            yield f"the baseline of {value}" + (f" for {self.baseline.label}" if self.baseline.label else "")
        target = self.targets.get(Period.of_year(newest.financial_year))
        is_drawn = running is not None or self.kind == PeriodKind.YEAR or self.indicator.roll_up in LEVELS
        if target is None or is_drawn:
            return
        edges = band_of(as_target_figure(target))
        words = " to ".join(dict.fromkeys(in_words(one, unit, decimals) for one in edges if one is not None))
        if words:
            yield f"the target of {words} for {target.period} as a whole"

    def _is_broken(self, day: date) -> bool:
        """Whether what is counted has changed between the baseline and that day."""
        period = period_of(self.baseline.label) if self.baseline else None
        since = period.starts_on if period else date.min
        return any(since < one <= day for one in self.breaks)

    def _places(self, first: Period, last: Period) -> tuple[int, int] | None:
        """Where a stretch of periods stands among those that are drawn."""
        found = [place for place, period in enumerate(self.periods) if first <= period <= last]
        return (found[0], found[-1]) if found else None

    # The year so far

    def _running(self, newest: Period) -> Running | None:
        """The growing total of the newest figure's year, where only its whole has a target."""
        year = Period.of_year(newest.financial_year)
        target = self.targets.get(year)
        is_sum = self.indicator.roll_up == RollUp.SUM and self.kind != PeriodKind.YEAR
        if target is None or target.kind != TargetKind.VALUE or target.value is None or not is_sum:
            return None
        values = self._totals(year, until=newest)
        if not values:
            return None
        unit, decimals = Unit(self.indicator.unit), self.indicator.decimals
        before = self._totals(year.same_last_year)
        title = f"Year to date {year}, with the year’s target of {in_words(target.value, unit, decimals)}"
        title += f"; thin line: {year.same_last_year}" if before else ""
        return Running(year, Span.of(year, self.kind).periods, values, before, target.value, title)

    def _totals(self, year: Period, until: Period | None = None) -> tuple[Decimal, ...]:
        """From 1 April to the end of each period, as far as none is missing."""
        parts, method = [as_part(row) for row in self.readings], method_of(self.indicator)
        found = []
        for period in Span.of(year, self.kind).periods:
            total = roll_up(parts, Span(Period.containing(self.kind, year.starts_on), period), method)
            if total.value is None or (until is not None and period > until):
                break
            found.append(total.value)
        return tuple(found)


def _kind_to_draw(indicator: Indicator, readings: Iterable[Reading]) -> PeriodKind:
    """The kind of period in which the KPI is reported, or else the one it has most figures of."""
    counted = [row.period_kind for row in readings if row.value is not None]
    if indicator.frequency in counted or not counted:
        return PeriodKind(indicator.frequency) if indicator.frequency in set(PeriodKind) else PeriodKind.YEAR
    return PeriodKind(max(dict.fromkeys(counted), key=counted.count))


def _look(row: Reading) -> Look:
    if row.qualifier in (Qualifier.AT_LEAST, Qualifier.AT_MOST):
        return Look.AT_LEAST if row.qualifier == Qualifier.AT_LEAST else Look.AT_MOST
    return Look.PROVISIONAL if row.state == "provisional" else Look.FINAL


def _holds(period: Period, day: date) -> bool:
    return period.starts_on <= day <= period.ends_on

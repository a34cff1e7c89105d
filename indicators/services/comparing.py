"""How a KPI's newest figure compares, and where its year will end: each comparison with its words and its way.

Against the target, the baseline, the period before, the same period last year and the twelve months before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from csp_tracker.periods import Period, PeriodKind
from csp_tracker.rag import Travel
from indicators.changes import Change, compare
from indicators.figures import Measure, TargetFigure
from indicators.forecasts import Forecast, forecasts
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rag import set_against
from indicators.rollup import Part, Span
from indicators.services.measuring import (
    Series,
    as_part,
    as_target_figure,
    chosen_target,
    measure_from,
    method_of,
    period_of,
)
from indicators.values import CompareWith, Frequency, Polarity, Qualifier, RollUp

LEVELS = (RollUp.AVERAGE, RollUp.LATEST, RollUp.RATIO)  # of any length of time the same target may be asked


@dataclass(frozen=True)
class Compared:
    """One comparison as a row: what is compared, in words, and which way it went."""

    key: str
    travel: Travel
    words: str

    @property
    def has_way(self) -> bool:
        """Whether there is an arrow to show: up is better than what it is set against."""
        return self.travel in (Travel.IMPROVED, Travel.NO_CHANGE, Travel.WORSENED)


@dataclass(frozen=True)
class _Newest:
    """The newest period of a KPI that has a figure, and all there is to set it against."""

    indicator: Indicator
    period: Period
    readings: Sequence[Reading]
    target: Target | None
    baseline: Baseline | None

    @property
    def parts(self) -> list[Part]:
        return [as_part(row) for row in self.readings]

    @property
    def polarity(self) -> Polarity:
        return Polarity(self.indicator.polarity)

    @property
    def since(self) -> Period:
        """Where the series begins."""
        rows = (row for row in self.readings if row.period_kind == self.period.kind and row.value is not None)
        return min(row.period for row in rows)

    @property
    def measure(self) -> Measure:
        by_period = {row.period: row for row in self.readings if row.period_kind == self.period.kind}
        breaks = tuple(row.period_starts_on for row in self.readings if row.series_break)
        series = Series(by_period[self.period], by_period, breaks)
        return measure_from(series, target=self.target, baseline=self.baseline)

    def aim(self, kind: PeriodKind | None = None) -> TargetFigure | None:
        """The target, if figures of this kind of period may be set against it; a level is asked of any."""
        target = self.target
        if target is None or not (self.indicator.roll_up in LEVELS or target.period_kind == kind):
            return None
        return as_target_figure(target)

    def against(self, now: Span, before: Span, *, more: Sequence[Part] = ()) -> Change:
        """One span of the series against another."""
        method, kind = method_of(self.indicator), now.last.kind if now.first == now.last else None
        return compare([*self.parts, *more], now, before, method, self.polarity, target=self.aim(kind))


def comparisons(
    indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target], baseline: Baseline | None
) -> list[Compared]:
    """Every comparison that the KPI's newest figure allows, without a query; `baseline` is the primary one."""
    newest = _newest(indicator, readings, targets, baseline)
    if newest is None:
        return []
    found = [_with_target(newest), _with_baseline(newest), _with_previous(newest), _with_last_year(newest)]
    return [row for row in (*found, _over_twelve_months(newest)) if row is not None]


def forecasts_for(
    indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target], baseline: Baseline | None
) -> tuple[Forecast, ...]:
    """Where the year of the newest figure will end, pro rata and by last year's profile; none but of a running total.

    Nothing is said once the year is over, and of a yearly figure there is nothing to say.
    """
    targets = list(targets)
    newest = _newest(indicator, readings, targets, baseline)
    if newest is None:
        return ()
    year = Period.of_year(newest.period.financial_year)
    target = next((one for one in targets if one.period == year), None)
    aim = replace(newest.measure, target=as_target_figure(target) if target else None)
    return forecasts(newest.parts, newest.period, method_of(indicator), aim)


def as_rows(found: Iterable[Forecast]) -> Iterator[Compared]:
    """Forecasts as further rows: they have no way, since nothing has happened yet."""
    for one in found:
        yield Compared(one.label, Travel.NOT_COMPARED, one.words)


def _newest(
    indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target], baseline: Baseline | None
) -> _Newest | None:
    frequency = Frequency(indicator.frequency)
    if frequency == Frequency.ONE_OFF:
        return None
    rows = [row for row in readings if row.period_kind == frequency and row.value is not None]
    if not rows:
        return None
    period = max(row.period for row in rows)
    target = chosen_target({one.period: one for one in targets}, period)
    return _Newest(indicator, period, readings, target, baseline)


def _with_target(newest: _Newest) -> Compared | None:
    """Against what it was to reach, once that is due."""
    if newest.polarity == Polarity.MONITOR:
        return None
    found = set_against(newest.measure, CompareWith.TARGET)
    return Compared("Target", found.travel, found.words) if found.is_compared else None


def _with_baseline(newest: _Newest) -> Compared | None:
    """Against where it started: a running total over as long as the baseline's period is."""
    baseline, period = newest.baseline, newest.period
    if baseline is None or baseline.value is None:
        return None
    then = period_of(baseline.label)
    if then is None:
        return None
    span = Span(period, period)
    if newest.indicator.roll_up == RollUp.SUM and then.kind != period.kind:
        if then.kind != PeriodKind.YEAR or period.kind == PeriodKind.YEAR:
            return None
        span = Span.rolling_year(period)
        if newest.since > span.first:
            return None
    if then >= span.first:
        return None
    stated = Part(then, baseline.value, qualifier=Qualifier(baseline.qualifier))
    change = newest.against(span, Span(then, then), more=[stated])
    return None if change.now.value is None else Compared("Baseline", change.travel, change.words)


def _with_previous(newest: _Newest) -> Compared | None:
    period = newest.period
    if period.kind == PeriodKind.YEAR or newest.since > period.previous:
        return None
    change = newest.against(Span(period, period), Span(period.previous, period.previous))
    return Compared(f"Previous {period.kind}", change.travel, change.words)


def _with_last_year(newest: _Newest) -> Compared | None:
    period = newest.period
    if newest.since > period.same_last_year:
        return None
    span = Span(period, period)
    change = newest.against(span, span.a_year_earlier)
    return Compared("Same period last year", change.travel, change.words)


def _over_twelve_months(newest: _Newest) -> Compared | None:
    """The last twelve months against those before; the total alone where the series does not reach back so far."""
    method = method_of(newest.indicator)
    if newest.period.kind == PeriodKind.YEAR or method.roll_up == RollUp.LATEST:
        return None  # twelve months would say the same again
    change = newest.against(Span.rolling_year(newest.period), Span.rolling_year(newest.period).a_year_earlier)
    now = change.now
    if now.value is None:
        words = change.words if now.missing and newest.since <= now.span.first else ""
    elif newest.since <= change.before.span.first:
        words = change.words
    else:
        words = f"{now.in_words[0].upper()}{now.in_words[1:]} {now.span.when}."
    return Compared("Rolling 12 months", change.travel, words) if words else None

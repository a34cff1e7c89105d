"""From rows to the plain values that rag.py rates: a reading, and all it may be set against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from csp_tracker.periods import FinancialYear, Period, Quarter
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rag import Measure, PastFigure, TargetFigure
from indicators.rollup import Method, Part, Span, roll_up
from indicators.values import Polarity, Qualifier, ReadingState, RollUp, TargetKind, Unit
from indicators.variation import History, Observation


def measure_of(reading: Reading) -> Measure:
    """The reading with its target, primary baseline, previous period and last year: three queries."""
    return measure_from(
        Series.before(reading),
        target=target_for(reading.indicator, reading.period),
        baseline=reading.indicator.baselines.filter(is_primary=True).first(),
    )


def measure_from(series: "Series", *, target: Target | None, baseline: Baseline | None) -> Measure:
    """The reading of the series with what it is set against; none of the rows need be stored."""
    reading = series.reading
    indicator, period = reading.indicator, reading.period
    aimed = target.period if target else None
    return Measure(
        value=reading.value,
        unit=Unit(indicator.unit),
        polarity=Polarity(indicator.polarity),
        state=ReadingState(reading.state),
        qualifier=Qualifier(reading.qualifier),
        decimals=indicator.decimals,
        roll_up=RollUp(indicator.roll_up),
        period=period,
        to_date=series.so_far(period, aimed),
        target=as_target_figure(target) if target else None,
        baseline=series.of_baseline(baseline),
        previous=series.past(period.previous),
        last_year=series.past(period.same_last_year, aimed),
    )


def target_for(indicator: Indicator, period: Period) -> Target | None:
    """The target of the very period, else that of its year."""
    year = Period.of_year(period.financial_year)
    targets = {target.period: target for target in indicator.targets.filter(is_about(period) | is_about(year))}
    return chosen_target(targets, period)


def chosen_target(targets: Mapping[Period, Target], period: Period) -> Target | None:
    """Of a KPI's targets the one of the very period, else that of its year."""
    return targets.get(period) or targets.get(Period.of_year(period.financial_year))


def is_about(period: Period) -> Q:
    """Rows of this very period."""
    return Q(period_kind=period.kind, period_starts_on=period.starts_on)


def as_target_figure(target: Target) -> TargetFigure:
    """The row as the values that rag.py takes."""
    return TargetFigure(
        value=target.value,
        low=target.low,
        high=target.high,
        kind=TargetKind(target.kind),
        period=target.period,
        text=target.text,
    )


@dataclass(frozen=True)
class Series:
    """A reading and those of its kind before it, back to the beginning of last year, with every series break."""

    reading: Reading
    readings: dict[Period, Reading]
    breaks: tuple[date, ...]

    @classmethod
    def before(cls, reading: Reading) -> "Series":
        """Read in one query what the reading may be compared with; the reading itself may not be stored yet."""
        since = reading.period.financial_year.previous.starts_on
        recent = Q(period_kind=reading.period_kind, period_starts_on__gte=since)
        earlier = reading.indicator.readings.filter(
            recent | Q(series_break=True), period_starts_on__lte=reading.period_starts_on
        ).exclude(pk=reading.pk)
        rows = [*earlier, reading]
        return cls(
            reading,
            {row.period: row for row in rows if row.period_kind == reading.period_kind},
            tuple(row.period_starts_on for row in rows if row.series_break),
        )

    def is_broken_since(self, starts_on: date) -> bool:
        """Whether what is counted has changed between that day and the reading."""
        return any(starts_on < day <= self.reading.period_starts_on for day in self.breaks)

    def past(self, period: Period, aimed: Period | None = None) -> PastFigure | None:
        """The figure of an earlier period; with a target for the year, also last year's figure up to that period."""
        row = self.readings.get(period)
        if row is None or row.value is None:
            return None
        return PastFigure(
            value=row.value,
            label=str(period),
            qualifier=Qualifier(row.qualifier),
            period=period,
            to_date=self.so_far(period, aimed and aimed.same_last_year),
            series_break=self.is_broken_since(period.starts_on),
            whole=self.whole(period, aimed and aimed.same_last_year),
        )

    def of_baseline(self, baseline: Baseline | None) -> PastFigure | None:
        """The primary baseline. One without a readable period counts as older than every series break."""
        if baseline is None:
            return None
        period = period_of(baseline.label)
        return PastFigure(
            value=baseline.value,
            label=baseline.label,
            qualifier=Qualifier(baseline.qualifier),
            period=period,
            series_break=self.is_broken_since(period.starts_on if period else date.min),
        )

    def whole(self, period: Period, aimed: Period | None) -> Decimal | None:
        """What the target's period of last year came to in the end."""
        return self.so_far(Period.containing(period.kind, aimed.ends_on), aimed) if aimed else None

    def so_far(self, period: Period, aimed: Period | None) -> Decimal | None:
        """The figure from the beginning of the target's period to the end of this one; None unless all is there."""
        if aimed is None or aimed.kind == period.kind or not aimed.starts_on <= period.starts_on <= aimed.ends_on:
            return None
        span = Span(Period.containing(period.kind, aimed.starts_on), period)
        if any(span.first.starts_on < day <= period.starts_on for day in self.breaks):
            return None
        parts = [as_part(row) for row in self.readings.values()]
        return roll_up(parts, span, method_of(self.reading.indicator)).value


def as_part(reading: Reading, period: Period | None = None) -> Part:
    """The row as the values that rollup.py takes; `period` is its own, where the caller has it at hand."""
    return Part(
        period=period or reading.period,
        value=_exact(reading.value),
        numerator=_exact(reading.numerator),
        denominator=_exact(reading.denominator),
        state=ReadingState(reading.state),
        qualifier=Qualifier(reading.qualifier),
        series_break=reading.series_break,
    )


def method_of(indicator: Indicator) -> Method:
    """How the KPI's figures are put together."""
    return Method(RollUp(indicator.roll_up), Unit(indicator.unit), indicator.rate_per, indicator.decimals)


def as_observation(reading: Reading) -> Observation:
    """The row as the values that variation.py takes."""
    return Observation(
        period=reading.period,
        value=_exact(reading.value),
        state=ReadingState(reading.state),
        qualifier=Qualifier(reading.qualifier),
        series_break=reading.series_break,
        break_words=reading.series_break_words,
    )


def history_of(indicator: Indicator, readings: Iterable[Reading], target: Target | None) -> History:
    """The KPI's months for an XmR chart; give every reading, since a break is recorded on any kind of period."""
    return History(
        tuple(as_observation(reading) for reading in readings),
        polarity=Polarity(indicator.polarity),
        unit=Unit(indicator.unit),
        decimals=indicator.decimals,
        roll_up=RollUp(indicator.roll_up),
        target=as_target_figure(target) if target else None,
    )


def _exact(value: Decimal | None) -> Decimal | None:
    """A row that was not read back may still hold the whole number it was made with."""
    return None if value is None else Decimal(value)


def period_of(label: str) -> Period | None:
    """The period a baseline's label names: "2008/09" or "Q4 2008/09". Other words name none."""
    try:
        return Period.of_year(FinancialYear.parse(label))
    except ValueError:
        pass
    try:
        return Period.of_quarter(Quarter.parse(label))
    except ValueError:
        return None

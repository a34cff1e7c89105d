"""What is on record of KPIs up to the end of a quarter: their figures, targets, baselines and rules.

Beside the quarters entered stand those that were put together from months.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext

from django.db.models import Q

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from indicators.rollup import Part, Span, Total, roll_up
from indicators.services.measuring import as_part, method_of
from indicators.services.schemes import RuleBook
from indicators.values import PRECISE, RollUp, TargetKind

QUARTERS_IN_LINE, MONTHS_IN_LINE, YEARS_IN_LINE = 8, 13, 6


@dataclass
class Record:
    """What is on record of one KPI up to the end of a quarter, as far back as it is looked at."""

    indicator: Indicator
    readings: dict[Period, Reading] = field(default_factory=dict)
    targets: dict[Period, Target] = field(default_factory=dict)
    baseline: Baseline | None = None
    scheme: RatingScheme | None = None  # in force at the quarter's end
    versions: Mapping[int, RatingScheme] = field(default_factory=dict)  # of every rule, by pk
    breaks: tuple[date, ...] = ()  # the days from which what is counted has changed
    months: dict[Period, Part] = field(default_factory=dict)
    quarters: dict[Period, Reading] = field(default_factory=dict)  # entered, or what their months come to
    totals: dict[Period, Total] = field(default_factory=dict)

    def add_up(self) -> None:
        """Put beside the readings what the months of each quarter come to that has no figure of its own."""
        rows = self.readings
        self.breaks = tuple(row.period_starts_on for row in rows.values() if row.series_break)
        self.months = {part.period: part for part in self.parts(rows, PeriodKind.MONTH)}
        self.quarters = {period: row for period, row in rows.items() if period.kind == PeriodKind.QUARTER}
        by_quarter: dict[Quarter, list[Part]] = {}
        for period, part in self.months.items():
            by_quarter.setdefault(period.quarter, []).append(part)
        for quarter, parts in by_quarter.items():
            period = Period.of_quarter(quarter)
            if period not in self.quarters:
                total = roll_up(parts, Span.of(period, PeriodKind.MONTH), method_of(self.indicator))
                self.totals[period] = total
                self.quarters[period] = self._rolled_up(period, total, parts)

    @property
    def asks_for_baseline(self) -> bool:
        """Whether something is to be rated here, or aimed at, that may be set against the baseline."""
        return bool(self.totals) or any(one.kind == TargetKind.PER_CENT_CHANGE for one in self.targets.values())

    def parts(self, rows: Mapping[Period, Reading], kind: PeriodKind) -> Iterator[Part]:
        """Figures to be put together; a break on any kind of period is one of the period that it falls in."""
        for period, row in rows.items():
            if period.kind == kind:
                part = as_part(row, period)
                is_broken = any(period.starts_on <= day <= period.ends_on for day in self.breaks)
                yield part if is_broken == part.series_break else replace(part, series_break=is_broken)

    def _rolled_up(self, period: Period, total: Total, parts: list[Part]) -> Reading:
        """The quarter as a row that is not stored, to be rated and compared like one that is."""
        row = Reading(indicator=self.indicator, value=total.value, state=total.state, qualifier=total.qualifier)
        row.period = period
        if self.indicator.roll_up == RollUp.RATIO and total.value is not None:
            needed = [part for part in parts if part.period in total.needed]
            with localcontext(PRECISE):
                row.numerator = sum((part.numerator or Decimal(0) for part in needed), Decimal(0))
                row.denominator = sum((part.denominator or Decimal(0) for part in needed), Decimal(0))
        return row


def on_record(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, Record]:
    """Read it in three queries however many KPIs there are; a fourth where a baseline is asked for."""
    records = {one.pk: Record(one) for one in indicators}
    if not records:
        return {}
    for reading in Reading.objects.filter(_looked_at(quarter), indicator__in=records):
        record = records[reading.indicator_id]
        reading.indicator = record.indicator
        record.readings[reading.period] = reading
    for target in Target.objects.filter(_aimed_at(quarter), indicator__in=records):
        records[target.indicator_id].targets[target.period] = target
    book = RuleBook.of(record.indicator for record in records.values())
    versions = {scheme.pk: scheme for scheme in book.versions}
    for record in records.values():
        record.scheme, record.versions = book.scheme_for(record.indicator, quarter.ends_on), versions
        record.add_up()
    if from_baseline := [pk for pk, record in records.items() if record.asks_for_baseline]:
        for baseline in Baseline.objects.filter(is_primary=True, indicator__in=from_baseline):
            records[baseline.indicator_id].baseline = baseline
    return records


def _looked_at(quarter: Quarter) -> Q:
    """Readings of the quarter, those it is set against, those of the line, and every break before it."""
    first = min(
        quarter.financial_year.previous.starts_on,
        Quarter.from_ordinal(quarter.ordinal - QUARTERS_IN_LINE + 1).starts_on,
    )
    years = FinancialYear(quarter.year - YEARS_IN_LINE).starts_on
    until = quarter.ends_on
    return (
        Q(period_kind__in=(PeriodKind.MONTH, PeriodKind.QUARTER), period_starts_on__range=(first, until))
        | Q(period_kind=PeriodKind.YEAR, period_starts_on__range=(years, until))
        | Q(series_break=True, period_starts_on__lte=until)
    )


def _aimed_at(quarter: Quarter) -> Q:
    """Targets of the quarter, of its months and of its year."""
    return (
        Q(period_kind=PeriodKind.QUARTER, period_starts_on=quarter.starts_on)
        | Q(period_kind=PeriodKind.MONTH, period_starts_on__range=(quarter.starts_on, quarter.ends_on))
        | Q(period_kind=PeriodKind.YEAR, period_starts_on=quarter.financial_year.starts_on)
    )

"""How KPIs stand in a quarter: the figure entered for it, or the one its months come to, with light and direction.

A quarter's own figure speaks first; without one its months are put together by the KPI's rule, and the figure says so.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext

from django.db.models import Q

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from csp_tracker.rag import RAG, Verdict
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from indicators.rag import rate
from indicators.rollup import HOW, Part, Span, Total, roll_up
from indicators.services.measuring import (
    Series,
    as_part,
    chosen_target,
    measure_from,
    method_of,
    period_of,
)
from indicators.services.schemes import as_rule, in_words
from indicators.services.words import Direction, directions_of, figure_in_words, target_in_words
from indicators.values import PRECISE, Frequency, Qualifier, ReadingState, RollUp, TargetKind
from indicators.wording import listed

QUARTERS_IN_LINE, MONTHS_IN_LINE, YEARS_IN_LINE = 8, 13, 6
ONCE_A_YEAR = (Frequency.YEAR, Frequency.ONE_OFF)


@dataclass(frozen=True)
class Standing:
    """How one KPI stands in one quarter: its figure, against what, its light and which way it went."""

    indicator: Indicator
    quarter: Quarter
    period: Period  # what the figure is for: the quarter; the year of a yearly KPI
    reading: Reading | None  # the entered one; None where the figure is rolled up from months, or there is none
    value: Decimal | None
    figure: str  # in words: "1,884", "Awaited", "Incomplete"; empty where nothing is known
    basis: str  # empty for an entered figure; "Sum of July to September 2026"; "August 2026 missing"
    verdict: Verdict  # stored with the reading, or computed for a roll-up
    published: tuple[RAG | None, str]  # light and word a file stated, if any
    target: str  # in words, with its period where that is another
    target_value: Decimal | None  # where it is one figure
    year_to_date: Total | None  # from 1 April to the quarter's end, by the KPI's own rule; None for yearly ones
    directions: tuple[Direction, ...]
    line: tuple[tuple[Period, Decimal | None], ...]  # oldest first, gaps as None; begins anew at a break
    scheme: RatingScheme | None  # the one that gave the light; None is the standard one
    is_provisional: bool

    @property
    def light(self) -> RAG:
        """The measured light."""
        return self.verdict.rating

    @property
    def is_rolled_up(self) -> bool:
        """Whether the figure was put together from months, or should have been."""
        return bool(self.basis)

    @property
    def scheme_in_words(self) -> str:
        """How the KPI is rated, as a councillor reads it."""
        return in_words(self.scheme, self.indicator)

    @property
    def so_far(self) -> str:
        """The year to date with how it was made, where it says more than the quarter's figure; else nothing."""
        total = self.year_to_date
        if total is None or total.value is None or self.quarter.number == 1:
            return ""
        if self.indicator.roll_up == RollUp.LATEST:
            return ""
        return f"{total.in_words} for {total.label}"


def standings(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, Standing]:
    """How each KPI stands in the quarter, by its pk: four queries, however many there are."""
    known = _on_record(indicators, quarter)
    return {pk: _standing(record, quarter) for pk, record in known.items()}


@dataclass
class _Record:
    """What is on record of one KPI up to the end of a quarter, as far back as it is looked at."""

    indicator: Indicator
    readings: dict[Period, Reading] = field(default_factory=dict)
    targets: dict[Period, Target] = field(default_factory=dict)
    baseline: Baseline | None = None
    schemes: list[RatingScheme] = field(default_factory=list)  # the one that comes first is in force
    quarters: dict[Period, Reading] = field(default_factory=dict)
    totals: dict[Period, Total] = field(default_factory=dict)

    @property
    def breaks(self) -> tuple[date, ...]:
        """The days from which what is counted has changed."""
        return tuple(row.period_starts_on for row in self.readings.values() if row.series_break)

    @property
    def months(self) -> list[Part]:
        """The months' figures."""
        return self.parts(row for row in self.readings.values() if row.period_kind == PeriodKind.MONTH)

    def parts(self, rows: Iterable[Reading]) -> list[Part]:
        """Figures to be put together; a break on any kind of period is one of the period that it falls in."""
        breaks = self.breaks
        found = []
        for part in map(as_part, rows):
            is_broken = any(part.period.starts_on <= day <= part.period.ends_on for day in breaks)
            found.append(replace(part, series_break=is_broken))
        return found

    def add_quarters(self) -> None:
        """Put the quarters beside the readings: those entered, and those that their months come to."""
        months = self.months
        for quarter in {part.period.quarter for part in months}:
            period = Period.of_quarter(quarter)
            if period not in self.readings:
                total = roll_up(months, Span.of(period, PeriodKind.MONTH), method_of(self.indicator))
                self.totals[period] = total
                self.quarters[period] = self._rolled_up(period, total, months)
        self.quarters |= {period: row for period, row in self.readings.items() if period.kind == PeriodKind.QUARTER}

    def _rolled_up(self, period: Period, total: Total, months: list[Part]) -> Reading:
        """The quarter as a row that is not stored, to be rated and compared like one that is."""
        row = Reading(indicator=self.indicator, value=total.value, state=total.state, qualifier=total.qualifier)
        row.period = period
        if self.indicator.roll_up == RollUp.RATIO and total.value is not None:
            needed = [part for part in months if part.period in total.needed]
            with localcontext(PRECISE):
                row.numerator = sum((part.numerator or Decimal(0) for part in needed), Decimal(0))
                row.denominator = sum((part.denominator or Decimal(0) for part in needed), Decimal(0))
        return row


def _on_record(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, _Record]:
    records = {one.pk: _Record(one) for one in indicators}
    if not records:
        return {}
    for reading in Reading.objects.filter(_looked_at(quarter), indicator__in=records).select_related("scheme"):
        record = records[reading.indicator_id]
        reading.indicator = record.indicator
        record.readings[reading.period] = reading
    for target in Target.objects.filter(_aimed_at(quarter), indicator__in=records):
        records[target.indicator_id].targets[target.period] = target
    for baseline in Baseline.objects.filter(is_primary=True, indicator__in=records):
        records[baseline.indicator_id].baseline = baseline
    _add_schemes(records, quarter)
    for record in records.values():
        record.add_quarters()
    return records


def _add_schemes(records: dict[int, _Record], quarter: Quarter) -> None:
    """The schemes in force at the quarter's end: the KPI's own before the partnership's, the newest first."""
    partnerships = {record.indicator.partnership_id for record in records.values()}
    of_all = Q(indicator__isnull=True, partnership__in=partnerships)
    found = RatingScheme.objects.filter(of_all | Q(indicator__in=records), effective_from__lte=quarter.ends_on)
    default: dict[int, list[RatingScheme]] = defaultdict(list)
    own: dict[int, list[RatingScheme]] = defaultdict(list)
    for scheme in found.order_by("-effective_from", "-pk"):
        if scheme.indicator_id is None:
            default[scheme.partnership_id].append(scheme)
        else:
            own[scheme.indicator_id].append(scheme)
    for pk, record in records.items():
        record.schemes = own[pk] + default[record.indicator.partnership_id]


def _looked_at(quarter: Quarter) -> Q:
    """Readings of the quarter, those it is set against, those of the line, and every break before it."""
    first = min(quarter.financial_year.previous.starts_on, _back(quarter, QUARTERS_IN_LINE - 1).starts_on)
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


def _standing(record: _Record, quarter: Quarter) -> Standing:
    indicator = record.indicator
    period = _period_for(record, quarter)
    is_due = period.kind != PeriodKind.YEAR or indicator.due_quarter <= quarter.number
    entered = record.readings.get(period) if is_due else None
    row = entered or record.quarters.get(period)
    total = None if entered else record.totals.get(period)
    target = chosen_target(record.targets, period)
    rows = record.quarters if period.kind == PeriodKind.QUARTER else record.readings
    return Standing(
        indicator=indicator,
        quarter=quarter,
        period=period,
        reading=entered,
        value=row.value if row else None,
        figure=_figure(indicator, row, total),
        basis=_basis(total, quarter) if total else "",
        verdict=_verdict(record, entered, row, total, target, period),
        published=_published(entered),
        target=target_in_words(indicator, target, beside=period),
        target_value=_target_value(indicator, target, record.baseline),
        year_to_date=_to_date(record, quarter),
        directions=tuple(directions_of(row, rows, target, record.breaks)) if row else (),
        line=_line(record, quarter, period.kind),
        scheme=entered.scheme if entered and entered.value is not None else next(iter(record.schemes), None),
        is_provisional=row is not None and row.state == ReadingState.PROVISIONAL,
    )


def _period_for(record: _Record, quarter: Quarter) -> Period:
    """The period whose figure speaks for the quarter.

    That is the quarter, or from the quarter in which it is due the year: of a yearly KPI first, else where there is
    no other figure.
    """
    of_quarter, of_year = Period.of_quarter(quarter), Period.of_year(quarter.financial_year)
    frequency = record.indicator.frequency
    has_year = of_year in record.readings and record.indicator.due_quarter <= quarter.number
    if has_year and (frequency == Frequency.YEAR or of_quarter not in record.quarters):
        return of_year
    return of_year if frequency in ONCE_A_YEAR and of_quarter not in record.quarters else of_quarter


def _figure(indicator: Indicator, row: Reading | None, total: Total | None) -> str:
    if row is None:
        return ""
    return "Incomplete" if total is not None and total.missing else figure_in_words(indicator, row)


def _basis(total: Total, quarter: Quarter) -> str:
    """ "Sum of July to September 2026", or what is missing of it."""
    if total.missing:
        return f"{listed(total.missing)} missing"
    how = HOW[RollUp(total.method.roll_up)].capitalize()
    return f"{how} of {quarter.in_words}" if total.method.roll_up != RollUp.RATIO else f"{how}, {quarter.in_words}"


def _verdict(
    record: _Record,
    entered: Reading | None,
    row: Reading | None,
    total: Total | None,
    target: Target | None,
    period: Period,
) -> Verdict:
    """The light given to a reading stays; one of a roll-up is worked out here."""
    if entered is not None:
        return Verdict(RAG(entered.rating), entered.rating_why)
    if row is None or total is None:
        return Verdict(RAG.NOT_RATED, _why_nothing(record.indicator, period))
    if total.value is None:
        return Verdict(RAG.NOT_RATED, total.why)
    measure = measure_from(Series(row, record.quarters, record.breaks), target=target, baseline=record.baseline)
    return rate(measure, as_rule(next(iter(record.schemes), None)))


def _why_nothing(indicator: Indicator, period: Period) -> str:
    if period.kind == PeriodKind.YEAR:
        how_often = "once a year" if indicator.frequency == Frequency.YEAR else "once"
        return f"Not rated: reported {how_often}, due in Q{indicator.due_quarter} {period}."
    return f"Not rated: no figure for {period}."


def _published(entered: Reading | None) -> tuple[RAG | None, str]:
    if entered is None:
        return None, ""
    return RAG(entered.published_rag) if entered.published_rag else None, entered.published_word


def _target_value(indicator: Indicator, target: Target | None, baseline: Baseline | None) -> Decimal | None:
    """The one figure that is aimed at, that of a change from the baseline worked out; a band has none."""
    if target is None or target.value is None:
        return None
    if target.kind == TargetKind.VALUE:
        return target.value
    if baseline is None or baseline.value is None or baseline.qualifier != Qualifier.EXACTLY:
        return None
    then = period_of(baseline.label)
    if indicator.roll_up == RollUp.SUM and then is not None and then.kind != target.period_kind:
        return None
    with localcontext(PRECISE):
        return baseline.value + abs(baseline.value) * target.value / 100


def _to_date(record: _Record, quarter: Quarter) -> Total | None:
    """From 1 April to the quarter's end: of months where there are all, else of quarters."""
    if record.indicator.frequency in ONCE_A_YEAR:
        return None
    method, months = method_of(record.indicator), record.months
    since = quarter.financial_year.starts_on
    if any(part.period.starts_on >= since for part in months):
        total = roll_up(months, Span.to_date(_last_month(quarter)), method)
        if total.value is not None:
            return total
    return roll_up(record.parts(record.quarters.values()), Span.to_date(Period.of_quarter(quarter)), method)


def _line(record: _Record, quarter: Quarter, kind: PeriodKind) -> tuple[tuple[Period, Decimal | None], ...]:
    """The figures of late, for a sparkline."""
    rows = record.readings
    if kind == PeriodKind.YEAR:
        is_due = quarter.number >= record.indicator.due_quarter
        last, number = (
            Period.of_year(quarter.financial_year if is_due else quarter.financial_year.previous),
            YEARS_IN_LINE,
        )
    elif record.indicator.frequency == Frequency.MONTH and record.months:
        last, number = _last_month(quarter), MONTHS_IN_LINE
    else:
        last, number, rows = Period.of_quarter(quarter), QUARTERS_IN_LINE, record.quarters
    periods = [last]
    while len(periods) < number:
        periods.append(periods[-1].previous)
    since = max((day for day in record.breaks if day <= last.ends_on), default=date.min)
    found = [(period, rows.get(period)) for period in reversed(periods) if period.starts_on >= since]
    return tuple((period, row.value if row else None) for period, row in found)


def _last_month(quarter: Quarter) -> Period:
    return Period.containing(PeriodKind.MONTH, quarter.ends_on)


def _back(quarter: Quarter, quarters: int) -> Quarter:
    return Quarter.from_ordinal(quarter.ordinal - quarters)

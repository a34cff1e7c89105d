"""How KPIs stand in a quarter: the figure entered for it, or the one its months come to, with light and direction.

A quarter's own figure speaks first; without one its months are put together by the KPI's rule, and the figure says so.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.rag import RAG, Verdict
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from indicators.rag import rate
from indicators.rollup import HOW, Part, Span, Total, roll_up
from indicators.services.measuring import Series, chosen_target, measure_from, method_of, period_of
from indicators.services.on_record import MONTHS_IN_LINE, QUARTERS_IN_LINE, YEARS_IN_LINE, Record, on_record
from indicators.services.schemes import as_rule, in_words
from indicators.services.words import Direction, directions_of, figure_in_words, target_in_words
from indicators.values import PRECISE, Frequency, Qualifier, ReadingState, RollUp, TargetKind
from indicators.wording import listed

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
    row: Reading | None  # the entered reading, else an unsaved one of what the months come to

    @property
    def light(self) -> RAG:
        """The measured light."""
        return self.verdict.rating

    @property
    def why(self) -> str:
        """The sentence beside the light: where that says "Not rated", it need not be said again."""
        words = self.verdict.why.removeprefix("Not rated: ")
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def as_reading(self) -> Reading | None:
        """What an update shows and keeps of it: of a roll-up an unsaved reading with its light and how it was made."""
        if self.reading is not None or self.row is None:
            return self.reading
        told = copy(self.row)
        told.rating, told.rating_why, told.scheme, told.note = self.light, self.verdict.why, self.scheme, self.basis
        return told

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
    """How each KPI stands in the quarter, by its pk: at most four queries, however many there are."""
    known = on_record(indicators, quarter)
    return {pk: standing_of(record, quarter) for pk, record in known.items()}


def standing_of(record: Record, quarter: Quarter) -> Standing:
    """How the KPI stands in the quarter by a record that ends with it."""
    indicator = record.indicator
    period = _period_for(record, quarter)
    is_due = period.kind != PeriodKind.YEAR or indicator.due_quarter <= quarter.number
    entered = record.readings.get(period) if is_due else None
    row = entered or record.quarters.get(period)
    total = None if entered else record.totals.get(period)
    target = record.targets.get(period) or _target_of_months(record, total) or chosen_target(record.targets, period)
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
        target=_target(indicator, target, period),
        target_value=_target_value(indicator, target, record.baseline),
        year_to_date=_to_date(record, quarter),
        directions=tuple(directions_of(row, rows, target, record.breaks)) if row else (),
        line=_line(record, quarter, period.kind),
        scheme=_scheme(record, entered),
        is_provisional=row is not None and row.state == ReadingState.PROVISIONAL,
        row=row,
    )


def _period_for(record: Record, quarter: Quarter) -> Period:
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
    record: Record,
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
    return rate(measure, as_rule(record.scheme))


def _scheme(record: Record, entered: Reading | None) -> RatingScheme | None:
    """The rule that gave the light: of a figure entered the one of that day, else the one in force."""
    if entered is None or entered.value is None:
        return record.scheme
    return record.versions.get(entered.scheme_id) if entered.scheme_id else None


def _why_nothing(indicator: Indicator, period: Period) -> str:
    if period.kind == PeriodKind.YEAR:
        how_often = "once a year" if indicator.frequency == Frequency.YEAR else "once"
        return f"Not rated: reported {how_often}, due in Q{indicator.due_quarter} {period}."
    return f"Not rated: no figure for {period}."


def _published(entered: Reading | None) -> tuple[RAG | None, str]:
    if entered is None:
        return None, ""
    return RAG(entered.published_rag) if entered.published_rag else None, entered.published_word


def _target_of_months(record: Record, total: Total | None) -> Target | None:
    """What the targets of the months come to, where the figure is put together from months; not a stored row."""
    if total is None or total.method.roll_up == RollUp.RATIO:
        return None
    aims = [record.targets.get(month) for month in total.span.periods]
    parts = [Part(one.period, one.value) for one in aims if one is not None and one.kind == TargetKind.VALUE]
    together = roll_up(parts, total.span, total.method)
    if together.value is None:
        return None
    target = Target(indicator=record.indicator, kind=TargetKind.VALUE, value=together.value)
    target.period = Period.of_quarter(total.span.last.quarter)
    return target


def _target(indicator: Indicator, target: Target | None, period: Period) -> str:
    words = target_in_words(indicator, target, beside=period)
    if target is None or target.pk is not None:
        return words
    return f"{words} ({HOW[RollUp(indicator.roll_up)]} of the months’ targets)"


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


def _to_date(record: Record, quarter: Quarter) -> Total | None:
    """From 1 April to the quarter's end: of months where there are all, else of quarters."""
    if record.indicator.frequency in ONCE_A_YEAR:
        return None
    method, since = method_of(record.indicator), quarter.financial_year.starts_on
    if any(period.starts_on >= since for period in record.months):
        total = roll_up(record.months.values(), Span.to_date(_last_month(quarter)), method)
        if total.value is not None:
            return total
    quarters = record.parts(record.quarters, PeriodKind.QUARTER)
    return roll_up(quarters, Span.to_date(Period.of_quarter(quarter)), method)


def _line(record: Record, quarter: Quarter, kind: PeriodKind) -> tuple[tuple[Period, Decimal | None], ...]:
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

"""Which periods a target of a table of KPIs is for: its own, each quarter beside it, or their year."""

from collections.abc import Sequence
from statistics import median

from csp_tracker.periods import Period, PeriodKind
from indicators.importing.gathering import NEVER
from indicators.importing.meanings import Meaning
from indicators.importing.rows import Statement
from indicators.importing.sense import Sense
from indicators.importing.targets import StatedTarget
from indicators.importing.tree import ReadingRead, TargetRead
from indicators.values import TargetKind, Unit

IN_A_YEAR = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}


def targets_of(
    stated: Sequence[tuple[Statement, StatedTarget]],
    readings: Sequence[ReadingRead],
    unit: Unit,
    label: str,
    sense: Sense,
) -> list[TargetRead]:
    """One target for each period that one is stated for; a later sheet's takes the place of an earlier one's."""
    kept: dict[Period, TargetRead] = {}
    for one, target in sorted(stated, key=lambda pair: pair[0].as_at or NEVER):
        if target.is_monitored:
            continue
        periods = [one.period] if one.period else []
        if one.is_spread and (beside := _periods_beside(one)):
            is_each = _is_of_each(target, readings, beside, unit)
            sense.spread.append((label, is_each))
            periods = beside if is_each else [_year_of(one, beside)]
        for period in periods:
            kept[period] = TargetRead(
                period=period,
                kind=target.kind,
                value=target.value,
                low=target.low,
                high=target.high,
                text=target.words,
                at=one.at,
            )
    return [kept[period] for period in sorted(kept)]


def _periods_beside(one: Statement) -> list[Period]:
    """The months or quarters of the target's year that stand beside it."""
    columns = {one.table.period_of(column) for column in one.table.all_of(Meaning.FIGURE) if column.when.kind}
    periods = sorted(period for period in columns if period and period.kind is not PeriodKind.YEAR)
    if not periods:
        return []
    year = _year_of(one, periods).financial_year
    return [period for period in periods if period.financial_year == year] or periods


def _year_of(one: Statement, periods: Sequence[Period]) -> Period:
    return Period.of_year(one.table.year or periods[-1].financial_year)


def _is_of_each(target: StatedTarget, readings: Sequence[ReadingRead], periods: Sequence[Period], unit: Unit) -> bool:
    """Whether a target is each quarter's: that of a share is; a count if it is nearer to a quarter's figures."""
    if unit not in {Unit.NUMBER, Unit.POUNDS} or target.kind is not TargetKind.VALUE:
        return unit not in {Unit.NUMBER, Unit.POUNDS}
    figures = [reading.value for reading in readings if reading.value and reading.period in periods]
    aim = target.value or target.high or target.low
    if aim is None or not figures:
        return aim is not None and not aim
    usual = abs(median(figures))
    # Nearer by ratio: below the geometric mean of a quarter's figure and a year's.
    return aim * aim < usual * usual * IN_A_YEAR[periods[0].kind]

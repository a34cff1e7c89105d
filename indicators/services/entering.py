"""Which figures a quarter asks of which KPIs, and what a person needs to see beside each to enter it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from csp_tracker.periods import Period, PeriodKind, Quarter
from indicators.models import Indicator, Reading, Target
from indicators.services.measuring import chosen_target
from indicators.values import Frequency


@dataclass(frozen=True)
class Due:
    """One figure that is asked for: what is on record, what was the period before, and what is aimed at."""

    indicator: Indicator
    period: Period
    reading: Reading | None = None
    previous: Reading | None = None
    target: Target | None = None

    @property
    def version(self) -> int:
        """That of the reading on record, 0 where there is none."""
        return self.reading.version if self.reading else 0

    @property
    def cell(self) -> tuple[int, Period]:
        """What is asked for, as the services name it."""
        return self.indicator.pk, self.period


def asked_for(quarter: Quarter) -> dict[Frequency, tuple[Period, ...]]:
    """The periods whose figures a quarter asks for, by how often a KPI is reported: months, itself, or its year."""
    itself = (Period.of_quarter(quarter),)
    return {
        Frequency.MONTH: months_of(quarter),
        Frequency.QUARTER: itself,
        Frequency.YEAR: (Period.of_year(quarter.financial_year),),
        Frequency.ONE_OFF: itself,
    }


def periods_due(indicator: Indicator, quarter: Quarter) -> tuple[Period, ...]:
    """The periods whose figures the quarter asks of the KPI; of a yearly or one-off one only in its own quarter."""
    is_due = indicator.frequency in (Frequency.MONTH, Frequency.QUARTER) or indicator.due_quarter == quarter.number
    return asked_for(quarter)[Frequency(indicator.frequency)] if is_due else ()


def months_of(quarter: Quarter) -> tuple[Period, ...]:
    """Its three months."""
    first = Period.containing(PeriodKind.MONTH, quarter.starts_on)
    return first, first.next, first.next.next


def figures_due(indicators: Sequence[Indicator], quarter: Quarter, today: date) -> list[Due]:
    """Every figure asked for of a period that has begun, KPI by KPI, with what stands beside it: two queries."""
    asked = [(one, period) for one in indicators for period in periods_due(one, quarter) if period.starts_on <= today]
    periods = {period for _, period in asked}
    around = periods | {period.previous for period in periods}
    aimed = periods | {Period.of_year(quarter.financial_year)}
    readings = {
        (row.indicator_id, row.period): row
        for row in Reading.objects.filter(
            indicator__in=indicators, period_starts_on__in={period.starts_on for period in around}
        ).select_related("entered_by")
    }
    targets: dict[int, dict[Period, Target]] = {one.pk: {} for one in indicators}
    for row in Target.objects.filter(
        indicator__in=indicators, period_starts_on__in={period.starts_on for period in aimed}
    ):
        targets[row.indicator_id][row.period] = row
    return [
        Due(
            indicator,
            period,
            readings.get((indicator.pk, period)),
            readings.get((indicator.pk, period.previous)),
            chosen_target(targets[indicator.pk], period),
        )
        for indicator, period in asked
    ]


def as_seen(dues: Iterable[tuple[Due, int]]) -> dict[tuple[int, Period], Reading]:
    """Readings as they stood at the versions a person saw, from the history: one query, none for an empty list."""
    wanted = {(due.reading.pk, version): due.cell for due, version in dues if due.reading}
    if not wanted:
        return {}
    rows = Reading.history.filter(id__in={pk for pk, _ in wanted}, version__in={version for _, version in wanted})
    return {wanted[row.id, row.version]: row for row in rows if (row.id, row.version) in wanted}

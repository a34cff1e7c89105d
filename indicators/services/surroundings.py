"""What many readings are rated against, read together: as many queries for three figures as for three hundred."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from csp_tracker.periods import Period
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rag import Measure
from indicators.services.measuring import Series, chosen_target, measure_from
from indicators.services.schemes import RuleBook


@dataclass(frozen=True)
class Surroundings:
    """What is on record of some KPIs around the periods whose figures are written, by KPI and period."""

    readings: dict[int, dict[Period, Reading]]
    targets: dict[int, dict[Period, Target]]
    baselines: dict[int, Baseline]
    rules: RuleBook

    @classmethod
    def of(cls, cells: Collection[tuple[Indicator, Period]]) -> Self:
        """Read in five queries; the readings of the very periods are locked, for they are about to change."""
        indicators = {indicator.pk: indicator for indicator, _ in cells}
        readings: dict[int, dict[Period, Reading]] = {pk: {} for pk in indicators}
        targets: dict[int, dict[Period, Target]] = {pk: {} for pk in indicators}
        periods = {period for _, period in cells}
        days = {period.starts_on for period in periods}
        locked = Reading.objects.select_for_update(of=("self",)).filter(period_starts_on__in=days)
        earlier = Reading.objects.filter(_compared_with(periods))
        for rows in (earlier, locked):  # what is locked is read last, and stays
            for row in rows.filter(indicator__in=indicators).select_related("scheme"):
                row.indicator = indicators[row.indicator_id]
                readings[row.indicator_id][row.period] = row
        days |= {period.financial_year.starts_on for period in periods}
        for target in Target.objects.filter(period_starts_on__in=days, indicator__in=indicators):
            targets[target.indicator_id][target.period] = target
        primary = Baseline.objects.filter(is_primary=True, indicator__in=indicators)
        baselines = {baseline.indicator_id: baseline for baseline in primary}
        return cls(readings, targets, baselines, RuleBook.of(indicators.values()))

    def measure_of(self, reading: Reading) -> Measure:
        """The reading with what it is set against; the others may have been put in place and not stored yet."""
        return measure_from(
            self._series(reading),
            target=chosen_target(self.targets[reading.indicator_id], reading.period),
            baseline=self.baselines.get(reading.indicator_id),
        )

    def _series(self, reading: Reading) -> Series:
        rows = [
            row
            for row in self.readings[reading.indicator_id].values()
            if row.period_starts_on <= reading.period_starts_on
        ]
        return Series(
            reading,
            {row.period: row for row in rows if row.period_kind == reading.period_kind},
            tuple(row.period_starts_on for row in rows if row.series_break),
        )


def _compared_with(periods: Collection[Period]) -> Q:
    """Readings back to the beginning of the year before the first of the periods, and every series break."""
    since = min((period.financial_year.previous.starts_on for period in periods), default=None)
    if since is None:
        return Q(pk__in=())
    until = max(period.starts_on for period in periods)
    return Q(period_starts_on__range=(since, until)) | Q(series_break=True, period_starts_on__lte=until)

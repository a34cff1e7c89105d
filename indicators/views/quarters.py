"""The quarters of late that a KPI's months come to, and its year to date, from rows that are read already."""

from collections.abc import Sequence

from csp_tracker.periods import PeriodKind
from indicators.models import Indicator, Reading, Target
from indicators.services import RuleBook
from indicators.services.on_record import Record
from indicators.services.standing import Standing, standing_of

QUARTERS_SHOWN = 5  # so that the oldest is that of the newest a year before


def late_quarters(
    indicator: Indicator, readings: Sequence[Reading], targets: Sequence[Target], rules: RuleBook
) -> list[Standing]:
    """How the KPI stood in its newest quarters, newest first. Give every reading and target."""
    parts = [row for row in readings if row.period_kind != PeriodKind.YEAR]
    quarters = sorted({row.period.quarter for row in parts}, reverse=True)[:QUARTERS_SHOWN]
    baseline = next((one for one in indicator.baselines.all() if one.is_primary), None)
    found = []
    for quarter in quarters:
        for row in readings:
            row.indicator = indicator
        record = Record(
            indicator,
            readings={row.period: row for row in readings if row.period_starts_on <= quarter.ends_on},
            targets={target.period: target for target in targets},
            baseline=baseline,
            scheme=rules.scheme_for(indicator, quarter.ends_on),
        )
        record.add_up()
        found.append(standing_of(record, quarter))
    return found

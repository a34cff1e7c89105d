"""The quarters of late that a KPI's months come to, and its year to date, from rows that are read already."""

from collections.abc import Sequence
from datetime import date

from csp_tracker.periods import PeriodKind, Quarter
from indicators.models import Indicator, Reading, Target
from indicators.services import RuleBook
from indicators.services.on_record import Record
from indicators.services.standing import Standing, standing_of
from indicators.values import Frequency

QUARTERS_SHOWN = 5  # so that the oldest is that of the newest a year before
YEARS_LOOKED_BACK = 7  # further than a line of years reaches


def late_quarters(
    indicator: Indicator, readings: Sequence[Reading], targets: Sequence[Target], rules: RuleBook
) -> list[Standing]:
    """How the KPI stood in its newest quarters, newest first; of one not reported by the month in the newest alone.

    Give every reading and target.
    """
    most = QUARTERS_SHOWN if indicator.frequency == Frequency.MONTH else 1
    parts = [row for row in readings if row.period_kind != PeriodKind.YEAR]
    quarters = sorted({row.period.quarter for row in parts}, reverse=True)[:most]
    baseline = next((one for one in indicator.baselines.all() if one.is_primary), None)
    found = []
    for row in readings:
        row.indicator = indicator
    for quarter in quarters:
        record = Record(
            indicator,
            readings={row.period: row for row in readings if _counts_in(row, quarter)},
            targets={target.period: target for target in targets},
            baseline=baseline,
            scheme=rules.scheme_for(indicator, quarter.ends_on),
        )
        record.add_up()
        found.append(standing_of(record, quarter))
    return found


def _counts_in(row: Reading, quarter: Quarter) -> bool:
    """Whether the quarter's standing may look at the reading: of what lies years back only at a break."""
    since = date(quarter.starts_on.year - YEARS_LOOKED_BACK, 4, 1)
    return row.period_starts_on <= quarter.ends_on and (row.period_starts_on >= since or row.series_break)

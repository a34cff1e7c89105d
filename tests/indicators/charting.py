"""Charts for tests, from rows that are stored nowhere."""

from decimal import Decimal
from typing import Any

from csp_tracker.periods import Period
from indicators.chart_data import ChartData
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.services.charting import chart_for


def kpi(**fields: Any) -> Indicator:
    """A quarterly count of burglaries, better when lower."""
    return Indicator(**{"reference": "B1", "name": "Burglaries", "polarity": "lower"} | fields)


def reading(indicator: Indicator, code: str, value: Any, **fields: Any) -> Reading:
    row = Reading(indicator=indicator, value=None if value is None else Decimal(str(value)), **fields)
    row.period = Period.parse(code)
    return row


def target(indicator: Indicator, code: str, **fields: Any) -> Target:
    figures = {name: Decimal(str(fields.pop(name))) for name in ("value", "low", "high") if name in fields}
    row = Target(indicator=indicator, **figures, **fields)
    row.period = Period.parse(code)
    return row


def baseline(label: str, value: Any) -> Baseline:
    return Baseline(label=label, value=Decimal(str(value)), is_primary=True)


def codes(first: str, number: int) -> list[str]:
    """So many periods in a row."""
    found = [Period.parse(first)]
    while len(found) < number:
        found.append(found[-1].next)
    return [period.code for period in found[:number]]


def series(indicator: Indicator, first: str, *values: Any, **fields: Any) -> list[Reading]:
    """A reading for each period from the first; None leaves the period out."""
    pairs = zip(codes(first, len(values)), values, strict=True)
    return [reading(indicator, code, value, **fields) for code, value in pairs if value is not None]


def chart(indicator: Indicator, readings: Any, targets: Any = (), baselines: Any = ()) -> ChartData:
    return chart_for(indicator, list(readings), list(targets), list(baselines))


def months(**fields: Any) -> ChartData:
    """Sixteen usual months, one without a figure, then eight low ones."""
    indicator = kpi(frequency="month", **fields)
    values = [*(12, 9, 14, 11, 10, 13, 9, 12) * 2, None, *(4, 3, 5, 4, 2, 4, 3, 4)]
    return chart(indicator, series(indicator, "2024-01", *values))

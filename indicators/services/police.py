"""Which KPIs are counted by the police: how it is said, changed and ended."""

from collections.abc import Iterable
from copy import copy

from django.db import transaction
from django.utils import timezone

from csp_tracker.models import User
from csp_tracker.writing import store
from indicators.models import Indicator, PoliceSeries
from indicators.services.kpis import change_indicator
from indicators.services.refusals import IndicatorArchived, NotAMonthlyCount, ReasonMissing
from indicators.values import Frequency, RollUp, Unit

#: What the licence asks to be said wherever the figures are; kept with each of them.
POLICE_SOURCE = "data.police.uk, street-level crime; Open Government Licence v3.0"


@transaction.atomic
def add_police_series(*, indicator: Indicator, crime_types: Iterable[str], by: User) -> PoliceSeries:
    """Take the KPI's figures from police data, as the sum of these crime types; credit it where no source is named."""
    refuse_unless_monthly_count(indicator)
    series = PoliceSeries(indicator=indicator, crime_types=list(crime_types))
    store(series, by=by)
    if not indicator.source:
        change_indicator(
            indicator=indicator, version=indicator.version, source=POLICE_SOURCE, reason="Counted by the police", by=by
        )
    return series


@transaction.atomic
def change_police_series(
    *, series: PoliceSeries, version: int, crime_types: Iterable[str], by: User, reason: str = ""
) -> PoliceSeries:
    """Count other crime types. The figures follow with the next import; once there are any it takes a reason."""
    as_it_was, series = series.refuse_if_stale(version), copy(series)
    series.crime_types = list(crime_types)
    is_other = set(series.crime_types) != set(as_it_was.crime_types)
    if is_other and not reason.strip() and series.indicator.readings.exists():
        raise ReasonMissing("Enter why other crimes are counted.")
    store(series, by=by, reason=reason)
    return series


@transaction.atomic
def archive_police_series(*, series: PoliceSeries, reason: str, by: User) -> PoliceSeries:
    """No longer take the KPI's figures from police data. Those it has stay."""
    if not reason.strip():
        raise ReasonMissing("Enter why the KPI is no longer counted by the police.")
    series = copy(series)
    series.archived_at = series.archived_at or timezone.now()
    store(series, by=by, reason=reason)
    return series


@transaction.atomic
def restore_police_series(*, series: PoliceSeries, by: User, reason: str = "") -> PoliceSeries:
    """Take the KPI's figures from police data again."""
    refuse_unless_monthly_count(series.indicator)
    series = copy(series)
    series.archived_at = None
    store(series, by=by, reason=reason)
    return series


def refuse_unless_monthly_count(indicator: Indicator) -> None:
    """Raise unless the KPI takes figures that are counts of a month, and adds them up."""
    if indicator.archived_at is not None:
        raise IndicatorArchived
    is_count = indicator.unit == Unit.NUMBER and indicator.roll_up == RollUp.SUM
    if not is_count or indicator.frequency != Frequency.MONTH:
        raise NotAMonthlyCount

"""The list of KPIs: what they are, how they stand in a quarter, which way they went."""

from collections.abc import Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from csp_tracker.fields import to_quarter
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.requests import MemberRequest
from indicators.filters import IndicatorFilter
from indicators.models import Indicator, Reading, Target
from indicators.permissions import can_edit_indicators
from indicators.services.measuring import chosen_target
from indicators.views.presenting import Line, lines_of, target_in_words
from indicators.views.shared import FIRST_YEAR

PER_PAGE = 50


class Row(NamedTuple):
    """One KPI of the list; `line` is None while it has no reading in the quarter."""

    indicator: Indicator
    line: Line | None
    target: str


@require_safe
def indicators(request: MemberRequest) -> HttpResponse:
    """The partnership's KPIs with their latest reading for a quarter, narrowed by the query string."""
    partnership = current_partnership(request)
    today = timezone.localdate()
    quarter = _quarter_asked(request) or Quarter.last_ended(today)
    query = request.GET.copy()
    query["quarter"] = quarter.code
    found = IndicatorFilter(
        query,
        queryset=Indicator.objects.filter(partnership=partnership).for_listing(quarter),
        partnership=partnership,
        quarter=quarter,
        today_in=Quarter.containing(today),
    )
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page_obj": page,
        "rows": _rows(list(page.object_list), quarter),
        "quarter": quarter,
        "today": today,
        "can_edit": can_edit_indicators(request.user, partnership),
        "narrowed": any(value for name, value in request.GET.items() if name in found.filters and name != "quarter"),
    }
    return render(request, "indicators/indicators.html", context)


def _quarter_asked(request: MemberRequest) -> Quarter | None:
    """The quarter in the address, if it names one that a figure may be for."""
    try:
        quarter = to_quarter(request.GET.get("quarter"))
    except ValidationError:
        return None
    return quarter if quarter and quarter.year >= FIRST_YEAR else None


def _rows(indicators: Sequence[Indicator], quarter: Quarter) -> list[Row]:
    """The page's rows, from one query for their readings and one for their targets."""
    readings: dict[int, list[Reading]] = {indicator.pk: [] for indicator in indicators}
    targets: dict[int, list[Target]] = {indicator.pk: [] for indicator in indicators}
    if indicators:
        for reading in Reading.objects.filter(_compared_in(quarter), indicator__in=readings.keys()):
            readings[reading.indicator_id].append(reading)
        for target in Target.objects.filter(_aimed_at_in(quarter), indicator__in=targets.keys()):
            targets[target.indicator_id].append(target)
    return [_row(one, quarter, readings[one.pk], targets[one.pk]) for one in indicators]


def _row(indicator: Indicator, quarter: Quarter, readings: list[Reading], targets: list[Target]) -> Row:
    line = lines_of(indicator, readings, targets).get(indicator.figure_id)  # type: ignore[attr-defined]
    period = Period.of_quarter(quarter)
    aim = chosen_target({target.period: target for target in targets}, period)
    return Row(indicator, line, line.target if line else target_in_words(indicator, aim, beside=period))


def _compared_in(quarter: Quarter) -> Q:
    """Readings of the quarter, and those that a reader sets them against."""
    quarters = [quarter, quarter.previous, quarter.same_last_year]
    months = _months_of(quarter) + _months_of(quarter.same_last_year) + _months_of(quarter.previous)[-1:]
    years = [quarter.financial_year, quarter.financial_year.previous]
    return (
        Q(period_kind=PeriodKind.QUARTER, period_starts_on__in=[one.starts_on for one in quarters])
        | Q(period_kind=PeriodKind.MONTH, period_starts_on__in=[one.starts_on for one in months])
        | Q(period_kind=PeriodKind.YEAR, period_starts_on__in=[one.starts_on for one in years])
    )


def _aimed_at_in(quarter: Quarter) -> Q:
    """Targets of the quarter, of its months and of its year."""
    return (
        Q(period_kind=PeriodKind.QUARTER, period_starts_on=quarter.starts_on)
        | Q(period_kind=PeriodKind.MONTH, period_starts_on__range=(quarter.starts_on, quarter.ends_on))
        | Q(period_kind=PeriodKind.YEAR, period_starts_on=quarter.financial_year.starts_on)
    )


def _months_of(quarter: Quarter) -> list[Period]:
    first = Period.containing(PeriodKind.MONTH, quarter.starts_on)
    return [first, first.next, first.next.next]

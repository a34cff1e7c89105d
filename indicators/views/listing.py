"""The list of KPIs: what they are, how they stand in a quarter, which way they went."""

from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from csp_tracker.fields import to_quarter
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from indicators.filters import IndicatorFilter
from indicators.models import Indicator
from indicators.permissions import can_edit_indicators, can_enter_somewhere
from indicators.services.rules import rules_of
from indicators.services.standing import Standing
from indicators.sparklines import Sparkline, sparkline
from indicators.values import FIRST_YEAR, LAST_YEAR, Unit

PER_PAGE = 50


class Row(NamedTuple):
    """One KPI of the list: how it stands, and its figures of late as a small line."""

    indicator: Indicator
    standing: Standing
    spark: Sparkline | None


@require_safe
def indicators(request: MemberRequest) -> HttpResponse:
    """The partnership's KPIs as they stand in a quarter, narrowed by the query string."""
    partnership = current_partnership(request)
    today = timezone.localdate()
    quarter = _quarter_asked(request) or Quarter.last_ended(today)
    query = request.GET.copy()
    query["quarter"] = quarter.code
    found = IndicatorFilter(
        query,
        queryset=Indicator.objects.filter(partnership=partnership).for_listing(),
        partnership=partnership,
        quarter=quarter,
        today_in=Quarter.containing(today),
    )
    # All at once: a partnership has some hundred KPIs at most, and to count them first would be a query more.
    page = Paginator(list(found.qs), PER_PAGE).get_page(request.GET.get("page"))
    stood = found.standings_of(list(page.object_list))
    context = {
        "filter": found,
        "page_obj": page,
        "rows": [row_of(standing) for standing in stood],
        "rules": rules_of(stood),
        "quarter": quarter,
        "today": today,
        "as_filtered": _as_filtered(request),
        "can_edit": can_edit_indicators(request.user, partnership),
        "can_enter": can_enter_somewhere(request.user, partnership),
        "narrowed": any(value for name, value in request.GET.items() if name in found.filters and name != "quarter"),
    }
    return render(request, "indicators/indicators.html", context)


def row_of(standing: Standing) -> Row:
    """The standing as a row."""
    indicator = standing.indicator
    spark = sparkline(standing.line, unit=Unit(indicator.unit), decimals=indicator.decimals)
    return Row(indicator, standing, spark)


def _as_filtered(request: MemberRequest) -> str:
    """The query string that narrows a file as the page is; the quarter stands in the file's own address."""
    query = request.GET.copy()
    for name in ("page", "quarter"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


def _quarter_asked(request: MemberRequest) -> Quarter | None:
    """The quarter in the address, if it names one that a figure may be for."""
    try:
        quarter = to_quarter(request.GET.get("quarter"))
    except ValidationError:
        return None
    return quarter if quarter and FIRST_YEAR <= quarter.year <= LAST_YEAR else None

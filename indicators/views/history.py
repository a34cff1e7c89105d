"""What happened to a KPI: every change of it, its baselines, targets and readings, with who, when and why."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from csp_tracker.history import Change, Entry, Source, Trail
from csp_tracker.periods import Period, PeriodKind
from csp_tracker.requests import MemberRequest
from indicators.models import Baseline, Indicator, PoliceSeries, Reading, Target
from indicators.values import CrimeType, figure_as_typed
from indicators.views.shared import crumbs, indicator_or_404

ENTRIES_PER_PAGE = 25
COUNT_BY_THE_POLICE = "Count by the police"
OF_A_PERIOD = {"indicator", "period_kind", "period_starts_on"}


@require_safe
def indicator_history(request: MemberRequest, pk: int) -> HttpResponse:
    """The KPI's history, newest first."""
    indicator = indicator_or_404(request, pk)
    trail = Trail(
        [
            Source(Indicator.history.filter(id=pk), lambda _row: "KPI", {"partnership"}, _archived),
            Source(PoliceSeries.history.filter(indicator=pk), COUNT_BY_THE_POLICE, {"indicator"}, _archived),
            Source(Baseline.history.filter(indicator=pk), _called_baseline, {"indicator", "position"}),
            Source(Target.history.filter(indicator=pk), lambda row: f"Target for {_period(row)}", OF_A_PERIOD),
            Source(
                Reading.history.filter(indicator=pk),
                lambda row: f"Reading for {_period(row)}",
                OF_A_PERIOD | {"first_value"},
            ),
        ]
    )
    page = Paginator(trail, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "indicator": indicator,
        "crumbs": crumbs(indicator, "History"),
        "page_obj": page,
        "entries": [_plain(entry) for entry in page.object_list],
    }
    return render(request, "indicators/history.html", context)


def _called_baseline(row: Any) -> str:
    name = row.label or row.of_what
    return f"Baseline {name}" if name else "Baseline"


def _period(row: Any) -> Period:
    return Period(row.period_starts_on, PeriodKind(row.period_kind))


def _archived(row: Any, before: Any) -> str | None:
    if before is None or bool(row.archived_at) == bool(before.archived_at):
        return None
    return "archived" if row.archived_at else "restored"


def _plain(entry: Entry) -> Entry:
    """Figures without the four decimals in which the database keeps them, and crime types in their words."""
    in_words = _crime_types if entry.title.startswith(COUNT_BY_THE_POLICE) else _figure
    changes = [Change(one.label, in_words(one.old), in_words(one.new)) for one in entry.changes]
    return replace(entry, changes=changes)


def _crime_types(value: Any) -> Any:
    return "\n".join(CrimeType(one).label for one in value.split("\n")) if isinstance(value, str) else value


def _figure(value: Any) -> Any:
    return figure_as_typed(value) if isinstance(value, Decimal) else value

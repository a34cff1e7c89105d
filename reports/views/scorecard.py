"""The scorecard of a plan: its KPIs, ours apart from those of context."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from actions.models import Plan
from actions.views.shared import chosen_quarter, crumbs_to, plan_or_404
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from indicators.services.rules import rules_of
from reports.builders.measured import KpiLights
from reports.builders.scorecard import Score, counts_of, kpis_of, score_of
from reports.filters import ScorecardFilter

PER_PAGE = 50


class Group(NamedTuple):
    """KPIs of one kind: the partnership's own, or those it only watches."""

    key: str
    heading: str
    scores: Sequence[Score]


@require_safe
def plan_scorecard(request: MemberRequest, slug: str) -> HttpResponse:
    """How the plan's KPIs stand in a quarter, narrowed by the query string."""
    plan = plan_or_404(request, slug)
    today = timezone.localdate()
    quarter = chosen_quarter(request, plan, today) if request.GET.get("quarter") else _last_ended(plan, today)
    query = request.GET.copy()
    query["quarter"] = quarter.code
    kpis = kpis_of(plan)
    found = ScorecardFilter(query, kpis=kpis, quarter=quarter, quarters=plan.quarters)
    stood = found.standings_of(kpis.in_order(found.qs))
    page = Paginator(stood, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "quarter": quarter,
        "as_at": min(today, quarter.ends_on),
        "crumbs": crumbs_to(plan, ("Scorecard", "")),
        "filter": found,
        "page_obj": page,
        "groups": _groups([score_of(standing, kpis) for standing in page.object_list]),
        "lights": KpiLights(counts_of(found.stood.values() or stood)),
        "light_url": _light_url(request),
        "rules": rules_of(page.object_list),
        "has_kpis": bool(kpis.serves),
        "actions_url": f"{reverse('actions')}?{urlencode({'plan': plan.slug, 'quarter': quarter.code})}",
    }
    return render(request, "reports/scorecard.html", context)


def _last_ended(plan: Plan, today: date) -> Quarter:
    """The plan's quarter that ended last, whichever is open for updates: of a running one no figure is known yet."""
    return min(max(Quarter.last_ended(today), plan.first_quarter), plan.last_quarter)


def _light_url(request: MemberRequest) -> str:
    """This page narrowed by a light, whose value is to be added."""
    query = request.GET.copy()
    query.pop("page", None)
    query.pop("light", None)
    return f"?{query.urlencode()}&light="


def _groups(scores: Sequence[Score]) -> list[Group]:
    """The page's KPIs by kind; a kind without any is left out."""
    groups = [
        Group("ours", "Our KPIs", [one for one in scores if not one.standing.indicator.is_context]),
        Group("context", "Context: measured, not owned", [one for one in scores if one.standing.indicator.is_context]),
    ]
    return [group for group in groups if group.scores]

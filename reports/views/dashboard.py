"""The dashboard of a plan."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from actions.models import Plan
from actions.permissions import can_edit_plan, can_run_rounds
from actions.values import PlanStatus
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from reports.builders import dashboard as dashboards


@require_safe
def dashboard(request: MemberRequest) -> HttpResponse:
    """One plan’s quarter at a glance; every number leads to its list."""
    partnership, today = current_partnership(request), timezone.localdate()
    plans = list(
        Plan.objects.visible_to(request.user)
        .filter(partnership=partnership, archived_at__isnull=True)
        .with_open_quarter(today)
    )
    if not plans:
        return render(request, "reports/dashboard_empty.html")
    plan = _chosen(plans, request.GET.get("plan"))
    quarter = _quarter(request.GET.get("quarter"), plan) or plan.quarter_at(today)
    may_run = can_run_rounds(request.user, plan)
    is_open = plan.open_quarter == quarter  # type: ignore[attr-defined]
    rounds_url = reverse("round", args=[plan.slug, quarter]) if is_open else reverse("rounds")
    context = {
        "plan": plan,
        "plans": plans,
        "quarter": quarter,
        "as_at": min(today, quarter.ends_on),
        "board": dashboards.build(plan=plan, quarter=quarter, today=today, user=request.user),
        "list_url": f"{reverse('actions')}?{urlencode({'plan': plan.slug, 'quarter': quarter.code})}",
        "scorecard_url": f"{reverse('plan_scorecard', args=[plan.slug])}?quarter={quarter.code}",
        "ended": min(quarter, Quarter.last_ended(today)),
        "can_edit": can_edit_plan(request.user, plan),
        "can_review": may_run and is_open,
        "round_url": rounds_url if may_run else "",
    }
    return render(request, "reports/dashboard.html", context)


def _chosen(plans: list[Plan], slug: str | None) -> Plan:
    """The plan asked for; without a question the newest that is active, else the newest."""
    if slug:
        for plan in plans:
            if plan.slug == slug:
                return plan
        raise Http404
    return next((plan for plan in plans if plan.status == PlanStatus.ACTIVE), plans[0])


def _quarter(code: str | None, plan: Plan) -> Quarter | None:
    if not code:
        return None
    try:
        quarter = Quarter.parse(code)
    except ValueError as error:
        raise Http404 from error
    if quarter not in plan.quarters:
        raise Http404
    return quarter

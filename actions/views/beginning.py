"""The page on which a draft is looked over and made active; from there its first round is opened."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render

from actions.models import Plan
from actions.permissions import can_edit_plan, can_run_rounds
from actions.services.beginning import Beginning
from actions.services.plans import change_plan
from actions.values import PlanStatus
from actions.views.shared import crumbs_to, edits, plan_or_404
from csp_tracker.periods import FinancialYear
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require


@edits
def plan_begin(request: MemberRequest, slug: str) -> HttpResponse:
    """What the draft holds and lacks, and the button that makes it active."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    is_draft = plan.status == PlanStatus.DRAFT and plan.archived_at is None
    if request.method == "POST" or not is_draft:
        return _begin(request, plan) if is_draft else redirect(plan)
    context = {
        "plan": plan,
        "beginning": Beginning(plan),
        "year": FinancialYear.containing(plan.starts_on),
        "crumbs": crumbs_to(plan, ("Make active", "")),
    }
    return render(request, "actions/carrying/begin.html", context)


def _begin(request: MemberRequest, plan: Plan) -> HttpResponse:
    """Make it active; whoever runs its rounds goes on to open the first."""
    try:
        change_plan(plan=plan, version=plan.version, status=PlanStatus.ACTIVE, by=request.user)
    except ValidationError as error:  # somebody else was quicker
        messages.warning(request, " ".join(error.messages))
        return redirect("plan_begin", plan.slug)
    messages.success(request, f"{plan.title} is active: every member sees it.")
    if can_run_rounds(request.user, plan) and not plan.rounds.exists():
        return redirect("round_open", plan.slug)
    return redirect(plan)

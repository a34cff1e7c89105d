"""The page that ties a plan to the one it follows: what became of each action of the plan before."""

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from actions.forms.tying import TieGrid
from actions.importing.following import propose_pairs
from actions.models import Plan
from actions.permissions import can_edit_plan
from actions.services import tying
from actions.services.rolling import DecisionsChanged
from actions.services.tying import Lineage
from actions.views.shared import crumbs_to, edits, plan_or_404
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require

PER_PAGE = 200  # four fields a row: more are not taken in one form (DATA_UPLOAD_MAX_NUMBER_FIELDS)


@edits
def plan_lineage(request: MemberRequest, slug: str) -> HttpResponse:
    """Every action of the plan before beside the action it goes on as, which is proposed where the words are alike."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    if plan.previous is None:
        return render(request, "actions/carrying/lineage.html", {"plan": plan, "crumbs": _crumbs(plan)})
    lineage = Lineage(plan)
    lineage.decisions.propose()
    page = Paginator(lineage.lines, PER_PAGE).get_page(request.GET.get("page"))
    posted = request.POST if request.method == "POST" else None
    grid = TieGrid(lineage, _likely(lineage), list(page.object_list), posted)
    status = 200
    if posted is not None and grid.is_valid():
        try:
            number = tying.tie(
                plan=plan,
                ties=grid.ties,
                by=request.user,
                now=timezone.now(),
                **{name: grid.where.cleaned_data[name] for name in ("seen", "meeting", "decided_on")},
            )
        except DecisionsChanged:
            status = 409
            again = posted.copy()
            again["seen"] = lineage.fingerprint
            grid = TieGrid(lineage, _likely(lineage), list(page.object_list), again)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return redirect(request.get_full_path())
        else:
            messages.success(request, _told(number))
            return redirect(_next(request, plan, page))
    context = {
        "plan": plan,
        "previous": plan.previous,
        "grid": grid,
        "formset": grid,
        "form": grid.where,
        "groups": [
            (priority, list(rows))
            for priority, rows in groupby(grid.rows, lambda row: row.line.action.objective.priority)
        ],
        "page_obj": page,
        "actions": lineage.actions,
        "number_new": len(lineage.actions) - len(lineage.tied),
        "number_tied": len(lineage.tied),
        "is_changed": status == 409,
        "crumbs": _crumbs(plan),
    }
    return render(request, "actions/carrying/lineage.html", context, status=status)


def _likely(lineage: Lineage) -> dict:
    """A likely partner for each action of the plan before that nothing is known of, among those that have none."""
    unsettled = [line.action for line in lineage.lines if line.row is None or line.row.to_plan_id is None]
    free = [action for action in lineage.actions if action.pk not in lineage.tied]
    return propose_pairs(unsettled, free)


def _crumbs(plan: Plan) -> list[tuple[str, str]]:
    return crumbs_to(plan, ("The plan before", ""))


def _next(request: MemberRequest, plan: Plan, page: Page) -> str:
    """The next page; after the last the plan."""
    return f"{request.path}?page={page.next_page_number()}" if page.has_next() else plan.get_absolute_url()


def _told(number: int) -> str:
    if not number:
        return "Nothing had to change: it is recorded like this already."
    return f"What became of {number} action{'' if number == 1 else 's'} has been recorded."

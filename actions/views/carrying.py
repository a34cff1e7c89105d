"""The pages that roll a plan forward: what becomes of each action, and the next plan made of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from actions.carrying import following_period, next_title
from actions.comparison import compare_words
from actions.forms.carrying import DecisionGrid, RollForwardForm
from actions.models import Plan
from actions.permissions import can_edit_plan
from actions.services import carrying, rolling
from actions.services.carrying import Decisions, Line
from actions.services.milestones import open_milestones_of
from actions.values import CarryDecision
from actions.views.shared import crumbs_to, edits, plan_or_404, show_refusal
from csp_tracker.periods import FinancialYear
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require

PER_PAGE = 200  # seven fields a row: more are not taken in one form (DATA_UPLOAD_MAX_NUMBER_FIELDS)


@edits
def plan_forward(request: MemberRequest, slug: str) -> HttpResponse:
    """Every action with its light and last words, and what becomes of it next year: kept as far as it is decided."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    decisions = Decisions(plan)
    if decisions.next_plan is not None or _why_not(plan):
        return _only_read(request, decisions)
    decisions.propose()
    page = Paginator(decisions.lines, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    grid = DecisionGrid(decisions.lines, shown, request.POST if request.method == "POST" else None)
    if request.method == "POST" and grid.is_valid():
        try:
            number = carrying.decide(plan=plan, choices=grid.choices, by=request.user)
        except carrying.Overtaken as overtaken:
            grid.refuse(overtaken.theirs)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return redirect(request.get_full_path())
        else:
            messages.success(request, _told(number))
            return redirect(_next(request, plan, page))
    context = {
        "plan": plan,
        "grid": grid,
        "formset": grid,
        "form": grid.meeting,
        "groups": _by_priority(grid),
        "page_obj": page,
        "decisions": decisions,
        "number_decided": sum(line.decision is not None for line in decisions.lines),
        "kinds": CarryDecision,
        "follower": plan.following.filter(archived_at=None).first(),
        "crumbs": crumbs_to(plan, ("Next year", "")),
    }
    status = 409 if grid.has_conflicts else 200
    return render(request, "actions/carrying/forward.html", context, status=status)


def _next(request: MemberRequest, plan: Plan, page: Page) -> str:
    """The same page again, or the next one; after the last to confirm."""
    if "next" not in request.POST:
        return request.get_full_path()
    if page.has_next():
        return f"{request.path}?page={page.next_page_number()}"
    return reverse("plan_forward_confirm", args=[plan.slug])


def _why_not(plan: Plan) -> str:
    """Why the plan cannot be rolled forward at all; nothing where it can."""
    try:
        carrying.refuse_unfit(plan)
    except carrying.NotRolledYet as error:
        return " ".join(error.messages)
    return ""


def _told(number: int) -> str:
    if not number:
        return "Nothing had to change: it was decided like this already."
    return f"{number} decision{'' if number == 1 else 's'} saved. Nothing is carried forward until you confirm."


def _by_priority(grid: DecisionGrid) -> list[tuple[Any, list[Any]]]:
    groups: dict[int, tuple[Any, list[Any]]] = {}
    for row in grid.rows:
        priority = row.line.action.objective.priority
        groups.setdefault(priority.pk, (priority, []))[1].append(row)
    return list(groups.values())


def _only_read(request: MemberRequest, decisions: Decisions) -> HttpResponse:
    """What was decided, once the next plan is there; or why nothing can be decided."""
    plan = decisions.plan
    if request.method == "POST" and decisions.next_plan is not None:
        messages.info(request, f"The plan had been rolled forward already, to “{decisions.next_plan}”.")
        return redirect("plan_forward", plan.slug)
    context = {
        "plan": plan,
        "decisions": decisions,
        "next_plan": decisions.next_plan,
        "why_not": _why_not(plan),
        "sections": _sections(decisions),
        "crumbs": crumbs_to(plan, ("Next year", "")),
    }
    return render(request, "actions/carrying/rolled.html", context)


def _sections(decisions: Decisions) -> list[tuple[CarryDecision, list[Line]]]:
    """The actions by what has been decided about them, with the words that change marked."""
    is_made = decisions.next_plan is not None  # perhaps of a file, which says in its own words what goes on
    for line in decisions.going_on:
        words = ((line.row and line.row.text) or line.action.text) if is_made else decisions.words_of(line)
        if not is_made and not (line.row and line.row.text):
            line.brings = [one.action.reference for one in decisions.merged_into(line)]  # type: ignore[attr-defined]
        if words != line.action.text:
            line.comparison = compare_words(line.action.text, words)  # type: ignore[attr-defined]
    return [(decision, lines) for decision in CarryDecision if (lines := decisions.of(decision))]


@edits
def plan_forward_confirm(request: MemberRequest, slug: str) -> HttpResponse:
    """What has been decided, once more, and the next plan made of it."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    decisions = Decisions(plan)
    if decisions.next_plan is not None or _why_not(plan):
        return _only_read(request, decisions)
    outturns = rolling.outturns_of(decisions)
    problems = decisions.problems
    starts_on, ends_on = following_period(plan.starts_on, plan.ends_on)
    title = next_title(plan.title, starts_on.year - plan.starts_on.year, FinancialYear.containing(starts_on))
    filled = {"seen": decisions.fingerprint, "title": title, "starts_on": starts_on, "ends_on": ends_on}
    form = RollForwardForm(
        request.POST if request.method == "POST" else None, plan=plan, outturns=outturns, initial=filled
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = rolling.roll_forward(plan=plan, by=request.user, now=timezone.now(), **form.cleaned_data)
        except carrying.RolledAlready as rolled:
            messages.info(request, " ".join(rolled.messages))
            return redirect(rolled.plan)
        except rolling.DecisionsChanged:
            status = 409
            data = request.POST.copy()
            data["seen"] = decisions.fingerprint
            form = RollForwardForm(data, plan=plan, outturns=outturns, initial=filled)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{made} has been made as a draft. Check it, then make it active.")
            return redirect("plan_begin", made.slug)
    context = {
        "plan": plan,
        "decisions": decisions,
        "sections": _sections(decisions),
        "problems": problems,
        "not_offered": [one for one in outturns if not one.is_offered],
        "left_out": _left_out(decisions),
        "leavers": rolling.leavers_of(decisions),
        **_milestones(decisions, starts_on),
        "form": form,
        "is_changed": status == 409,
        "forward_url": reverse("plan_forward", args=[plan.slug]),
        "crumbs": crumbs_to(plan, ("Next year", reverse("plan_forward", args=[plan.slug])), ("Confirm", "")),
    }
    return render(request, "actions/carrying/confirm.html", context, status=status)


def _milestones(decisions: Decisions, starts_on: date) -> dict[str, int]:
    """How many open milestones go along, and how many of them are due before the next plan begins."""
    kinds = (CarryDecision.AS_IS, CarryDecision.AMENDED, CarryDecision.MERGED)
    found = open_milestones_of([line.action.pk for line in decisions.of(*kinds)])
    days = [one.due_on for milestones in found.values() for one in milestones]
    return {"milestones": len(days), "milestones_before": sum(day < starts_on for day in days)}


def _left_out(decisions: Decisions) -> list[str]:
    """Priorities that hold nothing any more."""
    priorities = {line.action.objective.priority for line in decisions.lines}
    kept = {line.action.objective.priority for line in decisions.going_on}
    return [str(one) for one in sorted(priorities - kept, key=lambda one: (one.position, one.pk))]

"""The page on which managers give a plan's actions their leads, and hand one person's work to another."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from actions.forms.assignment import AssignForm, HandOverForm
from actions.models import Action, Plan, SupportingAgency
from actions.permissions import can_edit_plan
from actions.services import assignment as services
from actions.views.shared import crumbs_to, edits, plan_or_404, show_refusal
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict

NOTHING_TICKED = "Tick at least one action"


@edits
def plan_assign(request: MemberRequest, slug: str) -> HttpResponse:
    """Tick actions, choose who leads and supports them; or hand all of one person's open work to another."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    hands_over = request.POST.get("form") == "hand_over"
    assigning = AssignForm(None if hands_over else request.POST or None, partnership=plan.partnership, prefix="set")
    handing = HandOverForm(request.POST if hands_over else None, partnership=plan.partnership, prefix="hand")
    if request.method == "POST":
        done = _hand_over(request, plan, handing) if hands_over else _assign(request, plan, assigning)
        if done:
            messages.success(request, done)
            return redirect(request.get_full_path())
    form = handing if hands_over else assigning
    only_unled = request.GET.get("show") == "unled"
    actions = list(_actions(plan))
    unled = [action for action in actions if action.lead_officer_id is None]
    groups = _by_priority(unled if only_unled else actions)
    is_unticked = bool(groups) and NOTHING_TICKED in form.non_field_errors()
    context = {
        "plan": plan,
        "groups": groups,
        "number_of_actions": len(actions),
        "number_unled": len(unled),
        "only_unled": only_unled,
        "ticked": set(request.POST.getlist("actions")) | _in_ticked_priorities(request, actions),
        "ticked_priorities": set(request.POST.getlist("priorities")),
        "assigning": assigning,
        "handing": handing,
        "form": form,
        "leads_to": f"priority-{groups[0][0].pk}" if is_unticked else "",
        "crumbs": crumbs_to(plan),
        "structure_url": reverse("plan_structure", args=[plan.slug]),
    }
    conflict = getattr(assigning, "met_conflict", False)
    return render(request, "actions/assign.html", context, status=409 if conflict else 200)


def _actions(plan: Plan) -> Any:
    support = Prefetch("support", SupportingAgency.objects.select_related("agency"))
    named = plan.actions.open().select_related("objective__priority", "lead_agency", "lead_officer")
    return named.prefetch_related(support).in_plan_order()


def _by_priority(actions: list[Action]) -> list[tuple[Any, list[Action]]]:
    groups: dict[int, tuple[Any, list[Action]]] = {}
    for action in actions:
        priority = action.objective.priority
        groups.setdefault(priority.pk, (priority, []))[1].append(action)
    return list(groups.values())


def _in_ticked_priorities(request: MemberRequest, actions: list[Action]) -> set[str]:
    """Actions ticked by their priority's box, of those that were on the page."""
    ticked, seen = set(request.POST.getlist("priorities")), _versions(request)
    return {str(a.pk) for a in actions if str(a.objective.priority_id) in ticked and str(a.pk) in seen}


def _versions(request: MemberRequest) -> dict[str, str]:
    """The version of each action as the page showed it."""
    pairs = (value.partition(".") for value in request.POST.getlist("seen"))
    return {key: version for key, _, version in pairs}


def _assign(request: MemberRequest, plan: Plan, form: AssignForm) -> str:
    """Assign what is ticked; what to tell, or nothing where the form has errors."""
    actions = list(plan.actions.open().select_related("objective", "plan__partnership").in_plan_order())
    keys = set(request.POST.getlist("actions")) | _in_ticked_priorities(request, actions)
    ticked = [action for action in actions if str(action.pk) in keys]
    if not ticked:
        form.is_valid()
        form.add_error(None, NOTHING_TICKED)
    if not form.is_valid():
        return ""
    seen = _versions(request)
    changed = [action.reference for action in ticked if seen.get(str(action.pk)) != str(action.version)]
    try:
        if changed:
            raise Conflict(ticked[0])
        count = services.assign(actions=ticked, by=request.user, **form.cleaned_data)
    except Conflict:
        form.met_conflict = True  # type: ignore[attr-defined]
        named = f"Somebody else changed {', '.join(changed)}" if changed else "Somebody else changed one of the actions"
        form.add_error(
            None, f"{named} while you were working. The table shows them as they stand now; nothing has been saved."
        )
    except ValidationError as error:
        show_refusal(form, error)
    else:
        if not count:
            return "Nothing had to change: the ticked actions were assigned like this already."
        return f"{count} action{'' if count == 1 else 's'} assigned."
    return ""


def _hand_over(request: MemberRequest, plan: Plan, form: HandOverForm) -> str:
    """Hand the work over; what to tell, or nothing where the form has errors."""
    if not form.is_valid():
        return ""
    giver, taker = form.cleaned_data["from_person"], form.cleaned_data["to_person"]
    try:
        services.hand_over(partnership=plan.partnership, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        show_refusal(form, error)
        return ""
    return f"{taker} now has the open work of {giver}: {form.work[giver.pk]}."

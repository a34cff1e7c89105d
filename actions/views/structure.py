"""Pages on which managers build a plan: its priorities, objectives and actions, their order, numbers and places."""

from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from actions.forms.plans import ObjectiveForm, PlaceForm, PriorityForm, ReasonForm
from actions.models import Action, InPlan, Objective, Plan, Priority
from actions.permissions import can_edit_plan
from actions.services import plans as services
from actions.views.shared import crumbs_to, edit_page, edits, initial, plan_or_404, show_refusal
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require

#: What the word in an address names, and the lookup from such a part to its plan.
PARTS: dict[str, tuple[type[InPlan], str]] = {
    "priority": (Priority, "plan"),
    "objective": (Objective, "priority__plan"),
    "action": (Action, "plan"),
}


def _editable_plan(request: MemberRequest, slug: str) -> Plan:
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    return plan


def _part(plan: Plan, kind: str, pk: int) -> Any:
    """The priority, objective or action of this very plan."""
    if kind not in PARTS:
        raise Http404
    model, path = PARTS[kind]
    return get_object_or_404(model._default_manager.select_related(path), **{path: plan}, pk=pk)


def _crumbs(plan: Plan) -> list[tuple[str, str]]:
    return crumbs_to(plan, ("Structure", reverse("plan_structure", args=[plan.slug])))


def _back_to(plan: Plan, kind: str, pk: int) -> str:
    """The structure page, at the part."""
    return f"{reverse('plan_structure', args=[plan.slug])}#{kind}-{pk}"


@require_safe
def plan_structure(request: MemberRequest, slug: str) -> HttpResponse:
    """The plan as a tree, each part with what can be done to it; archived parts at the end."""
    plan = _editable_plan(request, slug)
    priorities = list(plan.priorities.values("pk", "number", "title", "archived_at"))
    objectives = Objective.objects.filter(priority__plan=plan)
    actions = plan.actions.order_by("position", "pk")
    below: dict[str, dict[int, list[dict[str, Any]]]] = {"priority": {}, "objective": {}}
    archived = []
    levels: list[tuple[str, str, Iterable[Any]]] = [
        ("objective", "priority", objectives.values("pk", "number", "text", "archived_at", "priority_id")),
        ("action", "objective", actions.values("pk", "reference", "text", "archived_at", "objective_id")),
    ]
    for kind, parent, rows in levels:
        for row in rows:
            if row["archived_at"] is None:
                below[parent].setdefault(row[f"{parent}_id"], []).append(row)
            else:
                archived.append((kind, row["pk"], row.get("reference") or row.get("number"), row["text"]))
    tree = []
    for priority in priorities:
        if priority["archived_at"] is None:
            under = below["priority"].get(priority["pk"], [])
            tree.append((priority, [(one, below["objective"].get(one["pk"], [])) for one in under]))
        else:
            archived.insert(0, ("priority", priority["pk"], priority["number"], priority["title"]))
    context = {"plan": plan, "tree": tree, "archived": archived, "crumbs": crumbs_to(plan)}
    return render(request, "actions/structure.html", context)


@edits
def plan_priority_new(request: MemberRequest, slug: str) -> HttpResponse:
    """Add a priority at the plan's end."""
    plan = _editable_plan(request, slug)

    def save(**fields: Any) -> Priority:
        return services.add_priority(plan=plan, by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: PriorityForm(data, plan=plan),
        save=save,
        saved=lambda made: (f"Priority {made.number} has been added.", _back_to(plan, "priority", made.pk)),
        context=_page(plan, "Add a priority", "Add priority"),
    )


@edits
def plan_objective_new(request: MemberRequest, slug: str, pk: int) -> HttpResponse:
    """Add an objective at the end of a priority."""
    plan = _editable_plan(request, slug)
    priority = _part(plan, "priority", pk)

    def save(**fields: Any) -> Objective:
        return services.add_objective(priority=priority, by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: ObjectiveForm(data, plan=plan),
        save=save,
        saved=lambda made: (f"Objective {made.number} has been added.", _back_to(plan, "objective", made.pk)),
        context=_page(plan, "Add an objective", "Add objective", caption=f"Priority {priority}"),
    )


@edits
def plan_part_edit(request: MemberRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Change a priority or an objective; an action has a page of its own."""
    plan = _editable_plan(request, slug)
    part = _part(plan, kind, pk)
    if kind == "action":
        return redirect("action_edit", pk=pk)
    form_class: Any = PriorityForm if kind == "priority" else ObjectiveForm
    filled = initial(form_class, part)

    def save(**fields: Any) -> InPlan:
        if kind == "priority":
            return services.change_priority(priority=copy(part), by=request.user, **fields)
        return services.change_objective(objective=copy(part), by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: form_class(data, initial=filled, plan=plan, thing=part),
        save=save,
        saved=lambda changed: (
            f"{kind.capitalize()} {changed.number} has been saved.",
            _back_to(plan, kind, changed.pk),
        ),
        context=_page(plan, f"Edit {kind} {part.number}".strip(), "Save changes"),
    )


@require_POST
def plan_part_move(request: MemberRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Let a part change places with its neighbour."""
    plan = _editable_plan(request, slug)
    part = _part(plan, kind, pk)
    services.move(thing=part, up=request.POST.get("direction") == "up", by=request.user)
    return redirect(_back_to(plan, kind, pk))


@edits
def plan_part_place(request: MemberRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Move an objective to another priority, or an action to another objective."""
    plan = _editable_plan(request, slug)
    part = _part(plan, kind, pk)
    if kind == "priority":
        raise Http404
    return _reasoned(
        request,
        form=PlaceForm(request.POST or None, plan=plan, thing=part),
        change=lambda **fields: services.place(thing=copy(part), by=request.user, **fields),
        told=f"{kind.capitalize()} {_name(part)} has been moved. Its number stays until you renumber the plan.",
        url=_back_to(plan, kind, pk),
        context=_page(plan, f"Move {kind} {_name(part)}", f"Move {kind}", explanation=_words(part)),
    )


@edits
def plan_part_archive(request: MemberRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Take a part of the plan, with all that stands under it, out of every list."""
    plan = _editable_plan(request, slug)
    part = _part(plan, kind, pk)
    below = {"priority": "The priority and every objective and action in it leave", "action": "The action leaves"}
    start = below.get(kind, "The objective and every action in it leave")
    return _reasoned(
        request,
        form=ReasonForm(request.POST or None, plan=plan),
        change=lambda **fields: services.archive(thing=part, by=request.user, **fields),
        told=f"{kind.capitalize()} {_name(part)} has been archived. It can be restored from the foot of this page.",
        url=reverse("plan_structure", args=[plan.slug]),
        context=_page(
            plan,
            f"Archive {kind} {_name(part)}",
            f"Archive {kind}",
            explanation=f"{_words(part)}\n\n{start} every list, dashboard and paper. Nothing is deleted, and it can be "
            "restored.",
            is_warning=True,
        ),
    )


@edits
def plan_part_restore(request: MemberRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Bring an archived part back with what was archived together with it."""
    plan = _editable_plan(request, slug)
    part = _part(plan, kind, pk)
    return _reasoned(
        request,
        form=ReasonForm(request.POST or None, plan=plan),
        change=lambda **fields: services.restore(thing=part, by=request.user, **fields),
        told=f"{kind.capitalize()} {_name(part)} has been restored.",
        url=_back_to(plan, kind, pk),
        context=_page(plan, f"Restore {kind} {_name(part)}", f"Restore {kind}", explanation=_words(part)),
    )


@edits
def plan_renumber(request: MemberRequest, slug: str) -> HttpResponse:
    """Number the whole plan from its order."""
    plan = _editable_plan(request, slug)
    return _reasoned(
        request,
        form=ReasonForm(request.POST or None, plan=plan),
        change=lambda **fields: services.renumber(plan=plan, by=request.user, **fields),
        told=f"{plan.title} has been renumbered.",
        url=reverse("plan_structure", args=[plan.slug]),
        context=_page(
            plan,
            "Renumber the plan",
            "Renumber",
            explanation="Priorities become 1, 2, 3, objectives 1.1, 1.2 and actions 1.1.1, 1.1.2, in the order they "
            "stand in now. Papers already issued keep the old numbers.",
        ),
    )


def _reasoned(
    request: MemberRequest,
    *,
    form: Any,
    change: Callable[..., Any],
    told: str,
    url: str,
    context: dict[str, Any],
) -> HttpResponse:
    """A change to the plan's build that needs a reason once the plan is active, and nothing else."""
    if request.method == "POST" and form.is_valid():
        try:
            change(**form.cleaned_data)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, told)
            return redirect(url)
    return render(request, "actions/edit.html", context | {"form": form})


def _page(plan: Plan, title: str, button: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "caption": plan.title,
        "button": button,
        "cancel_url": reverse("plan_structure", args=[plan.slug]),
        "crumbs": _crumbs(plan),
        **more,
    }


def _name(part: Any) -> str:
    return part.reference if isinstance(part, Action) else part.number


def _words(part: Any) -> str:
    return part.title if isinstance(part, Priority) else part.text

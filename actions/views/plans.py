"""The list of plans, one plan as its own table, and the pages that begin, edit and archive a plan."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from actions.builders import plan_table
from actions.forms.plans import PlanForm, ReasonForm
from actions.models import Action, Plan
from actions.permissions import can_edit_plan, can_edit_plans, can_run_rounds
from actions.services import plans as services
from actions.values import PlanStatus
from actions.views.shared import chosen_quarter, crumbs_to, edit_page, edits, initial, plan_or_404, show_refusal
from csp_tracker.models import User
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.rag import LightCounts
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require

ORDER = (PlanStatus.ACTIVE, PlanStatus.DRAFT, PlanStatus.CLOSED)


@require_safe
def plan_list(request: MemberRequest) -> HttpResponse:
    """The partnership's plans, each with its lights in its current quarter."""
    partnership, today = current_partnership(request), timezone.localdate()
    visible = Plan.objects.visible_to(request.user).filter(partnership=partnership)
    shown = Count("actions", filter=Q(actions__archived_at=None))
    plans = list(visible.filter(archived_at=None).with_open_quarter(today).annotate(number_of_actions=shown))
    plans.sort(key=lambda plan: ORDER.index(plan.status))  # the newest first within each
    may_edit = can_edit_plans(request.user, partnership)
    quarters = {plan.pk: plan.quarter_at(today) for plan in plans}
    counts = _lights(quarters)
    context = {
        "plans": [(plan, quarters[plan.pk], counts.get(plan.pk, LightCounts())) for plan in plans],
        "archived": list(visible.exclude(archived_at=None)) if may_edit else [],
        "can_edit": may_edit,
        "today": today,
    }
    return render(request, "actions/plans.html", context)


def _lights(quarters: dict[int, Quarter]) -> dict[int, LightCounts]:
    """The lights of each plan in its own quarter, by one query however many plans and quarters there are."""
    actions = Action.objects.open().filter(plan__in=quarters).with_light(quarters)
    return {key: found for (key,), found in actions.light_counts("plan").items()}


@require_safe
def plan_page(request: MemberRequest, slug: str) -> HttpResponse:
    """One plan as its own table, for the quarter of the address."""
    plan, today = plan_or_404(request, slug), timezone.localdate()
    quarter = chosen_quarter(request, plan, today)
    begun = [one for one in plan.quarters if one <= max(quarter, Quarter.containing(today))]
    table = plan_table(plan, quarter, today)
    of_quarter = f"plan={plan.slug}&quarter={quarter.code}"
    context = {
        "plan": plan,
        "quarter": quarter,
        "quarters": begun,
        "previous_quarter": quarter.previous if quarter.previous in begun else None,
        "next_quarter": quarter.next if quarter.next in begun else None,
        "table": table,
        "counts": table.counts,
        "as_at": min(today, quarter.ends_on),
        "can_edit": can_edit_plan(request.user, plan),
        "light_url": f"{reverse('actions')}?{of_quarter}&light=",
        "not_updated_url": f"{reverse('actions')}?{of_quarter}&not_updated=on",
        "unapproved_url": f"{reverse('actions')}?{of_quarter}&unapproved=on",
        "unapproved": sum(row.update["is_submitted"] for group in table.groups for row in group.rows if row.update),
        "today": today,
        "crumbs": crumbs_to(plan)[:1],
    }
    context |= _neighbours(request.user, plan) | _rounds(request.user, plan, quarter)
    return render(request, "actions/plan.html", context)


def _neighbours(user: User, plan: Plan) -> dict[str, Any]:
    """The plan this one follows and those that follow it, as far as the reader may see them: one query."""
    near = Q(pk=plan.previous_id) | Q(previous=plan.pk, archived_at=None)
    found = list(Plan.objects.visible_to(user).filter(near).order_by("starts_on", "pk"))
    return {
        "follows": next((one for one in found if one.pk == plan.previous_id), None),
        "followers": [one for one in found if one.previous_id == plan.pk],
    }


def _rounds(user: User, plan: Plan, quarter: Quarter) -> dict[str, Any]:
    """Whether the quarter is locked; for a manager the plan's rounds, and where the quarter is run or opened."""
    rounds = list(plan.rounds.select_related("locked_by").order_by("-quarter"))
    here = next((one for one in rounds if one.quarter == quarter), None)
    may_run = can_run_rounds(user, plan) and plan.status != PlanStatus.DRAFT
    round_url = ""
    if may_run and here is not None:
        round_url = reverse("round", args=[plan.slug, quarter])
    elif may_run and plan.status == PlanStatus.ACTIVE:
        round_url = reverse("round_open", args=[plan.slug])
    return {
        "is_locked": here is not None and here.locked_at is not None,
        "rounds": rounds if may_run else [],
        "round_url": round_url,
    }


@edits
def plan_new(request: MemberRequest) -> HttpResponse:
    """Begin a plan."""
    partnership = current_partnership(request)
    require(can_edit_plans(request.user, partnership))

    def save(**fields: Any) -> Plan:
        return services.create_plan(partnership=partnership, by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: PlanForm(data, partnership=partnership),
        save=save,
        saved=lambda plan: (
            f"{plan.title} has been created. Add its priorities now.",
            reverse("plan_structure", args=[plan.slug]),
        ),
        context={
            "title": "New plan",
            "button": "Create plan",
            "cancel_url": reverse("plans"),
            "crumbs": [("Plans", reverse("plans"))],
        },
    )


@edits
def plan_edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change what a plan says of itself, or confirm the period that was read from its words."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    filled = initial(PlanForm, plan)

    def save(**fields: Any) -> Plan:
        return services.change_plan(plan=copy(plan), by=request.user, **fields)

    def saved(changed: Plan) -> tuple[str, str]:
        if changed.previous_id is None or changed.previous_id == plan.previous_id:
            return f"{changed.title} has been saved.", changed.get_absolute_url()
        told = f"{changed.title} follows {changed.previous}. Say now what became of the actions of that plan."
        return told, reverse("plan_lineage", args=[changed.slug])

    return edit_page(
        request,
        make_form=lambda data: PlanForm(data, initial=filled, partnership=plan.partnership, plan=plan),
        save=save,
        saved=saved,
        context={
            "title": "Edit plan",
            "caption": plan.title,
            "button": "Save changes",
            "inferred": plan.period_is_inferred,
            "links": _about(plan),
            "cancel_url": plan.get_absolute_url(),
            "archive_url": reverse("plan_archive", args=[plan.slug]) if plan.archived_at is None else "",
            "archive_text": "Archive this plan",
            "crumbs": crumbs_to(plan),
        },
    )


def _about(plan: Plan) -> list[tuple[str, str]]:
    """Where more about the plan is changed than its form holds."""
    links = [(reverse("plan_wording", args=[plan.slug]), "Change the table’s headings and the key to the lights")]
    if plan.status == PlanStatus.DRAFT:
        links.append((reverse("plan_begin", args=[plan.slug]), "Check the plan and make it active"))
    if plan.previous is not None:
        links.append((reverse("plan_lineage", args=[plan.slug]), f"What became of {plan.previous}"))
    return links


@edits
def plan_archive(request: MemberRequest, slug: str) -> HttpResponse:
    """Take a whole plan out of every list; nothing is deleted."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    form = ReasonForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            services.archive(thing=plan, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{plan.title} has been archived. It can be restored from the foot of this page.")
            return redirect("plans")
    context = {
        "title": "Archive this plan",
        "caption": plan.title,
        "explanation": "The plan and everything in it leaves every list, dashboard and paper. Nothing is deleted, "
        "and it can be restored.",
        "button": "Archive plan",
        "is_warning": True,
        "cancel_url": plan.get_absolute_url(),
        "crumbs": crumbs_to(plan),
    }
    return render(request, "actions/edit.html", context | {"form": form})


@require_POST
def plan_restore(request: MemberRequest, slug: str) -> HttpResponse:
    """Bring an archived plan back with all that was archived with it."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    try:
        services.restore(thing=plan, reason=request.POST.get("reason", "").strip() or "Restored", by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, f"{plan.title} has been restored.")
    return redirect(plan)

"""The filtered list of actions, and the pages that add and edit one. Its own page is in `action`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.builders import light_of_last
from actions.carrying import year_in_words
from actions.filters import SORTS, ActionFilter
from actions.forms.actions import ActionForm
from actions.models import Action, CarryForward, Objective
from actions.permissions import can_edit_plan, can_edit_plans
from actions.rag import due_in_words, is_overdue
from actions.services import actions as services
from actions.values import ActionStatus, DatePrecision, TimescaleKind
from actions.views.shared import crumbs_to, edit_page, edits, initial, settle_on
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.rag import LightCounts
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require

ROWS_ON_A_PAGE = 50
#: What the light of a row is made of.
MADE_OF = ("last_rag", "last_quarter", "completed_on", "closed_on")
LISTED = (
    "pk", "plan_id", "reference", "text", "timescale", "timescale_kind", "due_on", "due_precision", "status",
    "lead_agency_id", "lead_text", *MADE_OF,
)  # fmt: skip

#: How many characters of a long text a row shows.
SHOWN = {"text": 180, "timescale": 60, "lead_text": 60}


class Counted(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, *args: Any, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count


@require_safe
def action_list(request: MemberRequest) -> HttpResponse:
    """Actions as the address asks for them: filters, order and page are all in its query string."""
    partnership, today = current_partnership(request), timezone.localdate()
    found = ActionFilter(request.GET, partnership=partnership, user=request.user, today=today)
    counts = _counts(found)
    sort = request.GET.get("sort", "")
    ordered = found.qs.order_by(*SORTS.get(sort, SORTS["reference"]))
    rows = ordered.values(*LISTED, officer=F("lead_officer__name"), **_years_carried(found))
    page = Counted(rows, ROWS_ON_A_PAGE, count=counts.total).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "page_obj": page,
        "rows": list(_listed(page.object_list, found)),
        "counts": counts,
        "quarter": found.quarter,
        "as_at": min(today, found.quarter.ends_on) if found.quarter else today,
        "has_several_plans": found.has_several_plans,
        "has_plans": bool(found.choices.plans),
        "is_filtered": any(value for name, value in request.GET.items() if name not in ("page", "sort", "partnership")),
        "can_edit": can_edit_plans(request.user, partnership),
    }
    return render(request, "actions/actions.html", context)


def _years_carried(found: ActionFilter) -> dict[str, Any]:
    """Which year its plan is for an action, where the list is about what has been carried forward."""
    if not found.form.is_valid() or not found.form.cleaned_data["carried"]:
        return {}
    carried = CarryForward.objects.filter(to_action=OuterRef("pk")).order_by("-to_year")
    return {"to_year": Subquery(carried.values("to_year")[:1])}


def _listed(rows: Iterable[dict[str, Any]], found: ActionFilter) -> Iterator[dict[str, Any]]:
    """The rows with where they lead and what their cells say."""
    before, _, after = reverse("action", args=[0]).rpartition("0")  # once, not for every row
    titles, agencies = found.choices.titles, found.choices.called  # read already
    for row in rows:
        row["url"], row["plan_title"] = f"{before}{row['pk']}{after}", titles[row["plan_id"]]
        row["agency"] = agencies.get(row["lead_agency_id"])
        yield _in_words(row, found.quarter_of(row["plan_id"]), found.today)


def _in_words(row: dict[str, Any], quarter: Quarter, today: date) -> dict[str, Any]:
    status = ActionStatus(row["status"])
    row["is_overdue"] = is_overdue(
        today=today,
        quarter=quarter,
        kind=TimescaleKind(row["timescale_kind"]),
        due_on=row["due_on"],
        status=status,
        completed_on=row["completed_on"],
        closed_on=row["closed_on"],
    )
    due = due_in_words(row["due_on"], DatePrecision(row["due_precision"])) if row["due_on"] else ""
    row["light"], row["is_updated"] = light_of_last(row, quarter)
    row["carried"] = f"In its {year_in_words(row['to_year'])}" if row.get("to_year") else ""
    for name, most in SHOWN.items():
        if len(row[name]) > most:  # here, since the template's filter takes longer than the row's query
            row[name] = f"{row[name][: most - 1].rstrip()}…"
    row["due"] = due.removeprefix("by ").replace("the end of", "end of") or row["timescale"]
    row["ended"] = status.label if status is ActionStatus.PAUSED or not status.is_open else ""
    agency, officer = row["agency"], row["officer"]
    row["lead"], row["person"] = agency or officer or row["lead_text"], agency and officer
    return row


def _counts(found: ActionFilter) -> LightCounts:
    """The lights of all actions found, asked for once for all that stand alike."""
    alike = found.qs.order_by().values("plan_id", *MADE_OF).annotate(number=Count("pk"))
    numbers: Counter[str] = Counter()
    for row in alike:
        light, is_updated = light_of_last(row, found.quarter_of(row["plan_id"]))
        numbers[light.value] += row["number"]
        numbers["not_updated"] += 0 if is_updated else row["number"]
    return LightCounts(**numbers)


@edits
def action_new(request: MemberRequest) -> HttpResponse:
    """Add an action at the end of the objective named in the address."""
    key = request.GET.get("objective", "")
    if not (key.isascii() and key.isdecimal()):
        raise Http404
    objectives = Objective.objects.visible_to(request.user).select_related("priority__plan__partnership")
    objective = get_object_or_404(objectives, pk=key)
    plan = objective.priority.plan
    settle_on(request, plan.partnership)
    require(can_edit_plan(request.user, plan))

    def save(**fields: Any) -> Action:
        return services.add_action(objective=objective, by=request.user, **fields)

    structure = reverse("plan_structure", args=[plan.slug])
    return edit_page(
        request,
        make_form=lambda data: ActionForm(data, plan=plan),
        save=save,
        saved=lambda action: (
            f"Action {action.reference} has been added.",
            f"{structure}#action-{action.pk}",
        ),
        context={
            "title": "Add an action",
            "caption": f"Objective {objective}",
            "button": "Add action",
            "cancel_url": f"{structure}#objective-{objective.pk}",
            "crumbs": crumbs_to(plan, ("Structure", structure)),
        },
    )


@edits
def action_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change everything the plan says about an action; of two savers the second sees both texts."""
    actions = Action.objects.visible_to(request.user).select_related("plan__partnership", "lead_officer", "lead_agency")
    action = get_object_or_404(actions, pk=pk)
    settle_on(request, action.plan.partnership)
    require(can_edit_plan(request.user, action.plan))
    filled = initial(ActionForm, action)

    def save(**fields: Any) -> Action:
        return services.change_action(action=copy(action), by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: ActionForm(data, initial=filled, plan=action.plan, thing=action),
        save=save,
        saved=lambda changed: (f"Action {changed.reference} has been saved.", changed.get_absolute_url()),
        context={
            "title": f"Edit action {action.reference}",
            "caption": action.plan.title,
            "button": "Save changes",
            "cancel_url": action.get_absolute_url(),
            "archive_url": reverse("plan_part_archive", args=[action.plan.slug, "action", action.pk])
            if action.archived_at is None
            else "",
            "archive_text": "Archive this action",
            "crumbs": crumbs_to(action.plan, (f"Action {action.reference}", action.get_absolute_url())),
        },
    )

"""The page on which a plan's own words are changed: its headings, their order, and its key to the lights."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from actions.forms.wording import WordingForm, columns_shown
from actions.models import Plan
from actions.permissions import can_edit_plan
from actions.services.wording import change_wording
from actions.views.shared import crumbs_to, edits, plan_or_404, show_refusal
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict

OVERTAKEN = (
    "Somebody else changed the plan while you were working. Nothing of yours has been saved yet: save again to keep it."
)


@edits
def plan_wording(request: MemberRequest, slug: str) -> HttpResponse:
    """The columns of the plan's table and the words of its key."""
    plan = plan_or_404(request, slug)
    require(can_edit_plan(request.user, plan))
    form, status = WordingForm(request.POST if request.method == "POST" else None, plan=plan), 200
    if form.is_valid():
        try:
            _save(plan, form, request)
        except Conflict as conflict:
            again = request.POST.copy()
            again["version"] = str(conflict.theirs.version)  # type: ignore[attr-defined]
            form, status = WordingForm(again, plan=plan), 409
            form.add_error(None, OVERTAKEN)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"The words of {plan.title} have been saved.")
            return redirect(plan)
    edit_url = reverse("plan_edit", args=[plan.slug])
    context = {
        "plan": plan,
        "form": form,
        "crumbs": crumbs_to(plan, ("Edit plan", edit_url), ("Headings and key", "")),
    }
    return render(request, "actions/wording.html", context, status=status)


def _save(plan: Plan, form: WordingForm, request: MemberRequest) -> None:
    said = dict(form.cleaned_data)
    shown = [{"heading": one["heading"], "meaning": one["meaning"]} for one in said["columns"]]
    if not plan.columns and shown == columns_shown(plan):
        said["columns"] = []  # it goes on with the usual ones
    change_wording(plan=copy(plan), by=request.user, **said)

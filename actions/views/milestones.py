"""Pages on which an action gets milestones, and on which they are changed; and what a review shows of them."""

from copy import copy
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from actions.forms.milestones import MilestoneForm
from actions.forms.plans import ReasonForm
from actions.models import Action, Milestone, ProgressUpdate
from actions.permissions import can_keep_milestones
from actions.rag import judged_on
from actions.services import milestones as services
from actions.views.shared import crumbs_to, edit_page, edits, initial, settle_on
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require


def _action(request: MemberRequest, pk: int) -> Action:
    """The action, for those who keep its milestones."""
    actions = Action.objects.visible_to(request.user).select_related("plan__partnership")
    action = get_object_or_404(actions, pk=pk)
    settle_on(request, action.plan.partnership)
    require(can_keep_milestones(request.user, action))
    return action


def _milestone(action: Action, pk: int) -> Milestone:
    """The milestone of this very action, in the plan or taken out of it."""
    milestone = get_object_or_404(action.milestones, pk=pk)
    milestone.action = action
    return milestone


@edits
def milestone_new(request: MemberRequest, pk: int) -> HttpResponse:
    """Add a milestone."""
    action = _action(request, pk)

    def save(**fields: Any) -> Milestone:
        return services.add_milestone(action=action, by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: MilestoneForm(data, plan=action.plan, today=timezone.localdate()),
        save=save,
        saved=lambda _: (f"A milestone of action {action.reference} has been added.", _back_to(action)),
        context=_page(action, "Add a milestone", "Add milestone"),
    )


@edits
def milestone_edit(request: MemberRequest, pk: int, milestone_pk: int) -> HttpResponse:
    """Change a milestone's words or days; of two savers the second sees both texts."""
    action = _action(request, pk)
    milestone = _milestone(action, milestone_pk)
    today = timezone.localdate()
    filled = initial(MilestoneForm, milestone)

    def save(**fields: Any) -> Milestone:
        return services.change_milestone(milestone=copy(milestone), today=today, by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: MilestoneForm(data, initial=filled, plan=action.plan, today=today, thing=milestone),
        save=save,
        saved=lambda _: (f"The milestone of action {action.reference} has been saved.", _back_to(action)),
        context=_page(
            action,
            "Edit a milestone",
            "Save changes",
            archive_url=reverse("milestone_archive", args=[action.pk, milestone.pk])
            if milestone.archived_at is None
            else "",
            archive_text="Take this milestone out of the plan",
        ),
    )


@edits
def milestone_archive(request: MemberRequest, pk: int, milestone_pk: int) -> HttpResponse:
    """Take a milestone out of the plan."""
    action = _action(request, pk)
    milestone = _milestone(action, milestone_pk)
    words = "Nothing is judged by it any more. It is not deleted, and can be put back from the page of the action."
    return edit_page(
        request,
        make_form=lambda data: ReasonForm(data, plan=action.plan),
        save=lambda **fields: services.archive_milestone(milestone=milestone, by=request.user, **fields),
        saved=lambda _: ("The milestone has been taken out of the plan.", _back_to(action)),
        context=_page(
            action,
            "Take a milestone out of the plan",
            "Take it out",
            explanation=f"{milestone.text}\n\n{words}",
            is_warning=True,
        ),
    )


@edits
def milestone_restore(request: MemberRequest, pk: int, milestone_pk: int) -> HttpResponse:
    """Put a milestone back."""
    action = _action(request, pk)
    milestone = _milestone(action, milestone_pk)
    return edit_page(
        request,
        make_form=lambda data: ReasonForm(data, plan=action.plan),
        save=lambda **fields: services.restore_milestone(milestone=milestone, by=request.user, **fields),
        saved=lambda _: ("The milestone has been put back.", _back_to(action)),
        context=_page(action, "Put a milestone back", "Put it back", explanation=milestone.text),
    )


def milestones_since(action: Action, last: ProgressUpdate | None, quarter: Quarter, today: date) -> dict[str, Any]:
    """What a review shows: those reached since the last update's quarter, those overdue, and how many there are.

    The action is one of `with_milestones`; nothing is read where it has none.
    """
    found = list(action.milestones.filter(archived_at=None)) if action.has_milestones else []  # type: ignore[attr-defined]
    day, before = judged_on(today, quarter), last.quarter.ends_on if last else quarter.previous.ends_on
    reached = [one for one in found if one.done_on is not None]
    return {
        "milestones": found,
        "milestones_reached": [one for one in reached if one.done_on and one.done_on > before],
        "milestones_overdue": [one for one in found if one not in reached and one.step.is_overdue(day)],
        "number_reached": len(reached),
    }


def _back_to(action: Action) -> str:
    return f"{action.get_absolute_url()}#milestones"


def _page(action: Action, title: str, button: str, **more: Any) -> dict[str, Any]:
    return {
        "title": title,
        "caption": f"Action {action.reference} {action.text}",
        "button": button,
        "cancel_url": _back_to(action),
        "crumbs": crumbs_to(action.plan, (f"Action {action.reference}", action.get_absolute_url()), (title, "")),
        **more,
    }

"""A quarter is closed on one page, and opened again for one action and one person on another."""

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from actions.forms.rounds import LockForm, UnlockForm
from actions.models import Action, Round
from actions.permissions import can_run_rounds
from actions.services import rounds as services
from actions.views.rounds.shared import crumbs_to_round, managed_round, round_url
from actions.views.rounds.standing import Standing
from actions.views.shared import crumbs_to, edit_page, edits, settle_on
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict

USUAL_LEAVE = timedelta(days=7)


@edits
def round_lock(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Say in words how the round stands, and lock it where the person is sure."""
    round_ = managed_round(request, slug, quarter)
    if round_.locked_at is not None:
        return _locked_before(request, round_)
    form = LockForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            locked = services.lock_round(
                round=round_,
                version=form.cleaned_data["version"],
                by=request.user,
                now=timezone.now(),
                is_as_read=lambda: Standing(round_).fingerprint == seen,
            )
        except services.AlreadyLocked:
            round_.refresh_from_db()
            return _locked_before(request, round_)
        except Conflict as conflict:
            round_, status = cast(Round, conflict.theirs), 409
        else:
            messages.success(request, f"{locked.quarter} has been locked. Its words and lights no longer change.")
            return redirect(round_url(round_))
    standing = Standing(round_)
    if request.method != "POST" or status == 409:
        form = LockForm(initial={"version": round_.version, "seen": standing.fingerprint})
    context = {
        "round": round_,
        "plan": round_.plan,
        "quarter": quarter,
        "standing": standing,
        "form": form,
        "is_changed": status == 409,
        "is_early": timezone.localdate() <= round_.due_on,
        "crumbs": crumbs_to_round(round_, ("Lock the quarter", "")),
    }
    return render(request, "actions/rounds/lock.html", context, status=status)


def _locked_before(request: MemberRequest, round_: Round) -> HttpResponse:
    """To the round, which says who locked it and when."""
    if request.method == "POST":
        messages.info(request, f"{round_.quarter} had been locked already. Nothing more has been changed.")
    return redirect(round_url(round_))


@edits
def action_unlock(request: MemberRequest, pk: int, quarter: Quarter) -> HttpResponse:
    """Let one person change one action's update of the quarter again, until a day and for a reason."""
    actions = Action.objects.visible_to(request.user).select_related("plan__partnership", "lead_officer")
    action = get_object_or_404(actions, pk=pk)
    plan, today = action.plan, timezone.localdate()
    settle_on(request, plan.partnership)
    require(can_run_rounds(request.user, plan))
    if not plan.first_quarter <= quarter <= plan.last_quarter:
        raise Http404
    round_ = plan.rounds.select_related("plan").filter(quarter=quarter).first()
    back = round_url(round_) if round_ else action.get_absolute_url()
    initial = {"person": action.lead_officer_id, "until": today + USUAL_LEAVE}
    way = crumbs_to_round(round_, ("Unlock", "")) if round_ else crumbs_to(plan, ("Unlock", ""))
    return edit_page(
        request,
        make_form=lambda data: UnlockForm(data, action=action, today=today, initial=initial),
        save=lambda **fields: services.unlock(action=action, quarter=quarter, by=request.user, **fields),
        saved=lambda opened: (
            f"{opened.person} may change the update of action {action.reference} for {quarter} "
            f"until the end of {opened.until:%-d %B %Y}.",
            back,
        ),
        context={
            "title": f"Unlock action {action.reference} for {quarter}",
            "caption": action.text,
            "explanation": "One person may change this one update, although the quarter is locked or the update "
            "approved. What they submit is approved again as any other.",
            "button": "Unlock",
            "cancel_url": back,
            "crumbs": way,
        },
    )

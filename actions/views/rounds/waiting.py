"""Everything that waits for approval: greens that have not changed, many at once, and the others in a list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from actions.models import ProgressUpdate, Round, Unlock
from actions.services import updates as services
from actions.services.pointing import pointed_out
from actions.values import UpdateState
from actions.views.rounds.shared import crumbs_to_round, managed_round, round_url
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.requests import MemberRequest

ORDER = (
    "action__objective__priority__position",
    "action__objective__position",
    "action__position",
    "action",
)
#: Longer numbers are nobody's key or version; a database or Python itself refuses them.
MOST_DIGITS = 19


@dataclass
class Waiting:
    """One update that waits, and why it may or may not be approved together with others."""

    update: ProgressUpdate
    pointed: list[str]
    is_own: bool
    is_unchanged_green: bool


def of_round(round_: Round) -> Any:
    """The quarter's updates of actions still in the plan, in its order."""
    updates = ProgressUpdate.objects.filter(
        action__plan=round_.plan_id, quarter=round_.quarter, action__archived_at__isnull=True
    )
    return updates.order_by(*ORDER)


def to_review(round_: Round) -> Any:
    """What waits for approval: after locking, only what was written after an unlock."""
    waiting = of_round(round_).filter(state=UpdateState.SUBMITTED)
    if round_.locked_at is None:
        return waiting
    return waiting.filter(Exists(Unlock.objects.filter(action=OuterRef("action"), quarter=round_.quarter)))


def _waiting(round_: Round, user: User) -> list[Waiting]:
    """What waits for approval in the plan's order: six queries."""
    people = ("action__lead_officer", "submitted_by", "edited_by")
    updates = list(to_review(round_).select_related("action__lead_agency", *people))
    pointed = pointed_out(updates, round_.quarter)
    actions = [update.action_id for update in updates]
    before = ProgressUpdate.objects.counted().filter(action__in=actions, quarter=round_.quarter.previous)
    greens = set(before.filter(rag=RAG.GREEN).values_list("action", flat=True))
    return [
        Waiting(
            update,
            pointed[update.pk],
            is_own := update.submitted_by_id == user.pk,
            not is_own and not pointed[update.pk] and update.rag == RAG.GREEN and update.action_id in greens,
        )
        for update in updates
    ]


@require_safe
def round_review(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Everything that waits: unchanged greens to be approved together, and the others one by one."""
    round_ = managed_round(request, slug, quarter)
    waiting = _waiting(round_, request.user)
    context = {
        "round": round_,
        "plan": round_.plan,
        "quarter": quarter,
        "greens": [one for one in waiting if one.is_unchanged_green],
        "others": [one for one in waiting if not one.is_unchanged_green],
        "waiting": waiting,
        "first": next((one for one in waiting if not one.is_own), None),
        "crumbs": crumbs_to_round(round_, ("Review", "")),
    }
    return render(request, "actions/rounds/review.html", context)


@require_POST
def round_approve(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Approve the ticked updates, each as it was shown; what has changed meanwhile still waits, and is named."""
    round_, now = managed_round(request, slug, quarter), timezone.now()
    seen = dict(value.partition(".")[::2] for value in request.POST.getlist("seen"))
    ticked = [key for key in request.POST.getlist("updates") if key in seen and _number(key)]
    own = ProgressUpdate.objects.filter(state=UpdateState.APPROVED, approved_by=request.user)
    approved, there_already, left = 0, 0, []
    for update in of_round(round_).filter(pk__in=ticked).select_related("action__plan"):
        version = seen[str(update.pk)]
        if update.state == UpdateState.APPROVED and update.approved_by_id == request.user.pk:
            there_already += 1
            continue
        try:
            services.approve(update=update, version=_number(version), by=request.user, now=now)
        except ValidationError:
            if own.filter(pk=update.pk).exists():  # in this very moment, by a double click
                there_already += 1
            else:
                left.append(update.action.reference)
        else:
            approved += 1
    _say(request, approved, there_already, left)
    return redirect(round_url(round_, "round_review"))


def _number(typed: str) -> int:
    """The number a page has sent; 0, which nothing has, for what none of our pages sends."""
    return int(typed) if typed.isdecimal() and len(typed) < MOST_DIGITS else 0


def _say(request: MemberRequest, approved: int, there_already: int, left: list[str]) -> None:
    if approved:
        messages.success(request, f"{_updates(approved)} approved.")
    if there_already:
        messages.info(request, f"You had approved {_updates(there_already)} already.")
    if left:
        messages.warning(request, f"Not approved, because somebody changed them meanwhile: {', '.join(left)}.")
    if not (approved or there_already or left):
        messages.warning(request, "Nothing was ticked, so nothing has been approved.")


def _updates(number: int) -> str:
    return f"{number} update{'' if number == 1 else 's'}"

"""Everything that waits for approval: greens that have not changed, many at once, and the others in a list."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from actions.models import DueDateChange, ProgressUpdate, Round, Unlock
from actions.services import updates as services
from actions.services.pointing import pointed_out
from actions.services.refusals import NobodyApprovesOwnLight
from actions.services.rewording import Reworded, changes
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
    last: ProgressUpdate | None
    changed: list[Reworded] = field(default_factory=list)
    moves: list[DueDateChange] = field(default_factory=list)

    @property
    def is_green_as_before(self) -> bool:
        """Whether it may be approved together with others: green in both quarters, and nothing is pointed out."""
        if self.is_own or self.pointed or self.last is None:
            return False
        return self.update.rag == self.last.rag == RAG.GREEN

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing is new to who read the update before: neither words nor dates."""
        return not (self.changed or self.moves)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The words that stand as before, with what is said before them."""
        marked = {one.label for one in self.changed}
        texts = (("Progress", self.update.progress), ("Work needed", self.update.work_needed))
        return [(label, words) for label, words in texts if words and label not in marked]


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
    """What waits for approval in the plan's order: seven queries."""
    people = ("action__lead_officer", "submitted_by", "edited_by")
    updates = list(to_review(round_).select_related("action__lead_agency", *people))
    pointed = pointed_out(updates, round_.quarter)
    actions = [update.action_id for update in updates]
    before = ProgressUpdate.objects.counted().filter(action__in=actions, quarter=round_.quarter.previous)
    last = {update.action_id: update for update in before}
    waiting = [
        Waiting(update, pointed[update.pk], update.submitted_by_id == user.pk, last.get(update.action_id))
        for update in updates
    ]
    _compare(waiting)
    return waiting


def _compare(waiting: list[Waiting]) -> None:
    """Say of each green what has changed since the update before: its words, and the day the action is due."""
    of_action = {one.update.action_id: one for one in waiting}
    for move in DueDateChange.objects.filter(action__in=of_action):
        one = of_action[move.action_id]
        if one.last and one.last.submitted_at and move.changed_at > one.last.submitted_at:
            one.moves.append(move)
    for one in waiting:
        if one.is_green_as_before:
            one.changed = list(changes(one.last, one.update))


@require_safe
def round_review(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Everything that waits: greens to be approved together, ticked where unchanged, and the others one by one."""
    round_ = managed_round(request, slug, quarter)
    waiting = _waiting(round_, request.user)
    context = {
        "round": round_,
        "plan": round_.plan,
        "quarter": quarter,
        "greens": (greens := [one for one in waiting if one.is_green_as_before]),
        "ticked": sum(one.is_unchanged for one in greens),
        "others": [one for one in waiting if not one.is_green_as_before],
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
        except NobodyApprovesOwnLight as refusal:
            messages.warning(request, f"Action {update.action.reference}: {refusal.messages[0]}")
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

"""What waits for approval, one update after another: what changed, what deserves a second look, and the decision."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from actions.builders import plan_words
from actions.comparison import compare_words
from actions.forms.figures import boxes_for, describe
from actions.forms.rounds import ApproveForm, ReturnForm
from actions.models import Comment, ProgressUpdate, Round
from actions.rag import due_in_words, travel
from actions.services import updates as services
from actions.services.figures import indicators_of
from actions.services.mailing import who_gets_returned
from actions.services.pointing import pointed_out
from actions.services.rewording import rewordings
from actions.values import COUNTED_STATES, DatePrecision, UpdateState
from actions.views.evidence import any_evidence, evidence_of
from actions.views.milestones import milestones_since
from actions.views.rounds.shared import crumbs_to_round, managed_round, round_url
from actions.views.rounds.waiting import of_round, to_review
from actions.views.shared import edits
from csp_tracker.models import Membership, User
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.requests import MemberRequest
from csp_tracker.writing import Conflict, Gone
from indicators.services.rules import rules_of

PEOPLE = ("drafted_by", "submitted_by", "edited_by", "returned_by", "approved_by")
#: What is said of an update that is dealt with already, by its state.
DONE = {UpdateState.APPROVED: "approved", UpdateState.RETURNED: "returned"}
COMPARED = (("progress", "Progress"), ("work_needed", "Work needed"), ("back_on_track", "To bring it back on track"))


@edits
def round_review_one(request: MemberRequest, slug: str, quarter: Quarter, pk: int) -> HttpResponse:
    """One update with what changed since last quarter; approve it or return it, and on to the next."""
    round_ = managed_round(request, slug, quarter)
    actions = round_.plan.actions.open().with_milestones().annotate(has_evidence=any_evidence(quarter))
    action = get_object_or_404(actions.select_related("lead_agency", "lead_officer"), pk=pk)
    update = get_object_or_404(action.updates.select_related(*PEOPLE), quarter=quarter)
    action.plan, update.action = round_.plan, action
    page = ReviewPage(request, round_, update)
    return page.decide(timezone.now()) if request.method == "POST" else page.show()


class ReviewPage:
    """The page of one update for one request."""

    def __init__(self, request: MemberRequest, round_: Round, update: ProgressUpdate) -> None:
        self.request, self.round, self.update = request, round_, update
        self.user, self.action, self.quarter = request.user, update.action, round_.quarter

    @property
    def is_own(self) -> bool:
        """Whether the reader is the author, who approves nothing of their own."""
        return self.update.submitted_by_id == self.user.pk

    def decide(self, now: datetime) -> HttpResponse:
        """Approve or return the version that was read, and go on to the next."""
        returns = self.request.POST.get("decision") == "return"
        return_form = ReturnForm(self.request.POST) if returns else None
        form = return_form or ApproveForm(self.request.POST)
        if not form.is_valid():
            return self.show(return_form=return_form)
        version = form.cleaned_data["version"]
        if (done := self._done_before(version, returns)) is not None:
            return done
        try:
            if returns:
                services.return_update(
                    update=self.update, version=version, words=form.cleaned_data["words"], by=self.user, now=now
                )
            else:
                services.approve(update=self.update, version=version, by=self.user, now=now)
        except (Conflict, services.NotSubmitted):
            self.update.refresh_from_db()
            return self._done_before(version, returns) or self._too_late(return_form)
        except Gone as gone:
            messages.warning(self.request, " ".join(gone.messages))
            return redirect(round_url(self.round))
        except ValidationError as error:
            return self.show(refusal=" ".join(error.messages), status=409, return_form=return_form)
        if returns:
            self._say_returned()
        else:
            messages.success(self.request, f"Action {self.action.reference}: approved.")
        return self._go_on()

    def _say_returned(self) -> None:
        """Who was told of it; where nobody was, how somebody can be asked at all."""
        told, author = who_gets_returned(self.update, self.action), self.update.submitted_by
        start = f"Action {self.action.reference}: returned"
        if told is not None and told == author:
            messages.success(self.request, f"{start} to its author.")
        elif told is not None:
            messages.success(self.request, f"{start}. {told} gets your words by email, because {author} has left.")
        else:
            words = f"{start}, but nobody could be told: its author has left and no lead officer here gets it."
            link = '<a class="govuk-notification-banner__link" href="{}">{}</a>'
            assign = reverse("plan_assign", args=[self.round.plan.slug])
            said = format_html(f"{{}} {link}", words, assign, "Assign it to somebody")
            messages.warning(self.request, said)

    def _done_before(self, version: int, returns: bool) -> HttpResponse | None:
        """On to the next, told that this very person did it before; None where they did not."""
        was_mine = self._is_done_by_me(version, returns)
        if not was_mine:
            return None
        messages.info(self.request, f"{was_mine} Nothing more has been changed.")
        return self._go_on()

    def _is_done_by_me(self, version: int, returns: bool) -> str:
        """What this very person did to the very version before: a double click, or back and again."""
        update = self.update
        if update.version != version + 1 or update.state not in DONE:
            return ""
        by, at = (update.returned_by_id, update.returned_at) if returns else (update.approved_by_id, update.approved_at)
        if by != self.user.pk or at is None or (update.state == UpdateState.RETURNED) != returns:
            return ""
        return f"You {DONE[UpdateState(update.state)]} the update of action {self.action.reference} already."

    def _too_late(self, return_form: ReturnForm | None) -> HttpResponse:
        """What the first of two did, with the update as it stands now."""
        update = self.update
        words = "It has changed since you opened this page."
        if update.state == UpdateState.APPROVED and update.approved_by and update.approved_at:
            words = f"{update.approved_by} approved it {_when(update.approved_at)}."
        elif update.state == UpdateState.RETURNED and update.returned_by and update.returned_at:
            words = f"{update.returned_by} returned it {_when(update.returned_at)}."
        elif (saved := update.history.select_related("history_user").first()) is not None:
            words = f"{saved.history_user} changed it {_when(saved.history_date)}."
        typed = None
        if return_form:
            data = self.request.POST.copy()
            data["version"] = str(update.version)
            typed = ReturnForm(data)
        return self.show(refusal=f"{words} Nothing of yours has been done.", status=409, return_form=typed)

    def _go_on(self) -> HttpResponse:
        following = self._next()
        if following is None:
            messages.info(self.request, "Nothing more waits for your approval.")
            return redirect(round_url(self.round))
        return redirect("round_review_one", self.round.plan.slug, self.quarter, following)

    def _places(self) -> list[tuple[int, int | None]]:
        """Action and author of everything that waits, and of this one, in the plan's order."""
        found = of_round(self.round).filter(pk=self.update.pk) | to_review(self.round)
        return list(found.values_list("action", "submitted_by"))

    def _next(self) -> int | None:
        """The next action whose update waits for this person, beginning again at the top."""
        places = self._places()
        here = next(place for place, (action, _) in enumerate(places) if action == self.action.pk)
        return next((action for action, by in places[here + 1 :] + places[:here] if by != self.user.pk), None)

    def show(self, *, refusal: str = "", status: int = 200, return_form: ReturnForm | None = None) -> HttpResponse:
        """The update beside last quarter's, what deserves a second look, and the two buttons."""
        update, quarter = self.update, self.quarter
        is_waiting = update.state == UpdateState.SUBMITTED
        last = self.action.updates.filter(quarter__lt=quarter, state__in=COUNTED_STATES).order_by("-quarter").first()
        places = self._places()
        numbers = [action for action, _ in places]
        is_open = self.round.locked_at is None or self.action.unlocks.filter(quarter=quarter).exists()
        may_decide = is_waiting and is_open and not self.is_own
        start = {"version": update.version}
        context = {
            "round": self.round,
            "plan": self.round.plan,
            "quarter": quarter,
            "action": self.action,
            "update": update,
            "last": last,
            "words": plan_words(self.round.plan),
            "compared": list(self._compared(last)),
            "travel": travel(RAG(update.rag), RAG(last.rag)) if last else None,
            **self._figures(),
            **milestones_since(self.action, last, quarter, timezone.localdate()),
            "due": self._due(),
            "moves": self._moves(last),
            "pointed": pointed_out([update], quarter)[update.pk],
            "edited": rewordings([update]).get(update.pk, []),
            "comments": self._comments(),
            "evidence": evidence_of(self.action, quarter) if self.action.has_evidence else [],  # type: ignore[attr-defined]
            "is_own": self.is_own,
            "others": self._others() if self.is_own and is_waiting else [],
            "is_waiting": is_waiting,
            "is_open": is_open,
            "may_write": is_waiting and is_open and self._may_write(),
            "approve_form": _approve_form(update.version) if may_decide else None,
            "return_form": (return_form or ReturnForm(initial=start | {"decision": "return"})) if may_decide else None,
            "form": return_form,
            "refusal": refusal,
            "place": numbers.index(self.action.pk) + 1,
            "number": len(numbers),
            "following": self._next(),
            "crumbs": crumbs_to_round(
                self.round, ("Review", round_url(self.round, "round_review")), (f"Action {self.action.reference}", "")
            ),
        }
        return render(self.request, "actions/rounds/review_one.html", context, status=status)

    def _may_write(self) -> bool:
        """Whether the reader can open the form of the update: in a locked quarter with leave of their own alone."""
        try:
            services.refuse_closed(
                action=self.action,
                quarter=self.quarter,
                update=self.update,
                round=self.round,
                by=self.user,
                today=timezone.localdate(),
            )
        except ValidationError:
            return False
        return True

    def _compared(self, last: ProgressUpdate | None) -> Iterable[dict[str, Any]]:
        """Each of the texts with what changed since the last counted update."""
        for name, label in COMPARED:
            now, before = getattr(self.update, name), getattr(last, name) if last else ""
            if now or before:
                yield {"label": label, "now": compare_words(before, now), "before": before}

    def _figures(self) -> dict[str, Any]:
        """The figures of the action's KPIs with last quarter's and the target, and the rules of their lights."""
        boxes = boxes_for(indicators_of(self.action), self.quarter)
        describe(boxes, self.quarter)
        for box in boxes:
            box.now_words = box.words_of(box.reading)  # type: ignore[attr-defined]
        return {"boxes": boxes, "rules": rules_of(box.rated for box in boxes if box.rated)}

    def _due(self) -> str:
        action = self.action
        return due_in_words(action.due_on, DatePrecision(action.due_precision)) if action.due_on else ""

    def _moves(self, last: ProgressUpdate | None) -> Any:
        """How the due date has moved since the last update, or since the quarter began."""
        since = last.submitted_at if last and last.submitted_at else None
        moves = self.action.due_date_changes.select_related("changed_by")
        return (
            moves.filter(changed_at__gt=since) if since else moves.filter(changed_at__date__gte=self.quarter.starts_on)
        )

    def _comments(self) -> QuerySet[Comment]:
        """What people have said beside the action for the quarter, the newest first."""
        said = self.action.comments.filter(quarter=self.quarter)
        return said.select_related("written_by", "agency").order_by("-written_at", "-pk")

    def _others(self) -> list[User]:
        """Who can approve what the reader wrote."""
        managers = Membership.objects.current().filter(partnership=self.round.plan.partnership_id, role=Role.MANAGER)
        found = managers.exclude(user=self.user).select_related("user").order_by("user__name")
        return [member.user for member in found]


def _approve_form(version: int) -> ApproveForm:
    """The button's own form, beside that of returning: no two fields of the page have the same id."""
    return ApproveForm(initial={"version": version, "decision": "approve"}, auto_id="approve_%s")


def _when(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"on {local:%-d %B %Y} at {local:%H:%M}"

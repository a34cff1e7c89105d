"""The list of rounds, the page on which one is opened, its dates, and the page of one round."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from actions.forms.rounds import RoundFilterForm, RoundForm
from actions.models import Action, Plan, ProgressUpdate, Round, Unlock
from actions.services import rounds as services
from actions.services.reminders import remind_now
from actions.values import COUNTED_STATES, OWES_NOTHING, PlanStatus, UpdateState
from actions.views.rounds.shared import crumbs_to_round, managed_plan, managed_round, round_url
from actions.views.rounds.standing import OWED, STATES, Line, Standing, choices_of, people_owing
from actions.views.shared import edit_page, edits
from csp_tracker.partnerships import current_partnership
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import Capability, may, require
from csp_tracker.writing import Conflict

#: A filter of its own: everything that has not been submitted, in whatever state.
NOT_SUBMITTED = "owed"
#: A round of no more actions than this is shown whole; a longer one begins with what still waits, for phones' sake.
SHOWN_WHOLE = 10

#: What a long round's page begins with, in words.
OPENING_WORDS = {
    NOT_SUBMITTED: "what has not been submitted yet",
    UpdateState.SUBMITTED.value: "what waits for approval",
}


class RoundThere(ValidationError):
    """Somebody opened the quarter first."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__({"quarter": f"{quarter} has a round already. It is in the list of rounds."})


@require_safe
def round_list(request: MemberRequest) -> HttpResponse:
    """The partnership's plans with their rounds: what is open, and where the next one is opened."""
    partnership, today = current_partnership(request), timezone.localdate()
    require(may(request.user, partnership, Capability.RUN_ROUNDS))
    plans = Plan.objects.visible_to(request.user).filter(partnership=partnership, archived_at=None)
    newest = _with_counts(Round.objects.select_related("locked_by")).order_by("-quarter")
    plans = plans.exclude(status=PlanStatus.DRAFT).order_by("status", "-starts_on", "title", "pk")
    context = {"plans": list(plans.prefetch_related(Prefetch("rounds", newest))), "today": today}
    return render(request, "actions/rounds/list.html", context)


def _with_counts(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Adds what the page of each round counts: `owed`, not submitted yet, and `waiting` for approval."""
    said = ProgressUpdate.objects.filter(action=OuterRef("pk"), quarter=OuterRef(OuterRef("quarter")))
    actions = Action.objects.open().filter(plan=OuterRef("plan")).order_by()
    of_round = actions.filter(~Q(status__in=OWES_NOTHING) | Exists(said))
    owing = of_round.exclude(Exists(said.filter(state__in=COUNTED_STATES)))
    waiting = actions.filter(Exists(said.filter(state=UpdateState.SUBMITTED)))
    number = Count("pk")
    return rounds.annotate(
        owed=Coalesce(Subquery(owing.values("plan").annotate(number=number).values("number")), 0),
        waiting=Coalesce(Subquery(waiting.values("plan").annotate(number=number).values("number")), 0),
    )


@edits
def round_open(request: MemberRequest, slug: str) -> HttpResponse:
    """Ask for a quarter's updates; quarter and dates are proposed from the round before."""
    plan, today = managed_plan(request, slug), timezone.localdate()
    previous = plan.rounds.order_by("-quarter").first()
    following = previous.quarter.next if previous else Quarter.last_ended(today)
    quarter = min(max(following, plan.first_quarter), plan.last_quarter)
    usual = previous or Round.objects.filter(plan=plan.previous_id).order_by("-quarter").first()
    proposed = services.proposed_dates(quarter, previous=usual, today=today)

    def save(**fields: Any) -> Round:
        try:
            return services.open_round(plan=plan, by=request.user, **fields)
        except Conflict:
            raise RoundThere(fields["quarter"]) from None

    return edit_page(
        request,
        make_form=lambda data: RoundForm(data, plan=plan, initial={"quarter": quarter} | vars(proposed)),
        save=save,
        saved=lambda opened: (f"The round for {opened.quarter} has been opened.", round_url(opened)),
        context={
            "title": "Open a round",
            "caption": plan.title,
            "explanation": _before_opening(plan, previous),
            "button": "Open round",
            "cancel_url": reverse("rounds"),
            "crumbs": [("Rounds", reverse("rounds"))],
        },
    )


def _before_opening(plan: Plan, previous: Round | None) -> str:
    if plan.status != PlanStatus.ACTIVE:
        return "A round can be opened once the plan is active."
    if previous is not None and previous.locked_at is None:
        return f"The round for {previous.quarter} is still open. Two may be open at the same time."
    return "Everybody who leads an action, or works for its lead agency, is asked for its update."


@edits
def round_dates(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Move the dates of a round that is open, with a reason."""
    round_ = managed_round(request, slug, quarter)
    filled = RoundForm.values_of(round_)

    def save(**fields: Any) -> Round:
        return services.change_dates(round=round_, by=request.user, **fields)

    return edit_page(
        request,
        make_form=lambda data: RoundForm(data, plan=round_.plan, round_=round_, initial=filled),
        save=save,
        saved=lambda _: (f"The dates of {quarter} have been changed.", round_url(round_)),
        context={
            "title": "Change the dates",
            "caption": f"{round_.plan.title}: {quarter}",
            "explanation": "The quarter is locked: its dates no longer change." if round_.locked_at else "",
            "button": "Save dates",
            "cancel_url": round_url(round_),
            "crumbs": crumbs_to_round(round_, ("Change the dates", "")),
        },
    )


@require_safe
def round_page(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Who has and has not updated, by agency and officer, and each action with its update."""
    round_, today = managed_round(request, slug, quarter), timezone.localdate()
    standing = Standing(round_)
    states = [(NOT_SUBMITTED, "Not submitted yet"), *STATES.items()]
    opens_with = "" if request.GET.keys() & RoundFilterForm.base_fields.keys() else _opens_with(standing)
    asked = {"state": opens_with} if opens_with else request.GET
    form = RoundFilterForm(asked, state=states, **choices_of(standing.lines))
    shown = [line for line in standing.lines if _is_asked(line, form.chosen)]
    is_asking = round_.locked_at is None and round_.opens_on <= today and quarter.starts_on <= today
    leaves = Unlock.objects.filter(action__plan=round_.plan_id, quarter=quarter).order_by("until", "pk")
    unlocks = list(leaves.select_related("action", "person"))
    reopened = {unlock.action_id for unlock in unlocks} if round_.locked_at else set()
    submitted = [line for line in standing.lines if line.state == UpdateState.SUBMITTED]
    context = {
        "round": round_,
        "plan": round_.plan,
        "quarter": quarter,
        "standing": standing,
        "states": STATES,
        "form": form,
        "shown": [] if form.errors else shown,
        "opens_with": OPENING_WORDS.get(opens_with, ""),
        "people": people_owing([] if form.errors else shown) if is_asking else [],
        "unlocks": [unlock for unlock in unlocks if unlock.until >= today],
        "reopened": reopened,
        "to_review": sum(not round_.locked_at or line.action.pk in reopened for line in submitted),
        "days_left": (round_.due_on - today).days,
        "has_opened": round_.opens_on <= today,
        "crumbs": crumbs_to_round(round_),
    }
    return render(request, "actions/rounds/round.html", context)


def _opens_with(standing: Standing) -> str:
    """The state by which a long round is filtered before anybody has asked for one; empty where it is shown whole."""
    if len(standing.lines) <= SHOWN_WHOLE:
        return ""
    return NOT_SUBMITTED if standing.owed else UpdateState.SUBMITTED.value if standing.waiting else ""


@require_POST
def round_remind(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Ask those who have not submitted, once a day at most: everybody, or the people the page has shown."""
    round_ = managed_round(request, slug, quarter)
    owing = people_owing(Standing(round_).lines)
    named = set(request.POST.getlist("people"))
    people = [person for person in owing if str(person.pk) in named]
    try:
        reminded = remind_now(round=round_, people=people, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        number = len({reminder.person_id for reminder in reminded})
        if number:
            messages.success(request, f"A reminder is on its way to {number} {'person' if number == 1 else 'people'}.")
        if reminded.left_out:
            left = "; ".join(f"{person} {why}" for person, why in reminded.left_out)
            messages.info(request, f"Not reminded: {left}.")
        elif not number:
            messages.info(request, "Nobody was reminded: everything has been submitted.")
    return redirect(round_url(round_))


def _is_asked(line: Line, chosen: dict[str, str]) -> bool:
    """Whether the filters of the page let the line through."""
    state = chosen.get("state")
    return (
        state in (None, line.state, NOT_SUBMITTED if line.state in OWED else None)
        and chosen.get("agency") in (None, str(line.agency.pk) if line.agency else "none")
        and chosen.get("officer") in (None, str(line.officer.pk) if line.officer else "none")
    )

"""What the pages of rounds share: the round of an address, and the way back to it."""

from django.shortcuts import get_object_or_404
from django.urls import reverse

from actions.models import Plan, Round
from actions.permissions import can_run_rounds
from actions.views.shared import plan_or_404, settle_on
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require


def managed_plan(request: MemberRequest, slug: str) -> Plan:
    """The plan of the address, for who runs its rounds."""
    plan = plan_or_404(request, slug)
    require(can_run_rounds(request.user, plan))
    return plan


def managed_round(request: MemberRequest, slug: str, quarter: Quarter) -> Round:
    """The round of the address, for who runs it."""
    rounds = Round.objects.visible_to(request.user).select_related("plan__partnership", "locked_by")
    round_ = get_object_or_404(rounds, plan__slug=slug, quarter=quarter)
    settle_on(request, round_.plan.partnership)
    require(can_run_rounds(request.user, round_.plan))
    return round_


def round_url(round_: Round, name: str = "round") -> str:
    """The address of the round's page, or of one that belongs to it."""
    return reverse(name, args=[round_.plan.slug, round_.quarter])


def crumbs_to_round(round_: Round, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way from the list of rounds to a page about this one."""
    here = f"{round_.plan.title}: {round_.quarter}"
    return [("Rounds", reverse("rounds")), (here, round_url(round_) if more else ""), *more]

"""The demonstration in the shape in which pages.csv is read: real plans, long words, every state."""

from typing import Any

from django.utils import timezone

from actions.importing.demonstration import load_demonstration
from actions.models import Action, Evidence, Milestone, Plan, Round
from actions.values import UpdateState
from csp_tracker.models import FileImport, Membership, Partnership
from csp_tracker.people import Role
from indicators.models import Indicator
from tests.builders import make_evidence, make_preview
from tests.world import World


class Demonstration(World):
    """The demonstration's partnership in the shape in which pages.csv is read."""

    def address(self, at: str) -> dict[str, Any]:
        """As in every world, but for the round that is open."""
        quarter = self[Plan].quarter_at(timezone.localdate())
        return super().address(at) | {"quarter": quarter, "code": quarter.previous.code}


def make_demonstration() -> Demonstration:
    today = timezone.localdate()
    list(load_demonstration(today=today))
    world = Demonstration(Partnership.objects.get(slug__contains="demonstration"))
    plan = world.partnership.plans.with_open_quarter(today).get()
    returned = Action.objects.get(plan=plan, updates__state=UpdateState.RETURNED, indicator_links__isnull=False)
    kpi = returned.indicators.first()
    first = returned.objective
    people = world.partnership.memberships.select_related("user")
    manager = people.filter(role=Role.MANAGER).order_by("pk").first().user
    world.rows = {
        Plan: plan,
        type(first.priority): first.priority,
        type(first): first,
        Action: returned,
        Indicator: kpi,
        type(kpi.baselines.model()): kpi.baselines.first() or make_baseline(kpi),
        Milestone: Milestone.objects.filter(action__plan=plan).first(),
        Evidence: returned.evidence.first() or make_evidence(returned, plan.quarter_at(today)),
        Round: plan.rounds.order_by("-quarter").first(),
        Membership: people.filter(role=Role.OFFICER).first(),
        FileImport: make_preview(world.partnership, by=manager),
    }
    world.archived = returned
    world.confirmed = make_preview(
        world.partnership, by=manager, state="confirmed", confirmed_by=manager, confirmed_at=timezone.now()
    )
    world.people = {
        "lead officer": returned.lead_officer,
        "done": people.exclude(user=returned.lead_officer).filter(role=Role.OFFICER).last().user,
        "manager": manager,
        "administrator": people.filter(is_administrator=True).first().user,
        "viewer": people.filter(role=Role.VIEWER).first().user,
    }
    return world


def make_baseline(kpi: Indicator) -> Any:
    return kpi.baselines.create(label="2023/24", value=100)

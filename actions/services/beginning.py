"""What is still to be seen to before a draft is made active and its first round is opened."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Exists, F, OuterRef, Q

from actions.models import Action, CarryForward, Plan
from actions.values import OWES_NOTHING
from csp_tracker.periods import FinancialYear
from indicators.models import Indicator, Target
from indicators.values import Polarity


@dataclass(frozen=True)
class Numbers:
    """How many actions a plan has, and how many of those that owe updates nobody would be asked about."""

    actions: int
    unled: int  # without a lead officer
    unasked: int  # without a lead agency either


class Beginning:
    """What a draft holds and lacks."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    @cached_property
    def numbers(self) -> Numbers:
        """The plan's actions, counted."""
        owing = ~Q(status__in=OWES_NOTHING)
        unled = owing & Q(lead_officer=None)
        found = (
            Action.objects.open()
            .filter(plan=self.plan)
            .aggregate(
                actions=Count("pk"),
                unled=Count("pk", filter=unled),
                unasked=Count("pk", filter=unled & Q(lead_agency=None)),
            )
        )
        return Numbers(**found)

    @cached_property
    def moved(self) -> list[str]:
        """The references of those whose due date moved on into the plan."""
        late = Action.objects.open().filter(plan=self.plan, original_due_on__lt=self.plan.starts_on)
        moved = late.filter(due_on__gt=F("original_due_on")).in_plan_order()
        return list(moved.values_list("reference", flat=True))

    @cached_property
    def left(self) -> list[tuple[str, str]]:
        """Who led actions in the plan before that nobody leads now, each with their references here."""
        rows = CarryForward.objects.filter(
            to_plan=self.plan,
            to_action__isnull=False,
            to_action__archived_at=None,
            to_action__lead_officer=None,
            from_action__lead_officer__isnull=False,
        )
        named: dict[str, list[str]] = {}
        for name, reference in rows.order_by("from_action__lead_officer__name", "to_action").values_list(
            "from_action__lead_officer__name", "to_action__reference"
        ):
            if reference not in named.setdefault(name, []):
                named[name].append(reference)
        return [(name, ", ".join(references)) for name, references in named.items()]

    @cached_property
    def without_target(self) -> list[Indicator]:
        """The plan's KPIs that have no target for its first year; those only watched need none."""
        year = FinancialYear.containing(self.plan.starts_on)
        aimed = Target.objects.filter(
            indicator=OuterRef("pk"), period_starts_on__gte=year.starts_on, period_starts_on__lte=self.plan.ends_on
        )
        used = Q(action_links__action__plan=self.plan, action_links__action__archived_at=None)
        used |= Q(priority_links__priority__plan=self.plan, priority_links__priority__archived_at=None)
        measured = Indicator.objects.filter(used, archived_at=None).exclude(polarity=Polarity.MONITOR)
        return list(measured.exclude(Exists(aimed)).order_by("reference", "pk").distinct())

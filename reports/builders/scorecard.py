"""The scorecard of a plan: every KPI of its actions and priorities once, how it stands in a quarter, what it serves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Value
from django.db.models.functions import Left

from actions.models import ActionIndicator, Plan, PriorityIndicator
from csp_tracker.periods import Quarter
from csp_tracker.rag import LightCounts
from indicators.models import Indicator
from indicators.querysets import IndicatorQuerySet
from indicators.services.standing import Standing, standings
from indicators.sparklines import Sparkline, sparkline
from indicators.values import Unit

#: How many characters of an action's text a scorecard shows.
LONGEST_WORDS = 120


class Served(NamedTuple):
    """An action or a whole priority that is judged by a KPI."""

    kind: str
    pk: int
    number: str
    words: str

    @property
    def is_action(self) -> bool:
        return self.kind == "action"


class _Link(NamedTuple):
    """One tie of a KPI to the plan: to a priority or to one of its actions, and where that stands."""

    indicator: int
    served: Served
    priority: int
    priority_in_words: str
    place: tuple[int, ...]


@dataclass(frozen=True)
class PlanKpis:
    """Which KPIs a plan has, in its own order, what each serves, and the priorities that have any."""

    serves: Mapping[int, tuple[Served, ...]]  # by KPI
    of_priority: Mapping[int, frozenset[int]]  # KPIs by priority
    priorities: Mapping[int, str]  # in words

    @property
    def queryset(self) -> IndicatorQuerySet:
        """The KPIs themselves."""
        return Indicator.objects.filter(pk__in=self.serves).for_listing()

    def in_order(self, indicators: Iterable[Indicator]) -> list[Indicator]:
        """Ours before those of context, each in the order of the plan."""
        place = {pk: number for number, pk in enumerate(self.serves)}
        return sorted(indicators, key=lambda one: (one.is_context, place[one.pk]))


@dataclass(frozen=True)
class Score:
    """One KPI of the scorecard."""

    standing: Standing
    serves: Sequence[Served]
    spark: Sparkline | None


def kpis_of(plan: Plan) -> PlanKpis:
    """The KPIs tied to what is in the plan, not to what was archived: one query. Archived KPIs are left out."""
    serves: dict[int, list[Served]] = {}
    of_priority: dict[int, set[int]] = {}
    priorities = {}
    for link in _links(plan):
        serves.setdefault(link.indicator, []).append(link.served)
        of_priority.setdefault(link.priority, set()).add(link.indicator)
        priorities[link.priority] = link.priority_in_words
    return PlanKpis(
        serves={key: tuple(served) for key, served in serves.items()},
        of_priority={key: frozenset(found) for key, found in of_priority.items()},
        priorities=priorities,
    )


def scores_of(plan: Plan, quarter: Quarter) -> list[Score]:
    """Every KPI of the plan as it stands in the quarter, in the scorecard's order."""
    kpis = kpis_of(plan)
    found = kpis.in_order(kpis.queryset)
    stood = standings(found, quarter)
    return [score_of(stood[one.pk], kpis) for one in found]


def score_of(standing: Standing, kpis: PlanKpis) -> Score:
    """How a KPI of the plan stands, with what it serves."""
    indicator = standing.indicator
    spark = sparkline(standing.line, unit=Unit(indicator.unit), decimals=indicator.decimals)
    return Score(standing, kpis.serves[indicator.pk], spark)


def counts_of(stood: Iterable[Standing]) -> LightCounts:
    """The measured lights, counted."""
    return LightCounts.from_pairs((one.light, True) for one in stood)


def _links(plan: Plan) -> list[_Link]:
    """Every tie of the plan to a KPI, a priority's before those of its actions, in the plan's order."""
    of_priorities = PriorityIndicator.objects.filter(
        priority__plan=plan, priority__archived_at=None, indicator__archived_at=None
    ).values_list(
        *("indicator", Value("priority"), "priority", "priority__number", Left("priority__title", LONGEST_WORDS)),
        *("priority", "priority__number", "priority__title"),
        *("priority__position", Value(-1), Value(-1), "position"),
    )
    of_actions = ActionIndicator.objects.filter(
        action__plan=plan, action__archived_at=None, indicator__archived_at=None
    ).values_list(
        *("indicator", Value("action"), "action", "action__reference", Left("action__text", LONGEST_WORDS)),
        *("action__objective__priority", "action__objective__priority__number", "action__objective__priority__title"),
        *("action__objective__priority__position", "action__objective__position", "action__position", "position"),
    )
    rows = of_priorities.order_by().union(of_actions.order_by(), all=True)
    found = [_Link(row[0], Served(*row[1:5]), row[5], f"{row[6]} {row[7]}".strip(), row[8:]) for row in rows]
    return sorted(found, key=lambda link: (*link.place, link.served.pk))

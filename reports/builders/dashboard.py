"""The manager's dashboard of one plan and quarter: counts that add up, and the exceptions by name."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

from actions.models import Action, Plan
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel
from reports.builders.lines import ActionLine, PriorityLights, lights_and_lines, total
from reports.builders.measured import KpiLights, kpi_lights

MOVES = (Travel.WORSENED, Travel.IMPROVED, Travel.NO_CHANGE, Travel.NEW, Travel.NOT_COMPARED)
#: How many lines of a long list the page shows: a few, since phones stack them. The rest is in the list of actions.
#: Reds are never cut.
SHOWN = 6
#: From which year on it is said that actions have been carried forward for long.
LONG = 3


@dataclass(frozen=True)
class Listed:
    """Some of the plan's actions: how many there are, and the first of them, which the page shows."""

    number: int
    shown: Sequence[ActionLine]

    @classmethod
    def of(cls, lines: Sequence[ActionLine], most: int = SHOWN) -> Self:
        """The first of the lines."""
        return cls(len(lines), lines[:most])

    @property
    def is_cut(self) -> bool:
        """Whether there are more than the page shows."""
        return self.number > len(self.shown)


@dataclass(frozen=True)
class Dashboard:
    """What a manager asks first: how many of which light, what moved, what is red and why, what is late or silent.

    `moves` has a number for every way a light can move, so that together they are all the plan's actions.
    """

    counts: LightCounts
    priorities: Sequence[PriorityLights]
    moves: dict[Travel, int]
    moved: Listed
    reds: Listed
    overdue: Listed
    silent: Listed
    differing: Listed
    unapproved: int
    unchanged: int
    long_carried: int
    kpis: KpiLights


def _long_carried(plan: Plan, user: User) -> int:
    """How many actions the plan is at least the third year for, as the list of actions counts them."""
    if plan.previous_id is None:
        return 0
    return Action.objects.visible_to(user).open().filter(plan=plan).carried_for(LONG).count()


def build(*, plan: Plan, quarter: Quarter, today: date, user: User) -> Dashboard:
    """The dashboard of the plan as it stood in the quarter, judged at the earlier of `today` and the quarter's end."""
    priorities, lines = lights_and_lines(plan=plan, quarter=quarter, today=today, user=user)
    moves = Counter(line.travel for line in lines)
    moved = [line for move in (Travel.WORSENED, Travel.IMPROVED) for line in lines if line.travel is move]
    return Dashboard(
        counts=total(priorities),
        priorities=priorities,
        moves={move: moves[move] for move in MOVES},
        moved=Listed.of(moved),
        reds=Listed.of([line for line in lines if line.light is RAG.RED], most=len(lines)),
        overdue=Listed.of([line for line in lines if line.overdue]),
        silent=Listed.of([line for line in lines if not line.is_updated]),
        differing=Listed.of([line for line in lines if line.differs]),
        unapproved=sum(line.unapproved for line in lines),
        unchanged=sum(line.unchanged for line in lines),
        long_carried=_long_carried(plan, user),
        kpis=kpi_lights(plan, quarter),
    )

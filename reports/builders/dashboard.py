"""The manager's dashboard of one plan and quarter: counts that add up, and the exceptions by name."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from actions.models import Plan
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel
from reports.builders.lines import ActionLine, PriorityLights, lights_and_lines, total

MOVES = (Travel.WORSENED, Travel.IMPROVED, Travel.NO_CHANGE, Travel.NEW)


@dataclass(frozen=True)
class Dashboard:
    """What a manager asks first: how many of which light, what moved, what is red and why, what is late or silent."""

    counts: LightCounts
    priorities: list[PriorityLights]
    moves: list[tuple[Travel, int]]
    moved: list[ActionLine]
    reds: list[ActionLine]
    ambers: list[ActionLine]
    overdue: list[ActionLine]
    silent: list[ActionLine]
    differing: list[ActionLine]
    unapproved: int


def build(*, plan: Plan, quarter: Quarter, today: date, user: User) -> Dashboard:
    """The dashboard of the plan as it stood in the quarter, judged at the earlier of `today` and the quarter's end."""
    priorities, lines = lights_and_lines(plan=plan, quarter=quarter, today=today, user=user)
    moves = Counter(line.travel for line in lines)
    updated = [line for line in lines if not line.has_no_update]
    return Dashboard(
        counts=total(priorities),
        priorities=priorities,
        moves=[(move, moves[move]) for move in MOVES],
        moved=sorted(
            (line for line in updated if line.travel in (Travel.WORSENED, Travel.IMPROVED)),
            key=lambda line: MOVES.index(line.travel),
        ),
        reds=[line for line in lines if line.light is RAG.RED],
        ambers=[line for line in lines if line.light is RAG.AMBER],
        overdue=[line for line in lines if line.overdue],
        silent=[line for line in lines if not line.is_updated],
        differing=[
            line for line in updated if line.suggested and line.suggested.is_rated and line.suggested != line.light
        ],
        unapproved=sum(line.unapproved for line in lines),
    )

"""A preview in words: how much was read, what each priority holds, where each action comes from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.tree import PlanTree
from csp_tracker.grids.readings import RowReading
from csp_tracker.rag import RAG, LightCounts
from indicators.importing.taking import Taker
from indicators.importing.tree import Difference, IndicatorRead, IndicatorTree, ReadingRead, Revision, TargetRead

LONG = 200  # actions: beyond, one priority is shown at a time
ACTIONS_ON_A_PAGE = 100
COUNTED = (  # by the key of the summary: one, several
    ("priorities", "priority", "priorities"),
    ("objectives", "objective", "objectives"),
    ("actions", "action", "actions"),
    ("indicators", "KPI", "KPIs"),
    ("baselines", "baseline", "baselines"),
    ("targets", "target", "targets"),
    ("readings", "figure", "figures"),
)


def counted(summary: Mapping[str, Any]) -> str:
    """How much was read: "7 priorities, 41 objectives, 63 actions and 59 KPIs"."""
    found = ((summary.get(key, 0), one, several) for key, one, several in COUNTED)
    parts = [f"{number:,} {one if number == 1 else several}" for number, one, several in found if number]
    if not parts:
        return "Nothing was found"
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]


def light_counts(lights: Iterable[RAG]) -> LightCounts:
    """The lights of a file, counted."""
    return LightCounts.from_pairs((light, True) for light in lights)


def tally(lights: Iterable[RAG]) -> str:
    """How many, and their lights: "12 actions: 3 red, 9 green"."""
    counts = Counter(lights)
    lit = ", ".join(f"{counts[light]} {light.label.lower()}" for light in RAG if counts[light])
    number = counts.total()
    return f"{number} action{'' if number == 1 else 's'}{f': {lit}' if lit else ''}"


@dataclass(frozen=True)
class Line:
    """One action of the preview, with where it was read and why it is one."""

    action: ActionRead
    at: str
    row: int | None
    why: str

    @property
    def word(self) -> str:
        """The plan's own word for the light."""
        return self.action.stated_rag if self.action.rag.is_rated else ""


@dataclass(frozen=True)
class Group:
    """A priority with the objectives and actions that are shown of it."""

    priority: PriorityRead
    tally: str
    objectives: list[tuple[ObjectiveRead, list[Line]]]


@dataclass(frozen=True)
class Part:
    """A priority in the list of those of a long plan."""

    name: str
    tally: str
    is_shown: bool


@dataclass(frozen=True)
class PlanShown:
    """What the preview shows of a plan: all of it, or of a long one the actions of one priority, by pages."""

    counts: LightCounts
    groups: list[Group]
    parts: list[Part]
    page_obj: Page | None = None


def shown_plan(tree: PlanTree, *, chosen: str | None, page: str | None) -> PlanShown:
    """The plan of a preview; `chosen` is the place of the priority that was asked for, from 1."""
    rows = {reading.at: (number, reading) for number, reading in enumerate(tree.readings, start=1)}
    actions = list(tree.actions())
    counts = light_counts(action.rag for action in actions)
    if len(actions) <= LONG:
        return PlanShown(counts, [_group(one, rows) for one in tree.priorities], [])
    place = int(chosen) if chosen and chosen.isascii() and chosen.isdigit() else 1
    place = min(max(place, 1), len(tree.priorities))
    priority = tree.priorities[place - 1]
    found = Paginator(_actions(priority), ACTIONS_ON_A_PAGE).get_page(page)
    parts = [
        Part(f"{one.number} {one.title}".strip(), tally(action.rag for action in _actions(one)), number == place)
        for number, one in enumerate(tree.priorities, start=1)
    ]
    return PlanShown(counts, [_group(priority, rows, {action.reference for action in found})], parts, found)


@dataclass(frozen=True)
class KpiLine:
    """One KPI of the preview: what it becomes, its newest figure and target, and where it was read."""

    read: IndicatorRead
    row: int | None
    becomes: str

    @property
    def newest(self) -> ReadingRead | None:
        """The figure of the last period."""
        return self.read.readings[-1] if self.read.readings else None

    @property
    def target(self) -> TargetRead | None:
        """The target of the last period that has one."""
        return self.read.targets[-1] if self.read.targets else None


@dataclass(frozen=True)
class KpisShown:
    """What the preview shows of a table of KPIs."""

    lines: list[KpiLine]
    page_obj: Page
    differences: Sequence[Difference]
    revisions: Sequence[Revision]


def shown_kpis(tree: IndicatorTree, taker: Taker, *, page: str | None) -> KpisShown:
    """The KPIs of a preview, each beside the one here that it is."""
    numbers = {reading.at: number for number, reading in enumerate(tree.readings, start=1)}
    found = Paginator(tree.indicators, ACTIONS_ON_A_PAGE).get_page(page)
    lines = [KpiLine(read, numbers.get(read.at), _becomes(read, taker)) for read in found]
    return KpisShown(lines, found, tree.differences, tree.revisions)


def _becomes(read: IndicatorRead, taker: Taker) -> str:
    there = taker.known(read)
    if there is None:
        return "A new KPI"
    if why := taker.refusal(read, there):
        return f"Left out: {why}"
    return f"New figures of {there}"


def _actions(priority: PriorityRead) -> list[ActionRead]:
    return [action for objective in priority.objectives for action in objective.actions]


def _group(priority: PriorityRead, rows: Mapping[str, tuple[int, RowReading]], only: set[str] | None = None) -> Group:
    objectives = []
    for objective in priority.objectives:
        actions = [action for action in objective.actions if only is None or action.reference in only]
        if actions or only is None:
            objectives.append((objective, [_line(action, rows) for action in actions]))
    return Group(priority, tally(action.rag for action in _actions(priority)), objectives)


def _line(action: ActionRead, rows: Mapping[str, tuple[int, RowReading]]) -> Line:
    number, reading = rows.get(action.at, (None, None))
    further = len(action.source) - 1
    joined = f"{further} further row{'' if further == 1 else 's'} joined to it" if further > 0 else ""
    return Line(action, action.at, number, "; ".join(filter(None, (reading.why if reading else "", joined))))

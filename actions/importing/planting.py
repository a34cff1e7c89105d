"""From the branches of a tree to the rows of a plan, through the services, in one person's name."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from actions.importing.accepting import NO_KPI, take_figures
from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.columns import Meaning
from actions.importing.tree import OfferKind, PlanTree
from actions.models import Action, Objective, Plan, Priority
from actions.services.actions import LONGEST_REFERENCE, add_action
from actions.services.plans import add_objective, add_priority
from actions.services.updates import import_update
from actions.values import ActionStatus
from csp_tracker.models import FileImport, User
from csp_tracker.periods import Quarter
from indicators.importing.figures import BaselineRead
from indicators.models import Indicator
from indicators.services import add_baseline, create_indicator


def clipped(words: str, length: int) -> str:
    """The words, cut with "…" where the column is shorter; the import's tree keeps them whole."""
    return words if len(words) <= length else f"{words[: length - 1]}…"


@dataclass(frozen=True)
class Planter:
    """Puts parts of one file's tree into one plan."""

    tree: PlanTree
    plan: Plan
    file_import: FileImport
    quarter: Quarter
    by: User
    now: datetime
    # By the key of an offer that was accepted: why it was not taken after all, or nothing where it was.
    taken: dict[str, str] = field(default_factory=dict)

    @cached_property
    def references(self) -> set[str]:
        """Those that actions of the plan have already: read once, not for every action."""
        return set(self.plan.actions.values_list("reference", flat=True))

    def plant_all(self) -> None:
        """The whole tree, into a plan that is empty."""
        for priority in self.tree.priorities:
            row = self.plant_priority(priority)
            for objective in priority.objectives:
                below = self.plant_objective(objective, row)
                for action in objective.actions:
                    self.plant_action(action, below)

    def plant_priority(self, read: PriorityRead) -> Priority:
        """A priority without its objectives."""
        return add_priority(
            plan=self.plan,
            title=read.title,
            number=clipped(read.number, 20),
            group=clipped(read.group, 255),
            by=self.by,
        )

    def plant_objective(self, read: ObjectiveRead, priority: Priority) -> Objective:
        """An objective without its actions."""
        return add_objective(priority=priority, text=read.text, number=clipped(read.number, 20), by=self.by)

    def plant_action(self, read: ActionRead, objective: Objective) -> Action:
        """An action with its KPI and baselines, its source, and what the file says about the quarter."""
        is_free = read.reference not in self.references
        indicators = self.plant_indicators(read)
        action = add_action(
            objective=objective,
            reference=read.reference if is_free and len(read.reference) <= LONGEST_REFERENCE else "",
            indicators=indicators,
            source=[row.to_json() for row in read.source],
            status=ActionStatus.IN_PROGRESS if read.has_progress else ActionStatus.NOT_STARTED,
            by=self.by,
            **fields_of(self.tree, read),
        )
        self.references.add(action.reference)
        if read.has_progress:
            self.report(read, action, is_new=True)
        figures = self.tree.accepts(OfferKind.FIGURES, read.reference)
        if figures and indicators:
            take_figures(offer=figures, indicator=indicators[0], year=self.quarter.financial_year, by=self.by)
        if figures:
            self.taken[figures.key] = "" if indicators else NO_KPI
        return action

    def plant_indicators(self, read: ActionRead) -> list[Indicator]:
        """The KPI of one indicator cell as the file has it, none taken for another of the same name.

        Where a person said that its measures are KPIs of their own, a figure of the baseline goes with each of them if
        there are as many; otherwise all stay with the first, for nothing says which of them is whose.
        """
        if not read.indicator:
            return []
        split = self.tree.accepts(OfferKind.SPLIT_INDICATOR, read.reference)
        if split is None:
            return [self.plant_indicator(read.indicator, read.baselines)]
        self.taken[split.key] = ""
        return [self.plant_indicator(name, own) for name, own in _shared_out(split.data["parts"], read.baselines)]

    def plant_indicator(self, name: str, baselines: Sequence[BaselineRead] = ()) -> Indicator:
        """A KPI of this name with its baselines."""
        indicator = create_indicator(
            partnership=self.plan.partnership, name=name, imported_from=self.file_import, by=self.by
        )
        for baseline in baselines:
            fields = asdict(baseline) | {"label": clipped(baseline.label, 60)}
            add_baseline(indicator=indicator, by=self.by, **fields)
        return indicator

    def report(self, read: ActionRead, action: Action, *, is_new: bool = False) -> None:
        """The file's words and light as the quarter's update."""
        carried = self.tree.accepts(OfferKind.CARRIED_FORWARD, read.reference)
        import_update(
            action=action,
            quarter=self.quarter,
            progress=read.progress,
            work_needed=read.work_needed,
            rag=read.rag,
            rag_as_stated=clipped(read.stated_rag, 255),
            carry_forward=read.carried_forward or carried is not None,
            is_new=is_new,
            by=self.by,
            now=self.now,
        )
        if carried:
            self.taken[carried.key] = ""


def _shared_out(
    parts: Sequence[str], baselines: Sequence[BaselineRead]
) -> Iterator[tuple[str, Sequence[BaselineRead]]]:
    """The measures of one cell with their baselines."""
    if len(baselines) == len(parts) and all(one.value is not None for one in baselines):
        yield from zip(parts, ([replace(one, is_primary=True)] for one in baselines), strict=True)
        return
    yield parts[0], baselines
    yield from ((part, ()) for part in parts[1:])


def fields_of(tree: PlanTree, read: ActionRead) -> dict[str, Any]:
    """The columns of the Action model that the file fills."""
    timing = asdict(read.timing)
    return {
        "text": read.text,
        "expected_outcome": read.expected_outcome,
        "timescale": read.timescale,
        "timescale_kind": timing.pop("kind"),
        "due_precision": timing.pop("due_precision") or "",
        "recurrence": timing.pop("recurrence") or "",
        **timing,
        "lead_text": read.lead,
        "resources": read.resources,
        "extra": _words_without_a_column(tree, read),
    }


def _words_without_a_column(tree: PlanTree, read: ActionRead) -> dict[str, str]:
    """What only its heading explains; supporters in words, and a baseline that no KPI could carry, among it."""
    extra = dict(read.extra)
    if read.supporting:
        extra[_heading(tree, Meaning.SUPPORTING)] = read.supporting
    if read.baseline and not read.indicator:
        extra[_heading(tree, Meaning.BASELINE)] = read.baseline
    return extra


def _heading(tree: PlanTree, meaning: Meaning) -> str:
    headings = [heading.text for heading in tree.headings if heading.meaning is meaning]
    return headings[0] if headings else meaning.value.capitalize()

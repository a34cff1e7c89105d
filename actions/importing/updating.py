"""A newer file of a plan that is here: changes words that differ, adds what is new, lists what is missing.

What a blank cell leaves out is not taken away, and what is written here about a quarter is never overwritten. The
preview walks the same way (actions/importing/comparing.py) and so says what will happen.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.importing.accepting import ALREADY, FIGURES_HERE, NO_KPI, WORDS_HERE, take_figures, why_no_figures
from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.matching import Match, squeezed
from actions.importing.planting import Planter, clipped, fields_of
from actions.importing.tree import OfferKind, PlanTree
from actions.models import Action, Objective, Priority, ProgressUpdate
from actions.services.actions import change_action
from actions.services.plans import change_objective, change_priority
from actions.services.updates import carry_forward_imported
from csp_tracker.periods import Quarter
from indicators.importing.figures import BaselineRead, split_measures
from indicators.models import Indicator
from indicators.services import add_baseline, change_indicator

TIMING = ("timescale_kind", "starts_on", "due_on", "due_precision", "recurrence", "recurs_month", "recurs_day")


@dataclass
class Changes:
    """What an update of a plan did, by reference or number."""

    changed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)  # in the file, but put away here: left out
    reported: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # their words or light for the quarter differ, and stay


class Walk(ABC):
    """Goes through the file beside the plan, and says of each part what it is: known, known but differing, or new.

    What stands under a new part is given whatever its `add_…` returned.
    """

    def __init__(self, tree: PlanTree, match: Match, quarter: Quarter) -> None:
        self.tree = tree
        self.plan = match.plan
        self.pairs = {read.reference: action for read, action in match.pairs}
        self.left_out = {read.reference for read, _ in match.archived}
        self.priorities = list(self.plan.priorities.prefetch_related("objectives"))
        reports = ProgressUpdate.objects.filter(action__plan=self.plan, quarter=quarter)
        self.reports = {report.action_id: report for report in reports}
        self.is_locked = self.plan.rounds.filter(quarter=quarter, locked_at__isnull=False).exists()

    @abstractmethod
    def add_priority(self, read: PriorityRead) -> Priority | None:
        """The plan lacks the priority."""

    @abstractmethod
    def add_objective(self, read: ObjectiveRead, priority: Any) -> Objective | None:
        """The plan lacks the objective."""

    @abstractmethod
    def add_action(self, read: ActionRead, objective: Any) -> None:
        """The plan lacks the action."""

    @abstractmethod
    def change_priority(self, read: PriorityRead, row: Priority, fields: dict[str, str]) -> None:
        """The file has other words for the priority."""

    @abstractmethod
    def change_objective(self, read: ObjectiveRead, row: Objective, fields: dict[str, str]) -> None:
        """The file has other words for the objective."""

    @abstractmethod
    def compare_action(self, read: ActionRead, action: Action) -> None:
        """Both have the action."""

    @abstractmethod
    def report(self, read: ActionRead, action: Action) -> None:
        """The file says something of the quarter, and nothing is said here."""

    @abstractmethod
    def keep_report(self, read: ActionRead, action: Action, there: ProgressUpdate | None) -> None:
        """The file says something of the quarter, but what is said here stays, or the quarter is locked."""

    @abstractmethod
    def report_again(self, read: ActionRead, action: Action, there: ProgressUpdate) -> None:
        """The file says of the quarter what is said here."""

    def why_not_carried(self, there: ProgressUpdate) -> str:
        """Why an update that is here does not get the mark “carried forward”; nothing where it does."""
        if there.carry_forward:
            return ALREADY
        return "" if there.is_as_imported and not self.is_locked else WORDS_HERE

    def walk(self) -> None:
        """Every part of the file in its order."""
        for priority in self.tree.priorities:
            objectives = [one for one in priority.objectives if not self._is_left_out(one)]
            if priority.objectives and not objectives:
                continue
            row = self._priority(priority)
            for objective in objectives:
                below = self._objective(objective, row)
                for action in objective.actions:
                    if action.reference not in self.left_out:
                        self._action(action, below)

    def _is_left_out(self, objective: ObjectiveRead) -> bool:
        """Whether all that the file has of the objective is archived here."""
        return bool(objective.actions) and all(one.reference in self.left_out for one in objective.actions)

    def _priority(self, read: PriorityRead) -> Priority | None:
        known = [self.pairs[action.reference] for one in read.objectives for action in self._matched(one)]
        row = known[0].objective.priority if known else _called(self.priorities, "title", read.title)
        if row is None:
            return self.add_priority(read)
        if fields := _differing(row, {"title": read.title, "group": clipped(read.group, 255)}):
            self.change_priority(read, row, fields)
        return row

    def _objective(self, read: ObjectiveRead, priority: Any) -> Objective | None:
        known = [self.pairs[action.reference] for action in self._matched(read)]
        row = known[0].objective if known else _called(priority.objectives.all() if priority else (), "text", read.text)
        if row is None:
            return self.add_objective(read, priority)
        if fields := _differing(row, {"text": read.text}):
            self.change_objective(read, row, fields)
        return row

    def _action(self, read: ActionRead, objective: Any) -> None:
        action = self.pairs.get(read.reference)
        if action is None:
            self.add_action(read, objective)
            return
        self.compare_action(read, action)
        if read.has_progress:
            self._report(read, action)

    def _report(self, read: ActionRead, action: Action) -> None:
        there = self.reports.get(action.pk)
        if there is None and not self.is_locked:
            self.report(read, action)
        elif there is None or not _says(there, read):
            self.keep_report(read, action, there)
        else:
            self.report_again(read, action, there)

    def _matched(self, objective: ObjectiveRead) -> Iterable[ActionRead]:
        return (action for action in objective.actions if action.reference in self.pairs)


def changed_fields(tree: PlanTree, read: ActionRead, action: Action) -> dict[str, Any]:
    """The columns of the action that the file states otherwise, and what it states."""
    stated = fields_of(tree, read)
    timing = {name: stated.pop(name) for name in TIMING}
    extra = stated.pop("extra")
    fields: dict[str, Any] = _differing(action, stated)
    if "timescale" in fields:
        fields |= timing
    if any(squeezed(action.extra.get(heading, "")) != squeezed(words) for heading, words in extra.items()):
        fields["extra"] = action.extra | extra
    return fields


@dataclass(frozen=True)
class ChangedKpis:
    """What the file says otherwise of the KPIs of one action."""

    name: str = ""  # of the first, which its cell made
    added: Sequence[str] = ()
    baselines: Sequence[BaselineRead] = ()
    why_not_split: str = ""  # where a person said that each measure is a KPI of its own

    @property
    def is_any(self) -> bool:
        """Whether anything changes."""
        return bool(self.name or self.added or self.baselines)


def changed_kpis(tree: PlanTree, read: ActionRead, linked: Sequence[Indicator]) -> ChangedKpis:
    """The cell beside the KPIs that are here. Once two of its measures are KPIs, the cell is read as measures."""
    if not read.indicator:
        return ChangedKpis()
    is_split = tree.accepts(OfferKind.SPLIT_INDICATOR, read.reference) is not None
    parts, here = split_measures(read.indicator), {squeezed(one.name) for one in linked}
    if not linked:
        return ChangedKpis(added=parts if is_split else [read.indicator])
    new = [part for part in parts if squeezed(part) not in here]
    baselines = new_baselines(read, linked)
    if len(parts) - len(new) > (0 if is_split else 1):
        return ChangedKpis(added=new, baselines=baselines, why_not_split="" if new else ALREADY)
    why = FIGURES_HERE if is_split and has_figures(linked[0]) else ""
    wanted = parts[0] if is_split and not why else read.indicator
    renamed = wanted if squeezed(linked[0].name) != squeezed(wanted) else ""
    added = [part for part in parts[1:] if part in new] if wanted != read.indicator else []
    return ChangedKpis(renamed, added, baselines, why)


def has_figures(indicator: Indicator) -> bool:
    """Whether somebody has measured the KPI, or said what it is to reach."""
    return indicator.readings.exists() or indicator.targets.exists()


def new_baselines(read: ActionRead, linked: Sequence[Indicator]) -> list[BaselineRead]:
    """The baselines of the file that the action's KPIs lack."""
    there = {(squeezed(one.text), one.value) for kpi in linked for one in kpi.baselines.all()}
    return [one for one in read.baselines if (squeezed(one.text), one.value) not in there]


def renew(planter: Planter, match: Match) -> Changes:
    """Bring the matched plan up to date with the file."""
    renewal = _Renewal(planter, match)
    renewal.walk()
    return renewal.changes


class _Renewal(Walk):
    """One update of one plan."""

    def __init__(self, planter: Planter, match: Match) -> None:
        super().__init__(planter.tree, match, planter.quarter)
        self.planter = planter
        self.reason = f"From {planter.tree.file_name}"
        self.changes = Changes(
            missing=[action.reference for action in match.missing],
            archived=[action.reference for _, action in match.archived],
        )

    def add_priority(self, read: PriorityRead) -> Priority:
        self.changes.added.append(read.number)
        return self.planter.plant_priority(read)

    def add_objective(self, read: ObjectiveRead, priority: Any) -> Objective:
        self.changes.added.append(read.number)
        return self.planter.plant_objective(read, priority)

    def add_action(self, read: ActionRead, objective: Any) -> None:
        self.changes.added.append(self.planter.plant_action(read, objective).reference)

    def change_priority(self, read: PriorityRead, row: Priority, fields: dict[str, str]) -> None:
        change_priority(priority=row, version=row.version, by=self.planter.by, reason=self.reason, **fields)
        self.changes.changed.append(row.number)

    def change_objective(self, read: ObjectiveRead, row: Objective, fields: dict[str, str]) -> None:
        change_objective(objective=row, version=row.version, by=self.planter.by, reason=self.reason, **fields)
        self.changes.changed.append(row.number)

    def compare_action(self, read: ActionRead, action: Action) -> None:
        has_changed = self._change(read, action)
        has_changed |= self._change_indicators(read, action)
        has_changed |= self._take_figures(read, action)
        if has_changed:
            self.changes.changed.append(action.reference)

    def report(self, read: ActionRead, action: Action) -> None:
        self.planter.report(read, action)
        self.changes.reported.append(action.reference)

    def keep_report(self, read: ActionRead, action: Action, there: ProgressUpdate | None) -> None:
        self.changes.kept.append(action.reference)
        if offer := self.tree.accepts(OfferKind.CARRIED_FORWARD, read.reference):
            self.planter.taken[offer.key] = WORDS_HERE

    def report_again(self, read: ActionRead, action: Action, there: ProgressUpdate) -> None:
        offer = self.tree.accepts(OfferKind.CARRIED_FORWARD, read.reference)
        if offer is None:
            return
        why = self.planter.taken[offer.key] = self.why_not_carried(there)
        if not why:
            carry_forward_imported(update=there, version=there.version, reason=self.reason, by=self.planter.by)
            self.changes.reported.append(action.reference)

    def _change(self, read: ActionRead, action: Action) -> bool:
        fields = changed_fields(self.tree, read, action)
        if fields:
            self._write(action, date_reason=self.reason, **fields)
        return bool(fields)

    def _write(self, action: Action, **fields: Any) -> None:
        change_action(action=action, version=action.version, reason=self.reason, by=self.planter.by, **fields)

    def _change_indicators(self, read: ActionRead, action: Action) -> bool:
        """What its cell says otherwise of the action's KPIs."""
        links = action.indicator_links.select_related("indicator").prefetch_related("indicator__baselines")
        linked = [link.indicator for link in links]
        found = changed_kpis(self.tree, read, linked)
        if offer := self.tree.accepts(OfferKind.SPLIT_INDICATOR, read.reference):
            self.planter.taken[offer.key] = found.why_not_split
        if not read.indicator:
            return False
        if not linked:
            self._write(action, indicators=self.planter.plant_indicators(read))
            return True
        if found.name:
            first, by = linked[0], self.planter.by
            linked[0] = change_indicator(
                indicator=first, version=first.version, name=found.name, reason=self.reason, by=by
            )
        if found.added:
            added = [self.planter.plant_indicator(name) for name in found.added]
            self._write(action, indicators=[linked[0], *added, *linked[1:]])
        for baseline in found.baselines:
            # Which one to compare with has been decided here: a newer file only adds.
            add_baseline(indicator=linked[0], by=self.planter.by, **vars(baseline) | {"is_primary": False})
        return found.is_any

    def _take_figures(self, read: ActionRead, action: Action) -> bool:
        """Take the figures of the words that were accepted, for a KPI that has none of its own."""
        offer = self.tree.accepts(OfferKind.FIGURES, read.reference)
        if offer is None:
            return False
        year, link = self.planter.quarter.financial_year, action.indicator_links.select_related("indicator").first()
        why = why_no_figures(offer, link.indicator, year) if link else NO_KPI
        if link and not why:
            take_figures(offer=offer, indicator=link.indicator, year=year, by=self.planter.by)
        self.planter.taken[offer.key] = why
        return not why


def _called(rows: Iterable[Any], column: str, words: str) -> Any:
    return next((row for row in rows if squeezed(getattr(row, column)) == squeezed(words)), None)


def _differing(row: Any, stated: Mapping[str, str]) -> dict[str, Any]:
    """The words that the file states and that differ by more than white space."""
    return {name: words for name, words in stated.items() if words and squeezed(getattr(row, name)) != squeezed(words)}


def _says(update: ProgressUpdate, read: ActionRead) -> bool:
    pairs = ((update.progress, read.progress), (update.work_needed, read.work_needed))
    return update.rag == read.rag and all(squeezed(here) == squeezed(stated) for here, stated in pairs)

"""A newer file of a plan that is here: changes words that differ, adds what is new, lists what is missing.

What a blank cell leaves out is not taken away, and what is written here about a quarter is never overwritten.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.matching import Match, squeezed
from actions.importing.planting import Planter, clipped
from actions.models import Action, Objective, Priority, ProgressUpdate
from actions.services.actions import change_action
from actions.services.plans import change_objective, change_priority
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


def renew(planter: Planter, match: Match) -> Changes:
    """Bring the matched plan up to date with the file."""
    return _Renewal(planter, match).run()


class _Renewal:
    """One update of one plan."""

    def __init__(self, planter: Planter, match: Match) -> None:
        self.planter = planter
        self.plan = match.plan
        self.reason = f"From {planter.tree.file_name}"
        self.pairs = {read.reference: action for read, action in match.pairs}
        self.left_out = {read.reference for read, _ in match.archived}
        self.changes = Changes(
            missing=[action.reference for action in match.missing],
            archived=[action.reference for _, action in match.archived],
        )
        reports = ProgressUpdate.objects.filter(action__plan=self.plan, quarter=planter.quarter)
        self.reports = {report.action_id: report for report in reports}
        self.is_locked = self.plan.rounds.filter(quarter=planter.quarter, locked_at__isnull=False).exists()

    def run(self) -> Changes:
        for priority in self.planter.tree.priorities:
            objectives = [one for one in priority.objectives if not self._is_left_out(one)]
            if priority.objectives and not objectives:
                continue
            row = self._priority(priority)
            for objective in objectives:
                below = self._objective(objective, row)
                for action in objective.actions:
                    if action.reference not in self.left_out:
                        self._action(action, below)
        return self.changes

    def _is_left_out(self, objective: ObjectiveRead) -> bool:
        """Whether all that the file has of the objective is archived here."""
        return bool(objective.actions) and all(one.reference in self.left_out for one in objective.actions)

    def _priority(self, read: PriorityRead) -> Priority:
        known = [self.pairs[action.reference] for one in read.objectives for action in self._matched(one)]
        row = known[0].objective.priority if known else self._called(self.plan.priorities.all(), "title", read.title)
        if row is None:
            self.changes.added.append(read.number)
            return self.planter.plant_priority(read)
        fields = _differing(row, {"title": read.title, "group": clipped(read.group, 255)})
        if fields:
            row = change_priority(priority=row, version=row.version, by=self.planter.by, reason=self.reason, **fields)
            self.changes.changed.append(row.number)
        return row

    def _objective(self, read: ObjectiveRead, priority: Priority) -> Objective:
        known = [self.pairs[action.reference] for action in self._matched(read)]
        row = known[0].objective if known else self._called(priority.objectives.all(), "text", read.text)
        if row is None:
            self.changes.added.append(read.number)
            return self.planter.plant_objective(read, priority)
        if fields := _differing(row, {"text": read.text}):
            row = change_objective(objective=row, version=row.version, by=self.planter.by, reason=self.reason, **fields)
            self.changes.changed.append(row.number)
        return row

    def _action(self, read: ActionRead, objective: Objective) -> None:
        action = self.pairs.get(read.reference)
        if action is None:
            self.changes.added.append(self.planter.plant_action(read, objective).reference)
            return
        has_changed = self._change(read, action)
        has_changed |= self._change_indicator(read, action)
        if has_changed:
            self.changes.changed.append(action.reference)
        if read.has_progress:
            self._report(read, action)

    def _change(self, read: ActionRead, action: Action) -> bool:
        stated = self.planter.fields_of(read)
        timing = {name: stated.pop(name) for name in TIMING}
        extra = stated.pop("extra")
        fields: dict[str, Any] = _differing(action, stated)
        if "timescale" in fields:
            fields |= timing
        if any(squeezed(action.extra.get(heading, "")) != squeezed(words) for heading, words in extra.items()):
            fields["extra"] = action.extra | extra
        if not fields:
            return False
        change_action(
            action=action,
            version=action.version,
            reason=self.reason,
            date_reason=self.reason,
            by=self.planter.by,
            **fields,
        )
        return True

    def _change_indicator(self, read: ActionRead, action: Action) -> bool:
        """The first KPI of the action is the one its cell made."""
        if not read.indicator:
            return False
        link = action.indicator_links.select_related("indicator").first()
        if link is None:
            indicator = self.planter.plant_indicator(read)
            change_action(
                action=action, version=action.version, indicators=[indicator], reason=self.reason, by=self.planter.by
            )
            return True
        indicator = link.indicator
        has_changed = squeezed(indicator.name) != squeezed(read.indicator)
        if has_changed:
            indicator = change_indicator(
                indicator=indicator,
                version=indicator.version,
                name=read.indicator,
                reason=self.reason,
                by=self.planter.by,
            )
        there = {(squeezed(one.text), one.value) for one in indicator.baselines.all()}
        for baseline in read.baselines:
            if (squeezed(baseline.text), baseline.value) not in there:
                # Which one to compare with has been decided here: a newer file only adds.
                add_baseline(indicator=indicator, by=self.planter.by, **vars(baseline) | {"is_primary": False})
                has_changed = True
        return has_changed

    def _report(self, read: ActionRead, action: Action) -> None:
        there = self.reports.get(action.pk)
        if there is None and not self.is_locked:
            self.planter.report(read, action)
            self.changes.reported.append(action.reference)
        elif there is None or not _says(there, read):
            self.changes.kept.append(action.reference)

    def _matched(self, objective: ObjectiveRead) -> Iterable[ActionRead]:
        return (action for action in objective.actions if action.reference in self.pairs)

    @staticmethod
    def _called(rows: Any, column: str, words: str) -> Any:
        return next((row for row in rows if squeezed(getattr(row, column)) == squeezed(words)), None)


def _differing(row: Any, stated: dict[str, str]) -> dict[str, str]:
    """The words that the file states and that differ by more than white space."""
    return {name: words for name, words in stated.items() if words and squeezed(getattr(row, name)) != squeezed(words)}


def _says(update: ProgressUpdate, read: ActionRead) -> bool:
    pairs = ((update.progress, read.progress), (update.work_needed, read.work_needed))
    return update.rag == read.rag and all(squeezed(here) == squeezed(stated) for here, stated in pairs)

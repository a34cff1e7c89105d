"""What an update would do to a plan, before anything is done: for the preview."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from actions.importing.accepting import taken_in_words, why_no_figures
from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.commit import reported_quarter
from actions.importing.matching import Match, match_with
from actions.importing.tree import OfferKind, PlanTree
from actions.importing.updating import Walk, changed_fields, changed_kpis
from actions.models import Action, ActionIndicator, Objective, Plan, Priority, ProgressUpdate
from actions.values import DatePrecision
from csp_tracker.periods import Quarter
from indicators.models import Indicator

PRINTED = {DatePrecision.MONTH: "%B %Y", DatePrecision.YEAR: "%Y"}


@dataclass(frozen=True)
class Difference:
    """One thing that the file says otherwise, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """One part of the plan that the file would change."""

    kind: str  # "priority", "objective" or "action"
    reference: str  # its number here
    words: str
    differences: tuple[Difference, ...]
    action: Action | None = None


@dataclass(frozen=True)
class New:
    """One part of the file that the plan lacks."""

    kind: str
    reference: str
    words: str
    at: str


@dataclass(frozen=True)
class Matched:
    """One action of the file beside the one of the plan that it is."""

    read: ActionRead
    action: Action


@dataclass(frozen=True)
class KeptProgress:
    """Words or a light of the file that are not taken over, and why."""

    read: ActionRead
    action: Action
    update: ProgressUpdate | None
    why: str


@dataclass(frozen=True)
class Comparison:
    """A file beside a plan that is here. `matched` actions stay as they are; `missing` ones too."""

    plan: Plan
    quarter: Quarter
    matched: tuple[Matched, ...]
    changed: tuple[Changed, ...]
    new: tuple[New, ...]
    missing: tuple[Action, ...]
    archived: tuple[Matched, ...]
    reported: tuple[Matched, ...]
    kept: tuple[KeptProgress, ...]

    @property
    def changes_nothing(self) -> bool:
        """Whether the plan would be the same afterwards."""
        return not (self.changed or self.new or self.reported)


def compare(tree: PlanTree, plan: Plan, *, now: datetime, quarter: Quarter | None = None) -> Comparison:
    """What bringing the plan up to date with the file would do; nothing is written, nobody waits."""
    comparing = _Comparing(tree, match_with(tree, plan), reported_quarter(plan, quarter, now, tree))
    comparing.walk()
    return comparing.result()


class _Comparing(Walk):
    """Goes the way of an update and only takes notes."""

    def __init__(self, tree: PlanTree, match: Match, quarter: Quarter) -> None:
        super().__init__(tree, match, quarter)
        self.match = match
        self.quarter = quarter
        self.matched: list[Matched] = []
        self.changed: list[Changed] = []
        self.new: list[New] = []
        self.reported: list[Matched] = []
        self.kept: list[KeptProgress] = []
        links = ActionIndicator.objects.filter(action__plan=self.plan).select_related("indicator")
        self.kpis: dict[int, list[Indicator]] = {}
        for link in links.order_by("position", "pk"):
            self.kpis.setdefault(link.action_id, []).append(link.indicator)
        prefetch_related_objects([kpi for linked in self.kpis.values() for kpi in linked], "baselines")

    def result(self) -> Comparison:
        return Comparison(
            plan=self.plan,
            quarter=self.quarter,
            matched=tuple(self.matched),
            changed=tuple(self.changed),
            new=tuple(self.new),
            missing=self.match.missing,
            archived=tuple(Matched(read, action) for read, action in self.match.archived),
            reported=tuple(self.reported),
            kept=tuple(self.kept),
        )

    def add_priority(self, read: PriorityRead) -> None:
        self.new.append(New("priority", read.number, read.title, read.at))

    def add_objective(self, read: ObjectiveRead, priority: Any) -> None:
        self.new.append(New("objective", read.number, read.text, read.actions[0].at if read.actions else ""))

    def add_action(self, read: ActionRead, objective: Any) -> None:
        self.new.append(New("action", read.reference, read.text, read.at))

    def change_priority(self, read: PriorityRead, row: Priority, fields: dict[str, str]) -> None:
        self.changed.append(Changed("priority", row.number, row.title, _differences(row, fields)))

    def change_objective(self, read: ObjectiveRead, row: Objective, fields: dict[str, str]) -> None:
        self.changed.append(Changed("objective", row.number, row.text, _differences(row, fields)))

    def compare_action(self, read: ActionRead, action: Action) -> None:
        fields = changed_fields(self.tree, read, action)
        differences = (*_differences(action, fields), *self._of_kpis(read, self.kpis.get(action.pk, [])))
        if differences:
            self.changed.append(Changed("action", action.reference, action.text, differences, action))
        else:
            self.matched.append(Matched(read, action))

    def _of_kpis(self, read: ActionRead, linked: list[Indicator]) -> list[Difference]:
        """What the file says otherwise of the action's KPIs."""
        found = changed_kpis(self.tree, read, linked)
        renamed = [Difference("KPI", linked[0].name, found.name)] if found.name else []
        added = [Difference("KPI", "", name) for name in found.added]
        baselines = [Difference("new baseline", "", one.text) for one in found.baselines]
        return [*renamed, *added, *baselines, *self._figures(read, linked)]

    def _figures(self, read: ActionRead, linked: list[Indicator]) -> list[Difference]:
        """The figures of the words that were accepted, where the KPI has none of its own."""
        offer = self.tree.accepts(OfferKind.FIGURES, read.reference)
        if offer is None or not (linked or read.indicator):
            return []
        why = why_no_figures(offer, linked[0], self.quarter.financial_year) if linked else ""
        return [] if why else [Difference("from the words", "", taken_in_words(offer))]

    def report(self, read: ActionRead, action: Action) -> None:
        self.reported.append(Matched(read, action))

    def keep_report(self, read: ActionRead, action: Action, there: ProgressUpdate | None) -> None:
        why = "Other words or another light stand here for the quarter" if there else "The quarter is locked"
        self.kept.append(KeptProgress(read, action, there, why))

    def report_again(self, read: ActionRead, action: Action, there: ProgressUpdate) -> None:
        offer = self.tree.accepts(OfferKind.CARRIED_FORWARD, read.reference)
        if offer is None or self.why_not_carried(there):
            return
        differences: tuple[Difference, ...] = (Difference("from the words", "", taken_in_words(offer)),)
        if self.matched and self.matched[-1].action == action:
            self.matched.pop()
        else:
            differences = self.changed.pop().differences + differences
        self.changed.append(Changed("action", action.reference, action.text, differences, action))


def _differences(row: Any, fields: dict[str, Any]) -> tuple[Difference, ...]:
    """Words that change, each column of the plan's own by its heading; of what follows from them only the dates."""
    found = []
    for name, after in fields.items():
        before = getattr(row, name)
        if name == "extra":
            found += [
                Difference(heading, before.get(heading, ""), words)
                for heading, words in after.items()
                if words != before.get(heading, "")
            ]
        elif isinstance(after, str) and name not in ("timescale_kind", "due_precision", "recurrence"):
            found.append(Difference(_label(row, name), before, after))
    if fields.get("due_on", getattr(row, "due_on", None)) != getattr(row, "due_on", None):
        due = _printed(row.due_on, row.due_precision), _printed(fields["due_on"], fields["due_precision"])
        found.append(Difference(_label(row, "due_on"), *due))
    return tuple(found)


def _label(row: Any, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)


def _printed(day: date | None, precision: str | None) -> str:
    if day is None:
        return ""
    if precision == DatePrecision.QUARTER:
        return str(Quarter.containing(day))
    return format(day, PRINTED.get(DatePrecision(precision or DatePrecision.DAY), "%-d %B %Y"))

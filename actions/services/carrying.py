"""What is decided about each action before its plan is rolled forward; kept as a draft until the next plan is made."""

from collections.abc import Collection, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery

from actions.carrying import LastSaid, Proposal, joined, propose
from actions.models import Action, CarryForward, Plan, ProgressUpdate
from actions.values import COUNTED_STATES, ActionStatus, CarryDecision, PlanStatus
from csp_tracker.models import User
from csp_tracker.periods import FinancialYear
from csp_tracker.rag import RAG
from csp_tracker.text import clean_text
from csp_tracker.writing import held, store


class NotRolledYet(ValidationError):
    """A draft has not run yet, and what is archived is out of every list: there is nothing to carry from them."""

    def __init__(self, plan: Plan) -> None:
        is_draft = plan.status == PlanStatus.DRAFT
        why = "is a draft: make it active first" if is_draft else "has been archived: restore it first"
        super().__init__(f"The plan {why}.")


class RolledAlready(ValidationError):
    """The next plan has been made of the decisions: they no longer change. `plan` is the next one."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"The plan has been rolled forward already, to “{plan}”. Its decisions no longer change.")
        self.plan = plan


class NotInThisPlan(ValidationError):
    """A decision is about an action of the plan, and merges it into another one of the same plan."""

    def __init__(self) -> None:
        super().__init__("Choose an action of the same plan.")


class Overtaken(ValidationError):
    """Somebody else decided about some of the actions meanwhile. `theirs` are their decisions, by action."""

    def __init__(self, theirs: dict[int, CarryForward]) -> None:
        super().__init__("Somebody else decided about some of these actions while you were working.")
        self.theirs = theirs


@dataclass(frozen=True)
class Choice:
    """What a person decides about one action; `version` is that of the decision they saw, 0 where there was none."""

    action: Action
    version: int
    decision: str  # a CarryDecision, or nothing: not decided yet
    reason: str = ""
    text: str = ""
    into: Action | None = None
    meeting: str = ""
    decided_on: date | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the row, cleaned as they will be kept."""
        return {
            "decision": self.decision,
            "text": clean_text(self.text),
            "into_id": self.into.pk if self.into else None,
            "reason": clean_text(self.reason),
            "meeting": clean_text(self.meeting),
            "decided_on": self.decided_on,
        }

    def is_in(self, row: CarryForward) -> bool:
        """Whether the row says exactly this."""
        return all(getattr(row, name) == value for name, value in self.columns.items())


@dataclass
class Line:
    """One action of the plan with what has been decided about it, if anything."""

    action: Action
    row: CarryForward | None = None
    last: LastSaid | None = None
    proposal: Proposal | None = None

    @property
    def decision(self) -> CarryDecision | None:
        """What has been decided; None where nothing has."""
        return CarryDecision(self.row.decision) if self.row and self.row.decision else None


@dataclass
class Problem:
    """Why the plan cannot be rolled forward yet: the action it is about, and the sentence."""

    action: Action
    words: str

    def __str__(self) -> str:
        return f"{self.action.reference}: {self.words}"


class Decisions:
    """Every action of a plan in its order, with what has been decided about each: two queries."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        rows = CarryForward.objects.filter(from_action__plan=plan)
        by_action = {row.from_action_id: row for row in rows.select_related("into", "decided_by", "to_plan")}
        self.lines = [Line(action, by_action.get(action.pk)) for action in _actions(plan)]
        self.by_key = {line.action.pk: line for line in self.lines}
        self.rows = list(by_action.values())

    @property
    def next_plan(self) -> Plan | None:
        """The plan that was made of them, unless it has been archived since."""
        return next_plan_of(self.rows)

    @property
    def added_since(self) -> list[Line]:
        """Actions that were not there when the next plan was made."""
        return [line for line in self.lines if line.row is None or line.row.to_plan_id is None]

    def of(self, *decisions: CarryDecision) -> list[Line]:
        """The actions about which one of these has been decided."""
        return [line for line in self.lines if line.decision in decisions]

    @property
    def going_on(self) -> list[Line]:
        """The actions that stand in the next plan."""
        return [line for line in self.lines if line.decision and line.decision.goes_on]

    @cached_property
    def _merged(self) -> dict[int | None, list[Line]]:
        found: dict[int | None, list[Line]] = {}
        for line in self.of(CarryDecision.MERGED):
            found.setdefault(line.row.into_id if line.row else None, []).append(line)
        return found

    def merged_into(self, line: Line) -> list[Line]:
        """The actions that go on as a part of this one."""
        return self._merged.get(line.action.pk, [])

    def words_of(self, line: Line) -> str:
        """What a carried action says in the next plan: the words typed, else its own with those merged into it."""
        if line.row and line.row.text:
            return line.row.text
        return joined([line.action.text, *(one.action.text for one in self.merged_into(line))])

    @property
    def problems(self) -> list[Problem]:
        """Everything that must be settled before the plan can be rolled forward."""
        return [Problem(line.action, words) for line in self.lines if (words := self._problem(line))]

    def _problem(self, line: Line) -> str:
        row = line.row
        if row is None or line.decision is None:
            return "nothing has been decided yet"
        if line.decision is CarryDecision.MERGED:
            target = self.by_key.get(row.into_id or 0)
            if target is None:
                return "what it is merged into is no longer in the plan"
            if target.decision is None or not target.decision.goes_on:
                return f"it is merged into {target.action.reference}, which is not carried itself"
        if not row.reason.strip():
            return "the reason is missing"
        if not row.meeting.strip():
            return "where it was decided is missing"
        return ""

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anybody decides otherwise or changes what the plan says of an action."""
        said = [f"{one.action.pk}.{one.action.version}.{one.row.version if one.row else 0}" for one in self.lines]
        return sha256(" ".join(said).encode()).hexdigest()[:16]

    def propose(self) -> None:
        """Add to each action what was last said of it and what that proposes: one query."""
        said = _last_said([line.action for line in self.lines])
        references = {line.action.reference for line in self.lines}
        for line in self.lines:
            action, line.last = line.action, said.get(line.action.pk)
            line.proposal = propose(
                reference=action.reference,
                status=ActionStatus(action.status),
                ended_on=action.completed_on or action.closed_on,
                closed_reason=action.closed_reason,
                last=line.last,
                references=references,
            )


def next_plan_of(rows: Iterable[CarryForward]) -> Plan | None:
    """The plan the decisions have led to, unless it has been archived since: then they may lead to another."""
    plans = (row.to_plan for row in rows)
    return next((plan for plan in plans if plan is not None and plan.archived_at is None), None)


class Years:
    """Which year a plan is for what comes into it from the plan before: counted on from what is known of that one."""

    def __init__(self, plan: Plan, following: Plan) -> None:
        began = FinancialYear.containing(plan.starts_on).first
        self.passed = max(1, FinancialYear.containing(following.starts_on).first - began)
        carried = CarryForward.objects.filter(to_plan=plan, to_action__isnull=False)
        # Of several that were merged, the one that has gone on longest.
        self.before = dict(carried.order_by("to_year").values_list("to_action", "to_year"))

    def of(self, action: int) -> int:
        """The year the following plan is for this action."""
        return (self.before.get(action) or 1) + self.passed


def _actions(plan: Plan) -> Iterator[Action]:
    there = plan.actions.open().filter(objective__archived_at=None, objective__priority__archived_at=None)
    newest = ProgressUpdate.objects.filter(action=OuterRef("pk"), state__in=COUNTED_STATES).order_by("-quarter")
    rows = there.select_related("objective__priority__lead", "lead_officer", "lead_agency").in_plan_order()
    for action in rows.annotate(newest_update=Subquery(newest.values("pk")[:1])):
        action.plan = action.objective.priority.plan = plan
        yield action


def _last_said(actions: Collection[Action]) -> dict[int, LastSaid]:
    """What was last said of each action, officially."""
    updates = ProgressUpdate.objects.in_bulk([key for one in actions if (key := one.newest_update)])  # type: ignore[attr-defined]
    return {
        update.action_id: LastSaid(
            quarter=update.quarter,
            light=RAG(update.rag),
            word=update.rag_as_stated,
            progress=update.progress,
            work_needed=update.work_needed,
            is_marked=update.carry_forward,
        )
        for update in updates.values()
    }


def refuse_unfit(plan: Plan, *, is_next: bool = False) -> None:
    """Raise NotRolledYet for what has been archived, and for a draft that is not the next plan itself."""
    if (plan.status == PlanStatus.DRAFT and not is_next) or plan.archived_at is not None:
        raise NotRolledYet(plan)


@transaction.atomic
def decide(*, plan: Plan, choices: Iterable[Choice], by: User) -> int:
    """Keep what has been decided about actions of the plan so far, all of it or nothing; how many decisions changed.

    Where somebody else has decided otherwise since the person looked, Overtaken says what and about which actions.
    """
    # Who decides and who rolls the plan forward stand in line here.
    plan = held(Plan.objects.select_for_update(no_key=True), plan)
    refuse_unfit(plan)
    choices = list(choices)
    _refuse_outside(plan, choices)
    there = CarryForward.objects.filter(from_action__plan=plan).select_related("to_plan", "from_action__plan")
    rows = {row.from_action_id: row for row in there}
    if (made := next_plan_of(rows.values())) is not None:
        raise RolledAlready(made)
    changing = [choice for choice in choices if not _stands(choice, rows.get(choice.action.pk))]
    theirs = {
        choice.action.pk: row
        for choice in changing
        if (row := rows.get(choice.action.pk)) is not None and row.version != choice.version
    }
    if theirs:
        raise Overtaken(theirs)
    for choice in changing:
        _write(choice, rows.get(choice.action.pk), by=by)
    return len(changing)


def _refuse_outside(plan: Plan, choices: Iterable[Choice]) -> None:
    for choice in choices:
        for action in (choice.action, choice.into):
            if action is not None and action.plan_id != plan.pk:
                raise NotInThisPlan


def _stands(choice: Choice, row: CarryForward | None) -> bool:
    """Whether this is what has been decided already."""
    return choice.is_in(row) if row is not None else not choice.decision


def _write(choice: Choice, row: CarryForward | None, *, by: User) -> None:
    was = copy(row) if row is not None else None
    row = row or CarryForward(from_action=choice.action)
    for name, value in choice.columns.items():
        setattr(row, name, value)
    row.decided_by = by
    # A plan that was made of it and has been archived since has nothing to do with what is decided now.
    row.to_plan = row.to_action = row.to_year = row.confirmed_by = row.confirmed_at = None
    store(row, by=by, reason=choice.reason, was=was)

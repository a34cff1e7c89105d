"""How the actions of a plan that was not made by rolling forward are tied to those of the plan it follows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import Action, CarryForward, Plan
from actions.services.carrying import Decisions, Line, NotInThisPlan, Years, refuse_unfit
from actions.services.rolling import DecisionsChanged
from actions.values import CarryDecision
from csp_tracker.models import User
from csp_tracker.text import clean_text
from csp_tracker.writing import held, store

ENDED = (CarryDecision.COMPLETED, CarryDecision.DROPPED)


class FollowsNothing(ValidationError):
    """Only where a plan follows another one is there anything to tie its actions to."""

    def __init__(self) -> None:
        super().__init__("Say first which plan this one follows.")


class LeadsElsewhere(ValidationError):
    """An action goes on in one plan only: it has been carried into another one already."""

    def __init__(self, row: CarryForward) -> None:
        super().__init__(f"{row.from_action.reference} has been carried into “{row.to_plan}” already.")


class WhyAndWhere(ValidationError):
    """Nothing is recorded without where it was decided, and no end of an action without why."""

    def __init__(self) -> None:
        super().__init__("Say where it was decided, and why each action ended that did.")


@dataclass(frozen=True)
class Tie:
    """What became of an action of the plan before: the one it goes on as, or how it ended; neither, nothing known."""

    action: Action
    goes_on: Action | None = None
    ended: str = ""
    reason: str = ""


class Lineage:
    """A plan beside the one it follows: the actions of both, and what is known of each action of the one before."""

    def __init__(self, plan: Plan) -> None:
        if plan.previous is None:
            raise FollowsNothing
        self.plan, self.previous = plan, plan.previous
        self.decisions = Decisions(self.previous)
        there = plan.actions.open().filter(objective__archived_at=None, objective__priority__archived_at=None)
        self.actions = list(there.in_plan_order())

    @property
    def lines(self) -> list[Line]:
        """The actions of the plan before."""
        return self.decisions.lines

    @property
    def tied(self) -> set[int]:
        """The actions of this plan that come from one of the plan before."""
        return {
            one.row.to_action_id for one in self.lines if self.is_here(one.row) and one.row and one.row.to_action_id
        }

    def is_here(self, row: CarryForward | None) -> bool:
        """Whether the decision has led to this plan."""
        return row is not None and row.to_plan_id == self.plan.pk

    def is_elsewhere(self, row: CarryForward | None) -> bool:
        """Whether it has led to another plan in use."""
        there = row.to_plan if row is not None else None
        return there is not None and there.pk != self.plan.pk and there.archived_at is None

    @property
    def fingerprint(self) -> str:
        """Another one as soon as anybody decides or changes an action of either plan."""
        here = " ".join(f"{action.pk}.{action.version}" for action in self.actions)
        return sha256(f"{self.decisions.fingerprint} {here}".encode()).hexdigest()[:16]


@transaction.atomic
def tie(
    *,
    plan: Plan,
    seen: str,
    ties: Iterable[Tie],
    meeting: str,
    decided_on: date | None = None,
    by: User,
    now: datetime,
) -> int:
    """Record what became of actions of the plan before; how many of these records changed.

    `seen` is the fingerprint of what the person read. What is said already is left as it is, with where it was decided.
    """
    if plan.previous_id is not None:  # who rolls the plan before forward, or decides about it, stands in line here
        held(Plan.objects.select_for_update(no_key=True), Plan(pk=plan.previous_id))
    plan = held(Plan.objects.select_for_update(of=("self",), no_key=True).select_related("previous"), plan)
    lineage = Lineage(plan)
    refuse_unfit(lineage.previous)
    refuse_unfit(plan, is_next=True)
    if lineage.fingerprint != seen:
        raise DecisionsChanged
    wanted = {one.action.pk: one for one in ties}
    _refuse_outside(lineage, wanted.values())
    writing = _Writing(lineage, wanted, clean_text(meeting).strip(), decided_on, by=by, now=now)
    changed = sum(writing.write(line) for line in writing.in_order())
    _count_years_on(plan, by=by)
    return changed


def _refuse_outside(lineage: Lineage, ties: Collection[Tie]) -> None:
    before, here = {line.action.pk for line in lineage.lines}, {action.pk for action in lineage.actions}
    for one in ties:
        if one.action.pk not in before:
            raise NotInThisPlan
        row = lineage.decisions.by_key[one.action.pk].row
        is_known = row is not None and one.goes_on is not None and row.to_action_id == one.goes_on.pk
        if one.goes_on is not None and one.goes_on.pk not in here and not is_known:
            raise NotInThisPlan
        if row is not None and lineage.is_elsewhere(row) and (one.goes_on or one.ended):
            raise LeadsElsewhere(row)


class _Writing:
    """Writes what became of each action; of several that go on as one, the others are merged into the first."""

    def __init__(
        self,
        lineage: Lineage,
        wanted: dict[int, Tie],
        meeting: str,
        decided_on: date | None,
        *,
        by: User,
        now: datetime,
    ) -> None:
        self.lineage, self.wanted, self.meeting, self.decided_on = lineage, wanted, meeting, decided_on
        self.by, self.now = by, now
        self.years = Years(lineage.previous, lineage.plan)
        self.first = self._firsts()

    def _goes_on(self, line: Line) -> int | None:
        """The key of the action it goes on as: what is said now, else what was said before."""
        if (said := self.wanted.get(line.action.pk)) is not None:
            return said.goes_on.pk if said.goes_on else None
        return line.row.to_action_id if line.row and self.lineage.is_here(line.row) else None

    def _firsts(self) -> dict[int, Action]:
        """Of what goes on as one action: what was carried as it before, else has its reference, else comes first."""
        found: dict[int, list[Line]] = {}
        for line in self.lineage.lines:
            if (key := self._goes_on(line)) is not None:
                found.setdefault(key, []).append(line)
        references = {action.pk: action.reference for action in self.lineage.actions}

        def rank(line: Line, key: int) -> tuple[bool, bool]:
            carried = line.row is not None and line.row.to_action_id == key and line.decision is not None
            is_first = carried and line.decision != CarryDecision.MERGED
            return not is_first, line.action.reference != references.get(key)

        return {key: min(lines, key=lambda line: rank(line, key)).action for key, lines in found.items()}

    def in_order(self) -> list[Line]:
        """Every action something is said of, now or before: who was the first of several may have changed."""
        return [line for line in self.lineage.lines if line.action.pk in self.wanted or self._goes_on(line)]

    def write(self, line: Line) -> bool:
        """Whether anything had to change."""
        said = self.wanted.get(line.action.pk)
        row = line.row
        if said is None and row is not None:
            said = Tie(line.action, row.to_action, reason=row.reason)
        if said is None or self._stands(said, row):
            return False
        if not (said.goes_on or said.ended):
            return self._take_back(row)
        reason = clean_text(said.reason).strip() or self._reason(said)
        if not reason or not self.meeting:
            raise WhyAndWhere
        row = row or CarryForward(from_action=line.action)
        row.decision, row.text, row.into = self._decision(said)
        row.reason, row.meeting, row.decided_on, row.decided_by = reason, self.meeting, self.decided_on, self.by
        row.to_plan, row.to_action, row.to_year = self.lineage.plan, said.goes_on, self.years.of(line.action.pk)
        row.confirmed_by, row.confirmed_at = self.by, self.now
        return store(row, by=self.by, reason=reason)

    def _stands(self, said: Tie, row: CarryForward | None) -> bool:
        """Whether this is what the record says; of another plan, and of a draft of a decision, it is none."""
        if not self.lineage.is_here(row) or row is None:
            return not (said.goes_on or said.ended)
        if said.goes_on is None:
            return row.decision == said.ended and row.reason == (clean_text(said.reason).strip() or row.reason)
        into = self._into(said)
        return row.to_action_id == said.goes_on.pk and row.into_id == (into.pk if into else None)

    def _into(self, said: Tie) -> Action | None:
        first = self.first[said.goes_on.pk] if said.goes_on else None
        return None if first is None or first.pk == said.action.pk else first

    def _decision(self, said: Tie) -> tuple[str, str, Action | None]:
        """What is decided, in which new words, merged into what."""
        if said.goes_on is None:
            return said.ended, "", None
        if (into := self._into(said)) is not None:
            return CarryDecision.MERGED, "", into
        if said.goes_on.text.split() == said.action.text.split():
            return CarryDecision.AS_IS, "", None
        return CarryDecision.AMENDED, said.goes_on.text, None

    def _reason(self, said: Tie) -> str:
        return f"It is {said.goes_on.reference} of “{self.lineage.plan}”" if said.goes_on else ""

    def _take_back(self, row: CarryForward | None) -> bool:
        """Nothing is known any more of what became of it."""
        if row is None:
            return False
        row.decision = row.text = ""
        row.into = row.to_plan = row.to_action = row.to_year = row.confirmed_by = row.confirmed_at = None
        row.decided_by = self.by
        return store(row, by=self.by, reason=f"Not tied to “{self.lineage.plan}” any more")


def _count_years_on(plan: Plan, *, by: User) -> None:
    """Count anew which year later plans are for what went on from this one: where that came from has changed."""
    rows = CarryForward.objects.filter(from_action__plan=plan, to_plan__isnull=False, to_plan__archived_at=None)
    following: dict[int, tuple[Plan, Years]] = {}
    for row in rows.select_related("to_plan"):
        if row.to_plan is None:
            continue
        if row.to_plan.pk not in following:
            following[row.to_plan.pk] = row.to_plan, Years(plan, row.to_plan)
        year = following[row.to_plan.pk][1].of(row.from_action_id)
        if row.to_year != year:
            row.to_year = year
            store(row, by=by, reason=f"Counted on from “{plan}”")
    for later, _ in following.values():
        _count_years_on(later, by=by)

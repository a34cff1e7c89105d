"""How a round stands: whose update is approved, waiting, returned, begun or not begun, by agency and by officer."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from actions.models import Action, ProgressUpdate, Round
from actions.reminding import Member, Team
from actions.values import ActionStatus, UpdateState
from csp_tracker.models import Agency, Membership, User
from csp_tracker.people import Role

NOTHING = "nothing"
#: What a round counts, from what is still owed to what is finished, with the words over each column.
STATES = {
    NOTHING: "Not updated",
    UpdateState.DRAFT.value: "Draft",
    UpdateState.RETURNED.value: "Returned",
    UpdateState.SUBMITTED.value: "Submitted",
    UpdateState.APPROVED.value: "Approved",
}
OWED = (NOTHING, UpdateState.DRAFT.value, UpdateState.RETURNED.value)
#: Words nobody reads on the page of a round.
LONG = ("progress", "work_needed", "back_on_track", "suggested_why", "figures", "draft_figures", "returned_words")


@dataclass(frozen=True)
class Line:
    """One action of a round: its update, whose it is, and who can be asked for it."""

    action: Action
    update: ProgressUpdate | None
    agency: Agency | None
    officer: User | None
    answers: tuple[User, ...]

    @property
    def state(self) -> str:
        """How far the update has come."""
        return self.update.state if self.update else NOTHING

    @property
    def typed_by(self) -> User | None:
        """Who submitted the update in place of its lead officer; None where the lead officer did, or nobody yet."""
        author = self.update.submitted_by if self.update else None
        return author if author is not None and author != self.officer else None

    @property
    def is_owed(self) -> bool:
        """Nothing has been submitted, or it came back."""
        return self.state in OWED

    @property
    def why_nobody(self) -> str:
        """Why nobody can be asked for an update that is owed; empty where somebody can."""
        if not self.is_owed or self.answers:
            return ""
        if self.officer is not None:
            return f"{self.officer} can no longer write here"
        return f"{self.agency} has nobody here who can write it" if self.agency else "Nobody leads it"


@dataclass
class Tally:
    """How many updates of one agency or officer have come how far."""

    name: str
    query: str
    counts: Counter[str] = field(default_factory=Counter)
    officers: "dict[int, Tally]" = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All the updates that are owed or written."""
        return self.counts.total()

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """State, its words and number, for a row of the table."""
        return [(state, words, self.counts[state]) for state, words in STATES.items()]

    @property
    def people(self) -> "list[Tally]":
        """The officers in alphabetical order, what any of them may write last."""
        return sorted(self.officers.values(), key=lambda one: (one.query.endswith("=none"), one.name))


class Standing:
    """One round and the lines of all that is owed to it: three queries, however long the plan."""

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self.members = _members(round_)
        everybody = self.members.values()
        self.team = Team(Member(one.user_id, one.agency_id, one.role == Role.MANAGER) for one in everybody)
        self.lines = [self._line(action, update) for action, update in _updates(round_) if _counts(action, update)]

    def _line(self, action: Action, update: ProgressUpdate | None) -> Line:
        officer = action.lead_officer
        own = self.members.get(officer.pk) if officer else None
        agency = action.lead_agency or (own.agency if own else None)
        writers = self.team.who_writes(action.lead_officer_id, action.lead_agency_id)
        return Line(action, update, agency, officer, tuple(self.members[key].user for key in writers))

    @cached_property
    def counts(self) -> Counter[str]:
        """How many updates have come how far."""
        return Counter(line.state for line in self.lines)

    @property
    def cells(self) -> list[tuple[str, str, int]]:
        """State, its words and number, over the whole round."""
        return [(state, words, self.counts[state]) for state, words in STATES.items()]

    @property
    def waiting(self) -> int:
        """Updates that wait for somebody to approve or return them."""
        return self.counts[UpdateState.SUBMITTED.value]

    @property
    def done(self) -> int:
        """Updates that count: submitted or approved."""
        return self.waiting + self.counts[UpdateState.APPROVED.value]

    @property
    def owed(self) -> int:
        """Updates that have not been submitted, or came back."""
        return len(self.lines) - self.done

    @property
    def unanswered(self) -> list[Line]:
        """What is owed and nobody can be asked for."""
        return [line for line in self.lines if line.why_nobody]

    @cached_property
    def agencies(self) -> list[Tally]:
        """The counts of each agency with those of its officers, in alphabetical order; of no agency last."""
        tallies: dict[int | None, Tally] = {}
        for line in self.lines:
            key = line.agency.pk if line.agency else None
            of_agency = f"agency={key or 'none'}"
            tally = tallies.setdefault(key, Tally(line.agency.name if line.agency else "No agency", of_agency))
            tally.counts[line.state] += 1
            person = line.officer
            name = person.name if person else "Any of its officers" if line.agency else "Nobody"
            query = f"{of_agency}&officer={person.pk if person else 'none'}"
            tally.officers.setdefault(person.pk if person else 0, Tally(name, query)).counts[line.state] += 1
        return sorted(tallies.values(), key=lambda one: (one.query.endswith("=none"), one.name))

    @property
    def fingerprint(self) -> str:
        """What a manager has read before locking: it changes when any update comes, goes or changes, numbers or not."""
        seen = ((one.action.pk, one.update and (one.update.pk, one.update.version, one.state)) for one in self.lines)
        return sha256(repr(list(seen)).encode()).hexdigest()[:40]


def people_owing(lines: Iterable[Line]) -> list[User]:
    """Everybody who can still be asked for one of the lines."""
    found = {person.pk: person for line in lines if line.is_owed for person in line.answers}
    return sorted(found.values(), key=lambda person: (person.name, person.pk))


def _updates(round_: Round) -> list[tuple[Action, ProgressUpdate | None]]:
    """The plan's actions in its order, each with its update of the quarter."""
    actions = round_.plan.actions.open().select_related("lead_agency", "lead_officer").in_plan_order()
    updates = ProgressUpdate.objects.filter(action__plan=round_.plan_id, quarter=round_.quarter)
    written = {update.action_id: update for update in updates.select_related("submitted_by").defer(*LONG)}
    return [(action, written.get(action.pk)) for action in actions]


def _counts(action: Action, update: ProgressUpdate | None) -> bool:
    """Whether the action belongs to the round: something was written, or it still owes an update."""
    return update is not None or ActionStatus(action.status).owes_updates


def _members(round_: Round) -> dict[int, Membership]:
    """Everybody who may report in the partnership today, by person."""
    current = Membership.objects.current().filter(partnership=round_.plan.partnership_id)
    found = current.exclude(role=Role.VIEWER).select_related("user", "agency").order_by("user__name", "user")
    return {member.user_id: member for member in found}


def choices_of(lines: Iterable[Line]) -> dict[str, list[tuple[Any, str]]]:
    """The agencies and officers of the lines, for the filters."""
    agencies: dict[Any, str] = {}
    officers: dict[Any, str] = {}
    nobody: dict[str, set[bool]] = defaultdict(set)
    for line in lines:
        nobody["agency"].add(line.agency is None)
        nobody["officer"].add(line.officer is None)
        if line.agency:
            agencies[line.agency.pk] = line.agency.name
        if line.officer:
            officers[line.officer.pk] = line.officer.name
    found = {}
    for name, named, none in (("agency", agencies, "No agency"), ("officer", officers, "No lead officer")):
        some = sorted(named.items(), key=lambda one: one[1])
        found[name] = [*some, *([("none", none)] if True in nobody[name] else [])]
    return found

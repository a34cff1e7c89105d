"""Rows to measure with: the same in every run, and only in a database that is marked as scratch by its name."""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

from django.db import connection, transaction

from actions.models import Action, ActionIndicator, Objective, Plan, Priority, ProgressUpdate, Round
from actions.values import ActionStatus, DatePrecision, PlanStatus, TimescaleKind, UpdateState
from csp_tracker.models import Agency, Membership, Partnership, User
from csp_tracker.people import Role
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from tests.benchmarks import MARK

SEED = 2009
LAST = Quarter.parse("2025-26-Q4")
NOW = datetime(2026, 4, 10, 9, 30, tzinfo=UTC)
BATCH = 500

LIGHTS = ((RAG.GREEN, 50), (RAG.AMBER, 18), (RAG.RED, 12), (RAG.COMPLETE, 5), (RAG.NOT_RATED, 15))
VOCABULARY = (
    "the of and to in for with at by on from a an officers residents partnership police council district housing "
    "probation youth offending team reported incidents burglary anti-social behaviour reduction campaign leaflets "
    "schools workshops delivered attended funding bid agreed meeting held neighbourhood watch scheme members recruited "
    "domestic abuse referrals increased fear crime survey results published town centre licensing visits completed "
    "trading standards rogue traders day action multi-agency operation fire service home safety checks elderly "
    "alcohol drugs treatment places waiting list training volunteers parish councils cameras repaired lighting "
    "hotspots mapped data shared protocol signed review due next quarter further work needed evaluation report "
    "committee recommended continue priority families support plan rural theft diesel farms marking equipment"
)


class NotScratch(Exception):
    """The database is not marked as one that may be filled with made-up rows, or holds rows already."""


@dataclass(frozen=True)
class Shape:
    """One partnership to be made: how many quarters lie behind it, and how many actions its plans hold."""

    slug: str
    quarters: int = 8
    plans: int = 4
    priorities: int = 3
    objectives: int = 2
    actions: int = 10

    @property
    def size(self) -> int:
        """The actions of all its plans."""
        return self.plans * self.priorities * self.objectives * self.actions


#: The partnership whose pages are measured, and its twin with five times the history.
OWN, LONG = Shape("own"), Shape("long", quarters=40)
#: The two plans whose papers are exported.
PAPERS = (
    Shape("paper-200", quarters=2, plans=1, priorities=5, objectives=4, actions=10),
    Shape("paper-10000", quarters=2, plans=1, priorities=10, objectives=20, actions=50),
)


def among(actions: int, *shapes: Shape) -> list[Shape]:
    """These among so many others that the database holds this many actions."""
    others = (actions - sum(shape.size for shape in shapes)) // OWN.size
    return [*shapes, *(Shape(f"other-{number}") for number in range(others))]


def refuse_unless_scratch() -> None:
    """Raise NotScratch unless the name of the database marks it as scratch and it holds no partnership."""
    name = Path(str(connection.settings_dict["NAME"])).name
    if not name.startswith(MARK):
        raise NotScratch(f"The database “{name}” is not marked as scratch: its name would begin with “{MARK}”.")
    if Partnership.objects.exists():
        raise NotScratch(f"The database “{name}” holds rows already.")


def seed(shapes: Iterable[Shape]) -> None:
    """Fill the scratch database."""
    refuse_unless_scratch()
    fill(shapes)


@transaction.atomic
def fill(shapes: Iterable[Shape]) -> None:
    """Store the partnerships, then their updates in the order of time, so that one action's lie apart on disk."""
    made = [_Maker(shape) for shape in shapes]
    for one in made:
        one.make_partnership()
        one.make_plans()
        one.make_indicators()
    longest = max(one.shape.quarters for one in made)
    for back in reversed(range(longest)):
        quarter = Quarter.from_ordinal(LAST.ordinal - back)
        for one in made:
            if back >= one.shape.quarters:
                continue
            if one.shape.slug.startswith("other"):
                one.copy_quarter(quarter, made[0])
            else:
                one.make_quarter(quarter)


@cache
def _sentences(least: int, most: int) -> list[str]:
    """Enough sentences of so many words that a page seldom has one twice."""
    random, vocabulary = Random(SEED), VOCABULARY.split()
    lengths = [random.randint(least, most) for _ in range(2000)]
    return [" ".join(random.choices(vocabulary, k=length)).capitalize() + "." for length in lengths]


class _Maker:
    """Makes one partnership. Two of the same shape get the same words, so that their pages can be compared."""

    def __init__(self, shape: Shape) -> None:
        self.shape, self.random = shape, Random(SEED)
        self.first = Quarter.from_ordinal(LAST.ordinal - shape.quarters + 1)

    def words(self, least: int, most: int) -> str:
        """A sentence."""
        return self.random.choice(_sentences(least, most))

    def make_partnership(self) -> None:
        """The partnership with its agencies and people."""
        slug = self.shape.slug
        self.partnership = Partnership.objects.create(name=f"{slug} Community Safety Partnership", slug=slug)
        names = ("District Council", "Essex Police", "Fire and Rescue", "Probation", "Primary Care Trust", "Moat Homes")
        self.agencies = Agency.objects.bulk_create(
            Agency(partnership=self.partnership, name=name, short_name=name.split()[0]) for name in names
        )
        people = [User(email=f"person{number}@{slug}.example", name=f"Person {number}") for number in range(13)]
        for person in people:
            person.set_unusable_password()
        self.manager, *self.officers = User.objects.bulk_create(people)
        Membership.objects.bulk_create(
            Membership(
                user=person,
                partnership=self.partnership,
                agency=self.agencies[number % len(self.agencies)],
                role=Role.OFFICER if number else Role.MANAGER,
                is_administrator=not number,
            )
            for number, person in enumerate([self.manager, *self.officers])
        )

    def make_plans(self) -> None:
        """Plans over all the quarters, each with an open round, and everything in them."""
        shape = self.shape
        self.plans = Plan.objects.bulk_create(
            Plan(
                partnership=self.partnership,
                title=f"Action plan {number}",
                slug=f"{shape.slug}-{number}",
                starts_on=self.first.starts_on,
                ends_on=LAST.ends_on,
                status=PlanStatus.ACTIVE,
            )
            for number in range(1, shape.plans + 1)
        )
        Round.objects.bulk_create(
            Round(plan=plan, quarter=LAST, opens_on=date(2026, 4, 1), due_on=date(2026, 4, 22)) for plan in self.plans
        )
        priorities = Priority.objects.bulk_create(
            Priority(plan=plan, number=str(at), title=self.words(4, 8), position=at)
            for plan in self.plans
            for at in range(1, shape.priorities + 1)
        )
        objectives = Objective.objects.bulk_create(
            Objective(priority=priority, number=f"{priority.number}.{at}", text=self.words(8, 20), position=at)
            for priority in priorities
            for at in range(1, shape.objectives + 1)
        )
        self.actions = Action.objects.bulk_create(
            (self._action(objective, at) for objective in objectives for at in range(1, shape.actions + 1)), BATCH
        )

    def _action(self, objective: Objective, at: int) -> Action:
        is_dated = self.random.random() < 0.7
        is_late = self.random.random() < 0.1
        due_on = (LAST.previous if is_late else LAST).ends_on if is_dated else None
        return Action(
            plan=objective.priority.plan,
            objective=objective,
            position=at,
            reference=f"{objective.number}.{at}",
            text=self.words(10, 30),
            expected_outcome=self.words(5, 15),
            timescale="" if is_dated else "Ongoing",
            timescale_kind=TimescaleKind.BY_DATE if is_dated else TimescaleKind.ONGOING,
            due_on=due_on,
            original_due_on=due_on,
            due_precision=DatePrecision.MONTH if is_dated else "",
            status=ActionStatus.IN_PROGRESS,
            lead_officer=self.random.choice(self.officers),
            lead_agency=self.random.choice(self.agencies),
        )

    def make_indicators(self) -> None:
        """KPIs with baseline, targets and a scheme; every third action is judged by one."""
        common = {"partnership": self.partnership, "polarity": "lower"}
        self.indicators = Indicator.objects.bulk_create(
            Indicator(reference=f"K{at}", name=self.words(4, 9), agency=self.agencies[at % 6], **common)
            for at in range(1, 13)
        )
        RatingScheme.objects.create(
            partnership=self.partnership, effective_from=self.first.starts_on, made_by=self.manager, made_at=NOW
        )
        Baseline.objects.bulk_create(
            Baseline(indicator=one, label="2008/09", value=2030, text="2,030 in 2008/09", is_primary=True)
            for one in self.indicators
        )
        Target.objects.bulk_create(
            Target(indicator=one, value=1984, text="1,984", **_period(LAST)) for one in self.indicators
        )
        ActionIndicator.objects.bulk_create(
            (
                ActionIndicator(action=action, indicator=self.indicators[at % len(self.indicators)])
                for at, action in enumerate(self.actions)
                if at % 3 == 0
            ),
            BATCH,
        )

    def make_quarter(self, quarter: Quarter) -> None:
        """What was said and measured in one quarter, with its history. One action in eight is still silent in the last.

        The words depend on the quarter alone, so that partnerships differ only by how many quarters they have.
        """
        self.random.seed(SEED + quarter.ordinal)
        spoken = [action for at, action in enumerate(self.actions) if quarter != LAST or at % 8]
        updates = ProgressUpdate.objects.bulk_create((self._update(action, quarter) for action in spoken), BATCH)
        readings = Reading.objects.bulk_create(self._reading(one, quarter) for one in self.indicators)
        if self.shape in (OWN, LONG):  # nobody looks at the histories of the others
            looked_at = [update for update in updates if update.action.plan_id == self.plans[0].pk]
            for state in UpdateState.DRAFT, UpdateState.SUBMITTED, UpdateState.APPROVED:
                _keep_history(looked_at, self.manager, state=state)
            _keep_history(readings, self.manager)

    def copy_quarter(self, quarter: Quarter, twin: "_Maker") -> None:
        """The updates of a partnership of the same shape again, in a tenth of the time."""
        people = [person.pk for person in (self.manager, twin.manager)]
        later = dict.fromkeys(("drafted_by_id", "submitted_by_id", "approved_by_id"), people[0] - people[1])
        later["action_id"] = self.actions[0].pk - twin.actions[0].pk
        columns = [field.column for field in ProgressUpdate._meta.concrete_fields if not field.primary_key]
        values = [f"{name} + {later[name]}" if name in later else name for name in columns]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO actions_progressupdate ({', '.join(columns)}) SELECT {', '.join(values)} "
                "FROM actions_progressupdate WHERE quarter = %s AND action_id BETWEEN %s AND %s",
                [quarter.ordinal, twin.actions[0].pk, twin.actions[-1].pk],
            )

    def _update(self, action: Action, quarter: Quarter) -> ProgressUpdate:
        light = _light(action, quarter)
        is_suggested = self.random.random() < 0.9
        return ProgressUpdate(
            action=action,
            quarter=quarter,
            progress=f"{self.words(15, 40)} {self.words(10, 30)}",
            work_needed=self.words(8, 20),
            rag=light,
            rag_reason=self.words(8, 20) if light.needs_reason else "",
            back_on_track=self.words(6, 15) if light == RAG.RED else "",
            suggested_rag=light if is_suggested else RAG.GREEN,
            suggested_why="On schedule",
            state=UpdateState.APPROVED if quarter != LAST else UpdateState.SUBMITTED,
            drafted_by=action.lead_officer,
            submitted_by=action.lead_officer,
            submitted_at=NOW,
            approved_by=self.manager if quarter != LAST else None,
            approved_at=NOW if quarter != LAST else None,
        )

    def _reading(self, indicator: Indicator, quarter: Quarter) -> Reading:
        return Reading(
            indicator=indicator,
            value=Decimal(self.random.randint(1500, 2500)),
            rating=RAG.GREEN,
            rating_why="1,884 against a target of 1,984",
            entered_by=self.manager,
            entered_at=NOW,
            **_period(quarter),
        )


def _light(action: Action, quarter: Quarter) -> RAG:
    """The light of the action's update: most keep theirs for a year, so that one in six moves in a quarter."""
    random = Random(f"{action.reference} {(quarter.ordinal + action.position) // 4}")
    return random.choices([light for light, _ in LIGHTS], [weight for _, weight in LIGHTS])[0]


def _period(quarter: Quarter) -> dict[str, object]:
    period = Period.of_quarter(quarter)
    return {"period_kind": period.kind.value, "period_starts_on": period.starts_on}


def _keep_history(rows: Sequence[ProgressUpdate | Reading], person: User, **fields: object) -> None:
    """One history row for each, as it stands but for these fields."""
    kept = [copy(row) for row in rows]
    for row in kept:
        vars(row).update(fields)
    if kept:
        history = type(kept[0]).history
        history.bulk_history_create(kept, batch_size=BATCH, default_user=person, default_date=NOW)

"""What a person owes for a quarter: the actions they or their agency lead, with what is written so far.

Beside them stand those which the agency supports: it owes nothing for them, and may contribute words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from actions.models import Action, Comment, Plan, ProgressUpdate, Round, SupportingAgency, TypedUpdate, Unlock
from actions.rag import due_in_words, is_overdue
from actions.values import ActionStatus, DatePrecision, PlanStatus, TimescaleKind, UpdateState
from csp_tracker.models import Membership
from csp_tracker.periods import Quarter

DUE_SOON = timedelta(days=7)
UNFINISHED = (UpdateState.RETURNED, UpdateState.DRAFT, None)


@dataclass
class Task:
    """One action's update for the quarter, written or still to be written."""

    action: Action
    update: ProgressUpdate | None
    last: ProgressUpdate | None
    is_own: bool
    is_late: bool
    has_typed: bool = False
    has_leave: bool = False
    is_locked: bool = False

    @property
    def state(self) -> str | None:
        """How far the update has come; None where nothing has been written."""
        return self.update.state if self.update else None

    @property
    def is_done(self) -> bool:
        """Submitted or approved: nothing is owed any more."""
        return self.update is not None and self.update.is_counted

    @property
    def is_closed(self) -> bool:
        """Approved or locked, and the person has no leave to change it: there is no form to lead to."""
        return (self.is_locked or self.state == UpdateState.APPROVED) and not self.has_leave

    @property
    def due(self) -> str:
        """When the action itself is due, no more exactly than the plan says."""
        action = self.action
        return due_in_words(action.due_on, DatePrecision(action.due_precision)) if action.due_on else ""


@dataclass
class Supported:
    """One action the person's agency supports, and whether it has said anything of the quarter."""

    action: Action
    is_said: bool


@dataclass
class TaskList:
    """What a person owes one plan for one quarter, and where their agency can contribute."""

    plan: Plan
    quarter: Quarter
    round: Round | None
    today: date
    tasks: list[Task] = field(default_factory=list)
    supported: list[Supported] = field(default_factory=list)

    @property
    def done(self) -> list[Task]:
        """What has been submitted or approved."""
        return [task for task in self.tasks if task.is_done]

    @property
    def own(self) -> list[Task]:
        """What the person owes as lead officer: what came back first, then drafts, then what is not begun."""
        return self._owed(is_own=True)

    @property
    def of_agency(self) -> list[Task]:
        """What the person's agency owes and any of its officers may write."""
        return self._owed(is_own=False)

    def _owed(self, *, is_own: bool) -> list[Task]:
        owed = [task for task in self.tasks if not task.is_done and task.is_own is is_own]
        return sorted(owed, key=lambda task: UNFINISHED.index(task.state))

    @property
    def is_locked(self) -> bool:
        """The quarter takes no more words."""
        return self.round is not None and self.round.locked_at is not None

    @property
    def is_overdue(self) -> bool:
        """Something is still owed after the round's day."""
        return self.round is not None and self.today > self.round.due_on and len(self.done) < len(self.tasks)

    @property
    def is_due_soon(self) -> bool:
        """The round's day is a week away, or less."""
        return self.round is not None and timedelta() <= self.round.due_on - self.today <= DUE_SOON


def plans_of(membership: Membership, today: date) -> list[Plan]:
    """The active plans of the membership's partnership that have begun, with their open quarter."""
    plans = Plan.objects.visible_to(membership.user).filter(
        partnership=membership.partnership_id, status=PlanStatus.ACTIVE, archived_at__isnull=True, starts_on__lte=today
    )
    return list(plans.with_open_quarter(today))


def task_lists(membership: Membership, plans: Iterable[Plan], quarter: Quarter | None, today: date) -> list[TaskList]:
    """What is owed to each plan for the quarter, or for each plan's own current one: three queries."""
    wanted = {plan.pk: (plan, quarter or plan.quarter_at(today)) for plan in plans}
    wanted = {key: (plan, one) for key, (plan, one) in wanted.items() if one in plan.quarters}
    rounds = {(found.plan_id, found.quarter): found for found in Round.objects.filter(plan__in=wanted)}
    lists = {key: TaskList(plan, one, rounds.get((key, one)), today) for key, (plan, one) in wanted.items()}
    actions = list(_concerning(membership, {key: one for key, (_, one) in wanted.items()}, today))
    quarters = {near for _, one in wanted.values() for near in (one, one.previous)}
    written = ProgressUpdate.objects.filter(action__in=actions, quarter__in=quarters)
    updates = {(update.action_id, update.quarter): update for update in written}
    for action in actions:
        here = lists[action.plan_id]
        if not action.is_led:
            if ActionStatus(action.status).owes_updates:
                here.supported.append(Supported(action, action.is_said))
            continue
        update, last = updates.get((action.pk, here.quarter)), updates.get((action.pk, here.quarter.previous))
        if update is not None or ActionStatus(action.status).owes_updates:
            last = last if last and last.is_counted else None
            is_own = action.lead_officer_id == membership.user_id
            of_reader = {"has_typed": action.has_typed, "has_leave": action.has_leave, "is_locked": here.is_locked}
            here.tasks.append(Task(action, update, last, is_own, _is_late(action, here), **of_reader))
    return list(lists.values())


def next_owed(membership: Membership, after: Action, quarter: Quarter, today: date) -> Action | None:
    """The next action in the list whose update is owed and can be written, beginning again at the top.

    None where `after` is somebody else's.
    """
    owing = Action.objects.owing(quarter).filter(pk=OuterRef("pk"))
    locked = Round.objects.filter(plan=OuterRef("plan"), quarter=quarter, locked_at__isnull=False)
    can_be_written = ~Q(Exists(locked)) | Q(Exists(_leave_of(membership, today).filter(quarter=quarter)))
    running = Q(
        plan__status=PlanStatus.ACTIVE, plan__starts_on__lte=quarter.ends_on, plan__ends_on__gte=quarter.starts_on
    )
    listed = _led_by(membership).filter(running).annotate(is_owed=can_be_written & Q(Exists(owing)))
    actions = sorted(listed, key=lambda action: action.lead_officer_id != membership.user_id)
    places = [place for place, action in enumerate(actions) if action == after]
    if not places:
        return None
    in_turn = actions[places[0] + 1 :] + actions[: places[0]]
    return next((action for action in in_turn if action.is_owed), None)


def _led_by(membership: Membership) -> QuerySet[Action]:
    """The actions a person leads, or their agency does, in the plan's order."""
    return _actions_of(membership).filter(_is_led_by(membership))


def _concerning(membership: Membership, quarters: Mapping[int, Quarter], today: date) -> QuerySet:
    """The same of these plans and what the agency supports: `is_led` of each, and what is there of the quarter."""
    of_quarters = Q(pk__in=())  # rows of the quarter asked for, of each plan
    for plan, quarter in quarters.items():
        of_quarters |= Q(action__plan=plan, quarter=quarter)
    by_agency, led = {"action": OuterRef("pk"), "agency": membership.agency_id}, _is_led_by(membership)
    said, supported = Comment.objects.filter(of_quarters, **by_agency), SupportingAgency.objects.filter(**by_agency)
    typed = TypedUpdate.objects.filter(of_quarters, action=OuterRef("pk"), person=membership.user_id)
    leave = _leave_of(membership, today).filter(of_quarters)
    actions = _actions_of(membership).filter(led | Exists(supported), plan__in=quarters)
    return actions.annotate(
        is_led=Case(When(led, then=True), default=False),
        is_said=Exists(said),
        has_typed=Exists(typed),
        has_leave=Exists(leave),
    )


def _leave_of(membership: Membership, today: date) -> QuerySet[Unlock]:
    """The person's leave to change, of the action asked about, what is approved or locked."""
    return Unlock.objects.filter(action=OuterRef("pk"), person=membership.user_id, until__gte=today)


def _is_led_by(membership: Membership) -> Q:
    return Q(lead_officer=membership.user_id) | Q(lead_agency=membership.agency_id)


def _actions_of(membership: Membership) -> QuerySet[Action]:
    actions = Action.objects.visible_to(membership.user).filter(plan__partnership=membership.partnership_id)
    return actions.open().in_plan_order()


def _is_late(action: Action, here: TaskList) -> bool:
    return is_overdue(
        today=here.today,
        quarter=here.quarter,
        kind=TimescaleKind(action.timescale_kind),
        due_on=action.due_on,
        status=ActionStatus(action.status),
        completed_on=action.completed_on,
        closed_on=action.closed_on,
    )

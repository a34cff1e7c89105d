"""How people are asked for the updates they owe: by the plan of days each morning, or by a manager now."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from actions.models import Action, CommentNotice, Plan, ProgressUpdate, Reminder, Round
from actions.reminding import Member, ReminderKind, Team, kind_due, next_list_is_in_time, notice_is_due
from actions.services.letters import Letter, Part, send_letter
from actions.services.refusals import PlanNotActive, RoundLocked
from actions.values import PlanStatus
from csp_tracker.models import Membership, User
from csp_tracker.people import Role
from csp_tracker.writing import Foreign, held


class Reminded(list[Reminder]):
    """The reminders that were written, with those who were left out and why."""

    def __init__(self, reminders: Iterable[Reminder], left_out: Iterable[tuple[User, str]]) -> None:
        super().__init__(reminders)
        self.left_out = list(left_out)


@dataclass
class Owed:
    """What rounds are still owed: by whom, and what nobody can be asked for."""

    actions: dict[tuple[Round, Membership], list[Action]] = field(default_factory=lambda: defaultdict(list))
    unasked: list[tuple[Round, Action]] = field(default_factory=list)


@dataclass
class Outlook:
    """What a day's run would send: a mail for each person, and what nobody can be asked for."""

    letters: list[Letter]
    unasked: list[tuple[Round, Action]]


def asking_rounds(today: date, plan: Plan | None = None) -> list[Round]:
    """Every round, or the plan's, that asks for updates on that day: open, of an active plan, the quarter begun."""
    running = Q(plan__status=PlanStatus.ACTIVE, plan__archived_at__isnull=True)
    found = Round.objects.filter(running, locked_at__isnull=True, opens_on__lte=today).order_by("due_on", "pk")
    found = found if plan is None else found.filter(plan=plan)
    return [one for one in found.select_related("plan__partnership") if one.quarter.starts_on <= today]


def owed_to(rounds: Sequence[Round], today: date) -> Owed:
    """Who owes the rounds which updates: a query for people, and one for each quarter."""
    members: dict[int, dict[int, Membership]] = defaultdict(dict)
    current = Membership.objects.current(today).exclude(role=Role.VIEWER).select_related("user")
    for member in current.filter(partnership__in={one.plan.partnership_id for one in rounds}):
        members[member.partnership_id][member.user_id] = member
    teams = {
        key: Team(Member(one.user_id, one.agency_id, one.role == Role.MANAGER) for one in people.values())
        for key, people in members.items()
    }
    found = Owed()
    for one in rounds:
        partnership = one.plan.partnership_id
        for action in _owing(one):
            people = teams.get(partnership, Team([])).who_writes(action.lead_officer_id, action.lead_agency_id)
            for person in people:
                found.actions[one, members[partnership][person]].append(action)
            if not people:
                found.unasked.append((one, action))
    return found


def _owing(round: Round) -> Iterable[Action]:  # noqa: A002 - the domain's word
    """The actions that owe the round an update, in the plan's order, with `written`: how far it has come."""
    written = ProgressUpdate.objects.filter(action=OuterRef("pk"), quarter=round.quarter).values("state")[:1]
    owing = Action.objects.owing(round.quarter).filter(plan=round.plan_id).in_plan_order()
    return owing.annotate(written=Subquery(written))


def outlook(today: date, plan: Plan | None = None) -> Outlook:
    """Whom the day's run asks for what. It writes nothing, and counts nothing that was sent that day already."""
    rounds = asking_rounds(today, plan)
    owed, managers = owed_to(rounds, today), _managers_of(rounds, today)
    told = _told_of(rounds)
    parts: dict[User, list[Part]] = defaultdict(list)
    for (round_, membership), actions in owed.actions.items():
        kind = kind_due(
            opens_on=round_.opens_on,
            due_on=round_.due_on,
            told_on=told.get((round_.pk, membership.user_id)),
            today=today,
            is_weekly=membership.wants_digest,
        )
        if kind is not None:
            parts[membership.user].append(Part(round_, kind, actions, managers.get(round_.pk)))
    notices = _notices(today) if plan is None else {}
    asked_today = set(Reminder.objects.filter(on=today).values_list("person", flat=True))
    people = sorted(parts.keys() | notices.keys(), key=lambda person: (person.name, person.pk))
    letters = [
        Letter(person, parts.get(person, []), [notice.comment for notice in notices.get(person, [])])
        for person in people
        if person.pk not in asked_today
    ]
    return Outlook(letters, owed.unasked)


def send_reminders(*, today: date, plan: Plan | None = None) -> list[Letter]:
    """Put the day's mails into the outbox, each whole or not at all, and none for who was asked that day already.

    Of one plan alone its reminders go, and no word of comments. Two runs at once send each mail once: the second waits
    for the person's row and finds what the first has written.
    """
    return [letter for one in outlook(today, plan).letters if (letter := _send(one, today=today)) is not None]


def remind_now(*, round: Round, people: Iterable[User], by: User, now: datetime) -> Reminded:  # noqa: A002
    """Ask these people today for what they owe the round, whatever day it is. Says who was left out, and why."""
    round_ = held(Round.objects.select_related("plan__partnership"), round)
    today = timezone.localdate(now)
    if round_.locked_at is not None:
        raise RoundLocked(round_.quarter)
    if round_.plan.status != PlanStatus.ACTIVE:
        raise PlanNotActive(PlanStatus(round_.plan.status))
    owed = {
        membership.user_id: (membership, actions)
        for (_, membership), actions in owed_to([round_], today).actions.items()
    }
    reminders: list[Reminder] = []
    left_out: list[tuple[User, str]] = []
    for person in _members_among(people, round_):
        why, sent = _ask(person, owed.get(person.pk), round_, by, today)
        reminders += sent
        left_out += [(person, why)] if why else []
    return Reminded(reminders, left_out)


def _members_among(people: Iterable[User], round_: Round) -> list[User]:
    """The people, each once; Foreign where one of them never was in the partnership."""
    asked = list(dict.fromkeys(people))
    known = Membership.objects.filter(partnership=round_.plan.partnership_id, user__in=asked).values("user")
    if known.count() != len(asked):
        raise Foreign
    return asked


def _ask(
    person: User, owes: tuple[Membership, list[Action]] | None, round_: Round, by: User, today: date
) -> tuple[str, list[Reminder]]:
    """Ask one person, or say why not."""
    if owes is None:
        return "owes nothing that they could be asked for", []
    membership, actions = owes
    if membership.wants_digest and next_list_is_in_time(due_on=round_.due_on, after=today):
        return "has chosen one mail a week, which goes on Mondays", []
    letter = Letter(person, [Part(round_, ReminderKind.ASKED, actions, by)])
    sent = _send(letter, today=today, by=by)
    if sent is None:
        return "has been sent a reminder today already", []
    return "", list(round_.reminders.filter(person=person, on=today))


@transaction.atomic
def _send(letter: Letter, *, today: date, by: User | None = None) -> Letter | None:
    """Write one person's mail with its reminders; None where there is nothing to say any more."""
    person = held(User.objects.select_for_update(no_key=True), letter.person)
    if not person.is_active or Reminder.objects.filter(person=person, on=today).exists():
        return None
    waiting = CommentNotice.objects.filter(person=person, comment__in=letter.comments, mail=None)
    notices = list(waiting.select_related("comment__action__plan"))
    letter = Letter(person, list(_still_owed(letter.parts)), [notice.comment for notice in notices])
    if not letter.parts and not notices:
        return None
    mail = send_letter(letter, today=today)
    for part in letter.parts:
        Reminder.objects.create(
            round=part.round, person=person, on=today, kind=part.kind, number=len(part.actions), mail=mail, asked_by=by
        )
    for notice in notices:
        notice.mail = mail
        notice.save()
    return letter


def _still_owed(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts without what was locked or submitted since they were put together."""
    for part in parts:
        if Round.objects.filter(pk=part.round.pk, locked_at__isnull=True).exists():
            asked = Action.objects.filter(pk__in=[action.pk for action in part.actions])
            owing = set(asked.owing(part.round.quarter).values_list("pk", flat=True))
            if actions := [action for action in part.actions if action.pk in owing]:
                yield Part(part.round, part.kind, actions, part.manager)


def _told_of(rounds: Sequence[Round]) -> dict[tuple[int, int], date]:
    """When each round asked each person last."""
    told = Reminder.objects.filter(round__in=rounds).order_by().values_list("round", "person").annotate(last=Max("on"))
    return {(round_, person): last for round_, person, last in told}


def _managers_of(rounds: Sequence[Round], today: date) -> dict[int, User]:
    """Who answers questions about each round: the manager who opened it, else one of the partnership's."""
    managers: dict[int, dict[int, User]] = defaultdict(dict)
    current = Membership.objects.current(today).filter(role=Role.MANAGER).select_related("user")
    for member in current.filter(partnership__in={one.plan.partnership_id for one in rounds}):
        managers[member.partnership_id][member.user_id] = member.user
    opened = Round.history.filter(id__in=[one.pk for one in rounds], history_type="+")
    openers = dict(opened.values_list("id", "history_user"))
    found = {}
    for one in rounds:
        here = managers[one.plan.partnership_id]
        if here:
            found[one.pk] = here.get(openers.get(one.pk) or 0) or next(iter(here.values()))
    return found


def _notices(today: date) -> dict[User, list[CommentNotice]]:
    """The comments that are told of today, by the person who is still a member to be told."""
    waiting = CommentNotice.objects.filter(mail=None).select_related("comment__action__plan", "person").order_by("pk")
    people = {notice.person_id for notice in waiting}
    current = Membership.objects.current(today).filter(user__in=people)
    weekly = {(one.partnership_id, one.user_id): one.wants_digest for one in current}
    found: dict[User, list[CommentNotice]] = defaultdict(list)
    for notice in waiting:
        is_weekly = weekly.get((notice.comment.action.partnership_id, notice.person_id))
        written_on = timezone.localdate(notice.comment.written_at)
        if is_weekly is not None and notice_is_due(written_on=written_on, today=today, is_weekly=is_weekly):
            found[notice.person].append(notice)
    return found

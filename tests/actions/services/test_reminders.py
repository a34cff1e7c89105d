"""Who is asked by mail for what, when, how often; and who is not."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from actions.models import Reminder
from actions.services import reminders
from actions.services.refusals import PlanNotActive, RoundLocked
from actions.services.reminders import outlook, remind_now, send_reminders
from actions.values import ActionStatus, PlanStatus, UpdateState
from csp_tracker.models import Membership, OutboxMail
from csp_tracker.writing import Foreign
from tests.builders import (
    QUARTER,
    make_action,
    make_agency,
    make_manager,
    make_officer,
    make_plan,
    make_round,
    make_update,
    make_viewer,
)
from tests.racing import race

OPENING = date(2025, 7, 1)
HALFWAY = date(2025, 7, 11)
MORNING = datetime(2025, 7, 15, 8, tzinfo=UTC)
TODAY = MORNING.date()


@pytest.fixture(autouse=True)
def later(settings):
    settings.OUTBOX_IMMEDIATELY = False


@pytest.fixture
def plan(db):
    return make_plan(title="Safer Maldon")


@pytest.fixture
def opened(plan):
    return make_round(plan)


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership, name="Olive Officer")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Margaret Manager")


@pytest.fixture
def action(plan, opened, officer):
    return make_action(plan, lead_officer=officer)


def asked(today=OPENING):
    """Who is sent a mail that day, and for how many updates."""
    return {letter.person.name: letter.number for letter in send_reminders(today=today)}


class TestWhoIsAsked:
    def test_the_lead_officer_is(self, action, officer):
        assert asked() == {"Olive Officer": 1}
        mail = OutboxMail.objects.get()
        assert mail.to == officer.email
        reminder = Reminder.objects.get()
        assert (reminder.person, reminder.on, reminder.kind, reminder.number, reminder.mail, reminder.asked_by) == (
            officer, OPENING, "opening", 1, mail, None,
        )  # fmt: skip

    def test_one_mail_asks_for_everything_in_all_plans_and_partnerships(self, plan, officer, action):
        make_action(plan, lead_officer=officer)
        second = make_plan(plan.partnership)
        make_round(second)
        make_action(second, lead_officer=officer)
        elsewhere = make_plan()
        Membership.objects.create(
            user=officer, partnership=elsewhere.partnership, agency=make_agency(elsewhere.partnership), role="officer"
        )
        make_round(elsewhere)
        make_action(elsewhere, lead_officer=officer)
        assert asked() == {"Olive Officer": 4}
        assert OutboxMail.objects.count() == 1
        assert sorted(Reminder.objects.values_list("number", flat=True)) == [1, 1, 2]

    def test_where_only_an_agency_leads_its_officers_are(self, plan, opened):
        police = make_agency(plan.partnership, "Police")
        for name in ("Ann", "Bob"):
            make_officer(plan.partnership, agency=police, name=name)
        make_manager(plan.partnership, agency=police, name="Chief")
        make_viewer(plan.partnership, agency=police, name="Reader")
        make_action(plan, lead_agency=police)
        assert asked() == {"Ann": 1, "Bob": 1}

    def test_a_lead_officer_alone_is_asked_and_not_the_whole_agency(self, plan, opened):
        police = make_agency(plan.partnership, "Police")
        lead, _ = (make_officer(plan.partnership, agency=police, name=name) for name in ("Ann", "Bob"))
        make_action(plan, lead_agency=police, lead_officer=lead)
        assert asked() == {"Ann": 1}

    @pytest.mark.parametrize("left", [{"ends_on": date(2025, 6, 30)}, {"role": "viewer"}], ids=["left", "reads only"])
    def test_who_has_left_is_not_and_their_agency_is_asked_instead(self, plan, opened, left):
        police = make_agency(plan.partnership, "Police")
        lead, _ = (make_officer(plan.partnership, agency=police, name=name) for name in ("Ann", "Bob"))
        make_action(plan, lead_agency=police, lead_officer=lead)
        lead.memberships.update(**left)
        assert asked() == {"Bob": 1}

    def test_who_cannot_sign_in_any_more_is_not(self, action, officer):
        get_user_model().objects.filter(pk=officer.pk).update(is_active=False)
        assert asked() == {}
        assert [one.reference for _, one in outlook(OPENING).unasked] == [action.reference]

    def test_what_nobody_leads_is_named_and_stops_nothing(self, plan, action):
        stray = make_action(plan)
        assert asked() == {"Olive Officer": 1}
        assert outlook(HALFWAY).unasked == [(plan.rounds.get(), stray)]

    @pytest.mark.parametrize("state", [UpdateState.SUBMITTED, UpdateState.APPROVED])
    def test_who_has_submitted_is_left_in_peace(self, action, state):
        make_update(action, state=state)
        assert asked() == {}

    @pytest.mark.parametrize("state", [UpdateState.DRAFT, UpdateState.RETURNED])
    def test_a_draft_or_what_came_back_is_still_owed(self, action, state):
        make_update(action, state=state)
        assert asked() == {"Olive Officer": 1}

    @pytest.mark.parametrize(
        "ended",
        [
            {"status": ActionStatus.PAUSED},
            {"status": ActionStatus.COMPLETE, "completed_on": OPENING},
            {"status": ActionStatus.CLOSED_NOT_NEEDED, "closed_on": OPENING, "closed_reason": "Merged"},
            {"archived_at": MORNING},
        ],
        ids=["paused", "complete", "closed", "archived"],
    )
    def test_what_is_paused_or_over_is_not_asked_for(self, plan, opened, officer, ended):
        make_action(plan, lead_officer=officer, **ended)
        assert asked() == {}


class TestWhen:
    def test_a_quarter_is_asked_for_on_its_days_and_no_other(self, action):
        days = [OPENING + timedelta(days=number) for number in range(40)]
        assert [day for day in days if asked(day)] == [
            date(2025, 7, 1), date(2025, 7, 11), date(2025, 7, 21), date(2025, 7, 25), date(2025, 7, 29),
            date(2025, 8, 5),
        ]  # fmt: skip
        assert list(Reminder.objects.order_by("on").values_list("kind", flat=True)) == [
            "opening", "halfway", "day_before", "overdue", "overdue", "overdue",
        ]  # fmt: skip

    def test_nobody_is_asked_twice_on_a_day(self, action):
        assert [asked(), asked()] == [{"Olive Officer": 1}, {}]

    def test_a_second_round_that_opens_later_that_day_waits_for_tomorrow(self, plan, action, officer):
        asked()
        second = make_plan(plan.partnership)
        make_round(second)
        make_action(second, lead_officer=officer)
        assert [asked(), asked(date(2025, 7, 2))] == [{}, {"Olive Officer": 1}]

    def test_a_due_date_that_moves_is_asked_for_by_the_new_one(self, action, opened):
        assert asked()
        opened.due_on = date(2025, 7, 31)
        opened.save()
        days = [OPENING + timedelta(days=number) for number in range(1, 31)]
        assert [day for day in days if asked(day)] == [date(2025, 7, 16), date(2025, 7, 30)]

    def test_the_database_would_refuse_a_second_one(self, action, opened, officer):
        asked()
        with pytest.raises(IntegrityError), transaction.atomic():
            Reminder.objects.create(
                round=opened, person=officer, on=OPENING, kind="asked", number=1, mail=OutboxMail.objects.get()
            )

    def test_nobody_is_asked_once_the_quarter_is_locked(self, action, opened, manager):
        opened.locked_at, opened.locked_by = MORNING, manager
        opened.save()
        assert asked(date(2025, 8, 5)) == {}

    @pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.CLOSED])
    def test_only_active_plans_ask(self, plan, action, status):
        plan.status = status
        plan.save()
        assert asked() == {}

    def test_a_quarter_that_has_not_begun_asks_nobody(self, plan, officer):
        make_round(plan, QUARTER.next, opens_on=OPENING)
        make_action(plan, lead_officer=officer)
        assert asked(date(2025, 6, 30)) == {}

    def test_what_is_submitted_while_mails_are_written_is_not_asked_for(self, action, officer, monkeypatch):
        seen = outlook(OPENING)
        make_update(action)
        monkeypatch.setattr(reminders, "outlook", lambda *_: seen)
        assert asked() == {}
        assert not OutboxMail.objects.exists()

    def test_what_is_locked_while_mails_are_written_is_not_asked_for(self, action, opened, manager, monkeypatch):
        seen = outlook(OPENING)
        opened.locked_at, opened.locked_by = MORNING, manager
        opened.save()
        monkeypatch.setattr(reminders, "outlook", lambda *_: seen)
        assert asked() == {}

    def test_who_chose_one_mail_a_week_gets_it_on_monday(self, action, officer):
        officer.memberships.update(wants_digest=True)
        days = [OPENING + timedelta(days=number) for number in range(25)]
        assert [f"{day:%A}" for day in days if asked(day)] == ["Monday"] * 3
        assert set(Reminder.objects.values_list("kind", flat=True)) == {"weekly"}


class TestByAManager:
    def test_those_who_have_not_submitted_are_asked_now(self, opened, action, officer, manager):
        sent = remind_now(round=opened, people=[officer], by=manager, now=MORNING)
        assert [(one.person, one.kind, one.on, one.asked_by) for one in sent] == [(officer, "asked", TODAY, manager)]
        assert sent.left_out == []
        assert "Margaret Manager asks for what is still missing." in OutboxMail.objects.get().text

    def test_who_is_left_out_is_said_with_the_reason(self, plan, opened, action, officer, manager):
        idle, weekly = (make_officer(plan.partnership) for _ in range(2))
        make_action(plan, lead_officer=weekly)
        weekly.memberships.update(wants_digest=True)
        remind_now(round=opened, people=[officer], by=manager, now=MORNING)
        sent = remind_now(round=opened, people=[officer, idle, weekly, officer], by=manager, now=MORNING)
        assert sent == []
        assert sent.left_out == [
            (officer, "has been sent a reminder today already"),
            (idle, "owes nothing that they could be asked for"),
            (weekly, "has chosen one mail a week, which goes on Mondays"),
        ]
        assert OutboxMail.objects.count() == 1

    def test_who_chose_one_mail_a_week_is_asked_where_the_next_list_would_be_too_late(
        self, opened, action, officer, manager
    ):
        officer.memberships.update(wants_digest=True)
        opened.due_on = TODAY + timedelta(days=3)  # a Friday
        opened.save()
        sent = remind_now(round=opened, people=[officer], by=manager, now=MORNING)
        assert [(one.person, one.kind) for one in sent] == [(officer, "asked")]
        assert sent.left_out == []

    def test_the_morning_run_does_not_ask_again_what_a_manager_asked_that_day(self, opened, action, officer, manager):
        with time_machine.travel(datetime(2025, 7, 11, 6, tzinfo=UTC)):
            remind_now(round=opened, people=[officer], by=manager, now=datetime(2025, 7, 11, 6, tzinfo=UTC))
        assert asked(HALFWAY) == {}

    def test_a_locked_quarter_asks_nobody(self, opened, action, officer, manager):
        opened.locked_at, opened.locked_by = MORNING, manager
        opened.save()
        with pytest.raises(RoundLocked):
            remind_now(round=opened, people=[officer], by=manager, now=MORNING)

    def test_a_closed_plan_asks_nobody(self, plan, opened, action, officer, manager):
        plan.status = PlanStatus.CLOSED
        plan.save()
        with pytest.raises(PlanNotActive):
            remind_now(round=opened, people=[officer], by=manager, now=MORNING)

    def test_people_of_another_partnership_are_refused(self, opened, action, manager):
        with pytest.raises(Foreign):
            remind_now(round=opened, people=[make_officer(make_plan().partnership)], by=manager, now=MORNING)


def test_a_run_costs_no_more_queries_for_more_actions(plan, opened, count_queries):
    def queries(actions):
        for number in range(actions):
            make_action(plan, lead_officer=make_officer(plan.partnership, name=f"{actions} {number}"))
        return count_queries(lambda: outlook(OPENING))

    assert queries(3) == queries(30) <= 9


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_runs_send_each_mail_once(self, plan, opened):
        for number in range(8):
            make_action(plan, lead_officer=make_officer(plan.partnership, name=f"Officer {number}"))
        sent = race(*[partial(send_reminders, today=OPENING)] * 2)
        assert not [one for one in sent if isinstance(one, Exception)]
        assert sum(len(letters) for letters in sent) == 8
        assert OutboxMail.objects.count() == Reminder.objects.count() == 8

    def test_a_manager_and_the_morning_run_send_one_mail(self, opened, action, officer, manager):
        by_hand = partial(
            remind_now, round=opened, people=[officer], by=manager, now=datetime(2025, 7, 11, 6, tzinfo=UTC)
        )
        results = race(by_hand, partial(send_reminders, today=HALFWAY), by_hand)
        assert not [one for one in results if isinstance(one, Exception)]
        assert sum(len(one) for one in results) == 1
        assert OutboxMail.objects.count() == 1

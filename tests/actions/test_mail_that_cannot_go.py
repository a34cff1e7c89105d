"""The whole way of a reminder, against real mail servers on this machine: nothing is delayed, lost or sent twice."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from time import perf_counter

import pytest
from django.core.management import call_command
from django.urls import reverse

from actions.models import Comment
from actions.services.reminders import send_reminders
from csp_tracker import outbox
from csp_tracker.models import OutboxMail
from tests.builders import (
    QUARTER,
    make_action,
    make_agency,
    make_manager,
    make_officer,
    make_plan,
    make_reminder,
    make_round,
)
from tests.mail_servers import mail_server

pytestmark = pytest.mark.django_db
OPENING = date(2025, 7, 1)
MORNING = datetime(2030, 1, 1, 8, tzinfo=UTC)
PEOPLE = 200


@pytest.fixture(autouse=True)
def real_mail(settings):
    settings.OUTBOX_IMMEDIATELY = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 0.2


@pytest.fixture
def reach(settings):
    def reach(server):
        for name, value in server.settings.items():
            setattr(settings, name, value)

    return reach


@pytest.fixture
def nobody_there(settings):
    """A port on which nobody listens."""
    with mail_server() as server:
        for name, value in server.settings.items():
            setattr(settings, name, value)


@pytest.fixture
def plan():
    plan = make_plan()
    make_round(plan)
    return plan


def waiting():
    return OutboxMail.objects.filter(sent_at=None)


def test_two_hundred_mails_survive_a_server_that_is_down_and_go_when_it_is_back(plan, nobody_there, reach):
    agency = make_agency(plan.partnership)
    for number in range(PEOPLE):
        make_action(plan, lead_officer=make_officer(plan.partnership, agency=agency, name=f"Officer {number}"))
    assert len(send_reminders(today=OPENING)) == PEOPLE
    assert outbox.deliver(now=MORNING) == (0, PEOPLE)
    assert outbox.deliver(now=MORNING + timedelta(minutes=4)) == (0, 0)  # not yet again
    assert waiting().filter(attempts=1).count() == PEOPLE
    with mail_server() as server:
        reach(server)
        assert outbox.deliver(now=MORNING + timedelta(minutes=6)) == (PEOPLE, 0)
        assert outbox.deliver(now=MORNING + timedelta(minutes=12)) == (0, 0)
    assert len(server.taken) == PEOPLE
    assert len({words.partition("To: ")[2].splitlines()[0] for words in server.taken}) == PEOPLE
    assert not waiting().exists()


def test_a_mail_is_tried_five_times_in_a_day_and_then_shown_and_sent_again_by_hand(plan, nobody_there, reach, client):
    officer = make_officer(plan.partnership, name="Olive Officer")
    make_action(plan, lead_officer=officer)
    send_reminders(today=OPENING)
    runs = [MORNING + timedelta(minutes=5 * number) for number in range(300)]
    tried = [now for now in runs if outbox.deliver(now=now) == (0, 1)]
    assert len(tried) == 5
    assert tried[-1] - tried[0] <= timedelta(hours=24)
    client.force_login(make_manager(plan.partnership))
    log = reverse("round_reminders", args=[plan.slug, QUARTER])
    assert "Did not go" in client.get(log).content.decode()
    client.post(reverse("round_reminders_again", args=[plan.slug, QUARTER]))
    with mail_server() as server:
        reach(server)
        call_command("send_outbox", stdout=StringIO())
    assert len(server.taken) == 1
    assert "Did not go" not in client.get(log).content.decode()


def test_whoever_runs_the_service_is_told_of_what_was_given_up_and_begins_anew(plan, nobody_there, reach):
    make_reminder(plan.rounds.get(), sent_at=None, attempts=5)

    def run(*options):
        out = StringIO()
        call_command("send_outbox", *options, stdout=out)
        return out.getvalue().splitlines()

    assert run() == [
        "0 sent, 0 to be tried again.",
        "1 failed five times and wait for a person: send_outbox --again begins anew.",
    ]
    with mail_server() as server:
        reach(server)
        assert run("--again") == ["1 sent, 0 to be tried again."]


def test_a_server_that_never_answers_is_given_up_in_time(plan, reach):
    make_reminder(plan.rounds.get(), sent_at=None, attempts=0)
    with mail_server("silent") as server:
        reach(server)
        start = perf_counter()
        assert outbox.deliver(now=MORNING) == (0, 1)
    assert perf_counter() - start < 5
    assert "timed out" in OutboxMail.objects.get().last_error


def test_a_refused_address_holds_up_nobody(plan, reach):
    for address in ("gone@example.org", "büro@example.org"):
        make_reminder(plan.rounds.get(), sent_at=None, attempts=0, to=address)
    with mail_server("refusing") as server:
        reach(server)
        assert outbox.deliver(now=MORNING) == (0, 2)
        OutboxMail.objects.update(next_attempt_at=MORNING + timedelta(days=9))
        make_reminder(plan.rounds.get(), sent_at=None, attempts=0, next_attempt_at=MORNING)
        server.manner = "willing"
        assert outbox.deliver(now=MORNING) == (1, 0)


def test_an_address_that_no_header_can_carry_holds_up_nobody(plan, reach):
    make_reminder(plan.rounds.get(), sent_at=None, attempts=0, to="two\nlines@example.org")
    make_reminder(plan.rounds.get(), sent_at=None, attempts=0)
    with mail_server() as server:
        reach(server)
        assert outbox.deliver(now=MORNING) == (1, 1)


def test_a_comment_is_kept_at_once_whatever_the_mail_server_does(plan, reach, client):
    officer = make_officer(plan.partnership)
    action = make_action(plan, lead_officer=officer)
    client.force_login(make_manager(plan.partnership))
    with mail_server("silent") as server:
        reach(server)
        start = perf_counter()
        said = {"comment-quarter": QUARTER.code, "comment-text": "Well done."}
        assert client.post(reverse("action_comment", args=[action.pk]), said).status_code == 302
    assert perf_counter() - start < 5
    assert Comment.objects.get().text == "Well done."
    assert waiting().get().to == officer.email


def test_a_mail_on_its_way_is_not_begun_by_the_next_run(plan, reach, monkeypatch):
    """A slow server: the next run starts while the first still waits for an answer."""
    make_reminder(plan.rounds.get(), sent_at=None, attempts=0)
    second = []

    def send_slowly(self, messages):
        second.append(outbox.deliver(now=MORNING + timedelta(minutes=1)))
        return len(messages)

    monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.send_messages", send_slowly)
    assert outbox.deliver(now=MORNING) == (1, 0)
    assert second == [(0, 0)]

from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from actions.models import Reminder
from csp_tracker import outbox
from csp_tracker.models import OutboxMail
from tests.builders import make_reminder

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 1, 8, tzinfo=UTC)
MAIL = {"to": "officer@example.org", "subject": "Hello", "text": "Some words"}


class BrokenServer:
    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.fixture
def server_down(settings, monkeypatch):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", BrokenServer.send_messages)


@pytest.fixture(autouse=True)
def later(settings):
    settings.OUTBOX_IMMEDIATELY = False


def test_mail_waits_until_it_is_delivered():
    outbox.queue(**MAIL, html="<p>Some words</p>")
    assert mail.outbox == []
    assert outbox.deliver(now=NOW) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["officer@example.org"], "Hello", "Some words")
    assert sent.alternatives[0][0] == "<p>Some words</p>"


def test_mail_is_sent_once():
    outbox.queue(**MAIL)
    outbox.deliver(now=NOW)
    assert outbox.deliver(now=NOW) == (0, 0)
    assert len(mail.outbox) == 1


def test_mail_that_somebody_else_is_sending_is_left_to_them():
    """Two runs at once: both have read the mail before either has sent it."""
    queued = outbox.queue(**MAIL)
    twice = [OutboxMail.objects.get(pk=queued.pk) for _ in range(2)]
    assert [outbox.send(one, now=NOW) for one in twice] == [True, None]
    assert len(mail.outbox) == 1
    queued.refresh_from_db()
    assert (queued.attempts, queued.sent_at) == (1, NOW)


def test_a_change_that_is_rolled_back_sends_nothing():
    with transaction.atomic():
        outbox.queue(**MAIL)
        transaction.set_rollback(True)
    assert outbox.deliver(now=NOW) == (0, 0)


def test_a_silent_server_loses_nothing_and_is_asked_again_later(server_down):
    queued = outbox.queue(**MAIL)
    assert outbox.deliver(now=NOW) == (0, 1)
    queued.refresh_from_db()
    assert queued.sent_at is None
    assert queued.next_attempt_at == NOW + timedelta(minutes=5)
    assert "unexpectedly closed" in queued.last_error
    assert outbox.deliver(now=NOW + timedelta(minutes=4)) == (0, 0)


def test_after_five_attempts_in_a_day_it_waits_for_a_person(server_down):
    outbox.queue(**MAIL)
    moment = NOW
    for _ in range(7):
        outbox.deliver(now=moment)
        moment += timedelta(days=1)
    assert OutboxMail.objects.get().attempts == 5


def test_the_command_says_how_it_went(capsys):
    outbox.queue(**MAIL)
    call_command("send_outbox")
    assert "1 sent, 0 to be tried again." in capsys.readouterr().out


def test_while_developing_mail_goes_at_once(settings, django_capture_on_commit_callbacks):
    settings.OUTBOX_IMMEDIATELY = True
    with django_capture_on_commit_callbacks(execute=True):
        outbox.queue(**MAIL)
    assert len(mail.outbox) == 1


class TestWhatWasSentLongAgo:
    def sent(self, days_ago, **words):
        return OutboxMail.objects.create(**MAIL | words, sent_at=NOW - timedelta(days=days_ago), attempts=1)

    def test_is_thrown_away(self):
        kept, _ = self.sent(400), self.sent(401)
        assert outbox.forget_old(now=NOW) == 1
        assert OutboxMail.objects.get() == kept
        assert OutboxMail.objects.get().text == MAIL["text"]

    def test_leaves_its_line_in_a_log_that_tells_of_it_without_the_words(self):
        mail = self.sent(401, html="<p>Some words</p>")
        reminder = make_reminder(mail=mail)
        assert outbox.forget_old(now=NOW) == 1
        mail.refresh_from_db()
        assert (mail.text, mail.html, mail.subject, mail.to) == ("", "", MAIL["subject"], MAIL["to"])
        assert mail.sent_at == NOW - timedelta(days=401)
        assert Reminder.objects.get() == reminder
        assert outbox.forget_old(now=NOW) == 0

    def test_is_not_what_never_went(self):
        waiting = OutboxMail.objects.create(**MAIL, created_at=NOW - timedelta(days=900), attempts=5)
        assert outbox.forget_old(now=NOW) == 0
        assert OutboxMail.objects.get() == waiting

    def test_goes_with_the_next_run_and_after_as_many_days_as_the_operator_says(self, settings, time_machine):
        time_machine.move_to(NOW, tick=False)
        self.sent(8)
        call_command("send_outbox")
        assert OutboxMail.objects.exists()
        settings.OUTBOX_KEPT_DAYS = 7
        call_command("send_outbox")
        assert not OutboxMail.objects.exists()

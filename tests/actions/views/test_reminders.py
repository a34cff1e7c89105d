"""The log of a round's reminders, and sending again what did not go."""

from datetime import date

import pytest
from django.core import mail as gone
from django.urls import reverse

from actions.services.notes import add_comment
from csp_tracker.models import OutboxMail
from tests.builders import (
    NOW,
    make_action,
    make_manager,
    make_officer,
    make_plan,
    make_reminder,
    make_round,
    make_update,
)

pytestmark = pytest.mark.django_db
GIVEN_UP = {"sent_at": None, "attempts": 5, "last_error": "[Errno 111] Connection refused"}


@pytest.fixture(autouse=True)
def morning(settings, time_machine):
    settings.OUTBOX_IMMEDIATELY = False
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def opened():
    return make_round(make_plan())


@pytest.fixture
def officer(opened):
    return make_officer(opened.plan.partnership, name="Olive Officer")


@pytest.fixture
def manager(client, opened):
    person = make_manager(opened.plan.partnership, name="Margaret Manager")
    client.force_login(person)
    return person


def url(opened, name="round_reminders"):
    return reverse(name, args=[opened.plan.slug, opened.quarter])


def words(answer):
    return " ".join(answer.content.decode().split())


def test_it_says_who_was_asked_when_why_and_whether_the_mail_went(client, opened, officer, manager):
    make_reminder(opened, officer, text="Hello Olive,\nplease write.", number=2)
    make_reminder(opened, officer, on=date(2025, 7, 14), kind="asked", asked_by=manager, sent_at=None, attempts=0)
    make_reminder(opened, officer, on=date(2025, 7, 15), kind="overdue", sent_at=None, attempts=2)
    page = words(client.get(url(opened)))
    assert "Olive Officer" in page
    for said in (
        "1 Jul 2025", "Opening", "2 updates", "Sent 15 Jul 2025, 10:30", "Hello Olive,<br>please write.",
        "Asked by Margaret Manager", "Waiting to be sent", "Tried 2 times; again after",
    ):  # fmt: skip
        assert said in page
    assert "Send again" not in page


def test_of_a_mail_whose_words_are_thrown_away_the_line_stays(client, opened, officer, manager):
    make_reminder(opened, officer, text="", subject="2 updates were due")
    page = words(client.get(url(opened)))
    assert "Olive Officer" in page
    assert "<b>2 updates were due</b>" in page
    assert "Its words are no longer kept." in page


def test_it_says_what_comes_next(client, opened, officer, manager):
    late = make_action(opened.plan, lead_officer=officer)
    make_update(make_action(opened.plan, lead_officer=officer))
    page = words(client.get(url(opened)))
    assert "1 person still owes 1 update, due on 22 July 2025." in page
    assert "reminded next on <b>Monday 21 July 2025</b> (the day before)" in page
    assert "Nobody has been reminded yet" in page
    make_update(late)
    assert "Nobody who could be reminded owes an update." in words(client.get(url(opened)))


def test_what_nobody_can_be_reminded_of_leads_to_assigning_it(client, opened, manager):
    stray = make_action(opened.plan)
    page = words(client.get(url(opened)))
    assert f'Nobody can be reminded of <a class="govuk-link" href="{stray.get_absolute_url()}">1.1.1</a>' in page
    assert reverse("plan_assign", args=[opened.plan.slug]) in page


def test_a_locked_quarter_says_that_it_is_over(client, opened, officer, manager):
    make_action(opened.plan, lead_officer=officer)
    opened.locked_at, opened.locked_by = NOW, manager
    opened.save()
    page = words(client.get(url(opened)))
    assert "was locked on 15 July 2025: nobody is reminded any more" in page
    assert "reminded next" not in page


class TestSendingAgain:
    def test_what_failed_five_times_is_shown_with_a_button(self, client, opened, officer, manager):
        make_reminder(opened, officer, **GIVEN_UP)
        page = words(client.get(url(opened)))
        assert "1 mail did not go." in page
        assert "Did not go" in page
        assert 'Send again<span class="govuk-visually-hidden"> to Olive Officer</span>' in page
        assert "The mail server said: [Errno 111] Connection refused" in page

    def test_one_mail_is_sent_again(
        self, client, opened, officer, manager, settings, django_capture_on_commit_callbacks
    ):
        settings.OUTBOX_IMMEDIATELY = True
        first = make_reminder(opened, officer, **GIVEN_UP)
        other = make_reminder(opened, **GIVEN_UP)
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(url(opened, "round_reminders_again"), {"reminder": first.pk}, follow=True)
        assert "The mail is on the way again." in words(answer)
        assert [message.to for message in gone.outbox] == [[officer.email]]
        other.mail.refresh_from_db()
        assert other.mail.attempts == 5

    def test_all_of_them_are(self, client, opened, manager):
        for _ in range(3):
            make_reminder(opened, **GIVEN_UP)
        elsewhere = make_reminder(**GIVEN_UP)
        answer = client.post(url(opened, "round_reminders_again"), follow=True)
        assert "3 mails are on the way again." in words(answer)
        assert "did not go" not in words(answer)
        assert list(OutboxMail.objects.filter(attempts=5)) == [elsewhere.mail]

    def test_mail_about_a_comment_for_the_quarter_is_too(self, client, opened, officer, manager):
        action = make_action(opened.plan, lead_officer=officer)
        add_comment(action=action, quarter=opened.quarter, text="Well done.", by=manager)
        OutboxMail.objects.update(attempts=5)
        assert "1 mail did not go." in words(client.get(url(opened)))
        client.post(url(opened, "round_reminders_again"))
        assert OutboxMail.objects.get().attempts == 0

    def test_a_double_click_begins_once_and_what_waits_is_left(self, client, opened, officer, manager):
        make_reminder(opened, officer, **GIVEN_UP)
        client.post(url(opened, "round_reminders_again"))
        OutboxMail.objects.update(attempts=1)
        answer = client.post(url(opened, "round_reminders_again"), follow=True)
        assert "There was nothing to send again: what waits is tried by itself." in words(answer)
        assert OutboxMail.objects.get().attempts == 1

    @pytest.mark.parametrize("reminder", ["nonsense", "9" * 30, "", "²"])
    def test_a_button_that_was_tampered_with_breaks_nothing(self, client, opened, manager, reminder):
        assert client.post(url(opened, "round_reminders_again"), {"reminder": reminder}).status_code == 302

    def test_a_reminder_of_another_round_is_not_sent(self, client, opened, manager):
        elsewhere = make_reminder(**GIVEN_UP)
        client.post(url(opened, "round_reminders_again"), {"reminder": elsewhere.pk})
        elsewhere.mail.refresh_from_db()
        assert elsewhere.mail.attempts == 5


def test_only_managers_read_it_and_nobody_by_a_link_from_elsewhere(client, opened, officer):
    client.force_login(officer)
    assert client.get(url(opened)).status_code == 403
    assert client.post(url(opened, "round_reminders_again")).status_code == 403
    client.force_login(make_manager(make_plan().partnership))
    assert client.get(url(opened)).status_code == 404


def test_a_quarter_without_a_round_has_no_log(client, opened, manager):
    assert client.get(reverse("round_reminders", args=[opened.plan.slug, opened.quarter.next])).status_code == 404

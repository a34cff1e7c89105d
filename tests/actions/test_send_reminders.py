"""`manage.py send_reminders`: what cron runs each morning, and what an operator looks at before."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from actions.models import Reminder
from actions.services.notes import add_comment
from csp_tracker.models import OutboxMail
from tests.builders import NOW, QUARTER, make_action, make_manager, make_officer, make_plan, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def later(settings):
    settings.OUTBOX_IMMEDIATELY = False


@pytest.fixture
def plan():
    plan = make_plan(title="Safer Maldon")
    make_round(plan)
    sam = make_officer(plan.partnership, name="Sam", email="sam@example.org")
    alex = make_officer(plan.partnership, name="Alex", email="alex@example.org")
    for person in (sam, sam, alex):
        make_action(plan, lead_officer=person)
    return plan


def run(*arguments):
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_it_writes_a_mail_for_each_person(plan):
    assert run("--today", "2025-07-01") == ["2 mails written, asking for 3 updates."]
    assert OutboxMail.objects.count() == 2
    assert set(Reminder.objects.values_list("on", flat=True)) == {date(2025, 7, 1)}
    assert run("--today", "2025-07-01") == ["0 mails written, asking for 0 updates."]


def test_a_dry_run_says_who_would_get_what_and_writes_nothing(plan):
    assert run("--dry-run", "--today", "2025-07-21") == [
        "alex@example.org: Safer Maldon, Q1 2025/26, the day before: 1.1.3",
        "sam@example.org: Safer Maldon, Q1 2025/26, the day before: 1.1.1, 1.1.2",
        "2 mails would be written, asking for 3 updates.",
    ]
    assert not OutboxMail.objects.exists()
    assert not Reminder.objects.exists()


def test_a_dry_run_leaves_out_who_was_asked_that_day(plan):
    run("--today", "2025-07-01")
    assert run("--dry-run", "--today", "2025-07-01") == ["0 mails would be written, asking for 0 updates."]


def test_it_names_what_nobody_can_be_asked_for(plan):
    make_action(plan)
    assert (
        run("--today", "2025-07-02")[-1]
        == "Nobody can be asked for action 1.1.4 of Safer Maldon, Q1 2025/26: assign it."
    )


def test_a_dry_run_names_comments_that_wait(plan, time_machine):
    time_machine.move_to(NOW, tick=False)
    sam = plan.actions.first().lead_officer
    sam.memberships.update(wants_digest=True)
    by = make_manager(plan.partnership)
    add_comment(action=plan.actions.first(), quarter=QUARTER, text="Secret words", by=by)
    said = run("--dry-run", "--today", "2025-07-21")
    assert said[1] == "sam@example.org: Safer Maldon, Q1 2025/26, weekly list: 1.1.1, 1.1.2; new comments: 1.1.1"


def test_today_is_today_unless_told_otherwise(plan, time_machine):
    time_machine.move_to(NOW, tick=False)
    run()
    assert set(Reminder.objects.values_list("on", flat=True)) == {NOW.date()}


def test_a_day_that_is_none_is_refused_in_one_sentence():
    with pytest.raises(CommandError, match="“soon” is not a date"):
        run("--today", "soon")

"""What mails say: the same words twice, the right addresses, and nothing that has no place in a mail."""

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse

from actions.models import CommentNotice
from actions.reminding import ReminderKind
from actions.services.letters import Letter, Part, subject_of
from actions.services.notes import add_comment
from actions.services.reminders import send_reminders
from actions.values import UpdateState
from csp_tracker.models import Membership, OutboxMail
from tests.builders import (
    PASSWORD,
    QUARTER,
    make_action,
    make_agency,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_round,
    make_update,
)

pytestmark = pytest.mark.django_db
HALFWAY = date(2025, 7, 11)
SITE = "https://tracker.example.gov.uk"


@pytest.fixture(autouse=True)
def settled(settings):
    settings.OUTBOX_IMMEDIATELY = False
    settings.SITE_URL = SITE


@pytest.fixture
def plan():
    return make_plan(make_partnership("Maldon CSP"), title="Safer Maldon & Heybridge")


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership, name="Olive O’Hara", agency=make_agency(plan.partnership, "Police"))


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Margaret Manager")


@pytest.fixture
def actions(plan, officer):
    make_round(plan)
    first = make_action(plan, lead_officer=officer, text="Mark <property> of residents " + "and mark it again " * 9)
    second = make_action(plan, lead_officer=officer, text="Visit 4 High Street", not_for_publication=True)
    third = make_action(plan, lead_agency=officer.memberships.get().agency, text="Patrol the quay")
    make_update(second, state=UpdateState.RETURNED, progress="Told by J. Bloggs", returned_words="Who is J. Bloggs?")
    make_update(third, state=UpdateState.DRAFT, progress="Secretly")
    return first, second, third


@pytest.fixture
def mail(actions, manager):
    send_reminders(today=HALFWAY)
    return OutboxMail.objects.get()


def words_of_page(html):
    """What a program that reads mail shows, with the addresses its links lead to, where the text has them too."""
    html = re.sub(r"<head>.*?</head>", "", html, flags=re.S)
    html = re.sub(r'<a href="(https?:[^"]*)"[^>]*>(.*?)</a>', r"\2 \1", html, flags=re.S)
    return set(re.findall(r"[^\s:(),]+", unescape(re.sub(r"<[^>]*>", " ", html))))


def test_text_and_page_have_the_same_words(mail):
    words_of_text = set(re.findall(r"[^\s:(),]+", mail.text)) - {"-"}
    assert words_of_page(mail.html) == words_of_text


def test_it_says_how_many_for_which_quarter_until_when(mail):
    assert mail.subject == "3 updates for Q1 2025/26 are due on 22 July"
    assert "Safer Maldon & Heybridge: Q1 2025/26\n" in mail.text
    assert (
        "Half of the time for updates is over. 3 updates for April to June 2025. They are due by Tuesday 22 July 2025."
    ) in mail.text


def test_one_link_for_each_action_and_one_for_all(mail, actions):
    for action in actions:
        link = f"{SITE}/actions/{action.pk}/updates/2025-26-q1/".replace("q1", "Q1")
        assert mail.text.count(link) == mail.html.count(f'href="{link}"') == 1
    everything = f"{SITE}/updates/?partnership={actions[0].plan.partnership.slug}&quarter=2025-26-Q1"
    assert f"All your updates for Q1 2025/26: {everything}\n" in mail.text
    assert everything.replace("&", "&amp;") in mail.html
    assert f"How often you get mail: {SITE}/accounts/mail/" in mail.text


def test_an_action_is_named_by_its_number_and_first_words_if_those_are_published(mail):
    assert "- Action 1.1.1: Mark <property> of residents and mark it again" in mail.text
    assert "Mark &lt;property&gt; of" in mail.html
    assert all(len(line) < 110 for line in mail.text.splitlines() if line.startswith("- "))
    assert "- Action 1.1.2 (returned to be changed)\n" in mail.text
    assert "- Action 1.1.3: Patrol the quay (a draft is saved; any officer of your agency can write it)\n" in mail.text


def test_an_action_whose_words_name_somebody_is_named_by_its_number_alone(plan, officer):
    make_round(plan)
    long = "Support those who were burgled in the town and in the villages around it, with locks: " + "Mrs Jane Doe"
    for text in ("Support Mrs Jane Doe of 12 High Street, 07700 900123", long):
        make_action(plan, lead_officer=officer, text=text)
    send_reminders(today=HALFWAY)
    mail = OutboxMail.objects.get()
    assert [line for line in mail.text.splitlines() if line.startswith("- ")] == ["- Action 1.1.1", "- Action 1.1.2"]
    assert "Doe" not in mail.html
    assert "900123" not in mail.html


@pytest.mark.parametrize("kept", ["Bloggs", "Secretly", "High Street"])
def test_what_was_written_and_what_is_not_published_stay_out(mail, kept):
    assert kept not in mail.text + mail.html + mail.subject


def test_nobody_is_named_but_the_person_and_the_manager(mail, manager):
    assert mail.text.startswith("Hello Olive O’Hara,\n")
    assert f"Questions: Margaret Manager, {manager.email}" in mail.text
    assert re.findall(r"\S+@\S+", mail.text) == [manager.email]


def test_the_text_has_no_gaps(mail):
    assert "\n\n\n" not in mail.text
    assert not re.search(r"[ \t]+$", mail.text, re.M)


def test_who_opened_the_round_answers_questions(plan, officer, actions, manager):
    opener = make_manager(plan.partnership, name="Zoe Opener")
    plan.rounds.get().history.update(history_user=opener, history_type="+")
    send_reminders(today=HALFWAY)
    assert f"Questions: Zoe Opener, {opener.email}" in OutboxMail.objects.get().text


def test_work_in_two_partnerships_has_a_list_each(plan, officer, actions):
    other = make_plan()
    Membership.objects.create(
        user=officer, partnership=other.partnership, agency=make_agency(other.partnership), role="officer"
    )
    make_round(other, due_on=date(2025, 7, 29))
    make_action(other, lead_officer=officer)
    send_reminders(today=HALFWAY)
    mail = OutboxMail.objects.get()
    assert mail.subject == "4 updates to write"
    assert mail.text.count(f"{SITE}/updates/?partnership=") == 2


@pytest.mark.parametrize(
    ("number", "today", "subject"),
    [
        (1, date(2025, 7, 1), "1 update for Q1 2025/26 is due on 22 July"),
        (2, date(2025, 7, 22), "2 updates for Q1 2025/26 are due on 22 July"),
        (1, date(2025, 7, 23), "1 update for Q1 2025/26 was due on 22 July"),
        (2, date(2025, 8, 5), "2 updates for Q1 2025/26 were due on 22 July"),
    ],
)
def test_the_subject_is_grammar(plan, officer, number, today, subject):
    part = Part(make_round(plan), ReminderKind.OPENING, [make_action(plan) for _ in range(number)])
    assert subject_of(Letter(officer, [part]), today) == subject


class TestTheLink:
    def test_leads_through_sign_in_straight_to_the_form(self, client, mail, actions, officer):
        link = re.search(rf"{SITE}(/actions/{actions[0].pk}/\S+)", mail.text)[1]
        asked = client.get(link)
        assert (asked.status_code, asked.url) == (302, f"{reverse('account_login')}?next={link}")
        sign_in = client.get(asked.url)
        assert link in sign_in.content.decode()  # the form keeps where to go
        done = client.post(asked.url, {"login": officer.email, "password": PASSWORD, "next": link})
        assert (done.status_code, done.url) == (302, link)
        form = client.get(link)
        assert form.status_code == 200
        assert "Update for Q1 2025/26" in form.content.decode()

    def test_signs_nobody_in_by_itself(self, client, mail):
        for link in re.findall(rf"{SITE}(\S+)", mail.text):
            assert client.get(link).status_code == 302
            assert "_auth_user_id" not in client.session

    def test_of_everything_leads_to_the_quarter(self, client, mail, officer):
        client.force_login(officer)
        page = client.get(re.search(rf"{SITE}(/updates/\S+)", mail.text)[1]).content.decode()
        assert "Patrol the quay" in page


class TestComments:
    @pytest.fixture
    def action(self, plan, officer):
        return make_action(plan, lead_officer=officer, text="Light the path")

    def told(self):
        return sorted(OutboxMail.objects.values_list("to", flat=True))

    def test_tell_the_lead_officer_and_who_commented_before_and_not_oneself(self, plan, action, officer, manager):
        helper = make_officer(plan.partnership)
        add_comment(action=action, quarter=QUARTER, text="Which path is it?", by=helper)
        assert self.told() == [officer.email]
        add_comment(action=action, quarter=QUARTER, text="By the quay.", by=officer)
        assert self.told() == sorted([officer.email, helper.email])
        add_comment(action=action, quarter=QUARTER, text="Thank you both.", by=manager)
        assert self.told() == sorted([officer.email, helper.email] * 2)

    def test_tell_the_managers_where_nobody_else_would_hear_of_it(self, plan, action, officer, manager):
        make_manager(plan.partnership, ends_on=date(2025, 6, 30))
        make_officer(plan.partnership)
        add_comment(action=action, quarter=QUARTER, text="Who pays for the lamps?", by=officer)
        assert self.told() == [manager.email]
        add_comment(action=action, quarter=QUARTER, text="The council does.", by=manager)
        assert self.told() == sorted([manager.email, officer.email])

    def test_of_the_only_manager_tell_nobody_where_nobody_leads_the_action(self, plan, manager):
        add_comment(action=make_action(plan), quarter=QUARTER, text="Who takes this?", by=manager)
        assert self.told() == []

    def test_are_told_of_once(self, action, manager):
        for _ in range(2):
            add_comment(action=action, quarter=QUARTER, text="Which path is it?", by=manager)
        assert CommentNotice.objects.count() == OutboxMail.objects.count() == 1

    def test_say_where_and_not_what(self, action, manager):
        add_comment(action=action, quarter=QUARTER, text="J. Bloggs again?", by=manager)
        mail = OutboxMail.objects.get()
        assert mail.subject == "A new comment on an action"
        assert f"- Action 1.1.1: Light the path (Q1 2025/26)\n  {SITE}/actions/{action.pk}/#comments\n" in mail.text
        assert "Bloggs" not in mail.text + mail.html
        assert "Margaret" not in mail.text + mail.html
        assert "\n\n\n" not in mail.text

    def test_are_not_told_to_who_has_left(self, plan, action, officer, manager):
        officer.memberships.update(ends_on=date(2025, 6, 30))
        add_comment(action=action, quarter=QUARTER, text="Which path is it?", by=manager)
        assert self.told() == []

    def test_wait_for_monday_where_somebody_chose_so(self, action, officer, manager, time_machine):
        officer.memberships.update(wants_digest=True)
        time_machine.move_to("2025-07-15 09:30 +0000")
        make_round(action.plan)
        comment = add_comment(action=action, quarter=QUARTER, text="Which path is it?", by=manager)
        assert (self.told(), comment.notices.get().mail) == ([], None)
        assert send_reminders(today=date(2025, 7, 18)) == []
        (letter,) = send_reminders(today=date(2025, 7, 21))
        assert ([part.kind for part in letter.parts], letter.comments) == (["weekly"], [comment])
        mail = OutboxMail.objects.get()
        assert "1 update for Q1 2025/26 is due on 22 July" in mail.subject
        assert "There is a new comment:\n\n- Action 1.1.1: Light the path (Q1 2025/26)" in mail.text
        assert send_reminders(today=date(2025, 7, 28))[0].comments == []

    def test_of_a_week_are_one_mail_where_nothing_is_owed(self, action, officer, manager, time_machine):
        officer.memberships.update(wants_digest=True)
        time_machine.move_to("2025-07-15 09:30 +0000")
        for words in ("Which path is it?", "Is it lit?"):
            add_comment(action=action, quarter=QUARTER, text=words, by=manager)
        assert len(send_reminders(today=date(2025, 7, 21))) == 1
        assert OutboxMail.objects.get().subject == "2 new comments on actions"
        assert send_reminders(today=date(2025, 7, 21)) == []

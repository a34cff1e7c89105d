"""A form sent after the sign-in has ended comes back to its person, and to nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from lxml import html

from actions.services import updates
from csp_tracker import waiting
from csp_tracker.models import Membership, WaitingForm
from csp_tracker.people import Role
from csp_tracker.rag import RAG
from tests import builders as make
from tests.conftest import SettledClient
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
WORDS = "Two patrols & a <b>meeting</b>.\r\nMore “soon”."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(make.NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer():
    return make.make_officer(make.make_partnership(), email="anna@example.org", name="Anna Osborne")


@pytest.fixture
def action(officer):
    return make.make_action(make.make_plan(officer.memberships.get().partnership), lead_officer=officer)


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, make.QUARTER])


@pytest.fixture
def device(officer):
    """A browser that checks the secret of forms, as the service does."""
    device = SettledClient(enforce_csrf_checks=True)
    sign_in(device, officer)
    return device


def sign_in(device, person, to="/"):
    page = device.get("/accounts/login/", {"next": to})
    secret = html.fromstring(page.content).xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]
    return device.post(
        "/accounts/login/",
        {"login": person.email, "password": make.PASSWORD, "next": to, "csrfmiddlewaretoken": secret},
    )


def end_session(device):
    """As after an hour's rest: the browser has let go of the session."""
    del device.cookies["sessionid"]


def typed_into(device, url, **typed):
    page = device.get(url)
    secret = html.fromstring(page.content).xpath("//main//input[@name='csrfmiddlewaretoken']/@value")[0]
    return filled_in(page) | {"csrfmiddlewaretoken": secret} | typed


@pytest.fixture
def kept(device, url):
    """The answer to a form sent too late."""
    form = typed_into(
        device, url, progress=WORDS, rag="amber", rag_reason="Late start", carry_forward="on", draft="yes"
    )
    end_session(device)
    return device.post(url, form, headers={"referer": f"http://testserver{url}"})


def back_in(device, person, answer):
    """Sign in where the answer leads, and go where that leads."""
    login = answer["location"]
    to = html.fromstring(device.get(login).content).xpath("//input[@name='next']/@value")[0]
    return device.get(sign_in(device, person, to)["location"])


def test_it_comes_back_filled_in_and_nothing_is_saved(device, officer, action, kept):
    page = back_in(device, officer, kept)
    form = filled_in(page)
    assert page.status_code == 200
    assert form["progress"].replace("\r\n", "\n") == WORDS.replace("\r\n", "\n")
    assert (form["rag"], form["rag_reason"], form["carry_forward"]) == ("amber", "Late start", "on")
    assert "This is not saved yet" in page.content.decode()
    assert not action.updates.exists()


def test_sent_again_it_is_saved_and_no_longer_kept(device, officer, action, url, kept):
    page = back_in(device, officer, kept)
    secret = html.fromstring(page.content).xpath("//main//input[@name='csrfmiddlewaretoken']/@value")[0]
    where = html.fromstring(page.content).xpath("//main//form[@method='post']/@action")[0]
    came_from = f"http://testserver{page.request['PATH_INFO']}?{page.request['QUERY_STRING']}"
    form = filled_in(page) | {"csrfmiddlewaretoken": secret, "draft": "yes"}
    assert device.post(where, form, headers={"referer": came_from}).status_code == 302
    assert action.updates.get().progress.startswith("Two patrols & a <b>")
    assert not WaitingForm.objects.exists()


def test_the_way_in_says_that_it_is_kept(device, kept):
    assert kept.status_code == 302
    assert "What you typed is kept for 30 minutes" in device.get(kept["location"]).content.decode()


def test_somebody_else_who_signs_in_there_gets_none_of_it(device, officer, action, kept):
    other = make.make_manager(action.plan.partnership)
    page = back_in(device, other, kept).content.decode()
    assert "Two patrols" not in page
    assert "Nothing is kept for you here" in page
    assert WaitingForm.objects.get().user == officer


@pytest.mark.parametrize(
    ("minutes", "is_back"), [pytest.param(29, True, id="29 minutes"), pytest.param(31, False, id="31 minutes")]
)
def test_it_waits_half_an_hour(device, officer, kept, clock, minutes, is_back):
    clock.move_to(make.NOW + timedelta(minutes=minutes))
    page = back_in(device, officer, kept).content.decode()
    assert ("Two patrols" in page) is is_back
    assert ("Nothing is kept for you here" in page) is not is_back


def test_what_nobody_came_back_for_is_thrown_away_with_the_next_mails(kept, clock):
    clock.move_to(make.NOW + timedelta(minutes=31))
    call_command("send_outbox")
    assert not WaitingForm.objects.exists()


def test_a_form_without_its_secret_is_refused_and_not_kept(device, url):
    form = typed_into(device, url, progress=WORDS) | {"csrfmiddlewaretoken": "a" * 64}
    end_session(device)
    assert device.post(url, form).status_code == 403
    assert not WaitingForm.objects.exists()


def test_twelve_hours_in_all_end_it_no_otherwise(device, officer, url, clock):
    for hour in range(1, 13):
        form = typed_into(device, url, progress=WORDS, draft="yes")
        clock.move_to(make.NOW + timedelta(minutes=59 * hour))
    clock.move_to(make.NOW + timedelta(hours=12, minutes=1))
    answer = device.post(url, form)
    assert "Two patrols" in back_in(device, officer, answer).content.decode()


def test_a_browser_that_nobody_was_in_keeps_nothing(client, url):
    assert client.post(url, {"progress": WORDS})["location"].startswith("/accounts/login/?next=/actions/")
    assert not WaitingForm.objects.exists()


def test_a_forged_cookie_keeps_nothing(device, url, officer):
    form = typed_into(device, url, progress=WORDS)
    end_session(device)
    device.cookies[waiting.COOKIE] = f"{officer.pk}::forged:forged"
    device.post(url, form)
    assert not WaitingForm.objects.exists()


def test_what_somebody_else_saved_meanwhile_is_shown_not_written_over(device, officer, action, url, kept):
    updates.save_draft(
        action=action, quarter=make.QUARTER, version=0, rag=RAG.GREEN, progress="Theirs", work_needed="",
        rag_reason="", back_on_track="", carry_forward=False, figures=[], by=officer, today=make.TODAY,
    )  # fmt: skip
    page = back_in(device, officer, kept)
    secret = html.fromstring(page.content).xpath("//main//input[@name='csrfmiddlewaretoken']/@value")[0]
    answer = device.post(url, filled_in(page) | {"csrfmiddlewaretoken": secret, "draft": "yes"})
    assert answer.status_code == 409
    assert "Two patrols" in answer.content.decode()
    assert "Theirs" in answer.content.decode()


def test_where_the_form_is_gone_the_words_are_shown_as_a_person_reads_them(device, officer, action, kept):
    make.make_update(
        action, progress="Theirs", approved_by=make.make_manager(action.plan.partnership), state="approved"
    )
    page = back_in(device, officer, kept)
    assert "What you typed has not been saved" in page.content.decode()
    rows = html.fromstring(page.content).xpath("//main//div[contains(@class, 'summary-list__row')]")
    assert {" ".join(name.text_content().split()): said.text_content().strip() for name, said in rows} == {
        "Progress": "Two patrols & a <b>meeting</b>.More “soon”.",
        "Light": "Amber",
        "Reason for the light": "Late start",
        "Carry forward": "Yes",
    }


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param({"figure_3": ["12"], "note_3": ["Late"]}, {"Figure": "12", "Note on the figure": "Late"},
                     id="KPI"),
        pytest.param({"progress": ["12"]}, {"Progress": "12"}, id="a bare number among words"),
        pytest.param({"7-value": ["1.5"], "7-version": ["2"]}, {"Figure": "1.5"}, id="grid"),
        pytest.param({"due_on_0": ["30"], "due_on_1": ["9"], "due_on_2": ["2026"]}, {"Due date": "30 September 2026"},
                     id="a date in three boxes"),
        pytest.param({"due_on_0": ["31"], "due_on_1": ["9"], "due_on_2": ["soon"]}, {"Due date": "31/9/soon"},
                     id="no date"),
        pytest.param({"due_on_0": [""], "due_on_1": [""], "due_on_2": [""]}, {}, id="empty date"),
        pytest.param({"milestone_4": ["on"], "milestone_4_on_0": ["1"], "milestone_4_on_1": ["7"],
                      "milestone_4_on_2": ["2025"]},
                     {"Milestone reached": "Yes", "Day the milestone was reached": "1 July 2025"}, id="milestone"),
        pytest.param({"milestone_4_on_0": ["1"], "milestone_4_on_1": ["7"], "milestone_4_on_2": ["2025"],
                      "milestone_4_was": ["2025-07-01"]}, {}, id="milestone not ticked"),
        pytest.param({"version": ["0"], "reading_3": ["0"], "due_was": ["2025-07-01"], "submit": ["yes"],
                      "lead_officer": ["17"], "make_once": ["0123456789abcdef" * 2]}, {}, id="nobody typed it"),
        pytest.param({"timescale_kind": ["by_date"], "title": [" Safer "]},
                     {"Timescale kind": "By date", "Title": "Safer"}, id="others by their names"),
    ],
)  # fmt: skip
def test_what_is_shown_to_be_copied_is_what_somebody_typed(typed, said):
    assert dict(waiting.in_words(typed)) == said


def test_a_form_too_long_is_not_kept_and_that_is_said(device, url, monkeypatch):
    monkeypatch.setattr(waiting, "LARGEST", 100)
    form = typed_into(device, url, progress=WORDS * 10)
    end_session(device)
    answer = device.post(url, form, follow=True)
    assert "too long to be kept" in answer.content.decode()
    assert not WaitingForm.objects.exists()


def test_passwords_are_never_kept(device):
    url = reverse("account_change_password")
    form = typed_into(device, url, oldpassword="a", password1="b", password2="c")
    end_session(device)
    device.post(url, form)
    assert not WaitingForm.objects.exists()


def test_of_a_file_only_its_name_is_kept_and_that_is_said(device):
    manager = make.make_manager(make.make_partnership())
    device.force_login(manager)
    url = reverse("imports")
    form = typed_into(device, url, file=SimpleUploadedFile("Plan.csv", b"secret words"))
    end_session(device)
    answer = device.post(url, form)
    assert "Choose again: Plan.csv" in back_in(device, manager, answer).content.decode()
    assert "secret" not in WaitingForm.objects.get().typed


def test_evidence_chosen_with_an_update_has_to_be_chosen_again_and_the_words_are_there(device, officer, action, url):
    link = {"evidence_title": "Minutes", "evidence_link": "https://example.org/minutes"}
    file = SimpleUploadedFile("Report.pdf", b"%PDF-1.7 secret words")
    form = typed_into(device, url, progress=WORDS, attach="yes", evidence_file=file, **link)
    end_session(device)
    page = back_in(device, officer, device.post(url, form))
    assert "Choose again: Report.pdf" in page.content.decode()
    assert "secret" not in WaitingForm.objects.get().typed
    filled = filled_in(page, "evidence_link")
    assert filled["progress"].startswith("Two patrols")
    assert filled["evidence_link"] == "https://example.org/minutes"
    assert not action.evidence.exists()


def test_no_more_than_ten_wait_for_one_person(device, url, clock):
    form = typed_into(device, url, progress=WORDS)
    end_session(device)
    for second in range(12):
        clock.move_to(make.NOW + timedelta(seconds=second))
        device.post(url, form | {"work_needed": str(second)})
    kept = [waiting.typed_in(one)["work_needed"] for one in WaitingForm.objects.all()]
    assert kept == [[str(second)] for second in range(2, 12)]


def test_the_partnership_the_person_was_in_is_theirs_again(device):
    person = make.make_manager(make.make_partnership("Alpha"))
    zebra = make.make_partnership("Zebra")
    Membership.objects.create(user=person, partnership=zebra, agency=make.make_agency(zebra), role=Role.MANAGER)
    device.force_login(person)
    device.get("/plans/", {"partnership": zebra.slug})
    url = reverse("plan_new")
    form = typed_into(device, url, title="A new plan")
    end_session(device)
    back_in(device, person, device.post(url, form))
    assert device.session["partnership"] == zebra.slug

"""Evidence on the page of an update, on the action's page, and the file as it is served."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Evidence, ProgressUpdate
from tests import builders as make
from tests.builders import NOW, QUARTER, TODAY
from tests.office_files import WORD_FILE
from tests.visitors import whole

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF"
LINK = {"evidence_title": "Minutes", "evidence_link": "https://example.org/minutes"}
TYPED = {"version": 0, "progress": "Two events.", "work_needed": "Book the hall.", "rag": "green"}
AGAIN = "Choose the file again"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def action():
    plan = make.make_plan(make.make_partnership())
    return make.make_action(plan, lead_officer=make.make_officer(plan.partnership, name="Anna Osborne"))


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, QUARTER])


@pytest.fixture
def signed_in(client, action):
    client.force_login(action.lead_officer)
    return client


def file(name="Report Q1.pdf", data=PDF, kind="text/html"):
    return {"evidence_file": SimpleUploadedFile(name, data, content_type=kind)}


def words_of(answer):
    return answer.content.decode()


def told(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def served(evidence):
    return reverse("evidence_file", args=[evidence.action_id, evidence.pk])


# On the update's page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"), [(LINK, ("Minutes", "(example.org")), (file, ("Report Q1.pdf", "(PDF, 14 bytes)"))]
)
def test_evidence_is_added_and_what_was_typed_comes_back_unsaved(signed_in, url, given, shown):
    given = given() if callable(given) else given
    answer = signed_in.post(url, TYPED | given | {"attach": "yes"})
    page = words_of(answer)
    assert answer.status_code == 200
    for words in ("Two events.", "Book the hall.", *shown, f"Evidence added: {shown[0]}", "Anna Osborne"):
        assert words in page
    assert re.search(r'value="green"[^>]*checked', page)
    assert "There is a problem" not in page
    assert 'value="https://example.org/minutes"' not in page
    assert not ProgressUpdate.objects.exists()
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize("button", ["submit", "draft"])
def test_a_file_chosen_beside_the_words_is_added_with_them(signed_in, url, button):
    for _ in range(2):
        assert signed_in.post(url, TYPED | file() | {button: "yes"}).status_code == 302
    assert Evidence.objects.get().file_name == "Report Q1.pdf"
    assert ProgressUpdate.objects.count() == 1


@pytest.mark.parametrize("button", ["submit", "draft", "attach"])
def test_a_bad_file_is_refused_with_what_to_do_and_the_words_come_back(signed_in, url, button):
    answer = signed_in.post(url, TYPED | file(data=b"MZ") | {button: "yes"})
    page = words_of(answer)
    assert answer.status_code == 200
    assert page.count("The file is not what its name says") == 2  # in the summary and beside the box
    assert '<a href="#id_evidence_file">' in page
    assert "Two events." in page
    assert not Evidence.objects.exists()
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({}, "Enter a link or choose a file", id="nothing"),
        pytest.param({"evidence_title": "Minutes"}, "Enter the link that the title is about", id="a title alone"),
        pytest.param({"evidence_link": "javascript:alert(1)"}, "begins with https:// or http://", id="no link"),
        pytest.param({"evidence_link": "h" * 2001}, "must be 2000 characters or fewer", id="endless"),
        pytest.param(
            {"evidence_title": "h" * 256, **LINK} | {"evidence_title": "h" * 256}, "255 characters", id="title"
        ),
        pytest.param(LINK | file(), "one at a time", id="both"),
        pytest.param(file(data=b""), "The file is empty", id="empty"),
        pytest.param(file(data=PDF.ljust(5 * 1024 * 1024 + 1)), "larger than 5 MB", id="large"),
        pytest.param(file("page.html", b"<html>"), "print it to a .pdf", id="web page"),
    ],
)
def test_what_cannot_be_evidence_is_refused_beside_its_box(signed_in, url, given, sentence):
    answer = signed_in.post(url, TYPED | given | {"attach": "yes"})
    assert answer.status_code == 200
    assert sentence in words_of(answer)
    assert "<title>Error: " in words_of(answer)
    assert not Evidence.objects.exists()


def test_a_file_has_to_be_chosen_again_where_something_else_is_missing(signed_in, url):
    answer = signed_in.post(url, TYPED | file() | {"progress": "", "submit": "yes"})
    assert AGAIN in words_of(answer)
    assert "Enter what happened this quarter" in words_of(answer)
    assert not Evidence.objects.exists()


def test_a_good_file_is_added_though_a_figure_beside_it_is_wrong(signed_in, url, action):
    kpi = make.make_indicator(action.plan.partnership)
    make.link(action, kpi)
    answer = signed_in.post(url, TYPED | file() | {f"kpi-{kpi.pk}-figure": "many", "attach": "yes"})
    assert Evidence.objects.count() == 1
    assert AGAIN not in words_of(answer)


def test_a_file_has_to_be_chosen_again_after_words_were_copied_by_the_server(signed_in, url):
    assert AGAIN in words_of(signed_in.post(url, TYPED | file() | {"copy": "progress"}))


def test_a_conflict_says_that_the_file_has_to_be_chosen_again(signed_in, url, action):
    make.make_update(action, progress="Others’ words")
    answer = signed_in.post(url, TYPED | file() | {"submit": "yes"})
    assert answer.status_code == 409
    assert "Others’ words" in words_of(answer)
    assert AGAIN in words_of(answer)
    assert not Evidence.objects.exists()


def test_nothing_is_added_once_the_quarter_is_locked(signed_in, url, action):
    make.make_round(action.plan, locked_at=NOW, locked_by=make.make_manager(action.plan.partnership))
    answer = signed_in.post(url, TYPED | file() | {"attach": "yes"})
    assert answer.status_code == 409
    assert "is locked" in words_of(answer)
    assert "Two events." in words_of(answer)
    assert not Evidence.objects.exists()


def test_evidence_is_taken_away_after_a_question_and_what_was_typed_stays(signed_in, url, action):
    evidence = make.make_evidence(action, data=PDF, title="Wrong photo")
    asked = words_of(signed_in.post(url, TYPED | {"ask_away": evidence.pk}))
    assert "Take “Wrong photo” away?" in asked
    assert "Two events." in asked
    assert Evidence.objects.exists()
    kept = words_of(signed_in.post(url, TYPED | {"ask_away": ""}))
    assert "away?" not in kept
    for _ in range(2):
        gone = signed_in.post(url, TYPED | {"take_away": evidence.pk})
        assert gone.status_code == 200
        assert "Two events." in words_of(gone)
    assert not Evidence.objects.exists()
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "²", "9" * 40, "-1"])
def test_a_made_up_key_takes_nothing_away(signed_in, url, action, key):
    make.make_evidence(action)
    for button in ("ask_away", "take_away"):
        assert signed_in.post(url, TYPED | {button: key}).status_code == 200
    assert Evidence.objects.count() == 1


def test_evidence_of_another_action_or_quarter_is_not_taken_away_here(signed_in, url, action):
    others = [
        make.make_evidence(make.make_action(action.objective)),
        make.make_evidence(action, QUARTER.next),
        make.make_evidence(),
    ]
    for other in others:
        signed_in.post(url, TYPED | {"take_away": other.pk})
    assert Evidence.objects.count() == 3


def test_a_link_opens_beside_the_form_and_tells_its_site_nothing(signed_in, url, action):
    make.make_evidence(action, link="https://example.org/a?b=1&c=<i>", title="<b>Minutes</b>")
    page = words_of(signed_in.get(url))
    link = re.search(r"<a [^>]*example\.org[^>]*>", page)[0]
    assert 'rel="noopener noreferrer"' in link
    assert 'target="_blank"' in link
    assert "b=1&amp;c=&lt;i&gt;" in link
    assert "&lt;b&gt;Minutes&lt;/b&gt;" in page
    assert "example.org, opens in a new tab" in page


def test_who_may_not_write_the_update_puts_nothing_up(client, url, action):
    people = {
        403: [make.make_viewer(action.plan.partnership), make.make_officer(action.plan.partnership)],
        404: [
            make.make_manager(make.make_partnership()),
            make.make_manager(action.plan.partnership, ends_on=TODAY - timedelta(days=1)),
        ],
    }
    for status, some in people.items():
        for person in some:
            client.force_login(person)
            assert client.post(url, TYPED | file() | {"attach": "yes"}).status_code == status
    assert not Evidence.objects.exists()


# The file -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def evidence(action):
    return make.make_evidence(action, data=PDF)


def test_a_file_is_served_to_be_kept_and_never_to_be_shown(signed_in, evidence):
    answer = whole(signed_in.get(served(evidence)))
    assert answer.content == PDF
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Length"] == str(len(PDF))
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert not [name for name, value in answer.headers.items() if Path(evidence.file.name).name in value]


@pytest.mark.parametrize(
    ("name", "disposition", "kind"),
    [
        ("=cmd|calc.csv", 'attachment; filename="=cmd|calc.csv"', "text/csv"),
        ('a"b\\c.txt', 'attachment; filename="a\\"b\\\\c.txt"', "text/plain"),
        ("Zwölf.docx", "attachment; filename*=utf-8''Zw%C3%B6lf.docx", None),
        ("דוח.pdf", "attachment; filename*=utf-8''%D7%93%D7%95%D7%97.pdf", "application/pdf"),
        ("a\r\nSet-Cookie: b.txt", None, "text/plain"),
        ("page.html", 'attachment; filename="page.html"', "application/octet-stream"),
    ],
)
def test_a_name_is_sent_safely_and_the_kind_is_ours(signed_in, action, name, disposition, kind):
    answer = whole(signed_in.get(served(make.make_evidence(action, data=WORD_FILE, file_name=name))))
    assert "Set-Cookie" not in answer.headers
    if disposition:
        assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert kind is None or answer.headers["Content-Type"] == kind


def test_a_look_ahead_gets_the_headers_alone(signed_in, evidence):
    answer = whole(signed_in.head(served(evidence)))
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.content == b""


def test_every_member_may_open_it_and_nobody_else(client, action, evidence):
    partnership = action.plan.partnership
    members = [make.make_viewer(partnership), make.make_officer(partnership), make.make_manager(partnership)]
    others = [
        make.make_manager(make.make_partnership()),
        make.make_manager(partnership, ends_on=TODAY - timedelta(days=1)),
        make.make_user(is_staff=True, is_superuser=True),
    ]
    for person, status in [*((one, 200) for one in members), *((one, 404) for one in others)]:
        client.force_login(person)
        assert whole(client.get(served(evidence))).status_code == status
    client.logout()
    assert client.get(served(evidence)).status_code == 302


def test_evidence_of_a_draft_plan_is_for_those_who_see_the_plan(client, evidence):
    plan = evidence.action.plan
    plan.status = "draft"
    plan.save()
    for person, status in ((make.make_viewer(plan.partnership), 404), (make.make_manager(plan.partnership), 200)):
        client.force_login(person)
        assert whole(client.get(served(evidence))).status_code == status


def test_a_link_or_the_file_of_another_action_is_no_file_of_this_one(signed_in, action, evidence):
    link, other = make.make_evidence(action), make.make_action(action.objective)
    for parts in ([action.pk, link.pk], [other.pk, evidence.pk], [action.pk, evidence.pk + 999]):
        assert signed_in.get(reverse("evidence_file", args=parts)).status_code == 404


def test_a_file_whose_bytes_are_gone_is_said_to_be_missing(signed_in, evidence):
    (Path(settings.MEDIA_ROOT) / evidence.file.name).unlink()
    for ask in (signed_in.get, signed_in.head):
        assert ask(served(evidence)).status_code == 404
    page = words_of(signed_in.get(served(evidence)))
    assert "The file is missing" in page
    assert evidence.file.name not in page


@pytest.mark.parametrize("stored", ["../secret.txt", "/etc/passwd", "evidence/../../secret.txt"])
def test_no_stored_name_leads_out_of_the_folder(signed_in, evidence, stored):
    (Path(settings.MEDIA_ROOT).parent / "secret.txt").write_text("secret")
    Evidence.objects.filter(pk=evidence.pk).update(file=stored)
    answer = signed_in.get(served(evidence))
    assert answer.status_code == 404
    assert "The file is missing" in words_of(answer)


def test_a_file_is_only_asked_for(signed_in, evidence):
    assert signed_in.post(served(evidence)).status_code == 405


# On the action's page -------------------------------------------------------------------------------------------------


def test_the_actions_page_lists_evidence_under_its_quarter(client, action):
    make.make_update(action, submitted_by=action.lead_officer)
    make.make_evidence(action, data=PDF, title="Report")
    make.make_evidence(action, QUARTER.next, title="Minutes", link="https://example.org/a")
    client.force_login(make.make_viewer(action.plan.partnership))
    page = words_of(client.get(action.get_absolute_url()))
    places = [
        page.index(words) for words in ("Q2 2025/26</h3>", "Minutes", "Q1 2025/26</h3>", "Two events", "Report</a>")
    ]
    assert places == sorted(places)
    for words in ("(PDF, 14 bytes)", "(example.org)", "No update yet", "Anna Osborne, 15 July 2025"):
        assert words in page
    assert "Take away" not in page
    assert 'target="_blank"' not in page


def test_evidence_without_any_update_is_shown_too(signed_in, action):
    make.make_evidence(action, title="Minutes")
    page = words_of(signed_in.get(action.get_absolute_url()))
    assert "Minutes</a>" in page


def test_older_quarters_evidence_comes_with_older_quarters(signed_in, action):
    plan = action.plan
    plan.starts_on = plan.starts_on.replace(year=2020)
    plan.save()
    quarter = QUARTER
    for _ in range(9):
        make.make_update(action, quarter, submitted_by=action.lead_officer)
        make.make_evidence(action, quarter, title=f"Of {quarter}")
        quarter = quarter.previous
    page = words_of(signed_in.get(action.get_absolute_url()))
    assert page.count("Of Q") == 8
    assert words_of(signed_in.get(action.get_absolute_url(), {"all": "yes"})).count("Of Q") == 9


def test_the_pages_cost_the_same_for_much_evidence(signed_in, action, url):
    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            signed_in.get(address)
        return len(captured)

    none = [queries(address) for address in (url, action.get_absolute_url())]
    make.make_evidence(action)
    one = [queries(address) for address in (url, action.get_absolute_url())]
    for _ in range(8):
        make.make_evidence(action, put_up_by=make.make_officer(action.plan.partnership))
    assert [queries(address) for address in (url, action.get_absolute_url())] == one
    assert [more - less for more, less in zip(one, none, strict=True)] == [1, 1]


def test_the_history_says_who_put_up_and_took_away_what(signed_in, url, action):
    signed_in.post(url, TYPED | file() | {"attach": "yes"})
    evidence = Evidence.objects.get()
    signed_in.post(url, TYPED | {"take_away": evidence.pk})
    page = words_of(signed_in.get(reverse("action_history", args=[action.pk])))
    assert "Evidence for Q1 2025/26 added" in page
    assert "Evidence for Q1 2025/26 removed" in page
    assert "Report Q1.pdf" in page
    assert Path(evidence.file.name).name not in page
    assert evidence.sha256 not in page


def test_who_reviews_an_update_sees_its_evidence(client, action):
    make.make_update(action, submitted_by=action.lead_officer)
    make.make_round(action.plan)
    make.make_evidence(action, title="Minutes", link="https://example.org/a")
    make.make_evidence(action, QUARTER.next, title="Later")
    client.force_login(make.make_manager(action.plan.partnership))
    page = words_of(client.get(reverse("round_review_one", args=[action.plan.slug, QUARTER, action.pk])))
    assert "Minutes</a> (example.org, opens in a new tab)" in page
    assert "Later" not in page
    assert "Take away" not in page

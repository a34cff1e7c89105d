from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from actions.models import Evidence, Unlock
from actions.services import updates
from actions.services.beside import Beside
from actions.services.evidence import MOST, FileRefused, LinkRefused, NewEvidence, TooMuch, put_up, take_away
from csp_tracker.rag import RAG
from csp_tracker.writing import Foreign
from tests import builders as make
from tests.builders import NOW, QUARTER, TODAY

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF"
LINK = NewEvidence("Minutes", link="https://example.org/minutes")
FILE = NewEvidence(name="Report Q1.pdf", data=PDF)


@pytest.fixture
def action():
    plan = make.make_plan(make.make_partnership())
    return make.make_action(plan, lead_officer=make.make_officer(plan.partnership))


@pytest.fixture
def officer(action):
    return action.lead_officer


@pytest.fixture
def add(action, officer):
    return lambda new, **other: put_up(**{
        "action": action, "quarter": QUARTER, "new": new, "by": officer, "today": TODAY} | other)  # fmt: skip


@pytest.fixture
def remove(officer, django_capture_on_commit_callbacks):
    def call(evidence, **other):
        with django_capture_on_commit_callbacks(execute=True):
            take_away(**{"evidence": evidence, "by": officer, "today": TODAY} | other)

    return call


def on_disk():
    folder = Path(settings.MEDIA_ROOT) / "evidence"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_link_is_put_up_with_its_title_and_in_the_persons_name(add, officer):
    evidence = add(LINK)
    assert (evidence.title, evidence.link, evidence.told) == ("Minutes", "https://example.org/minutes", "example.org")
    assert evidence.put_up_by == officer
    assert evidence.history.get().history_user == officer


def test_a_file_is_kept_under_a_name_that_says_nothing(add):
    before = on_disk()
    evidence = add(FILE)
    (name,) = on_disk() - before
    assert evidence.file.name == f"evidence/{name}"
    assert len(name) == 32
    assert evidence.file.read() == PDF
    evidence.file.close()
    assert (evidence.title, evidence.file_name, evidence.file_size) == ("Report Q1.pdf", "Report Q1.pdf", len(PDF))
    assert evidence.sha256 == sha256(PDF).hexdigest()
    assert evidence.told == "PDF, 14 bytes"


@pytest.mark.parametrize(
    ("link", "title"),
    [
        ("https://example.org/minutes/", "example.org/minutes"),
        (" http://example.org ", "example.org"),
        ("HTTPS://EXAMPLE.ORG/A?b=c#d", "EXAMPLE.ORG/A?b=c#d"),
        ("https://example.org/" + "a" * 400, "example.org/" + "a" * 242 + "…"),
    ],
)
def test_a_link_without_a_title_is_called_after_itself(add, link, title):
    assert add(NewEvidence(link=link)).title == title


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("ftp://example.org/a", "begins with https:// or http://"),
        ("javascript:alert(1)", "begins with https:// or http://"),
        ("data:text/html,hello", "begins with https:// or http://"),
        ("file:///etc/passwd", "begins with https:// or http://"),
        ("example.org", "begins with https:// or http://"),
        ("https://", "begins with https:// or http://"),
        ("https://[", "begins with https:// or http://"),
        ("https://exa mple.org", "begins with https:// or http://"),
        ("https://anna:secret@example.org/", "user name or password"),
        ("https://example.org@evil.example/", "user name or password"),
        ("https://example.org/" + "a" * 2000, "2,000 characters or fewer"),
    ],
)
def test_a_link_that_nobody_should_follow_is_refused(add, link, sentence):
    with pytest.raises(LinkRefused, match=sentence):
        add(NewEvidence("Minutes", link=link))
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../C:\\secret\\Report.pdf", "Report.pdf"),
        ("=cmd|calc.pdf", "=cmd|calc.pdf"),
        ("é" * 300 + ".pdf", "é" * 251 + ".pdf"),
        ("Zwölf\u202egnp.pdf", "Zwölfgnp.pdf"),
    ],
)
def test_a_name_is_tidied_and_kept(add, name, kept):
    assert add(NewEvidence(name=name, data=PDF)).file_name == kept


def test_a_bad_file_leaves_neither_row_nor_bytes(add):
    before = on_disk()
    with pytest.raises(FileRefused, match="not what its name says"):
        add(NewEvidence(name="report.pdf", data=b"MZ"))
    assert not Evidence.objects.exists()
    assert on_disk() == before


@pytest.mark.parametrize("new", [LINK, FILE], ids=["link", "file"])
def test_the_same_twice_is_there_once(add, new):
    first, before = add(new), on_disk()
    again = add(NewEvidence("Another title", new.link, new.name and "copy.pdf", new.data))
    assert again == first
    assert Evidence.objects.count() == 1
    assert on_disk() == before
    assert first.history.count() == 1


def test_the_same_file_may_be_evidence_of_another_quarter_or_action(add, action, officer):
    add(FILE)
    make.make_plan(action.plan.partnership)
    add(FILE, quarter=QUARTER.next, today=QUARTER.next.starts_on)
    add(FILE, action=make.make_action(action.objective, lead_officer=officer))
    assert Evidence.objects.count() == 3
    assert len({one.file.name for one in Evidence.objects.all()}) == 3


def test_the_database_keeps_the_same_file_out_too(add):
    there = add(FILE)
    there.pk, there._state.adding = None, True
    with pytest.raises(IntegrityError):
        Evidence.objects.bulk_create([there])


def test_there_may_be_ten_for_an_action_and_quarter(add):
    for number in range(MOST):
        add(NewEvidence(link=f"https://example.org/{number}"))
    add(NewEvidence(link="https://example.org/0"))
    with pytest.raises(TooMuch, match="take one away first"):
        add(FILE)
    add(FILE, quarter=QUARTER.next, today=QUARTER.next.starts_on)


def test_a_partnership_has_room_for_so_many_megabytes(add, action, settings):
    settings.EVIDENCE_MEGABYTES = 1
    add(NewEvidence(name="a.txt", data=b"a" * 1_000_000))
    with pytest.raises(TooMuch, match="no room"):
        add(NewEvidence(name="b.txt", data=b"b" * 100_000))
    add(LINK)
    elsewhere = make.make_action(make.make_plan(make.make_partnership()))
    person = make.make_manager(elsewhere.plan.partnership)
    add(NewEvidence(name="b.txt", data=b"b" * 100_000), action=elsewhere, by=person)


# Taking away ----------------------------------------------------------------------------------------------------------


def test_what_is_taken_away_is_deleted_for_good_and_its_history_stays(add, remove, officer):
    before = on_disk()
    evidence = add(FILE)
    remove(evidence)
    assert not Evidence.objects.exists()
    assert on_disk() == before
    newest = Evidence.history.first()
    assert (newest.history_type, newest.title, newest.history_user) == ("-", "Report Q1.pdf", officer)


def test_taking_away_twice_is_once(add, remove):
    evidence = add(LINK)
    remove(evidence)
    remove(evidence)
    assert Evidence.history.count() == 2


def test_what_was_taken_away_can_be_put_up_again(add, remove):
    remove(add(FILE))
    with add(FILE).file.open("rb") as stored:
        assert stored.read() == PDF


# Who and when ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(action, request):
    """The action and its quarter closed in one of the ways there are; the words that say so."""
    plan = action.plan
    if request.param == "locked":
        manager = make.make_manager(plan.partnership)
        make.make_round(plan, locked_at=NOW, locked_by=manager)
        return "is locked"
    if request.param == "approved":
        make.make_update(action, state="approved")
        return "has been approved"
    if request.param in ("draft", "closed"):
        plan.status = request.param
        plan.save()
        return f"is {'a ' if request.param == 'draft' else ''}{request.param}"
    action.archived_at = NOW
    action.save()
    return "taken out of the plan"


WAYS = ["locked", "approved", "draft", "closed", "archived"]


@pytest.mark.parametrize("closed", WAYS, indirect=True)
def test_nothing_is_put_up_where_no_update_can_be_written(add, closed):
    with pytest.raises(ValidationError, match=closed):
        add(LINK)
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("closed", WAYS, indirect=True)
def test_nothing_is_taken_away_where_no_update_can_be_written(action, officer, closed, remove):
    evidence = make.make_evidence(action, put_up_by=officer)
    with pytest.raises(ValidationError, match=closed):
        remove(evidence)
    assert Evidence.objects.exists()


@pytest.mark.parametrize("closed", ["locked", "approved"], indirect=True)
def test_who_has_leave_may_do_both(action, officer, closed, add, remove):
    Unlock.objects.create(action=action, quarter=QUARTER, person=officer, until=TODAY, reason="Photo")
    remove(add(LINK))


def test_a_quarter_that_has_not_begun_or_is_outside_the_plan_has_no_evidence(add):
    for quarter in (QUARTER.next.next, QUARTER.previous):
        with pytest.raises(ValidationError, match=r"has not started|outside the plan"):
            add(LINK, quarter=quarter)


@pytest.mark.parametrize("who", ["stranger", "leaver", "superuser"])
def test_who_is_no_member_is_refused(action, add, remove, who):
    person = {
        "stranger": lambda: make.make_manager(make.make_partnership()),
        "leaver": lambda: make.make_manager(action.plan.partnership, ends_on=TODAY.replace(day=1)),
        "superuser": lambda: make.make_user(is_staff=True, is_superuser=True),
    }[who]()
    with pytest.raises(Foreign):
        add(LINK, by=person)
    with pytest.raises(Foreign):
        remove(make.make_evidence(action), by=person)


# With an update -------------------------------------------------------------------------------------------------------

WORDS = {"progress": "Two events.", "work_needed": "", "rag": RAG.GREEN, "version": 0}


@pytest.mark.parametrize("write", [updates.submit, updates.save_draft])
def test_a_file_beside_the_words_is_put_up_with_them(action, officer, write):
    given = {"action": action, "quarter": QUARTER, "by": officer, "today": TODAY, **WORDS}
    write(**given, beside=Beside(evidence=FILE))
    write(**given, beside=Beside(evidence=FILE))
    assert action.evidence.get().file_name == "Report Q1.pdf"
    assert action.updates.count() == 1


def test_words_that_are_refused_leave_no_bytes(action, officer, monkeypatch):
    before = on_disk()
    monkeypatch.setattr(updates, "store", lambda *_, **__: 1 / 0)
    given = {"action": action, "quarter": QUARTER, "by": officer, "today": TODAY, **WORDS}
    for write in (updates.submit, updates.save_draft):
        with pytest.raises(ZeroDivisionError):
            write(**given, beside=Beside(evidence=FILE))
    assert not Evidence.objects.exists()
    assert on_disk() == before

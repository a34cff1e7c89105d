"""Several people send forms in the same moment, through the pages: one is served, the others read why not.

Nothing that was taken is lost, nothing that was refused is there, and what was typed comes back to who typed it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from threading import Event
from unittest.mock import Mock

import pytest
import time_machine
from django.db import connection, transaction
from django.urls import reverse

from actions.models import (
    Action,
    CarryForward,
    Comment,
    Plan,
    PrivateNote,
    ProgressUpdate,
    Reminder,
    Round,
    TypedUpdate,
    Unlock,
)
from actions.services import updates
from actions.services.carrying import Decisions
from actions.values import UpdateState
from actions.views.imports import settling
from actions.views.rounds.standing import Standing
from csp_tracker.models import OutboxMail
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Gone
from tests.builders import (
    NOW,
    QUARTER,
    make_action,
    make_agency,
    make_decision,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_preview,
    make_round,
    make_update,
)
from tests.filling import filled_in
from tests.racing import ROUNDS, Answer, Browser, Tally, race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@dataclass
class Room:
    """A plan in the middle of a round, two officers of the agency that leads it all, and two managers."""

    plan: Plan
    round: Round
    agency: object
    anna: Browser
    ben: Browser
    manager: Browser
    other: Browser

    def action(self, **fields) -> Action:
        """Another action, led by Anna's and Ben's agency."""
        return make_action(self.plan, lead_agency=self.agency, **fields)

    def submitted(self, progress: str, **fields) -> ProgressUpdate:
        """Another action's update, sent by Anna, waiting."""
        fields = {"submitted_by": self.anna.person, "progress": progress} | fields
        return make_update(self.action(), **fields)

    def url(self, name: str, *more: object) -> str:
        """The address of a page of the round."""
        return reverse(name, args=[self.plan.slug, QUARTER, *more])


@pytest.fixture
def room() -> Room:
    partnership = make_partnership("Maldon")
    agency = make_agency(partnership, "Police")
    plan = make_plan(partnership, starts_on=date(2024, 4, 1))
    anna, ben = (make_officer(partnership, agency=agency, name=name) for name in ("Anna", "Ben"))
    mo, ola = (make_manager(partnership, name=name) for name in ("Mo", "Ola"))
    return Room(plan, make_round(plan), agency, *map(Browser, (anna, ben, mo, ola)))


@pytest.fixture
def tally(request, record_property) -> Tally:
    return Tally(request.node.name.removeprefix("test_").replace("_", " "), record_property)


def writing(browser: Browser, action: Action, progress: str, *, version: int = 0, kind: str = "submit"):
    """A person's turn with the form of an update."""
    form = {"version": version, "progress": progress, "rag": RAG.GREEN, kind: kind}
    return browser.sending(update_url(action), **form)


def unchanged(browser: Browser, action: Action, why: str):
    """A person's turn with the one click that says that nothing has changed."""
    return browser.sending(update_url(action), version=0, why_unchanged=why, unchanged="yes")


def approving(room: Room, browser: Browser, update: ProgressUpdate):
    """A manager's turn with the version that Anna sent first."""
    return browser.sending(room.url("round_review_one", update.action_id), decision="approve", version=1)


def returning(room: Room, browser: Browser, update: ProgressUpdate, words: str):
    """The same with words."""
    return browser.sending(room.url("round_review_one", update.action_id), decision="return", version=1, words=words)


def update_url(action: Action) -> str:
    return reverse("update", args=[action.pk, QUARTER])


def kept(action: Action) -> ProgressUpdate:
    """The action's update as it stands, every version of which is in its history."""
    update = action.updates.get(quarter=QUARTER)
    assert update.version == update.history.count()
    return update


@pytest.mark.parametrize("kinds", [("draft", "draft"), ("draft", "submit"), ("submit", "submit")], ids=" and ".join)
def test_two_officers_save_the_same_update(room, tally, kinds):
    """In every other round both have a draft before them, in the others nothing yet."""
    for number in range(ROUNDS):
        action, version = room.action(), number % 2
        if version:
            make_update(action, state=UpdateState.DRAFT, drafted_by=room.ben.person)
        words = [f"Anna’s words, {number}.", f"Ben’s words, {number}."]
        answers = tally.race(
            writing(room.anna, action, words[0], version=version, kind=kinds[0]),
            writing(room.ben, action, words[1], version=version, kind=kinds[1]),
        )
        assert sorted(one.status for one in answers) == [302, 409]
        first = [one.is_taken for one in answers].index(True)
        refused, losing = answers[1 - first], words[1 - first]
        update = kept(action)
        assert (update.progress, update.version) == (words[first], version + 1)
        assert update.state == (UpdateState.SUBMITTED if kinds[first] == "submit" else UpdateState.DRAFT)
        assert refused.is_conflict
        assert words[first] in refused.words
        assert filled_in(refused)["progress"] == losing
        if kinds == ("submit", "submit"):  # the second has read both texts, and sends theirs after all
            again = (room.anna, room.ben)[1 - first].send(update_url(action), filled_in(refused) | {"submit": "submit"})
            assert again.is_taken
            assert kept(action).progress == losing
            assert words[first] in update.history.values_list("progress", flat=True)
    tally.tell()


def test_approving_against_editing(room, tally):
    for number in range(ROUNDS):
        read, edit = f"What Mo has read, {number}.", f"What nobody has read, {number}."
        update = room.submitted(read)
        approved, edited = tally.race(
            approving(room, room.manager, update), writing(room.anna, update.action, edit, version=1)
        )
        assert approved.is_taken != edited.is_taken
        now = kept(update.action)
        if approved.is_taken:
            assert (now.state, now.progress, now.version) == (UpdateState.APPROVED, read, 2)
            assert "This update has been approved." in edited.words
            assert filled_in(edited)["progress"] == edit
        else:
            assert (now.state, now.progress, now.version) == (UpdateState.SUBMITTED, edit, 2)
            assert "Nothing of yours has been done." in approved.words
            assert edit in approved.words
        tally.note("approved first" if approved.is_taken else "edited first")
    tally.tell()


def test_returning_against_approving(room, tally):
    for number in range(ROUNDS):
        update, why = room.submitted("Two events were held."), f"How many people came, {number}?"
        returned, approved = tally.race(returning(room, room.manager, update, why), approving(room, room.other, update))
        assert returned.is_taken != approved.is_taken
        now, mails = kept(update.action), OutboxMail.objects.filter(text__contains=why).count()
        if returned.is_taken:
            assert (now.state, now.returned_words, mails) == (UpdateState.RETURNED, why, 1)
            assert "Mo returned it" in approved.words
        else:
            assert (now.state, now.returned_words, mails) == (UpdateState.APPROVED, "", 0)
            assert "Ola approved it" in returned.words
        tally.note("returned first" if returned.is_taken else "approved first")
    tally.tell()


def test_locking_against_submitting(room, tally):
    """A manager locks what they have read: what comes in between is shown to them before."""
    lock = room.url("round_lock")
    for number in range(ROUNDS):
        action, words = room.action(), f"In time, {number}?"
        form = {"version": 1, "seen": Standing(room.round).fingerprint, "is_sure": "on"}
        locked, submitted = tally.race(room.manager.sending(lock, **form), writing(room.anna, action, words))
        assert locked.is_taken != submitted.is_taken
        room.round.refresh_from_db()
        assert (room.round.locked_at is not None) == locked.is_taken
        if submitted.is_taken:
            assert kept(action).progress == words
            assert filled_in(locked)["seen"] != form["seen"]
        else:
            assert not action.updates.exists()
            assert "is locked: its words and lights no longer change." in submitted.words
            assert filled_in(submitted)["progress"] == words
        tally.note("locked first" if locked.is_taken else "submitted first")
        Round.objects.update(locked_at=None, locked_by=None, version=1)
    tally.tell()


def test_nothing_has_changed_against_words(room, tally):
    """Anna says with one click that nothing has changed, Ben writes what has."""
    for number in range(ROUNDS):
        action, words, why = room.action(), f"Something has, {number}.", f"Waiting for the grant, {number}"
        make_update(action, QUARTER.previous, progress="As last time.", state=UpdateState.APPROVED)
        same, written = tally.race(unchanged(room.anna, action, why), writing(room.ben, action, words))
        assert same.is_taken != written.is_taken
        now = kept(action)
        assert now.version == 1
        if same.is_taken:
            assert (now.progress, now.unchanged_because) == ("As last time.", why)
            assert written.is_conflict
            assert filled_in(written)["progress"] == words
        else:
            assert (now.progress, now.unchanged_because) == (words, "")
            assert "Somebody has written an update meanwhile" in same.words
            assert f"Your reason was “{why}”." in same.words
            assert filled_in(same)["progress"] == words
        tally.note("unchanged first" if same.is_taken else "words first")
    tally.tell()


def test_keeping_what_is_typed_against_saving(room, tally):
    """Anna's page keeps what she types while she submits it and Ben submits his: nothing that was saved is typed."""
    for number in range(ROUNDS):
        action, words = room.action(), f"Anna’s words, {number}."
        form = {"version": 0, "progress": words, "rag": RAG.GREEN}
        typed, mine, theirs = tally.race(
            room.anna.sending(reverse("update_typed", args=[action.pk, QUARTER]), **form),
            writing(room.anna, action, words),
            writing(room.ben, action, f"Ben’s words, {number}."),
        )
        assert mine.is_taken != theirs.is_taken
        is_kept = TypedUpdate.objects.filter(action=action, person=room.anna.person).exists()
        assert kept(action).submitted_by == (room.anna if mine.is_taken else room.ben).person
        assert is_kept == (theirs.is_taken and typed.is_taken)
        tally.note("Anna first" if mine.is_taken else "Ben first")
    tally.tell()


def test_approving_many_against_editing_one_of_them(room, tally):
    for number in range(ROUNDS):
        waiting = [room.submitted(f"Read, {number}, {place}.") for place in range(3)]
        edit, one = f"Not read, {number}.", waiting[number % 3]
        many = {"updates": [each.pk for each in waiting], "seen": [f"{each.pk}.1" for each in waiting]}
        approved, edited = tally.race(
            room.manager.sending(room.url("round_approve"), **many), writing(room.anna, one.action, edit, version=1)
        )
        assert approved.is_taken
        now, others = kept(one.action), [kept(each.action).state for each in waiting if each != one]
        assert others == [UpdateState.APPROVED] * 2
        if edited.is_taken:
            assert (now.state, now.progress) == (UpdateState.SUBMITTED, edit)
            assert "2 updates approved." in approved.words
            left = f"Not approved, because somebody changed them meanwhile: {one.action.reference}."
            assert left in approved.words
        else:
            assert (now.state, now.progress) == (UpdateState.APPROVED, one.progress)
            assert filled_in(edited)["progress"] == edit
            assert "3 updates approved." in approved.words
        tally.note("edited first" if edited.is_taken else "approved first")
    tally.tell()


def test_rolling_forward_against_an_update(room, tally):
    """Both are taken; and where the update completes an action, the decisions are read once more."""
    confirm = reverse("plan_forward_confirm", args=[room.plan.slug])
    make_decision(room.action())
    form = filled_in(room.manager.look(confirm))
    for number in range(ROUNDS):
        update, words = room.submitted("Done.", rag=RAG.COMPLETE), f"Written meanwhile, {number}."
        running = room.action()
        for action in (update.action, running):
            make_decision(action)
        form["seen"] = Decisions(room.plan).fingerprint
        rolled, approved, written = tally.race(
            room.manager.sending(confirm, **form),
            approving(room, room.other, update),
            writing(room.ben, running, words),
        )
        assert approved.is_taken
        assert written.is_taken
        assert (kept(update.action).state, kept(running).progress) == (UpdateState.APPROVED, words)
        made = Plan.objects.filter(previous=room.plan, archived_at=None)
        assert made.count() == rolled.is_taken
        if rolled.is_taken:
            assert made.get().actions.count() == room.plan.actions.filter(archived_at=None).count()
        else:
            assert "Something changed while you were reading" in rolled.words
        tally.note("rolled at once" if rolled.is_taken else "read once more")
        made.update(archived_at=NOW)
        room.plan.actions.update(archived_at=NOW)
    tally.tell()


def test_two_managers_remind_the_same_people(room, tally):
    room.action(lead_officer=room.anna.person)
    room.action(lead_officer=room.ben.person)
    people = [room.anna.person.pk, room.ben.person.pk]
    for _ in range(ROUNDS):
        turns = [one.sending(room.url("round_remind"), people=people) for one in (room.manager, room.other)]
        answers = tally.race(*turns)
        assert all(one.is_taken for one in answers)
        assert sorted(OutboxMail.objects.values_list("to", flat=True)) == sorted(
            one.person.email for one in (room.anna, room.ben)
        )
        Reminder.objects.all().delete()
        OutboxMail.objects.all().delete()
    tally.tell()


@dataclass(frozen=True)
class Press:
    """A form that Mo or Anna sends twice in the same moment; how many rows have come of it, and what is said then."""

    browser: Browser
    url: str
    form: dict[str, object]
    made: Callable[[], int]
    says: str


def presses(room: Room, number: int) -> Iterator[Press]:
    """Every form by which a round goes on."""
    plan, mo, anna = room.plan, room.manager, room.anna
    [approve, back, many], action = (room.submitted("Two events were held.") for _ in range(3)), room.action()
    make_update(action, QUARTER.previous, state=UpdateState.APPROVED)
    quarter = plan.quarters[number]
    taken_once = "The form was sent more than once and was taken once."

    def form(browser: Browser, url: str, field: str | None = None, **typed: object) -> dict[str, object]:
        return filled_in(browser.look(url), field) | typed

    def versions(update: ProgressUpdate) -> Callable[[], int]:
        return lambda: update.history.count() - 1

    url = reverse("round_open", args=[plan.slug])
    typed = form(mo, url, quarter=quarter.code)
    yield Press(mo, url, typed, plan.rounds.filter(quarter=quarter).count, taken_once)
    url = room.url("round_dates")
    typed = form(mo, url, due_on_0=str(23 + number), reason=f"Holidays, {number}")
    moved = Round.history.filter(id=room.round.pk, history_change_reason=f"Holidays, {number}")
    yield Press(mo, url, typed, moved.count, f"The dates of {QUARTER} have been changed.")
    url, typed = room.url("round_review_one", approve.action_id), {"decision": "approve", "version": 1}
    yield Press(mo, url, typed, versions(approve), f"You approved the update of action {approve.action.reference} alr")
    url, typed = room.url("round_review_one", back.action_id), {"decision": "return", "version": 1, "words": "Why?"}
    yield Press(mo, url, typed, versions(back), f"You returned the update of action {back.action.reference} already.")
    typed = {"updates": [many.pk], "seen": [f"{many.pk}.1"]}
    yield Press(mo, room.url("round_approve"), typed, versions(many), "You had approved 1 update already.")
    people = Reminder.objects.filter(person=anna.person)
    people.delete()
    yield Press(mo, room.url("round_remind"), {"people": [anna.person.pk]}, people.count, "a reminder today already")
    url = reverse("action_unlock", args=[many.action_id, QUARTER])
    typed = form(mo, url, person=anna.person.pk, reason=f"A figure, {number}")
    yield Press(mo, url, typed, Unlock.objects.filter(action=many.action).count, taken_once)
    typed = {"comment-quarter": QUARTER.code, "comment-text": f"Well done, {number}."}
    said = Comment.objects.filter(text=f"Well done, {number}.")
    yield Press(anna, reverse("action_comment", args=[action.pk]), typed, said.count, f"Well done, {number}.")
    noted, typed = PrivateNote.objects.filter(action=action), {"note-text": "Quietly."}
    yield Press(anna, reverse("action_note", args=[action.pk]), typed, noted.count, "Quietly.")
    typed = {"version": 0, "why_unchanged": "Waiting", "unchanged": "yes"}
    now = ProgressUpdate.history.filter(action_id=action.pk, quarter=QUARTER)
    yield Press(anna, update_url(action), typed, now.count, "submitted: action")
    typed = {"version": 1, "progress": "In two tabs.", "rag": RAG.GREEN, "submit": "yes"}
    yield Press(anna, update_url(action), typed, lambda: now.filter(progress="In two tabs.").count(), "submitted: act")
    url = reverse("plan_forward", args=[plan.slug])
    key = f"{action.pk}-reason"
    typed = form(mo, url, **{f"{action.pk}-decision": "dropped", key: f"No money, {number}", "meeting": "Board"})
    decided = CarryForward.history.filter(from_action_id=action.pk)
    yield Press(mo, url, typed, decided.count, "decided like this already")
    for one in plan.actions.filter(carried=None):
        make_decision(one, decided_by=mo.person)
    url = reverse("plan_forward_confirm", args=[plan.slug])
    following = Plan.objects.filter(previous=plan, archived_at=None)
    yield Press(mo, url, form(mo, url), following.count, "rolled forward already")
    following.update(archived_at=NOW)
    locked = Round.history.filter(id=room.round.pk, locked_at__isnull=False)
    before, typed = locked.count(), form(mo, room.url("round_lock"), is_sure="on")
    yield Press(mo, room.url("round_lock"), typed, lambda: locked.count() - before, "had been locked already")
    Round.objects.update(locked_at=None, locked_by=None)


def test_every_button_of_a_round_pressed_twice_at_once(room, tally):
    """Two clicks, or the same page in two tabs: it is done once, and the second page says what the first did."""
    for number in range(3):
        for press in presses(room, number):
            turn = press.browser.sending(press.url, **press.form)
            answers = tally.race(turn, turn)
            assert press.made() == 1, press.url
            assert all(one.status in (302, 409) for one in answers), press.url
            assert any(press.says in one.words for one in answers), [one.words for one in answers]
    tally.tell()


def file_rows(number: int) -> list[str]:
    """A file of the plan in which every word is another than the time before."""
    says = f"Patrol the High Street on Fridays, edition {number} | Ongoing | Of file {number} | Green"
    rows = [f"1.{place} | Safer nights | {says}" for place in range(1, 5)]
    return ["Ref | Objective | Action | Timescale | Progress | RAG", *rows]


def test_importing_against_editing(room, tally):
    """A file brings a plan up to date while two officers write updates and a manager edits an action."""
    plan = imported(room)
    first, second, third = (plan.actions.get(reference=f"1.{place}") for place in (2, 3, 4))
    edit = reverse("action_edit", args=[third.pk])
    form = filled_in(room.other.look(edit)) | {"reason": "Asked for"}
    for number in range(1, ROUNDS + 1):
        words, text = f"Written here, {number}.", f"Patrol the High Street on Saturdays, edition {number}"
        form |= {"version": Action.objects.get(pk=third.pk).version, "text": text}
        preview = make_preview(plan.partnership, *file_rows(number), by=room.manager.person)
        confirm = {"version": 1, "update": plan.slug, "quarter": QUARTER.code}
        brought, *written, edited = tally.race(
            room.manager.sending(reverse("import_confirm", args=[preview.pk]), **confirm),
            writing(room.anna, first, words),
            writing(room.ben, second, words, kind="draft"),
            room.other.sending(edit, **form),
        )
        preview.refresh_from_db()
        of_file = plan.actions.filter(text__endswith=f"Fridays, edition {number}").count()
        if brought.is_taken:
            assert (preview.state, of_file) == ("confirmed", 4)
        else:  # whole or not at all, and the page leads back to the file
            assert (preview.state, of_file) == ("previewed", 0)
            assert f'href="{reverse("import", args=[preview.pk])}"' in brought.page
        for action, answer in zip((first, second), written, strict=True):
            if answer.is_taken:
                assert kept(action).progress == words
            else:
                assert filled_in(answer)["progress"] == words
                assert (kept(action).progress, brought.is_taken) == (f"Of file {number}", True)
        if edited.is_taken:
            assert third.history.filter(text=text).exists()
        else:
            assert edited.is_conflict
            assert filled_in(edited)["text"] == text
        tally.note("imported at once" if brought.is_taken else "looked at once more")
        ProgressUpdate.objects.all().delete()
    tally.tell()


def imported(room: Room) -> Plan:
    """A plan that came as a file, led by Anna's and Ben's agency."""
    preview = make_preview(room.plan.partnership, *file_rows(0), by=room.manager.person)
    form = {"version": 1, "update": "new", "title": "Safer nights", "year": "2025/26", "quarter": "1"}
    assert room.manager.send(reverse("import_confirm", args=[preview.pk]), form).is_taken
    plan = Plan.objects.get(title="Safer nights")
    plan.actions.update(lead_agency=room.agency)
    ProgressUpdate.objects.all().delete()
    return plan


def test_a_part_of_the_plan_that_changes_while_a_file_is_taken_in(room, monkeypatch):
    """What is not held, an objective for one: nothing is imported, and the page of the file says so."""
    monkeypatch.setattr(settling, "confirm_import", Mock(side_effect=Conflict(room.action().objective)))
    preview = make_preview(room.plan.partnership, *file_rows(1), by=room.manager.person)
    form = {"version": 1, "update": room.plan.slug, "quarter": QUARTER.code}
    answer = room.manager.send(reverse("import_confirm", args=[preview.pk]), form)
    assert "Somebody changed what is here at this very moment. Nothing has been imported" in answer.words
    assert filled_in(answer) == form | {"version": "1"}


@pytest.mark.parametrize("turn", [approving, partial(returning, words="Why?")], ids=["approving", "returning"])
def test_an_update_that_is_taken_away_while_it_is_reviewed(room, monkeypatch, turn):
    update = room.submitted("Two events were held.")

    def undone(**_: object) -> None:
        ProgressUpdate.objects.all().delete()
        raise Gone

    monkeypatch.setattr(updates, "approve", undone)
    monkeypatch.setattr(updates, "return_update", undone)
    answer = turn(room, room.manager, update)()
    assert answer.url == room.url("round")
    assert "Somebody took this away while you were working." in answer.words


def test_who_would_wait_too_long_can_send_the_form_again(room):
    """Somebody holds for minutes what others have to write: they are told so, and nothing they typed is lost."""
    action, is_held, is_done = room.action(), Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Action.objects.select_for_update().get(pk=action.pk)
            is_held.set()
            is_done.wait(timeout=30)

    def write() -> Answer:
        is_held.wait(timeout=30)
        patience = "SET lock_timeout = '50ms'" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 50"
        with connection.cursor() as cursor:
            cursor.execute(patience)
        try:
            return writing(room.anna, action, "“Held” by <others>.\r\nStill here.")()
        finally:
            is_done.set()

    _, answer = race(hold, write, they_meet=False)
    assert answer.status == 409
    assert "Others are saving at this moment" in answer.words
    assert not action.updates.exists()
    assert room.anna.send(update_url(action), filled_in(answer)).is_taken
    assert kept(action).progress == "“Held” by <others>.\nStill here."


@pytest.fixture
def twenty(room) -> list[Browser]:
    """Twenty officers of the agency, each in a browser."""
    partnership = room.plan.partnership
    people = [make_officer(partnership, agency=room.agency, name=f"Officer {number}") for number in range(20)]
    return [Browser(person) for person in people]


def test_twenty_people_write_at_once(room, tally, twenty):
    actions = [room.action() for _ in twenty]
    words = [f"Words of {browser.person}." for browser in twenty]
    answers = tally.race(*map(writing, twenty, actions, words))
    assert all(one.is_taken for one in answers)
    assert [kept(action).progress for action in actions] == words
    assert all("submitted: action" in one.words for one in answers)
    tally.tell()


def test_twenty_people_write_about_the_same_action_at_once(room, tally, twenty):
    action, words = room.action(), [f"Words of {browser.person}." for browser in twenty]
    answers = tally.race(*(writing(browser, action, said) for browser, said in zip(twenty, words, strict=True)))
    [winner] = [said for said, answer in zip(words, answers, strict=True) if answer.is_taken]
    assert (kept(action).progress, kept(action).version) == (winner, 1)
    for said, answer in zip(words, answers, strict=True):
        if said != winner:
            assert answer.is_conflict
            assert winner in answer.words
            assert filled_in(answer)["progress"] == said
    tally.tell()

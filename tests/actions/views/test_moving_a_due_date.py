"""An officer moves a due date with the update: a reason is asked, the first date and the slips stay in view."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, DueDateChange, ProgressUpdate
from actions.services.actions import change_due_date
from csp_tracker.rag import RAG
from tests.builders import (
    QUARTER,
    TODAY,
    make_action,
    make_agency,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_round,
)
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
NEW = {"due_on_0": "30", "due_on_1": "11", "due_on_2": "2025", "date_reason": "The builder is late."}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def officer():
    partnership = make_partnership()
    return make_officer(partnership, agency=make_agency(partnership, "Essex Fire"), name="Anna Osborne")


@pytest.fixture
def action(officer):
    plan = make_plan(officer.memberships.get().partnership)
    first = date(2025, 9, 30)
    return make_action(
        plan,
        lead_officer=officer,
        timescale_kind="by_date",
        due_on=first,
        original_due_on=first,
        due_precision="month",
        starts_on=date(2025, 4, 1),
    )


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def url_of(action):
    return reverse("update", args=[action.pk, QUARTER])


def send(client, action, button="submit", **given):
    shown = filled_in(client.get(url_of(action)), "progress")
    return client.post(url_of(action), shown | {"progress": "Begun.", "rag": "green", button: "yes"} | given)


def words_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("button", ["submit", "draft"])
def test_a_new_date_is_kept_with_its_reason_at_once(signed_in, action, officer, button):
    assert send(signed_in, action, button, **NEW).status_code == 302
    action.refresh_from_db()
    assert (action.due_on, action.due_precision) == (date(2025, 11, 30), "day")
    assert action.original_due_on == date(2025, 9, 30)
    change = DueDateChange.objects.get()
    assert (change.from_date, change.to_date) == (date(2025, 9, 30), date(2025, 11, 30))
    assert (change.reason, change.changed_by) == ("The builder is late.", officer)


def test_the_first_date_and_the_number_of_slips_stand_on_both_pages(signed_in, action):
    send(signed_in, action, **NEW)
    send(signed_in, action, due_on_0="31", due_on_1="12", due_on_2="2025", date_reason="Again.")
    for url in (url_of(action), action.get_absolute_url()):
        page = words_of(signed_in.get(url))
        assert "By 31 December 2025" in page
        assert "First due by 30 September 2025; moved later twice" in page


def test_an_earlier_date_is_no_slip(signed_in, action):
    send(signed_in, action, due_on_0="31", due_on_1="8", due_on_2="2025", date_reason="Quicker.")
    page = words_of(signed_in.get(url_of(action)))
    assert "First due by 30 September 2025<" in page
    assert "moved later" not in page


def test_the_suggested_light_follows_the_new_date(signed_in, action):
    Action.objects.update(due_on=date(2025, 6, 1))
    send(signed_in, action, **NEW, rag_reason="")
    update = ProgressUpdate.objects.get()
    assert (update.suggested_rag, update.suggested_why) == (RAG.GREEN, "On schedule: due by 30 November 2025")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (NEW | {"date_reason": ""}, "Enter why the date moves"),
        ({"date_reason": "Late."}, "Enter the new due date, or empty the box that says why it moves"),
        (NEW | {"due_on_0": "31"}, "New due date must be a real date"),
        (NEW | {"due_on_2": "2024"}, "The new due date must be 1 April 2025 or later: the action starts then"),
        (NEW | {"due_on_0": "30", "due_on_1": "9"}, "The action is due on 30 September 2025 already"),
    ],
)
def test_what_cannot_be_is_said_beside_the_boxes_and_nothing_typed_is_lost(signed_in, action, given, sentence):
    answer = send(signed_in, action, progress="Long words.", **given)
    page = words_of(answer)
    assert answer.status_code == 200
    assert sentence in page
    assert "Long words." in page
    assert filled_in(answer, "progress")["date_reason"] == given["date_reason"]
    assert not DueDateChange.objects.exists()
    assert not ProgressUpdate.objects.exists()


def test_the_same_form_twice_moves_the_date_once(signed_in, action):
    typed = filled_in(signed_in.get(url_of(action)), "progress") | NEW
    typed |= {"progress": "Begun.", "rag": "green", "submit": "yes"}
    answers = [signed_in.post(url_of(action), typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert DueDateChange.objects.count() == 1


def test_a_date_somebody_else_moved_meanwhile_is_shown_before_it_is_moved_again(signed_in, action):
    typed = filled_in(signed_in.get(url_of(action)), "progress") | NEW
    typed |= {"progress": "Begun.", "rag": "green", "submit": "yes"}
    manager = make_manager(action.plan.partnership)
    change_due_date(action=action, version=1, due_on=date(2026, 1, 31), reason="Agreed.", by=manager)
    answer = signed_in.post(url_of(action), typed)
    assert answer.status_code == 409
    assert "Somebody else moved the due date while you were writing. It is 31 January 2026 now" in words_of(answer)
    assert not ProgressUpdate.objects.exists()
    again = filled_in(answer, "progress")
    assert again["due_on_0"] == "30"
    assert again["progress"] == "Begun."
    assert signed_in.post(url_of(action), again | {"submit": "yes"}).status_code == 302
    assert Action.objects.get().due_on == date(2025, 11, 30)


def test_an_action_without_a_date_by_its_nature_is_not_asked_for_one(signed_in, action):
    Action.objects.update(timescale_kind="ongoing", due_on=None, due_precision="")
    assert "due_on_0" not in filled_in(signed_in.get(url_of(action)), "progress")


def test_the_manager_sees_the_move_when_reviewing(client, signed_in, action):
    make_round(action.plan)
    send(signed_in, action, **NEW)
    client.force_login(make_manager(action.plan.partnership))
    page = words_of(client.get(reverse("round_review_one", args=[action.plan.slug, QUARTER, action.pk])))
    assert "Moved by Anna Osborne" in page
    assert "The builder is late." in page

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from actions.models import Comment, PrivateNote
from actions.services.notes import add_comment, add_private_note
from actions.services.refusals import OutsidePlan
from csp_tracker.writing import Foreign
from tests.builders import QUARTER, make_action, make_agency, make_officer, make_partnership, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def action():
    return make_action()


@pytest.fixture
def officer(action):
    return make_officer(action.plan.partnership, agency=make_agency(action.plan.partnership, "Essex Fire"))


def test_a_comment_carries_quarter_agency_and_person(action, officer):
    comment = add_comment(action=action, quarter=QUARTER, text="We lent the engine.", by=officer)
    assert (comment.quarter, comment.agency.name, comment.written_by) == (QUARTER, "Essex Fire", officer)
    assert comment.history.get().history_user == officer


def test_a_comment_says_something(action, officer):
    with pytest.raises(ValidationError):
        add_comment(action=action, quarter=QUARTER, text="", by=officer)
    assert not Comment.objects.exists()


def test_a_comment_is_about_a_quarter_of_the_plan(action, officer):
    with pytest.raises(OutsidePlan):
        add_comment(action=action, quarter=QUARTER.previous, text="Too early.", by=officer)


def test_a_private_note_carries_the_person(action, officer):
    note = add_private_note(action=action, text="Ask for £500 first.", by=officer)
    assert (note.text, note.written_by) == ("Ask for £500 first.", officer)


@pytest.mark.parametrize("make", [lambda: make_officer(make_partnership()), make_user], ids=["stranger", "nobody"])
def test_only_members_say_something(action, make):
    person = make()
    with pytest.raises(Foreign):
        add_comment(action=action, quarter=QUARTER, text="Hello.", by=person)
    with pytest.raises(Foreign):
        add_private_note(action=action, text="Hello.", by=person)
    assert not Comment.objects.exists()
    assert not PrivateNote.objects.exists()


def test_a_double_click_says_it_once(action, officer):
    for _ in range(2):
        add_comment(action=action, quarter=QUARTER, text="We lent the engine.\r\nTwice.", by=officer)
        add_private_note(action=action, text="Hush.", by=officer)
    assert Comment.objects.count() == PrivateNote.objects.count() == 1
    add_comment(action=action, quarter=QUARTER.next, text="We lent the engine.\nTwice.", by=officer)
    assert Comment.objects.count() == 2


@pytest.mark.parametrize(("minutes", "number"), [(9, 1), (11, 2)])
def test_the_same_words_some_time_later_are_said_anew(action, officer, minutes, number):
    asked = add_comment(action=action, quarter=QUARTER, text="Any news?", by=officer)
    noted = add_private_note(action=action, text="Hush.", by=officer)
    for row in (asked, noted):
        type(row).objects.filter(pk=row.pk).update(written_at=row.written_at - timedelta(minutes=minutes))
    again = add_comment(action=action, quarter=QUARTER, text="Any news?", by=officer)
    add_private_note(action=action, text="Hush.", by=officer)
    assert Comment.objects.count() == PrivateNote.objects.count() == number
    assert (again == asked) == (number == 1)

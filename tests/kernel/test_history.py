import pytest
from django.core.paginator import Paginator
from django.db import transaction

from actions.models import Action, Comment
from csp_tracker.history import Source, Trail
from csp_tracker.writing import discard, store
from tests.builders import QUARTER, make_action, make_agency, make_manager, make_support

pytestmark = pytest.mark.django_db


@pytest.fixture
def action():
    return make_action()


@pytest.fixture
def manager(action):
    return make_manager(action.plan.partnership, name="Ann Manager")


@transaction.atomic
def keep(thing, by, reason="", **fields):
    for name, value in fields.items():
        setattr(thing, name, value)
    store(thing, by=by, reason=reason)


def trail_of(action, hidden=(), verb=None):
    return Trail(
        [
            Source(Action.history.filter(id=action.pk), lambda row: f"Action {row.reference}", hidden, verb),
            Source(Comment.history.filter(action=action.pk), lambda row: f"Comment for {row.quarter}", {"action"}),
        ]
    )


def test_an_entry_says_who_when_what_from_to_and_why(action, manager):
    keep(action, manager, reason="A typing error", text="Hold three events")
    entry = trail_of(action)[0]
    assert (entry.title, entry.by, entry.reason) == ("Action 1.1.1 changed", "Ann Manager", "A typing error")
    (change,) = entry.changes
    assert (change.label, change.old, change.new) == ("Action", "Action 1", "Hold three events")
    assert entry.at == action.history.first().history_date


def test_values_are_words_not_keys(action, manager):
    agency = make_agency(action.plan.partnership, "Essex Fire")
    keep(action, manager, lead_officer=manager, lead_agency=agency, status="paused", not_for_publication=True)
    changes = {change.label: (change.old, change.new) for change in trail_of(action)[0].changes}
    assert changes == {
        "Lead officer": (None, "Ann Manager"),
        "Lead agency": (None, "Essex Fire"),
        "Status": ("In progress", "Paused"),
        "Not for publication": (False, True),
    }


def test_the_newest_comes_first_whatever_it_is_about(action, manager):
    comment = Comment(
        action=action, quarter=QUARTER, agency=make_agency(action.plan.partnership), text="Hello", written_by=manager
    )
    keep(action, manager, text="First")
    keep(comment, manager)
    keep(action, manager, text="Second")
    titles = [entry.title for entry in trail_of(action)[0:10]]
    assert titles == [
        "Action 1.1.1 changed",
        "Comment for Q1 2025/26 added",
        "Action 1.1.1 changed",
        "Action 1.1.1 added",
    ]


def test_each_thing_is_compared_with_its_own_past(action, manager):
    first, second = (
        Comment(
            action=action, quarter=QUARTER, agency=make_agency(action.plan.partnership), text=text, written_by=manager
        )
        for text in ("One", "Two")
    )
    for comment in (first, second):
        keep(comment, manager)
    keep(first, manager, text="One, corrected")
    (change,) = trail_of(action)[0].changes
    assert (change.old, change.new) == ("One", "One, corrected")


def test_a_new_thing_shows_what_it_says(action):
    added = trail_of(action)[len(trail_of(action)) - 1]
    shown = {change.label: (change.old, change.new) for change in added.changes}
    assert shown["Action"] == (None, "Action 1")
    assert "Expected outcome" not in shown


def test_hidden_columns_are_not_shown(action, manager):
    keep(action, manager, text="Other", place="Maldon")
    assert [change.label for change in trail_of(action, hidden={"text"})[0].changes] == ["Place"]


def test_a_source_may_say_what_happened_in_a_better_word(action, manager):
    keep(action, manager, status="paused")
    entry = trail_of(action, verb=lambda row, before: "paused" if before and row.status == "paused" else None)[0]
    assert entry.title == "Action 1.1.1 paused"


def test_what_was_taken_away_stays_in_the_history(action, manager):
    support = make_support(action, make_agency(action.plan.partnership, "Essex Fire"))
    with transaction.atomic():
        discard(support, by=manager, reason="They withdrew")
    rows = type(support).history.filter(action=action.pk)
    entry = Trail([Source(rows, "Supporting agency", {"action", "position"})])[0]
    assert (entry.title, entry.reason) == ("Supporting agency removed", "They withdrew")
    assert [(change.label, change.old, change.new) for change in entry.changes] == [("Agency", "Essex Fire", None)]


def test_a_row_nobody_signed_says_so(action):
    assert trail_of(action)[0].by == "the system"


def test_a_page_costs_the_same_however_long_the_history(action, manager, django_assert_num_queries):
    def read(count):
        page = Paginator(trail_of(action, hidden={"objective"}), 25).get_page(1)
        assert len(page.object_list) == count

    for number in range(2):
        keep(action, manager, text=f"Text {number}", lead_officer=manager if number else None)
    with django_assert_num_queries(4):  # how many, which, the rows, the people they name
        read(3)
    for number in range(40):
        keep(action, manager, text=f"More {number}", lead_officer=manager if number % 2 else None)
    with django_assert_num_queries(4):
        read(25)


def test_pages_follow_each_other_without_gaps(action, manager):
    for number in range(9):
        keep(action, manager, text=f"Text {number}")
    pages = Paginator(trail_of(action), 4)
    said = [
        change.new
        for page in pages
        for entry in page.object_list
        for change in entry.changes
        if change.label == "Action"
    ]
    assert said == [f"Text {number}" for number in reversed(range(9))] + ["Action 1"]

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from actions.services import actions, plans
from actions.services.shared import NotAMember, ReasonNeeded
from actions.values import ActionStatus, PlanStatus, TimescaleKind
from csp_tracker.writing import Conflict, Foreign
from tests.builders import (
    make_action,
    make_agency,
    make_indicator,
    make_manager,
    make_objective,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_support,
)

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = date(2025, 5, 31), date(2025, 6, 30), date(2025, 7, 31)


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


@pytest.fixture
def objective(partnership):
    return make_objective(make_priority(make_plan(partnership), number="3"), number="3.3")


@pytest.fixture
def draft_objective(partnership):
    return make_objective(make_priority(make_plan(partnership, status=PlanStatus.DRAFT)))


@pytest.fixture
def action(objective):
    return make_action(objective)


def test_an_action_gets_its_objectives_number_and_place(objective, manager):
    references = [actions.add_action(objective=objective, text="Do it", by=manager).reference for _ in range(2)]
    assert references == ["3.3.1", "3.3.2"]


def test_a_reference_already_given_is_passed_over(objective, manager):
    make_action(objective, reference="3.3.2")
    added = actions.add_action(objective=objective, text="Do it", by=manager)
    assert (added.reference, added.plan) == ("3.3.3", objective.priority.plan)


def test_a_reference_given_twice_is_refused(objective, manager):
    make_action(objective, reference="3.3.1")
    with pytest.raises(ValidationError, match="Another action of the plan has this reference"):
        actions.add_action(objective=objective, text="Do it", reference="3.3.1", by=manager)


def test_an_action_is_added_with_everything_the_plan_says(objective, partnership, manager):
    agency, kpi = make_agency(partnership), make_indicator(partnership)
    added = actions.add_action(
        objective=objective,
        text="Do\x0bit",
        timescale="by May",
        timescale_kind=TimescaleKind.BY_DATE,
        due_on=MAY,
        due_precision="month",
        lead_officer=manager,
        lead_agency=agency,
        supporters=[agency],
        indicators=[kpi],
        extra={"Cost": "£2"},
        source={"ACTION": "Do it"},
        by=manager,
    )
    added.refresh_from_db()
    assert (added.text, added.original_due_on, added.extra, added.source) == (
        "Do\nit", MAY, {"Cost": "£2"}, {"ACTION": "Do it"},
    )  # fmt: skip
    assert (list(added.supporting_agencies.all()), list(added.indicators.all())) == ([agency], [kpi])
    assert added.history.get().history_user == manager


def test_a_date_without_words_is_a_date(objective, manager):
    added = actions.add_action(objective=objective, text="Do it", due_on=MAY, by=manager)
    assert (added.timescale_kind, added.due_precision) == (TimescaleKind.BY_DATE, "day")


def test_another_partnerships_rows_are_refused_everywhere(objective, action, manager):
    elsewhere = make_partnership()
    agency, person, kpi = make_agency(elsewhere), make_officer(elsewhere), make_indicator(elsewhere)
    with pytest.raises(Foreign):
        actions.add_action(objective=objective, text="x", lead_agency=agency, by=manager)
    with pytest.raises(NotAMember):
        actions.add_action(objective=objective, text="x", lead_officer=person, by=manager)
    with pytest.raises(Foreign):
        actions.add_action(objective=objective, text="x", indicators=[kpi], by=manager)
    for fields in ({"lead_agency": agency}, {"supporters": [agency]}, {"indicators": [kpi]}):
        with pytest.raises(Foreign):
            actions.change_action(action=action, version=1, reason="x", by=manager, **fields)
    with pytest.raises(NotAMember):
        actions.change_action(action=action, version=1, reason="x", lead_officer=person, by=manager)
    assert list(objective.actions.all()) == [action]
    assert action.history.count() == 1


def test_an_action_of_an_active_plan_changes_with_a_reason(action, manager):
    with pytest.raises(ReasonNeeded):
        actions.change_action(action=action, version=1, text="New words", by=manager)
    action.refresh_from_db()
    actions.change_action(action=action, version=1, text="New words", reason="Clearer", by=manager)
    row = action.history.first()
    assert (row.text, row.history_user, row.history_change_reason) == ("New words", manager, "Clearer")


def test_an_action_of_a_draft_changes_without_one(draft_objective, manager):
    action = make_action(draft_objective)
    actions.change_action(action=action, version=1, text="New words", by=manager)
    assert action.history.first().text == "New words"


def test_an_action_saved_as_it_was_writes_nothing(action, manager):
    agency = make_agency(action.plan.partnership)
    make_support(action, agency)
    before = action.support.get().history.count()
    actions.change_action(action=action, version=1, text=action.text, supporters=[agency], indicators=[], by=manager)
    assert (action.history.count(), action.support.get().history.count()) == (1, before)


def test_the_second_of_two_savers_is_told_and_overwrites_nothing(action, manager):
    actions.change_action(action=action, version=1, text="First", reason="x", by=manager)
    with pytest.raises(Conflict):
        actions.change_action(action=action, version=1, text="Second", reason="x", by=manager)
    action.refresh_from_db()
    assert action.text == "First"


def test_a_due_date_moves_with_a_reason_and_the_first_is_kept(objective, manager):
    action = actions.add_action(objective=objective, text="x", due_on=MAY, by=manager)
    for due_on, reason in ((JUNE, "The grant came late"), (JULY, "The hall was shut")):
        actions.change_due_date(action=action, version=action.version, due_on=due_on, reason=reason, by=manager)

    moves = list(action.due_date_changes.values_list("from_date", "to_date", "reason", "changed_by"))
    assert moves == [
        (MAY, JUNE, "The grant came late", manager.pk),
        (JUNE, JULY, "The hall was shut", manager.pk),
    ]
    assert (action.original_due_on, action.due_on) == (MAY, JULY)


def test_a_due_date_does_not_move_without_a_reason(objective, manager):
    action = actions.add_action(objective=objective, text="x", due_on=MAY, by=manager)
    with pytest.raises(actions.DateReasonMissing):
        actions.change_due_date(action=action, version=1, due_on=JUNE, reason="", by=manager)
    action.refresh_from_db()
    with pytest.raises(actions.DateReasonMissing):
        actions.change_action(action=action, version=1, due_on=JUNE, reason="Something else", by=manager)
    action.refresh_from_db()
    assert (action.due_on, action.due_date_changes.count(), action.history.count()) == (MAY, 0, 1)


def test_a_date_in_a_draft_nobody_was_told_is_simply_corrected(draft_objective, manager):
    action = actions.add_action(objective=draft_objective, text="x", due_on=MAY, by=manager)
    actions.change_action(action=action, version=1, due_on=JUNE, by=manager)
    assert (action.original_due_on, action.due_date_changes.count()) == (JUNE, 0)


def test_words_and_date_change_together_in_one_history_row(objective, manager):
    action = actions.add_action(objective=objective, text="x", due_on=MAY, by=manager)
    actions.change_action(
        action=action, version=1, text="y", due_on=JUNE, reason="Clearer", date_reason="Late grant", by=manager
    )
    assert action.history.count() == 2
    assert action.due_date_changes.get().reason == "Late grant"


def test_an_action_by_a_date_cannot_lose_its_date(objective, manager):
    action = actions.add_action(objective=objective, text="x", due_on=MAY, by=manager)
    with pytest.raises(ValidationError, match="Enter the date the action is due"):
        actions.change_due_date(action=action, version=1, due_on=None, precision="", reason="Unsure", by=manager)
    action.refresh_from_db()
    actions.change_action(
        action=action,
        version=1,
        timescale_kind=TimescaleKind.ONGOING,
        due_on=None,
        reason="It goes on",
        date_reason="It goes on",
        by=manager,
    )
    assert (action.due_on, action.due_precision, action.original_due_on) == (None, "", MAY)


def test_an_action_is_completed_once(action, manager):
    actions.complete_action(action=action, completed_on=MAY, by=manager)
    actions.complete_action(action=action, completed_on=JUNE, by=manager)
    assert (action.status, action.completed_on, action.history.count()) == (ActionStatus.COMPLETE, MAY, 2)


def test_reopening_a_complete_action_takes_its_date_away(action, manager):
    actions.complete_action(action=action, completed_on=MAY, by=manager)
    actions.change_action(action=action, version=2, status=ActionStatus.IN_PROGRESS, reason="Not quite", by=manager)
    assert action.completed_on is None


def test_an_action_is_closed_with_a_reason(action, manager):
    close = {"status": ActionStatus.CLOSED_NO_RESOURCES, "closed_on": MAY}
    with pytest.raises(ValidationError, match="the date and the reason"):
        actions.close_action(action=action, reason="", by=manager, **close)
    action.refresh_from_db()
    actions.close_action(action=action, reason="The grant ended", by=manager, **close)
    assert (action.closed_reason, action.is_ended) == ("The grant ended", True)
    with pytest.raises(actions.NotClosing):
        actions.close_action(action=action, status=ActionStatus.PAUSED, closed_on=MAY, reason="x", by=manager)


def test_supporters_are_set_in_order_with_a_history_row_for_each_that_comes_or_goes(action, manager):
    first, second, third = (make_agency(action.plan.partnership) for _ in range(3))
    assert actions.set_supporters(action=action, agencies=[first, second], by=manager)
    assert actions.set_supporters(action=action, agencies=[third, first], by=manager)
    assert not actions.set_supporters(action=action, agencies=[third, first], by=manager)

    assert [link.agency for link in action.support.all()] == [third, first]
    gone = action.support.model.history.get(history_type="-")
    assert (gone.agency, gone.history_user) == (second, manager)


def test_kpis_are_set_in_order(action, manager):
    first, second = (make_indicator(action.plan.partnership) for _ in range(2))
    actions.set_indicators(action=action, indicators=[second, first], by=manager)
    assert [link.indicator for link in action.indicator_links.all()] == [second, first]


def test_an_action_placed_under_an_unnumbered_objective_counts_alone(partnership, manager):
    objective = make_objective(make_priority(make_plan(partnership)), number="")
    assert actions.add_action(objective=objective, text="x", by=manager).reference == "1"


def test_the_plan_of_an_action_is_always_its_objectives(objective, action, manager):
    other = make_objective(objective.priority)
    plans.place(thing=action, under=other, by=manager)
    action.refresh_from_db()
    assert action.plan == other.priority.plan

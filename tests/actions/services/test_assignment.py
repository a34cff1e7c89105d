from datetime import date

import pytest

from actions.models import Action
from actions.services import assignment
from actions.services.shared import NotAMember
from actions.values import ActionStatus, PlanStatus
from csp_tracker.writing import Conflict, Foreign
from tests.builders import (
    make_action,
    make_agency,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_support,
    make_user,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


@pytest.fixture
def plan(partnership):
    return make_plan(partnership)


def test_ticked_actions_get_a_lead_officer_agency_and_supporters(plan, manager):
    actions = [make_action(plan) for _ in range(3)]
    officer, agency, supporter = (
        make_officer(plan.partnership),
        make_agency(plan.partnership),
        make_agency(plan.partnership),
    )
    changed = assignment.assign(
        actions=actions[:2], lead_officer=officer, lead_agency=agency, supporters=[supporter], by=manager
    )
    assert changed == 2
    for action in Action.objects.filter(pk__in=[one.pk for one in actions[:2]]):
        assert (action.lead_officer, action.lead_agency) == (officer, agency)
        assert list(action.supporting_agencies.all()) == [supporter]
        assert (action.history.count(), action.history.first().history_user) == (2, manager)
    assert Action.objects.get(pk=actions[2].pk).lead_officer is None


def test_what_is_not_named_is_left_alone_and_nobody_is_a_choice(plan, manager):
    agency = make_agency(plan.partnership)
    action = make_action(plan, lead_officer=manager, lead_agency=agency)
    make_support(action, agency)
    assignment.assign(actions=[action], lead_officer=None, by=manager)
    action.refresh_from_db()
    assert (action.lead_officer, action.lead_agency, action.support.count()) == (None, agency, 1)


def test_assigning_what_is_assigned_already_writes_nothing(plan, manager):
    action = make_action(plan, lead_officer=manager)
    assert assignment.assign(actions=[action], lead_officer=manager, by=manager) == 0
    assert action.history.count() == 1


def test_nobody_is_assigned_when_one_of_the_actions_changed_meanwhile(plan, manager):
    first, second = make_action(plan), make_action(plan)
    Action.objects.filter(pk=second.pk).update(version=2)
    with pytest.raises(Conflict):
        assignment.assign(actions=[first, second], lead_officer=manager, by=manager)
    assert not Action.objects.filter(lead_officer=manager).exists()


def test_only_people_and_agencies_of_the_partnership_are_assigned(plan, manager):
    action, elsewhere = make_action(plan), make_partnership()
    for person in (make_officer(elsewhere), make_user(), make_viewer(plan.partnership)):
        with pytest.raises(NotAMember):
            assignment.assign(actions=[action], lead_officer=person, by=manager)
    agency = make_agency(elsewhere)
    for named in ({"lead_agency": agency}, {"supporters": [agency]}):
        with pytest.raises(Foreign):
            assignment.assign(actions=[action], by=manager, **named)
    assert action.history.count() == 1
    assert not action.support.exists()


def test_somebody_whose_membership_has_ended_is_not_assigned(plan, manager):
    leaver = make_officer(plan.partnership, ends_on=date(2020, 1, 1))
    with pytest.raises(NotAMember):
        assignment.assign(actions=[make_action(plan)], lead_officer=leaver, by=manager)


def test_all_open_work_of_a_leaver_goes_to_another(plan, manager):
    leaver = make_officer(plan.partnership, ends_on=date(2020, 1, 1))
    officer = make_officer(plan.partnership)
    priority = make_priority(plan, lead=leaver)
    action = make_action(plan, lead_officer=leaver)
    kpi = make_indicator(plan.partnership, owner=leaver)

    assert assignment.hand_over(partnership=plan.partnership, from_person=leaver, to_person=officer, by=manager) == 3
    for thing in (priority, action, kpi):
        thing.refresh_from_db()
        row = thing.history.first()
        assert row.history_user == manager
        assert row.history_change_reason == f"Handed over from {leaver} to {officer}"
    assert {priority.lead, action.lead_officer, kpi.owner} == {officer}


def test_what_is_done_closed_or_elsewhere_stays_with_who_did_it(plan, manager):
    leaver, officer = make_officer(plan.partnership), make_officer(plan.partnership)
    stays = [
        make_action(plan, lead_officer=leaver, status=ActionStatus.COMPLETE, completed_on=date(2025, 5, 1)),
        make_action(make_plan(plan.partnership, status=PlanStatus.CLOSED), lead_officer=leaver),
        make_action(make_plan(), lead_officer=leaver),
    ]
    assert assignment.hand_over(partnership=plan.partnership, from_person=leaver, to_person=officer, by=manager) == 0
    assert Action.objects.filter(lead_officer=leaver).count() == len(stays)


def test_work_is_not_handed_to_the_same_person_or_a_stranger(plan, manager):
    leaver = make_officer(plan.partnership)
    make_action(plan, lead_officer=leaver)
    with pytest.raises(assignment.NobodyToHandTo):
        assignment.hand_over(partnership=plan.partnership, from_person=leaver, to_person=leaver, by=manager)
    with pytest.raises(NotAMember):
        assignment.hand_over(partnership=plan.partnership, from_person=leaver, to_person=make_user(), by=manager)
    assert Action.objects.filter(lead_officer=leaver).count() == 1

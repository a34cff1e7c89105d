from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Action
from tests.builders import (
    make_action,
    make_administrator,
    make_agency,
    make_indicator,
    make_manager,
    make_objective,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_support,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def manager(client, plan):
    person = make_manager(plan.partnership, name="Margaret Manager")
    client.force_login(person)
    return person


def url(plan):
    return reverse("plan_assign", args=[plan.slug])


def posted(actions, ticked=(), **fields):
    """What the page sends: every action as it was seen, the ticked ones, and what they are given."""
    return {
        "seen": [f"{action.pk}.{action.version}" for action in actions],
        "actions": [action.pk for action in ticked],
        **{f"set-{name}": value for name, value in fields.items()},
    }


def words(response):
    return " ".join(response.content.decode().split())


def test_ticked_actions_are_assigned_at_once(client, plan, manager):
    first, second, third = (make_action(plan) for _ in range(3))
    officer, agency = make_officer(plan.partnership), make_agency(plan.partnership)
    response = client.post(
        url(plan),
        posted(
            [first, second, third],
            [first, third],
            lead_officer=officer.pk,
            lead_agency=agency.pk,
            supporters_how="replace",
            supporters=[agency.pk],
        ),
        follow=True,
    )
    assert "2 actions assigned." in words(response)
    assert set(Action.objects.filter(lead_officer=officer, lead_agency=agency)) == {first, third}
    assert list(Action.objects.get(pk=third.pk).supporting_agencies.all()) == [agency]
    assert first.history.first().history_user == manager


def test_a_priority_is_ticked_whole(client, plan, manager):
    objective, other = make_objective(make_priority(plan)), make_objective(make_priority(plan))
    inside, outside = [make_action(objective), make_action(objective)], make_action(other)
    data = posted([*inside, outside], lead_officer=manager.pk) | {"priorities": [objective.priority_id]}
    client.post(url(plan), data)
    assert set(Action.objects.filter(lead_officer=manager)) == set(inside)


def test_only_what_the_page_showed_is_ticked_by_a_priority(client, plan, manager):
    objective = make_objective(make_priority(plan))
    shown, hidden = make_action(objective), make_action(objective)
    data = posted([shown], lead_officer=manager.pk) | {"priorities": [objective.priority_id]}
    client.post(url(plan) + "?show=unled", data)
    assert list(Action.objects.filter(lead_officer=manager)) == [shown]
    assert hidden.history.count() == 1


def test_what_is_left_as_it_is_stays_and_nobody_can_be_chosen(client, plan, manager):
    agency = make_agency(plan.partnership)
    action = make_action(plan, lead_officer=manager, lead_agency=agency)
    make_support(action, agency)
    client.post(url(plan), posted([action], [action], lead_officer="none"))
    action.refresh_from_db()
    assert (action.lead_officer, action.lead_agency, action.support.count()) == (None, agency, 1)


def test_nothing_ticked_and_nothing_chosen_are_said(client, plan, manager):
    action = make_action(plan)
    unticked = words(client.post(url(plan), posted([action], lead_officer=manager.pk)))
    box = f"priority-{action.objective.priority_id}"
    assert f'<a href="#{box}">Tick at least one action</a>' in unticked
    assert f'id="{box}"' in unticked
    page = words(client.post(url(plan), posted([action], [action])))
    assert "Choose a lead agency, a lead officer or supporting agencies to set" in page
    assert f'value="{action.pk}" id="action-{action.pk}" checked' in page
    assert action.history.count() == 1


def test_an_action_changed_meanwhile_is_named_and_nothing_is_saved(client, plan, manager):
    first, second = make_action(plan), make_action(plan)
    data = posted([first, second], [first, second], lead_officer=manager.pk)
    Action.objects.filter(pk=second.pk).update(version=2)
    response = client.post(url(plan), data)
    assert response.status_code == 409
    assert f"Somebody else changed {second.reference} while you were working" in words(response)
    assert f'value="{second.pk}.2"' in words(response)
    assert not Action.objects.filter(lead_officer=manager).exists()


def test_people_and_agencies_of_another_partnership_are_neither_offered_nor_taken(client, plan, manager):
    elsewhere = make_partnership()
    agency = make_agency(elsewhere, "Their agency")
    person = make_officer(elsewhere, name="Their officer", agency=agency)
    action = make_action(plan)
    assert "Their " not in words(client.get(url(plan)))
    for fields in (
        {"lead_officer": person.pk},
        {"lead_agency": agency.pk},
        {"supporters_how": "replace", "supporters": [agency.pk]},
        {"lead_officer": make_viewer(plan.partnership).pk},
    ):
        assert "There is a problem" in words(client.post(url(plan), posted([action], [action], **fields)))
    assert action.history.count() == 1


def test_actions_of_another_plan_cannot_be_ticked(client, plan, manager):
    make_action(plan)
    foreign = make_action()
    page = words(client.post(url(plan), posted([foreign], [foreign], lead_officer=manager.pk)))
    assert "Tick at least one action" in page
    assert foreign.history.count() == 1


def test_actions_without_a_lead_are_shown_alone(client, plan, manager):
    make_action(plan, text="Led", lead_officer=manager)
    make_action(plan, text="Unled")
    page = words(client.get(url(plan)))
    assert "1 of 2 actions has no lead officer yet" in page
    page = words(client.get(url(plan), {"show": "unled"}))
    assert "</b> Unled" in page
    assert "</b> Led" not in page


def test_an_empty_plan_says_what_to_do(client, plan, manager):
    assert "There is nothing to assign yet" in words(client.get(url(plan)))


def handing(giver, taker):
    return {"form": "hand_over", "hand-from_person": giver.pk, "hand-to_person": taker.pk}


def test_a_leavers_work_goes_to_another(client, plan, manager):
    leaver = make_officer(plan.partnership, name="Lee Left", ends_on=date(2020, 1, 1))
    action = make_action(plan, lead_officer=leaver)
    make_indicator(plan.partnership, owner=leaver)
    assert "Lee Left (1 action, 1 KPI)" in words(client.get(url(plan)))
    response = client.post(url(plan), handing(leaver, manager), follow=True)
    assert "Margaret Manager now has the open work of Lee Left: 1 action, 1 KPI." in words(response)
    action.refresh_from_db()
    assert (action.lead_officer, action.history.first().history_user) == (manager, manager)


def test_work_goes_to_somebody_else_of_the_partnership_only(client, plan, manager):
    action = make_action(plan, lead_officer=manager)
    stranger = make_officer(make_partnership())
    assert "Choose somebody else" in words(client.post(url(plan), handing(manager, manager)))
    assert "Select who takes the work over" in words(client.post(url(plan), handing(manager, stranger)))
    page = words(client.post(url(plan), {"form": "hand_over"}))
    assert "Select whose work it is" in page
    assert "Select who takes the work over" in page
    assert action.history.count() == 1


def test_the_page_costs_the_same_for_3_and_60_actions(client, plan, manager):
    def count():
        with CaptureQueriesContext(connection) as captured:
            client.get(url(plan))
        return len(captured)

    def fill(number):
        objective, agency = make_objective(make_priority(plan)), make_agency(plan.partnership)
        for _ in range(number):
            make_support(make_action(objective, lead_officer=manager, lead_agency=agency), agency)

    fill(3)
    few = count()
    fill(57)
    assert count() == few


def test_only_those_who_edit_plans_assign(client, plan):
    action = make_action(plan)
    for person, expected in (
        (make_manager(make_partnership()), 404),
        (make_viewer(plan.partnership), 403),
        (make_officer(plan.partnership), 403),
        (make_administrator(plan.partnership), 200),
    ):
        client.force_login(person)
        assert client.get(url(plan)).status_code == expected
        if expected != 200:
            data = posted([action], [action], lead_officer="none")
            assert client.post(url(plan), data).status_code == expected
    assert client.put(url(plan)).status_code == 405
    assert client.get("/plans/unknown/assign/").status_code == 404

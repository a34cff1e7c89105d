import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Objective, Priority
from actions.values import PlanStatus
from tests.builders import (
    make_action,
    make_administrator,
    make_indicator,
    make_manager,
    make_objective,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def draft():
    return make_plan(status=PlanStatus.DRAFT)


@pytest.fixture
def manager(client, plan):
    person = make_manager(plan.partnership)
    client.force_login(person)
    return person


@pytest.fixture
def tree(plan):
    priority = make_priority(plan, title="Burglary")
    objective = make_objective(priority, text="Fewer burglaries")
    return priority, objective, make_action(objective, text="Mark bicycles")


def words(response):
    return " ".join(response.content.decode().split())


def url(name, plan, *args):
    return reverse(name, args=[plan.slug, *args])


PAGES = [
    ("plan_structure", ()),
    ("plan_renumber", ()),
    ("plan_priority_new", ()),
    ("plan_objective_new", ("priority",)),
    ("plan_part_edit", ("priority",)),
    ("plan_part_edit", ("objective",)),
    ("plan_part_place", ("objective",)),
    ("plan_part_place", ("action",)),
    ("plan_part_archive", ("action",)),
    ("plan_part_restore", ("action",)),
]


def page_url(name, kinds, plan, tree):
    keys = dict(zip(("priority", "objective", "action"), tree, strict=True))
    if name == "plan_objective_new":
        return url(name, plan, tree[0].pk)
    return url(name, plan, *((kinds[0], keys[kinds[0]].pk) if kinds else ()))


@pytest.mark.parametrize(("name", "kinds"), PAGES)
def test_strangers_find_nothing_readers_may_not_and_editors_may(client, plan, tree, name, kinds):
    address = page_url(name, kinds, plan, tree)
    for person, expected in (
        (make_manager(make_partnership()), 404),
        (make_viewer(plan.partnership), 403),
        (make_officer(plan.partnership), 403),
        (make_administrator(plan.partnership), 200),
        (make_manager(plan.partnership), 200),
    ):
        client.force_login(person)
        assert client.get(address).status_code == expected
        if expected != 200:
            assert client.post(address, {"reason": "x", "title": "x", "text": "x"}).status_code in (expected, 405)
    assert client.delete(address).status_code == 405


@pytest.mark.parametrize("name", ["plan_part_edit", "plan_part_place", "plan_part_archive", "plan_part_restore"])
def test_parts_of_another_plan_and_unknown_ones_are_unknown_pages(client, plan, manager, tree, name):
    elsewhere = make_action(make_plan(plan.partnership))
    for kind, key in (("action", elsewhere.pk), ("action", 999_999), ("rhubarb", tree[2].pk)):
        assert client.get(url(name, plan, kind, key)).status_code == 404


def test_the_tree_shows_every_part_with_what_can_be_done(client, plan, manager, tree):
    make_action(tree[1], text="Old action", archived_at="2025-01-01T00:00Z")
    page = words(client.get(url("plan_structure", plan)))
    for expected in ("Burglary", "Fewer burglaries", "Mark bicycles", "Archived parts (1)", "Old action"):
        assert expected in page


def test_an_empty_plan_says_what_to_do(client, plan, manager):
    assert "The plan has no priorities yet" in words(client.get(url("plan_structure", plan)))


def test_the_tree_costs_the_same_for_3_and_30_actions(client, plan, manager, tree):
    def count():
        with CaptureQueriesContext(connection) as captured:
            client.get(url("plan_structure", plan))
        return len(captured)

    few = count()
    for _ in range(10):
        objective = make_objective(make_priority(plan))
        for _ in range(3):
            make_action(objective)
    assert count() == few <= 10


def test_priorities_and_objectives_are_added_with_the_next_number(client, plan, manager, tree):
    client.post(url("plan_priority_new", plan), {"title": "Fire", "group": "The fire group"})
    priority = Priority.objects.get(title="Fire")
    assert (priority.number, priority.group, priority.history.get().history_user) == ("2", "The fire group", manager)
    client.post(url("plan_objective_new", plan, priority.pk), {"text": "Fewer fires"})
    assert Objective.objects.get(text="Fewer fires").number == "2.1"


def test_an_empty_form_says_what_is_missing_and_keeps_the_rest(client, plan, manager, tree):
    page = words(client.post(url("plan_priority_new", plan), {"title": "", "group": "Kept words"}))
    assert "Enter title" in page
    assert "Kept words" in page
    assert "Error: " in page


def test_a_lead_from_another_partnership_is_not_a_choice(client, plan, manager, tree):
    stranger = make_officer(make_partnership())
    posted = {"title": "Fire", "lead": stranger.pk}
    assert "Select a lead from the list" in words(client.post(url("plan_priority_new", plan), posted))
    assert not Priority.objects.filter(title="Fire").exists()


def test_editing_an_objective_of_an_active_plan_asks_why_and_keeps_it(client, plan, manager, tree):
    _, objective, _ = tree
    address = url("plan_part_edit", plan, "objective", objective.pk)
    posted = {"number": "1.1", "text": "No burglaries", "version": 1}
    assert "Say why this changes" in words(client.post(address, posted))
    response = client.post(address, posted | {"reason": "More ambition"})
    assert response.url.endswith(f"#objective-{objective.pk}")
    row = objective.history.first()
    assert (row.text, row.history_user, row.history_change_reason) == ("No burglaries", manager, "More ambition")


def test_a_manager_ties_kpis_to_a_priority(client, plan, manager, tree):
    kpi, other = make_indicator(plan.partnership, name="Burglaries"), make_indicator(name="Somebody else’s")
    address = url("plan_part_edit", plan, "priority", tree[0].pk)
    html = words(client.get(address))
    assert "Burglaries" in html
    assert "Somebody else’s" not in html
    data = {"version": 1, "number": "1", "title": "Burglary", "indicators": [kpi.pk], "reason": "Agreed in June"}
    assert client.post(address, data).status_code == 302
    assert [link.indicator for link in tree[0].indicator_links.all()] == [kpi]
    assert client.post(address, data | {"version": 2, "indicators": [other.pk]}).status_code == 200


def test_a_new_priority_may_come_with_its_kpis(client, plan, manager):
    kpi = make_indicator(plan.partnership)
    client.post(url("plan_priority_new", plan), {"title": "Parks", "indicators": [kpi.pk]})
    assert [link.indicator for link in Priority.objects.get().indicator_links.all()] == [kpi]


def test_the_second_of_two_savers_of_a_priority_sees_both_texts(client, plan, manager, tree):
    priority = tree[0]
    Priority.objects.filter(pk=priority.pk).update(title="Theirs", version=2)
    address = url("plan_part_edit", plan, "priority", priority.pk)
    response = client.post(address, {"number": "1", "title": "Mine", "version": 1, "reason": "x"})
    assert response.status_code == 409
    assert "Theirs" in words(response)
    assert "Mine" in words(response)


def test_editing_an_action_leads_to_its_own_page(client, plan, manager, tree):
    response = client.get(url("plan_part_edit", plan, "action", tree[2].pk))
    assert response.url == reverse("action_edit", args=[tree[2].pk])


def test_parts_move_up_and_down_by_post_only(client, plan, manager, tree):
    second = make_priority(plan)
    address = url("plan_part_move", plan, "priority", second.pk)
    assert client.get(address).status_code == 405
    assert client.post(address, {"direction": "up"}).url.endswith(f"#priority-{second.pk}")
    assert list(plan.priorities.all()) == [second, tree[0]]
    client.post(address, {"direction": "down"})
    assert list(plan.priorities.all()) == [tree[0], second]
    assert second.history.first().history_user == manager


def test_readers_and_strangers_move_nothing(client, plan, tree):
    address = url("plan_part_move", plan, "priority", make_priority(plan).pk)
    for person, expected in ((make_officer(plan.partnership), 403), (make_manager(make_partnership()), 404)):
        client.force_login(person)
        assert client.post(address, {"direction": "up"}).status_code == expected
    assert plan.priorities.first() == tree[0]


def test_an_action_is_moved_to_another_objective_with_a_reason(client, plan, manager, tree):
    other = make_objective(make_priority(plan))
    address = url("plan_part_place", plan, "action", tree[2].pk)
    assert "Choose where it goes" in words(client.post(address, {"reason": "It fits better"}))
    assert "Enter the reason" in words(client.post(address, {"under": other.pk}))
    client.post(address, {"under": other.pk, "reason": "It fits better"})
    tree[2].refresh_from_db()
    assert tree[2].objective == other
    assert tree[2].history.first().history_change_reason == "It fits better"


def test_an_action_is_not_moved_into_another_plan(client, plan, manager, tree):
    for foreign in (make_objective(make_priority(make_plan(plan.partnership))), make_objective()):
        address = url("plan_part_place", plan, "action", tree[2].pk)
        assert "Choose where it goes" in words(client.post(address, {"under": foreign.pk, "reason": "x"}))
    tree[2].refresh_from_db()
    assert tree[2].objective == tree[1]


def test_an_objective_is_moved_to_another_priority_and_a_priority_nowhere(client, plan, manager, tree):
    other = make_priority(plan)
    client.post(url("plan_part_place", plan, "objective", tree[1].pk), {"under": other.pk, "reason": "x"})
    tree[1].refresh_from_db()
    assert tree[1].priority == other
    assert client.get(url("plan_part_place", plan, "priority", other.pk)).status_code == 404


def test_a_priority_is_archived_with_all_in_it_and_restored(client, plan, manager, tree):
    priority, _, action = tree
    client.post(url("plan_part_archive", plan, "priority", priority.pk), {"reason": "Merged"})
    action.refresh_from_db()
    assert action.archived_at is not None
    refused = client.post(url("plan_part_restore", plan, "action", action.pk), {"reason": "Back"})
    assert "Restore “1.1 Fewer burglaries” first." in words(refused)
    client.post(url("plan_part_restore", plan, "priority", priority.pk), {"reason": "Back"})
    action.refresh_from_db()
    assert action.archived_at is None


def test_a_draft_is_archived_from_without_a_reason(client, draft):
    client.force_login(make_manager(draft.partnership))
    action = make_action(draft)
    client.post(url("plan_part_archive", draft, "action", action.pk), {"reason": ""})
    action.refresh_from_db()
    assert action.archived_at is not None


def test_the_plan_is_renumbered(client, plan, manager, tree):
    first = make_priority(plan, position=0)
    client.post(url("plan_renumber", plan), {"reason": "New order"})
    tree[2].refresh_from_db()
    first.refresh_from_db()
    assert (first.number, tree[2].reference) == ("1", "2.1.1")
    assert tree[2].history.first().history_change_reason == "New order"

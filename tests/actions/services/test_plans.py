from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError

from actions.models import Plan
from actions.services import plans
from actions.services.shared import NotAMember, ReasonNeeded
from actions.values import PlanStatus
from csp_tracker.writing import Conflict, Foreign
from tests.builders import (
    make_action,
    make_carried,
    make_indicator,
    make_manager,
    make_objective,
    make_partnership,
    make_plan,
    make_priority,
    make_user,
    make_viewer,
)

pytestmark = pytest.mark.django_db
YEAR = {"starts_on": date(2025, 4, 1), "ends_on": date(2026, 3, 31)}


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


@pytest.fixture
def draft(partnership):
    return make_plan(partnership, status=PlanStatus.DRAFT)


def make_tree(plan):
    """Two priorities; the first with two objectives, whose first has two actions."""
    first, second = make_priority(plan), make_priority(plan)
    one, two = make_objective(first), make_objective(first)
    return first, second, one, two, make_action(one), make_action(one)


def test_a_plan_begins_as_a_draft_with_an_address_from_its_title(partnership, manager):
    plan = plans.create_plan(partnership=partnership, title="Safer Maldon 2025/26", by=manager, **YEAR)

    assert (plan.slug, plan.status) == ("safer-maldon-202526", PlanStatus.DRAFT)
    assert plan.history.get().history_user == manager


def test_the_same_title_in_any_partnership_gets_an_address_of_its_own(partnership, manager):
    elsewhere = make_partnership()
    slugs = [
        plans.create_plan(partnership=owner, title="Action plan", by=manager, **YEAR).slug
        for owner in (partnership, elsewhere, partnership)
    ]
    assert slugs == ["action-plan", "action-plan-2", "action-plan-3"]


@pytest.mark.parametrize("title", ["計画", "===", "x" * 255])
def test_any_title_makes_an_address(partnership, manager, title):
    made = [plans.create_plan(partnership=partnership, title=title, by=manager, **YEAR) for _ in range(2)]
    assert len({plan.slug for plan in made}) == 2
    assert all(0 < len(plan.slug) <= 80 for plan in made)


def test_a_plan_that_ends_before_it_starts_is_refused_and_leaves_nothing(partnership, manager):
    with pytest.raises(ValidationError, match="last day"):
        plans.create_plan(
            partnership=partnership, title="Back", starts_on=date(2025, 4, 1), ends_on=date(2025, 3, 31), by=manager
        )
    assert not Plan.objects.exists()


def test_a_plan_cannot_follow_one_of_another_partnership(partnership, manager, draft):
    foreign = make_plan()
    with pytest.raises(Foreign):
        plans.create_plan(partnership=partnership, title="New", previous=foreign, by=manager, **YEAR)
    with pytest.raises(Foreign):
        plans.change_plan(plan=draft, version=1, previous=foreign, by=manager)


def test_a_draft_changes_without_a_reason_and_an_active_plan_with_one(manager, draft):
    plans.change_plan(plan=draft, version=1, title="New title", status=PlanStatus.ACTIVE, by=manager)
    with pytest.raises(ReasonNeeded):
        plans.change_plan(plan=draft, version=2, title="Newer title", by=manager)
    draft.refresh_from_db()
    plans.change_plan(plan=draft, version=2, title="Newer title", reason="Agreed in May", by=manager)

    last = draft.history.first()
    assert (last.title, last.history_change_reason, last.history_user) == ("Newer title", "Agreed in May", manager)
    assert draft.history.count() == 3


def test_saving_an_active_plan_unchanged_needs_no_reason_and_writes_nothing(partnership, manager):
    plan = make_plan(partnership)
    plans.change_plan(plan=plan, version=1, title=plan.title, by=manager)
    assert plan.history.count() == 1


def test_the_second_of_two_savers_is_told(manager, draft):
    plans.change_plan(plan=draft, version=1, title="First", by=manager)
    with pytest.raises(Conflict) as refusal:
        plans.change_plan(plan=Plan.objects.get(pk=draft.pk), version=1, title="Second", by=manager)
    assert refusal.value.theirs.title == "First"


def test_the_address_cannot_be_passed_as_a_field_that_does_not_exist(manager, draft):
    with pytest.raises(TypeError, match="colour"):
        plans.change_plan(plan=draft, version=1, colour="red", by=manager)


def test_priorities_are_numbered_after_the_highest(manager, draft):
    plans.add_priority(plan=draft, title="Seventh", number="7", by=manager)
    added = plans.add_priority(plan=draft, title="Next", by=manager)
    assert (added.number, added.position) == ("8", 2)


@pytest.mark.parametrize(
    ("prefix", "numbers", "expected"),
    [
        ("3", [], "3.1"),
        ("3", ["3.1", "3.10", "3.2"], "3.11"),
        ("", ["1.", "2."], "3"),
        ("7.", ["7.1"], "7.2"),
        ("A", ["A.1", "A.x"], "A.2"),
    ],
)
def test_the_next_number_is_one_more_than_the_highest(prefix, numbers, expected):
    assert plans.next_number(prefix, numbers) == expected


def test_objectives_are_numbered_after_their_priority(manager, draft):
    priority = make_priority(draft, number="3")
    numbers = [plans.add_objective(priority=priority, text="Fewer fires", by=manager).number for _ in range(2)]
    assert numbers == ["3.1", "3.2"]


def test_a_priority_is_led_by_a_member_only(manager, partnership, draft):
    for person in (make_user(), make_manager(make_partnership()), make_viewer(partnership)):
        with pytest.raises(NotAMember):
            plans.add_priority(plan=draft, title="Fire", lead=person, by=manager)
    priority = plans.add_priority(plan=draft, title="Fire", lead=manager, by=manager)
    with pytest.raises(NotAMember):
        plans.change_priority(priority=priority, version=1, lead=make_user(), by=manager)


def test_kpis_judge_a_priority_in_their_order_and_leave_history_when_they_come_and_go(partnership, manager, draft):
    asb, fear, thefts = (make_indicator(partnership) for _ in range(3))
    priority = plans.add_priority(plan=draft, title="Fire", indicators=[asb, fear], by=manager)
    plans.change_priority(priority=priority, version=1, indicators=[thefts, asb], by=manager)
    assert [link.indicator for link in priority.indicator_links.all()] == [thefts, asb]
    assert priority.version == 2
    kinds = priority.indicator_links.model.history.filter(indicator=fear).values_list("history_type", flat=True)
    assert sorted(kinds) == ["+", "-"]


def test_kpis_left_as_they_are_leave_no_history(partnership, manager, draft):
    asb = make_indicator(partnership)
    priority = plans.add_priority(plan=draft, title="Fire", indicators=[asb], by=manager)
    plans.change_priority(priority=priority, version=1, indicators=[asb], by=manager)
    plans.change_priority(priority=priority, version=1, title="Fire", by=manager)
    assert (priority.version, priority.history.count(), priority.indicator_links.get().history.count()) == (1, 1, 1)


def test_kpis_of_an_active_plans_priority_change_with_a_reason_and_stay_in_the_partnership(partnership, manager):
    priority = make_priority(make_plan(partnership))
    with pytest.raises(ReasonNeeded):
        plans.change_priority(priority=priority, version=1, indicators=[make_indicator(partnership)], by=manager)
    assert not priority.indicator_links.exists()
    with pytest.raises(Foreign):
        plans.change_priority(priority=priority, version=1, indicators=[make_indicator()], reason="New", by=manager)


def test_priorities_and_objectives_of_an_active_plan_change_with_a_reason(partnership, manager):
    plan = make_plan(partnership)
    objective = make_objective(make_priority(plan))
    with pytest.raises(ReasonNeeded):
        plans.change_priority(priority=objective.priority, version=1, title="New", by=manager)
    with pytest.raises(ReasonNeeded):
        plans.change_objective(objective=objective, version=1, text="New", by=manager)
    objective.refresh_from_db()
    plans.change_objective(objective=objective, version=1, text="New", reason="Reworded", by=manager)
    assert objective.history.first().history_change_reason == "Reworded"


def test_an_action_changes_places_with_its_neighbour(manager, draft):
    *_, first, second = make_tree(draft)
    assert plans.move(thing=second, up=True, by=manager)
    assert [action.pk for action in draft.actions.in_plan_order()] == [second.pk, first.pk]
    assert {row.history_user for row in (first.history.first(), second.history.first())} == {manager}


def test_nothing_moves_beyond_the_ends(manager, draft):
    first, second, *_ = make_tree(draft)
    assert not plans.move(thing=first, up=True, by=manager)
    assert not plans.move(thing=second, up=False, by=manager)
    assert first.history.count() == 1


def test_what_is_archived_has_no_neighbours_to_change_places_with(manager, draft):
    make_tree(draft)
    action = draft.actions.first()
    plans.archive(thing=action, reason="", by=manager)
    assert plans.move(thing=action, up=True, by=manager) is False


def test_moving_steps_over_archived_neighbours_and_heals_equal_places(manager, draft):
    first, second = make_priority(draft, position=0), make_priority(draft, position=0)
    third = make_priority(draft, position=0)
    plans.archive(thing=second, reason="", by=manager)
    assert plans.move(thing=third, up=True, by=manager)
    assert list(draft.priorities.open()) == [third, first]


def test_an_action_and_an_objective_are_placed_elsewhere_at_the_end(manager, draft):
    _, second, one, two, action, _ = make_tree(draft)
    make_action(two)
    plans.place(thing=action, under=two, by=manager)
    plans.place(thing=one, under=second, by=manager)

    action.refresh_from_db()
    one.refresh_from_db()
    assert (action.objective, action.position, action.plan) == (two, 2, draft)
    assert (one.priority, one.position) == (second, 1)


def test_nothing_is_placed_in_another_plan_an_archived_part_or_a_part_of_the_wrong_kind(manager, partnership, draft):
    first, second, one, _, action, _ = make_tree(draft)
    elsewhere = make_objective(make_priority(make_plan(partnership)))
    plans.archive(thing=second, reason="", by=manager)
    for thing, under in ((action, elsewhere), (one, elsewhere.priority), (one, second), (action, first)):
        with pytest.raises(plans.NotThere):
            plans.place(thing=thing, under=under, by=manager)


def test_the_plan_is_numbered_from_its_order(manager, draft):
    first, second, one, two, action, another = make_tree(draft)
    plans.move(thing=second, up=True, by=manager)
    plans.move(thing=another, up=True, by=manager)
    plans.renumber(plan=draft, by=manager)

    for thing in (first, second, one, two, action, another):
        thing.refresh_from_db()
    assert (first.number, second.number) == ("2", "1")
    assert (one.number, two.number) == ("2.1", "2.2")
    assert (action.reference, another.reference) == ("2.1.2", "2.1.1")


def test_two_actions_exchange_references_with_one_history_row_each(manager, draft):
    *_, action, another = make_tree(draft)
    plans.move(thing=another, up=True, by=manager)
    before = action.history.count()
    plans.renumber(plan=draft, by=manager)

    assert action.history.count() == before + 1
    assert set(action.history.values_list("reference", flat=True)) == {"1.1.1", "1.1.2"}
    assert plans.renumber(plan=draft, by=manager) == 0


def test_an_archived_action_makes_room_for_the_open_ones(manager, draft):
    *_, action, another = make_tree(draft)
    plans.archive(thing=action, reason="", by=manager)
    plans.renumber(plan=draft, by=manager)
    action.refresh_from_db()
    another.refresh_from_db()
    assert (another.reference, action.reference) == ("1.1.1", "1.1.2")


def test_a_priority_is_archived_and_restored_with_what_stands_under_it(manager, draft):
    first, second, one, _, action, another = make_tree(draft)
    plans.archive(thing=another, reason="", by=manager)
    plans.archive(thing=first, reason="Merged", by=manager)
    assert not draft.actions.open().exists()
    assert list(draft.priorities.open()) == [second]
    assert action.history.first().history_change_reason == "Merged"

    action.refresh_from_db()
    with pytest.raises(plans.StillArchived, match=r"1\.1 Objective 1"):
        plans.restore(thing=action, reason="", by=manager)
    first.refresh_from_db()
    plans.restore(thing=first, reason="", by=manager)
    one.refresh_from_db()
    assert one.archived_at is None
    assert list(draft.actions.open()) == [action]  # the other was archived before, on its own


def test_archiving_part_of_an_active_plan_needs_a_reason(partnership, manager):
    plan = make_plan(partnership)
    action = make_action(plan)
    with pytest.raises(ReasonNeeded):
        plans.archive(thing=action, reason=" ", by=manager)
    action.refresh_from_db()
    assert action.archived_at is None


def test_a_whole_plan_is_archived_and_restored(partnership, manager):
    plan = make_plan(partnership)
    make_tree(plan)
    plans.archive(thing=plan, reason="Never adopted", by=manager)
    assert not Plan.objects.open().exists()
    assert not plan.actions.open().exists()
    plans.restore(thing=plan, reason="Adopted after all", by=manager)
    assert plan.actions.open().count() == 2


# Which plan it follows


def year(first):
    return {"starts_on": date(first, 4, 1), "ends_on": date(first + 1, 3, 31)}


@pytest.fixture
def last_year(partnership):
    return make_plan(partnership, title="Last year’s", **year(2024))


def test_a_plan_follows_an_earlier_one(partnership, manager, draft, last_year):
    assert plans.create_plan(partnership=partnership, title="New", previous=last_year, by=manager, **YEAR).previous
    other = make_plan(partnership, **year(2023))
    assert plans.change_plan(plan=draft, version=1, previous=other, by=manager).previous == other


@pytest.mark.parametrize("first", [2025, 2026], ids=["as old", "younger"])
def test_no_plan_follows_one_that_begins_with_it_or_later(partnership, manager, draft, first):
    later = make_plan(partnership, **year(first))
    with pytest.raises(plans.FollowsNone):
        plans.create_plan(partnership=partnership, title="New", previous=later, by=manager, **YEAR)
    with pytest.raises(plans.FollowsNone):
        plans.change_plan(plan=draft, version=1, previous=later, by=manager)


def test_a_plan_does_not_follow_itself_round_a_circle(partnership, manager, draft, last_year):
    Plan.objects.filter(pk=draft.pk).update(previous=last_year)
    with pytest.raises(plans.FollowsNone):
        plans.change_plan(plan=last_year, version=1, reason="x", previous=draft, by=manager)


def test_a_plan_begins_before_those_that_follow_it(partnership, manager, draft, last_year):
    Plan.objects.filter(pk=draft.pk).update(previous=last_year)
    with pytest.raises(plans.FollowsNone, match="follows this plan"):
        plans.change_plan(plan=last_year, version=1, reason="x", by=manager, **YEAR)
    plans.change_plan(plan=Plan.objects.get(pk=draft.pk), version=1, title="Other title", by=manager)


@pytest.mark.parametrize("is_archived", [True, False])
def test_two_plans_follow_one_only_when_somebody_says_so(partnership, manager, draft, last_year, is_archived):
    archived_at = datetime(2025, 5, 1, tzinfo=UTC) if is_archived else None
    make_plan(partnership, previous=last_year, archived_at=archived_at)
    if not is_archived:
        with pytest.raises(plans.FollowedAlready):
            plans.create_plan(partnership=partnership, title="New", previous=last_year, by=manager, **YEAR)
        with pytest.raises(plans.FollowedAlready):
            plans.change_plan(plan=draft, version=1, previous=last_year, by=manager)
        draft.refresh_from_db()
    both = {} if is_archived else {"both_follow": True}
    changed = plans.change_plan(plan=draft, version=1, previous=last_year, by=manager, **both)
    assert changed.previous == last_year


def test_what_actions_were_carried_from_stays_the_plan_before(partnership, manager, draft, last_year):
    Plan.objects.filter(pk=draft.pk).update(previous=last_year)
    draft.refresh_from_db()
    make_carried(make_action(last_year), make_action(draft))
    with pytest.raises(plans.HasLineage):
        plans.change_plan(plan=draft, version=1, previous=None, by=manager)

"""A plan that was not made by rolling forward is tied to the one it follows, action by action."""

from datetime import date

import pytest

from actions.models import Action, CarryForward, Plan
from actions.services.carrying import NotInThisPlan, NotRolledYet, RolledAlready, decide
from actions.services.rolling import DecisionsChanged
from actions.services.tying import FollowsNothing, LeadsElsewhere, Lineage, Tie, WhyAndWhere, tie
from tests.builders import NOW, make_action, make_carried, make_decision, make_manager, make_plan

pytestmark = pytest.mark.django_db


def year(first):
    return {"starts_on": date(first, 4, 1), "ends_on": date(first + 1, 3, 31), "title": f"Plan {first}"}


@pytest.fixture
def before():
    return make_plan(**year(2025))


@pytest.fixture
def plan(before):
    return make_plan(before.partnership, previous=before, **year(2026))


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership)


def tied(plan, manager, *ties, **fields):
    plan = Plan.objects.get(pk=plan.pk)
    given = {"seen": Lineage(plan).fingerprint, "meeting": "Strategy group", "now": NOW} | fields
    return tie(plan=plan, ties=ties, by=manager, **given)


def test_the_same_words_are_carried_as_they_are_and_others_with_new_words(before, plan, manager):
    same, other = make_action(before, text="Light the\npaths"), make_action(before, text="Gate the alley")
    after, changed = make_action(plan, text="Light the paths"), make_action(plan, text="Gate the alleys")
    assert tied(plan, manager, Tie(same, after), Tie(other, changed), decided_on=date(2026, 3, 3)) == 2
    row = same.carried
    assert (row.decision, row.to_plan, row.to_action, row.to_year, row.text) == ("as_is", plan, after, 2, "")
    assert (row.meeting, row.decided_on, row.decided_by, row.confirmed_by) == (
        "Strategy group", date(2026, 3, 3), manager, manager,
    )  # fmt: skip
    assert row.reason == f"It is {after.reference} of “Plan 2026”"
    assert (other.carried.decision, other.carried.text) == ("amended", "Gate the alleys")


def test_how_others_ended_is_recorded_with_the_reason(before, plan, manager):
    action = make_action(before)
    tied(plan, manager, Tie(action, ended="dropped", reason="No money"))
    row = action.carried
    assert (row.decision, row.reason, row.to_plan, row.to_action) == ("dropped", "No money", plan, None)


def test_several_that_go_on_as_one_are_merged_into_the_one_with_its_reference(before, plan, manager):
    first, second = make_action(before, reference="1"), make_action(before, reference="2")
    after = make_action(plan, reference="2")
    tied(plan, manager, Tie(first, after), Tie(second, after))
    assert (first.carried.decision, first.carried.into, first.carried.to_action) == ("merged", second, after)
    assert second.carried.decision in ("as_is", "amended")
    tied(plan, manager, Tie(second))
    first.carried.refresh_from_db()
    assert (first.carried.decision, first.carried.into) == ("as_is", None)


def test_recording_it_again_changes_nothing_and_leaves_where_it_was_decided(before, plan, manager):
    action, after = make_action(before), make_action(plan)
    tied(plan, manager, Tie(action, after))
    assert tied(plan, manager, Tie(action, after), meeting="Elsewhere") == 0
    assert action.carried.meeting == "Strategy group"
    assert action.carried.history.count() == 1


def test_what_was_wrong_can_be_corrected_and_taken_back(before, plan, manager):
    action, wrong, right = make_action(before), make_action(plan), make_action(plan)
    tied(plan, manager, Tie(action, wrong))
    tied(plan, manager, Tie(action, right))
    assert CarryForward.objects.get().to_action == right
    assert tied(plan, manager, Tie(action)) == 1
    row = CarryForward.objects.get()
    assert (row.decision, row.to_plan, row.to_action, row.to_year, row.confirmed_at) == ("", *[None] * 4)
    assert row.history.first().history_change_reason == "Not tied to “Plan 2026” any more"


def test_what_went_on_as_an_action_that_has_been_archived_since_stays_recorded(before, plan, manager):
    action, other, after = make_action(before), make_action(before), make_action(plan)
    tied(plan, manager, Tie(action, after))
    Action.objects.filter(pk=after.pk).update(archived_at=NOW)
    assert tied(plan, manager, Tie(action, after), Tie(other, ended="dropped", reason="No money")) == 1
    assert action.carried.to_action == after


def test_nothing_is_recorded_of_what_nothing_is_known_of(before, plan, manager):
    drafted = make_action(before)
    make_decision(drafted)
    assert tied(plan, manager, Tie(make_action(before)), Tie(drafted)) == 0
    assert CarryForward.objects.get().decision == "as_is"


def test_what_was_decided_and_never_confirmed_gives_way(before, plan, manager):
    action, after = make_action(before), make_action(plan)
    make_decision(action, decision="dropped")
    tied(plan, manager, Tie(action, after))
    assert action.carried.history.first().history_user == manager
    assert CarryForward.objects.get().to_action == after


def test_carried_for_three_years_is_a_list_for_imported_plans_too(before, plan, manager):
    last = make_plan(plan.partnership, previous=plan, **year(2027))
    first, second, third = make_action(before), make_action(plan), make_action(last)
    tied(last, manager, Tie(second, third))
    assert second.carried.to_year == 2
    tied(plan, manager, Tie(first, second))  # the older tie is recorded last, and counts
    assert list(last.actions.carried_for(3)) == [third]
    tied(plan, manager, Tie(first))
    assert not last.actions.carried_for(3).exists()


def test_once_it_is_tied_the_plan_before_is_not_rolled_forward(before, plan, manager):
    action = make_action(before)
    tied(plan, manager, Tie(action, make_action(plan)))
    with pytest.raises(RolledAlready):
        decide(plan=before, choices=[], by=manager)


# What is refused, and then nothing is recorded


def refused(refusal, plan, manager, *ties, **fields):
    with pytest.raises(refusal):
        tied(plan, manager, *ties, **fields)
    assert not CarryForward.objects.filter(to_plan=plan).exists()


def test_a_plan_that_follows_none_is_tied_to_none(before, manager):
    with pytest.raises(FollowsNothing):
        tie(plan=before, ties=[], seen="", meeting="Strategy group", by=manager, now=NOW)


def test_actions_of_other_plans_are_refused(before, plan, manager):
    elsewhere = make_action(make_plan(plan.partnership))
    refused(NotInThisPlan, plan, manager, Tie(elsewhere, make_action(plan)))
    refused(NotInThisPlan, plan, manager, Tie(make_action(before), elsewhere))
    refused(NotInThisPlan, plan, manager, Tie(make_action(before), make_action(plan, archived_at=NOW)))


def test_an_action_that_went_on_in_another_plan_is_refused_until_that_is_archived(before, plan, manager):
    action, other = make_action(before), make_plan(plan.partnership, previous=before, **year(2026))
    make_carried(action, make_action(other))
    after = make_action(plan)
    refused(LeadsElsewhere, plan, manager, Tie(action, after))
    assert tied(plan, manager, Tie(action)) == 0
    Plan.objects.filter(pk=other.pk).update(archived_at=NOW)
    assert tied(plan, manager, Tie(action, after)) == 1


def test_where_it_was_decided_and_why_it_ended_must_be_said(before, plan, manager):
    action = make_action(before)
    refused(WhyAndWhere, plan, manager, Tie(action, make_action(plan)), meeting="  ")
    refused(WhyAndWhere, plan, manager, Tie(action, ended="dropped"))


@pytest.mark.parametrize("which", ["before", "plan"])
def test_archived_plans_are_not_tied(before, plan, manager, which):
    action, after = make_action(before), make_action(plan)
    Plan.objects.filter(pk={"before": before, "plan": plan}[which].pk).update(archived_at=NOW)
    refused(NotRolledYet, plan, manager, Tie(action, after))


def test_what_changed_since_it_was_read_is_shown_first(before, plan, manager):
    action, after = make_action(before), make_action(plan)
    seen = Lineage(plan).fingerprint
    Action.objects.filter(pk=after.pk).update(version=2)
    refused(DecisionsChanged, plan, manager, Tie(action, after), seen=seen)

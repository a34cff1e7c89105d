"""Deciding about the next plan: kept as far as it has come, never over somebody else's decision."""

from datetime import date

import pytest

from actions.models import CarryForward, Plan
from actions.services.carrying import (
    Choice,
    Decisions,
    NotInThisPlan,
    NotRolledYet,
    Overtaken,
    RolledAlready,
    decide,
)
from csp_tracker.rag import RAG
from tests.builders import (
    NOW,
    make_action,
    make_carried,
    make_decision,
    make_manager,
    make_objective,
    make_plan,
    make_priority,
    make_update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make_plan(title="Plan 2025/26")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Manager")


@pytest.fixture
def action(plan):
    return make_action(plan)


def chosen(action, decision="as_is", version=0, **more):
    return Choice(action, version, decision, **{"reason": "Not finished", "meeting": "Strategy group"} | more)


def test_a_decision_is_kept_with_who_made_it(plan, action, manager):
    assert decide(plan=plan, choices=[chosen(action, decided_on=date(2026, 3, 3))], by=manager) == 1
    row = action.carried
    assert (row.decision, row.reason, row.meeting) == ("as_is", "Not finished", "Strategy group")
    assert (row.decided_on, row.decided_by, row.to_plan) == (date(2026, 3, 3), manager, None)
    assert row.history.get().history_user == manager


def test_the_same_decision_again_changes_nothing(plan, action, manager):
    decide(plan=plan, choices=[chosen(action)], by=manager)
    assert decide(plan=plan, choices=[chosen(action)], by=make_manager(plan.partnership)) == 0
    assert action.carried.history.count() == 1
    assert action.carried.decided_by == manager


def test_nothing_is_kept_of_what_is_not_decided(plan, action, manager):
    assert decide(plan=plan, choices=[chosen(action, "", reason="", meeting="")], by=manager) == 0
    assert not CarryForward.objects.exists()


def test_a_decision_can_be_taken_back(plan, action, manager):
    decide(plan=plan, choices=[chosen(action)], by=manager)
    assert decide(plan=plan, choices=[chosen(action, "", 1, reason="", meeting="")], by=manager) == 1
    assert CarryForward.objects.get().decision == ""


def test_somebody_elses_decision_is_not_written_over(plan, action, manager):
    other = make_action(plan)
    make_decision(action, decision="dropped", decided_by=manager)
    with pytest.raises(Overtaken) as refused:
        decide(plan=plan, choices=[chosen(action), chosen(other)], by=make_manager(plan.partnership))
    assert refused.value.theirs == {action.pk: CarryForward.objects.get()}
    assert CarryForward.objects.get().decision == "dropped"


def test_an_action_of_another_plan_is_refused(plan, action, manager):
    elsewhere = make_action(make_plan(plan.partnership))
    for choice in (chosen(elsewhere), chosen(action, "merged", into=elsewhere)):
        with pytest.raises(NotInThisPlan):
            decide(plan=plan, choices=[choice], by=manager)


@pytest.mark.parametrize("fields", [{"status": "draft"}, {"archived_at": NOW}], ids=["draft", "archived"])
def test_a_draft_and_an_archived_plan_are_not_rolled_forward(plan, action, manager, fields):
    Plan.objects.filter(pk=plan.pk).update(**fields)
    with pytest.raises(NotRolledYet):
        decide(plan=plan, choices=[chosen(action)], by=manager)


def test_a_closed_plan_can_still_be_rolled_forward(plan, action, manager):
    Plan.objects.filter(pk=plan.pk).update(status="closed")
    assert decide(plan=plan, choices=[chosen(action)], by=manager) == 1


def test_decisions_are_frozen_once_the_next_plan_is_there(plan, action, manager):
    following = make_plan(plan.partnership)
    make_carried(action, make_action(following))
    with pytest.raises(RolledAlready) as refused:
        decide(plan=plan, choices=[chosen(action, "dropped", 1)], by=manager)
    assert refused.value.plan == following


def test_they_are_open_again_when_that_plan_has_been_archived(plan, action, manager):
    following = make_plan(plan.partnership, archived_at=NOW)
    make_carried(action, make_action(following))
    decide(plan=plan, choices=[chosen(action, "dropped", 1)], by=manager)
    row = CarryForward.objects.get()
    assert (row.decision, row.to_plan, row.to_action, row.to_year, row.confirmed_at) == ("dropped", *[None] * 4)


@pytest.mark.parametrize(
    ("decision", "more"),
    [("amended", {}), ("as_is", {"text": "Other words"}), ("merged", {})],
    ids=["amended without words", "words as it is", "merged into nothing"],
)
def test_the_database_refuses_half_a_decision(plan, action, manager, decision, more):
    with pytest.raises(Exception, match=r"new words|into which"):
        decide(plan=plan, choices=[chosen(action, decision, **more)], by=manager)
    assert not CarryForward.objects.exists()


def test_an_action_cannot_be_merged_into_itself(plan, action, manager):
    with pytest.raises(Exception, match="into itself"):
        decide(plan=plan, choices=[chosen(action, "merged", into=action)], by=manager)


# What is still to be settled


def problems_of(plan):
    return [problem.words for problem in Decisions(plan).problems]


def test_everything_must_be_decided(plan, action):
    make_decision(action, decision="")
    make_action(plan)
    assert problems_of(plan) == ["nothing has been decided yet"] * 2


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"reason": ""}, "the reason is missing"), ({"meeting": ""}, "where it was decided is missing")],
)
def test_reason_and_place_are_needed(plan, action, missing, words):
    make_decision(action, **missing)
    assert problems_of(plan) == [words]


def test_what_an_action_is_merged_into_must_go_on(plan, action):
    target = make_action(plan)
    make_decision(action, decision="merged", into=target)
    row = make_decision(target, decision="dropped")
    assert problems_of(plan) == [f"it is merged into {target.reference}, which is not carried itself"]
    row.decision = "as_is"
    row.save()
    assert problems_of(plan) == []


def test_what_an_action_is_merged_into_must_be_in_the_plan(plan, action):
    make_decision(action, decision="merged", into=make_action(plan, archived_at=NOW))
    assert problems_of(plan) == ["what it is merged into is no longer in the plan"]


# What is read


def test_actions_come_in_the_plans_order_without_what_is_archived(plan):
    second = make_action(make_objective(make_priority(plan, position=2)))
    first = make_action(make_objective(make_priority(plan, position=1)))
    make_action(plan, archived_at=NOW)
    make_action(make_objective(make_priority(plan, archived_at=NOW)))
    assert [line.action for line in Decisions(plan).lines] == [first, second]


def test_the_newest_counted_update_speaks(plan, action):
    quarters = plan.quarters
    make_update(action, quarters[0], rag=RAG.RED, progress="Long ago")
    make_update(action, quarters[1], rag=RAG.AMBER, progress="Lately")
    make_update(action, quarters[2], state="draft", progress="Unfinished")
    decisions = Decisions(plan)
    decisions.propose()
    [line] = decisions.lines
    assert (line.last.light, line.last.progress) == (RAG.AMBER, "Lately")
    assert line.proposal.why == f"Not finished: amber in {quarters[1]}"


def test_the_fingerprint_changes_with_a_decision_and_with_the_plan(plan, action):
    seen = {Decisions(plan).fingerprint}
    make_decision(action)
    seen.add(Decisions(plan).fingerprint)
    type(action).objects.filter(pk=action.pk).update(version=2)
    seen.add(Decisions(plan).fingerprint)
    assert len(seen) == 3

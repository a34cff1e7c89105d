"""Two managers record what became of the plan before, or roll it forward, in the same moment."""

from datetime import date
from functools import partial

import pytest

from actions.models import CarryForward, Plan
from actions.services.carrying import Decisions, RolledAlready
from actions.services.plans import FollowedAlready, change_plan
from actions.services.rolling import DecisionsChanged, roll_forward
from actions.services.tying import Lineage, Tie, tie
from tests.builders import NOW, make_action, make_decision, make_manager, make_plan
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
NEXT = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}


@pytest.fixture
def before():
    return make_plan(title="Plan 2025/26")


@pytest.fixture
def managers(before):
    return [make_manager(before.partnership) for _ in range(2)]


@pytest.fixture
def plan(before):
    return make_plan(before.partnership, previous=before, **NEXT)


def tying(plan, tied, by):
    plan = Plan.objects.select_related("previous").get(pk=plan.pk)
    given = {"seen": Lineage(plan).fingerprint, "meeting": "Strategy group", "now": NOW}
    return partial(tie, plan=plan, ties=[tied], by=by, **given)


def test_of_two_who_say_what_became_of_an_action_one_sees_the_others(before, plan, managers):
    action, one, other = make_action(before), make_action(plan), make_action(plan)
    turns = [tying(plan, Tie(action, after), by) for after, by in zip((one, other), managers, strict=True)]
    found = race(*turns)
    assert sorted(type(answer) for answer in found if answer != 1) == [DecisionsChanged]
    row = CarryForward.objects.get()
    assert row.history.get().history_user == managers[found.index(1)]


def test_an_action_is_tied_or_its_plan_rolled_forward(before, plan, managers):
    action, after = make_action(before), make_action(plan)
    make_decision(action, decided_by=managers[0])
    seen = Decisions(before).fingerprint
    rolling = partial(
        roll_forward, plan=before, seen=seen, title="Next", both_follow=True, by=managers[0], now=NOW, **NEXT
    )
    tied, rolled = race(tying(plan, Tie(action, after), managers[1]), rolling)
    row = CarryForward.objects.get()
    if isinstance(rolled, Plan):
        assert isinstance(tied, DecisionsChanged)
        assert row.to_plan == rolled
    else:
        assert tied == 1
        assert isinstance(rolled, RolledAlready | DecisionsChanged)
        assert row.to_plan == plan


def test_of_two_plans_that_would_follow_one_the_second_is_asked(before, managers):
    pair = [make_plan(before.partnership, **NEXT) for _ in range(2)]
    found = race(
        *(
            partial(change_plan, plan=plan, version=1, previous=before, reason="It does", by=by)
            for plan, by in zip(pair, managers, strict=True)
        )
    )
    assert sorted(type(answer).__name__ for answer in found) == ["FollowedAlready", "Plan"]
    assert any(isinstance(answer, FollowedAlready) for answer in found)
    assert before.following.count() == 1

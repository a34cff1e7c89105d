"""Two people in the same moment: one is served, the other gets a refusal in words, and no text is lost."""

from datetime import date
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from actions.models import CarryForward, Evidence, Milestone, Plan, ProgressUpdate, Round
from actions.services import milestones, updates
from actions.services.beside import Beside
from actions.services.carrying import Choice, Decisions, Overtaken, RolledAlready, decide
from actions.services.evidence import MOST, NewEvidence, TooMuch, put_up
from actions.services.rolling import DecisionsChanged, roll_forward
from actions.services.rounds import AlreadyLocked, change_dates, lock_round, open_round
from actions.values import UpdateState
from csp_tracker.models import OutboxMail
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    make_action,
    make_decision,
    make_manager,
    make_milestone,
    make_officer,
    make_plan,
    make_round,
)
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def draft(action, by, progress, version=0):
    return updates.save_draft(
        action=action,
        quarter=QUARTER,
        version=version,
        by=by,
        today=TODAY,
        progress=progress,
        work_needed="",
        rag=RAG.GREEN,
    )


def submit(action, by, progress, version=0, **more):
    return updates.submit(
        action=action,
        quarter=QUARTER,
        version=version,
        by=by,
        today=TODAY,
        progress=progress,
        work_needed="",
        rag=RAG.GREEN,
        **more,
    )


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership)


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership)


def test_two_creators_of_the_same_update(plan, officer, manager):
    for number in range(ROUNDS):
        action = make_action(plan)
        mine, theirs = f"Mine {number}", f"Theirs {number}"
        results = race(partial(draft, action, officer, mine), partial(draft, action, manager, theirs))
        (conflict,) = [one for one in results if isinstance(one, Exception)]
        assert isinstance(conflict, Conflict)
        assert conflict.theirs == ProgressUpdate.objects.get(action=action)
        assert {conflict.theirs.progress} < {mine, theirs}
        assert conflict.theirs.history.count() == 1


def test_two_savers_of_the_same_draft(plan, officer, manager):
    for number in range(ROUNDS):
        action = make_action(plan)
        draft(action, officer, "Both have read this.")
        results = race(
            partial(draft, action, officer, f"Mine {number}", version=1),
            partial(draft, action, manager, f"Theirs {number}", version=1),
        )
        (conflict,) = [one for one in results if isinstance(one, Exception)]
        assert isinstance(conflict, Conflict)
        kept = ProgressUpdate.objects.get(action=action)
        assert (kept.version, conflict.theirs.progress) == (2, kept.progress)


def test_the_same_form_sent_twice_at_once(plan, officer):
    action = make_action(plan)
    results = race(*[partial(submit, action, officer, "Two events.")] * 3)
    assert [result.version for result in results] == [1, 1, 1]
    assert ProgressUpdate.objects.get().history.count() == 1


def add_evidence(action, by, number):
    new = NewEvidence(name=f"{number}.txt", data=f"Words {number}".encode())
    return put_up(action=action, quarter=QUARTER, new=new, by=by, today=TODAY)


def test_the_same_file_sent_three_times_at_once_is_there_once(plan, officer):
    for _ in range(ROUNDS):
        action = make_action(plan)
        results = race(*[partial(add_evidence, action, officer, 1)] * 3)
        assert set(results) == {action.evidence.get()}


def test_no_more_than_ten_pieces_of_evidence_though_three_add_at_once(plan, officer, manager):
    action = make_action(plan)
    for number in range(MOST - 1):
        add_evidence(action, officer, number)
    results = race(*[partial(add_evidence, action, manager, number) for number in (20, 21, 22)])
    assert action.evidence.count() == MOST
    assert [type(one) for one in results].count(TooMuch) == 2
    stored = {path.name for path in (Path(settings.MEDIA_ROOT) / "evidence").iterdir()}
    assert {Path(one.file.name).name for one in action.evidence.all()} <= stored


def test_locking_against_adding_evidence(plan, officer, manager):
    for quarter in plan.quarters:
        round_, action = make_round(plan, quarter), make_action(plan)
        new = NewEvidence(link="https://example.org/minutes")
        _, added = race(
            partial(lock_round, round=round_, version=1, by=manager, now=NOW),
            partial(put_up, action=action, quarter=quarter, new=new, by=officer, today=plan.ends_on),
        )
        assert isinstance(added, updates.RoundLocked | Evidence)
        assert action.evidence.exists() == isinstance(added, Evidence)


def test_approving_against_editing(plan, officer, manager):
    for _ in range(ROUNDS):
        action = make_action(plan)
        read = submit(action, officer, "What the manager has read.")
        approved, edited = race(
            partial(updates.approve, update=read, version=1, by=manager, now=NOW),
            partial(submit, action, officer, "What nobody has read.", version=1),
        )
        kept = ProgressUpdate.objects.get(action=action)
        assert isinstance(approved, Exception) != isinstance(edited, Exception)
        if kept.state == UpdateState.APPROVED:
            assert kept.progress == "What the manager has read."
            assert isinstance(edited, updates.AlreadyApproved)
        else:
            assert isinstance(approved, Conflict)


def test_locking_against_submitting(plan, officer, manager):
    for quarter in plan.quarters:
        round_, action = make_round(plan, quarter), make_action(plan)
        locked, submitted = race(
            partial(lock_round, round=round_, version=1, by=manager, now=NOW),
            partial(updates.submit,
                action=action, quarter=quarter, version=0, by=officer, today=plan.ends_on,
                progress="In time?", work_needed="", rag=RAG.GREEN,
            ),
        )  # fmt: skip
        assert isinstance(locked, Round)
        assert isinstance(submitted, updates.RoundLocked | ProgressUpdate)
        assert action.updates.exists() == isinstance(submitted, ProgressUpdate)


def test_two_managers_open_the_same_quarter(plan, manager):
    for quarter in plan.quarters:
        dates = {"opens_on": TODAY, "due_on": TODAY}
        results = race(*[partial(open_round, plan=plan, quarter=quarter, by=manager, **dates)] * 2)
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Round"]
        assert plan.rounds.filter(quarter=quarter).count() == 1


def test_two_managers_decide_about_the_same_update(plan, officer, manager):
    other = make_manager(plan.partnership)
    for _ in range(ROUNDS):
        action = make_action(plan)
        read = submit(action, officer, "What both have read.")
        approved, returned = race(
            partial(updates.approve, update=read, version=1, by=manager, now=NOW),
            partial(updates.return_update, update=read, version=1, words="How many?", by=other, now=NOW),
        )
        kept = ProgressUpdate.objects.get(action=action)
        assert [type(one) for one in (approved, returned) if isinstance(one, Exception)] == [Conflict]
        assert kept.version == 2
        mailed = OutboxMail.objects.filter(subject__contains=f"action {action.reference} ").count()
        assert (kept.state, mailed) in ((UpdateState.APPROVED, 0), (UpdateState.RETURNED, 1))


def test_the_same_approval_sent_twice_at_once(plan, officer, manager):
    read = submit(make_action(plan), officer, "What the manager has read.")
    results = race(*[partial(updates.approve, update=read, version=1, by=manager, now=NOW)] * 3)
    assert [type(one) for one in results if isinstance(one, Exception)] == [Conflict, Conflict]
    assert ProgressUpdate.objects.get().history.count() == 2


def test_locking_against_approving(plan, officer, manager):
    other = make_manager(plan.partnership)
    for quarter in plan.quarters:
        round_, action = make_round(plan, quarter), make_action(plan)
        read = updates.submit(
            action=action, quarter=quarter, version=0, by=officer, today=plan.ends_on, progress="Read.",
            work_needed="", rag=RAG.GREEN,
        )  # fmt: skip
        locked, approved = race(
            partial(lock_round, round=round_, version=1, by=manager, now=NOW),
            partial(updates.approve, update=read, version=1, by=other, now=NOW),
        )
        assert isinstance(locked, Round)
        assert isinstance(approved, updates.RoundLocked | ProgressUpdate)
        is_approved = action.updates.get().state == UpdateState.APPROVED
        assert is_approved == isinstance(approved, ProgressUpdate)


def test_two_who_lock_the_same_quarter(plan, manager):
    other = make_manager(plan.partnership)
    for quarter in plan.quarters:
        round_ = make_round(plan, quarter)
        results = race(*[partial(lock_round, round=round_, version=1, by=who, now=NOW) for who in (manager, other)])
        assert sorted(type(one).__name__ for one in results) == ["AlreadyLocked", "Round"]


def test_moving_the_dates_against_locking(plan, manager):
    dates = {"opens_on": TODAY, "due_on": TODAY, "committee_on": None, "reason": "Late"}
    for quarter in plan.quarters:
        round_ = make_round(plan, quarter)
        locked, moved = race(
            partial(lock_round, round=round_, version=1, by=manager, now=NOW),
            partial(change_dates, round=round_, version=1, by=manager, **dates),
        )
        assert isinstance(locked, Exception) != isinstance(moved, Exception)
        assert isinstance(moved, Round | AlreadyLocked | Conflict)
        assert isinstance(locked, Round | Conflict)


def test_rolling_a_plan_forward_twice_at_once(plan, manager):
    make_decision(make_action(plan))
    for _ in range(ROUNDS):
        seen, other = Decisions(plan).fingerprint, make_manager(plan.partnership)
        days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
        results = race(
            *[partial(roll_forward, plan=plan, seen=seen, title="Next", by=who, now=NOW, **days)
              for who in (manager, other)]
        )  # fmt: skip
        (made,) = [one for one in results if isinstance(one, Plan)]
        (refused,) = [one for one in results if isinstance(one, RolledAlready)]
        assert refused.plan == made
        assert Plan.objects.filter(previous=plan, archived_at=None).count() == 1
        Plan.objects.filter(pk=made.pk).update(archived_at=NOW)


def test_deciding_against_rolling_forward(plan, manager):
    other = make_manager(plan.partnership)
    for _ in range(ROUNDS):
        plan = make_plan(plan.partnership)
        action = make_action(plan)
        make_decision(action)
        make_decision(make_action(plan))
        dropping = Choice(action, 1, "dropped", reason="No money", meeting="Strategy group")
        made, decided = race(
            partial(roll_forward, plan=plan, seen=Decisions(plan).fingerprint, title="Next", by=manager, now=NOW,
                    starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31)),
            partial(decide, plan=plan, choices=[dropping], by=other),
        )  # fmt: skip
        assert isinstance(made, Exception) != isinstance(decided, Exception)
        assert isinstance(made, Plan | DecisionsChanged)
        assert isinstance(decided, int | RolledAlready)
        kept = CarryForward.objects.get(from_action=action)
        assert (kept.decision, kept.to_plan) == (("as_is", made) if isinstance(made, Plan) else ("dropped", None))


def test_two_managers_decide_about_the_same_action(plan, manager):
    other = make_manager(plan.partnership)
    for number in range(ROUNDS):
        action = make_action(plan)
        choices = [
            Choice(action, 0, "dropped", reason=f"{reason} {number}", meeting="Strategy group")
            for reason in ("No money", "No time")
        ]
        results = race(
            *[partial(decide, plan=plan, choices=[one], by=by)
              for one, by in zip(choices, (manager, other), strict=True)]
        )  # fmt: skip
        (refused,) = [one for one in results if isinstance(one, Exception)]
        assert isinstance(refused, Overtaken)
        kept = CarryForward.objects.get(from_action=action)
        assert refused.theirs[action.pk] == kept
        assert (kept.version, kept.history.count()) == (1, 1)


class TestMilestones:
    @pytest.mark.parametrize("_", range(ROUNDS))
    def test_the_same_one_added_twice_in_one_moment_is_added_once(self, _):
        action = make_action()
        by = make_manager(action.plan.partnership)
        add = partial(milestones.add_milestone, action=action, text="Appoint contractor", due_on=TODAY, by=by)
        assert len(set(race(add, add))) == 1
        assert action.milestones.get().version == 1

    @pytest.mark.parametrize("_", range(ROUNDS))
    def test_it_is_ticked_while_its_words_change_and_neither_is_lost_in_silence(self, _):
        action = make_action()
        officer, manager = make_officer(action.plan.partnership), make_manager(action.plan.partnership)
        milestone = make_milestone(action, text="Appoint contractor")
        tick = Beside(milestones=[milestones.Tick(milestone.pk, TODAY, None)])
        ticked, changed = race(
            partial(submit, action, officer, "Appointed.", beside=tick),
            partial(
                milestones.change_milestone,
                milestone=milestone,
                version=1,
                today=TODAY,
                text="Appoint two",
                reason="More work",
                by=manager,
            ),
        )
        now = Milestone.objects.get()
        assert ticked.state == UpdateState.SUBMITTED
        assert now.done_on == TODAY
        assert isinstance(changed, Conflict) == (now.text == "Appoint contractor")

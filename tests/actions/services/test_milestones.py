"""The milestones of an action: added, changed, reached and taken out, each in somebody's name."""

from copy import copy
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from actions.models import Action, Milestone
from actions.services import milestones, updates
from actions.services.beside import Beside
from actions.services.carrying import Decisions
from actions.services.milestones import Tick
from actions.services.rolling import roll_forward
from actions.services.shared import ReasonNeeded
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Foreign
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
)

pytestmark = pytest.mark.django_db
DUE = date(2025, 9, 30)


@pytest.fixture
def action():
    return make_action(text="Light the path")


@pytest.fixture
def by(action):
    return make_officer(action.plan.partnership)


@pytest.fixture
def milestone(action):
    return make_milestone(action, text="Appoint contractor", due_on=DUE)


class TestAdding:
    def test_it_is_added_at_the_end_in_the_persons_name(self, action, milestone, by):
        made = milestones.add_milestone(action=action, text="Open it", due_on=date(2026, 1, 31), by=by)
        assert (made.position, made.done_on, made.version) == (milestone.position + 1, None, 1)
        assert made.history.get().history_user == by

    def test_the_same_twice_is_added_once(self, action, milestone, by):
        again = milestones.add_milestone(action=action, text="Appoint contractor", due_on=DUE, by=by)
        assert again == milestone

    def test_one_needs_words(self, action, by):
        with pytest.raises(ValidationError, match="blank"):
            milestones.add_milestone(action=action, text="", due_on=DUE, by=by)

    def test_an_archived_action_gets_none(self, by):
        with pytest.raises(milestones.OutOfPlan, match="Restore it first"):
            milestones.add_milestone(
                action=make_action(archived_at="2025-07-01T00:00Z"), text="Open it", due_on=DUE, by=by
            )


class TestChanging:
    def change(self, milestone, by, **fields):
        given = {"version": milestone.version, "today": TODAY, "reason": "The tender was late"} | fields
        return milestones.change_milestone(milestone=copy(milestone), by=by, **given)

    def test_words_and_day_change_with_the_reason(self, milestone, by):
        changed = self.change(milestone, by, text="Appoint two contractors", due_on=date(2025, 10, 31))
        assert (changed.text, changed.due_on, changed.version) == (
            "Appoint two contractors",
            date(2025, 10, 31),
            2,
        )
        newest = changed.history.first()
        assert (newest.history_user, newest.history_change_reason) == (by, "The tender was late")

    @pytest.mark.parametrize("field", [{"text": "Other"}, {"due_on": date(2025, 10, 1)}])
    def test_an_active_plan_asks_why(self, milestone, by, field):
        with pytest.raises(ReasonNeeded):
            self.change(milestone, by, reason=" ", **field)

    def test_a_draft_does_not(self, by):
        milestone = make_milestone(make_action(make_plan(status="draft")))
        assert self.change(milestone, by, reason="", text="Other").text == "Other"

    def test_when_it_was_reached_needs_no_reason(self, milestone, by):
        assert self.change(milestone, by, reason="", done_on=TODAY).done_on == TODAY

    def test_it_was_not_reached_tomorrow(self, milestone, by):
        with pytest.raises(milestones.ReachedInFuture, match="Appoint contractor"):
            self.change(milestone, by, done_on=date(2025, 7, 16))

    def test_the_same_again_changes_nothing(self, milestone, by):
        same = self.change(milestone, by, reason="", text="Appoint\r\ncontractor".replace("\r\n", " "), due_on=DUE)
        assert (same.version, same.history.count()) == (1, 1)

    def test_line_breaks_of_a_browser_are_no_change(self, action, by):
        milestone = make_milestone(action, text="First\nsecond")
        assert self.change(milestone, by, reason="", text="First\r\nsecond").version == 1

    def test_the_second_of_two_is_told(self, milestone, by):
        with pytest.raises(Conflict):
            self.change(milestone, by, version=7, text="Mine")

    def test_it_cannot_be_given_to_another_action(self, milestone, by):
        with pytest.raises(TypeError, match="has no field action"):
            self.change(milestone, by, action=make_action())


class TestTicking:
    def tick(self, action, milestone, by, done_on=TODAY, was=None):
        tick = Tick(milestone.pk, done_on, was)
        milestones.tick_milestones(action=action, ticks=[tick], today=TODAY, by=by)
        milestone.refresh_from_db()
        return milestone

    def test_it_is_reached_without_a_reason(self, action, milestone, by):
        assert self.tick(action, milestone, by).done_on == TODAY
        assert milestone.history.first().history_user == by

    def test_the_same_tick_twice_is_kept_once(self, action, milestone, by):
        self.tick(action, milestone, by)
        assert self.tick(action, milestone, by).version == 2

    def test_a_tick_can_be_taken_back(self, action, milestone, by):
        self.tick(action, milestone, by)
        assert self.tick(action, milestone, by, done_on=None, was=TODAY).done_on is None

    def test_nobody_reaches_one_in_the_future(self, action, milestone, by):
        with pytest.raises(milestones.ReachedInFuture) as refusal:
            self.tick(action, milestone, by, done_on=date(2025, 7, 16))
        assert list(refusal.value.message_dict) == [f"milestone_{milestone.pk}_on"]

    def test_what_somebody_else_said_meanwhile_is_not_overwritten(self, action, milestone, by):
        self.tick(action, milestone, by, done_on=date(2025, 7, 1))
        with pytest.raises(milestones.TickedMeanwhile, match="1 July 2025"):
            self.tick(action, milestone, by)

    def test_one_that_was_taken_out_is_not_ticked(self, action, milestone, by):
        milestones.archive_milestone(milestone=milestone, reason="Not needed", by=by)
        with pytest.raises(milestones.OutOfPlan, match="taken out"):
            self.tick(action, milestone, by)

    def test_one_of_another_action_is_not_known_here(self, action, by):
        with pytest.raises(Foreign):
            self.tick(action, make_milestone(), by)

    def test_ticks_cost_the_same_to_find_however_many(self, action, by, django_assert_num_queries):
        several = [make_milestone(action, done_on=TODAY) for _ in range(5)]
        with django_assert_num_queries(3):  # of these, two begin and end
            milestones.tick_milestones(
                action=action, ticks=[Tick(one.pk, TODAY, None) for one in several], today=TODAY, by=by
            )


class TestTakingOut:
    def test_it_goes_and_comes_back_with_reasons(self, milestone, by):
        milestones.archive_milestone(milestone=milestone, reason="Not needed", by=by)
        milestone.refresh_from_db()
        assert milestone.archived_at is not None
        milestones.restore_milestone(milestone=milestone, reason="Needed after all", by=by)
        milestone.refresh_from_db()
        assert milestone.archived_at is None
        reasons = list(milestone.history.values_list("history_change_reason", flat=True))
        assert reasons[:2] == ["Needed after all", "Not needed"]

    def test_twice_is_once(self, milestone, by):
        for _ in range(2):
            milestones.archive_milestone(milestone=milestone, reason="Not needed", by=by)
        assert Milestone.objects.get(pk=milestone.pk).version == 2

    @pytest.mark.parametrize("service", [milestones.archive_milestone, milestones.restore_milestone])
    def test_an_active_plan_asks_why(self, milestone, by, service):
        if service is milestones.restore_milestone:
            Milestone.objects.filter(pk=milestone.pk).update(archived_at="2025-07-01T00:00Z")
        with pytest.raises(ReasonNeeded):
            service(milestone=milestone, by=by)


class TestInAnUpdate:
    def submit(self, action, by, **more):
        given = {"quarter": QUARTER, "version": 0, "today": TODAY, "progress": "Dug.", "work_needed": ""}
        return updates.submit(action=action, rag=RAG.GREEN, by=by, **given | more)

    def test_what_was_ticked_with_it_is_part_of_the_suggestion(self, action, by):
        milestone = make_milestone(action, text="Dig", due_on=date(2025, 6, 1))
        tick = Tick(milestone.pk, date(2025, 6, 30), None)
        update = self.submit(action, by, beside=Beside(milestones=[tick]))
        assert (update.suggested_rag, update.suggested_why) == (
            RAG.NOT_RATED,
            "Timescale unclear: not rated by date; 1 of 1 milestone reached",
        )

    def test_one_reached_after_the_quarter_was_open_in_it(self, action, by):
        make_milestone(action, text="Dig", due_on=date(2025, 6, 1), done_on=date(2025, 7, 1))
        assert self.submit(action, by).suggested_rag == RAG.AMBER

    def test_archived_ones_do_not_count(self, action, by):
        make_milestone(action, due_on=date(2025, 6, 1), archived_at="2025-07-01T00:00Z")
        assert self.submit(action, by).suggested_rag == RAG.NOT_RATED

    def test_a_draft_keeps_the_tick_too(self, action, milestone, by):
        updates.save_draft(
            action=action, quarter=QUARTER, version=0, today=TODAY, progress="", work_needed="", rag=RAG.NOT_RATED,
            beside=Beside(milestones=[Tick(milestone.pk, TODAY, None)]), by=by,
        )  # fmt: skip
        milestone.refresh_from_db()
        assert milestone.done_on == TODAY

    def test_a_refused_update_leaves_no_tick(self, action, milestone, by):
        self.submit(action, by)
        tick = Beside(milestones=[Tick(milestone.pk, TODAY, None)])
        with pytest.raises(Conflict):
            self.submit(action, by, progress="Other words", beside=tick)
        milestone.refresh_from_db()
        assert milestone.done_on is None

    def test_a_quarter_before_is_judged_by_its_own_last_day(self, action):
        make_milestone(action, due_on=date(2025, 7, 1))
        for quarter, light in ((QUARTER, RAG.NOT_RATED), (Quarter.parse("2025-26-Q2"), RAG.AMBER)):
            assert updates.suggestion_for(action, quarter, {}, today=TODAY).rating == light

    def test_a_complete_action_stays_complete(self, action, by):
        Action.objects.filter(pk=action.pk).update(status="complete", completed_on=date(2025, 6, 1))
        make_milestone(action, due_on=date(2025, 5, 1))
        action.refresh_from_db()
        assert updates.suggestion_for(action, QUARTER, {}, today=TODAY).rating == RAG.COMPLETE


class TestIntoTheNextPlan:
    def roll(self, plan, by):
        days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
        return roll_forward(plan=plan, seen=Decisions(plan).fingerprint, title="Next", now=NOW, by=by, **days)

    def test_open_ones_go_along_with_their_dates(self, action, by):
        make_milestone(action, text="Dig", due_on=date(2026, 2, 1))
        make_milestone(action, text="Done", done_on=date(2025, 6, 1))
        make_milestone(action, text="Taken out", archived_at=NOW)
        make_decision(action)
        made = self.roll(action.plan, by).actions.get()
        assert list(made.milestones.values_list("text", "due_on", "done_on")) == [("Dig", date(2026, 2, 1), None)]
        assert made.milestones.get().history.get().history_user == by
        assert action.milestones.count() == 3

    def test_so_do_those_of_what_is_merged_into_it_and_none_of_what_is_dropped(self, action, by):
        other, dropped = make_action(action.plan), make_action(action.plan)
        for one in (action, other, dropped):
            make_milestone(one, text=f"Of {one.reference}")
        make_decision(action)
        make_decision(other, decision="merged", into=action)
        make_decision(dropped, decision="dropped")
        made = self.roll(action.plan, by).actions.get()
        assert {one.text for one in made.milestones.all()} == {f"Of {action.reference}", f"Of {other.reference}"}


def test_a_manager_of_the_partnership_is_named_too(action, milestone):
    manager = make_manager(action.plan.partnership)
    milestones.archive_milestone(milestone=milestone, reason="Merged", by=manager)
    assert milestone.history.first().history_user == manager

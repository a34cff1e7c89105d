"""An import is taken back whole while nobody has built on it; what an update changed is again as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps

from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.commit import SourceFile, What, commit_plan
from actions.importing.undoing import LockedSince, undo_import
from actions.models import Action, ActionIndicator, Plan, Priority, ProgressUpdate
from actions.services import notes, updates
from actions.services.actions import change_action
from actions.services.assignment import assign
from actions.services.milestones import add_milestone
from actions.services.plans import add_priority
from actions.services.rounds import open_round
from csp_tracker.importing import EditedSince, LaterImport
from csp_tracker.models import FileImport
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Tracked
from indicators.models import Baseline, Indicator
from tests.actions.importing.stages import NEW, OLD, SAME, brought, confirmed
from tests.actions.importing.test_commit import with_action
from tests.builders import NOW, make_evidence, make_manager, make_officer, make_partnership, make_round

pytestmark = pytest.mark.django_db
BEFORE = Quarter.parse("2009-10-Q3")
LAST = Quarter.parse("2009-10-Q4")
TABLES = [model for model in apps.get_models() if issubclass(model, Tracked) and model is not FileImport]


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_manager(partnership, name="Ida Importer")


@pytest.fixture
def commit(partnership, by, seed):
    """Commit three priorities of a file."""

    def commit(name=OLD, tree=None, **options):
        tree = tree or few(seed(name))
        file = SourceFile(tree.file_name, tree.file_name.encode())
        return commit_plan(tree=tree, file=file, **{"partnership": partnership, "by": by, "now": NOW} | options)

    return commit


@pytest.fixture
def newer(seed):
    """A newer file of the plan: words changed, a KPI renamed, an action added, one gone."""
    tree = with_action(few(seed(SAME)), "1.2.1", text="Hold a marine crime week.")
    tree = with_action(tree, "7.2.1", indicator="Number of incidents, all kinds", baseline="2007/08 2211")
    tree = with_action(tree, "7.6.1")
    new = ActionRead(
        reference="9.1.1", text="Open a garden", at="row 90", rag=RAG.AMBER, indicator="Gardens", progress="Dug."
    )
    branch = PriorityRead("9", "Greener places", "", "row 89", (ObjectiveRead("9.1", "Gardens", (new,)),))
    return replace(tree, priorities=(*tree.priorities, branch))


@pytest.fixture
def undone(by):
    def undone(outcome, **options):
        file_import = FileImport.objects.get(pk=outcome.file_import.pk)
        return undo_import(
            **{"file_import": file_import, "version": file_import.version, "by": by, "now": NOW} | options
        )

    return undone


def few(tree):
    return replace(tree, priorities=tuple(one for one in tree.priorities if one.number in "1279"))


def stored(*, versions=True):
    """Every row that people can change, as it is."""
    return {
        (model, row["id"]): {name: value for name, value in row.items() if versions or name != "version"}
        for model in TABLES
        for row in model._base_manager.values()
    }


class TestANewPlan:
    def test_nothing_is_left_of_it_but_its_history(self, commit, undone):
        before = stored()
        outcome = commit()
        undone(outcome)
        assert stored() == before
        for model in (Plan, Priority, Action, ActionIndicator, ProgressUpdate, Indicator, Baseline):
            types = list(model.history.values_list("history_type", flat=True))
            assert types.count("+") == types.count("-") > 0

    def test_the_whole_plan_with_a_complete_action(self, commit, undone, seed):
        before = stored()
        tree = with_action(few(seed(OLD)), "1.2.1", rag=RAG.COMPLETE)
        outcome = commit(tree=tree)
        assert outcome.plan.actions.get(reference="1.2.1").status == "complete"
        undone(outcome)
        assert stored() == before

    def test_history_is_in_the_name_of_who_undid_it_and_says_why(self, commit, undone, partnership):
        outcome = commit()
        other = make_manager(partnership, name="Una Undoer")
        undone(outcome, by=other)
        gone = Action.history.filter(history_type="-")
        assert set(gone.values_list("history_user", "history_change_reason")) == {
            (other.pk, f"The import of {OLD} was undone")
        }

    def test_the_file_can_be_imported_again(self, commit, undone):
        undone(commit())
        assert commit().what is What.MADE

    def test_a_preview_that_was_confirmed_is_undone_the_same_way(self, partnership, by, undone):
        before = stored()
        outcome = confirmed(brought(partnership, by, NEW), by)
        undone(outcome)
        assert stored() == before
        assert FileImport.objects.get().file

    def test_a_plan_of_another_partnership_with_the_same_words_stays(self, commit, undone):
        first = commit()
        other = make_partnership()
        theirs = commit(partnership=other, by=make_manager(other))
        undone(first)
        assert list(Plan.objects.all()) == [theirs.plan]
        assert theirs.plan.actions.count() == 12


class TestAnUpdate:
    @pytest.fixture
    def plan(self, commit):
        return commit().plan

    def test_everything_is_as_it_was(self, plan, newer, commit, undone):
        before = stored(versions=False)
        outcome = commit(tree=newer, update=plan, quarter=BEFORE)
        assert stored(versions=False) != before
        undone(outcome)
        assert stored(versions=False) == before

    def test_what_was_changed_keeps_all_its_versions(self, plan, newer, commit, undone, by):
        undone(commit(tree=newer, update=plan))
        action = plan.actions.get(reference="1.2.1")
        assert action.version == 3
        assert [row.text == "Hold a marine crime week." for row in action.history.all()] == [False, True, False]
        assert action.history.first().history_user == by

    def test_what_it_did_not_touch_keeps_its_version(self, plan, newer, commit, undone):
        undone(commit(tree=newer, update=plan))
        assert plan.actions.get(reference="1.1.1").version == 1

    def test_work_on_what_it_did_not_touch_does_not_stand_in_the_way(self, plan, newer, commit, undone, by):
        outcome = commit(tree=newer, update=plan)
        action = plan.actions.get(reference="1.1.1")
        change_action(action=action, version=1, text="Other words", reason="Asked", by=by)
        undone(outcome)
        action.refresh_from_db()
        assert action.text == "Other words"

    def test_progress_written_here_stays(self, plan, newer, commit, undone, partnership):
        update = plan.actions.get(reference="1.2.1").updates.get()
        undone(commit(tree=newer, update=plan))
        assert ProgressUpdate.objects.get(pk=update.pk).version == update.version

    def test_the_plans_own_import_is_undone_after_it(self, plan, newer, commit, undone):
        first = FileImport.objects.get()
        outcome = commit(tree=newer, update=plan, now=NOW + timedelta(minutes=1))
        with pytest.raises(LaterImport):
            undone(Standing(first))
        undone(outcome)
        # The words it changed have a new version since: what is there is no longer what the first file made.
        with pytest.raises(EditedSince):
            undone(Standing(first))

    def test_a_later_file_that_changed_nothing_stands_in_the_way_until_it_is_undone(self, plan, commit, undone, seed):
        first = FileImport.objects.get()
        outcome = commit(SAME, update=plan, now=NOW + timedelta(minutes=1))
        assert outcome.file_import.made == {}
        with pytest.raises(LaterImport):
            undone(Standing(first))
        undone(outcome)
        undone(Standing(first))
        assert not Plan.objects.exists()


class Standing:
    """An import as an outcome has it."""

    def __init__(self, file_import):
        self.file_import = file_import


class TestRefusals:
    @pytest.fixture
    def outcome(self, commit):
        return commit()

    @pytest.fixture
    def action(self, outcome):
        return outcome.plan.actions.get(reference="1.2.1")

    def refuse(self, undone, outcome, error=EditedSince, **options):
        before = (stored(), Action.history.count())
        with pytest.raises(error) as refused:
            undone(outcome, **options)
        assert (stored(), Action.history.count()) == before
        assert FileImport.objects.get(pk=outcome.file_import.pk).state == "confirmed"
        return refused.value

    def test_an_action_was_edited(self, undone, outcome, action, partnership):
        editor = make_manager(partnership, name="Edda Editor")
        change_action(action=action, version=1, text="Other words", reason="Asked", by=editor)
        (name,) = self.refuse(undone, outcome).names
        assert name.startswith("action “1.2.1 Other words” (Edda Editor, ")

    def test_an_action_was_given_to_somebody(self, undone, outcome, action, partnership, by):
        assign(actions=[action], lead_officer=make_officer(partnership), by=by)
        assert len(self.refuse(undone, outcome).names) == 1

    def test_somebody_said_something_about_a_quarter(self, undone, outcome, action, by):
        updates.submit(
            action=action, quarter=BEFORE, version=0, today=NOW.date(), progress="Held.", work_needed="",
            rag=RAG.GREEN, by=by,
        )  # fmt: skip
        (name,) = self.refuse(undone, outcome).names
        assert name.startswith("progress update of “1.2.1 ")

    def test_a_private_note_is_not_quoted(self, undone, outcome, action, by):
        notes.add_private_note(action=action, text="Between ourselves", by=by)
        refusal = self.refuse(undone, outcome)
        assert refusal.names[0].startswith("private note of “1.2.1 ")
        assert "ourselves" not in refusal.messages[0]

    def test_a_priority_was_added(self, undone, outcome, by):
        add_priority(plan=outcome.plan, title="Parks", by=by)
        assert self.refuse(undone, outcome).names == ("priority of “Action plan 2009/10”",)

    def test_a_milestone_was_added(self, undone, outcome, action, by):
        add_milestone(action=action, text="Appoint contractor", due_on=NOW.date(), by=by)
        (name,) = self.refuse(undone, outcome).names
        assert name.startswith("milestone of “1.2.1 ")

    def test_evidence_was_put_up(self, undone, outcome, action):
        make_evidence(action, LAST, b"%PDF-1.7")
        (name,) = self.refuse(undone, outcome).names
        assert name.startswith("evidence of “1.2.1 ")

    def test_a_round_was_opened(self, undone, outcome, by):
        open_round(plan=outcome.plan, quarter=LAST, opens_on=NOW.date(), due_on=NOW.date(), by=by)
        assert self.refuse(undone, outcome).names == ("round of “Action plan 2009/10”",)

    def test_a_quarter_it_reports_on_was_locked(self, undone, commit, outcome, newer, by):
        update = commit(tree=newer, update=outcome.plan, quarter=BEFORE)
        make_round(outcome.plan, BEFORE, locked_at=NOW, locked_by=by)
        refusal = self.refuse(undone, update, LockedSince)
        assert refusal.messages == [
            "This import can no longer be undone: Q3 2009/10, which it reports on, has been locked."
        ]

    def test_somebody_changed_the_import_meanwhile(self, undone, outcome):
        self.refuse(undone, outcome, Conflict, version=1)


def test_two_thousand_rows_cost_few_statements(commit, undone, count_queries, seed):
    """One insert of history for each row that goes, and a fixed number of statements besides."""

    def cost(*numbers):
        tree = seed(OLD)
        outcome = commit(tree=replace(tree, priorities=tuple(p for p in tree.priorities if p.number in numbers)))
        made = sum(len(rows) for rows in outcome.file_import.made.values())
        return count_queries(lambda: undone(outcome)) - made

    assert cost("1") == cost("1", "2", "7")

"""Before a plan is brought up to date, its page says what will happen: exactly that, and nothing is written."""

from dataclasses import replace
from datetime import date

import pytest

from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.commit import SourceFile, commit_plan
from actions.importing.comparing import Difference, compare
from actions.models import Action
from actions.services.refusals import OutsidePlan
from actions.values import DatePrecision, TimescaleKind
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from tests.actions.importing.stages import NEW, OLD, SAME
from tests.actions.importing.test_commit import with_action
from tests.builders import NOW, make_administrator, make_partnership, make_round, make_update

pytestmark = pytest.mark.django_db
LAST = Quarter.parse("2009-10-Q4")
BEFORE = Quarter.parse("2009-10-Q3")


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_administrator(partnership)


@pytest.fixture
def commit(partnership, by):
    def commit(tree, **options):
        return commit_plan(
            tree=tree,
            file=SourceFile(tree.file_name, tree.file_name.encode()),
            partnership=partnership,
            by=by,
            now=NOW,
            **options,
        )

    return commit


@pytest.fixture
def plan(commit, seed):
    return commit(seed(OLD)).plan


@pytest.fixture
def tree(seed):
    return seed(SAME)


def test_the_same_words_in_another_file_change_nothing(plan, tree):
    found = compare(tree, plan, now=NOW)
    assert found.changes_nothing
    assert (len(found.matched), found.quarter, found.plan) == (34, LAST, plan)
    assert (found.changed, found.new, found.missing, found.archived, found.kept) == ((), (), (), (), ())


def test_words_that_differ_are_shown_as_they_are_and_as_they_would_be(plan, tree):
    tree = with_action(tree, "1.2.1", text="Hold a marine crime week.", lead="Police")
    (changed,) = compare(tree, plan, now=NOW).changed
    assert (changed.kind, changed.reference, changed.action) == ("action", "1.2.1", plan.actions.get(reference="1.2.1"))
    assert changed.differences[0] == Difference("action", changed.action.text, "Hold a marine crime week.")
    assert changed.differences[1].label == "lead, as written"
    assert changed.differences[1].after == "Police"


def test_a_date_is_shown_as_exactly_as_it_is_known(commit, seed):
    plan = commit(seed(NEW)).plan
    tree = seed("maldon-csp-2015.xlsx")
    read = next(one for one in tree.actions() if one.timing.kind is TimescaleKind.BY_DATE)
    later = replace(read.timing, due_on=date(2016, 9, 30), due_precision=DatePrecision.QUARTER)
    tree = with_action(tree, read.reference, timescale="Q2 2016/17", timing=later)
    (changed,) = compare(tree, plan, now=NOW).changed
    assert changed.differences[1] == Difference("due", "May 2016", "Q2 2016/17")
    assert [one.label for one in changed.differences] == ["timescale, as written", "due"]


def test_a_kpi_and_its_baselines_are_changes_of_the_action(plan, tree):
    words = {"indicator": "Number of incidents, all kinds", "baseline": "2007/08 2211"}
    (changed,) = compare(with_action(tree, "7.2.1", **words), plan, now=NOW).changed
    old = plan.actions.get(reference="7.2.1").indicators.get().name
    assert changed.differences == (
        Difference("KPI", old, words["indicator"]),
        Difference("new baseline", "", "2007/08 2211"),
    )


def test_the_plans_own_columns_are_told_by_their_headings(plan, tree):
    (changed,) = compare(with_action(tree, "1.2.1", extra={"FUNDING": "£500"}), plan, now=NOW).changed
    assert changed.differences == (Difference("FUNDING", "", "£500"),)


def test_headings_that_changed_are_told(plan, tree):
    first = tree.priorities[0]
    objective = replace(first.objectives[0], text="Another outcome altogether")
    renamed = replace(first, title="Safer homes", objectives=(objective, *first.objectives[1:]))
    found = compare(replace(tree, priorities=(renamed, *tree.priorities[1:])), plan, now=NOW)
    assert [(one.kind, one.reference) for one in found.changed] == [("priority", "1"), ("objective", "1.1")]
    assert found.changed[0].differences[0].after == "Safer homes"


def test_what_is_new_and_what_is_missing_is_named(plan, tree):
    tree = with_action(tree, "7.6.1")
    new = ActionRead(reference="9.1.1", text="Open a community garden", at="row 90", rag=RAG.AMBER)
    branch = PriorityRead("9", "Greener places", "", "row 89", (ObjectiveRead("9.1", "Gardens", (new,)),))
    found = compare(replace(tree, priorities=(*tree.priorities, branch)), plan, now=NOW)
    assert [(one.kind, one.reference, one.at) for one in found.new] == [
        ("priority", "9", "row 89"),
        ("objective", "9.1", "row 90"),
        ("action", "9.1.1", "row 90"),
    ]
    assert [action.reference for action in found.missing] == ["7.6.1"]


def test_what_was_archived_here_is_left_out(plan, tree):
    Action.objects.filter(plan=plan, reference="7.6.1").update(archived_at=NOW)
    found = compare(tree, plan, now=NOW)
    assert [one.action.reference for one in found.archived] == ["7.6.1"]
    assert not found.missing


class TestProgress:
    def test_the_files_words_become_those_of_a_quarter_that_has_none(self, plan, tree):
        found = compare(tree, plan, now=NOW, quarter=BEFORE)
        assert (len(found.reported), found.kept) == (34, ())

    def test_words_written_here_stay_and_are_shown(self, plan, tree):
        action = plan.actions.get(reference="1.2.1")
        here = make_update(action, BEFORE, progress="Written by an officer.", rag=RAG.AMBER)
        found = compare(tree, plan, now=NOW, quarter=BEFORE)
        (kept,) = found.kept
        assert (kept.action, kept.update) == (action, here)
        assert kept.why == "Other words or another light stand here for the quarter"
        assert len(found.reported) == 33

    def test_a_locked_quarter_takes_none(self, plan, tree, by):
        make_round(plan, BEFORE, locked_at=NOW, locked_by=by)
        found = compare(tree, plan, now=NOW, quarter=BEFORE)
        assert {kept.why for kept in found.kept} == {"The quarter is locked"}
        assert not found.reported

    def test_a_quarter_of_another_year_is_refused(self, plan, tree):
        with pytest.raises(OutsidePlan):
            compare(tree, plan, now=NOW, quarter=Quarter.parse("2010-11-Q1"))


def test_what_is_shown_is_what_happens(plan, tree, commit):
    tree = with_action(with_action(tree, "1.2.1", text="Hold a marine crime week."), "7.6.1")
    make_update(plan.actions.get(reference="7.2.1"), BEFORE, progress="Written by an officer.", rag=RAG.AMBER)
    shown = compare(tree, plan, now=NOW, quarter=BEFORE)
    done = commit(tree, update=plan, quarter=BEFORE).changes
    assert done.changed == [one.reference for one in shown.changed]
    assert done.added == [one.reference for one in shown.new]
    assert done.missing == [one.reference for one in shown.missing]
    assert done.reported == [one.action.reference for one in shown.reported]
    assert done.kept == [one.action.reference for one in shown.kept]


def test_nothing_is_written_and_a_long_plan_costs_no_more_questions(plan, tree, count_queries):
    before = Action.history.count()
    short = replace(tree, priorities=tree.priorities[:2])
    few, all_of_it = (count_queries(lambda one=one: compare(one, plan, now=NOW)) for one in (short, tree))
    assert Action.history.count() == before
    assert all_of_it == few
    assert all_of_it <= 12

"""A preview becomes a plan, or brings one up to date: as decided, once, whole, for its own partnership."""

from dataclasses import replace
from pathlib import Path

import pytest

from actions.importing import Decisions, confirming, planting
from actions.importing.commit import PlanIsHere, What, YearMissing
from actions.importing.confirming import Unsettled, confirm_import, plan_alike
from actions.importing.previewing import NothingLeft, decide, reading_of
from actions.models import Action, Plan, ProgressUpdate
from actions.services.refusals import OutsidePlan
from csp_tracker.grids.readings import Question
from csp_tracker.models import FileImport
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Foreign, Gone
from tests.actions.importing.stages import NEW, OLD, SAME, brought, confirmed, document_of, table
from tests.builders import NOW, make_administrator, make_manager, make_partnership, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_administrator(partnership, name="Ida Importer")


@pytest.fixture
def preview(partnership, by):
    return brought(partnership, by, OLD)


def counts():
    return [model.objects.count() for model in (Plan, Action, ProgressUpdate)]


class TestANewPlan:
    def test_it_is_the_plan_of_the_preview(self, preview, by):
        outcome = confirmed(preview, by)
        assert outcome.what is What.MADE
        assert outcome.file_import.pk == preview.pk
        assert outcome.plan.imported_from == preview
        assert counts() == [1, 34, 34]

    def test_the_import_says_who_confirmed_it_and_what_was_read(self, preview, partnership):
        manager = make_manager(partnership)
        confirmed(preview, manager)
        preview.refresh_from_db()
        assert (preview.state, preview.confirmed_by, preview.confirmed_at) == ("confirmed", manager, NOW)
        assert preview.imported_by != manager
        assert preview.tree == reading_of(preview).to_json()
        assert preview.decisions["plan"] == "action-plan-200910"
        assert preview.made["actions.Action"].keys() == {str(pk) for pk in Action.objects.values_list("pk", flat=True)}

    def test_the_bytes_stay_where_they_are(self, preview, by):
        name = preview.file.name
        assert confirmed(preview, by).file_import.file.name == name
        assert Path(preview.file.path).exists()

    def test_the_import_leaves_one_more_history_row(self, preview, by):
        confirmed(preview, by)
        assert list(preview.history.values_list("state", "history_user")) == [
            ("confirmed", by.pk),
            ("previewed", by.pk),
        ]

    def test_it_is_as_decided(self, preview, by):
        first = next(reading_of(preview).actions())
        decided = decide(
            file_import=preview, version=1, decisions=Decisions(row_lights={first.source[0].at: RAG.RED}), by=by
        )
        plan = confirmed(decided, by).plan
        assert plan.actions.get(reference=first.reference).updates.get().rag == RAG.RED

    def test_year_quarter_and_title_are_those_that_are_said(self, preview, by):
        options = {"year": FinancialYear(2010), "quarter": Quarter.parse("2010-11-Q2"), "title": "Safer Maldon"}
        plan = confirmed(preview, by, **options).plan
        assert (plan.title, plan.starts_on.year, plan.period_is_inferred) == ("Safer Maldon", 2010, False)
        assert set(ProgressUpdate.objects.values_list("quarter", flat=True)) == {options["quarter"]}

    def test_the_file_is_read_before_anybody_waits(self, preview, by, django_assert_num_queries, monkeypatch):
        monkeypatch.setattr(confirming, "stand_in_line", lambda _partnership: 1 / 0)
        with pytest.raises(ZeroDivisionError), django_assert_num_queries(2):  # a savepoint and its end
            confirmed(preview, by)

    def test_a_file_that_was_kept_unread_is_read_first(self, partnership, by):
        letter = table(("Dear", "Sir"), ("Yours", "Ever"), name="letter.csv")
        preview = brought(partnership, by, "letter.csv", document=letter, is_kept_unread=True)
        with pytest.raises(NothingLeft):
            confirmed(preview, by)


class TestOnce:
    def test_a_second_confirm_finds_the_plan_of_the_first(self, preview, by):
        first = confirmed(preview, by)
        before = (counts(), Action.history.count())
        again = confirmed(preview, by, title="Another")
        assert (again.what, again.plan) == (What.THERE_ALREADY, first.plan)
        assert (counts(), Action.history.count()) == before

    def test_the_same_file_previewed_twice_is_one_plan(self, preview, partnership, by):
        twin = brought(partnership, by, OLD)
        first = confirmed(preview, by)
        again = confirmed(twin, by)
        assert (again.what, again.plan) == (What.THERE_ALREADY, first.plan)
        twin.refresh_from_db()
        assert twin.state == "previewed"

    def test_what_was_decided_meanwhile_has_to_be_seen_first(self, preview, by):
        decide(file_import=preview, version=1, decisions=Decisions(lights={"soon": RAG.AMBER}), by=by)
        with pytest.raises(Conflict):
            confirmed(preview, by)
        assert not any(counts())

    def test_a_preview_that_was_dropped_is_gone(self, preview, by):
        FileImport.objects.all().delete()
        with pytest.raises(Gone):
            confirmed(preview, by)


class TestWhatStandsInTheWay:
    def test_a_year_has_to_be_known(self, partnership, by):
        preview = brought(partnership, by, "000_0359222028bc5600.txt")
        with pytest.raises((YearMissing, Unsettled)):
            confirmed(preview, by)
        assert confirmed(preview, by, year=FinancialYear(2015)).what is What.MADE

    def test_a_quarter_outside_the_plan(self, preview, by):
        with pytest.raises(OutsidePlan):
            confirmed(preview, by, quarter=Quarter.parse("2010-11-Q1"))
        assert not any(counts())

    @pytest.mark.parametrize(
        ("kind", "options", "is_refused"),
        [
            ("light", {}, True),
            ("light", {"year": FinancialYear(2009)}, True),
            ("year", {}, True),
            ("year", {"year": FinancialYear(2009)}, False),
            ("year", {"quarter": Quarter.parse("2009-10-Q4")}, False),
        ],
    )
    def test_a_question_that_must_be_settled(self, preview, by, monkeypatch, kind, options, is_refused):
        question = Question(kind, "What does “Soon” mean?", must_be_settled=True)
        tree = replace(reading_of(preview), questions=(question, Question("date", "32 May", must_be_settled=False)))
        monkeypatch.setattr(confirming, "tree_of", lambda _file_import, _decisions: tree)
        if not is_refused:
            assert confirmed(preview, by, **options).what is What.MADE
            return
        with pytest.raises(Unsettled) as refused:
            confirmed(preview, by, **options)
        assert refused.value.questions == [question]
        assert refused.value.messages == ["What does “Soon” mean?"]
        assert not any(counts())

    def test_a_failure_half_way_leaves_the_preview_as_it_was(self, preview, by, monkeypatch):
        monkeypatch.setattr(planting, "import_update", lambda **_fields: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            confirmed(preview, by)
        assert not any(counts())
        preview.refresh_from_db()
        assert (preview.state, preview.version, preview.made) == ("previewed", 1, {})
        assert Path(preview.file.path).exists()


class TestAPlanThatIsHere:
    @pytest.fixture
    def plan(self, preview, by):
        return confirmed(preview, by).plan

    @pytest.fixture
    def newer(self, plan, partnership, by):
        return brought(partnership, by, SAME)

    def test_it_is_found(self, newer, plan):
        match = plan_alike(newer, reading_of(newer))
        assert (match.plan, match.shared) == (plan, 34)

    def test_nothing_is_made_twice_without_a_yes(self, newer, by):
        with pytest.raises(PlanIsHere):
            confirmed(newer, by)
        assert counts() == [1, 34, 34]

    def test_with_a_yes_it_is_a_plan_of_its_own(self, newer, plan, by):
        assert confirmed(newer, by, is_new=True).plan != plan

    def test_it_is_brought_up_to_date(self, newer, plan, by):
        outcome = confirmed(newer, by, update=plan)
        assert (outcome.what, outcome.plan) == (What.UPDATED, plan)
        assert outcome.file_import.made == {}
        assert outcome.file_import.decisions["updated"]

    def test_that_of_another_partnership_is_neither_found_nor_updated(self, plan):
        other = make_partnership()
        by = make_administrator(other)
        theirs = brought(other, by, SAME)
        assert plan_alike(theirs, reading_of(theirs)) is None
        with pytest.raises(Foreign):
            confirmed(theirs, by, update=plan)
        theirs.refresh_from_db()
        assert theirs.state == "previewed"

    def test_an_import_of_another_partnership_updates_nothing_here(self, newer, by):
        with pytest.raises(Foreign):
            confirmed(newer, by, update=make_plan())


def test_the_other_partnership_may_confirm_the_same_file(preview, by):
    confirmed(preview, by)
    other = make_partnership()
    theirs = make_administrator(other)
    assert confirmed(brought(other, theirs, OLD), theirs).what is What.MADE


def test_another_plan_is_simply_new(partnership, by, preview):
    confirmed(preview, by)
    new = brought(partnership, by, NEW)
    assert plan_alike(new, reading_of(new)) is None
    assert confirm_import(file_import=new, version=1, by=by, now=NOW).what is What.MADE


def test_what_was_read_is_what_is_stored(partnership, by, seed):
    """By the pages as by the command."""
    plan = confirmed(brought(partnership, by, NEW, document=document_of(NEW)), by).plan
    assert [one.reference for one in plan.actions.in_plan_order()] == [one.reference for one in seed(NEW).actions()]

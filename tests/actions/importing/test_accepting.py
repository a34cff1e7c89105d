"""What a person accepts of what a plan's words also say is taken with the import, and never over a person's own."""

from dataclasses import replace
from decimal import Decimal

import pytest

from actions.importing import Decisions, plan_in
from actions.importing.accepting import ALREADY, FIGURES_HERE, NO_KPI, SET_HERE, WORDS_HERE
from actions.importing.commit import SourceFile, What, commit_plan
from actions.importing.comparing import compare
from actions.importing.previewing import decide
from actions.importing.tree import OfferKind
from actions.importing.undoing import undo_import
from actions.models import ProgressUpdate
from csp_tracker.models import FileImport
from csp_tracker.periods import FinancialYear, Period, Quarter
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.services import change_indicator, record_reading, set_target
from tests.actions.importing.stages import OLD, SAME, brought, confirmed, document_of, table
from tests.builders import NOW, make_manager, make_partnership, make_round

pytestmark = pytest.mark.django_db
YEAR = Period.of_year(FinancialYear(2009))
LAST = Quarter.parse("2009-10-Q4")
FIGURES, CARRIED, SPLIT = "figures:7.2.1", "carried_forward:5.3.1", "split_indicator:1.1.3"
HEADINGS = ("No.", "Objective", "Action", "KPI", "Baseline", "Progress", "RAG")


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_manager(partnership, name="Ida Importer")


@pytest.fixture
def commit(partnership, by):
    def commit(tree, *keys, **options):
        accepted = {offer.key: offer for offer in tree.offers if offer.key in keys or keys == ("all",)}
        file = SourceFile(tree.file_name, tree.file_name.encode())
        tree = replace(tree, accepted=accepted)
        return commit_plan(tree=tree, file=file, partnership=partnership, by=by, now=NOW, **options)

    return commit


def one_action(kpi="", baseline="", progress="", name="plan 2009-10.csv"):
    """A plan of one action."""
    return plan_in(table(HEADINGS, ("1.1", "Calm", "Walk", kpi, baseline, progress, "Green"), name=name))


def kpis(plan, reference):
    links = plan.actions.get(reference=reference).indicator_links.select_related("indicator")
    return [link.indicator for link in links]


def names(plan, reference):
    return [kpi.name for kpi in kpis(plan, reference)]


def not_taken(outcome):
    (sentence,) = outcome.file_import.decisions["not_taken"]
    return sentence.rpartition("Not taken: ")[2].rstrip(".")


class TestDecided:
    """A yes is kept with the words it was said to."""

    def offer(self, kind=OfferKind.SPLIT_INDICATOR):
        return next(one for one in plan_in(document_of(OLD)).offers if one.kind is kind)

    def test_nothing_is_taken_unasked(self, seed):
        tree = seed(OLD)
        assert len(tree.offers) == 11
        assert tree.accepted == {}

    def test_what_was_said_yes_to_is_accepted(self):
        offer = self.offer()
        tree = plan_in(document_of(OLD), Decisions(accepted={offer.key: offer.said}))
        assert tree.accepted == {"split_indicator:1.1.1": offer}
        assert tree.accepts(OfferKind.SPLIT_INDICATOR, "1.1.1") == offer
        assert tree.accepts(OfferKind.FIGURES, "1.1.1") is None

    @pytest.mark.parametrize("accepted", [{"split_indicator:1.1.1": "Other words"}, {"figures:99": "Gone"}, {"": ""}])
    def test_a_yes_to_other_words_or_to_what_is_gone_counts_for_nothing(self, accepted):
        assert plan_in(document_of(OLD), Decisions(accepted=accepted)).accepted == {}

    def test_the_words_of_every_measure_are_part_of_what_is_said_yes_to(self):
        offer = self.offer()
        other = replace(offer, data={"parts": ["Other", "Measures"]})
        assert other.sentence == offer.sentence
        assert not Decisions(accepted={offer.key: offer.said}).accepts(other)

    def test_it_goes_to_json_and_back(self):
        decisions = Decisions(accepted={FIGURES: "So"})
        assert Decisions.from_json(decisions.to_json()) == decisions
        with pytest.raises(ValueError, match="not in words"):
            Decisions.from_json({"accepted": {FIGURES: True}})

    def test_the_tree_that_is_kept_is_the_same_whatever_is_accepted(self, seed):
        tree = seed(OLD)
        assert replace(tree, accepted={FIGURES: tree.offers[0]}).to_json() == tree.to_json()


class TestANewPlan:
    def test_what_is_not_accepted_stays_words(self, commit, seed):
        outcome = commit(seed(OLD))
        assert not Target.objects.exists()
        assert len(names(outcome.plan, "1.1.3")) == 1
        assert not outcome.plan.actions.get(reference="5.3.1").updates.get().carry_forward
        assert (outcome.file_import.decisions["taken"], outcome.file_import.decisions["not_taken"]) == ([], [])

    def test_figures_become_target_and_outturn_of_the_year(self, commit, seed):
        outcome = commit(seed(OLD), FIGURES)
        (kpi,) = kpis(outcome.plan, "7.2.1")
        assert (kpi.polarity, kpi.frequency) == ("lower", "year")
        assert kpi.targets.get().value == 1984
        assert kpi.readings.get().value == 1884
        assert kpi.targets.get().period == kpi.readings.get().period == YEAR
        assert outcome.file_import.decisions["taken"] == [
            "7.2.1: figures of its KPI for 2009/10: target 1,984, outturn 1,884"
        ]

    def test_the_mark_is_set_on_the_update_of_the_quarter(self, commit, seed):
        outcome = commit(seed(OLD), CARRIED)
        marked = ProgressUpdate.objects.filter(carry_forward=True, action__reference__in=["5.3.1", "5.1.1"])
        assert [update.action.reference for update in marked] == ["5.3.1"]
        (said,) = outcome.file_import.decisions["taken"]
        assert said == "5.3.1: carried forward to 2010/11, as it says “Ongoing actions to be carried into 2010-11”"

    def test_each_measure_is_a_kpi_of_its_own(self, commit, seed):
        plan = commit(seed(OLD), SPLIT).plan
        assert names(plan, "1.1.3") == [
            "No. of events.",
            "No. of people attending public event.",
            "No. of consultations.",
        ]
        assert {kpi.imported_from_id for kpi in kpis(plan, "1.1.3")} == {plan.imported_from_id}

    def test_a_figure_for_each_measure_goes_with_it(self, commit):
        plan = commit(one_action("No. of events. No. of visits.", "12 events. 900 visits."), "all").plan
        found = [(kpi.name, [one.value for one in kpi.baselines.all()]) for kpi in kpis(plan, "1.1.1")]
        assert found == [("No. of events.", [12]), ("No. of visits.", [900])]
        assert Baseline.objects.filter(is_primary=True).count() == 2

    def test_one_figure_for_several_measures_stays_with_the_first(self, commit):
        plan = commit(one_action("No. of events. No. of visits.", "12 events."), "all").plan
        assert [kpi.baselines.count() for kpi in kpis(plan, "1.1.1")] == [1, 0]

    def test_figures_and_measures_of_one_cell_meet_in_the_first_kpi(self, commit):
        tree = one_action("No. of events. No. of visits.", "Baseline 2008/09 12 Target 2009/10 20")
        plan = commit(tree, "all").plan
        first, second = kpis(plan, "1.1.1")
        assert (first.baselines.get().value, first.targets.get().value) == (12, 20)
        assert not second.targets.exists()

    @pytest.mark.parametrize(
        ("baseline", "year"),
        [
            pytest.param("Baseline 12 Target 20", 2009, id="none: the year the file tells of"),
            pytest.param("Baseline 12 Target March 2011 20", 2010, id="a month"),
            pytest.param("Baseline 2008/09 12 Target 2011/12 20", 2011, id="a year"),
        ],
    )
    def test_figures_are_for_the_year_that_the_target_names(self, commit, baseline, year):
        commit(one_action("Events", baseline), "all")
        assert Target.objects.get().period == Period.of_year(FinancialYear(year))

    def test_figures_without_a_kpi_are_not_taken(self, commit):
        outcome = commit(one_action("", "Baseline 2008/09 12 Target 2009/10 20"), "all")
        assert not_taken(outcome) == NO_KPI
        assert not Target.objects.exists()

    def test_all_of_it_is_undone_with_the_import(self, commit, by, seed):
        file_import = FileImport.objects.get(pk=commit(seed(OLD), "all").file_import.pk)
        assert Reading.objects.exists()
        assert len(file_import.decisions["taken"]) == 11
        undo_import(file_import=file_import, version=file_import.version, by=by, now=NOW)
        assert not any(model.objects.exists() for model in (Indicator, Target, Reading, Baseline, ProgressUpdate))


class TestAnUpdate:
    """A later file of a plan that is here."""

    @pytest.fixture
    def plan(self, commit, seed):
        return commit(seed(OLD)).plan

    @pytest.fixture
    def update(self, commit, seed, plan):
        def update(*keys, tree=None):
            return commit(tree or seed(SAME), *keys, update=plan)

        return update

    def test_all_is_taken_for_a_plan_that_took_nothing_before(self, update, plan):
        outcome = update("all")
        assert outcome.what is What.UPDATED
        assert len(outcome.file_import.decisions["taken"]) == 11
        assert kpis(plan, "7.2.1")[0].readings.get().value == 1884
        assert names(plan, "8.2.1") == ["No of meetings attended.", "Level of participation"]
        assert plan.actions.get(reference="5.3.1").updates.get().carry_forward

    def test_the_first_kpi_stays_the_row_it_was(self, update, plan):
        (before,) = kpis(plan, "1.1.3")
        baselines = before.baselines.count()
        update(SPLIT)
        first = kpis(plan, "1.1.3")[0]
        assert (first, first.name, first.baselines.count()) == (before, "No. of events.", baselines)

    def test_it_is_undone_whole(self, update, plan, by, seed):
        def state():
            return [
                (action.reference, names(plan, action.reference), list(action.updates.values_list("carry_forward")))
                for action in plan.actions.all()
            ], list(Indicator.objects.values_list("polarity", "frequency"))

        before = state()
        file_import = FileImport.objects.get(pk=update("all").file_import.pk)
        assert state() != before
        undo_import(file_import=file_import, version=file_import.version, by=by, now=NOW)
        assert state() == before
        assert not Target.objects.exists()

    def test_what_was_taken_before_is_so_already(self, commit, seed):
        plan = commit(seed(OLD), "all").plan
        before = [model.history.count() for model in (Indicator, Target, Reading, ProgressUpdate)]
        outcome = commit(seed(SAME), FIGURES, SPLIT, CARRIED, update=plan)
        assert [model.history.count() for model in (Indicator, Target, Reading, ProgressUpdate)] == before
        assert len(outcome.file_import.decisions["not_taken"]) == 3
        assert all(ALREADY in sentence for sentence in outcome.file_import.decisions["not_taken"])

    def test_a_later_file_leaves_measures_that_were_split_apart(self, commit, seed):
        plan = commit(seed(OLD), "all").plan
        outcome = commit(seed(SAME), update=plan)
        assert (outcome.changes.changed, outcome.changes.added) == ([], [])
        assert len(names(plan, "1.1.3")) == 3

    def test_a_measure_that_is_new_in_a_split_cell_becomes_a_kpi(self, commit):
        plan = commit(one_action("Events held. Visits made."), "all").plan
        commit(one_action("Events held. Visits made. Calls taken.", name="plan 2009-10 b.csv"), update=plan)
        assert names(plan, "1.1.1")[0] == "Events held."
        assert set(names(plan, "1.1.1")) == {"Events held.", "Visits made.", "Calls taken."}

    def test_a_kpi_with_figures_is_not_split(self, update, plan, by):
        (kpi,) = kpis(plan, "1.1.3")
        record_reading(indicator=kpi, period=Period.of_quarter(LAST), value=3, by=by)
        assert not_taken(update(SPLIT)) == FIGURES_HERE
        assert kpis(plan, "1.1.3") == [kpi]

    def test_figures_never_replace_those_that_were_entered_here(self, update, plan, by):
        (kpi,) = kpis(plan, "7.2.1")
        set_target(indicator=kpi, period=YEAR, value=Decimal(1500), text="1,500", by=by)
        assert not_taken(update(FIGURES)) == FIGURES_HERE
        assert (kpi.targets.get().value, kpi.readings.count()) == (1500, 0)

    def test_nor_change_which_way_a_person_said_is_better(self, update, plan, by):
        (kpi,) = kpis(plan, "7.2.1")
        change_indicator(indicator=kpi, version=kpi.version, polarity="higher", by=by)
        assert not_taken(update(FIGURES)) == SET_HERE
        assert not kpi.targets.exists()

    @pytest.mark.parametrize("changed", [{"edited_by": 1}, {"state": "draft"}, {"progress": "Other words here"}])
    def test_the_mark_is_not_set_on_what_a_person_wrote(self, update, plan, by, changed):
        updates = ProgressUpdate.objects.filter(action__plan=plan, action__reference="5.3.1")
        changed = {"edited_by": by} if "edited_by" in changed else changed
        updates.update(**changed)
        assert not_taken(update(CARRIED)) == WORDS_HERE
        assert not updates.get().carry_forward

    def test_nor_in_a_quarter_that_is_locked(self, update, plan, by):
        make_round(plan, LAST, locked_at=NOW, locked_by=by)
        assert not_taken(update(CARRIED)) == WORDS_HERE

    def test_what_was_accepted_of_an_archived_action_is_left_out(self, update, plan):
        plan.actions.filter(reference="7.2.1").update(archived_at=NOW)
        assert not_taken(update(FIGURES)) == "the action is archived here"

    def test_the_comparison_says_what_will_be_taken(self, plan, seed):
        tree = seed(SAME)
        accepted = {offer.key: offer for offer in tree.offers if offer.key in (FIGURES, SPLIT, CARRIED)}
        assert compare(tree, plan, now=NOW).changes_nothing
        found = compare(replace(tree, accepted=accepted), plan, now=NOW)
        assert [one.reference for one in found.changed] == ["1.1.3", "5.3.1", "7.2.1"]
        assert [one.after for one in found.changed[0].differences] == [
            "No. of events.", "No. of people attending public event.", "No. of consultations.",
        ]  # fmt: skip
        assert "carried forward to 2010/11" in found.changed[1].differences[0].after
        assert len(found.matched) == 31

    def test_the_comparison_says_nothing_of_what_will_not_be(self, commit, seed):
        plan = commit(seed(OLD), "all").plan
        tree = seed(SAME)
        tree = replace(tree, accepted={offer.key: offer for offer in tree.offers})
        assert compare(tree, plan, now=NOW).changes_nothing


class TestFromThePreview:
    def test_what_was_decided_is_taken_in_the_same_transaction(self, partnership, by, seed):
        preview = brought(partnership, by, OLD)
        offers = {offer.key: offer.said for offer in seed(OLD).offers}
        preview = decide(
            file_import=preview, version=1, decisions=Decisions(accepted={FIGURES: offers[FIGURES]}), by=by
        )
        outcome = confirmed(preview, by)
        assert kpis(outcome.plan, "7.2.1")[0].targets.get().value == 1984
        assert not ProgressUpdate.objects.filter(action__reference="5.3.1", carry_forward=True).exists()
        preview.refresh_from_db()
        assert len(preview.decisions["taken"]) == 1

    def test_the_next_file_with_these_headings_is_asked_anew(self, partnership, by, seed):
        preview = brought(partnership, by, OLD)
        offers = {offer.key: offer.said for offer in seed(OLD).offers}
        confirmed(decide(file_import=preview, version=1, decisions=Decisions(accepted=offers), by=by), by)
        again = brought(partnership, by, SAME)
        assert again.decisions["reading"]["accepted"] == {}

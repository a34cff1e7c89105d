"""A tree becomes a plan through the services: whole, once, in one person's name; another file of it only with a yes."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from actions.importing import planting
from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead
from actions.importing.commit import PlanIsHere, SourceFile, What, YearMissing, commit_plan
from actions.importing.saying import outcome_in_words
from actions.importing.updating import Changes
from actions.models import Action, ActionIndicator, Objective, Plan, Priority, ProgressUpdate
from actions.services.refusals import OutsidePlan
from actions.values import ActionStatus, DatePrecision, PlanStatus, Recurrence, TimescaleKind, UpdateOrigin, UpdateState
from csp_tracker.models import FileImport
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG, LightCounts
from csp_tracker.text import one_line
from csp_tracker.writing import Foreign
from indicators.models import Baseline, Indicator
from tests.builders import make_action, make_administrator, make_partnership, make_plan, make_round, make_update

SEEDS = Path(__file__).parents[2] / "seeds"
NOW = datetime(2025, 7, 15, 9, 30, tzinfo=UTC)
LAST = Quarter.parse("2009-10-Q4")
WRITTEN = (Plan, Priority, Objective, Action, ActionIndicator, ProgressUpdate, Indicator, Baseline)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_administrator(partnership, name="Ida Importer")


@pytest.fixture
def commit(seed, partnership, by):
    """Commit three priorities of one of the six files, all with `whole`; anything may be given otherwise."""

    def commit(name="maldon-csp-2009-10.docx", *, whole=False, **options):
        tree = options.pop("tree", None) or seed(name)
        if not whole:
            tree = replace(tree, priorities=tuple(one for one in tree.priorities if one.number in "1279"))
        file = SourceFile(name, options.pop("data", None) or (SEEDS / name).read_bytes())
        return commit_plan(tree=tree, file=file, **{"partnership": partnership, "by": by, "now": NOW} | options)

    return commit


def counts():
    return [model.objects.count() for model in (*WRITTEN, FileImport)]


def histories():
    return [model.history.count() for model in WRITTEN]


class TestANewPlan:
    def test_it_is_the_partnerships_and_begins_with_its_year(self, commit, partnership):
        outcome = commit()
        plan = outcome.plan
        assert outcome.what is What.MADE
        assert (plan.partnership, plan.title, plan.status) == (partnership, "Action plan 2009/10", PlanStatus.ACTIVE)
        assert (plan.starts_on, plan.ends_on) == (date(2009, 4, 1), date(2010, 3, 31))
        assert plan.period_is_inferred
        assert plan.imported_from == outcome.file_import

    def test_a_year_and_title_that_are_said_are_taken(self, commit):
        plan = commit(year=FinancialYear(2010), title="Safer Maldon").plan
        assert (plan.title, plan.starts_on, plan.period_is_inferred) == ("Safer Maldon", date(2010, 4, 1), False)

    def test_it_keeps_its_own_headings_and_words_for_lights(self, commit):
        plan = commit().plan
        assert plan.columns[0] == {"heading": "No.", "meaning": "number"}
        assert plan.columns[-1] == {"heading": "TRAFFIC LIGHT", "meaning": "rag"}
        assert plan.key[0] == {
            "word": "GREEN c/f Actions",
            "rag": "green",
            "tint": "00B050",
            "meaning": "Green, carried forward",
        }

    def test_everything_of_2009_is_a_row(self, commit):
        plan = commit(whole=True).plan
        assert Priority.objects.filter(plan=plan).count() == 8
        assert Objective.objects.filter(priority__plan=plan).count() == 30
        assert plan.actions.count() == Indicator.objects.count() == ActionIndicator.objects.count() == 34
        assert sorted(Priority.objects.values_list("number", "group"))[3] == ("4", "DARG")

    def test_the_lights_are_those_of_its_last_quarter(self, commit):
        plan = commit(whole=True).plan
        (lights,) = plan.actions.with_light(LAST).light_counts().values()
        assert lights == LightCounts(red=3, green=30, not_rated=1)
        assert set(ProgressUpdate.objects.values_list("quarter", "origin", "state")) == {
            (LAST, UpdateOrigin.IMPORTED, UpdateState.APPROVED)
        }

    def test_8_4_has_its_words_and_no_light(self, commit):
        update = commit(whole=True).plan.actions.get(reference="8.4.1").updates.get()
        assert (update.rag, update.rag_as_stated) == (RAG.NOT_RATED, "")
        assert update.work_needed.endswith("New officer employed April 2010")

    def test_the_carried_forward_mark_is_kept_and_only_that(self, commit):
        commit()
        (update,) = ProgressUpdate.objects.filter(carry_forward=True)
        assert (update.action.reference, update.rag, update.rag_as_stated) == ("1.1.1", RAG.GREEN, "GREEN c/f Actions")

    def test_indicators_are_neither_split_nor_merged(self, commit):
        commit(whole=True)
        names = [name.lower() for name in Indicator.objects.values_list("name", flat=True)]
        assert sum(name.replace("no.", "no").startswith("no of initiatives") for name in names) >= 6
        assert "no. of events. no. of people attending public event. no. of consultations." in [
            one_line(name) for name in names
        ]

    def test_the_source_is_kept_word_for_word(self, commit, seed):
        plan = commit(whole=True).plan
        for read in seed("maldon-csp-2009-10.docx").actions():
            assert plan.actions.get(reference=read.reference).source == [row.to_json() for row in read.source]

    def test_an_action_with_progress_is_in_progress(self, commit):
        assert set(commit().plan.actions.values_list("status", flat=True)) == {ActionStatus.IN_PROGRESS}

    def test_2015_has_timescales_and_neither_kpis_nor_updates(self, commit):
        plan = commit("maldon-csp-2015.docx").plan
        assert plan.title.startswith("Maldon Community Safety Partnership (CSP)")
        assert (plan.actions.count(), Indicator.objects.count(), ProgressUpdate.objects.count()) == (10, 0, 0)
        kinds = list(plan.actions.values_list("timescale_kind", flat=True))
        assert [kinds.count(kind) for kind in TimescaleKind] == [1, 7, 1, 1]

    def test_a_date_has_its_precision_and_a_recurrence_its_day(self, commit):
        plan = commit("maldon-csp-2015.docx").plan
        (dated,) = plan.actions.filter(timescale_kind=TimescaleKind.BY_DATE)
        assert (dated.due_on, dated.due_precision, dated.original_due_on) == (
            date(2016, 5, 31),
            DatePrecision.MONTH,
            date(2016, 5, 31),
        )
        (recurring,) = plan.actions.filter(timescale_kind=TimescaleKind.RECURRING)
        assert (recurring.recurrence, recurring.recurs_month, recurring.recurs_day) == (Recurrence.YEARLY, 3, 31)
        (unclear,) = plan.actions.filter(timescale_kind=TimescaleKind.UNCLEAR)
        assert unclear.timescale.startswith("Prototype school has been selected")

    @pytest.mark.parametrize(
        ("reference", "rows"),
        [
            ("1.2.1", [(None, "new_initiative", False)]),
            ("5.5.1", [(0, "stated", True)]),
            ("7.2.1", [(2030, "stated", True)]),
            ("7.5.1", [(12, "stated", False), (18, "stated", True)]),
            ("8.4.1", []),
        ],
    )
    def test_baselines_are_rows(self, commit, reference, rows):
        indicator = commit(whole=True).plan.actions.get(reference=reference).indicators.get()
        assert list(indicator.baselines.values_list("value", "state", "is_primary")) == rows

    def test_every_row_has_one_history_row_with_the_person(self, commit, by):
        commit(whole=True)
        for model in WRITTEN:
            assert model.history.count() == model.objects.count(), model
            assert set(model.history.values_list("history_user", flat=True)) == {by.pk}, model

    def test_supporters_in_words_stay_under_their_heading(self, commit, seed):
        tree = with_action(seed("maldon-csp-2015.docx"), "1.1.1", supporting="Police, fire")
        assert commit("maldon-csp-2015.docx", tree=tree).plan.actions.get(reference="1.1.1").extra == {
            "Supporting": "Police, fire"
        }

    def test_a_baseline_without_an_indicator_stays_under_its_heading(self, commit, seed):
        tree = with_action(seed("maldon-csp-2009-10.docx"), "7.2.1", indicator="")
        action = commit(tree=tree).plan.actions.get(reference="7.2.1")
        assert action.extra["BASELINE"].startswith("2008/09 ASB Incidents")
        assert not action.indicators.exists()


class TestTheFile:
    def test_the_import_is_kept_with_what_was_read_and_decided(self, commit, seed, by):
        kept = commit(whole=True).file_import
        kept.refresh_from_db()
        assert (kept.kind, kept.state, kept.imported_by) == ("plan", "confirmed", by)
        assert kept.tree == seed("maldon-csp-2009-10.docx").to_json()
        assert kept.counts["rag"]["green"] == 30
        assert list(kept.history.values_list("state", "history_user")) == [("confirmed", by.pk), ("previewed", by.pk)]
        assert (kept.decisions["plan"], kept.decisions["quarter"]) == ("action-plan-200910", "2009-10-Q4")

    def test_the_bytes_are_kept_under_the_media_folder(self, commit):
        kept = commit(data=b"the bytes").file_import
        with kept.file.open("rb") as stored:
            assert stored.read() == b"the bytes"
        assert Path(kept.file.path).is_relative_to(settings.MEDIA_ROOT)
        assert re.fullmatch("imports/[0-9a-f]{32}", kept.file.name)
        assert Path(kept.file.path).stat().st_mode & 0o777 == 0o600

    def test_the_same_file_again_changes_nothing(self, commit):
        first = commit()
        before = (counts(), histories())
        again = commit(title="Another title")
        assert (again.what, again.plan) == (What.THERE_ALREADY, first.plan)
        assert (counts(), histories()) == before

    def test_another_partnership_may_have_the_same_file(self, commit):
        commit()
        other = make_partnership()
        assert commit(partnership=other, by=make_administrator(other)).what is What.MADE


class TestTheQuarter:
    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            pytest.param(datetime(2010, 3, 31, 12, tzinfo=UTC), "2009-10-Q3", id="on the plan's last day"),
            pytest.param(datetime(2010, 4, 1, 12, tzinfo=UTC), "2009-10-Q4", id="once it has ended"),
            pytest.param(datetime(2009, 5, 1, 12, tzinfo=UTC), "2009-10-Q1", id="before a quarter has ended"),
        ],
    )
    def test_the_words_are_about_the_last_ended_one(self, commit, today, expected):
        commit(now=today)
        assert set(ProgressUpdate.objects.values_list("quarter", flat=True)) == {Quarter.parse(expected)}

    def test_it_can_be_said(self, commit):
        commit(quarter=Quarter.parse("2009-10-Q2"))
        assert set(ProgressUpdate.objects.values_list("quarter", flat=True)) == {Quarter.parse("2009-10-Q2")}

    def test_one_outside_the_plan_is_refused_and_leaves_nothing(self, commit):
        with pytest.raises(OutsidePlan):
            commit(quarter=Quarter.parse("2010-11-Q1"))
        assert not any(counts())

    def test_a_file_that_says_no_year_needs_one(self, commit):
        with pytest.raises(YearMissing, match="does not say which year"):
            commit("000_0359222028bc5600.txt")
        assert commit("000_0359222028bc5600.txt", year=FinancialYear(2015)).what is What.MADE

    def test_the_quarter_says_the_year_where_the_file_does_not(self, commit):
        plan = commit("000_0359222028bc5600.txt", quarter=Quarter.parse("2015-16-Q4")).plan
        assert (plan.starts_on, plan.period_is_inferred) == (date(2015, 4, 1), True)


class TestAllOrNothing:
    def test_a_failure_half_way_leaves_nothing(self, commit, monkeypatch):
        planted = []

        def stumble(**fields):
            planted.append(fields)
            if len(planted) == 7:
                raise RuntimeError("the power went")
            return import_update(**fields)

        import_update = planting.import_update
        monkeypatch.setattr(planting, "import_update", stumble)
        with pytest.raises(RuntimeError):
            commit()
        assert not any(counts())
        assert not any(histories())

    def test_a_failure_at_the_very_end_leaves_no_file(self, commit, monkeypatch):
        def refuse(self, **kwargs):
            if self.decisions:
                raise RuntimeError("the disk is full")
            return save(self, **kwargs)

        save = FileImport.save
        monkeypatch.setattr(FileImport, "save", refuse)
        before = set(Path(settings.MEDIA_ROOT).rglob("*"))
        with pytest.raises(RuntimeError):
            commit()
        assert not any(counts())
        assert {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()} <= before


def with_action(tree, reference, /, **words):
    """The tree with one action's fields replaced, or with the action left out."""
    return replace(tree, priorities=tuple(_priority(priority, reference, words) for priority in tree.priorities))


def _priority(priority, reference, words):
    return replace(priority, objectives=tuple(_objective(one, reference, words) for one in priority.objectives))


def _objective(objective, reference, words):
    found = [
        replace(action, **words) if action.reference == reference and words else action
        for action in objective.actions
        if words or action.reference != reference
    ]
    return replace(objective, actions=tuple(found))


class TestAnotherFileOfThePlan:
    @pytest.fixture
    def plan(self, commit):
        return commit().plan

    @pytest.mark.parametrize("name", ["maldon-csp-2009-10.xlsx", "002_af38b45795a8a453.txt"])
    def test_it_is_offered_as_an_update(self, commit, plan, name):
        before = counts()
        with pytest.raises(PlanIsHere, match="12 of 12 actions are the same") as offered:
            commit(name)
        assert offered.value.match.plan == plan
        assert counts() == before

    def test_with_a_yes_it_is_a_plan_of_its_own(self, commit, plan):
        assert commit("maldon-csp-2009-10.xlsx", is_new=True).plan != plan

    def test_a_plan_of_another_year_is_another(self, commit, plan):
        assert commit("maldon-csp-2009-10.xlsx", year=FinancialYear(2010)).what is What.MADE

    def test_another_plan_is_another(self, commit, plan):
        assert commit("maldon-csp-2015.docx").what is What.MADE

    def test_that_of_another_partnership_is_not_found(self, commit, plan):
        other = make_partnership()
        outcome = commit("maldon-csp-2009-10.xlsx", partnership=other, by=make_administrator(other))
        assert outcome.what is What.MADE

    @pytest.mark.parametrize("name", ["maldon-csp-2009-10.xlsx", "002_af38b45795a8a453.txt"])
    def test_the_same_words_in_another_file_change_nothing(self, commit, plan, name):
        before = (counts()[:-1], histories())
        outcome = commit(name, update=plan)
        changes = outcome.changes
        assert outcome.what is What.UPDATED
        assert changes == Changes()
        assert (counts()[:-1], histories()) == before

    def test_words_that_differ_are_changed_with_the_reason(self, commit, plan, seed, by):
        tree = with_action(seed("maldon-csp-2009-10.xlsx"), "1.2.1", text="Hold a marine crime week with the police.")
        changes = commit("maldon-csp-2009-10.xlsx", tree=tree, update=plan).changes
        action = plan.actions.get(reference="1.2.1")
        assert changes.changed == ["1.2.1"]
        assert action.text == "Hold a marine crime week with the police."
        newest = action.history.first()
        assert (newest.history_user, newest.history_change_reason) == (by, "From maldon-csp-2009-10.xlsx")

    def test_a_changed_kpi_and_a_new_baseline_are_taken(self, commit, plan, seed):
        words = {"indicator": "Number of anti-social behaviour incidents, all kinds", "baseline": "2007/08 2211"}
        tree = with_action(seed("maldon-csp-2009-10.xlsx"), "7.2.1", **words)
        assert commit("maldon-csp-2009-10.xlsx", tree=tree, update=plan).changes.changed == ["7.2.1"]
        indicator = plan.actions.get(reference="7.2.1").indicators.get()
        assert indicator.name == words["indicator"]
        assert list(indicator.baselines.values_list("value", "is_primary")) == [(2030, True), (2211, False)]

    def test_a_moved_date_is_kept_as_a_move(self, commit, seed):
        plan = commit("maldon-csp-2015.docx").plan
        tree = seed("maldon-csp-2015.xlsx")
        read = next(one for one in tree.actions() if one.timing.kind is TimescaleKind.BY_DATE)
        later = replace(read.timing, due_on=date(2016, 9, 30))
        tree = with_action(tree, read.reference, timescale="September 2016", timing=later)
        commit("maldon-csp-2015.xlsx", tree=tree, update=plan)
        action = plan.actions.get(reference=read.reference)
        move = action.due_date_changes.get()
        assert (move.from_date, move.to_date) == (date(2016, 5, 31), date(2016, 9, 30))
        assert action.original_due_on == date(2016, 5, 31)

    def test_what_a_blank_cell_leaves_out_stays(self, commit, plan, seed):
        tree = with_action(seed("maldon-csp-2009-10.xlsx"), "7.2.1", indicator="", baseline="", expected_outcome="")
        commit("maldon-csp-2009-10.xlsx", tree=tree, update=plan)
        assert plan.actions.get(reference="7.2.1").indicators.count() == 1

    def test_what_is_new_is_added_and_what_is_missing_listed(self, commit, plan, seed):
        tree = with_action(seed("maldon-csp-2009-10.xlsx"), "7.6.1")
        new = ActionRead(reference="9.1.1", text="Open a community garden", at="row 90", rag=RAG.AMBER)
        branch = PriorityRead("9", "Greener places", "", "row 89", (ObjectiveRead("9.1", "Gardens", (new,)),))
        tree = replace(tree, priorities=(*tree.priorities, branch))
        changes = commit("maldon-csp-2009-10.xlsx", tree=tree, update=plan).changes
        assert (changes.added, changes.missing) == (["9", "9.1", "9.1.1"], ["7.6.1"])
        assert plan.actions.get(reference="7.6.1").archived_at is None
        assert plan.actions.get(reference="9.1.1").updates.get().rag == RAG.AMBER

    def test_what_has_been_archived_here_is_not_brought_back(self, commit, plan):
        Action.objects.filter(plan=plan, reference__in=["7.6.1", "1.2.1"]).update(archived_at=NOW)
        before = (counts()[:-1], histories())
        with pytest.raises(PlanIsHere, match="12 of 12 actions are the same"):
            commit("maldon-csp-2009-10.xlsx")
        outcome = commit("maldon-csp-2009-10.xlsx", update=plan)
        assert outcome.changes == Changes(archived=["1.2.1", "7.6.1"])
        assert (counts()[:-1], histories()) == before
        assert "In the file but archived here, left out: 1.2.1, 7.6.1." in outcome_in_words(outcome)

    def test_an_archived_action_does_not_stand_in_for_the_one_that_took_its_place(self, commit, plan):
        action = plan.actions.get(reference="7.6.1")
        make_action(action.objective, plan=plan, reference="7.6.9", text=action.text, archived_at=NOW)
        assert commit("maldon-csp-2009-10.xlsx", update=plan).changes == Changes()

    def test_numbers_that_have_shifted_do_not_confuse_the_actions(self, commit, plan, seed):
        tree = seed("maldon-csp-2009-10.xlsx")
        shifted = {one.reference: f"{one.reference[:-1]}{int(one.reference[-1]) + 1}" for one in tree.actions()}
        for reference in reversed(shifted):
            tree = with_action(tree, reference, reference=shifted[reference])
        changes = commit("maldon-csp-2009-10.xlsx", tree=tree, update=plan).changes
        assert changes == Changes()

    def test_progress_written_here_is_never_overwritten(self, commit, plan, seed, partnership):
        quarter = Quarter.parse("2009-10-Q3")
        action = plan.actions.get(reference="1.2.1")
        make_update(action, quarter, progress="Written by an officer.", rag=RAG.AMBER)
        outcome = commit("maldon-csp-2009-10.xlsx", update=plan, quarter=quarter)
        assert outcome.changes.kept == ["1.2.1"]
        assert len(outcome.changes.reported) == 11
        assert action.updates.get(quarter=quarter).progress == "Written by an officer."

    def test_a_locked_quarter_takes_no_words(self, commit, plan, by):
        quarter = Quarter.parse("2009-10-Q3")
        make_round(plan, quarter, locked_at=NOW, locked_by=by)
        outcome = commit("maldon-csp-2009-10.xlsx", update=plan, quarter=quarter)
        assert len(outcome.changes.kept) == 12
        assert not ProgressUpdate.objects.filter(quarter=quarter).exists()

    def test_a_long_group_is_cut_the_same_way_again_and_so_has_not_changed(self, commit, seed):
        tree = seed("maldon-csp-2009-10.docx")
        long = replace(tree.priorities[0], group="Domestic Abuse Reference Group " * 12)
        tree = replace(tree, priorities=(long,))
        plan = commit(tree=tree, whole=True).plan
        outcome = commit(tree=tree, whole=True, data=b"the same words in another file", update=plan)
        assert outcome.changes.changed == []
        priority = plan.priorities.get()
        assert priority.group.endswith("…")
        assert priority.history.count() == 1

    def test_a_plan_of_another_partnership_cannot_be_updated(self, commit):
        foreign = make_plan()
        with pytest.raises(Foreign):
            commit(update=foreign)
        assert FileImport.objects.count() == 0


def test_refusals_are_sentences(commit):
    with pytest.raises(ValidationError) as refusal:
        commit("000_0359222028bc5600.txt")
    assert refusal.value.messages == [
        "000_0359222028bc5600.txt does not say which year the plan is for: name it, for instance 2015/16."
    ]

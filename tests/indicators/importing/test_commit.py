"""A table of KPIs becomes KPIs and figures: matched, revised, told twice, refused, undone."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from csp_tracker.importing import SourceFile, What, undo
from csp_tracker.models import FileImport
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Foreign
from indicators.importing import read_indicators
from indicators.importing.commit import NotSettled, commit_indicators
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.services import archive_indicator, change_indicator, record_reading
from indicators.values import ReadingState
from tests.builders import NOW, make_agency, make_indicator, make_manager, make_partnership
from tests.indicators.importing import layouts

pytestmark = pytest.mark.django_db

Q1, Q2 = Period.parse("2024-25-Q1"), Period.parse("2024-25-Q2")


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


@pytest.fixture
def bring(partnership, manager):
    """Read and commit bytes, as the manager."""

    def bring(data, name="kpis.xlsx", **said):
        return commit_indicators(
            tree=read_indicators(data, name), file=SourceFile(name, data), partnership=partnership, by=manager,
            now=NOW, **said,
        )  # fmt: skip

    return bring


def rows_of(text):
    return text.encode()


def reading_of(reference, period):
    return Reading.objects.get(
        indicator__reference=reference, period_kind=period.kind, period_starts_on=period.starts_on
    )


def everything():
    """What there is, with the versions: to see that nothing has changed."""
    return [
        list(model.objects.order_by("pk").values_list("pk", "version"))
        for model in (Indicator, Baseline, Target, Reading)
    ]


def test_kpis_baselines_targets_and_readings_are_made_with_one_history_row_each(bring, partnership, manager):
    outcome = bring(layouts.quarters_as_columns())
    assert outcome.what is What.MADE
    assert (Indicator.objects.count(), Baseline.objects.count(), Target.objects.count()) == (3, 3, 6)
    assert Reading.objects.count() == 9
    for model in (Indicator, Baseline, Target, Reading):
        assert model.history.count() == model.objects.count()
        assert {row.history_user for row in model.history.all()} == {manager}
    burglaries = Indicator.objects.get(reference="1.1")
    assert (burglaries.partnership, burglaries.imported_from) == (partnership, outcome.file_import)
    assert burglaries.baselines.get().is_primary


def test_the_file_is_kept_with_what_was_read_and_counted(bring):
    data = layouts.scorecard()
    bring(data, "scorecard.xlsx")
    kept = FileImport.objects.get()
    assert (kept.kind, kept.state, kept.name) == (ImportKind.INDICATORS, ImportState.CONFIRMED, "scorecard.xlsx")
    assert kept.counts["readings"] == 8
    assert kept.tree["tree"][0]["reference"] == "CS1"
    assert kept.decisions["quarter"] == "2024-25-Q2"
    with kept.file.open() as bytes_kept:
        assert bytes_kept.read() == data


def test_a_figure_says_where_it_came_from(bring):
    bring(layouts.scorecard(), "scorecard.xlsx")
    reading = reading_of("CS1", Q2)
    assert reading.source == "scorecard.xlsx: Scorecard, row 5"
    assert reading.note == "Fewer calls in August.\nTrend: ↑"


def test_a_published_light_is_kept_and_the_difference_is_listed(bring):
    outcome = bring(layouts.scorecard())
    reading = reading_of("CS3", Q2)
    assert (reading.published_rag, reading.published_word, reading.rating) == (RAG.GREEN, "Green", RAG.AMBER)
    (difference,) = outcome.differences
    assert (difference.reference, difference.published, difference.measured) == ("CS3", RAG.GREEN, RAG.AMBER)
    assert outcome.file_import.counts["differences"][0]["reference"] == "CS3"


def test_words_for_no_figure_are_stored_as_such(bring):
    bring(layouts.scorecard())
    reading = reading_of("CS4", Q2)
    assert (reading.value, reading.state) == (None, ReadingState.AWAITED)
    assert not Reading.objects.filter(indicator__reference="CS5").exists()


def test_the_very_same_file_again_changes_nothing(bring):
    data = layouts.quarters_as_sheets()
    bring(data)
    before = everything()
    outcome = bring(data, "under another name.xlsx")
    assert outcome.what is What.THERE_ALREADY
    assert everything() == before
    assert FileImport.objects.count() == 1


def test_the_same_figures_in_another_file_change_no_row(bring):
    csv = "Ref,Indicator,Good is,Q1 2024/25,Q2 2024/25,Annual target\nA1,Walks,High,12,14,50\n"
    bring(rows_of(csv), "kpis.csv")
    before = everything()
    outcome = bring(rows_of(csv.replace("A1,", "a1 ,")), "again.csv")
    assert (outcome.what, outcome.changes.matched, outcome.changes.readings) == (What.UPDATED, ["a1"], 0)
    assert everything() == before


class TestRevisions:
    """A figure on record is stated otherwise."""

    def test_those_inside_one_file_keep_the_first_figure_and_say_why(self, bring):
        outcome = bring(layouts.quarters_as_sheets(second=415))
        reading = reading_of("CS 01", Q1)
        assert (reading.value, reading.first_value, reading.version) == (415, 410, 2)
        assert reading.history.first().history_change_reason == (
            "Q2 2024-25, row 2 of kpis.xlsx gives 415 instead of 410."
        )
        (revision,) = outcome.revisions
        assert (revision.reference, revision.period, revision.before, revision.after) == ("CS 01", Q1, "410", "415")

    def test_those_of_a_later_file_too(self, bring):
        bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,12\n"), "q1.csv")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25,Q2 2024/25\nA1,Walks,13,15\n"), "q2.csv")
        reading = reading_of("A1", Q1)
        assert (reading.value, reading.first_value) == (13, 12)
        assert reading.history.first().history_change_reason == "q2.csv gives 13 instead of 12."
        (revision,) = outcome.revisions
        assert (revision.period, revision.before, revision.after, revision.at) == (Q1, "12", "13", "line 2")
        assert reading_of("A1", Q2).value == 15

    def test_an_older_file_does_not_bring_an_old_figure_back(self, bring):
        bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,12\n"), "q1.csv")
        bring(rows_of("Ref,Indicator,Q1 2024/25,Q2 2024/25\nA1,Walks,13,15\n"), "q2.csv")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25,Comment\nA1,Walks,12,As first told\n"), "q1 again.csv")
        assert reading_of("A1", Q1).value == 13
        assert outcome.revisions == ()
        assert outcome.changes.kept == ["A1, Q1 2024/25: 13 stays; the file says 12, which it was before"]

    def test_a_word_for_no_figure_does_not_take_a_figure_away(self, bring):
        bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,12\n"), "q1.csv")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,TBC\n"), "q1b.csv")
        assert reading_of("A1", Q1).value == 12
        assert outcome.changes.kept == ["A1, Q1 2024/25: 12 stays; the file says TBC"]

    def test_an_awaited_figure_that_comes_is_no_revision(self, bring):
        bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,NYA\n"), "q1.csv")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,0\n"), "q1b.csv")
        assert (reading_of("A1", Q1).value, outcome.revisions) == (0, ())

    def test_a_figure_that_is_only_rounded_otherwise_is_the_same(self, bring):
        bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Answered in time,95.87%\n"), "q1.csv")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Answered in time,95.9%\n"), "q1b.csv")
        assert (reading_of("A1", Q1).value, outcome.revisions) == (Decimal("95.87"), ())

    def test_a_target_stated_otherwise_is_changed_with_a_reason(self, bring):
        bring(rows_of("Ref,Indicator,Good is,Q1 2024/25,Annual target\nA1,Walks,High,12,50\n"), "q1.csv")
        outcome = bring(rows_of("Ref,Indicator,Good is,Q1 2024/25,Annual target\nA1,Walks,High,12,60\n"), "q2.csv")
        target = Target.objects.get()
        assert (target.value, target.version) == (60, 2)
        assert target.history.first().history_change_reason == "q2.csv gives 60 instead of 50."
        assert [(one.what, one.before, one.after) for one in outcome.revisions] == [("target", "50", "60")]


class TestMatching:
    """Which KPI here a row of the file is."""

    def test_a_reference_here_already_takes_the_figures(self, bring, partnership):
        here = make_indicator(partnership, reference="CS-01", name="Incidents of ASB", polarity="lower")
        outcome = bring(layouts.quarters_as_sheets())
        assert "CS 01" in outcome.changes.matched
        assert here.readings.count() == 3
        here.refresh_from_db()
        assert (here.name, here.reference) == ("Incidents of ASB", "CS-01")

    def test_what_somebody_wrote_stays_and_blanks_are_filled(self, bring, partnership):
        here = make_indicator(partnership, reference="A1", name="Walks", source="", definition="Ours")
        bring(rows_of("Ref,Indicator,Definition,Data source,Q1 2024/25\nA1,Walks,Theirs,Police,12\n"), "kpis.csv")
        here.refresh_from_db()
        assert (here.definition, here.source) == ("Ours", "Police")

    def test_a_reference_that_is_another_kpi_s_is_left_out(self, bring, partnership):
        here = make_indicator(partnership, reference="A1", name="Burglaries of dwellings")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,School visits,12\n"), "kpis.csv")
        assert here.readings.count() == 0
        assert outcome.changes.left_out == [
            "A1: the reference is that of “Burglaries of dwellings” here, and the file calls it “School visits”"
        ]

    def test_a_kpi_in_another_unit_is_left_out(self, bring, partnership):
        here = make_indicator(partnership, reference="A1", name="Calls answered", unit="number")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Calls answered,95.9%\n"), "kpis.csv")
        assert here.readings.count() == 0
        assert outcome.changes.left_out == ["A1: is measured here as “Number”, in the file as “Per cent”"]

    def test_an_archived_kpi_takes_no_figures(self, bring, partnership, manager):
        here = make_indicator(partnership, reference="A1", name="Walks")
        archive_indicator(indicator=here, reason="Given up", by=manager)
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,12\n"), "kpis.csv")
        assert outcome.changes.left_out == ["A1: is archived here and takes no more figures"]

    def test_new_ones_only(self, bring, partnership):
        here = make_indicator(partnership, reference="A1", name="Walks")
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks,12\nA2,Talks,7\n"), "kpis.csv", update=False)
        assert (here.readings.count(), outcome.changes.made) == (0, ["A2"])

    def test_without_references_the_same_table_meets_its_own_kpis_and_no_plan_s(self, bring, partnership):
        make_indicator(partnership, reference="", name="Walks")  # of a plan's cell
        bring(rows_of("Indicator,Target,Q1 2024/25\nWalks,10,12\n"), "q1.csv")
        outcome = bring(rows_of("Indicator,Target,Q2 2024/25\nWALKS,10,14\n"), "q2.csv")
        assert Indicator.objects.count() == 2
        assert outcome.changes.by_words == ["“WALKS”"]

    def test_one_reference_for_two_kpis_is_kept_by_the_first(self, bring):
        bring(rows_of("Ref,Indicator,Q1 2024/25\nA1,Walks with the police,12\nA1,Talks in schools,7\n"), "kpis.csv")
        assert list(Indicator.objects.order_by("pk").values_list("reference", "name")) == [
            ("A1", "Walks with the police"), ("", "Talks in schools"),
        ]  # fmt: skip

    def test_an_agency_is_taken_only_by_its_own_name(self, bring, partnership):
        police = make_agency(partnership, "Essex Police", short_name="Police")
        make_agency(make_partnership(), "Fire")
        bring(rows_of("Ref,Indicator,Lead,Q1 2024/25\nA1,Walks,police,1\nA2,Talks,Fire,2\n"), "kpis.csv")
        assert [one.agency for one in Indicator.objects.order_by("reference")] == [police, None]


class TestTwoPartnerships:
    """No KPI, figure or file of another partnership is ever met."""

    def test_the_same_reference_elsewhere_is_not_matched(self, bring, partnership):
        foreign = make_indicator(make_partnership(), reference="CS1", name="Number of ASB incidents")
        outcome = bring(layouts.scorecard())
        assert outcome.what is What.MADE
        assert foreign.readings.count() == 0
        assert Indicator.objects.filter(reference="CS1").count() == 2

    def test_the_same_file_elsewhere_is_another_import(self, bring, partnership):
        other = make_partnership()
        data = layouts.scorecard()
        commit_indicators(
            tree=read_indicators(data, "kpis.xlsx"), file=SourceFile("kpis.xlsx", data), partnership=other,
            by=make_manager(other), now=NOW,
        )  # fmt: skip
        assert bring(data).what is What.MADE
        assert partnership.indicators.count() == other.indicators.count() == 5

    def test_a_preview_of_another_partnership_is_refused(self, partnership, manager):
        other = make_partnership()
        preview = FileImport(
            partnership=other, kind=ImportKind.INDICATORS, name="x", sha256="0" * 64, imported_by=make_manager(other)
        )
        with pytest.raises(Foreign):
            commit_indicators(
                tree=read_indicators(layouts.scorecard(), "x.xlsx"), file=preview, partnership=partnership,
                by=manager, now=NOW,
            )  # fmt: skip


class TestWhichQuarter:
    """A file that speaks of "this quarter" and does not say which."""

    DATA = rows_of("Ref,Indicator,Previous,This quarter\nA1,Walks,11,12\n")

    def test_is_refused_and_leaves_nothing(self, bring):
        with pytest.raises(NotSettled, match="does not say which quarter “Previous”, “This quarter” are for"):
            bring(self.DATA, "kpis.csv")
        assert not Indicator.objects.exists()
        assert not FileImport.objects.exists()

    def test_is_taken_when_somebody_says(self, bring):
        bring(self.DATA, "kpis.csv", quarter=Quarter(2024, 2))
        assert [(one.period, one.value) for one in Reading.objects.all()] == [(Q1, 11), (Q2, 12)]


def test_a_refused_import_changes_nothing(bring, monkeypatch):
    def refuse(**_):
        raise ValidationError("No.")

    monkeypatch.setattr("indicators.importing.taking.set_target", refuse)
    with pytest.raises(ValidationError):
        bring(layouts.scorecard())
    assert not Indicator.objects.exists()
    assert not FileImport.objects.exists()


class TestUndo:
    """An import of KPIs is taken back whole."""

    def test_what_it_made_goes_and_what_it_revised_is_as_before(self, bring, partnership, manager):
        here = make_indicator(partnership, reference="A1", name="Walks")
        record_reading(indicator=here, period=Q1, value=12, by=manager)
        outcome = bring(rows_of("Ref,Indicator,Q1 2024/25,Q2 2024/25\nA1,Walks,13,15\nA2,Talks,7,8\n"), "kpis.csv")
        undo(file_import=outcome.file_import, version=outcome.file_import.version, by=manager, now=NOW)
        assert [one.reference for one in Indicator.objects.all()] == ["A1"]
        assert [(one.period, one.value) for one in Reading.objects.all()] == [(Q1, 12)]

    def test_the_file_can_be_brought_again(self, bring, manager):
        data = layouts.quarters_as_sheets()
        outcome = bring(data)
        undo(file_import=outcome.file_import, version=outcome.file_import.version, by=manager, now=NOW)
        assert bring(data).what is What.MADE

    def test_not_once_somebody_has_worked_on_it(self, bring, manager):
        outcome = bring(layouts.scorecard())
        indicator = Indicator.objects.get(reference="CS1")
        change_indicator(indicator=indicator, version=indicator.version, name="ASB", by=manager)
        with pytest.raises(ValidationError, match="Changed or added since"):
            undo(file_import=outcome.file_import, version=outcome.file_import.version, by=manager, now=NOW)

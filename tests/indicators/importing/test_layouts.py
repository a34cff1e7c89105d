"""Tables of KPIs as councils lay them out, each with all that is to be read in it."""

from decimal import Decimal

import pytest

from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from indicators.importing import IndicatorsRefused, IndicatorTree, read_indicators
from indicators.importing.tree import IndicatorRead
from indicators.values import BaselineState, Frequency, Polarity, ReadingState, RollUp, TargetKind, Unit
from tests.indicators.importing import layouts


def figures(read: IndicatorRead) -> dict[str, str]:
    """Each period's figure, or the word for why there is none."""
    return {one.period.code: f"{one.value:f}" if one.value is not None else one.state.value for one in read.readings}


def lights(read: IndicatorRead) -> dict[str, str]:
    return {one.period.code: one.published_rag.value for one in read.readings if one.published_rag is not None}


def targets(read: IndicatorRead) -> dict[str, str]:
    return {one.period.code: f"{one.value:f}" if one.value is not None else one.text for one in read.targets}


def by_reference(tree: IndicatorTree) -> dict[str, IndicatorRead]:
    return {read.reference: read for read in tree.indicators}


class TestScorecard:
    """Previous, this quarter, target, status, trend and comment, below two rows of titles."""

    @pytest.fixture(scope="class")
    @classmethod
    def tree(cls):
        return read_indicators(layouts.scorecard(), "scorecard.xlsx")

    def test_the_counts(self, tree):
        found = tree.summary()
        assert (found["indicators"], found["baselines"], found["targets"], found["readings"]) == (5, 0, 4, 8)
        assert found["rag"] == {"green": 2, "amber": 1, "red": 0, "complete": 0, "none": 5}
        assert tree.quarter == Quarter(2024, 2)
        assert tree.title == "Community Safety scorecard"

    def test_previous_is_the_quarter_before(self, tree):
        found = by_reference(tree)
        assert figures(found["CS1"]) == {"2024-25-Q1": "430", "2024-25-Q2": "412"}
        assert figures(found["CS2"]) == {"2024-25-Q1": "93.0", "2024-25-Q2": "95.9"}

    def test_words_for_no_figure_are_no_nought(self, tree):
        found = by_reference(tree)
        assert figures(found["CS4"]) == {"2024-25-Q1": "41", "2024-25-Q2": "awaited"}
        assert figures(found["CS5"]) == {}
        assert targets(found["CS4"]) == {"2024-25-Q2": "TBC"}
        assert targets(found["CS5"]) == {}

    def test_lights_stand_beside_the_figure_of_this_quarter(self, tree):
        found = by_reference(tree)
        assert lights(found["CS1"]) == {"2024-25-Q2": "amber"}
        assert lights(found["CS4"]) == {"2024-25-Q2": "not_rated"}
        assert found["CS4"].readings[-1].published_word == "Grey"

    def test_comment_and_trend_become_the_note(self, tree):
        assert by_reference(tree)["CS1"].readings[-1].note == "Fewer calls in August.\nTrend: ↑"

    def test_which_way_is_better_is_read_in_the_name_or_seen_in_the_lights_or_asked(self, tree):
        found = by_reference(tree)
        assert found["CS1"].polarity is Polarity.LOWER
        assert (found["CS2"].polarity, found["CS2"].polarity_why) == (Polarity.HIGHER, "its lights show it")
        assert found["CS5"].polarity is Polarity.MONITOR
        asked = {question.word for question in tree.questions if question.kind == "polarity"}
        assert asked == {"CS2", "CS4", "CS5"}

    def test_headed_rows_are_groups_and_the_key_is_no_kpi(self, tree):
        assert by_reference(tree)["CS3"].group == "Priority 2: Violence"
        assert (tree.rows["section"], tree.rows["legend"], tree.rows["title"]) == (2, 1, 2)
        assert any(words.at == "Scorecard, row 11" and "Amber" in words.words for words in tree.not_used)

    def test_the_rule_would_give_one_other_light(self, tree):
        (difference,) = tree.differences
        assert (difference.reference, difference.published, difference.measured) == ("CS3", RAG.GREEN, RAG.AMBER)
        assert difference.why.startswith("176 misses the target of 170 by 6 (3.5%)")


class TestQuartersAsColumns:
    """Four quarters under their year, lights as colours, one target for all."""

    @pytest.fixture(scope="class")
    @classmethod
    def tree(cls):
        return read_indicators(layouts.quarters_as_columns(), "kpis.xlsx")

    def test_the_counts(self, tree):
        found = tree.summary()
        assert (found["indicators"], found["baselines"], found["targets"], found["readings"]) == (3, 3, 6, 9)
        assert found["rag"] == {"green": 4, "amber": 1, "red": 1, "complete": 0, "none": 3}
        assert tree.quarter == Quarter(2024, 3)

    def test_each_quarter_has_its_figure(self, tree):
        found = by_reference(tree)
        assert figures(found["1.1"]) == {"2024-25-Q1": "410", "2024-25-Q2": "455", "2024-25-Q3": "420"}
        assert figures(found["1.10"])["2024-25-Q3"] == "awaited"
        assert figures(found["1.2"]) == {"2024-25-Q1": "91.2", "2024-25-Q2": "88.5", "2024-25-Q3": "90.3"}

    def test_three_greens_are_one(self, tree):
        assert lights(by_reference(tree)["1.1"]) == {
            "2024-25-Q1": "green", "2024-25-Q2": "amber", "2024-25-Q3": "green",
        }  # fmt: skip

    def test_one_target_is_the_year_s_for_a_count_and_each_quarter_s_for_a_share(self, tree):
        found = by_reference(tree)
        assert targets(found["1.1"]) == {"2024-25-year": "1700"}
        assert set(targets(found["1.2"]).values()) == {"90"}
        assert len(found["1.2"].targets) == 4

    def test_baselines_carry_the_year_of_their_heading(self, tree):
        (baseline,) = by_reference(tree)["1.1"].baselines
        assert (baseline.label, baseline.value, baseline.is_primary) == ("2023/24", Decimal(1800), True)
        (other,) = by_reference(tree)["1.10"].baselines
        assert (other.value, other.state) == (None, BaselineState.NEW_INITIATIVE)

    def test_references_that_end_in_nought_stay_themselves(self, tree):
        assert [read.reference for read in tree.indicators] == ["1.1", "1.10", "1.2"]


class TestQuartersAsSheets:
    """A sheet for each quarter, references spelt three ways."""

    @pytest.fixture(scope="class")
    @classmethod
    def tree(cls):
        return read_indicators(layouts.quarters_as_sheets(), "kpis.xlsx")

    def test_sheets_meet_on_the_reference(self, tree):
        assert [read.reference for read in tree.indicators] == ["CS 01", "CS 02", "CS03"]
        assert figures(tree.indicators[1]) == {"2023-24-Q4": "21", "2024-25-Q1": "19", "2024-25-Q2": "25"}

    def test_letters_are_lights(self, tree):
        assert lights(tree.indicators[1]) == {"2024-25-Q1": "green", "2024-25-Q2": "red"}

    def test_a_later_sheet_revises_an_earlier_one(self, tree):
        reading = tree.indicators[0].readings[1]
        assert (reading.value, [one.value for one in reading.earlier]) == (Decimal(415), [Decimal(410)])
        (revision,) = tree.revisions
        assert (revision.reference, revision.period.code) == ("CS 01", "2024-25-Q1")
        assert (revision.before, revision.after, revision.at) == ("410", "415", "Q2 2024-25, row 2")

    def test_the_target_says_which_way_is_better(self, tree):
        assert {read.polarity for read in tree.indicators} == {Polarity.LOWER}
        assert targets(tree.indicators[0]) == {"2024-25-Q1": "420", "2024-25-Q2": "420"}


class TestPolarityHintsAndGrey:
    """A Word table: which way is good in a column, grey lights, a rate, money and a row that runs on."""

    @pytest.fixture(scope="class")
    @classmethod
    def tree(cls):
        return read_indicators(layouts.derbyshire(), "performance.docx")

    def test_good_to_be_low(self, tree):
        found = by_reference(tree)
        assert [found[name].polarity for name in ("NI 15", "NI 20", "LI 4")] == [
            Polarity.LOWER, Polarity.LOWER, Polarity.HIGHER,
        ]  # fmt: skip

    def test_units(self, tree):
        found = by_reference(tree)
        assert (found["NI 15"].unit, found["NI 15"].rate_per, found["NI 15"].decimals) == (Unit.RATE, 1000, 2)
        assert (found["NI 20"].unit, found["NI 20"].roll_up) == (Unit.NUMBER, RollUp.SUM)
        assert (found["NI 32"].unit, found["NI 32"].roll_up) == (Unit.PER_CENT, RollUp.LATEST)
        assert found["LI 4"].unit is Unit.POUNDS

    def test_last_year_s_outturn_is_a_year_s_figure_and_the_target_a_year_s(self, tree):
        found = by_reference(tree)
        assert figures(found["NI 20"]) == {"2008-09-year": "3204", "2009-10-Q3": "702"}
        assert targets(found["NI 20"]) == {"2009-10-year": "3100"}

    def test_grey_is_kept_as_published_and_is_no_light(self, tree):
        reading = by_reference(tree)["NI 38"].readings[-1]
        assert (reading.published_rag, reading.published_word) == (RAG.NOT_RATED, "Grey")
        assert reading.state is ReadingState.NOT_AVAILABLE

    def test_blue_is_asked_about(self, tree):
        (asked,) = [question for question in tree.questions if question.kind == "light"]
        assert (asked.word, asked.ats) == ("Blue", ("Table 1, row 7",))
        assert lights(by_reference(tree)["LI 4"]) == {"2009-10-Q3": "not_rated"}

    def test_a_row_without_reference_and_name_runs_on(self, tree):
        assert by_reference(tree)["NI 32"].readings[-1].note == "Missed by 1.4 points\nSmall numbers"


class TestMonths:
    """Months side by side in a .csv file; each KPI has a row of figures, one of targets and one of lights."""

    @pytest.fixture(scope="class")
    @classmethod
    def tree(cls):
        return read_indicators(layouts.months(), "dashboard.csv")

    def test_figures_targets_and_lights_of_each_month(self, tree):
        first = tree.indicators[0]
        assert (first.reference, first.name, first.frequency) == ("CS1", "Shoplifting offences", Frequency.MONTH)
        assert figures(first) == {"2024-04": "34", "2024-05": "41", "2024-06": "38"}
        assert targets(first) == dict.fromkeys(("2024-04", "2024-05", "2024-06", "2024-07"), "40")
        assert lights(first) == {"2024-04": "green", "2024-05": "amber", "2024-06": "green"}

    def test_percentages_in_three_ways(self, tree):
        assert figures(tree.indicators[1]) == {"2024-04": "91.2", "2024-05": "93.4", "2024-06": "95.9"}
        assert any(warning.startswith("Fractions were read as percentages") for warning in tree.warnings)

    def test_the_lights_show_which_way_is_better(self, tree):
        assert [read.polarity for read in tree.indicators] == [Polarity.LOWER, Polarity.HIGHER]


def test_a_heading_in_two_rows_divides_each_quarter_into_figure_target_and_light():
    tree = read_indicators(
        layouts.workbook({"2024-25": [
            ["Ref", "Indicator", "Unit", "Quarter 1", None, None, "Quarter 2", None, None],
            [None, None, None, "Actual", "Target", "RAG", "Actual", "Target", "RAG"],
            ["A1", "Calls answered", "%", 0.95, 0.9, "G", 0.88, 0.9, "A"],
            ["A2", "Thefts", "Number", 12, 10, "R", 9, 10, "G"],
        ]}),
        "kpis.xlsx",
    )  # fmt: skip
    found = by_reference(tree)
    assert figures(found["A1"]) == {"2024-25-Q1": "95", "2024-25-Q2": "88"}
    assert targets(found["A1"]) == {"2024-25-Q1": "90", "2024-25-Q2": "90"}
    assert lights(found["A2"]) == {"2024-25-Q1": "red", "2024-25-Q2": "green"}
    assert found["A2"].polarity is Polarity.LOWER


def test_tables_of_one_document_may_be_one_table_cut_by_pages():
    headings = ["Ref", "Measure", "Target", "Q1 2024/25", "Q2 2024/25"]
    tree = read_indicators(
        layouts.document(
            [headings, ["1", "Walks", "10", "9", "11"]],
            [["2", "Talks", "20", "21", "19"]],
            [headings, ["3", "Visits", "5", "4", "6"]],
        ),
        "kpis.docx",
    )
    assert [(read.reference, figures(read)["2024-25-Q2"]) for read in tree.indicators] == [
        ("1", "11"), ("2", "19"), ("3", "6"),
    ]  # fmt: skip


def test_a_reference_that_two_kpis_share_is_the_first_one_s_on_every_sheet():
    rows = [["Ref", "Indicator", "Actual"], ["A1", "Walks with the police", 12], ["A1", "Talks in schools", 7]]
    tree = read_indicators(layouts.workbook({"Q1 2024-25": rows, "Q2 2024-25": rows}), "kpis.xlsx")
    assert [(read.reference, read.name, len(read.readings)) for read in tree.indicators] == [
        ("A1", "Walks with the police", 2), ("", "Talks in schools", 2),
    ]  # fmt: skip
    assert sum("two KPIs cannot share it" in warning for warning in tree.warnings) == 1


def test_a_reference_in_front_of_the_name_is_the_reference():
    rows = "Performance indicator,Q1 2024/25,Q2 2024/25\nCS1: Walks,9,11\nCS2: Talks,20,19\n"
    tree = read_indicators(rows.encode(), "kpis.csv")
    assert [(read.reference, read.name) for read in tree.indicators] == [("CS1", "Walks"), ("CS2", "Talks")]


def test_targets_as_bands_changes_and_words():
    rows = [
        "Ref,Indicator,Good performance,Q1 2024/25,Annual target",
        "A,Occupancy %,,82%,80-85%",
        "B,Burglaries,Low,410,5% reduction",
        "C,Fires,Low,12,Monitor only",
        "D,Visits,High,12,At least 40 by March",
    ]
    found = by_reference(read_indicators("\n".join(rows).encode(), "kpis.csv"))
    (band,) = found["A"].targets
    assert (band.low, band.high, found["A"].polarity) == (Decimal(80), Decimal(85), Polarity.BAND)
    (change,) = found["B"].targets
    assert (change.kind, change.value) == (TargetKind.PER_CENT_CHANGE, Decimal(-5))
    assert found["C"].targets == ()
    assert targets(found["D"]) == {"2024-25-year": "40"}


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(b"Minutes of the meeting\nAll were present.\n", "minutes.txt", id="no table"),
        pytest.param(b"Ref,Action,Lead,By when\n1,Walk,Police,May\n", "plan.csv", id="a plan, not KPIs"),
        pytest.param(b"Ref,Indicator,Target,Q1\n", "kpis.csv", id="headings and nothing below"),
    ],
)
def test_a_file_without_kpis_is_refused_in_one_sentence(data, name):
    with pytest.raises(IndicatorsRefused, match=rf"^{name} holds no table of KPIs"):
        read_indicators(data, name)

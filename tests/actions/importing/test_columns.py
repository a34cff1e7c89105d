"""Headings tell what the columns mean, in any case, wording and order."""

import pytest

from actions.importing.columns import Meaning, is_heading_row, read_columns, same_headings
from actions.importing.evidence import evidence_of
from csp_tracker.grids import Cell

MALDON_2009 = ["No.", "IMPROVEMENT OUTCOME", "KEY ACTIONS", "PERFORMANCE INDICATORS", "BASELINE"]
MALDON_2015 = ["Objective", "Action/Outcome", "Timescale", "Progress"]


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("No.", Meaning.NUMBER),
        ("Ref", Meaning.NUMBER),
        ("Action no.", Meaning.NUMBER),
        ("Priority", Meaning.PRIORITY),
        ("Theme", Meaning.PRIORITY),
        ("Aim", Meaning.PRIORITY),
        ("improvement outcome", Meaning.OBJECTIVE),
        ("Objectives", Meaning.OBJECTIVE),
        ("KEY ACTIONS", Meaning.ACTION),
        ("What we will do", Meaning.ACTION),
        ("Task", Meaning.ACTION),
        ("Action/Outcome", Meaning.ACTION),
        ("Expected outcome", Meaning.EXPECTED_OUTCOME),
        ("Performance\nindicators", Meaning.INDICATOR),
        ("KPI", Meaning.INDICATOR),
        ("Measure of success", Meaning.INDICATOR),
        ("Baseline 2008/09", Meaning.BASELINE),
        ("Target 2009/10", Meaning.TARGET),
        ("Target date", Meaning.TIMESCALE),
        ("By when?", Meaning.TIMESCALE),
        ("Deadline", Meaning.TIMESCALE),
        ("Start date", Meaning.STARTS),
        ("OUTCOME/ MEASURABLE PROGRESS", Meaning.PROGRESS),
        ("Q1 update", Meaning.PROGRESS),
        ("WORK NEEDED", Meaning.WORK_NEEDED),
        ("Next steps", Meaning.WORK_NEEDED),
        ("TRAFFIC LIGHT", Meaning.RAG),
        ("BRAG", Meaning.RAG),
        ("Status", Meaning.RAG),
        ("Lead officer", Meaning.LEAD),
        ("Responsible agency", Meaning.LEAD),
        ("Partners", Meaning.SUPPORTING),
        ("Resources", Meaning.RESOURCES),
        ("Comments", Meaning.COMMENT),
        ("S/N", Meaning.NUMBER),
        ("Action ref.", Meaning.NUMBER),
        ("Strategic aim", Meaning.PRIORITY),
        ("Work stream", Meaning.PRIORITY),
        ("What do we want to achieve?", Meaning.OBJECTIVE),
        ("Recommendation", Meaning.OBJECTIVE),
        ("Aims & Description", Meaning.OBJECTIVE),
        ("What are we going to do?", Meaning.ACTION),
        ("How will we do it?", Meaning.ACTION),
        ("Action to take", Meaning.ACTION),
        ("Key deliverables", Meaning.ACTION),
        ("Desired outcomes", Meaning.EXPECTED_OUTCOME),
        ("How we’ll know", Meaning.INDICATOR),
        ("Success criteria", Meaning.INDICATOR),
        ("What will success look like?", Meaning.INDICATOR),
        ("Starting position", Meaning.BASELINE),
        ("Achievements to date", Meaning.PROGRESS),
        ("Commentary", Meaning.PROGRESS),
        ("What has been done", Meaning.PROGRESS),
        ("Q3 2015/16", Meaning.PROGRESS),
        ("Jul – Sep", Meaning.PROGRESS),
        ("Actions outstanding", Meaning.ACTION),
        ("Outstanding actions", Meaning.WORK_NEEDED),
        ("What is still to be done", Meaning.WORK_NEEDED),
        ("R/A/G", Meaning.RAG),
        ("B R A G", Meaning.RAG),
        ("RAGB status", Meaning.RAG),
        ("Colour code", Meaning.RAG),
        ("To be completed by", Meaning.TIMESCALE),
        ("Completion date", Meaning.TIMESCALE),
        ("Timeline", Meaning.TIMESCALE),
        ("Outcome to date", Meaning.PROGRESS),
        ("Target completion", Meaning.TIMESCALE),
        ("Timescale Start", Meaning.STARTS),
        ("Timescale End", Meaning.TIMESCALE),
        ("Action Expected outcome", Meaning.EXPECTED_OUTCOME),
        ("Review date", Meaning.TIMESCALE),
        ("Date raised", Meaning.UNKNOWN),
        ("Date added to plan", Meaning.UNKNOWN),
        ("Actual completion date", Meaning.UNKNOWN),
        ("Led by", Meaning.LEAD),
        ("Who is accountable?", Meaning.LEAD),
        ("Supported by", Meaning.SUPPORTING),
        ("Stakeholders", Meaning.SUPPORTING),
        ("Budget (£)", Meaning.RESOURCES),
        ("Spend to date", Meaning.RESOURCES),
        ("Priority lead", Meaning.LEAD),
        ("Risks", Meaning.COMMENT),
        ("Ward", Meaning.UNKNOWN),
        ("", Meaning.UNKNOWN),
    ],
)
def test_a_heading_alone(heading, meaning):
    assert read_columns([heading])[0].meaning is meaning


def test_the_surer_claim_wins_a_meaning():
    meanings = [column.meaning for column in read_columns(["Outcome", "Objective", "Actions", "Status", "RAG status"])]
    assert meanings.count(Meaning.OBJECTIVE) == 1
    assert meanings[1] is Meaning.OBJECTIVE
    assert meanings[4] is Meaning.RAG
    assert meanings[3] is not Meaning.RAG


def test_progress_may_have_several_columns():
    columns = read_columns(["Action", "Q1 update", "Q2 update"])
    assert [column.meaning for column in columns[1:]] == [Meaning.PROGRESS, Meaning.PROGRESS]


def test_who_owns_the_action_leads_it_and_not_who_leads_the_priority():
    meanings = [column.meaning for column in read_columns(["Priority", "Priority lead", "Action", "Owner"])]
    assert meanings == [Meaning.PRIORITY, Meaning.UNKNOWN, Meaning.ACTION, Meaning.LEAD]


def test_money_spent_to_date_is_no_progress():
    meanings = [column.meaning for column in read_columns(["Action", "Budget", "Spend to date"])]
    assert meanings == [Meaning.ACTION, Meaning.RESOURCES, Meaning.UNKNOWN]


def test_when_it_starts_is_not_when_it_is_due():
    columns = read_columns(["Action", "Timescale Start", "Timescale End"])
    assert [column.meaning for column in columns[1:]] == [Meaning.STARTS, Meaning.TIMESCALE]


def test_the_current_lights_come_before_the_previous_ones_whatever_the_cells_say():
    columns = read_columns(["Action", "Previous RAG", "Current RAG"], evidence=[{}, {Meaning.RAG: 9}, {}])
    assert columns[2].meaning is Meaning.RAG


@pytest.mark.parametrize(
    ("heading", "cells", "meaning"),
    [
        pytest.param("Milestone", ["31/12/2025", "30 June 2025", "monthly"], Meaning.TIMESCALE, id="dates"),
        pytest.param("Milestone", ["Strategy agreed", "30 June 2025"], None, id="words"),
        pytest.param("Last update", ["1 October 2025", "-", "12/09/25"], Meaning.COMMENT, id="when it was updated"),
        pytest.param("Last update", ["Two sessions held", "None yet"], None, id="what was updated"),
    ],
)
def test_a_vague_heading_is_told_by_its_cells(heading, cells, meaning):
    evidence = evidence_of(heading, [Cell(text) for text in cells])
    assert max(evidence, key=evidence.get, default=None) is meaning


def test_names_are_unique_and_blank_ones_called_by_their_place():
    assert [column.heading for column in read_columns(["Action", "Note", "Note", "", "Note"])] == [
        "Action",
        "Note",
        "Note (2)",
        "Column 4",
        "Note (3)",
    ]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(MALDON_2009, True, id="2009-10"),
        pytest.param(MALDON_2015, True, id="2015"),
        pytest.param(["1.1", "Action plan for schools", "", "GREEN"], False, id="a row"),
        pytest.param(["Action plan 2015", ""], False, id="a title"),
        pytest.param(["Indicator", "Target", "Baseline"], False, id="a table of KPIs"),
        pytest.param(["Objective", "x" * 81], False, id="long words"),
        pytest.param(["", ""], False, id="blank"),
    ],
)
def test_which_row_is_the_headings(texts, expected):
    assert is_heading_row(texts) is expected


def test_headings_are_the_same_whatever_case_and_marks():
    columns = read_columns(MALDON_2015)
    assert same_headings(["OBJECTIVE:", "action / outcome", " Timescale", "Progress"], columns)
    assert not same_headings(["Objective", "Action/Outcome", "Timescale", "Update"], columns)


class TestColumnsOfLights:
    @staticmethod
    def meanings(*headings: str) -> list[str]:
        return [column.meaning.value for column in read_columns(headings)]

    def test_each_quarter_may_have_one(self):
        assert self.meanings("Action", "Q1 RAG", "Q2 RAG") == ["action", "rag", "rag"]

    def test_the_previous_one_counts_for_nothing(self):
        columns = read_columns(["Action", "Previous RAG", "RAG"])
        assert [column.meaning for column in columns[1:]] == [Meaning.RAG, Meaning.RAG]
        assert columns[1].recency < columns[2].recency

    @pytest.mark.parametrize(
        "colours", [("R", "A", "G"), ("Red", "Amber", "Green"), ("Status R", "Status A", "Status G")]
    )
    def test_each_colour_may_have_one_to_tick(self, colours):
        assert self.meanings("Action", *colours) == ["action", "rag", "rag", "rag"]

    def test_one_letter_alone_is_no_colour(self):
        assert self.meanings("Action", "R") == ["action", ""]


class TestDecidedAndEvident:
    def test_a_decision_wins_over_a_surer_heading(self):
        columns = read_columns(["Action", "Task"], decided={"Task": Meaning.ACTION})
        assert [(column.meaning, column.sure) for column in columns] == [(Meaning.UNKNOWN, 0), (Meaning.ACTION, 10)]

    def test_cells_tell_what_a_heading_does_not(self):
        columns = read_columns(["Action", "Position", "Q1"], evidence=[{}, {}, {Meaning.RAG: 9}])
        assert [column.meaning for column in columns[1:]] == [Meaning.PROGRESS, Meaning.RAG]

    def test_what_was_lost_to_another_column_is_told(self):
        columns = read_columns(["Key actions", "Activities", "Ward"])
        assert [column.lost for column in columns] == [None, Meaning.ACTION, None]

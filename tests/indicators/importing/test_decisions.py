"""What a person decides about the reading of a table of KPIs, and what comes of it."""

import pytest

from csp_tracker.grids import read_grids
from csp_tracker.periods import FinancialYear, Period, Quarter
from csp_tracker.rag import RAG
from indicators.importing import IndicatorDecisions, IndicatorsRefused, indicators_in
from indicators.importing.decisions import RowDecision
from indicators.importing.meanings import Meaning
from indicators.importing.tree import RowKind
from indicators.values import Polarity
from tests.indicators.importing import layouts


def read(data, name="kpis.xlsx", **decided):
    return indicators_in(read_grids(data, name), IndicatorDecisions(**decided))


def references(tree):
    return [one.reference for one in tree.indicators]


def kinds(tree):
    return {reading.at: reading.kind for reading in tree.readings}


def test_a_table_can_be_left_out():
    tree = read(layouts.quarters_as_sheets(), tables={"Q2 2024-25": False})
    assert references(tree) == ["CS 01", "CS 02"]
    assert [(table.name, table.is_used) for table in tree.tables] == [("Q1 2024-25", True), ("Q2 2024-25", False)]
    assert any(words.at == "Q2 2024-25, row 4" for words in tree.not_used)


def test_with_every_table_left_out_there_is_nothing():
    with pytest.raises(IndicatorsRefused):
        read(layouts.scorecard(), tables={"Scorecard": False})


def test_the_row_of_headings_can_be_shown():
    data = b"Code,What,How many,Wanted\nA1,Walks,12,10\n"
    with pytest.raises(IndicatorsRefused):
        read(data, "kpis.csv")
    tree = read(
        data,
        "kpis.csv",
        headings={"Text": 1},
        columns={"What": Meaning.NAME, "How many": Meaning.FIGURE, "Wanted": Meaning.TARGET},
        quarter=Quarter(2024, 2),
    )
    (walks,) = tree.indicators
    assert (walks.reference, walks.name, walks.readings[0].value, walks.targets[0].value) == ("A1", "Walks", 12, 10)


def test_a_column_can_mean_something_else():
    data = b"Ref,Indicator,Last year,Q1 2024/25\nA1,Walks,40,12\n"
    assert [one.period.code for one in read(data, "kpis.csv").indicators[0].readings] == ["2024-25-Q1"]
    (asked,) = [one for one in read(data, "kpis.csv").questions if one.kind == "columns"]
    assert asked.word == "Last year"
    tree = read(data, "kpis.csv", columns={"Last year": Meaning.LAST_YEAR})
    assert [one.period.code for one in tree.indicators[0].readings] == ["2023-24-year", "2024-25-Q1"]
    (column,) = [one for one in tree.columns if one.heading == "Last year"]
    assert (column.meaning, column.sure, column.examples) == (Meaning.LAST_YEAR, 10, ("40",))


def test_what_a_column_means_is_the_same_next_quarter():
    data = b"Ref,Indicator,Q2 2024/25 seen,Q2 2024/25 wanted\nA1,Walks,12,10\n"
    tree = read(data, "kpis.csv", columns={"Q1 2024/25 seen": Meaning.FIGURE, "Q1 2024/25 wanted": Meaning.TARGET})
    (walks,) = tree.indicators
    assert [(one.period.code, one.value) for one in walks.readings] == [("2024-25-Q2", 12)]
    assert [(one.period.code, one.value) for one in walks.targets] == [("2024-25-Q2", 10)]


@pytest.mark.parametrize(
    ("decision", "kind"),
    [
        (RowDecision.KPI, RowKind.KPI),
        (RowDecision.NOTE, RowKind.NOTE),
        (RowDecision.LEGEND, RowKind.LEGEND),
        (RowDecision.SECTION, RowKind.SECTION),
        (RowDecision.JOIN, RowKind.CONTINUATION),
    ],
)
def test_a_row_can_be_something_else(decision, kind):
    tree = read(layouts.scorecard(), rows={"Scorecard, row 9": decision})
    assert kinds(tree)["Scorecard, row 9"] is kind
    (reading,) = [one for one in tree.readings if one.at == "Scorecard, row 9"]
    assert reading.why == "as decided"
    assert ("CS4" in references(tree)) == (decision is RowDecision.KPI)


def test_a_light_can_be_told_for_a_word_or_for_a_row():
    by_word = read(layouts.derbyshire(), "kpis.docx", lights={"blue": RAG.GREEN})
    assert by_word.indicators[-1].readings[-1].published_rag is RAG.GREEN
    assert not [one for one in by_word.questions if one.kind == "light"]
    by_row = read(layouts.derbyshire(), "kpis.docx", row_lights={"Table 1, row 7": RAG.AMBER})
    reading = by_row.indicators[-1].readings[-1]
    assert (reading.published_rag, reading.published_word) == (RAG.AMBER, "Blue")


def test_the_quarter_of_a_table_can_be_told():
    tree = read(layouts.scorecard(), periods={"Scorecard": Period.parse("2025-26-Q1")})
    assert [one.period.code for one in tree.indicators[0].readings] == ["2024-25-Q4", "2025-26-Q1"]


def test_the_quarter_told_for_the_file_is_that_of_a_single_table_only():
    assert read(layouts.scorecard(), quarter=Quarter(2025, 1)).quarter == Quarter(2025, 1)
    assert read(layouts.quarters_as_sheets(), quarter=Quarter(2025, 1)).quarter == Quarter(2024, 2)


def test_which_way_is_better_can_be_told_and_rates_the_figures():
    tree = read(layouts.scorecard(), polarities={"Scorecard, row 6": Polarity.LOWER})
    assert (tree.indicators[1].polarity, tree.indicators[1].polarity_why) == (Polarity.LOWER, "as decided")
    assert [one.reference for one in tree.differences] == ["CS2", "CS3"]


def test_nothing_decided_is_the_guess():
    assert read(layouts.scorecard()).to_json() == indicators_in(read_grids(layouts.scorecard(), "kpis.xlsx")).to_json()


def test_decisions_go_to_json_and_back():
    decided = IndicatorDecisions(
        tables={"Notes": False},
        headings={"KPIs": 3},
        columns={"Wards": Meaning.GROUP},
        rows={"KPIs, row 4": RowDecision.SECTION},
        lights={"blue": RAG.GREEN},
        row_lights={"KPIs, row 5": RAG.RED},
        periods={"KPIs": Period.parse("2024-06")},
        polarities={"KPIs, row 5": Polarity.LOWER},
        year=FinancialYear(2024),
        quarter=Quarter(2024, 2),
    )
    assert IndicatorDecisions.from_json(decided.to_json()) == decided
    assert IndicatorDecisions.from_json({}) == IndicatorDecisions()


@pytest.mark.parametrize(
    "data",
    [
        {"colours": {}}, {"tables": {"A": "yes"}}, {"headings": {"A": 0}}, {"headings": {"A": True}},
        {"columns": {"A": "price"}}, {"rows": {"A": "maybe"}}, {"lights": {"A": "mauve"}}, {"lights": ["A"]},
        {"periods": {"A": "soon"}}, {"quarter": "2024"}, {"polarities": {1: "lower"}},
    ],
)  # fmt: skip
def test_anything_else_is_refused(data):
    with pytest.raises(ValueError, match=r"\w"):
        IndicatorDecisions.from_json(data)

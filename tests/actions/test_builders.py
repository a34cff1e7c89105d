from datetime import date

import pytest

from actions.builders import plan_table
from csp_tracker.periods import Quarter
from tests import builders as make

pytestmark = pytest.mark.django_db
Q1 = Quarter.parse("2025-26-Q1")
COLUMNS = [
    {"heading": "Action", "meaning": "action"},
    {"heading": "PARTNERS", "meaning": "supporting"},
    {"heading": "Measures", "meaning": "indicator"},
    {"heading": "BASELINE", "meaning": "baseline"},
    {"heading": "Ward", "meaning": ""},
]


def words_of(action):
    table = plan_table(action.plan, Q1, date(2025, 7, 15))
    (row,) = (row for group in table.groups for row in group.rows)
    return {cell.heading: cell.words for cell in row.cells}


@pytest.fixture
def plan():
    return make.make_plan(columns=COLUMNS)


def test_words_of_a_file_that_became_no_row_of_their_own_still_stand_in_their_column(plan):
    extra = {"PARTNERS": "Moat and Colne Housing", "Measures": "", "BASELINE": "No baseline", "Ward": "Heybridge"}
    words = words_of(make.make_action(plan, extra=extra))
    assert {heading: words[heading] for heading in extra} == extra


def test_rows_come_before_the_words_they_were_made_from(plan):
    action = make.make_action(plan, extra={"PARTNERS": "Housing"})
    make.make_support(action, make.make_agency(plan.partnership, "Moat Homes"))
    indicator = make.make_indicator(plan.partnership, name="Referrals")
    make.make_baseline(indicator, text="5+")
    make.link(action, indicator)
    words = words_of(action)
    assert (words["PARTNERS"], words["Measures"], words["BASELINE"]) == ("Moat Homes", "Referrals", "5+")


def test_words_and_light_of_the_quarter_stand_once_in_a_plan_with_columns_for_each_quarter():
    columns = [
        {"heading": "Action", "meaning": "action"},
        {"heading": "Q1 update", "meaning": "progress"},
        {"heading": "Q1 RAG", "meaning": "rag"},
        {"heading": "Q2 update", "meaning": "progress"},
        {"heading": "Q2 RAG", "meaning": "rag"},
    ]
    action = make.make_action(make.make_plan(columns=columns), extra={"Q1 RAG": "G", "Q2 RAG": "A"})
    make.make_update(action, Q1, progress="Six walks")
    words = words_of(action)
    assert words == {"Action": action.text, "Q1 RAG": "G", "Progress": "Six walks", "Light": ""}


def test_a_column_to_tick_for_each_colour_is_one_light():
    columns = [{"heading": "Action", "meaning": "action"}] + [{"heading": one, "meaning": "rag"} for one in "RAG"]
    assert list(words_of(make.make_action(make.make_plan(columns=columns)))) == ["Action", "Light", "Progress"]

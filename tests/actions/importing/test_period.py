"""Which year a plan seems to be for."""

from dataclasses import replace
from datetime import date

import pytest

from actions.importing import plan_in
from actions.importing.period import infer_period, infer_quarter, likely_quarter
from actions.importing.tree import ToldQuarter
from csp_tracker.periods import FinancialYear
from tests.actions.importing.stages import table


@pytest.mark.parametrize(
    ("title", "sheet", "file_name", "progress", "expected", "basis"),
    [
        pytest.param("Plan 2010/11", "Plan 2009-10", "x.docx", [], "2010/11", "title", id="title first"),
        pytest.param("April 2010 – March 2011", "", "x.docx", [], "2010/11", "title", id="months of a title"),
        pytest.param("Action Plan 24/25", "", "x.docx", [], "2024/25", "title", id="a short year of a title"),
        pytest.param("Plan 24-25 update", "", "x.docx", [], "2024/25", "title", id="with a dash"),
        pytest.param("Plan, Apr 2010 to 31 March 2011", "", "x.docx", [], "2010/11", "title", id="days of a title"),
        pytest.param(None, "Action Plan 2009-10", "plan-2011-12.xlsx", [], "2009/10", "sheet", id="then the sheet"),
        pytest.param(None, "", "plan-2011-12.docx", ["1.4.09 – 31.3.10"], "2009/10", "progress", id="then the words"),
        pytest.param(None, "", "p", ["3.9.09", "May 2009", "1/12/09 and 26.1.10"], "2009/10", "progress", id="votes"),
        pytest.param("Plan", "", "plan_2011_12.docx", [], "2011/12", "file", id="then the name of the file"),
        pytest.param("Plan", "", "plan 2015.docx", [], "2015/16", "file", id="one year in the name"),
    ],
)
def test_the_signs_in_their_order(title, sheet, file_name, progress, expected, basis):
    period = infer_period(title=title, sheet=sheet, file_name=file_name, progress=progress)
    assert period is not None
    assert str(period.financial_year) == expected
    assert basis in period.basis


@pytest.mark.parametrize(
    ("titles", "sheet", "expected"),
    [
        pytest.param(["Maldon CSP", "2025/26"], "", "2025/26", id="another line"),
        pytest.param(["Maldon CSP", "Action plan 2025/26", "April 2025 – March 2026"], "", "2025/26", id="twice"),
        pytest.param(["Maldon CSP", "2025/26"], "Plan 2024-25", "2024/25", id="the sheet first"),
        pytest.param(["Maldon CSP", "2024/25", "2025/26"], "", "2011/12", id="two that differ are no sign"),
        pytest.param(["Maldon CSP", "For the meeting in July"], "", "2011/12", id="none"),
    ],
)
def test_the_other_lines_over_the_table(titles, sheet, expected):
    period = infer_period(title=titles[0], titles=titles, sheet=sheet, file_name="plan-2011-12.docx", progress=[])
    assert period is not None
    assert str(period.financial_year) == expected


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        (["Maldon CSP", "2025/26"], "2025/26"),
        (["Maldon CSP", "Action plan 2025/26"], "2025/26"),
        (["Maldon CSP", "Approved by the Board 2024/25"], None),
    ],
)
def test_a_year_in_the_second_line_of_a_file(over, expected):
    rows = [
        *([words, "", "", ""] for words in over),
        ["Ref", "Objective", "Action", "RAG"],
        ["1", "Calm", "Walk", "Green"],
    ]
    period = plan_in(table(*rows)).period
    assert (period and str(period.financial_year)) == expected


@pytest.mark.parametrize(
    ("file_name", "progress"),
    [
        pytest.param("plan.docx", [], id="nothing"),
        pytest.param("plan.docx", ["Work carried forward to 2010/11"] * 5, id="years ahead are no sign"),
        pytest.param("plan.docx", ["3.9.09", "3.9.10"] * 3, id="no majority"),
        pytest.param("000_0359222028bc5600.txt", [], id="digits inside a longer number"),
    ],
)
def test_nothing_certain_is_nothing(file_name, progress):
    assert infer_period(title=None, sheet="", file_name=file_name, progress=progress) is None


@pytest.mark.parametrize(
    "title", ["Plan agreed on 24/25 May", "Plan 3/4/05", "Plan 11/10", "Streets 24/25", "Plan 24/25/26"]
)
def test_not_every_pair_of_numbers_is_a_year(title):
    assert infer_period(title=title, sheet="", file_name="x.docx", progress=[]) is None


@pytest.mark.parametrize(
    ("titles", "headings", "number"),
    [
        pytest.param(["Monitoring sheet Q3 2015/16"], ["Progress"], 3, id="the title says it"),
        pytest.param(["Action plan", "Quarter 2 update"], [], 2, id="another line over the table says it"),
        pytest.param([], ["Q1 RAG", "Q3 RAG", "Q2 RAG"], 3, id="the last column with words"),
        pytest.param(["Q1 to Q3 review"], ["Q2 update"], 2, id="a title of two quarters says nothing: the columns do"),
        pytest.param(["Q1", "Q2"], [], None, id="two titles, nothing else"),
        pytest.param(["Action plan 2015/16", "Q & A 4"], ["Progress"], None, id="no quarter at all"),
    ],
)
def test_the_quarter_its_words_tell_of_is_the_one_it_names(titles, headings, number):
    told = infer_quarter(titles=titles, headings=headings)
    assert (told and told.number) == number


@pytest.mark.parametrize(
    ("number", "today", "expected"),
    [
        pytest.param(1, date(2026, 7, 15), "2025-26-Q1", id="the file says so, though the plan has ended"),
        pytest.param(4, date(2025, 7, 15), "2025-26-Q1", id="not before it has begun"),
        pytest.param(None, date(2025, 7, 15), "2025-26-Q1", id="the last that has ended"),
        pytest.param(None, date(2026, 7, 15), "2025-26-Q4", id="the last of a plan that has ended"),
    ],
)
def test_a_quarter_is_proposed_from_what_the_file_names(number, today, expected):
    year = FinancialYear(2025)
    told = number and ToldQuarter(number, "“Q1” says so")
    tree = replace(plan_in(table(["Action", "Lead"], ["Walk", "Police"])), told_quarter=told)
    assert likely_quarter(tree, year.quarters, today).code == expected

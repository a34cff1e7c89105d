"""Which year a plan seems to be for."""

import pytest

from actions.importing import plan_in
from actions.importing.period import infer_period
from tests.actions.importing.stages import table


@pytest.mark.parametrize(
    ("title", "sheet", "file_name", "progress", "expected", "basis"),
    [
        pytest.param("Plan 2010/11", "Plan 2009-10", "x.docx", [], "2010/11", "title", id="title first"),
        pytest.param("April 2010 – March 2011", "", "x.docx", [], "2010/11", "title", id="months of a title"),
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

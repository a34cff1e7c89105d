"""The small line: gaps stay gaps, the words say every figure."""

from decimal import Decimal

import pytest

from csp_tracker.periods import Period, PeriodKind
from indicators.sparklines import HEIGHT, MARGIN, WIDTH, sparkline
from indicators.values import Unit


def figures(*values, last="2025-26-Q1"):
    period, found = Period.parse(last), []
    for value in reversed(values):
        found.insert(0, (period, None if value is None else Decimal(value)))
        period = period.previous
    return tuple(found)


def drawn(*values, unit=Unit.NUMBER, decimals=0):
    return sparkline(figures(*values), unit=unit, decimals=decimals)


def test_the_lowest_lies_at_the_bottom_and_the_highest_at_the_top():
    spark = drawn(0, 5, 10)
    assert spark.lines == (f"{MARGIN},{HEIGHT - MARGIN} {WIDTH / 2:g},{HEIGHT / 2:g} {WIDTH - MARGIN},{MARGIN}",)


def test_a_missing_figure_leaves_a_gap():
    spark = drawn(1, 2, None, 3, 4)
    assert len(spark.lines) == 2
    assert len(spark.dots) == 1


def test_a_figure_between_two_gaps_is_a_dot():
    spark = drawn(1, 2, None, 3, None, 4, 5)
    assert len(spark.lines) == 2
    assert len(spark.dots) == 2


def test_the_last_figure_known_is_marked_even_before_a_gap():
    spark = drawn(1, 2, None)
    assert spark.last == spark.runs[0][1]


@pytest.mark.parametrize("values", [(), (1,), (None, None), (1, None, None)], ids=str)
def test_fewer_than_two_figures_make_no_line(values):
    assert drawn(*values) is None


def test_a_series_that_never_changes_runs_through_the_middle():
    assert {point.y for point in drawn(7, 7, 7).runs[0]} == {HEIGHT / 2}


def test_it_says_every_figure():
    assert drawn(1884, None, 2030).words == "Q3 2024/25 to Q1 2025/26: 1,884, no figure, 2,030"
    assert drawn("95.9", "96.1", unit=Unit.PER_CENT, decimals=1).words == "Q4 2024/25 to Q1 2025/26: 95.9%, 96.1%"


def test_every_point_lies_in_the_picture():
    spark = drawn(*[(-1) ** number * number**3 for number in range(13)])
    assert all(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT for run in spark.runs for point in run)


def test_months_are_named_as_months():
    period = Period.parse("2025-06")
    assert period.kind == PeriodKind.MONTH
    spark = sparkline(((period.previous, Decimal(1)), (period, Decimal(2))), unit=Unit.NUMBER)
    assert spark.words == "May 2025 to June 2025: 1, 2"

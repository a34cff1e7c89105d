"""Where things stand in a chart: the scale, the words under it and the names beside its lines."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from csp_tracker.periods import Period
from indicators.chart_layout import Entry, Sheet, label_is_below, labels_of, rows_of_key, scale_of, spread
from indicators.values import Unit
from tests.indicators.charting import chart, codes, kpi, series, target


@pytest.mark.parametrize(
    ("values", "unit", "begins"),
    [
        pytest.param([4, 9, 14], Unit.NUMBER, 0, id="far apart: from nought"),
        pytest.param([0, 0], Unit.NUMBER, 0, id="noughts"),
        pytest.param([90, 100], Unit.NUMBER, 88, id="near each other: from below them"),
        pytest.param([5, 5], Unit.NUMBER, 4.5, id="all the same"),
        pytest.param([-5, 5], Unit.NUMBER, -7, id="below nought"),
        pytest.param([0, 1], Unit.YES_NO, -0.25, id="yes or no"),
    ],
)
def test_a_scale_begins_at_nought_unless_that_would_press_figures_together(values, unit, begins):
    low, high = scale_of(values, unit)
    assert low == pytest.approx(begins)
    assert high > max(values)


def test_a_scale_of_shares_does_not_go_far_beyond_all():
    assert scale_of([90, 100], Unit.PER_CENT)[1] == 101.5


@pytest.mark.parametrize(
    ("first", "number", "width", "words"),
    [
        ("2024-25-Q3", 4, 700, ["Q3\n2024/25", "Q4", "Q1\n2025/26", "Q2"]),
        ("2024-25-Q4", 3, 100, ["Q4", "Q1\n2025/26", "Q2"]),
        ("2024-25-Q2", 16, 290, ["Q3", "Q1\n2025/26", "Q3", "Q1\n2026/27"]),
        ("2025-03", 4, 700, ["Mar\n2025", "Apr", "May", "Jun"]),
        ("2024-11", 14, 290, ["Jan\n2025", "Apr", "Jul", "Oct"]),
        ("2024-25-year", 2, 290, ["2024/25", "2025/26"]),
    ],
)
def test_as_many_periods_are_named_as_there_is_room_for(first, number, width, words):
    periods = [Period.parse(code) for code in codes(first, number)]
    found = [name for _, name in labels_of(periods, width)]
    assert found[: len(words)] == words


@given(some.lists(some.floats(0, 270), min_size=1, max_size=5))
def test_names_never_lie_upon_each_other_and_keep_their_order(wanted):
    found = spread(wanted, 18, 270)
    for lower, higher in pairwise(sorted(found)):
        assert higher - lower >= 18 - 1e-6
    assert sorted(range(len(wanted)), key=lambda one: wanted[one]) == sorted(range(len(found)), key=found.__getitem__)


def test_names_that_are_apart_stay_where_they_are():
    assert spread([100, 20, 60], 18, 270) == [100, 20, 60]


def test_a_key_has_as_many_columns_as_fit():
    entries = [Entry("values", "Figure"), Entry("improvement", "Real change, better"), Entry("concern", "Worse")]
    assert rows_of_key(entries, Sheet.of(chart(kpi(), []), is_narrow=False)) == (3, 1)
    assert rows_of_key(entries, Sheet.of(chart(kpi(), []), is_narrow=True)) == (1, 3)
    assert rows_of_key([], Sheet.of(chart(kpi(), []), is_narrow=True)) == (1, 0)


def test_long_figures_get_the_room_they_need_on_a_telephone():
    costs = kpi(unit="pounds")
    usual, long = (Sheet.of(chart(costs, series(costs, "2025-26-Q1", *values)), is_narrow=True)
                   for values in ((90, 120), (2_100_000, 1_985_000)))  # fmt: skip
    assert long.left > usual.left
    assert long.right > usual.right
    assert long.inner > 200


@pytest.mark.parametrize(
    ("values", "aim", "below"),
    [
        pytest.param((10, 20, 10), 0, False, id="a peak"),
        pytest.param((20, 10, 20), 0, True, id="a valley"),
        pytest.param((20, 10, 20), 9, False, id="a valley upon the target"),
        pytest.param((10, 20, 10), 21, True, id="a peak under the target"),
    ],
)
def test_a_figure_is_written_where_no_line_is(values, aim, below):
    indicator = kpi()
    aims = [target(indicator, code, value=aim) for code in codes("2025-26-Q1", 3)]
    drawn = chart(indicator, series(indicator, "2025-26-Q1", *values), aims)
    assert label_is_below(drawn, drawn.marks[1], height=260) is below

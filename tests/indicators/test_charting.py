"""What a KPI's chart shows, and what it refuses to show."""

from decimal import Decimal

import pytest

from csp_tracker.periods import Period
from indicators.chart_data import Level, Look
from tests.indicators.charting import baseline, chart, codes, kpi, months, reading, series, target

Q1 = "2025-26-Q1"


def test_figures_stand_in_their_periods_and_are_joined():
    burglaries = kpi()
    drawn = chart(burglaries, series(burglaries, Q1, 120, 110, 105))
    assert [str(period) for period in drawn.periods] == ["Q1 2025/26", "Q2 2025/26", "Q3 2025/26"]
    assert [(mark.place, mark.words, mark.joins) for mark in drawn.marks] == [
        (0, "120", False),
        (1, "110", True),
        (2, "105", True),
    ]


def test_without_a_figure_there_is_nothing_to_draw():
    burglaries = kpi()
    drawn = chart(burglaries, [reading(burglaries, Q1, None, state="awaited")], [target(burglaries, Q1, value=9)])
    assert drawn.marks == drawn.targets == drawn.periods == ()


def test_a_gap_is_left_open_and_named():
    burglaries = kpi()
    rows = [*series(burglaries, Q1, 120, None, None, 105), reading(burglaries, "2025-26-Q2", None, state="awaited")]
    drawn = chart(burglaries, rows)
    assert [(mark.place, mark.joins) for mark in drawn.marks] == [(0, False), (3, False)]
    assert [(str(period), why) for period, why in drawn.missing] == [
        ("Q2 2025/26", "awaited"),
        ("Q3 2025/26", "not entered"),
    ]


@pytest.mark.parametrize(
    ("fields", "look"),
    [
        ({"state": "provisional"}, Look.PROVISIONAL),
        ({"qualifier": "at_least"}, Look.AT_LEAST),
        ({"qualifier": "at_most"}, Look.AT_MOST),
        ({"qualifier": "about"}, Look.FINAL),
    ],
)
def test_a_figure_shows_how_sure_it_is(fields, look):
    burglaries = kpi()
    drawn = chart(burglaries, [*series(burglaries, Q1, 120), reading(burglaries, "2025-26-Q2", 7, **fields)])
    assert drawn.marks[-1].look == look


def test_no_line_leads_to_a_bound():
    burglaries = kpi()
    rows = [*series(burglaries, Q1, 120, None, 90), reading(burglaries, "2025-26-Q2", 100, qualifier="at_most")]
    drawn = chart(burglaries, rows)
    assert [(mark.words, mark.joins) for mark in drawn.marks] == [
        ("120", False),
        ("at most 100", False),
        ("90", False),
    ]


def test_a_change_in_the_counting_parts_the_line_with_its_words():
    burglaries = kpi()
    broken = reading(burglaries, "2025-26-Q3", 140, series_break=True, series_break_words="Sheds\ncount too.")
    drawn = chart(burglaries, [*series(burglaries, Q1, 120, 110), broken], [], [baseline("Q4 2024/25", 115)])
    assert [mark.joins for mark in drawn.marks] == [False, True, False]
    assert [one.in_words for one in drawn.breaks] == ["A: counted differently from Q3 2025/26. Sheds count too."]
    assert drawn.baseline == Level(0, 1, Decimal(115), Decimal(115)), "the baseline ends where counting changed"


# Targets


def test_a_profile_of_targets_goes_in_steps_to_the_end_of_the_year():
    burglaries = kpi()
    aims = zip(codes(Q1, 4), (110, 110, 100, 95), strict=True)
    drawn = chart(burglaries, series(burglaries, Q1, 120), [target(burglaries, code, value=aim) for code, aim in aims])
    assert [(level.first, level.last, level.low) for level in drawn.targets] == [(0, 1, 110), (2, 2, 100), (3, 3, 95)]
    assert len(drawn.periods) == 4


def test_a_years_total_is_not_set_against_a_quarter_but_shown_as_it_grows():
    burglaries = kpi()
    rows = series(burglaries, "2024-25-Q1", 100, 110, 120, 130, 90, 95)
    drawn = chart(burglaries, rows, [target(burglaries, "2025-26-year", value=440)], [baseline("2023/24", 470)])
    assert drawn.targets == ()
    assert drawn.baseline is None
    assert drawn.left_out == ("the baseline of 470 for 2023/24",)
    assert drawn.running.values == (90, 185)
    assert drawn.running.last_year == (100, 210, 330, 460)
    assert (drawn.running.target, len(drawn.running.periods)) == (440, 4)


def test_a_total_stops_growing_where_a_quarter_is_missing():
    burglaries = kpi()
    rows = series(burglaries, Q1, 90, None, 95)
    drawn = chart(burglaries, rows, [target(burglaries, "2025-26-year", value=440)])
    assert drawn.running.values == (90,)


def test_a_target_that_cannot_be_drawn_at_all_is_named():
    burglaries = kpi()
    aims = [target(burglaries, "2025-26-year", low=400, high=440), target(burglaries, "2024-25-year", value=500)]
    drawn = chart(burglaries, series(burglaries, Q1, 90, 95), aims)
    assert drawn.running is None
    assert drawn.left_out == ("the target of 400 to 440 for 2025/26 as a whole",)


def test_a_level_may_be_set_against_the_years_target():
    safe = kpi(unit="per_cent", roll_up="latest", polarity="higher")
    drawn = chart(safe, series(safe, Q1, 60, 62), [target(safe, "2025-26-year", value=65)], [baseline("2023/24", 58)])
    assert [(level.first, level.last, level.low) for level in drawn.targets] == [(0, 1, 65)]
    assert drawn.baseline.low == 58
    assert drawn.running is None
    assert drawn.left_out == ()


def test_a_change_from_the_baseline_is_drawn_as_the_figure_it_means():
    burglaries = kpi(frequency="year")
    aim = target(burglaries, "2025-26-year", value=-5, kind="per_cent_change")
    rows = [reading(burglaries, "2025-26-year", 1884)]
    drawn = chart(burglaries, rows, [aim], [baseline("2024/25", 2000)])
    assert [level.low for level in drawn.targets] == [1900]


@pytest.mark.parametrize(
    ("polarity", "edges"),
    [("lower", (20,)), ("higher", (10,)), ("band", (10, 20)), ("monitor", (10, 20))],
)
def test_of_a_band_a_kpi_with_a_direction_must_reach_one_edge(polarity, edges):
    checks = kpi(polarity=polarity)
    drawn = chart(checks, series(checks, Q1, 12), [target(checks, Q1, low=10, high=20)])
    assert drawn.targets[0].edges == edges


def test_a_target_in_words_draws_nothing():
    checks = kpi()
    assert chart(checks, series(checks, Q1, 12), [target(checks, Q1, text="Fewer")]).targets == ()


# Months, and which periods are drawn


def test_months_have_an_average_limits_and_marked_signs():
    drawn = months()
    assert [(level.first, level.last) for level in drawn.limits] == [(0, len(drawn.periods) - 1)]
    assert drawn.averages[0].low == pytest.approx(Decimal("8.7"), abs=Decimal("0.1"))
    assert {mark.variation.css for mark in drawn.signs if mark.place > 16} == {"improvement"}


def test_quarters_are_too_few_to_be_judged():
    burglaries = kpi()
    drawn = chart(burglaries, series(burglaries, "2021-22-Q1", *range(100, 140, 2), 300))
    assert drawn.averages == drawn.limits == drawn.signs == ()


def test_the_newest_periods_are_drawn_but_all_are_averaged():
    counted = kpi(frequency="month")
    drawn = chart(counted, series(counted, "2020-01", *[10, 20] * 30))
    assert len(drawn.periods) == len(drawn.marks) == 36
    assert str(drawn.periods[-1]) == "December 2024"
    assert not drawn.marks[0].joins, "the figure before it is not drawn"
    assert drawn.averages[0].low == 15


def test_a_kpi_with_figures_of_another_kind_of_period_shows_those():
    burglaries = kpi(frequency="quarter")
    drawn = chart(burglaries, [reading(burglaries, "2024-25-year", 400), reading(burglaries, "2025-26-year", 380)])
    assert drawn.periods == (Period.parse("2024-25-year"), Period.parse("2025-26-year"))


def test_a_one_off_kpi_has_a_chart_of_years():
    survey = kpi(frequency="one_off")
    assert chart(survey, [reading(survey, "2024-25-year", 400)]).kind == "year"
    assert chart(survey, []).kind == "year"

"""A chart in words: all that the picture shows, and its figures as a table."""

from indicators.chart_wording import describe, left_out, table
from tests.indicators.charting import baseline, chart, codes, kpi, months, reading, series, target

Q1 = "2025-26-Q1"


def test_a_chart_says_from_where_to_where_it_goes_and_what_is_beside_it():
    burglaries = kpi()
    aims = [target(burglaries, code, value=aim) for code, aim in zip(codes(Q1, 3), (110, 110, 100), strict=True)]
    drawn = chart(burglaries, series(burglaries, Q1, 120, 125, 105), aims, [baseline("Q4 2024/25", 130)])
    assert describe(drawn) == (
        "Chart of B1 Burglaries, by quarter, Q1 2025/26 to Q3 2025/26.",
        "The line goes from 120 in Q1 2025/26 to 105 in Q3 2025/26.",
        "The highest is 125 in Q2 2025/26, the lowest 105 in Q3 2025/26.",
        "Target, dashed: 110 from Q1 2025/26 to Q2 2025/26, then 100 in Q3 2025/26.",
        "Baseline, dotted: 130 (Q4 2024/25).",
    )


def test_doubts_are_told():
    burglaries = kpi()
    rows = [
        *series(burglaries, Q1, 120),
        reading(burglaries, "2025-26-Q2", None, state="not_available"),
        reading(burglaries, "2025-26-Q3", 90, series_break=True, series_break_words="Sheds count too."),
        reading(burglaries, "2025-26-Q4", 95, state="provisional"),
    ]
    assert describe(chart(burglaries, rows))[-3:] == (
        "No figure for Q2 2025/26 (not available).",
        "Provisional, marked hollow: Q4 2025/26.",
        "The line is broken: from Q3 2025/26 on it is counted differently. Sheds count too.",
    )


def test_months_tell_their_usual_range_and_what_stands_out():
    words = " ".join(describe(months()))
    assert "Average 8.7, usual range 2 to 15." in words
    assert "Real change, better: June 2025 to January 2026. Real change, worse: January 2024 to April 2025." in words
    assert "No figure for May 2025 (not entered)." in words


def test_one_figure_makes_no_line():
    burglaries = kpi()
    assert describe(chart(burglaries, series(burglaries, Q1, 120)))[1] == "One figure: 120 in Q1 2025/26."


def test_no_figures_are_said():
    assert describe(chart(kpi(), [])) == ("B1 Burglaries: no figures yet.",)


def test_the_year_so_far_is_told_and_what_is_not_drawn():
    burglaries = kpi()
    drawn = chart(burglaries, series(burglaries, Q1, 120, 110), [target(burglaries, "2025-26-year", value=440)])
    assert describe(drawn)[-1] == ("Year to date at the end of Q2 2025/26: 230, against the target of 440 for 2025/26.")
    assert left_out(drawn) == ""
    drawn = chart(burglaries, series(burglaries, Q1, 120, 110), [], [baseline("2024/25", 440)])
    assert left_out(drawn) == (
        "Not drawn, since a longer time’s total cannot stand beside single quarters: the baseline of 440 for 2024/25."
    )


def test_the_table_holds_every_period_of_the_picture_newest_first():
    burglaries = kpi()
    rows = [*series(burglaries, Q1, 120), reading(burglaries, "2025-26-Q3", 90, state="provisional")]
    found = table(chart(burglaries, rows, [target(burglaries, Q1, value=110)]))
    assert [(str(row.period), row.figure, row.target, row.note) for row in found] == [
        ("Q3 2025/26", "90", "", "Provisional."),
        ("Q2 2025/26", "Not entered", "", ""),
        ("Q1 2025/26", "120", "110", ""),
    ]


def test_the_table_of_months_holds_average_and_range():
    row = table(months())[0]
    assert (row.average, row.usual_range, row.note) == ("8.7", "2 to 15", "Real change, better")

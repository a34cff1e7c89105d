"""One total against another: the same quarter or the same twelve months a year earlier."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import FinancialYear, Period, PeriodKind
from csp_tracker.rag import Travel
from indicators.changes import compare, on_last_year
from indicators.figures import TargetFigure
from indicators.rollup import Method, Part, Span
from indicators.values import Polarity, Qualifier, ReadingState, RollUp, Unit

HIGHER, LOWER, BAND, MONITOR = Polarity.HIGHER, Polarity.LOWER, Polarity.BAND, Polarity.MONITOR
Q1 = Span.of(Period.parse("2010-11-Q1"), PeriodKind.MONTH)
SUM = Method(RollUp.SUM)


def make_years(before, now, **words):
    """The three months of Q1 of two years, each a third of the year's figure."""
    return [
        Part(Period.parse(f"{year}-{month:02d}"), None if value is None else Decimal(str(value)) / 3, **words)
        for year, value in ((2009, before), (2010, now))
        for month in (4, 5, 6)
    ]


@pytest.mark.parametrize(
    ("before", "now", "polarity", "way", "words"),
    [
        (30, 27, LOWER, Travel.IMPROVED, "27 in Q1 2010/11, −10.0% on 30 in Q1 2009/10: improved."),
        (30, 27, HIGHER, Travel.WORSENED, "27 in Q1 2010/11, −10.0% on 30 in Q1 2009/10: worsened."),
        (30, 33, HIGHER, Travel.IMPROVED, "33 in Q1 2010/11, +10.0% on 30 in Q1 2009/10: improved."),
        (30, 30, LOWER, Travel.NO_CHANGE, "30 in Q1 2010/11, against 30 in Q1 2009/10: no change."),
        (30, 33, MONITOR, Travel.NOT_COMPARED, "33 in Q1 2010/11, +10.0% on 30 in Q1 2009/10."),
        (0, 6, LOWER, Travel.WORSENED, "6 in Q1 2010/11, after 0 in Q1 2009/10: worsened."),
        (-30, -27, HIGHER, Travel.IMPROVED, "−27 in Q1 2010/11, +10.0% on −30 in Q1 2009/10: improved."),
    ],
)
def test_the_same_quarter_last_year(before, now, polarity, way, words):
    change = on_last_year(make_years(before, now), Q1, SUM, polarity)
    assert (change.travel, change.words, change.difference) == (way, words, now - before)


def test_percentages_differ_in_points():
    method = Method(RollUp.AVERAGE, Unit.PER_CENT, decimals=1)
    change = on_last_year(make_years(270, 285), Q1, method, HIGHER)
    assert change.words == "95.0% in Q1 2010/11, +5.0 points on 90.0% in Q1 2009/10: improved."


def test_nearer_the_band_is_better():
    target = TargetFigure(low=Decimal(10), high=Decimal(20))
    assert on_last_year(make_years(30, 15), Q1, SUM, BAND, target=target).travel == Travel.IMPROVED
    assert on_last_year(make_years(30, 15), Q1, SUM, BAND).travel == Travel.NOT_COMPARED


def test_twelve_months_against_the_twelve_before():
    parts, period = [], Period.parse("2008-07")
    for value in [10] * 12 + [9] * 12:
        parts.append(Part(period, Decimal(value)))
        period = period.next
    change = on_last_year(parts, Span.rolling_year(Period.parse("2010-06")), SUM, LOWER)
    assert change.words == ("108 in the 12 months to June 2010, −10.0% on 120 in the 12 months to June 2009: improved.")
    assert (change.now.value, change.before.value, change.per_cent) == (108, 120, -10)


def test_a_year_to_date_against_last_years_to_the_same_month():
    parts = make_years(30, 33)
    change = on_last_year(parts, Span.to_date(Period.parse("2010-05")), SUM, LOWER)
    assert change.words == ("22 from April 2010 to May 2010, +10.0% on 20 from April 2009 to May 2009: worsened.")


def test_any_two_spans_may_be_compared():
    parts = make_years(30, 33)
    april, may = (Span.to_date(Period.parse("2010-04")), Span(Period.parse("2010-05"), Period.parse("2010-05")))
    assert compare(parts, may, april, SUM, LOWER).words == "11 in May 2010, against 11 in April 2010: no change."


@pytest.mark.parametrize(
    ("missing", "way", "words"),
    [
        ([0], Travel.NOT_COMPARED, "33 in Q1 2010/11. Not compared: no figure for April 2009."),
        ([0, 1, 2], Travel.NEW, "33 in Q1 2010/11. Not compared: no figure for April 2009, May 2009 and June 2009."),
        ([4], Travel.NOT_COMPARED, "Incomplete, not rated: no figure for May 2010."),
    ],
)
def test_nothing_incomplete_is_compared(missing, way, words):
    parts = make_years(30, 33)
    for place in missing:
        parts[place] = replace(parts[place], value=None, state=ReadingState.NOT_AVAILABLE)
    change = on_last_year(parts, Q1, SUM, LOWER)
    assert (change.travel, change.words, change.difference, change.per_cent) == (way, words, None, None)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (0, "33 in Q1 2010/11, +10.0% on 30 in Q1 2009/10: worsened."),
        (1, "33 in Q1 2010/11. Not compared with Q1 2009/10: what is counted changed in May 2009."),
        (3, "33 in Q1 2010/11. Change not rated: what is counted changed in April 2010."),
        (4, "Not rated: what is counted changed in May 2010."),
    ],
)
def test_nothing_is_compared_across_a_series_break(place, words):
    parts = make_years(30, 33)
    parts[place] = replace(parts[place], series_break=True)
    assert on_last_year(parts, Q1, SUM, LOWER).words == words


def test_a_break_between_the_two_counts_though_nothing_was_measured_then():
    parts = [*make_years(30, 33), Part(Period.parse("2009-10-Q4"), None, series_break=True)]
    assert on_last_year(parts, Q1, SUM, LOWER).words.endswith("what is counted changed in Q4 2009/10.")


def test_a_bound_leaves_open_how_far_apart_two_figures_are():
    change = on_last_year(make_years(30, 33, qualifier=Qualifier.AT_LEAST), Q1, SUM, LOWER)
    assert change.words == (
        "At least 33 in Q1 2010/11. Not compared with at least 30 in Q1 2009/10: how far apart they are is left open."
    )


def test_figures_that_may_change_say_so():
    change = on_last_year(make_years(30, 33, state=ReadingState.PROVISIONAL), Q1, SUM, LOWER)
    assert change.words.endswith(": worsened. Provisional.")


figures = st.decimals(min_value=-1000, max_value=1000, places=2)
anything = st.none() | st.decimals() | figures
years = [Span.of(Period.of_year(FinancialYear(year)), PeriodKind.YEAR) for year in (2009, 2010)]


@given(
    *[
        st.builds(
            Part,
            st.just(span.first),
            anything,
            anything,
            anything,
            st.sampled_from(ReadingState),
            st.sampled_from(Qualifier),
            st.booleans(),
        )
        for span in years
    ],
    st.builds(Method, st.sampled_from(RollUp), st.sampled_from(Unit)),
    st.sampled_from(Polarity),
)
def test_no_input_crashes_and_back_again_is_the_other_way(before, now, method, polarity):
    there = on_last_year([before, now], years[1], method, polarity)
    assert there.words.endswith(".")
    if there.travel == Travel.IMPROVED:
        turned = [replace(before, value=now.value), replace(now, value=before.value)]
        assert on_last_year(turned, years[1], method, polarity).travel == Travel.WORSENED

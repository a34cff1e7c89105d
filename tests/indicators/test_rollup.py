"""Months made into quarters, years to date and rolling years by the KPI's own rule."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from indicators.rollup import Method, Part, Span, roll_up, share
from indicators.values import Qualifier, ReadingState, RollUp, Unit

APRIL = Period.parse("2009-04")
Q1 = Span.of(Period.parse("2009-10-Q1"), PeriodKind.MONTH)
YEAR = Period.of_year(FinancialYear(2009))
SUM, RATIO = Method(RollUp.SUM), Method(RollUp.RATIO, Unit.PER_CENT)
ABOUT, AT_LEAST, AT_MOST, EXACTLY = Qualifier.ABOUT, Qualifier.AT_LEAST, Qualifier.AT_MOST, Qualifier.EXACTLY


def make_parts(*values, first=APRIL):
    """Months on end; None is a month whose figure is awaited."""
    parts, period = [], first
    for value in values:
        figure = None if value is None else Decimal(str(value))
        parts.append(Part(period, figure, state=ReadingState.AWAITED if value is None else ReadingState.FINAL))
        period = period.next
    return parts


def make_shares(*pairs):
    """Months of a share: numerator and denominator, and the percentage they make."""
    parts = make_parts(*(100 * numerator / denominator for numerator, denominator in pairs))
    return [
        replace(part, numerator=Decimal(numerator), denominator=Decimal(denominator))
        for part, (numerator, denominator) in zip(parts, pairs, strict=True)
    ]


# Spans


@pytest.mark.parametrize(
    ("span", "words", "when", "count"),
    [
        (Q1, "Q1 2009/10", "in Q1 2009/10", 3),
        (Span.of(YEAR, PeriodKind.MONTH), "2009/10", "in 2009/10", 12),
        (Span.of(YEAR, PeriodKind.QUARTER), "2009/10", "in 2009/10", 4),
        (Span.to_date(APRIL), "April 2009", "in April 2009", 1),
        (Span.to_date(APRIL.next), "April 2009 to May 2009", "from April 2009 to May 2009", 2),
        (Span.to_date(Period.parse("2010-03")), "2009/10", "in 2009/10", 12),
        (Span.to_date(Period.of_quarter(Quarter(2009, 2))), "Q1 2009/10 to Q2 2009/10", None, 2),
        (Span.rolling_year(Period.parse("2010-06")), "12 months to June 2010", "in the 12 months to June 2010", 12),
        (Span.rolling_year(Period.of_quarter(Quarter(2010, 1))), "12 months to June 2010", None, 4),
        (Span.rolling_year(Period.parse("2010-03")), "2009/10", "in 2009/10", 12),
        (Span.rolling_year(YEAR), "2009/10", "in 2009/10", 1),
        (Q1.a_year_earlier, "Q1 2008/09", "in Q1 2008/09", 3),
    ],
)
def test_a_span_is_named_as_people_name_it(span, words, when, count):
    assert (str(span), len(span.periods)) == (words, count)
    assert span.when == (when or f"{'in the' if span.is_rolling_year else 'from'} {words}")


# The five rules


@pytest.mark.parametrize(
    ("how", "value", "label"),
    [
        (RollUp.SUM, 60, "Q1 2009/10 (sum of 3 months)"),
        (RollUp.LATEST, 30, "Q1 2009/10 (latest of 3 months)"),
        (RollUp.AVERAGE, 20, "Q1 2009/10 (average of 3 months)"),
        (RollUp.MAXIMUM, 30, "Q1 2009/10 (highest of 3 months)"),
    ],
)
def test_months_make_a_quarter_by_rule_and_say_so(how, value, label):
    total = roll_up(make_parts(10, 20, 30, 999), Q1, Method(how))
    assert (total.value, total.label, total.missing, total.why) == (value, label, (), "")
    assert total.state == ReadingState.FINAL


def test_a_ratio_is_of_the_sums_and_not_an_average_of_shares():
    total = roll_up(make_shares((1, 2), (10, 100), (10, 100)), Q1, RATIO)
    assert (total.value, total.label) == (Decimal("10.3960"), "Q1 2009/10 (ratio of sums of 3 months)")


def test_months_that_are_only_shares_cannot_be_averaged():
    parts = make_shares((1, 2), (10, 100), (10, 100))
    total = roll_up([parts[0], *make_parts(10, 10, first=APRIL.next)], Q1, RATIO)
    assert total.value is None
    assert total.why == "Incomplete, not rated: no numerator and denominator for May 2009 and June 2009."


def test_one_month_is_itself_even_where_only_its_share_is_known():
    assert roll_up(make_parts(10), Span.to_date(APRIL), RATIO).value == 10


def test_denominators_that_cancel_out_make_no_figure():
    parts = [
        replace(part, numerator=Decimal(1), denominator=Decimal(whole))
        for part, whole in zip(make_parts(1, 1, 1), (1, 1, -2), strict=True)
    ]
    assert roll_up(parts, Q1, RATIO).why == "Not rated: the numerators and denominators make no figure."


@pytest.mark.parametrize(
    ("unit", "rate_per", "expected"),
    [
        (Unit.PER_CENT, None, "66.6667"),
        (Unit.RATE, 1000, "666.6667"),
        (Unit.RATE, None, "0.6667"),
        (Unit.NUMBER, None, "0.6667"),
    ],
)
def test_a_share_is_in_the_kpis_unit(unit, rate_per, expected):
    assert share(Decimal(2), Decimal(3), unit, rate_per) == Decimal(expected)


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (None, 1), (1, None), ("NaN", 1), ("1e20", "1e-9")])
def test_what_makes_no_share(numerator, denominator):
    one, other = (None if value is None else Decimal(str(value)) for value in (numerator, denominator))
    assert share(one, other, Unit.NUMBER, None) is None


def test_quarters_make_a_year_and_a_year_to_date():
    first = Period.of_quarter(Quarter(2009, 1))
    parts = make_parts(1, 2, 3, 4, first=first)
    assert roll_up(parts, Span.of(YEAR, PeriodKind.QUARTER), SUM).label == "2009/10 (sum of 4 quarters)"
    to_date = roll_up(parts, Span.to_date(parts[2].period), SUM)
    assert (to_date.value, to_date.label) == (6, "Q1 2009/10 to Q3 2009/10 (sum of 3 quarters)")


def test_twelve_months_roll_over_the_end_of_the_year():
    parts = make_parts(*range(1, 16))
    total = roll_up(parts, Span.rolling_year(Period.parse("2010-06")), SUM)
    assert (total.value, total.label) == (sum(range(4, 16)), "12 months to June 2010 (sum of 12 months)")


# What is missing


@pytest.mark.parametrize("how", [RollUp.SUM, RollUp.AVERAGE, RollUp.MAXIMUM, RollUp.RATIO])
@pytest.mark.parametrize(
    ("values", "missing"),
    [
        pytest.param((10, None, 30), ("May 2009",), id="awaited"),
        pytest.param((10, 20), ("June 2009",), id="never entered"),
        pytest.param((10, "NaN", 30), ("May 2009",), id="not a number"),
        pytest.param((), ("April 2009", "May 2009", "June 2009"), id="nothing"),
    ],
)
def test_a_missing_month_leaves_no_total(how, values, missing):
    total = roll_up(make_parts(*values), Q1, Method(how))
    assert (total.value, total.missing, total.state) == (None, missing, ReadingState.NOT_AVAILABLE)
    assert total.why == total.in_words
    assert total.why.startswith("Incomplete, not rated: no figure for ")


def test_the_latest_needs_only_the_last_month_and_never_an_earlier_one():
    latest = Method(RollUp.LATEST)
    assert roll_up(make_parts(None, 20, 30), Q1, latest).value == 30
    total = roll_up(make_parts(10, 20, None), Q1, latest)
    assert (total.value, total.missing) == (None, ("June 2009",))


def test_nought_is_a_figure():
    assert roll_up(make_parts(0, 0, 0), Q1, SUM).value == 0


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (0, ""),
        (1, "Not rated: what is counted changed in May 2009."),
        (2, "Not rated: what is counted changed in June 2009."),
        (3, ""),
    ],
)
def test_figures_counted_in_two_ways_make_no_total(place, why):
    parts = make_parts(10, 20, 30, 40)
    parts[place] = replace(parts[place], series_break=True)
    assert roll_up(parts, Q1, SUM).why == why
    assert roll_up(parts, Q1, Method(RollUp.LATEST)).value == 30


@pytest.mark.parametrize(
    ("qualifiers", "words"),
    [
        ((EXACTLY, ABOUT, EXACTLY), "about 60"),
        ((EXACTLY, AT_LEAST, ABOUT), "at least 60"),
        ((AT_MOST, EXACTLY, EXACTLY), "at most 60"),
        (
            (AT_MOST, EXACTLY, AT_LEAST),
            "Not rated: figures stated as “at least” and “at most” make no figure together.",
        ),
    ],
)
def test_how_exactly_a_total_is_known(qualifiers, words):
    parts = [replace(part, qualifier=one) for part, one in zip(make_parts(10, 20, 30), qualifiers, strict=True)]
    assert roll_up(parts, Q1, SUM).in_words == words


def test_one_provisional_month_makes_the_total_provisional():
    parts = make_parts(10, 20, 30)
    parts[0] = replace(parts[0], state=ReadingState.PROVISIONAL)
    total = roll_up(parts, Q1, SUM)
    assert (total.in_words, total.state) == ("60 (provisional)", ReadingState.PROVISIONAL)
    assert roll_up(parts, Q1, Method(RollUp.LATEST)).state == ReadingState.FINAL


# What holds for all figures

figures = st.decimals(min_value=-1000, max_value=1000, places=2)
anything = st.none() | st.decimals() | figures
any_part = st.builds(
    Part,
    st.integers(0, 30).map(lambda month: Period.parse(f"{2009 + month // 12}-{month % 12 + 1:02d}")),
    anything,
    anything,
    anything,
    st.sampled_from(ReadingState),
    st.sampled_from(Qualifier),
    st.booleans(),
)
methods = st.builds(
    Method, st.sampled_from(RollUp), st.sampled_from(Unit), st.none() | st.integers(0, 10_000), st.integers(0, 4)
)


@given(st.lists(any_part, max_size=40), methods)
def test_no_input_crashes_and_no_total_is_without_a_figure_or_a_reason(parts, method):
    for span in (Q1, Span.of(YEAR, PeriodKind.MONTH), Span.rolling_year(Period.parse("2010-06"))):
        total = roll_up(parts, span, method)
        assert (total.value is None) == bool(total.why)
        assert total.in_words
        assert total.label


@given(st.lists(figures, min_size=3, max_size=3))
def test_an_average_lies_between_and_a_sum_is_the_number_of_averages(values):
    parts = make_parts(*values)
    total = {how: roll_up(parts, Q1, Method(how)).value for how in RollUp if how != RollUp.RATIO}
    assert min(values) <= total[RollUp.AVERAGE] <= total[RollUp.MAXIMUM] == max(values)
    assert abs(total[RollUp.AVERAGE] * 3 - total[RollUp.SUM]) < Decimal("1e-20")

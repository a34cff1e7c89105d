"""Where a running total will end: pro rata and by last year's profile, always called a forecast."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from indicators.figures import Measure, PastFigure, TargetFigure
from indicators.forecasts import BY_PROFILE, PRO_RATA, forecasts
from indicators.rag import Scheme, rate
from indicators.rollup import Method, Part
from indicators.values import Polarity, Qualifier, ReadingState, RollUp, TargetKind, Unit

SUM = Method(RollUp.SUM)
YEAR = Period.parse("2009/10")
Q2 = Period.of_quarter(Quarter(2009, 2))
LAST_YEAR = (600, 400, 500, 530)  # 2,030, the summer heavier than the winter
AIM = Measure(None, polarity=Polarity.LOWER, target=TargetFigure(Decimal(1984), period=YEAR))


def quarters(first, values, **words):
    """The quarters of a financial year; None is one without a figure."""
    year = FinancialYear(first)
    return [
        Part(Period.of_quarter(quarter), None if value is None else Decimal(value), **words)
        for quarter, value in zip(year.quarters, values, strict=False)
    ]


def both(parts, last=Q2, method=SUM, aim=AIM):
    return {one.label: one for one in forecasts(parts, last, method, aim)}


def test_pro_rata_and_by_last_years_profile():
    found = both([*quarters(2008, LAST_YEAR), *quarters(2009, (500, 442))])
    assert found[PRO_RATA].value == 1884
    assert found[PRO_RATA].words == (
        "942 in 6 months; at that rate 1,884 by the end of 2009/10, which would meet the target of 1,984."
    )
    assert round(found[BY_PROFILE].value) == 1912
    assert found[BY_PROFILE].words == (
        "1,000 of 2,030 had been counted by the end of Q2 2008/09 (49%); in the same proportion 1,912 by the end of "
        "2009/10, which would meet the target of 1,984."
    )


def test_the_two_may_differ_about_the_target():
    found = both([*quarters(2008, (200, 300, 700, 830)), *quarters(2009, (500, 442))])
    assert "would meet" in found[PRO_RATA].words
    assert "3,825 by the end of 2009/10, which would miss the target of 1,984 by 1,841 (92.8%)." in (
        found[BY_PROFILE].words
    )


@pytest.mark.parametrize(
    ("last_year", "why"),
    [
        ([], "Not by the profile of 2008/09: no figure for Q1 2008/09, Q2 2008/09, Q3 2008/09 and Q4 2008/09."),
        (quarters(2008, (600, 400, None, 530)), "Not by the profile of 2008/09: no figure for Q3 2008/09."),
        (quarters(2008, (0, 0, 5, 5)), "Not by the profile of 2008/09: nothing had been counted by the end of Q2 "
         "2008/09."),
        (quarters(2008, LAST_YEAR, qualifier=Qualifier.AT_LEAST), "Not by the profile of 2008/09: its figures are not "
         "stated exactly."),
    ],
)  # fmt: skip
def test_without_a_whole_year_before_there_is_no_profile(last_year, why):
    found = both([*last_year, *quarters(2009, (500, 442))])
    assert found[PRO_RATA].value == 1884
    assert (found[BY_PROFILE].value, found[BY_PROFILE].words) == (None, why)


def test_no_profile_is_followed_across_a_series_break():
    this_year = [replace(part, series_break=part.period == Q2) for part in quarters(2009, (500, 442))]
    found = both([*quarters(2008, LAST_YEAR), *this_year])
    assert found[PRO_RATA].words == "No forecast for 2009/10: what is counted changed in Q2 2009/10."
    first = [replace(part, series_break=part.period != Q2) for part in quarters(2009, (500, 442))]
    found = both([*quarters(2008, LAST_YEAR), *first])
    assert found[PRO_RATA].value == 1884
    assert found[BY_PROFILE].words == "Not by the profile of 2008/09: what is counted changed in Q1 2009/10."


def test_a_gap_this_year_leaves_no_forecast():
    found = both(quarters(2009, (None, 442)))
    assert found.keys() == {PRO_RATA}
    assert (found[PRO_RATA].value, found[PRO_RATA].words) == (
        None, "No forecast for 2009/10: no figure for Q1 2009/10."
    )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "method"),
    [(Period.of_quarter(Quarter(2009, 4)), SUM), (YEAR, SUM), *((Q2, Method(one)) for one in RollUp if one != "sum")],
)
def test_only_a_running_total_of_a_year_that_goes_on_is_forecast(last, method):
    assert both(quarters(2009, (500, 442, 471, 471)), last, method) == {}


def test_provisional_figures_and_those_stated_openly_say_so():
    found = both(quarters(2009, (500, 442), state=ReadingState.PROVISIONAL))
    assert found[PRO_RATA].words.endswith("of 1,984. The figures so far are provisional.")
    found = both(quarters(2009, (500, 442), qualifier=Qualifier.AT_LEAST))
    assert found[PRO_RATA].words == "At least 942 in 6 months; at that rate at least 1,884 by the end of 2009/10."


@pytest.mark.parametrize(
    ("aim", "ending"),
    [
        (replace(AIM, target=None), "by the end of 2009/10."),
        (replace(AIM, polarity=Polarity.MONITOR), "by the end of 2009/10."),
        (replace(AIM, polarity=Polarity.HIGHER), ", which would miss the target of 1,984 by 100 (5.0%)."),
        (
            replace(
                AIM,
                target=TargetFigure(Decimal("-2.3"), kind=TargetKind.PER_CENT_CHANGE, period=YEAR),
                baseline=PastFigure(Decimal(2030), "2008/09", period=Period.parse("2008/09")),
            ),
            ", which would meet the target of −2.3% (1,983).",
        ),
        (
            replace(AIM, polarity=Polarity.BAND, target=TargetFigure(low=Decimal(1900), high=Decimal(2000))),
            ", which would miss the band of 1,900 to 2,000 by 16 (0.8%).",
        ),
    ],
)
def test_a_forecast_is_set_against_the_years_target(aim, ending):
    assert both(quarters(2009, (500, 442)), aim=aim)[PRO_RATA].words.endswith(ending)


def test_a_month_of_pounds():
    april = Part(Period.parse("2009-04"), Decimal(1000))
    found = both([april], april.period, Method(RollUp.SUM, Unit.POUNDS), replace(AIM, target=None))
    assert found[PRO_RATA].words == "£1,000 in a month; at that rate £12,000 by the end of 2009/10."


# The sentence of a figure whose year has not ended tells the same


@pytest.mark.parametrize(
    ("last_year", "ending"),
    [
        (
            {"to_date": Decimal(1000), "whole": Decimal(2030)},
            "At this rate 1,884 by the end of the year (forecast, pro rata); 1,912 if it goes on as last year did "
            "(forecast, by last year’s profile).",
        ),
        ({"to_date": Decimal(1000)}, "(forecast, pro rata)."),
        ({"to_date": Decimal(0), "whole": Decimal(2030)}, "(forecast, pro rata)."),
        ({"to_date": Decimal(1000), "whole": Decimal(2030), "series_break": True}, "(forecast, pro rata)."),
        ({"to_date": Decimal(1000), "whole": Decimal(2030), "qualifier": Qualifier.AT_MOST}, "(forecast, pro rata)."),
    ],
)
def test_the_sentence_of_a_figure_tells_both_forecasts(last_year, ending):
    measure = replace(
        AIM,
        value=Decimal(442),
        to_date=Decimal(942),
        roll_up=RollUp.SUM,
        period=Q2,
        last_year=PastFigure(Decimal(400), "Q2 2008/09", **last_year),
    )
    assert rate(measure, Scheme()).why.endswith(ending)


# What always holds


figures = st.integers(0, 10_000)


@given(st.lists(figures, min_size=1, max_size=3), st.integers(1, 1000))
def test_an_even_year_before_gives_both_forecasts_alike(values, level):
    last = Period.of_quarter(Quarter(2009, len(values)))
    found = both([*quarters(2008, (level,) * 4), *quarters(2009, values)], last)
    assert round(found[PRO_RATA].value, 6) == round(found[BY_PROFILE].value, 6)


@given(st.lists(figures, min_size=4, max_size=4), st.lists(figures, min_size=1, max_size=3), st.integers(1, 100))
def test_forecasts_scale_with_the_figures(before, values, factor):
    last = Period.of_quarter(Quarter(2009, len(values)))
    plain = both([*quarters(2008, before), *quarters(2009, values)], last)
    scaled = both(
        [*quarters(2008, [one * factor for one in before]), *quarters(2009, [one * factor for one in values])], last
    )
    for label, one in plain.items():
        other = scaled[label].value
        assert (one.value is None) == (other is None)
        assert one.value is None or round(one.value * factor, 6) == round(other, 6)


anything = st.none() | st.decimals() | st.decimals(min_value=-1000, max_value=1000, places=2)
any_parts = st.lists(
    st.builds(
        Part,
        st.builds(
            lambda kind, quarter: Period.containing(kind, quarter.starts_on),
            st.sampled_from(PeriodKind),
            st.builds(Quarter, st.integers(2008, 2009), st.integers(1, 4)),
        ),
        anything,
        qualifier=st.sampled_from(Qualifier),
        state=st.sampled_from(ReadingState),
        series_break=st.booleans(),
    ),
    max_size=10,
)


@given(any_parts, st.sampled_from(RollUp), st.sampled_from(Unit), st.sampled_from(Polarity), anything)
def test_no_figures_crash_a_forecast(parts, roll_up, unit, polarity, target):
    aim = Measure(None, unit=unit, polarity=polarity, target=TargetFigure(target))
    for one in forecasts(parts, Q2, Method(roll_up, unit), aim):
        assert one.words.endswith(".")
        assert "forecast" in f"{one.label} {one.words}".lower()

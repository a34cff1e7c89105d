"""When a KPI is red, amber or green, and what the sentence says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG, Travel
from indicators.rag import Measure, PastFigure, Scheme, TargetFigure, describe, forecast_pro_rata, rate, travel
from indicators.values import CompareWith, Polarity, Qualifier, ReadingState, RollUp, TargetKind, ToleranceIn, Unit

HIGHER, LOWER, BAND, MONITOR = Polarity.HIGHER, Polarity.LOWER, Polarity.BAND, Polarity.MONITOR
RED, AMBER, GREEN, NOT_RATED = RAG.RED, RAG.AMBER, RAG.GREEN, RAG.NOT_RATED
YEAR = Period.parse("2009/10")
Q2, Q4 = (Period.of_quarter(Quarter(2009, number)) for number in (2, 4))
STRICT = Scheme(amber_tolerance=Decimal(0))
UNITS = ToleranceIn.UNITS


def number(value):
    return None if value is None else Decimal(str(value))


def make_target(value=None, low=None, high=None, **words):
    return TargetFigure(number(value), number(low), number(high), **words)


def make_past(value, label="", **words):
    return PastFigure(number(value), label, **words)


def make_scheme(compare_with=CompareWith.TARGET, green=0, amber=10, **words):
    return Scheme(compare_with, number(green), number(amber), **words)


def make_measure(value, target=None, polarity=HIGHER, **words):
    if target is not None and not isinstance(target, TargetFigure):
        target = make_target(target)
    return Measure(number(value), polarity=polarity, target=target, **words)


ASB = make_measure(1884, 1984, LOWER, baseline=make_past(2030, "2008/09"))


# The acid test of other trackers: the plan's one fully quantified KPI, a worsening and a target of nought


@pytest.mark.parametrize(
    ("measure", "light", "why"),
    [
        pytest.param(
            ASB,
            GREEN,
            "1,884 meets the target of 1,984, better by 100 (5.0%). −7.2% from the baseline of 2,030 (2008/09). "
            "Lower is better.",
            id="met and ahead",
        ),
        pytest.param(
            replace(ASB, value=Decimal(2500)),
            RED,
            "2,500 misses the target of 1,984 by 516 (26.0%), beyond the tolerance of 10%. +23.2% from the baseline of "
            "2,030 (2008/09). Lower is better.",
            id="worse than where it began",
        ),
        pytest.param(
            make_measure(0, 0, LOWER, baseline=make_past(5)),
            GREEN,
            "0 is on the target of 0. −100.0% from the baseline of 5.",
            id="target of nought reached",
        ),
    ],
)
def test_the_acid_test(measure, light, why):
    verdict = rate(measure, Scheme())
    assert (verdict.rating, verdict.why) == (light, why)


@pytest.mark.parametrize(
    ("value", "target", "polarity", "scheme", "light"),
    [
        # Per cent of a count; on target green, on the edge of tolerance amber
        pytest.param(200, 200, HIGHER, Scheme(), GREEN, id="on target"),
        pytest.param(201, 200, HIGHER, Scheme(), GREEN, id="above, higher is better"),
        pytest.param("199.99", 200, HIGHER, Scheme(), AMBER, id="just below"),
        pytest.param(180, 200, HIGHER, Scheme(), AMBER, id="yellow at 90% of 200 means 180"),
        pytest.param("179.99", 200, HIGHER, Scheme(), RED, id="just beyond the tolerance"),
        pytest.param(200, 200, LOWER, Scheme(), GREEN, id="on target, lower is better"),
        pytest.param(199, 200, LOWER, Scheme(), GREEN, id="below, lower is better"),
        pytest.param("200.01", 200, LOWER, Scheme(), AMBER, id="just above"),
        pytest.param(220, 200, LOWER, Scheme(), AMBER, id="edge of tolerance above"),
        pytest.param("220.01", 200, LOWER, Scheme(), RED, id="just beyond the tolerance above"),
        pytest.param(-1, -10, LOWER, Scheme(), RED, id="negative target missed"),
        pytest.param(-9, -10, LOWER, Scheme(), AMBER, id="negative target, edge of tolerance"),
        # No tolerance
        pytest.param(200, 200, LOWER, STRICT, GREEN, id="strict, on target"),
        pytest.param("200.01", 200, LOWER, STRICT, RED, id="strict, missed by a hair"),
        # A tolerance for green
        pytest.param(181, 200, HIGHER, make_scheme(green=10, amber=20), GREEN, id="inside the green tolerance"),
        pytest.param(180, 200, HIGHER, make_scheme(green=10, amber=20), AMBER, id="edge of the green tolerance"),
        pytest.param(160, 200, HIGHER, make_scheme(green=10, amber=20), AMBER, id="edge of the amber one"),
        pytest.param(159, 200, HIGHER, make_scheme(green=10, amber=20), RED, id="beyond both"),
        pytest.param(180, 200, HIGHER, make_scheme(green=10, amber=0), AMBER, id="edge of green is amber at least"),
        pytest.param(179, 200, HIGHER, make_scheme(green=10, amber=0), RED, id="no amber beyond"),
        # In units
        pytest.param(205, 200, LOWER, make_scheme(amber=5, tolerance_in=UNITS), AMBER, id="edge in units"),
        pytest.param(206, 200, LOWER, make_scheme(amber=5, tolerance_in=UNITS), RED, id="beyond in units"),
        # A target of nought
        pytest.param(0, 0, LOWER, Scheme(), GREEN, id="nought of nought"),
        pytest.param(1, 0, LOWER, Scheme(), RED, id="per cent of nought is nothing"),
        pytest.param("0.0001", 0, LOWER, make_scheme(green=50, amber=90), RED, id="whatever the per cent"),
        pytest.param(2, 0, LOWER, make_scheme(amber=2, tolerance_in=UNITS), AMBER, id="units reach beyond nought"),
        pytest.param(3, 0, LOWER, make_scheme(amber=2, tolerance_in=UNITS), RED, id="not for ever"),
        pytest.param(0, 0, HIGHER, Scheme(), GREEN, id="nought asked, nought done"),
        pytest.param(5, 0, HIGHER, Scheme(), GREEN, id="more than nought asked"),
        pytest.param(-5, 0, HIGHER, Scheme(), RED, id="less than nought asked"),
    ],
)
def test_a_count_against_its_target(value, target, polarity, scheme, light):
    assert rate(make_measure(value, target, polarity), scheme).rating == light


@pytest.mark.parametrize(
    ("value", "light"),
    [("95", GREEN), ("94.9", AMBER), ("90.25", AMBER), ("90", AMBER), ("89.9", RED)],
    ids=["on target", "below", "5% of 95% is not 5 points", "5 points", "beyond"],
)
def test_a_percentage_has_its_tolerance_in_points(value, light):
    measure = make_measure(value, 95, unit=Unit.PER_CENT, decimals=1)
    assert rate(measure, make_scheme(amber=5)).rating == light


def test_the_sentence_of_a_percentage_counts_points():
    measure = make_measure("95.9", 98, unit=Unit.PER_CENT, decimals=1, baseline=make_past("93.8", "2008/09"))
    assert rate(measure, make_scheme(amber=5)).why == (
        "95.9% misses the target of 98.0% by 2.1 points, within the tolerance of 5 points. "
        "+2.1 points from the baseline of 93.8% (2008/09)."
    )


def test_figures_that_differ_are_never_printed_alike():
    why = rate(make_measure("95.86", "95.9", unit=Unit.PER_CENT, decimals=1), STRICT).why
    assert why == "95.86% misses the target of 95.90% by 0.04 points."


@pytest.mark.parametrize(
    ("value", "scheme", "light"),
    [(0, Scheme(), GREEN), (10, Scheme(), AMBER), ("10.1", Scheme(), RED), ("0.1", STRICT, RED)],
)
def test_points_are_units_and_so_reach_beyond_a_target_of_nought(value, scheme, light):
    assert rate(make_measure(value, 0, LOWER, unit=Unit.PER_CENT, decimals=1), scheme).rating == light


def test_pounds_and_answers_read_naturally():
    pounds = rate(make_measure(2000, 3500, unit=Unit.POUNDS), STRICT)
    assert (pounds.rating, pounds.why) == (RED, "£2,000 misses the target of £3,500 by £1,500 (42.9%).")
    no = rate(make_measure(0, 1, unit=Unit.YES_NO), Scheme())
    assert (no.rating, no.why) == (RED, "No, against the target of Yes.")
    assert rate(make_measure(1, 1, unit=Unit.YES_NO), Scheme()).rating == GREEN


# Within a band


@pytest.mark.parametrize(
    ("value", "light"),
    [
        pytest.param(10, GREEN, id="lower edge"),
        pytest.param(15, GREEN, id="inside"),
        pytest.param(20, GREEN, id="upper edge"),
        pytest.param("9.99", AMBER, id="just below"),
        pytest.param(8, AMBER, id="edge of tolerance below: 10% of 20, as above"),
        pytest.param("7.99", RED, id="beyond it below"),
        pytest.param(22, AMBER, id="edge of tolerance above: 10% of 20"),
        pytest.param("22.01", RED, id="beyond it above"),
    ],
)
def test_a_band(value, light):
    assert rate(make_measure(value, make_target(low=10, high=20), BAND), Scheme()).rating == light
    assert rate(make_measure(value, make_target(low=20, high=10), BAND), Scheme()).rating == light


@pytest.mark.parametrize(
    ("target", "value", "light", "why"),
    [
        (make_target(low=10, high=20), 15, GREEN, "15 is within the band of 10 to 20."),
        (make_target(low=10, high=20), 22, AMBER, "22 is outside the band of 10 to 20 by 2 (10.0%), "
         "within the tolerance of 10%."),
        (make_target(low=10), 5, RED, "5 is outside the target of at least 10 by 5 (50.0%), "
         "beyond the tolerance of 10%."),
        (make_target(high=0), 5, RED, "5 is outside the target of at most 0 by 5."),
        (make_target(12), 12, GREEN, "12 is within the target of 12."),
    ],
)  # fmt: skip
def test_a_band_may_be_open_or_narrow(target, value, light, why):
    verdict = rate(make_measure(value, target, BAND), Scheme())
    assert (verdict.rating, verdict.why) == (light, why)


@pytest.mark.parametrize(("polarity", "edge"), [(HIGHER, "10"), (LOWER, "20")])
def test_of_a_band_a_direction_must_reach_the_near_edge(polarity, edge):
    verdict = rate(make_measure(edge, make_target(low=10, high=20), polarity), STRICT)
    assert (verdict.rating, verdict.why) == (GREEN, f"{edge} is on the target of {edge}.")


# A change asked for


CHANGE = make_target("-2.3", kind=TargetKind.PER_CENT_CHANGE)


def test_a_change_is_measured_from_the_baseline():
    verdict = rate(replace(ASB, target=CHANGE), Scheme())
    assert verdict.rating == GREEN
    assert verdict.why == (
        "1,884, which is −7.2% from the baseline of 2,030 (2008/09), meets the target of −2.3% (1,983), "
        "better by 99 (5.0%). Lower is better."
    )


@pytest.mark.parametrize(
    ("value", "change", "polarity", "light"),
    [
        (90, -10, LOWER, GREEN),
        ("90.01", -10, LOWER, AMBER),
        (99, -10, LOWER, AMBER),
        ("99.01", -10, LOWER, RED),
        (110, 10, HIGHER, GREEN),
        ("109.99", 10, HIGHER, AMBER),
        (98, 10, HIGHER, RED),
        (100, 0, LOWER, GREEN),
    ],
)
def test_a_change_asked_for(value, change, polarity, light):
    target = make_target(change, kind=TargetKind.PER_CENT_CHANGE)
    assert rate(make_measure(value, target, polarity, baseline=make_past(100)), Scheme()).rating == light


# What is not rated, and why


@pytest.mark.parametrize(
    ("measure", "scheme", "why"),
    [
        (replace(ASB, value=None), Scheme(), "there is no figure"),
        (replace(ASB, value=None, state=ReadingState.AWAITED), Scheme(), "the figure is awaited"),
        (replace(ASB, value=None, state=ReadingState.NOT_AVAILABLE), Scheme(), "the figure is not available"),
        (replace(ASB, value=None, state=ReadingState.NOT_DUE), Scheme(), "no figure is due for this period"),
        (replace(ASB, state=ReadingState.AWAITED), Scheme(), "the figure is awaited"),
        (replace(ASB, missing=("May 2009",)), Scheme(), "Incomplete, not rated: no figure for May 2009."),
        (replace(ASB, missing=("April", "May", "June 2009")), Scheme(), "no figure for April, May and June 2009."),
        (replace(ASB, value=Decimal("NaN")), Scheme(), "not a number"),
        (replace(ASB, value=Decimal("Infinity")), Scheme(), "not a number"),
        (replace(ASB, polarity=MONITOR), Scheme(), "1,884. Monitored only, so not rated."),
        (replace(ASB, target=None), Scheme(), "no target has been set"),
        (replace(ASB, target=make_target(text="TBC")), Scheme(), "the target has no figure to compare it with (“TBC”)"),
        (replace(ASB, target=make_target(text="")), Scheme(), "the target has no figure to compare it with."),
        (replace(ASB, baseline=None), make_scheme(CompareWith.BASELINE), "there is no baseline"),
        (ASB, make_scheme(CompareWith.PREVIOUS_PERIOD), "no figure for the previous period"),
        (ASB, make_scheme(CompareWith.SAME_PERIOD_LAST_YEAR), "no figure for the same period last year"),
        (replace(ASB, target=CHANGE, baseline=None), Scheme(), "there is no baseline"),
        (replace(ASB, target=CHANGE, baseline=make_past(0)), Scheme(), "a baseline of 0 cannot be worked out"),
        (replace(ASB, target=replace(CHANGE, value=None)), Scheme(), "the target has no percentage"),
        (replace(ASB, target=CHANGE, polarity=BAND), Scheme(), "needs a band as its target"),
        (replace(ASB, polarity=BAND, target=None), make_scheme(CompareWith.BASELINE), "no target band to be nearer to"),
        (ASB, make_scheme(amber="NaN"), "the scheme's tolerance is not a number"),
    ],
)
def test_what_cannot_be_rated_says_what_is_missing(measure, scheme, why):
    verdict = rate(measure, scheme)
    assert verdict.rating == NOT_RATED
    assert why in verdict.why


@pytest.mark.parametrize(
    ("scheme", "changed"),
    [
        (make_scheme(CompareWith.BASELINE), {"baseline": make_past(2030, "2008/09", series_break=True)}),
        (make_scheme(CompareWith.PREVIOUS_PERIOD), {"previous": make_past(2030, "2008/09", series_break=True)}),
        (make_scheme(CompareWith.SAME_PERIOD_LAST_YEAR), {"last_year": make_past(2030, "2008/09", series_break=True)}),
        (Scheme(), {"target": CHANGE, "baseline": make_past(2030, "2008/09", series_break=True)}),
    ],
)
def test_no_change_is_rated_across_a_series_break(scheme, changed):
    verdict = rate(replace(ASB, **changed), scheme)
    assert verdict.rating == NOT_RATED
    assert verdict.why == "1,884. Change not rated: what is counted has changed since 2008/09."


def test_a_target_still_rates_after_a_series_break_but_the_change_is_not_told():
    verdict = rate(replace(ASB, baseline=make_past(2030, "2008/09", series_break=True)), Scheme())
    assert verdict.rating == GREEN
    assert "Change from the baseline of 2,030 (2008/09) not rated" in verdict.why
    assert "−7.2%" not in verdict.why


def test_a_provisional_figure_is_rated_and_says_so():
    verdict = rate(replace(ASB, state=ReadingState.PROVISIONAL), Scheme())
    assert verdict.rating == GREEN
    assert verdict.why.endswith("Provisional figure: it may still change.")


# Against earlier figures


@pytest.mark.parametrize(
    ("compare_with", "field", "words"),
    [
        (CompareWith.BASELINE, "baseline", "the baseline of 2,000 (2008/09)"),
        (CompareWith.PREVIOUS_PERIOD, "previous", "the previous period's 2,000 (2008/09)"),
        (CompareWith.SAME_PERIOD_LAST_YEAR, "last_year", "last year's 2,000 (2008/09)"),
    ],
)
@pytest.mark.parametrize(
    ("value", "light", "verb"),
    [
        (1900, GREEN, "is better than {} by 100 (5.0%). Lower is better."),
        (2000, GREEN, "is as good as {}."),
        (2200, AMBER, "is worse than {} by 200 (10.0%), within the tolerance of 10%. Lower is better."),
        (2300, RED, "is worse than {} by 300 (15.0%), beyond the tolerance of 10%. Lower is better."),
    ],
)
def test_against_an_earlier_figure(compare_with, field, words, value, light, verb):
    measure = make_measure(value, None, LOWER, **{field: make_past(2000, "2008/09")})
    verdict = rate(measure, make_scheme(compare_with))
    assert (verdict.rating, verdict.why) == (light, f"{value:,} {verb.format(words)}")


@pytest.mark.parametrize(
    ("value", "light"),
    [(89, GREEN), (90, AMBER), (100, AMBER), (110, AMBER), (111, RED)],
    ids=["over 10% better", "just 10% better", "no change", "10% worse", "over 10% worse"],
)
def test_a_scheme_may_ask_for_improvement(value, light):
    measure = make_measure(value, None, LOWER, previous=make_past(100))
    assert rate(measure, make_scheme(CompareWith.PREVIOUS_PERIOD, green=-10)).rating == light


def test_nought_after_nought_is_no_improvement():
    measure = make_measure(0, None, LOWER, previous=make_past(0))
    assert rate(measure, make_scheme(CompareWith.PREVIOUS_PERIOD, green=-10)).rating == AMBER


@pytest.mark.parametrize(("now", "light"), [(25, GREEN), (5, GREEN), (30, GREEN), (32, AMBER), (34, RED)])
def test_nearer_the_band_than_before_is_better(now, light):
    measure = make_measure(now, make_target(low=10, high=20), BAND, previous=make_past(30))
    assert rate(measure, make_scheme(CompareWith.PREVIOUS_PERIOD)).rating == light


def test_a_quarter_is_not_set_against_a_whole_year():
    baseline = make_past(2030, "2008/09", period=Period.parse("2008/09"))
    measure = make_measure(500, None, LOWER, roll_up=RollUp.SUM, period=Q2, baseline=baseline)
    scheme = make_scheme(CompareWith.BASELINE)
    verdict = rate(measure, scheme)
    assert verdict.rating == NOT_RATED
    assert verdict.why == "500. Not rated: a quarter cannot be compared with 2008/09, which is a year."
    assert rate(replace(measure, roll_up=RollUp.LATEST), scheme).rating == GREEN
    at_year_end = rate(replace(measure, period=Q4, to_date=Decimal(2100)), scheme)
    assert at_year_end.why.startswith("2,100 for 2009/10 is worse than the baseline of 2,030 (2008/09) by 70 (3.4%)")


# Amber if no worse than a year ago


@pytest.mark.parametrize(
    ("last_year", "light", "why"),
    [
        (make_past(2500, "Q4 2008/09"), AMBER, "; amber because no worse than last year's 2,500 (Q4 2008/09)."),
        (make_past(2501, "Q4 2008/09"), AMBER, "; amber because no worse than last year's 2,501 (Q4 2008/09)."),
        (make_past(2499, "Q4 2008/09"), RED, "; worse than last year's 2,499 (Q4 2008/09) too."),
        (None, RED, "; there is no figure for the same period last year to set against it."),
        (make_past(None), RED, "; there is no figure for the same period last year to set against it."),
        (make_past(2600, series_break=True), RED, "; it cannot be compared with last year."),
        (make_past(2600, qualifier=Qualifier.AT_MOST), RED, "; it cannot be compared with last year."),
    ],
)
def test_beyond_tolerance_but_no_worse_than_last_year(last_year, light, why):
    verdict = rate(make_measure(2500, 1984, LOWER, last_year=last_year), make_scheme(amber_if_no_worse=True))
    assert verdict.rating == light
    assert why in verdict.why


def test_a_target_of_nought_may_be_amber_by_last_year():
    measure = make_measure(3, 0, LOWER, last_year=make_past(4))
    assert rate(measure, make_scheme(amber_if_no_worse=True)).rating == AMBER
    assert rate(measure, Scheme()).rating == RED


# Targets and the periods they are for


@pytest.mark.parametrize(
    ("roll_up", "to_date", "words"),
    [
        (
            RollUp.SUM,
            942,
            "500 for Q2 2009/10, 942 so far in 2009/10. Not rated yet: the target of 1,984 is for 2009/10, "
            "which has not ended. At this rate 1,884 by the end of the year (forecast, pro rata).",
        ),
        (
            RollUp.AVERAGE,
            480,
            "500 for Q2 2009/10, 480 so far in 2009/10. Not rated yet: the target of 1,984 is for 2009/10, "
            "which has not ended.",
        ),
        (
            RollUp.LATEST,
            None,
            "500 for Q2 2009/10. Not rated yet: the target of 1,984 is for 2009/10, which has not ended.",
        ),
        (
            RollUp.SUM,
            None,
            "500 for Q2 2009/10. Not rated yet: the target of 1,984 is for 2009/10, which has not ended.",
        ),
    ],
)
def test_a_year_end_target_is_not_rated_before_the_year_ends(roll_up, to_date, words):
    measure = make_measure(
        500, make_target(1984, period=YEAR), LOWER, period=Q2, roll_up=roll_up, to_date=number(to_date)
    )
    verdict = rate(measure, Scheme())
    assert (verdict.rating, verdict.why) == (NOT_RATED, words)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (make_target("-2.3", kind=TargetKind.PER_CENT_CHANGE, period=YEAR), "the target of −2.3% is for 2009/10"),
        (make_target(kind=TargetKind.PER_CENT_CHANGE, period=YEAR), "the target is for 2009/10"),
        (make_target(low=10, high=20, period=YEAR), "the target of 10 to 20 is for 2009/10"),
        (make_target(low=10, period=YEAR), "the target of at least 10 is for 2009/10"),
        (make_target(text="TBC", period=YEAR), "the target is for 2009/10"),
    ],
)
def test_the_target_of_a_year_that_has_not_ended_is_told(target, words):
    assert words in rate(make_measure(500, target, LOWER, period=Q2), Scheme()).why


def test_the_first_quarter_is_the_year_to_date():
    first = Period.parse("2009-10-Q1")
    measure = make_measure(500, make_target(1984, period=YEAR), LOWER, period=first, roll_up=RollUp.SUM)
    assert rate(measure, Scheme()).why == (
        "500 for Q1 2009/10. Not rated yet: the target of 1,984 is for 2009/10, which has not ended. "
        "At this rate 2,000 by the end of the year (forecast, pro rata)."
    )


@pytest.mark.parametrize(
    ("value", "roll_up", "to_date", "light"),
    [
        pytest.param(450, RollUp.SUM, 1884, GREEN, id="the year's sum, met"),
        pytest.param(450, RollUp.SUM, 2000, AMBER, id="the year's sum, missed"),
        pytest.param(450, RollUp.SUM, None, NOT_RATED, id="the last quarter alone is not the year"),
        pytest.param(1884, RollUp.LATEST, None, GREEN, id="the latest figure is the year's"),
    ],
)
def test_a_year_end_target_is_rated_in_quarter_4(value, roll_up, to_date, light):
    target = make_target(1984, period=YEAR)
    measure = make_measure(value, target, LOWER, period=Q4, roll_up=roll_up, to_date=number(to_date))
    assert rate(measure, Scheme()).rating == light


def test_a_month_of_quarter_4_is_not_the_year_yet():
    measure = make_measure(1884, make_target(1984, period=YEAR), LOWER, period=Period.parse("2010-02"))
    assert rate(measure, Scheme()).rating == NOT_RATED


def test_a_quarters_own_target_is_rated_at_once():
    assert rate(make_measure(18, make_target(18, period=Q2), period=Q2, roll_up=RollUp.SUM), Scheme()).rating == GREEN


@pytest.mark.parametrize("period", [Period.parse("2010-11-Q1"), Period.parse("2008-09-Q4"), Period.parse("2010/11")])
def test_a_target_of_another_period_is_no_target(period):
    verdict = rate(make_measure(1884, make_target(1984, period=YEAR), LOWER, period=period), Scheme())
    assert verdict.rating == NOT_RATED
    assert f"no target has been set for {period}" in verdict.why


def test_a_forecast_is_pro_rata():
    assert forecast_pro_rata(Decimal(942), months_gone=6) == 1884
    assert forecast_pro_rata(Decimal(100), months_gone=1, months=3) == 300


# "At least" and "at most"


@pytest.mark.parametrize(
    ("value", "qualifier", "polarity", "light"),
    [
        pytest.param(10, Qualifier.AT_LEAST, HIGHER, GREEN, id="at least enough"),
        pytest.param(5, Qualifier.AT_LEAST, HIGHER, NOT_RATED, id="at least too few: it may be enough"),
        pytest.param(5, Qualifier.AT_LEAST, LOWER, NOT_RATED, id="at least few enough: it may be too many"),
        pytest.param(20, Qualifier.AT_LEAST, LOWER, RED, id="at least too many"),
        pytest.param(5, Qualifier.AT_MOST, LOWER, GREEN, id="at most few enough"),
        pytest.param(20, Qualifier.AT_MOST, LOWER, NOT_RATED, id="at most too many: it may be few"),
        pytest.param(20, Qualifier.AT_MOST, HIGHER, NOT_RATED, id="at most enough: it may be fewer"),
        pytest.param(5, Qualifier.AT_MOST, HIGHER, RED, id="at most too few"),
        pytest.param(10, Qualifier.ABOUT, HIGHER, GREEN, id="about is taken as said"),
        pytest.param(15, Qualifier.AT_LEAST, BAND, NOT_RATED, id="a band needs the figure itself"),
    ],
)
def test_an_open_ended_figure_rates_only_where_it_leaves_no_doubt(value, qualifier, polarity, light):
    verdict = rate(make_measure(value, 10, polarity, qualifier=qualifier), Scheme())
    assert verdict.rating == light
    assert qualifier.label.lower() in verdict.why.lower()


@pytest.mark.parametrize(("polarity", "light"), [(HIGHER, NOT_RATED), (LOWER, GREEN)])
def test_a_baseline_of_at_least_five(polarity, light):
    value = 7 if polarity == HIGHER else 4
    measure = make_measure(value, None, polarity, baseline=make_past(5, qualifier=Qualifier.AT_LEAST))
    assert rate(measure, make_scheme(CompareWith.BASELINE)).rating == light


# The scheme in words


@pytest.mark.parametrize(
    ("scheme", "unit", "words"),
    [
        (Scheme(), Unit.NUMBER, "Green: on target or better. Amber: within 10% of target. Red: otherwise."),
        (Scheme(), Unit.PER_CENT, "Green: on target or better. Amber: within 10 points of target. Red: otherwise."),
        (
            Scheme(),
            None,
            "Green: on target or better. Amber: within 10% of target. Red: otherwise. "
            "For KPIs that are percentages, the tolerance is in points.",
        ),
        (STRICT, None, "Green: on target or better. Red: otherwise."),
        (
            make_scheme(amber="2.5000", tolerance_in=UNITS),
            Unit.POUNDS,
            "Green: on target or better. Amber: within £2.50 of target. Red: otherwise.",
        ),
        (
            make_scheme(green=10, amber=10, amber_if_no_worse=True),
            Unit.NUMBER,
            "Green: better than target, or off by less than 10%. Amber: off by exactly 10%. "
            "Amber also where further off but no worse than the same period last year. Red: otherwise.",
        ),
        (
            make_scheme(CompareWith.PREVIOUS_PERIOD, green=-10),
            Unit.NUMBER,
            "Green: better than the previous period by more than 10%. Amber: within 10% of the previous period. "
            "Red: otherwise.",
        ),
        (
            make_scheme(CompareWith.BASELINE, amber=0),
            None,
            "Green: no worse than the baseline. Red: otherwise.",
        ),
        (
            make_scheme(CompareWith.SAME_PERIOD_LAST_YEAR, green=-10, amber=-5),
            Unit.NUMBER,
            "Green: better than the same period last year by more than 10%. Amber: better by 5% or more. "
            "Red: otherwise.",
        ),
    ],
)
def test_a_scheme_prints_itself(scheme, unit, words):
    assert describe(scheme, unit) == words


@pytest.mark.parametrize(
    ("scheme", "unit", "words"),
    [
        (Scheme(), Unit.NUMBER, "Green: within the band. Amber: outside it by up to 10% of its larger edge."),
        (Scheme(), Unit.PER_CENT, "Green: within the band. Amber: outside it by up to 10 points."),
        (STRICT, Unit.NUMBER, "Green: within the band."),
        (
            make_scheme(green=2, amber=5, tolerance_in=UNITS),
            Unit.POUNDS,
            "Green: within the band, or outside it by less than £2. Amber: outside it by up to £5.",
        ),
        (
            make_scheme(green=5, amber=5),
            Unit.PER_CENT,
            "Green: within the band, or outside it by less than 5 points. Amber: outside it by exactly 5 points.",
        ),
        (
            make_scheme(green=-10, amber=10),
            Unit.PER_CENT,
            "Green: never, since no figure is better than one within the band. "
            "Amber: within the band, or outside it by up to 10 points.",
        ),
        (
            make_scheme(green=-10, amber=-5),
            Unit.NUMBER,
            "Green: never, since no figure is better than one within the band.",
        ),
    ],
)
def test_a_scheme_prints_itself_for_a_band(scheme, unit, words):
    assert describe(scheme, unit, BAND) == f"{words} Red: otherwise."


def test_a_scheme_says_nothing_between_yes_and_no_and_nothing_of_what_is_monitored():
    assert describe(Scheme(), Unit.YES_NO) == "Green: on target or better. Red: otherwise."
    assert describe(Scheme(), Unit.NUMBER, MONITOR) == "Monitored only: it is given no light."
    assert "Amber: within 1 of target" in describe(make_scheme(amber=1, tolerance_in=UNITS), Unit.YES_NO)


# Direction of travel


@pytest.mark.parametrize(
    ("now", "before", "polarity", "expected"),
    [
        (2, 1, HIGHER, Travel.IMPROVED),
        (1, 2, HIGHER, Travel.WORSENED),
        (1, 2, LOWER, Travel.IMPROVED),
        (2, 1, LOWER, Travel.WORSENED),
        (2, 2, LOWER, Travel.NO_CHANGE),
        (25, 30, BAND, Travel.IMPROVED),
        (5, 9, BAND, Travel.WORSENED),
        (12, 18, BAND, Travel.NO_CHANGE),
        (2, 1, MONITOR, Travel.NOT_COMPARED),
        (1, 1, MONITOR, Travel.NO_CHANGE),
        (2, None, HIGHER, Travel.NEW),
        (None, 2, HIGHER, Travel.NOT_COMPARED),
        (None, None, HIGHER, Travel.NOT_COMPARED),
        ("NaN", 2, HIGHER, Travel.NOT_COMPARED),
    ],
)
def test_direction_of_travel(now, before, polarity, expected):
    target = make_target(low=10, high=20)
    assert travel(number(now), number(before), polarity, target=target) == expected


def test_up_always_means_better():
    assert travel(Decimal(1), Decimal(2), LOWER).arrow == "↑"
    assert travel(Decimal(1), Decimal(2), LOWER).label == "Improved"


def test_no_travel_across_a_series_break_or_without_a_band():
    assert travel(Decimal(1), Decimal(2), LOWER, series_break=True) == Travel.NOT_COMPARED
    assert travel(Decimal(1), Decimal(2), BAND) == Travel.NOT_COMPARED

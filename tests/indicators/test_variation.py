"""Is the change real? The XmR chart: limits, the four rules, what they mean, and the words for a councillor."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import Period, PeriodKind, Quarter
from indicators.figures import TargetFigure
from indicators.values import Polarity, Qualifier, ReadingState, RollUp, TargetKind, Unit
from indicators.variation import Assurance, History, Observation, Rule, Side, Variation, chart_of
from indicators.variation_wording import explain

HIGHER, LOWER, BAND, MONITOR = Polarity.HIGHER, Polarity.LOWER, Polarity.BAND, Polarity.MONITOR
HIGH, LOW = Side.HIGH, Side.LOW
APRIL = Period.parse("2009-04")
VECTOR = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]  # of the NHS-R community's package
BURGLARIES = [9, 14, 8, 12, 11, 7, 13, 10, 9, 12, 8, 11, 9, 14]
STEADY = [10, 12] * 10  # mean 11, every range 2: limits 5.68 and 16.32, outer thirds from 7.45… and 14.55 on


def make_history(values, first=APRIL, breaks=(), **words):
    """Months from April 2009 on; None is a month whose figure is not available. `breaks` are places in the list."""
    rows, period = [], first
    for place, value in enumerate(values):
        figure = None if value is None else Decimal(str(value))
        state = ReadingState.NOT_AVAILABLE if value is None else ReadingState.FINAL
        rows.append(Observation(period, figure, state, series_break=place in breaks))
        period = period.next
    return History(tuple(rows), **words)


def make_chart(values, **words):
    return chart_of(make_history(values, **words))


def make_target(value=None, low=None, high=None, **words):
    return TargetFigure(*(None if one is None else Decimal(str(one)) for one in (value, low, high)), **words)


def found(chart, segment=-1):
    """Every signal as (rule, side, place of its first figure, place of its last)."""
    places = {point.period: place for place, point in enumerate(chart.points)}
    signals = chart.segments[segment].signals
    return {(one.rule, one.side, places[one.since], places[one.until]) for one in signals}


def around(*last, side=1):
    """A steady series, then figures given as distances from its mean of 11 in thirds of the way to a limit.

    The limits move a little with what is added: distances keep clear of the lines.
    """
    return STEADY + [Decimal(11) + side * Decimal(str(one)) * Decimal("1.7733") for one in last]


# Limits


@pytest.mark.parametrize(
    ("screened", "upper", "lower", "left_out"), [(True, "4.60", "-0.72", 2), (False, "6.95", "-3.06", 0)]
)
def test_the_test_vector_to_two_decimals(screened, upper, lower, left_out):
    limits = make_chart(VECTOR, screened=screened).limits
    assert [round(one, 2) for one in (limits.mean, limits.upper, limits.lower)] == [
        Decimal("1.94"),
        Decimal(upper),
        Decimal(lower),
    ]
    assert limits.left_out == left_out


def test_limits_are_the_mean_and_two_point_six_six_average_ranges():
    limits = make_chart([10, 12, 10, 12, 10, 12]).limits
    assert (limits.mean, limits.average_range) == (11, 2)
    assert (limits.lower, limits.upper) == (Decimal("5.68"), Decimal("16.32"))
    assert round(limits.outer_upper, 4) == Decimal("14.5467")


def test_ranges_are_screened_once_and_only_from_the_multiple_on():
    # 16 ranges of 1 and one of r: left out where r >= 3.267 × (16 + r) / 17, which is at r = 3.8058…
    base = [0, 1] * 8 + [0]
    kept = make_chart([*base, Decimal("3.80")], screened=True).limits
    left = make_chart([*base, Decimal("3.81")], screened=True).limits
    assert (kept.left_out, left.left_out) == (0, 1)
    assert left.average_range == 1


def test_a_series_that_never_moves_has_limits_of_no_width_screened_or_not():
    for screened in (True, False):
        chart = make_chart([7] * 12, screened=screened)
        assert (chart.limits.lower, chart.limits.upper, chart.limits.left_out) == (7, 7, 0)
        assert chart.variation == Variation.COMMON_CAUSE


@pytest.mark.parametrize(("count", "is_known"), [(0, False), (1, False), (4, False), (5, True)])
def test_limits_need_five_neighbouring_figures(count, is_known):
    chart = make_chart(BURGLARIES[:count])
    assert (chart.limits is not None) == is_known
    assert (chart.variation != Variation.NOT_KNOWN) == is_known


@pytest.mark.parametrize(("count", "is_trial"), [(11, True), (12, False)])
def test_limits_are_on_trial_below_twelve_figures(count, is_trial):
    chart = make_chart(BURGLARIES[:count])
    assert chart.limits.is_trial == chart.line.is_trial == is_trial
    assert ("Trial limits: 11 months so far, and 12 make a range to rely on." in explain(chart).text) == is_trial


@pytest.mark.parametrize(
    ("values", "unit", "lower", "upper"),
    [
        pytest.param([1, 3] * 6, Unit.NUMBER, 0, "7.32", id="a count is not below nought"),
        pytest.param([1, 3] * 6, Unit.SCORE, "-3.32", "7.32", id="a score may be"),
        pytest.param([-1, 3] * 6, Unit.NUMBER, "-9.64", "11.64", id="nor is a change that has been below"),
        pytest.param([97, 99] * 6, Unit.PER_CENT, "92.68", 100, id="a share is not above a hundred"),
        pytest.param([99, 101] * 6, Unit.PER_CENT, "94.68", "105.32", id="a rise of a hundred per cent may be"),
    ],
)
def test_limits_are_drawn_where_figures_can_be(values, unit, lower, upper):
    chart = make_chart(values, unit=unit)
    assert (chart.line.lower, chart.line.upper) == (Decimal(lower), Decimal(upper))


# The four rules


@pytest.mark.parametrize(
    ("last", "is_outside"),
    [pytest.param("16.586", False, id="on the limit"), pytest.param("16.587", True, id="just beyond")],
)
@pytest.mark.parametrize("side", [1, -1])
def test_a_figure_outside_the_limits(last, is_outside, side):
    """After a gap the last figure moves the mean only: with 16.586 the upper limit is 16.586 too."""
    chart = make_chart([side * Decimal(value) for value in STEADY] + [None, side * Decimal(last)])
    expected = {(Rule.OUTSIDE, HIGH if side == 1 else LOW, 21, 21)} if is_outside else set()
    assert found(chart) == expected


@pytest.mark.parametrize(("side", "word"), [(1, HIGH), (-1, LOW)])
def test_figures_outside_in_a_row_are_one_signal(side, word):
    outside = [one for one in found(make_chart(around(8, 8, side=side))) if one[0] == Rule.OUTSIDE]
    assert outside == [(Rule.OUTSIDE, word, 20, 21)]


@pytest.mark.parametrize(("count", "is_signal"), [(6, False), (7, True), (8, True)])
@pytest.mark.parametrize("side", [1, -1])
def test_seven_in_a_row_on_one_side_of_the_mean(count, is_signal, side):
    values = [side * value for value in [0, 4, -4] * 4 + [-4] + [1, 2] * (count // 2) + [1] * (count % 2) + [-4]]
    shifts = [one for one in found(make_chart(values)) if one[0] == Rule.SHIFT]
    assert shifts == ([(Rule.SHIFT, HIGH if side == 1 else LOW, 13, 12 + count)] if is_signal else [])


def test_a_figure_on_the_mean_ends_a_run():
    run = [1, 1, 1, 0, 1, 1, 1]
    values = [*run, -3, 0, -3]
    assert sum(values) == 0
    assert not [one for one in found(make_chart(values)) if one[0] == Rule.SHIFT]


@pytest.mark.parametrize(
    ("run", "is_signal"),
    [
        pytest.param([1, 2, 3, 4, 5, 6], False, id="six rising"),
        pytest.param([1, 2, 3, 4, 5, 6, 7], True, id="seven rising"),
        pytest.param([1, 2, 3, 4, 4, 5, 6], False, id="two alike between them"),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_seven_rising_or_falling(run, is_signal, side):
    values = [side * value for value in [9, 4, 9, 4, 9, 4, 9, *run, 2, 9, 4]]
    trends = [one for one in found(make_chart(values)) if one[0] == Rule.TREND]
    assert trends == ([(Rule.TREND, HIGH if side == 1 else LOW, 7, 13)] if is_signal else [])


@pytest.mark.parametrize(
    ("last", "signal"),
    [
        pytest.param((-0.5, 2.6, -0.5, 2.6), None, id="the third on the other side of the mean"),
        pytest.param((-0.5, 2.6, 2.6, 0.5), (21, 22), id="two and the one after"),
        pytest.param((0.5, 2.6, 2.6), (21, 22), id="the one before and two"),
        pytest.param((-0.5, 2.6, 0.5, 2.6), (21, 23), id="one between"),
        pytest.param((-0.5, 2.6, 0.5, 0.5, 2.6), None, id="two between"),
        pytest.param((-0.5, 2.6, 0.5, -0.5), None, id="only one"),
        pytest.param((-0.5, 2.6, -2.6, 0.5), None, id="on both sides"),
        pytest.param((-0.5, 5, 2.9, 0.5), (21, 22), id="one of them outside the limits"),
        pytest.param((-0.5, 2.8, 2.8, 2.8, 0.5), (21, 23), id="three are one signal"),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_two_of_three_in_the_outer_third(last, signal, side):
    pairs = [one for one in found(make_chart(around(*last, side=side))) if one[0] == Rule.TWO_OF_THREE]
    assert pairs == ([(Rule.TWO_OF_THREE, HIGH if side == 1 else LOW, *signal)] if signal else [])


def test_the_middle_one_of_two_of_three_is_no_signal_itself():
    chart = make_chart(around(-0.5, 2.6, 0.5, 2.6))
    assert [point.rules for point in chart.points[20:]] == [(), (Rule.TWO_OF_THREE,), (), (Rule.TWO_OF_THREE,)]


# What a signal means


@pytest.mark.parametrize(
    ("polarity", "high", "low"),
    [
        (HIGHER, Variation.IMPROVEMENT_HIGH, Variation.CONCERN_LOW),
        (LOWER, Variation.CONCERN_HIGH, Variation.IMPROVEMENT_LOW),
        (BAND, Variation.NEITHER_HIGH, Variation.NEITHER_LOW),
        (MONITOR, Variation.NEITHER_HIGH, Variation.NEITHER_LOW),
    ],
)
def test_a_change_is_better_or_worse_by_polarity(polarity, high, low):
    assert make_chart(around(6), polarity=polarity).variation == high
    assert make_chart(around(6, side=-1), polarity=polarity).variation == low


def test_the_newest_figure_decides_and_older_changes_are_told():
    chart = make_chart([*around(6), 11], polarity=LOWER)
    assert (chart.variation, chart.signals, chart.since) == (Variation.COMMON_CAUSE, (), None)
    assert chart.points[20].variation == Variation.CONCERN_HIGH
    assert "Earlier there was a real change (December 2010)." in explain(chart).sentences


def test_of_two_that_disagree_the_more_telling_is_believed_and_both_are_told():
    """Falling, but not yet below the average: better, and the run above it is told as well."""
    chart = make_chart([0, 6] * 8 + [9, "8.5", 8, "7.5", 7, "6.5", 6], polarity=LOWER)
    assert [(one.rule, one.side) for one in chart.signals] == [(Rule.TREND, LOW), (Rule.SHIFT, HIGH)]
    assert chart.variation == Variation.IMPROVEMENT_LOW
    text = explain(chart).text
    assert "7 months in a row falling (August 2010 to February 2011)." in text
    assert "But also: 8 months in a row above the average of 4.4 (July 2010 to February 2011)." in text


def test_a_change_is_as_old_as_the_oldest_signal_of_its_direction():
    chart = make_chart([10, 12] * 8 + [17, 19, 17, 19, 17, 19, 30], polarity=LOWER)
    assert {one.rule for one in chart.signals} >= {Rule.OUTSIDE, Rule.SHIFT}
    assert chart.since == chart.points[16].period


@pytest.mark.parametrize(
    ("variation", "letter", "css"),
    [
        (Variation.COMMON_CAUSE, "~", "common-cause"),
        (Variation.IMPROVEMENT_HIGH, "H", "improvement"),
        (Variation.IMPROVEMENT_LOW, "L", "improvement"),
        (Variation.CONCERN_HIGH, "H", "concern"),
        (Variation.CONCERN_LOW, "L", "concern"),
        (Variation.NEITHER_HIGH, "H", "neither"),
        (Variation.NEITHER_LOW, "L", "neither"),
        (Variation.NOT_KNOWN, "–", "not-known"),
    ],
)
def test_variation_has_a_letter_and_a_word_of_its_own(variation, letter, css):
    assert (variation.letter, variation.css) == (letter, css)
    assert len({one.label for one in Variation}) == len(Variation)


# Assurance: STEADY has limits of 5.68 and 16.32


@pytest.mark.parametrize(
    ("polarity", "target", "expected", "letter"),
    [
        (LOWER, make_target("16.33"), Assurance.PASSES, "P"),
        (LOWER, make_target("16.32"), Assurance.PASSES, "P"),
        (LOWER, make_target("16.31"), Assurance.HIT_OR_MISS, "?"),
        (LOWER, make_target("5.68"), Assurance.HIT_OR_MISS, "?"),
        (LOWER, make_target("5.67"), Assurance.FAILS, "F"),
        (HIGHER, make_target("5.68"), Assurance.PASSES, "P"),
        (HIGHER, make_target("5.69"), Assurance.HIT_OR_MISS, "?"),
        (HIGHER, make_target("16.32"), Assurance.HIT_OR_MISS, "?"),
        (HIGHER, make_target("16.33"), Assurance.FAILS, "F"),
        (BAND, make_target(low=5, high=17), Assurance.PASSES, "P"),
        (BAND, make_target(low=17, high=5), Assurance.PASSES, "P"),
        (BAND, make_target(low=6, high=17), Assurance.HIT_OR_MISS, "?"),
        (BAND, make_target(low=17, high=20), Assurance.FAILS, "F"),
        (BAND, make_target(low=1, high=5), Assurance.FAILS, "F"),
        (BAND, make_target(low=6), Assurance.HIT_OR_MISS, "?"),
        (MONITOR, make_target(11), Assurance.NOT_JUDGED, "–"),
        (LOWER, make_target(), Assurance.NOT_JUDGED, "–"),
        (LOWER, make_target("NaN"), Assurance.NOT_JUDGED, "–"),
        (LOWER, make_target(-5, kind=TargetKind.PER_CENT_CHANGE), Assurance.NOT_JUDGED, "–"),
        (LOWER, None, Assurance.NOT_JUDGED, "–"),
    ],
)
def test_assurance(polarity, target, expected, letter):
    chart = make_chart(STEADY, polarity=polarity, target=target)
    assert (chart.assurance, chart.assurance.letter) == (expected, letter)


def test_a_series_always_on_its_target_passes():
    assert make_chart([100] * 12, polarity=HIGHER, target=make_target(100)).assurance == Assurance.PASSES


def test_counts_cannot_miss_a_band_that_begins_at_nought():
    chart = make_chart([1, 3] * 6, polarity=BAND, target=make_target(low=0, high=8))
    assert chart.assurance == Assurance.PASSES


@pytest.mark.parametrize(
    ("roll_up", "period", "is_judged"),
    [
        (RollUp.SUM, "2010-11-year", False),
        (RollUp.MAXIMUM, "2010-11-year", False),
        (RollUp.SUM, "2010-11", True),
        (RollUp.AVERAGE, "2010-11-year", True),
        (RollUp.RATIO, "2010-11-Q3", True),
        (RollUp.LATEST, "2010-11-year", True),
    ],
)
def test_a_years_total_is_not_set_against_a_month(roll_up, period, is_judged):
    target = make_target(130, period=Period.parse(period))
    chart = make_chart(STEADY, polarity=LOWER, roll_up=roll_up, target=target)
    assert (chart.assurance != Assurance.NOT_JUDGED) == is_judged
    words = f"The target is for {Period.parse(period)} as a whole, so no single month is set against it."
    assert (words in explain(chart).sentences) != is_judged


# Breaks


def test_limits_begin_anew_at_a_recorded_break_and_only_there():
    level, higher = [10, 12] * 6, [30, 34] * 6
    whole, parted = make_chart(level + higher), make_chart(level + higher, breaks=[12])
    assert len(whole.segments) == len(whole.lines) == 1
    assert [line.mean for line in parted.lines] == [11, 32]
    assert [line.since for line in parted.lines] == [parted.points[0].period, parted.points[12].period]
    assert parted.line.until == parted.points[-1].period
    assert not parted.points[12].joins
    assert parted.variation == Variation.COMMON_CAUSE
    assert whole.variation == Variation.NEITHER_HIGH


def test_no_range_and_no_run_reaches_across_a_break():
    chart = make_chart([5, 5, 5, 5, 5, 1, 9, 2, 3, 4, 5, 6, 7, 1, 9], breaks=[10])
    assert [segment.limits.figures for segment in chart.segments] == [10, 5]
    assert found(chart, 0) == found(chart, 1) == set()


def test_figures_after_a_break_are_not_judged_until_there_are_enough():
    chart = make_chart([10, 12] * 6 + [30, 34], breaks=[12])
    assert (chart.variation, chart.limits, chart.line, len(chart.lines)) == (Variation.NOT_KNOWN, None, None, 1)
    assert explain(chart).text == (
        "Too few figures to say what is usual: 2 figures since the counting changed in April 2010, and at least 5 "
        "neighbouring months are needed. Counted differently since April 2010: the range begins anew there."
    )


def test_a_break_recorded_on_another_kind_of_period_parts_the_months_too():
    history = make_history([10, 12] * 12)
    quarter = Observation(Period.parse("2010-11-Q1"), None, series_break=True, break_words="New crime codes.")
    chart = chart_of(replace(history, observations=(*history.observations, quarter)))
    assert [len(segment.observations) for segment in chart.segments] == [12, 12]
    assert "Counted differently since April 2010 (New crime codes): the range begins anew there." in explain(chart).text


def test_a_break_on_the_first_figure_or_on_one_not_there_parts_as_well():
    assert [one.is_rebased for one in make_chart(BURGLARIES, breaks=[0]).segments] == [False]
    chart = make_chart([*BURGLARIES, None, *BURGLARIES], breaks=[14])
    assert [one.is_rebased for one in chart.segments] == [False, True]


# Gaps


def test_a_gap_is_not_bridged_by_a_range():
    limits = make_chart([10, 12, 10, 12, None, 40, 42, 40, 42]).limits
    assert (limits.average_range, limits.figures) == (2, 8)


def test_the_lines_of_the_chart_stop_at_a_gap():
    chart = make_chart([1, 2, None, 3, 4])
    assert [point.joins for point in chart.points] == [False, True, False, False, True]
    assert [point.value for point in chart.points] == [1, 2, None, 3, 4]


@pytest.mark.parametrize(
    ("run", "rule"),
    [
        ([14, 15, 14, None, 15, 14, 15, 14], Rule.SHIFT),
        ([6, 7, 8, 9, None, 10, 11, 12], Rule.TREND),
        ([*around(-0.5, 2.6)[20:], None, *around(2.6, 0.5)[20:]], Rule.TWO_OF_THREE),
    ],
)
def test_a_gap_ends_a_run(run, rule):
    without = [value for value in run if value is not None]
    assert rule in {one[0] for one in found(make_chart(STEADY + without))}
    assert rule not in {one[0] for one in found(make_chart(STEADY + run))}


def test_a_month_that_was_never_entered_is_a_gap():
    history = make_history(STEADY)
    holed = replace(history, observations=history.observations[:7] + history.observations[8:])
    chart = chart_of(holed)
    assert not chart.points[7].joins
    assert "Some months were never entered: a gap is not guessed at, and ends a run." in explain(chart).sentences


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"state": ReadingState.AWAITED, "value": None}, "awaited"),
        ({"state": ReadingState.NOT_AVAILABLE, "value": None}, "not available"),
        ({"state": ReadingState.AWAITED}, "awaited"),
        ({"qualifier": Qualifier.AT_MOST}, "only “at most”"),
        ({"value": Decimal("NaN")}, "no figure"),
        ({"value": None}, "no figure"),
    ],
)
def test_what_has_no_place_on_the_chart_says_why(words, why):
    history = make_history(BURGLARIES)
    row = replace(history.observations[-1], **words)
    chart = chart_of(replace(history, observations=(*history.observations[:-1], row)))
    assert (chart.points[-1].value, chart.points[-1].note) == (None, why)
    assert chart.latest.period == Period.parse("2010-04")
    assert f"No figure for May 2010 ({why}): a gap is not guessed at, and ends a run." in explain(chart).sentences


def test_months_not_due_yet_are_no_gap_and_many_gaps_are_counted():
    history = make_history(BURGLARIES)
    later = Observation(Period.parse("2010-06"), None, ReadingState.NOT_DUE)
    assert "No figure" not in explain(chart_of(replace(history, observations=(*history.observations, later)))).text
    assert "No figure for 5 months:" in explain(make_chart(BURGLARIES + [None] * 5)).text


def test_about_so_many_is_a_figure():
    history = make_history(BURGLARIES)
    row = replace(history.observations[-1], qualifier=Qualifier.ABOUT)
    assert chart_of(replace(history, observations=(*history.observations[:-1], row))).latest.value == 14


# What goes in


def test_order_does_not_matter_and_the_later_of_two_is_taken():
    history = make_history(BURGLARIES)
    older = replace(history.observations[3], value=Decimal(99))
    mixed = replace(history, observations=(older, *reversed(history.observations)))
    assert chart_of(mixed).points == chart_of(history).points


def test_other_kinds_of_period_are_left_out_and_may_be_asked_for():
    history = make_history([10, 12] * 4, first=Period.of_quarter(Quarter(2009, 1)))
    assert chart_of(history).points == ()
    chart = chart_of(replace(history, kind=PeriodKind.QUARTER))
    assert chart.limits.mean == 11
    assert "Trial limits: 8 quarters so far" in explain(chart).text


# Words


def test_a_jump_from_nine_to_fourteen_does_not_turn_a_committee():
    said = explain(make_chart(BURGLARIES, polarity=LOWER, target=make_target(10)))
    assert said.headline == "Within its usual range"
    assert said.text == (
        "14 in May 2010 is within its usual range of 1 to 20 (average 10.5). The rise from 9 in April 2010 is no sign "
        "of a change. The target of 10 will be met in some months and missed in others, by chance, unless something "
        "changes."
    )


def test_the_way_back_from_a_real_change_is_not_called_nothing():
    assert explain(make_chart([*around(6), 11])).sentences == (
        "11 in January 2011 is within its usual range of 4 to 19 (average 11.5).",
        "Earlier there was a real change (December 2010).",
    )


@pytest.mark.parametrize("values", [["10.2", "10.4"] * 6, [10] * 12], ids=["printed alike", "alike"])
def test_no_step_is_told_between_figures_that_look_alike(values):
    assert "no sign of a change" not in explain(make_chart(values)).text


def test_two_of_three_in_words():
    said = explain(make_chart(around(0.5, 2.6, 2.6), polarity=HIGHER))
    assert said.sentences[:2] == (
        "A real change since January 2011: look for the cause.",
        "At least 2 of 3 months running near or beyond the upper edge of the usual range of 6 to 16 "
        "(January 2011 to February 2011).",
    )


def test_a_real_change_names_its_beginning_and_says_what_to_do():
    said = explain(make_chart([9, 14, 8, 12, 11, 7, 13, 20, 19, 22, 20, 21, 19, 20], polarity=LOWER))
    assert said.headline == "A real change since November 2009: look for the cause"
    assert said.text == (
        "A real change since November 2009: look for the cause. 7 months in a row above the average of 15.4 "
        "(November 2009 to May 2010). Higher is worse here: a concern."
    )


@pytest.mark.parametrize(
    ("polarity", "sentence"),
    [
        (HIGHER, "Higher is better here: an improvement to understand and keep."),
        (LOWER, "Higher is worse here: a concern."),
        (MONITOR, "Whether that is good or bad is for people to judge: neither way is better of itself."),
    ],
)
def test_one_figure_outside_is_a_change_in_that_month(polarity, sentence):
    said = explain(make_chart([*BURGLARIES, 34], polarity=polarity))
    assert said.headline == "A real change in June 2010: look for the cause"
    assert said.sentences[1:] == ("34 in June 2010 is above the usual range of 0 to 25.", sentence)


def test_a_figure_and_the_limit_it_is_beyond_are_never_printed_alike():
    """The upper limit is 16.59 and the figure 16.6: both are 17 as whole numbers."""
    said = explain(make_chart([*STEADY, None, "16.6"], polarity=LOWER))
    assert said.sentences[1] == "16.60 in January 2011 is above the usual range of 5.95 to 16.59."


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (25, "The target of 25 will be met every month, unless something changes."),
        (0, "The target of 0 will be missed every month, unless something changes."),
    ],
)
def test_assurance_in_words(target, words):
    assert words in explain(make_chart(STEADY, polarity=LOWER, target=make_target(target))).sentences


def test_while_things_change_the_range_promises_nothing():
    said = explain(make_chart(around(6), polarity=LOWER, target=make_target(50)))
    assert "By its range so far the target of 50 would be met every month; the change may alter that." in said.sentences


def test_nothing_is_said_of_nothing():
    said = explain(make_chart([]))
    assert (said.headline, said.text) == ("Too few figures to say", "There are no figures yet.")


def test_provisional_and_screened_are_said():
    history = make_history(VECTOR, screened=True)
    row = replace(history.observations[-1], state=ReadingState.PROVISIONAL)
    text = explain(chart_of(replace(history, observations=(*history.observations[:-1], row)))).text
    assert "Outlying changes left out of the limits: 2." in text
    assert text.endswith("Provisional figure: it may still change.")


def test_percentages_are_printed_as_percentages():
    chart = make_chart([90, 92] * 6, unit=Unit.PER_CENT, decimals=1, polarity=HIGHER)
    assert explain(chart).sentences[0] == (
        "92.0% in March 2010 is within its usual range of 85.7% to 96.3% (average 91.00%)."
    )


# What holds for every series

figures = st.decimals(min_value=-1000, max_value=1000, places=1)
series = st.lists(st.none() | figures, max_size=30)
breaks = st.sets(st.integers(0, 30), max_size=2)
OPPOSITE = {HIGHER: LOWER, LOWER: HIGHER, BAND: BAND, MONITOR: MONITOR}
anything = st.none() | st.decimals() | figures
periods = st.builds(
    lambda kind, quarter: Period.containing(kind, quarter.starts_on),
    st.sampled_from(PeriodKind),
    st.builds(Quarter, st.integers(2005, 2012), st.integers(1, 4)),
)
any_observation = st.builds(
    Observation,
    periods
    | st.dates(APRIL.starts_on, Period.parse("2012-03").starts_on).map(
        lambda day: Period.containing(PeriodKind.MONTH, day)
    ),
    anything,
    st.sampled_from(ReadingState),
    st.sampled_from(Qualifier),
    st.booleans(),
    st.text(),
)
any_target = st.none() | st.builds(
    TargetFigure, anything, anything, anything, st.sampled_from(TargetKind), st.none() | periods, st.text()
)
any_history = st.builds(
    History,
    st.lists(any_observation, max_size=40).map(tuple),
    st.sampled_from(Polarity),
    st.sampled_from(Unit),
    st.integers(0, 4),
    st.sampled_from(RollUp),
    any_target,
    st.sampled_from(PeriodKind),
    st.booleans(),
)


def each_value(values, change):
    return [None if value is None else change(value) for value in values]


def is_close(one, other):
    return abs(one - other) < Decimal("1e-15")


@given(series, breaks, st.decimals(min_value="0.01", max_value=1000, places=2), st.booleans())
def test_scaling_the_figures_scales_the_limits(values, places, factor, screened):
    before = make_chart(values, breaks=places, screened=screened)
    after = make_chart(each_value(values, lambda value: value * factor), breaks=places, screened=screened)
    for one, other in zip(before.segments, after.segments, strict=True):
        assert (one.limits is None) == (other.limits is None)
        if one.limits is not None:
            assert is_close(one.limits.upper * factor, other.limits.upper)
            assert is_close(one.limits.lower * factor, other.limits.lower)


@given(series, breaks, st.integers(-3, 3))
def test_scaling_by_tens_changes_no_finding(values, places, power):
    before = make_chart(values, breaks=places)
    after = make_chart(each_value(values, lambda value: value.scaleb(power)), breaks=places)
    assert [one.signals for one in before.segments] == [one.signals for one in after.segments]


@given(series, breaks, figures)
def test_shifting_the_figures_shifts_the_limits(values, places, by):
    before = make_chart(values, breaks=places)
    after = make_chart(each_value(values, lambda value: value + by), breaks=places)
    for one, other in zip(before.segments, after.segments, strict=True):
        if one.limits is not None:
            assert is_close(one.limits.upper + by, other.limits.upper)
            assert is_close(one.limits.mean + by, other.limits.mean)


@given(series, breaks, st.sampled_from(Polarity), st.none() | figures, st.booleans())
def test_a_mirror_mirrors_every_finding(values, places, polarity, target, screened):
    def judged(values, polarity, target):
        # Pounds may be below nought, so no limit is drawn at an edge on one side only.
        aim = None if target is None else TargetFigure(target)
        return make_chart(values, breaks=places, polarity=polarity, target=aim, unit=Unit.POUNDS, screened=screened)

    chart = judged(values, polarity, target)
    mirror = judged(each_value(values, lambda value: -value), OPPOSITE[polarity], None if target is None else -target)
    assert mirror.assurance == chart.assurance
    assert mirror.since == chart.since
    turned = {"high": "low", "low": "high"}
    for one, other in zip(chart.points, mirror.points, strict=True):
        assert one.rules == other.rules
        kind, _, side = one.variation.value.rpartition("_")
        is_change = one.variation.is_real_change
        assert other.variation.value == (f"{kind}_{turned[side]}" if is_change else one.variation.value)


@given(any_history)
def test_no_series_crashes_and_every_chart_has_its_sentences(history):
    chart = chart_of(history)
    said = explain(chart)
    assert said.headline
    assert said.sentences
    assert all(sentence.endswith(".") and sentence[0] == sentence[0].upper() for sentence in said.sentences)
    assert chart.variation.is_real_change == ("real change" in said.headline)


@given(any_history)
def test_no_verdict_without_limits(history):
    chart = chart_of(history)
    if chart.limits is None:
        assert (chart.variation, chart.assurance, chart.signals) == (Variation.NOT_KNOWN, Assurance.NOT_JUDGED, ())
    for point in chart.points:
        assert (point.variation == Variation.NOT_KNOWN) == (
            point.value is None or chart.segments[point.segment].limits is None
        )


@given(st.lists(figures, min_size=5, max_size=30))
def test_a_run_of_seven_is_found_wherever_it_is(values):
    mean = sum(values) / len(values)
    marks = "".join("H" if value > mean else "L" if value < mean else "-" for value in values)
    shifts = {one[1] for one in found(make_chart(values)) if one[0] == Rule.SHIFT}
    assert shifts == {side for side, run in ((HIGH, "H" * 7), (LOW, "L" * 7)) if run in marks}

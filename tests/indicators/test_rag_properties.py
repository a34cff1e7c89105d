"""What holds for every rating, whatever the figures."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.rag import RAG, Travel
from indicators.rag import Measure, PastFigure, Scheme, TargetFigure, describe, rate, set_against, travel
from indicators.values import CompareWith, Polarity, Qualifier, ReadingState, RollUp, TargetKind, ToleranceIn, Unit

BADNESS = {RAG.GREEN: 0, RAG.AMBER: 1, RAG.RED: 2}
FLIPPED = {Polarity.HIGHER: Polarity.LOWER, Polarity.LOWER: Polarity.HIGHER, Polarity.BAND: Polarity.BAND}

figures = st.decimals(min_value=-1000, max_value=1000, places=2)
anything = st.none() | st.decimals() | figures
maybe = st.none() | figures
schemes = st.builds(
    Scheme,
    st.sampled_from(CompareWith),
    st.decimals(min_value=-50, max_value=50, places=1),
    st.decimals(min_value=0, max_value=50, places=1),
    st.sampled_from(ToleranceIn),
    st.booleans(),
)

# Measures that are always rated: a figure, a target and every earlier figure, of no particular period

pasts = st.builds(PastFigure, figures)
targets = st.builds(TargetFigure, figures) | st.builds(
    lambda low, high: TargetFigure(low=low, high=high), figures, figures
)
measures = st.builds(
    Measure,
    figures,
    unit=st.sampled_from([Unit.NUMBER, Unit.PER_CENT, Unit.POUNDS]),
    polarity=st.sampled_from([Polarity.HIGHER, Polarity.LOWER, Polarity.BAND]),
    target=targets,
    baseline=pasts,
    previous=pasts,
    last_year=pasts,
)

# Measures as they come: quarters of a year's target, changes asked for, breaks, gaps, open-ended figures

periods = st.none() | st.builds(
    lambda kind, quarter: Period.containing(kind, quarter.starts_on),
    st.sampled_from(PeriodKind),
    st.builds(Quarter, st.integers(2008, 2010), st.integers(1, 4)),
)
real_pasts = st.none() | st.builds(
    PastFigure,
    figures,
    qualifier=st.sampled_from(Qualifier),
    period=periods,
    to_date=maybe,
    series_break=st.booleans(),
    whole=maybe,
)
real_targets = st.none() | st.builds(
    TargetFigure, maybe, maybe, maybe, st.sampled_from(TargetKind), periods, st.sampled_from(["", "TBC"])
)
real_measures = st.builds(
    Measure,
    figures,
    unit=st.sampled_from(Unit),
    polarity=st.sampled_from(Polarity),
    state=st.sampled_from([ReadingState.FINAL, ReadingState.PROVISIONAL]),
    qualifier=st.sampled_from(Qualifier),
    roll_up=st.sampled_from(RollUp),
    period=periods,
    to_date=maybe,
    target=real_targets,
    baseline=real_pasts,
    previous=real_pasts,
    last_year=real_pasts,
)
every_measure = measures | real_measures

# Measures of anything at all

any_past = st.none() | st.builds(
    PastFigure, anything, st.text(), st.sampled_from(Qualifier), periods, anything, st.booleans()
)
any_target = st.none() | st.builds(
    TargetFigure, anything, anything, anything, st.sampled_from(TargetKind), periods, st.text()
)
any_measure = st.builds(
    Measure,
    anything,
    st.sampled_from(Unit),
    st.sampled_from(Polarity),
    st.sampled_from(ReadingState),
    st.sampled_from(Qualifier),
    st.integers(0, 4),
    st.sampled_from(RollUp),
    periods,
    anything,
    st.lists(st.text(), max_size=2).map(tuple),
    any_target,
    any_past,
    any_past,
    any_past,
)
any_scheme = st.builds(
    Scheme, st.sampled_from(CompareWith), st.decimals(), st.decimals(), st.sampled_from(ToleranceIn), st.booleans()
) | schemes  # fmt: skip


def each_figure(measure, change, *, of_a_change=lambda per_cent: per_cent, qualified=lambda qualifier: qualifier):
    """The same measure with every figure changed alike; what a target asks in per cent is no figure of the KPI."""

    def at(figure):
        return None if figure is None else change(figure)

    def past(figure):
        return figure and replace(
            figure,
            value=at(figure.value),
            to_date=at(figure.to_date),
            whole=at(figure.whole),
            qualifier=qualified(figure.qualifier),
        )

    target = measure.target
    if target is not None and target.kind == TargetKind.PER_CENT_CHANGE:
        target = replace(target, value=None if target.value is None else of_a_change(target.value))
    elif target is not None:
        target = replace(target, value=at(target.value), low=at(target.low), high=at(target.high))
    return replace(
        measure,
        value=at(measure.value),
        to_date=at(measure.to_date),
        qualifier=qualified(measure.qualifier),
        target=target,
        baseline=past(measure.baseline),
        previous=past(measure.previous),
        last_year=past(measure.last_year),
    )


@given(every_measure, schemes, st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2))
def test_scaling_everything_changes_nothing(measure, scheme, factor):
    scaled = each_figure(measure, lambda figure: figure * factor)
    if scheme.tolerance_in == ToleranceIn.UNITS or measure.unit == Unit.PER_CENT:
        scheme_scaled = replace(
            scheme, green_tolerance=scheme.green_tolerance * factor, amber_tolerance=scheme.amber_tolerance * factor
        )
    else:
        scheme_scaled = scheme
    assert rate(scaled, scheme_scaled).rating == rate(measure, scheme).rating


@given(every_measure, schemes)
def test_a_mirror_changes_nothing(measure, scheme):
    turned = {Qualifier.AT_LEAST: Qualifier.AT_MOST, Qualifier.AT_MOST: Qualifier.AT_LEAST}
    mirrored = each_figure(
        measure,
        lambda figure: -figure,
        of_a_change=lambda per_cent: -per_cent,
        qualified=lambda qualifier: turned.get(qualifier, qualifier),
    )
    target = mirrored.target and replace(mirrored.target, low=mirrored.target.high, high=mirrored.target.low)
    mirrored = replace(mirrored, target=target, polarity=FLIPPED.get(measure.polarity, measure.polarity))
    assert rate(mirrored, scheme).rating == rate(measure, scheme).rating


@given(every_measure, schemes, figures)
def test_a_better_figure_never_gives_a_worse_light(measure, scheme, other):
    better, worse = replace(measure, value=other), measure
    direction = travel(better.value, worse.value, measure.polarity, target=measure.target)
    if direction == Travel.WORSENED:
        better, worse = worse, better
    lights = rate(better, scheme).rating, rate(worse, scheme).rating
    if RAG.NOT_RATED not in lights:
        assert BADNESS[lights[0]] <= BADNESS[lights[1]]


@given(every_measure, schemes, figures)
def test_a_better_year_to_date_never_gives_a_worse_light(measure, scheme, other):
    if measure.to_date is None:
        return
    better, worse = replace(measure, to_date=other), measure
    if travel(other, measure.to_date, measure.polarity, target=measure.target) == Travel.WORSENED:
        better, worse = worse, better
    lights = rate(better, scheme).rating, rate(worse, scheme).rating
    if RAG.NOT_RATED not in lights:
        assert BADNESS[lights[0]] <= BADNESS[lights[1]]


@given(every_measure, schemes)
def test_a_more_generous_amber_never_gives_a_worse_light(measure, scheme):
    wider = replace(scheme, amber_tolerance=scheme.amber_tolerance + 5)
    lights = rate(measure, wider).rating, rate(measure, scheme).rating
    assert BADNESS.get(lights[0], 3) <= BADNESS.get(lights[1], 3)


@given(real_measures, schemes)
def test_nothing_is_rated_across_a_series_break(measure, scheme):
    """Of a scheme that compares with an earlier figure, and of a target that asks for a change since the baseline."""
    broken = {
        name: past and replace(past, series_break=True)
        for name, past in (
            ("baseline", measure.baseline),
            ("previous", measure.previous),
            ("last_year", measure.last_year),
        )
    }
    verdict = rate(replace(measure, **broken), scheme)
    asks_for_change = measure.target is not None and measure.target.kind == TargetKind.PER_CENT_CHANGE
    if scheme.compare_with != CompareWith.TARGET or asks_for_change:
        assert verdict.rating == RAG.NOT_RATED


@given(every_measure, st.sampled_from(CompareWith))
def test_set_against_one_other_it_is_better_just_where_a_strict_scheme_is_green(measure, compare_with):
    against = set_against(measure, compare_with)
    light = rate(measure, Scheme(compare_with, amber_tolerance=Decimal(0))).rating
    assert against.is_compared == (light != RAG.NOT_RATED)
    if against.is_compared:
        assert (light == RAG.GREEN) == (against.travel in (Travel.IMPROVED, Travel.NO_CHANGE))


@given(any_measure, any_scheme)
def test_no_input_crashes_and_every_light_has_a_sentence(measure, scheme):
    verdict = rate(measure, scheme)
    assert verdict.rating in (RAG.RED, RAG.AMBER, RAG.GREEN, RAG.NOT_RATED)
    assert verdict.why.endswith(".")
    assert describe(scheme, measure.unit).endswith(".")


@given(any_measure, any_scheme)
def test_no_light_without_a_figure_and_the_comparison_the_scheme_names(measure, scheme):
    compared = {
        CompareWith.TARGET: measure.target,
        CompareWith.BASELINE: measure.baseline,
        CompareWith.PREVIOUS_PERIOD: measure.previous,
        CompareWith.SAME_PERIOD_LAST_YEAR: measure.last_year,
    }[scheme.compare_with]
    is_complete = measure.value is not None and measure.state.has_figure and not measure.missing
    light = rate(measure, scheme).rating
    if not is_complete or compared is None or measure.polarity == Polarity.MONITOR:
        assert light == RAG.NOT_RATED
    if light != RAG.NOT_RATED:
        figures_of_it = (compared.value, getattr(compared, "low", None), getattr(compared, "high", None))
        assert any(figure is not None and figure.is_finite() for figure in figures_of_it)


@given(measures, schemes, st.sampled_from(CompareWith))
def test_taking_the_comparison_away_takes_the_light_away(measure, scheme, compare_with):
    scheme = replace(scheme, compare_with=compare_with)
    assert rate(measure, scheme).rating != RAG.NOT_RATED
    field = {
        CompareWith.TARGET: "target",
        CompareWith.BASELINE: "baseline",
        CompareWith.PREVIOUS_PERIOD: "previous",
        CompareWith.SAME_PERIOD_LAST_YEAR: "last_year",
    }[compare_with]
    assert rate(replace(measure, **{field: None}), scheme).rating == RAG.NOT_RATED
    assert rate(replace(measure, value=None), scheme).rating == RAG.NOT_RATED


@given(measures, schemes)
def test_the_year_ago_rule_only_ever_turns_red_to_amber(measure, scheme):
    plain = rate(measure, replace(scheme, amber_if_no_worse=False)).rating
    lenient = rate(measure, replace(scheme, amber_if_no_worse=True)).rating
    assert lenient == plain or (plain, lenient) == (RAG.RED, RAG.AMBER)


@given(anything, anything, st.sampled_from(Polarity), any_target, st.booleans())
def test_travel_never_crashes_and_reverses(now, before, polarity, target, series_break):
    there = travel(now, before, polarity, target=target, series_break=series_break)
    back = travel(before, now, polarity, target=target, series_break=series_break)
    if there == Travel.IMPROVED:
        assert back == Travel.WORSENED

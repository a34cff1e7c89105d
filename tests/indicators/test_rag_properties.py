"""What holds for every rating, whatever the figures."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.rag import RAG, Travel
from indicators.rag import Measure, PastFigure, Scheme, TargetFigure, describe, rate, travel
from indicators.values import CompareWith, Polarity, Qualifier, ReadingState, RollUp, TargetKind, ToleranceIn, Unit

BADNESS = {RAG.GREEN: 0, RAG.AMBER: 1, RAG.RED: 2}
FLIPPED = {Polarity.HIGHER: Polarity.LOWER, Polarity.LOWER: Polarity.HIGHER, Polarity.BAND: Polarity.BAND}

figures = st.decimals(min_value=-1000, max_value=1000, places=2)
anything = st.none() | st.decimals() | figures
pasts = st.builds(PastFigure, figures)
targets = st.builds(TargetFigure, figures) | st.builds(
    lambda low, high: TargetFigure(low=low, high=high), figures, figures
)
schemes = st.builds(
    Scheme,
    st.sampled_from(CompareWith),
    st.decimals(min_value=-50, max_value=50, places=1),
    st.decimals(min_value=0, max_value=50, places=1),
    st.sampled_from(ToleranceIn),
    st.booleans(),
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

periods = st.none() | st.builds(
    lambda kind, quarter: Period.containing(kind, quarter.starts_on),
    st.sampled_from(PeriodKind),
    st.builds(Quarter, st.integers(2008, 2010), st.integers(1, 4)),
)
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


def each_figure(measure, change):
    """The same measure with every figure changed alike."""

    def past(figure):
        return replace(figure, value=change(figure.value))

    target = measure.target
    edges = {name: change(edge) for name in ("value", "low", "high") if (edge := getattr(target, name)) is not None}
    return replace(
        measure,
        value=change(measure.value),
        target=replace(target, **edges),
        baseline=past(measure.baseline),
        previous=past(measure.previous),
        last_year=past(measure.last_year),
    )


@given(measures, schemes, st.decimals(min_value=Decimal("0.01"), max_value=1000, places=2))
def test_scaling_everything_changes_nothing(measure, scheme, factor):
    scaled = each_figure(measure, lambda figure: figure * factor)
    if scheme.tolerance_in == ToleranceIn.UNITS or measure.unit == Unit.PER_CENT:
        scheme_scaled = replace(
            scheme, green_tolerance=scheme.green_tolerance * factor, amber_tolerance=scheme.amber_tolerance * factor
        )
    else:
        scheme_scaled = scheme
    assert rate(scaled, scheme_scaled).rating == rate(measure, scheme).rating


@given(measures, schemes)
def test_a_mirror_changes_nothing(measure, scheme):
    mirrored = replace(each_figure(measure, lambda figure: -figure), polarity=FLIPPED[measure.polarity])
    assert rate(mirrored, scheme).rating == rate(measure, scheme).rating


@given(measures, schemes, figures)
def test_a_better_figure_never_gives_a_worse_light(measure, scheme, other):
    better, worse = replace(measure, value=other), measure
    direction = travel(better.value, worse.value, measure.polarity, target=measure.target)
    if direction == Travel.WORSENED:
        better, worse = worse, better
    assert BADNESS[rate(better, scheme).rating] <= BADNESS[rate(worse, scheme).rating]


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
    if not is_complete or compared is None or measure.polarity == Polarity.MONITOR:
        assert rate(measure, scheme).rating == RAG.NOT_RATED


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

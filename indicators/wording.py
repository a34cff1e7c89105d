"""The sentences of a rating, for a councillor: "1,884 meets the target of 1,984, better by 100 (5.0%)."."""

from decimal import Decimal

from csp_tracker.periods import Period, PeriodKind
from csp_tracker.rag import RAG
from indicators.figures import Comparison, Current, Measure, PastFigure, Scheme, TargetFigure, band_of
from indicators.values import (
    DECIMALS,
    PRECISE,
    CompareWith,
    Polarity,
    ReadingState,
    TargetKind,
    ToleranceIn,
    Unit,
    change_in_words,
    decimals_apart,
    in_words,
    number_in_words,
    usable,
)

HUNDRED = Decimal(100)
AGAINST = {
    CompareWith.TARGET: "target",
    CompareWith.BASELINE: "the baseline",
    CompareWith.PREVIOUS_PERIOD: "the previous period",
    CompareWith.SAME_PERIOD_LAST_YEAR: "the same period last year",
}
NO_FIGURE = {
    ReadingState.AWAITED: "Not rated: the figure is awaited.",
    ReadingState.NOT_AVAILABLE: "Not rated: the figure is not available.",
    ReadingState.NOT_DUE: "Not rated: no figure is due for this period.",
}


def describe(scheme: Scheme, unit: Unit | None = None, polarity: Polarity | None = None) -> str:
    """The scheme in words: "Green: on target or better. Amber: within 10% of target. Red: otherwise."."""
    if usable(scheme.green_tolerance) is None or usable(scheme.amber_tolerance) is None:
        return "The tolerance is not a number."
    if polarity == Polarity.MONITOR:
        return "Monitored only: it is given no light."
    if polarity == Polarity.BAND and scheme.compare_with == CompareWith.TARGET:
        sentences = [_green_of_a_band(scheme, unit), _amber_of_a_band(scheme, unit)]
    else:
        against = AGAINST[scheme.compare_with]
        sentences = [_green_in_words(scheme, unit, against), _amber_in_words(scheme, unit, against)]
    if scheme.amber_if_no_worse:
        sentences.append("Amber also where further off but no worse than the same period last year")
    sentences.append("Red: otherwise")
    tolerances = scheme.green_tolerance or scheme.amber_tolerance
    if unit is None and scheme.tolerance_in == ToleranceIn.RELATIVE and tolerances:
        sentences.append("For KPIs that are percentages, the tolerance is in points")
    return "".join(f"{sentence}. " for sentence in sentences if sentence).strip()


def _green_in_words(scheme: Scheme, unit: Unit | None, against: str) -> str:
    green, is_target = scheme.green_tolerance, scheme.compare_with == CompareWith.TARGET
    tolerance = tolerance_in_words(abs(green), scheme, unit)
    if green < 0:
        return f"Green: better than {against} by more than {tolerance}"
    if not green:
        return "Green: on target or better" if is_target else f"Green: no worse than {against}"
    return f"Green: better than {against}, or off by less than {tolerance}"


def _amber_in_words(scheme: Scheme, unit: Unit | None, against: str) -> str:
    green, amber = scheme.green_tolerance, max(scheme.green_tolerance, scheme.amber_tolerance)
    tolerance = tolerance_in_words(abs(amber), scheme, unit)
    if amber == green:
        return f"Amber: off by exactly {tolerance}" if amber > 0 else ""
    if unit == Unit.YES_NO and green >= 0 and amber < (HUNDRED if scheme.tolerance_in == ToleranceIn.RELATIVE else 1):
        return ""  # there is nothing between yes and no
    if amber > 0:
        return f"Amber: within {tolerance} of {against}"
    return f"Amber: better by {tolerance} or more" if amber < 0 else f"Amber: no worse than {against}"


def _green_of_a_band(scheme: Scheme, unit: Unit | None) -> str:
    green = scheme.green_tolerance
    if green < 0:
        return "Green: never, since no figure is better than one within the band"
    return f"Green: within the band{_or_outside('by less than', green, scheme, unit)}"


def _amber_of_a_band(scheme: Scheme, unit: Unit | None) -> str:
    green, amber = scheme.green_tolerance, max(scheme.green_tolerance, scheme.amber_tolerance)
    if green < 0 <= amber:
        return f"Amber: within the band{_or_outside('by up to', amber, scheme, unit)}"
    if amber <= 0:
        return ""
    how_far = "by exactly" if amber == green else "by up to"
    return f"Amber:{_or_outside(how_far, amber, scheme, unit).removeprefix(', or')}"


def _or_outside(how_far: str, tolerance: Decimal, scheme: Scheme, unit: Unit | None) -> str:
    """ ", or outside it by up to 10% of its larger edge"; nothing without a tolerance."""
    if not tolerance:
        return ""
    is_share = scheme.tolerance_in == ToleranceIn.RELATIVE and unit != Unit.PER_CENT
    words = tolerance_in_words(tolerance, scheme, unit)
    return f", or outside it {how_far} {words}{' of its larger edge' if is_share else ''}"


def finding(measure: Measure, scheme: Scheme, current: Current, comparison: Comparison, light: RAG) -> str:
    """The heart of the reason: "1,884 meets the target of 1,984, better by 100 (5.0%)"."""
    subject, other, worse_by = _subject(measure, current, comparison), comparison.words, comparison.worse_by
    if measure.unit == Unit.YES_NO:
        return f"{subject}, against {other}"
    gap = gap_in_words(measure, comparison)
    if measure.polarity == Polarity.BAND and comparison.is_target:
        words = f"is outside {other} by {gap}" if worse_by else f"is within {other}"
    elif not worse_by:
        words = f"is {'on' if comparison.is_target else 'as good as'} {other}"
    elif comparison.is_target:
        words = f"misses {other} by {gap}" if worse_by > 0 else f"meets {other}, better by {gap}"
    else:
        words = f"is {'worse' if worse_by > 0 else 'better'} than {other} by {gap}"
    return f"{subject} {words}{_margin_in_words(measure, scheme, comparison, light)}"


def notes(measure: Measure, current: Current, comparison: Comparison) -> list[str]:
    """What a reader should know besides: the change since the baseline, which way is better, whether it may change."""
    sentences = []
    is_told = measure.target is not None and measure.target.kind == TargetKind.PER_CENT_CHANGE
    if comparison.is_target and not is_told and measure.unit != Unit.YES_NO:
        sentences.append(_change_since_baseline(measure, current))
    if measure.polarity == Polarity.LOWER and comparison.worse_by and measure.unit != Unit.YES_NO:
        sentences.append("Lower is better")
    if measure.state == ReadingState.PROVISIONAL:
        sentences.append("Provisional figure: it may still change")
    return [f"{sentence}." for sentence in sentences if sentence]


def not_ended(measure: Measure, period: Period, aimed: Period, to_date: Decimal | None) -> str:
    """Before the target's period has ended: the figures so far, and that there is no light yet."""
    opening = f"{plainly(measure, measure.value)} for {period}"
    if to_date is not None and to_date != measure.value:
        opening += f", {plainly(measure, to_date)} so far in {aimed}"
    return f"{opening}. Not rated yet: the target{_target_figure(measure)} is for {aimed}, which has not ended."


def forecast_in_words(measure: Measure, pro_rata: Decimal, by_profile: Decimal | None, aimed: Period) -> str:
    """Where the running total is going, labelled as a forecast, and by which reckoning."""
    end = "the end of the year" if aimed.kind == PeriodKind.YEAR else f"the end of {aimed}"
    words = f"At this rate {plainly(measure, pro_rata)} by {end} (forecast, pro rata)"
    if by_profile is not None:
        words += f"; {plainly(measure, by_profile)} if it goes on as last year did (forecast, by last year’s profile)"
    return f"{words}."


def past_in_words(measure: Measure, compare_with: CompareWith, past: PastFigure, value: Decimal, decimals: int) -> str:
    """ "the baseline of 2,030 (2008/09)", "last year's 2,030 (Q4 2008/09)"."""
    opening = {
        CompareWith.TARGET: "the baseline of",
        CompareWith.BASELINE: "the baseline of",
        CompareWith.PREVIOUS_PERIOD: "the previous period's",
        CompareWith.SAME_PERIOD_LAST_YEAR: "last year's",
    }[compare_with]
    return (
        f"{opening} {in_words(value, measure.unit, decimals, past.qualifier)}{f' ({past.name})' if past.name else ''}"
    )


def band_in_words(measure: Measure, low: Decimal | None, high: Decimal | None, decimals: int) -> str:
    """ "the band of 10 to 20", or what is left of it where one side is open."""
    first, last = in_words(low, measure.unit, decimals), in_words(high, measure.unit, decimals)
    if low is None:
        return f"the target of at most {last}"
    if high is None:
        return f"the target of at least {first}"
    return f"the band of {first} to {last}" if low != high else f"the target of {first}"


def target_change_in_words(target: Decimal, aim: Decimal, measure: Measure, decimals: int) -> str:
    """ "the target of −2.3% (1,983)": the change asked for and the figure it comes to."""
    change = change_in_words(target, _decimals_of(target))
    return f"the target of {change} ({in_words(aim, measure.unit, decimals)})"


def tolerance_in_words(tolerance: Decimal, scheme: Scheme, unit: Unit | None) -> str:
    """ "10%" for counts, "10 points" for percentages, the KPI's own units where the scheme says so."""
    decimals = _decimals_of(tolerance)
    if unit == Unit.PER_CENT:
        return _points(tolerance, decimals)
    if scheme.tolerance_in == ToleranceIn.UNITS:
        return in_words(tolerance, Unit.NUMBER if unit in (None, Unit.YES_NO) else unit, decimals)
    return f"{number_in_words(tolerance, decimals)}%"


def plainly(measure: Measure, value: Decimal | None) -> str:
    """A figure in the KPI's unit and decimals."""
    return in_words(value, measure.unit, measure.decimals)


def listed(names: tuple[str, ...]) -> str:
    """ "April, May and June 2009"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _margin_in_words(measure: Measure, scheme: Scheme, comparison: Comparison, light: RAG) -> str:
    """What the tolerance had to do with it, if anything."""
    if comparison.worse_by <= 0:
        if light == RAG.GREEN:
            return ""
        return f"; green needs more than {tolerance_in_words(-scheme.green_tolerance, scheme, measure.unit)}"
    tolerance = scheme.green_tolerance
    if light != RAG.GREEN:
        tolerance = max(scheme.green_tolerance, scheme.amber_tolerance)
    share_of_nothing = not comparison.base and scheme.tolerance_in == ToleranceIn.RELATIVE
    if tolerance <= 0 or (share_of_nothing and measure.unit != Unit.PER_CENT):
        return ""
    side = "beyond" if light == RAG.RED else "within"
    return f", {side} the tolerance of {tolerance_in_words(tolerance, scheme, measure.unit)}"


def _subject(measure: Measure, current: Current, comparison: Comparison) -> str:
    words = in_words(current.value, measure.unit, comparison.decimals, measure.qualifier)
    words = words[0].upper() + words[1:]
    if current.is_to_date:
        words = f"{words} for {current.period}"
    is_change = measure.target is not None and measure.target.kind == TargetKind.PER_CENT_CHANGE
    change = _change_since_baseline(measure, current) if comparison.is_target and is_change else ""
    return f"{words}, which is {change[0].lower()}{change[1:]}," if change else words


def _change_since_baseline(measure: Measure, current: Current) -> str:
    """ "−7.2% from the baseline of 2,030 (2008/09)"; nothing where it would mislead."""
    past = measure.baseline
    before = usable(past.value) if past else None
    if past is None or not before or not current.is_like(past, measure.roll_up):
        return ""
    decimals = decimals_apart(current.value, before, measure.decimals)
    baseline = past_in_words(measure, CompareWith.BASELINE, past, before, decimals)
    if past.series_break:
        return f"Change from {baseline} not rated: what is counted has changed since"
    difference = current.value - before
    if not difference:
        return f"No change from {baseline}"
    if measure.unit == Unit.PER_CENT:
        return f"{change_in_words(difference, max(measure.decimals, 1), ' points')} from {baseline}"
    return f"{change_in_words(difference / abs(before) * HUNDRED)} from {baseline}"


def gap_in_words(measure: Measure, comparison: Comparison) -> str:
    """The distance, and its share of what it was set against: "66 (3.3%)"; for percentages "2.1 points"."""
    gap = abs(comparison.worse_by)
    decimals = decimals_apart(gap, Decimal(0), comparison.decimals)
    if measure.unit == Unit.PER_CENT:
        return _points(gap, decimals)
    words = in_words(gap, measure.unit, decimals)
    if not comparison.base:
        return words
    return f"{words} ({number_in_words(gap / abs(comparison.base) * HUNDRED, 1)}%)"


def _target_figure(measure: Measure) -> str:
    target = measure.target or TargetFigure()
    if target.kind == TargetKind.PER_CENT_CHANGE:
        change = usable(target.value)
        return "" if change is None else f" of {change_in_words(change, _decimals_of(change))}"
    low, high = band_of(target)
    if low is None and high is None:
        return ""
    # "the target of 10 to 20", not "the target the band of …"
    return " of " + band_in_words(measure, low, high, measure.decimals).split(" of ", 1)[1]


def _points(value: Decimal, decimals: int) -> str:
    return f"{number_in_words(value, decimals)} {'point' if value == 1 else 'points'}"


def _decimals_of(value: Decimal) -> int:
    """The decimals a figure needs: 10.0000 needs none, 2.5 one."""
    exponent = value.normalize(PRECISE).as_tuple().exponent
    return min(max(-exponent, 0), DECIMALS) if isinstance(exponent, int) else 0

"""When a KPI is red, amber or green, which way it is going, and why: pure functions of plain values.

On what it is set against: green. On the edge of a tolerance: amber. What cannot be compared fairly is not rated, and
the sentence says which comparison is missing. The dataclasses are in `figures`, the sentences in `wording`.
"""

from decimal import Decimal, localcontext

from csp_tracker.periods import Period, PeriodKind
from csp_tracker.rag import RAG, Travel, Verdict
from indicators.figures import (
    Comparison,
    Current,
    Measure,
    PastFigure,
    Scheme,
    TargetFigure,
    band_of,
    outside,
    signed,
    worse_than,
)
from indicators.values import (
    PRECISE,
    CompareWith,
    Polarity,
    Qualifier,
    ReadingState,
    RollUp,
    TargetKind,
    ToleranceIn,
    Unit,
    decimals_apart,
    in_words,
    usable,
)
from indicators.wording import (
    NO_FIGURE,
    band_in_words,
    describe,
    finding,
    forecast_in_words,
    listed,
    not_ended,
    notes,
    past_in_words,
    plainly,
    target_change_in_words,
)

__all__ = ["Measure", "PastFigure", "Scheme", "TargetFigure", "describe", "forecast_pro_rata", "rate", "travel"]

HUNDRED = Decimal(100)
MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


def rate(measure: Measure, scheme: Scheme) -> Verdict:
    """The measured light, with its reason. Never green without a figure and the comparison the scheme names."""
    try:
        with localcontext(PRECISE):
            return _rate(measure, scheme)
    except NotRated as reason:
        return Verdict(RAG.NOT_RATED, str(reason))


def travel(
    now: Decimal | None,
    before: Decimal | None,
    polarity: Polarity,
    *,
    target: TargetFigure | None = None,
    series_break: bool = False,
) -> Travel:
    """Which way a KPI has gone. Within a band, nearer the band is better; that needs the target's band."""
    now, before = usable(now), usable(before)
    if now is None or series_break:
        return Travel.NOT_COMPARED
    if before is None:
        return Travel.NEW
    if now == before:
        return Travel.NO_CHANGE
    if polarity == Polarity.MONITOR or (polarity == Polarity.BAND and band_of(target) == (None, None)):
        return Travel.NOT_COMPARED
    with localcontext(PRECISE):
        worse_by = worse_than(now, before, polarity, target)
    if not worse_by:
        return Travel.NO_CHANGE
    return Travel.WORSENED if worse_by > 0 else Travel.IMPROVED


def forecast_pro_rata(to_date: Decimal, *, months_gone: int, months: int = 12) -> Decimal:
    """Where a running total ends if the rest of the period is like the months gone."""
    with localcontext(PRECISE):
        return to_date * months / months_gone


class NotRated(Exception):
    """Why there is no light; `rate` turns it into a verdict."""


def _rate(measure: Measure, scheme: Scheme) -> Verdict:
    value = _figure(measure)
    if measure.polarity == Polarity.MONITOR:
        raise NotRated(f"{plainly(measure, value)}. Monitored only, so not rated.")
    if usable(scheme.green_tolerance) is None or usable(scheme.amber_tolerance) is None:
        raise NotRated("Not rated: the scheme's tolerance is not a number.")
    if scheme.compare_with == CompareWith.TARGET:
        current, comparison = _compare_with_target(measure, value)
    else:
        current, comparison = _compare_with_past(measure, scheme.compare_with, value)
    light = _light(scheme, measure.unit, comparison)
    _refuse_doubt(measure, comparison, light)
    why = finding(measure, scheme, current, comparison, light)
    if light == RAG.RED and scheme.amber_if_no_worse:
        light, reason = _against_last_year(measure, current)
        why = f"{why}; {reason}"
    return Verdict(light, " ".join([f"{why}.", *notes(measure, current, comparison)]))


def _figure(measure: Measure) -> Decimal:
    if measure.state in NO_FIGURE:
        raise NotRated(NO_FIGURE[ReadingState(measure.state)])
    if measure.missing:
        raise NotRated(f"Incomplete, not rated: no figure for {listed(measure.missing)}.")
    if measure.value is None:
        raise NotRated("Not rated: there is no figure.")
    value = usable(measure.value)
    if value is None:
        raise NotRated("Not rated: the figure is not a number that can be compared.")
    return value


def _light(scheme: Scheme, unit: Unit, comparison: Comparison) -> RAG:
    green = _tolerance(scheme.green_tolerance, scheme, unit, comparison.base)
    amber = _tolerance(scheme.amber_tolerance, scheme, unit, comparison.base)
    if comparison.worse_by < green or (comparison.worse_by <= 0 and scheme.green_tolerance >= 0):
        return RAG.GREEN
    return RAG.AMBER if comparison.worse_by <= max(green, amber) else RAG.RED


def _tolerance(tolerance: Decimal, scheme: Scheme, unit: Unit, base: Decimal) -> Decimal:
    """A tolerance in the KPI's units: points for percentages, a share of the comparison for everything else."""
    if scheme.tolerance_in == ToleranceIn.UNITS or unit == Unit.PER_CENT:
        return tolerance
    return abs(base) * tolerance / HUNDRED


def _refuse_doubt(measure: Measure, comparison: Comparison, light: RAG) -> None:
    """ "At least 5" gives a light only where any figure it allows would give the same one."""
    up, down = Qualifier.AT_LEAST, Qualifier.AT_MOST
    if measure.polarity == Polarity.LOWER:
        up, down = down, up
    may_be_better = measure.qualifier == up or comparison.qualifier == down
    may_be_worse = measure.qualifier == down or comparison.qualifier == up
    if measure.polarity == Polarity.BAND:
        may_be_better = may_be_worse = may_be_better or may_be_worse
    if (may_be_better and light != RAG.GREEN) or (may_be_worse and light != RAG.RED):
        stated = in_words(measure.value, measure.unit, measure.decimals, measure.qualifier)
        raise NotRated(f"Not rated: {stated} against {comparison.words} leaves open how far off it is.")


def _against_last_year(measure: Measure, current: Current) -> tuple[RAG, str]:
    """A figure beyond its tolerance is amber all the same if it is no worse than a year ago."""
    past = measure.last_year
    value = usable(past.to_date if current.is_to_date else past.value) if past else None
    if past is None or value is None:
        return RAG.RED, "there is no figure for the same period last year to set against it"
    if past.series_break or {past.qualifier, measure.qualifier} & {Qualifier.AT_LEAST, Qualifier.AT_MOST}:
        return RAG.RED, "it cannot be compared with last year"
    decimals = decimals_apart(current.value, value, measure.decimals)
    last_year = past_in_words(measure, CompareWith.SAME_PERIOD_LAST_YEAR, past, value, decimals)
    if worse_than(current.value, value, measure.polarity, measure.target) > 0:
        return RAG.RED, f"worse than {last_year} too"
    return RAG.AMBER, f"amber because no worse than {last_year}"


# Set against an earlier figure


def _compare_with_past(measure: Measure, compare_with: CompareWith, value: Decimal) -> tuple[Current, Comparison]:
    past, missing = {
        CompareWith.BASELINE: (measure.baseline, "there is no baseline"),
        CompareWith.PREVIOUS_PERIOD: (measure.previous, "there is no figure for the previous period"),
        CompareWith.SAME_PERIOD_LAST_YEAR: (measure.last_year, "there is no figure for the same period last year"),
    }[compare_with]
    current = _current_beside(measure, past, value)
    past, before = _fair_past(measure, current, past, missing)
    if measure.polarity == Polarity.BAND and band_of(measure.target) == (None, None):
        raise NotRated(f"{plainly(measure, value)}. Not rated: there is no target band to be nearer to.")
    decimals = decimals_apart(current.value, before, measure.decimals)
    return current, Comparison(
        worse_by=worse_than(current.value, before, measure.polarity, measure.target),
        base=before,
        words=past_in_words(measure, compare_with, past, before, decimals),
        decimals=decimals,
        is_target=False,
        qualifier=past.qualifier,
    )


def _current_beside(measure: Measure, past: PastFigure | None, value: Decimal) -> Current:
    """The reading; at the year's end the whole year's figure where the earlier figure is a whole year's."""
    period = measure.period
    to_date = usable(measure.to_date)
    if period is None or past is None or past.period is None or to_date is None:
        return Current(value, period)
    is_year = past.period.kind == PeriodKind.YEAR != period.kind
    if is_year and measure.roll_up == RollUp.SUM and period.ends_on == period.financial_year.ends_on:
        return Current(to_date, Period.of_year(period.financial_year), is_to_date=True)
    return Current(value, period)


def _fair_past(measure: Measure, current: Current, past: PastFigure | None, missing: str) -> tuple[PastFigure, Decimal]:
    """The earlier figure that can fairly be set beside the current one."""
    subject = plainly(measure, current.value)
    value = usable(past.value) if past else None
    if past is None or value is None:
        raise NotRated(f"{subject}. Not rated: {missing} to compare it with.")
    if past.series_break:
        raise NotRated(f"{subject}. Change not rated: what is counted has changed since {past.name or 'then'}.")
    if not current.is_like(past, measure.roll_up):
        raise NotRated(
            f"{subject}. Not rated: a {current.kind} cannot be compared with {past.name}, which is a "
            f"{past.period.kind if past.period else 'different period'}."
        )
    return past, value


# Set against a target


def _compare_with_target(measure: Measure, value: Decimal) -> tuple[Current, Comparison]:
    target = measure.target
    if target is None:
        raise NotRated(f"{plainly(measure, value)}. Not rated: no target has been set.")
    current = _current_for(measure, target, value)
    if target.kind == TargetKind.PER_CENT_CHANGE:
        return current, _compare_change(measure, target, current)
    low, high = target.band
    if low is None and high is None:
        stated = f" (“{target.text}”)" if target.text else ""
        raise NotRated(f"{plainly(measure, value)}. Not rated: the target has no figure to compare it with{stated}.")
    if measure.polarity == Polarity.BAND:
        return current, _compare_band(measure, current.value, low, high)
    # Of a band given to a KPI with a direction, the edge that must be reached is the target.
    first, second = (low, high) if measure.polarity == Polarity.HIGHER else (high, low)
    aim = first if first is not None else second or Decimal(0)
    decimals = decimals_apart(current.value, aim, measure.decimals)
    worse_by = signed(current.value - aim, measure.polarity)
    words = f"the target of {in_words(aim, measure.unit, decimals)}"
    return current, Comparison(worse_by, aim, words, decimals, is_target=True)


def _compare_band(measure: Measure, value: Decimal, low: Decimal | None, high: Decimal | None) -> Comparison:
    worse_by = outside(value, low, high)
    edge = (low if high is None or (low is not None and value < low) else high) or Decimal(0)
    # One base for both sides, or a figure nearer the band could get the worse light of the two.
    base = max(abs(low or Decimal(0)), abs(high or Decimal(0)))
    decimals = decimals_apart(value, edge, measure.decimals)
    return Comparison(worse_by, base, band_in_words(measure, low, high, decimals), decimals, is_target=True)


def _compare_change(measure: Measure, target: TargetFigure, current: Current) -> Comparison:
    """A target stated as a change from the baseline, turned into the figure that it means."""
    past, before = _fair_past(measure, current, measure.baseline, "there is no baseline")
    subject, change = plainly(measure, current.value), usable(target.value)
    if not before:
        raise NotRated(f"{subject}. Not rated: a percentage change from a baseline of 0 cannot be worked out.")
    if change is None:
        raise NotRated(f"{subject}. Not rated: the target has no percentage to compare it with.")
    if measure.polarity == Polarity.BAND:
        raise NotRated(f"{subject}. Not rated: a KPI within a band needs a band as its target, not a change.")
    aim = before + abs(before) * change / HUNDRED
    decimals = decimals_apart(current.value, aim, measure.decimals)
    words = target_change_in_words(change, aim, measure, decimals)
    worse_by = signed(current.value - aim, measure.polarity)
    return Comparison(worse_by, aim, words, decimals, is_target=True, qualifier=past.qualifier)


def _current_for(measure: Measure, target: TargetFigure, value: Decimal) -> Current:
    """The figure to set against the target: the reading, or the year to date; refused before the period has ended."""
    period, aimed = measure.period, target.period
    if period is None or aimed is None:
        return Current(value, period)
    if period.starts_on > aimed.ends_on or period.ends_on < aimed.starts_on or period.ends_on > aimed.ends_on:
        raise NotRated(f"{plainly(measure, value)}. Not rated: no target has been set for {period}.")
    if period.ends_on < aimed.ends_on:
        raise NotRated(_so_far(measure, period, aimed, value))
    if period.starts_on <= aimed.starts_on or measure.roll_up == RollUp.LATEST:
        return Current(value, period)
    to_date = usable(measure.to_date)
    if to_date is None:
        raise NotRated(
            f"{plainly(measure, value)} for {period}. Incomplete, not rated: the target is for {aimed}, "
            f"and there is no figure for the whole of it."
        )
    return Current(to_date, aimed, is_to_date=True)


def _so_far(measure: Measure, period: Period, aimed: Period, value: Decimal) -> str:
    """No light before the target's period has ended; for a running total a forecast."""
    to_date = usable(measure.to_date)
    if to_date is None and period.starts_on == aimed.starts_on:
        to_date = value
    if measure.roll_up == RollUp.LATEST:
        to_date = value
    sentence = not_ended(measure, period, aimed, to_date)
    if to_date is None or measure.roll_up != RollUp.SUM:
        return sentence
    gone = (period.ends_on.year - aimed.starts_on.year) * 12 + period.ends_on.month - aimed.starts_on.month + 1
    forecast = forecast_pro_rata(to_date, months_gone=gone, months=MONTHS[aimed.kind])
    return f"{sentence} {forecast_in_words(measure, forecast, aimed)}"

"""When a KPI is red, amber or green, which way it is going, and why: pure functions of plain values.

On what it is set against: green. On the edge of a tolerance: amber. What cannot be compared fairly is not rated, and
the sentence says which comparison is missing. The dataclasses are in `figures`, what is set against what in
`comparison`, the sentences in `wording`.
"""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from csp_tracker.rag import RAG, Travel, Verdict
from indicators.comparison import NotRated, compare_with_past, compare_with_target, forecast_pro_rata
from indicators.figures import Comparison, Current, Measure, PastFigure, Scheme, TargetFigure, band_of, worse_than
from indicators.values import (
    PRECISE,
    CompareWith,
    Polarity,
    Qualifier,
    ReadingState,
    ToleranceIn,
    Unit,
    decimals_apart,
    in_words,
    usable,
)
from indicators.wording import NO_FIGURE, describe, finding, listed, notes, past_in_words, plainly

__all__ = [
    "Against",
    "Measure",
    "PastFigure",
    "Scheme",
    "TargetFigure",
    "describe",
    "forecast_pro_rata",
    "rate",
    "set_against",
    "travel",
]

HUNDRED = Decimal(100)


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


@dataclass(frozen=True)
class Against:
    """A figure set against one other, whatever the scheme: better (up), the same or worse, and by how much."""

    travel: Travel
    words: str
    is_compared: bool = True


def set_against(measure: Measure, compare_with: CompareWith) -> Against:
    """How the figure lies to a target or an earlier figure; where they cannot be compared, the words say why."""
    try:
        with localcontext(PRECISE):
            value = _figure(measure)
            current, comparison = _compare(measure, compare_with, value)
            light = RAG.RED if comparison.worse_by > 0 else RAG.GREEN
            _refuse_doubt(measure, comparison, light)
            words = finding(measure, Scheme(compare_with, amber_tolerance=Decimal(0)), current, comparison, light)
    except NotRated as reason:
        return Against(Travel.NOT_COMPARED, str(reason), is_compared=False)
    if not comparison.worse_by:
        return Against(Travel.NO_CHANGE, f"{words}.")
    return Against(Travel.WORSENED if comparison.worse_by > 0 else Travel.IMPROVED, f"{words}.")


def _rate(measure: Measure, scheme: Scheme) -> Verdict:
    value = _figure(measure)
    if usable(scheme.green_tolerance) is None or usable(scheme.amber_tolerance) is None:
        raise NotRated("Not rated: the scheme's tolerance is not a number.")
    current, comparison = _compare(measure, scheme.compare_with, value)
    light = _light(scheme, measure.unit, comparison)
    _refuse_doubt(measure, comparison, light)
    why = finding(measure, scheme, current, comparison, light)
    if light == RAG.RED and scheme.amber_if_no_worse:
        light, reason = _against_last_year(measure, current)
        why = f"{why}; {reason}"
    return Verdict(light, " ".join([f"{why}.", *notes(measure, current, comparison)]))


def _compare(measure: Measure, compare_with: CompareWith, value: Decimal) -> tuple[Current, Comparison]:
    if compare_with == CompareWith.TARGET:
        return compare_with_target(measure, value)
    return compare_with_past(measure, compare_with, value)


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
    if measure.polarity == Polarity.MONITOR:
        raise NotRated(f"{plainly(measure, value)}. Monitored only, so not rated.")
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

"""What a figure is set against, and how far on the wrong side of it it lies; or why the two cannot be compared."""

from decimal import Decimal, localcontext

from csp_tracker.periods import Period, PeriodKind
from indicators.figures import (
    Comparison,
    Current,
    Measure,
    PastFigure,
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
    RollUp,
    TargetKind,
    decimals_apart,
    in_words,
    usable,
)
from indicators.wording import (
    band_in_words,
    forecast_in_words,
    not_ended,
    past_in_words,
    plainly,
    target_change_in_words,
)

HUNDRED = Decimal(100)
OPEN_ENDED = (Qualifier.AT_LEAST, Qualifier.AT_MOST)
MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


class NotRated(Exception):
    """Why there is no light; `rag.rate` turns it into a verdict."""


def forecast_pro_rata(to_date: Decimal, *, months_gone: int, months: int = 12) -> Decimal:
    """Where a running total ends if the rest of the period is like the months gone."""
    with localcontext(PRECISE):
        return to_date * months / months_gone


def forecast_by_profile(to_date: Decimal, *, then: Decimal, whole: Decimal) -> Decimal | None:
    """Where it ends if the rest is in proportion as last year: `then` by the same day, `whole` by the end."""
    if not then:
        return None
    with localcontext(PRECISE):
        return to_date * whole / then


# Set against an earlier figure


def compare_with_past(measure: Measure, compare_with: CompareWith, value: Decimal) -> tuple[Current, Comparison]:
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


def compare_with_target(measure: Measure, value: Decimal) -> tuple[Current, Comparison]:
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
    pro_rata = forecast_pro_rata(to_date, months_gone=gone, months=MONTHS[aimed.kind])
    return f"{sentence} {forecast_in_words(measure, pro_rata, _by_profile(measure, period, aimed, to_date), aimed)}"


def _by_profile(measure: Measure, period: Period, aimed: Period, to_date: Decimal) -> Decimal | None:
    """The forecast by last year's profile, where last year is known whole and was counted alike."""
    past = measure.last_year
    if past is None or past.series_break or past.qualifier in OPEN_ENDED:
        return None
    then = usable(past.to_date)
    if then is None and period.starts_on == aimed.starts_on:
        then = usable(past.value)
    whole = usable(past.whole)
    return None if then is None or whole is None else forecast_by_profile(to_date, then=then, whole=whole)

"""Rows of figures in words: what a reading, a target or a baseline says, and which way a figure went."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from csp_tracker.periods import Period
from csp_tracker.rag import Travel
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rag import travel
from indicators.services.measuring import as_target_figure
from indicators.values import Polarity, Qualifier, TargetKind, Unit, change_in_words, in_words


class Direction(NamedTuple):
    """Which way a figure went, and since when."""

    travel: Travel
    since: str


def directions_of(
    reading: Reading, by_period: Mapping[Period, Reading], target: Target | None, breaks: Iterable[date]
) -> Iterator[Direction]:
    """Since the period before and since a year before; where nothing can be compared, the one word for it."""
    if reading.value is None:
        return
    breaks = list(breaks)
    found = {}
    for earlier in (reading.period.previous, reading.period.same_last_year):
        before = by_period.get(earlier)
        found[earlier] = travel(
            reading.value,
            before.value if before else None,
            Polarity(reading.indicator.polarity),
            target=as_target_figure(target) if target else None,
            series_break=any(earlier.starts_on < day <= reading.period_starts_on for day in breaks),
        )
    compared = {earlier: way for earlier, way in found.items() if way not in (Travel.NEW, Travel.NOT_COMPARED)}
    if not compared:
        yield Direction(Travel.NEW if set(found.values()) == {Travel.NEW} else Travel.NOT_COMPARED, "")
    for earlier, way in compared.items():
        yield Direction(way, f"since {earlier}")


def figure_in_words(indicator: Indicator, reading: Reading) -> str:
    """ "1,884" or "Awaited"."""
    if reading.value is None:
        return reading.get_state_display()
    return in_words(reading.value, Unit(indicator.unit), indicator.decimals, Qualifier(reading.qualifier))


def target_in_words(indicator: Indicator, target: Target | None, *, beside: Period | None = None) -> str:
    """ "1,984", "−5% on the baseline", "10 to 20"; with the target's own period where it is not the one beside it."""
    if target is None:
        return ""
    words = _target_figure(indicator, target) or target.text
    return words if beside in (None, target.period) else f"{words} for {target.period}"


def _target_figure(indicator: Indicator, target: Target) -> str:
    unit, decimals = Unit(indicator.unit), indicator.decimals
    if target.value is not None and target.kind == TargetKind.PER_CENT_CHANGE:
        return f"{change_in_words(target.value)} on the baseline".replace(".0%", "%")
    if target.value is not None:
        return in_words(target.value, unit, decimals)
    low, high = (None if edge is None else in_words(edge, unit, decimals) for edge in (target.low, target.high))
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def baseline_in_words(indicator: Indicator, baseline: Baseline) -> str:
    """Its figure, or the word for why there is none."""
    if baseline.value is not None:
        return in_words(baseline.value, Unit(indicator.unit), indicator.decimals, Qualifier(baseline.qualifier))
    return "" if baseline.text and baseline.state == "stated" else baseline.get_state_display()

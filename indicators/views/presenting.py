"""Figures as the pages show them: in words, with their light, target and direction of travel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from csp_tracker.periods import Period
from indicators.models import Indicator, Reading, Target
from indicators.services.measuring import chosen_target
from indicators.services.words import Direction, baseline_in_words, directions_of, figure_in_words, target_in_words
from indicators.values import Unit, in_words

__all__ = ["Direction", "Line", "baseline_in_words", "figure_in_words", "lines_of", "target_in_words"]


@dataclass(frozen=True)
class Line:
    """One reading as a row: its figure and target in words, and which way it went."""

    reading: Reading
    period: Period
    figure: str
    first_figure: str
    target: str
    directions: tuple[Direction, ...]
    signs: str = ""  # of a real change, where the page looks for them
    pasts: Sequence[Any] = ()  # what it was before, where the page tells it


def lines_of(indicator: Indicator, readings: Iterable[Reading], targets: Iterable[Target]) -> dict[int, Line]:
    """A line for every reading of the KPI, by the reading's pk; the readings are compared with each other."""
    by_period = {reading.period: reading for reading in readings}
    aims = {target.period: target for target in targets}
    breaks = [reading.period_starts_on for reading in by_period.values() if reading.series_break]
    return {
        reading.pk: _line(indicator, reading, by_period, chosen_target(aims, reading.period), breaks)
        for reading in by_period.values()
    }


def _line(
    indicator: Indicator,
    reading: Reading,
    by_period: Mapping[Period, Reading],
    target: Target | None,
    breaks: list[date],
) -> Line:
    revised = reading.first_value is not None and reading.first_value != reading.value
    period = reading.period
    reading.indicator = indicator
    return Line(
        reading=reading,
        period=period,
        figure=figure_in_words(indicator, reading),
        first_figure=in_words(reading.first_value, Unit(indicator.unit), indicator.decimals) if revised else "",
        target=target_in_words(indicator, target, beside=period),
        directions=tuple(directions_of(reading, by_period, target, breaks)),
    )

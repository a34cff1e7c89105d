"""The charts of one KPI and the tables they draw, from the same data as the picture on its page.

Figures after a change in the counting are a line of their own, so that nothing joins what cannot be compared. A period
without a figure is an empty cell: a spreadsheet would draw words as nought. The last column says why it is empty.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from csp_tracker.periods import Period
from indicators.chart_data import ChartData, Level, Look, Mark, Running
from indicators.chart_layout import SIGNS_IN_WORDS
from indicators.chart_wording import describe, left_out, table
from indicators.models import Indicator
from indicators.values import DECIMALS, Unit
from reports.builders.figures import figure_cell, unit_in_words
from reports.document import (
    Cell,
    ChartLine,
    Column,
    Gap,
    Kind,
    LineChart,
    LineKind,
    Missing,
    Row,
    Table,
    Text,
)

NO_REMARK = Missing("none", "z")
SIGNS = {
    "improvement": LineKind.IMPROVEMENT,
    "concern": LineKind.CONCERN,
    "neither": LineKind.SIGN,
}
BOUNDS = {Look.AT_LEAST: "At least", Look.AT_MOST: "At most"}
FEWEST_FIGURES = 2  # to be joined by a line


@dataclass(frozen=True)
class Drawing:
    """A chart with the table of its figures."""

    chart: LineChart
    table: Table


@dataclass
class _Drawn:
    """One column of a table: what it is called, how it is drawn, and its figures by their place."""

    heading: str
    kind: LineKind
    figures: Mapping[int, Decimal]
    more_decimals: int = 0
    is_in_key: bool = True


def drawings(indicator: Indicator, chart: ChartData) -> list[Drawing]:
    """The KPI's chart, and that of its year so far where only the whole year has a target.

    None where there are too few figures to be joined by a line, or they are answers, yes or no.
    """
    if chart.unit == Unit.YES_NO or len(chart.marks) < FEWEST_FIGURES:
        return []
    found = [_of_periods(indicator, chart)]
    if chart.running is not None:
        found.append(_of_the_year(indicator, chart, chart.running))
    return found


def _of_periods(indicator: Indicator, chart: ChartData) -> Drawing:
    drawn = [*_figures(chart), *_marked(chart), *_targets(chart), *_baseline(chart), *_usual_range(chart)]
    words = " ".join((*describe(chart), left_out(chart))).strip()
    title = f"{_shortened(chart.name)}, by {chart.kind}"
    remarks = _remarks(chart)
    return _drawing(indicator, title, words, "What the chart draws, oldest first", chart.periods, drawn, remarks)


def _of_the_year(indicator: Indicator, chart: ChartData, running: Running) -> Drawing:
    target = dict.fromkeys(range(len(running.periods)), running.target)
    drawn = [_Drawn("Year to date", LineKind.FIGURES, dict(enumerate(running.values)))]
    if running.last_year:
        drawn.append(
            _Drawn(f"{running.year.same_last_year}, to date", LineKind.MEAN, dict(enumerate(running.last_year)))
        )
    drawn.append(_Drawn(f"Target for {running.year}", LineKind.TARGET, target))
    remarks = ["" if at < len(running.values) else "No figure yet" for at in range(len(running.periods))]
    words = [one for one in describe(chart) if one.startswith("Year to date")]
    if running.last_year:
        same = chart.in_words(running.last_year[min(len(running.values), len(running.last_year)) - 1])
        words.append(f"At the same point of {running.year.same_last_year} it was {same}.")
    caption = "What the chart of the year to date draws"
    return _drawing(indicator, running.title, " ".join(words), caption, running.periods, drawn, remarks)


def _drawing(
    indicator: Indicator,
    title: str,
    words: str,
    caption: str,
    periods: Sequence[Period],
    drawn: Sequence[_Drawn],
    remarks: Sequence[str],
) -> Drawing:
    columns = (
        Column("Period"),
        *(Column(one.heading, Kind.NUMBER, 0.9) for one in drawn),
        Column("Remark", width=4, when_empty=NO_REMARK),
    )
    rows = [
        Row((Text(str(period)), *(_cell(indicator, one, place) for one in drawn), Text(remarks[place])))
        for place, period in enumerate(periods)
    ]
    lines = tuple(ChartLine(at, one.kind, one.is_in_key) for at, one in enumerate(drawn, 1))
    return Drawing(LineChart(title, caption, lines, words, unit_in_words(indicator)), Table(caption, columns, rows))


def _cell(indicator: Indicator, drawn: _Drawn, place: int) -> Cell:
    value = drawn.figures.get(place)
    if value is None:
        return Gap()
    return figure_cell(indicator, value, decimals=min(indicator.decimals + drawn.more_decimals, DECIMALS))


def _figures(chart: ChartData) -> Iterator[_Drawn]:
    """The figures: a line for each stretch that was counted in one way. A bound is no figure to draw a line to."""
    starts = [0, *(one.place for one in chart.breaks), len(chart.periods)]
    exact = [mark for mark in chart.marks if mark.look not in BOUNDS]
    for number, (first, stop) in enumerate(pairwise(starts)):
        found = {mark.place: mark.value for mark in exact if first <= mark.place < stop}
        if found:
            since = f"Counted differently from {chart.periods[first]}"
            yield _Drawn(since if number else "Figure", LineKind.FIGURES, found)


def _marked(chart: ChartData) -> Iterator[_Drawn]:
    """Figures that may still change, and bounds, by marks of their own."""
    yield from _marks("Provisional (hollow)", LineKind.PROVISIONAL, chart, Look.PROVISIONAL)
    yield from _marks(BOUNDS[Look.AT_LEAST], LineKind.BOUND, chart, Look.AT_LEAST)
    yield from _marks(BOUNDS[Look.AT_MOST], LineKind.BOUND, chart, Look.AT_MOST)


def _marks(heading: str, kind: LineKind, chart: ChartData, look: Look) -> Iterator[_Drawn]:
    if found := {mark.place: mark.value for mark in chart.marks if mark.look == look}:
        yield _Drawn(heading, kind, found)


def _targets(chart: ChartData) -> Iterator[_Drawn]:
    """One line; two where a period has a band."""
    low, high = _along(chart.targets, "low"), _along(chart.targets, "high")
    if low and high and low != high:
        yield _Drawn("Target, from", LineKind.TARGET, low)
        yield _Drawn("Target, to", LineKind.TARGET, high)
    elif low or high:
        yield _Drawn("Target", LineKind.TARGET, low or high)


def _along(levels: Iterable[Level], edge: str) -> dict[int, Decimal]:
    """The edge of each level at all its places."""
    found = ((place, getattr(one, edge)) for one in levels for place in range(one.first, one.last + 1))
    return {place: value for place, value in found if value is not None}


def _baseline(chart: ChartData) -> Iterator[_Drawn]:
    if chart.baseline is not None:
        name = f"Baseline, {chart.baseline_label}" if chart.baseline_label else "Baseline"
        yield _Drawn(name, LineKind.BASELINE, _along([chart.baseline], "low"))


def _usual_range(chart: ChartData) -> Iterator[_Drawn]:
    """Average and limits, anew after each change in the counting, and the figures that are part of a real change."""
    for number, (average, limits) in enumerate(zip(chart.averages, chart.limits, strict=True)):
        since, is_first = f" from {chart.periods[average.first]}" if number else "", number == 0
        name = "Trial range" if limits.is_trial else "Usual range"
        yield _Drawn(f"Average{since}", LineKind.MEAN, _along([average], "low"), 1, is_first)
        yield _Drawn(f"{name}, lower{since}", LineKind.LIMIT, _along([limits], "low"), 1, is_first)
        yield _Drawn(f"{name}, upper{since}", LineKind.LIMIT, _along([limits], "high"), 1, is_first)
    for css, words in SIGNS_IN_WORDS.items():
        if found := {mark.place: mark.value for mark in chart.signs if mark.variation.css == css}:
            yield _Drawn(words, SIGNS[css], found)


def _remarks(chart: ChartData) -> list[str]:
    """Why there is no figure, how one was stated, and what a reader should know of it."""
    marks = {mark.place: mark for mark in chart.marks}
    reasons = dict(chart.missing)
    found = []
    for place, row in enumerate(reversed(table(chart))):
        why = reasons.get(row.period, "no figure yet")
        words = _as_stated(chart, marks[place]) if place in marks else f"No figure: {why}."
        found.append(" ".join(part for part in (words.replace(": no figure yet", " yet"), row.note) if part))
    return found


def _as_stated(chart: ChartData, mark: Mark) -> str:
    return "" if mark.words == chart.in_words(mark.value) else f"Stated as “{mark.words}”."


def _shortened(name: str) -> str:
    return name if len(name) <= 110 else f"{name[:109]}…"

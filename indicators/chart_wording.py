"""A chart in words: what the picture shows for who does not see it, and its figures as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from csp_tracker.periods import Period
from indicators.chart_data import ChartData, Level, Look, Mark
from indicators.chart_layout import SIGNS_IN_WORDS
from indicators.wording import listed

MOST_NAMED = 4


@dataclass(frozen=True)
class Row:
    """One period of the table beside the picture."""

    period: Period
    figure: str
    target: str
    average: str
    usual_range: str
    note: str


def describe(chart: ChartData) -> tuple[str, ...]:
    """The sentences of the text alternative: all that the picture shows, in the order in which one looks at it."""
    if not chart.marks:
        return (f"{chart.name}: no figures yet.",)
    first, last = chart.marks[0], chart.marks[-1]
    span = _span(chart, first, last)
    opening = f"Chart of {chart.name}, by {chart.kind}, {span}."
    return (opening, *_figures(chart), *_beside(chart), *_limits(chart), *_doubts(chart), *_running(chart))


def left_out(chart: ChartData) -> str:
    """What is on record and not drawn, with the reason."""
    if not chart.left_out:
        return ""
    return f"Not drawn, since a longer time’s total cannot stand beside single {chart.kind}s: {listed(chart.left_out)}."


def table(chart: ChartData) -> list[Row]:
    """The figures of the picture, newest first."""
    marks = {mark.place: mark for mark in chart.marks}
    reasons = dict(chart.missing)
    breaks = {one.place: one for one in chart.breaks}
    rows = []
    for place, period in enumerate(chart.periods):
        mark = marks.get(place)
        notes = [_about(mark)] if mark else []
        if place in breaks:
            notes.append(f"Counted differently from here on. {breaks[place].words}")
        rows.append(
            Row(
                period=period,
                figure=mark.words if mark else reasons.get(period, "").capitalize(),
                target=_at(chart, chart.targets, place),
                average=_at(chart, chart.averages, place, more_decimals=1),
                usual_range=_at(chart, chart.limits, place),
                note=" ".join(note for note in notes if note),
            )
        )
    return rows[::-1]


def _figures(chart: ChartData) -> Iterator[str]:
    first, last = chart.marks[0], chart.marks[-1]
    if len(chart.marks) == 1:
        yield f"One figure: {_told(chart, first)}."
        return
    yield f"The line goes from {_told(chart, first)} to {_told(chart, last)}."
    high, low = max(chart.marks, key=_height), min(chart.marks, key=_height)
    if len(chart.marks) > 2 and high.value != low.value:
        yield f"The highest is {_told(chart, high)}, the lowest {_told(chart, low)}."


def _beside(chart: ChartData) -> Iterator[str]:
    """Target and baseline."""
    if chart.targets:
        pieces = [f"{chart.level_in_words(level)} {_when(chart, level)}" for level in chart.targets]
        shown = pieces if len(pieces) <= MOST_NAMED else [pieces[0], "…", pieces[-1]]
        yield f"Target, dashed: {', then '.join(shown)}."
    if chart.baseline:
        of = f" ({chart.baseline_label})" if chart.baseline_label else ""
        yield f"Baseline, dotted: {chart.in_words(chart.baseline.low)}{of}."


def _limits(chart: ChartData) -> Iterator[str]:
    """Average, limits and the figures that stand out, for months."""
    if chart.averages and chart.limits:
        limits = chart.limits[-1]
        kind = "trial range" if limits.is_trial else "usual range"
        yield (
            f"Average {chart.in_words(chart.averages[-1].low, 1)}, "
            f"{kind} {chart.in_words(limits.low)} to {chart.in_words(limits.high)}."
        )
    for css, words in SIGNS_IN_WORDS.items():
        if places := [mark.place for mark in chart.signs if mark.variation.css == css]:
            yield f"{words}: {_runs(chart, places)}."


def _doubts(chart: ChartData) -> Iterator[str]:
    """Gaps, figures that may still change, and where the line is broken."""
    if chart.missing:
        names = tuple(f"{period} ({why})" for period, why in chart.missing)
        yield f"No figure for {listed(names) if len(names) <= MOST_NAMED else f'{len(names)} {chart.kind}s'}."
    if hollow := [mark.place for mark in chart.marks if mark.look == Look.PROVISIONAL]:
        yield f"Provisional, marked hollow: {_runs(chart, hollow)}."
    for one in chart.breaks:
        yield f"The line is broken: from {one.period} on it is counted differently. {one.words}"


def _running(chart: ChartData) -> Iterator[str]:
    running = chart.running
    if running is not None:
        until = running.periods[len(running.values) - 1]
        value, target = chart.in_words(running.values[-1]), chart.in_words(running.target)
        yield f"Year to date at the end of {until}: {value}, against the target of {target} for {running.year}."


def _about(mark: Mark) -> str:
    words = "Provisional." if mark.look == Look.PROVISIONAL else ""
    return f"{words} {SIGNS_IN_WORDS.get(mark.variation.css, '')}".strip()


def _at(chart: ChartData, levels: Sequence[Level], place: int, more_decimals: int = 0) -> str:
    found = next((level for level in levels if level.first <= place <= level.last), None)
    if found is None:
        return ""
    return chart.in_words(found.low, more_decimals) if more_decimals else chart.level_in_words(found)


def _told(chart: ChartData, mark: Mark) -> str:
    return f"{mark.words} in {chart.periods[mark.place]}"


def _when(chart: ChartData, level: Level) -> str:
    first, last = chart.periods[level.first], chart.periods[level.last]
    return f"in {first}" if first == last else f"from {first} to {last}"


def _span(chart: ChartData, first: Mark, last: Mark) -> str:
    one, other = chart.periods[first.place], chart.periods[last.place]
    return str(one) if one == other else f"{one} to {other}"


def _runs(chart: ChartData, places: Sequence[int]) -> str:
    """ "June 2025, and October 2025 to January 2026"."""
    runs = [[places[0], places[0]]]
    for before, place in pairwise(places):
        if place == before + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    names = [str(chart.periods[a]) if a == b else f"{chart.periods[a]} to {chart.periods[b]}" for a, b in runs]
    return listed(tuple(names))


def _height(mark: Mark) -> Decimal:
    return mark.value

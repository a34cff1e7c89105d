"""Where things stand in a chart: its measures, its scale, the words under its axis and beside its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil
from textwrap import shorten, wrap

from csp_tracker.periods import Period, PeriodKind
from indicators.chart_data import ChartData, Level, Look, Mark
from indicators.values import Unit
from indicators.variation import Variation

FONT, LINE = 13, 18  # of words, in pixels of the page
LABEL = {PeriodKind.MONTH: 34, PeriodKind.QUARTER: 30, PeriodKind.YEAR: 60}  # room that the words of a period take
YEAR_LABEL = 60
STEPS = {PeriodKind.MONTH: (1, 3, 6, 12), PeriodKind.QUARTER: (1, 2, 4), PeriodKind.YEAR: (1, 2, 3, 6)}
CHARACTER = 7.2  # width of one, on average and rounded up
SIGNS_IN_WORDS = {
    Variation.IMPROVEMENT_HIGH.css: "Real change, better",
    Variation.CONCERN_HIGH.css: "Real change, worse",
    Variation.NEITHER_HIGH.css: "Real change",
}


@dataclass(frozen=True)
class Sheet:
    """The measures of one drawing in pixels: a page on a desk is wide, a telephone narrow."""

    width: int
    plot: int  # height of the plot itself
    running: int  # height of the second plot, where there is one
    left: int
    right: int
    is_narrow: bool

    @classmethod
    def of(cls, chart: ChartData, *, is_narrow: bool) -> "Sheet":
        """As wide as its words may be to be read on printed A4, or as a telephone; with room for its longest figure."""
        ends = [Decimal(str(end)) for end in scale_of(heights_of(chart), chart.unit)]
        longest = max(len(chart.in_words(end)) for end in ends) * CHARACTER
        if is_narrow:
            newest = len(chart.latest.words) * CHARACTER if chart.latest else 0
            left, right = max(44, int(longest) + 16), max(14, int(newest / 2))
            return cls(width=360, plot=230, running=150, left=left, right=right, is_narrow=True)
        left = max(64, int(longest) + 16)
        return cls(width=820, plot=260, running=140, left=left, right=188, is_narrow=False)

    @property
    def inner(self) -> int:
        """Width of the plot."""
        return self.width - self.left - self.right

    def wrapped(self, text: str) -> list[str]:
        """Words broken to the width of the drawing."""
        return wrap(text, int((self.width - 16) / CHARACTER))


@dataclass(frozen=True)
class Entry:
    """One entry of the key: how a thing is drawn, and what it is."""

    look: str
    label: str


def key(chart: ChartData, *, is_narrow: bool) -> list[Entry]:
    """What needs saying: on a wide drawing the lines carry their names, on a narrow one the key has them."""
    lines = [Entry("values", "Figure"), *([Entry(look, words) for look, words, _ in named(chart)] if is_narrow else [])]
    looks = {mark.look for mark in chart.marks}
    hollow = [
        Entry(look.value, words)
        for look, words in (
            (Look.PROVISIONAL, "Provisional"),
            (Look.AT_LEAST, "At least so many"),
            (Look.AT_MOST, "At most so many"),
        )
        if look in looks
    ]
    found = {mark.variation.css for mark in chart.signs}
    signs = [Entry(css, words) for css, words in SIGNS_IN_WORDS.items() if css in found]
    return [*(lines if is_narrow or hollow or signs else []), *hollow, *signs]


def named(chart: ChartData) -> list[tuple[str, str, Level]]:
    """The lines and bands with their names and newest figures: (look, words, the newest piece)."""
    found = []
    if chart.targets:
        level = chart.targets[-1]
        is_band = len(level.edges) > 1
        found.append(("band" if is_band else "target", f"Target {chart.level_in_words(level)}", level))
    if chart.baseline:
        of = f", {shorten(chart.baseline_label, 20, placeholder='…')}" if chart.baseline_label else ""
        found.append(("baseline", f"Baseline {chart.in_words(chart.baseline.low)}{of}", chart.baseline))
    if chart.averages:
        level = chart.averages[-1]
        found.append(("average", f"Average {chart.in_words(level.low, 1)}", level))
    if chart.limits:
        trial = "Trial range" if chart.limits[-1].is_trial else "Usual range"
        level = chart.limits[-1]
        found.append(("limits", f"{trial} {chart.in_words(level.low)} to {chart.in_words(level.high)}", level))
    return found


def levels_of(chart: ChartData) -> list[Level]:
    """All lines and bands that figures are set against."""
    return [*chart.targets, *chart.averages, *chart.limits, *([chart.baseline] if chart.baseline else [])]


def heights_of(chart: ChartData) -> list[float]:
    """Every value that has to be on the scale."""
    edges = [float(edge) for level in levels_of(chart) for edge in level.edges]
    return [float(mark.value) for mark in chart.marks] + edges


def stretches_of(marks: Sequence[Mark]) -> list[list[Mark]]:
    """Figures that a line joins: a gap, a bound and a change of counting part them."""
    found: list[list[Mark]] = []
    for mark in marks:
        if found and mark.joins:
            found[-1].append(mark)
        else:
            found.append([mark])
    return found


def scale_of(values: Sequence[float], unit: Unit) -> tuple[float, float]:
    """From where to where the scale goes: from nought unless that would press the figures together at the top."""
    if unit == Unit.YES_NO or not values:
        return -0.25, 1.25
    low, high = min(values), max(values)
    if low >= 0 and low <= high / 2:
        return 0.0, high * 1.12 or 1.0
    room = 0.2 * (high - low) or abs(high) * 0.1 or 1.0
    top = high + room
    if unit == Unit.PER_CENT and 0 <= high <= 100:
        top = min(top, 101.5)
    return (max(low - room, 0.0) if low >= 0 else low - room), top


def label_is_below(chart: ChartData, mark: Mark, *, height: int) -> bool:
    """Whether a figure stands below its point: where the line comes from above, and not upon a target or a limit."""
    around = [one.value for one in chart.marks if abs(one.place - mark.place) == 1]
    is_low = bool(around) and all(value > mark.value for value in around)
    low, high = scale_of(heights_of(chart), chart.unit)
    here = [level for level in levels_of(chart) if level.first <= mark.place <= level.last]
    away = [(float(edge) - float(mark.value)) * height / (high - low) for level in here for edge in level.edges]
    is_taken_above = any(2 < distance < LINE + 10 for distance in away)
    is_taken_below = any(2 < -distance < LINE + 10 for distance in away)
    return is_low if is_taken_above == is_taken_below else is_taken_above


def labels_of(periods: Sequence[Period], width: float) -> list[tuple[int, str]]:
    """The words under the axis, as many as there is room for: (place, "Q1" or "Q1" over its year)."""
    kind, apart = periods[0].kind, width / len(periods)
    room = LABEL[kind]
    step = next((step for step in STEPS[kind] if step * apart >= room), STEPS[kind][-1])
    shown = [place for place, period in enumerate(periods) if _number(period) % step == 0] or [0]
    if kind == PeriodKind.YEAR:
        return [(place, str(periods[place])) for place in shown]
    with_year = _years(periods, shown, apart)
    names = [(place, _short(periods[place])) for place in shown]
    return [(place, f"{name}\n{_year(periods[place])}" if place in with_year else name) for place, name in names]


def _years(periods: Sequence[Period], shown: Sequence[int], apart: float) -> set[int]:
    """Under which of the shown periods their year is written: where it begins, and under the first if there is room."""
    first = shown[0]
    begins = [place for before, place in pairwise(shown) if _year(periods[before]) != _year(periods[place])]
    has_room = not begins or (begins[0] - first) * apart >= YEAR_LABEL
    return {*begins, *([first] if has_room else [])}


def spread(wanted: Sequence[float], least: float, highest: float) -> list[float]:
    """Places near those wanted, none nearer to another than `least`, in the order of the wanted ones."""
    order = sorted(range(len(wanted)), key=lambda one: wanted[one])
    found = [0.0] * len(wanted)
    floor = float("-inf")
    for one in order:
        found[one] = floor = max(wanted[one], floor + least)
    over = max(found, default=0.0) - highest
    ceiling = float("inf")
    for one in reversed(order):
        if over > 0:
            found[one] = min(found[one], highest, ceiling - least)
        ceiling = found[one]
    return found


def rows_of_key(entries: Sequence[Entry], sheet: Sheet) -> tuple[int, int]:
    """(columns, rows) of the key."""
    if not entries:
        return 1, 0
    widest = max(len(entry.label) for entry in entries) * CHARACTER + 46
    columns = max(1, min(len(entries), int((sheet.width - 16) / widest)))
    return columns, ceil(len(entries) / columns)


def _number(period: Period) -> int:
    """Counts periods so that a financial year begins at a multiple of all steps."""
    if period.kind == PeriodKind.YEAR:
        return period.financial_year.first
    if period.kind == PeriodKind.QUARTER:
        return period.quarter.number - 1
    return (period.starts_on.month - 4) % 12


def _short(period: Period) -> str:
    return f"Q{period.quarter.number}" if period.kind == PeriodKind.QUARTER else f"{period.starts_on:%b}"


def _year(period: Period) -> str:
    """The year written under a period: the calendar's of a month, the financial one of a quarter."""
    return str(period.starts_on.year) if period.kind == PeriodKind.MONTH else str(period.financial_year)

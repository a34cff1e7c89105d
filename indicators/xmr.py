"""The XmR chart (individuals and moving range): limits of what is usual, and the four signs that something changed.

Sources. The chart and 2.66: D. J. Wheeler, "Understanding Variation" (1993): 3 / d2 with d2 = 1.128 for ranges of two
figures, rounded as he prints it. 3.267 is D4 for ranges of two, the upper limit of the moving ranges themselves; to
leave ranges out beyond it, once: L. S. Nelson, "Control Charts for Individual Measurements", Journal of Quality
Technology 14 (1982). The rules are those of NHS England's "Making Data Count"; its workbooks leave nothing out, the
NHS-R community's package does, so here it is a choice. Trial limits below 12 figures: the same package.

Gaps. A month without a figure is not bridged: the difference across it is not one between neighbours and would widen
the limits. It also ends every run, because "7 in a row" cannot be said when one of them is not known: the cost is that
a run is seen later, never that one is seen which was not there.

A recorded series break begins a new segment with limits of its own; nothing else moves the limits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from functools import cached_property
from itertools import groupby, pairwise

from django.db import models

from csp_tracker.periods import Period, PeriodKind
from indicators.comparison import MONTHS
from indicators.values import PRECISE, Qualifier, ReadingState, usable

LIMIT = Decimal("2.66")
SCREEN = Decimal("3.267")
RUN = 7
FEWEST_RANGES = 4  # five neighbouring figures: Wheeler's least for limits of any use
SETTLED = 12


class Side(models.TextChoices):
    """Which way a figure or a run of figures lies."""

    HIGH = "high", "High"
    LOW = "low", "Low"


class Rule(models.TextChoices):
    """The four signs of a special cause, the most telling first: where two disagree, the first is believed."""

    OUTSIDE = "outside", "Outside the limits"
    TREND = "trend", f"{RUN} in a row rising or falling"
    TWO_OF_THREE = "two_of_three", "2 of 3 close to the same limit"
    SHIFT = "shift", f"{RUN} in a row on one side of the average"


@dataclass(frozen=True)
class Observation:
    """One period of a series: a figure, or the state that says why there is none."""

    period: Period
    value: Decimal | None
    state: ReadingState = ReadingState.FINAL
    qualifier: Qualifier = Qualifier.EXACTLY
    series_break: bool = False
    break_words: str = ""

    @property
    def figure(self) -> Decimal | None:
        """The value, if it has a place on a chart: "at most 5" has none."""
        is_bound = self.qualifier in (Qualifier.AT_LEAST, Qualifier.AT_MOST)
        return None if is_bound or not ReadingState(self.state).has_figure else usable(self.value)

    @property
    def why_none(self) -> str:
        """Why it has no place on the chart: "awaited", "at most"; empty where it has one."""
        if self.figure is not None:
            return ""
        if not ReadingState(self.state).has_figure:
            return ReadingState(self.state).label.lower()
        if usable(self.value) is None:
            return "no figure"
        return f"only “{Qualifier(self.qualifier).label.lower()}”"


@dataclass(frozen=True)
class Limits:
    """The average of a segment and how far single figures usually lie from it."""

    mean: Decimal
    average_range: Decimal
    figures: int
    left_out: int = 0  # ranges screened out of the average

    @property
    def lower(self) -> Decimal:
        """May be below nought where figures cannot be; `variation` shows nought then."""
        return self._at(-3)

    @property
    def upper(self) -> Decimal:
        return self._at(3)

    @property
    def outer_lower(self) -> Decimal:
        """Where the outer third begins below the mean."""
        return self._at(-2)

    @property
    def outer_upper(self) -> Decimal:
        """Where the outer third begins above the mean."""
        return self._at(2)

    @property
    def is_trial(self) -> bool:
        """Too few figures for limits to rely on."""
        return self.figures < SETTLED

    def _at(self, thirds: int) -> Decimal:
        with localcontext(PRECISE):
            return self.mean + thirds * LIMIT * self.average_range / 3


@dataclass(frozen=True)
class Signal:
    """One special cause: the rule, which way, and the periods that show it."""

    rule: Rule
    side: Side
    periods: tuple[Period, ...]

    @property
    def since(self) -> Period:
        return self.periods[0]

    @property
    def until(self) -> Period:
        return self.periods[-1]


@dataclass(frozen=True)
class Segment:
    """A stretch of the series counted in one way, with limits of its own. The first is not begun by a break."""

    observations: tuple[Observation, ...]
    screened: bool = False
    is_rebased: bool = False
    break_words: str = ""

    @cached_property
    def stretches(self) -> tuple[tuple[Observation, ...], ...]:
        """Its figures, parted wherever a period has none."""
        found: list[list[Observation]] = []
        for observation in (one for one in self.observations if one.figure is not None):
            if found and are_neighbours(found[-1][-1].period, observation.period):
                found[-1].append(observation)
            else:
                found.append([observation])
        return tuple(tuple(stretch) for stretch in found)

    @cached_property
    def figures(self) -> tuple[Decimal, ...]:
        return tuple(value for stretch in self.stretches for value in _values(stretch))

    @cached_property
    def limits(self) -> Limits | None:
        """Mean ± 2.66 × the average moving range; None where there are too few neighbouring figures."""
        with localcontext(PRECISE):
            ranges = [abs(after - before) for stretch in self.stretches for before, after in pairwise(_values(stretch))]
            if len(ranges) < FEWEST_RANGES:
                return None
            total, kept = sum(ranges, Decimal(0)), ranges
            # Where nothing ever moves, every range is "3.267 × 0 or more" and none is outlying.
            if self.screened and total:
                kept = [one for one in ranges if one * len(ranges) < SCREEN * total]
            average = sum(kept, Decimal(0)) / len(kept)
            mean = sum(self.figures, Decimal(0)) / len(self.figures)
            return Limits(mean, average, len(self.figures), len(ranges) - len(kept))

    @cached_property
    def signals(self) -> tuple[Signal, ...]:
        """Every special cause in the segment, oldest first."""
        if self.limits is None:
            return ()
        found = [signal for stretch in self.stretches for signal in _signals(stretch, self.limits)]
        return tuple(sorted(found, key=lambda signal: (signal.since, list(Rule).index(signal.rule))))


def segments_of(
    observations: Iterable[Observation], *, kind: PeriodKind = PeriodKind.MONTH, screened: bool = False
) -> tuple[Segment, ...]:
    """The series of one kind of period, parted at every recorded break; breaks of other periods' rows count too.

    Of two observations of one period the later given is taken.
    """
    observations = list(observations)
    breaks = {one.period.starts_on: one.break_words for one in observations if one.series_break}
    series = sorted({one.period: one for one in observations if one.period.kind == kind}.values(), key=_when)
    segments: list[Segment] = []
    for begun, rows in groupby(series, key=lambda one: _last_before(one.period, breaks)):
        is_rebased = bool(segments)
        words = breaks[begun] if begun is not None and is_rebased else ""
        segments.append(Segment(tuple(rows), screened, is_rebased, words))
    return tuple(segments)


def are_neighbours(one: Period, other: Period) -> bool:
    """Whether the second period is the very next after the first."""
    apart = (other.starts_on.year - one.starts_on.year) * 12 + other.starts_on.month - one.starts_on.month
    return one.kind == other.kind and apart == MONTHS[one.kind]


def _last_before(period: Period, breaks: Iterable[date]) -> date | None:
    """The newest break that the period comes after or begins with."""
    return max((day for day in breaks if day <= period.starts_on), default=None)


def _signals(stretch: Sequence[Observation], limits: Limits) -> Iterator[Signal]:
    """The four rules applied to figures without a gap."""
    values = _values(stretch)
    periods = [one.period for one in stretch]
    sides = [_side(value, limits.mean, limits.mean) for value in values]
    for side, first, stop in _runs([_side(value, limits.lower, limits.upper) for value in values], least=1):
        yield Signal(Rule.OUTSIDE, side, tuple(periods[first:stop]))
    # Six steps the same way join seven figures.
    for side, first, stop in _runs([_side(after, before, before) for before, after in pairwise(values)], least=RUN - 1):
        yield Signal(Rule.TREND, side, tuple(periods[first : stop + 1]))
    outer = [_side(value, limits.outer_lower, limits.outer_upper) for value in values]
    for side, places in _two_of_three(outer, sides):
        yield Signal(Rule.TWO_OF_THREE, side, tuple(periods[place] for place in places))
    for side, first, stop in _runs(sides, least=RUN):
        yield Signal(Rule.SHIFT, side, tuple(periods[first:stop]))


def _two_of_three(outer: Sequence[Side | None], sides: Sequence[Side | None]) -> Iterator[tuple[Side, list[int]]]:
    """Figures in the outer third or beyond it, two of three in a row, with all three on that side of the mean.

    That is how Making Data Count has read the rule since 2023: a figure outside the limits counts as well, and one in
    the middle third is not itself a signal. Signals that share a figure are one.
    """
    for side in Side:
        found: list[list[int]] = []
        for first in range(len(outer) - 2):
            places = [place for place in range(first, first + 3) if outer[place] == side]
            if len(places) < 2 or any(sides[place] != side for place in range(first, first + 3)):
                continue
            if found and places[0] <= found[-1][-1]:
                found[-1] += [place for place in places if place > found[-1][-1]]
            else:
                found.append(places)
        for places in found:
            yield side, places


def _runs(marks: Sequence[Side | None], *, least: int) -> Iterator[tuple[Side, int, int]]:
    """Where the same side stands `least` times or more in a row: (side, first, one past the last)."""
    stop = 0
    for side, group in groupby(marks):
        first, stop = stop, stop + len(list(group))
        if side is not None and stop - first >= least:
            yield side, first, stop


def _side(value: Decimal, low: Decimal, high: Decimal) -> Side | None:
    """Above or below; on a limit or on the mean is neither."""
    if value > high:
        return Side.HIGH
    return Side.LOW if value < low else None


def _values(stretch: Sequence[Observation]) -> list[Decimal]:
    return [one.figure for one in stretch if one.figure is not None]


def _when(observation: Observation) -> Period:
    return observation.period

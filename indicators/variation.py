"""Is the change real? What an XmR chart says of a series, for a chart and for a councillor.

Variation and assurance are those of NHS England's "Making Data Count": grey where a series is within its usual range,
blue and orange for a real change the better or the worse way, purple where neither way is better; P, F or ? for
whether a target will be met. Colour is never alone: each has a word and a letter. The arithmetic is in `xmr`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import models

from csp_tracker.periods import Period, PeriodKind
from indicators.figures import TargetFigure, band_of
from indicators.values import Polarity, RollUp, Unit
from indicators.xmr import Limits, Observation, Rule, Segment, Side, Signal, are_neighbours, segments_of

__all__ = [
    "Assurance",
    "Chart",
    "History",
    "Limits",
    "Line",
    "Observation",
    "Point",
    "Rule",
    "Segment",
    "Side",
    "Signal",
    "Variation",
    "chart_of",
]

HUNDRED = Decimal(100)


class Variation(models.TextChoices):
    """What the newest figure says: common cause, or a special cause and which way it went."""

    COMMON_CAUSE = "common_cause", "Within its usual range"
    IMPROVEMENT_HIGH = "improvement_high", "Improvement, higher"
    IMPROVEMENT_LOW = "improvement_low", "Improvement, lower"
    CONCERN_HIGH = "concern_high", "Concern, higher"
    CONCERN_LOW = "concern_low", "Concern, lower"
    NEITHER_HIGH = "neither_high", "Real change, higher"
    NEITHER_LOW = "neither_low", "Real change, lower"
    NOT_KNOWN = "not_known", "Too few figures to say"

    @property
    def letter(self) -> str:
        """H or L as on the NHS icons; never the only sign, since both colours carry the same letters."""
        if self is Variation.COMMON_CAUSE:
            return "~"
        return "–" if self is Variation.NOT_KNOWN else self.value.rsplit("_", 1)[1][0].upper()

    @property
    def css(self) -> str:
        """Class of its colour: common-cause, improvement, concern, neither or not-known."""
        return self.value.replace("_", "-").removesuffix("-high").removesuffix("-low")

    @property
    def is_real_change(self) -> bool:
        return self not in (Variation.COMMON_CAUSE, Variation.NOT_KNOWN)


class Assurance(models.TextChoices):
    """Whether the target will be met if nothing changes."""

    PASSES = "passes", "Target always met"
    FAILS = "fails", "Target always missed"
    HIT_OR_MISS = "hit_or_miss", "Target hit or missed by chance"
    NOT_JUDGED = "not_judged", "Not set against a target"

    @property
    def letter(self) -> str:
        """P, F or ? as on the NHS icons."""
        return {"passes": "P", "fails": "F", "hit_or_miss": "?"}.get(self.value, "–")

    @property
    def css(self) -> str:
        return self.value.replace("_", "-")


@dataclass(frozen=True)
class History:
    """A KPI's figures of one kind of period, and what is needed to judge them.

    Observations may come in any order and with those of other kinds of period among them. `target` is the one for the
    newest period or its year; `screened` leaves outlying moving ranges out of the limits once.
    """

    observations: tuple[Observation, ...]
    polarity: Polarity = Polarity.MONITOR
    unit: Unit = Unit.NUMBER
    decimals: int = 0
    roll_up: RollUp = RollUp.SUM
    target: TargetFigure | None = None
    kind: PeriodKind = PeriodKind.MONTH
    screened: bool = False


@dataclass(frozen=True)
class Point:
    """One period on the chart, or in the table beside it."""

    observation: Observation
    segment: int
    joins: bool  # a line leads to it from the figure before
    rules: tuple[Rule, ...] = ()
    variation: Variation = Variation.NOT_KNOWN

    @property
    def period(self) -> Period:
        return self.observation.period

    @property
    def value(self) -> Decimal | None:
        """The figure to draw; None leaves a gap."""
        return self.observation.figure

    @property
    def note(self) -> str:
        """For the table: why there is no figure, or which rules it shows."""
        return self.observation.why_none or "; ".join(rule.label for rule in self.rules)


@dataclass(frozen=True)
class Line:
    """Mean and limits of one segment as they are drawn, from its first period to its last."""

    since: Period
    until: Period
    mean: Decimal
    lower: Decimal
    upper: Decimal
    is_trial: bool


@dataclass(frozen=True)
class Chart:
    """What the series shows: points and lines to draw, and the verdict on the newest figure."""

    history: History
    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    lines: tuple[Line, ...]
    variation: Variation = Variation.NOT_KNOWN
    assurance: Assurance = Assurance.NOT_JUDGED
    signals: tuple[Signal, ...] = ()  # those the newest figure is part of, the one believed first

    @property
    def latest(self) -> Point | None:
        """The newest point that has a figure."""
        return next((point for point in reversed(self.points) if point.value is not None), None)

    @property
    def limits(self) -> Limits | None:
        """Of the newest segment: figures after a break are not judged by what was counted before it."""
        return self.segments[-1].limits if self.segments else None

    @property
    def line(self) -> Line | None:
        """The newest segment's, as it is drawn."""
        return self.lines[-1] if self.limits is not None else None

    @property
    def since(self) -> Period | None:
        """When the change began that the newest figure belongs to."""
        return min((one.since for one in self.signals if one.side == self.signals[0].side), default=None)


def chart_of(history: History) -> Chart:
    """The XmR chart of the series, whatever is in it. `variation_wording.explain` puts it in words."""
    segments = segments_of(history.observations, kind=history.kind, screened=history.screened)
    chart = Chart(history, segments, tuple(_points(segments, history.polarity)), tuple(_lines(segments, history.unit)))
    if chart.latest is None or chart.line is None:
        return chart
    return replace(
        chart,
        variation=chart.latest.variation,
        assurance=_assurance(chart.line, history),
        signals=_signals_at(segments[-1], chart.latest.period),
    )


def variation_of(side: Side, polarity: Polarity) -> Variation:
    """A real change, by which way is better. Within a band neither way is better of itself."""
    if polarity not in (Polarity.HIGHER, Polarity.LOWER):
        return Variation(f"neither_{side.value}")
    is_better = (side == Side.HIGH) == (polarity == Polarity.HIGHER)
    return Variation(f"{'improvement' if is_better else 'concern'}_{side.value}")


def has_fair_target(history: History) -> bool:
    """Whether single periods may be set against the target: a year's total may not be set against a month's."""
    period = history.target.period if history.target else None
    if history.polarity == Polarity.MONITOR or band_of(history.target) == (None, None):
        return False
    is_level = history.roll_up in (RollUp.AVERAGE, RollUp.LATEST, RollUp.RATIO)
    return period is None or period.kind == history.kind or is_level


def edges(history: History) -> tuple[Decimal | None, Decimal | None]:
    """Between what figures the target is met; for a KPI with a direction only the edge that must be reached."""
    low, high = band_of(history.target)
    if history.polarity == Polarity.HIGHER:
        return (low if low is not None else high), None
    if history.polarity == Polarity.LOWER:
        return None, (high if high is not None else low)
    return low, high


def _points(segments: tuple[Segment, ...], polarity: Polarity) -> Iterable[Point]:
    for number, segment in enumerate(segments):
        before: Observation | None = None
        for one in segment.observations:
            joins = before is not None and one.figure is not None and are_neighbours(before.period, one.period)
            signals = _signals_at(segment, one.period)
            verdict = Variation.NOT_KNOWN
            if one.figure is not None and segment.limits is not None:
                verdict = variation_of(signals[0].side, polarity) if signals else Variation.COMMON_CAUSE
            yield Point(one, number, joins, tuple(signal.rule for signal in signals), verdict)
            before = one if one.figure is not None else None


def _signals_at(segment: Segment, period: Period) -> tuple[Signal, ...]:
    """Signals the period is part of, the most telling first; of two trends that meet in a peak, the later."""
    found = [signal for signal in reversed(segment.signals) if period in signal.periods]
    return tuple(sorted(found, key=lambda signal: list(Rule).index(signal.rule)))


def _lines(segments: tuple[Segment, ...], unit: Unit) -> Iterable[Line]:
    for segment in segments:
        if segment.limits is not None:
            lower, upper = _as_drawn(segment, segment.limits, unit)
            first, last = segment.observations[0].period, segment.observations[-1].period
            yield Line(first, last, segment.limits.mean, lower, upper, segment.limits.is_trial)


def _as_drawn(segment: Segment, limits: Limits, unit: Unit) -> tuple[Decimal, Decimal]:
    """Limits no figure could reach are drawn at the edge: nought for counts, rates and shares, 100 for shares.

    A series that has gone beyond such an edge, such as a percentage change, has none there.
    """
    lower, upper = limits.lower, limits.upper
    if unit in (Unit.NUMBER, Unit.RATE, Unit.PER_CENT) and min(segment.figures) >= 0:
        lower = max(lower, Decimal(0))
    if unit == Unit.PER_CENT and min(segment.figures) >= 0 and max(segment.figures) <= HUNDRED:
        upper = min(upper, HUNDRED)
    return lower, upper


def _assurance(line: Line, history: History) -> Assurance:
    """P where the limits lie wholly on the right side of the target, F on the wrong one. On target is met."""
    if not has_fair_target(history):
        return Assurance.NOT_JUDGED
    low, high = edges(history)
    if (low is None or line.lower >= low) and (high is None or line.upper <= high):
        return Assurance.PASSES
    if (low is not None and line.upper < low) or (high is not None and line.lower > high):
        return Assurance.FAILS
    return Assurance.HIT_OR_MISS

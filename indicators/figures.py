"""What a rating is made from: the scheme, a reading, and all it may be set against. Plain values, no models.

`worse_by` is the one idea: how far a figure lies on the wrong side of what it is set against, whichever way is better.
Below zero is better, above zero is worse.
"""

from dataclasses import dataclass
from decimal import Decimal

from csp_tracker.periods import Period, PeriodKind
from indicators.values import (
    CompareWith,
    Polarity,
    Qualifier,
    ReadingState,
    RollUp,
    TargetKind,
    ToleranceIn,
    Unit,
    usable,
)


@dataclass(frozen=True)
class Scheme:
    """The rule a KPI is rated by. A tolerance below zero asks for more than the comparison: −10 is 10% better."""

    compare_with: CompareWith = CompareWith.TARGET
    green_tolerance: Decimal = Decimal(0)
    amber_tolerance: Decimal = Decimal(10)
    tolerance_in: ToleranceIn = ToleranceIn.RELATIVE
    amber_if_no_worse: bool = False


@dataclass(frozen=True)
class TargetFigure:
    """What the KPI is to reach by the end of `period`: a value, a band (low to high), or a change from the baseline."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    kind: TargetKind = TargetKind.VALUE
    period: Period | None = None
    text: str = ""

    @property
    def band(self) -> tuple[Decimal | None, Decimal | None]:
        """The band's edges, lower first however typed; a single figure is a band of no width."""
        if self.kind != TargetKind.VALUE:
            return None, None
        low, high = usable(self.low), usable(self.high)
        if low is None and high is None:
            low = high = usable(self.value)
        if low is not None and high is not None and low > high:
            low, high = high, low
        return low, high


@dataclass(frozen=True)
class PastFigure:
    """A baseline or an earlier reading. `series_break`: what is counted has changed since, so it cannot be compared.

    `to_date` is its year to date and `whole` what that year came to, where it has them.
    """

    value: Decimal | None
    label: str = ""
    qualifier: Qualifier = Qualifier.EXACTLY
    period: Period | None = None
    to_date: Decimal | None = None
    series_break: bool = False
    whole: Decimal | None = None

    @property
    def name(self) -> str:
        """When it was: its own label, or its period."""
        return self.label or (str(self.period) if self.period else "")


@dataclass(frozen=True)
class Measure:
    """One reading of a KPI and all it may be set against.

    `to_date` is the figure so far for the target's period (the year to date) where that is longer than the reading's;
    `missing` names months without a figure where the reading was rolled up from months.
    """

    value: Decimal | None
    unit: Unit = Unit.NUMBER
    polarity: Polarity = Polarity.HIGHER
    state: ReadingState = ReadingState.FINAL
    qualifier: Qualifier = Qualifier.EXACTLY
    decimals: int = 0
    roll_up: RollUp = RollUp.LATEST
    period: Period | None = None
    to_date: Decimal | None = None
    missing: tuple[str, ...] = ()
    target: TargetFigure | None = None
    baseline: PastFigure | None = None
    previous: PastFigure | None = None
    last_year: PastFigure | None = None


@dataclass(frozen=True)
class Current:
    """The figure that is rated: the reading itself, or the year to date where the comparison is for the year."""

    value: Decimal
    period: Period | None = None
    is_to_date: bool = False

    @property
    def kind(self) -> PeriodKind | None:
        """How long a period it is for."""
        return self.period.kind if self.period else None

    def is_like(self, past: PastFigure, roll_up: RollUp) -> bool:
        """Three months' incidents are not to be set against a year's; a share or a latest count may be."""
        if roll_up != RollUp.SUM or past.period is None or self.kind is None:
            return True
        return past.period.kind == self.kind


@dataclass(frozen=True)
class Comparison:
    """How far the figure is on the wrong side of what the scheme names, in the KPI's units."""

    worse_by: Decimal
    base: Decimal  # what a tolerance in per cent is a share of
    words: str
    decimals: int  # as many as keep the two figures apart in print
    is_target: bool
    qualifier: Qualifier = Qualifier.EXACTLY


def signed(above: Decimal, polarity: Polarity) -> Decimal:
    """Being above by so much, as being worse by so much."""
    return above if polarity == Polarity.LOWER else -above


def outside(value: Decimal, low: Decimal | None, high: Decimal | None) -> Decimal:
    """How far outside the band; 0 inside and on its edges."""
    if low is not None and value < low:
        return low - value
    if high is not None and value > high:
        return value - high
    return Decimal(0)


def worse_than(now: Decimal, before: Decimal, polarity: Polarity, target: TargetFigure | None) -> Decimal:
    """How much worse than an earlier figure: further the wrong way, or further from the band."""
    if polarity == Polarity.BAND:
        low, high = band_of(target)
        return outside(now, low, high) - outside(before, low, high)
    return signed(now - before, polarity)


def band_of(target: TargetFigure | None) -> tuple[Decimal | None, Decimal | None]:
    """The target's band, or none."""
    return target.band if target else (None, None)

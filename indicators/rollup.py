"""Months made into quarters, years to date and rolling years by the KPI's own rule.

A total is whole or it is no total: where a month has no figure, or what is counted changed on the way, there is none,
and it says which month or when. Only the latest of several needs no more than the last.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Context, Decimal, localcontext

from csp_tracker.periods import Period, PeriodKind
from indicators.comparison import MONTHS
from indicators.values import (
    DECIMALS,
    PRECISE,
    WHOLE_DIGITS,
    Qualifier,
    ReadingState,
    RollUp,
    Unit,
    in_words,
    usable,
)
from indicators.wording import listed

AVERAGED = Context(prec=40)  # finer than any tolerance, and still short enough to be calculated with
HOW = {
    RollUp.SUM: "sum",
    RollUp.LATEST: "latest",
    RollUp.AVERAGE: "average",
    RollUp.MAXIMUM: "highest",
    RollUp.RATIO: "ratio of sums",
}


@dataclass(frozen=True)
class Part:
    """One period's figure, or the state that says why there is none."""

    period: Period
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: ReadingState = ReadingState.FINAL
    qualifier: Qualifier = Qualifier.EXACTLY
    series_break: bool = False


@dataclass(frozen=True)
class Method:
    """How a KPI's figures are put together, and how they are printed."""

    roll_up: RollUp
    unit: Unit = Unit.NUMBER
    rate_per: int | None = None
    decimals: int = 0


@dataclass(frozen=True)
class Span:
    """A run of whole periods of one kind, both ends included."""

    first: Period
    last: Period

    @classmethod
    def of(cls, period: Period, kind: PeriodKind) -> "Span":
        """The months (or quarters) of a quarter or year."""
        return cls(Period.containing(kind, period.starts_on), Period.containing(kind, period.ends_on))

    @classmethod
    def to_date(cls, last: Period) -> "Span":
        """From the beginning of the financial year."""
        return cls(Period.containing(last.kind, last.financial_year.starts_on), last)

    @classmethod
    def rolling_year(cls, last: Period) -> "Span":
        """The twelve months, four quarters or one year that end with this period."""
        return cls(last.same_last_year.next, last)

    @property
    def a_year_earlier(self) -> "Span":
        return Span(self.first.same_last_year, self.last.same_last_year)

    @property
    def periods(self) -> tuple[Period, ...]:
        found = [self.first]
        while found[-1] < self.last:
            found.append(found[-1].next)
        return tuple(found)

    @property
    def months(self) -> int:
        first, last = self.first.starts_on, self.last.starts_on
        return (last.year - first.year) * 12 + last.month - first.month + MONTHS[self.last.kind]

    @property
    def as_period(self) -> Period | None:
        """The month, quarter or financial year that it is exactly, if it is one."""
        for kind in PeriodKind:
            whole = Period.containing(kind, self.first.starts_on)
            if (whole.starts_on, whole.ends_on) == (self.first.starts_on, self.last.ends_on):
                return whole
        return None

    @property
    def is_rolling_year(self) -> bool:
        return self.months == 12 and self.as_period is None

    @property
    def when(self) -> str:
        """As it stands in a sentence: "in Q1 2009/10", "in the 12 months to June 2010", "from April 2009 to …"."""
        if self.is_rolling_year:
            return f"in the {self}"
        return f"from {self}" if self.as_period is None else f"in {self}"

    def __str__(self) -> str:
        """ "Q1 2009/10", "April 2009 to May 2009", "12 months to June 2010"."""
        if self.is_rolling_year:
            return f"12 months to {_month(self.last)}"
        whole = self.as_period
        return f"{self.first} to {self.last}" if whole is None else str(whole)


@dataclass(frozen=True)
class Total:
    """What several periods come to. Without a value, `why` says why there is none."""

    span: Span
    method: Method
    value: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACTLY
    missing: tuple[str, ...] = ()
    why: str = ""
    is_provisional: bool = False

    @property
    def needed(self) -> tuple[Period, ...]:
        """The periods without which it cannot be made: all of them, but of the latest only the last."""
        return self.span.periods[-1:] if self.method.roll_up == RollUp.LATEST else self.span.periods

    @property
    def state(self) -> ReadingState:
        if self.value is None:
            return ReadingState.NOT_AVAILABLE
        return ReadingState.PROVISIONAL if self.is_provisional else ReadingState.FINAL

    @property
    def label(self) -> str:
        """ "Q1 2009/10 (sum of 3 months)"."""
        count = len(self.span.periods)
        if count == 1:
            return str(self.span)
        of = f"{HOW[RollUp(self.method.roll_up)]} of {count} {self.span.last.kind}s"
        return f"{self.span} ({of})"

    @property
    def in_words(self) -> str:
        """The figure, or the sentence that says why there is none."""
        if self.value is None:
            return self.why
        figure = in_words(self.value, Unit(self.method.unit), self.method.decimals, self.qualifier)
        return f"{figure} (provisional)" if self.is_provisional else figure


def roll_up(parts: Iterable[Part], span: Span, method: Method) -> Total:
    """The figures of the span as one, by the KPI's own rule; parts outside it do not matter, except their breaks."""
    parts = list(parts)
    known = {part.period: part for part in parts}
    wanted = [known.get(period) or Part(period, None) for period in span.periods]
    total = Total(span, method)
    needed = wanted[-len(total.needed) :]
    missing = tuple(str(part.period) for part in needed if _figure(part) is None)
    if missing:
        return replace(total, missing=missing, why=f"Incomplete, not rated: no figure for {listed(missing)}.")
    if len(needed) > 1 and (broken := break_within(parts, span)):
        return replace(total, why=f"Not rated: what is counted changed in {broken}.")
    qualifier = _qualifier(needed)
    if qualifier is None:
        return replace(total, why="Not rated: figures stated as “at least” and “at most” make no figure together.")
    value = _together(needed, method)
    if value is None:
        return replace(total, why=_why_no_ratio(needed))
    is_provisional = any(part.state == ReadingState.PROVISIONAL for part in needed)
    return replace(total, value=value, qualifier=qualifier, is_provisional=is_provisional)


def share(numerator: Decimal | None, denominator: Decimal | None, unit: Unit, rate_per: int | None) -> Decimal | None:
    """A numerator over its denominator in the KPI's unit: of a hundred for per cent, of `rate_per` for a rate.

    None where there is no such figure, or none that a column could hold.
    """
    part, whole = usable(numerator), usable(denominator)
    if part is None or not whole:
        return None
    per = {Unit.PER_CENT: 100, Unit.RATE: rate_per or 1}.get(unit, 1)
    with localcontext(PRECISE):
        found = round(part * per / whole, DECIMALS)
        return found if abs(found) < Decimal(10) ** WHOLE_DIGITS else None


def _figure(part: Part) -> Decimal | None:
    return usable(part.value) if ReadingState(part.state).has_figure else None


def _together(parts: list[Part], method: Method) -> Decimal | None:
    values = [value for part in parts if (value := _figure(part)) is not None]
    with localcontext(PRECISE):
        total = sum(values, Decimal(0))
    match RollUp(method.roll_up):
        case RollUp.SUM:
            return total
        case RollUp.LATEST:
            return values[-1]
        case RollUp.AVERAGE:
            with localcontext(AVERAGED):
                return total / len(values)
        case RollUp.MAXIMUM:
            return max(values)
    if len(values) == 1:
        return values[0]
    if _lacking(parts):
        return None
    with localcontext(PRECISE):
        numerator = sum((part.numerator for part in parts if part.numerator is not None), Decimal(0))
        denominator = sum((part.denominator for part in parts if part.denominator is not None), Decimal(0))
    return share(numerator, denominator, Unit(method.unit), method.rate_per)


def _lacking(parts: list[Part]) -> tuple[str, ...]:
    """Periods known only as a share: shares cannot be averaged, since they are of different wholes."""
    return tuple(
        str(part.period) for part in parts if usable(part.numerator) is None or usable(part.denominator) is None
    )


def _why_no_ratio(parts: list[Part]) -> str:
    if lacking := _lacking(parts):
        return f"Incomplete, not rated: no numerator and denominator for {listed(lacking)}."
    return "Not rated: the numerators and denominators make no figure."


def _qualifier(parts: list[Part]) -> Qualifier | None:
    """ "At least 5" and 3 make at least 8; at least one and at most another make nothing that could be stated."""
    found = {Qualifier(part.qualifier) for part in parts}
    if {Qualifier.AT_LEAST, Qualifier.AT_MOST} <= found:
        return None
    order = (Qualifier.AT_LEAST, Qualifier.AT_MOST, Qualifier.ABOUT)
    return next((qualifier for qualifier in order if qualifier in found), Qualifier.EXACTLY)


def break_within(parts: list[Part], span: Span) -> Period | None:
    """The first period after the span's first in which what is counted changed."""
    first, last = span.first.starts_on, span.last.starts_on
    breaks = [part.period for part in parts if part.series_break and first < part.period.starts_on <= last]
    return min(breaks, default=None)


def _month(period: Period) -> str:
    """The month in which a period ends, in words."""
    return str(Period.containing(PeriodKind.MONTH, period.ends_on))

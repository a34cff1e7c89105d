"""What a KPI's chart shows, as plain values: figures, target, baseline, average and limits, and where counting changed.

Only what may fairly stand beside single figures is drawn: the same rules decide it that decide a rating. What is left
out is said in words (`chart_wording`), never bent to fit.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from csp_tracker.periods import Period, PeriodKind
from indicators.values import DECIMALS, Unit, in_words
from indicators.variation import Variation


class Look(StrEnum):
    """How a figure is marked: filled, or hollow where it may still change; an arrow where it is only a bound."""

    FINAL = "final"
    PROVISIONAL = "provisional"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True)
class Mark:
    """One figure: its place among the periods, and whether a line leads to it from the one before."""

    place: int
    value: Decimal
    words: str
    joins: bool
    look: Look = Look.FINAL
    variation: Variation = Variation.NOT_KNOWN


@dataclass(frozen=True)
class Level:
    """A line or a band across the periods from one place to another: a target, a baseline, an average, limits."""

    first: int
    last: int
    low: Decimal | None
    high: Decimal | None
    is_trial: bool = False

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """The lines it is drawn by: one where both edges are the same."""
        found = [edge for edge in (self.low, self.high) if edge is not None]
        return tuple(dict.fromkeys(found))

    @property
    def span(self) -> list[float]:
        """From where to where it goes: half a period beyond its first and last."""
        return [self.first - 0.5, self.last + 0.5]

    @property
    def middle(self) -> float:
        """Where its name stands."""
        return float(sum(self.edges)) / len(self.edges)


@dataclass(frozen=True)
class Break:
    """Where what is counted changed: before this place, with the letter of its footnote."""

    place: int
    letter: str
    period: Period
    words: str

    @property
    def in_words(self) -> str:
        return f"{self.letter}: counted differently from {self.period}. {self.words}".strip()


@dataclass(frozen=True)
class Running:
    """A year's total as it grows, where the target is for the year as a whole: from 1 April to each period's end."""

    year: Period
    periods: tuple[Period, ...]  # all of the year
    values: tuple[Decimal, ...]
    last_year: tuple[Decimal, ...]
    target: Decimal
    title: str


@dataclass(frozen=True)
class ChartData:
    """All that one picture needs. Equal data make the same picture, so it is kept by what is in it."""

    name: str
    kind: PeriodKind
    unit: Unit
    decimals: int = 0
    periods: tuple[Period, ...] = ()
    marks: tuple[Mark, ...] = ()
    targets: tuple[Level, ...] = ()
    baseline: Level | None = None
    baseline_label: str = ""
    averages: tuple[Level, ...] = ()
    limits: tuple[Level, ...] = ()
    breaks: tuple[Break, ...] = ()
    missing: tuple[tuple[Period, str], ...] = ()  # periods without a figure, and why
    running: Running | None = None
    left_out: tuple[str, ...] = ()  # what is known and cannot fairly be drawn

    @property
    def latest(self) -> Mark | None:
        """The newest figure."""
        return self.marks[-1] if self.marks else None

    @property
    def signs(self) -> tuple[Mark, ...]:
        """Figures that are part of a real change."""
        return tuple(mark for mark in self.marks if mark.variation.is_real_change)

    def in_words(self, value: Decimal | None, more_decimals: int = 0) -> str:
        """A figure as the chart writes it; an average has a decimal more than the figures."""
        return in_words(value, self.unit, min(self.decimals + more_decimals, DECIMALS))

    def level_in_words(self, level: Level) -> str:
        """ "1,984", "10 to 20", "at least 10"."""
        low, high = self.in_words(level.low), self.in_words(level.high)
        if level.low is None or level.high is None:
            return f"at most {high}" if level.low is None else f"at least {low}"
        return low if level.low == level.high else f"{low} to {high}"

"""A KPI's figures of late as a small line: where its points lie, and what they are in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from csp_tracker.periods import Period
from indicators.values import Unit, in_words, usable

WIDTH, HEIGHT, MARGIN = 100, 24, 3
Figures = Sequence[tuple[Period, Decimal | None]]


@dataclass(frozen=True)
class Point:
    """Where one figure lies; y grows downwards."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x:g},{self.y:g}"


@dataclass(frozen=True)
class Sparkline:
    """Runs of points with nothing missing between them, the last point of all, and the figures in words."""

    runs: tuple[tuple[Point, ...], ...]
    last: Point
    words: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def lines(self) -> tuple[str, ...]:
        """The runs that make a line, as the points of a polyline."""
        return tuple(" ".join(map(str, run)) for run in self.runs if len(run) > 1)

    @property
    def dots(self) -> tuple[Point, ...]:
        """Figures with nothing beside them, and the last one."""
        lone = (run[0] for run in self.runs if len(run) == 1 and run[0] != self.last)
        return (*lone, self.last)


def sparkline(figures: Figures, *, unit: Unit, decimals: int = 0) -> Sparkline | None:
    """The line of the figures, oldest first; None where fewer than two are known: there is no line to see."""
    known = [float(value) for _, value in figures if usable(value) is not None and value is not None]
    if len(known) < 2:
        return None
    runs = tuple(_runs(figures, min(known), max(known)))
    return Sparkline(runs, runs[-1][-1], in_figures(figures, unit=unit, decimals=decimals))


def in_figures(figures: Figures, *, unit: Unit, decimals: int = 0) -> str:
    """ "Q3 2024/25 to Q1 2025/26: 12, no figure, 14"."""
    said = ", ".join(in_words(usable(value), unit, decimals) for _, value in figures)
    return f"{figures[0][0]} to {figures[-1][0]}: {said}"


def _runs(figures: Figures, low: float, high: float) -> Iterator[tuple[Point, ...]]:
    step = (WIDTH - 2 * MARGIN) / (len(figures) - 1)
    for is_known, run in groupby(enumerate(figures), key=lambda pair: usable(pair[1][1]) is not None):
        if is_known:
            yield tuple(
                Point(round(MARGIN + place * step, 1), _height(float(value), low, high))
                for place, (_, value) in run
                if value is not None
            )


def _height(value: float, low: float, high: float) -> float:
    """Between the margins; a series that never changes runs through the middle."""
    share = (value - low) / (high - low) if high > low else 0.5
    return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)

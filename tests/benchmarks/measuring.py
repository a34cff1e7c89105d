"""How things are measured: pairs called in turn, medians of ratios, statements counted. No rule of the tracker here."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any

Work = Callable[[], Any]

#: Bounds of these kinds hold exactly; a time may miss its own by the headroom, since machines are shared.
EXACT = ("queries", "repeated", "bytes", "growth", "kB", "requests", "MiB")


@dataclass(frozen=True)
class Pair:
    """What alternating calls of a floor and a subject took, in seconds, call by call."""

    floor: tuple[float, ...]
    subject: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the pairwise ratios: a machine that slows down for a while slows both of a pair."""
        return median(mine / theirs for mine, theirs in zip(self.subject, self.floor, strict=True))

    @property
    def milliseconds(self) -> tuple[float, float]:
        """The medians of floor and subject."""
        return median(self.floor) * 1000, median(self.subject) * 1000


def in_turn(
    floor: Work,
    subject: Work,
    *,
    pairs: int = 15,
    at_least: float = 0.7,
    at_most: float = 6.0,
    clock: Callable[[], float] = perf_counter,
) -> Pair:
    """Warm both, then call floor, subject, floor, subject …: `pairs` of them and for `at_least` so many seconds.

    Long work stops after `at_most` seconds, with three pairs at the least.
    """
    for work in (floor, subject):
        start = clock()
        work()
        if clock() - start < at_most / pairs:  # long work is warm after once
            work()
    floors: list[float] = []
    subjects: list[float] = []
    start = now = clock()
    while not _is_enough(len(floors), now - start, pairs, at_least, at_most):
        floors.append(_took(floor, clock))
        subjects.append(_took(subject, clock))
        now = clock()
    return Pair(tuple(floors), tuple(subjects))


def _is_enough(done: int, seconds: float, pairs: int, at_least: float, at_most: float) -> bool:
    return done >= 3 and (seconds >= at_most or (done >= pairs and seconds >= at_least))


def _took(work: Work, clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def shape(sql: str) -> str:
    """A statement with its literals replaced: two of one shape are the same question asked twice."""
    without_words = re.sub(r"'(?:[^']|'')*'", "?", sql)
    without_numbers = re.sub(r"(?<![\w.\"])-?\d+(?:\.\d+)?\b", "?", without_words)
    return re.sub(r"\((?:\s*(?:\?|NULL)\s*,)+\s*(?:\?|NULL)\s*\)", "(?)", without_numbers)


def repeated(statements: Iterable[str]) -> dict[str, int]:
    """The shapes that occur more than once, each with how often."""
    return {one: often for one, often in Counter(map(shape, statements)).items() if often > 1}


@dataclass
class Result:
    """What was measured for one goal, against its bounds, in the order of the bounds."""

    goal: str
    what: str
    bounds: Mapping[str, float]
    measured: Mapping[str, float]
    notes: list[str] = field(default_factory=list)
    headroom: float = 1.25

    def allowed(self, name: str) -> float:
        """What is let through: the bound, with headroom where it is a ratio of times."""
        return self.bounds[name] * (1 if name.endswith(EXACT) else self.headroom)

    @property
    def missed(self) -> list[str]:
        """The measures that went over what is let through, and the bounds nothing was measured for."""
        return [
            name for name in self.bounds if name not in self.measured or self.measured[name] > self.allowed(name) + 1e-9
        ]

    @property
    def line(self) -> str:
        """One line: `G5 list/flat 3.1 (<= 5) queries 6 (<= 8) ok`."""
        parts = [f"{self.goal} {self.what}"]
        for name, bound in self.bounds.items():
            value = f"{self.measured[name]:.3g}" if name in self.measured else "not measured"
            parts.append(f"{'' if name == 'ratio' else name + ' '}{value} (<= {bound:g})")
        verdict = f"MISSED: {', '.join(self.missed)}" if self.missed else "ok"
        return " ".join([*parts, verdict])

    def as_json(self) -> dict[str, Any]:
        """The same as data."""
        return {
            "goal": self.goal,
            "what": self.what,
            "bounds": dict(self.bounds),
            "measured": {name: round(value, 3) for name, value in self.measured.items()},
            "ok": not self.missed,
            "notes": self.notes,
        }

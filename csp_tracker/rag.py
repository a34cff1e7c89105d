"""The light: which values there are, in what order, how each looks without colour, and how they are counted."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

from django.db import models


class RAG(models.TextChoices):
    """Red, amber, green, complete (blue) or not rated. Say which kind: suggested, reported, measured or rolled-up."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    COMPLETE = "complete", "Complete"
    NOT_RATED = "not_rated", "Not rated"

    @property
    def letter(self) -> str:
        """One character for narrow places; never the only sign."""
        return {RAG.RED: "R", RAG.AMBER: "A", RAG.GREEN: "G", RAG.COMPLETE: "C", RAG.NOT_RATED: "–"}[self]

    @property
    def css(self) -> str:
        return self.value.replace("_", "-")

    @property
    def shape(self) -> str:
        """The shape drawn beside the word, so that no one needs to tell the colours apart."""
        return {
            RAG.RED: "triangle",
            RAG.AMBER: "diamond",
            RAG.GREEN: "circle",
            RAG.COMPLETE: "tick",
            RAG.NOT_RATED: "dash",
        }[self]

    @property
    def is_rated(self) -> bool:
        return self is not RAG.NOT_RATED

    @property
    def is_on_track(self) -> bool:
        return self in (RAG.GREEN, RAG.COMPLETE)

    @property
    def needs_reason(self) -> bool:
        """A person who reports this light must say why."""
        return self in (RAG.RED, RAG.AMBER)


class Travel(models.TextChoices):
    """Direction of travel since an earlier quarter. Up always means better, whichever way the number went."""

    IMPROVED = "improved", "Improved"
    NO_CHANGE = "no_change", "No change"
    WORSENED = "worsened", "Worsened"
    NEW = "new", "New"
    NOT_COMPARED = "not_compared", "Not compared"

    @property
    def arrow(self) -> str:
        """The sign beside the word."""
        return {
            Travel.IMPROVED: "↑",
            Travel.NO_CHANGE: "→",
            Travel.WORSENED: "↓",
            Travel.NEW: "•",
            Travel.NOT_COMPARED: "–",
        }[self]

    @property
    def css(self) -> str:
        return self.value.replace("_", "-")


@dataclass(frozen=True)
class Verdict:
    """What a rule says: the light, and the sentence that says why."""

    rating: RAG
    why: str


@dataclass(frozen=True)
class LightCounts:
    """Lights of a priority or plan, counted. `not_updated` counts the rows inside `not_rated` nobody reported on."""

    red: int = 0
    amber: int = 0
    green: int = 0
    complete: int = 0
    not_rated: int = 0
    not_updated: int = 0

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[RAG, bool]]) -> Self:
        """Count (light, was it updated) pairs; a row without an update counts as not rated whatever its light."""
        numbers = {field.name: 0 for field in fields(cls)}
        for light, updated in pairs:
            numbers[RAG(light).value if updated else RAG.NOT_RATED.value] += 1
            numbers["not_updated"] += not updated
        return cls(**numbers)

    @property
    def rated(self) -> int:
        return self.red + self.amber + self.green + self.complete

    @property
    def total(self) -> int:
        return self.rated + self.not_rated

    @property
    def on_track(self) -> int:
        return self.green + self.complete

    def percent(self, number: int) -> int | None:
        """`number` as a whole per cent of the rated rows, half rounded up; None where nothing is rated."""
        if not self.rated:
            return None
        return (200 * number + self.rated) // (2 * self.rated)

    def __add__(self, other: "LightCounts") -> "LightCounts":
        return LightCounts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

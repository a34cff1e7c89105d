"""What a person decided about a reading, kept apart from it: a file is read again with the decisions, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from actions.importing.columns import Meaning
from actions.importing.tree import Offer
from csp_tracker.grids.decided import Readers, light_word, read_decisions, row_number, truth, words
from csp_tracker.rag import RAG

__all__ = ["Decisions", "RowDecision", "light_word"]

Json = dict[str, Any]


class RowDecision(StrEnum):
    """What a person may make of a row."""

    ACTION = "action"  # of its own: splits what was joined
    JOIN = "join"  # to the row above
    SECTION = "section"  # heads a priority
    OBJECTIVE = "objective"  # names an objective and holds no action
    LINES = "lines"  # each line of its action cell is an action of its own
    NOTE = "note"  # left out, and listed
    LEGEND = "legend"  # part of the plan's key


@dataclass(frozen=True)
class Decisions:
    """Everything decided about one file; all empty is the reading as it was guessed."""

    tables: Mapping[str, bool] = field(default_factory=dict)  # by name: whether it is part of the plan
    headings: Mapping[str, int] = field(default_factory=dict)  # by table: the number of the row that holds them
    columns: Mapping[str, Meaning] = field(default_factory=dict)  # by heading, as shown
    rows: Mapping[str, RowDecision] = field(default_factory=dict)  # by Row.at
    lights: Mapping[str, RAG] = field(default_factory=dict)  # by `light_word`, in the whole plan
    row_lights: Mapping[str, RAG] = field(default_factory=dict)  # by Row.at where the action begins
    accepted: Mapping[str, str] = field(default_factory=dict)  # by Offer.key: the words that were said yes to

    def light_of(self, words: str) -> RAG | None:
        """What a word in the column for lights was said to mean."""
        return self.lights.get(light_word(words))

    def accepts(self, offer: Offer) -> bool:
        """Whether the offer is taken: a yes to other words, as the file was read before, is none."""
        return self.accepted.get(offer.key) == offer.said

    def to_json(self) -> Json:
        """As plain values."""
        return {one.name: dict(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The decisions again; ValueError for anything that is none."""
        return cls(**read_decisions(data, READERS))


READERS: Readers = {
    "tables": truth,
    "headings": row_number,
    "columns": Meaning,
    "rows": RowDecision,
    "lights": RAG,
    "row_lights": RAG,
    "accepted": words,
}

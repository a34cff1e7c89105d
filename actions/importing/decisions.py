"""What a person decided about a reading, kept apart from it: a file is read again with the decisions, never edited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self

from actions.importing.columns import Meaning
from csp_tracker.rag import RAG
from csp_tracker.text import one_line

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

    def light_of(self, words: str) -> RAG | None:
        """What a word in the column for lights was said to mean."""
        return self.lights.get(light_word(words))

    def to_json(self) -> Json:
        """As plain values."""
        return {one.name: dict(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The decisions again; ValueError for anything that is none."""
        unknown = set(data) - set(READERS)
        if unknown:
            raise ValueError(f"These are no decisions: {', '.join(sorted(unknown))}.")
        return cls(**{name: _read(name, data[name]) for name in data})


def light_word(words: str) -> str:
    """The word of a light as it is decided about: case and white space do not matter."""
    return one_line(words).casefold()


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false.")
    return value


def _row_number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is not the number of a row.")
    return value


READERS: dict[str, Callable[[Any], object]] = {
    "tables": _truth,
    "headings": _row_number,
    "columns": Meaning,
    "rows": RowDecision,
    "lights": RAG,
    "row_lights": RAG,
}


def _read(name: str, values: object) -> dict[str, Any]:
    if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
        raise ValueError(f"The decisions on {name} are not a table of names.")
    read = {key: READERS[name](value) for key, value in values.items()}
    return {light_word(key): value for key, value in read.items()} if name == "lights" else read

"""Decisions about a reading as plain values and back, strictly: what a browser or an old release sent is doubted."""

from collections.abc import Callable, Mapping
from typing import Any

from csp_tracker.text import one_line

Readers = Mapping[str, Callable[[Any], object]]


def light_word(words: str) -> str:
    """The word of a light as it is decided about: case and white space do not matter."""
    return one_line(words).casefold()


def truth(value: object) -> bool:
    """True or false and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false.")
    return value


def row_number(value: object) -> int:
    """The number of a row, from 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is not the number of a row.")
    return value


def words(value: object) -> str:
    """Words and nothing else."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not in words.")
    return value


def read_decisions(data: Mapping[str, Any], readers: Readers) -> dict[str, dict[str, Any]]:
    """The tables of decisions in `data`, each value read by its table's reader; ValueError for anything else."""
    if unknown := set(data) - set(readers):
        raise ValueError(f"These are no decisions: {', '.join(sorted(unknown))}.")
    return {name: _read(name, values, readers[name]) for name, values in data.items()}


def _read(name: str, values: object, reader: Callable[[Any], object]) -> dict[str, Any]:
    if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
        raise ValueError(f"The decisions on {name} are not a table of names.")
    return {light_word(key) if name == "lights" else key: reader(value) for key, value in values.items()}

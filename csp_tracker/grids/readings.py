"""What a reader made of a file's tables, columns and rows, for a person to look at and change before it is confirmed.

Readers of plans and of KPIs share these, so one preview page can print both. Meanings, kinds and choices are the
reader's own enums of words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


@dataclass(frozen=True)
class TableReading:
    """One table or sheet: whether it is read, and why or why not."""

    name: str
    is_used: bool
    rows: int
    why: str


@dataclass(frozen=True)
class ColumnReading:
    """One column: what its heading was taken for, how surely from 0 to 10, and what else it may be."""

    heading: str
    meaning: StrEnum
    sure: int
    alternatives: Sequence[StrEnum] = ()
    examples: tuple[str, ...] = ()  # the first three different cells with words


@dataclass(frozen=True)
class RowReading:
    """One row: what it is, what came of it and why, and what a person may make of it instead."""

    at: str  # "Table 1, row 12"
    kind: StrEnum
    words: str  # one short line of it
    became: str  # "action 3.1.2", "priority 3", "joined to 3.1.2", or nothing
    why: str
    choices: Sequence[StrEnum] = ()


@dataclass(frozen=True)
class Question:
    """What a person should settle, or at least look at: an unknown light, an impossible date, a missing year."""

    kind: str  # "light", "date", "year", "columns", …
    sentence: str
    word: str = ""  # what is asked about, as it stands in the file
    ats: tuple[str, ...] = ()  # the rows it stands in
    must_be_settled: bool = False  # before the file can be confirmed


def headings_signature(headings: Iterable[str]) -> str:
    """What tells a file with the same headings again, whatever their case and marks: for remembering decisions."""
    plain = (" ".join(re.sub(r"[^\w#%£]+", " ", heading.casefold()).split()) for heading in headings)
    return sha256("\n".join(plain).encode()).hexdigest()

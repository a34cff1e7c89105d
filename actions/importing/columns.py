"""Which column of a plan means what, told by its heading.

A dictionary of the words plans use, with a score; the best guess of each column wins unless another column has a better
claim to that meaning.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from csp_tracker.grids.readings import ColumnReading
from csp_tracker.text import one_line


class Meaning(StrEnum):
    """What a column of a plan can hold."""

    NUMBER = "number"
    PRIORITY = "priority"
    OBJECTIVE = "objective"
    ACTION = "action"
    EXPECTED_OUTCOME = "expected_outcome"
    INDICATOR = "indicator"
    BASELINE = "baseline"
    TARGET = "target"
    PROGRESS = "progress"
    WORK_NEEDED = "work_needed"
    RAG = "rag"
    TIMESCALE = "timescale"
    STARTS = "starts"
    LEAD = "lead"
    SUPPORTING = "supporting"
    RESOURCES = "resources"
    COMMENT = "comment"
    UNKNOWN = ""


# Each pattern with how sure it makes us; the highest of all that match counts.
WORDS: dict[Meaning, tuple[tuple[str, int], ...]] = {
    Meaning.NUMBER: (
        (r"^(no|nr|number|ref|reference|id|item|#)( no)?$", 9),
        (r"^(action|objective|task) (no|number|ref|id)$", 9),
    ),
    Meaning.PRIORITY: (
        (r"^(strategic )?(priority|priorities|theme|aim|workstream)( area)?$", 9),
        (r"\bpriority\b|\btheme\b", 5),
    ),
    Meaning.OBJECTIVE: (
        (r"^(objectives?|improvement outcomes?|outcomes? sought|goals?|what we want to achieve)$", 9),
        (r"\bobjectives?\b|\bimprovement outcomes?\b", 6),
        (r"^outcomes?$", 5),
        (r"\boutcomes?\b|\bgoals?\b", 3),
    ),
    Meaning.ACTION: (
        (r"^(key |our |planned )?(actions?|tasks?|activity|activities|projects?)( required)?$", 9),
        (r"^actions?\b|\bwhat (we )?will (we )?do\b|\bhow (we )?will (we )?(do|achieve)\b", 7),
        (r"\bactions?\b|\btasks?\b|\bactivit", 5),
    ),
    Meaning.EXPECTED_OUTCOME: (
        (r"^(expected|intended|desired|planned) (outcomes?|results?|impact)$", 9),
        (r"^(outputs?|impact|milestones?)$", 6),
    ),
    Meaning.INDICATOR: (
        (r"\b(performance (indicators?|measures?)|kpis?|indicators?)\b", 9),
        (r"\bmeasures?\b|\bhow (we )?will (we )?(know|measure)\b|\bsuccess criteria\b|\bmeasures? of success\b", 7),
    ),
    Meaning.BASELINE: ((r"\bbaseline\b|\bstarting point\b", 9),),
    Meaning.TARGET: ((r"^targets?( \d{4}.*)?$", 9), (r"\btargets?\b", 4)),
    Meaning.PROGRESS: (
        (r"\bprogress\b", 9),
        (r"\bupdates?\b|^(current )?(position|achievements?)\b", 7),
        (r"^(q(uarter|tr)? ?[1-4])\b", 6),
    ),
    Meaning.WORK_NEEDED: (
        (r"\bwork (needed|required|outstanding)\b|\bnext steps?\b|\bfurther (work|action)|\bremedial\b", 10),
    ),
    Meaning.RAG: (
        (r"\btraffic lights?\b|^b?rag\b|\bb?rag (status|rating)\b", 10),
        (r"^(status|rating)$", 8),
        (r"\bstatus\b|\brating\b", 5),
    ),
    Meaning.TIMESCALE: (
        (
            r"\btime ?(scale|frame|table)s?\b|\bwhen\b|\bdeadlines?\b|\b(target|due|completion|end) dates?\b",
            9,
        ),
        (r"\bdates?\b", 4),
    ),
    Meaning.STARTS: ((r"\bstart dates?\b|^starts?$", 10),),
    Meaning.LEAD: (
        (r"\blead\b|\bowners?\b|\bresponsib|\bwho\b|\bby whom\b", 9),
        (r"^(agency|agencies|officers?|organisation)$", 6),
    ),
    Meaning.SUPPORTING: ((r"\bpartners?\b|\bsupport(ing)?\b|\bother agencies\b", 8),),
    Meaning.RESOURCES: ((r"\bresources?\b|\bfunding\b|\bcosts?\b|\bbudget\b", 8),),
    Meaning.COMMENT: ((r"\bcomments?\b|\bnotes?\b|\bremarks?\b", 6),),
}
# One column each; the others may come several times (progress in each quarter, say).
ONCE = frozenset(Meaning) - {Meaning.PROGRESS, Meaning.COMMENT, Meaning.UNKNOWN}
COMPILED = {meaning: [(re.compile(pattern), sure) for pattern, sure in pairs] for meaning, pairs in WORDS.items()}
LONGEST_HEADING = 80
FEWEST_KNOWN = 2


@dataclass(frozen=True)
class Column:
    """One column of the plan: its heading as it stands, made unique where two are the same, and what it means."""

    heading: str
    meaning: Meaning


def read_columns(headings: Sequence[str]) -> tuple[Column, ...]:
    """What each heading means; the surer claim wins a meaning that two columns want."""
    claims = sorted(
        (
            (-sure, position, meaning)
            for position, heading in enumerate(headings)
            for meaning, sure in _claims(heading).items()
        ),
        key=lambda claim: claim[:2],
    )
    meanings: dict[int, Meaning] = {}
    for _, position, meaning in claims:
        taken = meaning in ONCE and meaning in meanings.values()
        if position not in meanings and not taken:
            meanings[position] = meaning
    names = _unique([one_line(heading) for heading in headings])
    return tuple(Column(name, meanings.get(position, Meaning.UNKNOWN)) for position, name in enumerate(names))


def is_heading_row(texts: Sequence[str]) -> bool:
    """Whether a row is the headings of a plan: an action or objective column, another known one, and no long words."""
    words = [text for text in texts if text.strip()]
    if len(words) < FEWEST_KNOWN or any(len(text) > LONGEST_HEADING for text in words):
        return False
    known = {column.meaning for column in read_columns(texts)} - {Meaning.UNKNOWN}
    sure = sum(max(_claims(text).values(), default=0) >= 5 for text in words)
    has_core = bool(known & {Meaning.ACTION, Meaning.OBJECTIVE, Meaning.PRIORITY})
    return has_core and len(known) >= FEWEST_KNOWN and 2 * sure >= len(words)


def same_headings(texts: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether a row repeats the headings, as it does at the top of every page."""
    return [_plain(name) for name in _unique([one_line(text) for text in texts])] == [
        _plain(column.heading) for column in columns
    ]


def headings_signature(columns: Iterable[Column | ColumnReading]) -> str:
    """What tells tables with the same headings: by it a partnership's decisions are found again for its next file."""
    plain = "\n".join(_plain(column.heading) for column in columns)
    return hashlib.sha256(plain.encode()).hexdigest()


def _plain(heading: str) -> str:
    return one_line(re.sub(r"[^a-z0-9#]+", " ", heading.lower()))


def _claims(heading: str) -> dict[Meaning, int]:
    text = _plain(heading)
    sure = {
        meaning: max((points for pattern, points in patterns if pattern.search(text)), default=0)
        for meaning, patterns in COMPILED.items()
    }
    return {meaning: points for meaning, points in sure.items() if points}


def _unique(names: Sequence[str]) -> list[str]:
    """A blank heading is called by its place; the second of two equal ones gets a number."""
    unique: list[str] = []
    for position, name in enumerate(names, start=1):
        wanted = candidate = name or f"Column {position}"
        again = 2
        while candidate in unique:
            candidate, again = f"{wanted} ({again})", again + 1
        unique.append(candidate)
    return unique

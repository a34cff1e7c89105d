"""References and names of KPIs as files spell them, and when two of them are one."""

import re
from difflib import SequenceMatcher

from csp_tracker.text import one_line

ALIKE, NEARLY_THE_SAME = 0.5, 0.7
LONGEST_COMPARED = 300
REFERENCE_IN_NAME = re.compile(
    r"(?P<reference>[A-Z]{1,6}[ -]?\d{1,3}[a-z]?(?:\.\d+)*|\d+(?:\.\d+)+[a-z]?)\s*[:.)\-–]?\s+(?P<name>\D.+)", re.DOTALL
)


def reference_key(reference: str) -> str:
    """One key for "CS 1", "CS-1" and "cs1."; "1.1" and "11" stay two."""
    return re.sub(r"(?<=[a-z])[\s\-_/]+(?=\d)", "", one_line(reference).casefold().strip(" .:"))


def name_key(name: str) -> str:
    """One key for the same words, however they are spaced, marked and capitalised."""
    return one_line(re.sub(r"[^\w%£]+", " ", name.casefold()))


def are_alike(one: str, other: str) -> bool:
    """Whether two names may be those of one KPI: the same words for the most part, or the one inside the other."""
    first, second = name_key(one[:LONGEST_COMPARED]), name_key(other[:LONGEST_COMPARED])
    words, others = set(first.split()), set(second.split())
    if not words or not others or words <= others or others <= words:
        return True
    shared = len(words & others) / min(len(words), len(others))
    return shared >= ALIKE or SequenceMatcher(None, first, second).ratio() >= NEARLY_THE_SAME

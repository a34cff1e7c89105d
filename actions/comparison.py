"""What changed between two texts, word by word: for a reader who has read the earlier one."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS = re.compile(r"\S+\s*|^\s+")
#: Longer texts are shown whole: comparing them would keep the page waiting.
MOST_WORDS = 3_000
#: Texts that share less than this were written anew: marks between every other word would help nobody.
ALIKE = 0.5
#: Fewer words than this that stayed between two changes are part of the change: they stayed by chance.
BY_CHANCE = 2


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, came or went."""

    change: Change
    text: str


@dataclass(frozen=True)
class Comparison:
    """The pieces of the newer text in their order, with what went out of the older one where it stood."""

    pieces: tuple[Piece, ...]
    is_same: bool = False
    is_new: bool = False


def compare_words(old: str, new: str) -> Comparison:
    """Mark what came and what went. A text written anew, or too long to compare, comes whole and unmarked."""
    if old.split() == new.split():
        return Comparison((Piece(Change.SAME, new),) if new else (), is_same=True)
    before, after = WORDS.findall(old), WORDS.findall(new)
    seen, said = ([word.strip() for word in words] for words in (before, after))
    if not old.strip() or max(len(before), len(after)) > MOST_WORDS:
        return Comparison((Piece(Change.SAME, new),) if new else (), is_new=True)
    matcher = SequenceMatcher(None, seen, said, autojunk=False)
    if new.strip() and matcher.ratio() < ALIKE:
        return Comparison((Piece(Change.SAME, new),), is_new=True)
    return Comparison(tuple(_pieces(matcher, before, after)))


def _pieces(matcher: SequenceMatcher, before: list[str], after: list[str]) -> list[Piece]:
    found: list[Piece] = []
    for is_same, (old_from, old_to), (new_from, new_to) in _runs(matcher):
        gone, come = "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if is_same:
            found.append(Piece(Change.SAME, come))
        else:
            found += [Piece(Change.REMOVED, gone)] if gone else []
            found += [Piece(Change.ADDED, come)] if come else []
    return found


def _runs(matcher: SequenceMatcher) -> list[tuple[bool, tuple[int, int], tuple[int, int]]]:
    """Runs that stayed and runs that changed, from and to in both texts."""
    steps = matcher.get_opcodes()
    runs: list[tuple[bool, tuple[int, int], tuple[int, int]]] = []
    for place, (what, old_from, old_to, new_from, new_to) in enumerate(steps):
        is_between = 0 < place < len(steps) - 1
        is_same = what == "equal" and not (is_between and old_to - old_from < BY_CHANCE)
        if runs and not is_same and not runs[-1][0]:
            _, (old_from, _), (new_from, _) = runs.pop()
        runs.append((is_same, (old_from, old_to), (new_from, new_to)))
    return runs

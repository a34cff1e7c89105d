"""Putting together again what the end of a page has cut."""

import re
from collections import Counter
from collections.abc import Iterable

WORD = re.compile(r"[^\W\d_]+")
LAST_WORD = re.compile(r"[^\W\d_]+\Z")
LONGEST_WORD = 40
LONGEST_MARK = 60
ENDS_A_SENTENCE = re.compile(r"[.!?:;)”\"]\Z")
CONTINUED = re.compile(r"[\s(\[]*\bcont(?:inued|inuation)?\s*(?:[/'’.]\s*)?d?\b[\s.…)\]]*\Z", re.IGNORECASE)


class Vocabulary:
    """How often each word stands in the file: what tells a cut word from a whole one."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._counts = Counter(word for text in texts for word in WORD.findall(text))

    def is_cut(self, first: str, second: str) -> bool:
        """Whether "Reductio" and "ns" are one word: neither stands anywhere else, but together they do."""
        whole = first + second
        alone = self._counts[first] == 1 and self._counts[second] == 1 and second.islower()
        return alone and any(self._counts[word] for word in (whole, whole.removesuffix("s"), f"{whole}s"))


def join_cut(above: str, below: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The text of a cell that a page end cut in two, and the word mended by it, if one was."""
    if not above or not below:
        return above or below, ""
    last, first = LAST_WORD.search(above[-LONGEST_WORD:]), WORD.match(below)
    if last and first and vocabulary.is_cut(last[0], first[0]):
        return above + below, last[0] + first[0]
    return above + ("\n" if ENDS_A_SENTENCE.search(above) else " ") + below, ""


def join_paragraph(above: str, below: str) -> str:
    """The text of a cell that goes on in a row of its own."""
    return "\n".join(part for part in (above, below) if part)


def without_continued(text: str) -> tuple[str, bool]:
    """ "7.5 (Cont /d)" is "7.5", continued."""
    head, tail = text[:-LONGEST_MARK], text[-LONGEST_MARK:]  # looked for at the end only: a cell may be very long
    kept = head + CONTINUED.sub("", tail)
    return kept.strip(), kept != text

"""Words that are a light, and words that are not: "GREEN c/f Actions" is green, "information given to RAG" is nothing.

(RAG is also a body, the Responsible Authorities Group.) An unknown word is asked about, never taken for green.
"""

import colorsys
import re
from dataclasses import dataclass, replace

from csp_tracker.rag import RAG
from csp_tracker.text import one_line

COLOURS = {"red": RAG.RED, "amber": RAG.AMBER, "yellow": RAG.AMBER, "green": RAG.GREEN, "blue": RAG.COMPLETE}
WORDS = COLOURS | {"complete": RAG.COMPLETE, "completed": RAG.COMPLETE}
LETTERS = {"r": RAG.RED, "a": RAG.AMBER, "g": RAG.GREEN, "b": RAG.COMPLETE, "c": RAG.COMPLETE}
NO_LIGHT_YET = {"n/a", "na", "tbc", "tba", "nya", "not rated", "not yet rated", "not started", "none", "no status"}
NO_LIGHT_YET |= {"grey", "gray", "white"}  # as keys print them: no target, no data, not due
CIRCLES = {"🔴": "red", "🟠": "amber", "🟡": "amber", "🟢": "green", "🔵": "blue", "⚪": "white"}
MARKS = re.compile(r"[^\w?/+-]+|-+$")  # "G ▲", "(A)", "R."
ANY_WORD = re.compile(r"\w")
DASHES = "-–— "
CARRIED = r"(?:c/?fwd?|c/f|carried (?:forward|over|into))"
CARRIED_FORWARD = re.compile(rf"\b{CARRIED}\b", re.IGNORECASE)
FIRST_WORD = re.compile(r"^\W*(?P<word>[a-z]+)\b", re.IGNORECASE)
LETTER_AND_WORDS = re.compile(r"^(?P<letter>[RAGB])\s?[-–—:=(]\s?[a-z]{2}", re.IGNORECASE)  # "G – on course"
LIGHT_ALONE = re.compile(rf"^\W*(?P<word>{'|'.join(COLOURS)})\b\W*(?:{CARRIED}(?:\s+actions?)?)?\W*$", re.IGNORECASE)
LIGHT_BEFORE_WORDS = re.compile(r"^\W*(?P<word>red|amber|green)\s*(?:\s[-–—]\s|:\s)\s*\w", re.IGNORECASE)


@dataclass(frozen=True)
class Light:
    """What one cell says. `is_known` is false for words that nobody told us the colour of."""

    rag: RAG
    as_stated: str
    carried_forward: bool = False
    is_known: bool = True


def read_light(words: str, fill: str = "") -> Light | None:
    """The light of a cell in the plan's column for lights; None where it says nothing. Words count, not the fill."""
    stated = one_line(words)
    if stated[:1] in CIRCLES:
        named_out = "".join(f"{CIRCLES[one]} " if one in CIRCLES else one for one in stated)
        light = read_light(named_out)
        return light and replace(light, as_stated=stated)
    if stated.strip(DASHES) and not ANY_WORD.search(stated) and (rag := rag_of_fill(fill)):
        return Light(rag, stated)  # a tick or a dot on a colour
    if not stated.strip(DASHES):
        rag = None if stated else rag_of_fill(fill)
        return Light(rag, as_stated="") if rag else None
    if stated.lower().strip(".") in NO_LIGHT_YET:
        return Light(RAG.NOT_RATED, stated)
    carried = bool(CARRIED_FORWARD.search(stated))
    letter = MARKS.sub("", stated.lower())
    if letter in LETTERS:
        return Light(LETTERS[letter], stated)
    lettered = LETTER_AND_WORDS.match(stated)
    named = {WORDS[word] for word in re.findall(r"[a-z]+", stated.lower()) if word in WORDS}
    first = FIRST_WORD.match(stated)
    if lettered and named <= {LETTERS[lettered["letter"].lower()]}:
        return Light(LETTERS[lettered["letter"].lower()], stated, carried)
    begins_with_it = first is not None and first["word"].lower() in WORDS
    if len(named) != 1 or not begins_with_it:
        return Light(RAG.NOT_RATED, stated, carried, is_known=False)
    return Light(named.pop(), stated, carried)


def light_in_wrong_column(words: str) -> Light | None:
    """A cell of another column that holds a light and nothing else."""
    return read_light(words) if LIGHT_ALONE.match(one_line(words)) else None


def light_before_words(words: str) -> Light | None:
    """The light that a cell of another column begins with, "Amber – two wardens short"; the words are no part of it."""
    found = LIGHT_BEFORE_WORDS.match(one_line(words))
    return read_light(found["word"]) if found else None


def rag_of_fill(fill: str) -> RAG | None:
    """The light a strong fill colour stands for; pale tints and greys stand for none."""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", fill):
        return None
    red, green, blue = (int(fill[index : index + 2], 16) / 255 for index in (0, 2, 4))
    hue, saturation, brightness = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < 0.35 or brightness < 0.35:
        return None
    degrees = hue * 360
    if degrees < 16 or degrees >= 340:
        return RAG.RED
    if degrees < 66:
        return RAG.AMBER
    if degrees < 170:
        return RAG.GREEN
    return RAG.COMPLETE if 180 <= degrees < 260 else None

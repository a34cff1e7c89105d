"""A plan's key to its lights, "G = on course", wherever it stands: it defines the plan's own words and is no action."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from actions.importing.decisions import Decisions, light_word
from actions.importing.tree import KeyWord
from csp_tracker.grids import Cell
from csp_tracker.lights import (
    CARRIED_FORWARD,
    CIRCLES,
    COLOURS,
    LETTERS,
    NO_LIGHT_YET,
    WORDS,
    Light,
    rag_of_fill,
    read_light,
)
from csp_tracker.rag import RAG
from csp_tracker.text import one_line

LONGEST_KEY = 1_500
LONGEST_WORD = 60
FEWEST_COLOURS = 2
SWATCH = r"red|amber|yellow|orange|green|blue|purple|grey|gray|black|white|[RAGB]"
PAIR = re.compile(
    rf"(?<!\w)(?P<word>{SWATCH})(?!\w)\s*(?:\([A-Za-z]\)\s*)?(?:=|:|–|—|-|means)\s*"
    rf"(?P<meaning>[^=]+?)\s*(?=[;,|/.\n•]?\s*(?<!\w)(?:{SWATCH})(?!\w)\s*(?:\([A-Za-z]\)\s*)?(?:=|:|–|—|-|means)|\n|\Z)",
    re.IGNORECASE,
)
KEY_WORD = re.compile(
    r"^\W*(?:(?:b?rag|status|colou?r|traffic lights?|progress)\s+)*(?:ratings?\s+|status(?:es)?\s+|codes?\s+)*"
    r"(?:key|legend)\b(?:\s+to\s+(?:the\s+)?[\w ]{1,30})?\W*",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*(?:[:=–—]|\s-\s)\s*")  # a word and what it means
BARE_COLOURS = {RAG.RED: "Red", RAG.AMBER: "Amber", RAG.GREEN: "Green", RAG.COMPLETE: "Blue"}
MEANS_COMPLETE = re.compile(r"\b(?:complete|done|finish|achiev|closed|handed over|delivered|in place)", re.IGNORECASE)


@dataclass(frozen=True)
class Legend:
    """The plan's own words for lights, by `light_word`, and where its key stands."""

    words: Mapping[str, KeyWord] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)  # words that the key defines, but as no light of ours
    own: tuple[KeyWord, ...] = ()  # the words that stand before their meanings, as the key prints them
    ats: frozenset[str] = frozenset()

    def find(self, stated: str) -> KeyWord | None:
        """What the key says of a word alone, or before more words: "On course – since June"."""
        word = light_word(stated)
        if word in self.words:
            return self.words[word]
        begun = [one for one in self.words if len(one) > 1 and re.match(rf"{re.escape(one)}\s*[-–—:;,.(]", word)]
        return self.words[max(begun, key=len)] if begun else None


@dataclass(frozen=True)
class LightReader:
    """Reads a cell as a decision says, else as the plan's key says, else by the words that every plan knows."""

    decisions: Decisions = field(default_factory=Decisions)
    legend: Legend = field(default_factory=Legend)

    def read(self, words: str, fill: str = "") -> Light | None:
        """What one cell of a column for lights says."""
        light = read_light(words, fill)
        if light is None:
            return None
        word = light.as_stated or BARE_COLOURS.get(light.rag, "")
        rag = self.decisions.light_of(word)
        if rag is None and light.as_stated and (by_key := self.legend.find(word)):
            rag = by_key.rag
        if rag is not None:
            return Light(rag, light.as_stated, bool(CARRIED_FORWARD.search(light.as_stated)))
        is_asked = light_word(word) in self.legend.asked
        return replace(light, rag=RAG.NOT_RATED, as_stated=word, is_known=False) if is_asked else light


@dataclass(frozen=True)
class Entry:
    """One word of a key: what it stands for, and the colour behind it."""

    word: str
    meaning: str
    fill: str = ""

    @property
    def rag(self) -> RAG | None:
        """The light of the colour that is named or shown; a blue that is not "complete" is asked about."""
        word = light_word(self.word)
        word = CIRCLES.get(word[:1], word)
        rag = WORDS.get(word) or (LETTERS.get(word) if word != "c" else None) or rag_of_fill(self.fill)
        if word in NO_LIGHT_YET:
            return RAG.NOT_RATED
        is_other_blue = (
            rag is RAG.COMPLETE and self.meaning and not MEANS_COMPLETE.search(f"{self.word} {self.meaning}")
        )
        return None if is_other_blue else rag


def entries_in_words(text: str) -> list[Entry]:
    """ "Key: Red = late, Green = in time", or two such pairs without the word "key"."""
    if len(text) > LONGEST_KEY:
        return []
    found = [Entry(match["word"], one_line(match["meaning"]).strip(" ;,.|/•")) for match in PAIR.finditer(text)]
    colours = {light_word(entry.word)[:1] for entry in found}
    is_key = bool(KEY_WORD.match(text)) or len(colours) >= FEWEST_COLOURS
    return found if is_key else []


def begins_a_key(cells: Sequence[Cell]) -> bool:
    """Whether the first words of a row are "Key", "RAG key", "Legend" …"""
    first = next((cell.text for cell in cells if not cell.is_blank), "")
    return bool(KEY_WORD.match(first)) and (len(first) <= LONGEST_WORD or bool(entries_in_words(first)))


def entries_in_cells(cells: Sequence[Cell]) -> list[Entry]:
    """The words of a key over several cells; nothing where any of them is not part of one."""
    filled = [cell for cell in cells if not cell.is_covered and (not cell.is_blank or rag_of_fill(cell.fill))]
    if filled and KEY_WORD.fullmatch(filled[0].text):
        filled = filled[1:]
    entries: list[Entry] = []
    swatch: Cell | None = None
    for cell in filled:
        words = one_line(cell.text)
        if swatch is not None and words and not _is_swatch(cell):
            entries.append(Entry(one_line(swatch.text), words, swatch.fill))
            swatch = None
        elif _is_swatch(cell):
            entries += [Entry(one_line(swatch.text), "", swatch.fill)] if swatch else []
            swatch = cell
        elif pairs := entries_in_words(f"Key {cell.text}"):
            entries += pairs
        elif rag_of_fill(cell.fill) and len(words) <= LONGEST_WORD:
            entries.append(Entry(words, "", cell.fill))
        elif entries and not entries[-1].meaning and entries[-1].fill not in ("", cell.fill):
            entries[-1] = replace(entries[-1], meaning=words)  # "On track" on green, and what it means beside it
        else:
            return []
    return entries + ([Entry(one_line(swatch.text), "", swatch.fill)] if swatch else [])


def entries_of_words(cells: Sequence[Cell], used: Collection[str]) -> list[Entry]:
    """A line of a key that has no colours, "On hold – paused by the Board": one of the words that the plan uses."""
    filled = [one_line(cell.text) for cell in cells if not cell.is_blank]
    word, meaning = [*filled, ""][:2] if len(filled) in (1, 2) else ("", "")
    if not meaning and light_word(word) not in used:
        word, _, meaning = (part.strip() for part in BETWEEN.sub("\n", word, count=1).partition("\n"))
    return [Entry(word, meaning)] if light_word(word) in used else []


def is_swatch_with_meaning(cells: Sequence[Cell]) -> bool:
    """Two cells, a colour and what it means: a line of a key that may do without the word "key"."""
    filled = [cell for cell in cells if not cell.is_covered and (not cell.is_blank or rag_of_fill(cell.fill))]
    return len(filled) == 2 and _is_swatch(filled[0]) and not filled[1].is_blank and not _is_swatch(filled[1])


def _is_swatch(cell: Cell) -> bool:
    word = light_word(cell.text)
    if not word:
        return rag_of_fill(cell.fill) is not None
    return word in COLOURS or word in LETTERS or word in CIRCLES or bool(re.fullmatch(SWATCH, word, re.IGNORECASE))


def legend_of(entries: Sequence[Entry], ats: frozenset[str]) -> Legend:
    """The key as a whole; the first definition of a word counts, and "On course" counts as its own word too."""
    words: dict[str, KeyWord] = {}
    asked: dict[str, str] = {}
    own: dict[str, KeyWord] = {}
    for entry in entries:
        name = entry.word or entry.meaning
        if name and entry.rag is not None:
            own.setdefault(light_word(name), KeyWord(name, entry.rag, entry.fill, entry.meaning or name))
        for word, meaning in _words_of(entry):
            if entry.rag is None:
                asked.setdefault(light_word(word), meaning)
            else:
                words.setdefault(light_word(word), KeyWord(word, entry.rag, entry.fill, meaning))
    return Legend(words, {word: asked[word] for word in asked if word not in words}, tuple(own.values()), ats)


def _words_of(entry: Entry) -> Iterator[tuple[str, str]]:
    word = entry.word or BARE_COLOURS.get(rag_of_fill(entry.fill) or RAG.NOT_RATED, "")
    if word:
        yield word, entry.meaning or word
    if entry.meaning and len(entry.meaning) <= LONGEST_WORD:
        yield entry.meaning, entry.meaning

"""Which column of a plan means what: by its heading, by its cells where that says nothing, or as a person decided.

The best guess for each column wins, unless another column has a better claim to that meaning.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.importing.dictionary import Meaning, claims_of, plain_heading
from csp_tracker.lights import COLOURS, LETTERS
from csp_tracker.text import one_line

__all__ = ["Column", "Meaning", "is_heading_row", "read_columns", "same_headings"]

# One column each; the others may come several times (progress in each quarter, say).
ONCE = frozenset(Meaning) - {Meaning.PROGRESS, Meaning.COMMENT, Meaning.UNKNOWN}
CORE = frozenset({Meaning.ACTION, Meaning.OBJECTIVE, Meaning.PRIORITY})
WHO_AND_WHEN = frozenset({Meaning.LEAD, Meaning.TIMESCALE})
FIGURES = frozenset({Meaning.INDICATOR, Meaning.TARGET, Meaning.BASELINE})
LONGEST_HEADING = 80
FEWEST_KNOWN = 2
SURE = 10
WORTH_ASKING = 7
SURE_OF_A_LIGHT = 5
SURE_OF_A_HEADING = 5
QUARTER = re.compile(r"\bq(?:uarter|tr)? ?([1-4])\b")
BEFORE = re.compile(r"\b(?:previous|last|prior)\b")


@dataclass(frozen=True)
class Column:
    """One column of the plan: its heading as it stands, made unique where two are the same, and what it means."""

    heading: str
    meaning: Meaning
    place: int = 0  # of its cells in a row
    stated: str = ""  # the heading without what made it unique
    sure: int = 0
    alternatives: tuple[Meaning, ...] = ()
    is_tinted: bool = False  # the colours behind its words are the lights
    lost: Meaning | None = None  # what it claims most, where another column has it

    @property
    def colour(self) -> str:
        """The light that a tick in this column means: "red" for a column headed "R" or "Status: Red"."""
        return _colour(self.heading) if self.meaning is Meaning.RAG else ""

    @property
    def recency(self) -> int:
        """Which of several columns of lights is the latest: by its quarter, else by its place; 0 for a previous one."""
        words = plain_heading(self.heading)
        if BEFORE.search(words):
            return 0
        quarter = QUARTER.search(words)
        return int(quarter[1]) if quarter else SURE


Claims = Mapping[Meaning, int]
NOTHING: Claims = {}


def read_columns(
    headings: Sequence[str], *, decided: Mapping[str, Meaning] | None = None, evidence: Sequence[Claims] = ()
) -> tuple[Column, ...]:
    """What each heading means; the surer claim wins a meaning that two columns want, and a decision wins over all."""
    names = _unique([one_line(heading) for heading in headings])
    claims = [_claims(heading, evidence[place] if evidence else NOTHING) for place, heading in enumerate(headings)]
    meanings = {place: decided[name] for place, name in enumerate(names) if decided and name in decided}
    settled = frozenset(meanings)
    wanted = ((-sure, place, meaning) for place, one in enumerate(claims) for meaning, sure in one.items())
    for _, place, meaning in sorted(wanted, key=lambda claim: claim[:2]):
        taken = meaning in ONCE and meaning in meanings.values()
        if place not in meanings and not taken:
            meanings[place] = meaning
    meanings |= {place: Meaning.RAG for place in _more_lights(headings, claims, meanings) if place not in settled}
    return tuple(
        _column(
            name,
            one_line(headings[place]),
            place,
            meanings.get(place, Meaning.UNKNOWN),
            claims[place],
            is_settled=place in settled,
        )
        for place, name in enumerate(names)
    )


def _claims(heading: str, evidence: Claims) -> Claims:
    """What the heading says and what the cells say; the previous lights give way to the current ones."""
    claims = claims_of(heading)
    surer = {one: max(claims.get(one, 0), evidence.get(one, 0)) for one in (*claims, *evidence)}
    if Meaning.RAG in surer and BEFORE.search(plain_heading(heading)):
        surer[Meaning.RAG] = min(surer[Meaning.RAG], SURE_OF_A_LIGHT)
    return surer


def _column(name: str, stated: str, place: int, meaning: Meaning, claims: Claims, *, is_settled: bool) -> Column:
    likely = sorted(claims, key=lambda one: -claims[one])
    best = likely[0] if likely else None
    return Column(
        heading=name,
        stated=stated,
        meaning=meaning,
        place=place,
        sure=SURE if is_settled else claims.get(meaning, 0),
        alternatives=tuple(one for one in likely if one is not meaning),
        lost=best if best in ONCE and best is not meaning and not is_settled and claims[best] >= WORTH_ASKING else None,
    )


def _more_lights(headings: Sequence[str], claims: Sequence[Claims], meanings: Mapping[int, Meaning]) -> list[int]:
    """Columns of lights beside the first: one for each quarter, the previous one, or one to tick for each colour."""
    lit = [place for place, one in enumerate(claims) if one.get(Meaning.RAG, 0) >= SURE_OF_A_LIGHT]
    periods = [
        place for place in lit if QUARTER.search(words := plain_heading(headings[place])) or BEFORE.search(words)
    ]
    found = periods if len(lit) > 1 else []
    ticked = [place for place, heading in enumerate(headings) if _colour(heading)]
    if len({_colour(headings[place]) for place in ticked}) > 1:
        found = found + [place for place in ticked if meanings.get(place) in (None, Meaning.RAG)]
    return found


def _colour(heading: str) -> str:
    """ "Red", "R", or "Status: R" under two rows of headings."""
    words = plain_heading(heading).split()
    last = words[-1] if words else ""
    if last in COLOURS:
        return last
    is_letter = last in LETTERS and (len(words) == 1 or Meaning.RAG in claims_of(" ".join(words[:-1])))
    return last if is_letter else ""


def is_heading_row(texts: Sequence[str]) -> bool:
    """Whether a row is the headings of a plan: an action or objective column, another known one, and no long words."""
    words = [text for text in texts if text.strip()]
    if len(words) < FEWEST_KNOWN or any(len(text) > LONGEST_HEADING for text in words):
        return False
    known = known_meanings(texts)
    if not any(claims_of(text).get(one, 0) >= SURE_OF_A_HEADING for text in words for one in CORE):
        known = known if known & WHO_AND_WHEN and not known & FIGURES else set()  # "Description" alone may be of KPIs
    sure = sum(max(claims_of(text).values(), default=0) >= SURE_OF_A_HEADING for text in words)
    return bool(known & CORE) and len(known) >= FEWEST_KNOWN and 2 * sure >= len(words)


def known_meanings(texts: Sequence[str]) -> set[Meaning]:
    """All that the headings of a row mean."""
    return {column.meaning for column in read_columns(texts)} - {Meaning.UNKNOWN}


def same_headings(texts: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether a row repeats the headings, as it does at the top of every page."""
    if len(texts) != len(columns):
        return False
    pairs = zip(texts, columns, strict=True)
    return all(plain_heading(one_line(text)) == plain_heading(column.stated) for text, column in pairs)


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

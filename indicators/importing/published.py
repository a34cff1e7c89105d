"""The lights that a table of KPIs publishes: by word, letter or fill. An unknown word is asked about, never green."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csp_tracker.grids import Cell
from csp_tracker.lights import rag_of_fill, read_light
from csp_tracker.rag import RAG
from csp_tracker.text import one_line
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.stated import ARROWS, DASHES, state_of

# What tables of KPIs say besides the colours. "Above target" is good or bad as the KPI has it, so it is asked about.
PHRASES = (
    (
        RAG.RED,
        re.compile(
            r"\b(?:not (?:met|achieved|on (?:target|track))|target (?:not met|missed)|missed|off (?:target|track)"
            r"|(?:well|significantly) (?:below|behind|off|worse)|under ?performing|failed"
            r"|behind (?:target|schedule))\b",
            re.IGNORECASE,
        ),
    ),
    (
        RAG.AMBER,
        re.compile(
            r"\b(?:within tolerance|(?:slightly|just) (?:below|behind|off|under|missed)|(?:close|near) to target"
            r"|nearly met|at risk|some concerns?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        RAG.GREEN,
        re.compile(
            r"^\W*(?:on (?:or (?:above|ahead of) )?(?:target|track)|(?:target )?(?:met|achieved|exceeded)"
            r"|(?:met|achieved|exceeded|exceeding|meeting) (?:the )?target|ahead of target|performing well)\b",
            re.IGNORECASE,
        ),
    ),
)
SLIGHTLY = re.compile(r"\b(?:slightly|just|within tolerance|nearly)\b", re.IGNORECASE)
NO_LIGHT = re.compile(
    r"^\W*(?:gr[ea]y|white|no (?:target|data|rag|rating|status|light)\w*|not (?:applicable|due|targeted|(?:yet )?rated)"
    r"|(?:data|info(?:rmation)?|trend|monitor\w*) ?only|for information|context\w*|monitor\w*|baseline\b.*|new|n/?a"
    r")\W*$",
    re.IGNORECASE,
)
FEWEST_COLOURS = 2
LONGEST_WORD = 200


@dataclass(frozen=True)
class Published:
    """A light as a file has it; `word` is blank where there is only a colour."""

    rag: RAG
    word: str = ""
    is_known: bool = True


def read_published(cell: Cell, decisions: IndicatorDecisions) -> Published | None:
    """The light of a cell in the column for it; None where it says nothing."""
    if len(cell.text) > LONGEST_WORD:
        return Published(RAG.NOT_RATED, one_line(cell.text), is_known=False)
    word = one_line(ARROWS.sub(" ", cell.text)) or one_line(cell.text)
    if decided := decisions.light_of(word):
        return Published(decided, word)
    if DASHES.fullmatch(word):
        rag = None if word else light_of_fill(cell)
        return Published(rag) if rag else None
    if NO_LIGHT.match(word) or state_of(word) is not None:
        return Published(RAG.NOT_RATED, word)
    for rag, pattern in PHRASES:
        if pattern.search(word):
            return Published(RAG.AMBER if rag is RAG.RED and SLIGHTLY.search(word) else rag, word)
    light = read_light(word, cell.fill)
    if light is None:
        return None
    # Blue is "complete" for an action, but "on target" in one council's KPIs and "better than target" in another's.
    is_known = light.is_known and light.rag is not RAG.COMPLETE
    return Published(light.rag if is_known else RAG.NOT_RATED, word, is_known)


def light_of_fill(cell: Cell) -> RAG | None:
    """The light of a cell's colour; blue means too many things for a KPI."""
    rag = rag_of_fill(cell.fill)
    return None if rag is RAG.COMPLETE else rag


def are_lights(cells: Iterable[Cell]) -> bool:
    """Whether the colours of figures are lights: of one colour alone it may be the table's look."""
    return len({light_of_fill(cell) for cell in cells} - {None}) >= FEWEST_COLOURS


def unknown_words(published: Sequence[tuple[str, Published]]) -> dict[str, list[str]]:
    """Words that nobody told us the light of, with the rows they stand in."""
    words: dict[str, list[str]] = {}
    for at, light in published:
        if not light.is_known:
            words.setdefault(light.word, []).append(at)
    return words

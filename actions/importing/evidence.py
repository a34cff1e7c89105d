"""What the cells of a column say about its meaning, where its heading does not."""

import re
from collections.abc import Callable, Sequence

from actions.importing.columns import Claims
from actions.importing.dictionary import Meaning
from actions.importing.timescales import read_timescale
from actions.values import TimescaleKind
from csp_tracker.grids import Cell
from csp_tracker.lights import CIRCLES, LETTERS, LIGHT_ALONE, rag_of_fill
from csp_tracker.text import one_line

FEWEST_CELLS = 2
MOST_CELLS = 60
NEARLY_ALL = 0.8
LONGEST_TIMESCALE = 40
SURE_OF_LIGHTS = 9
SURE_OF_TIMESCALES = 5
SURE_OF_NUMBERS = 6
BLANK = " -–—\n"
# Headings that may stand over words or over dates: when an action is due, or when somebody last wrote of it.
VAGUE: tuple[tuple[re.Pattern[str], Claims], ...] = (
    (re.compile(r"\bmilestones?\s*\Z", re.IGNORECASE), {Meaning.TIMESCALE: 7}),
    (re.compile(r"\b(?:updated?s?|reviewed)\b", re.IGNORECASE), {Meaning.COMMENT: 8}),
)
NUMBER = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3}){0,3}|[A-Z]{1,4}[ /-]?\d{1,3}(?:\.\d{1,3})?)[.)a-z]?")


def evidence_of(heading: str, cells: Sequence[Cell]) -> Claims:
    """Lights tell a column whatever its heading, "Q1" for one; numbers and dates one without, or with a vague one."""
    own = (cell for cell in cells if cell.column_span == 1)
    filled = [cell for cell in own if cell.text.strip(BLANK) or rag_of_fill(cell.fill)][:MOST_CELLS]
    if len(filled) < FEWEST_CELLS:
        return {}
    if _share(filled, _is_light) >= NEARLY_ALL:
        return {Meaning.RAG: SURE_OF_LIGHTS}
    if not heading.strip() and _share(filled, _is_number) >= NEARLY_ALL:
        return {Meaning.NUMBER: SURE_OF_NUMBERS}
    if not heading.strip() and _share(filled, _is_timescale) >= NEARLY_ALL:
        return {Meaning.TIMESCALE: SURE_OF_TIMESCALES}
    vague = next((claim for pattern, claim in VAGUE if pattern.search(heading)), None)
    return vague if vague and _share(filled, _is_timescale) >= NEARLY_ALL else {}


def _share(cells: Sequence[Cell], is_one: Callable[[Cell], bool]) -> float:
    return sum(map(is_one, cells)) / len(cells)


def _is_light(cell: Cell) -> bool:
    words = one_line(cell.text)
    if not words:
        return True  # a strong colour, or it would not be among the filled
    return words.casefold() in LETTERS or bool(LIGHT_ALONE.match(words)) or words[0] in CIRCLES


def _is_number(cell: Cell) -> bool:
    return bool(NUMBER.fullmatch(one_line(cell.text)))


def _is_timescale(cell: Cell) -> bool:
    words = one_line(cell.text)
    return len(words) <= LONGEST_TIMESCALE and read_timescale(words).kind is not TimescaleKind.UNCLEAR

"""How the rows of one table usually look: what a single row means depends on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from actions.importing.columns import Meaning
from actions.importing.lines import Line
from csp_tracker.text import one_line

PARTED_NUMBER = re.compile(r"\D*\d+\.\d.*")
FEW_LIGHTS = 1 / 3
MOST_NUMBERS = 3 / 4
MOST_STORIES = 0.6
FEWEST_STORIES = 2
FULL_ROW = 3

Style = tuple[str, bool]


@dataclass(frozen=True)
class Habits:
    """What is usual in the rows of a table."""

    numbers_have_parts: bool = False
    depth: int = 0  # parts of the deepest number: 3 of 1.1.2
    usual: int = 0  # filled cells of the middle row
    lights_are_usual: bool = False
    numbers_are_usual: bool = False  # of rows with an action
    numbers_are_of_actions: bool = False  # the same objective has several
    merged_are_stories: bool = False  # an unmarked merged row under each action tells how it goes
    latest_lights: str = ""  # the heading of the latest of several columns of lights that says anything
    inner: frozenset[Style] = frozenset()  # how merged rows look that stand right below another merged row

    @property
    def are_filled(self) -> bool:
        """Whether rows usually have so many cells that one alone stands out."""
        return self.usual >= FULL_ROW

    def is_inner(self, line: Line) -> bool:
        """Whether a merged row is of the second level."""
        return _style(line) in self.inner


def habits_of(lines: Sequence[Line]) -> Habits:
    """Look over all rows of a table before any of them is placed."""
    lines = [line for line in lines if not line.is_blank]
    numbers = [line.number for line in lines if line.number]
    counts = [len(line.filled) for line in lines if len(line.filled) > 1]
    marked = [line for line in lines if line.number or line.light is not None]
    upright = [line for line in lines if (action := line.text(Meaning.ACTION)) and not action[0].islower()]
    return Habits(
        numbers_have_parts=any(PARTED_NUMBER.fullmatch(number) for number in numbers),
        depth=max(map(depth_of, numbers), default=0),
        usual=int(median(counts)) if counts else 0,
        lights_are_usual=_share([line.light is not None for line in marked]) >= FEW_LIGHTS,
        numbers_are_usual=_share([bool(line.number) for line in upright]) >= MOST_NUMBERS,
        numbers_are_of_actions=_numbers_are_of_actions(lines),
        latest_lights=_latest_lights(lines),
        merged_are_stories=_merged_are_stories(lines),
        inner=_inner_styles(lines),
    )


def _latest_lights(lines: Sequence[Line]) -> str:
    columns = {column for line in lines if (column := line.light_column) and column.meaning is Meaning.RAG}
    latest = max(columns, key=lambda one: (one.recency, one.place), default=None)
    return latest.heading if latest else ""


def depth_of(number: str) -> int:
    """How many parts a number has: 3 for "1.1.2", 0 for none."""
    return len(re.findall(r"\d+", number))


def is_parent(number: str, other: str) -> bool:
    """Whether "1" or "A" heads "1.1" or "A1"."""
    if not number or not other.startswith(number) or other == number:
        return False
    rest = other[len(number) :]
    return bool(re.match(r"[./-]\d", rest)) or (number[-1].isalpha() and rest[0].isdigit())


def _share(truths: Sequence[bool]) -> float:
    return sum(truths) / len(truths) if truths else 0.0


def _numbers_are_of_actions(lines: Sequence[Line]) -> bool:
    """Whether two numbers follow each other under one objective, named again or left blank."""
    records = [line for line in lines if line.number and line.text(Meaning.ACTION) and not line.is_marked_continued]
    for above, below in pairwise(records):
        text, before = one_line(below.text(Meaning.OBJECTIVE)), one_line(above.text(Meaning.OBJECTIVE))
        if above.number != below.number and (not text or text.casefold() == before.casefold()):
            return True
    return False


def _is_merged_alone(line: Line) -> bool:
    return line.spans_the_table and len(line.filled) == 1 and line.light is None and not line.labelled


def _merged_are_stories(lines: Sequence[Line]) -> bool:
    """Whether a merged row stands below most actions, the first row being an action."""
    if not lines or _is_merged_alone(lines[0]):
        return False
    records = sum(not _is_merged_alone(line) for line in lines)
    below = sum(_is_merged_alone(lower) and not _is_merged_alone(upper) for upper, lower in pairwise(lines))
    return below >= FEWEST_STORIES and below >= MOST_STORIES * records


def _style(line: Line) -> Style:
    return line.filled[0][1].fill, line.first_words.isupper()


def _inner_styles(lines: Sequence[Line]) -> frozenset[Style]:
    """Where merged rows follow each other directly and look different, the lower ones are of the second level."""
    pairs = {
        (_style(upper), _style(lower))
        for upper, lower in pairwise(lines)
        if _is_merged_alone(upper) and _is_merged_alone(lower)
    }
    upper = {above for above, below in pairs if above != below}
    lower = {below for above, below in pairs if above != below}
    return frozenset(lower - upper)

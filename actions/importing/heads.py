"""Rows that head a priority or an objective: merged, alone, by their words or by their number."""

import re
from dataclasses import dataclass

from actions.importing.columns import Meaning
from actions.importing.habits import Habits, depth_of, is_parent
from actions.importing.joining import without_continued
from actions.importing.lines import NAMING, NOTE, Line
from csp_tracker.text import one_line

PRIORITY_WORDS = re.compile(
    r"(?:strategic\s+)?(?:priority|theme|aim|workstream|pillar|strand)(?:\s+area)?\s*"
    r"(?:(?:no\.?\s*)?(?P<number>\d{1,2}|[A-Z]|[IVX]{2,4}|one|two|three|four|five|six|seven|eight|nine|ten)\b[\s.:)–-]*"
    r"|[:–-]\s*)(?P<title>.*)",
    re.IGNORECASE | re.DOTALL,
)
OBJECTIVE_WORDS = re.compile(
    r"(?:strategic\s+|key\s+)?(?:objective|outcome|goal|aim)\s*"
    r"(?:(?:no\.?\s*)?(?P<number>\d{1,2}(?:\.\d{1,2}){0,2})\b[\s.:)–-]*|[:–-]\s*)(?P<title>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
NUMBERED = re.compile(
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,2}|[A-Z])(?:[.:)]+\s*|\s+[–-]\s+|\s+(?=[A-Z]))(?P<title>[^\W\d].*)", re.DOTALL
)
LED = re.compile(
    r"[–—(|;,-]\s*(?:lead(?:\s+(?:officer|agency))?|led by|owner)\s*(?::|\s[–-]\s)\s*(?P<lead>[^:]+)\Z", re.IGNORECASE
)
IN_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LONGEST_GROUP = 255  # longer words are no name of who answers for a priority
LONGEST_ALONE = 150
LONGEST_TITLE = 300  # what runs on over the whole table is a story, not a title
FEWEST_CAPITALS = 5  # "ASB" may be the end of a sentence
FEWEST_OF_A_STORY = 10  # words, with a full stop behind them


@dataclass(frozen=True)
class Head:
    """What a row heads."""

    number: str
    group: str
    title: str
    why: str
    is_objective: bool = False
    is_guess: bool = False  # worth a person's look


def numbered(text: str) -> tuple[str, str]:
    """ "1. Safer streets", "Priority 1: Safer streets" and "Objective 1.1 – Calm" as number and title."""
    words = text.strip()
    for pattern in (PRIORITY_WORDS, OBJECTIVE_WORDS, NUMBERED):
        found = pattern.fullmatch(words)
        if found and one_line(found["title"]):
            return _in_figures(found["number"]), one_line(found["title"])
    return "", one_line(words)


def with_lead(title: str) -> tuple[str, str]:
    """ "Safer roads – Lead: Highways" as the title and who answers for it."""
    found = LED.search(title)
    before = title[: found.start()].strip() if found else ""
    if found is None or not before or len(title) > LONGEST_GROUP:
        return title, ""
    lead = found["lead"].strip()
    return before, lead.removesuffix(")") if found[0].startswith("(") else lead


def _in_figures(number: str | None) -> str:
    """ "1" of "One"; other numbers as they are printed."""
    words = (number or "").lower()
    return str(IN_WORDS.index(words) + 1) if words in IN_WORDS else number or ""


def head_of(line: Line, following: Line | None, habits: Habits) -> Head | None:
    """What the row heads, if it does; a row with a light never does."""
    if line.light is not None or not line.filled:
        return None
    return (
        head_by_words(line)
        or _objective_over_actions(line, following, habits)
        or _by_shape(line, following, habits)
        or _alone(line, following, habits)
    )


def decided_head(line: Line, *, is_objective: bool) -> Head:
    """The head that a person says a row is."""
    texts = [one_line(cell.text) for column, cell in line.filled if not _is_number(line, column.meaning)]
    number, title = numbered(" ".join(texts))
    return Head(line.number or number, "", title or line.number, "a person said so", is_objective)


def _is_number(line: Line, meaning: Meaning) -> bool:
    return bool(line.number) and meaning is Meaning.NUMBER


def head_by_words(line: Line) -> Head | None:
    """ "Priority 1: Safer streets" alone in its row, or with the title in the next cell."""
    words, _ = without_continued(line.first_words)
    if len(line.filled) == 2 and line.spans_the_table:
        words = f"{words} {line.filled[1][1].text.strip()}" if _names_only(words) else ""
    elif len(line.filled) != 1:
        return None
    if found := PRIORITY_WORDS.fullmatch(words):
        title = one_line(found["title"]) or one_line(words)
        if found["number"] or not words.lower().startswith("aim"):
            return Head(_in_figures(found["number"]), "", title, "names a priority")
    if found := OBJECTIVE_WORDS.fullmatch(words):
        return Head(found["number"] or "", "", one_line(found["title"]), "names an objective", is_objective=True)
    return None


def _names_only(words: str) -> bool:
    found = PRIORITY_WORDS.fullmatch(words) or OBJECTIVE_WORDS.fullmatch(f"{words} x")
    return found is not None and len(words) <= LONGEST_ALONE and not numbered(words)[0]


def _by_shape(line: Line, following: Line | None, habits: Habits) -> Head | None:
    """Merged over most of the table, or a whole number with nothing behind its title.

    "3." is the head of a priority only in a plan that numbers its rows 3.1, 3.2.
    """
    texts = [one_line(cell.text) for column, cell in line.filled if not _is_number(line, column.meaning)]
    is_whole = habits.numbers_have_parts and bool(line.number) and "." not in line.number
    is_merged = line.spans_the_table and not NOTE.match(line.first_words)
    if not (is_whole or is_merged) or not 1 <= len(texts) <= 2:
        return None
    if is_whole and not line.spans_the_table and not line.ends_early:
        return _with_lead(line, following)
    if not line.number and (habits.merged_are_stories or _is_story(" ".join(texts))):
        return None
    why = "is merged over the table" if line.spans_the_table else "is a whole number with nothing behind its title"
    if len(texts) == 2 and len(texts[0]) <= LONGEST_GROUP:
        return Head(line.number, texts[0], texts[1], why)
    number, title = ("", " ".join(texts)) if line.number else numbered(" ".join(texts))
    is_below = depth_of(number) > 1 or habits.is_inner(line)
    return Head(line.number or number, "", title, why, is_objective=is_below)


def _is_story(words: str) -> bool:
    is_sentence = words.endswith(".") and len(words.split()) >= FEWEST_OF_A_STORY
    return len(words) > LONGEST_TITLE or (is_sentence and not words.isupper())


def _with_lead(line: Line, following: Line | None) -> Head | None:
    """ "1 | Safer streets | | Inspector Hill" over 1.1: the head of a priority, with who answers for it."""
    lead = line.text(Meaning.LEAD)
    is_naming = {column.meaning for column, _ in line.filled} <= NAMING | {Meaning.LEAD}
    if not (lead and is_naming and following is not None and is_parent(line.number, following.number)):
        return None
    naming = {Meaning.PRIORITY, Meaning.OBJECTIVE, Meaning.ACTION}
    titles = [one_line(cell.text) for column, cell in line.filled if column.meaning in naming]
    return Head(line.number, one_line(lead)[:LONGEST_GROUP], " ".join(titles), "is a whole number over its parts")


def _may_head_what_follows(line: Line) -> bool:
    return line.ends_early and not line.is_marked_continued and not line.spans_the_table


def _objective_over_actions(line: Line, following: Line | None, habits: Habits) -> Head | None:
    """Names an objective and no action, while the next row has an action and no objective, or a number below this."""
    if following is None or not _may_head_what_follows(line):
        return None
    if line.text(Meaning.PRIORITY) or not following.text(Meaning.ACTION):
        return None
    text, action = line.text(Meaning.OBJECTIVE), line.text(Meaning.ACTION)
    is_over = following.text(Meaning.OBJECTIVE) == "" and (
        is_parent(line.number, following.number) if line.number and following.number else _begins_upright(following)
    )
    if text and not action and line.has(Meaning.ACTION) and is_over:
        number, title = (line.number, one_line(text)) if line.number else numbered(text)
        return Head(number, "", title, "names an objective, with its actions below", is_objective=True)
    is_parted = 1 < depth_of(line.number) < habits.depth and is_parent(line.number, following.number)
    if (text or action) and is_parted and not (text and action):
        return Head(line.number, "", one_line(text or action), "has the number of an objective", is_objective=True)
    return None


def _begins_upright(line: Line) -> bool:
    """Has an action that does not look like the rest of a sentence cut by the end of a page."""
    action = line.text(Meaning.ACTION)
    return bool(action) and not action[0].islower() and (line.light is not None or len(line.filled) > 1)


def _alone(line: Line, following: Line | None, habits: Habits) -> Head | None:
    """A single cell at the head of the table's columns, over a fuller row."""
    if following is None or not _may_head_what_follows(line):
        return None
    words = line.first_words
    if len(line.filled) != 1 or line.number or len(following.filled) < 2 or not habits.are_filled:
        return None
    column = line.filled[0][0]
    is_title = (
        len(words) <= LONGEST_ALONE and not words[0].islower() and words[0] not in "•-–*" and words[-1] not in ".,;"
    )
    is_behind_number = words.isupper() and len(words) >= FEWEST_CAPITALS and bool(following.number)
    heading_columns = line.columns[: 2 if is_behind_number else 1]
    if not is_title or column not in heading_columns or line.is_note:
        return None
    if column.meaning in (Meaning.NUMBER, Meaning.PRIORITY):
        number, title = numbered(words)
        return Head(number, "", title, "stands alone over the rows below")
    number, title = numbered(words)
    is_marked = words.isupper() or bool(number)
    if (line.has(Meaning.NUMBER) and not is_behind_number) or (column.meaning is Meaning.OBJECTIVE and not is_marked):
        return None
    return Head(number, "", title, "stands alone over fuller rows", is_guess=not is_marked or is_behind_number)

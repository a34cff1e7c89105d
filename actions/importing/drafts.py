"""An action, objective or priority while its rows are still being read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from string import ascii_lowercase

from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead, SourceRow
from actions.importing.columns import Column, Meaning
from actions.importing.joining import Vocabulary, join_cut, join_paragraph
from actions.importing.lines import DASHES, Line
from actions.importing.timescales import Timescale, find_start, read_timescale
from csp_tracker.lights import Light
from csp_tracker.rag import RAG
from csp_tracker.text import one_line

# The columns with a place of their own in an action; the words of all others are kept under their headings.
FIELDS = {
    Meaning.ACTION: "text",
    Meaning.EXPECTED_OUTCOME: "expected_outcome",
    Meaning.INDICATOR: "indicator",
    Meaning.BASELINE: "baseline",
    Meaning.PROGRESS: "progress",
    Meaning.WORK_NEEDED: "work_needed",
    Meaning.TIMESCALE: "timescale",
    Meaning.LEAD: "lead",
    Meaning.SUPPORTING: "supporting",
    Meaning.RESOURCES: "resources",
}
ABOVE_THE_ACTION = frozenset({Meaning.NUMBER, Meaning.PRIORITY, Meaning.OBJECTIVE, Meaning.RAG})
SHARED_BY_LINES = frozenset({Meaning.LEAD, Meaning.SUPPORTING, Meaning.TIMESCALE, Meaning.STARTS})
ANY_WORD = re.compile(r"\w")
SAYS_WHEN = re.compile(r"\d")  # "Update July 2020", "Q3": a label that its words need
FEWEST_TO_TELL_APART = 2
STORY = "Progress"  # the heading of words under an action that have none
BULLET = re.compile(r"^\s*(?:[•\-–*]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")


@dataclass
class DraftAction:
    """The row of an action, and what the rows that continue it add."""

    line: Line
    light: Light | None
    words: dict[str, str] = field(default_factory=dict)  # by heading
    places: dict[str, Meaning] = field(default_factory=dict)
    source: list[SourceRow] = field(default_factory=list)
    printed: str = ""  # the number in the file, where that is the action's own
    reference: str = ""  # once it is finished

    @classmethod
    def begin(cls, line: Line, light: Light | None) -> "DraftAction":
        """A new action from its own row; a light in the wrong column leaves that column blank.

        Where there is a column of lights for each quarter, all their words are kept.
        """
        action = cls(line, light, source=[line.source])
        lit = line.light_column if line.light_column and not line.light_is_beside_words else None
        for column, cell in line.filled:
            if column.meaning not in ABOVE_THE_ACTION and column is not lit:
                action.words[column.heading] = cell.text.strip()
            action.places[column.heading] = column.meaning
        for column, words in _lights_of_quarters(line, lit):
            action.words[column.heading], action.places[column.heading] = words, column.meaning
        return action

    def part(self, text: str) -> "DraftAction":
        """A further action of the same row, for one line of its action cell: who, when and the light are the same."""
        shared = {one: self.words[one] for one in self.words if self.places[one] in SHARED_BY_LINES}
        heading = next(one for one, meaning in self.places.items() if meaning is Meaning.ACTION)
        words = shared | {heading: text}
        return replace(self, words=words, places=dict(self.places), source=list(self.source), printed="")

    def lines(self) -> list[str]:
        """The lines of the action cell, without their bullets."""
        words = next((self.words[one] for one in self.words if self.places[one] is Meaning.ACTION), "")
        return [stripped for line in words.split("\n") if (stripped := BULLET.sub("", line).strip())]

    def say_only(self, text: str) -> None:
        """Keep only that line of the action cell."""
        heading = next(one for one, meaning in self.places.items() if meaning is Meaning.ACTION)
        self.words[heading] = text

    def go_on(self, line: Line, vocabulary: Vocabulary) -> Iterator[str]:
        """Add a row that only continues this one; the words mended on the way."""
        self.source.append(line.source)
        for column, cell in line.filled:
            if column.meaning in ABOVE_THE_ACTION:
                continue
            self.places[column.heading] = column.meaning
            above, below = self.words.get(column.heading, ""), cell.text.strip()
            above = "" if DASHES.fullmatch(above) else above  # a dash for nothing
            if line.is_marked_continued or line.is_under_merge(Meaning.ACTION):
                joined, mended = join_paragraph(above, below), ""
            else:
                joined, mended = join_cut(above, below, vocabulary)
            self.words[column.heading] = joined
            if mended:
                yield mended

    def add_labelled(self, line: Line) -> None:
        """Add a row that says "Progress: …": to the column of that meaning, else under its own label."""
        self.source.append(line.source)
        for label, meaning, words in line.labelled:
            self._add(line, label, meaning, words)

    def add_story(self, line: Line) -> None:
        """Add a row merged over the table that tells how the action goes."""
        self.source.append(line.source)
        for _, cell in line.filled:
            self._add(line, STORY, Meaning.PROGRESS, cell.text.strip())

    def _add(self, line: Line, label: str, meaning: Meaning, words: str) -> None:
        if meaning is Meaning.RAG and self.light is None:
            self.light = line.reader.read(words)
            if self.light is not None:
                return
        of_meaning = (column.heading for column in line.columns if column.meaning is meaning)
        heading = next(of_meaning, label) if meaning is not Meaning.RAG else label
        words = f"{label}: {words}" if heading != label and SAYS_WHEN.search(label) else words
        self.places[heading] = meaning
        self.words[heading] = join_paragraph(self.words.get(heading, ""), words)

    def finish(self, *, reference: str, objective_text: str) -> ActionRead:
        """The action as it was read; one without words of its own has its objective's."""
        self.reference = reference
        extra = {heading: words for heading, words in self.words.items() if self.places[heading] not in FIELDS}
        fields = {name: self._said(meaning) for meaning, name in FIELDS.items() if meaning in self.places.values()}
        return ActionRead(
            reference=reference,
            number=self.line.number,
            text=fields.pop("text", "") or objective_text,
            at=self.line.row.at,
            timing=self._timing(fields.get("timescale", "")),
            rag=self.light.rag if self.light else RAG.NOT_RATED,
            stated_rag=self.light.as_stated if self.light else "",
            carried_forward=bool(self.light and self.light.carried_forward),
            extra=extra,
            source=tuple(self.source),
            **fields,
        )

    def _said(self, meaning: Meaning) -> str:
        """The words of all columns of one meaning; of several, progress in each quarter say, each under its heading."""
        parts = {one: words for one, words in self.words.items() if self.places[one] is meaning and words}
        columns = [column.heading for column in self.line.columns if column.meaning is meaning]
        if len(parts) == 1 and len(columns) < FEWEST_TO_TELL_APART:
            heading, words = next(iter(parts.items()))
            return words if heading in columns or not SAYS_WHEN.search(heading) else f"{heading}: {words}"
        return "\n".join(f"{heading}: {words}" for heading, words in parts.items())

    def _timing(self, words: str) -> Timescale:
        """What the timescale says, and when the action starts where a column of its own says that for certain."""
        timing = read_timescale(words)
        starts = next((self.words[one] for one in self.words if self.places[one] is Meaning.STARTS), "")
        day = find_start(starts)
        if day is None or timing.starts_on or (timing.due_on and day > timing.due_on):
            return timing
        return replace(timing, starts_on=day)


def _lights_of_quarters(line: Line, lit: Column | None) -> Iterator[tuple[Column, str]]:
    """The words of all lights where a plan has a column of them for each quarter; of a colour alone its name."""
    lights = [(column, cell) for column, cell in line.places if column.meaning is Meaning.RAG and not column.colour]
    for column, cell in lights:
        light = line.light_in(column, cell)
        if light is not None and (column is not lit or len(lights) > 1):
            yield column, cell.text.strip() if ANY_WORD.search(cell.text) else str(light.rag.label)
        elif light is None and column is not lit and not DASHES.fullmatch(cell.text):
            yield column, cell.text.strip()


@dataclass
class DraftObjective:
    """An objective with the actions found so far."""

    number: str
    text: str
    actions: list[DraftAction] = field(default_factory=list)
    has_own_row: bool = False

    def is_called(self, text: str) -> bool:
        """Whether these are its words, whatever the white space."""
        return one_line(text).casefold() == one_line(self.text).casefold()

    def finish(self, taken: set[str], printed: set[str]) -> ObjectiveRead:
        """The objective; an action's reference is its own number, else the objective's and its place.

        A letter is added where another has that. Numbers in the file come before those that are made.
        """
        actions = []
        for position, action in enumerate(self.actions, start=1):
            made = (f"{self.number}.{position}{_letter(again)}" for again in count())
            is_own = action.printed and action.printed not in taken
            reference = action.printed if is_own else next(one for one in made if one not in taken | printed)
            taken.add(reference)
            actions.append(action.finish(reference=reference, objective_text=self.text))
        return ObjectiveRead(self.number, self.text, tuple(actions))


def _letter(again: int) -> str:
    """Nothing, b, c … z, then z27 and so on."""
    if again == 0:
        return ""
    return ascii_lowercase[again] if again < len(ascii_lowercase) else f"z{again + 1}"


@dataclass
class DraftPriority:
    """A priority with the objectives found so far."""

    number: str
    title: str
    group: str
    at: str
    source: tuple[SourceRow, ...] = ()
    objectives: list[DraftObjective] = field(default_factory=list)

    def is_called(self, title: str) -> bool:
        """Whether this is its title, whatever the case and white space."""
        return one_line(title).casefold() == one_line(self.title).casefold()

    def finish(self, objectives: tuple[ObjectiveRead, ...]) -> PriorityRead:
        return PriorityRead(self.number, self.title, self.group, self.at, objectives, self.source)

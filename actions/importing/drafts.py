"""An action, objective or priority while its rows are still being read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from string import ascii_lowercase

from actions.importing.branches import ActionRead, ObjectiveRead, PriorityRead, SourceRow
from actions.importing.columns import Meaning
from actions.importing.joining import Vocabulary, join_cut, join_paragraph
from actions.importing.lights import Light
from actions.importing.lines import DASHES, Line
from actions.importing.timescales import read_timescale
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


@dataclass
class DraftAction:
    """The row of an action, and what the rows that continue it add."""

    line: Line
    light: Light | None
    words: dict[str, str] = field(default_factory=dict)  # by heading
    places: dict[str, Meaning] = field(default_factory=dict)
    source: list[SourceRow] = field(default_factory=list)

    @classmethod
    def begin(cls, line: Line) -> "DraftAction":
        """A new action from its own row; a light in the wrong column leaves that column blank."""
        action = cls(line, line.light, source=[line.source])
        stray = line.stray[0] if line.stray else None
        for column, cell in line.filled:
            is_no_light = column.meaning is Meaning.RAG and line.light is None and not DASHES.fullmatch(cell.text)
            if is_no_light or (column.meaning not in ABOVE_THE_ACTION and column is not stray):
                action.words[column.heading] = cell.text.strip()
            action.places[column.heading] = column.meaning
        return action

    def go_on(self, line: Line, vocabulary: Vocabulary) -> Iterator[str]:
        """Add a row that only continues this one; the words mended on the way."""
        self.source.append(line.source)
        for column, cell in line.filled:
            if column.meaning in ABOVE_THE_ACTION:
                continue
            self.places[column.heading] = column.meaning
            above, below = self.words.get(column.heading, ""), cell.text.strip()
            if line.is_marked_continued:
                joined, mended = join_paragraph(above, below), ""
            else:
                joined, mended = join_cut(above, below, vocabulary)
            self.words[column.heading] = joined
            if mended:
                yield mended

    def finish(self, *, reference: str, objective_text: str) -> ActionRead:
        """The action as it was read; one without words of its own has its objective's."""
        fields: dict[str, str] = {}
        extra: dict[str, str] = {}
        for heading, words in self.words.items():
            name = FIELDS.get(self.places[heading])
            if name is None:
                extra[heading] = words
            elif name in fields:  # a second column of the same meaning: progress in each quarter, say
                fields[name] = f"{fields[name]}\n{heading}: {words}"
            else:
                fields[name] = words
        return ActionRead(
            reference=reference,
            number=self.line.number,
            text=fields.pop("text", "") or objective_text,
            at=self.line.row.at,
            timing=read_timescale(fields.get("timescale", "")),
            rag=self.light.rag if self.light else RAG.NOT_RATED,
            stated_rag=self.light.as_stated if self.light else "",
            carried_forward=bool(self.light and self.light.carried_forward),
            extra=extra,
            source=tuple(self.source),
            **fields,
        )


@dataclass
class DraftObjective:
    """An objective with the actions found so far."""

    number: str
    text: str
    actions: list[DraftAction] = field(default_factory=list)

    def is_called(self, text: str) -> bool:
        """Whether these are its words, whatever the white space."""
        return one_line(text).casefold() == one_line(self.text).casefold()

    def finish(self, taken: set[str]) -> ObjectiveRead:
        """The objective; each action's reference is its number and place, with a letter where another has that."""
        actions = []
        for position, action in enumerate(self.actions, start=1):
            reference = next(
                candidate
                for candidate in (f"{self.number}.{position}{_letter(again)}" for again in count())
                if candidate not in taken
            )
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

    def finish(self, objectives: tuple[ObjectiveRead, ...]) -> PriorityRead:
        return PriorityRead(self.number, self.title, self.group, self.at, objectives, self.source)

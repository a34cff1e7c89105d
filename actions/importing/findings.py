"""What reading a file gives while it is read: the tree so far, the counts, and everything that has to be said."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from actions.importing.branches import PriorityRead
from actions.importing.columns import Column, Meaning
from actions.importing.decisions import RowDecision
from actions.importing.drafts import DraftAction, DraftObjective, DraftPriority
from actions.importing.legends import Legend
from actions.importing.lines import Line
from actions.importing.tree import KeyWord, NotUsed, RowKind
from csp_tracker.grids.readings import Question, TableReading
from csp_tracker.text import one_line

ANY_WORD = re.compile(r"\w")


@dataclass
class RowSaid:
    """What one row was taken for, while numbers are not given yet."""

    at: str
    kind: RowKind
    words: str
    why: str
    actions: list[DraftAction] = field(default_factory=list)  # begun by it, or gone on with
    objective: DraftObjective | None = None
    priority: DraftPriority | None = None
    decision: RowDecision | None = None
    has_lines: bool = False  # its action cell could be several actions
    is_guess: bool = False  # worth a person's look
    became: str = ""  # where it is none of these


@dataclass
class Findings:
    """The tree of drafts, and where each rule had to be used."""

    title: str | None = None
    titles: list[str] = field(default_factory=list)  # with the other lines over the first table
    sheet: str = ""
    columns: tuple[Column, ...] = ()
    priorities: list[DraftPriority] = field(default_factory=list)
    rows: Counter[RowKind] = field(default_factory=Counter)
    not_used: list[NotUsed] = field(default_factory=list)
    strays: list[tuple[DraftAction, str]] = field(default_factory=list)  # lights, with the column they were in
    unnumbered: list[DraftAction] = field(default_factory=list)
    mended: list[tuple[DraftAction, str]] = field(default_factory=list)  # words that a page end had cut
    joined_at: list[str] = field(default_factory=list)
    told_at: list[str] = field(default_factory=list)  # rows of words about the action above: "Progress: …"
    continued_at: list[str] = field(default_factory=list)
    dashes_at: list[str] = field(default_factory=list)
    hidden_at: list[str] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)  # where, and what a person should look at
    numbers_are_generated: bool = False
    legend: Legend = field(default_factory=Legend)
    said: list[RowSaid] = field(default_factory=list)
    tables: list[TableReading] = field(default_factory=list)
    examples: dict[str, list[str]] = field(default_factory=dict)  # by heading
    questions: list[Question] = field(default_factory=list)
    # Where the next row goes: the priority, the objective in it, and the last action of all.
    priority: DraftPriority | None = None
    objective: DraftObjective | None = None
    action: DraftAction | None = None
    numbered: dict[str, DraftObjective] = field(default_factory=dict)
    printed: dict[str, DraftAction] = field(default_factory=dict)

    def objectives(self) -> Iterator[DraftObjective]:
        for priority in self.priorities:
            yield from priority.objectives

    def actions(self) -> Iterator[DraftAction]:
        for objective in self.objectives():
            yield from objective.actions

    def leave_out(self, at: str, words: Sequence[str], why: str) -> None:
        """Say what is not in the tree."""
        text = " | ".join(one_line(part) for part in words if part.strip())
        if text:
            self.not_used.append(NotUsed(at, text, why))

    def add_columns(self, columns: Sequence[Column]) -> None:
        """The headings of one more table: those that are new come behind the others."""
        known = {column.heading for column in self.columns}
        self.columns += tuple(column for column in columns if column.heading not in known)

    def begin_priority(self, priority: DraftPriority) -> None:
        """What follows goes under it."""
        self.priorities.append(priority)
        self.go_to(priority)

    def go_to(self, priority: DraftPriority) -> None:
        """What follows goes under a priority that is there already."""
        if priority is not self.priority:
            self.priority = priority
            self.objective = None

    def begin_objective(self, priority: DraftPriority, objective: DraftObjective) -> None:
        """What follows goes under it."""
        priority.objectives.append(objective)
        self.numbered.setdefault(objective.number, objective)
        self.objective = objective

    def begin_action(self, objective: DraftObjective, action: DraftAction) -> None:
        """Rows that only continue go on with it."""
        objective.actions.append(action)
        self.objective, self.action = objective, action

    def say(self, line: Line, kind: RowKind, why: str) -> RowSaid:
        """What one row was taken for; what it became is filled in by who places it."""
        said = RowSaid(line.row.at, kind, line.words, why)
        self.said.append(said)
        return said

    def number_of_next_priority(self) -> str:
        """The first number after the count of priorities that none has."""
        taken = {priority.number for priority in self.priorities}
        number = len(self.priorities) + 1
        while str(number) in taken:
            number += 1
        return str(number)

    def told_headings(self) -> list[str]:
        """The columns of progress and lights that say something."""
        lit = {column.heading for action in self.actions() if (column := action.line.light_column)}
        telling = [column.heading for column in self.columns if column.meaning in (Meaning.PROGRESS, Meaning.RAG)]
        return [one for one in telling if one in lit or any(map(ANY_WORD.search, self.examples.get(one, [])))]

    def finish(self) -> tuple[PriorityRead, ...]:
        """The tree; every action gets a reference that no other has."""
        taken: set[str] = set()
        printed = {action.printed for action in self.actions() if action.printed}
        return tuple(
            priority.finish(tuple(objective.finish(taken, printed) for objective in priority.objectives))
            for priority in self.priorities
        )

    def key(self) -> tuple[KeyWord, ...]:
        """The plan's own words for lights: those of its actions as they come, then the others of its key."""
        words: dict[str, KeyWord] = {}
        for action in self.actions():
            light = action.light
            if light is not None and light.as_stated and light.as_stated not in words:
                meaning = f"{light.rag.label}, carried forward" if light.carried_forward else str(light.rag.label)
                defined = self.legend.find(light.as_stated)
                if defined is not None and defined.rag is light.rag:
                    meaning = defined.meaning
                words[light.as_stated] = KeyWord(light.as_stated, light.rag, action.line.light_fill, meaning)
        seen = {word.casefold() for word in words}
        return (*words.values(), *(word for word in self.legend.own if word.word.casefold() not in seen))

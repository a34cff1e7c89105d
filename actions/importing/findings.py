"""What reading a file gives while it is read: the tree so far, the counts, and everything that has to be said."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from actions.importing.branches import PriorityRead
from actions.importing.columns import Column
from actions.importing.drafts import DraftAction, DraftObjective, DraftPriority
from actions.importing.tree import KeyWord, NotUsed, RowKind
from csp_tracker.text import one_line


@dataclass
class Findings:
    """The tree of drafts, and where each rule had to be used."""

    title: str | None = None
    sheet: str = ""
    columns: tuple[Column, ...] = ()
    priorities: list[DraftPriority] = field(default_factory=list)
    rows: Counter[RowKind] = field(default_factory=Counter)
    not_used: list[NotUsed] = field(default_factory=list)
    strays: list[tuple[DraftAction, str]] = field(default_factory=list)  # lights, with the column they were in
    unnumbered: list[DraftAction] = field(default_factory=list)
    mended: list[tuple[DraftAction, str]] = field(default_factory=list)  # words that a page end had cut
    joined_at: list[str] = field(default_factory=list)
    continued_at: list[str] = field(default_factory=list)
    dashes_at: list[str] = field(default_factory=list)
    hidden_at: list[str] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)  # where, and what a person should look at
    numbers_are_generated: bool = False

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

    def number_of_next_priority(self) -> str:
        """The first number after the count of priorities that none has."""
        taken = {priority.number for priority in self.priorities}
        number = len(self.priorities) + 1
        while str(number) in taken:
            number += 1
        return str(number)

    def objective_numbered(self, number: str) -> DraftObjective | None:
        return next((objective for objective in self.objectives() if objective.number == number), None)

    def finish(self) -> tuple[PriorityRead, ...]:
        """The tree; every action gets a reference that no other has."""
        taken: set[str] = set()
        return tuple(
            priority.finish(tuple(objective.finish(taken) for objective in priority.objectives))
            for priority in self.priorities
        )

    def key(self) -> tuple[KeyWord, ...]:
        """The plan's own words for lights, in the order they come."""
        words: dict[str, KeyWord] = {}
        for action in self.actions():
            light = action.light
            if light is not None and light.as_stated and light.as_stated not in words:
                meaning = f"{light.rag.label}, carried forward" if light.carried_forward else str(light.rag.label)
                words[light.as_stated] = KeyWord(light.as_stated, light.rag, action.line.light_fill, meaning)
        return tuple(words.values())

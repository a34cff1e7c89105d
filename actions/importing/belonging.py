"""Which priority and which objective a row belongs to."""

import re

from actions.importing.columns import Meaning
from actions.importing.drafts import DraftObjective, DraftPriority
from actions.importing.findings import Findings
from actions.importing.habits import Habits, depth_of, is_parent
from actions.importing.heads import numbered
from actions.importing.lines import Line
from actions.importing.selecting import SAYS_NOTHING
from csp_tracker.text import one_line

OWN_NUMBER = re.compile(r"\s*(?:objective|outcome|goal|aim)?\s*\d{1,2}(?:\.\d{1,2}){1,2}\b", re.IGNORECASE)


class Belonging:
    """Finds the branch that a row names, or stands under, and begins it where it is new."""

    def __init__(self, findings: Findings, habits: Habits) -> None:
        self.findings = findings
        self.habits = habits

    def objective_for(self, line: Line) -> DraftObjective:
        """The objective the row names, or the one above; the priority itself in a plan that has none."""
        findings = self.findings
        priority = self.priority_for(line)
        last = findings.objective
        number, text = self._named_objective(line)
        if last is not None and last.has_own_row and not text:
            return self._headed(line, last)
        if not line.has(Meaning.OBJECTIVE):
            is_below = is_parent(priority.number, line.number)
            number = priority.number if is_below else self.next_number(priority)
            own = next((one for one in priority.objectives if one.text == priority.title), None)
            return last or own or self._add_objective(priority, number, priority.title)
        if last is not None and self._is_same_objective(last, line, text):
            self._note_other_words(line, last, text)
            return last
        if again := self._named_before(priority, text):
            return again
        if not number:
            findings.numbers_are_generated = True
        elif number in findings.numbered:
            findings.doubts.append((line.row.at, f"the number {number} was there before, with other words"))
        return self._add_objective(
            priority, number or self.next_number(priority), text or line.text(Meaning.ACTION) or priority.title
        )

    def _add_objective(self, priority: DraftPriority, number: str, text: str) -> DraftObjective:
        if not priority.objectives and text == priority.title:
            self.findings.numbers_are_generated = True
        objective = DraftObjective(number, text)
        self.findings.begin_objective(priority, objective)
        return objective

    def _headed(self, line: Line, last: DraftObjective) -> DraftObjective:
        """The objective with a row of its own that the number names, else the last one."""
        if not line.number or is_parent(last.number, line.number):
            return last
        named = self.findings.numbered.get(line.number.rpartition(".")[0])
        return named if named is not None and named.has_own_row else last

    def _named_objective(self, line: Line) -> tuple[str, str]:
        """Number and words: the number of the row, unless that is the action's own or stands before the words."""
        text = line.text(Meaning.OBJECTIVE)
        if line.number and not self.habits.numbers_are_of_actions:
            return line.number, text
        if OWN_NUMBER.match(text):
            return numbered(text)
        above = line.number.rpartition(".")[0]
        return (above if depth_of(above) > 1 else ""), text

    def _named_before(self, priority: DraftPriority, text: str) -> DraftObjective | None:
        """An objective of the priority that is named again further down, in a plan that numbers no objectives."""
        if not text or not (self.habits.numbers_are_of_actions or self.habits.depth == 0):
            return None
        return next((one for one in priority.objectives if one.is_called(text)), None)

    def _is_same_objective(self, last: DraftObjective, line: Line, text: str) -> bool:
        says_nothing_new = not text or last.is_called(text)
        if line.number and not self.habits.numbers_are_of_actions:
            return line.number == last.number and says_nothing_new
        if line.number:
            return says_nothing_new
        return line.has(Meaning.NUMBER) or says_nothing_new

    def _note_other_words(self, line: Line, last: DraftObjective, text: str) -> None:
        if text and not last.is_called(text):
            findings = self.findings
            findings.leave_out(line.row.at, [text], f"the row has no number, and {last.number} has other words")
            findings.doubts.append((line.row.at, f"put under {last.number}, though its objective has other words"))

    def next_number(self, priority: DraftPriority) -> str:
        count = len(priority.objectives) + 1
        while f"{priority.number}.{count}" in self.findings.numbered:
            count += 1
        return f"{priority.number}.{count}"

    def priority_for(self, line: Line) -> DraftPriority:
        """The priority the row names, or else the last one; the plan's title where it has none."""
        findings = self.findings
        named = one_line(line.text(Meaning.PRIORITY))
        if findings.priority is not None and (not named or findings.priority.is_called(named)):
            return findings.priority
        number, title = numbered(named)
        again = next((one for one in findings.priorities if title and one.is_called(title)), None)
        if again is not None:
            findings.go_to(again)
            return again
        sheet = "" if SAYS_NOTHING.search(findings.sheet) else findings.sheet
        title = title or findings.title or sheet or "All actions"
        return self.add_priority(number, title, "", None, at=line.row.at)

    def add_priority(self, number: str, title: str, group: str, line: Line | None, *, at: str = "") -> DraftPriority:
        """A new priority at the end of the plan, which what follows goes under."""
        findings = self.findings
        if not number:
            findings.numbers_are_generated = True
        source = (line.source,) if line else ()
        at = line.row.at if line else at
        priority = DraftPriority(number or findings.number_of_next_priority(), title, group, at, source)
        findings.begin_priority(priority)
        return priority

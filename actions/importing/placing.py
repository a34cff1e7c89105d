"""Where a row of the plan goes: the head of what follows, a new action, or more words of the action above."""

import re
from dataclasses import replace

from actions.importing.columns import Meaning
from actions.importing.decisions import Decisions, RowDecision
from actions.importing.drafts import DraftAction, DraftObjective, DraftPriority
from actions.importing.findings import Findings, RowSaid
from actions.importing.habits import Habits, depth_of, is_parent
from actions.importing.heads import LONGEST_GROUP, Head, numbered
from actions.importing.joining import Vocabulary, join_cut, join_paragraph, without_continued
from actions.importing.kinds import Kind
from actions.importing.lines import Line
from actions.importing.selecting import SAYS_NOTHING
from actions.importing.timescales import find_start, read_timescale
from actions.importing.tree import RowKind
from csp_tracker.lights import Light
from csp_tracker.text import one_line

OWN_NUMBER = re.compile(r"\s*(?:objective|outcome|goal|aim)?\s*\d{1,2}(?:\.\d{1,2}){1,2}\b", re.IGNORECASE)
LONGEST_REFERENCE = 30


class Placer:
    """Puts the rows of one table into the tree, one after the other."""

    def __init__(self, findings: Findings, decisions: Decisions, vocabulary: Vocabulary, habits: Habits) -> None:
        self.findings = findings
        self.decisions = decisions
        self.vocabulary = vocabulary
        self.habits = habits

    def place(self, line: Line, kind: Kind) -> RowKind:
        """Put the words of the row into the tree, and say what kind of row it was in the end."""
        said = self.findings.say(line, kind.kind, kind.why)
        said.decision = kind.decision
        match kind.kind:
            case RowKind.RECORD:
                self._begin_action(line, said, has_lines=kind.decision is RowDecision.LINES)
            case RowKind.CONTINUATION:
                self._continue(line, said, is_decided=kind.decision is RowDecision.JOIN)
            case RowKind.SECTION if kind.head is not None:
                self._begin_priority(line, kind.head, said)
            case RowKind.OBJECTIVE if kind.head is not None:
                self._begin_objective(line, kind.head, said)
            case _:
                self._leave_out(line, kind, said)
        return said.kind

    def _leave_out(self, line: Line, kind: Kind, said: RowSaid) -> None:
        """Not in the tree, or only as who answers for a priority; in the list, save for blank rows."""
        findings = self.findings
        if kind.kind is RowKind.NOTE and kind.decision is None and self._is_group(line):
            priority = findings.priorities[-1]
            priority.group = one_line(line.labelled[0][2])
            priority.source += (line.source,)
            said.kind, said.priority = RowKind.SECTION, priority
            said.why = f"says who answers for priority {priority.number}"
            return
        if kind.kind is RowKind.BLANK and line.filled:
            findings.dashes_at.append(line.row.at)
        if kind.kind is not RowKind.HEADER or findings.rows[RowKind.HEADER]:
            findings.leave_out(line.row.at, [line.words], kind.why)
        said.became = "the key to the lights" if kind.kind is RowKind.LEGEND else ""

    def _is_group(self, line: Line) -> bool:
        """ "Lead: Inspector Hill" right under the head of a priority."""
        priority = self.findings.priority
        if priority is None or priority.objectives or priority.group or len(line.labelled) != 1:
            return False
        _, meaning, words = line.labelled[0]
        return meaning is Meaning.LEAD and len(one_line(words)) <= LONGEST_GROUP

    def _begin_priority(self, line: Line, head: Head, said: RowSaid) -> None:
        findings = self.findings
        title, is_again = without_continued(head.title)
        same = next(
            (one for one in findings.priorities if one.is_called(title) and head.number in ("", one.number)), None
        )
        if same is not None:
            findings.go_to(same)
            same.source += (line.source,)
            said.why = "says again which priority it is"
        else:
            title = head.title if not (is_again and title) else title
            self.add_priority(head.number, title, head.group, line)
        said.priority = findings.priority
        if head.is_guess:
            said.is_guess = True
            findings.doubts.append((line.row.at, "stands alone and was read as the head of a priority"))

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

    def _begin_objective(self, line: Line, head: Head, said: RowSaid) -> None:
        findings = self.findings
        priority = self._priority_for(line)
        open_one = findings.objective
        if open_one is not None and open_one.has_own_row and not open_one.actions and not head.number:
            open_one.text = join_paragraph(open_one.text, one_line(line.words))  # "Outcome: …" under "Objective 2: …"
            said.objective, said.why = open_one, f"says more of objective {open_one.number}"
            return
        number = head.number or self._next_number(priority)
        objective = DraftObjective(number, head.title, has_own_row=True)
        findings.begin_objective(priority, objective)
        if not head.number:
            findings.numbers_are_generated = True
        said.objective = objective
        kept = {one_line(text) for text in (head.title, head.number, priority.title)}
        beside = [
            cell.text for _, cell in line.filled if one_line(cell.text) not in kept and not _is_in(cell.text, head)
        ]
        findings.leave_out(line.row.at, beside, f"stands beside the objective {number}")

    def _begin_action(self, line: Line, said: RowSaid, *, has_lines: bool) -> None:
        findings = self.findings
        objective = self._objective_for(line)
        action = DraftAction.begin(line, self._light_of(line))
        if self._is_own_number(line, objective):
            action.printed = line.number
            findings.printed.setdefault(line.number, action)
        findings.begin_action(objective, action)
        lines = action.lines()
        said.has_lines = len(lines) > 1
        said.actions = [action]
        if has_lines and said.has_lines:
            action.say_only(lines[0])
            for text in lines[1:]:
                findings.begin_action(objective, action.part(text))
                said.actions.append(objective.actions[-1])
        self._note_oddities(line, action)

    def _is_own_number(self, line: Line, objective: DraftObjective) -> bool:
        """Whether the number is the action's, and not that of its objective."""
        is_of_action = not line.has(Meaning.OBJECTIVE) or self.habits.numbers_are_of_actions
        return 0 < len(line.number) <= LONGEST_REFERENCE and (is_of_action or objective.number != line.number)

    def _light_of(self, line: Line) -> Light | None:
        """The light of the row, or the one that a person gave it."""
        decided = self.decisions.row_lights.get(line.row.at)
        if decided is None:
            return line.light
        stated = line.light or Light(decided, "")
        return replace(stated, rag=decided, is_known=True)

    def _note_oddities(self, line: Line, action: DraftAction) -> None:
        findings = self.findings
        if line.stray is not None:
            findings.strays.append((action, line.stray[0].heading))
        if action.light is not None and not action.light.is_known:
            findings.doubts.append((line.row.at, f"“{action.light.as_stated}” is not a light we know: say which it is"))
        if self._starts_too_late(line):
            findings.doubts.append((line.row.at, "starts after it is due, so no start was taken"))
        if line.has(Meaning.NUMBER) and not line.number:
            findings.unnumbered.append(action)
            findings.leave_out(line.row.at, [line.text(Meaning.NUMBER)], "is not a number")

    def _starts_too_late(self, line: Line) -> bool:
        starts_on = find_start(line.text(Meaning.STARTS))
        due_on = read_timescale(line.text(Meaning.TIMESCALE)).due_on if starts_on else None
        return starts_on is not None and due_on is not None and starts_on > due_on

    def _objective_for(self, line: Line) -> DraftObjective:
        """The objective the row names, or the one above; the priority itself in a plan that has none."""
        findings = self.findings
        priority = self._priority_for(line)
        last = findings.objective
        number, text = self._named_objective(line)
        if last is not None and last.has_own_row and not text:
            return self._headed(line, last)
        if not line.has(Meaning.OBJECTIVE):
            is_below = is_parent(priority.number, line.number)
            number = priority.number if is_below else self._next_number(priority)
            return last or self._add_objective(priority, number, priority.title)
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
            priority, number or self._next_number(priority), text or line.text(Meaning.ACTION) or priority.title
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

    def _next_number(self, priority: DraftPriority) -> str:
        count = len(priority.objectives) + 1
        while f"{priority.number}.{count}" in self.findings.numbered:
            count += 1
        return f"{priority.number}.{count}"

    def _priority_for(self, line: Line) -> DraftPriority:
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

    def _continue(self, line: Line, said: RowSaid, *, is_decided: bool) -> None:
        """More words of an action: the last one's, or that of the number which "7.1 Cont/d" names."""
        findings = self.findings
        objective = self._continued_objective(line)
        action = findings.action if is_decided else self._continued_action(line, objective)
        if action is None:
            said.kind, said.why = RowKind.NOTE, "has no action above it to go on with"
            findings.leave_out(line.row.at, [line.words], said.why)
            return
        said.actions = [action]
        if line.labelled:
            findings.told_at.append(line.row.at)
            action.add_labelled(line)
        elif line.spans_the_table and len(line.filled) == 1:
            findings.told_at.append(line.row.at)
            action.add_story(line)
        else:
            self._go_on(objective, action, line)

    def _continued_action(self, line: Line, objective: DraftObjective | None) -> DraftAction | None:
        named = self.findings.printed.get(line.number) if line.is_marked_continued else None
        return named or (objective.actions[-1] if objective and objective.actions else None)

    def _continued_objective(self, line: Line) -> DraftObjective | None:
        """Never one of an earlier priority, unless its number is named."""
        again = self.findings.numbered.get(line.number) if line.is_marked_continued and line.number else None
        return again or self.findings.objective

    def _go_on(self, objective: DraftObjective | None, action: DraftAction, line: Line) -> None:
        findings = self.findings
        (findings.continued_at if line.is_marked_continued else findings.joined_at).append(line.row.at)
        findings.mended += [(action, word) for word in action.go_on(line, self.vocabulary)]
        if action.light is None and line.light is not None:
            action.light = line.light  # the end of a page has cut the row before its light
        if line.light is not None and line.light is not action.light and line.light != action.light:
            findings.doubts.append((line.row.at, "has another light than the action it goes on with"))
        beside = {Meaning.NUMBER, Meaning.PRIORITY} | ({Meaning.RAG} if action.light is not line.light else set())
        for meaning in (one for one in Meaning if one in beside):
            words = [cell.text for column, cell in line.filled if column.meaning is meaning]
            findings.leave_out(line.row.at, words, "at the head of a row that continues another")
        if objective is None or action not in objective.actions:
            findings.leave_out(line.row.at, [line.text(Meaning.OBJECTIVE)], "the objective of a row that was joined")
        else:
            self._go_on_with_objective(objective, action, line)

    def _go_on_with_objective(self, objective: DraftObjective, action: DraftAction, line: Line) -> None:
        """The objective goes on too, where a page end has cut it."""
        findings, text = self.findings, line.text(Meaning.OBJECTIVE)
        if line.is_marked_continued:
            again, _ = without_continued(text)
            if text and not objective.is_called(again):
                findings.doubts.append((line.row.at, f"the objective of {objective.number} has other words here"))
            findings.leave_out(line.row.at, [text], f"says again what {objective.number} is")
            return
        if objective.is_called(text):
            return
        objective.text, mended = join_cut(objective.text, text, self.vocabulary)
        findings.mended += [(action, mended)] if mended else []


def _is_in(text: str, head: Head) -> bool:
    """Whether the words of a cell are in the title or number of what it heads."""
    return one_line(text) in f"{head.number} {head.title}" or numbered(text) == (head.number, head.title)

"""Where a row of the plan goes: the head of what follows, a new action, or more words of the action above."""

from dataclasses import replace

from actions.importing.belonging import Belonging
from actions.importing.columns import Meaning
from actions.importing.continuing import continue_action
from actions.importing.decisions import Decisions, RowDecision
from actions.importing.drafts import DraftAction, DraftObjective
from actions.importing.findings import Findings, RowSaid
from actions.importing.habits import Habits
from actions.importing.heads import LONGEST_GROUP, Head, numbered, with_lead
from actions.importing.joining import Vocabulary, join_paragraph, without_continued
from actions.importing.kinds import Kind
from actions.importing.lines import Line
from actions.importing.timescales import find_start, read_timescale
from actions.importing.tree import RowKind
from csp_tracker.lights import Light
from csp_tracker.text import one_line

LONGEST_REFERENCE = 30


class Placer:
    """Puts the rows of one table into the tree, one after the other."""

    def __init__(
        self,
        findings: Findings,
        decisions: Decisions,
        vocabulary: Vocabulary,
        habits: Habits,
        *,
        shared_light: Light | None = None,  # of all rows without one of their own
    ) -> None:
        self.findings = findings
        self.shared_light = shared_light
        self.decisions = decisions
        self.vocabulary = vocabulary
        self.habits = habits
        self.belonging = Belonging(findings, habits)

    def place(self, line: Line, kind: Kind) -> RowKind:
        """Put the words of the row into the tree, and say what kind of row it was in the end."""
        said = self.findings.say(line, kind.kind, kind.why)
        said.decision = kind.decision
        match kind.kind:
            case RowKind.RECORD:
                self._begin_action(line, said, has_lines=kind.decision is RowDecision.LINES)
            case RowKind.CONTINUATION:
                is_decided = kind.decision is RowDecision.JOIN
                continue_action(self.findings, self.vocabulary, line, said, is_decided=is_decided)
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
            title, group = (title, head.group) if head.group else with_lead(title)
            self.belonging.add_priority(head.number, title, group, line)
        said.priority = findings.priority
        if head.is_guess:
            said.is_guess = True
            findings.doubts.append((line.row.at, "stands alone and was read as the head of a priority"))

    def _begin_objective(self, line: Line, head: Head, said: RowSaid) -> None:
        findings = self.findings
        priority = self.belonging.priority_for(line)
        open_one = findings.objective
        if open_one is not None and open_one.has_own_row and not open_one.actions and not head.number:
            open_one.text = join_paragraph(open_one.text, one_line(line.words))  # "Outcome: …" under "Objective 2: …"
            said.objective, said.why = open_one, f"says more of objective {open_one.number}"
            return
        number = head.number or self.belonging.next_number(priority)
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
        objective = self.belonging.objective_for(line)
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
            return line.light or self.shared_light
        stated = line.light or Light(decided, "")
        return replace(stated, rag=decided, is_known=True)

    def _note_oddities(self, line: Line, action: DraftAction) -> None:
        findings = self.findings
        if line.stray is not None:
            findings.strays.append((action, line.stray[0].heading))
        if action.light is not None and not action.light.is_known:
            findings.doubts.append((line.row.at, f"“{action.light.as_stated}” is not a light we know: say which it is"))
        column, latest = line.light_column, self.habits.latest_lights
        if column is not None and column.meaning is Meaning.RAG and column.heading != latest and not column.colour:
            findings.doubts.append((line.row.at, f"has no light in {latest}: that in {column.heading} was taken"))
        if self._starts_too_late(line):
            findings.doubts.append((line.row.at, "starts after it is due, so no start was taken"))
        if line.has(Meaning.NUMBER) and not line.number:
            findings.unnumbered.append(action)
            findings.leave_out(line.row.at, [line.text(Meaning.NUMBER)], "is not a number")

    def _starts_too_late(self, line: Line) -> bool:
        starts_on = find_start(line.text(Meaning.STARTS))
        due_on = read_timescale(line.text(Meaning.TIMESCALE)).due_on if starts_on else None
        return starts_on is not None and due_on is not None and starts_on > due_on


def _is_in(text: str, head: Head) -> bool:
    """Whether the words of a cell are in the title or number of what it heads."""
    return one_line(text) in f"{head.number} {head.title}" or numbered(text) == (head.number, head.title)

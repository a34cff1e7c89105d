"""Where a row of the plan goes: a new action under its objective, or more words of the action above."""

from actions.importing.columns import Meaning
from actions.importing.drafts import DraftAction, DraftObjective, DraftPriority
from actions.importing.findings import Findings
from actions.importing.joining import Vocabulary, join_cut, without_continued
from actions.importing.lines import Line
from actions.importing.tree import RowKind
from csp_tracker.text import one_line


def place_row(findings: Findings, line: Line, vocabulary: Vocabulary) -> RowKind:
    """Put the words of the row into the tree, and say what kind of row it was."""
    if not line.is_marked_continued and _begins_an_action(line, _last_objective(findings)):
        _begin_action(findings, line)
        return RowKind.RECORD
    objective = _continued_objective(findings, line)
    if objective is None:
        findings.leave_out(line.row.at, [line.words], "stands before the first action, without a number or a light")
        return RowKind.NOTE
    _go_on(findings, objective, line, vocabulary)
    return RowKind.CONTINUATION


def place_section(findings: Findings, line: Line, section: tuple[str, str, str]) -> None:
    """Begin a priority."""
    number, group, title = section
    if not number:
        findings.numbers_are_generated = True
    findings.priorities.append(
        DraftPriority(number or findings.number_of_next_priority(), title, group, line.row.at, source=(line.source,))
    )


def _begins_an_action(line: Line, last: DraftObjective | None) -> bool:
    """A number or a light begins one; where the table has no such column, words in the naming columns do."""
    if line.number or line.light is not None:
        return True
    action = line.text(Meaning.ACTION)
    if line.is_under_merge(Meaning.NUMBER) or line.is_under_merge(Meaning.OBJECTIVE):
        return bool(action)
    if not line.has(Meaning.NUMBER) and (line.text(Meaning.OBJECTIVE) or line.text(Meaning.PRIORITY)):
        return True
    return not line.has(Meaning.RAG) and bool(action) and (last is None or not action[0].islower())


def _begin_action(findings: Findings, line: Line) -> None:
    objective = _objective_for(findings, line)
    action = DraftAction.begin(line)
    objective.actions.append(action)
    if line.stray is not None:
        findings.strays.append((action, line.stray[0].heading))
    if line.light is not None and not line.light.is_known:
        findings.doubts.append((line.row.at, f"“{line.light.as_stated}” is not a light we know: say which it is"))
    if line.has(Meaning.NUMBER) and not line.number:
        findings.unnumbered.append(action)
        findings.leave_out(line.row.at, [line.text(Meaning.NUMBER)], "is not a number")


def _objective_for(findings: Findings, line: Line) -> DraftObjective:
    """The objective the row names, or else the last one."""
    priority = _priority_for(findings, line)
    last = priority.objectives[-1] if priority.objectives else None
    text = line.text(Meaning.OBJECTIVE)
    if last is not None and _is_same_objective(last, line, text):
        if text and not last.is_called(text):
            findings.leave_out(line.row.at, [text], f"the row has no number, and {last.number} has other words")
            findings.doubts.append((line.row.at, f"put under {last.number}, though its objective has other words"))
        return last
    if not line.number:
        findings.numbers_are_generated = True
    elif findings.objective_numbered(line.number) is not None:
        findings.doubts.append((line.row.at, f"the number {line.number} was there before, with other words"))
    number = line.number or f"{priority.number}.{len(priority.objectives) + 1}"
    objective = DraftObjective(number, text or line.text(Meaning.ACTION) or priority.title)
    priority.objectives.append(objective)
    return objective


def _is_same_objective(last: DraftObjective, line: Line, text: str) -> bool:
    says_nothing_new = not text or last.is_called(text)
    if line.number:
        return line.number == last.number and says_nothing_new
    return line.has(Meaning.NUMBER) or says_nothing_new


def _priority_for(findings: Findings, line: Line) -> DraftPriority:
    """The priority the row names, or else the last one; the plan's title where it has none."""
    named = one_line(line.text(Meaning.PRIORITY))
    if findings.priorities and (not named or named == findings.priorities[-1].title):
        return findings.priorities[-1]
    findings.numbers_are_generated = True
    title = named or findings.title or findings.sheet or "All actions"
    findings.priorities.append(DraftPriority(findings.number_of_next_priority(), title, "", line.row.at))
    return findings.priorities[-1]


def _last_objective(findings: Findings) -> DraftObjective | None:
    """The one whose action a row may continue: never one of an earlier priority."""
    objectives = findings.priorities[-1].objectives if findings.priorities else []
    return objectives[-1] if objectives else None


def _continued_objective(findings: Findings, line: Line) -> DraftObjective | None:
    again = findings.objective_numbered(line.number) if line.is_marked_continued and line.number else None
    return again or _last_objective(findings)


def _go_on(findings: Findings, objective: DraftObjective, line: Line, vocabulary: Vocabulary) -> None:
    """More words of the objective's last action, and of the objective itself where a page end cut that too."""
    action = objective.actions[-1]
    (findings.continued_at if line.is_marked_continued else findings.joined_at).append(line.row.at)
    findings.mended += [(action, word) for word in action.go_on(line, vocabulary)]
    for meaning in (Meaning.NUMBER, Meaning.PRIORITY, Meaning.RAG):
        findings.leave_out(line.row.at, [line.text(meaning)], "at the head of a row that continues another")
    text = line.text(Meaning.OBJECTIVE)
    if line.is_marked_continued:
        again, _ = without_continued(text)
        if text and not objective.is_called(again):
            findings.doubts.append((line.row.at, f"the objective of {objective.number} has other words here"))
        findings.leave_out(line.row.at, [text], f"says again what {objective.number} is")
    else:
        objective.text, mended = join_cut(objective.text, text, vocabulary)
        findings.mended += [(action, mended)] if mended else []

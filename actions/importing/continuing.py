"""Rows that only go on with an action: cut by the end of a page, marked "Cont/d", or telling how it goes."""

from actions.importing.columns import Meaning
from actions.importing.drafts import DraftAction, DraftObjective
from actions.importing.findings import Findings, RowSaid
from actions.importing.joining import Vocabulary, join_cut, without_continued
from actions.importing.lines import Line
from actions.importing.tree import RowKind
from csp_tracker.rag import RAG

WORSE = (RAG.COMPLETE, RAG.NOT_RATED, RAG.GREEN, RAG.AMBER, RAG.RED)


def continue_action(findings: Findings, vocabulary: Vocabulary, line: Line, said: RowSaid, *, is_decided: bool) -> None:
    """More words of an action: the last one's, or that of the number which "7.1 Cont/d" names."""
    objective = _continued_objective(findings, line)
    action = findings.action if is_decided else _continued_action(findings, line, objective)
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
        _go_on(findings, vocabulary, objective, action, line)


def _continued_action(findings: Findings, line: Line, objective: DraftObjective | None) -> DraftAction | None:
    named = findings.printed.get(line.number) if line.is_marked_continued else None
    return named or (objective.actions[-1] if objective and objective.actions else None)


def _continued_objective(findings: Findings, line: Line) -> DraftObjective | None:
    """Never one of an earlier priority, unless its number is named."""
    again = findings.numbered.get(line.number) if line.is_marked_continued and line.number else None
    return again or findings.objective


def _go_on(
    findings: Findings, vocabulary: Vocabulary, objective: DraftObjective | None, action: DraftAction, line: Line
) -> None:
    (findings.continued_at if line.is_marked_continued else findings.joined_at).append(line.row.at)
    findings.mended += [(action, word) for word in action.go_on(line, vocabulary)]
    if action.light is None and line.light is not None:
        action.light = line.light  # the end of a page has cut the row before its light
    elif line.light is not None and action.light is not None and line.light != action.light:
        _note_other_light(findings, action, line)
    beside = {Meaning.NUMBER, Meaning.PRIORITY} | ({Meaning.RAG} if action.light is not line.light else set())
    for meaning in (one for one in Meaning if one in beside):
        words = [cell.text for column, cell in line.filled if column.meaning is meaning]
        findings.leave_out(line.row.at, words, "at the head of a row that continues another")
    if objective is None or action not in objective.actions:
        findings.leave_out(line.row.at, [line.text(Meaning.OBJECTIVE)], "the objective of a row that was joined")
    else:
        _go_on_with_objective(findings, vocabulary, objective, action, line)


def _note_other_light(findings: Findings, action: DraftAction, line: Line) -> None:
    """An action merged over several rows, its milestones say, is no better than the worst of them."""
    if not line.is_under_merge(Meaning.ACTION):
        findings.doubts.append((line.row.at, "has another light than the action it goes on with"))
    elif line.light and action.light and WORSE.index(line.light.rag) > WORSE.index(action.light.rag):
        action.light = line.light
        findings.doubts.append((line.row.at, "has a worse light than the rows above it: the action has that one"))
    else:
        findings.doubts.append((line.row.at, "has a better light than another row of its action, which has the worst"))


def _go_on_with_objective(
    findings: Findings, vocabulary: Vocabulary, objective: DraftObjective, action: DraftAction, line: Line
) -> None:
    """The objective goes on too, where a page end has cut it."""
    text = line.text(Meaning.OBJECTIVE)
    if line.is_marked_continued:
        again, _ = without_continued(text)
        if text and not objective.is_called(again):
            findings.doubts.append((line.row.at, f"the objective of {objective.number} has other words here"))
        findings.leave_out(line.row.at, [text], f"says again what {objective.number} is")
        return
    if objective.is_called(text):
        return
    objective.text, mended = join_cut(objective.text, text, vocabulary)
    findings.mended += [(action, mended)] if mended else []

"""What each row of a plan is: told by its own shape, by the habits of its table, and by the rows around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from actions.importing.columns import Meaning, same_headings
from actions.importing.decisions import RowDecision
from actions.importing.habits import Habits
from actions.importing.heads import Head, decided_head, head_of
from actions.importing.lines import Line
from actions.importing.tree import RowKind

ALMOST = 2  # a full row may leave so many cells blank


@dataclass(frozen=True)
class Surroundings:
    """What stands around a row."""

    habits: Habits
    following: Line | None = None  # the next row with words
    has_objective: bool = False  # above it, in the same priority
    has_action: bool = False  # under that objective
    is_unlit: bool = False  # the last action under it has no light yet
    legend_ats: frozenset[str] = frozenset()
    decided: Mapping[str, RowDecision] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """What a row is, and why."""

    kind: RowKind
    why: str
    head: Head | None = None
    decision: RowDecision | None = None


def kind_of(line: Line, around: Surroundings) -> Kind:
    """The first rule that knows the row decides; what none knows continues the row above."""
    for rule in RULES:
        kind = rule(line, around)
        if kind is not None:
            return kind
    if around.has_action or line.is_marked_continued:
        why = "is marked as continued" if line.is_marked_continued else "has neither a number nor a light"
        why = "has the light of the row above, and no action of its own" if line.light is not None else why
        return Kind(RowKind.CONTINUATION, why)
    return Kind(RowKind.NOTE, "stands before the first action, without a number or a light")


def _as_decided(line: Line, around: Surroundings) -> Kind | None:
    decision = around.decided.get(line.row.at)
    if decision is None or line.is_blank:
        return None
    kind = DECIDED[decision]
    head = decided_head(line, is_objective=kind is RowKind.OBJECTIVE) if kind in HEADS else None
    return Kind(kind, "a person said so", head, decision)


def _as_blank(line: Line, _: Surroundings) -> Kind | None:
    if not line.is_blank:
        return None
    return Kind(RowKind.BLANK, "only dashes" if line.filled else "is empty")


def _as_headings(line: Line, _: Surroundings) -> Kind | None:
    is_again = same_headings([cell.text for __, cell in line.places], line.columns)
    return Kind(RowKind.HEADER, "repeats the headings") if is_again else None


def _as_aside(line: Line, around: Surroundings) -> Kind | None:
    if line.row.at in around.legend_ats:
        return Kind(RowKind.LEGEND, "is part of the key to the lights")
    return Kind(RowKind.NOTE, "a note beside the table") if line.is_note else None


def _as_labelled(line: Line, around: Surroundings) -> Kind | None:
    if not line.labelled:
        return None
    labels = ", ".join(f"“{label}”" for label, _, _ in line.labelled)
    if around.has_action:
        return Kind(RowKind.CONTINUATION, f"says {labels} of the action above")
    return Kind(RowKind.NOTE, f"says {labels} before the first action")


def _as_head(line: Line, around: Surroundings) -> Kind | None:
    head = head_of(line, around.following, around.habits)
    if head is None:
        return None
    if head.is_objective and line.has(Meaning.OBJECTIVE) and line.spans_the_table and not head.number:
        return Kind(RowKind.NOTE, "a line under the heading of a priority")
    return Kind(RowKind.OBJECTIVE if head.is_objective else RowKind.SECTION, head.why, head)


def _as_action(line: Line, around: Surroundings) -> Kind | None:
    is_story = line.spans_the_table and len(line.filled) == 1 and not line.number and line.light is None
    if is_story or line.is_marked_continued or line.is_under_merge(Meaning.ACTION):
        return None
    why = _why_an_action(line, around)
    return Kind(RowKind.RECORD, why) if why else None


def _why_an_action(line: Line, around: Surroundings) -> str:
    """A number or a light begins one; where the table has no such column, words in the naming columns do."""
    if line.number:
        return f"has the number {line.number}"
    action = line.text(Meaning.ACTION)
    is_end_of_row = around.is_unlit and not line.text(Meaning.OBJECTIVE) and (not action or action[0].islower())
    if line.light is not None:
        return "" if is_end_of_row else "has a light of its own"
    if line.is_under_merge(Meaning.NUMBER) or line.is_under_merge(Meaning.OBJECTIVE):
        return "has an action of its own beside the merged cell" if action else ""
    if not line.has(Meaning.NUMBER) and (line.text(Meaning.OBJECTIVE) or line.text(Meaning.PRIORITY)):
        return "names an objective or a priority"
    goes_on = not action or (around.has_objective and action[0].islower())
    if not line.has(Meaning.RAG):
        return "" if goes_on else "has an action of its own"
    may_be_bare = not around.habits.lights_are_usual and not around.habits.numbers_are_usual and around.has_objective
    if not goes_on and (may_be_bare or _is_full(line, around.habits)):
        return "has an action of its own, with neither a number nor a light"
    return ""


def _is_full(line: Line, habits: Habits) -> bool:
    """As many cells as a whole row has, among them who leads it or when it is due: no piece of a cut row."""
    is_whole = bool(line.text(Meaning.LEAD) or line.text(Meaning.TIMESCALE))
    return is_whole and habits.are_filled and len(line.filled) >= habits.usual - ALMOST and len(line.filled) > 2


RULES: tuple[Callable[[Line, Surroundings], Kind | None], ...] = (
    _as_decided,
    _as_blank,
    _as_headings,
    _as_aside,
    _as_labelled,
    _as_head,
    _as_action,
)
HEADS = frozenset({RowKind.SECTION, RowKind.OBJECTIVE})
DECIDED = {
    RowDecision.ACTION: RowKind.RECORD,
    RowDecision.LINES: RowKind.RECORD,
    RowDecision.JOIN: RowKind.CONTINUATION,
    RowDecision.SECTION: RowKind.SECTION,
    RowDecision.OBJECTIVE: RowKind.OBJECTIVE,
    RowDecision.NOTE: RowKind.NOTE,
    RowDecision.LEGEND: RowKind.LEGEND,
}

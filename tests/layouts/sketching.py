"""A tree on few lines, so that a person can hold it against the file."""

from actions.importing import PlanTree
from csp_tracker.rag import RAG
from csp_tracker.text import one_line


def sketch(tree: PlanTree) -> str:
    """Priorities, objectives and actions with their light, its word, who, when and how it goes."""
    lines = [f"= {tree.title or '(no title)'}"]
    for priority in tree.priorities:
        group = f" ({priority.group})" if priority.group else ""
        lines.append(f"{priority.number}. {priority.title}{group}")
        for objective in priority.objectives:
            lines.append(f"  {objective.number} {objective.text}")
            lines += [f"    {_action(action)}" for action in objective.actions]
    return "\n".join(lines)


def _action(action) -> str:
    light = "–" if action.rag is RAG.NOT_RATED else action.rag.value
    stated = f" “{action.stated_rag}”" if action.stated_rag else ""
    carried = " c/f" if action.carried_forward else ""
    parts = [f"{action.reference} [{light}{stated}{carried}] {action.text}"]
    parts += [f"lead: {action.lead}"] if action.lead else []
    parts += [f"when: {action.timescale}{_day(action.timing)}"] if action.timescale else []
    for name in ("indicator", "progress", "work_needed", "supporting", "resources"):
        words = getattr(action, name)
        parts += [f"{name}: {words}"] if words else []
    parts += [f"{heading}: {words}" for heading, words in action.extra.items()]
    return one_line(" | ".join(parts))


def _day(timing) -> str:
    begins = f"{timing.starts_on} to " if timing.starts_on else ""
    if timing.due_on:
        return f" → {begins}{timing.due_on} ({timing.due_precision.value})"
    return f" → {timing.kind.value}" if timing.kind.value != "unclear" else ""

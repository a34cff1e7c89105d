"""What was read in a file and what became of it, in words for a terminal."""

from actions.importing.commit import Outcome, What
from actions.importing.tree import PlanTree
from csp_tracker.rag import RAG
from csp_tracker.text import one_line

LONGEST_LINE = 100
COUNTED = {  # by the key of the summary: one, several
    "priorities": ("priority", "priorities"),
    "objectives": ("objective", "objectives"),
    "actions": ("action", "actions"),
    "indicators": ("KPI", "KPIs"),
}


def summary_in_words(tree: PlanTree) -> str:
    """The counts, the warnings, what is offered and what was not used."""
    found = tree.summary()
    lights = ", ".join(f"{count} {name.replace('none', 'not rated')}" for name, count in found["rag"].items())
    period = f"{tree.period.financial_year}, to be confirmed: {tree.period.basis}" if tree.period else "not stated"
    lines = [
        f"{tree.file_name}: {tree.title or 'no title'}",
        f"Year: {period}",
        ", ".join(f"{found[key]} {one if found[key] == 1 else several}" for key, (one, several) in COUNTED.items()),
        f"Lights: {lights}; {found['carried_forward']} carried forward",
    ]
    lines += [f"Note: {warning}" for warning in tree.warnings]
    lines += [f"Offered: {offer.sentence}" for offer in tree.offers]
    lines += [f"Not used: {words.at}: {words.words} ({words.why})" for words in tree.not_used]
    return "\n".join(lines)


def outline_in_words(tree: PlanTree) -> str:
    """Every priority, objective and action on a line, with its light."""
    lines = []
    for priority in tree.priorities:
        lines.append(_line(f"{priority.number}. {priority.title}"))
        for objective in priority.objectives:
            lines.append(_line(f"  {objective.number} {objective.text}"))
            for action in objective.actions:
                light = action.rag.label if action.rag is not RAG.NOT_RATED else "–"
                lines.append(_line(f"    {action.reference} [{light}] {action.text}"))
    return "\n".join(lines)


def outcome_in_words(outcome: Outcome) -> str:
    """What was done, and what was left for a person."""
    plan, changes = outcome.plan, outcome.changes
    if outcome.what is What.THERE_ALREADY:
        return f"This very file has been imported already, as “{plan}” ({plan.slug}). Nothing was changed."
    if outcome.what is What.MADE:
        year = " The year is inferred: confirm it on the plan's page." if plan.period_is_inferred else ""
        return f"Imported as “{plan}” ({plan.slug}), in the name of {outcome.file_import.imported_by}.{year}"
    said = [f"“{plan}” ({plan.slug}) was updated, in the name of {outcome.file_import.imported_by}."]
    for words, references in (
        ("Changed", changes.changed),
        ("New", changes.added),
        ("Progress taken over", changes.reported),
        ("Progress left as it is here", changes.kept),
        ("In the plan but not in the file, left as they are", changes.missing),
        ("In the file but archived here, left out", changes.archived),
    ):
        said.append(f"{words}: {', '.join(references) or 'none'}.")
    return "\n".join(said)


def _line(words: str) -> str:
    words = words[: len(words) - len(words.lstrip())] + one_line(words)
    return words if len(words) <= LONGEST_LINE else f"{words[: LONGEST_LINE - 1]}…"

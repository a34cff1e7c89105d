"""What a person should know about a reading before they confirm it, in sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence

from actions.importing.branches import PriorityRead
from actions.importing.columns import Meaning
from actions.importing.findings import Findings
from actions.importing.timescales import doubts_in, is_serial
from actions.importing.tree import InferredPeriod


def warnings_of(
    findings: Findings, priorities: Sequence[PriorityRead], period: InferredPeriod | None, notices: Sequence[str]
) -> Iterator[str]:
    """Most important first: lights, then what was joined, then what a person has to settle."""
    yield from _on_lights(findings, priorities)
    yield from _on_rows(findings)
    yield from _on_dates(priorities)
    for at, doubt in findings.doubts:
        yield f"{at}: {doubt}."
    if findings.numbers_are_generated:
        yield "The plan does not number all its priorities and objectives: numbers were given in the order of the rows."
    if period is None:
        yield "The file does not say which year the plan is for: please say."
    else:
        yield f"The plan seems to be for {period.financial_year}, to be confirmed. {period.basis}"
    yield from notices


def _on_lights(findings: Findings, priorities: Sequence[PriorityRead]) -> Iterator[str]:
    actions = [action for priority in priorities for objective in priority.objectives for action in objective.actions]
    for heading, count in Counter(heading for _, heading in findings.strays).items():
        places = [action.line.row.at for action, column in findings.strays if column == heading]
        lights = "light was" if count == 1 else "lights were"
        yield f"{count} {lights} in the column {heading}: {_list(places)}."
    for column in findings.columns:
        if column.is_tinted:
            yield f"The colours in the column {column.heading} were read as lights."
    has_none = not any(column.meaning is Meaning.RAG for column in findings.columns)
    if has_none and not any(action.rag.is_rated for action in actions):
        yield f"The plan has no column for lights: its {len(actions)} actions are not rated."
        return
    unrated = [action for action in actions if not action.rag.is_rated]
    silent = [f"{action.reference} ({action.at})" for action in unrated if not action.stated_rag]
    if silent:
        yield f"{_count(silent, 'action has', 'actions have')} no light, so not rated: {', '.join(silent)}."
    by_colour = [action.at for action in actions if action.rag.is_rated and not action.stated_rag]
    if by_colour:
        yield f"{_count(by_colour, 'light is', 'lights are')} a colour without a word: {_list(by_colour)}."


def _on_dates(priorities: Sequence[PriorityRead]) -> Iterator[str]:
    """Days there are not, numbers that were read as days, and starts behind the end, each with its row."""
    actions = [action for priority in priorities for objective in priority.objectives for action in objective.actions]
    for action in actions:
        for doubt in doubts_in(action.timescale):
            if doubt.is_impossible:
                yield f"{action.at}: there is no {doubt.words}; the words are kept, without a date."
        due_on = action.timing.due_on
        if due_on is not None and is_serial(action.timescale):
            yield f"{action.at}: {action.timescale} was read as {due_on.day} {due_on:%B %Y}, as Excel counts days."


def _on_rows(findings: Findings) -> Iterator[str]:
    for has_light, what in ((True, "a light but no number"), (False, "neither number nor light, but an action")):
        places = [one.line.row.at for one in findings.unnumbered if (one.line.light is not None) is has_light]
        if places:
            rows = _count(places, "row has", "rows have")
            yield f"{rows} {what}, read as further actions under the number above: {_list(places)}."
    if findings.joined_at:
        rows = _count(findings.joined_at, "row has", "rows have")
        yield f"{rows} neither a number nor a light, joined to the row above: {_list(findings.joined_at)}."
    if findings.continued_at:
        rows = _count(findings.continued_at, "row is", "rows are")
        yield f"{rows} marked as continued, joined to their action: {_list(findings.continued_at)}."
    if findings.told_at:
        rows = _count(findings.told_at, "row tells", "rows tell")
        yield f"{rows} of the action above, and went to it: {_list(findings.told_at)}."
    for action, word in findings.mended:
        yield f"A word cut by the end of a page, below {action.line.row.at}, was read as “{word}”."
    if findings.dashes_at:
        yield f"{_count(findings.dashes_at, 'row', 'rows')} of dashes counted as blank: {_list(findings.dashes_at)}."
    if findings.hidden_at:
        rows = _count(findings.hidden_at, "row is", "rows are")
        yield f"{rows} hidden in the file but read: {_list(findings.hidden_at)}."


def _count(things: Sequence[object], one: str, several: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else several}"


def _list(places: Sequence[str]) -> str:
    """ "Table 1, rows 9, 32 and 48": each table named once."""
    numbers: dict[str, list[str]] = {}
    for place in places:
        where, _, number = place.rpartition(" ")
        numbers.setdefault(where, []).append(number)
    return "; ".join(f"{where}{'s' if len(found) > 1 else ''} {_and(found)}" for where, found in numbers.items())


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

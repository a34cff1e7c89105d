"""What a person should settle, or at least look at, before a reading is confirmed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from actions.importing.branches import ActionRead
from actions.importing.columns import Meaning
from actions.importing.decisions import Decisions, light_word
from actions.importing.findings import Findings
from actions.importing.timescales import DateDoubt, doubts_in
from actions.importing.tree import InferredPeriod
from csp_tracker.grids.readings import Question
from csp_tracker.text import one_line

LONGEST_WORD = 80


def questions_of(
    findings: Findings, actions: Sequence[ActionRead], period: InferredPeriod | None, decisions: Decisions
) -> Iterator[Question]:
    """Lights first: they are what a committee reads."""
    yield from _on_lights(findings)
    yield from findings.questions
    yield from _on_columns(findings, decisions)
    yield from _on_rows(findings)
    yield from _on_dates(actions)
    if period is None:
        yield Question("year", "The file does not say which year the plan is for. Which is it?", must_be_settled=True)


def _on_lights(findings: Findings) -> Iterator[Question]:
    """One for each word, however often it stands there."""
    places: dict[str, list[str]] = defaultdict(list)
    words: dict[str, str] = {}
    for action in findings.actions():
        light = action.light
        if light is not None and not light.is_known:
            word = light_word(light.as_stated)
            words.setdefault(word, light.as_stated)
            places[word].append(action.line.row.at)
    for word, stated in words.items():
        defined = findings.legend.asked.get(word, "")
        by_key = f" The plan's key says “{defined}”." if defined and light_word(defined) != word else ""
        sentence = f"“{_short(stated)}” is not a light we know.{by_key} Which light is it?"
        yield Question("light", sentence, word=stated, ats=tuple(dict.fromkeys(places[word])))


def _on_columns(findings: Findings, decisions: Decisions) -> Iterator[Question]:
    """Two columns that mean the same: one has the meaning, the other is kept under its heading."""
    for column in findings.columns:
        if column.lost is None or column.heading in decisions.columns or column.meaning is not Meaning.UNKNOWN:
            continue
        holder = next((other for other in findings.columns if other.meaning is column.lost), None)
        if holder is None or holder.heading in decisions.columns:
            continue
        meaning = column.lost.value.replace("_", " ")
        sentence = (
            f"“{holder.heading}” and “{column.heading}” both seem to hold the {meaning}: the first is read as that, "
            "the other is kept under its heading. Is that right?"
        )
        yield Question("columns", sentence, word=column.heading)


def _on_rows(findings: Findings) -> Iterator[Question]:
    for said in findings.said:
        if said.is_guess:
            sentence = f"“{_short(said.words)}” stands alone and was read as the head of a priority. Is it one?"
            yield Question("row", sentence, word=_short(said.words), ats=(said.at,))


def _on_dates(actions: Sequence[ActionRead]) -> Iterator[Question]:
    """Days that there are not, and days of no year."""
    places: dict[tuple[str, DateDoubt], list[str]] = defaultdict(list)
    for action in actions:
        for doubt in doubts_in(action.timescale):
            places[one_line(action.timescale), doubt].append(action.at)
    for (words, doubt), ats in places.items():
        if doubt.is_impossible:
            sentence = f"“{_short(words)}”: there is no {doubt.words}. The words are kept, without a date."
            yield Question("date", sentence, word=words, ats=tuple(ats))
        else:
            sentence = f"“{_short(words)}” names no year, so no date was read. The words are kept."
            yield Question("year_missing", sentence, word=words, ats=tuple(ats))


def _short(words: str) -> str:
    words = one_line(words)
    return words if len(words) <= LONGEST_WORD else f"{words[: LONGEST_WORD - 1]}…"

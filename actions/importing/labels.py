"""Rows whose words say what they are: "Progress: patrols began in May" under the action it is about."""

import re
from collections.abc import Sequence

from actions.importing.columns import Column
from actions.importing.dictionary import Meaning, claims_of
from csp_tracker.grids import Cell

LABEL = re.compile(r"^\s*(?P<label>[A-Za-z][\w /&'’()]{1,40}?)\s*:\s*(?P<words>.*)$", re.DOTALL)
LABEL_ALONE = re.compile(r"^\s*(?P<label>[A-Za-z][\w /&'’()]{1,40}?)\s*:?\s*$")
SURE = 6
MOST_WORDS = 5
MEANINGS = frozenset(Meaning) - {
    Meaning.NUMBER,
    Meaning.PRIORITY,
    Meaning.OBJECTIVE,
    Meaning.ACTION,
    Meaning.STARTS,
    Meaning.UNKNOWN,
}
# Words that stand under their own heading are no label, whatever they begin with.
BEFORE_THE_WORDS = frozenset({Meaning.NUMBER, Meaning.PRIORITY, Meaning.OBJECTIVE, Meaning.ACTION, Meaning.UNKNOWN})

Labelled = tuple[str, Meaning, str]  # the label, what it means, the words


def labelled_row(filled: Sequence[tuple[Column, Cell]]) -> list[Labelled]:
    """The labelled words of a row, if it holds nothing else."""
    if not filled or not (filled[0][0].meaning in BEFORE_THE_WORDS or filled[0][1].column_span > 1):
        return []
    found: list[Labelled] = []
    waiting: tuple[str, Meaning] | None = None
    for _, cell in filled:
        if waiting is not None:
            found.append((*waiting, cell.text.strip()))
            waiting = None
            continue
        waiting = _label_alone(cell) if _may_label(filled, found) else None
        if waiting is None:
            parts = labelled_words(cell.text)
            if not parts:
                return []
            found += parts
    return [] if waiting else found


def labelled_words(text: str) -> list[Labelled]:
    """Each line with a label of its own begins a part; lines without one go on with the part above."""
    parts: list[Labelled] = []
    for line in text.split("\n"):
        found = LABEL.match(line)
        meaning = _meaning(found["label"]) if found else None
        if found and meaning:
            parts.append((found["label"].strip(), meaning, found["words"].strip()))
        elif parts:
            label, before, words = parts[-1]
            parts[-1] = (label, before, f"{words}\n{line.strip()}".strip())
        else:
            return []
    return [part for part in parts if part[2]]


def _may_label(filled: Sequence[tuple[Column, Cell]], found: Sequence[Labelled]) -> bool:
    """Whether a cell may say what the next one is: marked so, in the place of a number, or before merged cells."""
    if len(filled) < 2:
        return False
    column, first = filled[0]
    is_apart = column.meaning is Meaning.NUMBER or filled[1][1].column_span > 1
    return bool(found) or is_apart or first.text.rstrip().endswith(":")


def _label_alone(cell: Cell) -> tuple[str, Meaning] | None:
    found = LABEL_ALONE.match(cell.text)
    meaning = _meaning(found["label"]) if found else None
    return (found["label"].strip(), meaning) if found and meaning else None


def _meaning(label: str) -> Meaning | None:
    if len(label.split()) > MOST_WORDS:
        return None
    claims = claims_of(label)
    best = max(claims, key=lambda one: claims[one], default=Meaning.UNKNOWN)
    return best if best in MEANINGS and claims[best] >= SURE else None

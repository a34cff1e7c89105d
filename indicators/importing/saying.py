"""What was read in a table of KPIs and what became of it, in words for a terminal."""

from collections.abc import Iterator, Sequence

from csp_tracker.importing import What
from csp_tracker.text import one_line
from indicators.importing.commit import Outcome
from indicators.importing.tree import Difference, IndicatorTree, Revision
from indicators.values import in_words

LONGEST_LINE = 100
COUNTED = {
    "indicators": ("KPI", "KPIs"),
    "baselines": ("baseline", "baselines"),
    "targets": ("target", "targets"),
    "readings": ("reading", "readings"),
}


def summary_in_words(tree: IndicatorTree) -> str:
    """The counts, the warnings, where the rule differs, what was revised and what was not used."""
    found = tree.summary()
    lights = ", ".join(f"{count} {name.replace('none', 'without one')}" for name, count in found["rag"].items())
    lines = [
        f"{tree.file_name}: {tree.title or 'no title'}",
        f"As at: {tree.quarter or tree.year or 'not stated'}",
        ", ".join(f"{found[key]} {one if found[key] == 1 else several}" for key, (one, several) in COUNTED.items()),
        f"Lights as published: {lights}",
    ]
    lines += [f"Note: {warning}" for warning in tree.warnings]
    lines += [f"Asked: {question.sentence}" for question in tree.questions]
    lines += [*_differences(tree.differences), *_revisions(tree.revisions)]
    lines += [f"Not used: {words.at}: {words.words} ({words.why})" for words in tree.not_used]
    return "\n".join(lines)


def listing_in_words(tree: IndicatorTree) -> str:
    """Every KPI on a line, its figures below it."""
    lines = []
    for read in tree.indicators:
        lines.append(_line(f"{read.reference or '–'} {read.name}"))
        for target in read.targets:
            lines.append(_line(f"    {target.period} target {target.text}"))
        for reading in read.readings:
            figure = in_words(reading.value, read.unit, read.decimals, reading.qualifier)
            light = f" [{reading.published_rag.label}]" if reading.published_rag else ""
            state = "" if reading.value is not None else f" ({reading.state.label.lower()})"
            lines.append(_line(f"    {reading.period} {figure}{state}{light}"))
    return "\n".join(lines)


def outcome_in_words(outcome: Outcome) -> str:
    """What was done, and what was left as it is."""
    if outcome.what is What.THERE_ALREADY:
        return f"This very file has been imported already, on {_day(outcome)}. Nothing was changed."
    changes = outcome.changes
    said = [
        f"{changes.readings} {'reading' if changes.readings == 1 else 'readings'}, {changes.targets} targets and "
        f"{changes.baselines} baselines were taken from {outcome.file_import}, "
        f"in the name of {outcome.file_import.confirmed_by}."
    ]
    for words, labels in (
        ("New KPIs", changes.made),
        ("KPIs here already", changes.matched),
        ("Told again by their words alone", changes.by_words),
    ):
        if labels:
            said.append(f"{words}: {', '.join(labels)}.")
    said += [f"Left out: {sentence}." for sentence in changes.left_out]
    said += [f"Kept: {sentence}." for sentence in changes.kept]
    return "\n".join([*said, *_differences(outcome.differences), *_revisions(outcome.revisions)])


def _differences(differences: Sequence[Difference]) -> Iterator[str]:
    for one in differences:
        yield (
            f"Differs: {one.reference or one.name}, {one.period}: published {one.published.label.lower()}, "
            f"the rule says {one.measured.label.lower()}. {one.why}"
        )


def _revisions(revisions: Sequence[Revision]) -> Iterator[str]:
    for one in revisions:
        what = "" if one.what == "reading" else f" ({one.what})"
        yield f"Revised: {one.reference or one.name}, {one.period}{what}: {one.before}, now {one.after} ({one.at})"


def _day(outcome: Outcome) -> str:
    return f"{outcome.file_import.confirmed_at or outcome.file_import.imported_at:%-d %B %Y}"


def _line(words: str) -> str:
    words = words[: len(words) - len(words.lstrip())] + one_line(words)
    return words if len(words) <= LONGEST_LINE else f"{words[: LONGEST_LINE - 1]}…"

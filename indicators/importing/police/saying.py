"""What a run says: in words for a person, or as one JSON object."""

from collections.abc import Iterator, Sequence
from typing import Any

from csp_tracker.models import Partnership
from csp_tracker.periods import Period
from indicators.importing.police.commit import Outcome, label_of
from indicators.importing.police.counting import Counts
from indicators.importing.police.figures import figures_of
from indicators.importing.police.kinds import IN_WORDS
from indicators.models import PoliceSeries
from indicators.services import POLICE_SOURCE
from indicators.values import CrimeType

CAVEATS = (
    "Crimes are placed at a point near where they happened, which may lie in the next LSOA, district or force.",
    "Later downloads change earlier months. Home Office and ONS figures are counted otherwise.",
)


def summary(
    counts: Counts, partnership: Partnership, series: Sequence[PoliceSeries], outcome: Outcome | None
) -> dict[str, Any]:
    """Everything, fit for JSON."""
    found: dict[str, Any] = {
        "partnership": partnership.slug,
        "force": counts.area.force,
        "source": POLICE_SOURCE,
        "months": [month.code for month in sorted(counts.months)],
        "missing": [month.code for month in missing_months(counts)],
        "files": counts.files,
        "rows": counts.rows,
        "without_location": counts.without_location,
        "repeated": counts.repeated,
        "unreadable": counts.unreadable,
        "of_other_months": counts.of_other_months,
        "of_other_forces": counts.of_other_forces,
        "crime_types": {kind: sum(month.here[kind] for month in counts.months.values()) for kind in IN_WORDS},
        "figures": [
            {
                "reference": one.indicator.reference,
                "name": one.indicator.name,
                "crime_types": one.crime_types,
                "months": {figure.month.code: figure.value for figure in figures_of(one.crime_types, counts)},
            }
            for one in series
        ],
    }
    if outcome is not None:
        found |= {
            "written": outcome.written,
            "unchanged": outcome.unchanged,
            "not_available": outcome.not_available,
            "revised": [
                {"label": one.label, "period": one.period.code, "before": one.before, "after": one.after}
                for one in outcome.revised
            ],
            "kept": outcome.kept,
        }
    return found | {"warnings": warnings_of(counts, series, outcome)}


def missing_months(counts: Counts) -> list[Period]:
    """Months among those of the files for which the force has no file, or an empty one."""
    return [month for month in counts.span if month not in counts.months or not counts.months[month].rows]


def warnings_of(counts: Counts, series: Sequence[PoliceSeries], outcome: Outcome | None) -> list[str]:
    """What a person should look at, each a sentence."""
    found = [
        f"{month}: the force has no file, so there is no figure. That is not nought."
        for month in missing_months(counts)
    ]
    found += _about_rows(counts)
    found += _about_the_district(counts)
    found += [
        f"{month}: not one row of “{IN_WORDS[kind]}” in the whole of the force’s area; counted as 0."
        for kind in CrimeType.values
        if any(kind in one.crime_types for one in series)
        for month, count in sorted(counts.months.items())
        if count.rows and not count.in_force[kind] and _is_nought(kind, month, counts)
    ]
    return found + counts.replaced + (outcome.left_out if outcome else [])


def _is_nought(kind: str, month: Period, counts: Counts) -> bool:
    return any(figure.month == month and figure.value == 0 for figure in figures_of([kind], counts))


def _about_rows(counts: Counts) -> Iterator[str]:
    if counts.without_location:
        yield f"{_rows(counts.without_location)} of the force without a location: in no district, and not counted."
    if counts.repeated:
        yield f"{_rows(counts.repeated)} of the district with a Crime ID that its month has already: not counted again."
    if counts.unreadable:
        yield f"{_rows(counts.unreadable)} without a month, or broken off: not counted."
    if counts.of_other_months:
        yield f"{_rows(counts.of_other_months)} of another month than the file’s name says: not counted."
    if counts.of_other_forces:
        yield f"{_rows(counts.of_other_forces)} reported by another force: not counted."
    for words, rows in sorted(counts.unknown.items()):
        yield f"{_rows(rows)} of the crime type “{words}”, which is not known here: counted in no KPI."


def _about_the_district(counts: Counts) -> Iterator[str]:
    for month, count in sorted(counts.months.items()):
        if count.rows and not sum(count.here.values()):
            yield f"{month}: not one row lies in the district. Check its LSOA codes and its name in the admin pages."
    if counts.doubtful:
        yield (
            f"{_rows(counts.doubtful)} with the district’s name but none of its LSOA codes: not counted. LSOAs changed "
            "between 2011 and 2021; give the codes of both."
        )


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def in_words(counts: Counts, series: Sequence[PoliceSeries], outcome: Outcome | None) -> str:
    """The same for a person at a command line."""
    lines = [f"{counts.files} files of {counts.area.force}, {_rows(counts.rows)}, {_months(counts)}."]
    lines += [f"{label_of(one.indicator)} ({one}): {_figures(one, counts)}" for one in series]
    if not series:
        totals = {kind: sum(month.here[kind] for month in counts.months.values()) for kind in IN_WORDS}
        lines += [f"{IN_WORDS[kind]}: {total:,}" for kind, total in totals.items() if total]
    lines += [f"Note: {sentence}" for sentence in warnings_of(counts, series, outcome)]
    lines += [*CAVEATS, f"Source: {POLICE_SOURCE}."]
    return "\n".join(lines)


def outcome_in_words(outcome: Outcome) -> str:
    """What was written."""
    numbers = f"{outcome.written} new figures, {len(outcome.revised)} revised, {outcome.unchanged} as they were"
    lines = [f"Imported: {numbers}, {outcome.not_available} months not available."]
    lines += [f"Revised: {one.label}, {one.period}: {one.before} is now {one.after}." for one in outcome.revised]
    return "\n".join([*lines, *(f"Kept: {sentence}" for sentence in outcome.kept)])


def _months(counts: Counts) -> str:
    span = counts.span
    if not span:
        return "no month"
    return str(span[0]) if len(span) == 1 else f"{span[0]} to {span[-1]}"


def _figures(series: PoliceSeries, counts: Counts) -> str:
    figures = figures_of(series.crime_types, counts)
    return ", ".join(f"{one.month.code} {'–' if one.value is None else f'{one.value:,}'}" for one in figures)

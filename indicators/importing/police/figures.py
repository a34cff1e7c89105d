"""From counts to the figures of a KPI: a count, or none and why. No rows is not nought crimes."""

from collections.abc import Collection
from dataclasses import dataclass

from csp_tracker.periods import Period
from indicators.importing.police.counting import Counts, MonthCount
from indicators.importing.police.kinds import IN_WORDS, PUBLIC_DISORDER, not_told_apart, taken_out_in, with_former


@dataclass(frozen=True)
class PoliceFigure:
    """What the files say of the KPI's crimes in one month."""

    month: Period
    value: int | None
    why_none: str = ""
    nowhere: int = 0  # crimes of these kinds that the force could not place
    download: str = ""
    break_words: str = ""

    @property
    def note(self) -> str:
        """What a reader of the figure should know besides."""
        if self.value is None:
            return self.why_none
        if not self.nowhere:
            return ""
        if self.nowhere == 1:
            return "1 crime of this kind in the force’s area had no location and is in no district."
        return f"{self.nowhere:,} crimes of this kind in the force’s area had no location and are in no district."


def figures_of(kinds: Collection[str], counts: Counts) -> list[PoliceFigure]:
    """The figure of every month that the files are about, oldest first."""
    return [figure_of(kinds, month, counts.months.get(month)) for month in counts.span]


def figure_of(kinds: Collection[str], month: Period, count: MonthCount | None) -> PoliceFigure:
    """A month of the force without such a crime is nought; a month without a file is not available."""
    if why := _why_none(kinds, month, count):
        return PoliceFigure(month, None, why, download=count.download if count else "")
    assert count is not None  # noqa: S101
    among = with_former(kinds)
    taken_out = taken_out_in(kinds, month.starts_on)
    return PoliceFigure(
        month,
        sum(count.here[kind] for kind in among),
        nowhere=sum(count.nowhere[kind] for kind in among),
        download=count.download,
        break_words=f"Until then it held {' and '.join(taken_out)} too." if taken_out else "",
    )


def _why_none(kinds: Collection[str], month: Period, count: MonthCount | None) -> str:
    if count is None:
        return "The force’s file for this month is missing from data.police.uk."
    if not count.rows:
        return "The force’s file for this month is empty."
    if not sum(count.here.values()):
        return "The force’s file for this month holds not one row of the district."
    if late := [kind for kind in not_told_apart(kinds, month.starts_on) if not count.in_force[kind]]:
        return f"“{IN_WORDS[late[0]]}” was not counted by itself in this month."
    if count.in_force[PUBLIC_DISORDER] and PUBLIC_DISORDER not in with_former(kinds):
        parts = [kind for kind in kinds if kind in ("public_order", "weapons")]
        if parts:
            return f"“{IN_WORDS[parts[0]]}” was not counted by itself in this month."
    return ""

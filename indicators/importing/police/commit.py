"""Counts into the readings of the KPIs that the police count: one transaction, through the services, in one name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from csp_tracker.importing import stand_in_line
from csp_tracker.models import Partnership, User
from csp_tracker.periods import Period, PeriodKind
from csp_tracker.text import one_line
from indicators.importing.police.counting import Area, Counts
from indicators.importing.police.figures import PoliceFigure, figures_of
from indicators.models import Indicator, PoliceSeries, Reading
from indicators.services import POLICE_SOURCE, record_reading, refuse_unless_monthly_count
from indicators.values import Qualifier, ReadingState, figure_as_typed

#: How the reason of every figure begins that came from police data; by it the figure is known again.
REASON = "data.police.uk:"
NOTE = "data.police.uk:"


class NoArea(ValidationError):
    """What is the partnership's cannot be told from what is not."""

    def __init__(self, partnership: Partnership) -> None:
        super().__init__(
            f"Say in the admin pages first which police force {partnership} has, and its LSOA codes or the name of its "
            "district."
        )


class NothingCounted(ValidationError):
    """No KPI waits for figures of the police."""

    def __init__(self, partnership: Partnership) -> None:
        super().__init__(
            f"No KPI of {partnership} is counted by the police yet: add one in the admin pages, under KPIs counted by "
            "the police."
        )


@dataclass(frozen=True)
class Revised:
    """A figure in place of another."""

    label: str
    period: Period
    before: str
    after: str


@dataclass
class Outcome:
    """What the counts came to, KPI by KPI."""

    written: int = 0
    unchanged: int = 0
    not_available: int = 0
    revised: list[Revised] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # figures here that the counts do not change, each a sentence
    left_out: list[str] = field(default_factory=list)  # KPIs that take no such figures, each a sentence


def area_of(partnership: Partnership) -> Area:
    """What is counted for the partnership."""
    if not partnership.police_force or not (partnership.lsoa_codes or partnership.district):
        raise NoArea(partnership)
    return Area(partnership.police_force, frozenset(partnership.lsoa_codes), partnership.district)


def series_of(partnership: Partnership) -> list[PoliceSeries]:
    """What of the partnership's is counted by the police."""
    open_ones = PoliceSeries.objects.filter(
        indicator__partnership=partnership, archived_at=None, indicator__archived_at=None
    )
    return list(open_ones.select_related("indicator__partnership").order_by("indicator__reference", "pk"))


@transaction.atomic
def commit_counts(*, counts: Counts, partnership: Partnership, by: User) -> Outcome:
    """Make the counts figures of the partnership's KPIs; whole or not at all. The same counts again change nothing."""
    stand_in_line(partnership)
    outcome = Outcome()
    for series in series_of(partnership):
        try:
            refuse_unless_monthly_count(series.indicator)
        except ValidationError as refusal:
            outcome.left_out.append(f"{label_of(series.indicator)}: {' '.join(refusal.messages)}")
        else:
            _Taker(series.indicator, outcome, by).take(figures_of(series.crime_types, counts))
    return outcome


def label_of(indicator: Indicator) -> str:
    """As much of a KPI's name as a line has room for."""
    name = one_line(str(indicator))
    return name if len(name) <= 60 else f"{name[:59]}…"


class _Taker:
    """Writes the figures of one KPI."""

    def __init__(self, indicator: Indicator, outcome: Outcome, by: User) -> None:
        self.indicator, self.outcome, self.by = indicator, outcome, by

    def take(self, figures: Sequence[PoliceFigure]) -> None:
        """Oldest first: what comes later is compared with it."""
        readings = self.indicator.readings.filter(period_kind=PeriodKind.MONTH).select_related("indicator")
        here = {reading.period: reading for reading in readings}
        for figure in figures:
            if figure.value is None:
                self._take_none(figure, here.get(figure.month))
            else:
                self._take_count(figure, Decimal(figure.value), here.get(figure.month))

    def _take_none(self, figure: PoliceFigure, here: Reading | None) -> None:
        """A figure that is here stays, and so does what somebody said about its absence."""
        if here is None:
            self.outcome.not_available += 1
            self._record(figure, None, f"{REASON} {figure.note}")
        elif here.value is not None:
            self._keep(figure, here, figure.note)
        else:
            self.outcome.unchanged += 1

    def _take_count(self, figure: PoliceFigure, value: Decimal, here: Reading | None) -> None:
        now = figure_as_typed(value)
        if here is None or here.value is None:
            self.outcome.written += 1
            self._record(figure, here, f"{REASON} {figure.download} gives {now}.")
        elif here.value == value:
            self._take_words(figure, here)
        elif not _is_from_police(here):
            self._keep(figure, here, f"The police data say {now}.")
        else:
            before = figure_as_typed(here.value)
            self.outcome.revised.append(Revised(label_of(self.indicator), figure.month, before, now))
            self._record(figure, here, f"{REASON} {figure.download} gives {now} instead of {before}.")

    def _take_words(self, figure: PoliceFigure, here: Reading) -> None:
        """The figure is the same; what is said beside it may have changed."""
        self.outcome.unchanged += 1
        if _is_from_police(here) and here.note != _note(figure, here):
            self._record(figure, here, f"{REASON} {figure.download}")

    def _keep(self, figure: PoliceFigure, here: Reading, in_data: str) -> None:
        stays = figure_as_typed(here.value) if here.value is not None else "no figure"
        self.outcome.kept.append(f"{label_of(self.indicator)}, {figure.month}: {stays} stays. {in_data}")

    def _record(self, figure: PoliceFigure, here: Reading | None, reason: str) -> None:
        breaks = {"series_break": True, "series_break_words": figure.break_words} if figure.break_words else {}
        record_reading(
            indicator=self.indicator,
            period=figure.month,
            value=figure.value,
            state=ReadingState.NOT_AVAILABLE if figure.value is None else ReadingState.FINAL,
            qualifier=Qualifier.EXACTLY,
            source=POLICE_SOURCE,
            note=_note(figure, here),
            version=here.version if here else 0,
            reason=reason,
            by=self.by,
            **breaks,
        )


def _is_from_police(reading: Reading) -> bool:
    """Whether the figure is the one that police data gave last, and nobody has put another in its place since."""
    ours = reading.history.filter(history_change_reason__startswith=REASON).first()
    return ours is not None and ours.value == reading.value


def _note(figure: PoliceFigure, here: Reading | None) -> str:
    """What somebody wrote stays; a line of ours below it is replaced."""
    kept = [line for line in (here.note if here else "").split("\n") if line and not line.startswith(NOTE)]
    return "\n".join([*kept, f"{NOTE} {figure.note}"] if figure.note else kept)

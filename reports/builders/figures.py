"""Figures, lights and targets of KPIs as the typed cells of a document."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from csp_tracker.rag import RAG, Travel
from indicators.models import Indicator, Reading
from indicators.rollup import HOW, Total
from indicators.services.standing import Standing
from indicators.services.words import Direction
from indicators.values import Frequency, Qualifier, ReadingState, RollUp, Unit, in_words
from reports.document import Cell, KeyEntry, Light, Missing, Number, Percent, Text

NO_FIGURE, NOT_ADDED_UP = Missing("no figure"), Missing("not added up", "z")
KEY = (
    KeyEntry(Light(RAG.GREEN), "On target or better, or as the KPI’s rule says."),
    KeyEntry(Light(RAG.AMBER), "Off target, within the tolerance of the KPI’s rule."),
    KeyEntry(Light(RAG.RED), "Off target, beyond the tolerance."),
    KeyEntry(Light(RAG.NOT_RATED), "No figure, nothing fair to compare it with, or monitored only."),
)


def figure_cell(
    indicator: Indicator,
    value: Decimal | None,
    qualifier: str = Qualifier.EXACTLY,
    *,
    decimals: int | None = None,
    without: Missing = NO_FIGURE,
) -> Cell:
    """A figure to reckon with; words where it was not stated exactly; where there is none, why."""
    if value is None:
        return without
    unit = Unit(indicator.unit)
    decimals = indicator.decimals if decimals is None else decimals
    if qualifier != Qualifier.EXACTLY or unit == Unit.YES_NO:
        return Text(in_words(value, unit, decimals, Qualifier(qualifier)))
    if unit == Unit.PER_CENT:
        return Percent(value, decimals)
    if unit == Unit.POUNDS:
        return Number(value, 2 if decimals == 1 else decimals, "£")
    return Number(value, decimals)


def reading_cell(indicator: Indicator, reading: Reading) -> Cell:
    """What was entered: a figure, or the word for why there is none."""
    without = Missing(ReadingState(reading.state).label.lower())
    return figure_cell(indicator, reading.value, reading.qualifier, without=without)


def published_words(rag: str | None, word: str) -> str:
    """The light that a file stated, in its own word: "Green", "Amber (under control)"."""
    if not rag:
        return word
    label = str(RAG(rag).label)
    return f"{label} ({word})" if word and word.lower() != label.lower() else label


def travel_in_words(way: Travel) -> str:
    """ "↑ Improved": an arrow up is better, and the word says so too."""
    has_way = way in (Travel.IMPROVED, Travel.NO_CHANGE, Travel.WORSENED)
    return f"{way.arrow} {way.label}" if has_way else str(way.label)


def directions_in_words(directions: Iterable[Direction]) -> str:
    """ "↑ Improved since Q1 2025/26, ↓ Worsened since Q2 2024/25"."""
    return ", ".join(f"{travel_in_words(way)} {since}".strip() for way, since in directions)


def unit_in_words(indicator: Indicator) -> str:
    """ "Number", "Rate per 1,000"."""
    if indicator.unit == Unit.RATE and indicator.rate_per:
        return f"Rate per {indicator.rate_per:,}"
    return str(indicator.get_unit_display())


def frequency_in_words(indicator: Indicator) -> str:
    """ "Quarterly", "Yearly, due in Q4"."""
    words = str(indicator.get_frequency_display())
    if indicator.frequency in (Frequency.YEAR, Frequency.ONE_OFF):
        return f"{words}, due in Q{indicator.due_quarter}"
    return words


def standing_cell(standing: Standing) -> Cell:
    """The figure to reckon with, in words where it was not stated exactly, or why there is none."""
    reading = standing.reading
    if standing.value is None:
        return Missing((standing.figure or "no figure").lower())
    if reading is not None:
        return figure_cell(standing.indicator, standing.value, reading.qualifier)
    exact = in_words(standing.value, Unit(standing.indicator.unit), standing.indicator.decimals)
    is_exact = standing.figure == exact
    return figure_cell(standing.indicator, standing.value) if is_exact else Text(standing.figure)


def how_it_was_made(standing: Standing) -> str:
    """ "Entered", or from which months and by which rule; and whether it may still change."""
    words = standing.basis or ("Entered" if standing.reading is not None else "Nothing entered")
    return f"{words}, provisional" if standing.is_provisional else words


def target_cell(standing: Standing) -> Cell:
    """The target as a figure where its words say no more than that."""
    indicator, value = standing.indicator, standing.target_value
    if value is not None and standing.target == in_words(value, Unit(indicator.unit), indicator.decimals):
        return figure_cell(indicator, value)
    return Text(standing.target)


def year_to_date(standing: Standing) -> Iterator[Cell]:
    total = standing.year_to_date
    if total is None or standing.indicator.roll_up == RollUp.LATEST:
        yield NOT_ADDED_UP
        yield NOT_ADDED_UP
    elif total.value is None:
        yield Missing("incomplete" if total.missing else "not rated")
        yield Text(total.why)
    else:
        yield figure_cell(standing.indicator, total.value, total.qualifier)
        yield Text(_how_added_up(total))


def _how_added_up(total: Total) -> str:
    """ "Sum of 2 quarters, provisional"."""
    parts = len(total.span.periods)
    kind = f"{total.span.last.kind}{'' if parts == 1 else 's'}"
    how = HOW[RollUp(total.method.roll_up)].capitalize()
    return f"{how} of {parts} {kind}{', provisional' if total.is_provisional else ''}"

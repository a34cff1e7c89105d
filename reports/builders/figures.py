"""Figures, lights and targets of KPIs as the typed cells of a document."""

from collections.abc import Iterable
from decimal import Decimal

from csp_tracker.rag import RAG, Travel
from indicators.models import Indicator, Reading
from indicators.services.words import Direction
from indicators.values import Frequency, Qualifier, ReadingState, Unit, in_words
from reports.document import Cell, KeyEntry, Light, Missing, Number, Percent, Text

NO_FIGURE = Missing("no figure")
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

"""One cell of the grid in and out of words: a figure as people type it, or a word for why there is none.

Also "45 of 60" for a KPI that is a share of two counts, and "provisional" beside a figure that may still change.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from indicators.forms.shared import as_typed
from indicators.values import Qualifier, ReadingState, RollUp, Unit, parse_figure

WORDS = {
    ReadingState.AWAITED: r"await(?:ed|ing)(?: figures?)?|tb[ac]|to be confirmed|to follow|not yet available|pending",
    ReadingState.NOT_AVAILABLE: r"not available|unavailable|n/?a|n/?k|not known|unknown|not recorded",
    ReadingState.NOT_DUE: r"not due(?: yet)?|not measured",
}
NONE_AT_ALL = re.compile(r"none|nil|zero|nought|no figure|[-–—]+", re.IGNORECASE)
MAY_CHANGE = re.compile(
    r"(?:provisional(?:ly)?|prov\.?)\s*:?\s*(?P<after>.+)|(?P<before>.+?)\s*[,(]?\s*(?:provisional(?:ly)?|prov\.?|\(p)\)?",
    re.IGNORECASE,
)
SHARE = re.compile(r"(?P<part>[\d.,]+)\s*(?:/|(?:out )?of)\s*(?P<whole>[\d.,]+)", re.IGNORECASE)
LONGEST = 60


@dataclass(frozen=True)
class Typed:
    """What one cell says."""

    value: Decimal | None = None
    state: ReadingState = ReadingState.FINAL
    qualifier: Qualifier = Qualifier.EXACTLY
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def parts(self) -> dict[str, Decimal]:
        """The two counts, where they were typed."""
        if self.numerator is None or self.denominator is None:
            return {}
        return {"numerator": self.numerator, "denominator": self.denominator}


def parse_cell(text: str, unit: Unit, roll_up: RollUp) -> Typed:
    """Read a cell; what is neither a figure nor a known word raises ValueError with a sentence for the person."""
    typed = text.strip()
    for state, words in WORDS.items():
        if re.fullmatch(rf"\(?(?:{words})\)?\.?", typed, re.IGNORECASE):
            return Typed(state=state)
    state = ReadingState.FINAL
    if found := MAY_CHANGE.fullmatch(typed):
        typed, state = found["after"] or found["before"], ReadingState.PROVISIONAL
    if NONE_AT_ALL.fullmatch(typed) and unit != Unit.YES_NO:
        raise ValueError(f"“{typed}” may be 0 or no figure at all. Enter 0, or awaited, not available or not due.")
    if roll_up == RollUp.RATIO and (share := SHARE.fullmatch(typed)):
        return _as_share(share["part"], share["whole"], state)
    try:
        value, qualifier = parse_figure(typed, unit)
    except ValueError as error:
        raise ValueError(_with_words(str(error))) from error
    return Typed(value, state, qualifier)


def _as_share(part: str, whole: str, state: ReadingState) -> Typed:
    numerator, denominator = (parse_figure(one, Unit.NUMBER)[0] for one in (part, whole))
    if not denominator:
        raise ValueError("The second of the two counts must not be 0.")
    return Typed(None, state, Qualifier.EXACTLY, numerator, denominator)


def _with_words(sentence: str) -> str:
    """What else can be typed, where the words were not understood at all."""
    is_words = "is not a figure" in sentence
    return f"{sentence} Where there is none: awaited, not available or not due." if is_words else sentence


def cell_as_typed(reading: Any, unit: Unit, roll_up: RollUp) -> str:
    """A reading, or a row of its history, as a person would type it: what `parse_cell` reads back."""
    if reading.value is None:
        return ReadingState(reading.state).label
    figure = as_typed(reading.value, unit, reading.qualifier)
    if roll_up == RollUp.RATIO and reading.numerator is not None and reading.denominator is not None:
        counts = (as_typed(one, Unit.NUMBER) for one in (reading.numerator, reading.denominator))
        figure = " of ".join(counts)
    return f"{figure} provisional" if reading.state == ReadingState.PROVISIONAL else figure

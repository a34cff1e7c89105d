"""What one cell of targets asks for: "400", "≤ 400", "80-85%", "5% reduction", or words with no certain figure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from csp_tracker.text import one_line
from indicators.importing.stated import (
    ANSWERS,
    DASHES,
    IN_BRACKETS,
    LONGEST_FIGURE,
    plain_figure,
    read_stated,
    without_marks,
)
from indicators.values import Polarity, TargetKind, Unit

DOWN = re.compile(
    r"\b(?:reduc\w*|decreas\w*|fewer|less|below|under|lower|max(?:imum)?|up to|at most|within|fall)\b|[<≤]|↓|▼",
    re.IGNORECASE,
)
UP = re.compile(
    r"\b(?:increas\w*|improv\w*|more|above|over|higher|min(?:imum)?|at least|exceed\w*|rise|raise)\b|[>≥]|↑|▲|\d\s?\+",
    re.IGNORECASE,
)
NOT_LESS = re.compile(r"\b(?:no|not) (?:fewer|less) than\b", re.IGNORECASE)
NOT_MORE = re.compile(r"\b(?:no|not) more than\b|\bnot exceed\w*", re.IGNORECASE)
CHANGE = re.compile(
    r"\b(?:reduc\w*|decreas\w*|fewer|less|fall|increas\w*|improv\w*|more|rise|raise|higher|lower)\b", re.IGNORECASE
)
TO_A_FIGURE = re.compile(r"\b(?:to|than)\s+[£\d]", re.IGNORECASE)
ONE = r"£?\d[\d,]*(?:\.\d+)?\s?%?"
BAND = re.compile(rf"(?:between\s+)?(?P<low>{ONE})\s*(?:[-\u2010-\u2015]|to|and)\s*(?P<high>{ONE})", re.IGNORECASE)
YEARS = re.compile(r"\b(?:(?:19|20)\d\d\s?[/\u2010-\u2015-]\s?(?:\d\d){1,2}|\d\d/\d\d)\b")
PER_CENT_IN = re.compile(r"(?P<sign>[-+\u2212]?)\s?(?P<digits>\d+(?:\.\d+)?)\s?(?:%|per ?cent)", re.IGNORECASE)
ANY_FIGURE = re.compile(rf"(?<![\w.]){ONE}(?![\w.])")
MONITORED = re.compile(
    r"\b(?:monitor\w*|no target|not (?:set|targeted)|contextual|context|for information|info(?:rmation)? only|data only"
    r"|trend only|baseline year|establish\w* (?:a )?baseline|volume only)\b",
    re.IGNORECASE,
)
NO_TARGET = re.compile(r"^\W*(?:n/?\.?a\.?|none|not applicable|no target(?: set)?)\W*$", re.IGNORECASE)


@dataclass(frozen=True)
class StatedTarget:
    """What a cell of targets asks for: a figure, a band, a change, or words.

    `polarity` is the way its words point; `is_monitored`, that it asks for nothing.
    """

    words: str
    kind: TargetKind = TargetKind.VALUE
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    is_share: bool = False
    polarity: Polarity | None = None
    is_monitored: bool = False

    @property
    def figures(self) -> tuple[Decimal, ...]:
        """Those in the KPI's own unit."""
        if self.kind is not TargetKind.VALUE:
            return ()
        return tuple(figure for figure in (self.value, self.low, self.high) if figure is not None)


def read_target(text: str, unit: Unit) -> StatedTarget | None:
    """The target of a cell; None where there is none. Words that no figure can be read from stay words."""
    words = one_line(text)
    if DASHES.fullmatch(words) or NO_TARGET.match(words):
        return None
    if len(words) > LONGEST_FIGURE:
        return StatedTarget(words)
    bare = one_line(YEARS.sub(" ", without_marks(words)[0]))
    if MONITORED.search(words) and not re.search(r"\d", words):
        return StatedTarget(words, is_monitored=True)
    if unit is Unit.YES_NO:
        answer = ANSWERS.get(words.casefold().rstrip("."))
        return StatedTarget(words, value=answer, polarity=Polarity.HIGHER if answer else None)
    band = BAND.fullmatch(bare)
    if band and (read := _band(words, band)):
        return read
    if change := _change(words, bare, unit):
        return change
    return _value(words, bare, unit)


def _band(words: str, band: re.Match[str]) -> StatedTarget | None:
    low, high = (plain_figure(band[part].strip("£% ")) for part in ("low", "high"))
    if low >= high:
        return None
    return StatedTarget(words, low=low, high=high, is_share="%" in words)


def _change(words: str, bare: str, unit: Unit) -> StatedTarget | None:
    """ "5% reduction" and, for a KPI that is no percentage, "−5%"."""
    found = PER_CENT_IN.findall(bare)
    if len(found) != 1:
        return None
    sign, digits = found[0]
    says_change = CHANGE.search(bare) is not None and not TO_A_FIGURE.search(bare)
    if unit is Unit.PER_CENT:
        # Of a percentage "5% more" may be points or per cent: only the words are certain.
        is_by = says_change and not re.search(r"\bthan\b", bare, re.IGNORECASE)
        return StatedTarget(words, polarity=direction(bare)) if is_by or sign == "+" else None
    if not says_change and not sign:
        return None
    is_down = sign in {"-", "\u2212"} or (not sign and direction(bare) is Polarity.LOWER)
    value = Decimal(digits)
    return StatedTarget(
        words,
        kind=TargetKind.PER_CENT_CHANGE,
        value=-value if is_down else value,
        polarity=Polarity.LOWER if is_down else Polarity.HIGHER,
    )


def _value(words: str, bare: str, unit: Unit) -> StatedTarget:
    """ "400", "≤ 400", "Below 400 by March": the one figure there is."""
    pointing = direction(bare)
    read = read_stated(bare)
    if read is not None and read.value is not None and not read.is_answer:
        if read.is_share and unit is not Unit.PER_CENT:
            return StatedTarget(words, polarity=pointing)
        return StatedTarget(words, value=read.value, is_share=read.is_share, polarity=pointing)
    is_by = CHANGE.search(bare) is not None and not TO_A_FIGURE.search(bare)
    figures = ANY_FIGURE.findall(IN_BRACKETS.sub(" ", bare))
    if len(figures) != 1 or is_by or ("%" in figures[0] and unit is not Unit.PER_CENT):
        return StatedTarget(words, polarity=pointing)
    return StatedTarget(
        words, value=plain_figure(figures[0].strip("£% ")), is_share="%" in figures[0], polarity=pointing
    )


def direction(words: str) -> Polarity | None:
    """The way words point: "no more than" means lower is better, "at least" higher; both or neither say nothing."""
    if NOT_LESS.search(words):
        return Polarity.HIGHER
    if NOT_MORE.search(words):
        return Polarity.LOWER
    is_down, is_up = DOWN.search(words), UP.search(words)
    if bool(is_down) == bool(is_up):
        return None
    return Polarity.LOWER if is_down else Polarity.HIGHER

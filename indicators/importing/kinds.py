"""What kind of measure a KPI is, as its sheet says or shows: unit, which way is better, how often, how it adds up."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from csp_tracker.periods import PeriodKind
from csp_tracker.rag import RAG
from indicators.importing.stated import Stated
from indicators.importing.targets import StatedTarget
from indicators.values import Frequency, Polarity, RollUp, Unit

LONGEST = 500  # characters that are searched for what a KPI is
RATE_PER = re.compile(r"\bper\s+(?P<per>1[\d,]*0|thousand|million)\b", re.IGNORECASE)
UNIT_WORDS = (
    (Unit.RATE, re.compile(r"\brate\b|\bper (?:1[\d,]*0|thousand|million)\b", re.IGNORECASE)),
    (Unit.PER_CENT, re.compile(r"%|\bper ?cent|\bpercentage|^pc$|\bproportion\b", re.IGNORECASE)),
    (Unit.POUNDS, re.compile(r"£|\bpounds?\b|\bgbp\b", re.IGNORECASE)),
    (Unit.YES_NO, re.compile(r"\byes ?(?:/|or) ?no\b|^y/n$", re.IGNORECASE)),
    (Unit.SCORE, re.compile(r"^(?:score|index|rating|points)\b", re.IGNORECASE)),
    (Unit.NUMBER, re.compile(r"\bnumber\b|^no\.?$|\bcount\b|^#$|\bdays\b|\bhours\b|\bincidents\b", re.IGNORECASE)),
)
UNITS_IN_NAMES = ((Unit.RATE, RATE_PER), *UNIT_WORDS[1:3])  # "detection rate" is mostly a percentage
SMALL = r"low(?:er)?|small(?:er)?|less|fewer|decreas\w*|down(?:ward)?"
LARGE = r"high(?:er)?|big(?:ger)?|larger?|more|greater|increas\w*|up(?:ward)?"
IS_BETTER = re.compile(
    rf"\b(?P<way>{SMALL}|{LARGE})\s*(?:(?:numbers?|figures?|values?|is|are|=|the)\s*)*"
    r"(?:better|good|best|improve\w*|desired)\b"
    rf"|\b(?:better|good|improvement)\s*(?:when|if|is|to be|=|:)+\s*(?P<after>{SMALL}|{LARGE})\b",
    re.IGNORECASE,
)
AIM = r"^\W*(?:(?:we )?aim(?:ing)? to |to )?"
LOWER_WORDS = re.compile(
    rf"{AIM}(?:l|{SMALL}|minimi[sz]e|min|reduc\w*|downwards|negative)\b|[↓▼⬇]|^-$",
    re.IGNORECASE,
)
HIGHER_WORDS = re.compile(
    rf"{AIM}(?:h|{LARGE}|maximi[sz]e|max|improv\w*|upwards|positive)\b|[↑▲⬆]|^\+$",
    re.IGNORECASE,
)
BAND_WORDS = re.compile(r"\b(?:band|range|within|between|on target|plan is best)\b", re.IGNORECASE)
MONITOR_WORDS = re.compile(r"\b(?:monitor|neither|none|neutral|n/?a|context\w*|information)\b", re.IGNORECASE)
NAME_DOWN = re.compile(r"^\W*(?:reduc(?:e|ing)|decreas(?:e|ing)|minimi[sz](?:e|ing)|cut|lower)\b", re.IGNORECASE)
NAME_UP = re.compile(r"^\W*(?:increas(?:e|ing)|improv(?:e|ing)|maximi[sz](?:e|ing)|rais(?:e|ing))\b", re.IGNORECASE)
FREQUENCIES = (
    (Frequency.MONTH, re.compile(r"^\W*m(?:onthly|onth|\b)", re.IGNORECASE)),
    (Frequency.QUARTER, re.compile(r"^\W*q(?:uarterly|uarter|\b|tr)", re.IGNORECASE)),
    (Frequency.YEAR, re.compile(r"^\W*(?:a(?:nnual\w*)?\b|y(?:ear\w*)?\b)|\bannual", re.IGNORECASE)),
    (Frequency.ONE_OFF, re.compile(r"\bone[ -]?off\b|\bonce\b", re.IGNORECASE)),
)
ADDED_UP = re.compile(r"\bcumulative\b|\byear to date\b|\bytd\b|\brolling\b", re.IGNORECASE)
AT_A_TIME = re.compile(r"\b(?:as )?at (?:the )?(?:end|quarter end|year end)\b|\bsnapshot\b|\bcaseload\b", re.IGNORECASE)
RATIO_OF_TEN = Decimal(10)


def unit_of(words: str, name: str, figures: Iterable[Stated]) -> tuple[Unit, int | None]:
    """What the figures are, by the column for it, the name, or how they are written; with what a rate is per."""
    stated = list(figures)
    words, name = words[:LONGEST], name[:LONGEST]
    said = next((unit for unit, pattern in UNIT_WORDS if pattern.search(words)), None) if words else None
    if said is None:
        said = next((unit for unit, pattern in UNITS_IN_NAMES if pattern.search(name)), None)
    if said is None and any(RATE_PER.search(one.beside) for one in stated):
        said = Unit.RATE
    if said is None:
        said = _as_written(stated)
    if said is Unit.RATE:
        return said, _per(f"{words} {name} {' '.join(one.beside for one in stated)}")
    return said, None


def _as_written(stated: Sequence[Stated]) -> Unit:
    figures = [one for one in stated if one.value is not None or one.numerator is not None]
    if figures and all(one.is_answer for one in figures):
        return Unit.YES_NO
    if any(one.is_share for one in figures) or (figures and all(one.value is None for one in figures)):
        return Unit.PER_CENT
    return Unit.POUNDS if any(one.is_pounds for one in figures) else Unit.NUMBER


def _per(words: str) -> int | None:
    found = RATE_PER.search(words)
    if found is None:
        return None
    per = found["per"].lower()
    return {"thousand": 1_000, "million": 1_000_000}.get(per) or int(per.replace(",", ""))


def read_polarity(words: str) -> Polarity | None:
    """The way a column for it says: "Low", "Bigger is better", "↓"; None for words that we do not know."""
    words = words[:LONGEST]
    if not words:
        return None
    if way := _better_when(words):
        return way
    if MONITOR_WORDS.search(words):
        return Polarity.MONITOR
    if BAND_WORDS.search(words):
        return Polarity.BAND
    is_lower, is_higher = LOWER_WORDS.search(words), HIGHER_WORDS.search(words)
    if bool(is_lower) == bool(is_higher):
        return None
    return Polarity.LOWER if is_lower else Polarity.HIGHER


def _better_when(words: str) -> Polarity | None:
    found = IS_BETTER.search(words[:LONGEST])
    if found is None:
        return None
    way = (found["way"] or found["after"]).lower()
    return Polarity.LOWER if way.startswith(("low", "small", "less", "few", "decr", "down")) else Polarity.HIGHER


@dataclass(frozen=True)
class Way:
    """Which way is better, and how we know: the sheet says so, its target points there, or its lights show it."""

    polarity: Polarity
    why: str
    is_stated: bool = True


def polarity_of(
    *,
    said: str,
    texts: Iterable[str],
    name: str,
    targets: Sequence[StatedTarget],
    lights: Iterable[tuple[Decimal, Decimal, RAG]],
) -> Way:
    """Which way is better. `lights` are figures with their target and published light, for what nobody has said."""
    if polarity := read_polarity(said):
        return Way(polarity, f"“{said}”")
    for text in texts:
        if polarity := _better_when(text):
            return Way(polarity, f"“{text}”")
    if any(target.low is not None for target in targets):
        return Way(Polarity.BAND, "the target is a band")
    if polarity := (Polarity.LOWER if NAME_DOWN.search(name) else Polarity.HIGHER if NAME_UP.search(name) else None):
        return Way(polarity, "the name says so")
    pointing = {target.polarity for target in targets if target.polarity is not None}
    if len(pointing) == 1:
        return Way(pointing.pop(), f"the target is “{next(one.words for one in targets if one.polarity)}”")
    if targets and all(target.is_monitored for target in targets):
        return Way(Polarity.MONITOR, f"the target is “{targets[0].words}”")
    shown = {_shown_by(*light) for light in lights} - {None}
    if len(shown) == 1:
        return Way(shown.pop() or Polarity.MONITOR, "its lights show it", is_stated=False)
    return Way(Polarity.MONITOR, "", is_stated=False)


def _shown_by(value: Decimal, target: Decimal, light: RAG) -> Polarity | None:
    """A red above the target shows that lower is better, a green above it that higher is."""
    if value == target or light not in {RAG.RED, RAG.GREEN}:
        return None
    return Polarity.HIGHER if (value > target) == (light is RAG.GREEN) else Polarity.LOWER


def frequency_of(words: str, kinds: Iterable[PeriodKind]) -> Frequency:
    """How often it is reported: as said, else as its figures come."""
    said = next((frequency for frequency, pattern in FREQUENCIES if words and pattern.search(words[:LONGEST])), None)
    if said is not None:
        return said
    found = set(kinds)
    if PeriodKind.MONTH in found:
        return Frequency.MONTH
    return Frequency.YEAR if found == {PeriodKind.YEAR} else Frequency.QUARTER


def roll_up_of(unit: Unit, words: str) -> RollUp:
    """Counts and pounds add up, unless they are running totals or counted at one time; shares and rates do not."""
    is_running = ADDED_UP.search(words[:LONGEST]) or AT_A_TIME.search(words[:LONGEST])
    return RollUp.SUM if unit in {Unit.NUMBER, Unit.POUNDS} and not is_running else RollUp.LATEST


def are_fractions(figures: Sequence[tuple[Decimal, bool]]) -> list[bool]:
    """Of a percentage's figures, each with whether it has its sign: which are fractions, as 0.959 is of 95.9.

    One of at most 1 is a fraction if that brings it nearer to the figures that are certain, or if none is certain.
    """
    certain = sorted(abs(value) for value, is_share in figures if value and (is_share or abs(value) > 1))
    usual = certain[len(certain) // 2] if certain else None
    doubtful = [value for value, is_share in figures if not is_share and 0 < abs(value) <= 1]
    if usual is None and all(value == int(value) for value in doubtful):
        return [False] * len(figures)
    return [
        not is_share and 0 < abs(value) <= 1 and (usual is None or usual >= RATIO_OF_TEN * abs(value))
        for value, is_share in figures
    ]

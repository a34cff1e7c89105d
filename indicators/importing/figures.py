"""What a baseline cell says, as figures with their words; a figure only where it is certain, the words always.

Baselines come as "12 Articles in Press folder.", "2008/09 Website Hits:- 15243", "5+", "9 x New Orders. 5 x
Completed.", "New Initiative", "Baseline not available." or a list of shops. A year is not a figure, nor is a date, an
age range or a number inside a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from csp_tracker.periods import FinancialYear
from csp_tracker.text import one_line
from indicators.values import BaselineState, Polarity, Qualifier

YEAR_PAIR = r"(?:19|20)?\d\d\s?[/–-]\s?(?:19|20)?\d\d(?![/\d]|\.\d)"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
LABEL = re.compile(rf"(?<![\d/.-])(?P<pair>{YEAR_PAIR})|\b(?P<month>{MONTH}\.?\s+(?:19|20)\d\d)\b", re.IGNORECASE)
DAY = re.compile(rf"\b\d{{1,2}}(?:\s?(?:st|nd|rd|th))?\s+{MONTH}\b(?:\s+(?:19|20)\d\d)?", re.IGNORECASE)
# Numbers that are no figures: dates, days of a month, "3 out of 5", "10-18", and a year after "in" or "since".
NO_FIGURE = re.compile(
    r"\d{1,2}\s?[./]\s?\d{1,2}\s?[./]\s?\d{2,4}"
    r"|\d[\d,.]{0,20}\s?(?:[–/-]|to|(?:out\s)?of)\s?\d[\d,.]{0,20}(?:\s?%)?"
    r"|\b(?:in|since|during|from|by|year|qtr|quarter|q)\s?\d[\d,.]{0,20}",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"(?<![\w.,–-])(?P<before>[£$])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"(?P<after>\s?%|\s?\+)?(?![\w+%]|[.,]\d)"
)
TARGET = re.compile(r"\btarget\b", re.IGNORECASE)
BASELINE = re.compile(r"\bbaseline\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-Z0-9£%])|\n+")
ABBREVIATION = re.compile(r"\b(?:No|Nos|c|ca|approx|incl|e\.g|i\.e|etc|St|Mr|Mrs|Dr)\.$", re.IGNORECASE)
LONGEST_FIGURE = 12
MOST_DECIMALS = 4
NOT_ABOUT_ANYTHING = " \t\n:;,.–-=•()"

STATES = (
    (
        BaselineState.NEW_INITIATIVE,
        re.compile(r"\bnew (?:initiative|indicator|measure|project|scheme)\b", re.IGNORECASE),
    ),
    (
        BaselineState.NOT_AVAILABLE,
        re.compile(r"\b(?:not (?:yet )?(?:available|known|recorded)|unavailable|n/k)\b", re.IGNORECASE),
    ),
    (
        BaselineState.AWAITED,
        re.compile(r"\b(?:nya|tbc|tba|awaited|awaiting|to be (?:confirmed|agreed|established|set))\b", re.IGNORECASE),
    ),
    (
        BaselineState.NONE,
        re.compile(r"\b(?:no (?:previous )?baseline)\b|^(?:none|n/?a|not applicable|nil return)\W*$", re.IGNORECASE),
    ),
)
QUALIFIERS = (
    (
        Qualifier.AT_LEAST,
        re.compile(r"\b(?:at least|over|more than|in excess of|minimum(?: of)?|min\.?|above)\s*$", re.IGNORECASE),
    ),
    (
        Qualifier.AT_MOST,
        re.compile(r"\b(?:at most|up to|under|below|fewer than|less than|maximum(?: of)?|max\.?)\s*$", re.IGNORECASE),
    ),
    (
        Qualifier.ABOUT,
        re.compile(
            r"(?:\b(?:about|around|approx(?:imately)?\.?|circa|ca?\.|roughly|some|nearly|almost)|~)\s*$", re.IGNORECASE
        ),
    ),
)
OUTTURN = re.compile(
    r"(?<![\d,.])(?P<digits>\d[\d,]{0,15}(?:\.\d{1,4})?)\s?[–-]\s?target\s+(?:was\s+)?(?P<missed>not\s+|missed\b)?(?:met|achieved|exceeded)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class BaselineRead:
    """One starting point as a cell states it; the names are those of the Baseline model."""

    text: str
    of_what: str = ""
    label: str = ""
    value: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACTLY
    state: BaselineState = BaselineState.STATED
    is_primary: bool = False


@dataclass(frozen=True)
class FiguresOffer:
    """Figures found in words, for a person to accept: baseline, target and outturn of one measure."""

    baseline: Decimal
    baseline_label: str
    target: Decimal
    target_label: str
    outturn: Decimal | None = None

    @property
    def polarity(self) -> Polarity:
        """The way the target points, seen from the baseline."""
        return Polarity.LOWER if self.target < self.baseline else Polarity.HIGHER

    @property
    def is_met(self) -> bool | None:
        if self.outturn is None:
            return None
        return self.outturn <= self.target if self.polarity is Polarity.LOWER else self.outturn >= self.target

    @property
    def change_percent(self) -> Decimal | None:
        """From baseline to outturn, to one decimal: −7.2 for 2,030 to 1,884."""
        if self.outturn is None or not self.baseline:
            return None
        return round((self.outturn - self.baseline) / self.baseline * 100, 1)

    def to_json(self) -> dict[str, str | bool | None]:
        """As plain values, figures as text: what a stored offer holds."""
        return {
            "baseline": str(self.baseline),
            "baseline_label": self.baseline_label,
            "target": str(self.target),
            "target_label": self.target_label,
            "outturn": None if self.outturn is None else str(self.outturn),
            "polarity": self.polarity.value,
            "change_percent": None if self.change_percent is None else str(self.change_percent),
            "is_met": self.is_met,
        }

    @property
    def sentence(self) -> str:
        """What is offered, in words."""
        parts = [f"baseline {self.baseline:,f}{_in_brackets(self.baseline_label)}"]
        parts.append(f"target {self.target:,f}{_in_brackets(self.target_label)}")
        if self.outturn is not None:
            parts.append(f"outturn {self.outturn:,f}, {'met' if self.is_met else 'not met'}")
        return "; ".join(parts)


def read_baselines(text: str) -> list[BaselineRead]:
    """Every figure of the cell with what it counts, or one row that says why none; nothing for a blank cell."""
    words = one_line(text)
    if not words.strip(NOT_ABOUT_ANYTHING):
        return []
    stated = one_line(" ".join(_without_targets(words)))
    for state, pattern in STATES:
        if pattern.search(stated):
            return [BaselineRead(text=words, label=_first_label(stated), state=state)]
    found = [read for sentence in split_sentences(stated) for read in _read_sentence(sentence)]
    if not any(read.value is not None for read in found):
        return [BaselineRead(text=words, label=_first_label(stated))]
    keeps_all = len(found) > 1 and not _targets(words)
    return _with_primary([read if keeps_all else replace(read, text=words) for read in found])


def offer_figures(baseline_text: str, progress_text: str) -> FiguresOffer | None:
    """Baseline and target stated in one cell, and the outturn if the progress says that it met the target or not."""
    words = one_line(baseline_text)
    baselines = [read for read in read_baselines(words) if read.value is not None]
    targets = [read for clause in _targets(words) for read in _read_sentence(clause) if read.value is not None]
    if len(baselines) != 1 or len(targets) != 1 or baselines[0].value is None or targets[0].value is None:
        return None
    outturn = OUTTURN.search(one_line(progress_text))
    return FiguresOffer(
        baseline=baselines[0].value,
        baseline_label=baselines[0].label,
        target=targets[0].value,
        target_label=targets[0].label,
        outturn=Decimal(outturn["digits"].replace(",", "")) if outturn else None,
    )


def split_measures(text: str) -> list[str]:
    """The measures of one indicator cell, one for each sentence: to be offered, never done unasked."""
    return [measure for measure in split_sentences(one_line(text)) if measure.strip(NOT_ABOUT_ANYTHING)]


def split_sentences(text: str) -> list[str]:
    """Sentences in order; "No. of events" is not two."""
    sentences: list[str] = []
    for piece in SENTENCE_END.split(text):
        if sentences and ABBREVIATION.search(sentences[-1]):
            sentences[-1] = f"{sentences[-1]} {piece}"
        elif piece.strip():
            sentences.append(piece.strip())
    return sentences


def _in_brackets(label: str) -> str:
    return f" ({label})" if label else ""


def _clauses(words: str) -> Iterator[tuple[bool, str]]:
    """The cell cut before each "target" and "baseline": whether the clause is a target, and its words."""
    cuts = sorted(match.start() for pattern in (TARGET, BASELINE) for match in pattern.finditer(words))
    for start, end in zip([0, *cuts], [*cuts, len(words)], strict=True):
        clause = words[start:end].strip()
        if clause:
            yield bool(TARGET.match(clause)), clause


def _without_targets(words: str) -> list[str]:
    return [clause for is_target, clause in _clauses(words) if not is_target]


def _targets(words: str) -> list[str]:
    return [clause for is_target, clause in _clauses(words) if is_target]


def _first_label(words: str) -> str:
    return next((_label(match) for match in LABEL.finditer(words) if _is_label(match)), "")


def _label(found: re.Match[str]) -> str:
    """A pair of years as we print it, "2008/09"; a month as it stands."""
    if found["month"]:
        return one_line(found["month"])
    first, second = (part[-2:] for part in re.split(r"\s?[/–-]\s?", found["pair"]))
    try:
        return str(FinancialYear.parse(f"20{first}/{second}"))
    except ValueError:
        return one_line(found["pair"])


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _read_sentence(sentence: str) -> Iterator[BaselineRead]:
    """The figures of one sentence. Years stand before their figures, or behind them, throughout one sentence."""
    masked = DAY.sub(_blank, sentence)
    labels = [match for match in LABEL.finditer(masked) if _is_label(match)]
    for match in labels:
        masked = masked[: match.start()] + _blank(match) + masked[match.end() :]
    masked = NO_FIGURE.sub(lambda match: "\0" * len(match[0]), masked)
    numbers = [match for match in NUMBER.finditer(masked) if _can_be_kept(match)]
    if not numbers:
        yield BaselineRead(text=sentence, label=_label(labels[0]) if labels else "")
        return
    labels_lead = bool(labels) and labels[0].start() < numbers[0].start()
    for index, number in enumerate(numbers):
        start = numbers[index - 1].end() if index else 0
        end = numbers[index + 1].start() if index + 1 < len(numbers) else len(sentence)
        own = [
            match
            for match in labels
            if (start <= match.start() < number.start() if labels_lead else number.end() <= match.start() < end)
        ]
        before, after = (_words(part) for part in (sentence[start : number.start()], sentence[number.end() : end]))
        yield BaselineRead(
            text=sentence,
            of_what=(after or (before if index == 0 else ""))[:255],
            label=_label(own[-1]) if own else "",
            value=Decimal(number["digits"].replace(",", "") + (number["decimals"] or "")),
            qualifier=_qualifier(sentence[start : number.start()], number),
        )


def _can_be_kept(number: re.Match[str]) -> bool:
    """Not longer than any figure a KPI can have, and not "01621": a telephone number is none."""
    digits, decimals = number["digits"].replace(",", ""), (number["decimals"] or "").lstrip(".")
    is_a_code = len(digits) > 1 and digits.startswith("0")
    return not is_a_code and len(digits) <= LONGEST_FIGURE and len(decimals) <= MOST_DECIMALS


def _is_label(match: re.Match[str]) -> bool:
    """Two years that follow each other, or a month with its year; "10-18" is neither."""
    if match["month"]:
        return True
    first, second = (int(part[-2:]) for part in re.split(r"\s?[/–-]\s?", match["pair"]))
    return (first + 1) % 100 == second


def _words(part: str) -> str:
    """What a figure counts: the words beside it without years, "x", "Baseline" and marks."""
    part = BASELINE.sub(" ", LABEL.sub(" ", part))
    for _, pattern in QUALIFIERS:
        part = pattern.sub(" ", part)
    return one_line(re.sub(r"^\s*x\s+", "", part, flags=re.IGNORECASE)).strip(NOT_ABOUT_ANYTHING)


def _qualifier(before: str, number: re.Match[str]) -> Qualifier:
    if (number["after"] or "").strip() == "+":
        return Qualifier.AT_LEAST
    return next((qualifier for qualifier, pattern in QUALIFIERS if pattern.search(before)), Qualifier.EXACTLY)


def _with_primary(found: list[BaselineRead]) -> list[BaselineRead]:
    """The one to compare with: the only figure, or the latest year of several figures that count the same."""
    figures = [read for read in found if read.value is not None]
    if len(figures) > 1 and (
        len({read.of_what for read in figures}) > 1 or len({read.label for read in figures}) < len(figures)
    ):
        return found
    primary = max(figures, key=lambda read: read.label)
    return [replace(read, is_primary=read is primary) for read in found]

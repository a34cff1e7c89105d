"""What one cell of a table of KPIs states: a figure as it is written, or a word for why there is none.

"n/a", "TBC", "NYA" and "-" are no nought; "412 (p)" is provisional; "95.4% (62/65)" is a share with its parts.
"""

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from csp_tracker.text import one_line
from indicators.values import DECIMALS, Qualifier, ReadingState, parse_figure

DASHES = re.compile(r"[-\u2010-\u2015\u2212_.…/\\ ]*")
NO_FIGURE = (
    (
        ReadingState.NOT_DUE,
        re.compile(
            r"\b(?:not (?:yet )?due|not applicable|reported (?:annually|yearly|in q\w* ?\d|at year end)"
            r"|annual(?:ly)?(?: (?:measure|indicator|figure|survey|data|kpi|pi))?$|year end only"
            r"|not reported this quarter)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ReadingState.AWAITED,
        re.compile(
            r"\b(?:nya|tbc|tba|t\.b\.c|not (?:yet )?(?:received|published|released)|not yet available|await(?:ed|ing)"
            r"|pending|to (?:be )?(?:confirmed|follow|be advised)|data due)\b",
            re.IGNORECASE,
        ),
    ),
    (
        ReadingState.NOT_AVAILABLE,
        re.compile(
            r"^\W*(?:n/?\.?a\.?|n/k|nk|x|\[x\]|none)\W*$|\b(?:not (?:available|known|recorded|collected|measured)"
            r"|unavailable|no (?:data|figures?|information|longer (?:collected|available))|suppressed|unknown)\b"
            r"|^\W*(?:nil return)\W*$|^#?(?:n/a|ref!|div/0!|value!|name\?)$",
            re.IGNORECASE,
        ),
    ),
)
ERROR_VALUE = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)", re.IGNORECASE)
LONGEST_WORD_FOR_NONE = 60
LONGEST_FIGURE = 200  # characters of a cell: what is longer is a story, and not searched for figures
PROVISIONAL = re.compile(
    r"\s*(?:\(p(?:rov(?:isional)?\.?)?\)|\bprov(?:isional)?\.?$|(?<=[\d%])\s*p$)\s*", re.IGNORECASE
)
REVISED = re.compile(r"\s*(?:\(r(?:ev(?:ised)?\.?)?\)|\brev(?:ised)?\.?$|(?<=[\d%])\s*r$)\s*", re.IGNORECASE)
NOTE_MARK = re.compile(r"\s*(?:\[(?:note )?\w{1,3}\]|\*+|[\u00b9\u00b2\u00b3\u2020\u2021]+)\s*$", re.IGNORECASE)
ARROWS = re.compile(r"[\u2190-\u21ff\u25b2\u25b3\u25bc\u25bd\u25c4\u25ba\u2b06\u2b07\u2b95\u27a1\ufe0f]")
PARTS = re.compile(r"(?P<part>\d[\d,]*(?:\.\d+)?)\s*(?:/|out of|of)\s*(?P<whole>\d[\d,]*(?:\.\d+)?)", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\s*\((?P<inner>[^()]*)\)\s*")
FIGURE_FIRST = re.compile(
    r"(?P<figure>[-+\u2212]?\s?£?\d[\d,]*(?:\.\d+)?\s?(?:%|per ?cent\b|k\b)?)"
    r"\s*(?P<words>(?:per\s[\d,]+)?\s?[a-z '/-]*)",
    re.IGNORECASE,
)
LONG_FRACTION = re.compile(rf"(?<![\d.])(\d[\d,]*)(\.\d{{{DECIMALS + 1},}})")
ANSWERS = {"yes": Decimal(1), "y": Decimal(1), "no": Decimal(0), "n": Decimal(0)}
NOUGHTS = {"nil", "zero", "nought"}
DOUBTFUL_ROUNDING = 2  # decimals kept of a figure that the file holds unrounded


@dataclass(frozen=True)
class Stated:
    """One cell's figure, or the word for why there is none; `words` is the cell as it stands."""

    words: str
    value: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACTLY
    state: ReadingState = ReadingState.FINAL
    is_share: bool = False  # written with a per cent sign
    is_pounds: bool = False
    is_answer: bool = False  # yes or no
    is_readable: bool = True
    decimals: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    beside: str = ""  # words that stand beside the figure


def read_stated(text: str) -> Stated | None:
    """What the cell states; None where it states nothing, as a blank or a dash does."""
    words = one_line(text)
    if DASHES.fullmatch(words):
        return None
    if len(words) > LONGEST_FIGURE:
        return Stated(words, is_readable=False)
    if len(words) <= LONGEST_WORD_FOR_NONE and (state := state_of(words)) is not None:
        return Stated(words, state=state)
    if words.casefold().rstrip(".") in ANSWERS:
        return Stated(words, value=ANSWERS[words.casefold().rstrip(".")], is_answer=True)
    if words.casefold().rstrip(".") in NOUGHTS:
        return Stated(words, value=Decimal(0))
    bare, state = without_marks(words)
    return _figure(words, bare, state) or _figure_with_words(words, bare, state) or Stated(words, is_readable=False)


def state_of(words: str) -> ReadingState | None:
    """Why there is no figure, where the words of a cell without any say so."""
    if ERROR_VALUE.fullmatch(words.strip()):
        return ReadingState.NOT_AVAILABLE
    if re.search(r"\d", re.sub(r"\bq\w* ?\d\b", "", words, flags=re.IGNORECASE)):
        return None
    return next((state for state, pattern in NO_FIGURE if pattern.search(words)), None)


def without_marks(words: str) -> tuple[str, ReadingState]:
    """The figure without arrows, note marks, and the letters for provisional and revised."""
    bare = NOTE_MARK.sub("", ARROWS.sub(" ", words)).strip()
    state = ReadingState.PROVISIONAL if PROVISIONAL.search(bare) else ReadingState.FINAL
    return one_line(REVISED.sub(" ", PROVISIONAL.sub(" ", bare))), state


def _figure(words: str, bare: str, state: ReadingState, beside: str = "") -> Stated | None:
    """The cell as a figure and nothing else."""
    if parts := _parts(bare):
        return Stated(words, state=state, beside=beside, numerator=parts[0], denominator=parts[1])
    typed, was_long = _rounded(bare)
    try:
        value, qualifier = parse_figure(typed)
    except ValueError:
        return None
    exponent = int(value.as_tuple().exponent)
    decimals = min(max(0, -exponent), DECIMALS)
    return Stated(
        words=words,
        value=value,
        qualifier=qualifier,
        state=state,
        is_share=bool(re.search(r"%|per ?cent|\dpc", bare, re.IGNORECASE)),
        is_pounds="£" in bare,
        decimals=min(decimals, DOUBTFUL_ROUNDING) if was_long else decimals,
        beside=beside,
    )


def _figure_with_words(words: str, bare: str, state: ReadingState) -> Stated | None:
    """ "34 days", "95.4% (62/65)", "412 (Q1: 398)": the figure that leads, with the rest beside it."""
    brackets = [match["inner"] for match in IN_BRACKETS.finditer(bare)]
    without = one_line(IN_BRACKETS.sub(" ", bare))
    found = FIGURE_FIRST.fullmatch(without)
    leading = found["figure"] if found else without
    beside = "; ".join(one_line(part) for part in [found["words"] if found else "", *brackets] if part and part.strip())
    read = _figure(words, leading.strip(), state, beside)
    if read is None or (not brackets and not found):
        return None
    parts = next((pair for inner in brackets if (pair := _parts(inner))), None)
    if parts is None or not _is_share_of(read, *parts):
        return read
    return replace(read, numerator=parts[0], denominator=parts[1])


def _parts(words: str) -> tuple[Decimal, Decimal] | None:
    """ "62/65" and "62 out of 65"; "2022/23" is a year, and "10/4" nothing that we know."""
    found = PARTS.fullmatch(words.strip())
    if found is None:
        return None
    part, whole = plain_figure(found["part"]), plain_figure(found["whole"])
    return (part, whole) if whole and part <= whole else None


def _is_share_of(read: Stated, part: Decimal, whole: Decimal) -> bool:
    """Whether the parts give the share that they stand beside."""
    share = part / whole
    return read.value is not None and min(abs(share * 100 - read.value), abs(share - read.value)) < 1


def _rounded(typed: str) -> tuple[str, bool]:
    """A fraction with more places than we keep, rounded: a workbook often shows 12.3333333333333."""

    def shorten(match: re.Match[str]) -> str:
        number = Decimal(match[1].replace(",", "") + match[2])
        return str(number.quantize(Decimal(1).scaleb(-DECIMALS), rounding=ROUND_HALF_UP).normalize())

    rounded = LONG_FRACTION.sub(shorten, typed)
    return rounded, rounded != typed


def plain_figure(digits: str) -> Decimal:
    """Digits with their commas, as a number."""
    return Decimal(digits.replace(",", ""))

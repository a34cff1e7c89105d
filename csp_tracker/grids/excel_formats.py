"""How a sheet shows a number: 1.10 is not 1.1, 0.959 may be 95.9%, and 42491 may be May 2016."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

LONGEST_FORMAT = 255  # characters, as in Excel
MOST_PLACES = 15  # Excel itself keeps no more digits
#: Formats that every workbook has without saying so.
BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "£#,##0", 6: "£#,##0", 7: "£#,##0.00", 8: "£#,##0.00", 9: "0%",
    10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    41: "#,##0", 42: "£#,##0", 43: "#,##0.00", 44: "£#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
}  # fmt: skip
NO_FORMAT = {"", "general", "standard", "@"}
EPOCH, EPOCH_OF_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 -- a sheet's dates have no zone
DAY_ADDED = 60  # Excel believes in 29 February 1900
PIECE = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | \\(?P<escaped>.) | _(?P<width>.) | \*(?P<filler>.)
    | \[\$(?P<currency>[^\]-]*)[^\]]*\] | \[(?P<bracket>[^\]]*)\]
    | (?P<digits>[\#0?][\#0?,]*(?:\.[\#0?]*)?|\.[\#0?]+) | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def is_date(code: str) -> bool:
    """Whether the format shows a day, a month, a year or an hour."""
    if code.lower() in NO_FORMAT:
        return False
    first, *_ = _sections(code)
    return any(piece.lastgroup == "other" and piece[0] in "dmyhsDMYHS" for piece in first) or _is_duration(first)


def moment(number: float, code: str, *, from_1904: bool) -> datetime | time | timedelta | None:
    """The day and hour the number stands for under a format of dates; None for one that is no day."""
    first, *_ = _sections(code)
    if number < 0:
        return None
    try:
        if _is_duration(first):
            return timedelta(seconds=round(number * 86_400))
        day, fraction = divmod(number, 1)
        clock = timedelta(milliseconds=round(fraction * 86_400_000))
        if 0 <= number < 1 and not clock.days:
            return (EPOCH + clock).time()
        if number < DAY_ADDED and not from_1904:
            day += 1
        return (EPOCH_OF_1904 if from_1904 else EPOCH) + timedelta(days=day) + clock
    except (OverflowError, ValueError):
        return None


def shown_moment(value: datetime | date | time | timedelta, code: str = "") -> str:
    """“3 May 2016”, or “May 2016” and “2016” where the sheet shows no more of it."""
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    letters = {piece[0].lower() for piece in _sections(code)[0] if piece.lastgroup == "other"}
    clock = f" {value:%H:%M}" if isinstance(value, datetime) and value.time() != time() else ""
    if "d" in letters or "h" in letters or not letters & set("my"):
        return f"{value.day} {value:%B} {value.year}{clock}"
    return f"{value:%B} {value.year}" if "m" in letters else str(value.year)


def shown_number(number: Decimal, code: str) -> str:
    """The number as the format shows it; as it is where the format hides it or says something else instead."""
    sections = _sections(code)
    own = number < 0 and len(sections) > 1
    layout = _Layout.of(sections[1] if own else sections[0])
    if layout is None or abs(number) >= 10**MOST_PLACES:
        return plain(number)
    try:
        return layout.shown(number)
    except InvalidOperation:
        return plain(number)


def plain(number: Decimal) -> str:
    """All its digits."""
    return f"{number.normalize():f}" if number else "0"


Section = list[re.Match[str]]


@lru_cache
def _sections(code: str) -> list[Section]:
    """The format's parts: for numbers above nought, below it, for nought and for words."""
    sections: list[Section] = [[]]
    for piece in PIECE.finditer(code[:LONGEST_FORMAT]):
        if piece["other"] == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    return sections


def _is_duration(section: Section) -> bool:
    """Hours that go on beyond the day, or minutes beyond the hour."""
    return any(piece["bracket"] and set(piece["bracket"].lower()) <= set("hms") for piece in section)


@dataclass(frozen=True)
class _Layout:
    """One part of a format that shows a number and words around it."""

    before: str
    digits: str
    after: str
    is_per_cent: bool

    @classmethod
    def of(cls, section: Section) -> "_Layout | None":
        """None where there is no number to be seen, or one in a way that is not known here: a fraction, a power."""
        places = [index for index, piece in enumerate(section) if piece["digits"]]
        brackets = [piece["bracket"] for piece in section if piece["bracket"]]
        if len(places) != 1 or any(mark in bracket for bracket in brackets for mark in "<>="):
            return None
        words = ["".join(_words(part)) for part in (section[: places[0]], section[places[0] + 1 :])]
        marks = {piece["other"] for piece in section}
        if marks & {"E", "e", "/"}:
            return None
        return cls(words[0].lstrip(), section[places[0]]["digits"], words[1].rstrip(), "%" in marks)

    def shown(self, number: Decimal) -> str:
        before, after = self.before, self.after
        if before.endswith("(") and after.startswith(")"):  # an accountant's minus
            before, after = before[:-1], after[1:]
        size = abs(number) * (100 if self.is_per_cent else 1)
        whole, _, decimals = self.digits.partition(".")
        size /= 1000 ** (len(whole) - len(whole.rstrip(",")))
        rounded = size.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
        has_commas = "," in whole.rstrip(",")
        text = _without_needless(f"{rounded:,f}" if has_commas else f"{rounded:f}", decimals)
        if not has_commas and not decimals:
            text = text.rjust(min(whole.count("0"), MOST_PLACES), "0")
        minus = "-" if number < 0 and rounded and "-" not in before else ""
        return f"{minus}{before}{text}{after}"


def _without_needless(text: str, decimals: str) -> str:
    """Noughts at the end go where the format only makes room for digits: 0.0# shows 1.50 as 1.5."""
    optional = len(decimals) - decimals.count("0")
    kept = text
    while optional and kept.endswith("0"):
        kept, optional = kept[:-1], optional - 1
    return kept.rstrip(".") if decimals else kept


def _words(section: Section) -> Iterator[str]:
    for piece in section:
        if piece["width"]:
            yield " "
        elif not piece["filler"] and not piece["bracket"]:
            yield piece["quoted"] or piece["escaped"] or piece["currency"] or piece["other"] or ""

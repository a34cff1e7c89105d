"""What the words of a timescale amount to: a kind, and a date only where it is certain.

The words themselves are always kept. "May 2016" is a month without a day; "23 rd February" without a year is no date at
all, and where work *starts* is not when it is due.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.values import DatePrecision, Recurrence, TimescaleKind
from csp_tracker.periods import FinancialYear, Quarter, last_day_of_month
from csp_tracker.text import one_line

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
DAY = r"(?<!\d)(?P<day>\d{1,2})\s*(?:st|nd|rd|th)?"
YEAR = r"(?P<year>(?:19|20)\d\d|['’]?\d\d)(?![\d/])"
# In this order: the longer form of a date hides the shorter one inside it.
DAY_WRITTEN = re.compile(rf"{DAY}\s+(?:of\s+)?{MONTH},?\s+{YEAR}", re.IGNORECASE)
DAY_IN_FIGURES = re.compile(
    r"(?<![\d./-])(?P<day>\d{1,2})\s?[./-]\s?(?P<month>\d{1,2})\s?[./-]\s?(?P<year>(?:19|20)?\d\d)(?![\d/])"
)
DAY_IN_ISO = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
QUARTER = re.compile(
    r"\b(?:q|qtr\s?|quarter\s)(?P<number>[1-4])\s*,?\s*(?:of\s+)?(?P<first>(?:19|20)\d\d)\s?[/-]\s?(?P<second>\d{2,4})\b",
    re.IGNORECASE,
)
FINANCIAL_YEAR = re.compile(r"(?<![\d/.-])(?P<first>(?:19|20)\d\d)\s?[/–-]\s?(?P<second>(?:20)?\d\d)(?![\d/.-])")
MONTH_WRITTEN = re.compile(rf"\b{MONTH}\s*,?\s*(?P<year>(?:19|20)\d\d|['’]\d\d)(?!\d)", re.IGNORECASE)
DAY_OF_EACH_YEAR = re.compile(rf"{DAY}\s+(?:of\s+)?{MONTH}", re.IGNORECASE)

# "Mar-16" is how Excel shows the month that somebody typed as "March 2016".
MONTH_IN_EXCEL = re.compile(r"^\W*(?P<month>[a-z]{3})-(?P<year>\d\d)\W*$", re.IGNORECASE)
ANY_DIGIT = re.compile(r"\d")
SERIAL = re.compile(r"(?P<days>[34]\d{4}|50\d{3})(?:\.\d+)?")  # from 1982 to 2039
FIRST_SERIAL = date(1899, 12, 30)
ANY_MONTH = MONTH.replace("?P<month>", "?:")
NO_YEAR = re.compile(
    r"(?:by |end |early |mid |late |of |the |in |start )*"
    rf"(?:q(?:uarter|tr)?\s?[1-4]|{ANY_MONTH}(?:\s*(?:[-–/&]|to|and)\s*{ANY_MONTH})?(?:\s\d\d?)?)\W*",
    re.IGNORECASE,
)

ONGOING = re.compile(
    r"^\W*(?:on-?\s?going|continu(?:ous|al|ing)(?:ly)?|rolling|throughout|all year|as (?:and when|required))\b",
    re.IGNORECASE,
)
NOT_A_DEADLINE = re.compile(
    r"\b(?:start(?:s|ed|ing)?|beg[ai]ns?|began|commenc\w+|since|launched|from|selected)\b", re.IGNORECASE
)
BETWEEN = re.compile(r"^\s*(?:-|–|—|to|until|till)\s*(?:the\s+)?(?:end\s+(?:of\s+)?)?$", re.IGNORECASE)
RECURRENCES = (
    (
        Recurrence.HALF_YEARLY,
        re.compile(r"\b(?:half-?\s?yearly|bi-?annual(?:ly)?|twice (?:a|per) year|six-?\s?monthly)\b", re.IGNORECASE),
    ),
    (Recurrence.QUARTERLY, re.compile(r"\b(?:quarterly|(?:each|every) quarter)\b", re.IGNORECASE)),
    (Recurrence.MONTHLY, re.compile(r"\b(?<!-)(?:monthly|(?:each|every) month)\b", re.IGNORECASE)),
    (Recurrence.YEARLY, re.compile(r"\b(?:annual(?:ly)?|yearly|(?:each|every) year|per annum)\b", re.IGNORECASE)),
)


@dataclass(frozen=True)
class Timescale:
    """What could be read; the names are those of the Action model. A date is the last day that its precision allows."""

    kind: TimescaleKind = TimescaleKind.UNCLEAR
    starts_on: date | None = None
    due_on: date | None = None
    due_precision: DatePrecision | None = None
    recurrence: Recurrence | None = None
    recurs_month: int | None = None
    recurs_day: int | None = None


@dataclass(frozen=True)
class DateDoubt:
    """Words that look like a date and give none: a day there is not, or one of no year."""

    words: str
    is_impossible: bool


@dataclass(frozen=True)
class DateFound:
    """A date in some words: its first and last day, how exact it is, and where it stands."""

    first: date
    last: date
    precision: DatePrecision
    start: int
    end: int


def read_timescale(words: str) -> Timescale:
    """The kind of a timescale, with the date it is due where there is exactly one, or with its first and last."""
    text = one_line(words)
    if serial := _day_of_serial(text):
        return Timescale(TimescaleKind.BY_DATE, due_on=serial, due_precision=DatePrecision.DAY)
    if ONGOING.search(text):
        return Timescale(TimescaleKind.ONGOING)
    for recurrence, pattern in RECURRENCES:
        if pattern.search(text):
            return _recurring(text, recurrence)
    dates = find_dates(text)
    if len(dates) == 1 and not NOT_A_DEADLINE.search(text):
        return _by(dates[0])
    if len(dates) == 2 and BETWEEN.match(text[dates[0].end : dates[1].start]) and dates[0].first <= dates[1].last:
        return _by(dates[1], starts_on=dates[0].first)
    return Timescale()


def find_start(words: str) -> date | None:
    """The first day of the only date in a column of starts."""
    text = one_line(words)
    dates = find_dates(text)
    return _day_of_serial(text) or (dates[0].first if len(dates) == 1 else None)


def find_dates(text: str) -> list[DateFound]:
    """Every date with a year in the words, in order; an impossible one is not a date."""
    return sorted(_find(text)[0], key=lambda one: one.start)


def doubts_in(words: str) -> list[DateDoubt]:
    """What looks like a date in a timescale and is none: "31 June 2016", or "by the 31st of March"."""
    text = one_line(words)
    found, impossible = _find(text)
    doubts = [DateDoubt(match[0].strip(), is_impossible=True) for match in impossible]
    if found or doubts or read_timescale(words).kind is not TimescaleKind.UNCLEAR:
        return doubts
    without_year = DAY_OF_EACH_YEAR.search(text) or NO_YEAR.fullmatch(text)
    if without_year is None:
        return []
    is_there = "day" not in without_year.groupdict() or _day(
        2000, _month(without_year["month"]), int(without_year["day"])
    )
    return [DateDoubt(without_year[0].strip(), is_impossible=not is_there)]


def _find(text: str) -> tuple[list[DateFound], list[re.Match[str]]]:
    """The dates in some words, and the days among them that there are not; those hide no month or year inside them."""
    found: list[DateFound] = []
    impossible: list[re.Match[str]] = []
    if not ANY_DIGIT.search(text):
        return found, impossible
    for pattern, reader in READERS:
        for match in pattern.finditer(text):
            places = [(one.start, one.end) for one in found] + [one.span() for one in impossible]
            if any(match.start() < end and start < match.end() for start, end in places):
                continue
            period = reader(match)
            if period is not None:
                found.append(DateFound(*period, match.start(), match.end()))
            elif reader is _read_day:
                impossible.append(match)
    return found, impossible


def is_serial(words: str) -> bool:
    """Whether it is a number that Excel counts days by."""
    return SERIAL.fullmatch(one_line(words)) is not None


def _day_of_serial(text: str) -> date | None:
    """The day that Excel counts as "42460": what is left of a date whose format was lost."""
    match = SERIAL.fullmatch(text)
    return FIRST_SERIAL + timedelta(days=int(match["days"])) if match else None


def _by(due: DateFound, *, starts_on: date | None = None) -> Timescale:
    return Timescale(TimescaleKind.BY_DATE, starts_on=starts_on, due_on=due.last, due_precision=due.precision)


def _recurring(text: str, recurrence: Recurrence) -> Timescale:
    day = DAY_OF_EACH_YEAR.search(text) if recurrence is Recurrence.YEARLY else None
    if day is None or _day(2000, _month(day["month"]), int(day["day"])) is None:
        return Timescale(TimescaleKind.RECURRING, recurrence=recurrence)
    return Timescale(
        TimescaleKind.RECURRING, recurrence=recurrence, recurs_month=_month(day["month"]), recurs_day=int(day["day"])
    )


Read = tuple[date, date, DatePrecision] | None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int:
    return MONTHS.index(name[:3].lower()) + 1


def _year(digits: str) -> int:
    digits = digits.strip("'’")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _read_day(match: re.Match[str]) -> Read:
    month = int(match["month"]) if match["month"].isdigit() else _month(match["month"])
    day = _day(_year(match["year"]), month, int(match["day"]))
    return (day, day, DatePrecision.DAY) if day else None


def _read_month(match: re.Match[str]) -> Read:
    first = date(_year(match["year"]), _month(match["month"]), 1)
    return first, last_day_of_month(first), DatePrecision.MONTH


def _read_month_in_excel(match: re.Match[str]) -> Read:
    return _read_month(match) if match["month"].lower() in MONTHS else None


def _read_quarter(match: re.Match[str]) -> Read:
    try:
        year = FinancialYear.parse(f"{match['first']}/{match['second']}")
    except ValueError:
        return None
    quarter = Quarter(year.first, int(match["number"]))
    return quarter.starts_on, quarter.ends_on, DatePrecision.QUARTER


def _read_financial_year(match: re.Match[str]) -> Read:
    try:
        year = FinancialYear.parse(f"{match['first']}/{match['second']}")
    except ValueError:
        return None
    return year.starts_on, year.ends_on, DatePrecision.YEAR


READERS = (
    (DAY_WRITTEN, _read_day),
    (DAY_IN_ISO, _read_day),
    (DAY_IN_FIGURES, _read_day),
    (QUARTER, _read_quarter),
    (FINANCIAL_YEAR, _read_financial_year),
    (MONTH_WRITTEN, _read_month),
    (MONTH_IN_EXCEL, _read_month_in_excel),
)

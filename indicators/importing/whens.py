"""Which month, quarter or year words name: "Q2 2024/25", "Apr-24", "July to September 2024", "2023-24".

Words often name only half of it ("Q2" on a sheet of its own): the year then comes from the sheet, its title or the
file's name, or is asked for.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from csp_tracker.text import one_line

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
CALENDAR_YEAR = r"(?:(?:19|20)\d\d)"
LONGEST = 300  # characters that are searched for a period
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
TO = r"\s*(?:to|and|[-–—/])\s*"

YEARS = re.compile(r"(?<!\d)(?:fy\s?)?((?:19|20)?\d\d)\s?[/–_-]\s?((?:20)?\d\d)(?![\d/])(?!\.\d)", re.IGNORECASE)
QUARTER = re.compile(
    r"\b(?:q(?:uarter|tr)?s?\.?\s?(?P<number>[1-4])|(?P<ordinal>[1-4])(?:st|nd|rd|th)\s+q(?:uarter|tr)"
    r"|(?P<word>first|second|third|fourth)\s+q(?:uarter|tr))(?!\d)",
    re.IGNORECASE,
)
MONTHS = re.compile(
    rf"\b(?P<first>{MONTH})(?:\s*['’]?(?P<first_year>{CALENDAR_YEAR}|\d\d(?!\d)))?{TO}(?P<last>{MONTH})(?![a-z])"
    rf"(?:\s*['’]?(?P<last_year>{CALENDAR_YEAR}|\d\d(?!\d)))?",
    re.IGNORECASE,
)
DAY = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{MONTH})\s+(?P<year>{CALENDAR_YEAR})\b", re.IGNORECASE
)
ONE_MONTH = re.compile(
    rf"\b(?P<month>{MONTH})(?![a-z])(?:\s*[-/'’ ]?\s*(?P<year>{CALENDAR_YEAR}|\d\d(?!\d)))?", re.IGNORECASE
)
CODED_MONTH = re.compile(
    rf"(?<!\d)(?:(?P<year>{CALENDAR_YEAR})-(?P<month>0[1-9]|1[0-2])"
    rf"|(?P<month_first>0?[1-9]|1[0-2])/(?P<year_last>{CALENDAR_YEAR}))(?!\d)"
)
ONE_YEAR = re.compile(rf"(?<![\d/.-])({CALENDAR_YEAR})(?![\d/-])")
AS_AT = re.compile(r"\b(?:as at|to|ended|ending|end of|up to|position at)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class When:
    """What words say of a period, as far as they say it. `calendar_year` is that of a month, or of nothing sure."""

    year: FinancialYear | None = None
    quarter: int | None = None
    month: int | None = None
    calendar_year: int | None = None

    @property
    def is_nothing(self) -> bool:
        return self == When()

    @property
    def kind(self) -> PeriodKind | None:
        """How long a period it names."""
        if self.month is not None:
            return PeriodKind.MONTH
        if self.quarter is not None:
            return PeriodKind.QUARTER
        return PeriodKind.YEAR if self.year else None

    def financial_year(self, otherwise: FinancialYear | None = None) -> FinancialYear | None:
        """The year it names, or lies in, or else the one given."""
        if self.year is not None:
            return self.year
        if self.calendar_year is not None:
            return _year_of(self.calendar_year, self.month)
        return otherwise

    def period(self, otherwise: FinancialYear | None = None) -> Period | None:
        """The period, its year taken from elsewhere where the words name none; None where they name no period."""
        year = self.financial_year(otherwise)
        if year is None or self.kind is None:
            return None
        if self.month is not None:
            first = year.first if self.month >= year.starts_on.month else year.first + 1
            return Period(date(self.calendar_year or first, self.month, 1), PeriodKind.MONTH)
        return Period.of_quarter(Quarter(year.first, self.quarter)) if self.quarter else Period.of_year(year)


def _year_of(calendar_year: int, month: int | None) -> FinancialYear:
    """The financial year of a month; "Q4 2024" is taken for that of the year beginning in 2024, as councils write."""
    if month is not None:
        return FinancialYear.containing(date(calendar_year, month, 1))
    return FinancialYear(calendar_year)


def read_when(words: str) -> tuple[When, str]:
    """The period that words name, and the words without it."""
    words = one_line(words)
    rest, beyond = words[:LONGEST], words[LONGEST:]
    when = When()
    for found, match in _found_in(rest):
        when = _joined(when, found)
        rest = rest[: match.start()] + " " * len(match[0]) + rest[match.end() :]
    return when, one_line(rest + beyond).strip(" -–—:,;()[]/.")


def names_quarter_end(words: str) -> Quarter | None:
    """The quarter that "as at 30 September 2024" or "to end of September 2024" closes."""
    words = one_line(words)[:LONGEST]
    for pattern in (DAY, ONE_MONTH):
        for match in pattern.finditer(words):
            if match["year"] and AS_AT.search(words[: match.start()]):
                day = date(_four_digits(match["year"]), _month(match["month"]), 1)
                return Quarter.containing(day)
    return None


def _found_in(words: str) -> Iterator[tuple[When, re.Match[str]]]:
    """What is named, longest kind of words first; what one kind has taken is blank for the next."""
    for pattern, read in (
        (YEARS, _read_years),
        (CODED_MONTH, _read_coded),
        (QUARTER, _read_quarter),
        (DAY, _read_month),
        (MONTHS, _read_months),
        (ONE_MONTH, _read_month),
        (ONE_YEAR, lambda match: When(calendar_year=int(match[1]))),
    ):
        for match in pattern.finditer(words):
            if (when := read(match)) is not None:
                words = words[: match.start()] + " " * len(match[0]) + words[match.end() :]
                yield when, match


def _joined(when: When, found: When) -> When:
    """Two findings as one; of two that differ the first stays, and months that spell out a quarter only add a year."""
    if when.quarter is not None and found.quarter is not None:
        spelt_out = found.quarter == when.quarter and when.year is None
        return replace(when, year=found.year) if spelt_out else when
    if when.month is not None or (when.quarter is not None and found.month is not None):
        return when if when.year or when.calendar_year else replace(when, year=found.year)
    return When(
        year=when.year or found.year,
        quarter=when.quarter or found.quarter,
        month=found.month,
        calendar_year=when.calendar_year or found.calendar_year,
    )


def _read_years(match: re.Match[str]) -> When | None:
    first, second = match[1], match[2]
    century = first[:2] if len(first) == 4 else "20"
    if len(first) == 2 and not 0 <= int(first) <= 60:
        century = "19"
    try:
        return When(year=FinancialYear.parse(f"{century}{first[-2:]}/{second[-2:]}"))
    except ValueError:
        return None


def _read_coded(match: re.Match[str]) -> When:
    return When(
        month=int(match["month"] or match["month_first"]), calendar_year=int(match["year"] or match["year_last"])
    )


def _read_quarter(match: re.Match[str]) -> When:
    digit = match["number"] or match["ordinal"]
    return When(quarter=int(digit) if digit else ORDINALS[match["word"].lower()])


def _read_months(match: re.Match[str]) -> When | None:
    """ "July to September 2024" is a quarter, "April 2024 to March 2025" a year; other spans are no period."""
    first, last = _month(match["first"]), _month(match["last"])
    stated = match["last_year"] or match["first_year"]
    year = FinancialYear.containing(date(_four_digits(stated), last, 1)) if stated else None
    if (first, last) == (4, 3):
        return When(year=year)
    if first in (1, 4, 7, 10) and last == first + 2:
        return When(year=year, quarter=Quarter.containing(date(2000, first, 1)).number)
    return None


def _read_month(match: re.Match[str]) -> When | None:
    if match["month"] == "may" and not match["year"]:  # "figures may change"
        return None
    return When(month=_month(match["month"]), calendar_year=_four_digits(match["year"]) if match["year"] else None)


def _month(word: str) -> int:
    names = [name.lower() for name in calendar.month_abbr]
    return names.index(word[:3].lower())


def _four_digits(year: str) -> int:
    return int(year) if len(year) == 4 else 2000 + int(year)

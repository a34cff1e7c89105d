"""Financial years, quarters and the periods a figure is for: the one place that knows when a quarter starts.

The partnership year runs from 1 April to 31 March and is written 2009/10. Q4 is January to March of the next calendar
year. Nothing here reads the clock: "today" is an argument.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from django.db import models

FIRST_MONTH = 4
QUARTERS_IN_A_YEAR = 4
MONTHS_IN_A_QUARTER = 3

YEAR_WRITTEN = re.compile(r"(\d{4})\s*[-/\u2010-\u2014]\s*(\d{2}|\d{4})", re.ASCII)
QUARTER_CODE = re.compile(r"(\d{4}-\d{2})-Q([1-4])", re.ASCII | re.IGNORECASE)
QUARTER_PRINTED = re.compile(r"Q([1-4])\s+(\d{4}/\d{2,4})", re.ASCII | re.IGNORECASE)
MONTH_CODE = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
YEAR_CODE = re.compile(r"(\d{4}-\d{2})-year", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, order=True)
class FinancialYear:
    """The year from 1 April to 31 March, known by the calendar year it begins in: 2009 for 2009/10."""

    first: int

    def __post_init__(self) -> None:
        if not date.min.year <= self.first < date.max.year:
            raise ValueError(f"There is no financial year beginning in {self.first}.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "2009/10", "2009-10" or "2009/2010"."""
        found = YEAR_WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"“{text}” is not a financial year such as 2009/10.")
        first, second = int(found[1]), found[2]
        if second != f"{first + 1:04d}"[-len(second) :]:
            raise ValueError(f"“{text}” is not a financial year: the second year must follow the first, as in 2009/10.")
        return cls(first)

    @classmethod
    def containing(cls, day: date) -> Self:
        return cls(day.year if day.month >= FIRST_MONTH else day.year - 1)

    @property
    def starts_on(self) -> date:
        return date(self.first, FIRST_MONTH, 1)

    @property
    def ends_on(self) -> date:
        return date(self.first + 1, FIRST_MONTH - 1, 31)

    @property
    def quarters(self) -> "tuple[Quarter, Quarter, Quarter, Quarter]":
        return Quarter(self.first, 1), Quarter(self.first, 2), Quarter(self.first, 3), Quarter(self.first, 4)

    @property
    def next(self) -> Self:
        return type(self)(self.first + 1)

    @property
    def previous(self) -> Self:
        return type(self)(self.first - 1)

    @property
    def code(self) -> str:
        return f"{self.first:04d}-{(self.first + 1) % 100:02d}"

    def __str__(self) -> str:
        return self.code.replace("-", "/")


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a financial year; `year` is the calendar year in which that financial year begins."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in range(1, QUARTERS_IN_A_YEAR + 1):
            raise ValueError(f"There is no quarter {self.number}: quarters are numbered 1 to 4.")
        FinancialYear(self.year)  # refuses a year that no date can have

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the code "2009-10-Q4", or what is printed: "Q4 2009/10"."""
        text = text.strip()
        if found := QUARTER_CODE.fullmatch(text):
            year, number = found[1], found[2]
        elif found := QUARTER_PRINTED.fullmatch(text):
            year, number = found[2], found[1]
        else:
            raise ValueError(f"“{text}” is not a quarter such as 2009-10-Q4.")
        return cls(FinancialYear.parse(year).first, int(number))

    @classmethod
    def containing(cls, day: date) -> Self:
        months_in = (day.month - FIRST_MONTH) % 12
        return cls(FinancialYear.containing(day).first, months_in // MONTHS_IN_A_QUARTER + 1)

    @classmethod
    def last_ended(cls, today: date) -> Self:
        """The newest quarter whose last day is before today."""
        return cls.containing(today).previous

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        year, number = divmod(ordinal, QUARTERS_IN_A_YEAR)
        return cls(year, number + 1)

    @property
    def ordinal(self) -> int:
        """A number that rises by one each quarter: what the database stores and sorts by."""
        return self.year * QUARTERS_IN_A_YEAR + self.number - 1

    @property
    def code(self) -> str:
        return f"{self.financial_year.code}-Q{self.number}"

    @property
    def financial_year(self) -> FinancialYear:
        return FinancialYear(self.year)

    @property
    def starts_on(self) -> date:
        months = FIRST_MONTH - 1 + (self.number - 1) * MONTHS_IN_A_QUARTER
        return date(self.year + months // 12, months % 12 + 1, 1)

    @property
    def ends_on(self) -> date:
        return last_day_of_month(_add_months(self.starts_on, MONTHS_IN_A_QUARTER - 1))

    @property
    def next(self) -> Self:
        return self.from_ordinal(self.ordinal + 1)

    @property
    def previous(self) -> Self:
        return self.from_ordinal(self.ordinal - 1)

    @property
    def same_last_year(self) -> Self:
        return type(self)(self.year - 1, self.number)

    @property
    def in_words(self) -> str:
        """ "January to March 2010"."""
        return f"{calendar.month_name[self.starts_on.month]} to {_month_in_words(self.ends_on)}"

    def __str__(self) -> str:
        return f"Q{self.number} {self.financial_year}"


class PeriodKind(models.TextChoices):
    """How long a period is."""

    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"


@dataclass(frozen=True, order=True)
class Period:
    """The month, quarter or financial year that a reading or a target is for."""

    starts_on: date
    kind: PeriodKind

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", PeriodKind(self.kind))
        if self.starts_on != _start_of(self.kind, self.starts_on):
            raise ValueError(f"{self.starts_on.isoformat()} is not the first day of a {self.kind.value}.")

    @classmethod
    def containing(cls, kind: PeriodKind, day: date) -> Self:
        return cls(_start_of(PeriodKind(kind), day), kind)

    @classmethod
    def of_quarter(cls, quarter: Quarter) -> Self:
        return cls(quarter.starts_on, PeriodKind.QUARTER)

    @classmethod
    def of_year(cls, year: FinancialYear) -> Self:
        return cls(year.starts_on, PeriodKind.YEAR)

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read a code: "2009-06", "2009-10-Q1" or "2009-10-year"; also a year or quarter as printed, "2009/10"."""
        code = code.strip()
        if found := MONTH_CODE.fullmatch(code):
            return cls(date(int(found[1]), int(found[2]), 1), PeriodKind.MONTH)
        if found := YEAR_CODE.fullmatch(code):
            return cls.of_year(FinancialYear.parse(found[1]))
        if "Q" in code.upper():
            return cls.of_quarter(Quarter.parse(code))
        if "/" in code:
            return cls.of_year(FinancialYear.parse(code))
        raise ValueError(f"“{code}” is not a month, quarter or year such as 2009-06, 2009-10-Q1 or 2009/10.")

    @property
    def ends_on(self) -> date:
        if self.kind == PeriodKind.MONTH:
            return last_day_of_month(self.starts_on)
        return self.quarter.ends_on

    @property
    def quarter(self) -> Quarter:
        """The quarter in which the period ends: the one its figure is reported in."""
        if self.kind == PeriodKind.YEAR:
            return self.financial_year.quarters[-1]
        return Quarter.containing(self.starts_on)

    @property
    def financial_year(self) -> FinancialYear:
        return FinancialYear.containing(self.starts_on)

    @property
    def next(self) -> Self:
        return self.containing(self.kind, self.ends_on + timedelta(days=1))

    @property
    def previous(self) -> Self:
        return self.containing(self.kind, self.starts_on - timedelta(days=1))

    @property
    def same_last_year(self) -> Self:
        return type(self)(self.starts_on.replace(year=self.starts_on.year - 1), self.kind)

    @property
    def code(self) -> str:
        """Unlike the year's own code this one says "year": "2009-10" alone is also October 2009."""
        if self.kind == PeriodKind.MONTH:
            return f"{self.starts_on.year:04d}-{self.starts_on.month:02d}"
        if self.kind == PeriodKind.QUARTER:
            return self.quarter.code
        return f"{self.financial_year.code}-year"

    def __str__(self) -> str:
        if self.kind == PeriodKind.MONTH:
            return _month_in_words(self.starts_on)
        return str(self.quarter if self.kind == PeriodKind.QUARTER else self.financial_year)


def last_day_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _add_months(day: date, months: int) -> date:
    """The first day of the month so many months after the month of `day`."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


def _start_of(kind: PeriodKind, day: date) -> date:
    if kind == PeriodKind.MONTH:
        return day.replace(day=1)
    if kind == PeriodKind.QUARTER:
        return Quarter.containing(day).starts_on
    return FinancialYear.containing(day).starts_on


def _month_in_words(day: date) -> str:
    return f"{calendar.month_name[day.month]} {day.year}"

"""When things happened in the demonstration, counted from the quarter that is open today."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from csp_tracker.periods import FinancialYear, Quarter

PLACE = re.compile(r"\{(?P<what>quarter|year)(?P<offset>[+-]\d)?\}")
FILLED = range(-4, 0)  # the quarters with approved updates, seen from the open one
MEASURED = range(-8, 0)  # those with figures


@dataclass(frozen=True)
class Calendar:
    """The fixtures speak of "quarter-1" and "{year}"; this knows which those are, seen from `today`."""

    today: date

    @property
    def open(self) -> Quarter:
        """The quarter that runs today: its round is open, so that people can write as they go."""
        return Quarter.containing(self.today)

    def quarter(self, offset: int) -> Quarter:
        """So many quarters after the open one, or before it."""
        return Quarter.from_ordinal(self.open.ordinal + offset)

    def year(self, offset: int) -> FinancialYear:
        """So many years after the current one, or before it."""
        return FinancialYear(self.open.year + offset)

    def fill(self, words: str) -> str:
        """ "By {quarter+1}" with the quarter's name in its place."""
        return PLACE.sub(lambda found: str(self._named(found["what"], found["offset"])), words)

    def last_day(self, code: str) -> date:
        """The last day of "quarter-1" or "year"."""
        found = PLACE.fullmatch(f"{{{code}}}")
        if found is None:
            raise ValueError(f"“{code}” is no quarter or year of the demonstration.")
        return self._named(found["what"], found["offset"]).ends_on

    def _named(self, what: str, offset: str | None) -> Quarter | FinancialYear:
        return self.quarter(int(offset or 0)) if what == "quarter" else self.year(int(offset or 0))

    def after(self, quarter: Quarter, days: int) -> datetime:
        """That many days after the quarter's end, but never after today."""
        return self.on(min(quarter.ends_on + timedelta(days=days), self.today))

    def beginning(self) -> datetime:
        """When the plan was made: in the month before it began."""
        return self.on(self.year(-1).starts_on - timedelta(days=20))

    def now(self) -> datetime:
        """Today, in the morning."""
        return self.on(self.today)

    @staticmethod
    def on(day: date) -> datetime:
        """That day, in the morning."""
        return timezone.make_aware(datetime.combine(day, time(9, 30)))

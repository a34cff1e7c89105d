"""The words an action, a plan and an update may carry: choices the models store and the rules read."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

from django.db import models


class TimescaleKind(models.TextChoices):
    """What the timescale's words amount to."""

    BY_DATE = "by_date", "By a date"
    ONGOING = "ongoing", "Ongoing"
    RECURRING = "recurring", "Recurring"
    UNCLEAR = "unclear", "Unclear"


class DatePrecision(models.TextChoices):
    """How exactly a due date was given; the stored date is the last day it allows."""

    DAY = "day", "Day"
    MONTH = "month", "Month"
    QUARTER = "quarter", "Quarter"
    YEAR = "year", "Year"


class ActionStatus(models.TextChoices):
    """Where an action stands in its life; not a light."""

    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETE = "complete", "Complete"
    PAUSED = "paused", "Paused"
    CLOSED_NOT_NEEDED = "closed_not_needed", "Closed: not needed"
    CLOSED_NO_RESOURCES = "closed_no_resources", "Closed: no resources"
    SUPERSEDED = "superseded", "Superseded"

    @property
    def is_closed(self) -> bool:
        """Ended without being completed."""
        return self in CLOSED_STATUSES

    @property
    def is_open(self) -> bool:
        """Still owes an update each quarter."""
        return not self.is_closed and self is not ActionStatus.COMPLETE


# For queries and constraints, which cannot ask a property.
CLOSED_STATUSES = (ActionStatus.CLOSED_NOT_NEEDED, ActionStatus.CLOSED_NO_RESOURCES, ActionStatus.SUPERSEDED)


class PlanStatus(models.TextChoices):
    """Draft plans are seen by managers only; closed plans are read, not updated."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    CLOSED = "closed", "Closed"


class UpdateState(models.TextChoices):
    """How far an update has come; drafts and returned ones never count."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    APPROVED = "approved", "Approved"

    @property
    def counts(self) -> bool:
        """Its light is the action's light for the quarter."""
        return self in COUNTED_STATES


COUNTED_STATES = (UpdateState.SUBMITTED, UpdateState.APPROVED)


class UpdateOrigin(models.TextChoices):
    """Who gave the words: a person on the page, or an imported file."""

    PERSON = "person", "Written here"
    IMPORTED = "imported", "Imported"


class Recurrence(models.TextChoices):
    """How often a recurring action comes round; the day and month it falls on are kept beside it."""

    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    HALF_YEARLY = "half_yearly", "Half-yearly"
    YEARLY = "yearly", "Yearly"

    @property
    def months(self) -> int:
        """Months from one occurrence to the next."""
        return {
            Recurrence.MONTHLY: 1,
            Recurrence.QUARTERLY: 3,
            Recurrence.HALF_YEARLY: 6,
            Recurrence.YEARLY: 12,
        }[self]


@dataclass(frozen=True)
class Recurs:
    """How often, and on which day and month: "yearly on 31 March". A day the month lacks means the month's last."""

    every: Recurrence
    day: int = 31
    month: int = 3

    def __post_init__(self) -> None:
        if not (1 <= self.day <= 31 and 1 <= self.month <= 12):
            raise ValueError("A recurring date needs a day from 1 to 31 and a month from 1 to 12.")

    @classmethod
    def parse(cls, code: str) -> Self:
        """Read what `code` wrote: "yearly 03-31"."""
        found = re.fullmatch(r"(\w+) (\d{2})-(\d{2})", code.strip(), re.ASCII)
        if found is None or found[1] not in Recurrence.values:
            raise ValueError(f"“{code}” does not say how often, such as yearly 03-31.")
        return cls(Recurrence(found[1]), int(found[3]), int(found[2]))

    @property
    def code(self) -> str:
        """What is stored."""
        return f"{Recurrence(self.every).value} {self.month:02d}-{self.day:02d}"

    def on_or_after(self, day: date) -> date:
        """The next occurrence, that day included."""
        months = day.year * 12 + day.month - 1
        step = Recurrence(self.every).months
        months += (self.month - 1 - months) % step
        found = self._in_month(months)
        return found if found >= day else self._in_month(months + step)

    def _in_month(self, months: int) -> date:
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))

"""The words an action, a plan and an update may carry: choices the models store and the rules read."""

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
        """Neither complete nor closed; what is paused is open too."""
        return not self.is_closed and self is not ActionStatus.COMPLETE

    @property
    def owes_updates(self) -> bool:
        """An update is asked for each quarter: none of what has ended, and none of what is paused."""
        return self not in OWES_NOTHING


# For queries and constraints, which cannot ask a property.
CLOSED_STATUSES = (ActionStatus.CLOSED_NOT_NEEDED, ActionStatus.CLOSED_NO_RESOURCES, ActionStatus.SUPERSEDED)
OWES_NOTHING = (ActionStatus.COMPLETE, ActionStatus.PAUSED, *CLOSED_STATUSES)


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


class CarryDecision(models.TextChoices):
    """What becomes of an action when its plan is rolled forward."""

    AS_IS = "as_is", "Carried as it is"
    AMENDED = "amended", "Carried with new words"
    MERGED = "merged", "Merged into another action"
    COMPLETED = "completed", "Completed"
    DROPPED = "dropped", "Dropped"

    @property
    def goes_on(self) -> bool:
        """The action stands in the next plan as one of its own."""
        return self in (CarryDecision.AS_IS, CarryDecision.AMENDED)


#: For constraints, which cannot ask a property: these lead to an action of the next plan.
CARRIED = (CarryDecision.AS_IS, CarryDecision.AMENDED, CarryDecision.MERGED)

"""The words a KPI may carry, and its figures in and out of words: 1,884, −7.2%, £2,000, about 400."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from django.db import models

MINUS = "\u2212"
DIGITS = 60  # more than any figure we keep, so that sums and shares of stored figures are never rounded on the way
LARGEST = 18  # powers of ten beyond which a figure is taken to be a mistake


class Unit(models.TextChoices):
    """What a KPI's figures are."""

    NUMBER = "number", "Number"
    PER_CENT = "per_cent", "Per cent"
    RATE = "rate", "Rate"
    POUNDS = "pounds", "Pounds"
    SCORE = "score", "Score"
    YES_NO = "yes_no", "Yes or no"


class Polarity(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"
    BAND = "band", "Within a band"
    MONITOR = "monitor", "Monitor only"


class ReadingState(models.TextChoices):
    """Whether there is a figure, and if not, why not. None of these is a nought."""

    FINAL = "final", "Final"
    PROVISIONAL = "provisional", "Provisional"
    AWAITED = "awaited", "Awaited"
    NOT_AVAILABLE = "not_available", "Not available"
    NOT_DUE = "not_due", "Not due"

    @property
    def has_figure(self) -> bool:
        return self in (ReadingState.FINAL, ReadingState.PROVISIONAL)


class BaselineState(models.TextChoices):
    """Whether a baseline states a figure, and if not, why not."""

    STATED = "stated", "Stated"
    NEW_INITIATIVE = "new_initiative", "New initiative"
    NONE = "none", "None"
    AWAITED = "awaited", "Awaited"
    NOT_AVAILABLE = "not_available", "Not available"


class CompareWith(models.TextChoices):
    """What a rating scheme sets a figure against."""

    TARGET = "target", "Target"
    BASELINE = "baseline", "Baseline"
    PREVIOUS_PERIOD = "previous_period", "Previous period"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year", "Same period last year"


class ToleranceIn(models.TextChoices):
    """What a tolerance is counted in: relative is per cent, but points where the KPI itself is a percentage."""

    RELATIVE = "relative", "Per cent (points for percentages)"
    UNITS = "units", "The KPI's own units"


class TargetKind(models.TextChoices):
    """A target is a figure to reach, or a change from the baseline."""

    VALUE = "value", "Figure"
    PER_CENT_CHANGE = "per_cent_change", "% change from baseline"


class Qualifier(models.TextChoices):
    """How exactly a figure was stated."""

    EXACTLY = "exactly", "Exactly"
    ABOUT = "about", "About"
    AT_LEAST = "at_least", "At least"
    AT_MOST = "at_most", "At most"


class RollUp(models.TextChoices):
    """How months make a quarter and quarters a year."""

    SUM = "sum", "Sum"
    LATEST = "latest", "Latest"
    AVERAGE = "average", "Average"
    MAXIMUM = "maximum", "Maximum"
    RATIO = "ratio", "Ratio of sums"


class Frequency(models.TextChoices):
    """How often a KPI is due."""

    MONTH = "month", "Monthly"
    QUARTER = "quarter", "Quarterly"
    YEAR = "year", "Yearly"
    ONE_OFF = "one_off", "One-off"

"""What the partnership measures: KPIs with baselines, targets and readings, and the schemes that rate them."""

from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from csp_tracker.models import Agency, FileImport, Partnership, User
from csp_tracker.periods import Period, PeriodKind
from csp_tracker.querysets import OfPartnershipQuerySet
from csp_tracker.rag import RAG
from csp_tracker.writing import Tracked
from indicators.querysets import IndicatorQuerySet, OfIndicatorQuerySet
from indicators.values import (
    BaselineState,
    CompareWith,
    CrimeType,
    Frequency,
    Polarity,
    Qualifier,
    ReadingState,
    RollUp,
    TargetKind,
    ToleranceIn,
    Unit,
)

PERIOD_KINDS = [(kind.value, kind.value.capitalize()) for kind in PeriodKind]


def figure(verbose_name: str) -> models.DecimalField:
    """A column for a value in the KPI's unit; None where there is no figure."""
    return models.DecimalField(verbose_name, max_digits=18, decimal_places=4, null=True, blank=True)


class Indicator(Tracked):
    """One thing the partnership measures over the years; plans use it, it outlives them."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="indicators")
    reference = models.CharField("reference", max_length=40, blank=True)
    name = models.TextField("name")
    definition = models.TextField("definition", blank=True)
    why = models.TextField("why it matters", blank=True)
    source = models.CharField("source of the figures", max_length=255, blank=True)
    unit = models.CharField("unit", max_length=20, choices=Unit, default=Unit.NUMBER)
    rate_per = models.PositiveIntegerField("rate per", null=True, blank=True)
    decimals = models.PositiveSmallIntegerField("decimal places", default=0)
    polarity = models.CharField("better when", max_length=20, choices=Polarity, default=Polarity.MONITOR)
    roll_up = models.CharField("months and quarters add up by", max_length=20, choices=RollUp, default=RollUp.SUM)
    frequency = models.CharField("reported every", max_length=20, choices=Frequency, default=Frequency.QUARTER)
    due_quarter = models.PositiveSmallIntegerField("due in quarter", default=4)
    is_context = models.BooleanField("context: measured, not owned, by the partnership", default=False)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="part of"
    )
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="owned_indicators", verbose_name="owner"
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name="agency"
    )
    not_for_publication = models.BooleanField("not for publication", default=False)
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)
    imported_from = models.ForeignKey(
        FileImport, models.PROTECT, null=True, blank=True, editable=False, related_name="indicators"
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("reference", "pk")
        verbose_name = "KPI"
        verbose_name_plural = "KPIs"
        constraints = [
            models.UniqueConstraint(
                fields=("partnership", "reference"),
                condition=~Q(reference=""),
                name="indicator_reference_once",
                violation_error_message="Another KPI of the partnership has this reference.",
            ),
            models.CheckConstraint(
                condition=Q(due_quarter__range=(1, 4)),
                name="indicator_due_quarter_is_one_to_four",
                violation_error_message="The quarter must be 1, 2, 3 or 4.",
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=4),
                name="indicator_at_most_four_decimals",
                violation_error_message="Use at most four decimal places.",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                name="indicator_not_part_of_itself",
                violation_error_message="A KPI cannot be a part of itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}".strip()

    def get_absolute_url(self) -> str:
        """The KPI's own page."""
        return reverse("indicator", args=[self.pk])


class RatingScheme(models.Model):
    """One rule for lights, from a date on: the partnership's default or one KPI's own. Never edited, only followed."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="rating_schemes")
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="rating_schemes", verbose_name="KPI"
    )
    effective_from = models.DateField("effective from")
    compare_with = models.CharField("compare with", max_length=30, choices=CompareWith, default=CompareWith.TARGET)
    tolerance_in = models.CharField("tolerance in", max_length=20, choices=ToleranceIn, default=ToleranceIn.RELATIVE)
    green_tolerance = models.DecimalField("green within", max_digits=9, decimal_places=4, default=0)
    amber_tolerance = models.DecimalField("amber within", max_digits=9, decimal_places=4, default=10)
    amber_if_no_worse = models.BooleanField("amber if no worse than the same period last year", default=False)
    follows_partnership = models.BooleanField("back to the partnership’s rule", default=False)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    made_at = models.DateTimeField("made", default=timezone.now, editable=False)

    objects = OfPartnershipQuerySet.as_manager()

    class Meta:
        ordering = ("-effective_from", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("partnership", "effective_from"),
                condition=Q(indicator__isnull=True),
                name="rating_scheme_default_once_a_day",
                violation_error_message="The partnership already has a scheme from that date.",
            ),
            models.UniqueConstraint(
                fields=("indicator", "effective_from"),
                condition=Q(indicator__isnull=False),
                name="rating_scheme_override_once_a_day",
                violation_error_message="The KPI already has a scheme from that date.",
            ),
            models.CheckConstraint(
                condition=Q(amber_tolerance__gte=F("green_tolerance")),
                name="rating_scheme_amber_beyond_green",
                violation_error_message="The amber tolerance must not be smaller than the green one.",
            ),
            models.CheckConstraint(
                condition=Q(follows_partnership=False) | Q(indicator__isnull=False),
                name="rating_scheme_only_a_kpi_goes_back",
                violation_error_message="Only one KPI can go back to the partnership’s rule. Choose the KPI.",
            ),
        ]

    def __str__(self) -> str:
        what = "The partnership’s rule" if self.follows_partnership else self.get_compare_with_display()
        return f"{what} from {self.effective_from:%-d %B %Y}"


class Baseline(Tracked):
    """One starting point of a KPI, in the words of whoever stated it; a figure only where there is one."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="baselines", verbose_name="KPI")
    position = models.PositiveSmallIntegerField("position", default=0)
    of_what = models.CharField("of what", max_length=255, blank=True)
    label = models.CharField("period", max_length=60, blank=True)
    value = figure("value")
    qualifier = models.CharField("qualifier", max_length=20, choices=Qualifier, default=Qualifier.EXACTLY)
    state = models.CharField("state", max_length=20, choices=BaselineState, default=BaselineState.STATED)
    text = models.TextField("as stated", blank=True)
    is_primary = models.BooleanField("the one to compare with", default=False)

    objects = OfIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("indicator",),
                condition=Q(is_primary=True),
                name="baseline_one_primary",
                violation_error_message="Another baseline is already the one to compare with.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) | Q(state=BaselineState.STATED),
                name="baseline_figure_only_where_stated",
                violation_error_message="A baseline that was not stated has no figure.",
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | Q(value__isnull=False),
                name="baseline_primary_has_a_figure",
                violation_error_message="Only a baseline with a figure can be compared with.",
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.label} {self.value}".strip()


@lru_cache(maxsize=4096)
def _period(kind: str, starts_on: date) -> Period:
    """Asked for many times of each row while KPIs are compared."""
    return Period(starts_on, PeriodKind(kind))


class ForPeriod(Tracked):
    """A row about one period of a KPI."""

    period_kind = models.CharField("kind of period", max_length=10, choices=PERIOD_KINDS)
    period_starts_on = models.DateField("period begins")

    class Meta:
        abstract = True

    @property
    def period(self) -> Period:
        """The month, quarter or year the row is about."""
        return _period(self.period_kind, self.period_starts_on)

    @period.setter
    def period(self, period: Period) -> None:
        self.period_kind, self.period_starts_on = period.kind.value, period.starts_on


class Target(ForPeriod):
    """What a KPI is to reach by the end of one period: a value, a band, or a change from the primary baseline."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="targets", verbose_name="KPI")
    kind = models.CharField("kind", max_length=20, choices=TargetKind, default=TargetKind.VALUE)
    value = figure("value")
    low = figure("from")
    high = figure("to")
    text = models.TextField("as stated", blank=True)

    objects = OfIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("period_starts_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("indicator", "period_kind", "period_starts_on"),
                name="target_once_a_period",
                violation_error_message="The KPI already has a target for this period.",
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")),
                name="target_band_the_right_way_round",
                violation_error_message="The band must begin below its end.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | Q(low__isnull=False) | Q(high__isnull=False) | ~Q(text=""),
                name="target_says_something",
                violation_error_message="Enter a figure, a band or the words of the target.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.VALUE) | Q(value__isnull=True) | Q(low__isnull=True, high__isnull=True),
                name="target_is_figure_or_band",
                violation_error_message="Enter a figure or a band, not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.text or self.value}"


class Reading(ForPeriod):
    """What was measured for one KPI in one period: a figure in its unit, or an honest word for why there is none."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="readings", verbose_name="KPI")
    value = figure("value")
    numerator = figure("numerator")
    denominator = figure("denominator")
    qualifier = models.CharField("qualifier", max_length=20, choices=Qualifier, default=Qualifier.EXACTLY)
    state = models.CharField("state", max_length=20, choices=ReadingState, default=ReadingState.FINAL)
    note = models.TextField("note", blank=True)
    first_value = figure("first reported as")
    source = models.CharField("source", max_length=255, blank=True)
    series_break = models.BooleanField("counted differently from here on", default=False)
    series_break_words = models.TextField("what changed in the counting", blank=True)
    published_rag = models.CharField("light as published", max_length=20, choices=RAG, blank=True)
    published_word = models.CharField("its word as published", max_length=120, blank=True)
    rating = models.CharField("light", max_length=20, choices=RAG, default=RAG.NOT_RATED)
    rating_why = models.TextField("why", blank=True)
    scheme = models.ForeignKey(RatingScheme, models.PROTECT, null=True, blank=True, related_name="+")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    entered_at = models.DateTimeField("entered", default=timezone.now, editable=False)

    objects = OfIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("period_starts_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("indicator", "period_kind", "period_starts_on"),
                name="reading_once_a_period",
                violation_error_message="The KPI already has a reading for this period.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(ReadingState.FINAL, ReadingState.PROVISIONAL), value__isnull=False)
                | (~Q(state__in=(ReadingState.FINAL, ReadingState.PROVISIONAL)) & Q(value__isnull=True)),
                name="reading_value_fits_its_state",
                violation_error_message="Enter a figure, or say why there is none: not both.",
            ),
            models.CheckConstraint(
                condition=Q(series_break=False) | ~Q(series_break_words=""),
                name="reading_series_break_explained",
                violation_error_message="Say what changed in the counting.",
            ),
            models.CheckConstraint(
                condition=Q(denominator__isnull=True) | ~Q(denominator=0),
                name="reading_denominator_not_zero",
                violation_error_message="The denominator must not be 0.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.value if self.value is not None else self.get_state_display().lower()}"


class PoliceSeries(Tracked):
    """The crime types of data.police.uk whose count in the district is, month by month, the figure of one KPI."""

    indicator = models.OneToOneField(Indicator, models.PROTECT, related_name="police_series", verbose_name="KPI")
    crime_types = models.JSONField("crime types", default=list)
    archived_at = models.DateTimeField("archived", null=True, blank=True, editable=False)

    objects = OfIndicatorQuerySet.as_manager()

    class Meta:
        ordering = ("indicator__reference", "pk")
        verbose_name = "KPI counted by the police"
        verbose_name_plural = "KPIs counted by the police"
        constraints = [
            models.CheckConstraint(
                condition=~Q(crime_types=[]),
                name="police_series_counts_something",
                violation_error_message="Choose at least one crime type.",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(one.label for one in self.kinds)

    def clean(self) -> None:
        """Keep each crime type once, in the order of the list; refuse what is none."""
        known = CrimeType.values
        if not isinstance(self.crime_types, list) or not set(self.crime_types) <= set(known):
            raise ValidationError({"crime_types": "Choose crime types of data.police.uk."})
        self.crime_types = sorted(set(self.crime_types), key=known.index)

    @property
    def kinds(self) -> tuple[CrimeType, ...]:
        """The crime types."""
        return tuple(CrimeType(one) for one in self.crime_types)

    @property
    def partnership_id(self) -> int:
        """Whose it is: the KPI's."""
        return self.indicator.partnership_id

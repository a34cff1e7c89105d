"""Admin of KPIs with their baselines, targets and own rules; readings are only looked up."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from csp_tracker.admin_base import (
    ArchivableAdmin,
    ArchivableForm,
    InUse,
    OwnRows,
    shortened,
)
from csp_tracker.periods import Period, PeriodKind
from indicators import services
from indicators.admin.shared import OfIndicatorAdmin, OfIndicatorInline, RuleInWords
from indicators.models import Baseline, Indicator, PoliceSeries, RatingScheme, Reading, Target
from indicators.values import CrimeType


class BaselineInline(OfIndicatorInline):
    """Where the KPI starts from."""

    model = Baseline
    fields = ("label", "of_what", "value", "qualifier", "state", "is_primary")


class TargetInline(OfIndicatorInline):
    """What the KPI is to reach."""

    model = Target
    fields = ("kind", "value", "low", "high", "text")


class OwnRuleInline(RuleInWords, OfIndicatorInline):
    """The KPI's own rules, the newest first; without any it is rated by the partnership's."""

    model = RatingScheme
    verbose_name_plural = "rating schemes of its own"
    fields = readonly_fields = ("rule", "in_force")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the day on which another version took its place."""
        return services.with_end(super().get_queryset(request))


@admin.register(Indicator)
class IndicatorAdmin(ArchivableAdmin):
    """What a partnership measures."""

    add_fields = (
        "partnership", "reference", "name", "definition", "why", "source", "unit", "rate_per", "decimals", "polarity",
        "roll_up", "frequency", "due_quarter", "is_context", "part_of", "owner", "agency", "not_for_publication",
    )  # fmt: skip
    fields = (*add_fields, "rated_by", "is_archived")
    readonly_fields = ("rated_by",)
    fixed_fields = ("partnership",)
    autocomplete_fields = ("part_of", "owner", "agency")
    inlines = (OwnRuleInline, BaselineInline, TargetInline)
    list_display = ("reference", "short_name", "unit", "polarity", "frequency", "owner", "agency", "partnership")
    list_display_links = ("reference", "short_name")
    list_filter = (
        ("partnership", OwnRows), "frequency", "unit", "polarity", "is_context", ("agency", OwnRows), InUse,
    )  # fmt: skip
    read_with = ("owner", "agency", "partnership")
    search_fields = ("reference", "name", "source", "owner__name")

    @admin.display(description="name", ordering="name")
    def short_name(self, indicator: Any) -> str:
        """As much of the name as a list has room for."""
        return shortened(indicator.name)

    @admin.display(description="how it is rated")
    def rated_by(self, indicator: Indicator) -> str:
        """The rule in force today as a sentence, and the way to another."""
        words = services.in_words(services.scheme_for(indicator, timezone.localdate()), indicator)
        url = reverse("admin:indicators_ratingscheme_add", query={"indicator": indicator.pk})
        return format_html('{} <a href="{}">Give it another rule from a day on</a>', words, url)

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new KPI has none yet."""
        return self.inlines if obj else ()

    def add_row(self, *, by: Any, **fields: Any) -> Indicator:
        return services.create_indicator(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Indicator:
        return services.change_indicator(indicator=row, version=version, reason=reason, by=by, **fields)

    def archive_row(self, *, row: Any, reason: str, by: Any) -> None:
        services.archive_indicator(indicator=row, reason=reason, by=by)

    def restore_row(self, *, row: Any, reason: str, by: Any) -> None:
        services.restore_indicator(indicator=row, reason=reason, by=by)


@admin.register(Baseline)
class BaselineAdmin(OfIndicatorAdmin):
    """Where KPIs start from."""

    fields = ("indicator", "of_what", "label", "value", "qualifier", "state", "text", "is_primary")
    fixed_fields = ("indicator",)
    list_display = ("kpi", "label", "value", "qualifier", "state", "is_primary")
    list_filter = (("indicator__partnership", OwnRows), "state", "is_primary")
    search_fields = ("indicator__reference", "indicator__name", "label", "text")

    def add_row(self, *, by: Any, **fields: Any) -> Baseline:
        return services.add_baseline(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Baseline:
        return services.change_baseline(baseline=row, version=version, reason=reason, by=by, **fields)


@admin.register(Target)
class TargetAdmin(OfIndicatorAdmin):
    """What KPIs are to reach; to change a target takes a reason."""

    fields = ("indicator", "period_kind", "period_starts_on", "kind", "value", "low", "high", "text")
    fixed_fields = ("indicator", "period_kind", "period_starts_on")
    list_display = ("kpi", "period_words", "kind", "value", "low", "high", "text")
    list_filter = (("indicator__partnership", OwnRows), "period_kind", "kind")
    search_fields = ("indicator__reference", "indicator__name", "text")

    def add_row(self, *, by: Any, **fields: Any) -> Target:
        kind, day = PeriodKind(fields.pop("period_kind")), fields.pop("period_starts_on")
        return services.set_target(period=Period.containing(kind, day), version=0, by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> Target:
        return services.set_target(
            indicator=row.indicator, period=row.period, version=version or 0, reason=reason, by=by, **fields
        )


@admin.register(Reading)
class ReadingAdmin(OfIndicatorAdmin):
    """Figures as they were entered; they are revised on the KPI's own page."""

    may_add = may_change = False
    fields = (
        "indicator", "period_words", "value", "qualifier", "state", "numerator", "denominator", "note", "first_value",
        "source", "series_break", "series_break_words", "rating", "rating_why", "scheme", "entered_by", "entered_at",
    )  # fmt: skip
    readonly_fields = ("period_words",)
    list_display = ("kpi", "period_words", "value", "state", "rating", "entered_at")
    list_filter = (("indicator__partnership", OwnRows), "period_kind", "state", "rating")
    search_fields = ("indicator__reference", "indicator__name", "note")
    ordering = ("-period_starts_on", "pk")


class PoliceSeriesForm(ArchivableForm):
    """Crime types to tick."""

    crime_types = forms.MultipleChoiceField(
        label="Crime types",
        choices=CrimeType.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="As data.police.uk names them; of several the sum is taken.",
    )
    is_archived = forms.BooleanField(
        label="Archived",
        required=False,
        help_text="No more figures are taken from police data. Those the KPI has stay.",
    )


@admin.register(PoliceSeries)
class PoliceSeriesAdmin(OfIndicatorAdmin, ArchivableAdmin):
    """KPIs whose monthly figures come from police data: see import_police_crime."""

    form = PoliceSeriesForm
    add_fields = ("indicator", "crime_types")
    fields = (*add_fields, "is_archived")
    fixed_fields = ("indicator",)
    list_display = ("kpi", "counted")
    list_filter = (("indicator__partnership", OwnRows), InUse)
    search_fields = ("indicator__reference", "indicator__name")

    @admin.display(description="crime types")
    def counted(self, series: Any) -> str:
        """The crime types in their words."""
        return str(series)

    def add_row(self, *, by: Any, **fields: Any) -> PoliceSeries:
        return services.add_police_series(by=by, **fields)

    def change_row(self, *, row: Any, version: int, reason: str, by: Any, **fields: Any) -> PoliceSeries:
        return services.change_police_series(series=row, version=version, reason=reason, by=by, **fields)

    def archive_row(self, *, row: Any, reason: str, by: Any) -> None:
        services.archive_police_series(series=row, reason=reason, by=by)

    def restore_row(self, *, row: Any, reason: str, by: Any) -> None:
        services.restore_police_series(series=row, reason=reason, by=by)

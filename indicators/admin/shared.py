"""What the admin pages of KPIs and of their rules share."""

from typing import Any

from django.contrib import admin
from django.utils import timezone

from csp_tracker.admin_base import ReadOnlyInline, ScopedAdmin, shortened
from indicators import services


class OfIndicatorInline(ReadOnlyInline):
    """Rows of a KPI below it."""

    partnership_path = "indicator__partnership"


class OfIndicatorAdmin(ScopedAdmin):
    """The admin of what belongs to one KPI."""

    partnership_path = "indicator__partnership"
    autocomplete_fields = ("indicator",)

    @admin.display(description="KPI", ordering="indicator__reference")
    def kpi(self, row: Any) -> str:
        """As much of the KPI's name as a list has room for."""
        return shortened(str(row.indicator))

    @admin.display(description="period", ordering="period_starts_on")
    def period_words(self, row: Any) -> str:
        """The period in words."""
        return str(row.period)


class RuleInWords:
    """A rule as a sentence, and when it is in force."""

    @admin.display(description="the rule")
    def rule(self, scheme: Any) -> str:
        """As a councillor reads it."""
        return services.rule_in_words(scheme)

    @admin.display(description="in force", ordering="effective_from")
    def in_force(self, scheme: Any) -> str:
        """From which day, and until when if another version follows."""
        return services.in_force(scheme, timezone.localdate())

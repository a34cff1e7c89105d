"""KPIs and their figures, as querysets that begin with who may see them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.querysets import OfPartnershipQuerySet
from csp_tracker.rag import RAG

if TYPE_CHECKING:
    from csp_tracker.models import User


class IndicatorQuerySet(OfPartnershipQuerySet):
    """KPIs."""

    def open(self) -> Self:
        """KPIs still measured."""
        return self.filter(archived_at__isnull=True)

    def for_listing(self, quarter: Quarter) -> Self:
        """What one row of a list shows besides its figures: owner, agency, and which reading speaks for the quarter.

        Adds `figure_id` and that reading's `light`; without a reading the KPI is not rated.
        """
        readings: models.QuerySet = OfIndicatorQuerySet(self.model._meta.get_field("readings").related_model)
        reported = readings.filter(indicator=OuterRef("pk")).on_quarter(quarter)  # type: ignore[attr-defined]
        return self.select_related("owner", "agency").annotate(
            figure_id=Subquery(reported.values("pk")[:1]),
            light=Coalesce(Subquery(reported.values("rating")[:1]), Value(RAG.NOT_RATED.value)),
        )


class OfIndicatorQuerySet(models.QuerySet):
    """Rows that belong to one KPI: baselines, targets, readings."""

    def visible_to(self, user: "User") -> Self:
        """Rows of KPIs of the partnerships the user is a current member of."""
        return self.filter(indicator__partnership__in=user.memberships.current().values("partnership"))

    def for_period(self, period: Period) -> Self:
        """Rows about this very period."""
        return self.filter(period_kind=period.kind, period_starts_on=period.starts_on)

    def on_quarter(self, quarter: Quarter) -> Self:
        """Rows that report on the quarter, the one that speaks for it first.

        That is the quarter's own, else its latest month's, else the year's from the quarter in which it is due; for a
        KPI reported once a year the year's comes first.
        """
        of_quarter = Q(period_kind=PeriodKind.QUARTER, period_starts_on=quarter.starts_on)
        of_month = Q(period_kind=PeriodKind.MONTH, period_starts_on__range=(quarter.starts_on, quarter.ends_on))
        of_year = Q(
            period_kind=PeriodKind.YEAR,
            period_starts_on=quarter.financial_year.starts_on,
            indicator__due_quarter__lte=quarter.number,
        )
        return (
            self.filter(of_quarter | of_month | of_year)
            .annotate(
                precedence=Case(
                    When(of_year, indicator__frequency=PeriodKind.YEAR, then=0),
                    When(of_quarter, then=1),
                    When(of_month, then=2),
                    default=3,
                )
            )
            .order_by("precedence", "-period_starts_on", "pk")
        )

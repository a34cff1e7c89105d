"""KPIs and their figures, as querysets that begin with who may see them."""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from csp_tracker.periods import Period, PeriodKind, Quarter
from csp_tracker.querysets import OfPartnershipQuerySet
from indicators.values import Frequency, ReadingState

if TYPE_CHECKING:
    from csp_tracker.models import User


class IndicatorQuerySet(OfPartnershipQuerySet):
    """KPIs."""

    def open(self) -> Self:
        """KPIs still measured."""
        return self.filter(archived_at__isnull=True)

    def due_in(self, quarter: Quarter) -> Self:
        """KPIs of which the quarter asks for a figure: `periods_due` as a filter."""
        every_quarter = Q(frequency__in=(Frequency.MONTH, Frequency.QUARTER))
        return self.filter(every_quarter | Q(due_quarter=quarter.number))

    def not_entered(self, asked: Mapping[Frequency, Collection[Period]]) -> Self:
        """KPIs of which one of the periods asked for by their frequency has neither a figure nor a word for none."""
        return self._with_readings(asked, lambda readings: ~Exists(readings))

    def with_reading_in(self, states: Collection[ReadingState], asked: Mapping[Frequency, Collection[Period]]) -> Self:
        """KPIs of which one of the periods asked for by their frequency has a reading in one of the states."""
        return self._with_readings(asked, lambda readings: Exists(readings.filter(state__in=states)))

    def _with_readings(
        self, asked: Mapping[Frequency, Collection[Period]], what: Callable[["OfIndicatorQuerySet"], Any]
    ) -> Self:
        found: Any = Q(pk__in=())
        for frequency, periods in asked.items():
            for period in periods:
                found |= Q(frequency=frequency) & what(self._own_readings().for_period(period))
        return self.filter(found)

    def _own_readings(self) -> "OfIndicatorQuerySet":
        readings: OfIndicatorQuerySet = OfIndicatorQuerySet(self.model._meta.get_field("readings").related_model)
        return readings.filter(indicator=OuterRef("pk"))

    def for_listing(self) -> Self:
        """What one row of a list shows besides how the KPI stands: owner and agency."""
        return self.select_related("owner", "agency")

    def with_stored_light(self, quarter: Quarter) -> Self:
        """Adds `figure_for`, the kind of period whose reading speaks for the quarter, with its `light` and `light_why`.

        A month is not the quarter: where that is all there is, `services.standings` puts the months together.
        """
        reported = self._own_readings().on_quarter(quarter)
        return self.annotate(
            figure_for=Subquery(reported.values("period_kind")[:1]),
            light=Subquery(reported.values("rating")[:1]),
            light_why=Subquery(reported.values("rating_why")[:1]),
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

"""KPIs and their figures, as querysets that begin with who may see them."""

from typing import TYPE_CHECKING, Self

from django.db import models

from csp_tracker.periods import Period
from csp_tracker.querysets import OfPartnershipQuerySet

if TYPE_CHECKING:
    from csp_tracker.models import User


class IndicatorQuerySet(OfPartnershipQuerySet):
    """KPIs."""

    def open(self) -> Self:
        """KPIs still measured."""
        return self.filter(archived_at__isnull=True)


class OfIndicatorQuerySet(models.QuerySet):
    """Rows that belong to one KPI: baselines, targets, readings."""

    def visible_to(self, user: "User") -> Self:
        """Rows of KPIs of the partnerships the user is a current member of."""
        return self.filter(indicator__partnership__in=user.memberships.current().values("partnership"))

    def for_period(self, period: Period) -> Self:
        """Rows about this very period."""
        return self.filter(period_kind=period.kind, period_starts_on=period.starts_on)

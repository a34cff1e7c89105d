"""How a scorecard is narrowed: the query string is the state."""

from typing import Any

import django_filters

from indicators.filters import StandingFilter
from indicators.querysets import IndicatorQuerySet
from reports.builders.scorecard import PlanKpis


class ScorecardFilter(StandingFilter):
    """Words, quarter, light, ours or context, priority."""

    priority = django_filters.ChoiceFilter(label="Priority", method="serving", empty_label="Any")

    def __init__(self, *args: Any, kpis: PlanKpis, **kwargs: Any) -> None:
        super().__init__(*args, queryset=kpis.queryset, **kwargs)
        self.kpis = kpis
        self.filters["priority"].extra["choices"] = list(kpis.priorities.items())

    def serving(self, queryset: IndicatorQuerySet, name: str, value: str) -> IndicatorQuerySet:
        """KPIs of the priority or of an action in it."""
        return queryset.filter(pk__in=self.kpis.of_priority[int(value)])

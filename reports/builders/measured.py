"""The measured lights of a plan's KPIs in one quarter, for a page that counts them and names the reds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q

from actions.models import ActionIndicator, Plan, PriorityIndicator
from csp_tracker.periods import PeriodKind, Quarter
from csp_tracker.rag import RAG, LightCounts
from indicators.models import Indicator
from indicators.querysets import IndicatorQuerySet
from indicators.services.standing import standings

#: The lights a KPI can have, in order; only an action is ever complete.
LIGHTS = (RAG.RED, RAG.AMBER, RAG.GREEN, RAG.NOT_RATED)


class Kpi(NamedTuple):
    """One KPI with its light, and the sentence that says why."""

    pk: int
    reference: str
    name: str
    is_context: bool
    figure_for: str | None
    light: RAG
    why: str


COLUMNS = ("pk", "reference", "name", "is_context", "figure_for", "light", "light_why")


@dataclass(frozen=True)
class KpiLights:
    """How many KPIs have which light, and the red ones."""

    counts: LightCounts
    reds: Sequence[Kpi] = ()

    @property
    def numbers(self) -> list[tuple[RAG, int]]:
        """Each light a KPI can have, with how many have it."""
        return [(light, getattr(self.counts, light.value)) for light in LIGHTS]


def kpi_lights(plan: Plan, quarter: Quarter) -> KpiLights:
    """One query; some more where quarters are to be put together from months. The lights are those of the scorecard."""
    kpis = [_told(row) for row in _kpis(plan).with_stored_light(quarter).values_list(*COLUMNS)]
    if monthly := [kpi.pk for kpi in kpis if kpi.figure_for == PeriodKind.MONTH]:
        stood = standings(Indicator.objects.filter(pk__in=monthly), quarter)
        verdicts = {pk: standing.verdict for pk, standing in stood.items()}
        kpis = [
            kpi._replace(light=verdicts[kpi.pk].rating, why=verdicts[kpi.pk].why) if kpi.pk in verdicts else kpi
            for kpi in kpis
        ]
    reds = [kpi for kpi in kpis if kpi.light is RAG.RED]
    counts = LightCounts.from_pairs((kpi.light, True) for kpi in kpis)
    return KpiLights(counts, sorted(reds, key=lambda kpi: kpi.is_context))


def _kpis(plan: Plan) -> IndicatorQuerySet:
    """The KPIs tied to what is in the plan, not to what was archived."""
    of_actions = ActionIndicator.objects.filter(action__plan=plan, action__archived_at=None)
    of_priorities = PriorityIndicator.objects.filter(priority__plan=plan, priority__archived_at=None)
    tied = Q(pk__in=of_actions.values("indicator")) | Q(pk__in=of_priorities.values("indicator"))
    return Indicator.objects.open().filter(tied)


def _told(row: Sequence[Any]) -> Kpi:
    """The row with its light; without a reading the KPI is not rated."""
    kpi = Kpi(*row)
    return kpi._replace(light=RAG(kpi.light or RAG.NOT_RATED), why=kpi.why or "")

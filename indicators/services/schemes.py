"""The rules that rate a KPI: which is in force, and how a new one begins."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from csp_tracker.models import Partnership, User
from csp_tracker.writing import refuse_foreign
from indicators.models import Indicator, RatingScheme
from indicators.rag import Scheme, describe
from indicators.values import CompareWith, Polarity, ToleranceIn, Unit

FIELDS = {"compare_with", "tolerance_in", "green_tolerance", "amber_tolerance", "amber_if_no_worse"}

#: What rates a KPI while its partnership has no scheme: on target green, within a tenth amber.
STANDARD = Scheme()


@transaction.atomic
def set_scheme(
    *, partnership: Partnership, effective_from: date, by: User, indicator: Indicator | None = None, **fields: Any
) -> RatingScheme:
    """Begin a new scheme for the partnership, or for one KPI. The old one stays, with every light it gave."""
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"A scheme has no {', '.join(sorted(unknown))}.")
    refuse_foreign(partnership, indicator)
    scheme = RatingScheme(
        partnership=partnership, indicator=indicator, effective_from=effective_from, made_by=by, **fields
    )
    scheme.full_clean()
    scheme.save()
    return scheme


def scheme_for(indicator: Indicator, on: date) -> RatingScheme | None:
    """The scheme in force on the day: the KPI's own, else the partnership's. None: the standard one."""
    own_or_default = Q(indicator=indicator) | Q(indicator__isnull=True, partnership=indicator.partnership_id)
    in_force = RatingScheme.objects.filter(own_or_default, effective_from__lte=on)
    return in_force.order_by(F("indicator").desc(nulls_last=True), "-effective_from").first()


def as_rule(scheme: RatingScheme | None) -> Scheme:
    """The row as the values that rag.py takes."""
    if scheme is None:
        return STANDARD
    return Scheme(
        compare_with=CompareWith(scheme.compare_with),
        green_tolerance=scheme.green_tolerance,
        amber_tolerance=scheme.amber_tolerance,
        tolerance_in=ToleranceIn(scheme.tolerance_in),
        amber_if_no_worse=scheme.amber_if_no_worse,
    )


def in_words(scheme: RatingScheme | None, indicator: Indicator) -> str:
    """How the KPI is rated, as a councillor reads it."""
    if indicator.polarity == Polarity.MONITOR:
        return "Monitored only: it is given no light."
    return describe(as_rule(scheme), Unit(indicator.unit))

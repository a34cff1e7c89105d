"""What a person accepts of what an import offers."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.importing.tree import Offer, OfferKind
from actions.models import Plan
from csp_tracker.models import User
from csp_tracker.periods import FinancialYear, Period
from indicators.models import Indicator
from indicators.services import change_indicator, record_reading, set_target
from indicators.values import Frequency


class NotOffered(ValidationError):
    """Only figures that the file states, for an action whose KPI is still there, can be taken."""

    def __init__(self) -> None:
        super().__init__("The plan has no KPI that these figures are offered for.")


@transaction.atomic
def accept_figures(*, offer: Offer, plan: Plan, by: User) -> Indicator:
    """Take the target and the outturn that an action's words state as figures of its KPI, for the target's year.

    The baseline is a row already. The KPI is then reported yearly, and better the way the target points.
    """
    action = plan.actions.filter(reference=offer.reference).first()
    indicator = action.indicators.first() if action and offer.kind is OfferKind.FIGURES else None
    if indicator is None:
        raise NotOffered
    said = offer.data
    year = Period.of_year(FinancialYear.parse(said["target_label"]))
    indicator = change_indicator(
        indicator=indicator,
        version=indicator.version,
        polarity=said["polarity"],
        frequency=Frequency.YEAR,
        reason=offer.sentence,
        by=by,
    )
    set_target(
        indicator=indicator,
        period=year,
        value=Decimal(said["target"]),
        text=f"{Decimal(said['target']):,f}",
        reason=offer.sentence,
        by=by,
    )
    if said["outturn"] is not None:
        note = f"Stated in the progress of {offer.reference}."
        record_reading(indicator=indicator, period=year, value=Decimal(said["outturn"]), note=note, by=by)
    return indicator

"""What a person accepts of what an import offers."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.importing.period import year_named
from actions.importing.timescales import find_dates
from actions.importing.tree import Offer, OfferKind
from actions.models import Plan
from csp_tracker.models import User
from csp_tracker.periods import FinancialYear, Period
from indicators.models import Indicator
from indicators.services import change_indicator, record_reading, set_target
from indicators.values import Frequency, Polarity

#: Why something that was accepted is not taken: what stands here stays.
FIGURES_HERE = "its KPI has figures of its own here"
SET_HERE = "here its KPI is measured another way"
WORDS_HERE = "its progress for the quarter was written here, or the quarter is locked"
ALREADY = "it is so here already"
NO_KPI = "it has no KPI"
LEFT_OUT = "the action is archived here"


class NotOffered(ValidationError):
    """Only figures that the file states, for an action whose KPI is still there, can be taken."""

    def __init__(self) -> None:
        super().__init__("The plan has no KPI that these figures are offered for.")


def accept_figures(*, offer: Offer, plan: Plan, by: User) -> Indicator:
    """Take the figures that are offered for an action of a plan as figures of the action's first KPI."""
    action = plan.actions.filter(reference=offer.reference).first()
    indicator = action.indicators.first() if action and offer.kind is OfferKind.FIGURES else None
    if indicator is None:
        raise NotOffered
    return take_figures(offer=offer, indicator=indicator, year=plan.first_quarter.financial_year, by=by)


@transaction.atomic
def take_figures(*, offer: Offer, indicator: Indicator, year: FinancialYear, by: User) -> Indicator:
    """Take the target and the outturn that an action's words state as figures of its KPI.

    They are for the year that the target names, else for `year`. The baseline is a row already. The KPI is then
    reported yearly, and better the way the target points.
    """
    said, period = offer.data, _period_of(offer, year)
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
        period=period,
        value=Decimal(said["target"]),
        text=f"{Decimal(said['target']):,f}",
        reason=offer.sentence,
        by=by,
    )
    if said["outturn"] is not None:
        note = f"Stated in the progress of {offer.reference}."
        record_reading(indicator=indicator, period=period, value=Decimal(said["outturn"]), note=note, by=by)
    return indicator


def why_no_figures(offer: Offer, indicator: Indicator, year: FinancialYear) -> str:
    """Why the figures are not taken for this KPI: what a person set or entered here is never overwritten."""
    said, period = offer.data, _period_of(offer, year)
    target, reading = indicator.targets.for_period(period).first(), indicator.readings.for_period(period).first()
    outturn = said["outturn"] and Decimal(said["outturn"])
    has_outturn = outturn is None or (reading is not None and reading.value == outturn)
    if target is not None and target.value == Decimal(said["target"]) and has_outturn:
        return ALREADY
    if indicator.readings.exists() or indicator.targets.exists():
        return FIGURES_HERE
    is_set = indicator.polarity not in (Polarity.MONITOR, said["polarity"])
    return SET_HERE if is_set else ""


def _period_of(offer: Offer, year: FinancialYear) -> Period:
    """The year the target is for, or that of the month it names; where it names none, the year the file tells of."""
    label = offer.data["target_label"]
    months = find_dates(label)
    return Period.of_year(year_named(label) or (FinancialYear.containing(months[0].first) if months else year))


def taken_in_words(offer: Offer) -> str:
    """What was done where an offer was taken."""
    said = offer.data
    match offer.kind:
        case OfferKind.FIGURES:
            outturn = f", outturn {Decimal(said['outturn']):,f}" if said["outturn"] is not None else ""
            period = f" for {said['target_label']}" if said["target_label"] else ""
            return f"{offer.reference}: figures of its KPI{period}: target {Decimal(said['target']):,f}{outturn}"
        case OfferKind.CARRIED_FORWARD:
            to_year = f" to {said['to_year']}" if said["to_year"] else ""
            return f"{offer.reference}: carried forward{to_year}, as it says “{said['words']}”"
        case OfferKind.SPLIT_INDICATOR:
            return f"{offer.reference}: each measure is a KPI of its own: {' · '.join(said['parts'])}"

"""Who may do what with KPIs: the table of roles, applied to a row."""

from django.db.models import Q

from csp_tracker.models import Partnership, User
from csp_tracker.people import Role
from csp_tracker.roles import Capability, Grant, grant, may, membership_of
from indicators.models import Indicator
from indicators.querysets import IndicatorQuerySet


def owns(user: User, indicator: Indicator) -> bool:
    """Whether the KPI is the person's own: its owner, or an officer of its agency."""
    membership = membership_of(user, indicator.partnership_id)
    if membership is None or membership.role == Role.VIEWER:
        return False
    return indicator.owner_id == user.pk or indicator.agency_id == membership.agency_id


def can_enter_readings(user: User, indicator: Indicator) -> bool:
    """Whether the person may enter the KPI's readings."""
    given = grant(user, indicator.partnership_id, Capability.ENTER_READINGS)
    return given is Grant.YES or (given is Grant.OWN and owns(user, indicator))


def can_enter_somewhere(user: User, partnership: Partnership) -> bool:
    """Whether the person may enter readings of some KPIs, be there any yet or not."""
    return grant(user, partnership, Capability.ENTER_READINGS) is not Grant.NO


def open_to_entering(user: User, partnership: Partnership) -> IndicatorQuerySet:
    """The partnership's KPIs, still measured, whose readings the person may enter: `can_enter_readings` as a filter."""
    given, membership = grant(user, partnership, Capability.ENTER_READINGS), membership_of(user, partnership)
    if given is Grant.NO or membership is None:
        return Indicator.objects.none()
    measured = Indicator.objects.open().filter(partnership=partnership)
    return measured if given is Grant.YES else measured.filter(Q(owner=user) | Q(agency=membership.agency_id))


def can_edit_indicators(user: User, partnership: Partnership | int) -> bool:
    """Whether the person may edit KPIs, their baselines and their targets."""
    return may(user, partnership, Capability.EDIT_PLANS)

"""Who may keep the people of a partnership: the table of roles, applied to a row."""

from csp_tracker.models import Membership, Partnership, User
from csp_tracker.roles import Capability, Grant, grant


def can_administer(user: User, partnership: Partnership | int) -> bool:
    """Whether the person keeps the partnership's people, agencies and schemes."""
    return grant(user, partnership, Capability.ADMINISTER) is not Grant.NO


def can_change_membership(user: User, membership: Membership) -> bool:
    """Whether the person may change this membership: an administrator, and not their own."""
    return can_administer(user, membership.partnership_id) and membership.user_id != user.pk

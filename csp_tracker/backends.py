"""Who a session belongs to: the person and, in the same query, what they may do where."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from csp_tracker.models import Membership, User


class MembersBackend(AuthenticationBackend):
    """Signs in by e-mail address as allauth does; every page needs the person's memberships, so they come along."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with their current memberships known; none for somebody who may not sign in."""
        current = Membership.objects.filter(user=user_id).current()
        memberships = list(current.select_related("user", "partnership", "agency").order_by())
        user = memberships[0].user if memberships else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        for membership in memberships:
            membership.user = user
        user.known_memberships = {membership.partnership_id: membership for membership in memberships}
        return user

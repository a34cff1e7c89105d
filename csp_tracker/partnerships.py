"""Which partnership a page is about, for people who are members of several."""

from django.http import Http404

from csp_tracker.models import Membership, Partnership
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import current_memberships

CHOSEN = "partnership"


def memberships_of(request: MemberRequest) -> list[Membership]:
    """The person's current memberships, by the partnership's name."""
    found = current_memberships(request.user).values()
    return sorted(found, key=lambda membership: membership.partnership.name)


def current_membership(request: MemberRequest) -> Membership | None:
    """The membership the page is about: the address's `?partnership=`, else the last chosen, else the first.

    None for a person without any. A partnership the person is no member of answers 404: it does not exist for them.
    """
    memberships = memberships_of(request)
    asked = request.GET.get(CHOSEN)
    if asked:
        for membership in memberships:
            if membership.partnership.slug == asked:
                if request.session.get(CHOSEN) != asked:
                    request.session[CHOSEN] = asked
                return membership
        raise Http404
    chosen = [membership for membership in memberships if membership.partnership.slug == request.session.get(CHOSEN)]
    return next(iter(chosen or memberships), None)


def current_partnership(request: MemberRequest) -> Partnership:
    """The partnership the page is about; 404 for a person who is a member of none."""
    membership = current_membership(request)
    if membership is None:
        raise Http404
    return membership.partnership

"""What the layout shows on every page: whose pages these are and where one can go."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from csp_tracker.partnerships import current_membership, memberships_of
from csp_tracker.people import Role
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import Capability, Grant, given

#: Label, name of the address, and who is offered it; what one may do there is asked by the page itself.
PAGES = [
    ("My updates", "updates", (Role.OFFICER, Role.MANAGER)),
    ("Dashboard", "dashboard", tuple(Role)),
    ("Plans", "plans", tuple(Role)),
    ("Rounds", "rounds", (Role.MANAGER,)),
    ("Actions", "actions", tuple(Role)),
    ("KPIs", "indicators", tuple(Role)),
]


def layout(request: MemberRequest) -> dict[str, Any]:
    """`partnership`, `partnerships` and `navigation` for templates/base.html; nothing for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"partnership": None, "partnerships": [], "navigation": []}
    try:
        membership = current_membership(request)
    except Http404:  # the page that says so needs its layout too
        membership = None
    if membership is None:
        return {"partnership": None, "partnerships": [], "navigation": []}
    pages = [(label, reverse(name)) for label, name, roles in PAGES if membership.role in roles]
    if given(membership.role, membership.is_administrator, Capability.EDIT_PLANS) is Grant.YES:
        pages.append(("Imports", reverse("imports")))
    if membership.is_administrator:
        pages += [("People", reverse("people")), ("Administration", reverse("admin:index"))]
    here = request.path
    if membership.role == Role.OFFICER and _is_update(request):
        here = reverse("updates")  # where an officer comes from, and goes back to
    return {
        "partnership": membership.partnership,
        "partnerships": [one.partnership for one in memberships_of(request)],
        "navigation": [{"label": label, "url": url, "current": here.startswith(url)} for label, url in pages],
    }


def _is_update(request: MemberRequest) -> bool:
    """Whether the page is about one action's update: /actions/<id>/updates/<quarter>/."""
    found = request.resolver_match
    return found is not None and (found.url_name or "").startswith("update")

"""What a view is handed: for type checkers, since every page but the statements asks for a sign-in."""

from django.http import HttpRequest

from csp_tracker.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in; LoginRequiredMiddleware has seen to it."""

    user: User

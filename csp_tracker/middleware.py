"""What every answer carries, and how long a sign-in lasts."""

from collections.abc import Callable
from time import time

from django.conf import settings
from django.contrib.auth import logout
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

Handler = Callable[[HttpRequest], HttpResponseBase]

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
POINTS_TO_NOTHING = "foreign key constraint"  # as SQLite and PostgreSQL both call it
SEEN_EVERY = 60  # seconds: writing the session on every page would make each reader a writer


class AdminStyles:
    """Allow inline styles in Django admin, whose own widgets and history pages use them. Nowhere else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Widen the policy of an admin page."""
        response = self.get_response(request)
        if request.path_info.startswith(reverse("admin:index")):
            response._csp_update = {"style-src": ["'unsafe-inline'"]}  # type: ignore[attr-defined]
        return response


class BrowserLimits:
    """Tell the browser what no page here ever needs, and that nobody else may embed what we serve."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the two headers Django has no setting for."""
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class SessionLimits:
    """End a sign-in after an hour's rest (the session's own age, moved forward here) or after twelve hours in all."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out whoever has been in too long; note that the others are still there."""
        if request.user.is_authenticated:
            now = int(time())
            if now - request.session.setdefault(SIGNED_IN_AT, now) >= settings.SESSION_ABSOLUTE_AGE:
                logout(request)
            elif now - request.session.get(SEEN_AT, 0) >= SEEN_EVERY:
                request.session[SEEN_AT] = now
        return self.get_response(request)


class NoStore:
    """Keep pages of signed-in people out of every cache, the browser's own on a shared computer among them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Mark the answer when the request came from somebody."""
        signed_in = request.user.is_authenticated
        response = self.get_response(request)
        if signed_in or request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"
        return response


class TakenAway:
    """Say so where something was added to what somebody took away in that very moment, by undoing its import for one.

    Databases notice only when the change is to be kept, after the service and its refusals have ended.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Leave the answer as it is."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page in words, in place of an error of ours; any other error stays one."""
        if isinstance(exception, IntegrityError) and POINTS_TO_NOTHING in str(exception).lower():
            return render(request, "taken_away.html", status=404)
        return None

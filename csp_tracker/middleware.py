"""What every answer carries, how long a sign-in lasts, and what becomes of a form that came after it."""

from collections.abc import Callable
from time import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from csp_tracker import waiting
from csp_tracker.models import WaitingForm
from csp_tracker.partnerships import CHOSEN
from csp_tracker.refilling import refill

Handler = Callable[[HttpRequest], HttpResponseBase]

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
POINTS_TO_NOTHING = "foreign key constraint"  # as SQLite and PostgreSQL both call it
#: Somebody holds what is to be written: PostgreSQL's lock timeout and deadlock, and SQLite's one writer.
WAITED_TOO_LONG = {"55P03", "40P01", "SQLITE_BUSY"}
TOO_LARGE = (
    "You had been signed out, and what you typed is too long to be kept here. "
    "Go back in your browser and copy it before you sign in."
)
SIGNED_OUT = (
    "Not kept: you have been signed out. Press a button of the form all the same: "
    "once you have signed in, it comes back as you left it."
)
PLAIN = "text/plain; charset=utf-8"
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


class LargestRequest:
    """Read nothing of what is far larger than any file that is taken: a film, not a photo.

    Stands before what checks the secret of forms (CSRF), which would read it all.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """A page that says so; what is only a little too large is left to the form, which keeps what was typed."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.LARGEST_REQUEST:
            return render(request, "413.html", status=413)
        return self.get_response(request)


class WaitingForms:
    """A form sent after its person's sign-in has ended comes back to them, filled in, once they have signed in again.

    Stands behind what checks the secret of forms (CSRF), and before what asks for a sign-in. See csp_tracker.waiting.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Give back what waits for this page; let go of what was sent; remember whose browser it is."""
        user, token = request.user, request.GET.get(waiting.PART) if request.method == "GET" else None
        if token is None or not user.is_authenticated:
            response = self.get_response(request)
            is_taken = response.status_code < 400 or response.status_code == 409  # the latter shows what was typed
            if request.method == "POST" and user.is_authenticated and is_taken:
                waiting.forget_sent(request, user)
        else:
            form = waiting.find(token, user=user, now=timezone.now())
            if form is not None and form.partnership:
                request.session[CHOSEN] = form.partnership
            response = self._given_back(request, self.get_response(request), form)
        if request.user.is_authenticated:
            waiting.note_person(request, response)  # type: ignore[arg-type]
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _named: Any) -> HttpResponse | None:
        """Keep a form of somebody who is no longer signed in, and ask for the sign-in."""
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if getattr(view, "is_asked_by_script", False):
            return HttpResponse(SIGNED_OUT, status=401, content_type=PLAIN)
        try:
            form = waiting.keep(request, now=timezone.now())
        except waiting.TooLarge:
            messages.warning(request, TOO_LARGE)
            return None
        if form is None:
            return None
        files = " Files are not kept." if form.files else ""
        messages.info(
            request, f"You had been signed out. What you typed is kept for 30 minutes: sign in to get it back.{files}"
        )
        return redirect_to_login(waiting.address(form))

    def _given_back(
        self, request: HttpRequest, response: HttpResponseBase, form: WaitingForm | None
    ) -> HttpResponseBase:
        """The page with the form filled in; where it shows no such form any more, what was typed, to be copied."""
        if response.status_code >= 500:
            return response
        is_page = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html")
        page = response.content.decode() if isinstance(response, HttpResponse) and is_page else ""
        if form is None:
            return _with_notice(response, page, request, {"is_gone": True})
        typed, at = waiting.typed_in(form), waiting.without_part(request.get_full_path())
        filled = refill(page, at=at, path=form.path, typed=typed)
        if filled is None:
            return render(request, "kernel/waiting.html", {"typed": waiting.in_words(typed), "page": form.page})
        left = waiting.in_words(filled.left_over)
        return _with_notice(response, filled.page, request, {"left_over": left, "kept": form})


def _with_notice(
    response: HttpResponseBase, page: str, request: HttpRequest, context: dict[str, Any]
) -> HttpResponseBase:
    """The page with the sentence at its top."""
    begins = page.find(">", page.find("<main")) + 1 if "<main" in page else 0
    if isinstance(response, HttpResponse) and page:
        notice = render_to_string("kernel/_waiting.html", context, request) if begins else ""
        response.content = f"{page[:begins]}{notice}{page[begins:]}"
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


class HeldByOthers:
    """Say so where others were writing for longer than anybody is made to wait, and let the form be sent again.

    So it ends, too, where two wait for each other: the database sends one of them away.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Leave the answer as it is."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page with what was sent, in place of an error of ours; any other error stays one."""
        cause = exception.__cause__
        code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None) or ""
        if not isinstance(exception, OperationalError) or code not in WAITED_TOO_LONG:
            return None
        typed = [(name, value) for name, values in request.POST.lists() for value in values]
        can_send_again = (
            request.method == "POST" and not request.FILES and not any("password" in one for one, _ in typed)
        )
        sent = [pair for pair in typed if pair[0] != "csrfmiddlewaretoken"] if can_send_again else None
        return render(request, "held_by_others.html", {"sent": sent}, status=409)

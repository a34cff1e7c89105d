"""A form sent after its person's sign-in has ended is not lost: it waits here until the same person has signed in.

Whose it is tells a signed cookie, since the session is gone; only that person is ever given it. It came with the secret
of a form of ours (CSRF), as every form must. Nothing is saved by it: the person finds the form as it was and sends it
again. Passwords and files are never kept.
"""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from csp_tracker.models import User, WaitingForm
from csp_tracker.partnerships import CHOSEN
from csp_tracker.refilling import Typed
from csp_tracker.requests import MemberRequest

#: The part of an address that says which form waits for its page.
PART = "waiting"
COOKIE = "last_here"
KEPT_FOR = timedelta(minutes=30)
KNOWN_FOR = timedelta(hours=24)  # how long after its last signed page a browser is still somebody's
KNOWN_ANEW = timedelta(hours=1)
LARGEST = 500_000  # bytes, as sent; the grid of a large plan has some 100,000
MOST = 10  # forms that wait for one person
NEVER = "/accounts/"  # passwords and codes


class TooLarge(Exception):
    """What was typed is more than is kept."""


signer = TimestampSigner(salt="csp_tracker.waiting")


def note_person(request: MemberRequest, response: HttpResponseBase) -> None:
    """Let the browser remember whose it was, and in which partnership, for when the session will be gone."""
    said = f"{request.user.pk}:{request.session.get(CHOSEN, '')}"
    if _told(request, KNOWN_ANEW) == said:
        return
    cookie = signer.sign(said)
    response.set_cookie(COOKIE, cookie, KNOWN_FOR, httponly=True, secure=request.is_secure(), samesite="Lax")


def _told(request: HttpRequest, not_older: timedelta) -> str:
    try:
        return signer.unsign(request.COOKIES.get(COOKIE, ""), max_age=not_older)
    except BadSignature:
        return ""


def keep(request: HttpRequest, *, now: datetime) -> WaitingForm | None:
    """Keep what somebody sent who is no longer signed in; None where nobody knows who, or it holds a password."""
    person, _, chosen = _told(request, KNOWN_FOR).partition(":")
    if not person or request.path.startswith(NEVER) or any("password" in name for name in request.POST):
        return None
    user = User.objects.filter(pk=person, is_active=True).first()
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    typed = urlencode([pair for pair in pairs if pair[0] != "csrfmiddlewaretoken"])
    if user is None:
        return None
    if len(typed) > LARGEST:
        raise TooLarge
    forget_old(now=now)
    others = user.waiting_forms.order_by("-kept_at", "-pk")[MOST - 1 :]
    WaitingForm.objects.filter(pk__in=[one.pk for one in others]).delete()
    return WaitingForm.objects.create(
        user=user,
        page=_page(request),
        path=without_part(request.get_full_path()),
        typed=typed,
        files=", ".join(one.name or "" for files in request.FILES.lists() for one in files[1])[:1000],
        partnership=chosen,
        kept_at=now,
    )


def _page(request: HttpRequest) -> str:
    """The page the form stood on, as the browser names it; else the address it was sent to."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return without_part(request.get_full_path())
    parts = urlsplit(came_from)
    return without_part(urlunsplit(("", "", parts.path or "/", parts.query, "")))


def find(token: str, *, user: User, now: datetime) -> WaitingForm | None:
    """The form of that token, if it is this person's and has not waited too long."""
    known = _token(token)
    return user.waiting_forms.filter(token=known, kept_at__gt=now - KEPT_FOR).first() if known else None


def _token(words: str) -> UUID | None:
    try:
        return UUID(words)
    except ValueError:
        return None


def forget_old(*, now: datetime) -> None:
    """Throw away what has waited too long."""
    WaitingForm.objects.filter(kept_at__lte=now - KEPT_FOR).delete()


def forget_sent(request: HttpRequest, user: User) -> None:
    """Throw away a form that its person has now sent: its page was the one they came from."""
    token = _token(QueryDict(urlsplit(request.headers.get("Referer", "")).query).get(PART, ""))
    if token is not None:
        user.waiting_forms.filter(token=token, path=without_part(request.get_full_path())).delete()


def address(form: WaitingForm) -> str:
    """The form's page, asked for with what was typed."""
    parts = urlsplit(form.page)
    query = "&".join(filter(None, (parts.query, f"{PART}={form.token}")))
    return urlunsplit(("", "", parts.path, query, ""))


def without_part(path: str) -> str:
    """The address without the token of a form that waits."""
    parts = urlsplit(path)
    if PART not in parts.query:
        return path
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != PART]
    return urlunsplit(("", "", parts.path, urlencode(query), ""))


def typed_in(form: WaitingForm) -> Typed:
    """What was typed, by the names of the boxes."""
    typed: Typed = {}
    for name, value in parse_qsl(form.typed, keep_blank_values=True):
        typed.setdefault(name, []).append(value)
    return typed

"""A form sent after its person's sign-in has ended is not lost: it waits here until the same person has signed in.

Whose it is tells a signed cookie, since the session is gone; only that person is ever given it. It came with the secret
of a form of ours (CSRF), as every form must. Nothing is saved by it: the person finds the form as it was and sends it
again. Passwords and files are never kept.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from csp_tracker.models import User, WaitingForm
from csp_tracker.partnerships import CHOSEN
from csp_tracker.rag import RAG
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

#: What boxes are called, by their names without the numbers in them; any other name is said as words.
LABELS = {
    "rag": "Light",
    "rag_reason": "Reason for the light",
    "figure": "Figure",
    "value": "Figure",
    "target": "Target",
    "baseline": "Baseline",
    "awaited": "Figure not available yet",
    "note": "Note on the figure",
    "reason": "Reason",
    "due_on": "Due date",
    "date_reason": "Reason for the new due date",
    "milestone": "Milestone reached",
    "milestone_on": "Day the milestone was reached",
    "evidence_title": "Title of the evidence",
    "evidence_link": "Link to the evidence",
}
#: What nobody typed: what a page keeps for itself, and buttons. So is what ends like the last.
NOT_TYPED = {
    *("csrfmiddlewaretoken", "version", "reading", "seen", "token", "next", "decision", "direction", "form", "to"),
    *("once", "make_once", "rows", "people", "reminder", "plan", "draft", "submit", "attach", "copy", "unchanged"),
    *("ask_away", "take_away", "read", "version_seen", "TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS"),
    *("MAX_NUM_FORMS", "was"),
}
#: Boxes for words and figures; in any other a bare number points to something, and nobody typed it.
OPEN = {
    *("figure", "value", "target", "baseline", "progress", "work_needed", "rag_reason", "back_on_track", "note"),
    *("reason", "date_reason", "not_for_publication_reason", "title", "text", "name", "number", "reference", "code"),
    *("words", "expected_outcome", "evidence_title", "resources", "location", "place", "budget", "timescale"),
}
POINTER = re.compile(r"\d+|[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PART_OF_DATE = re.compile(r"(.+)_([012])")
CHOICE = re.compile(r"[a-z]+(?:_[a-z]+)+")


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


def in_words(typed: Typed) -> list[tuple[str, str]]:
    """What somebody typed or chose, as labels and words to be read: no hidden box, button or key of a row."""
    said = []
    for name, values in _with_whole_dates(typed):
        box = _without_numbers(name)
        words = "\n".join(filter(None, (_as_read(box, value.strip()) for value in values)))
        if words and box not in NOT_TYPED and not box.endswith("_was"):
            said.append((LABELS.get(box) or box.replace("_", " ").capitalize(), words))
    return said


def _with_whole_dates(typed: Typed) -> Iterator[tuple[str, list[str]]]:
    """Boxes and what is in them, the three of a date as one; no day of a milestone that was not ticked."""
    for name, values in typed.items():
        found = PART_OF_DATE.fullmatch(name)
        whole, place = found.groups() if found else ("", "")
        parts = [(typed.get(f"{whole}_{number}") or [""])[0].strip() for number in range(3)]
        if not whole or any(f"{whole}_{number}" not in typed for number in range(3)):
            yield name, values
        elif place == "0" and not (whole.startswith("milestone_") and whole.removesuffix("_on") not in typed):
            yield whole, [_as_date(parts)]


def _as_date(parts: list[str]) -> str:
    try:
        day, month, year = map(int, parts)
        return f"{date(year, month, day):%-d %B %Y}"
    except (ValueError, OverflowError):
        return "/".join(filter(None, parts))


def _without_numbers(name: str) -> str:
    """The name of a box without what says which of several it is: “figure_3” and “12-figure” are “figure”."""
    box = name.rpartition("-")[2]
    return "_".join(part for part in box.split("_") if part and not part.isdecimal())


def _as_read(box: str, value: str) -> str:
    """What was typed or chosen, as a person reads it."""
    if POINTER.fullmatch(value) and box not in OPEN:
        return ""
    if box == "rag" and value in RAG.values:
        return RAG(value).label
    if value == "on":
        return "Yes"
    return value.replace("_", " ").capitalize() if CHOICE.fullmatch(value) else value

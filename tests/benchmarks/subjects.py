"""What is measured: the tracker's pages, its save and its file, called as a web server calls them.

Calls go through the whole WSGI stack with a session, a CSRF token and every middleware, but keep the database
connection open, so that the cost of connecting does not flatter a ratio. Run as a program it makes one export in a
process of its own and tells the memory it took.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import compress
from importlib import import_module
from io import BytesIO
from time import time
from typing import Any
from urllib.parse import urlencode

import lxml.html
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import Action, Plan, ProgressUpdate
from actions.services import updates
from csp_tracker.middleware import SEEN_AT, SIGNED_IN_AT
from csp_tracker.models import Membership, User
from csp_tracker.people import Role
from csp_tracker.rag import RAG
from indicators.models import Indicator
from tests.benchmarks.data import LAST, Shape

CSRF = "b" * 32
LONG_AFTER = 365 * 24 * 60 * 60


class Failed(Exception):
    """A page did not answer as it should: nothing about it may be measured."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def words(self) -> str:
        """The body as text."""
        return self.body.decode()


class Browser:
    """Somebody's browser. `page = browser.get(url)` prepares a call; `page()` makes it and gives the answer."""

    handler: WSGIHandler | None = None

    def __init__(self, user: User) -> None:
        self.user = user
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session[SIGNED_IN_AT] = int(time())
        session[SEEN_AT] = int(time()) + LONG_AFTER  # the session is written once a minute: not while we measure
        session.save()
        cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: CSRF}
        self.cookies = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def get(self, url: str, *, status: int = 200, **headers: str) -> "Call":
        """A page to be called."""
        return Call(self._environ("GET", url, headers), b"", status)

    def post(self, url: str, data: list[tuple[str, str]], *, status: int = 302) -> "Call":
        """A form to be sent."""
        body = urlencode([*data, ("csrfmiddlewaretoken", CSRF)]).encode()
        kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body))}
        return Call(self._environ("POST", url, {"HTTP_REFERER": "https://testserver/"}) | kind, body, status)

    def _environ(self, method: str, url: str, headers: dict[str, str]) -> dict[str, Any]:
        environ = RequestFactory().generic(method, url, secure=True, **headers).environ
        return environ | {"HTTP_COOKIE": self.cookies}


@dataclass
class Call:
    """One prepared call of the whole stack."""

    environ: dict[str, Any]
    content: bytes
    status: int

    def __call__(self) -> Answer:
        started: list[Any] = []
        environ = self.environ | {"wsgi.input": BytesIO(self.content)}
        response = _handler()(environ, lambda status, headers: started.extend((status, headers)))
        body = b"".join(response)
        response.close()
        answer = Answer(int(started[0].split()[0]), dict(started[1]), body)
        if answer.status != self.status:
            where = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            raise Failed(f"{where} answered {answer.status}, not {self.status}: {body[:2000].decode(errors='replace')}")
        return answer

    def statements(self) -> list[str]:
        """The SQL of one call."""
        with CaptureQueriesContext(connection) as captured:
            self()
        return [query["sql"] for query in captured.captured_queries]


def _handler() -> WSGIHandler:
    if Browser.handler is None:
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        Browser.handler = WSGIHandler()
    return Browser.handler


@contextmanager
def using(alias: str) -> Iterator[None]:
    """Let everything ask this one of the scratch databases."""
    usual = connections["default"]
    connections["default"] = connections[alias]
    try:
        yield
    finally:
        connections["default"] = usual


class Partnership:
    """A seeded partnership in the current database, with a browser for its manager and one for an officer."""

    def __init__(self, shape: Shape) -> None:
        members = Membership.objects.filter(partnership__slug=shape.slug).select_related("user").order_by("pk")
        self.slug = shape.slug
        self.plan = Plan.objects.filter(partnership__slug=shape.slug).order_by("pk")[0]
        silent = Action.objects.filter(plan=self.plan).exclude(updates__quarter=LAST)
        self.silent = silent.filter(indicators__isnull=False).order_by("pk")[0]
        self.spoken = Action.objects.filter(plan=self.plan, updates__quarter=LAST, indicators__isnull=False)[0]
        self.indicator = Indicator.objects.filter(partnership__slug=shape.slug).order_by("pk")[0]
        self.manager = Browser(next(member.user for member in members if member.role == Role.MANAGER))
        assert self.silent.lead_officer is not None
        self.officer = Browser(self.silent.lead_officer)

    def pages(self) -> dict[str, Call]:
        """Every page that shows what grows: with the quarters, or with everybody's actions."""
        manager, officer = self.manager, self.officer
        return {
            "dashboard": manager.get(reverse("dashboard")),
            "list": manager.get(reverse("actions")),
            "list, filtered": manager.get(f"{reverse('actions')}?plan={self.plan.slug}&light=red&words=police"),
            "plans": manager.get(reverse("plans")),
            "plan": manager.get(self.plan.get_absolute_url()),
            "action": manager.get(self.spoken.get_absolute_url()),
            "action history": manager.get(reverse("action_history", args=[self.spoken.pk])),
            "my updates": officer.get(reverse("updates")),
            "update": officer.get(reverse("update", args=[self.silent.pk, LAST])),
            "indicators": manager.get(reverse("indicators")),
            "indicator": manager.get(self.indicator.get_absolute_url()),
        }

    def paper(self) -> Call:
        """The plan's Excel file."""
        return self.manager.get(reverse("plan_report", args=[self.plan.slug, LAST, "xlsx"]))


def filled(form: Any) -> list[tuple[str, str]]:
    """What a browser would send of a form, without its buttons."""
    return [(name, value) for name, value in form.form_values() if name != "csrfmiddlewaretoken"]


class UpdatePost:
    """The officer sends the update's form, each time with other words, as somebody who corrects what was sent."""

    def __init__(self, here: Partnership) -> None:
        self.browser, self.url, self.times = here.officer, reverse("update", args=[here.silent.pk, LAST]), 0
        page = lxml.html.fromstring(self.browser.get(self.url)().words)
        form = next(form for form in page.forms if "progress" in form.fields)
        self.fixed = [(name, value) for name, value in filled(form) if name not in ("progress", "version", "rag")]

    def prepared(self) -> Call:
        """The next call."""
        self.times += 1
        words = [("progress", f"Words of the officer, time {self.times}."), ("rag", "green"), ("submit", "")]
        return self.browser.post(self.url, [*self.fixed, *words, ("version", str(self.times - 1))])

    def __call__(self) -> Answer:
        return self.prepared()()


class AdminPost:
    """The same on a form of plain Django admin."""

    def __init__(self, browser: Browser, url: str, name: str) -> None:
        self.browser, self.url, self.name, self.times = browser, url, name, 0
        page = lxml.html.fromstring(browser.get(url)().words)
        form = next(form for form in page.forms if name in form.fields)
        self.fixed = [(key, value) for key, value in filled(form) if key != name]

    def prepared(self) -> Call:
        """The next call."""
        self.times += 1
        words = f"Words in the admin, time {self.times}."
        return self.browser.post(self.url, [*self.fixed, (self.name, words), ("_save", "Save")])

    def __call__(self) -> Answer:
        return self.prepared()()


class Save:
    """The service that submits an update, without the page around it."""

    def __init__(self, update: ProgressUpdate) -> None:
        self.update, self.action, self.times = update, update.action, 0
        self.by, self.version, self.today = update.submitted_by, update.version, timezone.localdate()

    def __call__(self) -> None:
        self.times += 1
        self.version = updates.submit(
            action=self.action,
            quarter=LAST,
            version=self.version,
            by=self.by,
            today=self.today,
            progress=f"Words for the service, time {self.times}.",
            work_needed="Book the hall.",
            rag=RAG.GREEN,
        ).version


def zipped(content: bytes) -> int:
    """How many bytes travel."""
    return len(compress(content, compresslevel=6, mtime=0))

"""What the tests in the browser stand on: Chromium, the service in a thread of this process, people signed in."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from csp_tracker.models import User
from tests.e2e.watching import Watch

#: The morning on which all these tests are run: the round of Q1 2025/26 is open and due in a week.
MORNING = datetime(2025, 7, 15, 9, 30, tzinfo=UTC)
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-quic", "--no-first-run")

expect.set_options(timeout=10_000)


# The browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The system's Chromium, which asks nobody for anything."""
    chromium = shutil.which("chromium")
    assert chromium, "These tests need Chromium on this machine: apt install chromium"
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*QUIET, *sandbox]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    """A desk in Essex."""
    size = {"width": 1280, "height": 900}
    return {**browser_context_args, "viewport": size, "locale": "en-GB", "timezone_id": "Europe/London"}


# The server and its rows


@pytest.fixture(scope="session", autouse=True)
def asynchronous_tests_may_read_rows() -> Iterator[None]:
    """Let Django query although Playwright keeps an event loop in this thread. For this folder only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite in a file: one in memory would be one connection for the tests and all threads of the server.

    Nobody needs the rows after a power cut, so nothing waits for the disk.
    """
    database = django_settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("rows") / "tests.sqlite3")
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def base_url(asynchronous_tests_may_read_rows: None, live_server: LiveServer) -> str:
    """Where `page.goto("/plans/")` begins: a thread of this process that serves static files from where they are."""
    built = django_settings.BASE_DIR / "build" / "app.css"
    assert built.is_file(), "These tests need the built style and script: npm ci --ignore-scripts && npm run build"
    return live_server.url


@pytest.fixture(autouse=True)
def rows(base_url: str, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are committed, so that the server sees them, and gone after the test. It is always the same morning."""
    start = monotonic()
    monkeypatch.setattr(timezone, "now", lambda: MORNING + timedelta(seconds=monotonic() - start))


# People in front of it


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test when a page it opened complained, asked for what is not there or broke."""
    watch = Watch()
    yield watch
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def context(new_context: Callable[..., BrowserContext], watch: Watch) -> BrowserContext:
    """A browser that is being watched."""
    return watch.over(new_context())


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], watch: Watch, base_url: str) -> Callable[..., Page]:
    """`enter(user)` is a page in a browser of their own in which the person is signed in already."""

    def open_for(user: User | None, **options: object) -> Page:
        context = watch.over(new_context(**options))
        if user is not None:
            context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": base_url}])
        return context.new_page()

    return open_for


def session_of(user: User) -> str:
    """The key of a session in which the person is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return session.session_key

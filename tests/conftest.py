"""What every test stands on: no network, no files left behind, nothing a previous test counted, fast passwords."""

import socket
from collections.abc import Callable, Iterator
from time import time
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import settings as hypothesis_settings

from csp_tracker.middleware import SEEN_AT, SIGNED_IN_AT

# The same examples in each run: a change is judged by what it did. `--hypothesis-profile=explore` looks for new ones.
hypothesis_settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis_settings.register_profile("explore", derandomize=False, deadline=None)
hypothesis_settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Change settings once, before anything has read them."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # Look each file up when it is asked for: there may be no collected ones.
    django_settings.WHITENOISE_AUTOREFRESH = True
    django_settings.WHITENOISE_USE_FINDERS = True


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell the figures that tests have recorded: how races ended, how many keys an update takes."""
    recorded = [one for report in terminalreporter.getreports("passed") for one in report.user_properties]
    if recorded:
        terminalreporter.section("in figures")
    for name, words in recorded:
        terminalreporter.write_line(f"{name}: {words}")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def connect_here_only(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here_only)
        yield


@pytest.fixture(scope="session", autouse=True)
def scratch_media(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Uploads of the tests go where the operating system clears up."""
    django_settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Forget the failed sign-ins of the test before."""
    cache.clear()


class SettledClient(Client):
    """A browser of somebody who is in already: its pages cost the queries of the page, not those of the first visit."""

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Sign in as `user`, noted by the session as seen just now."""
        super().force_login(user, backend)
        session = self.session
        session[SIGNED_IN_AT] = session[SEEN_AT] = int(time())
        session.save()


@pytest.fixture
def client() -> Client:
    """A browser; `client.force_login(user)` signs it in."""
    return SettledClient()


@pytest.fixture
def count_queries() -> Any:
    """`count_queries(lambda: client.get(url))` is how many queries that took."""

    def count(work: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            work()
        return len(captured)

    return count

"""A browser for everybody who tries the pages of one partnership, while there is another one beside it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from tests import builders as make
from tests.conftest import SettledClient
from tests.world import ACTORS, actors_of, make_world

#: What a page may write whoever asks: that somebody is still there.
BOOKKEEPING = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(django_session|account_\w+)"')
WRITES = re.compile(r"INSERT|UPDATE|DELETE", re.IGNORECASE)


def whole(answer: Any) -> HttpResponse:
    """The answer; one that is sent piece by piece, a file for one, put together."""
    if not answer.streaming:
        return answer
    return HttpResponse(b"".join(answer.streaming_content), status=answer.status_code, headers=answer.headers)


class Visitors:
    """Two partnerships, and a browser for everybody who tries the pages of the first."""

    def __init__(self) -> None:
        self.own, self.foreign = make_world("Maldon"), make_world("Elsewhere")
        self.people = actors_of(self.own, self.foreign)
        self.sessions = {actor: self._sign_in(person) for actor, person in self.people.items()}
        self._seen: dict[tuple[str, str], HttpResponse] = {}

    def _sign_in(self, person: Any) -> Any:
        browser = SettledClient()
        if person is not None:
            browser.force_login(person)
        return browser.cookies

    def ask(self, actor: str, method: str, url: str, *, token: bool = True, **data: Any) -> HttpResponse:
        """One request in a browser just opened; whatever it wrote is taken back."""
        browser = SettledClient(enforce_csrf_checks=method == "POST", raise_request_exception=False)
        browser.cookies.update(self.sessions[actor])
        if token and method == "POST":
            browser.cookies["csrftoken"] = data["csrfmiddlewaretoken"] = "a" * 32
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            answer = whole(browser.generic(method, url) if method != "POST" else browser.post(url, data))
            transaction.set_rollback(True)
        answer.written = [sql for query in captured if WRITES.match(sql := query["sql"]) and not BOOKKEEPING.match(sql)]
        return answer

    def look(self, actor: str, url: str) -> HttpResponse:
        """What the page shows the person: asked for once, however many tests look."""
        if (actor, url) not in self._seen:
            self._seen[actor, url] = self.ask(actor, "GET", url)
        return self._seen[actor, url]

    def answers(self, method: str, url: str, actors: tuple[str, ...] = ACTORS, **how: Any) -> dict[str, int]:
        """Everybody's status."""
        if method == "GET":
            return {actor: self.look(actor, url).status_code for actor in actors}
        return {actor: self.ask(actor, method, url, **how).status_code for actor in actors}

    @classmethod
    @contextmanager
    def come(cls, django_db_blocker: Any) -> Iterator[Self]:
        """They come once for a module of tests, into a transaction that is taken back when they leave."""
        with django_db_blocker.unblock(), time_machine.travel(make.NOW, tick=False), transaction.atomic():
            yield cls()
            transaction.set_rollback(True)

"""Several people at once: callables started together in threads of their own, on either database."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

from django.db import connection, connections
from django.http import HttpResponse
from django.test.client import ClientHandler
from lxml import html

from tests.conftest import SettledClient

#: How often each pair of people meets. What they write is new each time; the people and their plan stay.
ROUNDS = 20


def race(*turns: Callable[[], Any], they_meet: bool = True) -> list[Any]:
    """Start all of them at the same moment; return what each returned, or the exception it raised, in their order.

    They meet once more where each begins to write: that is where one has to wait for another; `they_meet` is False
    where the test itself says who comes first. For tests marked `django_db(transaction=True)`: what they made before
    must be there for other connections.
    """
    results: list[Any] = [None] * len(turns)
    start, door = Barrier(len(turns)), Door(len(turns))
    if not they_meet:
        door.open()

    def run(place: int, turn: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            with connection.execute_wrapper(door.visitor()):
                results[place] = turn()
        except Exception as error:  # what a page would have answered with a 500 must reach the test
            results[place] = error
        finally:
            door.open()  # whoever has not been there by now does not come any more
            connections.close_all()

    with shared_database():
        threads = [Thread(target=run, args=turn) for turn in enumerate(turns)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return results


class Door:
    """Holds everybody at the first statement of their first transaction until all are there, or one has finished."""

    def __init__(self, number: int) -> None:
        self._all = Barrier(number)

    def open(self) -> None:
        """Hold nobody any more."""
        self._all.abort()

    def visitor(self) -> Callable[..., Any]:
        """What one of them has to pass with each statement, and is held by once."""
        is_through = False

        def pass_by(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            nonlocal is_through
            if not is_through and (sql.startswith("BEGIN") or context["connection"].in_atomic_block):
                is_through = True
                with suppress(BrokenBarrierError):
                    self._all.wait(timeout=5)
            return execute(sql, params, many, context)

        return pass_by


@contextmanager
def shared_database() -> Iterator[None]:
    """Let other threads see the rows. SQLite's database in memory locks otherwise than a file, so it becomes one."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    settings = connections.settings["default"]
    name = settings["NAME"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "race.sqlite3"
        _copy(connection.connection, path, back=False)
        settings["NAME"] = str(path)
        try:
            yield
        finally:
            settings["NAME"] = name
            _copy(connection.connection, path, back=True)


def _copy(memory: sqlite3.Connection, path: Path, *, back: bool) -> None:
    file = sqlite3.connect(path)
    try:
        file.backup(memory) if back else memory.backup(file)
    finally:
        file.close()


class Tab(SettledClient):
    """A browser's tab: nothing of what tests note about a page is noted, which would mix what several threads do."""

    #: The whole stack with every middleware, put together once for all, as a web server does.
    server = ClientHandler(enforce_csrf_checks=True)

    def request(self, **request: Any) -> HttpResponse:
        """Ask for a page; an error of ours is one too, as it is in a browser."""
        answer = self.server(self._base_environ(**request))
        self.cookies.update(answer.cookies)
        return answer


@dataclass(frozen=True)
class Answer:
    """What a tab was answered to a form."""

    tab: Tab
    status: int
    url: str  # where it leads; nothing where it was answered with a page
    content: bytes

    @property
    def is_taken(self) -> bool:
        """Whether the form was taken: it leads on to another page, or a script is told that all went well."""
        return self.status == 302 or (self.status == 200 and b"<html" not in self.content)

    @property
    def is_conflict(self) -> bool:
        """Whether the page has what somebody else saved beside what this person typed."""
        return self.status == 409 and "Where the two differ" in self.content.decode()

    @cached_property
    def page(self) -> str:
        """The page that the browser shows at last, after following where it was led."""
        content, url = self.content, self.url
        while url:
            answer = self.tab.get(url)
            assert answer.status_code in (200, 302), f"The form led to {url}: {answer.status_code}"
            content, url = answer.content, answer.get("Location", "")
        return content.decode()

    @property
    def words(self) -> str:
        """The words of that page."""
        return " ".join(html.fromstring(self.page).text_content().split())


class Browser:
    """The browser of one person who is signed in. It sends each form from a tab of its own."""

    def __init__(self, person: Any) -> None:
        self.person = person
        self._first = SettledClient()
        self._first.force_login(person)

    def look(self, url: str) -> HttpResponse:
        """Open a page."""
        answer = self._tab().get(url)
        assert answer.status_code == 200, f"{url}: {answer.status_code}"
        return answer

    def send(self, url: str, form: Mapping[str, Any]) -> Answer:
        """Send a form with the secret that every form carries."""
        tab = self._tab()
        answer = tab.post(url, {"csrfmiddlewaretoken": tab.cookies["csrftoken"].value, **form})
        return Answer(tab, answer.status_code, answer.get("Location", ""), answer.content)

    def sending(self, url: str, **form: Any) -> Callable[[], Answer]:
        """The same as a turn of a race."""
        return partial(self.send, url, form)

    def _tab(self) -> Tab:
        tab = Tab()
        tab.cookies.load({name: morsel.value for name, morsel in self._first.cookies.items()})
        tab.cookies["csrftoken"] = "a" * 32
        return tab


@dataclass
class Tally:
    """How the rounds of one race ended, in figures. Any answer that is an error of ours ends the test."""

    name: str
    record: Callable[[str, str], None]
    rounds: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def race(self, *turns: Callable[[], Answer]) -> list[Answer]:
        """One round: everybody sends at the same moment."""
        answers = race(*turns)
        self.rounds += 1
        for one in answers:
            if isinstance(one, Exception):
                raise one
            assert one.status < 500, f"{self.name}, round {self.rounds}: an error of ours"
            self.counts["taken" if one.is_taken else "conflict pages" if one.is_conflict else "refused in words"] += 1
        return answers

    def note(self, what: str) -> None:
        """Count something else too: which of the two came first, for one."""
        self.counts[what] += 1

    def tell(self) -> None:
        """Leave the figures for the end of the run; only a test that has held everything comes this far."""
        told = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        self.record(self.name, f"{self.rounds} rounds on {connection.vendor}: {told}, 0 errors")

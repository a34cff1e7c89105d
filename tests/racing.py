"""Several people at once: callables started together in threads of their own, on either database."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import Any

from django.db import connection, connections


def race(*turns: Callable[[], Any]) -> list[Any]:
    """Start all of them at the same moment; return what each returned, or the exception it raised, in their order.

    For tests marked `django_db(transaction=True)`: what they made before must be there for other connections.
    """
    results: list[Any] = [None] * len(turns)
    start = Barrier(len(turns))

    def run(place: int, turn: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=10)
            results[place] = turn()
        except Exception as error:  # what a page would have answered with a 500 must reach the test
            results[place] = error
        finally:
            connections.close_all()

    with shared_database():
        threads = [Thread(target=run, args=turn) for turn in enumerate(turns)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return results


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

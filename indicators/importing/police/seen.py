"""Which Crime IDs have been met: exact, in memory that does not grow."""

import sqlite3
from types import TracebackType
from typing import Self

AT_HAND = 20_000


class Seen:
    """Keeps so many IDs at hand; more go to a temporary file that the system removes by itself."""

    def __init__(self, at_hand: int = AT_HAND) -> None:
        self.at_hand = at_hand
        self.near: set[str] = set()
        self.far: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.forget()

    def is_new(self, key: str) -> bool:
        """Whether the ID is met for the first time; from now on it is not."""
        if key in self.near or (self.far is not None and self._is_far(key)):
            return False
        self.near.add(key)
        if len(self.near) >= self.at_hand:
            self._put_away()
        return True

    def forget(self) -> None:
        """Begin anew."""
        self.near.clear()
        if self.far is not None:
            self.far.close()
            self.far = None

    def _is_far(self, key: str) -> bool:
        assert self.far is not None  # noqa: S101
        return self.far.execute("SELECT 1 FROM seen WHERE id = ?", (key,)).fetchone() is not None

    def _put_away(self) -> None:
        if self.far is None:
            self.far = sqlite3.connect("", isolation_level=None)  # nameless: a temporary file, gone when closed
            for setting in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", "cache_size = -4000"):
                self.far.execute(f"PRAGMA {setting}")
            self.far.execute("CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self.far.execute("BEGIN")
        self.far.executemany("INSERT INTO seen VALUES (?)", ((key,) for key in sorted(self.near)))
        self.far.execute("COMMIT")
        self.near.clear()

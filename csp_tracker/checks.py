"""System checks: what must be true of the machine and cannot be seen in the settings."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

WANTED_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}


@register(Tags.database)
def sqlite_keeps_what_it_was_told(databases: Iterable[str] | None = None, **_hook: Any) -> list[CheckMessage]:
    """Read the options back from the open database: a misplaced one is silently ignored, a network disk refuses WAL."""
    return [
        Error(
            f"SQLite runs with {pragma} = {found}, not {wanted}: saved updates could be lost or refused.",
            hint="Keep the database file on a local disk and its OPTIONS as in csp_tracker/settings.py.",
            id="csp_tracker.E001",
        )
        for alias in databases or ()
        if connections[alias].vendor == "sqlite" and not connections[alias].is_in_memory_db()  # type: ignore[attr-defined]
        for pragma, wanted, found in _differing_pragmas(alias)
    ]


def _differing_pragmas(alias: str) -> list[tuple[str, object, object]]:
    with connections[alias].cursor() as cursor:
        found = {pragma: cursor.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in WANTED_PRAGMAS}
    return [(pragma, wanted, found[pragma]) for pragma, wanted in WANTED_PRAGMAS.items() if found[pragma] != wanted]

"""One file from the moment it is brought to the moment it is confirmed, whatever is read in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from csp_tracker.models import FileImport, Partnership, User
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.writing import recording, store, store_with_bytes

LONGEST_NAME = 255


@dataclass(frozen=True)
class SourceFile:
    """The file that something was read from."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """What tells the very same file again."""
        return sha256(self.data).hexdigest()


#: A file that nobody has looked at yet, or one that is previewed. Both have a name and a fingerprint.
Previewed = SourceFile | FileImport


class What(StrEnum):
    """What a confirmed file came to."""

    MADE = "made"
    UPDATED = "updated"
    THERE_ALREADY = "there already"


def stand_in_line(partnership: Partnership) -> None:
    """Wait until nobody else confirms or undoes an import here: the second finds what the first has made."""
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)


def confirmed_before(partnership: Partnership, kind: ImportKind, fingerprint: str) -> FileImport | None:
    """The import of this very file that stands, if there is one."""
    return partnership.file_imports.filter(kind=kind, state=ImportState.CONFIRMED, sha256=fingerprint).first()


def noted(file: SourceFile, *, kind: ImportKind, partnership: Partnership, by: User, now: datetime) -> FileImport:
    """A row for the file, not stored yet and without its bytes."""
    name = file.name if len(file.name) <= LONGEST_NAME else f"{file.name[: LONGEST_NAME - 1]}…"
    return FileImport(
        partnership=partnership, kind=kind, name=name, sha256=file.sha256, imported_by=by, imported_at=now
    )


@contextmanager
def taken_in(
    file: Previewed,
    *,
    kind: ImportKind,
    partnership: Partnership,
    tree: dict[str, Any],
    counts: dict[str, Any],
    by: User,
    now: datetime,
) -> Iterator[FileImport]:
    """Confirm the file with what is written inside the block, in the transaction of the service that calls it.

    The bytes of a file that was not previewed are stored as the very last thing: no refusal leaves one behind.
    """
    if isinstance(file, SourceFile):
        file_import = noted(file, kind=kind, partnership=partnership, by=by, now=now)
        store(file_import, by=by)
    else:
        file_import = file
    with recording() as record:
        yield file_import
    file_import.state = ImportState.CONFIRMED
    file_import.confirmed_by, file_import.confirmed_at = by, now
    file_import.tree, file_import.counts, file_import.made = tree, counts, record.made
    if isinstance(file, SourceFile):
        store_with_bytes(file_import, file.data, by=by)
    else:
        store(file_import, by=by)

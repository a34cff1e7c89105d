"""The rows of one street-level file, one after the other: however long the file, no more of it is held than a piece."""

import csv
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import IO
from zipfile import BadZipFile

from csp_tracker.text import one_line
from indicators.importing.police.sources import PoliceFileRefused, StreetFile

#: The heading, exactly, as data.police.uk gives it.
COLUMNS = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
USED = ("Crime ID", "Month", "Reported by", "LSOA code", "LSOA name", "Crime type")
PIECE = 1 << 16
LONGEST_LINE = 1 << 16
BROKEN = (csv.Error, zlib.error, BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError)

Pick = Callable[[Sequence[str]], tuple[str, ...]]


class Lines(io.RawIOBase):
    """A file whose lines are of bearable length: one without line breaks would else be held whole."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__()
        self.file, self.name, self.length = file, name, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        """The next piece, once it is seen that no line has become too long."""
        piece = self.file.read(len(buffer))
        buffer[: len(piece)] = piece
        last_break = piece.rfind(b"\n")
        self.length = self.length + len(piece) if last_break < 0 else len(piece) - last_break - 1
        if self.length > LONGEST_LINE:
            raise PoliceFileRefused(f"{self.name} holds a line too long for a street-level file.")
        return len(piece)


@contextmanager
def reading(file: StreetFile) -> Iterator[tuple[Pick, Iterator[list[str]]]]:
    """The rows of the file, and what picks the columns in USED out of one. Whatever breaks is told in a sentence."""
    try:
        with file.open() as data:
            buffered = io.BufferedReader(Lines(data, file.name), PIECE)
            with io.TextIOWrapper(buffered, encoding="utf-8-sig", errors="replace", newline="") as text:
                rows = csv.reader(text)
                yield _picker(next(rows, None), file.name), rows
    except BROKEN as error:
        raise PoliceFileRefused(f"{file.name} in {file.download} is damaged: it cannot be read to its end.") from error


def _picker(heading: list[str] | None, name: str) -> Pick:
    """What gives the columns that are used; a file with nothing in it has none to give."""
    if heading is None:
        return itemgetter(*range(len(USED)))
    columns = [one_line(column) for column in heading]
    if missing := [column for column in USED if column not in columns]:
        raise PoliceFileRefused(
            f"{name[:200]} is no street-level file of data.police.uk: it has no column “{missing[0]}”."
        )
    return itemgetter(*map(columns.index, USED))

"""Where street-level files lie: one file, a folder of months, or an archive as data.police.uk gives it."""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from csp_tracker.periods import Period

NAME = re.compile(
    r"(?P<month>20[0-9]{2}-(?:0[1-9]|1[0-2]))-(?P<force>[a-z0-9-]+)-(?P<what>street|outcomes|stop-and-search)\.csv"
)
MOST_FILES = 50_000  # the whole archive of all forces since 2010 holds some 20,000


class PoliceFileRefused(ValueError):
    """Something brought is not what data.police.uk gives; the sentence says what."""


@dataclass(frozen=True)
class StreetFile:
    """One .csv file; `month` and `force` are those of its name, if it has the name that data.police.uk gives."""

    name: str
    download: str
    month: Period | None
    force: str
    open: Callable[[], IO[bytes]]


@dataclass
class Sources:
    """The files found, in the order in which later ones count, and the months that any file is about."""

    files: list[StreetFile] = field(default_factory=list)
    months: set[Period] = field(default_factory=set)

    def add(self, name: str, download: str, open_it: Callable[[], IO[bytes]], *, is_named: bool = False) -> None:
        """Note a file by its name; one that was not named by the person is passed over if its name is another."""
        if len(self.files) >= MOST_FILES:
            raise PoliceFileRefused(f"{download} holds more than {MOST_FILES:,} files.")
        found = NAME.fullmatch(PurePosixPath(name).name.lower())
        if found is not None:
            month = Period.parse(found["month"])
            self.months.add(month)
            if found["what"] == "street":
                self.files.append(StreetFile(name, download, month, found["force"], open_it))
        elif is_named:
            self.files.append(StreetFile(name, download, None, "", open_it))


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[Sources]:
    """The street-level files of all paths, whose archives stay open inside the block. Nothing is unpacked."""
    sources = Sources()
    with ExitStack() as stack:
        for path in paths:
            before = len(sources.files)
            try:
                _look(path, sources, stack)
            except OSError as error:
                raise PoliceFileRefused(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
            if len(sources.files) == before:
                raise PoliceFileRefused(
                    f"{path} holds no street-level file of data.police.uk, such as 2023-09-essex-street.csv."
                )
        yield sources


def _look(path: Path, sources: Sources, stack: ExitStack) -> None:
    if not path.is_dir():
        _look_at_file(path, path.name, sources, stack, is_named=True)
        return
    for one in sorted(path.rglob("*")):
        if one.is_file() and one.suffix.lower() in (".csv", ".zip"):
            inside = one.relative_to(path).as_posix()
            _look_at_file(one, path.name if one.suffix.lower() == ".csv" else inside, sources, stack, is_named=False)


def _look_at_file(path: Path, download: str, sources: Sources, stack: ExitStack, *, is_named: bool) -> None:
    with path.open("rb") as file:
        is_archive = file.read(4) == b"PK\x03\x04"
    if not is_archive:
        sources.add(path.name, download, _opener(path), is_named=is_named)
        return
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise PoliceFileRefused(f"{path} is damaged: it cannot be opened as an archive.") from error
    for member in sorted(_files_of(archive), key=lambda one: one.filename):
        if member.flag_bits & 1:
            raise PoliceFileRefused(f"{path} is protected with a password.")
        sources.add(member.filename, path.name, _opener_in(archive, member))


def _files_of(archive: zipfile.ZipFile) -> Iterable[zipfile.ZipInfo]:
    return (member for member in archive.infolist() if not member.is_dir())


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _opener_in(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(member)

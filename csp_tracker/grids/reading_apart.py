"""Reading a file in a process of its own: a file that hangs or bursts a parser then costs nobody anything.

`read_safely` waits for it. A page that must not wait calls `start` with a folder, and `state_of` until it is done.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import csp_tracker
from csp_tracker.grids.cells import Document, GridRefused
from csp_tracker.grids.limits import Limits
from csp_tracker.grids.reading import refuse_by_size
from csp_tracker.text import clean_text, one_line

logger = logging.getLogger(__name__)

LONGEST_WAIT = Limits().clock + 4  # seconds: the reader's own time, and some for a busy machine
LONGEST_NAME = 255
#: Nothing but our own modules and the standard library, which is all it needs: no packages, no settings, no .pyc files.
ALONE = ("-E", "-s", "-S", "-B", "-X", "utf8")
KNOWN = ("PATH", "LD_LIBRARY_PATH")  # of the environment: where Python is, no key, no address of a database
MODULE = ("-m", "csp_tracker.grids.child")


@dataclass(frozen=True)
class Reading:
    """How far the reading of one file is: at most one of document and refusal is there."""

    progress: str = ""  # "412 of 2,000 rows"
    document: Document | None = None
    refusal: str | None = None  # one sentence

    @property
    def is_done(self) -> bool:
        return self.document is not None or self.refusal is not None


def read_safely(data: bytes, name: str) -> Document:
    """What `read_grids` gives, or a GridRefused also for a file that nobody could finish reading."""
    refuse_by_size(len(data), name)
    with TemporaryDirectory(prefix="csp-tracker-reading-") as made:
        folder = Path(made)
        (folder / "source").write_bytes(data)
        _call(folder, name)
        reading = state_of(folder)
    if reading.document is None:
        raise GridRefused(reading.refusal or _never_came(name))
    return reading.document


def start(folder: Path, name: str) -> None:
    """Begin to read `folder/source`, a file that was called `name`, and come back at once."""
    _call(folder, name, "--apart")


def state_of(folder: Path) -> Reading:
    """How far the reading that `start` began is."""
    try:
        name = (folder / "name").read_text(encoding="utf-8")
        began = (folder / "name").stat().st_mtime
    except FileNotFoundError:
        return Reading(refusal="The file is not here any more: bring it again.")
    if refusal := _words_of(folder / "refusal.txt"):
        return Reading(refusal=refusal)
    if result := _words_of(folder / "result.json"):
        return Reading(document=Document.from_json(json.loads(result)))
    if time.time() - began > LONGEST_WAIT:
        return Reading(refusal=_never_came(name))
    return Reading(progress=_words_of(folder / "progress"))


def forget(folder: Path) -> None:
    """Remove the file and what was read of it."""
    shutil.rmtree(folder, ignore_errors=True)


def forget_old(folders: Path, *, seconds: float) -> None:
    """Remove every reading below `folders` that began longer ago than this: nobody comes back for those."""
    for folder in folders.iterdir() if folders.exists() else ():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > seconds:
            forget(folder)


def _call(folder: Path, name: str, *arguments: str) -> None:
    (folder / "name").write_text(one_line(clean_text(name))[:LONGEST_NAME], encoding="utf-8")
    command = [sys.executable, *ALONE, *MODULE, str(folder.resolve()), *arguments]
    try:
        ended = subprocess.run(  # noqa: S603 -- our own interpreter, a folder of our own
            command,
            cwd=_root(),
            env={name: os.environ[name] for name in KNOWN if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST_WAIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.exception("No process could be had to read a file.")
        raise GridRefused(_never_came(name)) from error
    if ended.returncode:
        logger.error("The process that reads files ended with %s before it began.", ended.returncode)


def _root() -> Path:
    return Path(csp_tracker.__path__[0]).resolve().parent


def _never_came(name: str) -> str:
    return f"{name} could not be read in time: try again in a minute, or bring a copy with the plan's tables alone."


def _words_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""

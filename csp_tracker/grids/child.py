"""The process that reads one file, with little memory and little time: `python -m csp_tracker.grids.child FOLDER`.

It finds the file in `source` and its name in `name`, tells how far it is in `progress`, and leaves either
`result.json` or `refusal.txt`. It knows no Django and no database, so a file that breaks it breaks nothing else.
"""

import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from csp_tracker.grids.cells import GridRefused
from csp_tracker.grids.limits import Limits
from csp_tracker.grids.reading import BROKEN, TOO_LARGE, read_grids

TOO_LONG = "{name} takes too long to read: save a copy with the plan's tables alone and bring that."


def read(folder: Path) -> None:
    """Read the file in this folder and leave what came of it there."""
    gc.disable()  # the process ends before there is rubbish worth looking for
    name = (folder / "name").read_text()
    try:
        data = (folder / "source").read_bytes()
        document = read_grids(data, name, tell=lambda words: put(folder / "progress", words))
        put(folder / "result.json", json.dumps(document.to_json(), ensure_ascii=False))
    except GridRefused as refusal:
        put(folder / "refusal.txt", str(refusal))


def put(path: Path, words: str) -> None:
    """Whole or not at all: somebody may be looking."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(words, encoding="utf-8")
    unfinished.replace(path)


def supervise(folder: Path, work: Callable[[Path], None] = read, limits: Limits | None = None) -> None:
    """Let a process of its own do the work, and say in the folder why nothing came of it if nothing did."""
    limits = limits or Limits()
    reader = os.fork()
    if not reader:
        _work(folder, work, limits)
    status = os.waitstatus_to_exitcode(os.waitpid(reader, 0)[1])
    if not any((folder / answer).exists() for answer in ("result.json", "refusal.txt")):
        put(folder / "refusal.txt", _why(status).format(name=(folder / "name").read_text()))


def _work(folder: Path, work: Callable[[Path], None], limits: Limits) -> None:
    """Never comes back: the process ends here, whatever happens."""
    status = 1
    try:
        _limit(limits)
        work(folder)
        status = 0
    except MemoryError:
        status = os.EX_OSERR
    finally:
        os._exit(status)


def _limit(limits: Limits) -> None:
    signal.alarm(limits.clock)  # with nobody to catch it, it ends the process even inside a parser's own loop
    for what, most, at_last in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.processor, limits.processor + 1),
        (resource.RLIMIT_FSIZE, limits.file, limits.file),
        (resource.RLIMIT_AS, limits.memory, limits.memory),
    ):
        with suppress(OSError, ValueError):  # macOS has no limit of memory; a stricter one stands already elsewhere
            resource.setrlimit(what, (most, at_last))


def _why(status: int) -> str:
    if status in (-signal.SIGALRM, -signal.SIGXCPU):
        return TOO_LONG
    # Linux kills what is too large for the whole machine.
    return TOO_LARGE if status in (os.EX_OSERR, -signal.SIGKILL) else BROKEN


def main(folder: Path, *, is_apart: bool) -> int:
    """Read and come back; apart, come back at once and read on."""
    os.umask(0o077)
    if is_apart:
        if os.fork():
            return 0
        os.setsid()
    supervise(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), is_apart="--apart" in sys.argv[2:]))

"""Counting an archive of street-level crime against a bare csv.reader loop over the same rows, which are made up.

There are a fifth of a million of them, and a whole million with BENCH=full.
"""

import csv
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from csp_tracker.periods import Period
from indicators.importing.police import Area, count_crimes, opened
from indicators.importing.police import sample as samples
from tests.benchmarks.measuring import in_turn
from tests.benchmarks.reading import Measured, Notes

ROWS = 1_000_000 if os.environ.get("BENCH") == "full" else 200_000
MONTHS = 36
SMALL = 10  # a tenth of the rows, to see whether memory grows
LAST = Period.parse("2025-12")
AREA = Area(samples.FORCE, frozenset(code for code, _ in samples.lsoas(samples.DISTRICT)), samples.DISTRICT)
EVERYWHERE = Area(samples.FORCE, frozenset(code for name in samples.DISTRICTS for code, _ in samples.lsoas(name)))
#: Counts one archive in a process of its own, and tells the most memory it had, in MiB.
ALONE = """
import os, pathlib, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csp_tracker.settings")
import django
django.setup()
from tests.benchmarks import police, run
police.Count(pathlib.Path(sys.argv[1]), police.EVERYWHERE)() if len(sys.argv) > 1 else None
print(run.most_memory())
"""


@dataclass(frozen=True)
class BareLoop:
    """Every row of every file through csv.reader, counted and not looked at."""

    path: Path

    def __call__(self) -> int:
        rows = 0
        with zipfile.ZipFile(self.path) as archive:
            for name in archive.namelist():
                with archive.open(name) as file:
                    for _ in csv.reader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
                        rows += 1
        return rows


@dataclass(frozen=True)
class Count:
    """The same rows as the command counts them."""

    path: Path
    area: Area = AREA

    def __call__(self) -> int:
        with opened([self.path]) as sources:
            return count_crimes(sources, self.area).rows


def archive(bench: Notes) -> Measured:
    """G19: time against the bare loop, and what memory it takes beyond the program itself."""
    with TemporaryDirectory(prefix="csp-tracker-bench-") as folder:
        small, large = Path(folder) / "small.zip", Path(folder) / "large.zip"
        months = samples.months_until(LAST, MONTHS)
        samples.write_archive(small, months, ROWS // MONTHS // SMALL)
        samples.write_archive(large, months, ROWS // MONTHS + 1)
        pair = in_turn(BareLoop(large), Count(large))
        rows = Count(large)()
        nothing, *peaks = [_most_memory(*path) for path in ((), (small,), (large,))]
    bare, ours = pair.milliseconds
    per_second = rows / ours * 1000
    bench.note("G19", f"{rows:,} rows: bare {bare:.0f} ms, ours {ours:.0f} ms, {per_second:,.0f} rows/s")
    bench.note("G19", f"peaks {peaks[0]:.1f} and {peaks[1]:.1f} MiB, of them the program itself {nothing:.1f} MiB")
    return {"ratio": pair.ratio, "MiB": peaks[1] - nothing, "growth MiB": peaks[1] - peaks[0]}


def _most_memory(*arguments: Path) -> float:
    """Of a process of its own, every row the district's: then the most Crime IDs have to be remembered."""
    command = [sys.executable, "-c", ALONE, *map(str, arguments)]
    root = Path(__file__).parents[2]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=root)
    return float(told.stdout.split()[-1])

"""Measures every goal and says which are missed: `python3 dev.py bench [--postgres]`, or this module.

BENCH=full measures G4 with 72,000 actions in place of 7,200. The databases are made for the run and removed after it:
files in a temporary folder, or with --postgres databases of their own on the server DATABASE_URL names.
"""

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module, metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import environ
import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from tests.benchmarks import MARK
from tests.benchmarks.measuring import Result

ROOT = Path(__file__).resolve().parent.parent.parent
BUDGETS = Path(__file__).parent / "budgets.toml"
KEPT = ROOT / ".bench" / "bench.json"  # not in build/, which is served to everybody
DATABASES = ("default", "large", "papers")
PACKAGES = ("Django", "django-simple-history", "openpyxl", "psycopg")
#: A live copy's settings, for measurements that hold there; nothing of the machine's own is asked.
LIVE = {
    "DJANGO_SETTINGS_MODULE": "csp_tracker.settings",
    "CSP_TRACKER_ENV": "production",
    "DEBUG": "off",
    "SECRET_KEY": "only-for-measuring",
    "ALLOWED_HOSTS": "testserver",
    "EMAIL_URL": "memorymail://",
}


def say(words: str = "") -> None:
    """Print at once."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextmanager
def files() -> Iterator[dict[str, str]]:
    """Addresses of SQLite databases in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="csp-tracker-bench-") as folder:
        yield {alias: f"sqlite:///{folder}/{MARK}_{alias}.sqlite3" for alias in DATABASES}


@contextmanager
def databases_of_server(url: str) -> Iterator[dict[str, str]]:
    """Addresses of new databases on a PostgreSQL server, dropped in the end. One that is there already is not taken."""
    names = {alias: f"{MARK}_{alias}" for alias in DATABASES}
    with psycopg.connect(url, autocommit=True) as server, ExitStack() as stack:
        for name in names.values():
            server.execute(f'CREATE DATABASE "{name}"')
            stack.callback(server.execute, f'DROP DATABASE "{name}" WITH (FORCE)')
        yield {alias: urlsplit(url)._replace(path=f"/{name}").geturl() for alias, name in names.items()}


@contextmanager
def set_up(urls: dict[str, str]) -> Iterator[None]:
    """Start Django as a live copy with these databases, the floors' addresses beside the tracker's."""
    os.environ.update(LIVE, DATABASE_URL=urls["default"])
    usual = settings.DATABASES["default"]
    for alias, url in urls.items():
        settings.DATABASES[alias] = usual | environ.Env.db_url_config(url)
        settings.DATABASES[alias]["OPTIONS"] = usual["OPTIONS"]
    settings.ROOT_URLCONF = "tests.benchmarks.floors"
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with tempfile.TemporaryDirectory(prefix="csp-tracker-bench-static-") as folder:
        settings.STATIC_ROOT = folder
        django.setup()
        yield


def make_rows(actions: int) -> None:
    """Make the tables, straight from the models since migrations take longer than all measuring, and fill them."""
    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    data, subjects = import_module("tests.benchmarks.data"), import_module("tests.benchmarks.subjects")
    shapes = {
        "default": data.among(1000, data.OWN, data.LONG),
        "large": data.among(actions, data.OWN),
        "papers": data.PAPERS,
    }
    for alias in DATABASES:
        call_command("migrate", database=alias, run_syncdb=True, verbosity=0)
        with subjects.using(alias):
            data.seed(shapes[alias])
            if connections[alias].vendor == "postgresql":
                with connections[alias].cursor() as cursor:
                    cursor.execute("ANALYZE")


def measure(url_of_papers: str, only: list[str]) -> tuple[list[Result], dict[str, Any]]:
    """Measure the goals in their order, telling each as it is known."""
    goals, budgets = import_module("tests.benchmarks.goals"), read_budgets()
    bench = goals.Bench(url_of_papers)
    results = []
    for goal, measure_it in goals.GOALS.items():
        if only and goal not in only:
            continue
        what, bounds = bounds_of(budgets[goal], goals.about()["engine"])
        measured = measure_it(bench)
        result = Result(goal, what, bounds, measured, bench.notes.get(goal, []), budgets["headroom"])
        results.append(result)
        say(result.line)
        for note in result.notes:
            say(f"     {note}")
    if not only:
        goals.tabulate(bench)
    return results, goals.about() | {"table": bench.table}


def read_budgets() -> dict[str, Any]:
    """The bounds of every goal."""
    return tomllib.loads(BUDGETS.read_text())


def bounds_of(budget: dict[str, Any], engine: str) -> tuple[str, dict[str, float]]:
    """What a goal is called and its bounds on this engine."""
    bounds = {name: bound for name, bound in budget.items() if not isinstance(bound, dict | str)}
    return budget["what"], bounds | budget.get(engine, {})


def say_table(rows: list[dict[str, Any]]) -> None:
    """The pages side by side."""
    if not rows:
        return
    say(f"\n{'page':<16}{'ms':>7}{'queries':>9}{'HTML kB':>9}{'zipped':>8}{'constant':>10}{'flat':>7}{'admin':>7}")
    for row in rows:
        ratios = [f"{row[name]:.2f}" if name in row else "" for name in ("to_constant", "to_flat", "to_admin")]
        numbers = f"{row['milliseconds']:>7.1f}{row['queries']:>9}{row['html_kB']:>9.1f}{row['zipped_kB']:>8.1f}"
        say(f"{row['page']:<16}{numbers}{ratios[0]:>10}{ratios[1]:>7}{ratios[2]:>7}")


def write(results: list[Result], found: dict[str, Any], seconds: float) -> None:
    """Keep everything as JSON."""
    KEPT.parent.mkdir(exist_ok=True)
    versions = {name: metadata.version(name) for name in PACKAGES} | {"Python": platform.python_version()}
    kept = {"versions": versions, "seconds": round(seconds), **found, "goals": [one.as_json() for one in results]}
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")


def one_export(slug: str) -> None:
    """Make one file in this process and tell the most memory it had, in MiB."""
    with set_up({"default": os.environ["DATABASE_URL"]}):
        subjects, data = import_module("tests.benchmarks.subjects"), import_module("tests.benchmarks.data")
        shape = next(shape for shape in data.PAPERS if shape.slug == slug)
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:  # pages of the file that are mapped are no memory of ours
                cursor.execute("PRAGMA mmap_size = 0")
        subjects.Partnership(shape).paper()()
        say(str(most_memory()))


def most_memory() -> float:
    """The most memory this process has had, in MiB. Linux counts into ru_maxrss what the parent had when it forked."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / (1024 if sys.platform == "darwin" else 1)


def main() -> int:
    """Do it. 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on the server DATABASE_URL names")
    parser.add_argument("--only", action="append", metavar="GOAL", help="measure this goal alone; may be repeated")
    parser.add_argument("--one-export", metavar="SLUG", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one_export:
        one_export(asked.one_export)
        return 0
    start, actions = time.monotonic(), 72_000 if os.environ.get("BENCH") == "full" else 7_200
    with ExitStack() as stack:
        on = databases_of_server(os.environ["DATABASE_URL"]) if asked.postgres else files()
        urls = stack.enter_context(on)
        stack.enter_context(set_up(urls))
        say(f"Making the rows: about 1,000 actions, and {actions:,} to compare with …")
        make_rows(actions)
        say(f"{time.monotonic() - start:.0f} s\n")
        results, found = measure(urls["papers"], asked.only or [])
        connections.close_all()
    say_table(found["table"])
    write(results, found, time.monotonic() - start)
    missed = [result.goal for result in results if result.missed]
    words = f"Missed: {', '.join(missed)}." if missed else "Every goal is met."
    say(f"\n{words} {time.monotonic() - start:.0f} s. Kept in {KEPT.relative_to(ROOT)}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

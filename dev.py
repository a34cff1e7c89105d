#!/usr/bin/env python3
"""What one does with a checkout: python3 dev.py run | test | bench | check. Needs Python 3.11 and nothing else."""

from __future__ import annotations

import argparse
import contextlib
import glob
import hashlib
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - a Python too old must get as far as being told so

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BUILD = ROOT / "build"
DEVELOPMENT = {"CSP_TRACKER_ENV": "development", "DEBUG": "on"}
TEST = ["requirements.txt", "requirements-postgres.txt", "requirements-dev.txt"]
WORDS = ("failed", "error", "errors", "passed", "skipped", "xfailed", "xpassed")


class Stop(Exception):
    """A step cannot be done. The sentence says why and what to do."""


class Steps:
    """Numbers the steps and says what each took."""

    def __init__(self, total: int) -> None:
        self.number, self.total = 0, total

    @contextlib.contextmanager
    def step(self, title: str, *, loud: bool = False) -> Iterator[None]:
        """Announce one step; a loud one prints lines of its own."""
        self.number += 1
        print(f"[{self.number}/{self.total}] {title}", end="\n" if loud else " … ", flush=True)
        start = time.monotonic()
        yield
        print(f"{title}: {time.monotonic() - start:.0f} s" if loud else f"{time.monotonic() - start:.0f} s", flush=True)


def quietly(*command: object, otherwise: str, **options: Any) -> str:
    """Run a command, return what it said; when it fails, show the end of that and stop with the sentence."""
    options["env"] = {**os.environ, **options.get("env", {})}
    options = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **options}
    done = subprocess.run([str(part) for part in command], stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        print("\n" + "\n".join((done.stdout or "").strip().splitlines()[-60:]), file=sys.stderr)
        raise Stop(otherwise)
    return done.stdout


def manage(*command: str, otherwise: str, **env: str) -> str:
    """Run a command of manage.py."""
    return quietly(PYTHON, "manage.py", *command, env=env, otherwise=otherwise)


def digest(*files: Path) -> str:
    """One name for the contents of all these files and their places."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{file.relative_to(ROOT)}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\0".encode())
    return total.hexdigest()


def everything_in(folder: Path) -> list[Path]:
    """All files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


@contextlib.contextmanager
def unless_done(stamp: Path, wanted: str) -> Iterator[bool]:
    """Whether the work is still to do. The stamp is written only after it was done."""
    to_do = not stamp.is_file() or stamp.read_text() != wanted
    yield to_do
    if to_do:
        stamp.write_text(wanted)


# The set-up


def set_up(steps: Steps, *requirements: str) -> None:
    """The two steps every command begins with."""
    with steps.step("Making the environment"):
        make_environment()
    with steps.step("Installing the locked packages"):
        install(*requirements)


def make_environment() -> None:
    """Make .venv, again where it was moved or its Python has gone."""
    made, wanted = VENV / ".made", f"{VENV} {sys.version_info[0]}.{sys.version_info[1]}"
    if PYTHON.is_file() and made.is_file() and made.read_text() == wanted:
        return
    if importlib.util.find_spec("ensurepip") is None and not apt("python3-venv"):
        raise Stop("Python cannot make an environment here because its venv part is missing: apt install python3-venv")
    quietly(sys.executable, "-m", "venv", "--clear", VENV, otherwise=f"The environment {VENV} could not be made.")
    made.write_text(wanted)


def install(*names: str) -> None:
    """Install locked packages whose hashes are in the files, when a file has changed since the last time."""
    with unless_done(VENV / f".installed-{names[-1]}", digest(*[ROOT / name for name in names])) as to_do:
        if to_do:
            files = [part for name in names for part in ("-r", name)]
            pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
            failed = "The locked packages could not be installed: check the network, or the mirror pip is told to use."
            quietly(*pip, "--require-hashes", *files, otherwise=failed)


def run_requirements() -> list[str]:
    """What the service itself needs, with the driver of the database that DATABASE_URL names."""
    told = os.environ.get("DATABASE_URL", "") + ((ROOT / ".env").read_text() if (ROOT / ".env").is_file() else "")
    return ["requirements-postgres.txt", "requirements.txt"] if "postgres" in told else ["requirements.txt"]


def npm_path() -> str:
    """A PATH on which npm and a Node of 20 or newer are first: the machine's own, or the one packaged for Python."""
    if shutil.which("npm") and shutil.which("node"):
        version = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True).stdout
        if version.startswith("v") and int(version[1:].split(".")[0]) >= 20:
            return os.environ["PATH"]
    install("requirements-node.txt")
    return f"{BIN}{os.pathsep}{os.environ['PATH']}"


def build_assets() -> None:
    """Build style and script from assets/ when anything that goes into them has changed."""
    packages = [ROOT / "package.json", ROOT / "package-lock.json"]
    with unless_done(BUILD / ".stamp", digest(*packages, *everything_in(ROOT / "assets"))) as to_do:
        if not to_do:
            return
        env = {"PATH": npm_path()}
        npm = shutil.which("npm", path=env["PATH"]) or "npm"
        with unless_done(ROOT / "node_modules" / ".stamp", digest(*packages)) as to_install:
            if to_install:
                failed = "npm could not install its packages: check the network, or the mirror npm is told to use."
                quietly(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", env=env, otherwise=failed)
        quietly(npm, "run", "build", env=env, otherwise="The style and script could not be built from assets/.")


def collect_static() -> None:
    """Gather, name by content and compress everything a browser fetches."""
    parts = [ROOT / "requirements.txt", *everything_in(ROOT / "static"), *everything_in(BUILD)]
    with unless_done(ROOT / "static_root" / ".stamp", digest(*parts)) as to_do:
        if to_do:
            manage("collectstatic", "--noinput", "--clear", otherwise="The static files could not be collected.")


def apt(*packages: str) -> bool:
    """Fetch system packages where nobody would mind: a build machine that lets us. Elsewhere the person is asked to."""
    if os.environ.get("CI") != "true" or os.name == "nt" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    failed = f"apt could not install {' '.join(packages)}: check the network and the package sources."
    quietly("apt-get", "update", env=env, otherwise=failed)
    quietly("apt-get", "install", "-y", "--no-install-recommends", *packages, env=env, otherwise=failed)
    return True


# PostgreSQL for the length of a test run


def postgres_programs() -> Path:
    """The folder of the newest initdb of this machine."""
    for attempt in range(2):
        found = glob.glob("/usr/lib/postgresql/*/bin/initdb")
        newest = max(found, key=lambda path: float(path.split("/")[4]), default=shutil.which("initdb"))
        if newest:
            return Path(newest).parent
        if attempt or not apt("postgresql"):
            break
    raise Stop("These tests need PostgreSQL on this machine, running or not: apt install postgresql")


def free_port() -> int:
    """A port of the loopback interface that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def throw_away_postgres(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL of our own on the loopback interface: its DATABASE_URL, and nothing left of it afterwards.

    `durable` writes to the disk as a live one does: tests do without, a measurement would flatter the bare statements.
    """
    programs, port = postgres_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="csp-tracker-postgres-"))
    options: dict[str, Any] = {"cwd": folder}
    if os.name != "nt" and os.geteuid() == 0:  # initdb refuses to run as root
        shutil.chown(folder, "nobody")
        options |= {"user": "nobody", "extra_groups": []}
    data, failed = folder / "data", "PostgreSQL could not be started for the tests."
    control = [programs / "pg_ctl", "-D", data, "-w"]
    try:
        how = ["-U", "tests", "-A", "trust", "-N", "--encoding=UTF8", "--locale=C.UTF-8"]
        quietly(programs / "initdb", "-D", data, *how, otherwise=failed, **options)
        server = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        server += "" if durable else " -c fsync=off"
        options["stdout"] = subprocess.DEVNULL  # the server would keep a pipe open for ever
        quietly(*control, "-l", folder / "log", "-o", server, "start", otherwise=failed, **options)
        yield f"postgres://tests@127.0.0.1:{port}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            quietly(*control, "-m", "immediate", "stop", otherwise="PostgreSQL did not stop.", **options)
        shutil.rmtree(folder, ignore_errors=True)


# The commands


def run(port: int) -> None:
    """Set everything up and serve the demo."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Stop(f"Port {port} is in use: stop what uses it, or choose another with --port.") from None
    steps = Steps(7)
    set_up(steps, *run_requirements())
    with steps.step("Building style and script"):
        build_assets()
    with steps.step("Bringing the database up to date"):
        manage("migrate", "--noinput", otherwise="The database could not be brought up to date.")
    with steps.step("Collecting the static files"):
        collect_static()
    with steps.step("Loading the demonstration"):
        said = manage("load_demo", otherwise="The demonstration could not be loaded.")
    print(said.strip())
    print(f"[7/7] Serving on http://127.0.0.1:{port}/ (Ctrl-C stops it)", flush=True)
    os.chdir(ROOT)
    command = [str(PYTHON), "manage.py", "runserver", f"127.0.0.1:{port}"]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)  # noqa: S606 - so that whoever stops this process stops the server


def pytest(*arguments: str, **env: str) -> dict[str, int]:
    """Run pytest in full view. What its last line counted, and `status`."""
    command = [str(PYTHON), "-m", "pytest", "-n", str(min(os.cpu_count() or 1, 4)), *arguments]
    counted = {}
    options: dict[str, Any] = {"cwd": ROOT, "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**os.environ, **DEVELOPMENT, **env}, **options) as process:
        try:
            for line in process.stdout or []:
                print(line, end="", flush=True)
                if re.search(rf"\b\d+ ({'|'.join(WORDS)})\b.* in [\d.]+s", line):
                    counted = {word: int(count) for count, word in re.findall(r"(\d+) (\w+)", line) if word in WORDS}
        except BaseException:  # we are being stopped
            process.terminate()
            raise
    return {**counted, "status": process.returncode}


def test(everything: bool, arguments: list[str]) -> None:
    """Run the tests: those that need no browser or server, or everything."""
    steps = Steps(8 if everything else 3)
    set_up(steps, *TEST, *["requirements-e2e.txt"] * everything)
    results, start = {}, time.monotonic()
    without_browser = ["--ignore=tests/e2e", *arguments]
    with steps.step("Testing on SQLite" if everything else "Testing", loud=True):
        url = {"DATABASE_URL": f"sqlite:///{ROOT / 'db.sqlite3'}"} if everything else {}
        results["SQLite"] = pytest("-m", "not postgres", *without_browser, **url)
    if everything:
        with steps.step("Building style and script"):
            build_assets()
        with steps.step("Collecting the static files"):
            collect_static()
        with steps.step("Looking for Chromium"):
            if not shutil.which("chromium") and not apt("chromium", "fonts-liberation"):
                raise Stop("These tests need Chromium on this machine: apt install chromium")
        with steps.step("Testing in the browser", loud=True):
            results["browser"] = pytest("tests/e2e", *arguments, **url)
        with steps.step("Testing on PostgreSQL", loud=True), throw_away_postgres() as postgres:
            # What touches no database has been tested above.
            results["PostgreSQL"] = pytest("-m", "django_db or postgres", *without_browser, DATABASE_URL=postgres)
        for layer, result in results.items():
            print(f"{layer}: " + ", ".join(f"{result[word]} {word}" for word in WORDS if word in result))
        total = {word: sum(result.get(word, 0) for result in results.values()) for word in WORDS}
        summary = ", ".join(f"{number} {word}" for word, number in total.items() if number)
        print(f"==== {summary} in {time.monotonic() - start:.2f}s ====")
    failed = [layer for layer, result in results.items() if result["status"]]
    if failed:
        raise Stop(f"Tests failed: {', '.join(failed)}.")


def bench(arguments: list[str]) -> None:
    """Measure against the goals; --postgres repeats it there."""
    steps = Steps(4)
    set_up(steps, *TEST)
    with steps.step("Building style and script"):  # what travels with a page is measured too
        build_assets()
    with steps.step("Measuring", loud=True), contextlib.ExitStack() as stack:
        env = {**os.environ, **DEVELOPMENT}
        if "--postgres" in arguments:
            env["DATABASE_URL"] = stack.enter_context(throw_away_postgres(durable=True))
        command = [str(PYTHON), "-m", "tests.benchmarks.run", *arguments]
        if subprocess.call(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL):
            raise Stop("A goal was missed.")


def check() -> None:
    """Lint, format, types and missing migrations. All are done, then the failures are named."""
    steps = Steps(6)
    set_up(steps, *TEST)
    python = [PYTHON, "-m"]
    checks = {
        "Looking for mistakes": [*python, "ruff", "check", "--quiet", "."],
        "Looking at the format": [*python, "ruff", "format", "--check", "--quiet", "."],
        "Checking the types": [*python, "mypy"],
        "Looking for missing migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    }
    failed = []
    for title, command in checks.items():
        with steps.step(title):
            try:
                quietly(*command, env={**DEVELOPMENT, "DATABASE_URL": "sqlite://:memory:"}, otherwise=title)
            except Stop:
                failed.append(title)
    if failed:
        raise Stop(f"Not clean: {', '.join(failed)}.")


def main() -> None:
    """Read the command line and do it."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it with an older one is told so
        raise Stop(f"This needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help=run.__doc__).add_argument("--port", type=int, default=8000)
    for command in (test, bench):
        commands.add_parser(command.__name__, help=command.__doc__, epilog="Other arguments are passed on.")
    commands.choices["test"].add_argument("--all", action="store_true", help="add PostgreSQL and headless Chromium")
    commands.add_parser("check", help=check.__doc__)
    known, others = parser.parse_known_args()
    if others and known.command in ("run", "check"):
        parser.error(f"unknown: {' '.join(others)}")
    {
        "run": lambda: run(known.port),
        "test": lambda: test(known.all, others),
        "bench": lambda: bench(others),
        "check": check,
    }[known.command]()


if __name__ == "__main__":
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    try:
        main()
    except Stop as reason:
        sys.exit(f"\n{reason}")
    except KeyboardInterrupt:
        sys.exit(130)

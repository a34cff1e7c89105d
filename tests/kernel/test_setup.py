"""dev.py does a step when something that goes into it has changed, and says what is missing in one sentence."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    (tmp_path / "assets" / "images").mkdir(parents=True)
    (tmp_path / "assets" / "app.scss").write_text("a {}")
    return tmp_path


def test_a_step_is_done_once_and_again_when_its_input_changed(root):
    done = []
    for wanted in ("first", "first", "second"):
        with dev.unless_done(root / ".stamp", wanted) as to_do:
            done.append(to_do)
    assert done == [True, False, True]


def test_a_step_that_failed_is_done_again(root):
    with pytest.raises(dev.Stop), dev.unless_done(root / ".stamp", "wanted"):
        raise dev.Stop
    with dev.unless_done(root / ".stamp", "wanted") as to_do:
        assert to_do


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda assets: (assets / "app.scss").write_text("b {}"), id="changed"),
        pytest.param(lambda assets: (assets / "images" / "logo.svg").write_text("<svg/>"), id="added in a folder"),
        pytest.param(lambda assets: (assets / "app.scss").rename(assets / "page.scss"), id="renamed"),
        pytest.param(lambda assets: (assets / "app.scss").unlink(), id="removed"),
    ],
)
def test_every_file_of_the_assets_counts(root, change):
    before = dev.digest(*dev.everything_in(root / "assets"))
    change(root / "assets")
    assert dev.digest(*dev.everything_in(root / "assets")) != before


def test_a_failing_command_shows_what_it_said_and_stops_with_the_sentence(capsys):
    program = "print('no space left on device'); raise SystemExit(1)"
    with pytest.raises(dev.Stop, match=r"^The disk is full\.$"):
        dev.quietly(sys.executable, "-c", program, otherwise="The disk is full.")
    assert "no space left on device" in capsys.readouterr().err


def test_a_port_in_use_is_said_before_anything_is_set_up():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "dev.py", "run", "--port", str(taken.getsockname()[1])]
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert re.fullmatch(r"\s*Port \d+ is in use: stop what uses it, or choose another with --port.\n", refused.stderr)


def test_a_python_too_old_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(dev.Stop, match=r"needs Python 3\.11 or newer"):
        dev.main()


def test_a_python_without_its_venv_part_is_told_what_to_install(root, monkeypatch):
    monkeypatch.setattr(dev, "PYTHON", root / "none")
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(dev.Stop, match="apt install python3-venv"):
        dev.make_environment()


def test_a_machine_without_postgresql_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(dev.glob, "glob", lambda _pattern: [])
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(dev.Stop, match="apt install postgresql"):
        dev.postgres_programs()


def test_the_newest_postgresql_is_taken(monkeypatch):
    found = [f"/usr/lib/postgresql/{version}/bin/initdb" for version in ("9.6", "15", "17")]
    monkeypatch.setattr(dev.glob, "glob", lambda _pattern: found)
    assert dev.postgres_programs() == Path("/usr/lib/postgresql/17/bin")


@pytest.mark.parametrize(
    ("version", "own"),
    [
        pytest.param("v20.0.0", True, id="new enough"),
        pytest.param("v18.20.4", False, id="too old"),
        pytest.param("", False, id="says nothing"),
    ],
)
def test_the_machines_own_node_is_used_when_it_will_do(root, monkeypatch, version, own):
    for name in ("node", "npm"):
        program = root / name
        program.write_text(f"#!/bin/sh\necho {version}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{root}{os.pathsep}{os.environ['PATH']}")
    installed = []
    monkeypatch.setattr(dev, "install", lambda *names: installed.extend(names))
    first = dev.npm_path().split(os.pathsep)[0]
    assert first == str(root if own else dev.BIN)
    assert installed == ([] if own else ["requirements-node.txt"])


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.txt")), ids=lambda path: path.stem)
def test_every_locked_package_has_hashes_and_no_lock_names_an_index(lock):
    text = lock.read_text()
    packages = [part for part in re.split(r"\n(?=\S)", text) if "==" in part.split("\n")[0]]
    assert packages
    assert [part.split()[0] for part in packages if "--hash=sha256:" not in part] == []
    assert "://" not in text


def test_the_lock_of_npm_names_no_registry():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_every_variable_that_settings_read_is_explained_to_operators():
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "csp_tracker" / "settings.py").read_text()))
    explained = set(re.findall(r"^\| `(\w+)`", (ROOT / "docs" / "operators.md").read_text(), re.MULTILINE))
    assert read == explained

"""Files are read in a process of their own, which has little time and little memory and leaves one answer."""

import os
import resource
import signal
import time
from datetime import date, datetime
from datetime import time as clock
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.grids import (
    Cell,
    Document,
    Grid,
    GridRefused,
    Row,
    child,
    forget,
    forget_old,
    read_grids,
    read_safely,
    reading_apart,
    start,
    state_of,
)
from csp_tracker.grids.limits import MEGABYTE, Limits

SEEDS = Path(__file__).parent.parent.parent / "seeds"
NAMES = sorted(path.name for path in SEEDS.iterdir())
WORKBOOK = SEEDS / "maldon-csp-2009-10.xlsx"


class TestAsJson:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_seed_comes_back_as_it_was(self, name):
        document = read_grids((SEEDS / name).read_bytes(), name)
        assert Document.from_json(document.to_json()) == document

    values = st.one_of(
        st.none(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.decimals(allow_nan=False, places=3)
    )
    cells = st.builds(
        Cell,
        text=st.text(max_size=5),
        value=values,
        fill=st.sampled_from(["", "00B050"]),
        row_span=st.integers(1, 3),
        column_span=st.integers(1, 3),
        is_covered=st.booleans(),
    )
    rows = st.builds(Row, st.tuples(cells), st.integers(1, 9), st.text(max_size=5), st.booleans(), st.booleans())
    words = st.lists(st.text(max_size=5), max_size=2).map(tuple)
    grids = st.builds(Grid, st.text(max_size=5), st.tuples(rows), words, st.booleans())

    @given(st.builds(Document, st.text(max_size=5), st.just("csv"), st.tuples(grids), words, words))
    def test_nothing_is_lost_on_the_way(self, document):
        back = Document.from_json(document.to_json())
        assert back == document
        assert back.grids[0].rows[0].cells[0].value.__class__ is document.grids[0].rows[0].cells[0].value.__class__

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            pytest.param(Cell(), "", id="blank"),
            pytest.param(Cell("words"), "words", id="words alone"),
            pytest.param(Cell(is_covered=True), None, id="covered"),
            pytest.param(Cell("0", Decimal(0)), {"text": "0", "number": "0"}, id="nought is a value"),
            pytest.param(Cell("No", False), {"text": "No", "truth": False}, id="so is no"),
            pytest.param(Cell("x", date(2010, 3, 1)), {"text": "x", "date": "2010-03-01"}, id="date"),
            pytest.param(
                Cell("x", datetime(2010, 3, 1)),  # noqa: DTZ001
                {"text": "x", "datetime": "2010-03-01T00:00:00"},
                id="date and time",
            ),
            pytest.param(Cell("x", clock(9, 30)), {"text": "x", "time": "09:30:00"}, id="time"),
            pytest.param(Cell(fill="FF0000", row_span=2), {"fill": "FF0000", "rows": 2}, id="merged and tinted"),
        ],
    )
    def test_a_cell_takes_little_room(self, cell, expected):
        assert cell.to_json() == expected
        assert Cell.from_json(expected) == cell

    @pytest.mark.parametrize("data", [[], {}, {"version": 0}, {"version": 1}, {"version": 1, "name": "x", "grids": 3}])
    def test_anything_else_is_no_document(self, data):
        with pytest.raises(ValueError, match="document of tables"):
            Document.from_json(data)


class TestWaiting:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_seed_is_read_as_in_this_process(self, name):
        data = (SEEDS / name).read_bytes()
        assert read_safely(data, name) == read_grids(data, name)

    @pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"x" * (5 * MEGABYTE + 1), b"PK\x03\x04 and nothing"])
    def test_a_refusal_is_the_same_sentence(self, data):
        with pytest.raises(GridRefused) as here:
            read_grids(data, "plan.docx")
        with pytest.raises(GridRefused) as apart:
            read_safely(data, "plan.docx")
        assert str(apart.value) == str(here.value)

    def test_a_name_may_be_anything(self):
        assert read_safely(b"a\tb", "../{0}\n\0\ud800 'plan'.txt").name == "../{0} 'plan'.txt"

    def test_nothing_is_left_behind(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        read_safely(b"a\tb", "plan.txt")
        assert list(tmp_path.iterdir()) == []

    def test_no_python_to_start_is_a_refusal(self, monkeypatch):
        monkeypatch.setattr(reading_apart.sys, "executable", "/nowhere/python")
        with pytest.raises(GridRefused, match="could not be read in time: try again"):
            read_safely(b"a\tb", "plan.txt")

    def test_a_python_that_does_not_begin_is_a_refusal_and_is_logged(self, monkeypatch, caplog):
        monkeypatch.setattr(reading_apart, "MODULE", ("-c", "raise SystemExit(3)"))
        with pytest.raises(GridRefused, match="could not be read in time: try again"):
            read_safely(b"a\tb", "plan.txt")
        assert [record.message for record in caplog.records] == [
            "The process that reads files ended with 3 before it began."
        ]

    def test_the_reader_is_told_no_secrets_and_has_no_packages(self, tmp_path, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "secret")
        spying = "import os, sys; from pathlib import Path; import csp_tracker.grids.child\n"
        spying += "Path(sys.argv[1], 'seen').write_text(str([dict(os.environ), *sys.path, *sys.modules]))"
        monkeypatch.setattr(reading_apart, "MODULE", ("-c", spying))
        start(brought(tmp_path, b"a\tb"), "plan.txt")
        seen = (tmp_path / "seen").read_text()
        assert "csp_tracker.grids.child" in seen
        assert not [word for word in ("secret", "site-packages", "django", "openpyxl", "sqlite3") if word in seen]


def brought(folder: Path, data: bytes, name: str = "plan.xlsx") -> Path:
    (folder / "source").write_bytes(data)
    return folder


def waited(folder: Path):
    for _ in range(2_000):
        if (reading := state_of(folder)).is_done:
            return reading
        time.sleep(0.01)
    raise AssertionError("nothing came")


class TestNotWaiting:
    def test_the_document_comes_by_and_by(self, tmp_path):
        start(brought(tmp_path, WORKBOOK.read_bytes()), "plan.xlsx")
        reading = waited(tmp_path)
        assert reading.document == read_grids(WORKBOOK.read_bytes(), "plan.xlsx")
        assert reading.refusal is None

    def test_a_refusal_comes_too(self, tmp_path):
        start(brought(tmp_path, b"%PDF-1.7"), "plan.docx")
        assert waited(tmp_path).refusal == "plan.docx is a PDF: bring the plan as .docx, .xlsx, .csv or .txt."

    def test_nobody_else_may_look(self, tmp_path):
        start(brought(tmp_path, b"a\tb"), "plan.txt")
        assert waited(tmp_path).document is not None
        assert (tmp_path / "result.json").stat().st_mode & 0o077 == 0

    def test_until_then_it_says_how_far_it_is(self, tmp_path):
        (tmp_path / "name").write_text("plan.xlsx")
        assert (state_of(tmp_path).progress, state_of(tmp_path).is_done) == ("", False)
        child.put(tmp_path / "progress", "412 of 2,000 rows")
        assert (state_of(tmp_path).progress, state_of(tmp_path).is_done) == ("412 of 2,000 rows", False)

    def test_what_never_comes_is_refused(self, tmp_path):
        (tmp_path / "name").write_text("plan.xlsx")
        long_ago = time.time() - reading_apart.LONGEST_WAIT - 1
        os.utime(tmp_path / "name", (long_ago, long_ago))
        assert "plan.xlsx could not be read in time" in state_of(tmp_path).refusal

    def test_a_folder_that_went_away_is_refused(self, tmp_path):
        assert state_of(tmp_path / "gone").refusal == "The file is not here any more: bring it again."

    def test_what_nobody_came_back_for_is_removed(self, tmp_path):
        for name, age in (("new", 10), ("old", 100)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "source").write_bytes(b"words")
            os.utime(tmp_path / name, (time.time() - age, time.time() - age))
        forget_old(tmp_path, seconds=50)
        forget_old(tmp_path / "nothing here", seconds=50)
        assert [path.name for path in tmp_path.iterdir()] == ["new"]
        forget(tmp_path / "new")
        assert list(tmp_path.iterdir()) == []


def spin(folder):
    while True:
        pass


def sleep(folder):
    time.sleep(60)


def hoard(folder):
    hoarded = [bytearray(10 * MEGABYTE) for _ in range(200)]
    child.put(folder / "result.json", str(len(hoarded)))


def scribble(folder):
    (folder / "scrap").write_bytes(b"x" * 2 * MEGABYTE)


def crash(folder):
    os.kill(os.getpid(), signal.SIGTERM)


def killed(folder):
    os.kill(os.getpid(), signal.SIGKILL)


def give_up(folder):
    raise RuntimeError("nobody sees this")


class TestLimits:
    @pytest.mark.parametrize(
        ("work", "words"),
        [
            pytest.param(spin, "takes too long to read", id="the processor"),
            pytest.param(sleep, "takes too long to read", id="the clock"),
            pytest.param(hoard, "takes too much memory to read", id="memory"),
            pytest.param(killed, "takes too much memory to read", id="memory of the whole machine"),
            pytest.param(scribble, "cannot be read", id="a file too large"),
            pytest.param(crash, "cannot be read", id="killed by somebody"),
            pytest.param(give_up, "cannot be read", id="an error"),
        ],
    )
    def test_whatever_goes_wrong_is_one_sentence(self, work, words, tmp_path):
        (tmp_path / "name").write_text("plan.xlsx")
        child.supervise(tmp_path, work, Limits(processor=1, clock=2, memory=_now() + 50 * MEGABYTE, file=MEGABYTE))
        assert state_of(tmp_path).refusal.startswith(f"plan.xlsx {words}")
        assert "\n" not in state_of(tmp_path).refusal

    def test_an_answer_that_came_counts(self, tmp_path):
        (tmp_path / "name").write_text("plan.xlsx")
        child.supervise(tmp_path, lambda folder: child.put(folder / "refusal.txt", "No."))
        assert state_of(tmp_path).refusal == "No."


def _now() -> int:
    """How much room this process takes, which the one it makes begins with."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 400 * MEGABYTE

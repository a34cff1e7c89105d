"""Reading the files people bring: a workbook of 2,000 rows and a Word file of 40 pages, as a service reads them.

That is in a process of its own, its start and the way back as JSON included; the floors stay in this process.
"""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from xml.etree import ElementTree

import docx
import openpyxl
from openpyxl.styles import PatternFill

from csp_tracker.grids import read_safely
from tests.benchmarks.measuring import in_turn

ROWS = 2_000
PAGES, ROWS_OF_PAGE = 40, 12
HEADINGS = ("No.", "Objective", "Action", "Lead", "Timescale", "Baseline", "Progress", "Work needed", "RAG")
LIGHTS = {"GREEN": "00B050", "AMBER": "FFC000", "RED": "FF0000"}
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: Reads one file as the service's own process does, and tells the most memory it had, in KiB.
ALONE = """
import pathlib, sys
from csp_tracker.grids.child import read
read(pathlib.Path(sys.argv[1]))
status = pathlib.Path("/proc/self/status")
if status.exists():
    print(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")))
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1))
"""

Measured = dict[str, float]


class Notes(Protocol):
    """Where more is said about a goal."""

    def note(self, goal: str, words: str) -> None:
        """Say it."""


def words_of_row(number: int) -> list[str]:
    """One action, as long as real ones are."""
    return [
        f"{number // 40 + 1}.{number % 40 + 1}",
        f"Objective {number // 8 + 1}: fewer people are afraid to be out after dark.",
        f"Action {number + 1}: patrol the high street, talk to shopkeepers and light the two car parks behind it.",
        "District Council and Police",
        "March 2010",
        "2008/09 ASB incidents 2030 Target 09/10 1984",
        f"Two of the car parks are lit since May; {number} people asked, most of them feel safer. " * 2,
        "The third car park belongs to a company that has to be found first.",
        list(LIGHTS)[number % len(LIGHTS)],
    ]


def make_workbook() -> bytes:
    """Words, numbers, dates as text and coloured lights, as a partnership keeps them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEADINGS, "Target", "Outturn"])
    fills = {word: PatternFill("solid", fgColor=f"FF{rgb}") for word, rgb in LIGHTS.items()}
    for number in range(ROWS - 1):
        words = words_of_row(number)
        sheet.append([*words, number, number / 7])
        sheet.cell(number + 2, len(words)).fill = fills[words[-1]]
        sheet.cell(number + 2, len(words) + 2).number_format = "0.0%"
    return _saved(book)


def make_word_file() -> bytes:
    """One table of forty landscape pages, its light shaded."""
    rows = "".join(_row(words_of_row(number)) for number in range(PAGES * ROWS_OF_PAGE))
    body = f'<w:document xmlns:w="{W}"><w:body><w:tbl>{_row(HEADINGS)}{rows}</w:tbl></w:body></w:document>'
    made = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(_saved(docx.Document()))) as usual,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        for name in usual.namelist():
            file.writestr(name, body if name == "word/document.xml" else usual.read(name))
    return made.getvalue()


def _row(words: list[str] | tuple[str, ...]) -> str:
    """As Word writes a row: a width and a shade for each cell, a spacing and a size for its words."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="1500" w:type="dxa"/><w:shd w:val="clear" w:fill="{LIGHTS.get(text, "auto")}"/>'
        '</w:tcPr><w:p><w:pPr><w:spacing w:after="0"/></w:pPr>'
        f'<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t>{text}</w:t></w:r></w:p></w:tc>'
        for text in words
    )
    return f"<w:tr>{cells}</w:tr>"


def _saved(file: openpyxl.Workbook | docx.document.Document) -> bytes:
    made = BytesIO()
    file.save(made)
    return made.getvalue()


@dataclass(frozen=True)
class BareWorkbook:
    """openpyxl as one would use it in a script: every value of the sheet, nothing else."""

    data: bytes

    def __call__(self) -> int:
        sheet = openpyxl.load_workbook(BytesIO(self.data), data_only=True).active
        assert sheet is not None
        return sum(value is not None for row in sheet.iter_rows(values_only=True) for value in row)


@dataclass(frozen=True)
class BareTree:
    """The document's part unpacked and parsed by the standard library; no word of it looked at."""

    data: bytes

    def __call__(self) -> ElementTree.Element:
        with zipfile.ZipFile(BytesIO(self.data)) as file:
            return ElementTree.fromstring(file.read("word/document.xml"))


def workbook(bench: Notes) -> Measured:
    """G17: a workbook of 2,000 rows against bare openpyxl."""
    data = make_workbook()
    return _measured(bench, "G17", "plan.xlsx", data, BareWorkbook(data))


def word_file(bench: Notes) -> Measured:
    """G18: a Word file of 40 pages against a bare parse of its XML."""
    data = make_word_file()
    return _measured(bench, "G18", "plan.docx", data, BareTree(data))


def _measured(bench: Notes, goal: str, name: str, data: bytes, floor: Callable[[], object]) -> Measured:
    pair = in_turn(floor, lambda: read_safely(data, name))
    grid = read_safely(data, name).grids[0]
    memory = _most_memory(data, name)
    bare, ours = pair.milliseconds
    cells = len(grid.rows) * len(grid.rows[0].cells)
    bench.note(
        goal, f"{len(data) / 1000:.0f} kB, {len(grid.rows)} rows, {cells} cells: bare {bare:.0f} ms, ours {ours:.0f} ms"
    )
    return {"ratio": pair.ratio, "MiB": memory}


def _most_memory(data: bytes, name: str) -> float:
    with TemporaryDirectory(prefix="csp-tracker-bench-") as made:
        (Path(made) / "source").write_bytes(data)
        (Path(made) / "name").write_text(name)
        told = subprocess.run([sys.executable, "-c", ALONE, made], capture_output=True, check=True, text=True)
    return int(told.stdout) / 1024

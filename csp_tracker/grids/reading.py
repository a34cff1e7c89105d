"""The one door for files: what they are is told by their content, and whatever goes wrong becomes one sentence."""

from collections.abc import Callable

from csp_tracker.grids.archive import refuse_dangerous_xml, unpack
from csp_tracker.grids.cells import Document, GridRefused
from csp_tracker.grids.delimited import read_delimited
from csp_tracker.grids.excel import read_excel
from csp_tracker.grids.limits import LARGEST_FILE, MEGABYTE
from csp_tracker.grids.word import read_word

BROKEN = "{name} cannot be read: the file is damaged or not what its name says."
TOO_LARGE = "{name} takes too much memory to read: save a copy with the plan's tables alone and bring that."
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_KINDS = {b"%PDF": "a PDF", b"{\\rtf": "an RTF file", b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture"}
DOCUMENTS = "application/vnd.openxmlformats-officedocument."


def refuse_by_size(size: int, name: str) -> None:
    """What need not even be opened."""
    if not size:
        raise GridRefused(f"{name} is empty.")
    if size > LARGEST_FILE:
        raise GridRefused(f"{name} is larger than {LARGEST_FILE // MEGABYTE} MB: bring a copy without its pictures.")


def read_grids(data: bytes, name: str, *, tell: Callable[[str], None] = lambda words: None) -> Document:
    """The tables of a Word document, workbook, .csv or text file; GridRefused with one sentence for anything else.

    `tell` hears how far it is. Files from outside go through `read_safely`, which calls this in a process of its own.
    """
    refuse_by_size(len(data.strip()) and len(data), name)
    try:
        return _read(data, name)
    except GridRefused:
        raise
    except MemoryError:
        raise GridRefused(TOO_LARGE.format(name=name)) from None
    except Exception as error:  # parsers of hostile files raise a dozen kinds; all of them mean this
        raise GridRefused(BROKEN.format(name=name)) from error


def _read(data: bytes, name: str) -> Document:
    if data.startswith(OLD_OFFICE):
        raise GridRefused(
            f"{name} is protected by a password or in the format of Office before 2007: "
            "save a copy as .docx or .xlsx without a password and bring that."
        )
    for mark, kind in OTHER_KINDS.items():
        if data.startswith(mark):
            raise GridRefused(f"{name} is {kind}: bring the plan as .docx, .xlsx, .csv or .txt.")
    if data.startswith(ZIP):
        return _read_office(data, name)
    return read_delimited(data, name)


def _read_office(data: bytes, name: str) -> Document:
    parts = unpack(data)
    refuse_dangerous_xml(parts)
    contents = parts.get("[Content_Types].xml", b"").decode("utf-8", "replace")
    if any(part.endswith("vbaProject.bin") for part in parts) or "macroEnabled" in contents:
        raise GridRefused(f"{name} carries macros: save a copy without them and bring that.")
    if f"{DOCUMENTS}wordprocessingml.document.main" in contents:
        return read_word(parts, name)
    if f"{DOCUMENTS}spreadsheetml.sheet.main" in contents:
        return read_excel(data, name)
    raise GridRefused(f"{name} is neither a Word document (.docx) nor an Excel workbook (.xlsx).")

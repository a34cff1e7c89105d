"""The one door for files: what they are is told by their content, and whatever goes wrong becomes one sentence."""

from collections.abc import Callable

from csp_tracker.grids.archive import refuse_dangerous_xml, unpack
from csp_tracker.grids.cells import Document, GridRefused
from csp_tracker.grids.delimited import read_delimited
from csp_tracker.grids.excel import read_excel
from csp_tracker.grids.limits import LARGEST_FILE, MEGABYTE
from csp_tracker.grids.package import Package
from csp_tracker.grids.tally import Tally
from csp_tracker.grids.word import read_word

BROKEN = "{name} cannot be read: the file is damaged or not what its name says."
TOO_LARGE = "{name} takes too much memory to read: save a copy with the plan's tables alone and bring that."
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHER_KINDS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"<html": "a web page",
    b"<!doctype html": "a web page",
    b"<table": "a web page",
    b"<?xml": "an XML file",
    b"<?mso": "an XML file",
}
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument"
DOCUMENTS = "application/vnd.openxmlformats-officedocument."
WORD = (f"{DOCUMENTS}wordprocessingml.document.main", f"{DOCUMENTS}wordprocessingml.template.main")
EXCEL = (f"{DOCUMENTS}spreadsheetml.sheet.main", f"{DOCUMENTS}spreadsheetml.template.main")
BINARY_WORKBOOK = "application/vnd.ms-excel.sheet.binary"


def refuse_by_size(size: int, name: str) -> None:
    """What need not even be opened."""
    if not size:
        raise GridRefused(f"{name} is empty.")
    if size > LARGEST_FILE:
        raise GridRefused(f"{name} is larger than {LARGEST_FILE // MEGABYTE} MB: bring a copy without its pictures.")


def read_grids(data: bytes, name: str, *, tell: Callable[[str], None] = lambda _words: None) -> Document:
    """The tables of a Word document, workbook, .csv or text file; GridRefused with one sentence for anything else.

    `tell` hears how far it is. Files from outside go through `read_safely`, which calls this in a process of its own.
    """
    refuse_by_size(len(data.strip()) and len(data), name)
    try:
        return _read(data, name, Tally(tell))
    except GridRefused:
        raise
    except MemoryError:
        raise GridRefused(TOO_LARGE.format(name=name)) from None
    except Exception as error:  # parsers of hostile files raise a dozen kinds; all of them mean this
        raise GridRefused(BROKEN.format(name=name)) from error


def _read(data: bytes, name: str, tally: Tally) -> Document:
    if data.startswith(OLD_OFFICE):
        raise GridRefused(_old_office(data, name))
    beginning = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in OTHER_KINDS.items():
        if beginning.startswith(mark.lower()):
            raise GridRefused(f"{name} is {kind}: bring the plan as .docx, .xlsx, .csv or .txt.")
    if data.startswith(ZIP):
        return _read_office(data, name, tally)
    return read_delimited(data, name, tally)


def _old_office(data: bytes, name: str) -> str:
    """These files name their parts in UTF-16."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"{name} is protected by a password: save a copy without one and bring that."
    return f"{name} is in the format of Office before 2007: save a copy as .docx or .xlsx and bring that."


def _read_office(data: bytes, name: str, tally: Tally) -> Document:
    parts = unpack(data)
    if parts.get("mimetype", b"").startswith(OPEN_DOCUMENT):
        raise GridRefused(f"{name} is an OpenDocument file: save a copy as .docx or .xlsx and bring that.")
    refuse_dangerous_xml(parts)
    package = Package(parts)
    kind = package.content_type
    if kind.startswith(BINARY_WORKBOOK):
        raise GridRefused(f"{name} is a binary workbook: save a copy as .xlsx and bring that.")
    if package.has_macros:
        raise GridRefused(f"{name} carries macros: save a copy without them as .docx or .xlsx and bring that.")
    if kind.startswith(WORD):
        return read_word(package, name, tally)
    if kind.startswith(EXCEL):
        return read_excel(package, name, tally)
    raise GridRefused(f"{name} is neither a Word document (.docx) nor an Excel workbook (.xlsx).")

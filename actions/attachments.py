"""Which files may be put up as evidence, and whether one is what its name says: pure, from its name and its bytes.

A file is judged by its content, never by what the browser calls it. Nothing of an Office file is unpacked but the two
small parts that say what it is.
"""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from csp_tracker.grids.archive import refuse_dangerous_xml
from csp_tracker.grids.limits import MEGABYTE
from csp_tracker.grids.package import CONTENT_TYPES, MACROS, Package
from csp_tracker.text import clean_text, one_line

LARGEST = 5 * MEGABYTE
LONGEST_NAME = 255
LONGEST_ENDING = 12
MOST_PARTS = 5_000  # of an Office file: a presentation of many slides has some hundreds
LARGEST_UNPACKED = 250 * MEGABYTE  # as the file itself says; what it holds is never unpacked here
LARGEST_PART = MEGABYTE
BEGINNING = 1024

TO_CHOOSE = "PDF, Word (.docx), Excel (.xlsx), PowerPoint (.pptx), OpenDocument, CSV, text, PNG or JPEG"
ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Marks that turn words round, by which “gpj.exe” reads as “exe.jpg”; letters of right-to-left scripts need none.
TURNING = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
WEB_PAGE = re.compile(
    rb"<\s*(?:!doctype\s|(?:html|head|body|script|svg|iframe|object|embed|xsl:)(?:[\s>/:]|$))", re.IGNORECASE
)
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")
PROGRAMS = re.compile(
    r"\.(?:exe|dll|com|scr|msi|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|jar|lnk|docm|dotm|xlsm|xltm|xlam|pptm|ppsm)$"
)
#: Where OpenDocument keeps its macros.
SCRIPTS = ("basic/", "scripts/")


class Unfit(ValueError):
    """The file cannot be put up; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Kind:
    """One kind of file: what people call it, what it is served as, how its bytes begin, what its main part is."""

    words: str
    content_type: str
    begins: bytes = b""
    main: str = ""


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_PNG = Kind("PNG picture", "image/png", begins=b"\x89PNG\r\n\x1a\n")
_JPEG = Kind("JPEG picture", "image/jpeg", begins=b"\xff\xd8\xff")


def _office(words: str, name: str) -> Kind:
    return Kind(words, f"{_OFFICE}{name}", begins=ZIP, main=f"{_OFFICE}{name}.main+xml")


def _open_document(words: str, name: str) -> Kind:
    return Kind(words, f"{_OPEN}{name}", begins=ZIP, main=f"{_OPEN}{name}")


KINDS: Mapping[str, Kind] = {
    "pdf": Kind("PDF", "application/pdf", begins=b"%PDF-"),
    "docx": _office("Word", "wordprocessingml.document"),
    "xlsx": _office("Excel", "spreadsheetml.sheet"),
    "pptx": _office("PowerPoint", "presentationml.presentation"),
    "odt": _open_document("OpenDocument text", "text"),
    "ods": _open_document("OpenDocument spreadsheet", "spreadsheet"),
    "odp": _open_document("OpenDocument presentation", "presentation"),
    "csv": Kind("CSV", "text/csv"),
    "txt": Kind("Text", "text/plain"),
    "png": _PNG,
    "jpg": _JPEG,
    "jpeg": _JPEG,
}
ENDINGS = tuple(f".{ending}" for ending in KINDS)
UNKNOWN = Kind("File", "application/octet-stream")
#: What to do with kinds that people often have and that are not taken.
INSTEAD = (
    ({"doc": "docx", "rtf": "docx", "xls": "xlsx", "ppt": "pptx"}, "Open the file, save it as .{} and choose that"),
    ({"docm": "docx", "dotm": "docx", "xlsm": "xlsx", "xltm": "xlsx", "pptm": "pptx", "ppsm": "pptx"},
     "The file may carry macros: save it without them as .{} and choose that"),
    ({"dotx": "docx", "xltx": "xlsx", "xlsb": "xlsx", "potx": "pptx", "ppsx": "pptx", "pages": "docx",
      "numbers": "xlsx", "key": "pptx"}, "Open the file, save it as .{} and choose that"),
    (dict.fromkeys(("heic", "heif", "gif", "webp", "tif", "tiff", "bmp"), "jpg"),
     "Save the picture as .{} and choose that"),
    (dict.fromkeys(("html", "htm", "xhtml", "mht", "mhtml", "svg", "xml"), "pdf"),
     "Web pages and their drawings are not taken: print it to a .{} and choose that, or give a link"),
    (dict.fromkeys(("msg", "eml"), "pdf"), "Print the mail to a .{} and choose that"),
)  # fmt: skip
PACKED = ("zip", "7z", "rar", "gz", "tar")


def kind_of(name: str) -> Kind:
    """The kind that a stored file's name says, which was checked when it came."""
    return KINDS.get(_ending(name), UNKNOWN)


def tidy_name(name: str) -> str:
    """The file's own name without folders, without what turns or hides words, and not too long to be kept."""
    own = re.split(r"[/\\]", clean_text(name))[-1]
    own = one_line(TURNING.sub("", own)).strip(" .")
    stem, dot, ending = own.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return own[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - 1 - len(ending)].rstrip()}.{ending}"


def size_in_words(size: int) -> str:
    """ "640 kB", "1.2 MB"."""
    if size < 1024:
        return f"{size} byte{'' if size == 1 else 's'}"
    if size < MEGABYTE:
        return f"{size / 1024:.0f} kB"
    return f"{size / MEGABYTE:.1f} MB"


def refuse_size(size: int) -> None:
    """Raise Unfit for what need not even be opened."""
    if not size:
        raise Unfit("The file is empty: choose another")
    if size > LARGEST:
        raise Unfit(f"The file is larger than {LARGEST // MEGABYTE} MB: choose a smaller copy, or give a link to it")


def refuse_unfit(name: str, data: bytes) -> None:
    """Raise Unfit unless the file, called as `tidy_name` says, is of a kind that is taken, and truly of that kind."""
    refuse_size(len(data))
    ending = _ending(name)
    kind = KINDS.get(ending)
    if kind is None:
        raise Unfit(_instead_of(ending))
    if kind.begins and not data.startswith(kind.begins):
        raise Unfit(_not_what_it_says(ending, data))
    if kind.main:
        _refuse_package(kind, ending, data)
    elif kind.begins:
        _refuse_web_page(data[:BEGINNING], ending)
    else:
        _refuse_what_is_no_text(data, ending)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _instead_of(ending: str) -> str:
    for endings, words in INSTEAD:
        if ending in endings:
            return words.format(endings[ending])
    if ending in PACKED:
        return "Take the files out of the archive and add them one by one"
    return f"Choose a file of one of these kinds: {TO_CHOOSE}"


def _not_what_it_says(ending: str, data: bytes) -> str:
    if data.startswith(OLD_OFFICE) and KINDS[ending].main:
        if "EncryptedPackage".encode("utf-16-le") in data:
            return "The file is protected by a password: save a copy without one and choose that"
        return f"The file is in the format of Office before 2007: save it as .{ending} and choose that"
    return f"The file is not what its name says: open it, save it again as .{ending} and choose that"


def _refuse_web_page(words: bytes, ending: str) -> None:
    if WEB_PAGE.search(words):
        raise Unfit(f"The file holds parts of a web page, not just .{ending}: print it to a .pdf and choose that")


def _refuse_what_is_no_text(data: bytes, ending: str) -> None:
    words = _decoded(data)
    if words is None or NOT_TEXT.search(words):
        raise Unfit(_not_what_it_says(ending, data))
    _refuse_web_page(words.encode(), ending)


def _decoded(data: bytes) -> str | None:
    """The words, in the encodings that Windows and the rest of the world write."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _refuse_package(kind: Kind, ending: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_table(archive.infolist(), ending)
            said = _main_of(archive, kind)
    except Unfit:
        raise
    except Exception as error:  # readers of hostile files raise a dozen kinds; all of them mean this
        raise Unfit(_not_what_it_says(ending, data)) from error
    if any(mark in said.lower() for mark in MACROS):
        raise Unfit(_with_macros(ending))
    if said != kind.main:
        raise Unfit(_not_what_it_says(ending, data))


def _refuse_table(entries: list[zipfile.ZipInfo], ending: str) -> None:
    """What the table of the parts alone gives away."""
    names = [entry.filename.lower() for entry in entries]
    if any(PROGRAMS.search(name) or any(mark in name for mark in MACROS) for name in names):
        raise Unfit(_with_macros(ending))
    if ending in ("odt", "ods", "odp") and any(name.startswith(SCRIPTS) and not name.endswith("/") for name in names):
        raise Unfit(_with_macros(ending))
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_UNPACKED:
        raise Unfit("The file unpacks to far more than it should: print it to a .pdf and choose that")
    is_packed_oddly = any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries)
    if is_packed_oddly or len(set(names)) < len(names):
        raise Unfit(f"The file is damaged: open it, save it again as .{ending} and choose that")


def _with_macros(ending: str) -> str:
    return f"The file carries macros or programs: save a copy without them as .{ending} and choose that"


def _main_of(archive: zipfile.ZipFile, kind: Kind) -> str:
    """What the file says it is: a word of its own in OpenDocument, the type of the main part in Office."""
    if kind.main.startswith(_OPEN):
        return _part(archive, "mimetype").decode("ascii").strip()
    parts = {name: _part(archive, name) for name in (CONTENT_TYPES, "_rels/.rels")}
    refuse_dangerous_xml(parts)
    package = Package(parts)
    return next(iter(MACROS)) if package.has_macros else package.content_type


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One small part, and no more of it than a small part has."""
    with archive.open(name) as stream:
        content = stream.read(LARGEST_PART + 1)
    if len(content) > LARGEST_PART:
        raise ValueError("no small part")
    return content

"""Opening an Office file, which is a zip of XML parts, without being drowned or led astray by it."""

import re
import zipfile
from io import BytesIO
from xml.parsers import expat

from csp_tracker.grids.cells import GridRefused
from csp_tracker.grids.limits import DEEPEST_XML, LARGEST_ENTRIES, LARGEST_UNPACKED, MEGABYTE

CHUNK = 64 * 1024
LOCAL_HEADER = 30  # bytes, without the name behind it
ENCRYPTED = 0x1
#: Up, from the root, from a drive, backwards, or with a control character: no program names its parts so.
ASTRAY = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:|\\|[\x00-\x1f]")
XML_NAMES = (".xml", ".rels", ".vml")
XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<", b"<\0", b"\0<")

Parts = dict[str, bytes]


def unpack(data: bytes) -> Parts:
    """Every part of the file, counted while it streams: the sizes in a zip's own table may lie."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _refuse_odd_table(entries, archive.start_dir)
        parts: Parts = {}
        room = LARGEST_UNPACKED
        for entry in entries:
            parts[entry.filename] = _read(archive, entry, room)
            room -= len(parts[entry.filename])
    return parts


def refuse_dangerous_xml(parts: Parts) -> None:
    """No document type, so no entities from elsewhere and none that multiply; and no endless nesting."""
    for name, content in parts.items():
        if name.lower().endswith(XML_NAMES) or content[:CHUNK].lstrip().startswith(XML_STARTS):
            _walk(content)


def _refuse_odd_table(entries: list[zipfile.ZipInfo], end: int) -> None:
    """What the zip's table alone gives away."""
    if len(entries) > LARGEST_ENTRIES:
        raise GridRefused(f"The file has more than {LARGEST_ENTRIES} parts inside, which no plan needs.")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise GridRefused("The file is protected by a password: save a copy without one and bring that.")
    if any(ASTRAY.search(entry.orig_filename) for entry in entries):
        raise GridRefused("The file is damaged: one of its parts has a name that leads out of it.")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise GridRefused("The file is damaged: one of its parts is there twice.")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise GridRefused("The file is packed in a way that Office never uses: save it again in Word or Excel.")
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    starts = [entry.header_offset for entry in ordered] + [end]
    for entry, following in zip(ordered, starts[1:], strict=True):
        if entry.header_offset + LOCAL_HEADER + len(entry.orig_filename) + entry.compress_size > following:
            raise GridRefused("The file is damaged: its parts overlap.")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    content = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            content += chunk
            if len(content) > room:
                raise GridRefused(f"The file unpacks to more than {LARGEST_UNPACKED // MEGABYTE} MB.")
    return bytes(content)


def _walk(content: bytes) -> None:
    depth = 0

    def refuse_document_type(*_: object) -> None:
        raise GridRefused("The file holds a document type definition, which a plan has no use for.")

    def deeper(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_XML:
            raise GridRefused("The file is nested too deeply to be a plan.")

    def back(*_: object) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_document_type
    parser.StartElementHandler = deeper
    parser.EndElementHandler = back
    parser.Parse(content, True)

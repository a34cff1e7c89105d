"""Opening an Office file, which is a zip of XML parts, without being drowned or led astray by it."""

import zipfile
from io import BytesIO
from xml.parsers import expat

from csp_tracker.grids.cells import GridRefused

LARGEST_ENTRIES = 500
LARGEST_UNPACKED = 30 * 1024 * 1024
DEEPEST_XML = 200
CHUNK = 64 * 1024

Parts = dict[str, bytes]


def unpack(data: bytes) -> Parts:
    """Every part of the file, counted while it streams: the sizes in a zip's own table may lie."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > LARGEST_ENTRIES:
            raise GridRefused(f"The file has more than {LARGEST_ENTRIES} parts inside, which no plan needs.")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise GridRefused("The file is protected by a password: save a copy without one and bring that.")
        parts: Parts = {}
        room = LARGEST_UNPACKED
        for entry in entries:
            if entry.filename in parts:
                raise GridRefused("The file is damaged: one of its parts is there twice.")
            parts[entry.filename] = _read(archive, entry, room)
            room -= len(parts[entry.filename])
    return parts


def refuse_dangerous_xml(parts: Parts) -> None:
    """No document type, so no entities from elsewhere and none that multiply; and no endless nesting."""
    for name, content in parts.items():
        if name.lower().endswith((".xml", ".rels")):
            _walk(content)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    content = bytearray()
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            content += chunk
            if len(content) > room:
                raise GridRefused(f"The file unpacks to more than {LARGEST_UNPACKED // 1024 // 1024} MB.")
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

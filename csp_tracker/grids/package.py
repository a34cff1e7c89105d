"""The parts of an Office file and how they refer to each other: only what they refer to is read."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree

from csp_tracker.grids.archive import Parts
from csp_tracker.grids.colours import theme_of

RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
CONTENT_TYPES = "[Content_Types].xml"
MACROS = ("vbaproject", "macroenabled", "macrosheet")
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
#: A “strict” file is the same under other names.
STRICT = b"http://purl.oclc.org/ooxml/"
USUAL = {
    b"wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"drawingml/main": b"http://schemas.openxmlformats.org/drawingml/2006/main",
    b"officeDocument/relationships": b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}

Element = ElementTree.Element


@dataclass(frozen=True)
class Relation:
    """One part's word on another part, or on an address outside."""

    kind: str  # the last word of its type: worksheet, styles, hyperlink
    target: str
    is_outside: bool


@dataclass(frozen=True)
class Package:
    """One Office file, unpacked and seen to hold no dangerous XML."""

    parts: Parts

    @property
    def main(self) -> str:
        """The name of the part that everything begins with."""
        return self.related("", "officeDocument")

    @property
    def content_type(self) -> str:
        """What the main part is said to be."""
        root, main = self.xml(CONTENT_TYPES), self.main
        for one in root.iter(f"{TYPES}Override"):
            if one.get("PartName", "").lower() == f"/{main}".lower():
                return one.get("ContentType", "")
        ending = main.rpartition(".")[2].lower()
        defaults = (one for one in root.iter(f"{TYPES}Default") if one.get("Extension", "").lower() == ending)
        return next((one.get("ContentType", "") for one in defaults), "")

    @property
    def has_macros(self) -> bool:
        """Whether any part is a program, by its name or by what it is said to be."""
        names = [f"/{name.lower()}" for name in self.parts]
        types = [one.get("ContentType", "").lower() for one in self.xml(CONTENT_TYPES)]
        return any(mark in word for word in names + types for mark in MACROS)

    def content(self, name: str) -> bytes:
        """The part as the usual dialect would write it; nothing where it is missing."""
        content = self.parts.get(name, b"")
        if STRICT in content:
            for strict, usual in USUAL.items():
                content = content.replace(STRICT + strict, usual)
        return content

    def xml(self, name: str) -> Element:
        """The part as a tree; an empty one where it is missing."""
        # Parsed only after refuse_dangerous_xml: nothing in it can reach out or multiply.
        return ElementTree.fromstring(self.content(name) or b"<missing/>")  # noqa: S314

    def relations(self, name: str) -> dict[str, Relation]:
        """What a part refers to, by the name it uses for it; the file itself is the part without a name."""
        folder, _, own = name.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{own}.rels"))
        return dict(_relations(root, folder))

    def related(self, name: str, kind: str) -> str:
        """The first part of this kind that a part refers to, or nothing."""
        found = (one.target for one in self.relations(name).values() if one.kind == kind and not one.is_outside)
        return next(found, "")

    def theme(self) -> dict[str, str]:
        """The colours of the file's theme by their names."""
        name = self.related(self.main, "theme")
        return theme_of(self.xml(name)) if name else {}


def _relations(root: Element, folder: str) -> Iterator[tuple[str, Relation]]:
    for one in root.iter(f"{RELATIONSHIPS}Relationship"):
        target, is_outside = one.get("Target", ""), one.get("TargetMode") == "External"
        if not is_outside:
            target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
        yield one.get("Id", ""), Relation(one.get("Type", "").rpartition("/")[2], target, is_outside)

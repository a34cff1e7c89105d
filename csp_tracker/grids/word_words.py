"""The words of a paragraph as its reader sees them: insertions in, deletions out, links with where they lead."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from csp_tracker.grids.links import with_address
from csp_tracker.grids.package import Element, Package
from csp_tracker.grids.word_lists import W, said, value, whole
from csp_tracker.text import clean_text, one_line

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# Deleted and moved-away words are not in the document any more; a fallback repeats the choice beside it.
LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{W}delText", f"{W}pPr", f"{W}rPr", f"{MC}Fallback"}
ONE_CHARACTER = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
#: Characters of the fonts Symbol and Wingdings that mean something in a table.
SYMBOLS = {"FC": "✓", "FE": "☑", "FB": "✗", "FD": "☒", "A8": "☐", "6F": "☐", "E0": "→", "B3": "≥", "A3": "≤"}
LINK = re.compile(r'\s*HYPERLINK\s+"([^"]*)"', re.IGNORECASE)


@dataclass(frozen=True)
class Sources:
    """What the words of a paragraph refer to."""

    addresses: Mapping[str, str]
    notes: Mapping[str, str]

    @classmethod
    def of(cls, package: Package) -> "Sources":
        """The links and notes of the main part."""
        relations = package.relations(package.main)
        notes: dict[str, str] = {}
        for kind in ("footnote", "endnote"):
            part = package.related(package.main, f"{kind}s")
            for one in package.xml(part).iterfind(f"{W}{kind}") if part else ():
                if not value(one, "type"):  # the lines above notes are of a type
                    notes[kind + value(one, "id")] = one_line(all_words(one))
        addresses = {name: one.target for name, one in relations.items() if one.is_outside}
        return cls(addresses, notes)


@dataclass
class Paragraphs:
    """Reads the paragraphs of one document, in order: a note stands where it is first referred to."""

    sources: Sources
    noted: set[str] = field(default_factory=set)

    def words(self, paragraph: Element) -> str:
        """All words of one paragraph."""
        reading = _Reading(self)
        reading.walk(paragraph)
        return clean_text("".join(reading.pieces))

    def note(self, name: str) -> str:
        """The words of a note, once."""
        if name in self.noted or not (words := self.sources.notes.get(name)):
            return ""
        self.noted.add(name)
        return f" [{words}]"


@dataclass
class _Field:
    """Words that Word computes: the code says from what, the pieces that follow are what came of it."""

    code: str = ""
    begins: int = 0


@dataclass
class _Reading:
    of: Paragraphs
    pieces: list[str] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)

    def walk(self, parent: Element) -> None:
        for child in parent:
            tag = child.tag
            if tag == f"{W}t":
                self.pieces.append(child.text or "")
            elif tag in ONE_CHARACTER:
                self.pieces.append(ONE_CHARACTER[tag])
            elif tag not in LEFT_OUT:
                self._other(str(tag), child)

    def _other(self, tag: str, child: Element) -> None:
        if tag == f"{W}hyperlink":
            self._linked(child, self.of.sources.addresses.get(child.get(f"{R}id") or "", ""))
        elif tag == f"{W}fldSimple":
            self._linked(child, _address(value(child, "instr")))
        elif tag == f"{W}fldChar":
            self._field(child)
        elif tag == f"{W}instrText":
            if self.fields:
                self.fields[-1].code += child.text or ""
        elif tag == f"{W}sym":
            self.pieces.append(SYMBOLS.get(value(child, "char").upper()[-2:], "•"))
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            kind = tag.removeprefix(W).removesuffix("Reference")
            self.pieces.append(self.of.note(kind + value(child, "id")))
        elif tag == f"{W}p":  # the paragraphs of a text box
            self.pieces.append("\n")
            self.walk(child)
        elif not is_prompt(child):
            self.walk(child)

    def _linked(self, element: Element, address: str) -> None:
        begins = len(self.pieces)
        self.walk(element)
        self._wrap(begins, address)

    def _wrap(self, begins: int, address: str) -> None:
        if address:
            self.pieces[begins:] = [with_address("".join(self.pieces[begins:]), address)]

    def _field(self, mark: Element) -> None:
        kind = value(mark, "fldCharType")
        if kind == "begin":
            self.fields.append(_Field())
            self.pieces.append(_chosen(mark))
        elif self.fields and kind == "separate":
            self.fields[-1].begins = len(self.pieces)
        elif self.fields and kind == "end":
            ended = self.fields.pop()
            self._wrap(ended.begins, _address(ended.code) if ended.begins else "")


def is_prompt(element: Element) -> bool:
    """“Choose an item.” stands in a control that nobody has filled in: no words of the plan."""
    return element.tag == f"{W}sdt" and element.find(f"{W}sdtPr/{W}showingPlcHdr") is not None


def is_on(element: Element | None) -> bool:
    """Whether a property is there and not switched off."""
    return element is not None and said(element) not in {"0", "false", "off"}


def _address(code: str) -> str:
    found = LINK.match(code)
    return found[1] if found else ""


def _chosen(mark: Element) -> str:
    """What was chosen in a drop-down or ticked in a box of the forms of before 2007."""
    choices = mark.find(f"{W}ffData/{W}ddList")
    if choices is not None:
        entries = [said(one) for one in choices.iterfind(f"{W}listEntry")]
        place = whole(said(choices.find(f"{W}result")) or said(choices.find(f"{W}default")))
        return entries[place] if place < len(entries) else ""
    box = mark.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return ""
    ticked = box.find(f"{W}checked")
    return "☒" if is_on(ticked if ticked is not None else box.find(f"{W}default")) else "☐"


def all_words(element: Element) -> str:
    """The words of a part that is not a table, as one text."""
    pieces = (one for one in element.iter() if one.tag in (f"{W}t", f"{W}p"))
    return clean_text("".join((one.text or "") if one.tag == f"{W}t" else " " for one in pieces))

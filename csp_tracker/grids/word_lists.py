"""The bullets and numbers that Word draws before a paragraph without writing them into its words."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from csp_tracker.grids.package import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BULLET = "• "
DEEPEST = 9  # levels of a list
LARGEST_ROMAN = 4_000
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
LONGEST_MARK = 40


@dataclass(frozen=True)
class Level:
    """How one level of a list is drawn."""

    kind: str  # bullet, decimal, lowerLetter, upperRoman …
    pattern: str  # “%1.%2.”
    start: int = 1


@dataclass
class Lists:
    """The lists of a document, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # of every kind of list
    kinds: dict[str, str] = field(default_factory=dict)  # number of a list → its kind
    starts: dict[tuple[str, int], int] = field(default_factory=dict)  # where a list begins anew
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)  # style of a paragraph → list and level
    counted: dict[str, list[int | None]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, numbering: Element, styles: Element) -> "Lists":
        """Read a document's parts on numbering and on styles."""
        kinds = numbering.iter(f"{W}abstractNum")
        lists = cls(levels={value(one, "abstractNumId"): dict(_levels(one)) for one in kinds})
        for one in numbering.iter(f"{W}num"):
            name = value(one, "numId")
            lists.kinds[name] = said(one.find(f"{W}abstractNumId"))
            for other in one.iterfind(f"{W}lvlOverride"):
                if begins := said(other.find(f"{W}startOverride")):
                    lists.starts[name, whole(value(other, "ilvl"))] = whole(begins)
        for style in styles.iter(f"{W}style"):
            number = style.find(f"{W}pPr/{W}numPr")
            if number is not None and said(number.find(f"{W}numId")):
                place = said(number.find(f"{W}numId")), whole(said(number.find(f"{W}ilvl")))
                lists.styles[value(style, "styleId")] = place
        return lists

    def mark(self, paragraph: Element) -> str:
        """What stands before the paragraph: “• ”, “1.2 ”, or nothing. Counts on, so ask once for each, in order."""
        name, place = self._place(paragraph)
        level = self.levels.get(self.kinds.get(name, ""), {}).get(place)
        if level is None:
            return ""
        if level.kind == "bullet":
            return BULLET
        counts = self._count(name, place, level)
        if level.kind == "none":
            return ""
        shown = level.pattern
        for index, number in enumerate(counts, start=1):
            own = self.levels[self.kinds[name]].get(index - 1, level)
            shown = shown.replace(f"%{index}", drawn(number or own.start, own.kind))
        return f"{shown} " if shown else ""

    def _place(self, paragraph: Element) -> tuple[str, int]:
        """The list and level of a paragraph, its own or those of its style."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return "", 0
        number = properties.find(f"{W}numPr")
        of_style = self.styles.get(said(properties.find(f"{W}pStyle")), ("", 0))
        if number is None:
            return of_style
        name, place = said(number.find(f"{W}numId")), said(number.find(f"{W}ilvl"))
        return name or of_style[0], whole(place) if place else of_style[1]

    def _count(self, name: str, place: int, level: Level) -> list[int | None]:
        """Lists of one kind count on from each other; what stands deeper begins anew."""
        counts = self.counted.setdefault(self.kinds[name], [None] * DEEPEST)
        if name not in self.begun:
            self.begun.add(name)
            for (other, deep), start in self.starts.items():
                if other == name and deep < DEEPEST:
                    counts[deep] = start - 1
        before = counts[place]
        counts[place] = level.start if before is None else before + 1
        counts[place + 1 :] = [None] * (DEEPEST - place - 1)
        return counts


def drawn(number: int, kind: str) -> str:
    """The number as this kind of list writes it."""
    if kind.endswith("Letter") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min(1 + (number - 1) // 26, 9)
        return letter if kind.startswith("lower") else letter.upper()
    if kind.endswith("Roman") and 0 < number < LARGEST_ROMAN:
        shown = ""
        for size, letters in ROMAN:
            shown += letters * (number // size)
            number %= size
        return shown if kind.startswith("lower") else shown.upper()
    return f"{number:02}" if kind == "decimalZero" else str(number)


def value(element: Element, name: str) -> str:
    """An attribute of Word's own."""
    return element.get(f"{W}{name}") or ""


def said(element: Element | None) -> str:
    """The value an element is there to hold."""
    return "" if element is None else value(element, "val")


def whole(text: str) -> int:
    """A small number; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _levels(kind: Element) -> Iterator[tuple[int, Level]]:
    for one in kind.iterfind(f"{W}lvl"):
        place, start = whole(value(one, "ilvl")), said(one.find(f"{W}start"))
        if place < DEEPEST:
            drawing, pattern = said(one.find(f"{W}numFmt")) or "decimal", said(one.find(f"{W}lvlText"))
            yield place, Level(drawing, pattern[:LONGEST_MARK], whole(start) if start else 1)

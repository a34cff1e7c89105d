"""What a workbook's styles say of a cell: the format of its number and the colour it is filled with."""

from collections.abc import Iterator
from dataclasses import dataclass

from csp_tracker.grids.colours import Colours, plain, tinted
from csp_tracker.grids.excel_formats import BUILT_IN
from csp_tracker.grids.package import Element

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
GENERAL = "General"


@dataclass(frozen=True)
class Style:
    """How one kind of cell looks."""

    number_format: str = GENERAL
    fill: str = ""
    ink: str = ""  # of its words


def read_styles(root: Element, theme: dict[str, str]) -> list[Style]:
    """The styles by their number."""
    palette = tuple(plain(one.get("rgb")) for one in root.iterfind(f"{S}colors/{S}indexedColors/{S}rgbColor"))
    colours = Colours(theme, palette) if palette else Colours(theme)
    formats = BUILT_IN | dict(_formats(root))
    fills = [_fill(one, colours) for one in root.iterfind(f"{S}fills/{S}fill")]
    inks = [_colour(one.find(f"{S}color"), colours) for one in root.iterfind(f"{S}fonts/{S}font")]
    return [
        Style(
            number_format=formats.get(number(one.get("numFmtId")), GENERAL),
            fill=fills[place] if (place := number(one.get("fillId"))) < len(fills) else "",
            ink=inks[place] if (place := number(one.get("fontId"))) < len(inks) else "",
        )
        for one in root.iterfind(f"{S}cellXfs/{S}xf")
    ]


def number(text: str | None) -> int:
    """A small number of an attribute; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _formats(root: Element) -> Iterator[tuple[int, str]]:
    for one in root.iterfind(f"{S}numFmts/{S}numFmt"):
        yield number(one.get("numFmtId")), one.get("formatCode", GENERAL)


def _fill(fill: Element, colours: Colours) -> str:
    """A plain fill, or the first colour of one that changes; patterns of dots and lines are no light."""
    pattern = fill.find(f"{S}patternFill")
    if pattern is not None:
        return _colour(pattern.find(f"{S}fgColor"), colours) if pattern.get("patternType") == "solid" else ""
    return _colour(fill.find(f"{S}gradientFill/{S}stop/{S}color"), colours)


def _colour(element: Element | None, colours: Colours) -> str:
    if element is None:
        return ""
    if rgb := element.get("rgb"):
        colour = plain(rgb)
    elif theme := element.get("theme"):
        colour = colours.at(number(theme))
    else:
        colour = colours.indexed(number(element.get("indexed") or "64"))
    return tinted(colour, _tint(element.get("tint")))


def _tint(text: str | None) -> float:
    try:
        return min(1.0, max(-1.0, float(text or 0)))
    except ValueError:
        return 0.0

"""Colours of Office files as six hexadecimal digits: given so, by their place in the theme, or by an old palette."""

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

HEX = re.compile(r"(?:[0-9A-F]{2})?([0-9A-F]{6})")
LEAST_COLOUR = 48  # of 255, between the strongest and the weakest part
ANY_WORD = re.compile(r"\w")
#: In the order by which workbooks count them.
THEME = "lt1 dk1 lt2 dk2 accent1 accent2 accent3 accent4 accent5 accent6 hlink folHlink".split()  # noqa: SIM905
#: As Word calls them, where it has other names.
NAMES = {
    "light1": "lt1", "background1": "lt1", "dark1": "dk1", "text1": "dk1",
    "light2": "lt2", "background2": "lt2", "dark2": "dk2", "text2": "dk2",
    "hyperlink": "hlink", "followedHyperlink": "folHlink",
}  # fmt: skip
#: Excel's palette of 1997, which files still refer to.
PALETTE = """
000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF
800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF
000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99
3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333
""".split()  # noqa: SIM905
#: What a highlighter pen is called.
HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000",
    "darkMagenta": "800080", "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0",
}  # fmt: skip


def plain(text: str | None) -> str:
    """The six digits of “FF00B050” or “00b050”; nothing for “auto” and whatever else."""
    found = HEX.fullmatch((text or "").upper())
    return found[1] if found else ""


def tinted(rgb: str, tint: float) -> str:
    """Lighter (above 0, up to 1) or darker (below 0, down to -1)."""
    if not rgb or not tint:
        return rgb
    hue, light, strength = colorsys.rgb_to_hls(*(int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4)))
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    parts = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, light)), strength)
    return "".join(f"{round(part * 255):02X}" for part in parts)


def seen(words: str, fill: str, ink: str) -> str:
    """The colour of a cell as its reader sees it: of a dot alone its ink, unless the cell is coloured itself."""
    is_drawn = bool(words.strip()) and not ANY_WORD.search(words)
    return ink if is_drawn and _is_grey(fill) and not _is_grey(ink) else fill


def _is_grey(rgb: str) -> bool:
    parts = [int(rgb[place : place + 2], 16) for place in range(0, len(rgb), 2)]
    return not parts or max(parts) - min(parts) < LEAST_COLOUR


@dataclass(frozen=True)
class Colours:
    """The colours one file gives names or numbers to."""

    theme: Mapping[str, str] = field(default_factory=dict)
    palette: tuple[str, ...] = tuple(PALETTE)

    def at(self, place: int) -> str:
        """The colour of the theme that a workbook gives this number."""
        return self.theme.get(THEME[place], "") if 0 <= place < len(THEME) else ""

    def named(self, name: str) -> str:
        """The colour of the theme that Word gives this name."""
        return self.theme.get(NAMES.get(name, name), "")

    def indexed(self, place: int) -> str:
        """The colour of the palette; 64 and 65 are whatever the screen has."""
        return self.palette[place] if 0 <= place < len(self.palette) else ""


def theme_of(root: ElementTree.Element) -> dict[str, str]:
    """The colours of a theme part by their names."""
    scheme = next((one for one in root.iter() if _local(one) == "clrScheme"), None)
    return {_local(one): _given(one) for one in (() if scheme is None else scheme)}


def _given(element: ElementTree.Element) -> str:
    return next((rgb for one in element if (rgb := plain(one.get("lastClr") or one.get("val")))), "")


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]

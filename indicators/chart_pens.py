"""How everything in a chart is drawn: colours, dashes and markers. Nothing is told by colour alone."""

from typing import Any

from indicators.chart_data import Look
from indicators.chart_layout import FONT, Entry

SETTINGS: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib; one that is missing is logged at every letter
    "svg.fonttype": "none",
    "svg.hashsalt": "csp-tracker",
    "text.parse_math": False,  # "$" is a word like any other
}
DRAWN_FONT, PAGE_FONT = b"'DejaVu Sans', sans-serif", b"'Helvetica Neue', Helvetica, Arial, sans-serif"
INK, VALUES, GREY, LINES, TINT, GRID = "#0b0c0c", "#0b4f6c", "#505a5f", "#6f8791", "#eef5f8", "#dfe4e7"
DASHED, DOTTED, DASH_DOT = (0, (6, 3)), (0, (1.5, 2.5)), (0, (8, 3, 2, 3))
#: How each line is drawn: colour, dashes, width.
PENS: dict[str, tuple[str, Any, float]] = {
    "values": (VALUES, "-", 2.2),
    "target": (INK, DASHED, 1.6),
    "band": (INK, DASHED, 1.6),
    "baseline": (GREY, DOTTED, 2.0),
    "average": (LINES, "-", 1.4),
    "limits": (LINES, DASH_DOT, 1.2),
}
#: How a figure is marked that stands out: marker, colour, whether it is filled. Never by colour alone.
MARKERS = {
    Look.FINAL.value: ("o", VALUES, True),
    Look.PROVISIONAL.value: ("o", VALUES, False),
    Look.AT_LEAST.value: ("^", VALUES, False),
    Look.AT_MOST.value: ("v", VALUES, False),
    "improvement": ("D", "#1f5fa8", True),
    "concern": ("s", "#b25e00", True),
    "neither": ("p", "#54319f", True),
}
#: A figure beside its point, legible where it lies upon a line.
FIGURE: dict[str, Any] = {
    "size": FONT,
    "color": VALUES,
    "weight": "bold",
    "zorder": 5,
    "bbox": {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.5},
}


def handle(entry: Entry) -> dict[str, Any]:
    """The line or the marker of an entry of the key."""
    if entry.look in MARKERS:
        marker, colour, is_filled = MARKERS[entry.look]
        face = colour if is_filled else "white"
        look: dict[str, Any] = {
            "linestyle": "none",
            "marker": marker,
            "markersize": 7,
            "color": colour,
            "markerfacecolor": face,
        }
        return {**look, "markeredgewidth": 1.6, "label": entry.label}
    colour, dashes, width = PENS[entry.look]
    point = {"marker": "o", "markersize": 7} if entry.look == "values" else {}
    return {"color": colour, "linestyle": dashes, "linewidth": width, "label": entry.label, **point}

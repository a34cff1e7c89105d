"""One drawing of a KPI's chart, for pages (SVG) and for papers (PNG). What it shows is decided in `chart_data`.

matplotlib takes a second to load and keeps settings and fonts for the whole process, so it is loaded at the first
drawing and one picture is drawn at a time. Nothing in a picture depends on the machine or the clock.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from textwrap import wrap
from threading import Lock
from typing import Any, Literal

from csp_tracker.periods import Period
from indicators.chart_data import ChartData, Level, Mark
from indicators.chart_layout import (
    FONT,
    LINE,
    Sheet,
    heights_of,
    key,
    label_is_below,
    labels_of,
    named,
    rows_of_key,
    scale_of,
    spread,
    stretches_of,
)
from indicators.chart_pens import (
    DRAWN_FONT,
    FIGURE,
    GREY,
    GRID,
    INK,
    MARKERS,
    PAGE_FONT,
    PENS,
    SETTINGS,
    TINT,
    handle,
)
from indicators.values import Unit, in_words

DRAWING = Lock()
STYLE = 1  # raise it when the same data shall make another picture, so that none is kept from before
PIXEL = 1 / 72  # inches: one unit of the drawing is one pixel of the page
LABELLED = {True: 5, False: 9}  # so many figures are written beside their points; of more only the newest


def fingerprint(chart: ChartData, *, kind: str = "svg", is_narrow: bool = False) -> str:
    """A name for the picture by what is in it: the same data, drawn the same way, have the same."""
    return hashlib.sha256(f"{STYLE} {kind} {is_narrow} {chart!r}".encode()).hexdigest()


def size_of(chart: ChartData, *, is_narrow: bool = False) -> tuple[int, int]:
    """Width and height in pixels, so that a page can leave room before the picture is there."""
    drawing = _Drawing(chart, Sheet.of(chart, is_narrow=is_narrow))
    return drawing.sheet.width, drawing.height


def draw(chart: ChartData, *, kind: Literal["svg", "png"] = "svg", is_narrow: bool = False) -> bytes:
    """The picture: for a page, wide or as narrow as a telephone; or for a paper."""
    with DRAWING:
        return _Drawing(chart, Sheet.of(chart, is_narrow=is_narrow)).as_bytes(kind)


class _Drawing:
    """One picture while it is drawn. Heights are counted from its top, as on a page."""

    def __init__(self, chart: ChartData, sheet: Sheet) -> None:
        self.chart, self.sheet = chart, sheet
        self.entries = key(chart, is_narrow=sheet.is_narrow)
        self.columns, rows = rows_of_key(self.entries, sheet)
        self.notes = [line for one in chart.breaks for line in sheet.wrapped(one.in_words)]
        self.key_at = LINE + 6
        self.plot_at = self.key_at + rows * (LINE + 4) + (16 if chart.breaks else 6)
        end = self.plot_at + sheet.plot + 2 * LINE + 14
        self.title_at = end + 4
        self.title = sheet.wrapped(chart.running.title) if chart.running else []
        self.running_at = self.title_at + len(self.title) * LINE + 8
        if chart.running:
            end = self.running_at + sheet.running + 2 * LINE + 12
        self.notes_at = end
        self.height = end + len(self.notes) * LINE + (4 if self.notes else 0)

    def as_bytes(self, kind: str) -> bytes:
        import matplotlib
        from matplotlib.figure import Figure

        matplotlib.rcParams.update(SETTINGS)
        self.figure: Any = Figure(figsize=(self.sheet.width * PIXEL, self.height * PIXEL), dpi=72, facecolor="white")
        self._draw()
        out = BytesIO()
        if kind == "png":
            self.figure.savefig(out, format="png", dpi=216, metadata={"Software": None})
            return out.getvalue()
        self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Title": self.chart.name})
        return out.getvalue().replace(DRAWN_FONT, PAGE_FONT)

    def _draw(self) -> None:
        chart = self.chart
        if not chart.marks:
            self._write(self.sheet.width / 2, self.height / 2, "No figures yet", ha="center", size=FONT + 2)
            return
        scale = scale_of(heights_of(chart), chart.unit)
        axes = self._axes(self.plot_at, self.sheet.plot, chart.periods, scale)
        self._head(scale)
        self._levels(axes)
        self._figures(axes)
        self._breaks(axes)
        if not self.sheet.is_narrow:
            self._names(axes, scale)
        self._key()
        if chart.running:
            self._running()
        for number, line in enumerate(self.notes):
            self._write(8, self.notes_at + number * LINE, line, va="top", color=GREY)

    # The frame

    def _axes(self, top: float, height: float, periods: Sequence[Period], scale: tuple[float, float]) -> Any:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        sheet = self.sheet
        box = (sheet.left, self.height - top - height, sheet.inner, height)
        axes = self.figure.add_axes(
            (box[0] / sheet.width, box[1] / self.height, box[2] / sheet.width, box[3] / self.height)
        )
        axes.set_xlim(-0.5, len(periods) - 0.5)
        axes.set_ylim(*scale)
        labels = labels_of(periods, sheet.inner)
        axes.set_xticks([place for place, _ in labels], [words for _, words in labels])
        axes.tick_params(labelsize=FONT, colors=INK, length=4, width=1, color=GREY)
        axes.tick_params(axis="y", length=0)
        is_answer = self.chart.unit == Unit.YES_NO
        whole = self.chart.decimals == 0 and self.chart.unit != Unit.PER_CENT
        steps = [1, 2, 5, 10] if whole else [1, 2, 2.5, 5, 10]
        axes.yaxis.set_major_locator(MaxNLocator(1 if is_answer else 5, steps=steps, integer=whole or is_answer))
        ticks = [tick for tick in axes.get_yticks() if scale[0] <= tick <= scale[1]]
        axes.set_yticks([0, 1] if is_answer else ticks)
        decimals = next((n for n in range(4) if all(abs(t - round(t, n)) < 1e-9 for t in ticks)), 4)
        axes.yaxis.set_major_formatter(
            FuncFormatter(lambda tick, _: in_words(Decimal(str(round(tick, 6))), self.chart.unit, decimals))
        )
        axes.grid(axis="y", color=GRID, linewidth=1)
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(GREY)
        return axes

    def _head(self, scale: tuple[float, float]) -> None:
        """What is counted, by which period, and a warning where the scale does not begin at nought."""
        chart = self.chart
        words = f"{chart.unit.label}, by {chart.kind}"
        if scale[0] > 0:
            words += "; the scale does not begin at 0"
        self._write(8, 4, words, va="top", color=GREY)

    def _write(self, x: float, y: float, words: str, **look: Any) -> None:
        look = {"size": FONT, "color": INK} | look
        self.figure.text(x / self.sheet.width, 1 - y / self.height, words, **look)

    # What is drawn

    def _levels(self, axes: Any) -> None:
        chart = self.chart
        for level in chart.limits:
            axes.fill_between(level.span, float(level.low or 0), float(level.high or 0), color=TINT, linewidth=0)
            self._level(axes, level, "limits")
        for level in chart.averages:
            self._level(axes, level, "average")
        if chart.baseline:
            self._level(axes, chart.baseline, "baseline")
        before: Level | None = None
        for level in chart.targets:
            if len(level.edges) == 2:
                axes.fill_between(level.span, *map(float, level.edges), color="#e6f0ea", linewidth=0)
            self._level(axes, level, "target")
            if before and before.last + 1 == level.first and len(before.edges) == len(level.edges):
                for one, other in zip(before.edges, level.edges, strict=True):
                    self._line(axes, [level.first - 0.5] * 2, [one, other], "target")
            before = level

    def _level(self, axes: Any, level: Level, look: str) -> None:
        for edge in level.edges:
            self._line(axes, level.span, [edge, edge], look)

    def _line(self, axes: Any, places: Sequence[float], values: Sequence[Decimal], look: str) -> None:
        colour, dashes, width = PENS[look]
        axes.plot(places, [float(value) for value in values], color=colour, linestyle=dashes, linewidth=width)

    def _figures(self, axes: Any) -> None:
        for stretch in stretches_of(self.chart.marks):
            self._line(axes, [mark.place for mark in stretch], [mark.value for mark in stretch], "values")
        labelled = self.chart.marks
        if len(labelled) > LABELLED[self.sheet.is_narrow]:
            labelled = labelled[-1:]
        for mark in self.chart.marks:
            self._mark(axes, mark)
        for mark in labelled:
            self._label(axes, mark)

    def _mark(self, axes: Any, mark: Mark) -> None:
        marker, colour, is_filled = MARKERS[mark.look.value]
        if mark.variation.is_real_change:
            marker, colour, _ = MARKERS[mark.variation.css]
        size = 7 if len(self.chart.periods) <= 24 or mark.variation.is_real_change else 5
        face = colour if is_filled else "white"
        axes.plot(
            [mark.place], [float(mark.value)], marker=marker, markersize=size, color=colour, markerfacecolor=face,
            markeredgewidth=1.6, clip_on=False, zorder=4,
        )  # fmt: skip

    def _label(self, axes: Any, mark: Mark) -> None:
        """The figure beside its point."""
        is_below = label_is_below(self.chart, mark, height=self.sheet.plot)
        axes.annotate(
            mark.words, (mark.place, float(mark.value)), xytext=(0, -9 if is_below else 8), textcoords="offset points",
            ha="center", va="top" if is_below else "bottom", annotation_clip=False, **FIGURE,
        )  # fmt: skip

    def _breaks(self, axes: Any) -> None:
        for one in self.chart.breaks:
            axes.axvline(one.place - 0.5, color=INK, linewidth=1.2, linestyle=(0, (2, 2)))
            axes.annotate(
                one.letter, (one.place - 0.5, 1), xycoords=axes.get_xaxis_transform(), xytext=(0, 3),
                textcoords="offset points", ha="center", va="bottom", size=FONT, weight="bold", color=INK,
            )  # fmt: skip

    # Names

    def _names(self, axes: Any, scale: tuple[float, float]) -> None:
        """The names of the lines at their right end, moved apart where they would lie upon each other."""
        pixels = self.sheet.plot / (scale[1] - scale[0])
        names = [
            (look, wrap(words, 25)[:2], (level.middle - scale[0]) * pixels) for look, words, level in named(self.chart)
        ]
        least = LINE * max((len(lines) for _, lines, _ in names), default=1)
        places = spread([height for _, _, height in names], least, self.sheet.plot)
        for (look, lines, height), place in zip(names, places, strict=True):
            colour = INK if look in ("target", "band") else GREY  # the lines' own grey is too pale for words
            axes.annotate(
                "\n".join(lines), (1, height / self.sheet.plot), xycoords="axes fraction", xytext=(10, place - height),
                textcoords="offset points", ha="left", va="center", size=FONT, color=colour,
            )  # fmt: skip

    def _key(self) -> None:
        from matplotlib.lines import Line2D

        if not self.entries:
            return
        self.figure.legend(
            handles=[Line2D([], [], **handle(entry)) for entry in self.entries],
            loc="upper left", bbox_to_anchor=(6 / self.sheet.width, 1 - self.key_at / self.height),
            ncols=self.columns, fontsize=FONT,
            frameon=False, borderaxespad=0, borderpad=0.2, handlelength=2, columnspacing=1.5, labelspacing=0.35,
        )  # fmt: skip

    # The year so far

    def _running(self) -> None:
        """How the year's total grows towards the year's target, beside last year's."""
        running = self.chart.running
        if running is None:
            return
        highest = max(float(value) for value in (*running.values, *running.last_year, running.target))
        axes = self._axes(self.running_at, self.sheet.running, running.periods, (0.0, highest * 1.2 or 1.0))
        for number, line in enumerate(self.title):
            self._write(8, self.title_at + number * LINE, line, va="top", color=GREY)
        self._line(axes, [-0.5, len(running.periods) - 0.5], [running.target] * 2, "target")
        self._line(axes, range(len(running.last_year)), running.last_year, "average")
        self._line(axes, range(len(running.values)), running.values, "values")
        for place, value in enumerate(running.values):
            self._mark(axes, Mark(place, value, "", joins=True))
        place, value = len(running.values) - 1, running.values[-1]
        axes.annotate(
            in_words(value, self.chart.unit, self.chart.decimals), (place, float(value)), xytext=(0, 8),
            textcoords="offset points", ha="center", va="bottom", **FIGURE,
        )  # fmt: skip

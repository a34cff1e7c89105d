"""From street-level files of data.police.uk to counts for a district: `opened`, then `count_crimes`."""

from indicators.importing.police.counting import Area, Counts, MonthCount, count_crimes
from indicators.importing.police.figures import PoliceFigure, figures_of
from indicators.importing.police.sources import PoliceFileRefused, opened

__all__ = [
    "Area",
    "Counts",
    "MonthCount",
    "PoliceFigure",
    "PoliceFileRefused",
    "count_crimes",
    "figures_of",
    "opened",
]

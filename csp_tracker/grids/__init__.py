"""From a file to tables of cells, knowing nothing of plans: `read_safely`, or from a page `start` and `state_of`."""

from csp_tracker.grids.cells import Cell, Document, Grid, GridRefused, Row
from csp_tracker.grids.reading import read_grids
from csp_tracker.grids.reading_apart import Reading, forget, forget_old, read_safely, start, state_of

__all__ = [
    "Cell",
    "Document",
    "Grid",
    "GridRefused",
    "Reading",
    "Row",
    "forget",
    "forget_old",
    "read_grids",
    "read_safely",
    "start",
    "state_of",
]

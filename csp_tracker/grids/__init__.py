"""From a file to tables of cells, knowing nothing of plans. Call `read_grids`."""

from csp_tracker.grids.cells import Cell, Document, Grid, GridRefused, Row
from csp_tracker.grids.reading import read_grids

__all__ = ["Cell", "Document", "Grid", "GridRefused", "Row", "read_grids"]

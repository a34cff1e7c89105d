"""Long tables and long cells: read in moments, whatever stands in them."""

from time import process_time

import pytest

from csp_tracker.grids import Cell, Document, Grid, Row
from indicators.importing import indicators_in

HEADINGS = [
    "Ref",
    "Indicator",
    "Good is",
    "Unit",
    "Baseline 2023/24",
    "Target",
    "Q1 2024/25",
    "Q2 2024/25",
    "RAG",
    "Note",
]
SECONDS = 10  # a file that took minutes is what this is about; a busy machine is not


def document(*rows):
    return Document(
        name="kpis.xlsx",
        kind="xlsx",
        grids=(
            Grid(
                name="KPIs",
                rows=tuple(
                    Row(cells=tuple(Cell(text=str(text)) for text in texts), number=number, at=f"KPIs, row {number}")
                    for number, texts in enumerate(rows, start=1)
                ),
            ),
        ),
    )


def test_two_thousand_kpis():
    rows = [[f"K{n}", f"Things of kind {n}", "Low", "", 100, 90, 20, n, "Green", "Words."] for n in range(1_999)]
    started = process_time()
    tree = indicators_in(document(HEADINGS, *rows))
    assert process_time() - started < SECONDS
    assert (len(tree.indicators), tree.summary()["readings"]) == (1_999, 3_998)


@pytest.mark.parametrize(
    "piece", ["a", "1,", "jan ", "(", "- ", "1 of ", "no ", "reduce 5% ", "1/", "1.", "per 1", "\u200f", "20"]
)
def test_cells_of_forty_thousand_characters(piece):
    words = (piece * 40_000)[:40_000]
    started = process_time()
    rows = [["K1", "Walks", *[words] * 8], ["K2", *[words] * 9], [words] * 10]
    tree = indicators_in(document([words] * 10, HEADINGS, *rows))
    assert process_time() - started < SECONDS
    assert tree.indicators[0].reference == "K1"

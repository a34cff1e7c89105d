"""Whatever stands in a table of KPIs is in the tree, in the list of what is not used, or in a row's own line."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.text import one_line
from indicators.importing import IndicatorsRefused, IndicatorTree, indicators_in
from indicators.importing.tree import RowKind

HEADINGS = st.sampled_from([
    "Ref", "Indicator", "Description", "Previous", "This quarter", "Q1 2024/25", "Q2", "Target", "Target 2024/25",
    "Baseline", "Status", "RAG", "Trend", "Comment", "Good is", "Unit", "Lead", "", "Apr-24", "Wards", "Type",
])  # fmt: skip
WORDS = st.sampled_from([
    "", "", "", "-", "CS1", "CS2", "1.1", "Walks", "Talks in schools", "412", "95.9%", "0.959", "n/a", "TBC", "Green",
    "R", "Blue", "On target", "Low", "Priority 1: ASB", "Key: Green – on target", "Total", "Note: provisional",
    "Target", "Actual", "See comment", "(62/65)", "↑", "2024/25", "Ref", "Q1", "=1+1", "a\nb", "5% reduction",
])  # fmt: skip
FILLS = st.sampled_from(["", "", "", "00B050", "FF0000"])


@st.composite
def documents(draw):
    """Tables with likely headings and unlikely cells, two of them at most."""
    grids = []
    for number in range(1, draw(st.integers(1, 2)) + 1):
        width = draw(st.integers(3, 7))
        heads = ["Ref", "Indicator", *draw(st.lists(HEADINGS, min_size=width - 2, max_size=width - 2))]
        rows = [heads, *draw(st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=1, max_size=6))]
        grids.append(
            Grid(
                name=f"Table {number}",
                titles=draw(st.sampled_from([(), ("Quarter 2 2024/25",)])),
                rows=tuple(
                    Row(
                        cells=tuple(Cell(text=text, fill=draw(FILLS)) for text in texts),
                        number=place,
                        at=f"Table {number}, row {place}",
                    )
                    for place, texts in enumerate(rows, start=1)
                ),
            )
        )
    return Document(name="kpis.docx", kind="docx", grids=tuple(grids))


def found_at(tree: IndicatorTree) -> dict[str, str]:
    """All words that the tree, its lists and its lines hold, by row."""
    found: dict[str, list[str]] = {}
    for read in tree.indicators:
        for source in read.source:
            found.setdefault(source.at, []).extend(one_line(text) for text in source.cells.values())
    for words in tree.not_used:
        found.setdefault(words.at, []).append(words.words)
    for reading in tree.readings:
        if reading.kind in {RowKind.SECTION, RowKind.HEADER, RowKind.TITLE}:
            found.setdefault(reading.at, []).append(f"{reading.words} {reading.became}")
    return {at: " ".join(words) for at, words in found.items()}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_cell_with_words_is_somewhere(document):
    try:
        tree = indicators_in(document)
    except IndicatorsRefused:
        return
    found = found_at(tree)
    headings = {reading.heading for reading in tree.columns}
    for grid in document.grids:
        for row in grid.rows:
            for cell in row.cells:
                words = one_line(cell.text)
                is_heading = any(words in heading for heading in headings)
                assert words.strip("-") == "" or is_heading or words in found.get(row.at, ""), (row.at, words)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_reading_holds_its_own_rules(document):
    """One figure a period, a figure where the state says so, one primary baseline, plain JSON, the same twice."""
    try:
        tree = indicators_in(document)
    except IndicatorsRefused:
        return
    for read in tree.indicators:
        periods = [reading.period for reading in read.readings]
        assert len(periods) == len(set(periods))
        assert all((reading.value is not None) == reading.state.has_figure for reading in read.readings)
        assert sum(baseline.is_primary for baseline in read.baselines) <= 1
        assert read.decimals <= 4
    assert sum(tree.rows.values()) == len(tree.readings)
    assert tree.to_json() == indicators_in(document).to_json()

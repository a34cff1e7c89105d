"""Whatever a table holds and whatever is decided about it: every cell with words is in the tree, listed or told of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.importing import Decisions, PlanRefused, PlanTree, RowDecision, plan_in
from actions.importing.columns import Meaning
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.lights import rag_of_fill, read_light
from csp_tracker.rag import RAG

WIDTH = 6
HEADINGS = st.sampled_from(
    [
        ["No.", "Objective", "Action", "Progress", "Lead", "RAG"],
        ["Priority", "Aim", "Task", "By when", "Status", ""],
        ["Action", "Who", "When", "Q1", "Q2", "Comments"],
        ["RAG", "Ref", "What we will do", "Start", "End", "Next steps"],
        ["Objective", "Key actions", "R", "A", "G", "Ward"],
        ["Theme", "Outcome", "Indicator", "Target", "Update", "Update"],
    ]
)
MARKED = st.sampled_from(
    ["Words", "words", "Progress:", "Lead:", "Priority 2:", "Objective 1.2:", "1.4", "2.", "Note:"]
)
FIXED = st.sampled_from(
    [
        *("", "", "", "", "", "1", "1.", "1.1", "1.2", "1.1.1", "A1", "2", "2.1 (Cont /d)", "3."),
        *("GREEN", "Red c/f", "On track", "n/a", "--", "x", "TBC", "G", "R"),
        *(
            "Total",
            "Key",
            "Key: R = late, G = in time",
            "On track = fine",
            "Green",
            "May 2016",
            "31 June 2016",
            "42826",
        ),
        *("No.", "Objective", "Action", "Progress", "RAG", "Lead", "Q1"),
    ]
)
FILLS = st.sampled_from(["", "", "", "", "00B050", "FF0000", "FFC000", "0070C0", "DDDDDD"])


@st.composite
def cells(draw: st.DrawFn, where: str) -> Cell:
    """A cell with words that no other has, or with some that mean something."""
    text = f"{draw(MARKED)} {where}" if draw(st.integers(0, 2)) == 0 else draw(FIXED)
    return Cell(text, fill=draw(FILLS))


@st.composite
def rows(draw: st.DrawFn, table: str, number: int) -> Row:
    """A row, now and then merged over its columns."""
    at = f"{table}, row {number}"
    merged = draw(st.sampled_from([1, 1, 1, 1, 2, WIDTH]))
    first = draw(cells(f"{table[-1]}x{number}x0"))
    line = [Cell(first.text, fill=first.fill, column_span=merged), *[Cell(is_covered=True)] * (merged - 1)]
    line += [draw(cells(f"{table[-1]}x{number}x{place}")) for place in range(merged, WIDTH)]
    return Row(tuple(line), number, at, is_hidden=draw(st.integers(0, 9)) == 0)


@st.composite
def grids(draw: st.DrawFn, count: int) -> Grid:
    """A table, mostly with headings, below a title now and then."""
    name = f"Table {count}"
    top: list[list[str]] = []
    if draw(st.booleans()):
        top.append([f"Title {count}", *[""] * (WIDTH - 1)])
    if count == 1 or draw(st.booleans()):
        top.append(draw(HEADINGS))
    head = [Row(tuple(map(Cell, line)), number, f"{name}, row {number}") for number, line in enumerate(top, start=1)]
    body = [draw(rows(name, number)) for number in range(len(head) + 1, len(head) + 1 + draw(st.integers(0, 8)))]
    titles = draw(
        st.sampled_from([(), (f"Priority {count}: Above {count}",), (f"Some words {count}", "Key: R = late")])
    )
    return Grid(name, (*head, *body), titles=titles, is_named=draw(st.booleans()))


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """One to three tables."""
    tables = tuple(draw(grids(count)) for count in range(1, draw(st.integers(1, 3)) + 1))
    return Document("plan.docx", "docx", tables, after=draw(st.sampled_from([(), ("The end",)])))


@st.composite
def decided(draw: st.DrawFn, document: Document) -> Decisions:
    """A few decisions about rows, columns, lights and tables that are there."""
    ats = [row.at for grid in document.grids for row in grid.rows]
    headings = ["No.", "Action", "Lead", "Q1", "Ward", "Update", "Update (2)", "Status", "Column 6"]
    names = [grid.name for grid in document.grids]
    few = {"max_size": 3}
    return Decisions(
        tables=draw(st.dictionaries(st.sampled_from(names), st.booleans(), max_size=2)),
        headings=draw(st.dictionaries(st.sampled_from(names), st.integers(1, 4), max_size=1)),
        columns=draw(st.dictionaries(st.sampled_from(headings), st.sampled_from(Meaning), **few)),
        rows=draw(st.dictionaries(st.sampled_from(ats), st.sampled_from(RowDecision), **few)) if ats else {},
        lights=draw(st.dictionaries(st.sampled_from(["on track", "n/a"]), st.sampled_from(RAG), max_size=1)),
        row_lights=draw(st.dictionaries(st.sampled_from(ats), st.sampled_from(RAG), max_size=1)) if ats else {},
    )


def read(document: Document, decisions: Decisions | None = None) -> PlanTree | None:
    try:
        return plan_in(document, decisions or Decisions())
    except PlanRefused:
        return None


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_every_cell_with_words_is_accounted_for(data):
    document = data.draw(documents())
    decisions = data.draw(decided(document)) if data.draw(st.booleans()) else Decisions()
    tree = read(document, decisions)
    if tree is None:
        return
    kept = everything_kept(tree)
    lost = [
        (row.at, cell.text)
        for grid in document.grids
        for row in grid.rows
        for cell in row.cells
        if squeezed(cell.text) not in kept
    ]
    assert lost == []
    assert [words for grid in document.grids for words in grid.titles if squeezed(words) not in kept] == []


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_rows_are_told_once_each_and_references_are_unique(data):
    document = data.draw(documents())
    decisions = data.draw(decided(document)) if data.draw(st.booleans()) else Decisions()
    tree = read(document, decisions)
    if tree is None:
        return
    references = [action.reference for action in tree.actions()]
    assert len(set(references)) == len(references)
    told = [reading.at for reading in tree.readings if reading.kind != "title"]
    assert len(set(told)) == len(told)
    with_words = {row.at for grid in document.grids for row in grid.rows if not row.is_blank}
    assert with_words <= {reading.at for reading in tree.readings}
    assert PlanTree.from_json(tree.to_json()) == tree


@settings(max_examples=150, deadline=None)
@given(documents())
def test_no_light_comes_from_nowhere(document):
    """Green is a green word, a green colour, or a word that a key in the file calls green: never a guess."""
    tree = read(document)
    if tree is None:
        return
    fills = {row.at: {rag_of_fill(cell.fill) for cell in row.cells} for grid in document.grids for row in grid.rows}
    texts = " ".join(cell.text for grid in document.grids for row in grid.rows for cell in row.cells)
    for action in tree.actions():
        if action.rag is not RAG.GREEN:
            continue
        light = read_light(action.stated_rag)
        by_key = "G = in time" in texts or "Key" in texts or "Green" in texts
        assert (light is not None and light.rag is RAG.GREEN) or RAG.GREEN in fills[action.at] or by_key


@pytest.mark.parametrize("decision", list(RowDecision))
def test_any_decision_about_any_row_can_be_read(decision):
    table = [
        ["No.", "Objective", "Action", "Progress", "RAG"],
        ["1.", "SAFER", "", "", ""],
        ["1.1", "Calm", "Walk\nTalk", "begun", "GREEN"],
        ["", "", "", "and done", ""],
        ["", "", "", "", ""],
        ["--", "", "", "", ""],
        ["1.2", "Order", "March", "", ""],
    ]
    lines = tuple(Row(tuple(map(Cell, row)), number, f"T, row {number}") for number, row in enumerate(table, start=1))
    for row in lines:
        tree = read(Document("p", "docx", (Grid("T", lines),)), Decisions(rows={row.at: decision}))
        if tree is not None:
            kept = everything_kept(tree)
            assert [cell.text for one in lines for cell in one.cells if squeezed(cell.text) not in kept] == []


def everything_kept(tree: PlanTree) -> str:
    """The words of the tree, of its sources, of what was not used and of the warnings."""
    words = [one.words for one in tree.not_used] + [one.text for one in tree.headings] + list(tree.warnings)
    words += [tree.title or ""]
    for objective in tree.objectives():
        words += [f"{objective.number} {objective.text}", f"{objective.number}. {objective.text}"]
        words += [f"{kind} {objective.number}: {objective.text}" for kind in ("Objective", "Priority")]
    sources = [row for action in tree.actions() for row in action.source]
    for priority in tree.priorities:
        words += [priority.title, priority.group, f"Priority {priority.number}: {priority.title}"]
        sources += priority.source
    return squeezed(" ".join([*words, *(text for row in sources for text in row.cells.values())]))


def squeezed(text: str) -> str:
    return "".join(text.split())

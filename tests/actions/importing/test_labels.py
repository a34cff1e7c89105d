"""Words under an action that say what they are go where they belong."""

import pytest

from actions.importing import PlanTree, plan_in
from actions.importing.labels import labelled_words
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.rag import RAG

HEADINGS = ["Ref", "Action", "Lead", "Due", "RAG"]


def merged(text: str) -> list[Cell]:
    return [Cell(text, column_span=5), *[Cell(is_covered=True)] * 4]


def plan(*rows: list) -> PlanTree:
    lines = [tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in (HEADINGS, *rows)]
    grid = Grid("T", tuple(Row(row, number, f"T, row {number}") for number, row in enumerate(lines, start=1)))
    return plan_in(Document("p.docx", "docx", (grid,)))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Progress: begun", [("Progress", "progress", "begun")]),
        ("Progress to date: begun\nand done\nNext steps: rest", [
            ("Progress to date", "progress", "begun\nand done"), ("Next steps", "work_needed", "rest")]),
        ("Lead officer: Sgt Hill", [("Lead officer", "lead", "Sgt Hill")]),
        ("Baseline: 12", [("Baseline", "baseline", "12")]),
        ("Progress:", []),
        ("Priority 1: Streets", []),
        ("Objective: calm", []),
        ("Walk: the streets", []),
        ("Begun\nProgress: done", []),
        ("", []),
    ],
)  # fmt: skip
def test_labels_in_words(text, parts):
    assert labelled_words(text) == parts


def test_a_merged_row_of_progress_goes_to_its_action():
    tree = plan(["1", "Walk", "PC", "May 2015", "G"], merged("Progress: begun\nNext steps: go on"))
    (action,) = tree.actions()
    assert (action.progress, action.work_needed) == ("begun", "go on")
    assert [row.at for row in action.source] == ["T, row 2", "T, row 3"]
    assert next(one for one in tree.readings if one.at == "T, row 3").became == f"joined to {action.reference}"


def test_a_label_and_its_words_in_two_cells():
    words = ["Update", Cell("ten visited", column_span=4), *[Cell(is_covered=True)] * 3]
    (action,) = plan(["1", "Walk", "PC", "May 2015", "G"], words).actions()
    assert action.progress == "ten visited"


def test_a_light_under_an_action_without_one():
    (action,) = plan(["1", "Walk", "PC", "May 2015", ""], merged("Status: Amber")).actions()
    assert (action.rag, action.stated_rag) == (RAG.AMBER, "Amber")


def test_two_lots_of_progress_are_both_kept():
    (action,) = plan(["1", "Walk", "PC", "", "G"], merged("Progress: one"), merged("Progress: two")).actions()
    assert action.progress == "one\ntwo"


def test_a_row_of_its_own_with_a_lead_answers_for_the_priority():
    tree = plan(merged("Priority 1: Streets"), merged("Lead: Inspector Hill"), ["1", "Walk", "", "", "G"])
    assert [(one.title, one.group) for one in tree.priorities] == [("Streets", "Inspector Hill")]


def test_before_the_first_action_labels_are_listed():
    tree = plan(merged("Priority 1: Streets"), merged("Progress: none"), ["1", "Walk", "", "", "G"])
    assert [(left.words, left.why) for left in tree.not_used] == [
        ("Progress: none", "says “Progress” before the first action")
    ]

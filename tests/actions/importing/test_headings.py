"""Headings are found in any row near the top, over one row or two."""

import pytest

from actions.importing.headings import decided_headings, find_headings, new_headings_at
from csp_tracker.grids import Cell, Row


def rows(*lines: list[str | Cell]) -> list[Row]:
    return [
        Row(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in line), number, f"row {number}")
        for number, line in enumerate(lines, start=1)
    ]


def test_below_titles_and_blank_rows():
    found = find_headings(rows(["Plan for 2015", "", ""], ["", "", ""], ["Ref", "Action", "Lead"], ["1", "Walk", "PC"]))
    assert found is not None
    assert (found.start, found.end, found.texts) == (2, 3, ("Ref", "Action", "Lead"))


def test_what_sounds_like_headings_above_the_headings():
    found = find_headings(
        rows(
            ["Priority", "Less crime", "Lead", "Inspector", ""],
            ["Ref", "Action", "Owner", "Deadline", "RAG"],
            ["1", "Walk", "PC", "May", "G"],
        )
    )
    assert found is not None
    assert found.start == 1


@pytest.mark.parametrize(
    "upper",
    [
        pytest.param(
            [
                "Ref",
                "Action",
                Cell("Quarter 1", column_span=2),
                Cell(is_covered=True),
                Cell("Quarter 2", column_span=2),
                Cell(is_covered=True),
            ],
            id="merged",
        ),
        pytest.param(["Ref", "Action", "Quarter 1", "", "Quarter 2", ""], id="blank beside"),
    ],
)
def test_over_two_rows(upper):
    table = rows(upper, ["", "", "Progress", "RAG", "Progress", "RAG"], ["1", "Walk", "done", "G", "", ""])
    found = find_headings(table)
    assert found is not None
    assert (found.end, found.texts) == (
        2,
        ("Ref", "Action", "Quarter 1 Progress", "Quarter 1 RAG", "Quarter 2 Progress", "Quarter 2 RAG"),
    )


def test_a_banner_over_whole_headings_is_a_title():
    banner = [
        Cell("Planning", column_span=2),
        Cell(is_covered=True),
        Cell("Progress", column_span=2),
        Cell(is_covered=True),
    ]
    found = find_headings(rows(banner, ["Action", "Lead", "Update", "RAG"], ["Walk", "PC", "done", "G"]))
    assert found is not None
    assert (found.start, found.end) == (1, 2)


def test_a_first_row_of_data_is_no_second_row_of_headings():
    found = find_headings(rows(["No.", "Action", "Progress", ""], ["1", "Walk", "done", "Green"]))
    assert found is not None
    assert found.end == 1


def test_a_person_names_the_row():
    table = rows(["Ref", "Action", "RAG"], ["What", "How", "Colour"], ["1", "Walk", "G"])
    found = decided_headings(table, 2)
    assert found is not None
    assert found.texts == ("What", "How", "Colour")
    assert decided_headings(table, 9) is None


@pytest.mark.parametrize(
    ("texts", "is_new"),
    [
        (["Objective", "Action", "Lead", "RAG"], True),
        (["1.1", "Action plan for schools", "Lead officer", "Green"], False),
        (["Action", "Lead", "", ""], False),
        (["Support victims", "Update the website", "Police", "May 2015"], False),
    ],
)
def test_headings_of_another_table_among_the_rows(texts, is_new):
    assert (new_headings_at(rows(texts, ["", "", "", ""]), 0) is not None) is is_new

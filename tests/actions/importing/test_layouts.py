"""Plans in layouts that councils use: each gives the tree that a person reads in it."""

from functools import cache
from pathlib import Path
from time import process_time

import pytest

from actions.importing import Decisions, PlanTree, plan_in, read_plan
from csp_tracker.grids import Document, read_grids
from csp_tracker.rag import RAG
from tests.layouts.plans import LAYOUTS
from tests.layouts.sketching import sketch

TREES = Path(__file__).parents[2] / "layouts" / "trees"


@cache
def tree_of(name: str) -> PlanTree:
    file_name, make = LAYOUTS[name]
    return read_plan(make(), file_name)


def document_of(name: str) -> Document:
    file_name, make = LAYOUTS[name]
    return read_grids(make(), file_name)


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_gives_the_tree_that_a_person_reads(name):
    assert sketch(tree_of(name)) == (TREES / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_cell_with_words_is_accounted_for(name):
    tree = tree_of(name)
    kept = everything_kept(tree)
    document = document_of(name)
    cells = [cell.text for grid in document.grids for row in grid.rows for cell in row.cells]
    titles = [title for grid in document.grids for title in grid.titles]
    assert [words for words in (*cells, *titles, *document.after) if squeezed(words).rstrip(":") not in kept] == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_row_says_what_it_became_and_why(name):
    tree = tree_of(name)
    said = {reading.at: reading for reading in tree.readings}
    rows = [row.at for grid in document_of(name).grids for row in grid.rows if not row.is_blank]
    assert [at for at in rows if at not in said or not said[at].why] == []
    begun = [reading.became for reading in tree.readings if reading.kind == "record"]
    assert begun == [f"action {action.reference}" for action in sorted(tree.actions(), key=_place(tree))]


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_tree_goes_to_json_and_back(name):
    assert PlanTree.from_json(tree_of(name).to_json()) == tree_of(name)


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_light_is_green_but_by_word_colour_or_the_plans_own_key(name):
    tree = tree_of(name)
    greens = {word.word.casefold() for word in tree.key if word.rag is RAG.GREEN}
    for action in tree.actions():
        if action.rag is RAG.GREEN and action.stated_rag:
            assert action.stated_rag.casefold() in greens


def test_the_key_of_the_plan_gives_its_own_words():
    key = {word.word: (word.rag, word.meaning) for word in tree_of("words_for_lights_and_a_key").key}
    assert key["On track"] == (RAG.GREEN, "On track")
    assert key["Amber"] == (RAG.AMBER, "Slipping")
    assert key["Red"] == (RAG.RED, "Off course")


@pytest.mark.parametrize(
    ("name", "kind", "word", "ats"),
    [
        ("review_recommendations", "date", "31 June 2024", ("Table 1, row 3",)),
        ("review_recommendations", "year_missing", "Q3", ("Table 1, row 5",)),
        ("words_for_lights_and_a_key", "light", "Not achieved", ("line 5",)),
        ("a_key_that_means_something_else_by_blue", "light", "Blue", ("Table 3, row 2",)),
        ("a_key_that_means_something_else_by_blue", "light", "Purple", ("Table 3, row 4",)),
        ("sheet_for_each_quarter", "table", "Q1", ("Q1",)),
        ("several_years_in_one_workbook", "table", "2014-15", ("2014-15",)),
        ("several_years_in_one_workbook", "date", "12/25/2015", ("2015-16, row 6",)),
        ("names_alone_over_their_rows", "row", "Young people", ("line 5",)),
        ("numbers_of_three_parts", "year", "", ()),
    ],
)
def test_what_is_in_doubt_is_asked(name, kind, word, ats):
    assert (kind, word, ats) in [(one.kind, one.word, one.ats) for one in tree_of(name).questions]


@pytest.mark.parametrize(
    ("name", "warning"),
    [
        ("review_recommendations", "Table 1, row 3: there is no 31 June 2024; the words are kept, without a date."),
        ("sheet_for_each_priority", "Serious violence, row 8: 42825 was read as 31 March 2017, as Excel counts days."),
        ("a_column_to_tick_for_each_colour", "Action Plan, row 6: starts after it is due, so no start was taken."),
        ("colours_behind_the_numbers", "The colours in the column No were read as lights."),
        ("cut_by_pages", "1 light was in the column Work outstanding: line 7."),
        ("progress_under_each_action", "3 rows tell of the action above, and went to it: Table 1, rows 5, 7 and 10."),
    ],
)
def test_what_a_person_should_know_is_said(name, warning):
    assert warning in tree_of(name).warnings


def test_tables_that_are_not_read_say_why():
    tables = {table.name: (table.is_used, table.why) for table in tree_of("sheet_for_each_priority").tables}
    assert tables["KPIs"] == (False, "looks like a table of KPIs, not of actions")
    assert tables["Hidden harm"][0] is True


def test_columns_say_what_else_they_may_be_with_examples():
    columns = {column.heading: column for column in tree_of("table_for_each_priority").columns}
    lead = columns["Lead and partners"]
    assert (lead.meaning, lead.sure, lead.alternatives) == ("lead", 9, ("supporting",))
    assert columns["Timescale"].examples == ("by June 2019", "Autumn", "2019/20")


def everything_kept(tree: PlanTree) -> str:
    words = [one.words for one in tree.not_used] + [one.text for one in tree.headings]
    words += [tree.title or "", *(name.title for name in tree.priorities), *(one.group for one in tree.priorities)]
    words += [f"{one.number} {one.text}" for one in tree.objectives()]
    words += [f"Priority {one.number}: {one.title}" for one in tree.priorities]
    words += [f"Priority lead: {one.group}" for one in tree.priorities]
    sources = [row for action in tree.actions() for row in action.source]
    sources += [row for priority in tree.priorities for row in priority.source]
    return squeezed(" ".join([*words, *(text for row in sources for text in row.cells.values())]))


def squeezed(text: str) -> str:
    return "".join(text.split())


def _place(tree: PlanTree):
    order = [reading.at for reading in tree.readings]
    return lambda action: order.index(action.at)


def test_two_thousand_rows_are_read_in_a_moment():
    """The preview reads the file again at every decision."""
    headings = ["No.", "Objective", "Action", "Lead", "By when", "Progress", "Work needed", "RAG"]
    lights = ["GREEN", "RED", "On track", "AMBER"]
    rows = [
        [
            f"{one // 20}.{one % 20}",
            f"Objective {one}",
            f"Do the thing {one} with partners " * 4,
            f"Officer {one % 17}",
            f"{one % 28 + 1}.{one % 12 + 1}.2016",
            f"Progress {one} on {one % 28 + 1} May 2015. " * 6,
            "",
            lights[one % 4],
        ]
        for one in range(20, 2020)
    ]
    document = read_grids("\n".join("\t".join(row) for row in [headings, *rows[:1998]]).encode(), "long.txt")
    begun = process_time()
    tree = plan_in(document, Decisions(lights={"on track": RAG.GREEN}))
    assert process_time() - begun < 4  # a second on a machine that does nothing else
    assert len(list(tree.actions())) == 1998

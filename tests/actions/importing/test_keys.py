"""A plan's key defines its own words for lights, wherever it stands; words that only look like one do not."""

import pytest

from actions.importing import Decisions, PlanTree, plan_in
from actions.importing.legends import Entry, Legend, LightReader, entries_in_cells, entries_in_words, legend_of
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.rag import RAG

HEADINGS = ["Ref", "Action", "Lead", "Status"]


def grid(rows: list[list[str | Cell]], name: str = "Table 1", titles: tuple[str, ...] = ()) -> Grid:
    lines = [tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row) for row in rows]
    return Grid(name, tuple(Row(row, n, f"{name}, row {n}") for n, row in enumerate(lines, start=1)), titles=titles)


def plan(*rows: list[str | Cell], titles: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> PlanTree:
    return plan_in(Document("p.docx", "docx", (grid([HEADINGS, *rows], titles=titles),), after=after))


def lights(tree: PlanTree) -> list[RAG]:
    return [action.rag for action in tree.actions()]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Key: R = late; G = in time", [("R", "late"), ("G", "in time")]),
        ("Red – off target, Green – on target", [("Red", "off target"), ("Green", "on target")]),
        ("RAG key\nGreen: done\nRed: not done", [("Green", "done"), ("Red", "not done")]),
        ("KEY TO THE LIGHTS: Blue (B) = complete", [("Blue", "complete")]),
        ("Green = good", []),
        ("Walk from A - B", []),
        ("A grand day out - red shoes", []),
        ("", []),
    ],
)  # fmt: skip
def test_pairs_in_words(text, entries):
    assert [(entry.word, entry.meaning) for entry in entries_in_words(text)] == entries


def test_cells_of_a_colour_and_its_meaning():
    cells = [Cell("Key"), Cell("", fill="00B050"), Cell("On course"), Cell("Late", fill="FF0000")]
    assert entries_in_cells(cells) == [Entry("", "On course", "00B050"), Entry("Late", "", "FF0000")]
    assert entries_in_cells([Cell("Green"), Cell("fine"), Cell("no key")]) == []


@pytest.mark.parametrize(
    "where",
    [
        pytest.param({"titles": ("Key: R = stuck, G = moving",)}, id="above"),
        pytest.param({"after": ("Key: R = stuck, G = moving",)}, id="below"),
    ],
)
def test_a_key_outside_the_table(where):
    tree = plan(["1", "Walk", "PC", "Moving"], ["2", "Talk", "PC", "stuck"], **where)
    assert lights(tree) == [RAG.GREEN, RAG.RED]
    assert [left.why for left in tree.not_used] == ["is part of the key to the lights"]


def test_a_key_among_the_rows_is_no_action():
    tree = plan(
        ["1", "Walk", "PC", "Going well"],
        [Cell("RAG key", column_span=4), Cell(is_covered=True), Cell(is_covered=True), Cell(is_covered=True)],
        ["Green", "Going well", "", ""],
        ["Red", "Going badly", "", ""],
    )
    assert lights(tree) == [RAG.GREEN]
    assert tree.rows["legend"] == 3
    assert [(word.word, word.meaning) for word in tree.key] == [
        ("Going well", "Going well"),
        ("Green", "Going well"),
        ("Red", "Going badly"),
    ]


def test_a_single_green_flag_is_no_key():
    tree = plan(["1", "Walk", "PC", "Green"], ["Green", "flag award", "", ""])
    assert "legend" not in tree.rows


@pytest.mark.parametrize(
    ("words", "rag"),
    [
        ("on course", RAG.GREEN),
        ("On Course – since June", RAG.GREEN),
        ("Not on course", RAG.NOT_RATED),
        ("on coursework", RAG.NOT_RATED),
        ("Green", RAG.GREEN),
        ("RED", RAG.RED),
    ],
)
def test_the_keys_words_are_read_whole(words, rag):
    reader = LightReader(legend=legend_of([Entry("Green", "On course")], frozenset()))
    light = reader.read(words)
    assert light is not None
    assert light.rag is rag


@pytest.mark.parametrize(
    ("meaning", "rag"),
    [("Completed", RAG.COMPLETE), ("Action finished", RAG.COMPLETE), ("On target within tolerance", RAG.NOT_RATED)],
)
def test_blue_is_complete_only_where_the_key_says_so(meaning, rag):
    reader = LightReader(legend=legend_of([Entry("Blue", meaning)], frozenset()))
    for light in (reader.read("Blue"), reader.read("", "0070C0")):
        assert light is not None
        assert light.rag is rag


def test_a_decision_wins_over_the_key():
    decisions = Decisions(lights={"slow": RAG.RED})
    light = LightReader(decisions, legend_of([Entry("Amber", "Slow")], frozenset())).read("Slow")
    assert light is not None
    assert light.rag is RAG.RED


def test_a_blue_without_a_word_can_be_decided():
    legend = Legend(asked={"blue": "On target"})
    light = LightReader(Decisions(lights={"blue": RAG.GREEN}), legend).read("", "0070C0")
    assert light is not None
    assert (light.rag, light.as_stated) == (RAG.GREEN, "")


KEY_OF_WORDS = [
    ["Status key:", "", "", ""],
    ["On course – going to plan", "", "", ""],
    ["Paused", "stopped by the board", "", ""],
    ["Completed", "", "", ""],
]


def test_a_key_without_colours_is_no_part_of_the_last_action_and_its_words_are_asked():
    rows = [["1", "Walk", "PC", "On course"], ["2", "Run", "PC", "Paused"], ["3", "Sit", "PC", "Completed"]]
    tree = plan(*rows, ["", "", "", ""], *KEY_OF_WORDS)
    assert [action.text for action in tree.actions()] == ["Walk", "Run", "Sit"]
    assert lights(tree) == [RAG.NOT_RATED, RAG.NOT_RATED, RAG.COMPLETE]
    assert [reading.kind for reading in tree.readings][-4:] == ["legend"] * 4


def test_words_after_a_key_that_the_plan_does_not_use_are_no_part_of_it():
    tree = plan(["1", "Walk", "PC", "Red"], ["Key", "", "", ""], ["2", "Run", "PC", ""], ["", "and stop", "", ""])
    assert [action.text for action in tree.actions()] == ["Walk", "Run and stop"]


def test_a_key_of_words_on_colours_with_their_meaning_beside_them_says_what_the_words_are():
    key = [
        [Cell("On course", fill="00B050"), "will be done in time", "", ""],
        [Cell("Some slippage", fill="FFC000"), "may be late", "", ""],
        [Cell("Not due", fill="D9D9D9"), "later", "", ""],
        [Cell("Off course", fill="FF0000"), "will be late", "", ""],
    ]
    rows = [["1", "Walk", "PC", "On course"], ["2", "Run", "PC", "Some slippage"], ["3", "Sit", "PC", "Not due"]]
    tree = plan(*rows, ["4", "Go", "PC", "Off course"], ["Key", "", "", ""], *key)
    assert lights(tree) == [RAG.GREEN, RAG.AMBER, RAG.NOT_RATED, RAG.RED]
    assert [action.text for action in tree.actions()] == ["Walk", "Run", "Sit", "Go"]

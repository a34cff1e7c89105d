"""A tree survives JSON, the fixtures are what the reader gives, and no word of a file disappears."""

import json
from pathlib import Path

import pytest

from actions.importing import PlanTree
from actions.importing.__main__ import main
from csp_tracker.grids import read_grids

ROOT = Path(__file__).parents[3]
SEEDS = ROOT / "tests" / "seeds"
NAMES = sorted(path.name for path in SEEDS.iterdir())
LISTED = {
    "number", "text", "indicator", "baseline", "progress", "work_needed", "timescale", "rag", "stated_rag",
    "carried_forward", "due_on",
}  # fmt: skip


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_there_are_six_files():
    assert len(NAMES) == 6


@pytest.mark.parametrize("name", NAMES)
def test_a_tree_comes_back_from_json_as_it_was(seed, name):
    tree = seed(name)
    assert PlanTree.from_json(json.loads(json.dumps(tree.to_json()))) == tree


def test_another_format_is_refused(seed):
    with pytest.raises(ValueError, match="format 1"):
        PlanTree.from_json(seed(NAMES[0]).to_json() | {"format": 2})


@pytest.mark.parametrize("name", NAMES)
def test_the_listing_has_the_promised_fields(seed, name):
    for priority in seed(name).listing():
        assert {"number", "title", "group", "objectives"} <= set(priority)
        for objective in priority["objectives"]:
            assert {"number", "text", "actions"} <= set(objective)
            for action in objective["actions"]:
                assert set(action) >= LISTED


@pytest.mark.parametrize("year", ["2009-10", "2015"])
def test_the_fixtures_are_what_the_reader_gives(seed, year):
    """Made by `python -m actions.importing tests/seeds/maldon-csp-YEAR.docx > fixtures/maldon-csp-YEAR.json`."""
    kept = json.loads((ROOT / "fixtures" / f"maldon-csp-{year}.json").read_text(encoding="utf-8"))
    assert kept == seed(f"maldon-csp-{year}.docx").to_json()


def test_the_command_prints_the_fixture(capsys):
    assert main(SEEDS / "maldon-csp-2015.docx") == 0
    printed = capsys.readouterr().out
    assert printed == (ROOT / "fixtures" / "maldon-csp-2015.json").read_text(encoding="utf-8")


def test_the_command_refuses_in_one_sentence(capsys, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear all")
    assert main(tmp_path / "letter.txt") == 1
    assert capsys.readouterr().err == "letter.txt has no table with a heading for actions or objectives.\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_trees_of_one_plan_say_the_same_in_every_format(seed, name):
    year = "2015" if seed(name).title else "2009-10"
    assert [spoken(action) for action in seed(name).actions()] == [
        spoken(action) for action in seed(f"maldon-csp-{year}.docx").actions()
    ]


def spoken(action) -> list[str]:
    fields = ("reference", "text", "indicator", "baseline", "progress", "work_needed", "timescale", "stated_rag", "rag")
    return [squeezed(str(getattr(action, field))) for field in fields]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_of_the_file_is_in_the_tree_or_listed_as_not_used(seed, name):
    tree = seed(name)
    kept = squeezed(json.dumps(tree.listing(), ensure_ascii=False).replace("\\n", " ").replace('\\"', '"'))
    kept += squeezed(" ".join(heading.text for heading in tree.headings) + (tree.title or ""))
    left = squeezed(" ".join(one.words for one in tree.not_used))
    for grid in read_grids((SEEDS / name).read_bytes(), name).grids:
        for row in grid.rows:
            for cell in row.cells:
                assert squeezed(cell.text) in kept or squeezed(cell.text) in left, row.at


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_a_source_row_is_in_the_fields_of_its_action(seed, name):
    tree = seed(name)
    left = squeezed(" ".join(one.words for one in tree.not_used))
    for objective in tree.objectives():
        for action in objective.actions:
            fields = (action.number, objective.number, objective.text, action.text, action.indicator, action.baseline)
            fields += (action.progress, action.work_needed, action.timescale, action.stated_rag)
            kept = squeezed(" ".join(fields))
            for row in action.source:
                assert all(squeezed(text) in kept or squeezed(text) in left for text in row.cells.values()), row.at

"""Rows become priorities, objectives and actions; nothing disappears on the way."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.importing import PlanRefused, PlanTree, plan_in, read_plan
from actions.importing.tree import Heading, OfferKind
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.rag import RAG

NUMBERED = ["No.", "Objective", "Action", "Progress", "Work needed", "RAG"]


def grid(rows: list[list[str | Cell]], name: str = "Table 1", titles: tuple[str, ...] = ()) -> Grid:
    return Grid(
        name=name,
        titles=titles,
        rows=tuple(
            Row(tuple(cell if isinstance(cell, Cell) else Cell(cell) for cell in row), number, f"{name}, row {number}")
            for number, row in enumerate(rows, start=1)
        ),
    )


def plan(*rows: list[str | Cell], headings: list[str] = NUMBERED) -> PlanTree:
    return plan_in(Document("plan.docx", "docx", (grid([headings, *rows]),)))


def outline(tree: PlanTree) -> list[tuple[str, list[str]]]:
    """Objective numbers with the words of their actions."""
    return [(objective.number, [action.text for action in objective.actions]) for objective in tree.objectives()]


TOTALS = [
    pytest.param(["Total actions", "", "", "3", "", ""], id="named"),
    pytest.param(["Total", "", "4 actions", "", "", ""], id="counted"),
    pytest.param(["", "Grand total", "", "", "£16k", ""], id="money"),
    pytest.param(["", "", "", "", "£16k total", ""], id="behind the sum"),
]


@pytest.mark.parametrize("row", TOTALS)
def test_a_total_is_no_part_of_the_action_above(row):
    tree = plan(["1.1", "Calm", "Walk", "went well", "", "GREEN"], row)
    (action,) = tree.actions()
    assert (action.text, action.progress, action.work_needed) == ("Walk", "went well", "")
    assert "Table 1, row 3" in [one.at for one in tree.not_used]


def test_words_that_begin_with_total_may_be_an_action():
    tree = plan(["1.1", "Calm", "Walk", "", "", "GREEN"], ["", "", "Total Place pilot", "went well", "", "RED"])
    assert [action.text for action in tree.actions()] == ["Walk", "Total Place pilot"]


def test_an_aim_under_the_name_of_a_priority_is_its_objective():
    headings = ["Action", "Lead", "Status"]
    above = [["Priority 1 – Slavery", "", ""], ["Aim: victims are found", "", ""]]
    tree = plan_in(Document("p.docx", "docx", (grid([*above, headings, ["Walk", "PC", "Red"]]),)))
    (priority,) = tree.priorities
    assert (priority.number, priority.title) == ("1", "Slavery")
    assert [objective.text for objective in priority.objectives] == ["victims are found"]


@pytest.mark.parametrize(
    ("above", "title"),
    [
        pytest.param(["Anytown Council", "Action plan 2025/26"], "Action plan 2025/26", id="under the council"),
        pytest.param(["Appendix A", "Safer Anytown strategy"], "Safer Anytown strategy", id="under an appendix"),
        pytest.param(["Safer Anytown", "This plan was agreed in May."], "Safer Anytown", id="a sentence is none"),
        pytest.param(["Safer Anytown", "Last plan: 2024"], "Safer Anytown", id="another plan is none"),
    ],
)
def test_the_title_is_what_calls_itself_a_plan(above, title):
    rows = [*([words, "", ""] for words in above), ["Action", "Lead", "Status"], ["Walk", "PC", "Red"]]
    tree = plan_in(Document("p.docx", "docx", (grid(rows),)))
    assert tree.title == title
    assert [one.words for one in tree.not_used] == [words for words in above if words != title]


class TestRows:
    def test_a_row_with_neither_number_nor_light_continues_the_row_above(self):
        tree = plan(["1.1", "Calm", "Walk the", "went well", "", "GREEN"], ["", "", "streets", "", "more", ""])
        (action,) = tree.actions()
        assert (action.text, action.progress, action.work_needed) == ("Walk the streets", "went well", "more")
        assert [row.at for row in action.source] == ["Table 1, row 2", "Table 1, row 3"]
        assert tree.rows["continuation"] == 1

    def test_a_row_without_a_number_but_with_a_light_is_a_new_action(self):
        tree = plan(["1.1", "Calm", "Walk", "", "", "GREEN"], ["", "", "Talk", "", "", "RED"])
        assert outline(tree) == [("1.1", ["Walk", "Talk"])]
        assert [action.reference for action in tree.actions()] == ["1.1.1", "1.1.2"]

    def test_a_light_in_the_wrong_column_begins_an_action_too(self):
        tree = plan(["1.1", "Calm", "Walk", "", "", "GREEN"], ["", "", "Talk", "", "AMBER", ""])
        assert [action.rag for action in tree.actions()] == [RAG.GREEN, RAG.AMBER]
        assert list(tree.actions())[1].work_needed == ""

    def test_cont_d_goes_to_the_number_it_names(self):
        tree = plan(
            ["1.1", "Calm", "Walk", "one", "", "GREEN"],
            ["1.2", "Order", "Talk", "two", "", "RED"],
            ["1.1 Cont/d", "Calm (Cont/d)", "", "three", "", ""],
        )
        assert [action.progress for action in tree.actions()] == ["one\nthree", "two"]
        assert [left.words for left in tree.not_used] == ["1.1 Cont/d", "Calm (Cont/d)"]

    def test_a_whole_number_heads_a_priority_in_a_plan_with_parted_numbers(self):
        tree = plan(["1.", "DARG", "LESS DRINK", "", "", ""], ["1.1", "Calm", "Walk", "", "", ""])
        (priority,) = tree.priorities
        assert (priority.number, priority.group, priority.title) == ("1", "DARG", "LESS DRINK")

    def test_a_whole_number_is_an_action_in_a_plan_numbered_one_two_three(self):
        tree = plan(["1", "Calm", "Walk", "", "", ""], ["2", "Order", "Talk", "", "", ""])
        assert outline(tree) == [("1", ["Walk"]), ("2", ["Talk"])]

    def test_a_merged_row_heads_a_priority(self):
        tree = plan(
            [Cell("Priority 2: Safer streets", column_span=6), *[Cell(is_covered=True)] * 5],
            ["2.1", "Calm", "Walk", "", "", ""],
        )
        assert [(one.number, one.title) for one in tree.priorities] == [("2", "Safer streets")]

    def test_a_merged_row_without_a_number_gets_the_next(self):
        tree = plan(
            [Cell("Safer streets", column_span=6), *[Cell(is_covered=True)] * 5],
            ["7", "Calm", "Walk", "", "", ""],
        )
        assert [(one.number, one.title) for one in tree.priorities] == [("1", "Safer streets")]
        assert tree.numbers_are_generated

    def test_rows_under_a_cell_merged_downwards_are_actions_of_it(self):
        covered = Cell(is_covered=True)
        tree = plan(
            [Cell("1.1", row_span=2), Cell("Calm", row_span=2), "Walk", "", "", ""],
            [covered, covered, "Talk", "", "", ""],
        )
        assert outline(tree) == [("1.1", ["Walk", "Talk"])]

    def test_dashes_headings_and_notes_are_no_actions(self):
        tree = plan(
            ["1.1", "Calm", "Walk", "", "", "GREEN"],
            ["--", "--", "---", "", "--", ""],
            NUMBERED,
            ["", "* provisional figures", "", "", "", ""],
            ["", "", "", "", "", ""],
        )
        counts = {kind: tree.rows[kind] for kind in ("record", "header", "blank", "note", "continuation")}
        assert counts == {"record": 1, "header": 2, "blank": 2, "note": 1, "continuation": 0}
        assert [left.why for left in tree.not_used] == [
            "only dashes",
            "repeats the headings",
            "a note beside the table",
        ]

    def test_an_unknown_light_is_kept_and_asked_about(self):
        tree = plan(["1.1", "Calm", "Walk", "", "", "Not achieved"])
        (action,) = tree.actions()
        assert (action.rag, action.stated_rag) == (RAG.NOT_RATED, "Not achieved")
        assert "Table 1, row 2: “Not achieved” is not a light we know: say which it is." in tree.warnings

    def test_a_story_in_the_column_for_lights_is_kept_under_its_heading(self):
        story = "The funding was withdrawn. " * 12
        (action,) = plan(["1.1", "Calm", "Walk", "", "", story]).actions()
        assert (action.stated_rag, dict(action.extra)) == ("", {"RAG": story.strip()})

    def test_a_long_group_is_part_of_the_title(self):
        group = "Partners " * 30
        tree = plan(["1.", group, "LESS DRINK", "", "", ""], ["1.1", "Calm", "Walk", "", "", ""])
        assert (tree.priorities[0].group, tree.priorities[0].title) == ("", f"{group}LESS DRINK")

    def test_a_light_that_is_a_colour_only(self):
        tree = plan(["1.1", "Calm", "Walk", "", "", Cell("", fill="00B050")])
        (action,) = tree.actions()
        assert (action.rag, action.stated_rag) == (RAG.GREEN, "")
        assert "1 light is a colour without a word: Table 1, row 2." in tree.warnings

    def test_a_number_that_comes_again_with_other_words(self):
        tree = plan(["1.1", "Calm", "Walk", "", "", ""], ["1.1", "Order", "Talk", "", "", ""])
        assert [action.reference for action in tree.actions()] == ["1.1.1", "1.1.1b"]
        assert "Table 1, row 3: the number 1.1 was there before, with other words." in tree.warnings

    def test_the_same_number_with_the_same_words_is_one_objective(self):
        tree = plan(["1.1", "Calm", "Walk", "", "", ""], ["1.1", "calm ", "Talk", "", "", ""])
        assert outline(tree) == [("1.1", ["Walk", "Talk"])]

    def test_words_before_the_first_action_are_listed(self):
        tree = plan(["", "lost", "words", "", "", ""], ["1.1", "Calm", "Walk", "", "", ""])
        assert [left.words for left in tree.not_used] == ["lost | words"]
        assert tree.rows["note"] == 1

    def test_an_action_without_words_has_its_objectives(self):
        assert outline(plan(["1.1", "Calm", "", "went well", "", ""])) == [("1.1", ["Calm"])]

    def test_hidden_rows_are_read_and_told(self):
        table = grid([NUMBERED, ["1.1", "Calm", "Walk", "", "", ""]])
        hidden = Row(table.rows[1].cells, 2, "Sheet, row 2", is_hidden=True)
        tree = plan_in(Document("p", "xlsx", (Grid("Sheet", (table.rows[0], hidden)),)))
        assert "1 row is hidden in the file but read: Sheet, row 2." in tree.warnings


class TestColumns:
    def test_a_plan_without_numbers_and_lights_begins_an_action_with_its_words(self):
        tree = plan(
            ["Calm", "Walk", ""],
            ["", "Talk", "went well"],
            ["", "", "and better"],
            ["", "to everybody", ""],
            ["Order", "March", ""],
            headings=["Objective", "Action", "Progress"],
        )
        assert outline(tree) == [("1.1", ["Walk", "Talk to everybody"]), ("1.2", ["March"])]
        assert tree.numbers_are_generated

    def test_a_column_of_priorities(self):
        tree = plan(
            ["Safer streets", "Walk", "GREEN"],
            ["", "Talk", "RED"],
            ["Safer homes", "Lock", "GREEN"],
            headings=["Priority", "Action", "RAG"],
        )
        assert [(one.number, one.title) for one in tree.priorities] == [("1", "Safer streets"), ("2", "Safer homes")]
        assert sum(1 for _ in tree.actions()) == 3

    def test_columns_without_a_meaning_are_kept_by_heading(self):
        tree = plan(["1.1", "Walk", "Heybridge", "Sgt Smith"], headings=["No.", "Action", "Ward", "Lead"])
        (action,) = tree.actions()
        assert (dict(action.extra), action.lead) == ({"Ward": "Heybridge"}, "Sgt Smith")

    def test_several_columns_of_progress_are_told_apart(self):
        tree = plan(["1.1", "Walk", "begun", "done"], headings=["No.", "Action", "Q1 update", "Q2 update"])
        assert [action.progress for action in tree.actions()] == ["Q1 update: begun\nQ2 update: done"]


class TestTables:
    def test_a_table_of_the_same_width_without_headings_goes_on(self):
        tables = (
            grid([NUMBERED, ["1.1", "Calm", "Walk", "", "", "GREEN"]]),
            grid([["1.2", "Order", "Talk", "", "", "RED"]], name="Table 2", titles=("page 2",)),
        )
        tree = plan_in(Document("p", "docx", tables, after=("The end",)))
        assert outline(tree) == [("1.1", ["Walk"]), ("1.2", ["Talk"])]
        assert [left.words for left in tree.not_used] == ["page 2", "The end"]

    def test_another_table_is_listed_row_by_row(self):
        tables = (
            grid([["Present", "Apologies"], ["Ann", "Bob"]], titles=("Minutes",)),
            grid([NUMBERED, ["1.1", "Calm", "Walk", "", "", "GREEN"]], name="Table 2"),
        )
        tree = plan_in(Document("p", "docx", tables))
        assert [left.words for left in tree.not_used] == ["Minutes", "Present | Apologies", "Ann | Bob"]

    def test_titles_above_the_headings_inside_the_table(self):
        rows = [["Plan for Essex"] + [""] * 5, ["as at May"] + [""] * 5, NUMBERED, ["1", "Calm", "Walk", "", "", ""]]
        tree = plan_in(Document("p", "xlsx", (grid(rows),)))
        assert (tree.title, tree.priorities[0].title) == ("Plan for Essex", "Plan for Essex")
        assert [left.words for left in tree.not_used] == ["as at May"]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Dear all", "no table with a heading"),
            ("Name\tColour\nAnn\tgreen", "no table with a heading"),
            ("Objective\tAction\n", "no actions under them"),
        ],
    )
    def test_a_file_without_a_plan_is_refused_in_one_sentence(self, text, words):
        with pytest.raises(PlanRefused, match=words):
            read_plan(text.encode(), "letter.txt")


@pytest.mark.parametrize(
    ("words", "to_year"),
    [
        ("Work is done. Actions to be carried forward", ""),
        ("Ongoing actions to 2010/11", "2010/11"),
        ("Ongoing action 2010/11", "2010/11"),
        ("to be carried into 2010-11", "2010/11"),
        ("Work to be extended into 2010/11", "2010/11"),
        ("c/f", ""),
    ],
)
def test_words_that_offer_to_carry_forward(words, to_year):
    (offer,) = plan(["1.1", "Calm", "Walk", words, "", "GREEN"]).offers
    assert (offer.kind, offer.reference, offer.data["to_year"]) == (OfferKind.CARRIED_FORWARD, "1.1.1", to_year)


@pytest.mark.parametrize(
    "words",
    ["Funding agreed for 2010/11", "Ongoing work to continue.", "Results will form the basis for 2010/11 actions."],
)
def test_words_that_do_not(words):
    assert plan(["1.1", "Calm", "Walk", words, "", "GREEN"]).offers == ()


@pytest.mark.parametrize("piece", ["a", "1", " ", ".", "1 ", "• ", "1.", "1,", "<p>", "(", "Cont", "target 1 ", "-"])
def test_many_thousand_characters_in_a_cell_are_read_without_a_long_wait(piece):
    long = piece * (39_990 // len(piece))  # with what stands around it, the most a cell may have
    rows = ["1.1", "Calm", f"x{long}x", f"{long}.", f"1 – {long}", "GREEN"], ["", "", f"{long}!", f"b{long}", "", ""]
    assert sum(1 for _ in plan(*rows).actions()) == 1
    half = long[: len(long) // 2]  # each bullet becomes a line
    text = f"No.\tAction\tBaseline\n1.1\t{half}x\tx{half}"
    assert sum(1 for _ in read_plan(text.encode(), "plan.txt").actions()) == 1


WORDS, LOWER = "Words", "words"  # made different in every cell, so that a lost one is missed
CELLS = st.sampled_from(
    [
        *("", "", "", "1", "1.", "1.1", "1.2", "2.", "2.1", "7.5 (Cont /d)", "1.1 Cont/d", "Words (Cont/d)"),
        *("GREEN", "RED c/f", "Not achieved", "n/a", "--", "-", "* note", "Total 5", "Priority 1: Streets", "5+"),
        *(WORDS, WORDS, WORDS, LOWER, LOWER, "Carried forward", "May 2016"),
        *NUMBERED,
    ]
)
HEADINGS = st.sampled_from(
    [
        NUMBERED,
        ["Objective", "Action", "Timescale", "Progress", "Ward", "Ward"],
        ["Priority", "No.", "Action", "Lead", "RAG", ""],
    ]
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Headings and rows of anything a plan may hold."""
    rows = draw(st.lists(st.lists(CELLS, min_size=6, max_size=6), max_size=12))
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            if text in (WORDS, LOWER):
                row[place] = f"{text}{chr(97 + number)}{chr(97 + place)}"
    return [draw(HEADINGS), *rows]


@settings(max_examples=300, deadline=None)
@given(tables())
def test_every_cell_is_in_the_tree_or_in_the_list_of_what_was_not_used(table):
    headings, *rows = table
    try:
        tree = plan(*rows, headings=headings)
    except PlanRefused:
        return
    kept = everything_kept(tree)
    for row in rows:
        for text in row:
            assert squeezed(text) in kept


@given(tables())
def test_counts_agree_and_references_are_unique(table):
    headings, *rows = table
    try:
        tree = plan(*rows, headings=headings)
    except PlanRefused:
        return
    references = [action.reference for action in tree.actions()]
    assert len(set(references)) == len(references) == tree.rows["record"]
    assert sum(tree.rows.values()) == len(rows) + 1 - rows_over(tree.headings, table)
    assert PlanTree.from_json(tree.to_json()) == tree


def rows_over(headings: Sequence[Heading], table: list[list[str]]) -> int:
    """How many rows stand over the headings: a row drawn as data may hold them too, and then those above are titles."""
    texts = [heading.text for heading in headings]
    return next((number for number, row in enumerate(table) if row == texts), 0)


def everything_kept(tree: PlanTree) -> str:
    """The words of the tree, of its sources, of what was not used and of the warnings."""
    words = [one.words for one in tree.not_used] + list(tree.warnings)
    for action in tree.actions():
        words += [*words_of(action), *cells_of(action)]
    for objective in tree.objectives():
        words += [f"{objective.number}{objective.text}", f"{objective.number}. {objective.text}"]
    for priority in tree.priorities:
        words += [priority.title, priority.group, *cells_of(priority)]
    return squeezed(*words, *(heading.text for heading in tree.headings))


def squeezed(*texts: str) -> str:
    return "".join("".join(text.split()) for text in texts)


def cells_of(thing) -> list[str]:
    return [text for row in thing.source for text in row.cells.values()]


def words_of(action) -> list[str]:
    fields = ("text", "expected_outcome", "indicator", "baseline", "progress", "work_needed", "timescale", "stated_rag")
    fields += ("lead", "supporting", "resources")
    return [getattr(action, field) for field in fields] + list(action.extra.values())


class TestFigures:
    HEADINGS = ["No.", "Action", "KPI", "Baseline 2008/09", "Target 2009/10", "Progress"]

    @staticmethod
    def figures(tree: PlanTree) -> list[dict]:
        return [dict(offer.data) for offer in tree.offers if offer.kind is OfferKind.FIGURES]

    def test_a_target_in_a_column_of_its_own_is_offered_with_its_year(self):
        row = ["1.1", "Patrol", "ASB incidents", "2030", "1984", "1884 – TARGET MET"]
        (figures,) = self.figures(plan(row, headings=self.HEADINGS))
        assert (figures["baseline"], figures["target"], figures["outturn"]) == ("2030", "1984", "1884")
        assert (figures["baseline_label"], figures["target_label"]) == ("2008/09", "2009/10")

    @pytest.mark.parametrize(
        ("baseline", "target"),
        [("NYA", "10"), ("12", "TBC"), ("12 thefts", "10%"), ("", "10"), ("9 x A. 5 x B.", "10")],
    )
    def test_what_does_not_compare_is_not_offered(self, baseline, target):
        assert self.figures(plan(["1.1", "Walk", "Thefts", baseline, target, ""], headings=self.HEADINGS)) == []

    def test_a_target_of_no_year_is_not_offered(self):
        headings = ["No.", "Action", "KPI", "Baseline", "Target", "Progress"]
        assert self.figures(plan(["1.1", "Walk", "Thefts", "12", "10", ""], headings=headings)) == []

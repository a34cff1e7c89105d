"""What a person decides about a reading is done, each decision by itself, and nothing disappears by it."""

from dataclasses import replace

import pytest

from actions.importing import Decisions, PlanRefused, PlanTree, RowDecision, plan_in
from actions.importing.columns import Meaning
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.rag import RAG

HEADINGS = ["No.", "Objective", "Action", "Progress", "RAG"]
ROWS = [
    ["1.", "SAFER STREETS", "", "", ""],
    ["1.1", "Calm", "Walk the", "begun", "GREEN"],
    ["", "", "streets", "and done", ""],
    ["", "", "• Talk\n• Listen", "", "On track"],
    ["1.2", "Order", "March", "", "Not achieved"],
    ["", "", "* provisional", "", ""],
]


def at(number: int) -> str:
    return f"Table 1, row {number}"


def document(*tables: list[list[str]]) -> Document:
    return Document(
        "plan.docx",
        "docx",
        tuple(
            Grid(
                name,
                tuple(
                    Row(tuple(Cell(text) for text in row), number, f"{name}, row {number}")
                    for number, row in enumerate(rows, start=1)
                ),
            )
            for name, rows in ((f"Table {count}", rows) for count, rows in enumerate(tables, start=1))
        ),
    )


def plan(decisions: Decisions | None = None, rows: list[list[str]] = ROWS) -> PlanTree:
    return plan_in(document([HEADINGS, *rows]), decisions or Decisions())


def rows(**decided: RowDecision) -> Decisions:
    """Decisions by row: `row4=RowDecision.JOIN`."""
    return Decisions(rows={at(int(name.removeprefix("row"))): decision for name, decision in decided.items()})


def outline(tree: PlanTree) -> list[tuple[str, str, list[str]]]:
    return [
        (priority.title, objective.text, [action.text for action in objective.actions])
        for priority in tree.priorities
        for objective in priority.objectives
    ]


def test_without_decisions_it_is_the_reading_as_guessed():
    assert outline(plan()) == [
        ("SAFER STREETS", "Calm", ["Walk the streets", "• Talk\n• Listen"]),
        ("SAFER STREETS", "Order", ["March"]),
    ]


class TestRows:
    def test_a_joined_row_is_split(self):
        tree = plan(rows(row4=RowDecision.ACTION))
        assert outline(tree)[0][2] == ["Walk the", "streets", "• Talk\n• Listen"]
        assert [action.progress for action in tree.actions()][:2] == ["begun", "and done"]

    def test_a_row_is_joined_to_the_one_above(self):
        tree = plan(rows(row5=RowDecision.JOIN))
        assert outline(tree)[0][2] == ["Walk the streets • Talk\n• Listen"]
        assert ("On track", "at the head of a row that continues another") in [
            (left.words, left.why) for left in tree.not_used
        ]

    def test_a_numbered_row_may_be_joined_too(self):
        tree = plan(rows(row6=RowDecision.JOIN))
        assert outline(tree) == [("SAFER STREETS", "Calm Order", ["Walk the streets", "• Talk\n• Listen March"])]

    def test_a_row_is_dropped_and_listed(self):
        tree = plan(rows(row6=RowDecision.NOTE))
        assert [objective for _, objective, _ in outline(tree)] == ["Calm"]
        assert (at(6), "a person said so") in [(left.at, left.why) for left in tree.not_used]

    def test_a_note_becomes_an_action(self):
        assert "* provisional" in outline(plan(rows(row7=RowDecision.ACTION)))[-1][2]

    def test_a_row_heads_a_priority(self):
        tree = plan(rows(row6=RowDecision.SECTION), [*ROWS, ["1.3", "Peace", "Sit", "", ""]])
        assert [(one.number, one.title) for one in tree.priorities] == [
            ("1", "SAFER STREETS"),
            ("1.2", "Order March Not achieved"),
        ]
        assert outline(tree)[-1] == ("Order March Not achieved", "Peace", ["Sit"])

    def test_a_section_becomes_an_objective(self):
        tree = plan(rows(row2=RowDecision.OBJECTIVE))
        first = next(tree.objectives())
        assert (first.number, first.text, first.actions) == ("1", "SAFER STREETS", ())

    def test_each_line_of_a_cell_becomes_an_action(self):
        tree = plan(rows(row5=RowDecision.LINES))
        assert outline(tree)[0][2] == ["Walk the streets", "Talk", "Listen"]
        assert [action.stated_rag for action in tree.actions()] == ["GREEN", "On track", "On track", "Not achieved"]
        assert [action.reference for action in tree.actions()] == ["1.1.1", "1.1.2", "1.1.3", "1.2.1"]
        reading = next(reading for reading in tree.readings if reading.at == at(5))
        assert reading.became == "actions 1.1.2, 1.1.3"

    def test_lines_of_a_cell_with_one_line_are_one_action(self):
        assert outline(plan(rows(row6=RowDecision.LINES)))[-1][2] == ["March"]

    def test_a_row_becomes_part_of_the_key(self):
        table = [*ROWS[:5], ["", "Green", "On track", "", ""]]
        tree = plan(rows(row7=RowDecision.LEGEND), table)
        assert [action.rag for action in tree.actions()] == [RAG.GREEN, RAG.GREEN, RAG.NOT_RATED]
        assert tree.rows["legend"] == 1

    def test_a_guessed_key_becomes_a_note(self):
        table = [*ROWS[:5], ["Key", "", "", "", ""], ["Green", "On track", "", "", ""]]
        assert [action.rag for action in plan(rows=table).actions()][1] is RAG.GREEN
        assert [action.rag for action in plan(rows(row8=RowDecision.NOTE), table).actions()][1] is RAG.NOT_RATED

    def test_nothing_above_to_join(self):
        tree = plan(rows(row2=RowDecision.JOIN))
        assert (at(2), "has no action above it to go on with") in [(left.at, left.why) for left in tree.not_used]

    def test_what_a_row_is_already_is_no_choice(self):
        choices = {reading.at: reading.choices for reading in plan().readings}
        assert RowDecision.ACTION not in choices[at(3)]
        assert RowDecision.LINES not in choices[at(3)]
        assert RowDecision.LINES in choices[at(5)]
        assert set(choices[at(4)]) == set(RowDecision) - {RowDecision.JOIN, RowDecision.LINES}

    def test_a_decided_row_says_so(self):
        reading = next(one for one in plan(rows(row4=RowDecision.ACTION)).readings if one.at == at(4))
        assert (reading.kind, reading.became, reading.why) == ("record", "action 1.1.2", "a person said so")


class TestLights:
    def test_a_word_gets_its_light_in_the_whole_plan(self):
        tree = plan(Decisions(lights={"on track": RAG.GREEN}))
        assert [(action.rag, action.stated_rag) for action in tree.actions()] == [
            (RAG.GREEN, "GREEN"),
            (RAG.GREEN, "On track"),
            (RAG.NOT_RATED, "Not achieved"),
        ]
        assert [one.word for one in tree.questions if one.kind == "light"] == ["Not achieved"]

    def test_a_row_gets_its_own_light_and_keeps_the_word(self):
        tree = plan(Decisions(row_lights={at(3): RAG.RED, at(6): RAG.AMBER}))
        assert [(action.rag, action.stated_rag) for action in tree.actions()] == [
            (RAG.RED, "GREEN"),
            (RAG.NOT_RATED, "On track"),
            (RAG.AMBER, "Not achieved"),
        ]

    def test_a_row_without_a_light_gets_one(self):
        tree = plan(Decisions(row_lights={at(3): RAG.COMPLETE}), [["1.1", "Calm", "Walk", "", ""]])
        assert plan(rows=[["1.1", "Calm", "Walk", "", ""]]).summary()["rag"]["none"] == 1
        assert [action.rag for action in tree.actions()] == [RAG.NOT_RATED]
        decided = plan(Decisions(row_lights={at(2): RAG.COMPLETE}), [["1.1", "Calm", "Walk", "", ""]])
        assert [(action.rag, action.stated_rag) for action in decided.actions()] == [(RAG.COMPLETE, "")]


class TestColumns:
    def test_a_column_changes_its_meaning(self):
        tree = plan(Decisions(columns={"Progress": Meaning.WORK_NEEDED}))
        assert next((action.progress, action.work_needed) for action in tree.actions()) == ("", "begun and done")

    def test_the_meaning_is_taken_from_the_column_that_had_it(self):
        tree = plan(Decisions(columns={"Progress": Meaning.ACTION}))
        meanings = {column.heading: (column.meaning, column.sure) for column in tree.columns}
        assert meanings["Progress"] == (Meaning.ACTION, 10)
        assert meanings["Action"][0] is not Meaning.ACTION

    def test_a_column_of_no_meaning_is_kept_under_its_heading(self):
        tree = plan(Decisions(columns={"Progress": Meaning.UNKNOWN}))
        assert dict(next(tree.actions()).extra) == {"Progress": "begun and done"}

    def test_a_heading_that_is_not_there_changes_nothing(self):
        assert plan(Decisions(columns={"Ward": Meaning.LEAD})) == plan()


class TestTables:
    OTHER = [["Objective", "Action", "RAG"], ["Peace", "Sit", "RED"]]
    NAMES = [["Who", "Where", "Note"], ["Ann", "Hall", "late"]]

    def test_a_table_is_left_out(self):
        both = document([HEADINGS, *ROWS], self.OTHER)
        assert sum(1 for _ in plan_in(both).actions()) == 4
        tree = plan_in(both, Decisions(tables={"Table 2": False}))
        assert sum(1 for _ in tree.actions()) == 3
        assert [left.why for left in tree.not_used if left.at == "Table 2, row 2"] == [
            "is in a table that a person left out"
        ]
        assert [(table.name, table.is_used) for table in tree.tables] == [("Table 1", True), ("Table 2", False)]

    def test_a_table_without_known_headings_is_taken_in(self):
        both = document(self.NAMES, [HEADINGS, *ROWS])
        decisions = Decisions(
            tables={"Table 1": True}, columns={"Where": Meaning.ACTION, "Who": Meaning.LEAD, "Note": Meaning.PROGRESS}
        )
        tree = plan_in(both, decisions)
        action = next(tree.actions())
        assert (action.text, action.lead, action.progress) == ("Hall", "Ann", "late")

    def test_the_headings_are_in_another_row(self):
        table = [["Objective", "Action", "RAG"], ["What", "How", "Light"], ["Peace", "Sit", "RED"]]
        guessed, decided = plan_in(document(table)), plan_in(document(table), Decisions(headings={"Table 1": 2}))
        assert [column.heading for column in guessed.columns] == ["Objective", "Action", "RAG"]
        assert [column.heading for column in decided.columns] == ["What", "How", "Light"]

    def test_a_plan_without_any_table_is_refused(self):
        with pytest.raises(PlanRefused):
            plan(Decisions(tables={"Table 1": False}))


class TestJson:
    FULL = Decisions(
        tables={"Table 1": True},
        headings={"Table 1": 3},
        columns={"Note": Meaning.PROGRESS},
        rows={"Table 1, row 4": RowDecision.JOIN},
        lights={"on track": RAG.GREEN},
        row_lights={"Table 1, row 5": RAG.RED},
    )

    def test_it_goes_there_and_back(self):
        assert Decisions.from_json(self.FULL.to_json()) == self.FULL
        assert Decisions.from_json({}) == Decisions() == Decisions.from_json(Decisions().to_json())

    def test_words_for_lights_are_known_in_any_case(self):
        assert Decisions.from_json({"lights": {" On  TRACK": "green"}}).light_of("on Track") is RAG.GREEN

    @pytest.mark.parametrize(
        "data",
        [
            {"colours": {}},
            {"tables": []},
            {"tables": {"Table 1": "yes"}},
            {"tables": {"Table 1": 1}},
            {"headings": {"Table 1": 0}},
            {"headings": {"Table 1": True}},
            {"headings": {"Table 1": "3"}},
            {"columns": {"Note": "story"}},
            {"rows": {"Table 1, row 4": "dance"}},
            {"lights": {"on track": "pink"}},
            {"row_lights": {"Table 1, row 4": None}},
            {"rows": {4: "join"}},
        ],
    )
    def test_anything_else_is_refused(self, data):
        with pytest.raises(ValueError, match=r"."):
            Decisions.from_json(data)

    def test_they_are_frozen(self):
        assert replace(self.FULL, tables={}) != self.FULL

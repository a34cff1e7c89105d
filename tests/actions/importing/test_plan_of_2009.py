"""The Maldon plan of 2009-10 is read exactly, whichever of its three files it comes from."""

import pytest

from actions.importing.branches import ActionRead
from actions.importing.columns import Meaning
from actions.importing.tree import OfferKind, PlanTree
from actions.values import TimescaleKind
from csp_tracker.periods import FinancialYear
from csp_tracker.rag import RAG
from csp_tracker.text import one_line
from indicators.importing.figures import split_measures
from indicators.values import BaselineState, Qualifier

BLANK_ROWS = {"docx": 0, "xlsx": 19, "txt": 19}  # where pages ended, and the row of dashes


def action(tree: PlanTree, reference: str) -> ActionRead:
    return next(one for one in tree.actions() if one.reference == reference)


def offered(tree: PlanTree, kind: OfferKind) -> list[str]:
    return [offer.reference for offer in tree.offers if offer.kind is kind]


def blank_in(tree: PlanTree, field: str) -> list[str]:
    return [one.number for one in tree.actions() if not getattr(one, field)]


class TestCounts:
    def test_the_summary_is_that_of_the_command(self, plan_2009):
        summary = plan_2009.summary()
        warnings = summary.pop("warnings")
        assert summary == {
            "plan": None,
            "priorities": 8,
            "objectives": 30,
            "actions": 34,
            "indicators": 34,
            "rag": {"green": 30, "amber": 0, "red": 3, "complete": 0, "none": 1},
            "carried_forward": 1,
            "rows": {
                "record": 34,
                "section": 8,
                "continuation": 18,
                "header": 1,
                "blank": BLANK_ROWS[plan_2009.file_kind],
                "note": 0,
            },
        }
        assert warnings == list(plan_2009.warnings)

    def test_the_word_table_has_61_rows(self, seed):
        assert sum(seed("maldon-csp-2009-10.docx").rows.values()) == 61

    def test_actions_of_each_priority(self, plan_2009):
        counts = [sum(len(one.actions) for one in priority.objectives) for priority in plan_2009.priorities]
        assert counts == [4, 2, 6, 2, 5, 4, 6, 5]

    def test_priorities_and_objectives_have_the_printed_numbers(self, plan_2009):
        assert [priority.number for priority in plan_2009.priorities] == list("12345678")
        numbers = [objective.number for objective in plan_2009.objectives()]
        assert (numbers[0], numbers[-1], len(set(numbers))) == ("1.1", "8.5", 30)
        assert all(
            objective.number.startswith(f"{priority.number}.")
            for priority in plan_2009.priorities
            for objective in priority.objectives
        )
        assert not plan_2009.numbers_are_generated

    def test_four_actions_have_no_number_of_their_own(self, plan_2009):
        assert [one.reference for one in plan_2009.actions() if not one.number] == ["1.1.2", "1.1.3", "3.3.2", "3.4.2"]

    def test_references_are_unique(self, plan_2009):
        references = [one.reference for one in plan_2009.actions()]
        assert len(set(references)) == 34
        assert "3.3.1" in references  # the plan refers to it without printing it

    def test_rows_that_are_joined(self, plan_2009):
        joined = [one.number for one in plan_2009.actions() for _ in one.source[1:]]
        assert len(joined) == 18
        assert sum("Cont" in row.cells.get("No.", "") for one in plan_2009.actions() for row in one.source) == 3


class TestLights:
    def test_red(self, plan_2009):
        assert [one.number for one in plan_2009.actions() if one.rag is RAG.RED] == ["1.2", "2.2", "6.4"]

    def test_only_8_4_has_no_status(self, plan_2009):
        (silent,) = [one for one in plan_2009.actions() if not one.rag.is_rated]
        assert (silent.number, silent.rag, silent.stated_rag) == ("8.4", RAG.NOT_RATED, "")

    @pytest.mark.parametrize("reference", ["2.1.1", "5.4.1", "7.2.1"])
    def test_a_light_in_the_column_work_needed(self, plan_2009, reference):
        found = action(plan_2009, reference)
        assert (found.rag, found.stated_rag, found.work_needed) == (RAG.GREEN, "GREEN", "")

    def test_lights_in_the_wrong_column_are_told(self, plan_2009):
        assert plan_2009.warnings[0].startswith("3 lights were in the column WORK NEEDED: ")

    def test_green_and_carried_forward(self, plan_2009):
        (carried,) = [one for one in plan_2009.actions() if one.carried_forward]
        assert (carried.reference, carried.rag, carried.stated_rag) == ("1.1.1", RAG.GREEN, "GREEN c/f Actions")

    def test_the_key_is_the_plans_own_words(self, plan_2009):
        tints = ["", "", ""] if plan_2009.file_kind == "txt" else ["00B050", "00B050", "FF0000"]
        assert [(word.word, word.rag, word.meaning) for word in plan_2009.key] == [
            ("GREEN c/f Actions", RAG.GREEN, "Green, carried forward"),
            ("GREEN", RAG.GREEN, "Green"),
            ("RED", RAG.RED, "Red"),
        ]
        assert [word.tint for word in plan_2009.key] == tints

    def test_words_that_say_rag_are_no_light(self, plan_2009):
        hub = action(plan_2009, "8.5.1")
        assert "Updated information given to RAG." in hub.work_needed
        assert plan_2009.priorities[7].group == "TACKLING CRIME/ASB/RAG"


class TestOffers:
    def test_carried_forward_said_only_in_words(self, plan_2009):
        assert offered(plan_2009, OfferKind.CARRIED_FORWARD) == ["1.1.2", "3.3.1", "4.1.1", "5.1.1", "5.3.1"]
        years = [offer.data["to_year"] for offer in plan_2009.offers if offer.kind is OfferKind.CARRIED_FORWARD]
        assert years == ["", "2011/12", "2010/11", "2010/11", "2010/11"]

    def test_1_1_says_it_twice_but_is_marked_already(self, plan_2009):
        assert "Work to be extended into 2010/11" in one_line(action(plan_2009, "1.1.1").work_needed)

    def test_indicators_are_split_only_if_somebody_says_so(self, plan_2009):
        assert offered(plan_2009, OfferKind.SPLIT_INDICATOR) == ["1.1.1", "1.1.3", "1.2.1", "8.2.1", "8.3.1"]
        measures = {one.reference: len(split_measures(one.indicator)) for one in plan_2009.actions()}
        assert sum(measures.values()) == 41
        assert {reference: count for reference, count in measures.items() if count > 1} == {
            "1.1.1": 2,
            "1.1.3": 3,
            "1.2.1": 2,
            "8.2.1": 2,
            "8.3.1": 3,
        }

    def test_indicators_are_never_merged_by_name(self, plan_2009):
        names = [one.indicator.rstrip(".").lower().replace("no.", "no") for one in plan_2009.actions()]
        assert sum(name.startswith("no of initiatives") for name in names) >= 6

    def test_the_figures_of_7_2(self, plan_2009):
        (offer,) = [one for one in plan_2009.offers if one.kind is OfferKind.FIGURES]
        assert offer.reference == "7.2.1"
        assert offer.data == {
            "baseline": "2030",
            "baseline_label": "2008/09",
            "target": "1984",
            "target_label": "2009/10",
            "outturn": "1884",
            "polarity": "lower",
            "change_percent": "-7.2",
            "is_met": True,
        }


class TestWords:
    def test_groups_are_not_the_key_of_a_priority(self, plan_2009):
        assert [priority.group for priority in plan_2009.priorities] == [
            "CORE AUDIT",
            "Tackling Crime/Core Audit/CDRP",
            "CORE AUDIT",
            "DARG",
            "DARG",
            "Domestic Violence Forum/Tackling Crime",
            "ANTI-SOCIAL BEHAVIOUR",
            "TACKLING CRIME/ASB/RAG",
        ]
        assert plan_2009.priorities[2].title == (
            "PROTECT AND SAFEGUARD YOUNG PEOPLE IN THE COMMUNITY AND FOSTER MUTUAL RESPECT WITH OTHER GROUPS, "
            "PARTICULARLY THE ELDERLY"
        )

    @pytest.mark.parametrize(
        ("reference", "field", "expected"),
        [
            ("1.1.3", "text", "Enhance public events with key partners attended CDRP/LSP."),
            ("1.1.3", "indicator", "No. of events. No. of people attending public event. No. of consultations."),
            ("1.1.3", "baseline", "20 Public attended. 100 attended. Stakeholders attended."),
            ("3.2.1", "baseline", "6"),
            ("5.5.1", "baseline", "0"),
            ("5.1.1", "baseline", "160 surveys completed"),
            ("7.2.1", "baseline", "2008/09 ASB Incidents 2030 Target 09/10 1984"),
            ("7.2.1", "text", "Enforcement strategy and preventative programme delivered"),
            ("7.6.1", "indicator", "% increase in caseload resolved"),
        ],
    )
    def test_exact_words(self, plan_2009, reference, field, expected):
        assert one_line(getattr(action(plan_2009, reference), field)) == expected

    @pytest.mark.parametrize(
        ("reference", "field", "start", "end"),
        [
            ("2.1.1", "progress", "Stay Safe Stay Cool initiative", "St Francis Primary School 14 / 12 / 09"),
            ("3.4.2", "progress", "Reduction in NEET Targets/Reductions in ASB.", "8 students since January"),
            ("7.1.1", "progress", "SMART Evaluation", "now engaged with Owen Thom and ECC Youth Workers."),
            ("8.4.1", "work_needed", "Facilitation of Tackling", "New officer employed April 2010"),
            ("3.3.1", "work_needed", "Nature reserve", "These initiatives to be carried forward to 2011/12"),
        ],
    )
    def test_words_begin_and_end_as_printed(self, plan_2009, reference, field, start, end):
        words = one_line(getattr(action(plan_2009, reference), field))
        assert (words[: len(start)], words[-len(end) :]) == (start, end)

    @pytest.mark.parametrize(
        ("reference", "words"),
        [
            ("2.1.1", "174 bikes stopped"),
            ("2.1.1", "8 assessment ride outs"),
            ("2.1.1", "16 enquiry forms for 1 day police course"),
            ("7.2.1", "1884 – TARGET MET"),
            ("7.1.1", "Owen Thom"),
            ("7.6.1", "Clare Lawrence"),
            ("7.6.1", "Leanne Hinton"),
            ("8.5.1", "JM"),
        ],
    )
    def test_no_words_are_lost_from_the_progress(self, plan_2009, reference, words):
        assert words in one_line(action(plan_2009, reference).progress)

    def test_the_name_in_work_needed_stays(self, plan_2009):
        assert "Keith Brown" in action(plan_2009, "8.2.1").work_needed

    def test_the_objective_of_2_1_is_joined(self, plan_2009):
        (objective,) = [one for one in plan_2009.objectives() if one.number == "2.1"]
        assert one_line(objective.text) == (
            "Deliver Crime Prevention initiatives/ advice to the community and young people."
        )

    def test_7_1_is_one_action_with_one_light(self, plan_2009):
        (objective,) = [one for one in plan_2009.objectives() if one.number == "7.1"]
        (only,) = objective.actions
        assert (only.rag, len(only.source)) == (RAG.GREEN, 5)
        assert "Cont" not in objective.text

    def test_blank_cells_stay_blank(self, plan_2009):
        assert blank_in(plan_2009, "baseline") == ["7.6", "8.2", "8.4", "8.5"]
        assert blank_in(plan_2009, "work_needed") == ["2.1", "3.2", "5.4", "6.3", "7.1", "7.2", "7.3", "7.4", "7.5"]
        assert blank_in(plan_2009, "progress") == []

    def test_a_word_cut_by_the_page_is_mended_and_told(self, plan_2009):
        assert any(warning.endswith("was read as “Reductions”.") for warning in plan_2009.warnings)

    def test_there_is_no_timescale(self, plan_2009):
        assert {one.timing.kind for one in plan_2009.actions()} == {TimescaleKind.UNCLEAR}


class TestPlan:
    def test_it_prints_no_title_and_its_year_is_inferred(self, plan_2009):
        assert plan_2009.title is None
        assert plan_2009.sheet == ("Action Plan 2009-10" if plan_2009.file_kind == "xlsx" else "")
        assert plan_2009.period is not None
        assert plan_2009.period.financial_year == FinancialYear(2009)
        assert any("to be confirmed" in warning for warning in plan_2009.warnings)

    def test_its_columns(self, plan_2009):
        assert [(heading.text, heading.meaning) for heading in plan_2009.headings] == [
            ("No.", Meaning.NUMBER),
            ("IMPROVEMENT OUTCOME", Meaning.OBJECTIVE),
            ("KEY ACTIONS", Meaning.ACTION),
            ("PERFORMANCE INDICATORS", Meaning.INDICATOR),
            ("BASELINE", Meaning.BASELINE),
            ("OUTCOME/ MEASURABLE PROGRESS", Meaning.PROGRESS),
            ("WORK NEEDED", Meaning.WORK_NEEDED),
            ("TRAFFIC LIGHT", Meaning.RAG),
        ]

    def test_the_source_of_an_action_is_its_row_word_for_word(self, plan_2009):
        (row,) = action(plan_2009, "1.2.1").source
        assert row.cells["TRAFFIC LIGHT"] == "RED"
        assert row.cells["BASELINE"] == "New Initiative"
        assert list(row.cells) == [heading.text for heading in plan_2009.headings]


@pytest.mark.parametrize(
    ("reference", "figures", "state"),
    [
        ("1.1.1", [12], BaselineState.STATED),
        ("1.1.2", [15243], BaselineState.STATED),
        ("1.1.3", [20, 100], BaselineState.STATED),
        ("1.2.1", [], BaselineState.NEW_INITIATIVE),
        ("2.1.1", [8], BaselineState.STATED),
        ("3.2.1", [6], BaselineState.STATED),
        ("5.1.1", [160], BaselineState.STATED),
        ("5.3.1", [1800], BaselineState.STATED),
        ("5.4.1", [], BaselineState.NONE),
        ("5.5.1", [0], BaselineState.STATED),
        ("6.1.1", [9, 5, 15, 9, 5, 3], BaselineState.STATED),
        ("6.2.1", [], BaselineState.NOT_AVAILABLE),
        ("6.4.1", [], BaselineState.NEW_INITIATIVE),
        ("7.2.1", [2030], BaselineState.STATED),
        ("7.3.1", [5], BaselineState.STATED),
        ("7.4.1", [127], BaselineState.STATED),
        ("7.5.1", [12, 18], BaselineState.STATED),
        ("8.3.1", [], BaselineState.NEW_INITIATIVE),
    ],
)
def test_what_a_baseline_says(plan_2009, reference, figures, state):
    reads = action(plan_2009, reference).baselines
    assert [read.value for read in reads if read.value is not None] == figures
    assert {read.state for read in reads} == {state}


@pytest.mark.parametrize("reference", ["7.6.1", "8.2.1", "8.4.1", "8.5.1"])
def test_an_empty_baseline_has_no_rows(plan_2009, reference):
    assert action(plan_2009, reference).baselines == []


def test_years_and_qualifiers_of_baselines(plan_2009):
    labels = {
        reference: [read.label for read in action(plan_2009, reference).baselines]
        for reference in ("1.1.2", "5.3.1", "7.2.1", "7.4.1", "7.5.1")
    }
    assert labels == {
        "1.1.2": ["2008/09"],
        "5.3.1": ["2008/09"],
        "7.2.1": ["2008/09"],
        "7.4.1": ["2008/09"],
        "7.5.1": ["2007/08", "2008/09"],
    }
    assert [read.is_primary for read in action(plan_2009, "7.5.1").baselines] == [False, True]
    assert action(plan_2009, "7.3.1").baselines[0].qualifier is Qualifier.AT_LEAST

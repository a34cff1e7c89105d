"""The Maldon plan of 2015 is read exactly, whichever of its three files it comes from."""

from datetime import date

from actions.importing.columns import Meaning
from actions.importing.timescales import Timescale
from actions.values import DatePrecision, Recurrence, TimescaleKind
from csp_tracker.periods import FinancialYear
from csp_tracker.rag import RAG

TITLE = "Maldon Community Safety Partnership (CSP) - Reducing Crime, the Fear of Crime and Anti-Social Behaviour"


def test_the_summary_is_that_of_the_command(plan_2015):
    summary = plan_2015.summary()
    rows, warnings = summary.pop("rows"), summary.pop("warnings")
    assert summary == {
        "plan": TITLE,
        "priorities": 1,
        "objectives": 10,
        "actions": 10,
        "indicators": 0,
        "rag": {"green": 0, "amber": 0, "red": 0, "complete": 0, "none": 10},
        "carried_forward": 0,
    }
    blank = 0 if plan_2015.file_kind == "docx" else 1
    assert rows == {"record": 10, "section": 0, "continuation": 0, "header": 2, "blank": blank, "note": 0}
    assert "The plan has no column for lights: its 10 actions are not rated." in warnings


def test_the_title_is_the_one_priority(plan_2015):
    (priority,) = plan_2015.priorities
    assert (priority.title, priority.group) == (TITLE, "")


def test_each_objective_has_one_action(plan_2015):
    assert [len(objective.actions) for objective in plan_2015.objectives()] == [1] * 10


def test_numbers_are_given_and_told_because_the_plan_prints_none(plan_2015):
    assert plan_2015.numbers_are_generated
    assert [objective.number for objective in plan_2015.objectives()] == [f"1.{number}" for number in range(1, 11)]
    assert [action.reference for action in plan_2015.actions()] == [f"1.{number}.1" for number in range(1, 11)]
    assert {action.number for action in plan_2015.actions()} == {""}
    assert any(warning.startswith("The plan does not number") for warning in plan_2015.warnings)


def test_nothing_is_rated_and_nothing_reported(plan_2015):
    assert {action.rag for action in plan_2015.actions()} == {RAG.NOT_RATED}
    assert not any(action.has_progress or action.baseline or action.indicator for action in plan_2015.actions())


def test_bulleted_points(plan_2015):
    actions = list(plan_2015.actions())
    objectives = list(plan_2015.objectives())
    assert [action.text.count("\n• ") for action in actions] == [2, 0, 0, 3, 0, 0, 0, 0, 0, 0]
    assert [objective.text.count("\n• ") for objective in objectives] == [0] * 7 + [6, 0, 0]
    assert actions[0].text.endswith(
        "prohibit:\n• Consumption of alcohol in an anti-social manner\n• Street racing and car cruising"
    )


def test_timescales_are_kept_as_words(plan_2015):
    words = [action.timescale for action in plan_2015.actions()]
    assert all(words)
    assert words.count("Ongoing") == 4
    assert sum(text.startswith("Ongoing –") for text in words) == 3
    assert words[0] == "Report to Community Services Committee prior to consultation period - May 2016"
    assert words[8] in ("31 st March - annually", "31st March - annually")
    assert words[9] == "Prototype school has been selected and work will start on the 23 rd February."


def test_kinds_of_timescale(plan_2015):
    kinds = [action.timing.kind for action in plan_2015.actions()]
    assert {kind: kinds.count(kind) for kind in TimescaleKind} == {
        TimescaleKind.ONGOING: 7,
        TimescaleKind.BY_DATE: 1,
        TimescaleKind.RECURRING: 1,
        TimescaleKind.UNCLEAR: 1,
    }


def test_dates_are_as_exact_as_they_were_written(plan_2015):
    timings = [action.timing for action in plan_2015.actions()]
    assert timings[0] == Timescale(TimescaleKind.BY_DATE, due_on=date(2016, 5, 31), due_precision=DatePrecision.MONTH)
    assert timings[8] == Timescale(TimescaleKind.RECURRING, recurrence=Recurrence.YEARLY, recurs_month=3, recurs_day=31)
    assert timings[9] == Timescale(TimescaleKind.UNCLEAR)


def test_may_2016_has_no_day_in_the_listing(plan_2015):
    actions = [one["actions"][0] for one in plan_2015.listing()[0]["objectives"]]
    assert [action["due_on"] for action in actions] == ["2016-05"] + [None] * 9


def test_the_progress_in_the_timescale_is_not_moved(plan_2015):
    assert [action.progress for action in plan_2015.actions()] == [""] * 10


def test_its_columns_are_listed_once(plan_2015):
    assert [(heading.text, heading.meaning) for heading in plan_2015.headings] == [
        ("Objective", Meaning.OBJECTIVE),
        ("Action/Outcome", Meaning.ACTION),
        ("Timescale", Meaning.TIMESCALE),
        ("Progress", Meaning.PROGRESS),
    ]
    assert [left.why for left in plan_2015.not_used] == ["repeats the headings"]


def test_the_year_is_taken_from_the_name_of_the_file_or_asked_for(plan_2015):
    if plan_2015.file_kind == "txt":
        assert plan_2015.period is None
        assert "The file does not say which year the plan is for: please say." in plan_2015.warnings
    else:
        assert plan_2015.period.financial_year == FinancialYear(2015)

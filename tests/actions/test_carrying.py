"""What light, words and dates propose for next year."""

from datetime import date

import pytest

from actions.carrying import (
    LastSaid,
    following_period,
    next_title,
    period_in_words,
    propose,
    year_in_words,
    years_later,
    years_to,
)
from actions.values import ActionStatus, CarryDecision
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG

Q4 = Quarter.parse("2009-10-Q4")
AS_IS, MERGED = CarryDecision.AS_IS, CarryDecision.MERGED
COMPLETED, DROPPED = CarryDecision.COMPLETED, CarryDecision.DROPPED


def proposed(light=RAG.GREEN, progress="", work_needed="", **more):
    said = LastSaid(Q4, light, progress=progress, work_needed=work_needed, **more)
    return propose(
        reference="3.1.2", status=ActionStatus.IN_PROGRESS, last=said, references={"3.1.1", "3.1.2", "3.1.10"}
    )


@pytest.mark.parametrize(
    ("said", "decision", "why"),
    [
        pytest.param({"word": "GREEN c/f Actions"}, AS_IS, "The plan says “GREEN c/f Actions”", id="c/f in the light"),
        pytest.param({"is_marked": True}, AS_IS, "Marked to be carried forward in Q4 2009/10", id="marked"),
        pytest.param({"light": RAG.COMPLETE}, COMPLETED, "Complete in Q4 2009/10", id="complete"),
        pytest.param(
            {"light": RAG.COMPLETE, "word": "BLUE c/f"}, AS_IS, "The plan says “BLUE c/f”", id="complete but c/f"
        ),
        pytest.param(
            {"progress": "Three events held. Carried forward to 2010/11. Well received."},
            AS_IS,
            "The words say “Carried forward to 2010/11”",
            id="carried forward in words",
        ),
        pytest.param(
            {"light": RAG.AMBER, "work_needed": "Ongoing work into 2010/11"},
            AS_IS,
            "The words say “Ongoing work into 2010/11”",
            id="ongoing into next year",
        ),
        pytest.param(
            {"progress": "No longer needed since the gates were fitted."},
            DROPPED,
            "The words say “No longer needed since the gates were fitted”",
            id="no longer needed",
        ),
        pytest.param(
            {"light": RAG.RED, "progress": "Funding was withdrawn."},
            DROPPED,
            "The words say “Funding was withdrawn”",
            id="given up beside red",
        ),
        pytest.param(
            {"progress": "The May event was cancelled."}, AS_IS, "Not finished: green in Q4 2009/10", id="beside green"
        ),
        pytest.param(
            {"progress": "Leaflets printed\nTo be carried forward\nThanks to all"},
            AS_IS,
            "The words say “To be carried forward”",
            id="a line of its own",
        ),
        pytest.param(
            {"progress": "The work is to be carried\nforward"},
            AS_IS,
            "The words say “The work is to be carried forward”",
            id="over the end of a line",
        ),
        pytest.param({"light": RAG.RED}, AS_IS, "Not finished: red in Q4 2009/10", id="nothing but a light"),
        pytest.param({"light": RAG.NOT_RATED}, AS_IS, "Not finished: not rated in Q4 2009/10", id="not rated"),
    ],
)
def test_light_and_words_propose(said, decision, why):
    found = proposed(**said)
    assert (found.decision, found.why) == (decision, why)


@pytest.mark.parametrize(
    ("words", "into"),
    [
        ("To be merged with 3.1.1 next year.", "3.1.1"),
        ("Combined into action 3.1.10", "3.1.10"),
        ("Merged with 3.1.2", ""),  # itself
        ("Merged with 9.9.9", ""),  # no such action
        ("Merged with the police team", ""),
    ],
)
def test_words_propose_a_merger_with_another_action_of_the_plan(words, into):
    found = proposed(progress=words)
    assert (found.decision, found.into) == ((MERGED, into) if into else (AS_IS, ""))


@pytest.mark.parametrize(
    ("status", "decision", "why"),
    [
        (ActionStatus.COMPLETE, COMPLETED, "Completed on 31 March 2010"),
        (ActionStatus.CLOSED_NO_RESOURCES, DROPPED, "Closed: no resources. The grant ended"),
        (ActionStatus.SUPERSEDED, DROPPED, "Superseded. The grant ended"),
    ],
)
def test_what_has_ended_does_not_go_on(status, decision, why):
    found = propose(status=status, ended_on=date(2010, 3, 31), closed_reason="The grant ended", last=None)
    assert (found.decision, found.why) == (decision, why)


def test_what_nobody_has_reported_on_goes_on():
    assert propose(status=ActionStatus.NOT_STARTED, last=None).why == "Nobody has reported on it"


def test_a_long_sentence_is_quoted_by_the_words_that_matter():
    words = f"The scheme {'and its many partners ' * 9} is carried forward into the coming year"
    assert proposed(progress=words).why == "The words say “carried forward”"


@pytest.mark.parametrize(
    ("title", "years", "expected"),
    [
        ("Action Plan 2009-10", 1, "Action Plan 2010-11"),
        ("Action Plan 2009/2010", 1, "Action Plan 2010/2011"),
        ("Action Plan 2015", 1, "Action Plan 2016"),
        ("Strategy 2015-18", 3, "Strategy 2018-21"),
        ("Strategy 1999/00", 1, "Strategy 2000/01"),
        ("Our plan", 1, "Our plan 2010/11"),
    ],
)
def test_the_title_moves_on_with_its_years(title, years, expected):
    assert next_title(title, years, FinancialYear(2010)) == expected


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2010, 3, 31), 1, date(2011, 3, 31)),
        (date(2015, 2, 28), 1, date(2016, 2, 29)),
        (date(2016, 2, 29), 1, date(2017, 2, 28)),
        (date(2016, 2, 28), 1, date(2017, 2, 28)),
    ],
)
def test_the_same_day_in_another_year(day, years, expected):
    assert years_later(day, years) == expected


@pytest.mark.parametrize(
    ("due_on", "years"),
    [(date(2010, 3, 31), 1), (date(2009, 4, 1), 1), (date(2009, 3, 31), 2), (date(2010, 4, 1), 0)],
)
def test_a_date_moves_on_until_it_falls_into_the_next_plan(due_on, years):
    assert years_to(due_on, date(2010, 4, 1)) == years


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2009, 4, 1), date(2010, 3, 31), (date(2010, 4, 1), date(2011, 3, 31))),
        (date(2015, 1, 1), date(2015, 12, 31), (date(2016, 1, 1), date(2016, 12, 31))),
        (date(2015, 4, 1), date(2018, 3, 31), (date(2018, 4, 1), date(2021, 3, 31))),
        (date(2015, 10, 1), date(2016, 3, 31), (date(2016, 10, 1), date(2017, 3, 31))),
    ],
)
def test_the_next_plan_lasts_as_long(starts_on, ends_on, expected):
    assert following_period(starts_on, ends_on) == expected


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2009, 4, 1), date(2010, 3, 31), "2009/10"),
        (date(2009, 4, 1), date(2012, 3, 31), "2009/10 to 2011/12"),
        (date(2015, 1, 1), date(2015, 12, 31), "2014/15 to 2015/16"),
    ],
)
def test_the_years_of_a_plan_in_words(starts_on, ends_on, expected):
    assert period_in_words(starts_on, ends_on) == expected


def test_which_year_it_is_for_an_action():
    assert [year_in_words(number) for number in (2, 3, 11)] == ["second year", "third year", "11th year"]

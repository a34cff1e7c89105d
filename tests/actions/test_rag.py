"""What an action's dates suggest, when it is overdue, and which way its light has moved."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rag import (
    Step,
    due_in_words,
    is_overdue,
    light_in_quarter,
    next_occurrence,
    steps_so_far,
    suggest,
    travel,
    with_measures,
    with_milestones,
)
from actions.values import ActionStatus, DatePrecision, Recurrence, TimescaleKind, UpdateState
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel, Verdict

TODAY = date(2025, 7, 15)
Q1 = Quarter(2025, 1)  # ended on 30 June 2025


@pytest.mark.parametrize(
    ("due_on", "light", "why"),
    [
        pytest.param(date(2025, 7, 14), RAG.RED, "Overdue: was due by 14 July 2025", id="due yesterday"),
        pytest.param(date(2025, 7, 15), RAG.AMBER, "Due within four weeks: due by 15 July 2025", id="due today"),
        pytest.param(date(2025, 8, 12), RAG.AMBER, "Due within four weeks: due by 12 August 2025", id="due in 28 days"),
        pytest.param(date(2025, 8, 13), RAG.GREEN, "On schedule: due by 13 August 2025", id="due in 29 days"),
        pytest.param(None, RAG.NOT_RATED, "No due date", id="no date"),
    ],
)
def test_dates_alone_suggest(due_on, light, why):
    verdict = suggest(due_on=due_on, today=TODAY)
    assert (verdict.rating, verdict.why) == (light, why)


@pytest.mark.parametrize(
    ("due_on", "light"),
    [
        pytest.param(date(2025, 6, 29), RAG.RED, id="before the quarter's last day"),
        pytest.param(date(2025, 6, 30), RAG.AMBER, id="on it, though past by today"),
        pytest.param(date(2025, 7, 14), RAG.AMBER, id="after it, though past by today"),
        pytest.param(date(2025, 7, 28), RAG.AMBER, id="28 days after it"),
        pytest.param(date(2025, 7, 29), RAG.GREEN, id="29 days after it"),
    ],
)
def test_an_old_quarter_is_judged_at_its_end(due_on, light):
    assert suggest(due_on=due_on, today=TODAY, quarter=Q1).rating == light


def test_the_running_quarter_is_judged_today():
    assert suggest(due_on=date(2025, 7, 14), today=TODAY, quarter=Q1.next).rating == RAG.RED
    assert suggest(due_on=date(2025, 9, 30), today=TODAY, quarter=Q1.next).rating == RAG.GREEN


@pytest.mark.parametrize(
    ("kind", "next_on", "why"),
    [
        (TimescaleKind.ONGOING, None, "Ongoing: not rated by date"),
        (TimescaleKind.UNCLEAR, None, "Timescale unclear: not rated by date"),
        (TimescaleKind.RECURRING, date(2026, 3, 31), "Recurring: next on 31 March 2026"),
        (TimescaleKind.RECURRING, None, "Recurring: not rated by date"),
    ],
)
@pytest.mark.parametrize("due_on", [None, date(2020, 1, 1), date(2030, 1, 1)])
def test_other_timescales_are_not_rated_by_date(kind, next_on, why, due_on):
    verdict = suggest(kind=kind, next_on=next_on, due_on=due_on, today=TODAY)
    assert (verdict.rating, verdict.why) == (RAG.NOT_RATED, why)
    assert not is_overdue(kind=kind, due_on=due_on, status=ActionStatus.IN_PROGRESS, today=TODAY)


@pytest.mark.parametrize(
    ("status", "dates", "light", "why"),
    [
        (ActionStatus.COMPLETE, {"completed_on": date(2025, 6, 1)}, RAG.COMPLETE, "Completed on 1 June 2025"),
        (ActionStatus.COMPLETE, {}, RAG.COMPLETE, "Completed"),
        (ActionStatus.CLOSED_NOT_NEEDED, {}, RAG.NOT_RATED, "Closed: not needed"),
        (ActionStatus.CLOSED_NO_RESOURCES, {"closed_on": date(2025, 6, 1)}, RAG.NOT_RATED, "Closed: no resources"),
        (ActionStatus.SUPERSEDED, {}, RAG.NOT_RATED, "Superseded"),
        (ActionStatus.PAUSED, {}, RAG.RED, "Overdue: was due by 31 January 2025, and paused"),
        (ActionStatus.NOT_STARTED, {}, RAG.RED, "Overdue: was due by 31 January 2025"),
    ],
)
def test_a_status_ends_the_dates_say(status, dates, light, why):
    due_on = date(2025, 1, 31)
    verdict = suggest(status=status, due_on=due_on, today=TODAY, **dates)
    assert (verdict.rating, verdict.why) == (light, why)
    assert is_overdue(status=status, due_on=due_on, today=TODAY, **dates) == (light == RAG.RED)


def test_a_paused_action_is_not_on_schedule():
    verdict = suggest(status=ActionStatus.PAUSED, due_on=date(2026, 1, 31), today=TODAY)
    assert (verdict.rating, verdict.why) == (RAG.NOT_RATED, "Paused; due by 31 January 2026")


@pytest.mark.parametrize(
    ("completed_on", "light"),
    [
        pytest.param(date(2025, 6, 30), RAG.COMPLETE, id="on the quarter's last day"),
        pytest.param(date(2025, 7, 1), RAG.RED, id="after it: the old quarter still says overdue"),
    ],
)
def test_an_old_quarter_does_not_know_what_was_completed_later(completed_on, light):
    facts = {"status": ActionStatus.COMPLETE, "completed_on": completed_on, "due_on": date(2025, 5, 31)}
    assert suggest(**facts, today=TODAY, quarter=Q1).rating == light
    assert is_overdue(**facts, today=TODAY, quarter=Q1) == (light == RAG.RED)
    assert not is_overdue(**facts, today=TODAY)


@pytest.mark.parametrize(
    ("due_on", "precision", "words"),
    [
        (date(2016, 5, 14), DatePrecision.DAY, "by 14 May 2016"),
        (date(2016, 5, 31), DatePrecision.MONTH, "by the end of May 2016"),
        (date(2010, 3, 31), DatePrecision.QUARTER, "by the end of Q4 2009/10"),
        (date(2010, 3, 31), DatePrecision.YEAR, "by the end of 2009/10"),
        (date(2010, 12, 31), DatePrecision.YEAR, "by the end of 2010"),
    ],
)
def test_a_due_date_is_told_no_more_exactly_than_it_was_given(due_on, precision, words):
    assert due_in_words(due_on, precision) == words
    assert words in suggest(due_on=due_on, precision=precision, today=TODAY).why


# When a recurring action comes round


@pytest.mark.parametrize(
    ("recurrence", "month", "day", "on_or_after", "expected"),
    [
        pytest.param(Recurrence.YEARLY, 3, 31, date(2015, 4, 1), date(2016, 3, 31), id="31 March, annually"),
        pytest.param(Recurrence.YEARLY, 3, 31, date(2016, 3, 31), date(2016, 3, 31), id="on the day"),
        pytest.param(Recurrence.YEARLY, 2, 29, date(2015, 1, 1), date(2015, 2, 28), id="29 February, common year"),
        pytest.param(Recurrence.YEARLY, 2, 29, date(2016, 2, 28), date(2016, 2, 29), id="29 February, leap year"),
        pytest.param(Recurrence.YEARLY, None, None, date(2015, 4, 1), date(2016, 3, 31), id="at the year's end"),
        pytest.param(Recurrence.HALF_YEARLY, None, None, date(2015, 4, 1), date(2015, 9, 30), id="half-year's end"),
        pytest.param(Recurrence.QUARTERLY, None, None, date(2015, 4, 1), date(2015, 6, 30), id="quarter's end"),
        pytest.param(Recurrence.QUARTERLY, 1, 15, date(2015, 12, 31), date(2016, 1, 15), id="over the year's end"),
        pytest.param(Recurrence.MONTHLY, None, 31, date(2015, 2, 1), date(2015, 2, 28), id="a short month"),
        pytest.param(Recurrence.MONTHLY, None, 5, date(2015, 12, 6), date(2016, 1, 5), id="next month"),
    ],
)
def test_the_next_occurrence(recurrence, month, day, on_or_after, expected):
    assert next_occurrence(recurrence, month=month, day=day, on_or_after=on_or_after) == expected


# The reported light


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"rag": RAG.RED, "state": UpdateState.SUBMITTED}, (RAG.RED, True), id="submitted"),
        pytest.param({"rag": RAG.RED, "state": UpdateState.APPROVED}, (RAG.RED, True), id="approved"),
        pytest.param({"rag": RAG.RED, "state": UpdateState.DRAFT}, (RAG.NOT_RATED, False), id="draft"),
        pytest.param({"rag": RAG.RED, "state": UpdateState.RETURNED}, (RAG.NOT_RATED, False), id="returned"),
        pytest.param({"rag": RAG.NOT_RATED, "state": UpdateState.APPROVED}, (RAG.NOT_RATED, True), id="not rated"),
        pytest.param({"rag": None, "state": None}, (RAG.NOT_RATED, False), id="a new action is never green"),
        pytest.param({"rag": None, "state": None, "last": RAG.GREEN}, (RAG.NOT_RATED, False), id="silent"),
        pytest.param(
            {"rag": None, "state": None, "last": RAG.GREEN, "has_ended": True}, (RAG.GREEN, True), id="ended: kept"
        ),
        pytest.param({"rag": None, "state": None, "has_ended": True}, (RAG.NOT_RATED, False), id="ended unreported"),
    ],
)
def test_the_light_of_an_action_in_a_quarter(facts, expected):
    assert light_in_quarter(**facts) == expected


def test_lights_of_a_quarter_are_counted_with_those_not_updated_inside_not_rated():
    pairs = [
        light_in_quarter(rag=RAG.GREEN, state=UpdateState.APPROVED),
        light_in_quarter(rag=RAG.NOT_RATED, state=UpdateState.SUBMITTED),
        light_in_quarter(rag=None, state=None, last=RAG.RED),
    ]
    assert LightCounts.from_pairs(pairs) == LightCounts(green=1, not_rated=2, not_updated=1)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (RAG.GREEN, RAG.AMBER, Travel.IMPROVED),
        (RAG.AMBER, RAG.RED, Travel.IMPROVED),
        (RAG.COMPLETE, RAG.GREEN, Travel.IMPROVED),
        (RAG.RED, RAG.GREEN, Travel.WORSENED),
        (RAG.GREEN, RAG.COMPLETE, Travel.WORSENED),
        (RAG.RED, RAG.RED, Travel.NO_CHANGE),
        (RAG.RED, RAG.NOT_RATED, Travel.NEW),
        (RAG.RED, None, Travel.NEW),
        (RAG.NOT_RATED, RAG.RED, Travel.NOT_COMPARED),
        (RAG.NOT_RATED, RAG.NOT_RATED, Travel.NOT_COMPARED),
        (None, RAG.RED, Travel.NOT_COMPARED),
        (None, None, Travel.NOT_COMPARED),
    ],
)
def test_which_way_a_light_has_moved(now, before, expected):
    assert travel(now, before) == expected


DAYS = st.dates(date(2009, 4, 1), date(2026, 3, 31))
FACTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(TimescaleKind),
        "due_on": st.none() | DAYS,
        "status": st.sampled_from(ActionStatus),
        "completed_on": st.none() | DAYS,
        "closed_on": st.none() | DAYS,
        "today": DAYS,
        "quarter": st.none() | st.builds(Quarter.containing, DAYS),
    }
)


@given(FACTS)
def test_red_by_date_means_overdue_and_every_suggestion_has_a_reason(facts):
    verdict = suggest(**facts)
    assert verdict.why
    assert (verdict.rating == RAG.RED) == is_overdue(**facts)


@given(FACTS, st.integers(1, 400))
def test_more_time_never_gives_a_worse_suggestion(facts, days):
    worse = (RAG.RED, RAG.AMBER, RAG.GREEN)
    facts["due_on"] = facts["due_on"] or facts["today"]
    before = suggest(**facts).rating
    after = suggest(**{**facts, "due_on": facts["due_on"] + timedelta(days=days)}).rating
    if before in worse and after in worse:
        assert worse.index(after) >= worse.index(before)


@given(
    st.sampled_from(Recurrence),
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 31),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
)
def test_the_next_occurrence_is_never_past_nor_further_than_one_round(recurrence, month, day, today):
    found = next_occurrence(recurrence, month=month, day=day, on_or_after=today)
    assert 0 <= (found - today).days <= 31 * recurrence.months


# With the action's milestones

DAY = date(2025, 6, 30)
LATE = Step("Appoint contractor", date(2025, 6, 29))
DUE_THEN = Step("Agree the route", DAY)
LATER = Step("Open the path", date(2025, 12, 31))
DONE = Step("Find the money", date(2025, 4, 30), DAY)
DONE_AFTER = Step("Find the money", date(2025, 4, 30), date(2025, 7, 1))
OVERDUE = "1 of {} is overdue: “Appoint contractor”, due 29 June 2025"


@pytest.mark.parametrize(
    ("by_date", "steps", "light", "why"),
    [
        pytest.param(RAG.GREEN, [], RAG.GREEN, "By date", id="none"),
        pytest.param(RAG.GREEN, [LATER, LATER], RAG.GREEN, "By date; 0 of 2 milestones reached", id="none is due yet"),
        pytest.param(RAG.GREEN, [DUE_THEN], RAG.GREEN, "By date; 0 of 1 milestone reached", id="due on the very day"),
        pytest.param(
            RAG.GREEN, [DONE, LATER], RAG.GREEN, "By date; 1 of 2 milestones reached", id="one of two reached"
        ),
        pytest.param(
            RAG.GREEN, [DONE] * 3, RAG.GREEN, "By date; 3 of 3 milestones reached", id="all completes nothing"
        ),
        pytest.param(
            RAG.RED, [DONE], RAG.RED, "By date; 1 of 1 milestone reached", id="all reached and overdue by date"
        ),
        pytest.param(
            RAG.GREEN, [DONE, LATE, LATER, LATER], RAG.AMBER, f"By date; {OVERDUE.format('4 milestones')}", id="overdue"
        ),
        pytest.param(
            RAG.NOT_RATED, [LATE], RAG.AMBER, f"By date; {OVERDUE.format('1 milestone')}", id="not rated by date"
        ),
        pytest.param(RAG.NOT_RATED, [LATER], RAG.NOT_RATED, "By date; 0 of 1 milestone reached", id="stays not rated"),
        pytest.param(RAG.AMBER, [LATE], RAG.AMBER, f"By date; {OVERDUE.format('1 milestone')}", id="amber stays amber"),
        pytest.param(RAG.RED, [LATE], RAG.RED, f"By date; {OVERDUE.format('1 milestone')}", id="red stays red"),
        pytest.param(RAG.COMPLETE, [LATE], RAG.COMPLETE, "By date", id="complete stays complete"),
        pytest.param(
            RAG.GREEN,
            [DONE_AFTER],
            RAG.AMBER,
            "By date; 1 of 1 milestone is overdue: “Find the money”, due 30 April 2025",
            id="reached after the day: it was open then",
        ),
        pytest.param(
            RAG.GREEN,
            [LATE, DONE_AFTER, LATER],
            RAG.AMBER,
            "By date; 2 of 3 milestones are overdue, for longest “Find the money”, due 30 April 2025",
            id="the oldest of several is named",
        ),
    ],
)
def test_an_overdue_milestone_suggests_no_better_than_amber(by_date, steps, light, why):
    verdict = with_milestones(Verdict(by_date, "By date"), steps, day=DAY)
    assert (verdict.rating, verdict.why) == (light, why)


def test_the_words_of_a_milestone_are_one_short_line_in_the_sentence():
    verdict = with_milestones(Verdict(RAG.GREEN, ""), [Step("Appoint\n" + "x" * 200, date(2025, 6, 1))], day=DAY)
    assert "“Appoint xxx" in verdict.why
    assert len(verdict.why) < 150


@pytest.mark.parametrize(
    ("number", "reached", "upcoming", "words"),
    [
        pytest.param(0, 0, None, "", id="none"),
        pytest.param(3, 3, None, "3 of 3 reached", id="all"),
        pytest.param(4, 2, DUE_THEN, "2 of 4 reached; next: Agree the route, due 30 June 2025", id="due that day"),
        pytest.param(4, 2, LATE, "2 of 4 reached; overdue: Appoint contractor, due 29 June 2025", id="overdue"),
    ],
)
def test_how_far_an_action_has_come_in_a_cell(number, reached, upcoming, words):
    assert steps_so_far(number, reached, upcoming, day=DAY) == words


# With the action's KPIs


@pytest.mark.parametrize(
    ("by_date", "measured", "light", "why"),
    [
        pytest.param(RAG.GREEN, {}, RAG.GREEN, "By date", id="no KPI"),
        pytest.param(RAG.GREEN, {"ASB": RAG.NOT_RATED}, RAG.GREEN, "By date", id="a KPI without a light"),
        pytest.param(RAG.GREEN, {"ASB": RAG.RED}, RAG.RED, "By date; ASB is red", id="every KPI red"),
        pytest.param(
            RAG.GREEN, {"ASB": RAG.RED, "Burglary": RAG.GREEN}, RAG.AMBER, "By date; ASB is red", id="one of two red"
        ),
        pytest.param(RAG.RED, {"ASB": RAG.GREEN}, RAG.RED, "By date; ASB is on track", id="overdue stays red"),
        pytest.param(RAG.NOT_RATED, {"ASB": RAG.AMBER}, RAG.AMBER, "By date; ASB is amber", id="not rated by date"),
        pytest.param(RAG.COMPLETE, {"ASB": RAG.RED}, RAG.COMPLETE, "By date", id="complete stays complete"),
    ],
)
def test_the_worse_of_dates_and_kpis_is_suggested(by_date, measured, light, why):
    verdict = with_measures(Verdict(by_date, "By date"), measured)
    assert (verdict.rating, verdict.why) == (light, why)

from datetime import date

import pytest

from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel
from reports.builders.lines import lights_and_lines, total
from tests import builders as make

pytestmark = pytest.mark.django_db
Q1 = Quarter.parse("2025-26-Q1")
Q4_BEFORE = Quarter.parse("2024-25-Q4")
TODAY = date(2025, 7, 15)


@pytest.fixture
def plan():
    return make.make_plan(starts_on=date(2024, 4, 1))


@pytest.fixture
def manager(plan):
    return make.make_manager(plan.partnership)


def read(plan, manager, quarter=Q1):
    return lights_and_lines(plan=plan, quarter=quarter, today=TODAY, user=manager)


def test_counts_of_the_priorities_add_up_to_the_plan(plan, manager):
    first, second = make.make_priority(plan), make.make_priority(plan)
    for priority, light in ((first, RAG.GREEN), (first, RAG.RED), (second, RAG.AMBER)):
        make.make_update(make.make_action(make.make_objective(priority)), rag=light)
    make.make_action(make.make_objective(second))
    priorities, lines = read(plan, manager)
    assert [priority.counts for priority in priorities] == [
        LightCounts(red=1, green=1),
        LightCounts(amber=1, not_rated=1, not_updated=1),
    ]
    assert total(priorities) == LightCounts(red=1, amber=1, green=1, not_rated=1, not_updated=1)
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(RAG.RED, RAG.AMBER, Travel.IMPROVED, id="red to amber"),
        pytest.param(RAG.GREEN, RAG.RED, Travel.WORSENED, id="green to red"),
        pytest.param(RAG.GREEN, RAG.GREEN, Travel.NO_CHANGE, id="green stays"),
        pytest.param(None, RAG.GREEN, Travel.NEW, id="nothing before"),
    ],
)
def test_travel_is_from_the_quarter_before(plan, manager, before, now, expected):
    action = make.make_action(plan)
    if before:
        make.make_update(action, Q4_BEFORE, rag=before)
    make.make_update(action, Q1, rag=now)
    (line,) = read(plan, manager)[1]
    assert line.travel is expected


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_drafts_and_returned_updates_count_for_nothing(plan, manager, state):
    make.make_update(make.make_action(plan), state=state, rag=RAG.RED)
    (line,) = read(plan, manager)[1]
    assert (line.light, line.is_updated, line.reason) == (RAG.NOT_RATED, False, "")


def test_a_silent_action_shows_its_last_light_and_owes(plan, manager):
    action = make.make_action(plan)
    make.make_update(action, Q4_BEFORE, rag=RAG.AMBER)
    (line,) = read(plan, manager)[1]
    assert (line.light, line.last_rag, line.last_quarter, line.owes) == (RAG.NOT_RATED, RAG.AMBER, Q4_BEFORE, True)


@pytest.mark.parametrize("status", ["paused", "complete", "closed_not_needed"])
def test_paused_complete_and_closed_actions_owe_nothing(plan, manager, status):
    ended = {
        "complete": {"completed_on": date(2025, 5, 1)},
        "closed_not_needed": {"closed_on": date(2025, 5, 1), "closed_reason": "No need was found."},
    }
    make.make_action(plan, status=status, **ended.get(status, {}))
    (line,) = read(plan, manager)[1]
    assert not line.owes


def test_a_completed_action_keeps_its_last_light(plan, manager):
    action = make.make_action(plan, status="complete", completed_on=date(2025, 3, 1))
    make.make_update(action, Q4_BEFORE, rag=RAG.COMPLETE)
    (line,) = read(plan, manager)[1]
    assert (line.light, line.is_updated) == (RAG.COMPLETE, True)


def test_an_old_quarter_still_says_what_it_said(plan, manager):
    action = make.make_action(plan)
    make.make_update(action, Q4_BEFORE, rag=RAG.AMBER)
    make.make_update(action, Q1, rag=RAG.RED)
    (line,) = read(plan, manager, Q4_BEFORE)[1]
    assert line.light is RAG.AMBER


def test_overdue_is_judged_at_the_quarters_end(plan, manager):
    due = date(2025, 5, 31)
    make.make_action(plan, timescale_kind="by_date", due_on=due, due_precision="month")
    assert read(plan, manager)[1][0].overdue
    assert not read(plan, manager, Q4_BEFORE)[1][0].overdue
    assert read(plan, manager)[1][0].due == "by the end of May 2025"


def test_archived_actions_are_gone(plan, manager):
    make.make_action(plan, archived_at=make.NOW)
    assert read(plan, manager) == ([], [])


def test_a_stranger_reads_nothing(plan):
    make.make_update(make.make_action(plan))
    assert read(plan, make.make_manager(make.make_partnership())) == ([], [])


def test_it_costs_two_queries_however_many_actions_and_quarters(plan, manager, count_queries):
    for _ in range(30):
        action = make.make_action(plan)
        for quarter in (Q4_BEFORE, Q1):
            make.make_update(action, quarter, submitted_by=manager)
    assert count_queries(lambda: read(plan, manager)) == 2


def test_the_lead_is_named_by_person_and_agency_or_in_the_plans_own_words(plan, manager):
    police = make.make_agency(plan.partnership, "Essex Police", short_name="Police")
    officer = make.make_officer(plan.partnership, agency=police, name="Olu Officer")
    make.make_action(plan, lead_officer=officer, lead_agency=police)
    make.make_action(plan, lead_text="CDRP")
    assert [line.lead for line in read(plan, manager)[1]] == ["Olu Officer, Police", "CDRP"]


def test_a_long_text_is_cut_between_words_and_shorter_in_a_list(plan, manager):
    make.make_action(plan, text="word " * 100)
    make.make_action(plan, text="Run workshops")
    long, short = read(plan, manager)[1]
    assert long.text.endswith("word…")
    assert 60 < len(long.brief) <= 81 < len(long.text) <= 181
    assert (short.text, short.brief) == ("Run workshops", "Run workshops")

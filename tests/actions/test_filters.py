from datetime import date

import pytest
from django.http import QueryDict

from actions.filters import ActionFilter
from actions.values import ActionStatus, PlanStatus, TimescaleKind
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, Travel
from tests.builders import (
    QUARTER,
    TODAY,
    make_action,
    make_agency,
    make_manager,
    make_objective,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_update,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def plan(partnership):
    return make_plan(partnership)


@pytest.fixture
def viewer(partnership):
    return make_viewer(partnership)


def found(partnership, user, query=""):
    return ActionFilter(QueryDict(query), partnership=partnership, user=user, today=TODAY)


def rows(partnership, user, query=""):
    return set(found(partnership, user, query).qs)


def test_without_filters_all_actions_of_the_plans_that_are_not_closed(partnership, plan, viewer):
    shown = make_action(plan)
    make_action(make_plan(partnership, status=PlanStatus.CLOSED))
    make_action(make_plan(partnership, status=PlanStatus.DRAFT))
    make_action(plan, archived_at="2025-07-01T00:00Z")
    make_action(make_plan())
    assert rows(partnership, viewer) == {shown}


def test_a_manager_finds_drafts_and_anybody_finds_a_closed_plan_by_its_name(partnership, plan, viewer):
    drafted = make_action(make_plan(partnership, status=PlanStatus.DRAFT))
    closed = make_action(make_plan(partnership, status=PlanStatus.CLOSED, slug="old"))
    assert drafted in rows(partnership, make_manager(partnership))
    assert rows(partnership, viewer, "plan=old") == {closed}


def test_where_every_plan_is_closed_all_are_shown(partnership, viewer):
    closed = make_action(make_plan(partnership, status=PlanStatus.CLOSED))
    assert rows(partnership, viewer) == {closed}


@pytest.mark.parametrize(
    "query",
    ["plan={slug}", "priority={priority}", "lead_agency={agency}", "lead_officer={officer}", "light=purple"],
)
def test_what_is_not_the_partnerships_own_is_refused_and_shows_nothing(partnership, plan, viewer, query):
    make_action(plan)
    elsewhere = make_plan()
    officer = make_officer(elsewhere.partnership)
    query = query.format(
        slug=elsewhere.slug,
        priority=make_priority(elsewhere).pk,
        agency=make_agency(elsewhere.partnership).pk,
        officer=officer.pk,
    )
    asked = found(partnership, viewer, query)
    assert not asked.qs.exists()
    assert asked.form.errors


def test_choices_name_nothing_of_another_partnership(partnership, plan, viewer):
    elsewhere = make_plan(title="Their plan")
    make_priority(elsewhere, title="Their priority")
    make_officer(elsewhere.partnership, name="Their officer", agency=make_agency(elsewhere.partnership, "Their agency"))
    form = found(partnership, viewer).form
    assert "Their" not in form.as_p()


def test_by_priority_light_agency_officer_and_words(partnership, plan, viewer):
    agency, officer = make_agency(partnership), make_officer(partnership)
    other = make_action(plan, text="Fit smoke alarms")
    objective = make_objective(make_priority(plan))
    asked = make_action(objective, text="Hold events in Maldon", lead_agency=agency, lead_officer=officer)
    make_update(asked, rag=RAG.RED)

    for query in (
        f"priority={objective.priority_id}",
        "light=red",
        f"lead_agency={agency.pk}",
        f"lead_officer={officer.pk}",
        "words=maldon+EVENTS",
        f"words=events&light=red&lead_officer={officer.pk}",
    ):
        assert rows(partnership, viewer, query) == {asked}, query
    for query in ("lead_agency=none", "lead_officer=none", "not_updated=on", "words=smoke", "light=not_rated"):
        assert rows(partnership, viewer, query) == {other}, query


def test_drafts_and_returned_updates_leave_an_action_not_updated(partnership, plan, viewer):
    action = make_action(plan)
    make_update(action, state="draft")
    assert rows(partnership, viewer, "not_updated=on") == {action}
    assert rows(partnership, viewer, "light=green") == set()


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({"due_on": date(2025, 6, 29)}, True),
        ({"due_on": date(2025, 6, 30)}, False),  # the quarter's last day, by which it is judged
        ({"due_on": date(2025, 6, 1), "timescale_kind": TimescaleKind.ONGOING}, False),
        ({"due_on": date(2025, 6, 1), "status": ActionStatus.COMPLETE, "completed_on": date(2025, 6, 20)}, False),
        ({}, False),
    ],
)
def test_overdue_is_judged_at_the_quarters_end(partnership, plan, viewer, fields, is_found):
    if "due_on" in fields:
        fields = {"timescale_kind": TimescaleKind.BY_DATE, "due_precision": "day"} | fields
    action = make_action(plan, **fields)
    assert (action in rows(partnership, viewer, "overdue=on")) is is_found


def test_an_earlier_quarter_has_its_own_lights(partnership, plan, viewer):
    plan.starts_on = date(2024, 4, 1)
    plan.save()
    action = make_action(plan)
    make_update(action, QUARTER.previous, rag=RAG.RED)
    make_update(action, QUARTER)
    assert rows(partnership, viewer, "light=red&quarter=2024-25-Q4") == {action}
    assert rows(partnership, viewer, "light=red") == set()


def test_each_plan_is_shown_for_its_own_current_quarter(partnership, plan, viewer):
    old = make_plan(partnership, starts_on=date(2009, 4, 1), ends_on=date(2010, 3, 31))
    now, then = make_action(plan), make_action(old)
    make_update(now, QUARTER, rag=RAG.RED)
    make_update(then, Quarter.parse("2009-10-Q4"), rag=RAG.RED)
    asked = found(partnership, viewer, "light=red")
    assert set(asked.qs) == {now, then}
    assert asked.quarter is None
    assert (asked.quarter_of(plan.pk), asked.quarter_of(old.pk)) == (QUARTER, Quarter.parse("2009-10-Q4"))


def test_overdue_of_several_plans_is_judged_in_each_ones_quarter(partnership, plan, viewer):
    old = make_plan(partnership, starts_on=date(2009, 4, 1), ends_on=date(2010, 3, 31))
    fields = {"timescale_kind": TimescaleKind.BY_DATE, "due_precision": "day"}
    late = make_action(old, due_on=date(2010, 3, 30), **fields)
    make_action(old, due_on=date(2010, 4, 30), **fields)
    assert rows(partnership, viewer, "overdue=on") == {late}


def test_a_partnership_without_plans_has_no_actions(partnership, viewer):
    assert rows(partnership, viewer) == set()


def test_leads_offered_are_those_who_work_here_now_and_those_who_lead_something(partnership, plan, viewer):
    left = {"ends_on": date(2025, 7, 14)}
    make_officer(partnership, name="Anna Here", ends_on=TODAY)
    make_officer(partnership, name="Bert Left", **left)
    make_action(plan, lead_officer=make_officer(partnership, name="Cora Left but leads", **left))
    archived = make_officer(partnership, name="Dora Led what is archived", **left)
    make_action(plan, lead_officer=archived, archived_at="2025-07-01T00:00Z")
    locked_out = make_officer(partnership, name="Egon May not sign in")
    locked_out.is_active = False
    locked_out.save()
    form = found(partnership, viewer).form
    named = [label for _, label in form.fields["lead_officer"].choices]
    assert named == ["All", "Nobody yet", "Anna Here", "Cora Left but leads"]


@pytest.mark.parametrize(
    ("before", "now", "move"),
    [
        (RAG.RED, RAG.AMBER, "improved"),
        (RAG.GREEN, RAG.COMPLETE, "improved"),
        (RAG.GREEN, RAG.RED, "worsened"),
        (RAG.AMBER, RAG.AMBER, "no_change"),
        (None, RAG.RED, "new"),
        (RAG.NOT_RATED, RAG.GREEN, "new"),
        (RAG.RED, None, "not_compared"),
        (RAG.RED, RAG.NOT_RATED, "not_compared"),
        (None, None, "not_compared"),
    ],
)
def test_an_action_is_found_under_the_one_way_its_light_moved(partnership, viewer, before, now, move):
    plan = make_plan(partnership, starts_on=date(2024, 4, 1))
    action = make_action(plan)
    for quarter, light in ((QUARTER.previous, before), (QUARTER, now)):
        if light:
            make_update(action, quarter, rag=light)
    assert [one for one in Travel if rows(partnership, viewer, f"moved={one}") == {action}] == [move]


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_a_light_that_does_not_count_has_not_moved(partnership, plan, viewer, state):
    action = make_action(plan)
    make_update(action, state=state)
    assert rows(partnership, viewer, "moved=new") == set()
    assert rows(partnership, viewer, "moved=not_compared") == {action}


def test_submitted_updates_nobody_approved_are_found(partnership, plan, viewer):
    submitted, approved, drafted, earlier = (make_action(plan) for _ in range(4))
    make_update(submitted)
    make_update(approved, state="approved")
    make_update(drafted, state="draft")
    make_update(earlier, QUARTER.previous)
    assert rows(partnership, viewer, "unapproved=on") == {submitted}


def test_updates_that_say_nothing_has_changed_are_found(partnership, plan, viewer):
    unchanged = make_action(plan)
    make_update(unchanged, unchanged_because="No meeting yet")
    make_update(make_action(plan))
    make_update(make_action(plan), state="draft", unchanged_because="No meeting yet")
    make_update(make_action(plan), QUARTER.previous, unchanged_because="No meeting yet")
    assert rows(partnership, viewer, "unchanged=on") == {unchanged}


def test_lights_reported_other_than_suggested_are_found(partnership, plan, viewer):
    other = make_action(plan)
    make_update(other, rag=RAG.GREEN, suggested_rag=RAG.RED)
    for fields in ({"suggested_rag": RAG.GREEN}, {"suggested_rag": RAG.NOT_RATED}, {"suggested_rag": ""}):
        make_update(make_action(plan), **fields)
    make_update(make_action(plan), state="draft", suggested_rag=RAG.RED)
    assert rows(partnership, viewer, "differing=on") == {other}


@pytest.mark.parametrize("query", ["moved=worsened", "unapproved=on", "unchanged=on", "differing=on"])
def test_updates_of_several_plans_are_judged_in_each_ones_quarter(partnership, plan, viewer, query):
    old = make_plan(partnership, starts_on=date(2009, 4, 1), ends_on=date(2010, 3, 31))
    then, now, neither = make_action(old), make_action(plan), make_action(old)
    last = Quarter.parse("2009-10-Q4")
    make_update(then, last.previous, state="approved")
    make_update(then, last, rag=RAG.RED, suggested_rag=RAG.GREEN, unchanged_because="No meeting yet")
    make_update(neither, last.previous, rag=RAG.RED, suggested_rag=RAG.GREEN)
    make_update(now, QUARTER, rag=RAG.RED, state="approved")
    assert rows(partnership, viewer, query) == {then}

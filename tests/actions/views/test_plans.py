from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from actions.models import Plan
from actions.services import plans as services
from actions.values import ActionStatus, PlanStatus, UpdateState
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    link,
    make_action,
    make_administrator,
    make_agency,
    make_baseline,
    make_indicator,
    make_manager,
    make_objective,
    make_officer,
    make_partnership,
    make_plan,
    make_preview,
    make_priority,
    make_round,
    make_update,
    make_viewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mid_july")]
VALID = {
    "title": "Action plan 2026/27",
    "starts_on_0": "1",
    "starts_on_1": "4",
    "starts_on_2": "2026",
    "ends_on_0": "31",
    "ends_on_1": "3",
    "ends_on_2": "2027",
    "status": "draft",
    "marking": "OFFICIAL",
}


@pytest.fixture
def mid_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def plan():
    return make_plan(columns=[])


@pytest.fixture
def manager(client, plan):
    person = make_manager(plan.partnership)
    client.force_login(person)
    return person


def words(response):
    """The page's words, as a reader sees them run together."""
    return " ".join(response.content.decode().split())


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# The list -------------------------------------------------------------------------------------------------------------


def test_the_list_shows_the_partnerships_own_plans_with_their_lights(client, plan, manager):
    make_update(make_action(plan), rag=RAG.RED)
    make_update(make_action(plan))
    make_action(plan)
    foreign = make_plan(title="Their plan")
    page = words(client.get(reverse("plans")))
    assert plan.title in page
    assert foreign.title not in page
    assert "Q1 2025/26: 1 of 2 rated on track, 1 red, 1 not updated" in page


def test_a_viewer_sees_neither_drafts_nor_the_button(client, plan):
    draft = make_plan(plan.partnership, status=PlanStatus.DRAFT, title="Secret draft")
    client.force_login(make_viewer(plan.partnership))
    page = words(client.get(reverse("plans")))
    assert draft.title not in page
    assert "New plan" not in page


def test_an_empty_list_says_what_to_do(client):
    client.force_login(make_manager(make_partnership()))
    page = words(client.get(reverse("plans")))
    assert "There is no plan yet" in page
    assert "Bring in your plan" in page
    assert reverse("imports") in page


def test_the_list_costs_the_same_for_3_and_30_plans_of_different_years(client, plan, manager):
    def add(years):
        for year in years:
            make_action(make_plan(plan.partnership, starts_on=date(year, 4, 1), ends_on=date(year + 1, 3, 31)))

    add(range(2019, 2021))
    few = queries(client, reverse("plans"))
    add(range(1990, 2017))
    assert queries(client, reverse("plans")) == few
    assert few <= 8


# One plan -------------------------------------------------------------------------------------------------------------


def test_the_plan_prints_its_own_headings_in_its_own_order(client, plan, manager):
    plan.columns = [
        {"heading": "TRAFFIC LIGHT", "meaning": "rag"},
        {"heading": "KEY ACTIONS", "meaning": "action"},
        {"heading": "COST", "meaning": ""},
    ]
    plan.save()
    make_update(make_action(plan, extra={"COST": "=SUM(A1)"}), progress="Two events")
    page = words(client.get(plan.get_absolute_url()))
    heads = [page.index(f">{head}</th>") for head in ("TRAFFIC LIGHT", "KEY ACTIONS", "COST", "Progress")]
    assert heads == sorted(heads)
    assert "=SUM(A1)" in page
    assert "Two events" in page


def test_a_plan_without_columns_has_the_usual_ones(client, plan, manager):
    action = make_action(plan, timescale="Ongoing – diary of events", lead_text="The Chair")
    kpi = make_indicator(plan.partnership, name="Incidents")
    make_baseline(kpi, text="2,030 in 2008/09")
    link(action, kpi)
    page = words(client.get(plan.get_absolute_url()))
    for expected in ("Work needed", "Ongoing – diary of events", "The Chair", "Incidents", "2,030 in 2008/09"):
        assert expected in page


def test_lights_are_those_of_the_chosen_quarter_and_silence_shows_the_last(client, plan, manager):
    plan.starts_on = date(2024, 4, 1)
    plan.save()
    make_update(make_action(plan), QUARTER.previous, progress="It rained", rag=RAG.AMBER)
    now = words(client.get(plan.get_absolute_url()))
    assert "Not updated" in now
    assert "Q4 2024/25</span>" in now
    assert "It rained" not in now
    then = words(client.get(plan.get_absolute_url(), {"quarter": "2024-25-Q4"}))
    assert "It rained" in then
    assert "0 of 1 rated action on track (0%)" in then


def test_the_reason_stands_beside_the_progress_named_after_its_light(client, plan, manager):
    make_update(make_action(plan), rag=RAG.AMBER, rag_reason="Two marshals left.")
    assert "<b>Why amber:</b> Two marshals left." in words(client.get(plan.get_absolute_url()))


def test_a_paused_action_says_so(client, plan, manager):
    make_action(plan, status=ActionStatus.PAUSED)
    assert '<span class="app-plan__note">Paused</span>' in words(client.get(plan.get_absolute_url()))
    assert '<span class="app-plan__note">Paused</span>' in words(client.get(reverse("actions")))


def test_the_plans_own_word_for_a_light_is_shown(client, plan, manager):
    make_update(make_action(plan), rag_as_stated="GREEN c/f Actions", carry_forward=True)
    page = words(client.get(plan.get_absolute_url()))
    assert 'GREEN c/f Actions<span class="govuk-visually-hidden"> (green)</span>' in page
    assert "Carried forward" in page


def test_drafts_never_count(client, plan, manager):
    make_update(make_action(plan), state="draft", progress="Not for eyes yet")
    page = words(client.get(plan.get_absolute_url()))
    assert "Not for eyes yet" not in page
    assert "1 of them not updated" in page


def test_a_completed_action_keeps_its_last_light(client, plan, manager):
    plan.starts_on = date(2024, 4, 1)
    plan.save()
    done = make_action(plan, status=ActionStatus.COMPLETE, completed_on=date(2025, 3, 1))
    make_update(done, QUARTER.previous, rag=RAG.COMPLETE)
    page = words(client.get(plan.get_absolute_url()))
    assert "Complete, 1 March 2025" in page
    assert "1 of 1 rated action on track (100%)" in page


def test_archived_parts_are_not_shown_and_empty_ones_are(client, plan, manager):
    make_objective(make_priority(plan, title="Fires"), text="Fewer fires")
    make_action(make_objective(make_priority(plan, title="Old priority", archived_at="2025-01-01T00:00Z")))
    page = words(client.get(plan.get_absolute_url()))
    assert "Fewer fires: no action yet" in page
    assert "Old priority" not in page


def test_words_that_look_like_markup_are_words(client, plan, manager):
    make_update(make_action(plan, text="<script>alert(1)</script>"), progress="a\n<b>b</b>")
    page = client.get(plan.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in page
    assert "a<br>&lt;b&gt;b&lt;/b&gt;" in page


@pytest.mark.parametrize("code", ["2009-10-Q4", "2025-26-Q5", "nonsense", "2027-28-Q1"])
def test_a_quarter_outside_the_plan_is_an_unknown_page(client, plan, manager, code):
    assert client.get(plan.get_absolute_url(), {"quarter": code}).status_code == 404


def test_a_stranger_and_a_viewer_of_a_draft_find_no_plan(client, plan):
    client.force_login(make_viewer(make_partnership()))
    assert client.get(plan.get_absolute_url()).status_code == 404
    Plan.objects.filter(pk=plan.pk).update(status=PlanStatus.DRAFT)
    client.force_login(make_officer(plan.partnership))
    assert client.get(plan.get_absolute_url()).status_code == 404
    client.force_login(make_administrator(plan.partnership))
    assert client.get(plan.get_absolute_url()).status_code == 200


def test_a_viewer_reads_a_plan_without_buttons_to_change_it(client, plan):
    client.force_login(make_viewer(plan.partnership))
    page = words(client.get(plan.get_absolute_url()))
    assert reverse("plan_edit", args=[plan.slug]) not in page
    assert reverse("plan_assign", args=[plan.slug]) not in page


def test_the_page_shows_the_partnership_the_plan_is_of(client, plan):
    person = make_manager(make_partnership(name="Another partnership"))
    make_manager(plan.partnership)
    person.memberships.create(partnership=plan.partnership, agency=make_agency(plan.partnership), role="viewer")
    client.force_login(person)
    page = words(client.get(plan.get_absolute_url()))
    assert f'<span class="app-header__partnership">{plan.partnership.name}</span>' in page


def fill(plan, actions, quarters=(QUARTER,)):
    priority = make_priority(plan)
    kpi = make_indicator(plan.partnership)
    make_baseline(kpi)
    for number in range(actions):
        action = make_action(make_objective(priority) if number % 3 == 0 else priority.objectives.last())
        link(action, kpi)
        for quarter in quarters:
            make_update(action, quarter, submitted_by=plan.author)


def test_the_plan_costs_the_same_for_3_and_60_actions(client, plan, manager):
    plan.author = manager
    fill(plan, 3)
    few = queries(client, plan.get_absolute_url())
    fill(plan, 57)
    assert queries(client, plan.get_absolute_url()) == few
    assert few <= 10


def test_the_plan_costs_the_same_for_2_and_40_quarters(client, plan, manager):
    plan.starts_on = date(2015, 4, 1)
    plan.author = manager
    plan.save()
    quarters = [Quarter.from_ordinal(QUARTER.ordinal - back) for back in range(40)]
    fill(plan, 2, quarters[:2])
    few = queries(client, plan.get_absolute_url())
    fill(plan, 2, quarters)
    assert queries(client, plan.get_absolute_url()) == few


# Begin, edit, archive -------------------------------------------------------------------------------------------------


def test_a_manager_begins_a_plan_and_goes_on_to_build_it(client, plan, manager):
    response = client.post(reverse("plan_new"), VALID)
    made = Plan.objects.get(title="Action plan 2026/27")
    assert response.url == reverse("plan_structure", args=[made.slug])
    assert (made.partnership, made.marking, made.history.get().history_user) == (
        plan.partnership, "OFFICIAL", manager,
    )  # fmt: skip


def test_a_bad_form_shows_its_errors_and_keeps_what_was_typed(client, plan, manager):
    response = client.post(reverse("plan_new"), VALID | {"title": "", "ends_on_2": "2025", "marking": "Kept words"})
    page = words(response)
    assert response.status_code == 200
    for expected in ("Enter title", "The last day must come after the first day", "Kept words", "<title>Error: "):
        assert expected in page
    assert Plan.objects.count() == 1


def test_a_previous_plan_of_another_partnership_is_refused(client, plan, manager):
    response = client.post(reverse("plan_new"), VALID | {"previous": make_plan().pk})
    assert "Choose an earlier plan from the list" in words(response)
    assert not Plan.objects.filter(title=VALID["title"]).exists()


def edit_url(plan):
    return reverse("plan_edit", args=[plan.slug])


def test_editing_an_active_plan_asks_why(client, plan, manager):
    posted = VALID | {"version": 1, "status": "active"}
    assert "Say why this changes" in words(client.post(edit_url(plan), posted))
    plan.refresh_from_db()
    assert plan.version == 1
    assert client.post(edit_url(plan), posted | {"reason": "New year"}).url == plan.get_absolute_url()
    assert plan.history.first().history_change_reason == "New year"


def test_a_period_read_from_the_words_is_confirmed(client, plan, manager):
    Plan.objects.filter(pk=plan.pk).update(period_is_inferred=True, status=PlanStatus.DRAFT)
    assert "read from the words" in words(client.get(edit_url(plan)))
    client.post(edit_url(plan), VALID | {"version": 1, "period_is_right": "on"})
    plan.refresh_from_db()
    assert not plan.period_is_inferred


def test_of_two_savers_the_second_sees_both_texts(client, plan, manager):
    Plan.objects.filter(pk=plan.pk).update(title="Their title", version=2, status=PlanStatus.DRAFT)
    response = client.post(edit_url(plan), VALID | {"version": 1, "title": "My title"})
    page = words(response)
    assert response.status_code == 409
    for expected in ("Their title", "My title", 'name="version" value="2"'):
        assert expected in page
    plan.refresh_from_db()
    assert plan.title == "Their title"
    client.post(edit_url(plan), VALID | {"version": 2, "title": "My title"})
    plan.refresh_from_db()
    assert plan.title == "My title"


@pytest.mark.parametrize("name", ["plan_new", "plan_edit", "plan_archive"])
def test_only_those_who_edit_plans_reach_the_pages_that_do(client, plan, name):
    url = reverse(name, args=[] if name == "plan_new" else [plan.slug])
    for person, expected in (
        (make_viewer(plan.partnership), 403),
        (make_officer(plan.partnership), 403),
        (make_manager(plan.partnership), 200),
        (make_administrator(plan.partnership), 200),
    ):
        client.force_login(person)
        assert client.get(url).status_code == expected
        assert client.put(url).status_code == 405
        if expected == 403:
            assert client.post(url, VALID).status_code == 403
    client.force_login(make_manager(make_partnership()))
    assert client.get(url).status_code == (200 if name == "plan_new" else 404)


def test_a_plan_is_archived_and_restored(client, plan, manager):
    action = make_action(plan)
    url = reverse("plan_archive", args=[plan.slug])
    assert "Enter the reason" in words(client.post(url, {"reason": ""}))
    assert client.post(url, {"reason": "Never adopted"}).url == reverse("plans")
    action.refresh_from_db()
    assert action.archived_at is not None
    page = words(client.get(reverse("plans")))
    assert "Archived plans (1)" in page
    restore = reverse("plan_restore", args=[plan.slug])
    assert client.get(restore).status_code == 405
    assert client.post(restore).status_code == 302
    action.refresh_from_db()
    assert action.archived_at is None


@pytest.mark.parametrize("name", ["archive", "restore"])
def test_a_plan_changed_in_the_moment_of_archiving_is_said_in_words(client, plan, manager, monkeypatch, name):
    def changed_meanwhile(**_fields):
        raise Conflict(plan)

    monkeypatch.setattr(services, name, changed_meanwhile)
    response = client.post(reverse(f"plan_{name}", args=[plan.slug]), {"reason": "Never adopted"}, follow=True)
    assert response.status_code == 200
    assert "Somebody else changed this while you were working" in words(response)


def test_a_previous_plan_that_has_been_archived_stays_the_previous_one(client, plan, manager):
    before = make_plan(plan.partnership, title="Last year’s", archived_at=datetime(2025, 5, 1, tzinfo=UTC))
    Plan.objects.filter(pk=plan.pk).update(previous=before)
    url = reverse("plan_edit", args=[plan.slug])
    assert f'<option value="{before.pk}" selected>' in words(client.get(url))
    posted = VALID | {"version": 1, "reason": "x", "status": "active", "previous": before.pk}
    assert client.post(url, posted).status_code == 302
    plan.refresh_from_db()
    assert (plan.title, plan.previous) == ("Action plan 2026/27", before)


def test_a_past_quarter_is_as_at_its_end_and_this_one_as_at_today(client, plan, manager):
    for code, said in (("2025-26-Q1", "as at 30 June 2025"), ("2025-26-Q2", "as at 15 July 2025")):
        assert said in words(client.get(plan.get_absolute_url(), {"quarter": code}))


def test_only_a_plan_that_starts_before_this_one_is_offered_as_the_previous_one(client, plan, manager):
    before, beside, after = (
        make_plan(plan.partnership, starts_on=date(year, 4, 1), ends_on=date(year + 1, 3, 31))
        for year in (2024, 2025, 2026)
    )
    page = words(client.get(edit_url(plan)))
    assert f'<option value="{before.pk}">' in page
    assert f'<option value="{beside.pk}"' not in page
    assert f'<option value="{after.pk}"' not in page
    posted = VALID | {"version": 1, "reason": "x", "status": "active", "previous": after.pk}
    assert "Choose an earlier plan from the list" in words(client.post(edit_url(plan), posted))


def test_a_plan_from_a_file_leads_back_to_its_import(client, plan, manager):
    file_import = make_preview(plan.partnership)
    url = reverse("import", args=[file_import.pk])
    assert url not in words(client.get(plan.get_absolute_url()))
    Plan.objects.filter(pk=plan.pk).update(imported_from=file_import)
    assert url in words(client.get(plan.get_absolute_url()))
    client.force_login(make_viewer(plan.partnership))
    assert url not in words(client.get(plan.get_absolute_url()))


def test_a_plan_that_another_follows_is_followed_by_two_only_when_somebody_says_so(client, plan, manager):
    before = make_plan(plan.partnership, title="Last year’s", starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))
    other = make_plan(plan.partnership, title="Safer homes", previous=before)
    assert "Both plans follow it" not in words(client.get(edit_url(plan)))
    posted = VALID | {"version": 1, "reason": "x", "status": "active", "previous": before.pk}
    answer = words(client.post(edit_url(plan), posted))
    assert f"“{other}” follows “{before}” already." in answer
    assert "Both plans follow it" in answer
    assert client.post(edit_url(plan), posted | {"both_follow": "on"}).status_code == 302
    plan.refresh_from_db()
    assert plan.previous == before


# Neighbours and rounds ------------------------------------------------------------------------------------------------


def main_of(response):
    return " ".join(html.fromstring(response.content.decode()).get_element_by_id("main-content").text_content().split())


def test_a_plan_names_the_one_it_follows_and_those_that_follow_it_to_who_may_see_them(client, plan, manager):
    before = make_plan(plan.partnership, title="Last year's plan", status=PlanStatus.CLOSED)
    Plan.objects.filter(pk=plan.pk).update(previous=before)
    make_plan(plan.partnership, title="Next year's plan", status=PlanStatus.DRAFT, previous=plan)
    make_plan(plan.partnership, title="A try", status=PlanStatus.DRAFT, previous=plan, archived_at=NOW)
    client.force_login(manager)
    page = main_of(client.get(plan.get_absolute_url()))
    tied = "(which action went on as which)"
    assert f"Follows Last year's plan {tied} Followed by Next year's plan, a draft" in page
    assert "A try" not in page
    assert f"Followed by {plan.title}" in main_of(client.get(before.get_absolute_url()))
    client.force_login(make_viewer(plan.partnership))
    page = main_of(client.get(plan.get_absolute_url()))
    assert "Follows Last year's plan" in page
    assert "Followed by" not in page
    assert tied not in page


def test_a_draft_leads_to_looking_it_over_and_making_it_active(client, plan, manager):
    draft = make_plan(plan.partnership, status=PlanStatus.DRAFT)
    client.force_login(manager)
    assert reverse("plan_begin", args=[draft.slug]) in words(client.get(draft.get_absolute_url()))
    assert reverse("plan_begin", args=[plan.slug]) not in words(client.get(plan.get_absolute_url()))


def test_a_manager_finds_the_plans_rounds_with_their_state(client, plan, manager):
    make_round(plan, QUARTER.previous, locked_at=NOW, locked_by=manager)
    opened = make_round(plan)
    client.force_login(manager)
    answer = client.get(plan.get_absolute_url())
    assert "Rounds of this plan (2)" in main_of(answer)
    assert f"{QUARTER} Open Updates due by 22 July 2025" in main_of(answer)
    assert f"{QUARTER.previous} Locked on 15 July 2025 by {manager}" in main_of(answer)
    assert reverse("round", args=[plan.slug, opened.quarter]) in words(answer)
    client.force_login(make_viewer(plan.partnership))
    assert "/rounds/" not in words(client.get(plan.get_absolute_url()))


@pytest.mark.parametrize(("locked", "what"), [(False, "yet"), (True, "separately")])
def test_updates_that_nobody_approved_are_counted_before_and_after_the_lock(client, plan, manager, locked, what):
    make_round(plan, **({"locked_at": NOW, "locked_by": manager} if locked else {}))
    for state in UpdateState:
        make_update(make_action(plan), state=state)
    client.force_login(make_viewer(plan.partnership))
    answer = client.get(f"{plan.get_absolute_url()}?quarter={QUARTER.code}")
    assert f"1 update is submitted, not {what} approved." in main_of(answer)
    assert f"Submitted, not {what} approved" in main_of(answer)
    (link,) = html.fromstring(words(answer)).xpath("//a[contains(@href, 'unapproved=on')]/@href")
    assert len(client.get(link).context["rows"]) == 1

"""A draft is looked over and made active; then its first round is opened."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from actions.models import Plan, PriorityIndicator, Round
from csp_tracker.periods import Period, Quarter
from tests.builders import (
    NOW,
    link,
    make_action,
    make_administrator,
    make_agency,
    make_carried,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_target,
)
from tests.filling import filled_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan():
    return make_plan(make_partnership("Maldon"), title="Plan 2025/26", slug="our-plan", status="draft")


@pytest.fixture
def signed_in(client, plan):
    client.force_login(make_manager(plan.partnership))
    return client


def url_of(plan):
    return reverse("plan_begin", args=[plan.slug])


def main_of(answer):
    return html.fromstring(answer.content.decode()).get_element_by_id("main-content")


def words_of(answer):
    return " ".join(main_of(answer).text_content().split())


def test_who_has_no_lead_is_counted_and_who_led_before_is_named(signed_in, plan):
    before = make_plan(plan.partnership, starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))
    gone = make_officer(plan.partnership, name="Sam Poole", ends_on=date(2025, 6, 1))
    orphan = make_action(plan)
    make_carried(make_action(before, lead_officer=gone), orphan)
    ended = {"decision": "dropped", "to_action": None}
    make_carried(make_action(before, lead_officer=gone), orphan, **ended)
    make_action(plan, lead_agency=make_agency(plan.partnership))
    make_action(plan, lead_officer=make_officer(plan.partnership))
    make_action(plan, status="paused")
    page = signed_in.get(url_of(plan))
    words = words_of(page)
    assert "2 of the actions have no lead officer, 1 of them no lead agency either: nobody would be asked" in words
    assert f"Sam Poole led {orphan.reference} in the plan before" in words
    assert main_of(page).xpath(f".//a[@href='{reverse('plan_assign', args=[plan.slug])}?show=unled']")


def test_dates_that_moved_on_are_counted(signed_in, plan):
    moved = {"due_on": date(2025, 9, 30), "original_due_on": date(2024, 9, 30), "due_precision": "day"}
    make_action(plan, timescale_kind="by_date", **moved)
    make_action(plan)
    told = "The due date of 1 has moved on into the plan; check it: 1.1.1."
    assert told in words_of(signed_in.get(url_of(plan)))


def test_kpis_without_a_target_for_the_year_are_named(signed_in, plan):
    aimed, bare, of_priority, watched, old = (
        make_indicator(plan.partnership, name=name) for name in ("Aimed", "Bare", "Of priority", "Watched", "Old")
    )
    action = make_action(plan)
    for kpi in (aimed, bare, watched, old):
        link(action, kpi)
    PriorityIndicator.objects.create(priority=action.objective.priority, indicator=of_priority)
    type(watched).objects.filter(pk=watched.pk).update(polarity="monitor")
    make_target(aimed)
    make_target(old, Period.of_quarter(Quarter(2024, 4)))
    page = main_of(signed_in.get(url_of(plan)))
    named = [one.text_content() for one in page.xpath(".//a[contains(@href, '/indicators/')]")]
    assert named == [str(bare), str(of_priority), str(old)]
    assert "No target for 2025/26 yet" in page.text_content()


def test_making_it_active_leads_to_its_first_round(signed_in, plan):
    make_action(plan)
    answer = signed_in.post(url_of(plan))
    assert (answer.status_code, answer["location"]) == (302, reverse("round_open", args=[plan.slug]))
    plan.refresh_from_db()
    assert plan.status == "active"
    offered = filled_in(signed_in.get(answer["location"]))
    assert offered["quarter"] == "2025-26-Q1"
    assert signed_in.post(answer["location"], offered).status_code == 302
    assert Round.objects.get().plan == plan


def test_the_first_round_has_the_dates_the_plan_before_was_used_to(signed_in, plan):
    before = make_plan(plan.partnership, starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))
    Plan.objects.filter(pk=plan.pk).update(previous=before, status="active")
    Round.objects.create(plan=before, quarter=Quarter(2024, 4), opens_on=date(2025, 4, 7), due_on=date(2025, 4, 28))
    offered = filled_in(signed_in.get(reverse("round_open", args=[plan.slug])))
    assert (offered["quarter"], offered["opens_on_0"], offered["due_on_0"]) == ("2025-26-Q1", "7", "28")


def test_an_administrator_who_runs_no_rounds_is_led_to_the_plan(client, plan):
    client.force_login(make_administrator(plan.partnership))
    assert client.post(url_of(plan))["location"] == plan.get_absolute_url()


@pytest.mark.parametrize("fields", [{"status": "active"}, {"archived_at": NOW}], ids=["active", "archived"])
def test_there_is_nothing_to_begin_with_what_is_no_draft(signed_in, plan, fields):
    Plan.objects.filter(pk=plan.pk).update(**fields)
    for answer in (signed_in.get(url_of(plan)), signed_in.post(url_of(plan))):
        assert answer["location"] == plan.get_absolute_url()
    assert Plan.objects.get(pk=plan.pk).version == 1


def test_a_drafts_form_leads_there(signed_in, plan):
    page = signed_in.get(reverse("plan_edit", args=[plan.slug]))
    assert main_of(page).xpath(f".//a[@href='{url_of(plan)}']")

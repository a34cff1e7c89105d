"""An officer of a supporting agency finds where to contribute words for the quarter, and the lead sees them."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.services.notes import add_comment
from actions.values import ActionStatus
from tests import builders as make
from tests.filling import filled_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: make.TODAY)


@pytest.fixture
def plan():
    return make.make_plan(starts_on=date(2024, 4, 1))


@pytest.fixture
def fire(plan):
    return make.make_agency(plan.partnership, "Essex Fire")


@pytest.fixture
def action(plan, fire):
    action = make.make_action(plan, text="Fit smoke alarms", lead_officer=make.make_officer(plan.partnership))
    make.make_support(action, fire)
    return action


@pytest.fixture
def signed_in(client, fire):
    client.force_login(make.make_officer(fire.partnership, agency=fire))
    return client


def listed(client, query=""):
    return " ".join(client.get(f"{reverse('updates')}{query}").content.decode().split())


def test_my_updates_lists_what_the_agency_supports_and_owes_nothing_for_it(signed_in, action):
    page = listed(signed_in)
    assert "Essex Fire supports 1 action that others lead." in page
    assert "Fit smoke alarms" in page
    assert "No words yet" in page
    assert "0 of" not in page
    assert f'href="{action.get_absolute_url()}?comment={make.QUARTER.code}#comments"' in page


def test_what_has_been_said_for_the_quarter_is_seen(signed_in, action, fire):
    officer = fire.partnership.memberships.get(agency=fire).user
    add_comment(action=action, quarter=make.QUARTER.previous, text="Forty alarms.", by=officer)
    assert "No words yet" in listed(signed_in)
    add_comment(action=action, quarter=make.QUARTER, text="Fifty alarms.", by=officer)
    assert "Contributed" in listed(signed_in)
    assert "Contributed" in listed(signed_in, f"?quarter={make.QUARTER.previous.code}")


@pytest.mark.parametrize(
    ("change", "is_listed"),
    [
        pytest.param({}, True, id="in progress"),
        pytest.param({"status": ActionStatus.PAUSED}, False, id="paused"),
        pytest.param({"archived_at": make.NOW}, False, id="archived"),
    ],
)
def test_only_what_runs_is_listed(signed_in, action, change, is_listed):
    type(action).objects.filter(pk=action.pk).update(**change)
    assert ("Fit smoke alarms" in listed(signed_in)) == is_listed


def test_what_the_agency_leads_itself_is_owed_and_not_listed_twice(signed_in, action, fire):
    type(action).objects.filter(pk=action.pk).update(lead_agency=fire)
    page = listed(signed_in)
    assert page.count("Fit smoke alarms") == 1
    assert "supports" not in page


def test_a_locked_quarter_asks_for_no_more_words(signed_in, action):
    make.make_round(action.plan, locked_at=make.NOW, locked_by=action.lead_officer)
    assert "Fit smoke alarms" not in listed(signed_in)


def test_others_are_not_asked(client, action, plan):
    client.force_login(make.make_officer(plan.partnership))
    assert "Fit smoke alarms" not in listed(client)


def test_the_list_costs_the_same_with_many_supported_actions(signed_in, action, plan, fire, count_queries):
    few = count_queries(lambda: listed(signed_in))
    for _ in range(5):
        make.make_support(make.make_action(plan), fire)
    assert count_queries(lambda: listed(signed_in)) == few


def test_the_actions_page_opens_the_box_for_the_quarter_asked_for(signed_in, action):
    page = signed_in.get(f"{action.get_absolute_url()}?comment={make.QUARTER.previous.code}")
    assert filled_in(page, "comment-text")["comment-quarter"] == make.QUARTER.previous.code
    assert '<details class="govuk-details app-no-print" open>' in page.content.decode()
    assert f'href="?comment={make.QUARTER.code}#comments"' in page.content.decode()


@pytest.mark.parametrize("code", ["nonsense", "2031-32-Q1", ""])
def test_another_quarter_leaves_the_current_one(signed_in, action, code):
    page = signed_in.get(f"{action.get_absolute_url()}?comment={code}")
    assert filled_in(page, "comment-text")["comment-quarter"] == make.QUARTER.code


def test_who_does_not_support_it_is_offered_a_comment_as_before(client, action, plan):
    client.force_login(make.make_officer(plan.partnership))
    page = client.get(action.get_absolute_url()).content.decode()
    assert "Contribute words" not in page
    assert "Add a comment" in page

"""“No change since last quarter” is one click and a reason, and is shown as that everywhere."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from actions.models import ProgressUpdate
from actions.values import UpdateState
from csp_tracker.rag import RAG
from tests import builders as make
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
WHY = "Waiting for the grant decision"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: make.TODAY)


@pytest.fixture
def action():
    partnership = make.make_partnership()
    plan = make.make_plan(partnership, starts_on=date(2024, 4, 1))
    return make.make_action(plan, lead_officer=make.make_officer(partnership))


@pytest.fixture
def last(action):
    return make.make_update(
        action, make.QUARTER.previous, rag=RAG.AMBER, rag_reason="Late start", progress="Half of it.",
        back_on_track="A grant", carry_forward=True, state=UpdateState.APPROVED,
    )  # fmt: skip


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, make.QUARTER])


@pytest.fixture
def signed_in(client, action):
    client.force_login(action.lead_officer)
    return client


def one_click(client, url, why=WHY, version=0):
    return client.post(url, {"version": version, "why_unchanged": why, "unchanged": "yes"})


def test_words_and_light_are_submitted_once_more_with_the_reason(signed_in, action, last, url):
    answer = one_click(signed_in, url)
    update = action.updates.get(quarter=make.QUARTER)
    assert answer.status_code == 302
    assert update.state == UpdateState.SUBMITTED
    assert update.unchanged_because == WHY
    for name in ("progress", "work_needed", "rag", "rag_reason", "back_on_track", "carry_forward"):
        assert getattr(update, name) == getattr(last, name)


def test_the_form_offers_it_where_something_was_said_and_nothing_is_yet(signed_in, action, last, url):
    assert filled_in(signed_in.get(url), "why_unchanged") == {"version": "0", "why_unchanged": ""}
    make.make_update(action, state=UpdateState.DRAFT)
    assert "why_unchanged" not in signed_in.get(url).content.decode()


def test_the_first_update_cannot_be_unchanged(signed_in, action, url):
    assert "why_unchanged" not in signed_in.get(url).content.decode()
    answer = one_click(signed_in, url)
    assert answer.status_code == 409
    assert "There is no earlier update of this action" in answer.content.decode()
    assert not action.updates.exists()


def test_without_a_reason_nothing_is_submitted(signed_in, action, last, url):
    page = one_click(signed_in, url, why=" ").content.decode()
    assert "Enter why nothing has changed" in page
    assert "<title>Error:" in page
    assert not action.updates.filter(quarter=make.QUARTER).exists()


def test_a_red_light_that_never_had_a_reason_has_to_be_written_about(signed_in, action, last, url):
    ProgressUpdate.objects.filter(pk=last.pk).update(rag_reason="", origin="imported")
    answer = one_click(signed_in, url)
    assert answer.status_code == 409
    assert not action.updates.filter(quarter=make.QUARTER).exists()


def test_a_double_click_submits_once(signed_in, action, last, url):
    assert [one_click(signed_in, url).status_code for _ in range(2)] == [302, 302]
    assert action.updates.get(quarter=make.QUARTER).version == 1


def test_what_somebody_else_wrote_meanwhile_is_kept(signed_in, action, last, url):
    make.make_update(action, state=UpdateState.DRAFT, progress="A draft of a colleague")
    answer = one_click(signed_in, url)
    assert answer.status_code == 409
    assert "A draft of a colleague" in answer.content.decode()
    assert action.updates.get(quarter=make.QUARTER).state == UpdateState.DRAFT


def test_words_of_one_s_own_end_it(signed_in, action, last, url):
    one_click(signed_in, url)
    form = filled_in(signed_in.get(url)) | {"progress": "Something after all.", "submit": "yes"}
    assert signed_in.post(url, form).status_code == 302
    assert action.updates.get(quarter=make.QUARTER).unchanged_because == ""


def test_somebody_who_may_not_report_may_not_say_this_either(client, action, last, url):
    client.force_login(make.make_viewer(action.plan.partnership))
    assert one_click(client, url).status_code == 403


def test_it_is_said_on_the_pages_of_action_plan_review_and_dashboard(signed_in, client, action, last, url):
    make.make_round(action.plan)
    one_click(signed_in, url)
    assert (
        f"<b>No change since the update before:</b> {WHY}" in signed_in.get(action.get_absolute_url()).content.decode()
    )
    client.force_login(make.make_manager(action.plan.partnership))
    where = [action.plan.slug, make.QUARTER]
    assert f"no change: {WHY}" in client.get(reverse("round_review", args=where)).content.decode()
    assert WHY in client.get(reverse("round_review_one", args=[*where, action.pk])).content.decode()
    plan = client.get(action.plan.get_absolute_url(), {"quarter": make.QUARTER.code}).content.decode()
    assert f"No change since the update before: {WHY}" in plan
    board = client.get(reverse("dashboard"), {"plan": action.plan.slug, "quarter": make.QUARTER.code}).content.decode()
    assert "1 of the updates</a> says that nothing has changed" in board
    assert "no change</span>" in client.get(reverse("round", args=where)).content.decode()


# From the list of what is owed


def test_the_list_offers_it_for_each_task_that_had_an_update_last_quarter(signed_in, action, last):
    make.make_action(action.plan, lead_officer=action.lead_officer)
    page = signed_in.get(reverse("updates")).content.decode()
    assert page.count("No change since Q4 2024/25?") == 1
    make.make_update(action, state=UpdateState.DRAFT)
    assert "No change since" not in signed_in.get(reverse("updates")).content.decode()


def test_a_locked_quarter_offers_it_no_more(signed_in, action, last):
    make.make_round(action.plan, locked_at=make.NOW, locked_by=action.lead_officer)
    assert "No change since" not in signed_in.get(reverse("updates")).content.decode()


@pytest.mark.parametrize("asked", ["", "?quarter=2025-26-Q1"])
def test_from_the_list_it_is_one_click_and_leads_back_to_the_list(signed_in, action, last, asked):
    listed = signed_in.get(f"{reverse('updates')}{asked}")
    form = filled_in(listed, "why_unchanged")
    address = html.fromstring(listed.content.decode()).xpath("//form[.//*[@name='why_unchanged']]/@action")[0]
    answer = signed_in.post(address, form | {"why_unchanged": WHY, "unchanged": "yes"})
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('updates')}{asked}")
    assert action.updates.get(quarter=make.QUARTER).unchanged_because == WHY


def test_without_a_reason_the_list_leads_to_the_form_that_asks_for_it(signed_in, action, last, url):
    answer = signed_in.post(f"{url}?from=updates", {"version": 0, "why_unchanged": "", "unchanged": "yes"})
    assert answer.status_code == 200
    assert "Enter why nothing has changed" in answer.content.decode()

"""What is typed in an update's form and not saved comes back to its person, who decides about it."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import TypedUpdate
from actions.services.typed import LARGEST
from actions.values import UpdateState
from csp_tracker.models import WaitingForm
from csp_tracker.rag import RAG
from tests import builders as make
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
AT = datetime(2025, 7, 14, 13, 5, tzinfo=UTC)  # five past two by the clock in Maldon
TYPED = {"version": "0", "progress": "Half a\r\nsentence", "work_needed": "", "rag": "amber", "rag_reason": "Rain"}
OFFER = "You typed this on 14 July at 14:05 and did not save it"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def action():
    plan = make.make_plan()
    return make.make_action(plan, lead_officer=make.make_officer(plan.partnership))


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, make.QUARTER])


@pytest.fixture
def signed_in(client, action):
    client.force_login(action.lead_officer)
    return client


def type_in(client, url, **more):
    return client.post(f"{url}typed/", TYPED | more)


def offered(client, url):
    return OFFER in client.get(url).content.decode()


def test_it_is_kept_and_that_is_said_in_a_sentence(signed_in, url, action):
    answer = type_in(signed_in, url, csrfmiddlewaretoken="x", copy="progress")
    assert (answer.status_code, answer.content.decode()) == (200, "Kept at 14:05, not submitted.")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    kept = TypedUpdate.objects.get()
    assert (kept.person, kept.action, kept.quarter) == (action.lead_officer, action, make.QUARTER)
    assert "csrf" not in kept.typed
    assert "copy" not in kept.typed
    assert not action.updates.exists()


def test_words_that_name_somebody_are_pointed_out_as_they_are_written(signed_in, url):
    said = type_in(signed_in, url, progress="Spoke to Mrs Jane Doe.", work_needed="Ring 07700 900123.").content.decode()
    assert said.startswith("Kept at 14:05, not submitted. Worth a second look: ")
    assert "“Mrs Jane Doe”" in said
    assert "“07700 900123”" in said


def test_the_form_offers_it_with_its_words_and_stays_as_it_was_saved(signed_in, url):
    type_in(signed_in, url)
    page = signed_in.get(url)
    said = page.content.decode()
    assert OFFER in said
    assert "Half a<br>sentence" in said
    assert "Amber" in said
    assert filled_in(page, "progress")["progress"] == ""


def test_put_back_it_stands_in_the_form_and_is_saved_by_its_buttons(signed_in, url, action):
    type_in(signed_in, url)
    page = signed_in.get(f"{url}?typed=yes")
    assert "What you typed on 14 July at 14:05 is in the form again. It is not saved yet." in page.content.decode()
    form = filled_in(page, "progress")
    assert {name: form[name].replace("\r\n", "\n") for name in ("progress", "rag", "rag_reason")} == {
        "progress": "Half a\nsentence", "rag": "amber", "rag_reason": "Rain",
    }  # fmt: skip
    assert not action.updates.exists()
    assert signed_in.post(f"{url}?typed=yes", form | {"submit": "yes"}).status_code == 302
    assert action.updates.get().progress == "Half a\nsentence"
    assert not offered(signed_in, url)


def test_thrown_away_it_is_gone(signed_in, url):
    type_in(signed_in, url)
    answer = signed_in.post(f"{url}typed/forget/", follow=True)
    assert "has been thrown away" in answer.content.decode()
    assert answer.request["PATH_INFO"] == url
    assert not TypedUpdate.objects.exists()


def test_what_says_the_same_as_what_is_saved_is_not_offered(signed_in, url, action):
    make.make_update(
        action, state=UpdateState.DRAFT, progress="Half a\nsentence", work_needed="", rag=RAG.AMBER, rag_reason="Rain"
    )
    type_in(signed_in, url, version="1")
    assert not offered(signed_in, url)


def test_a_tick_taken_away_comes_back_taken_away(signed_in, url, action):
    make.make_update(action, state=UpdateState.DRAFT, carry_forward=True)
    type_in(signed_in, url, version="1")
    assert ("Carry this action forward to the next plan", "No") in signed_in.get(url).context["typed_words"]
    assert "carry_forward" not in filled_in(signed_in.get(f"{url}?typed=yes"), "progress")


@pytest.mark.parametrize("is_opened", [True, False], ids=["put back", "only looked at"])
def test_where_somebody_has_saved_since_both_texts_are_shown(signed_in, url, action, is_opened):
    type_in(signed_in, url)
    make.make_update(action, progress="Mo counted five.", submitted_by=make.make_manager(action.plan.partnership))
    if not is_opened:
        assert "The update has been saved since" in signed_in.get(url).content.decode()
        return
    page = signed_in.get(f"{url}?typed=yes")
    said = page.content.decode()
    assert page.status_code == 200
    assert "This update was saved while you were writing" in said
    assert "Mo counted five." in said
    assert "Half a<br>sentence" in said
    form = filled_in(page, "progress")
    assert (form["version"], form["progress"].replace("\r\n", "\n")) == ("1", "Half a\nsentence")


def test_nobody_else_sees_it_managers_included(signed_in, client, url, action):
    type_in(signed_in, url)
    client.force_login(make.make_manager(action.plan.partnership))
    assert not offered(client, url)
    assert "Half a" not in client.get(f"{url}?typed=yes").content.decode()
    client.post(f"{url}typed/forget/")
    assert TypedUpdate.objects.count() == 1


def test_where_the_form_is_closed_by_now_it_can_still_be_read(signed_in, url, action):
    type_in(signed_in, url)
    make.make_round(action.plan, locked_at=make.NOW, locked_by=action.lead_officer)
    page = signed_in.get(url)
    said = page.content.decode()
    assert page.status_code == 409
    assert OFFER in said
    assert "Half a<br>sentence" in said
    assert "Put it back" not in said


def test_a_form_opened_before_ones_own_saving_keeps_nothing_more(signed_in, url):
    signed_in.post(url, TYPED | {"draft": "yes"})
    answer = type_in(signed_in, url)
    assert answer.status_code == 409
    assert "you have saved this update since" in answer.content.decode()
    assert not TypedUpdate.objects.exists()


def test_too_much_is_refused_in_a_sentence(signed_in, url):
    answer = type_in(signed_in, url, progress="x" * LARGEST)
    assert answer.status_code == 413
    assert "too long to be kept as you type" in answer.content.decode()


@pytest.mark.parametrize("version", ["", "none", "-1", "9" * 40])
def test_a_made_up_version_is_none(signed_in, url, version):
    assert type_in(signed_in, url, version=version).status_code == 200
    assert TypedUpdate.objects.get().seen_version == 0


def test_a_quarter_outside_the_plan_keeps_nothing(signed_in, action):
    url = reverse("update", args=[action.pk, make.QUARTER.previous])
    assert type_in(signed_in, url).status_code == 404
    assert not TypedUpdate.objects.exists()


def test_who_has_been_signed_out_is_told_and_nothing_waits_for_them(signed_in, url):
    signed_in.get(url)
    del signed_in.cookies["sessionid"]
    answer = type_in(signed_in, url)
    assert answer.status_code == 401
    assert "you have been signed out" in answer.content.decode()
    assert "Location" not in answer
    assert not WaitingForm.objects.exists()
    assert not TypedUpdate.objects.exists()


def test_a_form_that_came_back_refused_has_not_been_kept_yet(signed_in, url):
    assert "data-unsaved" not in signed_in.get(url).content.decode()
    refused = signed_in.post(url, TYPED | {"rag_reason": "", "submit": "yes"}).content.decode()
    assert "data-unsaved" in refused


def test_while_nobody_has_decided_about_it_nothing_is_kept_over_it(signed_in, url):
    type_in(signed_in, url)
    assert "data-waits" in signed_in.get(url).content.decode()
    assert "data-waits" not in signed_in.get(f"{url}?typed=yes").content.decode()


def test_the_page_costs_one_query_for_it_where_there_is_something(signed_in, url, count_queries):
    without = count_queries(lambda: signed_in.get(url))
    type_in(signed_in, url)
    assert count_queries(lambda: signed_in.get(url)) == without + 1


# Where the lead has changed


def hand_over(action):
    action.lead_officer = make.make_officer(action.plan.partnership, name="Ruth Lane")
    action.save()


def test_words_posted_after_the_lead_has_changed_come_back_with_who_leads_now(signed_in, url, action):
    hand_over(action)
    for more in ({"draft": "yes"}, {"submit": "yes"}, {"copy": "progress"}):
        page = signed_in.post(url, TYPED | more)
        said = page.content.decode()
        assert page.status_code == 403
        assert "Ruth Lane" in said
        assert "Half a<br>sentence" in said
        assert "Rain" in said
    reason = signed_in.post(url, {"version": "0", "why_unchanged": "Waiting for May", "unchanged": "yes"})
    assert (reason.status_code, "Waiting for May" in reason.content.decode()) == (403, True)
    assert not action.updates.exists()


def test_words_kept_before_the_lead_changed_can_still_be_read_by_who_typed_them(signed_in, client, url, action):
    type_in(signed_in, url)
    hand_over(action)
    page = signed_in.get(url)
    said = page.content.decode()
    assert page.status_code == 403
    assert OFFER in said
    assert "Half a<br>sentence" in said
    assert "Ruth Lane" in said
    assert "Put it back" not in said
    both = signed_in.post(url, TYPED | {"progress": "More of it", "submit": "yes"}).content.decode()
    assert "More of it" in both
    assert "Half a<br>sentence" in both
    client.force_login(make.make_officer(action.plan.partnership))
    other = client.get(url)
    assert other.status_code == 403
    assert "Half a" not in other.content.decode()


# “No change” beside words that are not saved


def test_the_list_tells_of_words_not_saved_and_offers_no_change_no_more(signed_in, url, action):
    make.make_update(action, make.QUARTER.previous)
    assert "No change since" in signed_in.get(reverse("updates")).content.decode()
    type_in(signed_in, url)
    said = signed_in.get(reverse("updates")).content.decode()
    assert "You typed words that are not saved yet" in said
    assert "No change since" not in said
    TypedUpdate.objects.update(quarter=make.QUARTER.previous)
    assert "not saved yet" not in signed_in.get(reverse("updates")).content.decode()


@pytest.mark.parametrize("asked", ["", "?from=updates"])
def test_no_change_keeps_words_that_are_not_saved_and_asks_about_them(signed_in, url, action, asked):
    make.make_update(action, make.QUARTER.previous)
    type_in(signed_in, url)
    page = signed_in.post(f"{url}{asked}", {"version": "0", "why_unchanged": "Waiting for May", "unchanged": "yes"})
    said = page.content.decode()
    assert page.status_code == 409
    assert OFFER in said
    assert "Waiting for May" in said
    assert TypedUpdate.objects.count() == 1
    assert not action.updates.filter(quarter=make.QUARTER).exists()


def test_what_is_kept_and_says_nothing_else_does_not_hinder_no_change(signed_in, url, action):
    make.make_update(action, make.QUARTER.previous)
    signed_in.post(f"{url}typed/", {"version": "0", "progress": ""})
    answer = signed_in.post(url, {"version": "0", "why_unchanged": "Waiting for May", "unchanged": "yes"})
    assert answer.status_code == 302

"""Words that must not become public are marked with a reason, by whoever writes the update."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.services.updates import PublicationReasonMissing, submit, submit_unchanged
from csp_tracker.rag import RAG
from tests import builders as make
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
WORDS = {"version": 0, "progress": "A case is in court.", "work_needed": "", "rag": "green"}
WHY = "The case is not decided"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: make.TODAY)


@pytest.fixture
def action():
    plan = make.make_plan(starts_on=date(2024, 4, 1))
    return make.make_action(plan, lead_officer=make.make_officer(plan.partnership))


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, make.QUARTER])


@pytest.fixture
def signed_in(client, action):
    client.force_login(action.lead_officer)
    return client


def marked(action):
    update = action.updates.get(quarter=make.QUARTER)
    return update.not_for_publication, update.not_for_publication_reason


@pytest.mark.parametrize("button", ["draft", "submit"])
def test_mark_and_reason_are_kept_and_come_back_in_the_form(signed_in, url, action, button):
    sent = WORDS | {"not_for_publication": "on", "not_for_publication_reason": WHY, button: "yes"}
    assert signed_in.post(url, sent).status_code == 302
    assert marked(action) == (True, WHY)
    form = filled_in(signed_in.get(url), "progress")
    assert (form["not_for_publication"], form["not_for_publication_reason"]) == ("on", WHY)


def test_whoever_marks_it_says_why(signed_in, url, action):
    page = signed_in.post(url, WORDS | {"not_for_publication": "on", "submit": "yes"}).content.decode()
    assert "Enter why these words are not for publication" in page
    assert not action.updates.exists()
    with pytest.raises(PublicationReasonMissing):
        submit(
            action=action, quarter=make.QUARTER, version=0, by=action.lead_officer, today=make.TODAY,
            progress="Words", work_needed="", rag=RAG.GREEN, not_for_publication=True, not_for_publication_reason=" ",
        )  # fmt: skip


def test_without_the_mark_there_is_no_reason(signed_in, url, action):
    signed_in.post(url, WORDS | {"not_for_publication_reason": WHY, "submit": "yes"})
    assert marked(action) == (False, "")


def test_an_unchanged_update_stays_marked(action):
    make.make_update(action, make.QUARTER.previous, not_for_publication=True, not_for_publication_reason=WHY)
    submit_unchanged(
        action=action, quarter=make.QUARTER, version=0, by=action.lead_officer, today=make.TODAY, because="No hearing"
    )
    assert marked(action) == (True, WHY)


def test_it_is_said_on_the_action_in_its_history_and_on_review(signed_in, client, url, action):
    make.make_round(action.plan)
    sent = WORDS | {"not_for_publication": "on", "not_for_publication_reason": WHY, "submit": "yes"}
    signed_in.post(url, sent)
    assert f"<b>Not for publication:</b> {WHY}" in signed_in.get(action.get_absolute_url()).content.decode()
    assert WHY in signed_in.get(reverse("action_history", args=[action.pk])).content.decode()
    manager = make.make_manager(action.plan.partnership)
    client.force_login(manager)
    review = reverse("round_review_one", args=[action.plan.slug, make.QUARTER, action.pk])
    assert f"These words are not for publication: {WHY}" in client.get(review).content.decode()
    client.post(url, WORDS | {"version": 1, "submit": "yes"})
    edited = " ".join(client.get(action.get_absolute_url()).content.decode().split())
    assert "<b>Publication:</b>" in edited


def test_of_two_savers_the_second_sees_that_it_was_marked(signed_in, url, action):
    make.make_update(
        action, progress="A case is in court.", work_needed="", not_for_publication=True,
        not_for_publication_reason=WHY, submitted_by=make.make_manager(action.plan.partnership),
    )  # fmt: skip
    page = signed_in.post(url, WORDS | {"submit": "yes"})
    assert page.status_code == 409
    assert "Leave these words out of public papers" in page.content.decode()
    assert WHY in page.content.decode()


def test_who_typed_it_for_the_lead_officer_is_said_on_the_form(client, url, action):
    manager = make.make_manager(action.plan.partnership, name="Mo Manager")
    make.make_update(action, submitted_by=manager)
    client.force_login(action.lead_officer)
    page = client.get(url).content.decode()
    assert f"on 15 July 2025 (lead officer: {action.lead_officer})" in page


def test_it_stands_on_the_plans_page(signed_in, url, action):
    make.make_update(action, not_for_publication=True, not_for_publication_reason=WHY)
    page = signed_in.get(action.plan.get_absolute_url(), {"quarter": make.QUARTER.code}).content.decode()
    assert "Not for publication" in page

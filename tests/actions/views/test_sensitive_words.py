"""Names and numbers in an update are pointed out to its officer and to the manager, and block nothing."""

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.values import UpdateState
from tests import builders as make

pytestmark = pytest.mark.django_db
SAID = "“Mr Smith” in the progress looks like a person’s name"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: make.TODAY)


@pytest.fixture
def action():
    partnership = make.make_partnership()
    return make.make_action(make.make_plan(partnership), lead_officer=make.make_officer(partnership))


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, make.QUARTER])


@pytest.fixture
def signed_in(client, action):
    client.force_login(action.lead_officer)
    return client


def sent(client, url, button, **typed):
    """The page that follows."""
    words = {"version": 0, "progress": "Mr Smith was moved.", "rag": "green", button: "yes"} | typed
    return client.post(url, words, follow=True).content.decode()


def test_a_draft_is_saved_and_the_name_pointed_out_at_once_and_on_the_form(signed_in, action, url):
    page = sent(signed_in, url, "draft", rag="")
    assert action.updates.get().progress == "Mr Smith was moved."
    assert SAID in page
    assert "keep these words" in page
    assert SAID in signed_in.get(url).content.decode()


def test_an_update_is_submitted_and_the_name_pointed_out(signed_in, action, url):
    page = sent(signed_in, url, "submit")
    assert action.updates.get().state == UpdateState.SUBMITTED
    assert SAID in page
    assert "You can change it until it is approved" in page


def test_words_that_name_nobody_are_taken_without_remark(signed_in, action, url):
    page = sent(signed_in, url, "submit", progress="Two patrols in High Street.")
    assert action.updates.get().state == UpdateState.SUBMITTED
    assert "second look" not in page


def test_the_manager_sees_it_on_review_and_it_is_in_no_bulk(client, action):
    make.make_round(action.plan)
    make.make_update(action, make.QUARTER.previous, state=UpdateState.APPROVED)
    make.make_update(action, progress="Mr Smith was moved.")
    client.force_login(make.make_manager(action.plan.partnership))
    where = [action.plan.slug, make.QUARTER]
    assert SAID in client.get(reverse("round_review_one", args=[*where, action.pk])).content.decode()
    listed = client.get(reverse("round_review", args=where))
    assert listed.context["greens"] == []
    assert SAID in listed.content.decode()

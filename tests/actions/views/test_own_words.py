"""What a manager cannot decide alone is answered in a sentence, and a return reaches who has an old page open."""

import pytest
import time_machine
from django.urls import reverse

from actions.services import updates
from actions.values import UpdateState
from csp_tracker.rag import RAG
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    make_action,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_round,
)

pytestmark = pytest.mark.django_db
WORDS = {"progress": "Two events.", "work_needed": "", "rag": RAG.GREEN}


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def action():
    partnership = make_partnership()
    opened = make_round(make_plan(partnership))
    return make_action(opened.plan, lead_officer=make_officer(partnership))


@pytest.fixture
def manager(action):
    return make_manager(action.plan.partnership)


def submit(action, by, version=0, **given):
    return updates.submit(action=action, quarter=QUARTER, version=version, by=by, today=TODAY, **WORDS | given)


def review(client, manager, action, **sent):
    client.force_login(manager)
    return client.post(reverse("round_review_one", args=[action.plan.slug, QUARTER, action.pk]), sent)


def test_a_light_of_ones_own_is_refused_in_a_sentence(client, action, manager):
    edited = submit(action, manager, submit(action, action.lead_officer).version, rag=RAG.COMPLETE)
    answer = review(client, manager, action, decision="approve", version=edited.version)
    sentence = "You changed the light from green to complete: somebody else has to approve it."
    assert (answer.status_code, answer.context["refusal"]) == (409, sentence)
    assert action.updates.get().state == UpdateState.SUBMITTED


def test_a_light_of_ones_own_is_left_with_its_sentence_where_many_are_approved(client, action, manager):
    edited = submit(action, manager, submit(action, action.lead_officer).version, rag=RAG.COMPLETE)
    client.force_login(manager)
    sent = {"updates": edited.pk, "seen": f"{edited.pk}.{edited.version}"}
    answer = client.post(reverse("round_approve", args=[action.plan.slug, QUARTER]), sent, follow=True)
    assert "somebody else has to approve it" in answer.content.decode()
    assert "meanwhile" not in answer.content.decode()
    assert action.updates.get().state == UpdateState.SUBMITTED


def test_returning_ones_own_words_is_refused_in_a_sentence(client, action, manager):
    own = submit(action, manager)
    answer = review(client, manager, action, decision="return", version=own.version, words="Say more.")
    sentence = "These are your own words: somebody else has to return them."
    assert (answer.status_code, answer.context["refusal"]) == (409, sentence)
    assert action.updates.get().state == UpdateState.SUBMITTED


def test_who_submits_again_from_an_old_page_reads_why_it_was_returned(client, action, manager):
    seen = submit(action, action.lead_officer)
    updates.return_update(update=seen, version=seen.version, words="How many came?", by=manager, now=NOW)
    client.force_login(action.lead_officer)
    sent = {**WORDS, "rag": "green", "version": seen.version, "submit": "yes"}
    answer = client.post(reverse("update", args=[action.pk, QUARTER]), sent)
    assert answer.status_code == 409
    assert "How many came?" in answer.content.decode()
    assert action.updates.get().state == UpdateState.RETURNED

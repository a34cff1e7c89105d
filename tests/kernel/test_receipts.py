"""A form that makes something is taken once, by its person, with its words, in the form that was opened."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from csp_tracker.models import Agency, FormReceipt, OutboxMail
from tests import builders as make
from tests.conftest import SettledClient
from tests.filling import filled_in
from tests.racing import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make.make_plan()


@pytest.fixture
def manager(client, plan):
    manager = make.make_manager(plan.partnership)
    client.force_login(manager)
    return manager


def opened(client: Any, url: str, **typed: Any) -> dict[str, Any]:
    """The form as a browser would post it, just opened."""
    return filled_in(client.get(url)) | typed


@pytest.fixture
def url(plan):
    return reverse("plan_priority_new", args=[plan.slug])


def test_it_leads_to_what_the_first_made_and_says_so(client, manager, plan, url):
    form = opened(client, url, title="Parks")
    first = client.post(url, form)
    second = client.post(url, form, follow=True)
    priority = plan.priorities.get()
    assert first["location"] == second.redirect_chain[0][0]
    assert second.redirect_chain[0][0].endswith(f"#priority-{priority.pk}")
    assert "was sent more than once and was taken once" in second.content.decode()


def test_other_words_in_the_same_form_are_another_priority(client, manager, plan, url):
    """Back, type anew, send: nobody's words may vanish because the form was known."""
    form = opened(client, url, title="Parks")
    client.post(url, form)
    client.post(url, form | {"title": "Streets"})
    assert [one.title for one in plan.priorities.all()] == ["Parks", "Streets"]


def test_the_same_words_in_a_form_opened_anew_are_another_priority(client, manager, plan, url):
    client.post(url, opened(client, url, title="Parks"))
    client.post(url, opened(client, url, title="Parks"))
    assert plan.priorities.count() == 2


def test_a_form_that_was_refused_can_be_sent_again(client, manager, plan, url):
    form = opened(client, url, title="")
    assert client.post(url, form).status_code == 200
    again = filled_in(client.post(url, form)) | {"title": "Parks"}
    assert again["once"] == form["once"]
    assert client.post(url, again).status_code == 302
    assert plan.priorities.count() == 1


def test_what_a_service_refuses_leaves_no_receipt(client, manager, plan):
    taken = make.make_action(plan, reference="1.1.9")
    url = f"{reverse('action_new')}?objective={taken.objective_id}"
    form = opened(client, url, text="Walk", timescale_kind="ongoing", reference="1.1.9")
    assert client.post(url, form).status_code == 200
    assert not FormReceipt.objects.exists()


def test_another_persons_form_is_another_form(client, manager, plan, url):
    form = opened(client, url, title="Parks")
    client.post(url, form)
    client.force_login(make.make_manager(plan.partnership))
    client.post(url, form)
    assert plan.priorities.count() == 2


def test_one_invitation_goes_out(client, plan):
    agency = make.make_agency(plan.partnership)
    client.force_login(make.make_administrator(plan.partnership))
    url = reverse("person_invite")
    form = opened(client, url, email="new@example.org", name="New", agency=agency.pk, role="officer")
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert OutboxMail.objects.count() == 1


def test_receipts_are_kept_for_a_day(client, manager, plan, url):
    with time_machine.travel(make.NOW, tick=False) as clock:
        client.force_login(manager)
        client.post(url, opened(client, url, title="Parks"))
        clock.shift(timedelta(hours=25))
        client.force_login(manager)
        client.post(url, opened(client, url, title="Streets"))
    assert FormReceipt.objects.count() == 1


def test_in_admin_it_leads_to_the_row_that_was_made(client, plan):
    client.force_login(make.make_administrator(plan.partnership))
    url = reverse("admin:csp_tracker_agency_add")
    form = filled_in(client.get(url), "name") | {"name": "Fire service"}
    client.post(url, form)
    second = client.post(url, form, follow=True)
    made = Agency.objects.get(name="Fire service")
    assert second.redirect_chain[0][0] == reverse("admin:csp_tracker_agency_change", args=[made.pk])
    assert "taken once" in second.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_taken(plan, url):
    manager = make.make_manager(plan.partnership)
    browsers = [SettledClient() for _ in range(4)]
    for browser in browsers:
        browser.force_login(manager)
    for number in range(3):
        form = opened(browsers[0], url, title=f"Parks {number}")
        answers = race(*(partial(browser.post, url, form) for browser in browsers))
        assert {answer["location"] for answer in answers} == {answers[0]["location"]}
    assert plan.priorities.count() == 3

"""How often a person is written to: their own choice, in every partnership at once."""

import re
from datetime import date

import pytest
from django.urls import reverse

from csp_tracker.models import Membership
from tests.builders import make_agency, make_manager, make_officer, make_partnership, make_viewer

pytestmark = pytest.mark.django_db
URL = "/accounts/mail/"


@pytest.fixture
def officer(client):
    person = make_officer(make_partnership(), email="olive@example.org")
    client.force_login(person)
    return person


def words(answer):
    return " ".join(answer.content.decode().split())


def test_who_has_chosen_nothing_gets_each_mail(client, officer):
    page = words(client.get(URL))
    assert "Mail goes to olive@example.org." in page
    assert re.search(r'value="no"[^>]*checked', page)
    assert officer.memberships.get().wants_digest is False


def test_one_mail_a_week_can_be_chosen_and_taken_back(client, officer):
    for choice, said in (
        ("yes", "You get one mail a week, on Mondays."),
        ("no", "You get a mail when there is something."),
    ):
        answer = client.post(URL, {"wants_digest": choice}, follow=True)
        assert said in words(answer)
        membership = officer.memberships.get()
        assert membership.wants_digest is (choice == "yes")
        assert membership.history.first().history_user == officer


def test_it_holds_in_every_partnership_the_person_is_still_in(client, officer):
    for ends_on in (None, date(2020, 1, 1)):
        other = make_partnership()
        Membership.objects.create(
            user=officer, partnership=other, agency=make_agency(other), role="viewer", ends_on=ends_on
        )
    make_officer(officer.memberships.first().partnership)
    client.post(URL, {"wants_digest": "yes"})
    assert Membership.objects.filter(wants_digest=True).count() == 2
    assert set(Membership.objects.filter(wants_digest=True).values_list("user", flat=True)) == {officer.pk}


def test_nothing_chosen_is_said(client, officer):
    assert "Choose how often you want mail" in words(client.post(URL))


def test_a_viewer_gets_no_mail_and_has_nothing_to_choose(client):
    client.force_login(make_viewer(make_partnership()))
    assert client.get(URL).status_code == 403


def test_the_account_page_leads_there(client):
    client.force_login(make_manager(make_partnership()))
    assert f'href="{URL}"' in words(client.get(reverse("account_change_password")))

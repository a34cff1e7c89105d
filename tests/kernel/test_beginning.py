"""The way from `createsuperuser` to the first person at work, as docs/operators.md says it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from csp_tracker.models import Agency, Membership, OutboxMail, Partnership, User
from tests import builders as make
from tests.admin_pages import page, save
from tests.filling import filled_in

pytestmark = pytest.mark.django_db


def test_a_superuser_makes_a_partnership_and_hands_it_over(client):
    client.force_login(User.objects.create_superuser("root@example.org", make.PASSWORD, name="Root"))
    assert "are open to you" in client.get("/").content.decode()
    save(client, page(Partnership, "add"), name="Maldon Community Safety Partnership", slug="maldon")
    partnership = Partnership.objects.get()
    save(client, page(Agency, "add"), partnership=partnership.pk, name="Maldon District Council")
    place = {"agency": Agency.objects.get().pk, "role": "manager", "is_administrator": "on"}
    save(client, page(Membership, "add"), partnership=partnership.pk, email="root@example.org", name="Root", **place)
    invite = reverse("person_invite")
    form = filled_in(client.get(invite)) | {"email": "ada@example.org", "name": "Ada"} | place
    assert client.post(invite, form).status_code == 302

    link = re.search(r"http://testserver(\S+)", OutboxMail.objects.get().text)[1]
    browser = Client()
    browser.post(link, {"password": make.PASSWORD})
    browser.post(reverse("account_login"), {"login": "ada@example.org", "password": make.PASSWORD})
    ours = reverse("person_edit", args=[Membership.objects.get(user__email="root@example.org").pk])
    last_day = {"ends_on_0": "31", "ends_on_1": "3", "ends_on_2": "2020"}
    assert browser.post(ours, filled_in(browser.get(ours)) | last_day).status_code == 302
    assert "are open to you" in client.get("/").content.decode()

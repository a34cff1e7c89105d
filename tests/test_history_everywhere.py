"""Every write leaves one history row for each row it changed, in the right name; a refused one leaves nothing."""

import pytest
from django.urls import reverse

from tests import builders as make

pytestmark = pytest.mark.django_db


def test_signing_in_is_no_change_of_the_person(client):
    person = make.make_user()
    client.post(reverse("account_login"), {"login": person.email, "password": make.PASSWORD})
    person.refresh_from_db()
    assert person.last_login is not None
    assert person.history.count() == 1

"""Before something that matters the password is asked for again, unless it was given a moment ago."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from tests import builders as make

pytestmark = pytest.mark.django_db
NINE = datetime(2025, 7, 14, 9, 0, tzinfo=UTC)
LINKING = "/accounts/2fa/totp/activate/"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(NINE, tick=False)
    return time_machine


@pytest.fixture
def person(clock):
    return make.make_member(email="person@example.org")


@pytest.fixture
def signed_in(person):
    browser = Client()
    browser.post(reverse("account_login"), {"login": person.email, "password": make.PASSWORD})
    return browser


def test_right_after_signing_in_nobody_is_asked_again(signed_in):
    assert signed_in.get(LINKING).status_code == 200


def test_after_five_minutes_the_password_is_asked_for_again(signed_in, clock):
    clock.move_to(NINE + timedelta(minutes=5, seconds=1), tick=False)
    assert signed_in.get(LINKING)["location"].startswith(reverse("account_reauthenticate"))
    signed_in.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    assert signed_in.get(LINKING).status_code == 200


def test_another_persons_sign_in_in_the_same_browser_does_not_count(signed_in):
    signed_in.force_login(make.make_member())
    assert signed_in.get(LINKING)["location"].startswith(reverse("account_reauthenticate"))


def test_the_password_alone_confirms_nothing_where_a_code_is_wanted_too(person, clock):
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    browser = Client()
    browser.post(reverse("account_login"), {"login": person.email, "password": make.PASSWORD})
    assert browser.get("/accounts/2fa/recovery-codes/generate/")["location"].startswith(reverse("account_login"))
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"
    browser.post(reverse("mfa_authenticate"), {"code": code})
    assert browser.get("/accounts/2fa/recovery-codes/generate/").status_code == 200

"""Guessing a password gets nobody anywhere, and the person themselves back in after a quarter of an hour."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests import builders as make

pytestmark = pytest.mark.django_db

NINE = datetime(2025, 7, 14, 9, 0, tzinfo=UTC)


def sign_in(email, password):
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in browser.session


@pytest.fixture
def officer(time_machine):
    time_machine.move_to(NINE, tick=False)
    return make.make_user(email="officer@example.org")


def test_the_right_password_lets_in(officer):
    assert sign_in("officer@example.org", make.PASSWORD)


def test_a_capital_letter_in_the_address_does_not_matter(officer):
    assert sign_in("Officer@Example.org", make.PASSWORD)


def test_ten_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(officer, time_machine):
    assert not any(sign_in("officer@example.org", "wrong") for _ in range(10))
    assert not sign_in("officer@example.org", make.PASSWORD)
    time_machine.move_to(NINE + timedelta(minutes=16), tick=False)
    assert sign_in("officer@example.org", make.PASSWORD)


def test_nine_wrong_passwords_do_not(officer):
    assert not any(sign_in("officer@example.org", "wrong") for _ in range(9))
    assert sign_in("officer@example.org", make.PASSWORD)


def test_the_lock_is_on_the_account_not_on_the_office(officer):
    make.make_user(email="colleague@example.org")
    for _ in range(10):
        sign_in("officer@example.org", "wrong")
    assert sign_in("colleague@example.org", make.PASSWORD)


def test_many_accounts_tried_from_one_address_lock_the_address(officer):
    for number in range(50):
        sign_in(f"guess{number}@example.org", "wrong")
    assert not sign_in("officer@example.org", make.PASSWORD)


def test_the_answer_does_not_tell_who_has_an_account(officer):
    answers = []
    for email in ("officer@example.org", "nobody@example.org"):
        response = Client().post("/accounts/login/", {"login": email, "password": "wrong"})
        answers.append(response.context["form"].errors)
    assert answers[0] == answers[1]

"""What every answer carries, and how long a sign-in lasts."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from actions.models import Objective, Priority
from actions.services import plans
from csp_tracker.writing import store
from tests import builders as make

pytestmark = pytest.mark.django_db

SIGN_IN = "/accounts/login/"
SIGNED_IN_PAGE = "/accounts/password/change/"
NINE = datetime(2025, 7, 14, 9, 0, tzinfo=UTC)


@pytest.fixture
def officer():
    return get_user_model().objects.create_user(email="officer@maldon.example", password="a long enough one")


@pytest.fixture
def administrator(officer):
    officer.is_staff = officer.is_superuser = True
    officer.save()
    return officer


def policy(response):
    return dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))


def test_pages_may_load_only_what_this_service_serves(client):
    directives = policy(client.get(SIGN_IN))
    assert directives.pop("default-src") == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert not [value for value in directives.values() if "unsafe" in value or "http" in value]


def test_only_the_admin_may_style_inline(client, administrator):
    client.force_login(administrator)
    assert policy(client.get("/admin/"))["style-src"] == "'self' 'unsafe-inline'"
    assert policy(client.get("/admin/"))["script-src"] == "'self'"
    assert policy(client.get(SIGNED_IN_PAGE))["style-src"] == "'self'"


def test_no_cache_keeps_the_page_of_somebody(client, officer):
    client.force_login(officer)
    assert client.get(SIGNED_IN_PAGE).headers["Cache-Control"] == "no-store"


def test_signing_out_leaves_nothing_in_the_cache_either(client, officer):
    client.force_login(officer)
    assert client.post("/accounts/logout/").headers["Cache-Control"] == "no-store"


def test_the_browser_is_told_what_no_page_needs(client):
    headers = client.get(SIGN_IN).headers
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_are_sent_compressed(client):
    assert client.get(SIGN_IN, headers={"accept-encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("rests", "still_in"),
    [
        pytest.param([timedelta(minutes=59)], True, id="an hour is not over"),
        pytest.param([timedelta(minutes=61)], False, id="an hour's rest"),
        pytest.param([timedelta(minutes=50)] * 3, True, id="work moves the hour forward"),
        pytest.param([timedelta(minutes=50)] * 14, True, id="eleven hours and forty minutes"),
        pytest.param([timedelta(minutes=50)] * 15, False, id="twelve and a half hours of work"),
    ],
)
def test_a_sign_in_ends_after_an_hours_rest_or_twelve_hours(officer, time_machine, rests, still_in):
    browser, now = Client(), NINE
    time_machine.move_to(now, tick=False)
    browser.force_login(officer)
    browser.get(SIGNED_IN_PAGE)
    for rest in rests:
        now += rest
        time_machine.move_to(now, tick=False)
        response = browser.get(SIGNED_IN_PAGE)
    assert (response.status_code == 200) is still_in


def test_a_second_page_within_a_minute_writes_nothing(officer, django_assert_num_queries):
    browser = Client()
    browser.force_login(officer)
    browser.get(SIGNED_IN_PAGE)
    with django_assert_num_queries(3):  # the session, its person's memberships, of which there are none, and the person
        browser.get("/accounts/login/")


def test_nobody_can_sign_up(client):
    posted = {"email": "new@maldon.example", "password1": "a long enough one", "password2": "a long enough one"}
    client.post("/accounts/signup/", posted)
    assert not get_user_model().objects.exists()


@pytest.mark.django_db(transaction=True)
class TestWhatWasTakenAway:
    """The row is gone between the form's own look at it and the moment the change is kept."""

    @pytest.fixture
    def add_objective(self, client, monkeypatch):
        priority = make.make_priority()
        client.force_login(make.make_manager(priority.plan.partnership))

        def add_objective(before):
            monkeypatch.setattr(plans, "store", before)
            new = reverse("plan_objective_new", args=[priority.plan.slug, priority.pk])
            return client.post(new, {"text": "Light the paths"})

        return add_objective

    def test_a_page_says_so(self, add_objective):
        def store_too_late(instance, **named):
            store(instance, **named)
            Priority.objects.filter(pk=instance.priority_id)._raw_delete("default")

        answer = add_objective(store_too_late)
        assert answer.status_code == 404
        assert "Somebody took it away while you were working" in answer.content.decode()
        assert not Objective.objects.exists()

    def test_another_error_of_the_database_stays_one(self, add_objective):
        def store_wrongly(instance, **_named):
            instance.text = None
            instance.save()

        with pytest.raises(IntegrityError):
            add_objective(store_wrongly)


# What is far too large ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "anonymous"])
def test_what_is_far_too_large_is_not_even_read(client, officer, settings, who):
    settings.LARGEST_REQUEST = 1000
    if who == "officer":
        client.force_login(officer)
    answer = client.post(reverse("account_login"), {"login": "a" * 2000})
    assert answer.status_code == 413
    assert "A file may have 5 MB" in answer.content.decode()
    assert client.post(reverse("account_login"), {"login": "a" * 10}).status_code != 413


@pytest.mark.parametrize("length", ["", "-5", "soon"])
def test_an_odd_length_is_left_to_others(client, length):
    assert client.get(reverse("account_login"), CONTENT_LENGTH=length).status_code == 200


def test_more_words_than_a_form_may_have_get_a_page_too(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post(reverse("account_login"), {"login": "a" * 2000})
    assert answer.status_code == 400
    assert "This request could not be read" in answer.content.decode()

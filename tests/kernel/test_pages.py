import pytest
from django.urls import reverse

from csp_tracker.people import Role
from csp_tracker.roles import TABLE
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "first"), [(Role.OFFICER, "updates"), (Role.MANAGER, "dashboard"), (Role.VIEWER, "plans")]
)
def test_everybody_is_sent_to_where_their_work_is(client, role, first):
    client.force_login(make.make_member(role=role))
    assert client.get(reverse("home")).url == reverse(first)


def test_somebody_without_a_partnership_is_told_whom_to_ask(client):
    client.force_login(make.make_user(email="nobody@example.org"))
    page = client.get(reverse("home")).content.decode()
    assert "You are not a member of a partnership" in page
    assert "nobody@example.org" in page


def test_choosing_a_partnership_is_remembered(client):
    person = make.make_member(make.make_partnership("Alpha"), Role.VIEWER)
    beta = make.make_partnership("Beta")
    make.Membership.objects.create(
        user=person, partnership=beta, agency=make.make_agency(beta), role=Role.VIEWER, is_administrator=True
    )
    client.force_login(person)
    assert client.get(reverse("people")).status_code == 403
    assert client.get(reverse("people") + f"?partnership={beta.slug}").status_code == 200
    assert client.get(reverse("people")).status_code == 200


def test_a_partnership_one_is_not_a_member_of_does_not_exist(client):
    client.force_login(make.make_member())
    assert client.get(reverse("home") + f"?partnership={make.make_partnership().slug}").status_code == 404


def test_the_help_page_prints_the_table_the_code_asks(client):
    client.force_login(make.make_member())
    page = client.get(reverse("help")).content.decode()
    for line in TABLE.values():
        assert line.words.replace("’", "’") in page


@pytest.mark.parametrize("name", ["accessibility", "privacy", "healthz"])
def test_statements_and_health_are_open_to_everybody(client, name):
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["home", "help", "people"])
def test_everything_else_asks_for_a_sign_in(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_nobody_changes_the_address_they_sign_in_with(client):
    person = make.make_member()
    client.force_login(person)
    answer = client.post("/accounts/email/", {"action_add": "", "email": "other@example.org"})
    assert answer.status_code == 404
    person.refresh_from_db()
    assert person.email != "other@example.org"


@pytest.mark.parametrize(("role", "here"), [(Role.OFFICER, "My updates"), (Role.MANAGER, "Actions")])
def test_an_officer_who_writes_an_update_is_in_my_updates(client, role, here):
    agency = make.make_agency()
    person = make.make_member(role=role, agency=agency)
    action = make.make_action(make.make_plan(agency.partnership), lead_officer=person)
    client.force_login(person)
    pages = {reverse("update", args=[action.pk, make.QUARTER]): here, reverse("action", args=[action.pk]): "Actions"}
    for url, expected in pages.items():
        answer = client.get(url)
        assert answer.status_code == 200
        assert [one["label"] for one in answer.context["navigation"] if one["current"]] == [expected]


@pytest.mark.parametrize(
    ("role", "is_administrator", "is_offered"),
    [
        pytest.param(Role.VIEWER, False, False, id="viewer"),
        pytest.param(Role.OFFICER, False, False, id="officer"),
        pytest.param(Role.MANAGER, False, True, id="manager"),
        pytest.param(Role.VIEWER, True, True, id="administrator"),
    ],
)
def test_imports_are_offered_to_those_who_may_import(client, role, is_administrator, is_offered):
    client.force_login(make.make_member(role=role, is_administrator=is_administrator))
    labels = [one["label"] for one in client.get(reverse("plans")).context["navigation"]]
    assert ("Imports" in labels) == is_offered

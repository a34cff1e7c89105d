"""Who enters the admin pages, and what an administrator can and cannot change of partnership, agencies and people."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError
from django.urls import reverse

from csp_tracker import services
from csp_tracker.models import Agency, Membership, Partnership, User
from csp_tracker.writing import Conflict
from tests import builders as make
from tests.admin_pages import errors_in, form_of, list_costs, page, save, scoped_admins

pytestmark = pytest.mark.django_db
INDEX = "/admin/"


@pytest.fixture
def partnership():
    return make.make_partnership("Maldon partnership")


@pytest.fixture
def person(partnership):
    return make.make_administrator(partnership, name="Ada Administrator")


@pytest.fixture
def administrator(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def agency(partnership):
    return make.make_agency(partnership, "Essex Police")


@pytest.fixture
def membership(partnership, agency):
    return Membership.objects.get(user=make.make_officer(partnership, name="Olive Officer", agency=agency))


@pytest.fixture
def superuser():
    return User.objects.create_superuser("root@example.org", "x", name="Root")


# Who enters -----------------------------------------------------------------------------------------------------------


def test_an_administrator_enters_without_being_staff(administrator, person):
    assert not person.is_staff
    answer = administrator.get(INDEX)
    assert answer.status_code == 200
    assert "People" in answer.content.decode()


def test_a_superuser_enters(client, superuser):
    client.force_login(superuser)
    assert client.get(INDEX).status_code == 200
    assert client.get("/admin/mfa/authenticator/").status_code == 200


@pytest.mark.parametrize("who", ["viewer", "officer", "manager"])
def test_other_members_are_refused(client, partnership, who):
    client.force_login(getattr(make, f"make_{who}")(partnership))
    assert client.get(INDEX, follow=True).status_code == 403


def test_being_staff_alone_opens_nothing(client, partnership):
    client.force_login(make.make_user(is_staff=True))
    answer = client.get(INDEX, follow=True)
    assert answer.status_code == 403
    assert 'type="password"' not in answer.content.decode()


def test_an_administrator_who_has_left_is_refused(client, partnership):
    client.force_login(make.make_administrator(partnership, ends_on=date(2020, 1, 1)))
    assert client.get(INDEX, follow=True).status_code == 403


def test_a_stranger_is_sent_to_the_one_sign_in_page_and_back(client):
    answer = client.get(page(Agency, "changelist"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")
    assert "agency" in answer.request["QUERY_STRING"]


def test_admins_own_sign_in_form_takes_no_password(client, superuser):
    answer = client.post("/admin/login/", {"username": superuser.email, "password": "x"})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_one_changes_ones_password_on_the_one_page_for_it(administrator):
    assert administrator.get("/admin/password_change/").url == reverse("account_change_password")


def test_admin_keeps_the_policy_but_for_inline_styles(administrator):
    policy = administrator.get(INDEX).headers["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "style-src 'self' 'unsafe-inline'" in policy


# Lists ----------------------------------------------------------------------------------------------------------------


def test_every_list_can_be_searched():
    assert [one.opts.label for one in scoped_admins() if not one.search_fields] == []


def test_lists_cost_as_many_queries_for_thirty_rows_as_for_three(administrator, partnership, count_queries):
    def many(number):
        for _ in range(number):
            make.make_officer(partnership)

    many(3)
    few = list_costs(count_queries, administrator, Agency, User, Membership)
    many(27)
    lots = list_costs(count_queries, administrator, Agency, User, Membership)
    assert few == lots
    assert max(lots.values()) <= 9


# Partnerships and agencies --------------------------------------------------------------------------------------------


def test_the_partnerships_name_is_changed_in_the_administrators_name(administrator, partnership, person):
    before = partnership.history.count()
    answer = save(administrator, page(partnership), name="Maldon and Heybridge partnership", slug="taken-over")
    assert answer.status_code == 302
    partnership.refresh_from_db()
    assert partnership.name == "Maldon and Heybridge partnership"
    assert partnership.slug != "taken-over"
    assert partnership.history.count() == before + 1
    assert partnership.history.first().history_user == person


def test_only_a_superuser_begins_a_partnership(client, administrator, superuser):
    assert administrator.get(page(Partnership, "add")).status_code == 403
    client.force_login(superuser)
    assert save(client, page(Partnership, "add"), name="Braintree", slug="braintree").status_code == 302
    assert Partnership.objects.get(slug="braintree").history.get().history_user == superuser


def test_an_agency_is_added_in_the_administrators_name(administrator, partnership, person):
    assert save(administrator, page(Agency, "add"), name="Fire service", kind="responsible").status_code == 302
    agency = Agency.objects.get(name="Fire service")
    assert agency.partnership == partnership
    assert agency.history.get().history_user == person
    assert LogEntry.objects.get().user == person


def test_an_unchanged_page_leaves_no_trace(administrator, agency):
    assert save(administrator, page(agency)).status_code == 302
    agency.refresh_from_db()
    assert agency.version == 1
    assert agency.history.count() == 1
    assert not LogEntry.objects.exists()


def test_what_a_service_refuses_is_shown_on_the_form_with_what_was_typed(administrator, agency, partnership):
    make.make_agency(partnership, "Fire service")
    answer = save(administrator, page(agency), name="fire SERVICE")
    assert answer.status_code == 200
    assert "The partnership already has an agency of this name." in errors_in(answer)
    assert form_of(answer)["name"] == "fire SERVICE"
    assert agency.history.count() == 1
    assert not LogEntry.objects.exists()


def test_what_only_the_database_refuses_is_a_sentence_too(administrator, agency, monkeypatch):
    def collide(**fields):
        raise IntegrityError

    monkeypatch.setattr(services, "change_agency", collide)
    answer = save(administrator, page(agency), name="Police")
    assert "at the same moment" in errors_in(answer)
    assert form_of(answer)["name"] == "Police"


def test_the_second_of_two_savers_sees_both_texts_and_loses_nothing(administrator, agency):
    opened = form_of(administrator.get(page(agency)))
    services.change_agency(agency=agency, version=1, name="Essex Constabulary", by=make.make_user())
    answer = administrator.post(page(agency), opened | {"name": "Police", "reason": "Shorter"})
    assert answer.status_code == 200
    assert "Somebody else changed this while you were working." in errors_in(answer)
    assert "Saved meanwhile: “Essex Constabulary”" in errors_in(answer)
    again = form_of(answer)
    assert (again["name"], again["reason"]) == ("Police", "Shorter")
    assert Agency.objects.get(pk=agency.pk).name == "Essex Constabulary"
    assert administrator.post(page(agency), again).status_code == 302
    assert list(agency.history.values_list("name", flat=True)) == ["Police", "Essex Constabulary", "Essex Police"]


@pytest.mark.parametrize("version", ["", "7", "x"])
def test_a_page_without_the_version_it_showed_is_not_saved(administrator, agency, version):
    answer = save(administrator, page(agency), name="Police", version_seen=version)
    assert answer.status_code == 200
    assert agency.history.count() == 1


def test_an_agency_is_archived_and_restored_never_deleted(administrator, agency, person):
    save(administrator, page(agency), is_archived="on", reason="Merged")
    agency.refresh_from_db()
    assert agency.archived_at is not None
    assert agency.history.first().history_change_reason == "Merged"
    opened = form_of(administrator.get(page(agency)))
    opened.pop("is_archived")
    administrator.post(page(agency), opened)
    agency.refresh_from_db()
    assert agency.archived_at is None
    assert [row.history_user for row in agency.history.all()[:2]] == [person, person]


def test_archiving_together_with_another_change_is_refused_and_writes_nothing(administrator, agency):
    refused = save(administrator, page(agency), is_archived="on", name="Renamed", reason="Merged")
    assert "Save the other changes first" in errors_in(refused)
    assert form_of(refused)["name"] == "Renamed"
    agency.refresh_from_db()
    assert (agency.archived_at, agency.history.count()) == (None, 1)


def test_archiving_alone_writes_one_history_row_though_lines_end_otherwise_in_a_browser(administrator, partnership):
    indicator = make.make_indicator(partnership, definition="Counted by the police.\nNot by others.")
    opened = form_of(administrator.get(page(indicator)))
    opened |= {"definition": opened["definition"].replace("\n", "\r\n"), "is_archived": "on", "reason": "Merged"}
    assert administrator.post(page(indicator), opened).status_code == 302
    assert indicator.history.count() == 2


def test_a_save_that_changes_nothing_does_not_say_that_it_did(administrator, agency):
    said = administrator.post(page(agency), form_of(administrator.get(page(agency))), follow=True).content.decode()
    assert "successfully" not in said
    assert "Nothing was changed" in said
    assert not LogEntry.objects.exists()


def test_a_save_that_changes_something_says_so(administrator, agency):
    answer = administrator.post(
        page(agency), form_of(administrator.get(page(agency))) | {"name": "Renamed"}, follow=True
    )
    assert "was changed successfully" in answer.content.decode()
    assert LogEntry.objects.exists()


def test_archiving_says_so(administrator, agency):
    opened = form_of(administrator.get(page(agency))) | {"is_archived": "on", "reason": "Merged"}
    assert "was changed successfully" in administrator.post(page(agency), opened, follow=True).content.decode()


def test_a_rows_history_says_who_when_from_what_to_what_and_why(administrator, agency, person):
    save(administrator, page(agency), name="Essex Constabulary", reason="Its new name")
    shown = administrator.get(page(agency, "history")).content.decode()
    for words in ("Ada Administrator", "Essex Police", "Essex Constabulary", "Its new name"):
        assert words in shown


def test_history_offers_no_way_back_behind_the_services(administrator, agency):
    assert administrator.get(f"{page(agency, 'history')}{agency.history.first().pk}/").status_code in (302, 404)
    assert administrator.post(page(agency, "history"), {"name": "x"}).status_code in (200, 405)
    assert agency.history.count() == 1


# People ---------------------------------------------------------------------------------------------------------------


def test_a_person_comes_with_a_membership_and_cannot_sign_in_yet(administrator, agency, person, partnership):
    assert administrator.get(page(User, "add")).url == page(Membership, "add")
    answer = save(
        administrator,
        page(Membership, "add"),
        email="New.Officer@example.org",
        name="New Officer",
        agency=agency.pk,
        role="officer",
    )
    assert answer.status_code == 302
    membership = Membership.objects.get(user__email="new.officer@example.org")
    assert (membership.partnership, membership.agency) == (partnership, agency)
    assert not membership.user.has_usable_password()
    assert membership.history.get().history_user == person
    assert membership.user.history.get().history_user == person


def test_a_known_address_brings_the_person_who_is_here_already(administrator, agency):
    stranger = make.make_user("Known Elsewhere", email="known@example.org")
    save(
        administrator,
        page(Membership, "add"),
        email="known@example.org",
        name="Another Name",
        agency=agency.pk,
        role="viewer",
    )
    stranger.refresh_from_db()
    assert stranger.name == "Known Elsewhere"
    assert stranger.memberships.count() == 1


def test_somebody_is_a_member_once(administrator, membership, agency):
    answer = save(
        administrator,
        page(Membership, "add"),
        email=membership.user.email,
        name="Olive",
        agency=agency.pk,
        role="viewer",
    )
    assert "already a member" in errors_in(answer)


def test_a_membership_of_another_is_changed_in_the_administrators_name(administrator, membership, person):
    save(administrator, page(membership), role="manager", is_administrator="on", ends_on="2030-03-31")
    membership.refresh_from_db()
    assert (membership.role, membership.is_administrator, membership.ends_on) == ("manager", True, date(2030, 3, 31))
    assert membership.history.count() == 2
    assert membership.history.first().history_user == person


def test_nobody_changes_their_own_membership(administrator, person):
    own = person.memberships.get()
    assert 'name="role"' not in administrator.get(page(own)).content.decode()
    assert administrator.post(page(own), {"role": "manager", "version_seen": own.version}).status_code == 403
    own.refresh_from_db()
    assert own.role == "viewer"


def test_an_administrator_corrects_a_name_and_nothing_else_of_a_person(administrator, membership, person):
    somebody = membership.user
    password = somebody.password
    answer = save(
        administrator,
        page(somebody),
        name="Olivia Officer",
        email="mine@example.org",
        password="x",
        is_superuser="on",
        is_staff="on",
        is_active="",
    )
    assert answer.status_code == 302
    somebody.refresh_from_db()
    assert somebody.name == "Olivia Officer"
    assert somebody.email != "mine@example.org"
    assert somebody.password == password
    assert (somebody.is_superuser, somebody.is_staff, somebody.is_active) == (False, False, True)
    assert somebody.history.first().history_user == person
    assert somebody.history.count() == 2


def test_a_superuser_is_not_changed_by_an_administrator(administrator, superuser, partnership, agency):
    Membership.objects.create(user=superuser, partnership=partnership, agency=agency)
    assert administrator.get(page(superuser)).status_code == 200
    assert administrator.post(page(superuser), {"name": "Mine", "version_seen": 1}).status_code == 403


def test_a_superuser_decides_who_can_sign_in_at_all(client, superuser, membership):
    client.force_login(superuser)
    opened = form_of(client.get(page(membership.user)))
    opened.pop("is_active")
    assert client.post(page(membership.user), opened).status_code == 302
    assert not User.objects.get(pk=membership.user_id).is_active


def test_of_two_who_correct_a_name_the_second_is_told(administrator, membership):
    somebody = membership.user
    opened = form_of(administrator.get(page(somebody)))
    services.change_person(
        person=somebody, version=services.version_of_person(somebody), name="Olivia", by=make.make_user()
    )
    answer = administrator.post(page(somebody), opened | {"name": "Oliver"})
    assert "Saved meanwhile: “Olivia”" in errors_in(answer)
    assert administrator.post(page(somebody), form_of(answer)).status_code == 302
    assert User.objects.get(pk=somebody.pk).name == "Oliver"


def test_a_person_has_no_password_page_here(administrator, membership):
    assert administrator.get(f"/admin/csp_tracker/user/{membership.user_id}/password/").status_code in (302, 404)


# Services that admin added --------------------------------------------------------------------------------------------


def test_a_name_is_corrected_only_on_the_version_seen(membership):
    with pytest.raises(Conflict):
        services.change_person(person=membership.user, version=0, name="Olivia", by=make.make_user())


@pytest.mark.parametrize("field", ["email", "password", "is_superuser", "is_staff"])
def test_no_service_changes_what_admin_must_not(membership, field):
    with pytest.raises(TypeError):
        services.change_person(person=membership.user, version=1, by=make.make_user(), **{field: "x"})


def test_the_groups_of_admin_are_called_what_the_pages_call_them(client, superuser):
    client.force_login(superuser)
    page = client.get(INDEX).content.decode()
    for app, name in (
        ("indicators", "KPIs"),
        ("actions", "Plans and actions"),
        ("csp_tracker", "Partnerships and people"),
    ):
        assert apps.get_app_config(app).verbose_name == name
        assert f">{name}</a>" in " ".join(page.split()).replace("> ", ">").replace(" <", "<")

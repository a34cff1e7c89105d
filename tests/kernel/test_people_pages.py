import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from csp_tracker import outbox, services
from csp_tracker.models import Membership, OutboxMail, User
from csp_tracker.people import Role
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make.make_partnership("Maldon Community Safety Partnership")


@pytest.fixture
def administrator(partnership):
    return make.make_administrator(partnership, name="Ada Administrator")


@pytest.fixture
def invitation(partnership):
    agency = make.make_agency(partnership, "Essex Police")
    return {"email": "New.Officer@example.org", "name": "New Officer", "agency": agency.pk, "role": "officer"}


def invite(client, fields):
    return client.post(reverse("person_invite"), {"version": 0} | fields)


def link_in(message):
    return re.search(r"https?://testserver(/accounts/invitation/\S+)", message.body)[1]


@pytest.fixture
def link(client, administrator, invitation, settings, django_capture_on_commit_callbacks):
    settings.OUTBOX_IMMEDIATELY = True
    client.force_login(administrator)
    with django_capture_on_commit_callbacks(execute=True):
        assert invite(client, invitation).status_code == 302
    client.logout()
    return link_in(mail.outbox[0])


def test_an_invited_person_chooses_a_password_and_signs_in(client, link):
    assert "New Officer" in client.get(link).content.decode()
    answer = client.post(link, {"password": "a long enough phrase"}, follow=True)
    assert "Your password is set" in answer.content.decode()
    signed_in = client.post(
        reverse("account_login"), {"login": "new.officer@EXAMPLE.org", "password": "a long enough phrase"}
    )
    assert signed_in.status_code == 302
    assert client.get(reverse("help")).status_code == 200


def test_an_invitation_makes_a_membership_in_the_administrators_name(link, administrator, partnership):
    membership = Membership.objects.get(user__email="new.officer@example.org")
    assert (membership.partnership, membership.agency.name, membership.role) == (partnership, "Essex Police", "officer")
    assert membership.history.get().history_user == administrator
    assert membership.user.history.get().history_user == administrator


def test_an_invitations_link_works_once(client, link):
    client.post(link, {"password": "a long enough phrase"})
    again = client.get(link)
    assert again.status_code == 410
    assert "can no longer be used" in again.content.decode()


def test_of_two_who_use_a_link_at_once_the_second_changes_no_password(client, link, monkeypatch):
    """The first commits between the second one's look at the link and their writing."""
    token = link.rstrip("/").rsplit("/", 1)[1]
    person = services.invited(token)
    services.accept_invitation(token=token, password="correct horse battery")
    monkeypatch.setattr(services, "invited", lambda _token: person)
    page = client.post(link, {"password": "another horse battery"})
    assert page.status_code == 410
    assert User.objects.get(pk=person.pk).check_password("correct horse battery")


@pytest.mark.parametrize("token", ["nonsense", "eyJ1c2VyIjoxfQ:1abc:xyz"])
def test_a_made_up_link_says_so_in_words(client, token):
    answer = client.get(reverse("invitation", args=[token]))
    assert answer.status_code == 410


def test_an_old_link_no_longer_works(client, link, settings):
    settings.INVITATION_DAYS = -1
    assert client.get(link).status_code == 410


def test_a_weak_password_is_refused_with_the_reason(client, link):
    page = client.post(link, {"password": "short"}).content.decode()
    assert "There is a problem" in page
    assert "12 characters" in page


def test_somebody_known_already_is_told_to_sign_in_as_before(client, administrator, invitation, partnership):
    known = make.make_user(email="known@example.org", name="Known Person")
    client.force_login(administrator)
    invite(client, invitation | {"email": "known@example.org", "name": "Another Name"})
    known.refresh_from_db()
    assert known.name == "Known Person"
    outbox.deliver(now=make.NOW.replace(year=2035))
    assert "the password you already have" in mail.outbox[-1].body
    assert "/accounts/invitation/" not in mail.outbox[-1].body


def test_inviting_a_member_twice_is_refused_and_keeps_what_was_typed(client, administrator, invitation, partnership):
    make.make_officer(partnership, email="new.officer@example.org")
    client.force_login(administrator)
    page = invite(client, invitation)
    assert page.status_code == 200
    assert "already a member" in page.content.decode()
    assert 'value="New Officer"' in page.content.decode()


def test_an_agency_of_another_partnership_is_refused(client, administrator, invitation):
    client.force_login(administrator)
    page = invite(client, invitation | {"agency": make.make_agency().pk})
    assert "Select an agency from the list" in page.content.decode()
    assert not User.objects.filter(email="new.officer@example.org").exists()


def test_an_administrator_changes_a_membership(client, administrator, partnership):
    membership = make.make_officer(partnership).memberships.get()
    client.force_login(administrator)
    url = reverse("person_edit", args=[membership.pk])
    client.post(url, {"version": 1, "agency": membership.agency_id, "role": "manager", "job_title": "Sergeant"})
    membership.refresh_from_db()
    assert (membership.role, membership.job_title, membership.version) == ("manager", "Sergeant", 2)


def test_the_second_of_two_administrators_sees_both(client, administrator, partnership):
    membership = make.make_officer(partnership).memberships.get()
    other = make.make_administrator(partnership)
    services.change_membership(membership=membership, version=1, role=Role.MANAGER, by=other)
    client.force_login(administrator)
    url = reverse("person_edit", args=[membership.pk])
    page = client.post(url, {"version": 1, "agency": membership.agency_id, "role": "viewer", "job_title": "Mine"})
    assert page.status_code == 409
    assert "It now says: Manager" in page.content.decode()
    assert 'value="Mine"' in page.content.decode()


def test_after_reading_what_it_says_now_one_may_save_over_it(client, administrator, partnership):
    membership = make.make_officer(partnership).memberships.get()
    services.change_membership(
        membership=membership, version=1, role=Role.MANAGER, by=make.make_administrator(partnership)
    )
    client.force_login(administrator)
    url = reverse("person_edit", args=[membership.pk])
    mine = {"agency": membership.agency_id, "role": "viewer", "job_title": "Mine"}
    page = client.post(url, mine | {"version": 1}).content.decode()
    shown = re.search(r'name="version" value="(\d+)"', page)[1]
    assert client.post(url, mine | {"version": shown}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, membership.job_title) == ("viewer", "Mine")


def test_nobody_changes_their_own_membership(client, administrator):
    own = administrator.memberships.get()
    client.force_login(administrator)
    assert client.get(reverse("person_edit", args=[own.pk])).status_code == 403
    with pytest.raises(services.OwnMembership):
        services.change_membership(membership=own, version=own.version, role=Role.MANAGER, by=administrator)


@pytest.mark.parametrize("name", ["people", "person_invite"])
@pytest.mark.parametrize("role", Role)
def test_only_an_administrator_keeps_people(client, partnership, name, role):
    client.force_login(make.make_member(partnership, role))
    assert client.get(reverse(name)).status_code == 403


def test_a_member_of_another_partnership_does_not_exist(client, administrator):
    client.force_login(administrator)
    theirs = make.make_officer(make.make_partnership()).memberships.get()
    assert client.get(reverse("person_edit", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("person_invite_again", args=[theirs.pk])).status_code == 404


def test_the_list_shows_this_partnerships_people_only(client, administrator, partnership):
    make.make_officer(partnership, name="Here")
    make.make_officer(make.make_partnership(), name="Elsewhere")
    client.force_login(administrator)
    page = client.get(reverse("people")).content.decode()
    assert "Here" in page
    assert "Elsewhere" not in page


def test_the_list_costs_the_same_for_three_people_and_for_thirty(client, administrator, partnership, count_queries):
    client.force_login(administrator)
    few = count_queries(lambda: client.get(reverse("people")))
    for _ in range(30):
        make.make_officer(partnership)
    assert count_queries(lambda: client.get(reverse("people"))) == few


def test_an_invitation_is_sent_again_by_a_button_only(client, administrator, partnership):
    membership = make.make_officer(partnership).memberships.get()
    client.force_login(administrator)
    url = reverse("person_invite_again", args=[membership.pk])
    assert client.get(url).status_code == 405
    assert client.post(url).status_code == 302


def test_a_second_click_soon_after_sends_no_second_invitation_and_says_so(
    client, administrator, partnership, time_machine
):
    membership = make.make_officer(partnership, name="Olu Officer").memberships.get()
    another = make.make_agency(make.make_partnership())
    elsewhere = membership.user.memberships.create(partnership=another.partnership, agency=another, role=Role.OFFICER)
    url = reverse("person_invite_again", args=[membership.pk])

    def again(*minutes):
        time_machine.move_to(make.NOW + timedelta(minutes=sum(minutes)), tick=False)
        client.force_login(administrator)
        return client.post(url, follow=True).content.decode()

    services.send_invitation(membership=elsewhere, link=str, by=administrator)
    assert "Another invitation to Olu Officer is on its way." in again()
    assert "An invitation to Olu Officer is on its way already, and no second one has been sent. From 10:40" in again(9)
    assert OutboxMail.objects.count() == 2
    assert "Another invitation to Olu Officer is on its way." in again(10)
    assert OutboxMail.objects.count() == 3


def test_who_was_invited_a_minute_ago_is_not_mailed_again(client, administrator, invitation):
    client.force_login(administrator)
    invite(client, invitation)
    member = Membership.objects.get(user__email="new.officer@example.org")
    answer = client.post(reverse("person_invite_again", args=[member.pk]), follow=True)
    assert "is on its way already" in answer.content.decode()
    assert OutboxMail.objects.count() == 1


def test_a_member_of_an_archived_agency_is_changed_without_choosing_another(client, administrator, partnership):
    gone = make.make_agency(partnership, "Closed agency", archived_at=make.NOW)
    another = make.make_agency(partnership, "Another closed agency", archived_at=make.NOW)
    membership = make.make_officer(partnership, agency=gone).memberships.get()
    client.force_login(administrator)
    url = reverse("person_edit", args=[membership.pk])
    page = client.get(url).content.decode()
    assert f'<option value="{gone.pk}" selected>' in page
    assert "Another closed agency" not in page
    assert "Closed agency" not in client.get(reverse("person_invite")).content.decode()
    fields = {"version": membership.version, "role": "manager", "job_title": ""}
    assert client.post(url, fields | {"agency": another.pk}).status_code == 200
    assert client.post(url, fields | {"agency": gone.pk}).status_code == 302
    membership.refresh_from_db()
    assert (membership.role, membership.agency) == ("manager", gone)

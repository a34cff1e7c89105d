from datetime import date, timedelta

import pytest
from django.utils import timezone

from csp_tracker.models import Partnership
from csp_tracker.people import Role
from csp_tracker.roles import TABLE, Capability, Grant, given, grant, may
from tests import builders as make

pytestmark = pytest.mark.django_db
NO, OWN, YES = Grant.NO, Grant.OWN, Grant.YES


def test_every_capability_has_its_line():
    assert set(TABLE) == set(Capability)


@pytest.mark.parametrize(
    ("role", "is_administrator", "allowed"),
    [
        (Role.VIEWER, False, {Capability.SEE}),
        (Role.OFFICER, False, {Capability.SEE, Capability.CONTRIBUTE}),
        (Role.VIEWER, True, {Capability.SEE, Capability.SEE_DRAFTS, Capability.EDIT_PLANS}),
    ],
)
def test_a_role_is_given_wholly_what_its_column_says(role, is_administrator, allowed):
    assert {capability for capability in Capability if given(role, is_administrator, capability) is YES} == allowed


def test_an_officer_has_their_own_actions_figures_and_notes_only():
    own = {capability for capability in Capability if given(Role.OFFICER, False, capability) is OWN}
    assert own == {Capability.REPORT, Capability.ENTER_READINGS, Capability.KEEP_PRIVATE_NOTES}


def test_an_administrator_issues_no_papers_and_approves_nothing():
    for capability in (Capability.ISSUE_PAPERS, Capability.REVIEW, Capability.RUN_ROUNDS, Capability.REPORT):
        assert given(Role.VIEWER, True, capability) is NO


def test_a_manager_does_not_keep_people_unless_also_administrator():
    assert given(Role.MANAGER, False, Capability.ADMINISTER) is NO
    assert given(Role.MANAGER, True, Capability.ADMINISTER) is OWN


def test_nothing_is_granted_in_another_partnership():
    here, elsewhere = make.make_partnership(), make.make_partnership()
    manager = make.make_manager(here)
    assert may(manager, here, Capability.EDIT_PLANS)
    assert {grant(manager, elsewhere, capability) for capability in Capability} == {NO}


@pytest.mark.parametrize(
    ("ends_in", "expected"),
    [pytest.param(0, True, id="on the last day"), pytest.param(-1, False, id="the day after the last")],
)
def test_a_leaver_keeps_their_rights_through_the_last_day(ends_in, expected):
    partnership = make.make_partnership()
    officer = make.make_officer(partnership, ends_on=timezone.localdate() + timedelta(days=ends_in))
    assert may(officer, partnership, Capability.SEE) is expected
    assert Partnership.objects.of(officer).exists() is expected


def test_a_superuser_without_a_membership_is_given_nothing():
    superuser = make.make_user(is_superuser=True, is_staff=True)
    assert grant(superuser, make.make_partnership(), Capability.SEE) is NO


def test_somebody_who_may_no_longer_sign_in_is_a_member_of_nothing():
    partnership = make.make_partnership()
    officer = make.make_officer(partnership)
    officer.is_active = False
    officer.save()
    assert not Partnership.objects.of(officer).exists()


def test_memberships_are_read_once_for_each_person(django_assert_num_queries):
    partnership = make.make_partnership()
    manager = make.make_manager(partnership)
    with django_assert_num_queries(1):
        assert all(may(manager, partnership, Capability.SEE) for _ in range(3))


def test_draft_plans_are_seen_by_those_who_edit_them():
    partnership = make.make_partnership()
    draft = make.make_plan(partnership, status="draft", ends_on=date(2026, 3, 31))
    seen = {
        name: type(draft).objects.visible_to(person).exists()
        for name, person in {
            "viewer": make.make_viewer(partnership),
            "officer": make.make_officer(partnership),
            "manager": make.make_manager(partnership),
            "administrator": make.make_administrator(partnership),
            "stranger": make.make_manager(make.make_partnership()),
        }.items()
    }
    assert seen == {"viewer": False, "officer": False, "manager": True, "administrator": True, "stranger": False}

"""A session's person comes with their memberships, in one query; who may not sign in does not come at all."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth import get_user_model

from csp_tracker.backends import MembersBackend
from csp_tracker.roles import Role, current_memberships
from tests import builders as make

pytestmark = [pytest.mark.django_db]


@pytest.fixture(autouse=True)
def on_a_fixed_day():
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def backend():
    return MembersBackend()


def test_a_member_comes_with_every_membership_in_one_query(backend, django_assert_num_queries):
    person = make.make_member(make.make_partnership(), Role.MANAGER)
    other = make.make_agency(make.make_partnership())
    person.memberships.create(partnership=other.partnership, agency=other, role=Role.VIEWER)
    with django_assert_num_queries(1):
        found = backend.get_user(person.pk)
        known = current_memberships(found)
        assert len({one.partnership.name for one in known.values()}) == 2
        assert all(one.user is found for one in known.values())
    assert found == person
    assert {one.role for one in known.values()} == {Role.MANAGER, Role.VIEWER}


def test_a_membership_that_has_ended_is_not_among_them(backend):
    person = make.make_member(make.make_partnership())
    left = make.make_agency(make.make_partnership())
    person.memberships.create(partnership=left.partnership, agency=left, role=Role.MANAGER, ends_on=date(2020, 1, 1))
    assert left.partnership_id not in current_memberships(backend.get_user(person.pk))


@pytest.mark.parametrize("ends_on", [None, date(2020, 1, 1)])
def test_a_person_without_a_membership_comes_all_the_same(backend, ends_on):
    person = make.make_user() if ends_on is None else make.make_member(make.make_partnership(), ends_on=ends_on)
    found = backend.get_user(person.pk)
    assert found == person
    assert current_memberships(found) == {}


def test_somebody_who_is_not_active_does_not_come(backend):
    person = make.make_member(make.make_partnership())
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)
    assert backend.get_user(person.pk) is None


def test_nobody_comes_for_a_key_that_is_none(backend):
    assert backend.get_user(0) is None

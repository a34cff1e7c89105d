"""Who may see a KPI, enter its figures and edit it: every role, and everybody from elsewhere."""

from datetime import date

import pytest

from csp_tracker.people import Role
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.permissions import can_edit_indicators, can_enter_readings
from tests.builders import (
    make_agency,
    make_baseline,
    make_indicator,
    make_member,
    make_partnership,
    make_reading,
    make_target,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    return make_agency()


@pytest.fixture
def indicator(agency):
    return make_indicator(agency.partnership, agency=agency)


MEMBERS = [
    # role, of the KPI's agency, administrator, may enter, may edit
    pytest.param(Role.VIEWER, True, False, False, False, id="viewer of its agency"),
    pytest.param(Role.VIEWER, False, True, False, True, id="administrator who is otherwise a viewer"),
    pytest.param(Role.OFFICER, False, False, False, False, id="officer of another agency"),
    pytest.param(Role.OFFICER, True, False, True, False, id="officer of its agency"),
    pytest.param(Role.OFFICER, True, True, True, True, id="officer of its agency and administrator"),
    pytest.param(Role.MANAGER, False, False, True, True, id="manager"),
]


@pytest.mark.parametrize(("role", "of_its_agency", "is_administrator", "may_enter", "may_edit"), MEMBERS)
def test_members(indicator, agency, role, of_its_agency, is_administrator, may_enter, may_edit):
    own = agency if of_its_agency else make_agency(agency.partnership)
    user = make_member(role=role, agency=own, is_administrator=is_administrator)
    assert can_enter_readings(user, indicator) is may_enter
    assert can_edit_indicators(user, indicator.partnership) is may_edit
    assert indicator in Indicator.objects.visible_to(user)


def test_the_owner_enters_figures_whatever_their_agency(indicator):
    owner = make_member(indicator.partnership)
    indicator.owner = owner
    assert can_enter_readings(owner, indicator)
    assert not can_edit_indicators(owner, indicator.partnership)


def test_an_owner_made_viewer_enters_no_more_figures(indicator):
    indicator.owner = make_member(indicator.partnership, Role.VIEWER)
    assert not can_enter_readings(indicator.owner, indicator)


def test_a_kpi_without_agency_is_nobodys_own(agency):
    indicator = make_indicator(agency.partnership)
    assert not can_enter_readings(make_member(agency=agency), indicator)


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(lambda _: make_member(make_partnership(), Role.MANAGER), id="manager elsewhere"),
        pytest.param(lambda _: make_user(is_superuser=True, is_staff=True), id="superuser without membership"),
        pytest.param(
            lambda indicator: make_member(indicator.partnership, Role.MANAGER, ends_on=date(2020, 1, 1)), id="leaver"
        ),
    ],
)
def test_people_from_elsewhere_see_nothing_and_may_nothing(indicator, person):
    user = person(indicator)
    make_baseline(indicator)
    make_target(indicator)
    make_reading(indicator)
    for model in (Indicator, Baseline, Target, Reading):
        assert not model.objects.visible_to(user).exists()
    assert not can_enter_readings(user, indicator)
    assert not can_edit_indicators(user, indicator.partnership)


def test_an_owner_by_name_alone_who_left_may_nothing(indicator):
    indicator.owner = make_member(indicator.partnership, ends_on=date(2020, 1, 1))
    assert not can_enter_readings(indicator.owner, indicator)

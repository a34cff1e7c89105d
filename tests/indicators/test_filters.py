"""The list of KPIs is narrowed by its query string."""

from datetime import UTC, datetime

import pytest

from csp_tracker.periods import Period, Quarter
from indicators.filters import IndicatorFilter
from indicators.models import Indicator
from tests.builders import (
    QUARTER,
    make_agency,
    make_indicator,
    make_officer,
    make_partnership,
    make_reading,
    make_target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def kpis(partnership):
    """Four KPIs, each different in one way."""
    police = make_agency(partnership, "Essex Police")
    owner = make_officer(partnership, name="Oliver Officer", agency=police)
    asb = make_indicator(partnership, reference="7.2", name="ASB incidents", owner=owner, agency=police)
    fear = make_indicator(partnership, reference="1.1", name="Fear of crime", source="ASB survey", is_context=True)
    red = make_indicator(partnership, reference="3.1", name="Burglaries")
    old = make_indicator(
        partnership, reference="9.9", name="Cannabis warnings", archived_at=datetime(2024, 1, 1, tzinfo=UTC)
    )
    make_reading(asb, rating="green")
    make_reading(red, rating="red")
    make_reading(red, Period.of_quarter(QUARTER.previous), rating="amber")
    return {"asb": asb, "fear": fear, "red": red, "old": old}


def found(partnership, query=None, quarter=QUARTER):
    result = IndicatorFilter(
        query or {},
        queryset=Indicator.objects.filter(partnership=partnership).for_listing(),
        partnership=partnership,
        quarter=quarter,
        today_in=QUARTER.next,
    )
    return [indicator.reference for indicator in result.qs], result


@pytest.mark.parametrize(
    ("query", "references"),
    [
        pytest.param({}, ["1.1", "3.1", "7.2"], id="all that are measured"),
        pytest.param({"words": "asb"}, ["1.1", "7.2"], id="words in name and source"),
        pytest.param({"words": "incidents ASB"}, ["7.2"], id="every word"),
        pytest.param({"words": "7.2"}, ["7.2"], id="a reference"),
        pytest.param({"light": "red"}, ["3.1"], id="red"),
        pytest.param({"light": "not_rated"}, ["1.1"], id="not rated because nothing was entered"),
        pytest.param({"light": "complete"}, ["1.1", "3.1", "7.2"], id="a light no KPI has is no filter"),
        pytest.param({"kind": "context"}, ["1.1"], id="context"),
        pytest.param({"kind": "ours"}, ["3.1", "7.2"], id="ours"),
        pytest.param({"owner": "none"}, ["1.1", "3.1"], id="nobody's"),
        pytest.param({"agency": "none", "kind": "ours"}, ["3.1"], id="two filters at once"),
        pytest.param({"archived": "yes"}, ["9.9"], id="archived"),
        pytest.param({"owner": "999999"}, ["1.1", "3.1", "7.2"], id="an owner there is not"),
        pytest.param({"quarter": "rubbish"}, ["1.1", "3.1", "7.2"], id="a quarter there is not"),
    ],
)
def test_the_query_string_narrows_the_list(partnership, kpis, query, references):
    assert found(partnership, query)[0] == references


def test_the_light_of_a_quarter_put_together_from_months_counts(partnership, kpis):
    monthly = make_indicator(partnership, reference="2.1", frequency="month")
    for code in ("2025-04", "2025-05", "2025-06"):
        make_reading(monthly, Period.parse(code), value=10)
    make_target(monthly, value=20)
    assert found(partnership, {"light": "red"})[0] == ["2.1", "3.1"]


def test_owner_and_agency_by_their_keys(partnership, kpis):
    assert found(partnership, {"owner": str(kpis["asb"].owner_id)})[0] == ["7.2"]
    assert found(partnership, {"agency": str(kpis["asb"].agency_id)})[0] == ["7.2"]


def test_the_light_is_that_of_the_quarter_asked_for(partnership, kpis):
    assert found(partnership, {"light": "amber"}, QUARTER.previous)[0] == ["3.1"]
    assert found(partnership, {"light": "red"}, QUARTER.previous)[0] == []


def test_only_people_and_agencies_of_this_partnerships_kpis_are_offered(partnership, kpis):
    elsewhere = make_partnership()
    stranger = make_officer(elsewhere, name="Sam Stranger")
    make_indicator(elsewhere, owner=stranger, agency=make_agency(elsewhere, "Kent Police"))
    form = found(partnership)[1].form
    assert [label for _, label in form.fields["owner"].choices] == ["Anybody", "Nobody", "Oliver Officer"]
    assert [label for _, label in form.fields["agency"].choices] == ["Any", "None", "Essex Police"]
    assert found(partnership, {"owner": str(stranger.pk)})[0] == ["1.1", "3.1", "7.2"]


def test_the_last_quarters_are_offered_and_the_one_asked_for(partnership):
    long_ago = Quarter.parse("2009-10-Q4")
    choices = [code for code, _ in found(partnership, quarter=long_ago)[1].form.fields["quarter"].choices]
    assert choices[:2] == ["2025-26-Q2", "2025-26-Q1"]
    assert choices[-1] == "2009-10-Q4"
    assert len(choices) == 13

"""The rules of the lights on a page, each said once."""

from datetime import date

import pytest

from csp_tracker.periods import Period
from indicators.services.rules import rules_of
from indicators.services.standing import standings
from tests.builders import QUARTER, make_indicator, make_partnership, make_reading, make_scheme

pytestmark = pytest.mark.django_db
EVERY = "Every KPI without a rule of its own"


@pytest.fixture
def partnership():
    return make_partnership()


def rules(*kpis):
    return rules_of(standings(kpis, QUARTER).values())


def test_without_a_scheme_the_standard_rule_is_said_once(partnership):
    (rule,) = rules(make_indicator(partnership), make_indicator(partnership))
    assert rule.of == EVERY
    assert rule.words.startswith("Green: on target or better. Amber: within 10% of target. Red: otherwise.")


def test_lights_given_by_an_older_version_name_both_the_newer_first(partnership):
    old = make_scheme(partnership, amber_tolerance=20)
    make_scheme(partnership, amber_tolerance=5, effective_from=date(2025, 4, 1))
    kpi = make_indicator(partnership)
    make_reading(kpi, scheme=old)
    found = rules(kpi, make_indicator(partnership))
    assert [rule.of for rule in found] == [f"{EVERY}, from 1 April 2025", f"{EVERY}, from 1 April 2020"]
    assert ["5%" in found[0].words, "20%" in found[1].words] == [True, True]


def test_a_kpis_own_rule_is_said_of_it_in_its_unit(partnership):
    own = make_indicator(partnership, reference="7.2", unit="per_cent")
    make_scheme(partnership, indicator=own, amber_tolerance=3)
    (rule,) = rules(own)
    assert rule.of == "7.2"
    assert "within 3 points of target" in rule.words


def test_a_kpi_that_went_back_is_under_the_partnerships_rule(partnership):
    kpi = make_indicator(partnership)
    make_scheme(partnership, amber_tolerance=5)
    make_scheme(partnership, indicator=kpi, follows_partnership=True)
    assert [rule.of for rule in rules(kpi)] == [EVERY]


def test_kpis_that_are_monitored_only_are_said_together(partnership):
    kpis = [make_indicator(partnership, polarity="monitor") for _ in range(2)]
    make_reading(kpis[0], Period.of_quarter(QUARTER))
    assert rules(*kpis) == [("KPIs that are monitored only", "They are given no light.")]


def test_a_long_name_is_shortened_where_there_is_no_reference(partnership):
    kpi = make_indicator(partnership, reference="", name="word " * 30)
    make_scheme(partnership, indicator=kpi)
    (rule,) = rules(kpi)
    assert len(rule.of) == 60

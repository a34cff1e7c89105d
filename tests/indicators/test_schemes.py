"""Which rule rates a KPI on a day: its own, else the partnership's, else the standard one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from indicators import services
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    return make.make_indicator()


@pytest.fixture
def by(indicator):
    return make.make_manager(indicator.partnership)


def test_a_kpi_goes_back_to_the_partnerships_rule_from_a_day_on(indicator, by):
    partnership = indicator.partnership
    default = services.set_scheme(partnership=partnership, effective_from=date(2020, 4, 1), by=by)
    own = services.set_scheme(partnership=partnership, indicator=indicator, effective_from=date(2022, 4, 1), by=by)
    services.set_scheme(
        partnership=partnership, indicator=indicator, effective_from=date(2024, 4, 1), follows_partnership=True, by=by
    )
    again = services.set_scheme(partnership=partnership, indicator=indicator, effective_from=date(2025, 4, 1), by=by)
    in_force = [services.scheme_for(indicator, date(year, 4, 1)) for year in (2021, 2022, 2023, 2024, 2025)]
    assert in_force == [default, own, own, default, again]


def test_only_one_kpi_can_go_back(indicator, by):
    with pytest.raises(ValidationError, match="Choose the KPI"):
        services.set_scheme(
            partnership=indicator.partnership, effective_from=date(2024, 4, 1), follows_partnership=True, by=by
        )


def test_a_rule_may_ask_for_improvement_but_amber_is_never_nearer_than_green(indicator, by):
    change = {"compare_with": "previous_period", "green_tolerance": -10, "amber_tolerance": 10}
    asks = services.set_scheme(partnership=indicator.partnership, effective_from=date(2024, 4, 1), by=by, **change)
    assert "better than the previous period by more than 10%" in services.in_words(asks, indicator)
    with pytest.raises(ValidationError, match="must not be smaller than the green one"):
        services.set_scheme(
            partnership=indicator.partnership,
            effective_from=date(2025, 4, 1),
            green_tolerance=-5,
            amber_tolerance=-10,
            by=by,
        )


def test_the_rules_of_many_kpis_take_one_query(indicator, django_assert_num_queries):
    own = make.make_scheme(indicator.partnership, indicator=indicator)
    default = make.make_scheme(indicator.partnership, effective_from=date(2024, 4, 1))
    others = [make.make_indicator(indicator.partnership) for _ in range(4)]
    foreign = make.make_indicator(make.make_partnership("Elsewhere"))
    with django_assert_num_queries(1):
        found = services.schemes_for([indicator, *others, foreign], date(2024, 6, 30))
    assert found == {indicator.pk: own, foreign.pk: None} | {one.pk: default for one in others}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Green: on target or better. Amber: within 10% of target. Red: otherwise."),
        ({"unit": "per_cent"}, "Green: on target or better. Amber: within 10 points of target. Red: otherwise."),
        (
            {"polarity": "band"},
            "Green: within the band. Amber: outside it by up to 10% of its larger edge. Red: otherwise.",
        ),
        ({"unit": "yes_no"}, "Green: on target or better. Red: otherwise."),
    ],
)
def test_a_kpis_rule_is_a_sentence_and_says_whose_it_is_since_when(by, fields, words):
    indicator = make.make_indicator(by.memberships.get().partnership, **{"polarity": "higher"} | fields)
    assert services.in_words(None, indicator) == f"{words} The standard rule."
    default = make.make_scheme(indicator.partnership, effective_from=date(2026, 4, 1))
    assert services.in_words(default, indicator) == f"{words} The partnership’s rule, from 1 April 2026."
    own = make.make_scheme(indicator.partnership, indicator=indicator, effective_from=date(2026, 7, 1))
    assert services.in_words(own, indicator) == f"{words} This KPI’s own rule, from 1 July 2026."


def test_what_is_only_monitored_has_no_rule(by):
    indicator = make.make_indicator(by.memberships.get().partnership, polarity="monitor")
    assert services.in_words(None, indicator) == "Monitored only: it is given no light."

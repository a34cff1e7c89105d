"""What must always be true of KPIs and figures is held by the database, with a sentence for the person."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from csp_tracker.periods import Period
from csp_tracker.writing import store
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from tests.builders import (
    QUARTER,
    make_baseline,
    make_indicator,
    make_manager,
    make_partnership,
    make_reading,
    make_scheme,
    make_target,
)

pytestmark = pytest.mark.django_db
PERIOD = Period.of_quarter(QUARTER)


def indicator(**fields):
    partnership = make_partnership()
    make_indicator(partnership, reference="7.2")
    return Indicator(partnership=partnership, name="Incidents", **fields)


def part_of_itself():
    found = make_indicator()
    found.part_of = found
    return found


def baseline(**fields):
    return Baseline(indicator=make_indicator(), **fields)


def second_primary():
    first = make_baseline(is_primary=True)
    return Baseline(indicator=first.indicator, value=1, is_primary=True)


def target(**fields):
    found = Target(indicator=fields.pop("indicator", None) or make_indicator(), **fields)
    found.period = PERIOD
    return found


def reading(**fields):
    where = fields.pop("indicator", None) or make_indicator()
    found = Reading(indicator=where, entered_by=make_manager(where.partnership), **fields)
    found.period = PERIOD
    return found


def scheme(**fields):
    partnership = fields.pop("partnership", None) or make_partnership()
    values = {"effective_from": date(2020, 4, 1), "made_by": make_manager(partnership)} | fields
    return RatingScheme(partnership=partnership, **values)


def second_default():
    return scheme(partnership=make_scheme().partnership)


def second_override():
    own = make_indicator()
    make_scheme(own.partnership, indicator=own)
    return scheme(partnership=own.partnership, indicator=own)


REFUSED = [
    (lambda: indicator(reference="7.2"), "Another KPI of the partnership has this reference."),
    (lambda: indicator(due_quarter=5), "The quarter must be 1, 2, 3 or 4."),
    (lambda: indicator(decimals=5), "Use at most four decimal places."),
    (part_of_itself, "A KPI cannot be a part of itself."),
    (second_primary, "Another baseline is already the one to compare with."),
    (lambda: baseline(value=5, state="awaited"), "A baseline that was not stated has no figure."),
    (lambda: baseline(text="Many", is_primary=True), "Only a baseline with a figure can be compared with."),
    (lambda: target(indicator=make_target().indicator, value=1), "The KPI already has a target for this period."),
    (lambda: target(low=5, high=4), "The band must begin below its end."),
    (lambda: target(), "Enter a figure, a band or the words of the target."),
    (lambda: target(value=5, low=4), "Enter a figure or a band, not both."),
    (lambda: target(value=5, high=6), "Enter a figure or a band, not both."),
    (lambda: reading(indicator=make_reading().indicator, value=1), "The KPI already has a reading for this period."),
    (lambda: reading(), "Enter a figure, or say why there is none: not both."),
    (lambda: reading(value=5, state="awaited"), "Enter a figure, or say why there is none: not both."),
    (lambda: reading(value=5, series_break=True), "Say what changed in the counting."),
    (lambda: reading(value=5, denominator=0), "The denominator must not be 0."),
    (second_default, "The partnership already has a scheme from that date."),
    (second_override, "The KPI already has a scheme from that date."),
    (
        lambda: scheme(green_tolerance=6, amber_tolerance=5),
        "The amber tolerance must not be smaller than the green one.",
    ),
    (
        lambda: scheme(follows_partnership=True),
        "Only one KPI can go back to the partnership’s rule. Choose the KPI.",
    ),
]


@pytest.mark.parametrize(("bad", "sentence"), REFUSED)
def test_a_bad_row_is_refused_with_a_sentence(bad, sentence):
    row = bad()
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert sentence in refused.value.messages


@pytest.mark.parametrize(("bad", "sentence"), REFUSED)
def test_the_database_refuses_it_too(bad, sentence):
    row = bad()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(lambda: indicator(reference=""), id="many KPIs without a reference"),
        pytest.param(lambda: indicator(due_quarter=4, decimals=4), id="edges"),
        pytest.param(lambda: baseline(text="New initiative", state="new_initiative"), id="a baseline in words"),
        pytest.param(lambda: target(low=4, high=4), id="a band of one figure"),
        pytest.param(lambda: target(text="To be agreed"), id="a target in words"),
        pytest.param(lambda: reading(value=0), id="a nought"),
        pytest.param(lambda: reading(state="not_due"), id="nothing due"),
    ],
)
def test_a_good_row_is_kept(good):
    row = good()
    assert store(row, by=make_manager(make_partnership()))


def test_the_reference_of_another_partnership_may_be_the_same():
    first = make_indicator(reference="7.2")
    assert make_indicator(reference="7.2").partnership != first.partnership


def test_rows_say_what_they_are():
    partnership = make_partnership()
    one = make_indicator(partnership, reference="7.2", name="ASB incidents")
    assert str(one) == "7.2 ASB incidents"
    assert str(make_baseline(one)) == "2,030 in 2024/25"
    assert str(make_target(one)) == "Q1 2025/26: 1,984"
    assert str(make_reading(one, value=5)) == "Q1 2025/26: 5"
    assert str(make_reading(one, PERIOD.next, value=None, state="awaited")) == "Q2 2025/26: awaited"
    assert str(make_scheme(partnership)) == "Target from 1 April 2020"
    back = make_scheme(partnership, indicator=one, follows_partnership=True)
    assert str(back) == "The partnership’s rule from 1 April 2020"

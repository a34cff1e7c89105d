"""Figures are rated again by a rule as one act: shown before, whole or not at all, with a reason."""

from datetime import date

import pytest

from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from indicators import services
from indicators.models import Reading
from indicators.services import readings as recording
from tests import builders as make

pytestmark = pytest.mark.django_db
Q1, Q2 = (Period.of_quarter(Quarter(2025, number)) for number in (1, 2))
Q4_BEFORE = Period.of_quarter(Quarter(2024, 4))


@pytest.fixture
def indicator():
    return make.make_indicator(polarity="lower")


@pytest.fixture
def by(indicator):
    return make.make_manager(indicator.partnership)


@pytest.fixture
def figures(indicator, by):
    """105 against a target of 100 in three quarters: amber by the standard rule."""
    return fill(indicator, by)


def fill(indicator, by, value=105):
    found = []
    for period in (Q4_BEFORE, Q1, Q2):
        make.make_target(indicator, period, value=100)
        found.append(services.record_reading(indicator=indicator, period=period, value=value, by=by))
    return found


def strict(indicator, by, *, own=True, **fields):
    """A rule from 1 April 2025 without any amber."""
    return services.set_scheme(
        partnership=indicator.partnership,
        indicator=indicator if own else None,
        effective_from=date(2025, 4, 1),
        by=by,
        **{"amber_tolerance": 0} | fields,
    )


def rate_all(scheme, by, reason="Agreed by the board"):
    seen = services.fingerprint(services.reratings(scheme))
    return services.rate_all_again(scheme=scheme, seen=seen, reason=reason, by=by)


def lights(indicator):
    return [RAG(one.rating) for one in indicator.readings.order_by("period_starts_on")]


def test_what_would_change_is_shown_and_nothing_is_written(indicator, by, figures):
    found = services.reratings(strict(indicator, by))
    assert [(one.reading.period, one.before, one.verdict.rating) for one in found] == [
        (Q1, RAG.AMBER, RAG.RED),
        (Q2, RAG.AMBER, RAG.RED),
    ]
    assert all(one.has_other_light for one in found)
    assert lights(indicator) == [RAG.AMBER] * 3


def test_all_are_rated_again_as_one_act(indicator, by, figures):
    scheme = strict(indicator, by)
    assert len(rate_all(scheme, by)) == 2
    assert lights(indicator) == [RAG.AMBER, RAG.RED, RAG.RED]
    again = Reading.objects.get(pk=figures[1].pk)
    assert again.scheme == scheme
    assert "misses the target of 100 by 5 (5.0%)" in again.rating_why
    row = again.history.first()
    assert (row.history_user, row.history_change_reason, again.history.count()) == (by, "Agreed by the board", 2)
    assert services.reratings(scheme) == []


def test_without_a_reason_nothing_is_rated_again(indicator, by, figures):
    with pytest.raises(services.ReasonMissing):
        rate_all(strict(indicator, by), by, reason=" ")
    assert lights(indicator) == [RAG.AMBER] * 3


def test_figures_that_changed_since_the_look_are_looked_at_again(indicator, by, figures):
    scheme = strict(indicator, by)
    seen = services.fingerprint(services.reratings(scheme))
    services.record_reading(indicator=indicator, period=Q2, value=95, version=1, reason="Recount", by=by)
    with pytest.raises(services.FiguresChanged):
        services.rate_all_again(scheme=scheme, seen=seen, reason="Agreed", by=by)
    assert lights(indicator) == [RAG.AMBER, RAG.AMBER, RAG.GREEN]


def test_a_version_has_a_say_only_until_the_next(indicator, by, figures):
    first = strict(indicator, by)
    services.set_scheme(partnership=indicator.partnership, indicator=indicator, effective_from=date(2025, 7, 1), by=by)
    assert [one.reading.period for one in services.reratings(first)] == [Q1]


def test_a_partnerships_rule_leaves_kpis_with_their_own_alone(indicator, by, figures):
    other = make.make_indicator(indicator.partnership, polarity="lower")
    archived = make.make_indicator(indicator.partnership, polarity="lower")
    fill(other, by)
    fill(archived, by)
    services.archive_indicator(indicator=archived, reason="Not counted any more", by=by)
    fill(make.make_indicator(make.make_partnership("Elsewhere"), polarity="lower"), by)
    services.set_scheme(partnership=indicator.partnership, indicator=indicator, effective_from=date(2020, 4, 1), by=by)
    found = services.reratings(strict(indicator, by, own=False))
    assert {one.reading.indicator for one in found} == {other}


def test_going_back_rates_by_the_partnerships_rule(indicator, by):
    make.make_scheme(indicator.partnership, indicator=indicator, amber_tolerance=0)
    fill(indicator, by)
    assert lights(indicator) == [RAG.RED] * 3
    back = strict(indicator, by, follows_partnership=True)
    assert len(rate_all(back, by)) == 2
    assert lights(indicator) == [RAG.RED, RAG.AMBER, RAG.AMBER]
    assert Reading.objects.get(indicator=indicator, period_starts_on=Q2.starts_on).scheme is None


def test_it_says_the_same_as_rating_one_figure_again(indicator, by, figures):
    scheme = strict(indicator, by, compare_with="previous_period")
    expected = {one.reading.pk: one.verdict.why for one in services.reratings(scheme)}
    for reading in figures[1:]:
        again = recording.rate_again(reading=reading, version=1, reason="Agreed", by=by)
        assert again.rating_why == expected[reading.pk]


def test_twenty_figures_are_looked_at_in_as_many_queries_as_two(indicator, by, figures, count_queries):
    for _ in range(10):
        fill(make.make_indicator(indicator.partnership, polarity="lower"), by)
    of_one, of_all = strict(indicator, by), strict(indicator, by, own=False)
    found = []
    few = count_queries(lambda: found.append(services.reratings(of_one)))
    many = count_queries(lambda: found.append(services.reratings(of_all)))
    assert [len(one) for one in found] == [2, 20]
    assert few == many <= 10

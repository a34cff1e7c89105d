"""Many figures at once: all or none, each as if it had come alone, in few statements."""

from datetime import date
from decimal import Decimal

import pytest

from csp_tracker.models import User
from csp_tracker.periods import Period, PeriodKind
from csp_tracker.writing import Conflict, Foreign
from indicators import services
from indicators.models import Indicator, Reading
from indicators.services import Entry, readings
from indicators.services.entering import figures_due, months_of, periods_due
from indicators.services.surroundings import Surroundings
from tests.builders import (
    QUARTER,
    TODAY,
    make_baseline,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_reading,
    make_scheme,
    make_target,
)
from tests.racing import race

pytestmark = pytest.mark.django_db
PERIOD, YEAR = Period.of_quarter(QUARTER), Period.of_year(QUARTER.financial_year)
MONTHS = months_of(QUARTER)


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


def record(partnership, manager, *entries):
    return services.record_readings(partnership=partnership, entries=entries, by=manager)


def refused(partnership, manager, *entries):
    """The refusals by KPI and period; nothing may have been written."""
    before = list(Reading.objects.order_by("pk").values())
    with pytest.raises(services.ReadingsRefused) as error:
        record(partnership, manager, *entries)
    assert list(Reading.objects.order_by("pk").values()) == before
    return error.value.errors


# The same as one by one ----------------------------------------------------------------------------------------------


def many_kinds(partnership):
    """KPIs of every sort with a past, a target, a baseline and rules of their own, and what is entered for each."""
    by = make_manager(partnership)
    make_scheme(partnership, amber_tolerance=5)
    monthly = make_indicator(partnership, frequency="month", roll_up="sum")
    for back in (12, 11, 1):
        day = date(2024 + (3 - back) // 12, (3 - back) % 12 + 1, 1)
        make_reading(monthly, Period(day, PeriodKind.MONTH), value=100 + back, entered_by=by)
    make_target(monthly, YEAR, value=1200)
    own_rule = make_indicator(partnership, polarity="higher", unit="per_cent", roll_up="ratio", decimals=1)
    make_scheme(partnership, indicator=own_rule, compare_with="previous_period", effective_from=date(2025, 4, 1))
    make_reading(own_rule, PERIOD.previous, value=70, entered_by=by)
    based = make_indicator(partnership)
    make_baseline(based, is_primary=True)
    make_target(based, PERIOD, kind="per_cent_change", value=-5)
    broken = make_indicator(partnership)
    make_reading(broken, Period(date(2025, 4, 1), PeriodKind.MONTH), value=3, series_break=True,
                 series_break_words="New system", entered_by=by)  # fmt: skip
    make_reading(broken, PERIOD.same_last_year, value=50, entered_by=by)
    revised = make_indicator(partnership)
    rated = services.record_reading(indicator=revised, period=PERIOD, value=9, by=by)
    make_scheme(partnership, indicator=revised, compare_with="same_period_last_year", effective_from=date(2025, 5, 1))
    near = make_indicator(partnership)
    make_target(near, PERIOD, value=100)
    awaited = make_indicator(partnership)
    make_reading(awaited, PERIOD, value=None, state="awaited", entered_by=by)
    make_target(awaited, PERIOD, value=10)
    return [
        *(Entry(monthly, month, value=value) for month, value in zip(MONTHS, (90, 110, 130), strict=True)),
        Entry(own_rule, PERIOD, state="provisional", fields={"numerator": Decimal(45), "denominator": Decimal(60)}),
        Entry(based, PERIOD, value="about 1,900", fields={"note": "Counted by hand\r\ntwice"}),
        Entry(broken, PERIOD, value=Decimal("51.5")),
        Entry(revised, PERIOD, value=12, version=rated.version, reason="Two came late"),
        Entry(awaited, PERIOD, value=11, version=1),
        Entry(near, PERIOD, value=104),
        Entry(make_indicator(partnership), PERIOD, state="not_available"),
    ]


def as_kept(rows):
    names = [one.attname for one in Reading._meta.concrete_fields]
    left_out = {"id", "indicator_id", "scheme_id", "entered_by_id", "entered_at"}
    return [
        {name: getattr(row, name) for name in names if name not in left_out} | {"scheme": str(row.scheme)}
        for row in sorted(rows, key=lambda row: (row.indicator_id, row.period_starts_on, row.period_kind))
    ]


def test_many_at_once_come_to_the_same_as_one_by_one():
    together, alone = make_partnership(), make_partnership()
    record(together, make_manager(together), *reversed(many_kinds(together)))
    by = make_manager(alone)
    for entry in many_kinds(alone):
        services.record_reading(
            indicator=entry.indicator, period=entry.period, value=entry.value, state=entry.state,
            version=entry.version, reason=entry.reason, by=by, **entry.fields,
        )  # fmt: skip
    kept = [as_kept(Reading.objects.filter(indicator__partnership=one)) for one in (together, alone)]
    assert kept[0] == kept[1]
    assert {row["rating"] for row in kept[0]} == {"red", "amber", "green", "not_rated"}


# All or none ---------------------------------------------------------------------------------------------------------


def test_one_that_is_refused_refuses_all_and_each_is_named(partnership, manager):
    good, recorded, taken, gone = (make_indicator(partnership) for _ in range(4))
    make_reading(recorded)
    make_reading(taken)
    Indicator.objects.filter(pk=gone.pk).update(archived_at=TODAY.isoformat() + "T00:00Z")
    gone.refresh_from_db()
    errors = refused(
        partnership, manager,
        Entry(good, PERIOD, value=1),
        Entry(recorded, PERIOD, value=2, version=1),
        Entry(taken, PERIOD, value=3),
        Entry(gone, PERIOD, value=4),
        Entry(good, PERIOD.previous, value="many"),
        Entry(good, YEAR),
    )  # fmt: skip
    assert {cell: type(error) for cell, error in errors.items()} == {
        (recorded.pk, PERIOD): services.ReasonMissing,
        (taken.pk, PERIOD): Conflict,
        (gone.pk, PERIOD): services.IndicatorArchived,
        (good.pk, PERIOD.previous): services.NotAFigure,
        (good.pk, YEAR): services.NoFigure,
    }
    assert errors[taken.pk, PERIOD].theirs.value == 1884


def test_what_would_be_refused_is_known_without_writing(partnership):
    indicator = make_indicator(partnership)
    make_reading(indicator)
    entries = [Entry(indicator, PERIOD, value=2, version=1), Entry(indicator, YEAR, value=2)]
    assert list(services.refused_readings(entries=entries)) == [(indicator.pk, PERIOD)]
    assert Reading.objects.get().value == 1884


def test_a_row_the_model_refuses_refuses_all(partnership, manager):
    one, other = make_indicator(partnership), make_indicator(partnership)
    errors = refused(partnership, manager, Entry(one, PERIOD, value=1), Entry(other, PERIOD, value=Decimal("1e15")))
    assert list(errors) == [(other.pk, PERIOD)]


def test_the_same_as_is_on_record_is_no_conflict_and_writes_nothing(partnership, manager):
    indicator = make_indicator(partnership)
    entry = Entry(indicator, PERIOD, value=7, fields={"note": "Checked"})
    [reading] = record(partnership, manager, entry)
    assert record(partnership, manager, entry) == []
    assert reading.history.count() == 1


def test_a_note_alone_changes_without_a_reason_and_keeps_the_light(partnership, manager):
    indicator = make_indicator(partnership)
    [first] = record(partnership, manager, Entry(indicator, PERIOD, value=7))
    make_target(indicator, value=1)
    [second] = record(partnership, manager, Entry(indicator, PERIOD, value=7, version=1, fields={"note": "Late"}))
    assert (second.rating, second.note, second.version) == (first.rating, "Late", 2)


def test_a_kpi_of_another_partnership_is_refused(partnership, manager):
    with pytest.raises(Foreign):
        record(partnership, manager, Entry(make_indicator(), PERIOD, value=1))


def test_a_row_somebody_stores_in_the_same_moment_is_a_conflict(partnership, manager, monkeypatch):
    """The database refuses the second row; read again, it is a conflict like any other."""
    indicator = make_indicator(partnership)
    make_reading(indicator, value=5)
    looked = []

    class LookedTooSoon(Surroundings):
        @classmethod
        def of(cls, cells):
            found = Surroundings.of(cells)
            if not looked:
                found.readings[indicator.pk].clear()
            looked.append(found)
            return found

    monkeypatch.setattr(readings, "Surroundings", LookedTooSoon)
    errors = refused(partnership, manager, Entry(indicator, PERIOD, value=7))
    assert len(looked) == 2
    assert errors[indicator.pk, PERIOD].theirs.value == 5


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_refused(partnership):
    kpis = [make_indicator(partnership) for _ in range(3)]
    people = [make_officer(partnership) for _ in range(2)]

    def save(by, value):
        return lambda: record(partnership, by, *(Entry(one, PERIOD, value=value) for one in kpis))

    results = race(save(people[0], 1), save(people[1], 2))
    assert sorted(type(result).__name__ for result in results) == ["ReadingsRefused", "list"]
    assert len({row.value for row in Reading.objects.all()}) == 1
    assert Reading.objects.count() == 3


# What it costs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [3, 30])
def test_a_change_costs_two_statements_and_the_rest_is_the_same(partnership, manager, count_queries, number):
    entries = []
    for _ in range(number):
        indicator = make_indicator(partnership)
        make_target(indicator)
        make_reading(indicator, PERIOD.previous, entered_by=manager)
        entries.append(Entry(indicator, PERIOD, value=5))
    revised = make_indicator(partnership)
    make_reading(revised, entered_by=manager)
    entries[0] = Entry(revised, PERIOD, value=5, version=1, reason="Recount")
    whole = 2  # a savepoint and its end, inside the test's own transaction
    assert count_queries(lambda: record(partnership, manager, *entries)) == 5 + 2 * number + whole


# What is due ---------------------------------------------------------------------------------------------------------

DUE = [
    ("month", 4, 1, MONTHS),
    ("quarter", 4, 1, (PERIOD,)),
    ("year", 1, 1, (YEAR,)),
    ("year", 4, 1, ()),
    ("one_off", 1, 1, (PERIOD,)),
    ("one_off", 2, 1, ()),
]


@pytest.mark.parametrize(("frequency", "due_quarter", "number", "expected"), DUE)
def test_a_quarter_asks_for_what_is_due_in_it(partnership, frequency, due_quarter, number, expected):
    indicator = make_indicator(partnership, frequency=frequency, due_quarter=due_quarter)
    assert periods_due(indicator, QUARTER) == expected
    assert Indicator.objects.due_in(QUARTER).exists() == bool(expected)


def test_a_month_that_has_not_begun_is_not_asked_for(partnership):
    indicator = make_indicator(partnership, frequency="month")
    due = figures_due([indicator], QUARTER, date(2025, 5, 31))
    assert [str(one.period) for one in due] == ["April 2025", "May 2025"]


def test_beside_a_figure_stand_the_one_before_and_the_target(partnership, count_queries):
    indicator = make_indicator(partnership, frequency="month")
    march = make_reading(indicator, MONTHS[0].previous, value=3)
    april = make_reading(indicator, MONTHS[0], value=4)
    of_year, of_may = make_target(indicator, YEAR), make_target(indicator, MONTHS[1])
    make_reading(indicator, PERIOD, value=99)
    due = figures_due([indicator], QUARTER, TODAY)
    assert [(one.reading, one.previous, one.target) for one in due] == [
        (april, march, of_year),
        (None, april, of_may),
        (None, None, of_year),
    ]
    assert [one.version for one in due] == [1, 0, 0]
    others = [make_indicator(partnership, frequency="month") for _ in range(5)]
    assert count_queries(lambda: figures_due([indicator, *others], QUARTER, TODAY)) == 2


def test_a_person_is_one_who_entered_it(partnership, manager):
    [reading] = record(partnership, manager, Entry(make_indicator(partnership), PERIOD, value=1))
    assert reading.entered_by == reading.history.get().history_user == User.objects.get(pk=manager.pk)

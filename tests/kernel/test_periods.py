"""When a quarter starts, what it is called, and which one a day is in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter

YEARS = st.integers(1900, 2200)
DAYS = st.dates(date(1900, 4, 1), date(2200, 3, 31))
QUARTERS = st.builds(Quarter, YEARS, st.integers(1, 4))
KINDS = st.sampled_from(PeriodKind)


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        pytest.param(date(2009, 3, 31), "2008/09", "Q4 2008/09", id="last day of the year"),
        pytest.param(date(2009, 4, 1), "2009/10", "Q1 2009/10", id="first day of the year"),
        pytest.param(date(2009, 6, 30), "2009/10", "Q1 2009/10", id="end of Q1"),
        pytest.param(date(2009, 7, 1), "2009/10", "Q2 2009/10", id="start of Q2"),
        pytest.param(date(2009, 9, 30), "2009/10", "Q2 2009/10", id="end of Q2"),
        pytest.param(date(2009, 10, 1), "2009/10", "Q3 2009/10", id="start of Q3"),
        pytest.param(date(2009, 12, 31), "2009/10", "Q3 2009/10", id="end of Q3"),
        pytest.param(date(2010, 1, 1), "2009/10", "Q4 2009/10", id="Q4 is in the next calendar year"),
        pytest.param(date(2008, 2, 29), "2007/08", "Q4 2007/08", id="29 February"),
        pytest.param(date(2000, 3, 31), "1999/00", "Q4 1999/00", id="turn of the century"),
    ],
)
def test_a_day_is_in_a_year_and_a_quarter(day, year, quarter):
    assert str(FinancialYear.containing(day)) == year
    assert str(Quarter.containing(day)) == quarter


@pytest.mark.parametrize(
    ("code", "starts_on", "ends_on", "words"),
    [
        ("2009-10-Q1", date(2009, 4, 1), date(2009, 6, 30), "April to June 2009"),
        ("2009-10-Q2", date(2009, 7, 1), date(2009, 9, 30), "July to September 2009"),
        ("2009-10-Q3", date(2009, 10, 1), date(2009, 12, 31), "October to December 2009"),
        ("2009-10-Q4", date(2010, 1, 1), date(2010, 3, 31), "January to March 2010"),
        ("1999-00-Q4", date(2000, 1, 1), date(2000, 3, 31), "January to March 2000"),
    ],
)
def test_a_quarter_has_a_code_and_days(code, starts_on, ends_on, words):
    quarter = Quarter.parse(code)
    assert (quarter.starts_on, quarter.ends_on, quarter.in_words, quarter.code) == (starts_on, ends_on, words, code)


@pytest.mark.parametrize(
    ("today", "ended"),
    [
        pytest.param(date(2010, 3, 31), "2009-10-Q3", id="a quarter has not ended on its last day"),
        pytest.param(date(2010, 4, 1), "2009-10-Q4", id="the day after"),
        pytest.param(date(2009, 7, 15), "2009-10-Q1", id="officers report Q1 in July"),
    ],
)
def test_the_last_ended_quarter(today, ended):
    assert Quarter.last_ended(today).code == ended


def test_neighbours_cross_the_year():
    quarter = Quarter(2009, 4)
    assert (str(quarter.next), str(quarter.previous)) == ("Q1 2010/11", "Q3 2009/10")
    assert str(quarter.same_last_year) == "Q4 2008/09"
    assert str(Quarter(2009, 1).previous) == "Q4 2008/09"


def test_a_year_has_its_quarters_and_neighbours():
    year = FinancialYear(2009)
    assert [quarter.code for quarter in year.quarters] == [f"2009-10-Q{number}" for number in range(1, 5)]
    assert (year.starts_on, year.ends_on) == (date(2009, 4, 1), date(2010, 3, 31))
    assert (year.next.code, year.previous.code) == ("2010-11", "2008-09")


@pytest.mark.parametrize("text", ["2009/10", "2009-10", "2009/2010", " 2009 / 10 ", "2009–10"])
def test_a_year_is_read_as_people_write_it(text):
    assert FinancialYear.parse(text) == FinancialYear(2009)


@pytest.mark.parametrize(
    "text", ["", "2009", "2009/11", "2009/09", "09/10", "2009/2011", "twenty", "２００９/10", "9999/00"]
)
def test_what_is_no_year_is_refused(text):
    with pytest.raises(ValueError, match="year"):
        FinancialYear.parse(text)


@pytest.mark.parametrize(
    "text", ["", "Q4", "2009-10", "2009-10-Q5", "2009-10-Q0", "2009-11-Q1", "2009-10-Q1x", "Q1 2009", "2009-10-Q¹"]
)
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(ValueError, match=r"quarter|year"):
        Quarter.parse(text)


@pytest.mark.parametrize("number", [0, 5, -1])
def test_there_is_no_fifth_quarter(number):
    with pytest.raises(ValueError, match="numbered 1 to 4"):
        Quarter(2009, number)


@pytest.mark.parametrize(
    ("code", "printed", "starts_on", "ends_on", "quarter"),
    [
        ("2009-06", "June 2009", date(2009, 6, 1), date(2009, 6, 30), "2009-10-Q1"),
        ("2009-10", "October 2009", date(2009, 10, 1), date(2009, 10, 31), "2009-10-Q3"),
        ("2008-02", "February 2008", date(2008, 2, 1), date(2008, 2, 29), "2007-08-Q4"),
        ("2009-10-Q1", "Q1 2009/10", date(2009, 4, 1), date(2009, 6, 30), "2009-10-Q1"),
        ("2009-10-year", "2009/10", date(2009, 4, 1), date(2010, 3, 31), "2009-10-Q4"),
    ],
)
def test_a_period_has_a_code_that_names_only_it(code, printed, starts_on, ends_on, quarter):
    period = Period.parse(code)
    assert (period.code, str(period)) == (code, printed)
    assert (period.starts_on, period.ends_on, period.quarter.code) == (starts_on, ends_on, quarter)


def test_a_year_as_printed_is_a_period_too():
    assert Period.parse("2009/10") == Period.of_year(FinancialYear(2009))
    assert Period.parse("Q2 2009/10") == Period.of_quarter(Quarter(2009, 2))


@pytest.mark.parametrize("text", ["", "2009", "2009-13", "2009-00", "June 2009", "2009-11-year", "Q"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match=r"is not a|no quarter"):
        Period.parse(text)


def test_a_period_begins_on_its_first_day():
    with pytest.raises(ValueError, match="2009-06-02 is not the first day of a month"):
        Period(date(2009, 6, 2), PeriodKind.MONTH)
    with pytest.raises(ValueError, match="first day of a quarter"):
        Period(date(2009, 5, 1), PeriodKind.QUARTER)


def test_a_period_knows_the_one_before_and_a_year_ago():
    month = Period.parse("2009-04")
    assert (str(month.previous), str(month.same_last_year)) == ("March 2009", "April 2008")
    year = Period.parse("2009/10")
    assert str(year.previous) == str(year.same_last_year) == "2008/09"


@given(QUARTERS)
def test_a_quarter_survives_its_code_ordinal_and_words(quarter):
    assert Quarter.parse(quarter.code) == quarter
    assert Quarter.parse(str(quarter)) == quarter
    assert Quarter.from_ordinal(quarter.ordinal) == quarter
    assert quarter.next.ordinal == quarter.ordinal + 1
    assert quarter.next.previous == quarter


@given(DAYS)
def test_every_day_is_in_exactly_the_quarter_that_contains_it(day):
    quarter = Quarter.containing(day)
    assert quarter.starts_on <= day <= quarter.ends_on
    assert quarter.ends_on + timedelta(days=1) == quarter.next.starts_on
    assert quarter in FinancialYear.containing(day).quarters
    assert quarter.next.starts_on.day == 1


@given(QUARTERS, QUARTERS)
def test_quarters_sort_as_their_days_and_ordinals_do(one, other):
    assert (one < other) == (one.starts_on < other.starts_on) == (one.ordinal < other.ordinal)


@given(KINDS, DAYS)
def test_a_period_survives_its_code(kind, day):
    period = Period.containing(kind, day)
    assert Period.parse(period.code) == period
    assert period.starts_on <= day <= period.ends_on
    assert period.next.previous == period
    assert period.quarter.ends_on >= period.ends_on


@given(DAYS)
def test_codes_of_different_kinds_never_meet(day):
    assert len({Period.containing(kind, day).code for kind in PeriodKind}) == 3

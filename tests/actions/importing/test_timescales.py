"""Words of a timescale give a kind, and a date only where it is certain."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.importing.timescales import DateDoubt, Timescale, doubts_in, find_dates, find_start, read_timescale
from actions.values import DatePrecision, Recurrence, TimescaleKind

DAY, MONTH, QUARTER, YEAR = DatePrecision


@pytest.mark.parametrize(
    ("words", "due_on", "precision"),
    [
        ("31 March 2016", date(2016, 3, 31), DAY),
        ("31st March 2016", date(2016, 3, 31), DAY),
        ("by the 31 st of March, 2016", date(2016, 3, 31), DAY),
        ("29 th September 2009", date(2009, 9, 29), DAY),
        ("23.2.09", date(2009, 2, 23), DAY),
        ("14 / 12 / 09", date(2009, 12, 14), DAY),
        ("31/03/2016", date(2016, 3, 31), DAY),
        ("2016-03-31", date(2016, 3, 31), DAY),
        ("May 2016", date(2016, 5, 31), MONTH),
        ("Feb 2016", date(2016, 2, 29), MONTH),
        ("End of Sept. 2016", date(2016, 9, 30), MONTH),
        ("Report to Community Services Committee prior to consultation period - May 2016", date(2016, 5, 31), MONTH),
        ("Q3 2015/16", date(2015, 12, 31), QUARTER),
        ("Quarter 4 of 2015-16", date(2016, 3, 31), QUARTER),
        ("2015/16", date(2016, 3, 31), YEAR),
        ("Mar-16", date(2016, 3, 31), MONTH),
        ("42460", date(2016, 3, 31), DAY),
        ("42460.5", date(2016, 3, 31), DAY),
        ("2016-03-31 00:00:00", date(2016, 3, 31), DAY),
        ("During 2015-2016", date(2016, 3, 31), YEAR),
    ],
)
def test_one_certain_date_is_when_it_is_due(words, due_on, precision):
    assert read_timescale(words) == Timescale(TimescaleKind.BY_DATE, due_on=due_on, due_precision=precision)


@pytest.mark.parametrize(
    ("words", "starts_on", "due_on"),
    [
        ("April 2015 – March 2016", date(2015, 4, 1), date(2016, 3, 31)),
        ("1.4.09 – 31.3.10", date(2009, 4, 1), date(2010, 3, 31)),
        ("from 1 April 2015 to the end of March 2016", date(2015, 4, 1), date(2016, 3, 31)),
    ],
)
def test_two_dates_with_a_dash_are_start_and_end(words, starts_on, due_on):
    timing = read_timescale(words)
    assert (timing.kind, timing.starts_on, timing.due_on) == (TimescaleKind.BY_DATE, starts_on, due_on)


@pytest.mark.parametrize(
    "words",
    ["Ongoing", "On-going", "ongoing – diary of events", "Ongoing – networking meetings held quarterly", "Continuous"],
)
def test_ongoing_is_no_date(words):
    assert read_timescale(words) == Timescale(TimescaleKind.ONGOING)


@pytest.mark.parametrize(
    ("words", "recurrence", "month", "day"),
    [
        ("31 st March - annually", Recurrence.YEARLY, 3, 31),
        ("31st March - annually", Recurrence.YEARLY, 3, 31),
        ("Every year", Recurrence.YEARLY, None, None),
        ("Annual, 31 February", Recurrence.YEARLY, None, None),
        ("Quarterly", Recurrence.QUARTERLY, None, None),
        ("six monthly", Recurrence.HALF_YEARLY, None, None),
        ("Reviewed each month", Recurrence.MONTHLY, None, None),
    ],
)
def test_what_recurs(words, recurrence, month, day):
    timing = read_timescale(words)
    assert timing == Timescale(TimescaleKind.RECURRING, recurrence=recurrence, recurs_month=month, recurs_day=day)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("", id="blank"),
        pytest.param("TBC", id="to be confirmed"),
        pytest.param("Prototype school has been selected and work will start on the 23 rd February.", id="no year"),
        pytest.param("Work will start in May 2016", id="a start is no deadline"),
        pytest.param("31/02/2016", id="a day there is not"),
        pytest.param("summer 10", id="a season"),
        pytest.param("4/5/6 November", id="several days"),
        pytest.param("May 2016 and June 2016", id="two dates"),
        pytest.param("June 2016 – May 2016", id="end before start"),
        pytest.param("2015/18", id="not a financial year"),
        pytest.param("31 June 2016", id="a day there is not hides no month"),
        pytest.param("12/25/2016", id="an American date"),
        pytest.param("1984", id="a year alone"),
        pytest.param("12345", id="a number that is no day of our time"),
        pytest.param("Q3", id="a quarter of no year"),
        pytest.param("Sept 16", id="a day or a year"),
    ],
)
def test_what_is_not_certain_is_unclear(words):
    assert read_timescale(words) == Timescale()


def test_dates_are_found_in_order():
    words = "From 1.4.09 – 31.3.10, see June 2009 and 2010/11"
    assert [(one.first, one.precision) for one in find_dates(words)] == [
        (date(2009, 4, 1), DAY),
        (date(2010, 3, 31), DAY),
        (date(2009, 6, 1), MONTH),
        (date(2010, 4, 1), YEAR),
    ]


@given(
    st.dates(date(1990, 1, 1), date(2089, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%Y-%m-%d"])
)
def test_a_day_written_out_is_read_back(day, written):
    assert read_timescale(day.strftime(written)).due_on == day


@given(st.text())
def test_any_words_can_be_read(words):
    timing = read_timescale(words)
    assert (timing.due_on is None) == (timing.due_precision is None)
    assert (timing.kind is TimescaleKind.BY_DATE) == (timing.due_on is not None)


@pytest.mark.parametrize(
    ("words", "doubtful", "is_impossible"),
    [
        ("31 June 2016", "31 June 2016", True),
        ("by 30/02/2016", "30/02/2016", True),
        ("12/25/2016", "12/25/2016", True),
        ("31 April", "31 April", True),
        ("31st March", "31st March", False),
        ("by end of June", "by end of June", False),
        ("Q3", "Q3", False),
        ("Apr–Jun", "Apr–Jun", False),
        ("Sept 16", "Sept 16", False),
    ],
)
def test_what_looks_like_a_date_and_is_none_is_told(words, doubtful, is_impossible):
    assert doubts_in(words) == [DateDoubt(doubtful, is_impossible)]


@pytest.mark.parametrize(
    "words", ["", "TBC", "May 2016", "Ongoing", "31st March, annually", "2015/18", "as resources allow"]
)
def test_other_words_raise_no_doubt(words):
    assert doubts_in(words) == []


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("1 April 2015", date(2015, 4, 1)),
        ("April 2015", date(2015, 4, 1)),
        ("42095", date(2015, 4, 1)),
        ("1.4.15 or 1.5.15", None),
        ("soon", None),
    ],
)
def test_when_an_action_starts(words, day):
    assert find_start(words) == day

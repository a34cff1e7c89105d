"""How KPIs stand in a quarter: figures entered, or put together from months, with light, target and direction."""

from datetime import date
from decimal import Decimal

import pytest

from csp_tracker.periods import FinancialYear, Period, Quarter
from csp_tracker.rag import RAG, Travel
from indicators.services.standing import standings
from tests.builders import (
    QUARTER,
    make_baseline,
    make_indicator,
    make_partnership,
    make_reading,
    make_scheme,
    make_target,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return make_partnership()


def stands(indicator, quarter=QUARTER):
    return standings([indicator], quarter)[indicator.pk]


def month(code):
    return Period.parse(code)


def make_months(indicator, first, *values, **fields):
    period = month(first)
    for value in values:
        if value is not None:
            make_reading(indicator, period, value=value, **fields)
        period = period.next


class TestEntered:
    def test_the_quarters_own_figure_with_its_stored_light(self, partnership):
        kpi = make_indicator(partnership)
        reading = make_reading(kpi, rating="green", rating_why="1,884 meets the target of 1,984.")
        make_target(kpi)
        found = stands(kpi)
        assert (found.figure, found.value, found.basis, found.target) == ("1,884", 1884, "", "1,984")
        assert found.reading == reading
        assert (found.light, found.verdict.why) == (RAG.GREEN, "1,884 meets the target of 1,984.")
        assert found.target_value == 1984
        assert found.period == Period.of_quarter(QUARTER)
        assert not found.is_rolled_up

    def test_it_speaks_before_its_months(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 1, 2, 3)
        make_reading(kpi, value=7)
        assert stands(kpi).figure == "7"

    def test_an_awaited_figure_says_so(self, partnership):
        kpi = make_indicator(partnership)
        make_reading(kpi, value=None, state="awaited", rating_why="Not rated: the figure is awaited.")
        assert (stands(kpi).figure, stands(kpi).directions) == ("Awaited", ())

    def test_a_light_published_in_a_file_stays_beside_the_measured_one(self, partnership):
        kpi = make_indicator(partnership)
        make_reading(kpi, published_rag="amber", published_word="Nearly")
        assert stands(kpi).published == (RAG.AMBER, "Nearly")

    def test_nothing_known_is_not_rated_and_says_so(self, partnership):
        found = stands(make_indicator(partnership))
        assert (found.figure, found.value, found.reading, found.light) == ("", None, None, RAG.NOT_RATED)
        assert found.verdict.why == "Not rated: no figure for Q1 2025/26."

    def test_a_yearly_kpi_is_shown_from_the_quarter_in_which_it_is_due(self, partnership):
        kpi = make_indicator(partnership, frequency="year", due_quarter=3)
        make_reading(kpi, Period.of_year(FinancialYear(2025)), value=5)
        assert stands(kpi, Quarter(2025, 2)).verdict.why == "Not rated: reported once a year, due in Q3 2025/26."
        found = stands(kpi, Quarter(2025, 3))
        assert (found.figure, found.period, found.year_to_date) == ("5", Period.of_year(FinancialYear(2025)), None)


class TestRolledUp:
    def test_three_months_come_to_a_quarter_that_is_rated(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 600, 640, 644)
        make_target(kpi, value=2000)
        make_scheme(partnership)
        found = stands(kpi)
        assert (found.figure, found.basis, found.reading) == ("1,884", "Sum of April to June 2025", None)
        assert found.light == RAG.GREEN
        assert found.verdict.why.startswith("1,884 meets the target of 2,000, better by 116 (5.8%).")

    def test_the_kpis_own_scheme_comes_before_the_partnerships(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 600, 640, 900)
        make_target(kpi, value=2000)
        make_scheme(partnership, amber_tolerance=50)
        own = make_scheme(partnership, indicator=kpi, amber_tolerance=1, effective_from=date(2019, 4, 1))
        make_scheme(partnership, indicator=kpi, effective_from=date(2025, 7, 1))
        assert (stands(kpi).light, stands(kpi).scheme) == (RAG.RED, own)

    def test_a_missing_month_makes_no_figure(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 600, None, 644)
        found = stands(kpi)
        assert (found.figure, found.basis, found.value) == ("Incomplete", "May 2025 missing", None)
        assert found.verdict.rating == RAG.NOT_RATED
        assert found.verdict.why == "Incomplete, not rated: no figure for May 2025."

    def test_percentages_are_of_all_cases_together(self, partnership):
        kpi = make_indicator(partnership, frequency="month", unit="per_cent", roll_up="ratio", polarity="higher")
        for code, part, whole in (("2025-04", 1, 10), ("2025-05", 90, 100), ("2025-06", 9, 10)):
            make_reading(kpi, month(code), value=part * 100 / whole, numerator=part, denominator=whole)
        found = stands(kpi)
        assert (found.figure, found.basis) == ("83%", "Ratio of sums, April to June 2025")
        assert round(found.year_to_date.value, 2) == Decimal("83.33")

    def test_a_quarter_is_set_against_the_year_before_as_its_months_were(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2024-04", 10, 10, 10)
        make_months(kpi, "2025-01", 5, 5, 5, 6, 6, 6)
        assert stands(kpi).directions == (
            (Travel.WORSENED, "since Q4 2024/25"),
            (Travel.IMPROVED, "since Q1 2024/25"),
        )

    def test_provisional_months_make_a_provisional_quarter(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 6, 6)
        make_reading(kpi, month("2025-06"), value=6, state="provisional")
        assert stands(kpi).is_provisional

    def test_a_target_for_the_year_is_rated_at_its_end_with_all_months(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", *[10] * 12)
        make_target(kpi, Period.of_year(FinancialYear(2025)), value=130)
        early, late = stands(kpi, Quarter(2025, 2)), stands(kpi, Quarter(2025, 4))
        assert early.light == RAG.NOT_RATED
        assert early.verdict.why.startswith("30 for Q2 2025/26, 60 so far in 2025/26.")
        assert late.light == RAG.GREEN

    def test_targets_of_all_three_months_come_to_the_quarters(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 10, 10, 10)
        for code, value in (("2025-04", 9), ("2025-05", 11), ("2025-06", 10)):
            make_target(kpi, month(code), value=value, text="")
        found = stands(kpi)
        assert (found.target, found.target_value) == ("30 (sum of the months’ targets)", 30)
        assert found.light == RAG.GREEN

    def test_targets_of_two_months_come_to_none(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", 10, 10, 10)
        make_target(kpi, month("2025-04"), value=9, text="")
        make_target(kpi, month("2025-05"), value=9, text="")
        assert stands(kpi).target == ""
        assert stands(kpi).verdict.why == "30. Not rated: no target has been set."


class TestYearToDate:
    def test_of_months(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2025-04", *[10] * 6)
        assert stands(kpi, Quarter(2025, 2)).so_far == "60 for April 2025 to September 2025 (sum of 6 months)"

    def test_of_quarters_entered_and_rolled_up(self, partnership):
        kpi = make_indicator(partnership)
        make_reading(kpi, value=30)
        make_months(kpi, "2025-07", 10, 10, 10)
        found = stands(kpi, Quarter(2025, 2))
        assert found.so_far == "60 for Q1 2025/26 to Q2 2025/26 (sum of 2 quarters)"

    def test_is_not_repeated_where_it_says_no_more_than_the_quarter(self, partnership):
        kpi, latest = make_indicator(partnership), make_indicator(partnership, roll_up="latest")
        make_reading(kpi)
        make_reading(latest, Period.of_quarter(Quarter(2025, 2)))
        assert stands(kpi).so_far == ""
        assert stands(latest, Quarter(2025, 2)).so_far == ""

    def test_stops_at_a_break(self, partnership):
        kpi = make_indicator(partnership)
        make_reading(kpi)
        make_reading(
            kpi, Period.of_quarter(Quarter(2025, 2)), series_break=True, series_break_words="Counted by victim"
        )
        assert stands(kpi, Quarter(2025, 2)).year_to_date.value is None


class TestLine:
    def test_eight_quarters_with_their_gaps(self, partnership):
        kpi = make_indicator(partnership)
        make_reading(kpi, Period.of_quarter(QUARTER.previous.previous), value=5)
        make_reading(kpi, value=7)
        assert [value for _, value in stands(kpi).line] == [None, None, None, None, None, 5, None, 7]

    def test_thirteen_months_of_a_monthly_kpi(self, partnership):
        kpi = make_indicator(partnership, frequency="month")
        make_months(kpi, "2024-06", *range(13))
        line = stands(kpi).line
        assert [value for _, value in line] == list(range(13))
        assert (str(line[0][0]), str(line[-1][0])) == ("June 2024", "June 2025")

    def test_begins_anew_where_what_is_counted_changed(self, partnership):
        kpi = make_indicator(partnership)
        make_reading(kpi, Period.of_quarter(QUARTER.previous.previous), value=5)
        make_reading(
            kpi, Period.of_quarter(QUARTER.previous), value=6, series_break=True, series_break_words="By victim"
        )
        make_reading(kpi, value=7)
        assert [value for _, value in stands(kpi).line] == [6, 7]

    def test_six_years_of_a_yearly_kpi(self, partnership):
        kpi = make_indicator(partnership, frequency="year")
        make_reading(kpi, Period.of_year(FinancialYear(2024)), value=5)
        assert [value for _, value in stands(kpi).line] == [None, None, None, None, None, 5]


def test_a_change_from_the_baseline_is_worked_out_as_a_figure(partnership):
    kpi = make_indicator(partnership, roll_up="latest")
    make_baseline(kpi, value=200, is_primary=True)
    make_target(kpi, kind="per_cent_change", value=-5)
    assert (stands(kpi).target, stands(kpi).target_value) == ("−5% on the baseline", 190)


@pytest.mark.parametrize("number", [1, 30])
def test_four_queries_however_many(partnership, number, django_assert_num_queries):
    kpis = [make_indicator(partnership, frequency="month") for _ in range(number)]
    for kpi in kpis:
        make_months(kpi, "2025-04", 1, 2, 3)
        make_target(kpi)
    with django_assert_num_queries(4):
        standings(kpis, QUARTER)


def test_no_kpis_no_queries(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert standings([], QUARTER) == {}

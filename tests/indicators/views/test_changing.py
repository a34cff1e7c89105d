"""What a KPI's page says of change: whether it is real, month by month, and how it stands against the year before."""

import html

import pytest
import time_machine
from django.urls import reverse

from csp_tracker.periods import Period, Quarter
from tests.builders import QUARTER, TODAY, make_indicator, make_manager, make_reading, make_target, make_viewer

pytestmark = pytest.mark.django_db
JUNE = Period.parse("2025-06")
STEADY = [10, 12] * 8
LOWER = [*STEADY, *([8] * 8)]
HEADING = "Is the change real?"


@pytest.fixture(autouse=True)
def in_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def burglary(client):
    indicator = make_indicator(name="Burglaries", frequency="month")
    client.force_login(make_viewer(indicator.partnership))
    return indicator


def fill(indicator, values, last=JUNE, **broken):
    """A figure for each period up to the last one; None is a period whose figure is not available."""
    period = last
    for place, value in reversed(list(enumerate(values))):
        fields = {"state": "not_available"} if value is None else {}
        begins = {"series_break": True, "series_break_words": "New system."} if place == broken.get("at") else {}
        make_reading(indicator, period, value=value, rating="green", rating_why="On target.", **fields | begins)
        period = period.previous


def words_of(client, indicator, **query):
    """The page as a reader has it: entities as characters."""
    answer = client.get(indicator.get_absolute_url(), query)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


# Is the change real?


def test_a_jump_within_the_usual_range_is_called_that(client, burglary):
    fill(burglary, [*[9, 14, 8, 12, 11, 7, 13, 10, 9, 12, 8, 11], 9, 14])
    page = words_of(client, burglary)
    for words in (
        HEADING,
        "Within its usual range",
        "The rise from 9 in May 2025 is no sign of a change.",
        '<b class="govuk-tag govuk-tag--grey app-tag--small">~</b> Within its usual range',
        "Usual range</dt>",
        "Average</dt>",
    ):
        assert words in page
    assert "Sign of a real change" not in page
    assert "Trial limits" not in page


@pytest.mark.parametrize(
    ("polarity", "tag", "label"),
    [
        ("lower", "blue", "Improvement, lower"),
        ("higher", "orange", "Concern, lower"),
        ("monitor", "purple", "Real change, lower"),
    ],
)
def test_a_real_change_has_letter_word_and_reason(client, polarity, tag, label):
    indicator = make_indicator(frequency="month", polarity=polarity)
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, LOWER)
    page = words_of(client, indicator)
    assert "<b>A real change since November 2024: look for the cause</b>" in page
    assert f'<b class="govuk-tag govuk-tag--{tag} app-tag--small">L</b> {label}' in page
    assert "8 months in a row below the average" in page
    assert page.count("look for the cause") == 1, "the headline does not stand again in the text"


def test_the_months_of_a_change_are_marked_in_words_on_every_page(client, burglary):
    fill(burglary, LOWER)
    assert words_of(client, burglary).count("<b>Sign of a real change:</b> 7 in a row on one side of the average") == 8
    assert "Sign of a real change" not in words_of(client, burglary, page=2)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (20, '<b class="govuk-tag govuk-tag--grey app-tag--small">P</b> Target always met'),
        (11, '<b class="govuk-tag govuk-tag--grey app-tag--small">?</b> Target hit or missed by chance'),
        (2, '<b class="govuk-tag govuk-tag--grey app-tag--small">F</b> Target always missed'),
    ],
)
def test_assurance_is_a_letter_and_words(client, burglary, target, words):
    fill(burglary, STEADY)
    make_target(burglary, JUNE, value=target)
    assert words in words_of(client, burglary)


def test_without_a_target_for_the_month_there_is_no_assurance(client, burglary):
    fill(burglary, STEADY)
    make_target(burglary, Period.of_year(QUARTER.financial_year), value=120)
    page = words_of(client, burglary)
    assert "–</b> Not set against a target" in page
    assert "The target is for 2025/26 as a whole" in page


@pytest.mark.parametrize(("months", "is_trial"), [(11, True), (12, False)])
def test_limits_of_few_months_are_trial_limits(client, burglary, months, is_trial):
    fill(burglary, STEADY[:months])
    assert ('<span class="app-muted">Trial limits</span>' in words_of(client, burglary)) == is_trial


def test_too_few_months_say_so_and_give_no_limits(client, burglary):
    fill(burglary, [9, 14, 8])
    page = words_of(client, burglary)
    assert "Too few figures to say what is usual: 3 figures" in page
    assert "Usual range" not in page
    assert "Variation" not in page


def test_a_gap_is_named(client, burglary):
    fill(burglary, [*STEADY, None, *STEADY])
    assert "No figure for February 2024 (not available)" in words_of(client, burglary)


@pytest.mark.parametrize("frequency", ["quarter", "year", "one_off"])
def test_nothing_is_said_of_kpis_that_are_not_reported_by_the_month(client, frequency):
    indicator = make_indicator(frequency=frequency)
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, STEADY, last=Period.of_quarter(QUARTER))
    assert HEADING not in words_of(client, indicator)


@pytest.mark.parametrize("values", [[], [None, None]])
def test_nothing_is_said_before_there_is_a_figure(client, burglary, values):
    fill(burglary, values)
    page = words_of(client, burglary)
    assert HEADING not in page
    assert "Compared with the year before" not in page


# Against the year before


def test_a_month_and_twelve_months_are_set_against_last_year(client, burglary):
    fill(burglary, [*[10] * 12, *[9] * 12])
    page = words_of(client, burglary)
    assert "Same period last year" in page
    assert "9 in June 2025, −10.0% on 10 in June 2024: improved." in page
    assert "108 in the 12 months to June 2025, −10.0% on 120 in the 12 months to June 2024: improved." in page
    assert page.count('<span class="app-direction__arrow" aria-hidden="true">↑</span></span>') == 2


@pytest.mark.parametrize(
    ("polarity", "ending", "arrow"),
    [("lower", ": worsened.", "↓"), ("higher", ": improved.", "↑"), ("monitor", ".", "")],
)
def test_the_arrow_goes_up_for_the_better(client, polarity, ending, arrow):
    indicator = make_indicator(frequency="month", polarity=polarity)
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, [*[10] * 12, 12])
    page = words_of(client, indicator)
    assert f"12 in June 2025, +20.0% on 10 in June 2024{ending}" in page
    ways = [one for one in "↑→↓" if f'aria-hidden="true">{one}</span></span>12 in' in page]
    assert ways == [arrow] * bool(arrow)


def test_a_series_of_a_year_has_its_total_and_nothing_to_compare(client, burglary):
    fill(burglary, [9] * 12)
    page = words_of(client, burglary)
    assert "108 in the 12 months to June 2025." in page
    assert "Same period last year" not in page


def test_a_gap_in_the_year_is_named_instead_of_a_total(client, burglary):
    fill(burglary, [*[9] * 18, None, *[9] * 5])
    page = words_of(client, burglary)
    assert "Incomplete, not rated: no figure for January 2025." in page
    assert "in the 12 months to" not in page


def test_a_short_series_says_nothing_of_twelve_months(client, burglary):
    fill(burglary, [9] * 7)
    assert "Compared with the year before" not in words_of(client, burglary)


def test_nothing_is_compared_across_a_break(client, burglary):
    fill(burglary, [9] * 24, at=20)
    page = words_of(client, burglary)
    assert "Change not rated: what is counted changed in March 2025." in page
    assert "New system" in page
    assert "Rolling 12 months" not in page


def test_quarters_are_compared_too(client):
    indicator = make_indicator()
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, [100, 100, 100, 100, 90, 90, 90, 90], last=Period.of_quarter(QUARTER))
    page = words_of(client, indicator)
    assert "90 in Q1 2025/26, −10.0% on 100 in Q1 2024/25: improved." in page
    assert "360 in the 12 months to June 2025, −10.0% on 400 in the 12 months to June 2024: improved." in page


def test_a_year_is_compared_once(client):
    indicator = make_indicator(frequency="year")
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, [2030, 1884], last=Period.of_year(QUARTER.financial_year.previous))
    page = words_of(client, indicator)
    assert "1,884 in 2024/25, −7.2% on 2,030 in 2023/24: improved." in page
    assert "Rolling 12 months" not in page


def test_the_latest_of_twelve_months_is_not_told_twice(client):
    indicator = make_indicator(frequency="month", roll_up="latest")
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, [10] * 24)
    page = words_of(client, indicator)
    assert "Same period last year" in page
    assert "Rolling 12 months" not in page


def test_within_a_band_nearer_is_better_where_the_target_is_for_the_month(client):
    indicator = make_indicator(frequency="month", polarity="band")
    client.force_login(make_viewer(indicator.partnership))
    fill(indicator, [30, *[20] * 12])
    make_target(indicator, JUNE, value=None, low=10, high=25)
    page = words_of(client, indicator)
    assert "20 in June 2025, −33.3% on 30 in June 2024: improved." in page


# Cost


@pytest.mark.parametrize("months", [3, 80])
def test_the_page_costs_nine_queries_however_many_months(client, burglary, months, django_assert_num_queries):
    client.force_login(make_manager(burglary.partnership))
    fill(burglary, [10 + place % 3 for place in range(months)])
    for quarter in (QUARTER, Quarter.from_ordinal(QUARTER.ordinal - 1)):
        make_target(burglary, Period.of_quarter(quarter))
    with django_assert_num_queries(9):
        client.get(reverse("indicator", args=[burglary.pk]))

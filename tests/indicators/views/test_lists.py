"""The list of KPIs and the page of one: what they show, to whom, in how many queries."""

import gzip
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from actions.models import PriorityIndicator
from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from csp_tracker.writing import store
from tests.builders import (
    QUARTER,
    TODAY,
    link,
    make_action,
    make_agency,
    make_baseline,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_reading,
    make_scheme,
    make_target,
    make_viewer,
)

pytestmark = pytest.mark.django_db
PERIOD = Period.of_quarter(QUARTER)


@pytest.fixture(autouse=True)
def in_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def partnership():
    return make_partnership("Maldon Community Safety Partnership")


@pytest.fixture
def reader(client, partnership):
    viewer = make_viewer(partnership)
    client.force_login(viewer)
    return viewer


def full(partnership, number):
    """KPIs with all a row may show, each with an owner and an agency of its own."""
    for _ in range(number):
        indicator = make_indicator(
            partnership, owner=make_officer(partnership), agency=make_agency(partnership), part_of=None
        )
        make_target(indicator)
        make_target(indicator, Period.of_year(QUARTER.financial_year))
        for period in (PERIOD, PERIOD.previous, PERIOD.same_last_year):
            make_reading(indicator, period, rating="green", rating_why="On target.")
    return indicator


def page(client, name="indicators", *arguments, **query):
    answer = client.get(reverse(name, args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


# The list


def test_a_row_says_figure_light_target_direction_and_owner(client, partnership, reader):
    police = make_agency(partnership, "Essex Police")
    owner = make_officer(partnership, name="Oliver Officer", agency=police)
    indicator = make_indicator(partnership, reference="7.2", name="ASB incidents", owner=owner, agency=police)
    make_target(indicator)
    make_reading(indicator, rating="green")
    make_reading(indicator, PERIOD.previous, value=2000)
    make_reading(indicator, PERIOD.same_last_year, value=1800)
    html = page(client)
    for words in (
        "7.2 ASB incidents",
        "1,884",
        "Green",
        "1,984",
        "Improved",
        "Worsened",
        "Oliver Officer, Essex Police",
    ):
        assert words in html
    assert "since Q4 2024/25" in html
    assert "since Q1 2024/25" in html


def test_a_quarter_put_together_from_months_says_so(client, partnership, reader):
    monthly = make_indicator(partnership, frequency="month")
    month = Period.containing(PeriodKind.MONTH, QUARTER.starts_on)
    for value in (14, 15, 16, 20, 20, 20):
        make_reading(monthly, month, value=value)
        month = month.next
    make_target(monthly, Period.of_year(QUARTER.financial_year), value=100)
    html = page(client)
    assert ">45</b>" in html
    assert "Sum of April to June 2025" in html
    assert "100 for 2025/26" in html
    assert "Year to date 105 for April 2025 to September 2025 (sum of 6 months)" in page(client, quarter="2025-26-Q2")


def test_a_quarter_with_a_month_missing_is_incomplete(client, partnership, reader):
    monthly = make_indicator(partnership, frequency="month")
    make_reading(monthly, Period.containing(PeriodKind.MONTH, QUARTER.ends_on), value=14)
    html = page(client)
    assert "Incomplete" in html
    assert "April 2025 and May 2025 missing" in html


def test_the_year_of_a_yearly_kpi_is_named(client, partnership, reader):
    yearly = make_indicator(partnership, frequency="year", due_quarter=1)
    make_reading(yearly, Period.of_year(QUARTER.financial_year), value=14)
    assert '<span class="app-muted">2025/26</span>' in page(client)


def test_figures_of_late_are_a_line_that_says_them(client, partnership, reader):
    indicator = make_indicator(partnership)
    make_reading(indicator)
    make_reading(indicator, PERIOD.previous, value=2000)
    assert "no figure, 2,000, 1,884" in page(client)
    assert "<polyline" in page(client)


def test_the_rules_of_the_lights_are_said_in_words(client, partnership, reader):
    make_scheme(partnership, amber_tolerance=5)
    own = make_indicator(partnership, reference="7.2")
    make_scheme(partnership, indicator=own, compare_with="previous_period", amber_tolerance=2)
    make_indicator(partnership)
    make_indicator(partnership, polarity="monitor")
    html = page(client)
    assert "Amber: within 5% of target" in html
    assert "Amber: within 2% of the previous period" in html
    assert "They are given no light." in html


def test_the_quarter_is_the_last_ended_one_or_that_of_the_address(client, partnership, reader):
    indicator = make_indicator(partnership)
    make_reading(indicator, value=111)
    make_reading(indicator, PERIOD.previous, value=222)
    assert "111" in page(client)
    earlier = page(client, quarter="2024-25-Q4")
    assert "222" in earlier
    assert "Q4 2024/25" in earlier
    assert "111" in page(client, quarter="rubbish")


@pytest.mark.parametrize("code", ["0001-02-Q1", "9998-99-Q4"])
def test_a_quarter_no_kpi_can_have_is_not_taken(client, partnership, reader, code):
    full(partnership, 1)
    assert "Q1 2025/26" in page(client, quarter=code)


def test_nothing_of_another_partnership_is_listed(client, partnership, reader):
    make_indicator(partnership, name="Ours")
    make_indicator(name="Somebody else’s")
    html = page(client)
    assert "Ours" in html
    assert "Somebody else’s" not in html


def test_another_partnership_of_ones_own_is_chosen_by_the_address(client, partnership, reader):
    other = make_partnership()
    reader.memberships.create(partnership=other, agency=make_agency(other), role="viewer")
    make_indicator(other, name="Theirs")
    assert "Theirs" in page(client, partnership=other.slug)
    assert client.get(reverse("indicators"), {"partnership": make_partnership().slug}).status_code == 404


def test_fifty_a_page_within_their_weight(client, partnership, reader):
    full(partnership, 50)
    make_indicator(partnership)
    answer = client.get(reverse("indicators"))
    assert len(answer.context["rows"]) == 50
    assert len(gzip.compress(answer.content)) < 12_000
    assert len(client.get(reverse("indicators"), {"page": 2}).context["rows"]) == 1


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_costs_seven_queries_however_long(client, partnership, reader, number, django_assert_num_queries):
    full(partnership, number)
    with django_assert_num_queries(7):
        page(client)


def test_an_empty_list_says_what_to_do(client, partnership, reader):
    html = page(client)
    assert "No KPIs yet" in html
    assert reverse("indicator_new") not in html
    client.force_login(make_manager(partnership))
    assert reverse("indicator_new") in page(client)


def test_filters_that_match_nothing_offer_the_way_back(client, partnership, reader):
    make_indicator(partnership)
    html = page(client, words="xyzzy")
    assert "No KPI matches these filters" in html
    assert "Show all KPIs" in html


def test_names_are_text_not_markup(client, partnership, reader):
    make_indicator(partnership, name="<script>alert(1)</script>", reference="<b>")
    assert "<script>alert" not in page(client)


# One KPI


@pytest.fixture
def asb(partnership):
    indicator = make_indicator(
        partnership,
        reference="7.2",
        name="ASB incidents",
        definition="Recorded incidents.",
        why="Residents’ first worry.",
        source="Performance pack",
        agency=make_agency(partnership, "Essex Police"),
    )
    make_baseline(indicator, label="2008/09", text="2008/09 ASB Incidents 2030", is_primary=True)
    make_baseline(indicator, label="", value=None, state="not_available", text="Baseline not available")
    return indicator


def test_the_page_says_all_about_the_kpi(client, reader, asb, partnership):
    make_scheme(partnership, amber_tolerance=5)
    make_target(asb, text="Target 09/10 1984")
    make_reading(asb, rating="green", rating_why="1,884 meets the target.", first_value=1880, note="Late forms.")
    html = page(client, "indicator", asb.pk)
    for words in (
        "ASB incidents",
        "Recorded incidents.",
        "Residents’ first worry.",
        "Performance pack",
        "Lower is better",
        "Essex Police",
        "Amber: within 5% of target",
        "2008/09 ASB Incidents 2030",
        "Baseline not available",
        "Target 09/10 1984",
        "1,884 meets the target.",
        "First reported as 1,880",
        "Late forms.",
    ):
        assert words in html


def test_the_page_lists_only_the_actions_and_priorities_a_reader_may_see(client, reader, asb, partnership):
    plan, draft = make_plan(partnership), make_plan(partnership, status="draft")
    link(make_action(plan, text="Joint patrols"), asb)
    link(make_action(draft, text="Secret patrols"), asb)
    for one in (plan, draft):
        PriorityIndicator.objects.create(priority=make_priority(one, title=f"Safe streets {one.status}"), indicator=asb)
    html = page(client, "indicator", asb.pk)
    assert "Joint patrols" in html
    assert "Safe streets active" in html
    assert "Secret patrols" not in html
    assert "Safe streets draft" not in html


def test_links_follow_the_right(client, reader, asb, partnership):
    entry, edit = reverse("reading_choose", args=[asb.pk]), reverse("indicator_edit", args=[asb.pk])
    html = page(client, "indicator", asb.pk)
    assert entry not in html
    assert edit not in html
    client.force_login(make_officer(partnership, agency=asb.agency))
    html = page(client, "indicator", asb.pk)
    assert entry in html
    assert edit not in html
    client.force_login(make_manager(partnership))
    html = page(client, "indicator", asb.pk)
    assert entry in html
    assert edit in html


@pytest.mark.parametrize("quarters", [2, 40])
def test_the_page_costs_nine_queries_however_long_its_history(
    client, partnership, quarters, asb, django_assert_num_queries
):
    client.force_login(make_manager(partnership))
    plan = make_plan(partnership)
    for _ in range(quarters):
        link(make_action(plan), asb)
    for back in range(quarters):
        period = Period.of_quarter(Quarter.from_ordinal(QUARTER.ordinal - back))
        make_reading(asb, period)
        make_target(asb, period)
    with django_assert_num_queries(9):
        page(client, "indicator", asb.pk)


def test_old_readings_and_targets_stand_on_further_pages(client, reader, asb):
    for back in range(14):
        period = Period.of_quarter(Quarter.from_ordinal(QUARTER.ordinal - back))
        make_reading(asb, period, value=1000 + back)
        make_target(asb, period, value=2000 + back)
    first = page(client, "indicator", asb.pk).split('id="readings"')[1]  # the chart above has them all
    assert "1,007" in first
    assert "1,008" not in first
    assert "Show 6 earlier targets" in first
    assert "1,013" in page(client, "indicator", asb.pk, page=2)
    assert "2,013" in page(client, "indicator", asb.pk, targets="all")


def test_a_reading_is_compared_with_those_of_other_pages(client, reader, asb):
    for back in range(20):
        make_reading(asb, Period.of_quarter(Quarter.from_ordinal(QUARTER.ordinal - back)), value=1000 + back)
    for number in (1, 2):
        html = page(client, "indicator", asb.pk, page=number)
        assert html.count("since Q") == 2 * (8 + 1), "every row, and the newest above them"
        assert "since Q1 2024/25" in html, "the newest stands above every page"
    assert page(client, "indicator", asb.pk, page=3).count("since Q") == 2 * 1 + 3, "only the oldest has nothing before"


def test_a_break_in_the_series_is_known_on_every_page(client, reader, asb):
    for back in range(20):
        broken = {"series_break": True, "series_break_words": "New system."} if back == 7 else {}
        period = Period.of_quarter(Quarter.from_ordinal(QUARTER.ordinal - back))
        make_reading(asb, period, value=1000 + back, **broken)
    assert page(client, "indicator", asb.pk).count("since Q") == 2 * (1 + 4) + 3, "four rows stand a year after it"
    assert page(client, "indicator", asb.pk, page=2).count("since Q") == 2 * (1 + 8), "before it nothing is broken"


def test_an_archived_kpi_takes_no_figures(client, asb, partnership):
    asb.archived_at = datetime(2025, 1, 1, tzinfo=UTC)
    asb.save()
    client.force_login(make_manager(partnership))
    html = page(client, "indicator", asb.pk)
    assert "This KPI is archived" in html
    assert reverse("reading_choose", args=[asb.pk]) not in html


def test_the_picker_offers_the_period_that_ended_until_it_is_filled(client, asb, partnership):
    client.force_login(make_manager(partnership))
    chosen = '<option value="{}" selected>'
    assert chosen.format("2025-26-Q1") in page(client, "indicator", asb.pk)
    make_reading(asb)
    html = page(client, "indicator", asb.pk)
    assert chosen.format("2025-26-Q2") in html
    assert "Q1 2025/26: has a figure" in html


# The history


def test_the_history_names_people_reasons_and_figures(client, reader, asb, partnership):
    from indicators import services

    manager = make_manager(partnership, name="Margaret Manager")
    services.set_target(indicator=asb, period=PERIOD, value=1984, by=manager)
    services.record_reading(indicator=asb, period=PERIOD, value="1,884", by=manager)
    services.record_reading(
        indicator=asb, period=PERIOD, value="1,901", version=1, reason="Late recording.", by=manager
    )
    with pytest.raises(ValidationError):
        services.record_reading(indicator=asb, period=PERIOD, value="many", version=2, by=manager)
    services.archive_indicator(indicator=asb, reason="Counted elsewhere.", by=manager)
    html = page(client, "indicator_history", asb.pk)
    for words in (
        "Reading for Q1 2025/26 changed",
        "Target for Q1 2025/26 added",
        "Baseline 2008/09 added",
        "KPI archived",
        "Counted elsewhere.",
        "Late recording.",
        "Margaret Manager",
        "1,901",
    ):
        assert words in html
    assert "1901.0000" not in html


def test_a_first_value_comes_from_nothing_and_does_not_say_so(client, reader, partnership):
    kpi = make_indicator(partnership, definition="")
    html = page(client, "indicator_history", kpi.pk)
    assert kpi.name in html
    assert 'data-label="From"' not in html
    with transaction.atomic():
        kpi.definition = "Counted by the police."
        store(kpi, by=reader)
    assert "Was empty" in page(client, "indicator_history", kpi.pk)


@pytest.mark.parametrize("readings", [2, 20])
def test_the_history_costs_the_same_however_long(client, reader, asb, readings, django_assert_max_num_queries):
    for back in range(readings):
        make_reading(asb, Period.of_quarter(Quarter.from_ordinal(QUARTER.ordinal - back)))
    with django_assert_max_num_queries(10):
        page(client, "indicator_history", asb.pk)


@pytest.mark.parametrize("name", ["indicator", "indicator_history"])
def test_a_stranger_cannot_find_the_kpi(client, asb, name):
    client.force_login(make_manager(make_partnership()))
    assert client.get(reverse(name, args=[asb.pk])).status_code == 404
    assert client.get(reverse(name, args=[999_999])).status_code == 404


def test_a_yearly_kpi_is_filled_by_the_year(client, partnership):
    indicator = make_indicator(partnership, frequency="year")
    client.force_login(make_manager(partnership))
    html = page(client, "indicator", indicator.pk)
    assert Period.of_year(FinancialYear(2024)).code in html
    assert "2025-26-Q1" not in html

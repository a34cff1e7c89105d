"""A KPI's chart on its page and its drawing, the quarters its months come to, and what its rows were before."""

from decimal import Decimal

import pytest
from django.core.cache import caches
from django.urls import reverse

from csp_tracker.periods import Period, Quarter
from indicators import services
from indicators.views import charts
from tests.builders import (
    QUARTER,
    make_baseline,
    make_indicator,
    make_manager,
    make_reading,
    make_target,
    make_viewer,
)

pytestmark = pytest.mark.django_db
PERIOD = Period.of_quarter(QUARTER)


@pytest.fixture
def asb():
    return make_indicator(reference="7.2", name="ASB incidents")


@pytest.fixture
def reader(client, asb):
    user = make_viewer(asb.partnership)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["charts"].clear()


def page_of(client, indicator):
    answer = client.get(reverse("indicator", args=[indicator.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def chart_url(indicator):
    return reverse("indicator_chart", args=[indicator.pk])


def test_a_page_shows_the_chart_in_two_drawings_in_words_and_as_a_table(client, reader, asb):
    make_reading(asb, PERIOD.previous, value=1990)
    make_reading(asb, PERIOD)
    html = page_of(client, asb)
    assert f'srcset="{chart_url(asb)}?shape=narrow"' in html
    assert f'src="{chart_url(asb)}"' in html
    assert 'alt="Chart of 7.2 ASB incidents, by quarter, Q4 2024/25 to Q1 2025/26. The line goes from 1,990' in html
    assert "The figures of the chart, newest first" in html


def test_without_a_figure_there_is_no_chart_but_the_address_still_answers(client, reader, asb):
    make_reading(asb, PERIOD, value=None, state="awaited")
    assert "<picture>" not in page_of(client, asb)
    assert b"No figures yet" in client.get(chart_url(asb)).content


def test_what_is_not_drawn_is_named(client, reader, asb):
    make_reading(asb, PERIOD)
    make_baseline(asb, is_primary=True)
    assert "cannot stand beside single quarters: the baseline of 2,030 for 2024/25." in page_of(client, asb)


def test_a_drawing_is_an_image_that_may_load_nothing(client, reader, asb):
    make_reading(asb, PERIOD)
    answer = client.get(chart_url(asb))
    assert answer["Content-Type"] == "image/svg+xml"
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in client.get(reverse("indicator", args=[asb.pk]))["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store", "as every page of signed-in people"


def test_a_drawing_is_made_once_for_the_same_figures(client, reader, asb, monkeypatch):
    drawn = []
    draw = charts.draw
    monkeypatch.setattr(charts, "draw", lambda *args, **kwargs: drawn.append(kwargs) or draw(*args, **kwargs))
    reading = make_reading(asb, PERIOD)
    first = client.get(chart_url(asb))
    assert client.get(chart_url(asb)).content == first.content
    assert len(drawn) == 1
    client.get(chart_url(asb), {"shape": "narrow"})
    assert len(drawn) == 2
    reading.value = Decimal(1900)
    reading.save()
    assert client.get(chart_url(asb)).content != first.content
    assert len(drawn) == 3


def test_a_drawing_that_is_known_is_not_sent_again(client, reader, asb):
    make_reading(asb, PERIOD)
    etag = client.get(chart_url(asb))["ETag"]
    assert client.get(chart_url(asb), headers={"If-None-Match": etag}).status_code == 304
    assert client.get(chart_url(asb), {"shape": "narrow"}, headers={"If-None-Match": etag}).status_code == 200


# Beside the chart


def test_months_are_put_together_to_quarters_with_a_light_and_the_year_to_date(client, reader, asb):
    asb.frequency = "month"
    asb.save()
    for month, value in zip(("2025-04", "2025-05", "2025-06", "2025-07"), (10, 20, 30, 40), strict=True):
        make_reading(asb, Period.parse(month), value=value)
    make_target(asb, PERIOD, value=70)
    html = page_of(client, asb)
    assert "Quarters and year to date" in html
    assert "Sum of April to June 2025" in html
    assert "60 meets the target of 70" in html
    assert "August 2025 and September 2025 missing" in html


def test_quarters_come_to_a_year_to_date(client, reader, asb):
    for number, value in enumerate((100, 110, 120), start=1):
        make_reading(asb, Period.of_quarter(Quarter(2025, number)), value=value)
    assert "Year to date 330 for Q1 2025/26 to Q3 2025/26 (sum of 3 quarters)" in page_of(client, asb)


def test_a_target_shows_what_it_was_before_with_who_and_why(client, reader, asb):
    ann = make_manager(asb.partnership, name="Ann Manager")
    services.set_target(indicator=asb, period=PERIOD, by=ann, value=Decimal(2000))
    services.set_target(indicator=asb, period=PERIOD, by=ann, value=Decimal(1984), reason="Agreed by the board.")
    html = " ".join(page_of(client, asb).split())
    assert ":</span> 2,000. <span" in html
    assert "Changed by Ann Manager: Agreed by the board." in html


def test_a_reading_shows_what_it_was_before_with_its_light(client, reader, asb):
    ann = make_manager(asb.partnership, name="Ann Manager")
    make_target(asb, PERIOD)
    for value, reason in ((2000, ""), (1884, "Two incidents were counted twice."), (1884, "")):
        seen = asb.readings.first()
        services.record_reading(
            indicator=asb,
            period=PERIOD,
            by=ann,
            value=Decimal(value),
            reason=reason,
            version=seen.version if seen else 0,
        )
    html = " ".join(page_of(client, asb).split())
    assert ":</span> 2,000, amber. <span" in html
    assert "Changed by Ann Manager: Two incidents were counted twice." in html
    assert html.count("Changed by") == 1


def test_a_page_offers_the_figures_as_a_workbook(client, reader, asb):
    assert f'href="{reverse("indicator_file", args=[asb.pk, "xlsx"])}">Download as Excel</a>' in page_of(client, asb)


def test_a_whole_names_its_parts_and_a_part_its_whole(client, reader, asb):
    noise = make_indicator(asb.partnership, name="Noise at night", part_of=asb)
    whole, part = page_of(client, asb), page_of(client, noise)
    assert "What it is made up of" in whole
    assert f'href="{noise.get_absolute_url()}"' in whole
    assert "What it is made up of" not in part
    assert f'href="{asb.get_absolute_url()}"' in part

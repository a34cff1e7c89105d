"""The grid of a quarter's figures: what it asks of whom, what it saves, and that it loses nothing typed."""

from datetime import date
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from lxml import html

from csp_tracker.periods import Period, PeriodKind, Quarter
from indicators.models import Indicator, Reading
from indicators.permissions import can_enter_readings, open_to_entering
from indicators.services.entering import months_of
from tests.builders import (
    QUARTER,
    TODAY,
    make_administrator,
    make_agency,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_police_series,
    make_reading,
    make_target,
    make_viewer,
)
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
PERIOD = Period.of_quarter(QUARTER)
APRIL, MAY, JUNE = months_of(QUARTER)
URL = reverse("readings_grid", args=[QUARTER])


@pytest.fixture(autouse=True)
def in_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def partnership():
    return make_partnership()


@pytest.fixture
def manager(client, partnership):
    user = make_manager(partnership, name="Mo Manager")
    client.force_login(user)
    return user


@pytest.fixture
def kpi(partnership):
    return make_indicator(partnership, reference="K1", name="ASB incidents")


def box(indicator, name="figure", period=PERIOD):
    return f"{indicator.pk}-{period.code}-{name}"


def names_of(answer):
    """The KPIs whose rows are shown."""
    rows = html.fromstring(answer.content.decode()).xpath("//input[@name='rows']/@value")
    return {Indicator.objects.get(pk=pk).name for pk in rows}


def words_of(answer):
    return " ".join(html.fromstring(answer.content.decode()).xpath("string(//main)").split())


def problems(answer):
    """The lines of the error summary with the boxes they lead to."""
    links = html.fromstring(answer.content.decode()).xpath("//div[@role='alert']//a")
    return {link.get("href").removeprefix("#id_"): link.text_content() for link in links}


def typed_over(client, typed, url=URL):
    """Open the page, type, and press Save; every other box is sent as it stands."""
    return client.post(url, filled_in(client.get(url)) | typed)


# What is asked of whom ------------------------------------------------------------------------------------------------


def test_a_quarter_asks_for_what_is_due_in_it(client, manager, partnership):
    for frequency, due, name in [
        ("month", 4, "Monthly"), ("quarter", 4, "Quarterly"), ("year", 1, "Yearly now"), ("year", 4, "Yearly later"),
        ("one_off", 1, "Once now"), ("one_off", 3, "Once later"),
    ]:  # fmt: skip
        make_indicator(partnership, frequency=frequency, due_quarter=due, name=name)
    make_indicator(partnership, name="Archived", archived_at="2025-01-01T00:00Z")
    make_indicator(make_partnership(), name="Elsewhere")
    answer = client.get(URL)
    assert names_of(answer) == {"Monthly", "Quarterly", "Yearly now", "Once now"}
    periods = [cell.due.period.code for cell in answer.context["grid"].cells]
    assert sorted(periods) == ["2025-04", "2025-05", "2025-06", "2025-26-Q1", "2025-26-Q1", "2025-26-year"]


def test_of_the_running_quarter_only_months_that_have_begun_are_asked_for(client, manager, partnership):
    make_indicator(partnership, frequency="month")
    answer = client.get(reverse("readings_grid", args=[QUARTER.next]))
    assert [str(cell.due.period) for cell in answer.context["grid"].cells] == ["July 2025"]


@pytest.mark.parametrize("code", ["2025-26-Q3", "1973-74-Q4", "2025-27-Q1"])
def test_a_quarter_that_nobody_can_know_is_not_found(client, manager, code):
    assert client.get(f"/indicators/readings/{code}/").status_code == 404


def test_beside_each_box_stand_the_figure_before_and_the_target(client, manager, kpi):
    make_reading(kpi, PERIOD.previous, value=2030)
    make_target(kpi, Period.of_year(QUARTER.financial_year), value=1984)
    words = words_of(client.get(URL))
    assert "2,030" in words
    assert "1,984 for 2025/26" in words
    assert "Why a figure on record changes" not in words


def test_a_kpi_counted_by_the_police_says_so(client, manager, partnership):
    make_police_series(make_indicator(partnership, frequency="month"))
    assert "counted from police data" in words_of(client.get(URL))


def test_an_officer_is_asked_for_their_own_and_their_agencys(client, partnership):
    agency = make_agency(partnership)
    officer = make_officer(partnership, agency=agency)
    make_indicator(partnership, name="Mine", owner=officer)
    make_indicator(partnership, name="Ours", agency=agency)
    make_indicator(partnership, name="Theirs", agency=make_agency(partnership))
    client.force_login(officer)
    assert names_of(client.get(URL)) == {"Mine", "Ours"}


def test_who_has_nothing_to_enter_is_told_so(client, partnership, kpi):
    client.force_login(make_officer(partnership))
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "Nothing for you to enter" in words_of(answer)


@pytest.mark.parametrize("make", [make_viewer, make_administrator])
def test_who_may_enter_nothing_is_refused(client, partnership, make):
    client.force_login(make(partnership))
    assert client.get(URL).status_code == 403
    assert client.post(URL).status_code == 403
    assert client.get(reverse("readings_choose")).status_code == 403


def test_the_filter_and_the_permission_say_the_same(partnership):
    agency = make_agency(partnership)
    people = [
        make_officer(partnership, agency=agency), make_officer(partnership), make_manager(partnership),
        make_viewer(partnership, agency=agency), make_administrator(partnership, agency=agency),
        make_manager(make_partnership()),
    ]  # fmt: skip
    for owner in (None, *people):
        make_indicator(partnership, owner=owner)
        make_indicator(partnership, owner=owner, agency=agency)
    for person in people:
        expected = {one.pk for one in Indicator.objects.all() if can_enter_readings(person, one)}
        assert {one.pk for one in open_to_entering(person, partnership)} == expected


@pytest.mark.parametrize("method", ["put", "delete"])
def test_another_method_is_refused(client, manager, method):
    assert getattr(client, method)(URL).status_code == 405
    assert client.post(reverse("readings_choose")).status_code == 405


# Narrowing it, and going on -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("owner=me", {"Mine"}),
        ("owner=none", {"Ours", "Nobody's"}),
        ("agency={agency}", {"Ours"}),
        ("entered=no", {"Ours", "Nobody's"}),
        ("entered=open", {"Nobody's"}),
        ("owner=me&entered=no", set()),
        ("owner=77777", {"Mine", "Ours", "Nobody's"}),
    ],
)
def test_the_list_is_narrowed(client, manager, partnership, query, expected):
    agency = make_agency(partnership)
    make_reading(make_indicator(partnership, name="Mine", owner=manager))
    make_indicator(partnership, name="Ours", agency=agency)
    monthly = make_indicator(partnership, name="Nobody's", frequency="month")
    make_reading(monthly, APRIL)
    make_reading(monthly, MAY, value=None, state="awaited")
    answer = client.get(f"{URL}?{query.format(agency=agency.pk)}")
    assert names_of(answer) == expected
    assert ("No KPI matches" in words_of(answer)) == (not expected)


def test_months_still_to_come_are_not_missing(client, manager, partnership):
    monthly = make_indicator(partnership, frequency="month")
    make_reading(monthly, JUNE.next)
    answer = client.get(reverse("readings_grid", args=[QUARTER.next]) + "?entered=no")
    assert names_of(answer) == set()


def test_the_picker_leads_to_the_quarter_with_the_rest_of_what_was_picked(client, manager):
    choose = reverse("readings_choose")
    assert client.get(choose).url == URL
    answer = client.get(f"{choose}?quarter=2024-25-Q4&owner=me&entered=no&page=3")
    assert answer.url == "/indicators/readings/2024-25-Q4/?owner=me&entered=no"
    for code in ("soon", "2025-26-Q4", "1960-61-Q1"):
        assert client.get(f"{choose}?quarter={code}").status_code == 404


def test_many_kpis_come_in_pages_and_saving_may_lead_on(client, manager, partnership):
    kpis = [make_indicator(partnership, reference=f"K{number:03}") for number in range(120)]
    first = client.get(URL)
    assert len(names_of(first)) == 50
    assert "Save and go to the next page" in words_of(first)
    answer = client.post(URL, filled_in(first) | {box(kpis[0]): "1", "next": "yes"})
    assert answer.url == f"{URL}?page=2"
    answer = client.post(answer.url, filled_in(client.get(answer.url)) | {box(kpis[60]): "1"})
    assert answer.url == f"{URL}?page=2"
    assert Reading.objects.count() == 2
    left = f"{URL}?entered=no"  # what is entered leaves the list, and the next page begins sooner
    done = {box(one): "2" for one in kpis[1:40]}
    assert client.post(left, filled_in(client.get(left)) | done | {"next": "yes"}).url == f"{left}&page=1"
    assert "next page" not in words_of(client.get(f"{URL}?page=3"))


# Saving ---------------------------------------------------------------------------------------------------------------


def test_everything_typed_is_saved_with_its_light(client, manager, partnership, kpi):
    monthly = make_indicator(partnership, frequency="month", unit="per_cent", decimals=1)
    shared = make_indicator(partnership, roll_up="ratio", unit="per_cent")
    make_target(kpi, PERIOD, value=1984)
    typed = {
        box(kpi): "1,884", box(kpi, "note"): "Counted twice",
        box(monthly, period=APRIL): "about 95.9%", box(monthly, period=MAY): "awaited",
        box(shared): "45 of 60 provisional",
    }  # fmt: skip
    answer = typed_over(client, typed)
    assert answer.url == URL
    assert "4 figures saved for Q1 2025/26: 1 green, 3 not rated." in words_of(client.get(URL))
    said = {(row.indicator_id, row.period): row for row in Reading.objects.all()}
    assert (said[kpi.pk, PERIOD].value, said[kpi.pk, PERIOD].note) == (1884, "Counted twice")
    assert said[kpi.pk, PERIOD].entered_by == said[kpi.pk, PERIOD].history.get().history_user == manager
    assert said[monthly.pk, APRIL].qualifier == "about"
    assert (said[monthly.pk, MAY].state, said[monthly.pk, MAY].value) == ("awaited", None)
    assert (said[shared.pk, PERIOD].value, said[shared.pk, PERIOD].numerator) == (75, 45)
    assert said[shared.pk, PERIOD].state == "provisional"
    assert (monthly.pk, JUNE) not in said


def test_what_is_shown_again_and_sent_again_changes_nothing(client, manager, partnership, kpi):
    shares = {"value": 75, "numerator": 45, "denominator": 60, "state": "provisional"}
    make_reading(make_indicator(partnership, roll_up="ratio", unit="per_cent"), **shares)
    make_reading(kpi, value="1884.5", qualifier="at_least", note="Two lines:\r\n“twice”  \nand more ")
    make_reading(make_indicator(partnership), value=None, state="not_due")
    rows = list(Reading.objects.order_by("pk").values())
    assert typed_over(client, {}).url == URL
    assert "Nothing was changed, so nothing was saved." in words_of(client.get(URL))
    assert list(Reading.objects.order_by("pk").values()) == rows


def test_a_figure_on_record_changes_only_with_a_reason(client, manager, kpi):
    make_reading(kpi, value=1884)
    answer = typed_over(client, {box(kpi): "1,890"})
    assert problems(answer) == {box(kpi, "reason"): "K1 ASB incidents, Q1 2025/26: Enter why the figure changes."}
    assert 'value="1,890"' in answer.content.decode()
    assert typed_over(client, {box(kpi): "1,890", box(kpi, "reason"): "Recount"}).status_code == 302
    reading = Reading.objects.get()
    assert (reading.value, reading.first_value) == (1890, 1884)
    assert reading.history.first().history_change_reason == "Recount"


def test_a_note_is_added_without_a_reason(client, manager, kpi):
    make_reading(kpi, value=1884)
    typed_over(client, {box(kpi, "note"): "Two came late"})
    assert Reading.objects.get().note == "Two came late"


def test_awaited_gives_way_to_the_figure_without_a_reason(client, manager, kpi):
    make_reading(kpi, value=None, state="awaited")
    assert box(kpi, "reason") not in client.get(URL).content.decode()
    typed_over(client, {box(kpi): "0"})
    assert (Reading.objects.get().value, Reading.objects.get().state) == (0, "final")


# Refusals -------------------------------------------------------------------------------------------------------------


def test_one_wrong_cell_saves_nothing_names_every_wrong_one_and_keeps_all_that_was_typed(
    client, manager, partnership, kpi
):
    recorded = make_indicator(partnership, reference="K2", name="Rates")
    make_reading(recorded, value=7)
    cleared = make_indicator(partnership, reference="", name="Walks")
    make_reading(cleared, value=8)
    right = make_indicator(partnership, reference="K4")
    noted = make_indicator(partnership, reference="K5", name="Talks")
    typed = {
        box(kpi): "lots <b>", box(recorded): "9", box(cleared): " ", box(right): "5", box(noted, "note"): "Why none?",
    }  # fmt: skip
    answer = typed_over(client, typed)
    assert answer.status_code == 200
    none = "awaited, not available or not due"
    assert problems(answer) == {
        box(kpi): "K1 ASB incidents, Q1 2025/26: “lots <b>” is not a figure. Write it in digits, such as 1,884, 95.9% "
        f"or about 400. Where there is none: {none}.",
        box(recorded, "reason"): "K2 Rates, Q1 2025/26: Enter why the figure changes.",
        box(cleared): f"Walks, Q1 2025/26: Enter the figure, or why there is none: {none}",
        box(noted): f"K5 Talks, Q1 2025/26: Enter the figure the note is about, or why there is none: {none}",
    }
    again = filled_in(answer)
    assert {name: again[name] for name in typed} == typed
    assert sorted(Reading.objects.values_list("value", flat=True)) == [7, 8]
    assert "<title>Error: Enter figures" in answer.content.decode()
    put_right = {box(kpi): "1", box(recorded, "reason"): "Recount", box(cleared): "8", box(noted): "n/a"}
    assert client.post(URL, again | put_right).status_code == 302
    assert Reading.objects.count() == 5


def test_words_longer_than_a_cell_are_refused_and_given_back(client, manager, kpi):
    answer = typed_over(client, {box(kpi): "1" * 61, box(kpi, "note"): "x" * 2001})
    assert problems(answer) == {
        box(kpi): "K1 ASB incidents, Q1 2025/26: Figure must be 60 characters or fewer",
        box(kpi, "note"): "K1 ASB incidents, Q1 2025/26: Note must be 2000 characters or fewer",
    }
    assert filled_in(answer)[box(kpi, "note")] == "x" * 2001


def test_a_page_without_a_single_row_saves_nothing(client, manager, kpi):
    answer = client.post(URL, {"rows": ["soon", str(2**70), "-1"], box(kpi): "7"})
    assert answer.status_code == 302
    assert not Reading.objects.exists()


def test_figures_of_other_quarters_kpis_and_partnerships_are_not_taken(client, manager, partnership, kpi):
    foreign, later = make_indicator(), make_indicator(partnership, frequency="year", due_quarter=4)
    typed = {
        "rows": [str(kpi.pk), str(foreign.pk), str(later.pk)], box(kpi): "1", box(kpi, "version"): "0",
        box(kpi, period=PERIOD.previous): "7", box(foreign): "7", box(foreign, "version"): "0",
    }  # fmt: skip
    answer = client.post(URL, typed)
    assert answer.status_code == 409
    assert not Reading.objects.exists()


# Two people at once ---------------------------------------------------------------------------------------------------


def theirs(indicator, value, **fields):
    """What a colleague saves in the meantime."""
    colleague = make_officer(indicator.partnership, name="Olu Officer")
    reading = Reading.objects.filter(indicator=indicator).for_period(PERIOD).first()
    if reading is None:
        return make_reading(indicator, value=value, entered_by=colleague, **fields)
    reading.value, reading.version, reading.entered_by = value, reading.version + 1, colleague
    reading.save()
    return reading


@pytest.fixture
def other(partnership):
    return make_indicator(partnership, reference="K2", name="Rates")


def test_a_conflict_shows_both_figures_saves_nothing_and_loses_nothing(client, manager, kpi, other):
    form = filled_in(client.get(URL)) | {box(kpi): "1,884", box(kpi, "note"): "Ours", box(other): "5"}
    theirs(kpi, 1900)
    answer = client.post(URL, form)
    assert answer.status_code == 409
    said = "Olu Officer saved 1,900 while you were working. You typed 1,884 with the note “Ours”."
    assert problems(answer) == {box(kpi): f"K1 ASB incidents, Q1 2025/26: {said}"}
    assert "Keep 1,900" in words_of(answer)
    assert Reading.objects.get().value == 1900
    again = filled_in(answer)
    assert (again[box(kpi)], again[box(other)], again[box(kpi, "version")]) == ("1,884", "5", "1")
    refused = client.post(URL, again)
    assert list(problems(refused)) == [box(kpi, "reason")]
    assert client.post(URL, filled_in(refused) | {box(kpi, "reason"): "We counted again"}).status_code == 302
    assert {row.indicator_id: row.value for row in Reading.objects.all()} == {kpi.pk: 1884, other.pk: 5}


def test_theirs_can_be_kept_and_the_rest_saved(client, manager, kpi, other):
    form = filled_in(client.get(URL)) | {box(kpi): "1,884", box(other): "5"}
    theirs(kpi, 1900)
    again = filled_in(client.post(URL, form))
    assert client.post(URL, again | {box(kpi, "keep"): "on"}).status_code == 302
    assert {row.indicator_id: row.value for row in Reading.objects.all()} == {kpi.pk: 1900, other.pk: 5}


def test_what_others_change_in_cells_one_has_not_touched_stays(client, manager, kpi, other):
    make_reading(kpi, value=1, note="First\nline")
    form = filled_in(client.get(URL)) | {box(other): "5"}
    theirs(kpi, 2)
    assert client.post(URL, form).status_code == 302
    assert {row.indicator_id: row.value for row in Reading.objects.all()} == {kpi.pk: 2, other.pk: 5}


def test_an_old_page_shows_the_newest_figures_of_cells_one_has_not_touched(client, manager, kpi, other):
    make_reading(kpi, value=1)
    form = filled_in(client.get(URL)) | {box(other): "five"}
    theirs(kpi, 2)
    again = filled_in(client.post(URL, form))
    assert (again[box(kpi)], again[box(kpi, "version")]) == ("2", "2")


def test_the_same_figure_from_two_people_is_no_conflict(client, manager, kpi, other):
    form = filled_in(client.get(URL)) | {box(kpi): "1,900", box(other): "5"}
    theirs(kpi, 1900)
    assert client.post(URL, form).status_code == 302
    assert Reading.objects.count() == 2


def test_a_figure_that_was_taken_away_is_a_conflict_too(client, manager, kpi):
    reading = make_reading(kpi, value=1)
    form = filled_in(client.get(URL)) | {box(kpi): "7"}
    reading.delete()
    answer = client.post(URL, form)
    assert answer.status_code == 409
    assert "has been taken away" in problems(answer)[box(kpi)]
    assert client.post(URL, filled_in(answer)).status_code == 302
    assert Reading.objects.get().value == 7


@pytest.mark.parametrize("version", ["", "-1", "nonsense", "999", str(2**70), "٣"])
def test_a_made_up_version_overwrites_nothing(client, manager, kpi, version):
    make_reading(kpi, value=1)
    answer = typed_over(client, {box(kpi): "7", box(kpi, "reason"): "Tried", box(kpi, "version"): version})
    assert answer.status_code == 409
    assert Reading.objects.get().value == 1


@pytest.mark.parametrize("change", [{"archived_at": "2025-07-01T00:00Z"}, {"owner": None}], ids=["archived", "given"])
def test_a_kpi_that_is_gone_in_the_meantime_takes_no_other_figure_with_it(client, partnership, kpi, change):
    officer = make_officer(partnership)
    Indicator.objects.update(owner=officer)
    other = make_indicator(partnership, owner=officer)
    client.force_login(officer)
    form = filled_in(client.get(URL)) | {box(kpi): "1", box(other): "2"}
    Indicator.objects.filter(pk=kpi.pk).update(**change)
    answer = client.post(URL, form)
    assert answer.status_code == 409
    assert "Its row is gone" in words_of(answer)
    assert not Reading.objects.exists()
    assert client.post(URL, filled_in(answer)).status_code == 302
    assert Reading.objects.get().indicator == other


def test_the_page_stays_with_its_partnership_whatever_is_looked_at_meanwhile(client, manager, partnership, kpi):
    elsewhere = make_partnership()
    manager.memberships.create(partnership=elsewhere, agency=make_agency(elsewhere), role="manager")
    own, theirs = (f"?partnership={one.slug}" for one in (partnership, elsewhere))
    page = client.get(URL + own)
    [action] = html.fromstring(page.content.decode()).xpath("//form[@method='post']/@action[starts-with(., '?')]")
    assert unescape(action) == own
    client.get(f"/indicators/{theirs}")
    assert client.post(URL + action, filled_in(page) | {box(kpi): "7"}).status_code == 302
    assert Reading.objects.get().value == 7


# What it costs --------------------------------------------------------------------------------------------------------


def statements(client, count_queries, number, changed):
    partnership = make_partnership()
    client.force_login(make_manager(partnership))
    kpis = [make_indicator(partnership, frequency="month") for _ in range(number)]
    for one in kpis:
        make_reading(one, MAY.previous.previous)
        make_target(one, MAY)
    shown = count_queries(lambda: client.get(URL))
    form = filled_in(client.get(URL)) | {box(one, period=MAY): "7" for one in kpis[:changed]}
    saved = count_queries(lambda: client.post(URL, form))
    assert Reading.objects.filter(indicator__in=kpis).for_period(MAY).count() == changed
    return shown, saved


def test_a_page_costs_the_same_however_many_kpis_there_are(client, count_queries):
    few, many = (statements(client, count_queries, number, 3) for number in (3, 300))
    assert few == many
    assert few[0] <= 8


def test_thirty_figures_cost_two_statements_each_and_the_rest_once(client, count_queries):
    none, thirty = (statements(client, count_queries, 50, number)[1] for number in (1, 30))
    assert thirty == none + 2 * 29
    assert thirty <= 80


def test_a_year_in_its_quarter_is_for_the_year(client, manager, partnership):
    yearly = make_indicator(partnership, frequency="year", due_quarter=1)
    year = Period.of_year(QUARTER.financial_year)
    typed_over(client, {box(yearly, period=year): "7"})
    assert Reading.objects.get().period == year


def test_a_quarter_long_past_can_be_entered(client, manager, kpi):
    url = reverse("readings_grid", args=[Quarter(2009, 4)])
    typed_over(client, {box(kpi, period=Period.of_quarter(Quarter(2009, 4))): "7"}, url)
    assert Reading.objects.get().period == Period(date(2010, 1, 1), PeriodKind.QUARTER)

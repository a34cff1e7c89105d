"""Every page that writes about KPIs: it works, refuses whom it must, and gives typed text back."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from csp_tracker.periods import FinancialYear, Period, PeriodKind, Quarter
from csp_tracker.writing import Conflict
from indicators import services
from indicators.models import Baseline, Indicator, Reading, Target
from tests.builders import (
    QUARTER,
    TODAY,
    make_agency,
    make_baseline,
    make_indicator,
    make_manager,
    make_member,
    make_officer,
    make_partnership,
    make_reading,
    make_target,
    make_viewer,
)

pytestmark = pytest.mark.django_db
PERIOD = Period.of_quarter(QUARTER)
KPI = {
    "version": 1,
    "name": "Burglaries of homes",
    "unit": "number",
    "decimals": 0,
    "polarity": "lower",
    "frequency": "quarter",
    "due_quarter": 4,
    "roll_up": "sum",
}
FIGURE = {"version": 0, "state": "final", "value": "1,884"}


@pytest.fixture(autouse=True)
def in_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def indicator():
    return make_indicator(reference="7.2", name="ASB incidents")


@pytest.fixture
def manager(client, indicator):
    user = make_manager(indicator.partnership)
    client.force_login(user)
    return user


def address(page, indicator):
    """The page's address and a good form for it."""
    match page:
        case "indicator_new":
            return reverse(page), KPI | {"version": 0}
        case "indicator_edit":
            return reverse(page, args=[indicator.pk]), KPI
        case "indicator_archive":
            return reverse(page, args=[indicator.pk]), {"reason": "Counted elsewhere.", "to": "archive"}
        case "baseline_new":
            return reverse(page, args=[indicator.pk]), {"version": 0, "state": "stated", "value": "2,030"}
        case "baseline_edit":
            baseline = indicator.baselines.first() or make_baseline(indicator)
            return reverse(page, args=[indicator.pk, baseline.pk]), {"version": 1, "state": "stated", "value": "9"}
        case "target_edit":
            return reverse(page, args=[indicator.pk, PERIOD.code]), {"version": 0, "kind": "value", "value": "1,984"}
        case "reading_edit":
            return reverse(page, args=[indicator.pk, PERIOD.code]), FIGURE
        case "reading_rate":
            if not indicator.readings.exists():
                make_reading(indicator)
            return reverse(page, args=[indicator.pk, PERIOD.code]), {"version": 1, "reason": "New target."}
    raise AssertionError(page)


PAGES = [
    "indicator_new",
    "indicator_edit",
    "indicator_archive",
    "baseline_new",
    "baseline_edit",
    "target_edit",
    "reading_edit",
    "reading_rate",
]
OF_A_KPI = PAGES[1:]


# The battery


@pytest.mark.parametrize("page", PAGES)
def test_it_works_and_leaves_a_history_row_with_the_person(client, manager, indicator, page):
    url, form = address(page, indicator)
    assert client.get(url).status_code == 200
    answer = client.post(url, form, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    assert answer.status_code == 200
    models = (Indicator, Baseline, Target, Reading)
    written = [row for model in models for row in model.history.filter(history_user=manager)]
    assert len(written) == 1


@pytest.mark.parametrize("page", OF_A_KPI)
def test_a_stranger_cannot_find_it(client, indicator, page):
    url, form = address(page, indicator)
    client.force_login(make_manager(make_partnership()))
    assert client.get(url).status_code == 404
    assert client.post(url, form).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_may_not(client, indicator, page):
    url, form = address(page, indicator)
    client.force_login(make_viewer(indicator.partnership))
    assert client.get(url).status_code == 403
    assert client.post(url, form).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_an_officer_of_another_agency_may_not(client, indicator, page):
    url, _ = address(page, indicator)
    client.force_login(make_officer(indicator.partnership))
    assert client.get(url).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_another_method_is_refused(client, manager, indicator, page):
    url, _ = address(page, indicator)
    assert client.put(url).status_code == 405
    assert client.delete(url).status_code == 405


@pytest.mark.parametrize("page", OF_A_KPI)
def test_an_unknown_kpi_is_not_found(client, manager, indicator, page):
    url, form = address(page, indicator)
    unknown = url.replace(f"/indicators/{indicator.pk}/", "/indicators/999999/")
    assert client.get(unknown).status_code == 404
    assert client.post(unknown, form).status_code == 404


BAD = [
    ("indicator_new", {"name": "", "definition": "Typed words"}, "Enter name"),
    ("indicator_new", {"polarity": "", "why": "Typed words"}, "Select which way is better"),
    ("indicator_edit", {"unit": "rate", "why": "Typed words"}, "Enter how many the rate is per"),
    ("indicator_archive", {"reason": "  ", "to": "archive"}, "Enter reason"),
    ("baseline_new", {"value": "Typed words"}, "is not a figure. Write it in digits"),
    ("baseline_new", {"value": "", "label": "Typed words"}, "Enter the figure, or the words"),
    ("baseline_new", {"state": "awaited", "text": "Typed words"}, "take the figure out"),
    ("baseline_edit", {"value": "", "text": "Typed words", "is_primary": "on"}, "a baseline that has a figure"),
    ("target_edit", {"value": "Typed words"}, "is not a figure. Write it in digits"),
    ("target_edit", {"value": ""}, "Enter the target"),
    ("target_edit", {"value": "95%", "text": "Typed words"}, "not measured in per cent"),
    ("reading_edit", {"value": "Typed words"}, "is not a figure. Write it in digits"),
    ("reading_edit", {"value": "", "note": "Typed words"}, "Enter the figure, or select why there is none"),
    ("reading_edit", {"state": "awaited", "note": "Typed words"}, "take out the figure you entered"),
    ("reading_edit", {"series_break": "on", "note": "Typed words"}, "Enter what changed in the counting"),
    ("reading_edit", {"state": "", "note": "Typed words"}, "Select whether there is a figure"),
    ("reading_rate", {"reason": ""}, "Enter reason for rating it again"),
]


@pytest.mark.parametrize(("page", "wrong", "sentence"), BAD)
def test_a_bad_form_says_why_gives_the_text_back_and_saves_nothing(client, manager, indicator, page, wrong, sentence):
    url, form = address(page, indicator)
    answer = client.post(url, form | wrong)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "There is a problem" in html
    assert "<title>Error: " in html
    assert sentence in html
    for typed in wrong.values():
        assert typed.strip() in html
    models = (Indicator, Baseline, Target, Reading)
    assert not [row for model in models for row in model.history.filter(history_user=manager)]


# KPIs


def test_a_new_kpi_belongs_to_the_current_partnership(client, manager, indicator):
    client.post(reverse("indicator_new"), KPI | {"version": 0, "owner": manager.pk})
    made = Indicator.objects.get(name="Burglaries of homes")
    assert (made.partnership, made.owner) == (indicator.partnership, manager)


@pytest.mark.parametrize("name", ["owner", "agency", "part_of"])
def test_rows_of_another_partnership_are_no_choice(client, manager, indicator, name):
    foreign = {"owner": make_member, "agency": make_agency, "part_of": make_indicator}[name]()
    url, form = address("indicator_edit", indicator)
    answer = client.post(url, form | {name: foreign.pk})
    assert name in answer.context["form"].errors
    assert str(foreign) not in client.get(url).content.decode()


def test_who_only_reads_or_has_left_is_no_owner_unless_they_are_it_already(client, manager, indicator):
    viewer = make_viewer(indicator.partnership)
    leaver = make_officer(indicator.partnership, ends_on=date(2025, 7, 14))
    url, form = address("indicator_edit", indicator)
    for person in (viewer, leaver):
        assert "owner" in client.post(url, form | {"owner": person.pk}).context["form"].errors
        Indicator.objects.filter(pk=indicator.pk).update(owner=person)
        assert f'<option value="{person.pk}" selected>' in client.get(url).content.decode()
    assert client.post(url, form | {"owner": leaver.pk}).status_code == 302


def test_a_kpi_with_figures_is_asked_why_it_is_rated_otherwise(client, manager, indicator):
    make_reading(indicator)
    url, form = address("indicator_edit", indicator)
    page = client.get(url).content.decode()
    assert "Needed once the KPI has figures" in page
    form |= {"unit": "per_cent"}
    refused = client.post(url, form)
    assert refused.context["form"].errors["reason"] == ["Enter why the KPI changes."]
    assert client.post(url, form | {"reason": "As the police count it."}).status_code == 302


def test_a_reference_taken_is_refused_in_words(client, manager, indicator):
    make_indicator(indicator.partnership, reference="3.1")
    url, form = address("indicator_edit", indicator)
    assert (
        "Another KPI of the partnership has this reference."
        in client.post(url, form | {"reference": "3.1"}).content.decode()
    )


def test_of_two_editors_the_second_sees_both_texts_and_may_still_save(client, manager, indicator):
    url, form = address("indicator_edit", indicator)
    client.post(url, form | {"definition": "The first one’s words", "reason": "Agreed."})
    answer = client.post(url, form | {"definition": "The second one’s words"})
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("The first one’s words", "The second one’s words", manager.name):
        assert words in html
    assert 'name="version" value="2"' in html
    client.post(url, form | {"definition": "The second one’s words", "version": 2})
    indicator.refresh_from_db()
    assert indicator.definition == "The second one’s words"


def test_what_a_kpi_names_already_stays_though_it_is_archived(client, manager, indicator):
    now = timezone.now()
    agency = make_agency(indicator.partnership, archived_at=now)
    whole = make_indicator(indicator.partnership, archived_at=now)
    Indicator.objects.filter(pk=indicator.pk).update(agency=agency, part_of=whole)
    url, form = address("indicator_edit", indicator)
    html = client.get(url).content.decode()
    for key in (agency.pk, whole.pk):
        assert f'<option value="{key}" selected>' in html
    assert client.post(url, form | {"agency": agency.pk, "part_of": whole.pk}).status_code == 302
    indicator.refresh_from_db()
    assert (indicator.name, indicator.agency, indicator.part_of) == ("Burglaries of homes", agency, whole)


def test_a_kpi_changed_in_the_moment_of_archiving_is_said_in_words(client, manager, indicator, monkeypatch):
    def changed_meanwhile(**_fields):
        raise Conflict(indicator)

    monkeypatch.setattr(services, "archive_indicator", changed_meanwhile)
    url, form = address("indicator_archive", indicator)
    html = client.post(url, form).content.decode()
    assert "Somebody else changed this while you were working" in html
    assert form["reason"] in html


def test_an_archived_kpi_is_restored_on_the_same_page(client, manager, indicator):
    url, form = address("indicator_archive", indicator)
    client.post(url, form)
    assert "Restore the KPI" in client.get(url).content.decode()
    client.post(url, form | {"to": "restore"})
    indicator.refresh_from_db()
    assert indicator.archived_at is None


def test_archiving_sent_twice_does_not_restore(client, manager, indicator):
    url, form = address("indicator_archive", indicator)
    client.post(url, form)
    client.post(url, form)
    indicator.refresh_from_db()
    assert indicator.archived_at is not None


def test_archiving_is_a_red_button_and_restoring_is_not(client, manager, indicator):
    url, form = address("indicator_archive", indicator)
    assert "govuk-button--warning" in client.get(url).content.decode()
    client.post(url, form)
    assert "govuk-button--warning" not in client.get(url).content.decode()


# Baselines and targets


def test_a_baseline_keeps_about_and_its_words(client, manager, indicator):
    url, form = address("baseline_new", indicator)
    client.post(url, form | {"value": "about 2,000", "text": "about 2,000 last year", "is_primary": "on"})
    baseline = indicator.baselines.get()
    assert (baseline.value, baseline.qualifier, baseline.is_primary) == (2000, "about", True)
    again = client.get(reverse("baseline_edit", args=[indicator.pk, baseline.pk])).content.decode()
    assert 'value="about 2,000"' in again


def test_a_baseline_of_another_kpi_is_not_found(client, manager, indicator):
    other = make_baseline(make_indicator(indicator.partnership))
    assert client.get(reverse("baseline_edit", args=[indicator.pk, other.pk])).status_code == 404


def test_of_two_editors_of_a_baseline_the_second_sees_both(client, manager, indicator):
    url, form = address("baseline_edit", indicator)
    client.post(url, form | {"text": "Theirs"})
    answer = client.post(url, form | {"text": "Mine"})
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert "Mine" in answer.content.decode()


def test_changing_a_target_asks_why(client, manager, indicator):
    make_target(indicator, value=1900)
    url, form = address("target_edit", indicator)
    assert "Enter why the target changes." in client.post(url, form | {"version": 1}).content.decode()
    client.post(url, form | {"version": 1, "reason": "Agreed in May."})
    assert indicator.targets.get().history.first().history_change_reason == "Agreed in May."


def test_a_target_set_meanwhile_is_shown_beside_ones_own(client, manager, indicator):
    make_target(indicator, value=1900)
    url, form = address("target_edit", indicator)
    answer = client.post(url, form)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "1,900" in html
    assert "1,984" in html
    assert 'name="reason"' in html


def test_a_band_is_asked_for_where_it_is_better(client, manager, indicator):
    band = make_indicator(indicator.partnership, polarity="band", unit="per_cent")
    url = reverse("target_edit", args=[band.pk, PERIOD.code])
    assert "Enter where the band begins" in client.post(url, {"version": 0}).content.decode()
    client.post(url, {"version": 0, "low": "80%", "high": "90"})
    target = band.targets.get()
    assert (target.low, target.high, target.value) == (80, 90, None)


def test_a_change_from_the_baseline_is_a_percentage(client, manager, indicator):
    url, form = address("target_edit", indicator)
    client.post(url, form | {"kind": "per_cent_change", "value": "−5%"})
    target = indicator.targets.get()
    assert (target.kind, target.value) == ("per_cent_change", -5)
    assert "−5% on the baseline" in client.get(indicator.get_absolute_url()).content.decode()


# Readings


def test_the_owner_enters_a_figure_on_the_page(client, indicator):
    owner = make_officer(indicator.partnership)
    Indicator.objects.filter(pk=indicator.pk).update(owner=owner)
    make_target(indicator)
    client.force_login(owner)
    url, form = address("reading_edit", indicator)
    answer = client.post(url, form, follow=True)
    reading = indicator.readings.get()
    assert (reading.value, reading.rating, reading.entered_by) == (1884, "green", owner)
    assert "1,884 meets the target of 1,984" in answer.content.decode()


def test_awaited_is_an_answer(client, manager, indicator):
    url, _ = address("reading_edit", indicator)
    client.post(url, {"version": 0, "state": "awaited", "note": "After the May meeting."})
    reading = indicator.readings.get()
    assert (reading.value, reading.state, reading.note) == (None, "awaited", "After the May meeting.")


def test_a_revision_asks_why_and_keeps_the_first_figure(client, manager, indicator):
    make_reading(indicator, value=1900)
    url, form = address("reading_edit", indicator)
    refused = client.post(url, form | {"version": 1}).content.decode()
    assert '<a href="#id_reason">Enter why the figure changes.</a>' in refused
    client.post(url, form | {"version": 1, "reason": "Late recording."})
    reading = indicator.readings.get()
    assert (reading.value, reading.first_value) == (1884, 1900)


def test_of_two_who_enter_a_figure_the_second_sees_both(client, manager, indicator):
    make_reading(indicator, value=1900, note="Theirs")
    url, form = address("reading_edit", indicator)
    answer = client.post(url, form | {"note": "Mine"})
    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("1,900", "1,884", "Theirs", "Mine", 'name="reason"', 'name="version" value="1"'):
        assert words in html
    assert indicator.readings.get().value == 1900


def test_the_form_shows_what_is_on_record_with_all_its_decimals(client, manager, indicator):
    make_reading(indicator, value="1884.25", qualifier="about")
    assert 'value="about 1,884.25"' in client.get(address("reading_edit", indicator)[0]).content.decode()


def test_parts_are_asked_for_where_a_share_is_made_of_them(client, manager, indicator):
    share = make_indicator(indicator.partnership, unit="per_cent", roll_up="ratio")
    url = reverse("reading_edit", args=[share.pk, PERIOD.code])
    client.post(url, {"version": 0, "state": "final", "numerator": "47", "denominator": "49"})
    assert share.readings.get().value == Decimal("95.9184")
    bad = client.post(url, {"version": 1, "state": "final", "numerator": "47", "denominator": "0", "reason": "Why"})
    assert "The denominator must not be 0" in bad.content.decode()
    huge = {"version": 1, "state": "final", "numerator": "99,999,999,999,999", "denominator": "0.0001", "reason": "Why"}
    assert "These two make no figure. Check them." in client.post(url, huge).content.decode()


def test_yes_and_no_are_figures_where_the_kpi_asks_for_them(client, manager, indicator):
    answer = make_indicator(indicator.partnership, unit="yes_no", polarity="higher")
    url = reverse("reading_edit", args=[answer.pk, PERIOD.code])
    client.post(url, {"version": 0, "state": "final", "value": "yes"})
    assert 'value="Yes"' in client.get(url).content.decode()


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("2025-26-Q3", id="a quarter that has not begun"),
        pytest.param("2025-26-q1", id="another way to write it"),
        pytest.param("2009-11-Q1", id="no quarter"),
        pytest.param("1066-10", id="before there were districts"),
        pytest.param("rubbish", id="rubbish"),
    ],
)
def test_there_is_no_figure_for_such_a_period(client, manager, indicator, code):
    assert client.get(f"/indicators/{indicator.pk}/readings/{code}/").status_code == 404


@pytest.mark.parametrize(
    "period",
    [
        pytest.param(Period.containing(PeriodKind.MONTH, TODAY), id="this month"),
        pytest.param(Period.of_quarter(QUARTER.next), id="this quarter"),
        pytest.param(Period.of_year(FinancialYear(2025)), id="this year"),
        pytest.param(Period.of_year(FinancialYear(2009)), id="long ago"),
    ],
)
def test_the_picker_leads_to_the_period(client, manager, indicator, period):
    answer = client.get(reverse("reading_choose", args=[indicator.pk]), {"period": period.code})
    assert answer.url == reverse("reading_edit", args=[indicator.pk, period.code])
    assert client.get(answer.url).status_code == 200
    answer = client.get(reverse("target_choose", args=[indicator.pk]), {"period": period.code})
    assert answer.url == reverse("target_edit", args=[indicator.pk, period.code])


@pytest.mark.parametrize("page", ["reading_choose", "target_choose"])
def test_the_picker_has_its_gates(client, manager, indicator, page):
    url = reverse(page, args=[indicator.pk])
    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 405
    client.force_login(make_viewer(indicator.partnership))
    assert client.get(url, {"period": PERIOD.code}).status_code == 403
    client.force_login(make_manager(make_partnership()))
    assert client.get(url, {"period": PERIOD.code}).status_code == 404


@pytest.mark.parametrize("earlier", [2, 20])
def test_entering_a_figure_costs_the_same_however_many_there_are(
    client, manager, indicator, earlier, django_assert_max_num_queries
):
    for back in range(1, earlier):
        make_reading(indicator, Period.of_year(FinancialYear(2025 - back)))
        make_reading(indicator, Period.of_quarter(Quarter.from_ordinal(QUARTER.ordinal - back)))
    url, form = address("reading_edit", indicator)
    with django_assert_max_num_queries(26):  # nine of them ask the database about three constraints
        client.post(url, form)


def test_a_new_kpi_is_reported_every_quarter_unless_somebody_says_otherwise(client, manager):
    page = client.get(reverse("indicator_new")).content.decode()
    choice = re.search(r'<select name="frequency".*?</select>', page, flags=re.S)
    assert choice
    assert re.findall(r'<option value="(\w+)" selected>', choice[0]) == ["quarter"]


def test_what_is_said_after_saving_a_figure_names_no_light_where_there_is_none(client, manager, indicator):
    url, form = address("reading_edit", indicator)
    page = client.post(url, form | {"value": "95"}, follow=True).content.decode()
    assert "saved. 95" in page
    assert "saved. Not rated:" not in page

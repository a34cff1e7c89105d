"""KPIs, baselines, targets and schemes in admin: through services, in the administrator's name; readings to read."""

from datetime import date
from decimal import Decimal

import pytest
from lxml import html

from csp_tracker.periods import Period, PeriodKind
from indicators.models import Baseline, Indicator, RatingScheme, Reading, Target
from tests import builders as make
from tests.admin_pages import errors_in, form_of, list_costs, page, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    return make.make_indicator()


@pytest.fixture
def person(indicator):
    return make.make_administrator(indicator.partnership)


@pytest.fixture
def administrator(client, person):
    client.force_login(person)
    return client


def test_a_kpi_is_added_in_the_administrators_name(administrator, person, indicator):
    answer = save(administrator, page(Indicator, "add"), name="Thefts from cars", reference="K900", polarity="lower")
    assert answer.status_code == 302
    added = Indicator.objects.get(reference="K900")
    assert added.partnership == indicator.partnership
    assert added.history.get().history_user == person


def test_a_kpi_is_changed_with_one_history_row(administrator, person, indicator):
    assert save(administrator, page(indicator), name="Burglaries", reason="Plainer").status_code == 302
    row = indicator.history.first()
    assert (row.name, row.history_user, row.history_change_reason) == ("Burglaries", person, "Plainer")
    assert indicator.history.count() == 2


def test_an_unchanged_kpi_leaves_no_history(administrator, indicator):
    assert save(administrator, page(indicator)).status_code == 302
    assert indicator.history.count() == 1


def test_a_kpi_cannot_be_part_of_its_own_part(administrator, indicator):
    part = make.make_indicator(indicator.partnership, part_of=indicator)
    answer = save(administrator, page(indicator), part_of=part.pk)
    assert "cannot be a part of itself" in errors_in(answer)


def test_a_kpi_is_archived_with_a_reason(administrator, indicator):
    refused = save(administrator, page(indicator), is_archived="on")
    assert "Enter why the KPI is no longer measured." in errors_in(refused)
    save(administrator, page(indicator), is_archived="on", reason="No longer counted")
    indicator.refresh_from_db()
    assert indicator.archived_at is not None


def test_a_kpis_page_lists_its_baselines_and_targets_to_read(administrator, indicator):
    baseline = make.make_baseline(indicator)
    make.make_target(indicator)
    shown = administrator.get(page(indicator)).content.decode()
    assert "2024/25" in shown
    assert page(baseline) in shown
    assert save(administrator, page(indicator), **{"baselines-0-label": "2001/02"}).status_code == 302
    baseline.refresh_from_db()
    assert baseline.label == "2024/25"


def test_a_new_primary_baseline_takes_the_place_of_the_old(administrator, person, indicator):
    old = make.make_baseline(indicator, is_primary=True)
    fields = {"indicator": indicator.pk, "label": "2025/26", "value": "1984", "is_primary": "on"}
    assert save(administrator, page(Baseline, "add"), **fields).status_code == 302
    old.refresh_from_db()
    assert not old.is_primary
    assert Baseline.objects.get(label="2025/26").history.get().history_user == person


def test_a_baseline_that_says_two_things_is_refused_in_words(administrator, indicator):
    baseline = make.make_baseline(indicator)
    answer = save(administrator, page(baseline), state="awaited")
    assert "A baseline that was not stated has no figure." in errors_in(answer)


def test_a_targets_period_begins_where_periods_begin(administrator, indicator, person):
    fields = {"indicator": indicator.pk, "period_kind": "quarter", "period_starts_on": "2025-05-20", "value": "1900"}
    assert save(administrator, page(Target, "add"), **fields).status_code == 302
    target = Target.objects.get()
    assert target.period == Period(date(2025, 4, 1), PeriodKind.QUARTER)
    assert target.history.get().history_user == person


def test_a_target_is_not_set_twice_by_adding_it_again(administrator, indicator):
    target = make.make_target(indicator)
    fields = {"indicator": indicator.pk, "period_kind": "quarter", "period_starts_on": "2025-04-01", "value": "1"}
    answer = save(administrator, page(Target, "add"), **fields)
    assert "This is here already." in errors_in(answer)
    assert target.history.count() == 1


def test_a_target_changes_with_a_reason(administrator, indicator):
    target = make.make_target(indicator)
    assert "Enter why the target changes." in errors_in(save(administrator, page(target), value="1900"))
    assert save(administrator, page(target), value="1900", reason="Agreed in June").status_code == 302
    target.refresh_from_db()
    assert target.value == Decimal(1900)
    assert target.history.first().history_change_reason == "Agreed in June"


def test_a_scheme_is_added_and_never_edited(administrator, person, indicator):
    fields = {"effective_from": "2025-04-01", "indicator": indicator.pk}
    assert save(administrator, page(RatingScheme, "add"), **fields).status_code == 302
    scheme = RatingScheme.objects.get()
    assert scheme.made_by == person
    assert administrator.post(page(scheme), {"amber_tolerance": "50"}).status_code == 403
    assert administrator.get(page(scheme)).status_code == 200


def text_of(answer):
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def test_a_kpis_page_says_how_it_is_rated_and_lists_its_own_rules(administrator, indicator):
    make.make_scheme(indicator.partnership, effective_from=date(2020, 4, 1))
    make.make_scheme(indicator.partnership, indicator=indicator, effective_from=date(2021, 4, 1), amber_tolerance=5)
    make.make_scheme(indicator.partnership, indicator=indicator, effective_from=date(2023, 4, 1), amber_tolerance=3)
    shown = text_of(administrator.get(page(indicator)))
    assert "Amber: within 3% of target. Red: otherwise. This KPI’s own rule, from 1 April 2023." in shown
    assert "Over: 1 April 2021 to 31 March 2023" in shown
    assert "Now: from 1 April 2023" in shown


def test_a_rule_for_one_kpi_begins_with_the_one_in_force(administrator, indicator):
    make.make_scheme(indicator.partnership, effective_from=date(2020, 4, 1), amber_tolerance=7)
    answer = administrator.get(page(RatingScheme, "add"), {"indicator": indicator.pk})
    form = form_of(answer)
    assert (form["indicator"], form["partnership"]) == (str(indicator.pk), str(indicator.partnership_id))
    assert (form["amber_tolerance"], form["green_tolerance"]) == ("7", "0")
    assert "Amber: within 7% of target. Red: otherwise. The partnership’s rule, from 1 April 2020." in text_of(answer)


def test_a_rule_is_read_as_a_sentence_before_it_is_saved(administrator, indicator):
    address = f"{page(RatingScheme, 'add')}?indicator={indicator.pk}"
    answer = save(administrator, address, _read="1", effective_from="2025-04-01", amber_tolerance="5")
    read = administrator.get(answer.url)
    assert (
        "not saved yet: Green: on target or better. Amber: within 5% of target. Red: otherwise. From 1 April 2025."
        in (text_of(read))
    )
    assert form_of(read)["amber_tolerance"] == "5"
    assert not RatingScheme.objects.exists()
    assert save(administrator, answer.url).status_code == 302
    assert RatingScheme.objects.get().indicator == indicator


def test_what_cannot_be_read_yet_says_so(administrator, indicator):
    answer = save(administrator, page(RatingScheme, "add"), _read="1", amber_tolerance="many")
    assert "It cannot be read as a sentence yet" in text_of(administrator.get(answer.url))


def test_the_list_of_rules_says_each_as_a_sentence_with_its_time(administrator, indicator):
    make.make_scheme(indicator.partnership, effective_from=date(2020, 4, 1))
    make.make_scheme(indicator.partnership, effective_from=date(2999, 4, 1), amber_tolerance=5)
    make.make_scheme(
        indicator.partnership, indicator=indicator, effective_from=date(2021, 4, 1), follows_partnership=True
    )
    shown = text_of(administrator.get(page(RatingScheme, "changelist")))
    for words in (
        "every KPI without its own",
        "Amber: within 10% of target.",
        "Now: from 1 April 2020 to 31 March 2999",
        "To come: from 1 April 2999",
        "Back to the partnership’s rule.",
    ):
        assert words in shown


@pytest.mark.parametrize(("when", "number"), [("now", 1), ("later", 1), ("over", 1), ("", 3), ("nonsense", 3)])
def test_rules_are_found_by_when_they_are_in_force(administrator, indicator, when, number):
    for year in (2020, 2021, 2999):
        make.make_scheme(indicator.partnership, effective_from=date(year, 4, 1))
    answer = administrator.get(page(RatingScheme, "changelist"), {"when": when})
    assert f"{number} rating scheme" in text_of(answer)


def test_figures_are_rated_again_by_a_rule_with_a_reason(administrator, person, indicator):
    reading = make.make_reading(indicator, value=5, rating="green", rating_why="On target.")
    scheme = make.make_scheme(indicator.partnership, indicator=indicator)
    address = page(scheme, "rate_again")
    shown = administrator.get(address)
    assert (
        "1 figure of its time, rated by another rule, target or figure until now: 1 from green to not rated."
        in text_of(shown)
    )
    typed = {"seen": html.fromstring(shown.content.decode()).xpath("//input[@name='seen']/@value")[0]}
    refused = administrator.post(address, typed)
    assert "Enter why the figures are rated again." in errors_in(refused)
    assert administrator.post(address, typed | {"reason": "Agreed by the board"}).status_code == 302
    row = reading.history.first()
    assert (row.rating, row.history_user, row.history_change_reason) == ("not_rated", person, "Agreed by the board")
    assert "there is nothing to rate again" in text_of(administrator.get(address))
    late = administrator.post(address, typed | {"reason": "Once more"})
    assert "Figures have changed since this was shown." in errors_in(late)


def test_two_schemes_from_one_day_are_refused_in_words(administrator, indicator):
    make.make_scheme(indicator.partnership, effective_from=date(2025, 4, 1))
    answer = save(administrator, page(RatingScheme, "add"), effective_from="2025-04-01")
    assert "The partnership already has a scheme from that date." in errors_in(answer)


def test_readings_are_only_read(administrator, indicator):
    reading = make.make_reading(indicator)
    assert "1884" in administrator.get(page(reading)).content.decode().replace(",", "")
    assert administrator.post(page(reading), {"value": "1"}).status_code == 403
    assert administrator.get(page(Reading, "add")).status_code == 403


def many(partnership, number):
    for _ in range(number):
        indicator = make.make_indicator(
            partnership, owner=make.make_officer(partnership), agency=make.make_agency(partnership)
        )
        make.make_baseline(indicator)
        make.make_target(indicator)
        make.make_reading(indicator)
        make.make_scheme(partnership, indicator=indicator)


def test_lists_cost_as_many_queries_for_thirty_rows_as_for_three(administrator, indicator, count_queries):
    models = (Indicator, Baseline, Target, Reading, RatingScheme)
    many(indicator.partnership, 3)
    few = list_costs(count_queries, administrator, *models)
    many(indicator.partnership, 27)
    lots = list_costs(count_queries, administrator, *models)
    assert few == lots
    assert max(lots.values()) <= 9


def test_a_kpis_form_does_not_grow_with_the_number_of_kpis(administrator, indicator, count_queries):
    few = count_queries(lambda: administrator.get(page(indicator)))
    before = len(administrator.get(page(indicator)).content)
    many(indicator.partnership, 10)
    assert count_queries(lambda: administrator.get(page(indicator))) == few <= 12
    assert len(administrator.get(page(indicator)).content) <= before + 200
    assert "part_of" in form_of(administrator.get(page(indicator)))

"""Which KPIs the police count: services, admin, and what the KPI's page and history say of it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from indicators import services
from indicators.models import Indicator, PoliceSeries
from indicators.services import POLICE_SOURCE, IndicatorArchived, NotAMonthlyCount, ReasonMissing
from tests import builders as make
from tests.admin_pages import errors_in, form_of, page, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator():
    return make.make_indicator(frequency="month", name="Burglaries and robberies")


@pytest.fixture
def person(indicator):
    return make.make_administrator(indicator.partnership)


@pytest.fixture
def administrator(client, person):
    client.force_login(person)
    return client


class TestServices:
    def test_adding_credits_the_source(self, indicator, person):
        series = services.add_police_series(indicator=indicator, crime_types=["robbery", "burglary"], by=person)
        indicator.refresh_from_db()
        assert indicator.source == POLICE_SOURCE
        assert series.crime_types == ["burglary", "robbery"]
        assert str(series) == "Burglary, Robbery"

    def test_a_source_that_is_named_stays(self, indicator, person):
        Indicator.objects.update(source="Crime statistics")
        indicator.refresh_from_db()
        services.add_police_series(indicator=indicator, crime_types=["burglary"], by=person)
        indicator.refresh_from_db()
        assert (indicator.source, indicator.version) == ("Crime statistics", 1)

    @pytest.mark.parametrize(
        "fields", [{"frequency": "quarter"}, {"unit": "rate"}, {"unit": "per_cent"}, {"roll_up": "average"}], ids=str
    )
    def test_a_kpi_that_is_no_monthly_count_is_refused(self, person, fields):
        other = make.make_indicator(**{"frequency": "month"} | fields)
        with pytest.raises(NotAMonthlyCount):
            services.add_police_series(indicator=other, crime_types=["burglary"], by=person)

    def test_an_archived_kpi_is_refused(self, person):
        other = make.make_indicator(frequency="month", archived_at=make.NOW)
        with pytest.raises(IndicatorArchived):
            services.add_police_series(indicator=other, crime_types=["burglary"], by=person)

    @pytest.mark.parametrize("wrong", [[], ["murder"], ["burglary", "murder"]], ids=str)
    def test_only_crime_types_that_are_counted(self, indicator, person, wrong):
        with pytest.raises(ValidationError):
            services.add_police_series(indicator=indicator, crime_types=wrong, by=person)
        indicator.refresh_from_db()
        assert (PoliceSeries.objects.count(), indicator.source) == (0, "")

    def test_a_kpi_is_counted_once(self, indicator, person):
        make.make_police_series(indicator)
        with pytest.raises(ValidationError):
            services.add_police_series(indicator=indicator, crime_types=["drugs"], by=person)

    def test_the_database_refuses_to_count_nothing(self, indicator):
        with pytest.raises(IntegrityError), transaction.atomic():
            PoliceSeries.objects.create(indicator=indicator, crime_types=[])

    def test_other_types_need_a_reason_once_there_are_figures(self, indicator, person):
        series = make.make_police_series(indicator)
        change = {"series": series, "crime_types": ["drugs"], "by": person}
        assert services.change_police_series(version=1, **change).version == 2
        make.make_reading(indicator)
        series.refresh_from_db()
        with pytest.raises(ReasonMissing):
            services.change_police_series(version=2, **change | {"crime_types": ["robbery"]})
        assert services.change_police_series(version=2, **change).version == 2


class TestAdmin:
    def test_crime_types_are_ticked(self, administrator, indicator, person):
        address = page(PoliceSeries, "add")
        assert "Anti-social behaviour" in administrator.get(address).content.decode()
        form = form_of(administrator.get(address)) | {"indicator": indicator.pk, "crime_types": ["drugs", "burglary"]}
        assert administrator.post(address, form).status_code == 302
        series = PoliceSeries.objects.get()
        assert series.crime_types == ["burglary", "drugs"]
        assert series.history.get().history_user == person

    def test_a_quarterly_kpi_is_refused_in_words(self, administrator, indicator):
        quarterly = make.make_indicator(indicator.partnership)
        address = page(PoliceSeries, "add")
        form = form_of(administrator.get(address)) | {"indicator": quarterly.pk, "crime_types": ["drugs"]}
        assert "must be a number, reported monthly" in errors_in(administrator.post(address, form))

    def test_types_are_changed_and_the_series_ended(self, administrator, indicator):
        series = make.make_police_series(indicator)
        assert save(administrator, page(series), crime_types=["robbery"]).status_code == 302
        series.refresh_from_db()
        assert series.crime_types == ["robbery"]
        kept = {"crime_types": ["robbery"], "is_archived": "on"}
        assert "Enter why the KPI is no longer counted" in errors_in(save(administrator, page(series), **kept))
        assert save(administrator, page(series), **kept, reason="Recounted").status_code == 302
        series.refresh_from_db()
        assert series.archived_at is not None

    def test_the_list_shows_what_is_counted(self, administrator, indicator):
        make.make_police_series(indicator, "burglary", "drugs")
        shown = administrator.get(page(PoliceSeries, "changelist")).content.decode()
        assert "Burglary, Drugs" in shown


class TestDistrict:
    def test_force_district_and_codes_are_kept_as_pasted(self, administrator, indicator, person):
        partnership = indicator.partnership
        codes = "E01021568, E01021567\r\ne01021568;E01021569 "
        fields = {"police_force": "essex", "district": "Maldon", "lsoa_codes": codes}
        assert save(administrator, page(partnership), **fields).status_code == 302
        partnership.refresh_from_db()
        assert partnership.lsoa_codes == ["E01021567", "E01021568", "E01021569"]
        assert (partnership.police_force, partnership.district) == ("essex", "Maldon")
        assert partnership.history.first().history_user == person

    def test_the_codes_are_shown_one_on_a_line_and_saved_unchanged(self, administrator, indicator):
        partnership = indicator.partnership
        partnership.lsoa_codes = ["E01021567", "E01021568"]
        partnership.save()
        assert "E01021567\nE01021568" in form_of(administrator.get(page(partnership)))["lsoa_codes"]
        before = partnership.history.count()
        assert save(administrator, page(partnership)).status_code == 302
        assert partnership.history.count() == before

    @pytest.mark.parametrize("wrong", ["Maldon 001A", "E0102156", "E02004480", "S01000001"])
    def test_what_is_no_code_is_refused_with_the_typed_text(self, administrator, indicator, wrong):
        answer = save(administrator, page(indicator.partnership), lsoa_codes=f"E01021568\n{wrong}")
        assert "is not the code of an LSOA, such as E01021568." in errors_in(answer)
        assert wrong in answer.content.decode()
        indicator.partnership.refresh_from_db()
        assert indicator.partnership.lsoa_codes == []


class TestPages:
    @pytest.fixture
    def shown(self, client, indicator):
        client.force_login(make.make_viewer(indicator.partnership))
        return lambda name="indicator": client.get(reverse(name, args=[indicator.pk])).content.decode()

    def test_the_kpis_page_says_where_its_figures_come_from(self, shown, indicator):
        assert "data.police.uk" not in shown()
        make.make_police_series(indicator, "burglary", "robbery")
        said = shown()
        assert "Burglary, Robbery" in said
        assert "Open Government Licence v3.0" in said
        assert "near where it happened" in said

    def test_no_longer_once_it_is_archived_and_has_no_figures_of_theirs(self, shown, indicator):
        make.make_police_series(indicator, archived_at=make.NOW)
        assert "Open Government Licence" not in shown()

    def test_figures_are_credited_even_when_no_more_come(self, shown, indicator):
        make.make_police_series(indicator, archived_at=make.NOW)
        make.make_reading(indicator, source=POLICE_SOURCE)
        assert "Open Government Licence v3.0" in shown()

    def test_the_kpis_history_tells_what_is_counted(self, shown, indicator, person):
        series = services.add_police_series(indicator=indicator, crime_types=["burglary"], by=person)
        services.change_police_series(series=series, version=1, crime_types=["weapons", "drugs"], by=person)
        said = shown("indicator_history")
        assert "Count by the police added" in said
        assert "Possession of weapons" in said

"""Counts into readings: once, revised with history, never over a person's word, never into another partnership."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from csp_tracker.periods import Period
from indicators.importing.police import Area
from indicators.importing.police.commit import NoArea, area_of, commit_counts
from indicators.models import PoliceSeries, Reading
from indicators.services import POLICE_SOURCE, change_police_series, record_reading
from indicators.values import ReadingState
from tests import builders as make
from tests.indicators.importing.police_files import HERE, NOWHERE, THERE, count, crime, put_month

pytestmark = pytest.mark.django_db
MARCH = Period.parse("2024-03")


@pytest.fixture
def partnership():
    return make.make_partnership("Northmere", police_force="aldershire", district="Northmere")


@pytest.fixture
def manager(partnership):
    return make.make_manager(partnership)


@pytest.fixture
def indicator(partnership):
    indicator = make.make_indicator(partnership, name="Burglaries", reference="B1", frequency="month")
    make.make_police_series(indicator)
    return indicator


@pytest.fixture
def take(tmp_path, partnership, manager):
    """Write the months given, count the folder and make it figures."""

    def take(**months):
        for code, rows in months.items():
            put_month(tmp_path / "download", code.removeprefix("m").replace("_", "-"), *rows)
        counts = count(tmp_path / "download", area=area_of(partnership))
        return commit_counts(counts=counts, partnership=partnership, by=manager)

    return take


def reading(indicator, period=MARCH):
    return indicator.readings.for_period(period).first()


def stored():
    return [Reading.objects.count(), Reading.history.count()]


def test_a_month_becomes_a_reading_with_its_source(take, indicator, manager):
    outcome = take(m2024_03=[crime(), crime(), crime("Drugs"), crime(at=THERE)])
    found = reading(indicator)
    assert (found.value, found.state, found.source) == (2, ReadingState.FINAL, POLICE_SOURCE)
    assert "Open Government Licence v3.0" in found.source
    assert found.rating_why
    assert (outcome.written, outcome.unchanged, outcome.revised) == (1, 0, [])
    history = found.history.get()
    assert (history.history_user, history.history_change_reason) == (manager, "data.police.uk: download gives 2.")


def test_the_same_again_changes_nothing(take, indicator):
    months = {"m2024_01": [crime(), crime(at=NOWHERE)], "m2024_03": [crime()]}
    take(**months)
    before = stored()
    outcome = take(**months)
    assert stored() == before == [3, 3]
    assert (outcome.written, outcome.unchanged, outcome.not_available) == (0, 3, 0)


def test_nought_and_not_available_are_two_things(take, indicator):
    outcome = take(m2024_01=[crime("Drugs")], m2024_03=[crime()])
    assert reading(indicator, Period.parse("2024-01")).value == 0
    missing = reading(indicator, Period.parse("2024-02"))
    assert (missing.value, missing.state) == (None, ReadingState.NOT_AVAILABLE)
    assert "missing from data.police.uk" in missing.note
    assert outcome.not_available == 1


def test_a_month_that_comes_late_takes_the_place_of_not_available(take, indicator):
    take(m2024_01=[crime()], m2024_03=[crime()])
    take(m2024_02=[crime(), crime()])
    found = reading(indicator, Period.parse("2024-02"))
    assert (found.value, found.state, found.note) == (2, ReadingState.FINAL, "")
    assert found.history.count() == 2


def test_a_later_download_revises_with_a_reason_and_keeps_the_first_figure(take, indicator, manager):
    take(m2024_03=[crime()])
    outcome = take(m2024_03=[crime(), crime(), crime()])
    found = reading(indicator)
    assert (found.value, found.first_value) == (3, 1)
    newest = found.history.first()
    assert newest.history_change_reason == "data.police.uk: download gives 3 instead of 1."
    assert newest.history_user == manager
    assert [(one.before, one.after) for one in outcome.revised] == [("1", "3")]


def test_a_figure_is_not_taken_away_because_its_month_is_missing_now(take, tmp_path, indicator):
    take(m2024_01=[crime()], m2024_02=[crime()], m2024_03=[crime()])
    (tmp_path / "download" / "2024-02" / "2024-02-aldershire-street.csv").unlink()
    outcome = take()
    assert reading(indicator, Period.parse("2024-02")).value == 1
    assert len(outcome.kept) == 1
    assert "1 stays" in outcome.kept[0]


def test_what_a_person_put_in_place_of_a_count_stays(take, indicator, manager):
    take(m2024_03=[crime()])
    record_reading(indicator=indicator, period=MARCH, value=9, version=1, reason="Two were misplaced", by=manager)
    outcome = take(m2024_03=[crime(), crime()])
    assert reading(indicator).value == 9
    assert outcome.kept == ["B1 Burglaries, March 2024: 9 stays. The police data say 2."]


def test_what_a_person_entered_before_stays(take, indicator, manager):
    record_reading(indicator=indicator, period=MARCH, value=9, by=manager)
    assert take(m2024_03=[crime()]).kept
    assert (reading(indicator).value, reading(indicator).history.count()) == (9, 1)


def test_a_word_for_an_absence_stays_until_there_is_a_count(take, tmp_path, indicator, manager):
    february = Period.parse("2024-02")
    record_reading(indicator=indicator, period=february, state="awaited", note="In May", by=manager)
    take(m2024_01=[crime()], m2024_03=[crime()])
    assert reading(indicator, february).state == ReadingState.AWAITED
    take(m2024_02=[crime()])
    assert (reading(indicator, february).value, reading(indicator, february).note) == (1, "In May")


def test_a_persons_note_stays_above_ours(take, indicator, manager):
    take(m2024_03=[crime(), crime(at=NOWHERE)])
    note = reading(indicator).note
    assert note.startswith("data.police.uk: 1 crime of this kind")
    record_reading(indicator=indicator, period=MARCH, value=1, version=1, note=f"Carnival.\n{note}", by=manager)
    take(m2024_03=[crime(), crime(at=NOWHERE), crime(at=NOWHERE)])
    first, second = reading(indicator).note.split("\n")
    assert first == "Carnival."
    assert second.startswith("data.police.uk: 2 crimes of this kind")


def test_a_break_in_the_series_is_marked_with_its_words(take, indicator):
    PoliceSeries.objects.update(crime_types=["other_theft"])
    take(m2013_04=[crime("Other theft")], m2013_05=[crime("Other theft")])
    broken = reading(indicator, Period.parse("2013-05"))
    assert broken.series_break
    assert broken.series_break_words == "Until then it held Bicycle theft and Theft from the person too."
    assert not reading(indicator, Period.parse("2013-04")).series_break


def test_other_crime_types_revise_what_is_here(take, indicator, manager):
    rows = [crime(), crime("Robbery"), crime("Robbery")]
    take(m2024_03=rows)
    series = indicator.police_series
    change_police_series(series=series, version=1, crime_types=["robbery", "burglary"], reason="Both", by=manager)
    take(m2024_03=rows)
    assert reading(indicator).value == 3


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"frequency": "quarter"}, "reported monthly"),
        ({"unit": "per_cent"}, "must be a number"),
        ({"roll_up": "latest"}, "add up as a sum"),
    ],
)
def test_a_kpi_that_takes_other_figures_now_is_left_out_and_told(take, indicator, fields, sentence):
    for name, value in fields.items():
        setattr(indicator, name, value)
    indicator.save()
    outcome = take(m2024_03=[crime()])
    assert stored() == [0, 0]
    assert sentence in outcome.left_out[0]


@pytest.mark.parametrize("archived", ["indicator", "series"])
def test_what_is_archived_takes_no_figures(take, indicator, archived):
    row = indicator if archived == "indicator" else indicator.police_series
    row.archived_at = make.NOW
    row.save()
    assert take(m2024_03=[crime()]).written == 0
    assert stored() == [0, 0]


def test_a_refusal_on_the_way_leaves_nothing(take, partnership, indicator, monkeypatch):
    second = make.make_indicator(partnership, frequency="month", reference="Z9")
    make.make_police_series(second, "drugs")

    def refuse(**given):
        if given["indicator"] == second:
            raise ValidationError("No.")
        return record_reading(**given)

    monkeypatch.setattr("indicators.importing.police.commit.record_reading", refuse)
    with pytest.raises(ValidationError):
        take(m2024_03=[crime()])
    assert stored() == [0, 0]


def test_each_partnership_counts_its_own_district(take, indicator, tmp_path):
    other = make.make_partnership(police_force="aldershire", lsoa_codes=[THERE[0]])
    theirs = make.make_indicator(other, frequency="month")
    make.make_police_series(theirs)
    take(m2024_03=[crime(), crime(at=THERE), crime(at=THERE)])
    assert theirs.readings.count() == 0
    counts = count(tmp_path / "download", area=area_of(other))
    commit_counts(counts=counts, partnership=other, by=make.make_manager(other))
    assert [reading(one).value for one in (indicator, theirs)] == [Decimal(1), Decimal(2)]


def test_queries_do_not_grow_with_the_months_that_are_here_already(take, indicator, count_queries):
    def again(months):
        given = {f"m2024_{number:02}": [crime()] for number in range(1, months + 1)}
        take(**given)
        return count_queries(lambda: take(**given))

    # What is the same is asked only whether it is the police's.
    assert again(9) - again(3) <= 6


@pytest.mark.parametrize(
    ("fields", "area"),
    [
        ({"police_force": "essex", "district": "Maldon"}, Area("essex", frozenset(), "Maldon")),
        ({"police_force": "essex", "lsoa_codes": [HERE[0]]}, Area("essex", frozenset({HERE[0]}))),
    ],
)
def test_the_area_is_the_partnerships_own(fields, area):
    assert area_of(make.make_partnership(**fields)) == area


@pytest.mark.parametrize(
    "fields", [{}, {"police_force": "essex"}, {"district": "Maldon"}, {"lsoa_codes": [HERE[0]]}], ids=str
)
def test_without_force_and_district_nothing_is_counted(fields):
    with pytest.raises(NoArea, match="which police force"):
        area_of(make.make_partnership(**fields))

"""From counts to figures: nought, not available, old kinds of crime and where a series breaks."""

import pytest

from indicators.importing.police import figures_of
from tests.indicators.importing.police_files import HERE, NOWHERE, THERE, count, crime, month, put_month


def figures(folder, *kinds):
    return {figure.month.code: figure for figure in figures_of(kinds, count(folder))}


def figure(folder, code, rows, *kinds):
    put_month(folder, code, *rows)
    return figures(folder, *kinds)[code]


class TestNoughtOrNotAvailable:
    def test_a_month_of_the_district_without_such_a_crime_is_nought(self, tmp_path):
        assert figure(tmp_path, "2024-03", [crime("Drugs"), crime("Robbery", at=THERE)], "robbery").value == 0

    @pytest.mark.parametrize(
        ("rows", "why"),
        [
            pytest.param([], "file for this month is empty", id="a file with no rows"),
            pytest.param([crime(at=THERE)], "not one row of the district", id="a file without the district"),
            pytest.param([crime(at=NOWHERE)], "not one row of the district", id="a file without any place"),
        ],
    )
    def test_a_file_that_says_nothing_of_the_district_is_not_available(self, tmp_path, rows, why):
        found = figure(tmp_path, "2024-03", rows, "burglary")
        assert found.value is None
        assert why in found.note

    def test_a_month_without_a_file_is_not_available(self, tmp_path):
        put_month(tmp_path, "2024-01", crime())
        found = figure(tmp_path, "2024-03", [crime()], "burglary")
        assert found.value == 1
        missing = figures(tmp_path, "burglary")["2024-02"]
        assert (missing.value, missing.note) == (
            None,
            "The force’s file for this month is missing from data.police.uk.",
        )


class TestKinds:
    def test_several_are_added_up(self, tmp_path):
        rows = [crime(), crime("Drugs"), crime("Drugs"), crime("Robbery")]
        assert figure(tmp_path, "2024-03", rows, "burglary", "drugs").value == 3

    def test_violence_was_called_otherwise(self, tmp_path):
        assert figure(tmp_path, "2013-04", [crime("Violent crime"), crime()], "violence").value == 1

    @pytest.mark.parametrize(
        ("code", "kinds", "value"),
        [
            pytest.param("2013-04", ["public_order"], None, id="one of two that were one"),
            pytest.param("2013-04", ["weapons", "public_order"], 1, id="both of them"),
            pytest.param("2013-04", ["bicycle_theft"], None, id="not yet taken out of other theft"),
            pytest.param("2013-04", ["bicycle_theft", "other_theft"], 1, id="with what it was taken out of"),
            pytest.param("2013-05", ["bicycle_theft"], 0, id="nought since it is counted"),
            pytest.param("2011-08", ["drugs"], None, id="not yet taken out of other crime"),
            pytest.param("2011-09", ["drugs"], 0, id="nought since that is counted"),
            pytest.param("2011-08", ["bicycle_theft", "other_theft", "other_crime"], 2, id="taken out of it twice"),
            pytest.param("2011-08", ["burglary"], 0, id="counted from the beginning"),
        ],
    )
    def test_one_that_a_month_did_not_tell_apart_is_not_nought(self, tmp_path, code, kinds, value):
        rows = [crime("Public disorder and weapons"), crime("Other theft"), crime("Other crime")]
        assert figure(tmp_path, code, rows, *kinds).value == value

    def test_an_old_name_met_later_is_not_half_counted(self, tmp_path):
        rows = [crime("Public disorder and weapons"), crime("Public order")]
        assert figure(tmp_path, "2014-01", rows, "public_order").value is None
        assert figures(tmp_path, "public_order", "weapons")["2014-01"].value == 2

    def test_a_month_published_again_by_the_new_kinds_counts(self, tmp_path):
        rows = [crime("Bicycle theft"), crime("Bicycle theft", at=THERE)]
        assert figure(tmp_path, "2012-01", rows, "bicycle_theft").value == 1


class TestBreaks:
    @pytest.mark.parametrize(
        ("code", "kinds", "words"),
        [
            pytest.param("2013-05", ["other_theft"], "Bicycle theft and Theft from the person", id="two taken out"),
            pytest.param("2013-05", ["other_theft", "bicycle_theft"], "Theft from the person", id="one taken out"),
            pytest.param("2013-05", ["other_theft", "bicycle_theft", "theft_from_person"], "", id="none is missing"),
            pytest.param("2013-06", ["other_theft"], "", id="only where it happened"),
            pytest.param("2013-05", ["burglary"], "", id="not touched"),
            pytest.param("2011-09", ["other_crime", "drugs"], "Shoplifting", id="five taken out"),
        ],
    )
    def test_a_series_breaks_where_kinds_are_taken_out_of_it(self, tmp_path, code, kinds, words):
        found = figure(tmp_path, code, [crime()], *kinds).break_words
        assert words in found
        assert bool(found) == bool(words)


def test_the_note_tells_crimes_that_could_not_be_placed(tmp_path):
    rows = [crime(at=HERE), crime(at=NOWHERE), crime("Drugs", at=NOWHERE), crime("Drugs", at=NOWHERE)]
    assert figure(tmp_path, "2024-03", rows, "burglary").note.startswith("1 crime of this kind")
    assert figures(tmp_path, "burglary", "drugs")["2024-03"].note.startswith("3 crimes of this kind")
    assert figures(tmp_path, "robbery")["2024-03"].note == ""


def test_two_months_are_given_oldest_first(tmp_path):
    for code in ("2024-03", "2023-12"):
        put_month(tmp_path, code, crime())
    assert list(figures(tmp_path, "burglary")) == ["2023-12", "2024-01", "2024-02", "2024-03"]
    assert figures(tmp_path, "burglary")["2023-12"].month == month("2023-12")

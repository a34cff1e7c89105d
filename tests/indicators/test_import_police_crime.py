"""The command import_police_crime: what it prints, what it writes, what it refuses and how."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from csp_tracker.periods import Period
from indicators.importing.police import sample
from indicators.models import Reading
from tests import builders as make
from tests.indicators.importing.police_files import NOWHERE, THERE, archive, crime, put, put_month

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture
def partnership():
    partnership = make.make_partnership("Northmere", police_force="aldershire", district="Northmere")
    make.make_manager(partnership, email="manager@example.org")
    return partnership


@pytest.fixture
def indicator(partnership):
    indicator = make.make_indicator(partnership, name="Burglaries", reference="B1", frequency="month")
    make.make_police_series(indicator)
    return indicator


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "months"
    put_month(folder, "2024-01", crime(), crime(), crime("Drugs"), crime(at=NOWHERE))
    put_month(folder, "2024-03", crime("Drugs"), crime(at=THERE))
    return folder


@pytest.fixture
def run(capsys):
    def run(*options):
        call_command("import_police_crime", *map(str, options))
        return capsys.readouterr().out

    return run


def figures(indicator):
    return {one.period.code: one.value for one in indicator.readings.all()}


def test_figures_are_written_and_told(run, folder, indicator):
    said = run(folder)
    assert figures(indicator) == {"2024-01": 2, "2024-02": None, "2024-03": 0}
    assert "2 files of aldershire, 6 rows, January 2024 to March 2024." in said
    assert "B1 Burglaries (Burglary): 2024-01 2, 2024-02 –, 2024-03 0" in said
    assert "February 2024: the force has no file, so there is no figure. That is not nought." in said
    assert "1 row of the force without a location" in said
    assert "Imported: 2 new figures, 0 revised, 0 as they were, 1 months not available." in said
    assert "Open Government Licence v3.0" in said
    assert "the next LSOA, district or force" in said


def test_the_same_again_says_so(run, folder, indicator):
    run(folder)
    before = Reading.history.count()
    assert "Imported: 0 new figures, 0 revised, 3 as they were" in run(folder)
    assert Reading.history.count() == before


def test_a_revision_is_told(run, folder, indicator):
    run(folder)
    put_month(folder, "2024-01", crime())
    assert "Revised: B1 Burglaries, January 2024: 2 is now 1." in run(folder)


def test_an_archive_does_as_well(run, folder, indicator, tmp_path):
    run(archive(tmp_path / "2024-03.zip", folder))
    assert figures(indicator) == {"2024-01": 2, "2024-02": None, "2024-03": 0}
    assert indicator.readings.first().history.get().history_change_reason == "data.police.uk: 2024-03.zip gives 2."


def test_a_single_file_does_as_well(run, indicator, tmp_path):
    run(put(tmp_path, "crimes of march.csv", crime()))
    assert figures(indicator) == {"2024-03": 1}


def test_check_writes_nothing_and_needs_nobody(run, folder):
    make.make_partnership("Northmere", police_force="aldershire", district="Northmere")
    said = run(folder, "--check")
    assert "Burglary: 2\nDrugs: 2\n" in said
    assert "Imported" not in said


def test_check_shows_the_figures_as_they_would_be(run, folder, indicator):
    assert "2024-01 2, 2024-02 –, 2024-03 0" in run(folder, "--check")
    assert figures(indicator) == {}


def test_one_json_object_with_these_keys(run, folder, indicator):
    found = json.loads(run(folder, "--json"))
    assert list(found) == [
        "partnership", "force", "source", "months", "missing", "files", "rows", "without_location", "repeated",
        "unreadable", "of_other_months", "of_other_forces", "crime_types", "figures", "written", "unchanged",
        "not_available", "revised", "kept", "warnings",
    ]  # fmt: skip
    assert found["missing"] == ["2024-02"]
    assert found["figures"] == [
        {
            "reference": "B1",
            "name": "Burglaries",
            "crime_types": ["burglary"],
            "months": {"2024-01": 2, "2024-02": None, "2024-03": 0},
        }
    ]
    assert (found["written"], found["without_location"], found["crime_types"]["drugs"]) == (2, 1, 2)


def test_what_to_look_at_is_told(run, indicator, tmp_path):
    rows = [crime("Drugs"), crime("Cyber crime"), crime(month="soon"), crime(crime_id="a", at=THERE)]
    rows += [crime("Drugs", crime_id="a"), crime("Drugs", crime_id="a"), crime(month="2024-02")]
    path = put(tmp_path, "2024-03-aldershire-street.csv", *rows)
    found = json.loads(run(path, "--json"))["warnings"]
    assert found == [
        "1 row of the district with a Crime ID that its month has already: not counted again.",
        "1 row without a month, or broken off: not counted.",
        "1 row of another month than the file’s name says: not counted.",
        "1 row of the crime type “Cyber crime”, which is not known here: counted in no KPI.",
    ]


def test_a_kind_that_the_whole_force_lacks_is_counted_as_nought_and_told(run, indicator, tmp_path):
    path = put(tmp_path, "2024-03-aldershire-street.csv", crime("Drugs"))
    said = run(path)
    assert "March 2024: not one row of “Burglary” in the whole of the force’s area; counted as 0." in said
    assert figures(indicator) == {"2024-03": 0}


def test_codes_of_another_edition_are_told(run, indicator, partnership, tmp_path):
    partnership.lsoa_codes = ["E01088888"]
    partnership.save()
    said = run(put(tmp_path, "2024-03-aldershire-street.csv", crime()))
    assert "March 2024: not one row lies in the district. Check its LSOA codes" in said
    assert "1 row with the district’s name but none of its LSOA codes" in said
    assert figures(indicator) == {"2024-03": None}


def test_with_two_partnerships_one_is_named(run, folder, indicator):
    other = make.make_partnership(police_force="aldershire", district="Southmere")
    theirs = make.make_indicator(other, frequency="month")
    make.make_police_series(theirs)
    make.make_manager(other)
    with pytest.raises(CommandError, match="There are several partnerships"):
        run(folder)
    run(folder, "--partnership", other.slug)
    assert figures(indicator) == {}
    assert figures(theirs) == {"2024-01": None, "2024-02": None, "2024-03": 1}


def test_the_sample_is_taken(run, indicator, tmp_path):
    months = sample.months_until(Period.parse("2024-03"), 3)
    sample.write_archive(tmp_path / "2024-03.zip", months, 2000, without=months[1:2])
    run(tmp_path / "2024-03.zip")
    first, second, third = figures(indicator).values()
    assert (first > 0, second, third > 0) == (True, None, True)


class TestRefused:
    def refused(self, run, sentence, *options):
        with pytest.raises(CommandError, match=sentence):
            run(*options)
        assert not Reading.objects.exists()

    def test_a_file_that_is_not_there(self, run, indicator, tmp_path):
        self.refused(run, "cannot be read: no such file", tmp_path / "nothing.zip")

    def test_another_file(self, run, indicator, tmp_path):
        self.refused(run, "no column “Crime ID”", put(tmp_path, "plan.csv", heading=["Ref"]))

    def test_a_bad_file_after_good_ones(self, run, indicator, folder, tmp_path):
        self.refused(run, "no column", folder, put(tmp_path, "plan.csv", heading=["Ref"]))

    def test_a_partnership_without_a_district(self, run, folder):
        make.make_manager(make.make_partnership("Maldon"))
        self.refused(run, "which police force Maldon has", folder)

    def test_no_kpi_that_waits(self, run, folder, partnership):
        self.refused(run, "No KPI of Northmere is counted by the police yet", folder)

    @pytest.mark.parametrize(
        ("email", "sentence"),
        [("viewer@example.org", "is no manager or administrator of"), ("nobody@example.org", "There is nobody")],
    )
    def test_a_person_who_may_not(self, run, folder, indicator, email, sentence):
        make.make_viewer(indicator.partnership, email="viewer@example.org")
        self.refused(run, sentence, folder, "--by", email)

    def test_at_a_command_line_by_one_sentence_and_status_1(self, tmp_path):
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "import_police_crime", str(tmp_path)],
            capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (1, "")
        assert "holds no street-level file of data.police.uk" in done.stderr
        assert done.stderr.count("\n") == 1

"""The command import_indicators: what it prints, what it writes, what it refuses and how."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from csp_tracker.models import FileImport
from indicators.models import Indicator, Reading
from tests.builders import make_manager, make_partnership, make_viewer
from tests.indicators.importing import layouts

ROOT = Path(__file__).parents[3]
KEYS = ["indicators", "baselines", "targets", "readings", "rag", "differences", "revisions", "warnings"]
FILES = {
    "scorecard.xlsx": layouts.scorecard,
    "columns.xlsx": layouts.quarters_as_columns,
    "sheets.xlsx": layouts.quarters_as_sheets,
    "performance.docx": layouts.derbyshire,
    "months.csv": layouts.months,
}


@pytest.fixture
def run(capsys, tmp_path):
    """Write one of the layouts, run the command on it, and give what it said on both outputs."""

    def run(name, *options, data=None):
        path = tmp_path / name
        path.write_bytes(FILES[name]() if data is None else data)
        call_command("import_indicators", str(path), *options)
        said = capsys.readouterr()
        return said.out, said.err

    return run


class TestCheck:
    """--check asks no database: these tests have none."""

    @pytest.mark.parametrize("name", FILES)
    def test_one_json_object_with_these_keys(self, run, name):
        found = json.loads(run(name, "--check", "--json")[0])
        assert list(found) == KEYS
        assert sum(found["rag"].values()) == found["readings"]

    def test_differences_and_revisions_are_lists_of_objects(self, run):
        (difference,) = json.loads(run("scorecard.xlsx", "--check", "--json")[0])["differences"]
        assert difference == {
            "reference": "CS3",
            "name": "Violence with injury (lower is better)",
            "period": "2024-25-Q2",
            "published": "green",
            "published_word": "Green",
            "measured": "amber",
            "why": "176 misses the target of 170 by 6 (3.5%), within the tolerance of 10%. Lower is better.",
        }
        (revision,) = json.loads(run("sheets.xlsx", "--check", "--json")[0])["revisions"]
        assert (revision["period"], revision["before"], revision["after"]) == ("2024-25-Q1", "410", "415")

    def test_the_tree_has_every_field_as_read(self, run):
        found = json.loads(run("performance.docx", "--check", "--json", "--tree")[0])
        assert list(found) == [*KEYS, "tree"]
        first = found["tree"][0]
        assert (first["reference"], first["unit"], first["polarity"]) == ("NI 15", "rate", "lower")
        assert first["readings"][-1]["value"] == "0.21"
        assert first["source"][0]["cells"]["Good to be"] == "Low"

    def test_words_for_people(self, run):
        said = run("scorecard.xlsx", "--check", "--tree")[0]
        assert "5 KPIs, 0 baselines, 4 targets, 8 readings" in said
        assert "Differs: CS3, Q2 2024/25: published green, the rule says amber." in said
        assert "    Q2 2024/25 95.9% [Green]" in said

    def test_a_quarter_can_be_named(self, run):
        data = b"Ref,Indicator,Previous,This quarter\nA1,Walks,11,12\n"
        found = json.loads(run("kpis.csv", "--check", "--json", "--tree", "--quarter=2024-25-Q4", data=data)[0])
        assert [one["period"] for one in found["tree"][0]["readings"]] == ["2024-25-Q3", "2024-25-Q4"]

    def test_a_year_can_be_named(self, run):
        data = b"Ref,Indicator,Q1,Q2\nA1,Walks,11,12\n"
        found = json.loads(run("kpis.csv", "--check", "--json", "--tree", "--year=2023/24", data=data)[0])
        assert [one["period"] for one in found["tree"][0]["readings"]] == ["2023-24-Q1", "2023-24-Q2"]


@pytest.mark.django_db
class TestImport:
    def test_writes_in_the_name_of_a_manager(self, run):
        manager = make_manager(make_partnership())
        said = run("scorecard.xlsx")[0]
        assert (
            f"8 readings, 4 targets and 0 baselines were taken from scorecard.xlsx, in the name of {manager}." in said
        )
        assert Reading.objects.count() == 8
        assert FileImport.objects.get().confirmed_by == manager

    def test_json_stays_alone_on_standard_output(self, run):
        make_manager(make_partnership())
        out, err = run("scorecard.xlsx", "--json")
        assert json.loads(out)["readings"] == 8
        assert "New KPIs: CS1, CS2, CS3, CS4, CS5." in err

    def test_twice_changes_nothing(self, run, tmp_path):
        make_manager(make_partnership())
        data = layouts.scorecard()
        run("scorecard.xlsx", data=data)
        said = run("scorecard.xlsx", data=data)[0]
        assert "This very file has been imported already" in said
        assert Indicator.objects.count() == 5

    def test_revisions_of_what_is_here_are_in_the_json(self, run):
        make_manager(make_partnership())
        run("q1.csv", data=b"Ref,Indicator,Q1 2024/25\nA1,Walks,12\n")
        out, _ = run("q2.csv", "--json", data=b"Ref,Indicator,Q1 2024/25\nA1,Walks,13\n")
        assert json.loads(out)["revisions"] == [
            {"reference": "A1", "name": "Walks", "period": "2024-25-Q1", "before": "12", "after": "13",
             "at": "line 2", "what": "reading"}
        ]  # fmt: skip

    def test_of_two_partnerships_one_must_be_named(self, run):
        one, _ = make_partnership(), make_manager(make_partnership())
        make_manager(one)
        with pytest.raises(CommandError, match="There are several partnerships"):
            run("scorecard.xlsx")
        run("scorecard.xlsx", f"--partnership={one.slug}")
        assert {indicator.partnership for indicator in Indicator.objects.all()} == {one}

    def test_a_viewer_cannot_import(self, run):
        partnership = make_partnership()
        viewer = make_viewer(partnership)
        with pytest.raises(CommandError, match="is no manager or administrator"):
            run("scorecard.xlsx", f"--by={viewer.email}")
        assert not FileImport.objects.exists()


class TestRefusals:
    """Each is one sentence on standard error, and exit status 1."""

    @pytest.mark.parametrize(
        ("data", "options", "sentence"),
        [
            pytest.param(b"", [], "kpis.csv is empty.", id="empty"),
            pytest.param(b"Only words.\n", [], "kpis.csv holds no table of KPIs", id="no table"),
            pytest.param(b"%PDF-1.7", [], "kpis.csv is a PDF", id="a PDF"),
            pytest.param(b"x", ["--year=soon"], "“soon” is not a financial year", id="no year"),
            pytest.param(b"x", ["--quarter=Q9"], "“Q9” is not a quarter", id="no quarter"),
        ],
    )
    def test_in_a_program(self, run, data, options, sentence):
        with pytest.raises(CommandError, match=sentence):
            run("kpis.csv", "--check", *options, data=data)

    def test_a_file_that_is_not_there(self):
        with pytest.raises(CommandError, match=r"nowhere\.xlsx cannot be read: no such file or directory\."):
            call_command("import_indicators", "nowhere.xlsx", "--check")

    def test_on_a_command_line(self, tmp_path):
        path = tmp_path / "minutes.txt"
        path.write_text("Minutes of the meeting\n")
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "import_indicators", str(path), "--check"],
            capture_output=True, text=True, cwd=ROOT, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("minutes.txt holds no table of KPIs")
        assert done.stderr.count("\n") == 1

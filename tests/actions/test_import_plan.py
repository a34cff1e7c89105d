"""The command import_plan: what it prints, what it writes, what it refuses and how."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from actions.models import Action, Plan, ProgressUpdate
from actions.values import TimescaleKind
from csp_tracker.models import FileImport
from csp_tracker.periods import Quarter
from csp_tracker.rag import LightCounts
from indicators.models import Baseline, Indicator
from tests.builders import make_administrator, make_manager, make_member, make_partnership, make_user, make_viewer

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "tests" / "seeds"
OF_2009 = ["002_af38b45795a8a453.txt", "maldon-csp-2009-10.docx", "maldon-csp-2009-10.xlsx"]
OF_2015 = ["000_0359222028bc5600.txt", "maldon-csp-2015.docx", "maldon-csp-2015.xlsx"]
KEYS = ["plan", "priorities", "objectives", "actions", "indicators", "rag", "carried_forward", "rows", "warnings"]
FIELDS = {
    "number", "text", "indicator", "baseline", "progress", "work_needed", "timescale", "rag", "stated_rag",
    "carried_forward", "due_on",
}  # fmt: skip


def run(capsys, name, *options, **named):
    """Standard output and standard error of the command."""
    call_command("import_plan", str(SEEDS / name), *options, **named)
    said = capsys.readouterr()
    return said.out, said.err


def counted(capsys, name, *options):
    return json.loads(run(capsys, name, "--json", *options)[0])


class TestCheck:
    """--check asks no database: these tests have none."""

    @pytest.mark.parametrize("name", OF_2009)
    def test_the_counts_of_2009(self, capsys, name):
        found = counted(capsys, name, "--check")
        assert list(found) == KEYS
        assert (found["plan"], found["priorities"], found["objectives"]) == (None, 8, 30)
        assert (found["actions"], found["indicators"], found["carried_forward"]) == (34, 34, 1)
        assert found["rag"] == {"green": 30, "amber": 0, "red": 3, "complete": 0, "none": 1}
        assert found["warnings"][0].startswith("3 lights were in the column WORK NEEDED")

    @pytest.mark.parametrize("name", OF_2015)
    def test_the_counts_of_2015(self, capsys, name):
        found = counted(capsys, name, "--check")
        assert found["plan"].startswith("Maldon Community Safety Partnership (CSP) - Reducing Crime")
        assert (found["priorities"], found["objectives"]) == (1, 10)
        assert (found["actions"], found["indicators"], found["carried_forward"]) == (10, 0, 0)
        assert found["rag"] == {"green": 0, "amber": 0, "red": 0, "complete": 0, "none": 10}

    def test_the_rows_of_the_word_table(self, capsys):
        rows = counted(capsys, "maldon-csp-2009-10.docx", "--check")["rows"]
        assert rows == {"record": 34, "section": 8, "continuation": 18, "header": 1, "blank": 0, "note": 0}

    @pytest.mark.parametrize("name", OF_2009 + OF_2015)
    def test_the_tree_has_every_field_as_read(self, capsys, name):
        found = counted(capsys, name, "--check", "--tree")
        assert list(found) == [*KEYS, "tree"]
        objectives = [one for priority in found["tree"] for one in priority["objectives"]]
        actions = [action for objective in objectives for action in objective["actions"]]
        assert (len(objectives), len(actions)) == (found["objectives"], found["actions"])
        assert all(set(action) >= FIELDS for action in actions)

    def test_in_words(self, capsys):
        out, err = run(capsys, "maldon-csp-2009-10.docx", "--check", "--tree")
        assert "8 priorities, 30 objectives, 34 actions, 34 KPIs" in out
        assert "Lights: 30 green, 0 amber, 3 red, 0 complete, 1 not rated; 1 carried forward" in out
        assert "    8.4.1 [–] " in out
        assert err == ""

    def test_one_is_not_plural(self, capsys):
        assert "\n1 priority, 10 objectives, 10 actions, 0 KPIs\n" in run(capsys, OF_2015[1], "--check")[0]


class TestFromATerminal:
    """In a process of its own: exit status, and what stands on which stream."""

    def process(self, *arguments, tmp_path):
        return subprocess.run(
            [sys.executable, "manage.py", "import_plan", *map(str, arguments)],
            cwd=ROOT,
            env={"DATABASE_URL": f"sqlite:///{tmp_path / 'none.sqlite3'}", "PATH": ""},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def test_a_plan_is_one_object_and_nothing_else(self, tmp_path):
        done = self.process(SEEDS / OF_2009[1], "--check", "--json", tmp_path=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert list(json.loads(done.stdout)) == KEYS
        assert not (tmp_path / "none.sqlite3").exists()

    def test_a_refusal_is_one_sentence(self, tmp_path):
        letter = tmp_path / "letter.txt"
        letter.write_text("Dear all")
        done = self.process(letter, "--check", "--json", tmp_path=tmp_path)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == "letter.txt has no table with a heading for actions or objectives.\n"


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def manager(partnership):
    return make_manager(partnership, name="Mabel Manager", email="mabel@example.org")


@pytest.mark.django_db
class TestImport:
    @pytest.mark.parametrize("name", OF_2009)
    def test_2009_stands_in_the_database(self, capsys, partnership, manager, name):
        run(capsys, name, "--partnership", partnership.slug, "--by", "Mabel@example.org", "--year", "2009/10")
        plan = partnership.plans.get()
        assert (plan.priorities.count(), plan.actions.count(), Indicator.objects.count()) == (8, 34, 34)
        (lights,) = plan.actions.with_light(Quarter.parse("2009-10-Q4")).light_counts().values()
        assert lights == LightCounts(green=30, red=3, not_rated=1)
        red = ProgressUpdate.objects.filter(rag="red").order_by("action__reference")
        assert list(red.values_list("action__reference", flat=True)) == ["1.2.1", "2.2.1", "6.4.1"]
        figures = Baseline.objects.filter(indicator__actions__reference="6.1.1").values_list("value", flat=True)
        assert list(figures) == [9, 5, 15, 9, 5, 3]
        assert set(Action.history.values_list("history_user", flat=True)) == {manager.pk}
        assert all(action.source[0]["cells"] for action in plan.actions.all())

    @pytest.mark.parametrize("name", OF_2015)
    def test_2015_stands_in_the_database(self, capsys, partnership, manager, name):
        run(capsys, name, "--partnership", partnership.slug, "--year", "2015/16")
        plan = partnership.plans.get()
        assert not plan.period_is_inferred
        kinds = list(plan.actions.values_list("timescale_kind", flat=True))
        assert {kind: kinds.count(kind) for kind in TimescaleKind} == {
            "by_date": 1,
            "ongoing": 7,
            "recurring": 1,
            "unclear": 1,
        }
        assert (ProgressUpdate.objects.count(), Indicator.objects.count()) == (0, 0)

    def test_the_same_file_again_changes_nothing_and_says_so(self, capsys, partnership, manager):
        run(capsys, OF_2015[1])
        out, _ = run(capsys, OF_2015[1])
        assert "This very file has been imported already, as “Maldon Community Safety" in out
        assert (Plan.objects.count(), FileImport.objects.count(), Action.history.count()) == (1, 1, 10)

    def test_another_format_is_offered_and_makes_no_duplicate(self, capsys, partnership, manager):
        run(capsys, OF_2015[1])
        plan = Plan.objects.get()
        out, _ = run(capsys, OF_2015[2])
        assert f"10 of 10 actions are the same. Say --update {plan.slug} to update it, or --new." in out
        assert (Plan.objects.count(), FileImport.objects.count()) == (1, 1)

    def test_update_and_new_are_the_two_kinds_of_yes(self, capsys, partnership, manager):
        run(capsys, OF_2015[1])
        plan = Plan.objects.get()
        out, _ = run(capsys, OF_2015[2], "--update", plan.slug)
        assert "was updated, in the name of Mabel Manager" in out
        assert (Plan.objects.count(), Action.history.count()) == (1, 10)
        run(capsys, OF_2015[0], "--new", "--year", "2015/16", "--title", "A copy")
        assert set(Plan.objects.values_list("title", flat=True)) == {plan.title, "A copy"}

    def test_with_json_the_outcome_stands_beside_the_object(self, capsys, partnership, manager):
        out, err = run(capsys, OF_2015[1], "--json")
        assert list(json.loads(out)) == KEYS
        assert "in the name of Mabel Manager. The year is inferred" in err

    def test_the_quarter_can_be_said(self, capsys, partnership, manager):
        run(capsys, OF_2009[1], "--quarter", "2009-10-Q2")
        assert set(ProgressUpdate.objects.values_list("quarter", flat=True)) == {Quarter.parse("2009-10-Q2")}

    def test_without_a_name_an_administrator_stands_for_it(self, capsys, partnership, manager):
        make_viewer(partnership)
        administrator = make_administrator(partnership)
        run(capsys, OF_2015[1])
        assert FileImport.objects.get().imported_by == administrator

    def test_a_superuser_may_import_anywhere(self, capsys, partnership):
        make_user(email="root@example.org", is_superuser=True)
        run(capsys, OF_2015[1], "--by", "root@example.org")
        assert Plan.objects.count() == 1


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (["--partnership", "nowhere"], "There is no partnership “nowhere”."),
            (["--by", "nobody@example.org"], "There is nobody with the e-mail address nobody@example.org."),
            (["--update", "no-plan"], "Maldon has no plan “no-plan”."),
            (["--year", "2009/11"], "“2009/11” is not a financial year"),
            (["--quarter", "Q5"], "“Q5” is not a quarter such as 2009-10-Q4."),
            (["--quarter", "2010-11-Q1"], "Q1 2010/11 is outside the plan"),
        ],
    )
    def test_an_option_that_names_nothing(self, capsys, partnership, manager, options, sentence):
        with pytest.raises(CommandError, match=sentence.replace("(", r"\(")):
            run(capsys, OF_2009[1], *options)
        assert not FileImport.objects.exists()
        assert capsys.readouterr().out == ""

    def test_a_file_that_is_not_there(self, capsys, partnership):
        with pytest.raises(CommandError, match=r"nope\.docx cannot be read: no such file or directory\."):
            run(capsys, "nope.docx")

    def test_a_file_that_says_no_year(self, capsys, partnership, manager):
        with pytest.raises(CommandError, match="does not say which year the plan is for"):
            run(capsys, OF_2015[0])

    def test_two_partnerships_and_none_named(self, capsys, partnership):
        make_partnership()
        with pytest.raises(CommandError, match="There are several partnerships: name one with --partnership"):
            run(capsys, OF_2015[1])

    def test_no_partnership_at_all(self, capsys):
        with pytest.raises(CommandError, match="There is no partnership yet"):
            run(capsys, OF_2015[1])

    def test_nobody_who_may_import(self, capsys, partnership):
        make_member(partnership)
        with pytest.raises(CommandError, match="Maldon has no manager or administrator yet"):
            run(capsys, OF_2015[1])

    @pytest.mark.parametrize("where", ["here", "elsewhere"])
    def test_a_person_who_may_not(self, capsys, partnership, where):
        if where == "here":
            make_viewer(partnership, email="v@example.org")
        else:
            make_manager(make_partnership(), email="v@example.org")
        with pytest.raises(CommandError, match="is no manager or administrator of Maldon"):
            run(capsys, OF_2015[1], "--by", "v@example.org", "--partnership", partnership.slug)

    def test_a_plan_of_another_partnership(self, capsys, partnership, manager):
        other = make_partnership()
        make_manager(other)
        run(capsys, OF_2015[1], "--partnership", other.slug)
        with pytest.raises(CommandError, match="Maldon has no plan"):
            run(capsys, OF_2015[2], "--partnership", partnership.slug, "--update", Plan.objects.get().slug)

    def test_update_and_new_exclude_each_other(self, capsys):
        with pytest.raises(CommandError, match="not allowed with"):
            run(capsys, OF_2015[1], "--update", "x", "--new")

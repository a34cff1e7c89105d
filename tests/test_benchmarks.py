"""The benchmark itself: its rows, its arithmetic, its bounds. What it measures runs with `python3 dev.py bench`."""

import hashlib
import json
import re

import pytest
from django.db import connection, transaction

from actions.models import Action, ProgressUpdate
from csp_tracker.models import Membership, Partnership
from tests.benchmarks import data, goals, run
from tests.benchmarks.measuring import Pair, Result, in_turn, repeated, shape

SMALL = data.Shape("own", quarters=3, plans=1, priorities=1, objectives=2, actions=4)
TWIN = data.Shape("other-0", quarters=3, plans=1, priorities=1, objectives=2, actions=4)
COPIED = ("action__reference", "quarter", "progress", "work_needed", "rag", "rag_reason", "state")


def updates_of(slug):
    updates = ProgressUpdate.objects.filter(action__plan__partnership__slug=slug)
    return list(updates.order_by("quarter", "action__reference").values_list(*COPIED))


def fingerprint():
    rows = [str(updates_of("own")), str(list(Action.objects.order_by("pk").values_list("reference", "text", "due_on")))]
    return hashlib.sha256("".join(rows).encode()).hexdigest()


@pytest.mark.django_db
def test_the_rows_are_the_same_in_every_run():
    seen = set()
    for _ in range(2):
        with transaction.atomic():
            data.fill([SMALL])
            seen.add(fingerprint())
            transaction.set_rollback(True)
    assert len(seen) == 1


@pytest.mark.django_db
def test_every_action_but_the_silent_has_one_update_a_quarter():
    data.fill([SMALL])
    assert Action.objects.count() == SMALL.size == 8
    assert ProgressUpdate.objects.count() == 3 * 8 - 1
    assert ProgressUpdate.objects.filter(quarter=data.LAST).count() == 7


@pytest.mark.django_db
def test_copied_partnerships_say_the_same_and_refer_to_their_own_rows():
    data.fill([SMALL, TWIN])
    assert updates_of("other-0") == updates_of("own")
    theirs = ProgressUpdate.objects.filter(action__plan__partnership__slug="other-0")
    members = Membership.objects.filter(partnership__slug="other-0").values("user")
    assert theirs.count() == theirs.filter(submitted_by__in=members, drafted_by__in=members).count() == 23


@pytest.mark.django_db
def test_every_row_made_is_one_the_database_lets_in():
    data.fill([SMALL])
    for update in ProgressUpdate.objects.all():
        update.full_clean()
    for action in Action.objects.all():
        action.full_clean()


@pytest.mark.django_db
def test_a_database_not_marked_as_scratch_is_refused():
    with pytest.raises(data.NotScratch, match="not marked"):
        data.seed([SMALL])
    assert not Partnership.objects.exists()


@pytest.mark.django_db
def test_a_scratch_database_with_rows_is_refused(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "/tmp/bench_scratch_default.sqlite3")
    data.seed([SMALL])
    with pytest.raises(data.NotScratch, match="holds rows"):
        data.seed([SMALL])
    assert Partnership.objects.count() == 1


def test_numbers_of_actions_are_those_asked_for():
    shapes = data.among(1000, data.OWN, data.LONG)
    assert sum(shape.size for shape in shapes) == 960
    assert sum(shape.size for shape in data.among(72_000, data.OWN)) == 72_000
    assert [shape.size for shape in data.PAPERS] == [200, 10_000]


def test_the_ratio_is_the_median_of_pairs_and_not_the_ratio_of_medians():
    pair = Pair(floor=(1.0, 2.0, 10.0), subject=(3.0, 4.0, 20.0))
    assert pair.ratio == 2.0
    assert pair.milliseconds == (2000.0, 4000.0)


@pytest.mark.parametrize(
    ("seconds", "pairs"),
    [
        pytest.param(0.001, 15, id="fifteen pairs at the least"),
        pytest.param(1.0, 3, id="long work ends after six seconds"),
        pytest.param(10.0, 3, id="but not before three pairs"),
    ],
)
def test_floor_and_subject_are_called_in_turn(seconds, pairs):
    now, called = [0.0], []

    def work(name):
        def do():
            called.append(name)
            now[0] += seconds

        return do

    pair = in_turn(work("floor"), work("subject"), at_least=0, clock=lambda: now[0])
    assert len(pair.floor) == len(pair.subject) == pairs
    assert called[-pairs * 2 :] == ["floor", "subject"] * pairs
    assert pair.ratio == pytest.approx(1)


def test_statements_are_compared_without_their_literals():
    first = """SELECT "a"."b1" FROM "a" WHERE "a"."id" = 17 AND "a"."name" = 'O''Neil' AND x IN (1, 2, 3) LIMIT 50"""
    second = """SELECT "a"."b1" FROM "a" WHERE "a"."id" = 4 AND "a"."name" = 'x' AND x IN (1, 2) LIMIT 50"""
    assert shape(first) == shape(second)
    assert '"a"."b1"' in shape(first)
    assert repeated([first, second, "SELECT 1"]) == {shape(first): 2}


def result(**measured):
    bounds = {"ratio": 5, "queries": 8}
    return Result("G5", "list/flat", bounds, measured, headroom=1.25)


@pytest.mark.parametrize(
    ("measured", "missed"),
    [
        pytest.param({"ratio": 5, "queries": 8}, [], id="on the bounds"),
        pytest.param({"ratio": 6.25, "queries": 8}, [], id="a time within the headroom"),
        pytest.param({"ratio": 6.26, "queries": 8}, ["ratio"], id="a time beyond it"),
        pytest.param({"ratio": 1, "queries": 9}, ["queries"], id="queries have no headroom"),
        pytest.param({"ratio": 1}, ["queries"], id="what was not measured is missed"),
    ],
)
def test_a_goal_is_missed_beyond_its_bounds(measured, missed):
    assert result(**measured).missed == missed


def test_a_goal_is_told_in_one_line():
    assert result(ratio=3.1, queries=6).line == "G5 list/flat 3.1 (<= 5) queries 6 (<= 8) ok"
    assert result(ratio=3.1, queries=9).line == "G5 list/flat 3.1 (<= 5) queries 9 (<= 8) MISSED: queries"


def test_what_was_measured_is_kept_where_nobody_is_served_it(settings, monkeypatch, tmp_path):
    served = [*settings.STATICFILES_DIRS, settings.STATIC_ROOT, settings.BASE_DIR / "build", settings.MEDIA_ROOT]
    assert not any(run.KEPT.is_relative_to(folder) for folder in served)
    monkeypatch.setattr(run, "KEPT", tmp_path / ".bench" / "bench.json")
    measured = Result("G5", "list/flat", {"ratio": 5}, {"ratio": 3.14159})
    run.write([measured], {"engine": "sqlite"}, 12.3)
    kept = json.loads(run.KEPT.read_text())
    assert (kept["engine"], kept["seconds"], kept["goals"][0]["measured"]) == ("sqlite", 12, {"ratio": 3.142})


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_every_goal_has_bounds_and_every_bound_a_goal(engine):
    budgets = run.read_budgets()
    assert budgets.pop("headroom") == 1.25
    assert list(budgets) == list(goals.GOALS)
    for budget in budgets.values():
        what, bounds = run.bounds_of(budget, engine)
        assert what
        assert bounds


@pytest.mark.django_db
def test_the_light_of_a_quarter_is_found_by_the_unique_index():
    data.fill([SMALL])
    asked = Action.objects.with_light(data.LAST).values("pk", "light", "last_quarter")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a table so small would otherwise be read whole
            cursor.execute("SET LOCAL enable_seqscan = off")
        index, reads = "update_once_a_quarter", r"(?:Scan|on) .*actions_progressupdate.*"
    else:
        index, reads = "sqlite_autoindex_actions_progressupdate_1 (action_id=?", r"(?:SCAN|SEARCH) U\d.*"
    found = re.findall(reads, asked.explain())
    assert found
    assert all(index in read for read in found), found

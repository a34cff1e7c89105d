"""A file is kept to be looked at, decided about and dropped; what was decided is known at the next one like it."""

from pathlib import Path

import pytest
from django.conf import settings

from actions.importing import Decisions, PlanRefused, RowDecision, plan_in
from actions.importing.columns import Meaning
from actions.importing.previewing import (
    NothingLeft,
    NotPreviewed,
    decide,
    decisions_of,
    drop_import,
    reading_of,
    remembered,
)
from actions.models import Plan
from csp_tracker.models import FileImport
from csp_tracker.people import ImportKind
from csp_tracker.periods import FinancialYear
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Gone
from indicators.models import Indicator
from tests.actions.importing.stages import NEW, OLD, brought, confirmed, document_of, table
from tests.builders import make_administrator, make_manager, make_partnership

pytestmark = pytest.mark.django_db
SAYS_SO = Decisions(columns={"Who": Meaning.LEAD}, lights={"soon": RAG.AMBER}, rows={"row 2": RowDecision.ACTION})


def council_table(*more, status="Soon"):
    return table(
        ("Ref", "Action", "Who", "Status"),
        ("1.1", "Light the path to the station", "Police", status),
        ("1.2", "Meet the traders of the High Street", "Council", "Green"),
        *more,
    )


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_administrator(partnership, name="Ida Importer")


@pytest.fixture
def preview(partnership, by):
    return brought(partnership, by, OLD)


def files():
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


class TestAPreview:
    def test_it_is_the_cells_and_no_plan(self, preview, partnership, by):
        preview.refresh_from_db()
        assert (preview.state, preview.partnership, preview.imported_by) == ("previewed", partnership, by)
        assert preview.document == document_of(OLD).to_json()
        assert (preview.tree, preview.made) == ({}, {})
        assert not Plan.objects.exists()
        assert not Indicator.objects.exists()

    def test_it_reads_as_the_file_does(self, preview):
        preview.refresh_from_db()
        assert reading_of(preview) == plan_in(document_of(OLD))

    def test_it_is_read_again_without_asking_the_database(self, preview, django_assert_num_queries):
        with django_assert_num_queries(0):
            reading_of(preview)

    def test_its_counts_are_for_the_list(self, preview):
        assert preview.counts["rag"]["green"] == 30

    def test_the_bytes_are_kept_for_nobody_else_and_under_a_name_that_says_nothing(self, preview):
        path = Path(preview.file.path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert OLD not in path.name
        assert preview.sha256 not in path.name

    def test_it_leaves_one_history_row_with_the_person_and_without_the_cells(self, preview, by):
        (row,) = preview.history.all()
        assert row.history_user == by
        assert not hasattr(row, "document")

    def test_a_list_does_not_read_the_cells(self, preview, django_assert_num_queries):
        (listed,) = FileImport.objects.for_listing()
        assert {"document", "tree", "made"} <= listed.get_deferred_fields()
        with django_assert_num_queries(0):
            assert str(listed.imported_by) == "Ida Importer"

    def test_of_a_refused_file_nothing_is_kept(self, partnership, by):
        before = files()
        with pytest.raises(PlanRefused):
            brought(partnership, by, "letter.csv", document=table(("Dear", "Sir"), ("Yours", "Ever")))
        assert files() == before
        assert not FileImport.objects.exists()

    def test_a_row_that_cannot_be_stored_leaves_no_bytes(self, partnership, by, monkeypatch):
        before = files()
        monkeypatch.setattr(FileImport, "clean", lambda _row: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            brought(partnership, by)
        assert files() == before

    def test_the_same_file_may_be_looked_at_twice(self, preview, partnership, by):
        assert brought(partnership, by, OLD).pk != preview.pk


class TestDeciding:
    def test_what_is_decided_is_how_it_is_read(self, preview, by):
        decisions = Decisions(row_lights={"row 1": RAG.RED}, columns={"LEAD": Meaning.LEAD})
        decided = decide(file_import=preview, version=1, decisions=decisions, by=by)
        decided.refresh_from_db()
        assert decisions_of(decided) == decisions
        assert (decided.version, decided.state) == (2, "previewed")
        assert decided.history.first().history_user == by

    def test_nothing_new_decided_writes_nothing(self, preview, by):
        decide(file_import=preview, version=1, decisions=Decisions(), by=by)
        assert preview.history.count() == 1

    def test_two_who_decide_do_not_overwrite_each_other(self, preview, by):
        decide(file_import=preview, version=1, decisions=SAYS_SO, by=by)
        with pytest.raises(Conflict) as refused:
            decide(file_import=preview, version=1, decisions=Decisions(columns={"LEAD": Meaning.LEAD}), by=by)
        assert decisions_of(refused.value.theirs) == SAYS_SO

    def test_decisions_that_leave_nothing_are_refused_with_the_readers_sentence(self, preview, by):
        nothing = Decisions(tables={grid.name: False for grid in document_of(OLD).grids})
        with pytest.raises(NothingLeft) as refused:
            decide(file_import=preview, version=1, decisions=nothing, by=by)
        assert refused.value.messages[0].endswith(".")
        preview.refresh_from_db()
        assert decisions_of(preview) == Decisions()

    def test_what_is_confirmed_is_decided(self, preview, by):
        confirmed(preview, by)
        with pytest.raises(NotPreviewed):
            decide(file_import=preview, version=2, decisions=SAYS_SO, by=by)


class TestDropping:
    def test_the_row_and_the_bytes_go_and_the_history_says_who_dropped_it(
        self, preview, by, django_capture_on_commit_callbacks
    ):
        path = Path(preview.file.path)
        with django_capture_on_commit_callbacks(execute=True):
            drop_import(file_import=preview, version=1, by=by)
        assert not FileImport.objects.exists()
        assert not path.exists()
        newest = FileImport.history.first()
        assert (newest.history_type, newest.history_user, newest.history_change_reason) == ("-", by, "Not imported")

    def test_what_is_confirmed_is_not_dropped(self, preview, by):
        confirmed(preview, by)
        with pytest.raises(NotPreviewed):
            drop_import(file_import=preview, version=2, by=by)
        assert Path(preview.file.path).exists()

    def test_what_somebody_else_decided_about_is_not_dropped(self, preview, by):
        decide(file_import=preview, version=1, decisions=SAYS_SO, by=by)
        with pytest.raises(Conflict):
            drop_import(file_import=preview, version=1, by=by)

    def test_what_is_gone_is_gone(self, preview, by):
        drop_import(file_import=preview, version=1, by=by)
        with pytest.raises(Gone):
            drop_import(file_import=FileImport(pk=preview.pk or 0), version=1, by=by)


class TestRemembering:
    @pytest.fixture
    def last(self, partnership, by):
        """A file with some headings, decided about and confirmed."""
        first = brought(partnership, by, "first.csv", document=council_table(), data=b"1")
        return decide(file_import=first, version=1, decisions=SAYS_SO, by=by)

    @pytest.fixture
    def next_one(self, partnership, by):
        def next_one(document=None, of=partnership):
            return brought(of, by, "next.csv", document=document or council_table(), data=b"2")

        return next_one

    @pytest.fixture
    def confirm(self, by):
        def confirm(file_import, **options):
            return confirmed(file_import, by, **{"year": FinancialYear(2025), "is_new": True} | options)

        return confirm

    def test_columns_and_lights_are_known_at_the_next_file_with_the_same_headings(self, last, confirm, next_one):
        confirm(last)
        assert decisions_of(next_one()) == Decisions(columns=SAYS_SO.columns, lights=SAYS_SO.lights)

    def test_its_counts_are_of_the_reading_with_them(self, last, confirm, next_one):
        confirm(last)
        assert next_one().counts["rag"]["amber"] == 1

    def test_case_and_marks_of_the_headings_do_not_matter(self, last, confirm, next_one, partnership):
        confirm(last)
        again = table(("REF.", "action:", "Who", "status"), ("1.1", "Plant trees", "Council", "Soon"))
        assert decisions_of(next_one(again)).lights == SAYS_SO.lights

    def test_other_headings_are_another_file(self, last, confirm, next_one):
        confirm(last)
        other = table(("Ref", "Action", "Lead officer", "RAG"), ("1.1", "Plant trees", "Council", "Green"))
        assert decisions_of(next_one(other)) == Decisions()

    def test_what_was_only_looked_at_is_not_remembered(self, last, next_one):
        assert decisions_of(next_one()) == Decisions()

    def test_the_latest_counts(self, last, confirm, next_one, by):
        confirm(last)
        second = next_one()
        later = Decisions(columns={"Who": Meaning.SUPPORTING})
        confirm(decide(file_import=second, version=1, decisions=later, by=by))
        assert decisions_of(next_one()) == later

    def test_another_partnership_remembers_nothing_of_it(self, last, confirm):
        confirm(last)
        other = make_partnership()
        by = make_manager(other)
        assert decisions_of(brought(other, by, "next.csv", document=council_table(), data=b"2")) == Decisions()

    def test_what_an_earlier_release_called_otherwise_is_forgotten(self, last, confirm, next_one):
        confirm(last)
        FileImport.objects.update(decisions={"plan": "first", "reading": {"columns": {"Who": "helper"}}})
        assert decisions_of(next_one()) == Decisions()

    def test_a_file_without_headings_is_like_no_other(self, partnership):
        assert remembered(partnership, ImportKind.PLAN, "") is None


def test_the_2015_plan_can_be_previewed_too(partnership, by):
    assert brought(partnership, by, NEW).counts["actions"] == 10

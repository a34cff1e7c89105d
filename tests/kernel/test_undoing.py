"""What one block of work wrote can be taken back whole, whichever rows it was, or nothing of it."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from csp_tracker import services
from csp_tracker.importing import EditedSince, LaterImport, NotConfirmed, SourceFile, taken_in, undo
from csp_tracker.models import Agency, FileImport
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.periods import Period
from csp_tracker.writing import Conflict, Gone, discard, recording, store
from indicators import services as kpis
from indicators.models import Baseline, Indicator, Reading
from tests import builders as make

pytestmark = pytest.mark.django_db
PERIOD = Period.of_quarter(make.QUARTER)


@pytest.fixture
def partnership():
    return make.make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make.make_manager(partnership, name="Ida Importer")


@pytest.fixture
def importing(partnership, by):
    """A block whose writes are one import; `.done` is it as it stands."""

    @contextmanager
    def importing(name="kpis.xlsx", plan=None, now=make.NOW, **more):
        with (
            transaction.atomic(),
            taken_in(
                SourceFile(name, name.encode()),
                kind=ImportKind.INDICATORS,
                partnership=partnership,
                tree={"read": 1},
                counts={"indicators": 1},
                by=by,
                now=now,
            ) as file_import,
        ):
            file_import.decisions |= {"plan": plan} if plan else {}
            yield file_import

    return importing


@pytest.fixture
def undone(by):
    """Undo an import as it stands now."""

    def undone(file_import, **more):
        file_import.refresh_from_db()
        given = {"version": file_import.version, "by": by, "now": make.NOW} | more
        return undo(file_import=file_import, **given)

    return undone


def rows_of(model):
    return list(model.objects.order_by("pk").values())


class TestRecording:
    def test_it_holds_the_versions_before_and_after(self, partnership, by):
        kept = make.make_agency(partnership)
        with recording() as record, transaction.atomic():
            made = services.add_agency(partnership=partnership, name="Fire service", by=by)
            kept.short_name = "MDC"
            store(kept, by=by)
        assert record.made == {"csp_tracker.Agency": {str(made.pk): [None, 1], str(kept.pk): [1, 2]}}

    def test_a_row_written_twice_counts_once(self, partnership, by):
        agency = make.make_agency(partnership)
        with recording() as record, transaction.atomic():
            for name in ("First", "Second"):
                agency.short_name = name
                store(agency, by=by)
        assert record.made == {"csp_tracker.Agency": {str(agency.pk): [1, 3]}}

    def test_a_row_that_came_and_went_does_not_count(self, partnership, by):
        with recording() as record, transaction.atomic():
            discard(services.add_agency(partnership=partnership, name="Fire service", by=by), by=by)
        assert record.made == {"csp_tracker.Agency": {}}

    def test_what_did_not_change_is_not_in_it(self, partnership, by):
        with recording() as record, transaction.atomic():
            store(make.make_agency(partnership), by=by)
        assert record.made == {}

    def test_what_is_written_afterwards_is_not_in_it(self, partnership, by):
        with recording() as record:
            pass
        services.add_agency(partnership=partnership, name="Fire service", by=by)
        assert record.made == {}

    def test_one_inside_another_tells_both(self, partnership, by):
        with recording() as outer:
            with recording() as inner:
                services.add_agency(partnership=partnership, name="Fire service", by=by)
            services.add_agency(partnership=partnership, name="Health board", by=by)
        assert [len(record.made["csp_tracker.Agency"]) for record in (outer, inner)] == [2, 1]


class TestTakingIn:
    def test_the_import_says_who_confirmed_it_and_what_it_wrote(self, importing, partnership, by):
        with importing() as file_import:
            made = kpis.create_indicator(partnership=partnership, name="Walks", by=by)
        file_import.refresh_from_db()
        assert (file_import.state, file_import.confirmed_by, file_import.confirmed_at) == ("confirmed", by, make.NOW)
        assert file_import.made == {"indicators.Indicator": {str(made.pk): [None, 1]}}

    def test_what_weighs_a_lot_is_not_kept_with_every_version(self, importing):
        with importing() as file_import:
            pass
        columns = {column.name for column in FileImport.history.model.tracked_fields}
        assert not columns & {"document", "tree", "made"}
        assert {"decisions", "state", "sha256"} <= columns
        assert file_import.history.count() == 2

    def test_a_block_that_fails_leaves_nothing(self, importing, partnership, by):
        with pytest.raises(ValidationError), importing():
            kpis.change_indicator(
                indicator=kpis.create_indicator(partnership=partnership, name="Walks", by=by), version=7, by=by
            )
        assert not FileImport.objects.exists()
        assert not FileImport.history.exists()
        assert not Indicator.objects.exists()


class TestUndoing:
    def test_what_it_made_goes_and_its_history_stays_with_the_person(self, importing, undone, partnership, by):
        with importing() as file_import:
            indicator = kpis.create_indicator(partnership=partnership, name="Walks", by=by)
            kpis.add_baseline(indicator=indicator, label="2008/09", value=1, text="1", is_primary=True, by=by)
            kpis.record_reading(indicator=indicator, period=PERIOD, value=4, by=by)
        other = make.make_administrator(partnership, name="Una Undoer")
        undone(file_import, by=other)
        assert not any(model.objects.exists() for model in (Indicator, Baseline, Reading))
        newest = Indicator.history.first()
        assert (newest.history_type, newest.history_user) == ("-", other)
        assert newest.history_change_reason == "The import of kpis.xlsx was undone"
        assert [row.history_type for row in Reading.history.all()] == ["-", "+"]

    def test_the_import_says_who_undid_it_and_stays(self, importing, undone, by):
        with importing() as file_import:
            pass
        done = undone(file_import)
        assert (done.state, done.undone_by, done.undone_at) == (ImportState.UNDONE, by, make.NOW)
        assert list(done.history.values_list("state", flat=True)) == ["undone", "confirmed", "previewed"]

    def test_what_it_changed_is_as_it_was_in_a_new_version(self, importing, undone, partnership, by):
        indicator = make.make_indicator(partnership, name="Walks")
        before = rows_of(Indicator)[0]
        with importing() as file_import:
            changed = kpis.change_indicator(indicator=indicator, version=1, name="Runs", reason="File", by=by)
            kpis.change_indicator(indicator=changed, version=2, why="It matters", reason="File", by=by)
        undone(file_import)
        assert rows_of(Indicator) == [before | {"version": 4}]
        newest = Indicator.history.first()
        assert (newest.history_user, newest.history_change_reason) == (by, "The import of kpis.xlsx was undone")

    def test_what_it_took_away_is_there_again_with_its_key(self, importing, undone, partnership, by):
        action = make.make_action(make.make_plan(partnership))
        link = make.link(action, make.make_indicator(partnership))
        with importing() as file_import:
            discard(link, by=by)
        undone(file_import)
        assert list(action.indicator_links.values_list("pk", "indicator")) == [(
            int(next(iter(file_import.made["actions.ActionIndicator"]))),
            Indicator.objects.get().pk,
        )]  # fmt: skip

    def test_two_rows_that_exchanged_what_only_one_may_have_are_both_as_they_were(
        self, importing, undone, partnership, by
    ):
        indicator = make.make_indicator(partnership)
        first = make.make_baseline(indicator, value=1, is_primary=True)
        second = make.make_baseline(indicator, value=2, is_primary=False)
        with importing() as file_import:
            for baseline, is_primary in ((first, False), (second, True)):
                baseline.is_primary = is_primary
                store(baseline, by=by)
        undone(file_import)
        assert list(Baseline.objects.order_by("pk").values_list("is_primary", flat=True)) == [True, False]

    def test_a_row_that_was_changed_to_point_to_a_new_one_is_restored_first(self, importing, undone, partnership, by):
        part = make.make_indicator(partnership, name="Part")
        with importing() as file_import:
            whole = kpis.create_indicator(partnership=partnership, name="Whole", by=by)
            kpis.change_indicator(indicator=part, version=1, part_of=whole, reason="File", by=by)
        undone(file_import)
        assert list(Indicator.objects.values_list("name", "part_of")) == [("Part", None)]

    def test_the_same_file_can_be_imported_again(self, importing, undone):
        with importing() as file_import:
            pass
        undone(file_import)
        with importing():
            pass
        assert sorted(FileImport.objects.values_list("state", flat=True)) == ["confirmed", "undone"]


class TestRefusals:
    @pytest.fixture
    def indicator(self, partnership):
        return make.make_indicator(partnership, name="Walks", reference="")

    @pytest.fixture
    def done(self, importing, indicator, partnership, by):
        with importing() as file_import:
            made = kpis.create_indicator(partnership=partnership, name="Swims", by=by)
            kpis.change_indicator(indicator=indicator, version=1, name="Runs", reason="File", by=by)
            kpis.record_reading(indicator=made, period=PERIOD, value=4, by=by)
        return file_import

    @staticmethod
    def refuse(undone, done, error):
        before = [rows_of(model) for model in (Indicator, Reading)]
        with pytest.raises(error) as refused:
            undone(done)
        assert [rows_of(model) for model in (Indicator, Reading)] == before
        done.refresh_from_db()
        assert done.state == ImportState.CONFIRMED
        return refused.value

    @pytest.mark.parametrize("name", ["Swims", "Runs"], ids=["it made", "it changed"])
    def test_what_it_wrote_was_edited_since(self, done, undone, partnership, name):
        editor = make.make_manager(partnership, name="Edda Editor")
        kpis.change_indicator(
            indicator=Indicator.objects.get(name=name),
            version=1 if name == "Swims" else 2,
            why="Health",
            reason="Asked",
            by=editor,
        )
        refusal = self.refuse(undone, done, EditedSince)
        (told,) = refusal.names
        assert told.startswith(f"KPI “{name}” (Edda Editor, ")
        assert refusal.messages == [f"This import can no longer be undone. Changed or added since: {told}."]

    def test_something_new_hangs_on_what_it_made(self, done, undone, by):
        swims = Indicator.objects.get(name="Swims")
        kpis.set_target(indicator=swims, period=PERIOD, value=5, text="5", reason="Agreed", by=by)
        assert self.refuse(undone, done, EditedSince).names == ("target of “Swims”",)

    def test_a_plan_uses_a_kpi_it_made(self, done, undone, partnership):
        make.link(make.make_action(make.make_plan(partnership)), Indicator.objects.get(name="Swims"))
        assert self.refuse(undone, done, EditedSince).names == ("KPI of an action of “Swims”",)

    def test_what_hangs_on_what_it_only_changed_does_not_matter(self, done, undone, indicator):
        make.make_reading(indicator)
        undone(done)
        assert list(Indicator.objects.values_list("name", flat=True)) == ["Walks"]

    def test_what_it_made_was_taken_away_since(self, done, undone, by):
        with transaction.atomic():
            discard(Reading.objects.get(), by=by)
        (told,) = self.refuse(undone, done, EditedSince).names
        assert told.startswith("a removed reading (")

    def test_many_edits_are_counted(self, importing, undone, partnership, by):
        with importing() as file_import:
            made = [kpis.create_indicator(partnership=partnership, name=f"KPI {n}", by=by) for n in range(7)]
        for indicator in made:
            kpis.change_indicator(indicator=indicator, version=1, why="Health", reason="Asked", by=by)
        with pytest.raises(EditedSince, match=r"KPI 4.*; and 2 more\.") as refused:
            undone(file_import)
        assert len(refused.value.names) == 7

    def test_it_was_undone_before(self, done, undone):
        undone(done)
        with pytest.raises(NotConfirmed, match="undone already"):
            undone(done)

    def test_it_was_never_confirmed(self, undone, partnership, by):
        previewed = FileImport.objects.create(
            partnership=partnership, kind=ImportKind.PLAN, name="plan.docx", sha256="0" * 64, imported_by=by
        )
        with pytest.raises(NotConfirmed, match="not been imported yet"):
            undone(previewed)

    def test_somebody_changed_the_import_meanwhile(self, done, undone):
        with pytest.raises(Conflict):
            undone(done, version=1)

    def test_it_is_gone(self, undone, done, by):
        with pytest.raises(Gone):
            undo(file_import=FileImport(pk=0, partnership=done.partnership), version=1, by=by, now=make.NOW)

    def test_a_later_file_of_the_same_plan_is_undone_first(self, importing, undone):
        with importing("first.docx", plan="plan") as first:
            pass
        with importing("second.docx", plan="plan", now=make.NOW + timedelta(minutes=1)) as second:
            pass
        with importing("other.docx", plan="other", now=make.NOW + timedelta(minutes=2)):
            pass
        with pytest.raises(LaterImport, match="was imported into the same plan later"):
            undone(first)
        undone(second)
        undone(first)


def test_somebody_elses_row_is_gone_when_it_is_saved(partnership, by):
    agency = make.make_agency(partnership)
    stale = Agency.objects.get(pk=agency.pk)
    with transaction.atomic():
        discard(agency, by=by)
    stale.name = "Fire service"
    with pytest.raises(Gone, match="took this away"), transaction.atomic():
        store(stale, by=by)


def test_every_refusal_is_a_sentence(importing, undone):
    with importing() as done:
        pass
    undone(done)
    with pytest.raises(ValidationError) as refused:
        undone(done)
    assert refused.value.messages == ["This import has been undone already."]


def test_many_rows_cost_few_questions(importing, undone, partnership, by, count_queries):
    """One insert of history for each row, and a fixed number of statements besides."""

    def cost(number):
        with importing(f"{number}.xlsx") as file_import:
            for index in range(number):
                kpis.create_indicator(partnership=partnership, name=f"KPI {number}.{index}", by=by)
        return count_queries(lambda: undone(file_import))

    assert cost(30) - cost(3) == 27

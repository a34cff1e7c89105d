"""Two people with one import in the same moment: one is served, the other gets a sentence, and the plan is whole."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from actions.importing import Decisions
from actions.importing.commit import What
from actions.importing.previewing import NotPreviewed, decide, decisions_of, drop_import
from actions.importing.undoing import undo_import
from actions.models import Action, Plan, ProgressUpdate
from actions.services import notes, updates
from actions.services.actions import change_action
from csp_tracker.importing import EditedSince, NotConfirmed
from csp_tracker.models import FileImport
from csp_tracker.people import ImportState
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Gone
from indicators.models import Indicator
from tests.actions.importing.stages import NEW, SEEDS, brought, confirmed
from tests.builders import NOW, make_manager, make_partnership
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3
NOW_SAID = Decisions(lights={"soon": RAG.AMBER})
QUARTER = Quarter.parse("2015-16-Q4")


@pytest.fixture
def partnership():
    return make_partnership("Maldon")


@pytest.fixture
def by(partnership):
    return make_manager(partnership, name="Ida Importer")


@pytest.fixture
def other(partnership):
    return make_manager(partnership, name="Otto Other")


def undo(file_import, by):
    current = FileImport.objects.get(pk=file_import.pk)
    return undo_import(file_import=current, version=current.version, by=by, now=NOW + timedelta(minutes=1))


def each_round(partnership, by):
    """A preview of another file each time, though the words are the same."""
    data = (SEEDS / NEW).read_bytes()
    return (brought(partnership, by, NEW, data=data + bytes([number])) for number in range(ROUNDS))


def test_two_confirm_the_same_preview(partnership, by, other):
    for number, preview in enumerate(each_round(partnership, by), 1):
        options = {"is_new": True}
        outcomes = race(partial(confirmed, preview, by, **options), partial(confirmed, preview, other, **options))
        assert {outcome.what for outcome in outcomes} == {What.MADE, What.THERE_ALREADY}
        assert outcomes[0].plan == outcomes[1].plan
        assert (Plan.objects.count(), Action.objects.count()) == (number, 10 * number)


def test_two_confirm_the_same_file_previewed_twice(partnership, by, other):
    first, second = brought(partnership, by), brought(partnership, other)
    outcomes = race(partial(confirmed, first, by), partial(confirmed, second, other))
    assert {outcome.what for outcome in outcomes} == {What.MADE, What.THERE_ALREADY}
    assert Plan.objects.count() == 1


def test_one_confirms_what_another_decides_about(partnership, by, other):
    for preview in each_round(partnership, by):
        Plan.objects.update(archived_at=NOW)
        outcome, decided = race(
            partial(confirmed, preview, by),
            partial(decide, file_import=preview, version=1, decisions=NOW_SAID, by=other),
        )
        preview.refresh_from_db()
        if isinstance(outcome, Conflict):
            assert (preview.state, decisions_of(preview)) == (ImportState.PREVIEWED, NOW_SAID)
        else:
            assert isinstance(decided, NotPreviewed)
            assert (preview.state, decisions_of(preview)) == (ImportState.CONFIRMED, Decisions())


def test_one_confirms_what_another_drops(partnership, by, other):
    for preview in each_round(partnership, by):
        Plan.objects.update(archived_at=NOW)
        outcome, dropped = race(
            partial(confirmed, preview, by), partial(drop_import, file_import=preview, version=1, by=other)
        )
        if isinstance(outcome, Gone):
            assert dropped is None
            assert not FileImport.objects.filter(pk=preview.pk).exists()
        else:
            assert isinstance(dropped, NotPreviewed)
            assert outcome.plan.actions.count() == 10


def test_two_undo_the_same_import(partnership, by, other):
    for preview in each_round(partnership, by):
        confirmed(preview, by, is_new=True)
        results = race(partial(undo, preview, by), partial(undo, preview, other))
        (refusal,) = [one for one in results if isinstance(one, Exception)]
        assert isinstance(refusal, NotConfirmed | Conflict)
        assert not Plan.objects.exists()


def saying(action, by):
    """What officers and managers do to an action, each in one service."""
    said = {"progress": "Held.", "work_needed": "", "rag": RAG.GREEN}
    return {
        "edits the action": partial(change_action, action=action, version=1, text="Other words", reason="Asked", by=by),
        "writes an update": partial(
            updates.save_draft, action=action, quarter=QUARTER, version=0, today=NOW.date(), by=by, **said
        ),
        "adds a private note": partial(notes.add_private_note, action=action, text="Quietly.", by=by),
    }


@pytest.mark.parametrize("what", ["edits the action", "writes an update", "adds a private note"])
def test_one_undoes_what_another_works_on(partnership, by, other, what):
    for preview in each_round(partnership, by):
        plan = confirmed(preview, by, is_new=True).plan
        action = plan.actions.first()
        undone, worked = race(partial(undo, preview, by), saying(action, other)[what])
        if isinstance(undone, ValidationError):
            assert not isinstance(worked, Exception)
            assert plan.actions.count() == 10
            with pytest.raises(EditedSince):
                undo(preview, by)
            Plan.objects.filter(pk=plan.pk).update(archived_at=NOW)
        else:
            assert not isinstance(undone, Exception)
            assert isinstance(worked, Gone), worked
            assert not Plan.objects.filter(pk=plan.pk).exists()
            assert not ProgressUpdate.objects.filter(action=action.pk).exists()


def test_one_undoes_a_plan_that_another_brings_up_to_date(partnership, by, other):
    for number, preview in enumerate(each_round(partnership, by)):
        plan = confirmed(preview, by, is_new=True).plan
        newer = brought(partnership, other, "maldon-csp-2015.xlsx", data=bytes([number]))
        undone, updated = race(partial(undo, preview, by), partial(confirmed, newer, other, update=plan))
        if isinstance(undone, ValidationError):
            assert updated.what is What.UPDATED
            assert plan.actions.count() == 10
            Plan.objects.filter(pk=plan.pk).update(archived_at=NOW)
            FileImport.objects.filter(pk=newer.pk).update(state=ImportState.UNDONE, undone_at=NOW, undone_by=by)
        else:
            assert isinstance(updated, ValidationError), updated
            assert not Plan.objects.filter(pk=plan.pk).exists()


def test_nothing_is_left_without_what_it_belongs_to(partnership, by):
    """The database itself refuses a row that points to one that was taken away."""
    plan = confirmed(brought(partnership, by), by).plan
    action = plan.actions.first()
    undo(FileImport.objects.get(), by)
    action.pk = None
    with pytest.raises(IntegrityError):
        Action.objects.create(plan_id=plan.pk or 1, objective_id=1, reference="9", text="Lost")
    assert not Action.objects.exists()
    assert not Indicator.objects.exists()

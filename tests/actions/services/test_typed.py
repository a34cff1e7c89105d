"""What somebody types and has not saved is kept for them alone, counts nowhere, and goes when it is saved."""

from datetime import timedelta
from functools import partial

import pytest

from actions.importing.undoing import undo_import
from actions.models import ProgressUpdate, TypedUpdate
from actions.services import updates
from actions.services.plans import archive
from actions.services.refusals import OutsidePlan
from actions.services.typed import (
    LARGEST,
    SavedSince,
    TypedTooMuch,
    boxes_of,
    forget_old_typed,
    forget_typed,
    keep_typed,
    typed_by,
)
from csp_tracker.models import OutboxMail
from csp_tracker.rag import RAG
from tests.actions.importing.stages import brought, confirmed
from tests.builders import NOW, QUARTER, TODAY, make_action, make_manager, make_officer, make_plan, make_update
from tests.racing import race

ROUNDS = 10


@pytest.fixture
def plan(db):
    return make_plan()


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership)


@pytest.fixture
def action(plan, officer):
    return make_action(plan, lead_officer=officer)


def keep(action, by, typed="progress=Half+a+sentence", version=0, now=NOW):
    keep_typed(action=action, quarter=QUARTER, version=version, typed=typed, now=now, by=by)


WORDS = {"progress": "Two events.", "work_needed": "", "rag": RAG.GREEN}


def save(service, action, by, version=0, **words):
    return service(action=action, quarter=QUARTER, version=version, by=by, today=TODAY, **(WORDS | words))


def texts():
    return list(TypedUpdate.objects.values_list("typed", flat=True))


def test_what_is_typed_is_one_row_without_history_and_touches_nothing_else(action, officer):
    update = make_update(action, state="draft")
    keep(action, officer, version=1)
    keep(action, officer, "progress=A+whole+sentence", version=1, now=NOW + timedelta(minutes=5))
    typed = typed_by(officer, action, QUARTER)
    assert (typed.typed, typed.seen_version) == ("progress=A+whole+sentence", 1)
    assert typed.kept_at == NOW + timedelta(minutes=5)
    update.refresh_from_db()
    assert (update.version, update.progress, OutboxMail.objects.count()) == (1, "Two events were held.", 0)
    assert not hasattr(TypedUpdate, "history")


def test_each_person_has_their_own(action, officer, plan):
    manager = make_manager(plan.partnership)
    keep(action, officer, "progress=Mine")
    keep(action, manager, "progress=Theirs")
    assert typed_by(officer, action, QUARTER).typed == "progress=Mine"
    forget_typed(action=action, quarter=QUARTER, by=manager)
    assert texts() == ["progress=Mine"]


def test_the_boxes_come_back_as_they_were_with_stored_line_breaks(action, officer):
    keep(action, officer, "progress=One%0D%0Atwo+%26+three&rag=&tick=on&tick=off")
    boxes = boxes_of(typed_by(officer, action, QUARTER))
    assert (boxes["progress"], boxes["rag"], boxes.getlist("tick")) == ("One\ntwo & three", "", ["on", "off"])


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        pytest.param({"typed": "x" * (LARGEST + 1)}, TypedTooMuch, id="too much"),
        pytest.param({"quarter": QUARTER.previous}, OutsidePlan, id="a quarter outside the plan"),
    ],
)
def test_it_is_refused_in_words(action, officer, given, refusal):
    arguments = {"quarter": QUARTER, "version": 0, "typed": "progress=x", "now": NOW} | given
    with pytest.raises(refusal):
        keep_typed(action=action, by=officer, **arguments)
    assert texts() == []


@pytest.mark.parametrize("service", [updates.save_draft, updates.submit], ids=["saving a draft", "submitting"])
def test_saving_lets_go_of_it_and_what_was_on_its_way_does_not_come_back(action, officer, service):
    keep(action, officer)
    save(service, action, officer)
    assert texts() == []
    with pytest.raises(SavedSince):
        keep(action, officer)  # sent before the form was, come after it
    assert texts() == []
    keep(action, officer, "progress=Typed+over+what+was+saved", version=1)
    assert texts() == ["progress=Typed+over+what+was+saved"]


def test_submitting_as_unchanged_lets_go_of_it(plan, officer, action):
    make_update(action, QUARTER)
    later = QUARTER.next
    keep_typed(action=action, quarter=later, version=0, typed="progress=x", now=NOW, by=officer)
    updates.submit_unchanged(
        action=action, quarter=later, version=0, by=officer, today=later.starts_on, because="No meeting."
    )
    assert texts() == []


def test_somebody_elses_saving_takes_nothing_away(action, officer, plan):
    keep(action, officer)
    save(updates.submit, action, make_manager(plan.partnership))
    keep(action, officer, "progress=Still+typing")
    assert texts() == ["progress=Still+typing"]


def test_a_refused_save_takes_nothing_away(action, officer):
    keep(action, officer)
    with pytest.raises(updates.ReasonMissing):
        save(updates.submit, action, officer, rag=RAG.RED)
    assert len(texts()) == 1


def test_what_nobody_came_back_for_goes(action, officer, plan):
    keep(action, officer)
    keep(action, make_manager(plan.partnership), now=NOW + timedelta(days=2))
    assert forget_old_typed(before=NOW + timedelta(days=1)) == 1
    assert len(texts()) == 1


def test_it_stands_in_the_way_of_no_archiving(action, officer):
    keep(action, officer)
    archive(thing=action, reason="Merged", by=officer)
    assert len(texts()) == 1


def test_it_stands_in_the_way_of_no_undoing(plan, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    manager = make_manager(plan.partnership)
    outcome = confirmed(brought(plan.partnership, manager), manager)
    action = outcome.plan.actions.first()
    quarter = outcome.plan.last_quarter
    keep_typed(action=action, quarter=quarter, version=0, typed="progress=x", now=NOW, by=manager)
    undo_import(file_import=outcome.file_import, version=outcome.file_import.version, by=manager, now=NOW)
    assert texts() == []


# Two tabs


@pytest.mark.django_db(transaction=True)
def test_two_tabs_keep_one_row():
    plan = make_plan()
    officer = make_officer(plan.partnership)
    for number in range(ROUNDS):
        action = make_action(plan)
        typed = [f"progress={tab}{number}" for tab in "abc"]
        assert race(*(partial(keep, action, officer, words) for words in typed)) == [None] * 3
        assert TypedUpdate.objects.get(action=action).typed in typed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("service", [updates.save_draft, updates.submit])
def test_what_is_kept_while_its_person_saves_does_not_reappear(service):
    plan = make_plan()
    officer = make_officer(plan.partnership)
    for _ in range(ROUNDS):
        action = make_action(plan)
        keep(action, officer, "progress=Two")
        saved, kept = race(partial(save, service, action, officer), partial(keep, action, officer, "progress=Two+eve"))
        assert isinstance(saved, ProgressUpdate)
        assert kept is None or isinstance(kept, SavedSince)
        assert not TypedUpdate.objects.filter(action=action).exists()


@pytest.mark.django_db(transaction=True)
def test_what_one_types_while_somebody_else_saves_is_kept():
    plan = make_plan()
    officer, manager = make_officer(plan.partnership), make_manager(plan.partnership)
    for _ in range(ROUNDS):
        action = make_action(plan)
        race(partial(save, updates.submit, action, manager), partial(keep, action, officer))
        assert TypedUpdate.objects.get(action=action).seen_version == 0

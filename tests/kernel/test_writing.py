from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from csp_tracker.models import Agency, FileImport
from csp_tracker.writing import (
    Conflict,
    Foreign,
    bytes_or_nothing,
    discard,
    discard_with_bytes,
    refuse_foreign,
    store,
    store_with_bytes,
)
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    return make.make_agency(name="Maldon District Council")


@pytest.fixture
def person(agency):
    return make.make_manager(agency.partnership)


def test_a_change_leaves_one_history_row_with_the_person_and_the_reason(agency, person):
    before = agency.history.count()
    agency.short_name = "MDC"
    assert store(agency, by=person, reason="Nobody writes it out.")
    newest = agency.history.first()
    assert agency.history.count() == before + 1
    assert (newest.history_user, newest.history_change_reason) == (person, "Nobody writes it out.")
    assert newest.short_name == "MDC"


def test_nothing_changed_writes_nothing(agency, person, django_assert_num_queries):
    before = (agency.version, agency.history.count())
    assert not store(agency, by=person)
    agency.refresh_from_db()
    assert (agency.version, agency.history.count()) == before


def test_each_change_raises_the_version_by_one(agency, person):
    for name in ("First", "Second"):
        agency.name = name
        store(agency, by=person)
    agency.refresh_from_db()
    assert agency.version == 3


def test_the_second_of_two_savers_is_told_and_overwrites_nothing(agency, person):
    mine, theirs = Agency.objects.get(pk=agency.pk), Agency.objects.get(pk=agency.pk)
    theirs.name = "Theirs"
    store(theirs, by=person)
    mine.name = "Mine"
    with pytest.raises(Conflict) as refused:
        store(mine, by=person)
    assert refused.value.theirs.name == "Theirs"
    assert Agency.objects.get(pk=agency.pk).name == "Theirs"


def test_a_form_that_is_behind_is_refused(agency):
    with pytest.raises(Conflict):
        agency.refuse_if_stale(agency.version - 1)
    assert agency.refuse_if_stale(agency.version) is agency


def test_a_reason_is_not_stamped_on_the_next_change(agency, person):
    agency.name = "First"
    store(agency, by=person, reason="A reason")
    agency.name = "Second"
    store(agency, by=person)
    assert agency.history.first().history_change_reason == ""


def test_words_are_cleaned_of_what_no_file_can_hold(agency, person):
    agency.name = "Essex\x0bPolice\x00"
    store(agency, by=person)
    assert Agency.objects.get(pk=agency.pk).name == "Essex\nPolice"


def test_a_bad_row_is_refused_with_a_sentence_and_leaves_nothing(agency, person):
    twin = Agency(partnership=agency.partnership, name="MALDON district council")
    with pytest.raises(ValidationError, match="already has an agency of this name"):
        store(twin, by=person)
    assert not Agency.objects.filter(name="MALDON district council").exists()


def test_a_row_read_under_its_lock_is_not_read_again(agency, person, django_assert_num_queries):
    was = Agency.objects.select_for_update().get(pk=agency.pk)
    agency.short_name = "MDC"
    with django_assert_num_queries(2):
        assert store(agency, by=person, was=was, goes_on=False)
    assert not store(agency, by=person, was=Agency.objects.get(pk=agency.pk), goes_on=False)
    with pytest.raises(Conflict):
        store(agency, by=person, was=was, goes_on=False)
    assert agency.history.count() == 2


def test_a_service_that_ends_with_a_refusal_still_has_its_sentence(person):
    update = make.make_update()
    update.submitted_by = None
    with pytest.raises(ValidationError, match="A submitted update says who submitted it"), transaction.atomic():
        store(update, by=person, goes_on=False)
    update.refresh_from_db()
    assert (update.version, update.submitted_by is None) == (1, False)


def test_a_change_that_is_rolled_back_leaves_no_history(agency, person):
    before = agency.history.count()
    agency.name = "Changed"
    with transaction.atomic():
        store(agency, by=person)
        transaction.set_rollback(True)
    assert agency.history.count() == before


def test_what_is_taken_away_keeps_its_history_with_the_person(person):
    action = make.make_action(make.make_plan(make.make_partnership()))
    support = make.make_support(action, make.make_agency(action.plan.partnership))
    key = support.pk
    discard(support, by=person)
    gone = type(support).history.filter(id=key).first()
    assert (gone.history_type, gone.history_user) == ("-", person)


def test_rows_of_another_partnership_are_refused_without_saying_they_exist(agency):
    refuse_foreign(agency.partnership, agency, None)
    with pytest.raises(Foreign, match="this partnership’s own"):
        refuse_foreign(agency.partnership, make.make_agency())


@pytest.mark.django_db(transaction=True)
def test_a_row_is_written_inside_a_transaction_only(agency, person):
    agency.name = "Changed"
    with pytest.raises(transaction.TransactionManagementError):
        store(agency, by=person)
    with pytest.raises(transaction.TransactionManagementError):
        discard(agency, by=person)


# Rows with bytes ------------------------------------------------------------------------------------------------------


def stored_names():
    folder = Path(settings.MEDIA_ROOT) / "imports"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def with_bytes(by, **fields):
    return FileImport(partnership=make.make_partnership(), kind="plan", sha256="1" * 64, imported_by=by, **fields)


def test_bytes_go_when_their_row_is_refused():
    by, before = make.make_user(), stored_names()
    with pytest.raises(ValidationError), transaction.atomic():
        store_with_bytes(with_bytes(by, name=""), b"words", by=by)
    assert stored_names() == before


@bytes_or_nothing()
@transaction.atomic
def store_and_fail(by, before):
    store_with_bytes(with_bytes(by, name="plan.txt"), b"words", by=by)
    assert len(stored_names() - before) == 1
    raise RuntimeError


def test_bytes_go_when_what_comes_after_their_row_fails():
    by, before = make.make_user(), stored_names()
    with pytest.raises(RuntimeError):
        store_and_fail(by, before)
    assert stored_names() == before
    assert not FileImport.objects.exists()


def test_bytes_stay_with_their_row_and_go_with_it(django_capture_on_commit_callbacks):
    by, before = make.make_user(), stored_names()
    with bytes_or_nothing(), transaction.atomic():
        row = with_bytes(by, name="plan.txt")
        store_with_bytes(row, b"words", by=by)
    (name,) = stored_names() - before
    assert "plan" not in name
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        discard_with_bytes(row, by=by)
        assert stored_names() - before == {name}
    assert stored_names() == before

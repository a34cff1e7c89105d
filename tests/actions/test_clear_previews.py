"""Files that were brought and never imported, and words never saved, are thrown away after some days; nothing else."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from actions.importing import Decisions
from actions.importing.previewing import decide
from actions.models import TypedUpdate
from actions.services.typed import keep_typed
from csp_tracker.models import FileImport
from csp_tracker.rag import RAG
from tests.actions.importing.stages import brought, confirmed
from tests.builders import NOW, QUARTER, make_action, make_manager, make_partnership, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def later(monkeypatch):
    """So many days after the file was brought."""

    def go(days):
        monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(days=days))

    go(0)
    return go


@pytest.fixture
def by():
    return make_manager(make_partnership("Maldon CSP"), email="mo@example.org")


@pytest.fixture
def preview(later, by):
    return brought(by.memberships.get().partnership, by)


def clear(**options):
    said = StringIO()
    call_command("clear_previews", **{"by": "Mo@example.org", "stdout": said} | options)
    return said.getvalue()


def test_an_old_preview_goes_with_its_file_in_the_persons_name(preview, by, later, django_capture_on_commit_callbacks):
    path = Path(preview.file.path)
    later(31)
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            clear()
            == f"{by.memberships.get().partnership.slug}: maldon-csp-2015.docx, 2025-07-15\n1 preview thrown away.\n"
        )
    assert (FileImport.objects.count(), path.exists()) == (0, False)
    assert FileImport.history.first().history_user == by


@pytest.mark.parametrize(
    ("days", "options", "left"),
    [
        pytest.param(29, {}, 1, id="younger than 30 days"),
        pytest.param(31, {"days": 60}, 1, id="younger than was asked for"),
        pytest.param(8, {"days": 7}, 0, id="older than was asked for"),
        pytest.param(31, {"dry_run": True}, 1, id="only looked at"),
    ],
)
def test_how_old_is_said(preview, later, days, options, left):
    later(days)
    clear(**options)
    assert FileImport.objects.count() == left


def test_what_somebody_decided_about_since_stays(preview, by, later):
    later(20)
    decide(file_import=preview, version=1, decisions=Decisions(lights={"soon": RAG.AMBER}), by=by)
    later(31)
    assert clear() == "0 previews thrown away.\n"


def test_what_was_imported_stays(preview, by, later):
    confirmed(preview, by)
    later(400)
    assert clear() == "0 previews thrown away.\n"


@pytest.mark.parametrize(
    ("days", "options", "left", "told"),
    [
        pytest.param(31, {}, 0, "1 text typed and not saved thrown away.", id="older than 30 days"),
        pytest.param(29, {}, 1, "", id="younger"),
        pytest.param(31, {"dry_run": True}, 1, "", id="only looked at"),
    ],
)
def test_what_was_typed_and_not_saved_goes_too(by, later, days, options, left, told):
    action = make_action(make_plan(by.memberships.get().partnership))
    keep_typed(action=action, quarter=QUARTER, version=0, typed="progress=x", now=NOW, by=by)
    later(days)
    assert told in clear(**options)
    assert TypedUpdate.objects.count() == left


@pytest.mark.parametrize("wrong", [{"by": "nobody@example.org"}, {"days": 0}])
def test_without_a_person_or_a_day_it_does_nothing(preview, later, wrong):
    later(31)
    with pytest.raises(CommandError):
        clear(**wrong)
    assert FileImport.objects.count() == 1

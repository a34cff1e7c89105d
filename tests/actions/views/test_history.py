from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.services import updates
from actions.services.actions import change_action, set_indicators, set_supporters
from actions.services.figures import Figure
from actions.services.notes import add_comment, add_private_note
from csp_tracker.rag import RAG
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    link,
    make_action,
    make_agency,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def plan():
    return make_plan(make_partnership())


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership, name="Anna Osborne")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Khan")


@pytest.fixture
def action(plan, officer):
    return make_action(plan, lead_officer=officer)


def page_for(client, person, action, query=""):
    client.force_login(person)
    response = client.get(reverse("action_history", args=[action.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def submit(action, by, version=0, **given):
    words = {"progress": "Two events were held.", "work_needed": "", "rag": RAG.GREEN} | given
    return updates.submit(action=action, quarter=QUARTER, version=version, by=by, today=TODAY, **words)


def change(action, by, **fields):
    action.refresh_from_db()
    return change_action(action=action, version=action.version, by=by, reason="As agreed on 3 July", **fields)


def test_changes_are_told_in_words_with_person_and_reason(client, action, officer, manager):
    change(action, manager, lead_agency=make_agency(action.plan.partnership, "Essex Fire"), text="Hold three events")
    page = page_for(client, officer, action)
    for words in ("Action changed", "Mo Khan", "Lead agency", "Essex Fire", "Action 1", "Hold three events"):
        assert words in page
    assert "As agreed on 3 July" in page


def test_a_moved_date_is_told_with_both_dates(client, action, officer, manager):
    change(action, manager, due_on=date(2025, 9, 30), date_reason="First date")
    change(action, manager, due_on=date(2026, 3, 31), date_reason="The hall burned down")
    page = page_for(client, officer, action)
    for words in ("Move of the due date added", "30 September 2025", "31 March 2026", "The hall burned down"):
        assert words in page


def test_updates_are_told_step_by_step(client, action, officer, manager):
    first = submit(action, officer)
    again = submit(action, manager, version=first.version, progress="Three events were held.")
    updates.approve(update=again, version=again.version, by=manager, now=NOW)
    page = page_for(client, officer, action)
    places = [page.index(f"Update for Q1 2025/26 {verb}") for verb in ("approved", "changed", "submitted")]
    assert places == sorted(places)
    assert "Two events were held." in page
    assert "Three events were held." in page


def test_support_kpis_and_comments_are_told(client, action, officer, manager):
    fire = make_agency(action.plan.partnership, "Essex Fire")
    kpi = make_indicator(action.plan.partnership, reference="7.2", name="Fires set")
    with transaction.atomic():
        set_supporters(action=action, agencies=[fire], by=manager)
        set_supporters(action=action, agencies=[], by=manager)
        set_indicators(action=action, indicators=[kpi], by=manager)
    add_comment(action=action, quarter=QUARTER, text="We lent the engine.", by=officer)
    page = page_for(client, officer, action)
    for words in ("Supporting agency added", "Supporting agency removed", "KPI added", "7.2 Fires set"):
        assert words in page
    assert "Comment for Q1 2025/26 added" in page


def test_the_version_that_other_supporters_or_kpis_make_is_told_in_words(client, action, manager):
    change(action, manager, supporters=[make_agency(action.plan.partnership)])
    page = page_for(client, manager, action)
    assert "Action given other supporting agencies or KPIs" in page
    assert "Only details that are not shown here" not in page


def test_private_notes_are_never_told(client, action, officer, manager):
    add_private_note(action=action, text="Speak to legal first.", by=officer)
    for person in (officer, manager):
        assert "Speak to legal first." not in page_for(client, person, action)


def test_drafts_are_told_to_those_who_write_or_approve(client, action, officer, manager):
    words = {"progress": "Unfinished words", "work_needed": "", "rag": RAG.GREEN}
    updates.save_draft(action=action, quarter=QUARTER, version=0, by=officer, today=TODAY, **words)
    submit(action, officer, version=1)
    returned = updates.return_update(
        update=action.updates.get(), version=2, words="Between us: say more.", by=manager, now=NOW
    )
    submit(action, officer, version=returned.version, progress="Finished words")
    for person, reads in ((officer, True), (manager, True), (make_viewer(action.plan.partnership), False)):
        page = page_for(client, person, action)
        assert "Finished words" in page
        assert ("Unfinished words" in page) is reads
        assert ("Between us" in page) is reads


def test_figures_of_a_draft_are_told_in_words_and_to_those_who_see_drafts(client, action, officer):
    kpi = make_indicator(action.plan.partnership, reference="7.2")
    link(action, kpi)
    words = {"progress": "Words", "work_needed": "", "rag": RAG.GREEN, "by": officer, "today": TODAY}
    updates.save_draft(action=action, quarter=QUARTER, version=0, **words)
    updates.save_draft(action=action, quarter=QUARTER, version=1, figures=[Figure(kpi, value=Decimal(1884))], **words)
    submit(action, officer, version=2, progress="Words")
    for person, reads in ((officer, True), (make_viewer(action.plan.partnership), False)):
        page = page_for(client, person, action)
        assert "awaited" not in page
        assert "1,884" not in page
        assert "Only details that are not shown here" not in page
        assert ("Update for Q1 2025/26 given other figures in its draft" in page) is reads


def test_history_is_read_only_and_of_the_partnership(client, action, officer):
    client.force_login(officer)
    url = reverse("action_history", args=[action.pk])
    assert client.post(url).status_code == 405
    assert client.get(reverse("action_history", args=[action.pk + 1000])).status_code == 404
    client.force_login(make_manager(make_partnership()))
    assert client.get(url).status_code == 404


def test_a_long_history_comes_in_pages_at_the_same_cost(client, action, officer, manager):
    agencies = [make_agency(action.plan.partnership) for _ in range(2)]

    def fill(count):
        for number in range(count):
            change(action, manager, text=f"Text {number}", lead_agency=agencies[number % 2])

    def read(query=""):
        with CaptureQueriesContext(connection) as captured:
            page_for(client, officer, action, query)
        return len(captured)

    fill(3)
    few = read()
    fill(30)
    assert read() <= few
    assert read("?page=2") <= few
    page = page_for(client, officer, action)
    assert "Showing <b>1</b> to <b>20</b> of <b>34</b> changes" in page

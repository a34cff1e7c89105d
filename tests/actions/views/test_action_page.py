from datetime import date
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from actions.models import Comment, DueDateChange, PrivateNote, Unlock
from actions.services.updates import submit
from actions.values import ActionStatus, PlanStatus, UpdateState
from csp_tracker.periods import Period, Quarter
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
    make_reading,
    make_round,
    make_scheme,
    make_support,
    make_update,
    make_viewer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def plan():
    return make_plan(make_partnership(), title="Our plan", starts_on=date(2020, 4, 1))


@pytest.fixture
def officer(plan):
    return make_officer(plan.partnership, name="Anna Osborne")


@pytest.fixture
def action(plan, officer):
    return make_action(plan, lead_officer=officer, text="Hold two events <script>")


@pytest.fixture
def viewer(plan):
    return make_viewer(plan.partnership)


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Khan")


def page_for(client, person, action, query=""):
    client.force_login(person)
    response = client.get(f"{action.get_absolute_url()}{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_says_what_the_plan_says(client, action, viewer):
    action.expected_outcome, action.timescale, action.extra = "Fewer fires", "By spring", {"Budget code": "A12"}
    action.save()
    make_support(action, make_agency(action.plan.partnership, "Essex Fire"))
    page = page_for(client, viewer, action)
    for words in ("Hold two events &lt;script&gt;", "Anna Osborne", "Fewer fires", "By spring", "A12", "Essex Fire"):
        assert words in page
    assert "Our plan" in page


def test_this_quarters_light_and_the_last_one(client, action, viewer):
    make_update(action, QUARTER.previous, rag=RAG.AMBER)
    page = page_for(client, viewer, action)
    assert "Not updated; last" in page
    assert "in Q4 2024/25" in page
    make_update(action, rag=RAG.RED, rag_reason="No money")
    page = page_for(client, viewer, action)
    assert "Not updated" not in page
    assert page.count("No money") == 2  # beside the light and in the timeline


def test_a_moved_date_keeps_the_first_one_and_the_count(client, action, viewer, manager):
    action.due_on, action.due_precision, action.original_due_on = date(2026, 3, 31), "day", date(2025, 9, 30)
    action.save()
    steps = [date(2025, 9, 30), date(2025, 12, 31), date(2025, 11, 30), date(2026, 3, 31)]
    for before, after in pairwise(steps):
        DueDateChange.objects.create(action=action, from_date=before, to_date=after, reason="Rain", changed_by=manager)
    page = page_for(client, viewer, action)
    assert "By 31 March 2026" in page
    assert "First due by 30 September 2025; moved later twice" in page


def test_kpis_show_their_newest_figure_and_light(client, action, viewer):
    kpi = make_indicator(action.plan.partnership, name="Fires")
    link(action, kpi)
    make_reading(kpi, Period.of_quarter(QUARTER.previous), value=2030)
    make_reading(kpi, value=1884, rating=RAG.GREEN, rating_why="1,884 meets the target.")
    page = page_for(client, viewer, action)
    assert "<b>1,884</b> for Q1 2025/26" in page
    assert "1,884 meets the target." in page
    assert "2,030" not in page


def test_the_rules_of_the_kpis_lights_are_said(client, action, viewer):
    kpi = make_indicator(action.plan.partnership, reference="ASB1")
    link(action, kpi)
    make_reading(kpi, rating=RAG.GREEN, scheme=make_scheme(action.plan.partnership, indicator=kpi, amber_tolerance=5))
    page = page_for(client, viewer, action)
    assert "How the KPIs’ lights are given" in page
    assert "Amber: within 5% of target" in page


def test_without_a_light_of_a_kpi_no_rule_is_said(client, action, viewer):
    link(action, make_indicator(action.plan.partnership))
    assert "lights are given" not in page_for(client, viewer, action)


def test_quarters_come_newest_first_and_older_ones_on_demand(client, action, viewer):
    for number in range(14):
        make_update(action, Quarter.from_ordinal(QUARTER.ordinal - number), progress=f"Words {number:02}")
    page = page_for(client, viewer, action)
    assert page.index("Words 00") < page.index("Words 07")
    assert "Words 08" not in page
    assert "Words 13" in page_for(client, viewer, action, "?all=yes")


def test_imported_lights_keep_their_word_and_say_that_no_reason_came(client, action, viewer):
    make_update(
        action, state=UpdateState.APPROVED, rag=RAG.RED, rag_reason="", rag_as_stated="RED hot", origin="imported"
    )
    page = page_for(client, viewer, action)
    assert "RED hot" in page
    assert "No reason in the imported plan." in page


def test_a_difference_between_suggestion_and_report_stays_visible(client, action, viewer):
    make_update(action, rag=RAG.GREEN, suggested_rag=RAG.RED, suggested_why="Overdue: was due by 31 May 2025")
    assert "Overdue: was due by 31 May 2025" in page_for(client, viewer, action)


def test_figures_of_an_approved_update_are_those_of_then(client, action, viewer):
    figures = [{"reference": "7.2", "name": "Fires", "words": "2,000", "rating": "red"}]
    make_update(action, state=UpdateState.APPROVED, figures=figures)
    assert "<b>2,000</b>" in page_for(client, viewer, action)


@pytest.mark.parametrize("state", [UpdateState.DRAFT, UpdateState.RETURNED])
def test_unfinished_words_are_read_by_those_who_write_or_approve(client, action, officer, manager, viewer, state):
    make_update(action, state=state, progress="Unfinished words")
    for person, reads in (
        (officer, True),
        (manager, True),
        (viewer, False),
        (make_officer(action.plan.partnership), False),
    ):
        assert ("Unfinished words" in page_for(client, person, action)) is reads


def test_the_cells_of_the_file_can_be_read(client, action, viewer):
    action.source = [{"at": "Table 1, row 14", "cells": {"RAG": "GREEN c/f Actions"}}]
    action.save()
    page = page_for(client, viewer, action)
    assert "Table 1, row 14" in page
    assert "GREEN c/f Actions" in page


def test_each_is_offered_what_they_may_do(client, action, officer, manager, viewer):
    update, edit = reverse("update", args=[action.pk, QUARTER]), reverse("action_edit", args=[action.pk])
    offered = {
        person: [url in page_for(client, person, action) for url in (update, edit)]
        for person in (officer, manager, viewer)
    }
    assert offered == {officer: [True, False], manager: [True, True], viewer: [False, False]}


def test_a_closed_plan_is_read_not_updated(client, action, manager):
    action.plan.status = PlanStatus.CLOSED
    action.plan.save()
    assert reverse("update", args=[action.pk, QUARTER]) not in page_for(client, manager, action)


def test_a_stranger_finds_nothing(client, action):
    client.force_login(make_manager(make_partnership()))
    assert client.get(action.get_absolute_url()).status_code == 404
    assert client.get(reverse("action_history", args=[action.pk])).status_code == 404
    for name in ("action_comment", "action_note"):
        assert client.post(reverse(name, args=[action.pk]), {}).status_code == 404


def test_unknown_ids_and_methods(client, action, manager):
    client.force_login(manager)
    assert client.get(reverse("action", args=[action.pk + 1000])).status_code == 404
    assert client.post(action.get_absolute_url()).status_code == 405
    assert client.get(reverse("action_comment", args=[action.pk])).status_code == 405


def test_a_comment_is_added_for_its_quarter(client, action):
    supporter = make_officer(action.plan.partnership, agency=make_agency(action.plan.partnership, "Essex Fire"))
    client.force_login(supporter)
    given = {"comment-quarter": QUARTER.code, "comment-text": "We lent the engine."}
    response = client.post(reverse("action_comment", args=[action.pk]), given)
    assert response.url == f"{action.get_absolute_url()}#comments"
    comment = Comment.objects.get()
    assert (comment.quarter, comment.agency.name, comment.written_by) == (QUARTER, "Essex Fire", supporter)
    assert "We lent the engine." in page_for(client, supporter, action)


def test_an_empty_comment_is_refused_on_the_page(client, action, officer):
    client.force_login(officer)
    response = client.post(reverse("action_comment", args=[action.pk]), {"comment-quarter": "x", "comment-text": " "})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Enter comment" in page
    assert "<title>Error: " in page
    assert not Comment.objects.exists()


def test_a_viewer_reads_comments_but_writes_none(client, action, viewer):
    assert reverse("action_comment", args=[action.pk]) not in page_for(client, viewer, action)
    assert client.post(reverse("action_comment", args=[action.pk]), {}).status_code == 403


def test_private_notes_are_kept_and_read_by_lead_and_managers_only(client, action, officer, manager, viewer):
    client.force_login(officer)
    client.post(reverse("action_note", args=[action.pk]), {"note-text": "Speak to legal first."})
    assert PrivateNote.objects.get().written_by == officer
    other = make_officer(action.plan.partnership)
    for person, reads in ((officer, True), (manager, True), (viewer, False), (other, False)):
        page = page_for(client, person, action)
        assert ("Speak to legal first." in page) is reads
        assert ("Private notes" in page) is reads
    for person in (viewer, other):
        client.force_login(person)
        assert client.post(reverse("action_note", args=[action.pk]), {"note-text": "Mine"}).status_code == 403
    assert PrivateNote.objects.count() == 1


def test_an_empty_note_is_refused(client, action, officer):
    client.force_login(officer)
    response = client.post(reverse("action_note", args=[action.pk]), {"note-text": ""})
    assert "Enter private note" in response.content.decode()
    assert not PrivateNote.objects.exists()


@pytest.mark.parametrize(("name", "field"), [("action_note", "note-text"), ("action_comment", "comment-text")])
def test_words_that_cannot_be_printed_are_no_words(client, action, officer, name, field):
    client.force_login(officer)
    given = {field: "\x01\x02", "comment-quarter": QUARTER.code}
    response = client.post(reverse(name, args=[action.pk]), given)
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    assert not PrivateNote.objects.exists()
    assert not Comment.objects.exists()


def test_the_page_costs_the_same_whatever_there_is_on_it(client, action, officer):
    def fill(count):
        for _ in range(count):
            kpi = make_indicator(action.plan.partnership)
            link(action, kpi)
            make_reading(kpi)
            make_support(action, make_agency(action.plan.partnership))
            agency = make_agency(action.plan.partnership)
            Comment.objects.create(action=action, quarter=QUARTER, agency=agency, text="Hello", written_by=officer)
            PrivateNote.objects.create(action=action, text="Hush", written_by=officer)
            make_update(action, Quarter.from_ordinal(QUARTER.ordinal - action.updates.count()))

    fill(1)
    client.force_login(officer)
    with CaptureQueriesContext(connection) as few:
        client.get(action.get_absolute_url())
    fill(15)
    with CaptureQueriesContext(connection) as many:
        client.get(action.get_absolute_url())
    assert len(few) == len(many) <= 10


def words_of(page):
    return " ".join(html.fromstring(page).get_element_by_id("main-content").text_content().split())


def test_what_a_manager_changed_in_an_officers_words_stays_on_the_page_and_in_the_history(
    client, action, viewer, manager
):
    said = {"action": action, "quarter": QUARTER, "today": TODAY, "work_needed": "", "rag": RAG.GREEN}
    written = submit(version=0, progress="Two events were held.", by=action.lead_officer, **said)
    submit(version=written.version, progress="Three events were held.", by=manager, **said)
    for reader in (viewer, action.lead_officer, manager):
        words = words_of(page_for(client, reader, action))
        assert "What Mo Khan changed in Anna Osborne’s words Progress: [removed: Two ] [added: Three ]" in words
        history = words_of(page_for(client, reader, action, "history/"))
        assert "Progress Two events were held. Three events were held." in history


def test_who_typed_an_update_for_the_lead_officer_is_named_with_them(client, action, viewer):
    make_update(action, submitted_by=make_officer(action.plan.partnership, name="Cas Reed"))
    words = words_of(page_for(client, viewer, action))
    assert "Submitted by Cas Reed on 15 July 2025 (lead officer: Anna Osborne)" in words


def writes(page, action):
    return f'href="{reverse("update", args=[action.pk, QUARTER])}"' in page


@pytest.mark.parametrize("closed", ["approved", "locked", "ended"])
def test_no_button_leads_to_a_form_that_refuses(client, action, officer, manager, closed):
    if closed == "approved":
        make_update(action, state=UpdateState.APPROVED)
    elif closed == "locked":
        make_round(action.plan, locked_at=NOW, locked_by=manager)
    else:
        action.status, action.completed_on = ActionStatus.COMPLETE, QUARTER.previous.ends_on
        action.save()
    assert not writes(page_for(client, officer, action), action)
    assert not writes(page_for(client, manager, action), action)


@pytest.mark.parametrize("is_locked", [True, False])
def test_whoever_has_leave_is_led_to_the_form_and_nobody_else(client, action, officer, manager, is_locked):
    make_update(action, state=UpdateState.APPROVED)
    if is_locked:
        make_round(action.plan, locked_at=NOW, locked_by=manager)
    Unlock.objects.create(action=action, quarter=QUARTER, person=manager, until=TODAY, reason="A wrong figure")
    assert "Change the update for" in page_for(client, manager, action)
    assert writes(page_for(client, manager, action), action)
    assert not writes(page_for(client, officer, action), action)

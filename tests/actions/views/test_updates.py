from datetime import date, timedelta
from functools import partial

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.models import ProgressUpdate, Unlock
from actions.services import updates as services
from actions.values import ActionStatus, DatePrecision, TimescaleKind, UpdateState
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from indicators.models import Reading
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
    make_target,
    make_update,
    make_viewer,
)

pytestmark = pytest.mark.django_db
VERY_LONG = "Zwölf Ehrenamtliche & <b>more</b>\n" * 1000


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def officer():
    partnership = make_partnership()
    return make_officer(partnership, agency=make_agency(partnership, "Essex Fire"), name="Anna Osborne")


@pytest.fixture
def agency(officer):
    return officer.memberships.get().agency


@pytest.fixture
def plan(agency):
    return make_plan(agency.partnership, title="Our plan")


@pytest.fixture
def action(plan, officer):
    return make_action(plan, lead_officer=officer, text="Hold two events")


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Khan")


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def url_of(action, quarter=QUARTER):
    return reverse("update", args=[action.pk, quarter])


def typed(button="submit", **given):
    fields = {"version": 0, "progress": "Two events were held.", "work_needed": "Book the hall.", "rag": "green"}
    return fields | {button: "yes"} | given


def words_of(response):
    return response.content.decode()


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# My updates


def test_an_officer_sees_what_is_owed_what_came_back_and_what_is_done(signed_in, action, plan, agency):
    make_round(plan)
    returned = make_action(plan, lead_officer=action.lead_officer, text="Returned one")
    make_update(returned, state=UpdateState.RETURNED, returned_words="How many came?")
    done = make_action(plan, lead_officer=action.lead_officer, text="Done one")
    make_update(done)
    make_action(plan, lead_agency=agency, text="The agency’s one")
    make_action(plan, text="Nobody’s one")
    page = words_of(signed_in.get(reverse("updates")))
    assert "<b>1 of 4</b> done" in page
    assert "Q1 2025/26" in page
    assert "22 July 2025" in page
    assert "Due soon" in page
    assert "How many came?" in page
    places = [page.index(text) for text in ("Returned one", "Hold two events", "The agency’s one", "Done one")]
    assert places == sorted(places)
    assert "Nobody’s one" not in page


def test_after_its_day_the_round_is_overdue(signed_in, action, plan):
    make_round(plan, due_on=TODAY - timedelta(days=1))
    assert "Overdue" in words_of(signed_in.get(reverse("updates")))


def test_an_overdue_action_is_marked(signed_in, action):
    action.timescale_kind, action.due_on, action.due_precision = "by_date", date(2025, 5, 31), "day"
    action.save()
    assert "Action overdue" in words_of(signed_in.get(reverse("updates")))


def test_when_all_is_done_the_page_says_so(signed_in, action):
    make_update(action)
    page = words_of(signed_in.get(reverse("updates")))
    assert "All done for Q1 2025/26" in page


@pytest.mark.parametrize("status", [ActionStatus.PAUSED, ActionStatus.COMPLETE, ActionStatus.CLOSED_NOT_NEEDED])
def test_what_is_paused_or_ended_owes_nothing(signed_in, action, status):
    action.status = status
    action.completed_on = TODAY if status == ActionStatus.COMPLETE else None
    action.closed_on = TODAY if status == ActionStatus.CLOSED_NOT_NEEDED else None
    action.closed_reason = "Not needed"
    action.save()
    assert "You have no updates to write" in words_of(signed_in.get(reverse("updates")))


def test_another_quarter_can_be_asked_for(signed_in, action):
    later = words_of(signed_in.get(reverse("updates"), {"quarter": "2025-26-Q2"}))
    assert reverse("update", args=[action.pk, "2025-26-Q2"]) in later
    before = words_of(signed_in.get(reverse("updates"), {"quarter": "2024-25-Q4"}))
    assert "Nothing is owed for this quarter" in before
    assert signed_in.get(reverse("updates"), {"quarter": "soon"}).status_code == 404


def test_a_manager_also_finds_everybody_elses(client, action, manager):
    make_action(action.plan, lead_officer=manager)
    client.force_login(manager)
    assert "?quarter=2025-26-Q1&amp;not_updated=on" in words_of(client.get(reverse("updates")))


def test_my_updates_lead_to_how_often_one_gets_mail_and_a_manager_to_the_rounds(client, signed_in, action, manager):
    page = words_of(signed_in.get(reverse("updates")))
    assert reverse("mail_choice") in page
    assert reverse("rounds") not in page
    client.force_login(manager)
    page = words_of(client.get(reverse("updates")))
    assert reverse("mail_choice") in page
    assert page.count(f'href="{reverse("rounds")}"') == 2  # in the menu and on the page


def test_my_updates_are_not_for_viewers_or_strangers_to_everything(client, plan):
    client.force_login(make_viewer(plan.partnership))
    assert client.get(reverse("updates")).status_code == 403
    client.force_login(make_officer(make_partnership()))
    assert plan.title not in words_of(client.get(reverse("updates")))
    assert client.post(reverse("updates")).status_code == 405


def test_the_list_costs_the_same_for_three_and_thirty(signed_in, action, plan, officer):
    def fill(count):
        for _ in range(count):
            make_update(make_action(plan, lead_officer=officer), state=UpdateState.DRAFT)

    fill(2)
    with CaptureQueriesContext(
        connection,
    ) as few:
        signed_in.get(reverse("updates"))
    fill(27)
    with CaptureQueriesContext(connection) as many:
        signed_in.get(reverse("updates"))
    assert len(few) == len(many) <= 8


# The form


def test_the_form_shows_the_action_and_last_quarters_words(signed_in, officer):
    plan = make_plan(officer.memberships.get().partnership, starts_on=date(2024, 4, 1))
    action = make_action(plan, lead_officer=officer, text="Hold two events", expected_outcome="Fewer fires")
    make_update(action, QUARTER.previous, progress="One was held.", work_needed="Find a hall.", rag=RAG.AMBER)
    make_update(action, QUARTER.previous.previous, state=UpdateState.DRAFT, progress="An old draft")
    page = words_of(signed_in.get(url_of(action)))
    for words in ("Hold two events", "Fewer fires", "One was held.", "Find a hall.", "Q4 2024/25", "Suggested now"):
        assert words in page
    assert "An old draft" not in page
    assert "Do not name residents, victims or suspects" in page


def test_submitting_leads_to_the_next_owed_and_names_what_was_sent(signed_in, action, plan, officer, agency):
    make_action(plan, lead_agency=agency)
    following = make_action(plan, lead_officer=officer)
    response = signed_in.post(url_of(action), typed())
    assert response.url == url_of(following)
    assert told(response) == ["Update for Q1 2025/26 submitted: action 1.1.1, Hold two events"]
    update = ProgressUpdate.objects.get()
    assert (update.state, update.submitted_by, update.rag) == (UpdateState.SUBMITTED, officer, RAG.GREEN)


def test_after_the_last_one_the_list_says_that_all_is_done(signed_in, action):
    response = signed_in.post(url_of(action), typed(), follow=True)
    assert response.redirect_chain == [(reverse("updates"), 302)]
    assert "All done for Q1 2025/26" in words_of(response)


def test_a_draft_may_be_half_written(signed_in, action):
    response = signed_in.post(url_of(action), {"version": 0, "progress": "So far", "draft": "yes"})
    assert response.url == reverse("updates")
    assert told(response) == ["Draft for Q1 2025/26 saved: action 1.1.1, Hold two events"]
    update = ProgressUpdate.objects.get()
    assert (update.state, update.progress, update.rag) == (UpdateState.DRAFT, "So far", RAG.NOT_RATED)
    again = words_of(signed_in.get(url_of(action)))
    assert "So far" in again
    assert "checked" not in again


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({"progress": " "}, "Enter what happened this quarter", id="no words"),
        pytest.param({"rag": ""}, "Select a light", id="no light"),
        pytest.param({"rag": "purple"}, "Select a light from the list", id="no such light"),
        pytest.param({"rag": "red"}, "Enter why the light is red", id="red without reason"),
        pytest.param({"rag": "amber", "rag_reason": "\n"}, "Enter why the light is amber", id="amber without reason"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(signed_in, action, given, sentence):
    response = signed_in.post(url_of(action), typed(work_needed=VERY_LONG) | given)
    page = words_of(response)
    assert response.status_code == 200
    assert page.count(sentence) >= 2  # in the summary and beside the box
    assert "<title>Error: " in page
    assert page.count("Zwölf Ehrenamtliche &amp; &lt;b&gt;more&lt;/b&gt;") == 1000
    assert not ProgressUpdate.objects.exists()


def test_a_submitted_update_is_changed_but_not_taken_back_to_a_draft(signed_in, action):
    make_update(action)
    page = words_of(signed_in.get(url_of(action)))
    assert "Submit changes" in page
    assert "Save draft" not in page
    refused = signed_in.post(url_of(action), typed("draft", version=1, progress="On second thoughts"))
    assert refused.status_code == 409
    assert "On second thoughts" in words_of(refused)
    assert signed_in.post(url_of(action), typed(version=1, progress="Three events")).status_code == 302
    assert ProgressUpdate.objects.get().progress == "Three events"


def test_who_changed_a_submitted_update_is_said_above_the_form_and_in_the_timeline(signed_in, action, manager):
    update = make_update(action)
    pages = (url_of(action), action.get_absolute_url())
    for url in pages:
        assert "hanged by" not in words_of(signed_in.get(url))
    words = {"progress": "Three events.", "work_needed": "", "rag": RAG.GREEN, "version": update.version}
    services.submit(action=action, quarter=QUARTER, by=manager, today=TODAY, now=NOW, **words)
    for url in pages:
        page = words_of(signed_in.get(url))
        assert f"Changed by Mo Khan on {NOW:%-d %B %Y}" in page
        assert "What Mo Khan changed in" in page
        assert "<ins>" in page


def test_returned_words_stand_above_the_form(signed_in, action):
    make_update(action, state=UpdateState.RETURNED, returned_words="How many came?")
    assert "How many came?" in words_of(signed_in.get(url_of(action)))


def test_the_plans_own_words_for_lights_are_offered(signed_in, action, plan):
    plan.key = [{"word": "On hold", "rag": "amber", "tint": "FFC000", "meaning": "Waiting for money"}]
    plan.save()
    page = words_of(signed_in.get(url_of(action)))
    assert "On hold" in page
    assert "Waiting for money" in page


# Who and when


def test_officers_of_the_lead_agency_and_managers_may_write(client, action, agency, manager):
    action.lead_officer, action.lead_agency = None, agency
    action.save()
    for person in (make_officer(agency.partnership, agency=agency), manager):
        client.force_login(person)
        assert client.get(url_of(action)).status_code == 200


def test_others_of_the_partnership_may_not(client, action, plan):
    for person in (make_viewer(plan.partnership), make_officer(plan.partnership)):
        client.force_login(person)
        assert client.get(url_of(action)).status_code == 403
        assert client.post(url_of(action), typed()).status_code == 403
    assert not ProgressUpdate.objects.exists()


def test_a_stranger_cannot_find_it(client, action):
    client.force_login(make_manager(make_partnership()))
    assert client.get(url_of(action)).status_code == 404
    assert client.post(url_of(action), typed()).status_code == 404
    assert not ProgressUpdate.objects.exists()


def test_unknown_actions_quarters_and_methods(signed_in, action):
    assert signed_in.get(reverse("update", args=[action.pk + 1000, QUARTER])).status_code == 404
    for code in ("2025-27-Q1", "0001-02-Q1", "9998-99-Q4"):
        assert signed_in.post(f"/actions/{action.pk}/updates/{code}/", typed()).status_code == 404
    assert signed_in.put(url_of(action)).status_code == 405


def test_a_manager_who_writes_from_the_round_comes_back_to_it(client, action, manager, plan):
    make_round(plan)
    client.force_login(manager)
    url = f"{url_of(action)}?from=round"
    assert url in words_of(client.get(reverse("round", args=[plan.slug, QUARTER])))
    assert client.post(url, typed()).url == reverse("round", args=[plan.slug, QUARTER])


def test_an_officer_is_not_sent_to_the_round(signed_in, action):
    assert "/rounds/" not in signed_in.post(f"{url_of(action)}?from=round", typed()).url


def test_somebody_else_writing_for_an_action_comes_back_to_it(client, action, manager):
    client.force_login(manager)
    assert client.post(url_of(action), typed()).url == action.get_absolute_url()


@pytest.mark.parametrize(
    ("quarter", "words"),
    [
        pytest.param("2024-25-Q4", "outside the plan", id="outside"),
        pytest.param("2025-26-Q3", "has not started", id="not begun"),
    ],
)
def test_a_quarter_that_cannot_be_written_is_explained(signed_in, action, quarter, words):
    for response in (signed_in.get(url_of(action, quarter)), signed_in.post(url_of(action, quarter), typed())):
        assert response.status_code == 409
        assert words in words_of(response)
        assert action.get_absolute_url() in words_of(response)


def test_a_locked_quarter_is_explained_and_gives_typed_words_back(signed_in, action, manager, officer):
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    assert "is locked" in words_of(signed_in.get(url_of(action)))
    response = signed_in.post(url_of(action), typed(progress="Typed before the lock"))
    assert response.status_code == 409
    assert "is locked" in words_of(response)
    assert "Typed before the lock" in words_of(response)
    Unlock.objects.create(action=action, quarter=QUARTER, person=officer, until=TODAY, reason="A wrong figure")
    assert signed_in.post(url_of(action), typed()).status_code == 302


def test_an_approved_update_is_explained(signed_in, action):
    make_update(action, state=UpdateState.APPROVED)
    response = signed_in.get(url_of(action))
    assert response.status_code == 409
    assert "has been approved" in words_of(response)


# Two people


def test_the_second_saver_sees_both_texts_and_can_save_over_after_reading(signed_in, action, manager):
    given = {"work_needed": "", "rag": RAG.AMBER, "rag_reason": "Rain"}
    services.save_draft(
        action=action, quarter=QUARTER, version=0, by=manager, today=TODAY, progress="The manager’s words", **given
    )
    response = signed_in.post(url_of(action), typed(progress="The officer’s words"))
    page = words_of(response)
    assert response.status_code == 409
    assert "Mo Khan saved it" in page
    assert "The manager’s words" in page
    assert page.count("The officer’s words") == 2  # in the comparison and in the box
    assert '<input type="hidden" name="version" value="1" id="id_version">' in page
    assert ProgressUpdate.objects.get().progress == "The manager’s words"
    again = signed_in.post(url_of(action), typed(version=1, progress="Both of us"))
    assert again.status_code == 302
    update = ProgressUpdate.objects.get()
    assert (update.progress, update.version) == ("Both of us", 2)


def test_sending_the_same_form_twice_is_not_a_conflict(signed_in, action):
    for _ in range(2):
        assert signed_in.post(url_of(action), typed(progress="Line one\r\nLine two")).status_code == 302
    assert ProgressUpdate.objects.get().history.count() == 1


# Figures


@pytest.fixture
def kpi(action):
    kpi = make_indicator(action.plan.partnership, reference="7.2", name="Fires <b>set</b>")
    link(action, kpi)
    return kpi


def test_each_kpi_has_a_box_with_last_quarters_figure_and_the_target(signed_in, action, kpi):
    make_reading(kpi, Period.of_quarter(QUARTER.previous), value=2030)
    make_target(kpi, value=1984, text="")
    page = words_of(signed_in.get(url_of(action)))
    assert f'name="figure_{kpi.pk}"' in page
    assert "Last quarter: 2,030" in page
    assert "Target: 1,984 for Q1 2025/26" in page
    assert "Fires &lt;b&gt;set&lt;/b&gt;" in page


def test_a_target_stated_as_a_bare_number_is_shown_in_the_kpis_unit(signed_in, action, kpi):
    kpi.unit = "per_cent"
    kpi.save()
    make_target(kpi, value=65, text="65")
    assert "Target: 65% for Q1 2025/26" in words_of(signed_in.get(url_of(action)))


@pytest.mark.parametrize("text", ["1,884", "1884", " 1 884 "])
def test_a_figure_is_written_as_people_type_it(signed_in, action, kpi, officer, text):
    assert signed_in.post(url_of(action), typed(**{f"figure_{kpi.pk}": text})).status_code == 302
    reading = Reading.objects.get()
    assert (reading.value, reading.entered_by) == (1884, officer)


def test_a_figure_that_is_not_available_yet_is_awaited(signed_in, action, kpi):
    given = {f"awaited_{kpi.pk}": "on", f"note_{kpi.pk}": "Police, in August"}
    signed_in.post(url_of(action), typed(**given))
    reading = Reading.objects.get()
    assert (reading.value, reading.state, reading.note) == (None, "awaited", "Police, in August")


def test_nothing_typed_writes_no_reading(signed_in, action, kpi):
    assert signed_in.post(url_of(action), typed()).status_code == 302
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param({"figure": "lots"}, "“lots” is not a figure", id="words"),
        pytest.param({"figure": "5%"}, "not measured in per cent", id="wrong unit"),
        pytest.param({"figure": "5", "awaited": "on"}, "not both", id="both"),
        pytest.param({"note": "Police"}, "Enter the figure that the note is about", id="note alone"),
    ],
)
def test_a_wrong_figure_refuses_the_whole_form_and_keeps_it(signed_in, action, kpi, given, sentence):
    response = signed_in.post(url_of(action), typed(**{f"{part}_{kpi.pk}": text for part, text in given.items()}))
    assert sentence in words_of(response)
    assert "Two events were held." in words_of(response)
    assert not ProgressUpdate.objects.exists()
    assert not Reading.objects.exists()


def test_a_figure_on_record_changes_with_a_reason(signed_in, action, kpi):
    make_reading(kpi, value=2000)
    given = {f"figure_{kpi.pk}": "1,884", f"reading_{kpi.pk}": 1}
    refused = signed_in.post(url_of(action), typed(**given))
    assert "Enter why the figure changes" in words_of(refused)
    assert not ProgressUpdate.objects.exists()
    signed_in.post(url_of(action), typed(**given | {f"reason_{kpi.pk}": "Recounted"}))
    assert Reading.objects.get().value == 1884


def test_an_emptied_box_does_not_leave_the_old_figure_in_silence(signed_in, action, kpi):
    make_reading(kpi, value=2000)
    response = signed_in.post(url_of(action), typed(**{f"figure_{kpi.pk}": "", f"reading_{kpi.pk}": 1}))
    assert "2,000 has been entered already: enter the right figure, or say that it is not available yet" in words_of(
        response
    )
    assert not ProgressUpdate.objects.exists()


def test_errors_are_named_in_the_order_of_the_page(signed_in, action, kpi):
    given = {"rag": "red", "rag_reason": "", f"figure_{kpi.pk}": "about four hundred"}
    page = words_of(signed_in.post(url_of(action), typed(**given)))
    assert page.index(f'href="#id_figure_{kpi.pk}"') < page.index('href="#id_rag_reason"')


def test_a_figure_shown_and_sent_back_is_not_written_again(signed_in, action, kpi):
    make_reading(kpi, value="1884.26")
    given = {f"figure_{kpi.pk}": "1,884", f"reading_{kpi.pk}": 1, f"note_{kpi.pk}": "Checked"}
    assert signed_in.post(url_of(action), typed(**given)).status_code == 302
    reading = Reading.objects.get()
    assert (str(reading.value), reading.note) == ("1884.2600", "Checked")


def test_somebody_elses_figure_is_shown_before_it_is_written_over(signed_in, action, kpi):
    make_reading(kpi, value=2000)
    mine = {f"figure_{kpi.pk}": "1,884", f"reading_{kpi.pk}": 0}
    response = signed_in.post(url_of(action), typed(**mine))
    page = words_of(response)
    assert response.status_code == 409
    assert "entered 2,000 while you were writing" in page
    assert f'name="reading_{kpi.pk}" value="1"' in page
    assert 'value="1,884"' in page
    again = typed(**mine | {f"reading_{kpi.pk}": 1, f"reason_{kpi.pk}": "Theirs left one out"})
    assert signed_in.post(url_of(action), again).status_code == 302
    assert Reading.objects.get().value == 1884


def test_a_figure_added_after_going_back_is_kept_though_the_words_are_the_same(signed_in, action, kpi):
    signed_in.post(url_of(action), typed())
    again = signed_in.post(url_of(action), typed(**{f"figure_{kpi.pk}": "1,884"}))
    assert again.status_code == 302
    assert Reading.objects.get().value == 1884
    assert ProgressUpdate.objects.get().history.count() == 1


def test_a_figure_added_to_a_draft_after_going_back_is_kept_too(signed_in, action, kpi):
    signed_in.post(url_of(action), typed("draft"))
    assert signed_in.post(url_of(action), typed("draft", **{f"figure_{kpi.pk}": "1,884"})).status_code == 302
    assert ProgressUpdate.objects.get().draft_figures[str(kpi.pk)]["figure"] == "1,884"


def boxes_of(response, kpi):
    """What the boxes of the KPI hold: the figure, whether it is awaited, note, reason and the reading seen."""
    form = response.context["form"]
    names = ("figure", "awaited", "note", "reason", "reading")
    return [form[f"{name}_{kpi.pk}"].value() for name in names]


def test_a_draft_brings_its_figures_back_and_submitting_records_them(signed_in, action, kpi):
    given = {f"figure_{kpi.pk}": " about 1884 ", f"note_{kpi.pk}": "Police", f"reading_{kpi.pk}": 0}
    assert signed_in.post(url_of(action), typed("draft", **given)).status_code == 302
    assert not Reading.objects.exists()
    page = signed_in.get(url_of(action))
    assert boxes_of(page, kpi) == ["about 1884", False, "Police", "", 0]
    assert 'value="about 1884"' in words_of(page)
    wrong = signed_in.post(url_of(action), typed(version=1, rag="", **given))
    assert "Select a light" in words_of(wrong)
    assert "about 1884" in words_of(wrong)
    assert not Reading.objects.exists()
    assert signed_in.post(url_of(action), typed(version=1, **given)).status_code == 302
    reading = Reading.objects.get()
    assert (reading.value, reading.note) == (1884, "Police")
    assert ProgressUpdate.objects.get().draft_figures == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({"figure": "2,000", "awaited": "", "note": "Police"}, ["2,000", False, "Police", ""], id="note"),
        pytest.param({"figure": "", "awaited": "on"}, ["", True, "", ""], id="not available yet"),
        pytest.param({"figure": "", "reason": "Recount"}, ["", False, "", "Recount"], id="emptied, with a reason"),
        pytest.param({"figure": "1,884", "reason": "Recount"}, ["1,884", False, "", "Recount"], id="revised"),
    ],
)
def test_whatever_is_typed_of_a_figure_on_record_waits_in_the_draft(signed_in, action, kpi, given, kept):
    make_reading(kpi, value=2000)
    parts = {f"{part}_{kpi.pk}": text for part, text in {"reading": 1, **given}.items()}
    assert signed_in.post(url_of(action), typed("draft", **parts)).status_code == 302
    assert Reading.objects.get().history.count() == 1
    assert boxes_of(signed_in.get(url_of(action)), kpi) == [*kept, 1]


def test_a_figure_entered_since_the_draft_is_shown_before_it_is_written_over(signed_in, action, kpi):
    mine = {f"figure_{kpi.pk}": "1,884", f"reading_{kpi.pk}": 0}
    signed_in.post(url_of(action), typed("draft", **mine))
    make_reading(kpi, value=2000)
    assert boxes_of(signed_in.get(url_of(action)), kpi) == ["1,884", False, "", "", 0]
    refused = signed_in.post(url_of(action), typed(version=1, **mine))
    assert refused.status_code == 409
    assert "entered 2,000 while you were writing" in words_of(refused)
    assert Reading.objects.get().value == 2000


def test_figures_of_two_drafts_are_shown_side_by_side(client, signed_in, action, kpi, manager):
    signed_in.post(url_of(action), typed("draft", **{f"awaited_{kpi.pk}": "on", f"note_{kpi.pk}": "In August"}))
    client.force_login(manager)
    response = client.post(url_of(action), typed("draft", **{f"figure_{kpi.pk}": "1,884"}))
    assert response.status_code == 409
    assert [(row["theirs"], row["mine"]) for row in response.context["differences"]] == [
        ("Not available yet\nIn August", "1,884")
    ]
    assert client.post(url_of(action), typed("draft", version=1, **{f"figure_{kpi.pk}": "1,884"})).status_code == 302


def test_going_back_and_changing_a_figure_does_not_write_over_it_unseen(signed_in, action, kpi):
    signed_in.post(url_of(action), typed(**{f"figure_{kpi.pk}": "2,000"}))
    again = signed_in.post(url_of(action), typed(**{f"figure_{kpi.pk}": "1,884"}))
    assert again.status_code == 409
    assert "entered 2,000 while you were writing" in words_of(again)
    assert Reading.objects.get().value == 2000


def test_a_double_click_writes_the_figure_once(signed_in, action, kpi):
    given = {f"awaited_{kpi.pk}": "on", f"note_{kpi.pk}": "Police, in August"}
    for _ in range(2):
        assert signed_in.post(url_of(action), typed(**given)).status_code == 302
    assert Reading.objects.get().history.count() == 1


def test_a_note_leaves_a_provisional_figure_provisional(signed_in, action, kpi):
    make_reading(kpi, value=1884, state="provisional")
    given = {f"figure_{kpi.pk}": "1,884", f"reading_{kpi.pk}": 1, f"note_{kpi.pk}": "To be checked in May"}
    assert signed_in.post(url_of(action), typed(**given)).status_code == 302
    reading = Reading.objects.get()
    assert (reading.state, reading.note) == ("provisional", "To be checked in May")


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"frequency": "month"}, "Enter the months"), ({"frequency": "year"}, "Due once, in Q4")],
    ids=["monthly", "yearly"],
)
def test_what_is_not_due_here_has_no_box(signed_in, action, fields, words):
    kpi = make_indicator(action.plan.partnership, **fields)
    link(action, kpi)
    page = words_of(signed_in.get(url_of(action)))
    assert words in page
    assert f'name="figure_{kpi.pk}"' not in page


def test_the_months_of_a_monthly_kpi_stand_beside_the_words_put_together(signed_in, action):
    kpi = make_indicator(action.plan.partnership, frequency="month")
    link(action, kpi)
    for code in ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"):
        make_reading(kpi, Period.parse(code), value=15)
    page = words_of(signed_in.get(url_of(action)))
    assert "45" in page
    assert "Sum of April to June 2025" in page
    assert "Last quarter: 15" not in page


# Cost


def queries_of(do):
    """How many statements it takes, with those that begin and end a transaction."""
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)


def test_the_months_of_a_monthly_kpi_are_put_together_once(signed_in, action):
    kpi = make_indicator(action.plan.partnership, frequency="month")
    link(action, kpi)
    make_reading(kpi, Period.parse("2025-04"), value=15)
    with CaptureQueriesContext(connection) as captured:
        signed_in.get(url_of(action))
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    assert len(asked) == len(set(asked))


def test_the_form_costs_the_same_with_many_quarters_and_kpis(signed_in, action, kpi):
    few = queries_of(lambda: signed_in.get(url_of(action)))
    for _ in range(5):
        link(action, make_indicator(action.plan.partnership))
    for number in range(1, 9):
        make_update(action, Quarter.from_ordinal(QUARTER.ordinal - number))
    assert queries_of(lambda: signed_in.get(url_of(action))) == few <= 10


@pytest.mark.parametrize("button", ["submit", "draft"])
def test_saving_costs_little_however_many_quarters_there_are(signed_in, action, plan, officer, kpi, button):
    other = make_action(plan, lead_officer=officer)
    link(other, kpi)
    few = [queries_of(partial(signed_in.post, url_of(action), typed(button, version=seen))) for seen in (0, 1)]
    for number in range(1, 9):
        make_update(other, Quarter.from_ordinal(QUARTER.ordinal - number))
    many = [queries_of(partial(signed_in.post, url_of(other), typed(button, version=seen))) for seen in (0, 1)]
    assert many == few
    assert max(few) <= 15


# A light that is not the suggested one


@pytest.fixture
def overdue(action):
    action.timescale_kind, action.due_on = TimescaleKind.BY_DATE, date(2025, 5, 31)
    action.due_precision = DatePrecision.DAY
    action.save()
    return action


def why_box(page):
    return page.context["form"].why_box.context["shows_when"].removeprefix("rag:").split(",")


def test_every_light_but_the_suggested_one_has_a_box_for_its_reason(signed_in, overdue):
    page = signed_in.get(url_of(overdue))
    assert page.context["suggestion"].rating == RAG.RED
    assert why_box(page) == ["red", "amber", "green", "complete", "not_rated"]
    assert "Why this light?" in words_of(page)
    assert "any other light than red, which is suggested" in words_of(page)
    overdue.due_on = date(2025, 12, 31)
    overdue.save()
    page = signed_in.get(url_of(overdue))
    assert page.context["suggestion"].rating == RAG.GREEN
    assert why_box(page) == ["red", "amber", "complete", "not_rated"]
    assert "any other light than green, which is suggested" in words_of(page)


def test_without_a_suggestion_a_reason_is_asked_for_red_and_amber(signed_in, action):
    page = signed_in.get(url_of(action))
    assert why_box(page) == ["red", "amber"]
    assert "which is suggested" not in words_of(page)


def test_no_light_against_a_suggestion_is_pointed_out_to_its_officer_until_it_has_a_reason(signed_in, overdue):
    sentence = "No light is reported where red was suggested, without a reason"
    response = signed_in.post(url_of(overdue), typed(rag="not_rated"))
    assert any(sentence in words for words in told(response))
    assert sentence in words_of(signed_in.get(url_of(overdue)))
    given = {"rag": "not_rated", "rag_reason": "The survey is late", "version": 1}
    assert not any(sentence in words for words in told(signed_in.post(url_of(overdue), typed(**given))))
    assert ProgressUpdate.objects.get().rag_reason == "The survey is late"
    assert sentence not in words_of(signed_in.get(url_of(overdue)))


def test_a_draft_without_a_light_is_not_pointed_out(signed_in, overdue):
    signed_in.post(url_of(overdue), typed("draft", rag=""))
    assert "No light is reported" not in words_of(signed_in.get(url_of(overdue)))


# Leave to change what is closed


@pytest.fixture
def leave(action, officer):
    return Unlock.objects.create(action=action, quarter=QUARTER, person=officer, until=TODAY, reason="A wrong figure")


@pytest.mark.parametrize("state", [None, UpdateState.DRAFT, UpdateState.APPROVED])
def test_my_updates_lead_whoever_has_leave_to_the_form(signed_in, action, manager, leave, state):
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    if state:
        make_update(action, state=state)
    address = f"{reverse('updates')}?quarter={QUARTER.code}"
    assert f'href="{url_of(action)}"' in words_of(signed_in.get(address))
    leave.until = TODAY - timedelta(days=1)
    leave.save()
    assert url_of(action) not in words_of(signed_in.get(address))


def test_after_submitting_with_leave_no_locked_form_comes_next(signed_in, action, plan, officer, manager, leave):
    make_round(plan, locked_at=NOW, locked_by=manager)
    other = make_action(plan, lead_officer=officer)
    assert signed_in.post(url_of(action), typed()).url == reverse("updates")
    Unlock.objects.create(action=other, quarter=QUARTER, person=officer, until=TODAY, reason="It too")
    assert signed_in.post(url_of(action), typed(version=1, progress="Three.")).url == url_of(other)


# Last time's way back


def test_what_was_to_bring_it_back_on_track_stands_beside_its_box_and_is_copied(signed_in, officer):
    plan = make_plan(officer.memberships.get().agency.partnership, starts_on=date(2024, 4, 1))
    action = make_action(plan, lead_officer=officer)
    last = make_update(action, QUARTER.previous, rag=RAG.RED, rag_reason="Rain", back_on_track="A second hall")
    page = signed_in.get(url_of(action))
    assert "Back on track, Q4 2024/25" in words_of(page)
    assert 'data-into="id_back_on_track"' in words_of(page)
    assert '<div data-shows-when="rag:red,amber"><button' in words_of(page).replace("\n", ""), "as its box"
    page = signed_in.post(url_of(action), typed("x", rag="amber", copy="back_on_track"))
    assert page.context["form"]["back_on_track"].value() == "A second hall"
    assert not action.updates.filter(quarter=QUARTER).exists()
    last.back_on_track = ""
    last.save()
    assert 'data-into="id_back_on_track"' not in words_of(signed_in.get(url_of(action)))

import gzip
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Action
from actions.values import ActionStatus, PlanStatus, TimescaleKind
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts
from tests.builders import (
    QUARTER,
    TODAY,
    link,
    make_action,
    make_administrator,
    make_agency,
    make_indicator,
    make_manager,
    make_objective,
    make_officer,
    make_partnership,
    make_plan,
    make_priority,
    make_round,
    make_support,
    make_update,
    make_viewer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mid_july")]
LIST = "/actions/"
VALID = {
    "text": "Hold two events",
    "reference": "1.1.1",
    "timescale": "By the summer fair",
    "timescale_kind": "by_date",
    "due_on_0": "31",
    "due_on_1": "8",
    "due_on_2": "2025",
    "due_precision": "month",
    "status": "in_progress",
}
DUE = date(2025, 8, 31)
BY_DATE = {"timescale_kind": TimescaleKind.BY_DATE, "due_precision": "month"}


@pytest.fixture
def mid_july():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def plan():
    return make_plan()


@pytest.fixture
def objective(plan):
    return make_objective(make_priority(plan))


@pytest.fixture
def action(objective):
    return make_action(objective, text="Hold an event", due_on=DUE, timescale="By the summer fair", **BY_DATE)


@pytest.fixture
def manager(client, plan):
    person = make_manager(plan.partnership)
    client.force_login(person)
    return person


def words(response):
    return " ".join(response.content.decode().split())


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# The list -------------------------------------------------------------------------------------------------------------


def test_a_last_light_that_was_not_rated_is_said_in_words(client, plan, manager):
    make_update(make_action(plan), QUARTER.previous, rag=RAG.NOT_RATED)
    assert "Last not rated, Q4 2024/25" in client.get(LIST).content.decode()


def test_a_row_says_what_who_when_and_how_it_stands(client, plan, manager):
    agency = make_agency(plan.partnership, "Essex Police", short_name="Police")
    late = make_action(
        plan, text="Fit alarms", lead_agency=agency, lead_officer=manager, due_on=date(2025, 5, 31), **BY_DATE
    )
    make_update(late, rag=RAG.RED)
    page = words(client.get(LIST))
    for expected in (f"<b>{late.reference}</b> Fit alarms", "Police<br>", manager.name, "end of May 2025", "Overdue",
                     "app-rag--red", "1 action: 1 red, 0 amber, 0 green, 0 complete, 0 not rated."):  # fmt: skip
        assert expected in page


def test_a_silent_action_shows_its_last_light(client, plan, manager):
    plan.starts_on = date(2024, 4, 1)
    plan.save()
    make_update(make_action(plan), QUARTER.previous)
    assert "Last green, Q4 2024/25" in words(client.get(LIST))


STANDINGS = [
    pytest.param({}, None, (RAG.NOT_RATED, False), id="nothing said"),
    pytest.param({}, (QUARTER, "submitted"), (RAG.AMBER, True), id="said"),
    pytest.param({}, (QUARTER, "draft"), (RAG.NOT_RATED, False), id="a draft"),
    pytest.param({}, (QUARTER.previous, "approved"), (RAG.NOT_RATED, False), id="said before"),
    pytest.param(
        {"status": "complete", "completed_on": QUARTER.ends_on}, (QUARTER.previous, "approved"), (RAG.AMBER, True),
        id="complete at its end, said before",
    ),
    pytest.param(
        {"status": "closed_not_needed", "closed_on": QUARTER.starts_on, "closed_reason": "Done by others."},
        (QUARTER.previous, "approved"), (RAG.AMBER, True), id="closed, said before",
    ),
    pytest.param(
        {"status": "complete", "completed_on": QUARTER.next.starts_on}, (QUARTER.previous, "approved"),
        (RAG.NOT_RATED, False), id="complete after it",
    ),
    pytest.param(
        {"status": "complete", "completed_on": QUARTER.starts_on}, None, (RAG.NOT_RATED, False),
        id="complete, nothing said",
    ),
]  # fmt: skip


@pytest.mark.parametrize("is_alone", [True, False], ids=["one quarter", "a quarter for each plan"])
@pytest.mark.parametrize(("ended", "said", "expected"), STANDINGS)
def test_row_count_and_filter_agree_on_the_light(client, plan, manager, ended, said, expected, is_alone):
    plan.starts_on = date(2024, 4, 1)
    plan.save()
    action = make_action(plan, **ended)
    if said:
        make_update(action, said[0], state=said[1], rag=RAG.AMBER, rag_reason="Rain")
    if not is_alone:  # its open round gives the other plan a quarter of its own
        make_round(make_plan(plan.partnership), QUARTER.next)
    context = client.get(LIST).context
    row = next(row for row in context["rows"] if row["pk"] == action.pk)
    assert (row["light"], row["is_updated"]) == expected
    assert context["counts"] == LightCounts.from_pairs([expected])
    assert (context["quarter"] is None) != is_alone
    assert [one["pk"] for one in client.get(LIST, {"light": expected[0]}).context["rows"]] == [action.pk]
    assert bool(client.get(LIST, {"not_updated": "on"}).context["rows"]) != expected[1]


def test_filters_in_use_are_shown_with_links_that_take_them_away(client, plan, manager):
    make_action(plan)
    page = words(client.get(LIST, {"light": "red", "words": "alarms", "sort": "-due"}))
    assert "Light: Red" in page
    assert "No action matches these filters" in page
    assert "?light=red&amp;sort=-due" in page


def test_a_filter_of_something_foreign_is_refused_in_words(client, plan, manager):
    make_action(plan)
    foreign = make_agency(make_partnership(), "Their agency")
    page = words(client.get(LIST, {"lead_agency": foreign.pk}))
    assert "Select a lead agency from the list" in page
    assert "Their agency" not in page


def test_the_plan_of_each_row_is_named_where_there_are_several(client, plan, manager):
    make_action(plan)
    assert f'app-plan__note">{plan.title}' not in words(client.get(LIST))
    make_action(make_plan(plan.partnership))
    assert f'app-plan__note">{plan.title}' in words(client.get(LIST))


def test_another_partnerships_list_is_an_unknown_page(client, plan, manager):
    assert client.get(LIST, {"partnership": make_partnership().slug}).status_code == 404
    assert client.get(LIST, {"partnership": plan.partnership.slug}).status_code == 200
    assert client.post(LIST).status_code == 405


def test_a_partnership_without_plans_or_actions_says_what_to_do(client, plan, manager):
    assert "There are no actions yet" in words(client.get(LIST))
    client.force_login(make_viewer(make_partnership()))
    assert "there is none yet" in words(client.get(LIST))


@pytest.mark.parametrize(("sort", "first"), [("due", "Early"), ("-due", "Late"), ("reference", "Late"), ("x", "Late")])
def test_the_list_is_sorted_by_its_headings_dates_first(client, plan, manager, sort, first):
    make_action(plan, text="Late", due_on=date(2025, 12, 1), **BY_DATE)
    make_action(plan, text="Never", reference="9.9.9")
    make_action(plan, text="Early", due_on=date(2025, 8, 1), **BY_DATE)
    page = words(client.get(LIST, {"sort": sort}))
    assert min(("Early", "Late", "Never"), key=lambda text: page.index(f"</b> {text}")) == first


def fill(plan, number, author):
    objective = make_objective(make_priority(plan))
    for _ in range(number):
        action = make_action(
            objective,
            text="Work with schools and youth clubs to prevent anti-social behaviour in the town",
            lead_officer=author,
            lead_agency=author.memberships.get().agency,
            due_on=DUE,
            **BY_DATE,
        )
        make_update(action, submitted_by=author)


def test_the_list_has_50_rows_a_page_at_the_price_of_3_and_within_12_kilobytes(client, plan, manager):
    fill(plan, 3, manager)
    few = queries(client, LIST)
    fill(plan, 60, manager)
    assert queries(client, LIST) == few <= 8
    response = client.get(LIST)
    assert len(response.context["rows"]) == 50
    assert "Showing <b>1</b> to <b>50</b> of <b>63</b> actions" in words(response)
    assert len(gzip.compress(response.content)) < 12_000
    assert len(client.get(LIST, {"page": 2}).context["rows"]) == 13


def test_the_list_costs_the_same_for_2_and_40_quarters_and_several_plans(client, plan, manager):
    fill(plan, 2, manager)
    few = queries(client, LIST)
    old = make_plan(plan.partnership, starts_on=date(2015, 4, 1))
    action = make_action(old)
    for back in range(40):
        make_update(action, Quarter.from_ordinal(QUARTER.ordinal - back), submitted_by=manager)
    assert queries(client, LIST) == few


# Add ------------------------------------------------------------------------------------------------------------------


def new_url(objective):
    return f"{reverse('action_new')}?objective={objective.pk}"


def test_a_manager_adds_an_action_with_everything_the_plan_says(client, objective, manager):
    partnership = objective.priority.plan.partnership
    agency, kpi = make_agency(partnership), make_indicator(partnership)
    posted = VALID | {
        "reference": "",
        "lead_agency": agency.pk,
        "lead_officer": manager.pk,
        "supporters": [agency.pk],
        "indicators": [kpi.pk],
        "resources": "£500",
        "not_for_publication": "on",
    }
    client.post(new_url(objective), posted)
    made = Action.objects.get(text="Hold two events")
    assert (made.reference, made.due_on, made.due_precision, made.original_due_on) == ("1.1.1", DUE, "month", DUE)
    assert (made.lead_agency, made.lead_officer, made.resources, made.not_for_publication) == (
        agency, manager, "£500", True,
    )  # fmt: skip
    assert (list(made.supporting_agencies.all()), list(made.indicators.all())) == ([agency], [kpi])
    assert made.history.get().history_user == manager


def test_an_objective_has_to_be_named_and_to_be_ones_own(client, objective, manager):
    for query in ("", "?objective=", "?objective=999999", "?objective=x", f"?objective={make_objective().pk}"):
        assert client.get(reverse("action_new") + query).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"text": ""}, "Enter the action"),
        ({"due_on_0": ""}, "Date must include a day"),
        ({"due_on_0": "31", "due_on_1": "2"}, "Due must be a real date"),
        ({"due_on_0": "", "due_on_1": "", "due_on_2": ""}, "Enter the date the action is due"),
        ({"starts_on_0": "1", "starts_on_1": "9", "starts_on_2": "2025"}, "must not be before the start date"),
        ({"status": "complete"}, "Enter the date it was completed"),
        ({"status": "superseded"}, "Say why it was closed"),
        ({"reference": "2.2.2"}, "Another action of the plan has this reference"),
    ],
)
def test_a_bad_form_says_what_is_wrong_and_keeps_what_was_typed(client, objective, manager, changes, sentence):
    make_action(objective, reference="2.2.2")
    response = client.post(new_url(objective), VALID | {"resources": "Kept words"} | changes)
    page = words(response)
    assert response.status_code == 200
    assert sentence in page
    assert "Kept words" in page
    assert Action.objects.count() == 1


# Edit -----------------------------------------------------------------------------------------------------------------


def edit_url(action):
    return reverse("action_edit", args=[action.pk])


def test_editing_in_an_active_plan_asks_why_and_keeps_the_person_and_the_reason(client, action, manager):
    posted = VALID | {"version": 1}
    assert "Say why this changes" in words(client.post(edit_url(action), posted))
    action.refresh_from_db()
    assert action.version == 1
    assert client.post(edit_url(action), posted | {"reason": "Two are better"}).url == action.get_absolute_url()
    row = action.history.first()
    assert (row.text, row.history_user, row.history_change_reason) == ("Hold two events", manager, "Two are better")


def test_a_new_due_date_needs_its_own_reason(client, action, manager):
    posted = VALID | {"version": 1, "reason": "Two are better", "due_on_1": "12"}
    assert "Say why the due date changes" in words(client.post(edit_url(action), posted))
    assert not action.due_date_changes.exists()
    client.post(edit_url(action), posted | {"date_reason": "The hall was shut"})
    action.refresh_from_db()
    move = action.due_date_changes.get()
    assert (move.from_date, move.to_date, move.reason) == (DUE, date(2025, 12, 31), "The hall was shut")
    assert action.original_due_on == DUE


def test_a_draft_is_edited_without_reasons(client, plan, action, manager):
    type(plan).objects.filter(pk=plan.pk).update(status=PlanStatus.DRAFT)
    page = words(client.get(edit_url(action)))
    assert "Why is this changing?" not in page
    client.post(edit_url(action), VALID | {"version": 1, "due_on_1": "12"})
    action.refresh_from_db()
    assert action.due_on == date(2025, 12, 31)


def test_saving_unchanged_writes_nothing(client, action, manager):
    agency, kpi = make_agency(action.plan.partnership), make_indicator(action.plan.partnership)
    make_support(action, agency)
    link(action, kpi)
    posted = VALID | {"version": 1, "text": action.text, "supporters": [agency.pk], "indicators": [kpi.pk]}
    assert client.post(edit_url(action), posted | {"reference": action.reference}).status_code == 302
    assert action.history.count() == 1


def test_an_action_is_completed_and_closed_on_its_page(client, action, manager):
    done = {"status": "complete", "completed_on_0": "1", "completed_on_1": "7", "completed_on_2": "2025"}
    client.post(edit_url(action), VALID | done | {"version": 1, "reason": "Done"})
    action.refresh_from_db()
    assert (action.status, action.completed_on) == (ActionStatus.COMPLETE, date(2025, 7, 1))
    closed = {"status": "closed_no_resources", "closed_on_0": "2", "closed_on_1": "7", "closed_on_2": "2025"}
    client.post(edit_url(action), VALID | closed | {"version": 2, "reason": "x", "closed_reason": "The grant ended"})
    action.refresh_from_db()
    assert (action.completed_on, action.closed_on, action.closed_reason) == (None, date(2025, 7, 2), "The grant ended")


def test_of_two_savers_the_second_sees_both_texts_and_can_save_on_top(client, action, manager):
    Action.objects.filter(pk=action.pk).update(text="Their words", version=2)
    posted = VALID | {"version": 1, "reason": "Mine"}
    response = client.post(edit_url(action), posted)
    page = words(response)
    assert response.status_code == 409
    for expected in ("Their words", "Hold two events", 'name="version" value="2"', "Where the two differ"):
        assert expected in page
    action.refresh_from_db()
    assert action.text == "Their words"
    client.post(edit_url(action), posted | {"version": 2})
    action.refresh_from_db()
    assert action.text == "Hold two events"


def test_choices_of_another_partnership_are_neither_offered_nor_taken(client, action, manager):
    elsewhere = make_partnership()
    agency = make_agency(elsewhere, "Their agency")
    person = make_officer(elsewhere, name="Their officer", agency=agency)
    kpi = make_indicator(elsewhere, name="Their KPI")
    assert "Their " not in words(client.get(edit_url(action)))
    for name, value in (
        ("lead_agency", agency.pk),
        ("lead_officer", person.pk),
        ("supporters", [agency.pk]),
        ("indicators", [kpi.pk]),
    ):
        response = client.post(edit_url(action), VALID | {"version": 1, "reason": "x", name: value})
        assert response.status_code == 200
        assert "There is a problem" in words(response)
    assert action.history.count() == 1


def test_a_lead_who_has_left_stays_until_somebody_else_is_chosen(client, action, manager):
    leaver = make_officer(action.plan.partnership, name="Lee Left", ends_on=date(2025, 1, 1))
    Action.objects.filter(pk=action.pk).update(lead_officer=leaver)
    assert "Lee Left" in words(client.get(edit_url(action)))
    client.post(edit_url(action), VALID | {"version": 1, "reason": "x", "lead_officer": leaver.pk})
    action.refresh_from_db()
    assert (action.text, action.lead_officer) == ("Hold two events", leaver)


@pytest.mark.parametrize("page", ["new", "edit"])
def test_only_those_who_edit_plans_reach_the_forms(client, objective, action, page):
    partnership = objective.priority.plan.partnership
    url = new_url(objective) if page == "new" else edit_url(action)
    for person, expected in (
        (make_manager(make_partnership()), 404),
        (make_viewer(partnership), 403),
        (make_officer(partnership), 403),
        (make_administrator(partnership), 200),
        (make_manager(partnership), 200),
    ):
        client.force_login(person)
        assert client.get(url).status_code == expected
        if expected != 200:
            assert client.post(url, VALID | {"version": 1, "reason": "x"}).status_code == expected
    assert client.put(url).status_code == 405
    assert client.get(reverse("action_edit", args=[999_999])).status_code == 404


def test_saving_leaves_supporters_in_the_order_they_were_named(client, action, manager):
    last, first = make_agency(action.plan.partnership, "Zebra Trust"), make_agency(action.plan.partnership, "Abbey")
    make_support(action, last)
    new = make_agency(action.plan.partnership, "Mill")
    make_support(action, first)
    posted = VALID | {"version": 1, "reason": "x", "supporters": [first.pk, last.pk, new.pk]}
    client.post(edit_url(action), posted)
    assert [link.agency for link in action.support.all()] == [last, first, new]


@pytest.mark.parametrize("name", ["supporters", "indicators"])
def test_of_two_who_name_others_the_second_is_told_and_takes_nobody_away(client, action, manager, name):
    partnership = action.plan.partnership
    make = make_agency if name == "supporters" else make_indicator
    as_it_is = VALID | {"version": 1, "reason": "x", "text": action.text, "reference": action.reference}
    theirs, mine = make(partnership), make(partnership)
    assert client.post(edit_url(action), as_it_is | {name: [theirs.pk]}).status_code == 302
    response = client.post(edit_url(action), as_it_is | {name: [mine.pk]})
    assert response.status_code == 409
    assert theirs.name in words(response)
    action.refresh_from_db()
    assert action.version == 2
    there = action.supporting_agencies if name == "supporters" else action.indicators
    assert list(there.all()) == [theirs]


def test_a_past_quarter_is_as_at_its_end_and_this_one_as_at_today(client):
    plan = make_plan()
    client.force_login(make_viewer(plan.partnership))
    for code, said in (("2025-26-Q1", "as at 30 June 2025"), ("2025-26-Q2", "as at 15 July 2025")):
        assert said in " ".join(client.get(LIST, {"quarter": code}).content.decode().split())

"""Plans and what is in them in admin: through services, in the administrator's name; updates and rounds to read."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from actions.models import Action, DueDateChange, Evidence, Milestone, Objective, Plan, Priority, ProgressUpdate, Round
from actions.services.actions import change_action
from actions.values import PlanStatus, UpdateState
from csp_tracker.periods import Quarter
from tests import builders as make
from tests.admin_pages import errors_in, form_of, list_costs, page, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make.make_plan(title="Plan 2025/26")


@pytest.fixture
def person(plan):
    return make.make_administrator(plan.partnership, name="Ada Administrator")


@pytest.fixture
def administrator(client, person):
    client.force_login(person)
    return client


@pytest.fixture
def action(plan):
    return make.make_action(plan, text="Patrol the High Street")


def test_a_plan_is_added_as_a_draft_with_an_address_of_its_own(administrator, plan, person):
    fields = {"title": "Plan 2026/27", "starts_on": "2026-04-01", "ends_on": "2027-03-31", "previous": plan.pk}
    assert save(administrator, page(Plan, "add"), **fields).status_code == 302
    added = Plan.objects.get(title="Plan 2026/27")
    assert (added.slug, added.status, added.previous) == ("plan-202627", PlanStatus.DRAFT, plan)
    assert added.history.get().history_user == person


def test_an_active_plan_changes_with_a_reason(administrator, plan, person):
    refused = save(administrator, page(plan), title="Our plan")
    assert "Say why this changes" in errors_in(refused)
    assert form_of(refused)["title"] == "Our plan"
    assert plan.history.count() == 1
    assert save(administrator, page(plan), title="Our plan", reason="As adopted").status_code == 302
    row = plan.history.first()
    assert (row.title, row.history_user, row.history_change_reason) == ("Our plan", person, "As adopted")
    assert plan.history.count() == 2


def test_an_impossible_plan_is_refused_in_words(administrator, plan):
    answer = save(administrator, page(plan), ends_on="2020-01-01", reason="A slip")
    assert "The last day must come after the first day." in errors_in(answer)


def test_a_plan_is_archived_with_all_that_stands_in_it(administrator, plan, action, person):
    save(administrator, page(plan), is_archived="on", reason="Entered twice")
    action.refresh_from_db()
    assert action.archived_at is not None
    assert action.history.first().history_user == person
    opened = form_of(administrator.get(page(plan)))
    opened.pop("is_archived")
    administrator.post(page(plan), opened | {"reason": "It was not"})
    action.refresh_from_db()
    assert action.archived_at is None


def test_what_stands_under_something_archived_is_refused_in_words(administrator, plan, action):
    save(administrator, page(plan), is_archived="on", reason="Entered twice")
    opened = form_of(administrator.get(page(action)))
    opened.pop("is_archived")
    answer = administrator.post(page(action), opened | {"reason": "Needed"})
    assert "first." in errors_in(answer)
    action.refresh_from_db()
    assert action.archived_at is not None


def test_parts_of_a_plan_are_added_with_the_next_number(administrator, plan, person):
    assert save(administrator, page(Priority, "add"), plan=plan.pk, title="Safer streets").status_code == 302
    priority = Priority.objects.get()
    assert save(administrator, page(Objective, "add"), priority=priority.pk, text="Fewer thefts").status_code == 302
    objective = Objective.objects.get()
    assert save(administrator, page(Action, "add"), objective=objective.pk, text="Patrol").status_code == 302
    action = Action.objects.get()
    assert (priority.number, objective.number, action.reference) == ("1", "1.1", "1.1.1")
    for row in (priority, objective, action):
        assert row.history.get().history_user == person


@pytest.mark.parametrize(("name", "field"), [("priority", "title"), ("objective", "text"), ("action", "text")])
def test_a_part_changes_with_one_history_row_and_a_reason(administrator, action, person, name, field):
    row = {"priority": action.objective.priority, "objective": action.objective, "action": action}[name]
    assert "Say why this changes" in errors_in(save(administrator, page(row), **{field: "New words"}))
    assert save(administrator, page(row), **{field: "New words"}, reason="Agreed").status_code == 302
    assert row.history.count() == 2
    assert (row.history.first().history_user, row.history.first().history_change_reason) == (person, "Agreed")
    assert save(administrator, page(row)).status_code == 302
    assert row.history.count() == 2


def test_a_part_is_not_moved_by_posting_another_place(administrator, plan, action):
    other = make.make_objective(make.make_priority(plan))
    save(administrator, page(action), objective=other.pk, text="Elsewhere", reason="x")
    action.refresh_from_db()
    assert action.objective != other


def test_a_new_due_date_is_kept_as_a_change_with_its_reason(administrator, action, person):
    fields = {"due_on": "2025-12-31", "due_precision": "day", "timescale_kind": "by_date"}
    refused = save(administrator, page(action), **fields)
    assert "Say why" in errors_in(refused)
    assert save(administrator, page(action), **fields, reason="Funding came").status_code == 302
    change = DueDateChange.objects.get()
    assert (change.to_date, change.reason, change.changed_by) == (date(2025, 12, 31), "Funding came", person)
    assert action.history.count() == 2


def test_supporters_and_kpis_are_chosen_and_keep_their_order(administrator, action, plan, person):
    first, second = make.make_agency(plan.partnership, "Zebra trust"), make.make_agency(plan.partnership, "Aid")
    make.make_support(action, first)
    kpi = make.make_indicator(plan.partnership)
    fields = {"supporters": [second.pk, first.pk], "kpis": [kpi.pk], "reason": "They joined"}
    assert save(administrator, page(action), **fields).status_code == 302
    assert [link.agency for link in action.support.all()] == [first, second]
    assert [link.indicator for link in action.indicator_links.all()] == [kpi]
    assert action.indicator_links.get().history.get().history_user == person
    links = [link.history.count() for link in action.support.all()]
    assert save(administrator, page(action)).status_code == 302
    assert [link.history.count() for link in action.support.all()] == links


def test_a_supporter_is_taken_away_by_the_service_with_a_history_row(administrator, action, plan):
    link = make.make_support(action, make.make_agency(plan.partnership))
    assert save(administrator, page(action), supporters=[], reason="It closed").status_code == 302
    assert not action.support.exists()
    assert link.history.model.objects.filter(id=link.pk, history_type="-").count() == 1


def test_a_viewer_cannot_lead(administrator, action, person):
    answer = save(administrator, page(action), lead_officer=person.pk, reason="Willing")
    assert "Choose a current officer or manager of this partnership." in errors_in(answer)


def test_of_two_who_change_an_action_the_second_sees_both(administrator, action):
    opened = form_of(administrator.get(page(action)))
    change_action(action=action, version=1, text="Patrol twice a day", reason="More money", by=make.make_user())
    answer = administrator.post(page(action), opened | {"text": "Patrol at night", "reason": "Asked for"})
    assert "Saved meanwhile: “Patrol twice a day”" in errors_in(answer)
    assert Action.objects.get(pk=action.pk).text == "Patrol twice a day"
    again = form_of(answer)
    assert again["text"] == "Patrol at night"
    assert administrator.post(page(action), again).status_code == 302
    assert Action.objects.get(pk=action.pk).text == "Patrol at night"


def test_the_cells_an_action_came_from_are_shown_and_not_changed(administrator, action):
    Action.objects.filter(pk=action.pk).update(source={"Action": "Patrol the  High St"})
    assert "Patrol the  High St" in administrator.get(page(action)).content.decode()
    save(administrator, page(action), source="{}", text="Patrol", reason="x")
    action.refresh_from_db()
    assert action.source == {"Action": "Patrol the  High St"}


def test_updates_and_rounds_are_only_read(administrator, action):
    update, opened = make.make_update(action), make.make_round(action.plan)
    for row in (update, opened):
        assert "Q1 2025/26" in administrator.get(page(row)).content.decode()
        assert administrator.post(page(row), {"progress": "x"}).status_code == 403
        assert administrator.get(page(type(row), "add")).status_code == 403


def test_evidence_is_only_read_and_where_its_file_lies_is_not_shown(administrator, action):
    for evidence in (make.make_evidence(action), make.make_evidence(action, data=b"%PDF-1.7")):
        shown = administrator.get(page(evidence)).content.decode()
        assert evidence.title in shown
        assert action.get_absolute_url() in shown
        assert not evidence.file or evidence.file.name not in shown
        assert administrator.post(page(evidence), {"title": "x"}).status_code == 403
        assert administrator.get(page(Evidence, "add")).status_code == 403


def test_an_officers_draft_is_not_shown(administrator, action):
    draft = make.make_update(action, state=UpdateState.DRAFT, progress="Not yet for others")
    assert "Not yet" not in administrator.get(page(ProgressUpdate, "changelist")).content.decode()
    assert administrator.get(page(draft)).status_code == 302


def test_archived_rows_can_be_filtered(administrator, plan, action):
    gone = make.make_action(plan, archived_at=timezone.now())
    found = administrator.get(page(Action, "changelist"), {"in_use": "yes"}).context["cl"].result_list
    assert list(found) == [action]
    found = administrator.get(page(Action, "changelist"), {"in_use": "no"}).context["cl"].result_list
    assert list(found) == [gone]


def test_an_objective_is_offered_with_the_name_of_its_plan(administrator, action):
    question = {"app_label": "actions", "model_name": "action", "field_name": "objective", "term": ""}
    offered = administrator.get("/admin/autocomplete/", question).json()["results"]
    assert offered == [{"id": str(action.objective_id), "text": "1.1 Objective 1 (Plan 2025/26)"}]


def many(plan, number):
    for _ in range(number):
        partnership = plan.partnership
        lead, agency = make.make_officer(partnership), make.make_agency(partnership)
        another = make.make_plan(partnership)
        priority = make.make_priority(plan, lead=lead)
        action = make.make_action(make.make_objective(priority), lead_officer=lead, lead_agency=agency)
        make.make_update(action, submitted_by=lead)
        make.make_evidence(action, data=b"%PDF-1.7")
        make.make_round(another)


def test_lists_cost_as_many_queries_for_thirty_rows_as_for_three(administrator, plan, count_queries):
    models = (Plan, Priority, Objective, Action, ProgressUpdate, Round, Evidence)
    many(plan, 3)
    few = list_costs(count_queries, administrator, *models)
    many(plan, 27)
    lots = list_costs(count_queries, administrator, *models)
    assert few == lots
    assert max(lots.values()) <= 9


def test_an_actions_form_does_not_grow_with_the_plan(administrator, plan, action, count_queries):
    make.make_update(action, Quarter.parse("2024-25-Q4"))
    few = count_queries(lambda: administrator.get(page(action)))
    before = len(administrator.get(page(action)).content)
    many(plan, 10)
    assert count_queries(lambda: administrator.get(page(action))) == few <= 14
    assert len(administrator.get(page(action)).content) <= before + 200


def test_a_milestone_is_added_changed_with_a_reason_and_archived(administrator, action, person):
    fields = {"action": action.pk, "text": "Appoint contractor", "due_on": "2025-09-30"}
    assert save(administrator, page(Milestone, "add"), **fields).status_code == 302
    added = Milestone.objects.get()
    assert (added.action, added.history.get().history_user) == (action, person)
    assert "Say why this changes" in errors_in(save(administrator, page(added), text="Appoint two"))
    assert save(administrator, page(added), text="Appoint two", reason="More work").status_code == 302
    assert save(administrator, page(added), is_archived="on", reason="Not needed").status_code == 302
    added.refresh_from_db()
    assert (added.text, added.archived_at is None) == ("Appoint two", False)


def test_a_milestone_was_not_reached_tomorrow(administrator, action):
    milestone = make.make_milestone(action)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "in the past" in errors_in(save(administrator, page(milestone), done_on=tomorrow.isoformat()))

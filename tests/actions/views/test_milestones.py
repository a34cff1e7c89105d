"""Milestones on the page of their action, in a form of their own, and ticked with the update of a quarter."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from actions.models import Action, Milestone, Plan, ProgressUpdate
from actions.services import milestones as services
from tests.builders import (
    QUARTER,
    TODAY,
    make_action,
    make_agency,
    make_decision,
    make_manager,
    make_milestone,
    make_officer,
    make_partnership,
    make_plan,
    make_round,
    make_update,
    make_viewer,
)
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
DUE = {"due_on_0": "31", "due_on_1": "10", "due_on_2": "2025"}
REACHED = {"done_on_0": "1", "done_on_1": "7", "done_on_2": "2025"}
LATE = date(2025, 6, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.fixture
def officer():
    partnership = make_partnership()
    return make_officer(partnership, agency=make_agency(partnership, "Essex Fire"), name="Anna Osborne")


@pytest.fixture
def plan(officer):
    return make_plan(officer.memberships.get().partnership, title="Our plan")


@pytest.fixture
def action(plan, officer):
    return make_action(plan, lead_officer=officer, text="Light the path")


@pytest.fixture
def milestone(action):
    return make_milestone(action, text="Appoint <b>contractor</b>", due_on=LATE)


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership, name="Mo Khan")


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def words_of(answer):
    return " ".join(html.fromstring(answer.content.decode()).text_content().split())


def url_of(milestone, what="edit"):
    return reverse(f"milestone_{what}", args=[milestone.action_id, milestone.pk])


def new_url(action):
    return reverse("milestone_new", args=[action.pk])


def post(client, url, **typed):
    return client.post(url, filled_in(client.get(url)) | typed)


class TestOnTheActionsPage:
    def test_each_is_there_with_its_days(self, signed_in, action, milestone):
        make_milestone(action, text="Open it", due_on=date(2025, 12, 31))
        make_milestone(action, text="Find the money", due_on=LATE, done_on=date(2025, 5, 2))
        page = words_of(signed_in.get(action.get_absolute_url()))
        assert "Appoint <b>contractor</b> 1 June 2025 Overdue Edit" in page
        assert "Open it 31 December 2025 Not yet" in page
        assert "Find the money 1 June 2025 2 May 2025" in page

    def test_those_who_only_read_cannot_add_or_edit(self, client, plan, action, milestone):
        client.force_login(make_viewer(plan.partnership))
        page = words_of(client.get(action.get_absolute_url()))
        assert "Appoint" in page
        assert "Add a milestone" not in page
        assert "Edit" not in page

    def test_without_any_a_reader_sees_no_empty_heading(self, client, plan, action, signed_in):
        assert "No milestones." in words_of(signed_in.get(action.get_absolute_url()))
        client.force_login(make_viewer(plan.partnership))
        assert "Milestones" not in words_of(client.get(action.get_absolute_url()))

    def test_nothing_is_overdue_of_what_has_ended(self, signed_in, action, milestone):
        Action.objects.filter(pk=action.pk).update(status="complete", completed_on=LATE)
        assert "Overdue" not in words_of(signed_in.get(action.get_absolute_url()))

    def test_one_that_was_taken_out_can_be_put_back_from_here(self, signed_in, action, milestone, officer):
        services.archive_milestone(milestone=milestone, reason="Not needed", by=officer)
        page = signed_in.get(action.get_absolute_url())
        assert "Taken out of the plan: 1" in words_of(page)
        assert url_of(milestone, "restore") in page.content.decode()

    @pytest.mark.parametrize("status", ["closed", "active"])
    def test_the_lead_officer_changes_nothing_of_a_closed_plan(self, signed_in, action, plan, milestone, status):
        Plan.objects.filter(pk=plan.pk).update(status=status)
        assert ("Add a milestone" in words_of(signed_in.get(action.get_absolute_url()))) == (status == "active")
        assert signed_in.get(url_of(milestone)).status_code == (200 if status == "active" else 403)


class TestAdding:
    def test_the_lead_officer_adds_one(self, signed_in, action, officer):
        answer = post(signed_in, new_url(action), text="Open the path", **DUE)
        assert answer.url == f"{action.get_absolute_url()}#milestones"
        made = Milestone.objects.get()
        assert (made.action, made.text, made.due_on) == (action, "Open the path", date(2025, 10, 31))
        assert made.history.get().history_user == officer

    def test_what_was_typed_comes_back_with_what_is_missing(self, signed_in, action):
        answer = post(signed_in, new_url(action), text="Open the path")
        assert answer.status_code == 200
        assert "Enter the day it is due" in words_of(answer)
        assert "Open the path" in words_of(answer)
        assert not Milestone.objects.exists()

    @pytest.mark.parametrize(
        ("role", "status"),
        [(make_viewer, 403), (make_officer, 403), (make_manager, 200)],
        ids=["viewer", "other", "manager"],
    )
    def test_who_may(self, client, plan, action, role, status):
        client.force_login(role(plan.partnership))
        assert client.get(new_url(action)).status_code == status

    def test_a_stranger_does_not_find_it(self, client, action, milestone):
        client.force_login(make_manager(make_partnership()))
        assert client.get(new_url(action)).status_code == 404
        assert client.post(url_of(milestone), {"text": "Mine"}).status_code == 404


class TestEditing:
    def test_words_and_day_change_with_a_reason(self, signed_in, milestone):
        answer = post(signed_in, url_of(milestone), text="Appoint two", reason="More work", **DUE)
        assert answer.status_code == 302
        milestone.refresh_from_db()
        assert (milestone.text, milestone.due_on) == ("Appoint two", date(2025, 10, 31))

    def test_without_a_reason_it_comes_back_as_typed(self, signed_in, milestone):
        answer = post(signed_in, url_of(milestone), text="Appoint two")
        assert "Say why this changes" in words_of(answer)
        assert "Appoint two" in words_of(answer)

    def test_when_it_was_reached_needs_none(self, signed_in, milestone):
        assert post(signed_in, url_of(milestone), **REACHED).status_code == 302
        milestone.refresh_from_db()
        assert milestone.done_on == date(2025, 7, 1)

    def test_it_was_not_reached_tomorrow(self, signed_in, milestone):
        answer = post(signed_in, url_of(milestone), **REACHED | {"done_on_0": "16"})
        assert "must be today or in the past" in words_of(answer)

    def test_the_second_of_two_sees_both_texts(self, signed_in, milestone, manager):
        typed = filled_in(signed_in.get(url_of(milestone)))
        services.change_milestone(milestone=milestone, version=1, today=TODAY, text="Theirs", reason="So", by=manager)
        answer = signed_in.post(url_of(milestone), typed | {"text": "Mine", "reason": "So"})
        assert answer.status_code == 409
        assert "Theirs" in words_of(answer)
        assert "Mine" in words_of(answer)

    def test_one_of_another_action_is_not_found_under_this_one(self, signed_in, action, plan, officer):
        other = make_milestone(make_action(plan, lead_officer=officer))
        url = reverse("milestone_edit", args=[action.pk, other.pk])
        assert signed_in.get(url).status_code == 404

    def test_it_is_taken_out_and_put_back(self, signed_in, milestone):
        assert post(signed_in, url_of(milestone, "archive"), reason="Not needed").status_code == 302
        milestone.refresh_from_db()
        assert milestone.archived_at is not None
        assert post(signed_in, url_of(milestone, "restore"), reason="Needed").status_code == 302
        milestone.refresh_from_db()
        assert milestone.archived_at is None

    def test_taking_it_out_asks_why(self, signed_in, milestone):
        assert "Enter the reason" in words_of(post(signed_in, url_of(milestone, "archive")))
        assert Milestone.objects.get().archived_at is None


class TestInTheUpdate:
    def url(self, action):
        return reverse("update", args=[action.pk, QUARTER])

    def send(self, client, action, button="submit", **typed):
        shown = filled_in(client.get(self.url(action)), "progress")
        return client.post(self.url(action), shown | {"progress": "Begun.", "rag": "green", button: "yes"} | typed)

    @pytest.mark.parametrize("button", ["submit", "draft"])
    def test_one_is_ticked_on_the_quarters_last_day_unless_said_otherwise(self, signed_in, action, milestone, button):
        assert self.send(signed_in, action, button, **{f"milestone_{milestone.pk}": "on"}).status_code == 302
        milestone.refresh_from_db()
        assert milestone.done_on == QUARTER.ends_on

    def test_the_day_can_be_said(self, signed_in, action, milestone, officer):
        box = f"milestone_{milestone.pk}"
        day = {f"{box}_on_0": "3", f"{box}_on_1": "5", f"{box}_on_2": "2025"}
        self.send(signed_in, action, **{box: "on"}, **day)
        milestone.refresh_from_db()
        assert milestone.done_on == date(2025, 5, 3)
        assert milestone.history.first().history_user == officer
        assert ProgressUpdate.objects.get().suggested_why.endswith("1 of 1 milestone reached")

    def test_a_tick_can_be_taken_back(self, signed_in, action, milestone):
        Milestone.objects.filter(pk=milestone.pk).update(done_on=date(2025, 6, 2))
        shown = filled_in(signed_in.get(self.url(action)), "progress")
        assert shown.pop(f"milestone_{milestone.pk}") == "on"
        signed_in.post(self.url(action), shown | {"progress": "Begun.", "rag": "green", "submit": "yes"})
        milestone.refresh_from_db()
        assert milestone.done_on is None

    def test_an_untouched_form_changes_none(self, signed_in, action, milestone):
        reached = make_milestone(action, done_on=date(2025, 6, 2))
        assert self.send(signed_in, action).status_code == 302
        for one in (milestone, reached):
            one.refresh_from_db()
            assert one.version == 1

    def test_those_reached_before_the_quarter_are_not_asked_about(self, signed_in, action, milestone):
        before = make_milestone(action, done_on=date(2025, 3, 31))
        page = signed_in.get(self.url(action)).content.decode()
        assert f'name="milestone_{milestone.pk}"' in page
        assert f'name="milestone_{before.pk}"' not in page

    def test_an_overdue_one_is_named_in_words(self, signed_in, action, milestone):
        page = words_of(signed_in.get(self.url(action)))
        assert "Reached: Appoint <b>contractor</b> (due 1 June 2025, overdue)" in page
        assert "1 of 1 milestone is overdue: “Appoint <b>contractor</b>”, due 1 June 2025" in page

    @pytest.mark.parametrize(
        ("day", "sentence"),
        [
            pytest.param(("16", "7", "2025"), "must be today or in the past", id="tomorrow"),
            pytest.param(("31", "6", "2025"), "must be a real date", id="no such day"),
            pytest.param(("", "", ""), "Enter the day “Appoint", id="no day"),
        ],
    )
    def test_a_wrong_day_comes_back_as_typed(self, signed_in, action, milestone, day, sentence):
        box = f"milestone_{milestone.pk}"
        typed = {f"{box}_on_{place}": part for place, part in enumerate(day)}
        answer = self.send(signed_in, action, **{box: "on"}, **typed)
        assert answer.status_code == 200
        assert sentence in words_of(answer)
        shown = filled_in(answer, "progress")
        assert shown[box] == "on"
        assert shown[f"{box}_on_0"] == day[0]
        assert not ProgressUpdate.objects.exists()

    def test_a_wrong_day_of_one_that_is_not_ticked_is_nothing(self, signed_in, action, milestone):
        assert self.send(signed_in, action, **{f"milestone_{milestone.pk}_on_0": "99"}).status_code == 302

    def test_what_somebody_else_said_meanwhile_is_shown_first(self, signed_in, action, milestone, manager):
        typed = filled_in(signed_in.get(self.url(action)), "progress")
        typed |= {f"milestone_{milestone.pk}": "on", "progress": "Begun.", "rag": "green", "submit": "yes"}
        tick = services.Tick(milestone.pk, date(2025, 5, 1), None)
        services.tick_milestones(action=action, ticks=[tick], today=TODAY, by=manager)
        answer = signed_in.post(self.url(action), typed)
        assert answer.status_code == 409
        assert "It was reached on 1 May 2025, they say" in words_of(answer)
        again = filled_in(answer, "progress") | {"submit": "yes"}
        assert signed_in.post(self.url(action), again).status_code == 302
        milestone.refresh_from_db()
        assert milestone.done_on == QUARTER.ends_on

    def test_a_tick_of_one_that_was_taken_out_meanwhile_is_not_lost_silently(
        self, signed_in, action, milestone, manager
    ):
        typed = filled_in(signed_in.get(self.url(action)), "progress")
        services.archive_milestone(milestone=milestone, reason="Not needed", by=manager)
        typed |= {f"milestone_{milestone.pk}": "on", "progress": "Begun.", "rag": "green", "submit": "yes"}
        answer = signed_in.post(self.url(action), typed)
        assert "has been taken out of the plan meanwhile" in words_of(answer)

    def test_the_same_form_twice_ticks_once(self, signed_in, action, milestone):
        typed = filled_in(signed_in.get(self.url(action)), "progress")
        typed |= {f"milestone_{milestone.pk}": "on", "progress": "Begun.", "rag": "green", "submit": "yes"}
        for _ in range(2):
            assert signed_in.post(self.url(action), typed).status_code == 302
        milestone.refresh_from_db()
        assert milestone.version == 2

    def test_without_milestones_nothing_is_asked(self, signed_in, action):
        assert "Milestones" not in words_of(signed_in.get(self.url(action)))


class TestInTheReview:
    def review(self, client, action, manager):
        client.force_login(manager)
        url = reverse("round_review_one", args=[action.plan.slug, QUARTER, action.pk])
        return words_of(client.get(url))

    @pytest.fixture(autouse=True)
    def update(self, action, plan):
        make_round(plan)
        return make_update(action)

    def test_what_was_reached_since_the_last_update_and_what_is_overdue_is_shown(
        self, client, action, manager, milestone
    ):
        make_update(action, QUARTER.previous)
        make_milestone(action, text="Find the money", due_on=LATE, done_on=date(2025, 4, 2))
        make_milestone(action, text="Long done", due_on=LATE, done_on=date(2025, 3, 31))
        page = self.review(client, action, manager)
        assert "2 of 3 reached" in page
        assert "Reached on 2 April 2025: Find the money (due 1 June 2025)" in page
        assert "Overdue Appoint <b>contractor</b> (due 1 June 2025)" in page
        assert "Long done" not in page

    def test_quarters_without_an_update_are_made_up_for(self, client, action, manager):
        make_update(action, QUARTER.previous.previous)
        make_milestone(action, text="Find the money", due_on=LATE, done_on=date(2025, 1, 2))
        assert "Reached on 2 January 2025: Find the money" in self.review(client, action, manager)

    def test_one_reached_after_the_quarter_is_not_called_overdue(self, client, action, manager):
        make_milestone(action, text="Dig", due_on=LATE, done_on=date(2025, 7, 2))
        page = self.review(client, action, manager)
        assert "Reached on 2 July 2025: Dig" in page
        assert "Overdue" not in page

    def test_without_any_there_is_no_line(self, client, action, manager):
        assert "Milestones" not in self.review(client, action, manager)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        pytest.param([], None, id="none"),
        pytest.param([date(2026, 4, 1)], "1 milestone not reached yet goes along, with the date as it is.", id="one"),
        pytest.param(
            [date(2026, 3, 31), date(2026, 4, 1)],
            "2 milestones not reached yet go along, with the dates as they are. 1 of them is due before the next plan "
            "begins: look over the date in the new plan.",
            id="one before it",
        ),
    ],
)
def test_before_the_next_plan_is_made_it_says_which_milestones_go_along(client, plan, action, manager, days, words):
    make_decision(action)
    for day in days:
        make_milestone(action, due_on=day)
    client.force_login(manager)
    page = words_of(client.get(reverse("plan_forward_confirm", args=[plan.slug])))
    assert (words in page) if words else ("not reached yet" not in page)


def test_history_names_the_milestone_and_what_became_of_it(signed_in, action, milestone, officer):
    tick = services.Tick(milestone.pk, date(2025, 7, 1), None)
    services.tick_milestones(action=action, ticks=[tick], today=TODAY, by=officer)
    services.archive_milestone(milestone=milestone, reason="Not needed", by=officer)
    page = words_of(signed_in.get(reverse("action_history", args=[action.pk])))
    for words in ("added", "reached", "taken out of the plan"):
        assert f"Milestone “Appoint <b>contractor</b>” {words}" in page


@pytest.mark.parametrize("name", ["action", "update"])
def test_many_milestones_cost_what_one_costs(signed_in, action, name):
    make_update(action, QUARTER.previous)
    url = reverse(name, args=[action.pk] + ([QUARTER] if name == "update" else []))
    asked = []
    for number in (1, 2, 27):
        for _ in range(number):
            make_milestone(action)
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.get(url).status_code == 200
        asked.append(len(captured))
    assert asked == [asked[0]] * 3


def test_an_update_that_ticks_none_costs_one_query_more_however_many_there_are(signed_in, action):
    """One to read them; fifteen are the goal for the whole post."""
    url, asked = reverse("update", args=[action.pk, QUARTER]), []
    for number in (0, 1, 29):
        ProgressUpdate.objects.all().delete()
        for _ in range(number):
            make_milestone(action)
        typed = filled_in(signed_in.get(url), "progress") | {"progress": "Begun.", "rag": "green", "submit": "yes"}
        with CaptureQueriesContext(connection) as captured:
            assert signed_in.post(url, typed).status_code == 302
        asked.append(len(captured))
    assert asked == [asked[0], asked[0] + 1, asked[0] + 1]
    assert asked[-1] <= 15

"""The demonstration shows what it promises by the product's own rules, whatever day it is loaded on."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from actions.importing.accepting import NotOffered, accept_figures
from actions.importing.demonstration import load_demonstration, sign_ins
from actions.importing.demonstration.calendar import Calendar
from actions.importing.tree import Offer, OfferKind
from actions.models import Comment, Evidence, Milestone, Plan, PrivateNote, ProgressUpdate, Reminder, Round
from actions.services.pointing import pointed_out
from actions.services.rewording import rewordings
from actions.values import ActionStatus, UpdateOrigin, UpdateState
from csp_tracker.models import FileImport, Membership, OutboxMail, Partnership, User
from csp_tracker.outbox import deliver
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel
from csp_tracker.writing import Tracked
from indicators.models import Indicator, RatingScheme, Reading
from indicators.values import Polarity, ReadingState, Unit
from reports.builders.dashboard import build
from reports.builders.lines import lights_and_lines
from tests.builders import make_manager, make_plan

DAYS = [date(2026, 11, 22), date(2027, 4, 1)]  # in the middle of a quarter, and on the first day of a year
TRACKED = [model for model in apps.get_models() if issubclass(model, Tracked)]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def today(request, django_db_setup, django_db_blocker):
    """The day the demonstration was loaded on, once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demonstration(today=request.param)
        yield request.param
        transaction.set_rollback(True)


@pytest.fixture
def plan(today):
    return Plan.objects.get(partnership__slug="northmere-demonstration")


@pytest.fixture
def dashboard(plan, today):
    manager = User.objects.get(email="morgan.ellery@northmere.example")
    return build(plan=plan, quarter=plan.quarter_at(today), today=today, user=manager)


def lines_of(plan, quarter, today):
    """All of the plan's actions as the dashboard counts them; it shows the first of each kind."""
    manager = User.objects.get(email="morgan.ellery@northmere.example")
    return lights_and_lines(plan=plan, quarter=quarter, today=today, user=manager)[1]


def counts():
    return [(model.objects.count(), model.history.count()) for model in TRACKED] + [User.objects.count()]


class TestNorthmere:
    def test_it_is_named_as_a_demonstration(self, plan):
        assert plan.partnership.name.startswith("Demonstration: ")

    def test_its_plan_runs_over_the_last_and_the_current_year(self, plan, today):
        first, second = plan.years
        assert (second.first, second.starts_on <= today <= second.ends_on) == (first.first + 1, True)

    def test_it_has_many_actions_of_several_agencies(self, plan):
        assert plan.priorities.count() == 6
        assert plan.actions.count() >= 30
        assert plan.actions.values("lead_agency").distinct().count() >= 6

    def test_the_last_four_ended_quarters_are_filled_and_locked(self, plan, today):
        ended = Quarter.last_ended(today)
        for ordinal in range(ended.ordinal - 3, ended.ordinal + 1):
            quarter = Quarter.from_ordinal(ordinal)
            states = set(ProgressUpdate.objects.filter(quarter=quarter).values_list("state", flat=True))
            assert states == {UpdateState.APPROVED}
            assert ProgressUpdate.objects.filter(quarter=quarter).count() >= 29
            assert plan.rounds.get(quarter=quarter).locked_at is not None

    def test_the_open_round_is_half_done(self, plan, today):
        (opened,) = Round.objects.filter(locked_at=None)
        assert opened.quarter == plan.quarter_at(today) == Quarter.containing(today)
        states = list(ProgressUpdate.objects.filter(quarter=opened.quarter).values_list("state", flat=True))
        assert {state: states.count(state) for state in UpdateState} == {
            UpdateState.DRAFT: 5,
            UpdateState.SUBMITTED: 15,
            UpdateState.RETURNED: 2,
            UpdateState.APPROVED: 2,
        }

    def test_people_were_reminded_and_nobody_twice_on_a_day(self, plan, today):
        asked = list(Reminder.objects.filter(round__plan=plan).values_list("person", "on"))
        assert len(asked) == len(set(asked)) > 8
        assert max(on for _, on in asked) <= today
        assert plan.partnership.memberships.filter(role=Role.VIEWER, user__reminders__isnull=False).count() == 0

    def test_the_log_of_reminders_tells_every_reason_there_was_until_that_day(self, plan, today):
        kinds = dict.fromkeys(plan.rounds.filter(reminders__isnull=False).values_list("quarter", flat=True))
        for quarter in kinds:
            found = Reminder.objects.filter(round__plan=plan, round__quarter=quarter)
            kinds[quarter] = set(found.values_list("kind", flat=True))
        ended, by_plan = Quarter.last_ended(today), {"opening", "halfway", "day_before", "overdue"}
        assert kinds == {
            DAYS[0]: {ended: by_plan, ended.next: {"opening", "asked"}},
            DAYS[1]: {ended: {"opening"}, ended.next: {"opening"}},  # each person once: one mail a day
        }[today]  # fmt: skip

    def test_its_mails_have_gone_long_ago_and_none_waits_to_be_sent(self, plan, today):
        mails = OutboxMail.objects.filter(to__endswith=".example")
        assert mails.count() > 10
        assert {mail.attempts for mail in mails} == {1}
        assert all(mail.sent_at.date() <= today for mail in mails)
        assert deliver(now=timezone.now()) == (0, 0)

    def test_what_a_manager_comes_upon_in_a_review_is_there_to_be_seen(self, plan, today):
        updates = {
            update.action.reference: update
            for update in ProgressUpdate.objects.filter(action__plan=plan, quarter=plan.quarter_at(today))
            .select_related("action")
        }  # fmt: skip
        assert updates["4.2.2"].unchanged_because
        assert updates["4.2.2"].progress == plan.actions.get(reference="4.2.2").updates.all()[1].progress
        assert updates["4.2.1"].submitted_by_id != updates["4.2.1"].action.lead_officer_id
        assert updates["1.1.1"].edited_by.email == "morgan.ellery@northmere.example"
        assert [one.label for one in rewordings(updates.values())[updates["1.1.1"].pk]] == ["Progress"]
        pointed = pointed_out(updates.values(), plan.quarter_at(today))
        assert any("phone number" in words for words in pointed[updates["3.2.3"].pk])

    def test_what_moved(self, dashboard):
        moves = dict(dashboard.moves)
        assert (moves[Travel.IMPROVED], moves[Travel.WORSENED]) == (6, 4)

    def test_the_lights(self, dashboard):
        assert dashboard.counts == LightCounts(red=3, amber=5, green=9, complete=4, not_rated=14, not_updated=14)

    def test_two_have_been_silent_since_before_the_last_quarter(self, plan, today):
        quarter = plan.quarter_at(today)
        now, before = (lines_of(plan, one, today) for one in (quarter, quarter.previous))
        owed_before = {line.reference for line in before if line.owes}
        assert owed_before == {"3.2.2", "5.2.2"} <= {line.reference for line in now if not line.is_updated}

    def test_one_is_overdue_and_reported_other_than_suggested(self, dashboard):
        assert [line.reference for line in dashboard.overdue.shown] == ["4.2.2"]
        (line,) = [line for line in dashboard.differing.shown if line.reference == "4.2.2"]
        assert (line.light, line.suggested) == (RAG.AMBER, RAG.RED)

    def test_every_red_and_amber_has_its_reason(self, plan, today):
        lines = lines_of(plan, plan.quarter_at(today), today)
        flagged = [line for line in lines if line.light in (RAG.RED, RAG.AMBER)]
        assert len(flagged) == 8
        assert all(line.reason for line in flagged)

    def test_one_slipped_twice(self, plan):
        (slipped,) = [action for action in plan.actions.all() if action.due_date_changes.count() == 2]
        first, second = slipped.due_date_changes.all()
        assert slipped.original_due_on == first.from_date < first.to_date == second.from_date < second.to_date
        assert first.changed_at < second.changed_at

    def test_some_are_completed_one_closed_one_paused(self, plan):
        statuses = list(plan.actions.values_list("status", flat=True))
        assert statuses.count(ActionStatus.COMPLETE) == 3
        assert statuses.count(ActionStatus.CLOSED_NO_RESOURCES) == statuses.count(ActionStatus.PAUSED) == 1

    def test_its_kpis_are_of_many_kinds(self, plan):
        indicators = Indicator.objects.filter(partnership=plan.partnership)
        assert indicators.count() >= 10
        assert {Unit.NUMBER, Unit.PER_CENT} <= set(indicators.values_list("unit", flat=True))
        assert {Polarity.HIGHER, Polarity.LOWER, Polarity.MONITOR} == set(indicators.values_list("polarity", flat=True))
        assert all(indicator.baselines.filter(is_primary=True).exists() for indicator in indicators)
        assert all(indicator.action_links.exists() for indicator in indicators)

    def test_the_police_count_one_of_them(self, plan, today):
        indicator = Indicator.objects.get(partnership=plan.partnership, police_series__isnull=False)
        readings = list(indicator.readings.order_by("period_starts_on"))
        assert len(readings) == 26
        assert [one.state for one in readings].count(ReadingState.NOT_AVAILABLE) == 1
        assert 30 < (today - readings[-1].period.ends_on).days < 63
        assert "data.police.uk" in indicator.source
        assert (
            readings[-1]
            .history.get()
            .history_change_reason.startswith(f"data.police.uk: {readings[-1].period.code}.zip")
        )
        assert all(50 < one.value < 150 for one in readings if one.value is not None)

    def test_one_figure_is_awaited_and_lights_of_every_colour_are_measured(self, plan, today):
        awaited = Reading.objects.get(state=ReadingState.AWAITED)
        assert awaited.period.quarter == plan.quarter_at(today)
        last = Reading.objects.filter(indicator__partnership=plan.partnership).on_quarter(Quarter.last_ended(today))
        assert {RAG.GREEN, RAG.AMBER, RAG.RED, RAG.NOT_RATED} <= set(last.values_list("rating", flat=True))

    def test_people_have_every_role(self, plan):
        members = Membership.objects.filter(partnership=plan.partnership)
        roles = list(members.filter(is_administrator=False).values_list("role", flat=True))
        assert (roles.count(Role.MANAGER), roles.count(Role.VIEWER)) == (2, 1)
        assert members.filter(is_administrator=True).exists()
        officers = members.filter(role=Role.OFFICER).values_list("agency", flat=True)
        assert set(officers) == {agency.pk for agency in plan.partnership.agencies.all()}

    def test_nobody_approved_their_own_words(self, plan):
        approved = ProgressUpdate.objects.filter(action__plan=plan, state=UpdateState.APPROVED)
        assert not [update for update in approved if update.submitted_by == update.approved_by]
        assert approved.values("approved_by").distinct().count() == 2

    def test_people_talk_in_public_and_in_private(self, plan):
        assert Comment.objects.filter(action__plan=plan).count() == 5
        assert PrivateNote.objects.filter(action__plan=plan).count() == 2

    def test_some_actions_have_milestones_and_one_of_these_is_overdue(self, plan, today):
        steps = Milestone.objects.filter(action__plan=plan)
        assert steps.values("action").distinct().count() == 4
        assert [one.text for one in steps.filter(due_on__lt=today, done_on=None)] == ["First unit furnished and open"]
        assert not steps.filter(done_on__gt=today).exists()
        (update,) = ProgressUpdate.objects.filter(
            action=plan.actions.get(reference="2.1.2"), quarter=plan.quarter_at(today)
        )
        assert "1 of 3 milestones is overdue: “First unit furnished and open”" in update.suggested_why

    def test_a_link_and_a_file_show_what_was_done(self, plan, today):
        link, file = Evidence.objects.filter(action__plan=plan).order_by("action__reference")
        assert (link.quarter, link.told) == (plan.quarter_at(today), "www.northmere.example")
        assert (file.action.reference, file.told) == ("1.2.2", "CSV, 83 bytes")
        with file.file.open("rb") as stored:
            assert b"Underpass,24,15,24" in stored.read()

    def test_no_placeholder_is_left_in_the_words(self, plan):
        words = [f"{action.text}{action.timescale}{action.expected_outcome}" for action in plan.actions.all()]
        assert "{" not in "".join([plan.title, *words])

    def test_there_is_a_rating_scheme(self, plan):
        assert RatingScheme.objects.filter(partnership=plan.partnership, indicator=None).count() == 1

    def test_its_past_lies_in_the_past(self, plan, today):
        update = ProgressUpdate.objects.filter(quarter=Quarter.last_ended(today)).first()
        assert update.history.latest().history_date.date() <= today
        assert plan.history.earliest().history_date.date() < plan.starts_on


class TestMaldon:
    @pytest.fixture
    def plan(self, today):
        return Plan.objects.get(partnership__slug="maldon", starts_on=date(2009, 4, 1))

    def test_both_plans_are_there(self, plan):
        plans = plan.partnership.plans.order_by("starts_on")
        assert [(one.starts_on.year, one.actions.count()) for one in plans] == [(2009, 34), (2015, 10)]
        assert FileImport.objects.count() == 2

    def test_its_lights_are_those_of_the_file(self, plan):
        (lights,) = plan.actions.with_light(Quarter.parse("2009-10-Q4")).light_counts().values()
        assert lights == LightCounts(green=30, red=3, not_rated=1)
        assert set(ProgressUpdate.objects.filter(action__plan=plan).values_list("origin", flat=True)) == {
            UpdateOrigin.IMPORTED
        }

    def test_the_figures_of_7_2_are_accepted(self, plan):
        indicator = plan.actions.get(reference="7.2.1").indicators.get()
        reading = indicator.readings.get()
        assert indicator.polarity == Polarity.LOWER
        assert indicator.baselines.get().value == Decimal(2030)
        assert (indicator.targets.get().value, str(indicator.targets.get().period)) == (Decimal(1984), "2009/10")
        assert (reading.value, str(reading.period), reading.rating) == (Decimal(1884), "2009/10", RAG.GREEN)
        assert "meets the target of 1,984" in reading.rating_why
        assert "−7.2% from the baseline of 2,030 (2008/09)" in reading.rating_why

    def test_a_manager_and_an_administrator_have_both_partnerships(self, plan):
        both = User.objects.filter(memberships__partnership=plan.partnership)
        assert {user.memberships.count() for user in both} == {2}
        assert {membership.role for membership in plan.partnership.memberships.all()} == {Role.VIEWER, Role.MANAGER}


class TestEverything:
    def test_every_row_has_history_with_a_person(self, today):
        for model in TRACKED:
            with_history = set(model.history.values_list("id", flat=True))
            assert set(model.objects.values_list("pk", flat=True)) <= with_history, model
            assert not model.history.filter(history_user=None).exists(), model

    def test_every_person_can_sign_in_with_what_is_printed(self, client, today):
        for one in sign_ins():
            assert client.login(username=one.email, email=one.email, password=one.password), one

    def test_a_second_time_changes_nothing(self, today):
        before = counts()
        assert load_demonstration(today=date(2028, 1, 1)) == []
        assert counts() == before


class TestTheCommand:
    def test_it_prints_the_sign_ins_twice_the_same(self, today, settings, capsys):
        settings.DEBUG = True
        call_command("load_demo")
        first = capsys.readouterr().out
        call_command("load_demo", today="2026-11-22")
        assert capsys.readouterr().out == first
        assert "morgan.ellery@northmere.example" in first
        assert len(first.splitlines()) == 2 + len(sign_ins())

    @pytest.mark.django_db
    def test_it_refuses_where_debug_is_off(self, settings):
        settings.DEBUG = False
        with pytest.raises(CommandError, match="only where DEBUG is on"):
            call_command("load_demo")

    @pytest.mark.django_db
    def test_it_refuses_a_day_that_is_none(self, settings):
        settings.DEBUG = True
        with pytest.raises(CommandError, match="“yesterday” is not a date"):
            call_command("load_demo", today="yesterday")
        assert not Partnership.objects.exclude(slug__in=("maldon", "northmere-demonstration")).exists()


@pytest.mark.django_db
class TestAccepting:
    @pytest.mark.parametrize("kind", [OfferKind.FIGURES, OfferKind.CARRIED_FORWARD])
    def test_only_figures_of_a_kpi_that_is_there(self, kind):
        plan = make_plan()
        with pytest.raises(NotOffered):
            accept_figures(offer=Offer(kind, "7.2.1", "?"), plan=plan, by=make_manager(plan.partnership))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("By {quarter+1}", "By Q4 2026/27"),
        ("By {quarter-3} or {year}", "By Q4 2025/26 or 2026/27"),
        ("{year-2} in {place}", "2024/25 in {place}"),
    ],
)
def test_the_calendar_names_quarters_and_years(words, expected):
    assert Calendar(date(2026, 11, 22)).fill(words) == expected


def test_a_day_that_is_not_of_the_calendar_is_refused():
    with pytest.raises(ValueError, match="“soon” is no quarter"):
        Calendar(date(2026, 11, 22)).last_day("soon")

"""The next plan is made of what has been decided: whole, once, with lineage, and this plan stays as it is."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from actions.models import Action, CarryForward, DueDateChange, Plan, PriorityIndicator
from actions.services.carrying import Decisions, NotRolledYet, RolledAlready
from actions.services.plans import archive, change_plan
from actions.services.rolling import (
    BeginsTooEarly,
    DecisionsChanged,
    NoOutturn,
    NotAllDecided,
    NothingCarried,
    outturns_of,
    roll_forward,
)
from csp_tracker.periods import Period, Quarter
from tests.builders import (
    NOW,
    link,
    make_action,
    make_agency,
    make_baseline,
    make_carried,
    make_decision,
    make_evidence,
    make_indicator,
    make_manager,
    make_objective,
    make_officer,
    make_plan,
    make_priority,
    make_reading,
    make_support,
    make_update,
)

pytestmark = pytest.mark.django_db
COLUMNS = [{"heading": "What", "meaning": "action"}, {"heading": "Funding", "meaning": ""}]


@pytest.fixture
def plan():
    return make_plan(
        title="Plan 2025/26", columns=COLUMNS, key=[{"word": "On course", "rag": "green"}], marking="OFFICIAL"
    )


@pytest.fixture
def manager(plan):
    return make_manager(plan.partnership)


def roll(plan, by, **fields):
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
    given = {"seen": Decisions(plan).fingerprint, "title": "Plan 2026/27", **days} | fields
    return roll_forward(plan=plan, by=by, now=NOW, **given)


def carried_into(plan, action):
    return Action.objects.get(plan=plan, carried_from__from_action=action)


def test_the_next_plan_is_a_draft_that_follows_this_one(plan, manager):
    make_decision(make_action(plan))
    made = roll(plan, manager)
    assert (made.title, made.status, made.previous) == ("Plan 2026/27", "draft", plan)
    assert (made.starts_on, made.ends_on) == (date(2026, 4, 1), date(2027, 3, 31))
    assert (made.columns, made.key, made.marking) == (COLUMNS, plan.key, "OFFICIAL")


def test_an_action_keeps_what_the_plan_says_of_it(plan, manager):
    lead, agency, helper = make_officer(plan.partnership), make_agency(plan.partnership), make_agency(plan.partnership)
    kept = {
        "text": "Light the paths", "expected_outcome": "Fewer falls", "timescale": "Ongoing", "place": "The park",
        "timescale_kind": "ongoing", "lead_text": "Police", "resources": "£2,000", "not_for_publication": True,
        "extra": {"Funding": "Grant"}, "lead_officer": lead, "lead_agency": agency,
    }  # fmt: skip
    action = make_action(plan, **kept)
    kpi = make_indicator(plan.partnership)
    link(action, kpi)
    make_support(action, helper)
    make_update(action, progress="Last year’s words")
    make_decision(action)
    new = carried_into(roll(plan, manager), action)
    assert {name: getattr(new, name) for name in kept} == kept
    assert (new.reference, new.status) == (action.reference, "in_progress")
    assert list(new.indicators.all()) == [kpi]
    assert list(new.supporting_agencies.all()) == [helper]
    assert not new.updates.exists()


def test_an_amended_action_has_its_new_words(plan, manager):
    action = make_action(plan)
    make_decision(action, decision="amended", text="Light all the paths")
    assert carried_into(roll(plan, manager), action).text == "Light all the paths"
    action.refresh_from_db()
    assert action.text == "Action 1"


def test_merged_actions_become_one_with_everybody_who_helps_and_every_kpi(plan, manager):
    leads, helps, shared = (make_agency(plan.partnership) for _ in range(3))
    kept, merged = make_action(plan), make_action(plan, lead_agency=leads)
    one, two = make_indicator(plan.partnership), make_indicator(plan.partnership)
    link(kept, one)
    link(merged, one)
    link(merged, two)
    make_support(kept, shared)
    make_support(merged, shared)
    make_support(merged, helps)
    make_decision(kept)
    make_decision(merged, decision="merged", into=kept)
    made = roll(plan, manager)
    new = made.actions.get()
    assert list(new.indicators.all()) == [one, two]
    assert list(new.supporting_agencies.order_by("support__position")) == [shared, leads, helps]
    assert {row.from_action for row in new.carried_from.all()} == {kept, merged}


def test_a_merged_action_brings_its_words_along(plan, manager):
    kept = make_action(plan, text="Light the paths", expected_outcome="Fewer falls")
    same = make_action(plan, text="Light  the paths")
    merged = make_action(plan, text="Cut the hedges", expected_outcome="Fewer hiding places")
    make_decision(kept)
    for one in (same, merged):
        make_decision(one, decision="merged", into=kept)
    new = roll(plan, manager).actions.get()
    assert new.text == "Light the paths\nCut the hedges"
    assert new.expected_outcome == "Fewer falls\nFewer hiding places"


def test_new_words_typed_for_what_others_are_merged_into_stand_alone(plan, manager):
    kept, merged = make_action(plan), make_action(plan, text="Cut the hedges")
    make_decision(kept, decision="amended", text="Light the paths and cut the hedges")
    make_decision(merged, decision="merged", into=kept)
    assert roll(plan, manager).actions.get().text == "Light the paths and cut the hedges"


def test_completed_and_dropped_actions_do_not_go_on_but_are_told_of(plan, manager):
    make_decision(make_action(plan))
    for decision in ("completed", "dropped"):
        make_decision(make_action(plan), decision=decision)
    made = roll(plan, manager)
    assert made.actions.count() == 1
    ended = CarryForward.objects.exclude(decision="as_is")
    assert {(row.to_plan, row.to_action, row.confirmed_by) for row in ended} == {(made, None, manager)}


def test_only_priorities_and_objectives_that_hold_something_go_on(plan, manager):
    lead, kpi = make_officer(plan.partnership), make_indicator(plan.partnership)
    kept, empty = make_priority(plan, number="3", group="Delivery group", lead=lead), make_priority(plan, number="4")
    PriorityIndicator.objects.create(priority=kept, indicator=kpi)
    objective = make_objective(kept, number="3.2")
    make_decision(make_action(objective, reference="3.2.1"))
    make_decision(make_action(make_objective(kept, number="3.9")), decision="completed")
    make_decision(make_action(make_objective(empty)), decision="dropped")
    made = roll(plan, manager)
    priority = made.priorities.get()
    assert (priority.number, priority.title, priority.group, priority.lead) == ("3", kept.title, "Delivery group", lead)
    assert list(priority.indicators.all()) == [kpi]
    assert priority.objectives.get().number == "3.2"
    assert made.actions.get().reference == "3.2.1"


def test_who_has_left_leads_nothing_and_what_is_out_of_use_stays_behind(plan, manager):
    gone = make_officer(plan.partnership, ends_on=date(2025, 6, 1))
    old = make_agency(plan.partnership, archived_at=NOW)
    action = make_action(make_objective(make_priority(plan, lead=gone)), lead_officer=gone, lead_agency=old)
    make_support(action, old)
    link(action, make_indicator(plan.partnership, archived_at=NOW))
    make_decision(action)
    new = carried_into(roll(plan, manager), action)
    assert (new.lead_officer, new.lead_agency, new.objective.priority.lead) == (None, None, None)
    assert not new.supporting_agencies.exists()
    assert not new.indicators.exists()


def test_a_date_that_is_over_moves_on_and_the_first_one_stays_visible(plan, manager):
    due = {"due_on": date(2026, 2, 28), "due_precision": "month", "timescale_kind": "by_date", "timescale": "Feb 2026"}
    action = make_action(plan, starts_on=date(2025, 5, 1), original_due_on=date(2025, 9, 30), **due)
    make_decision(action)
    new = carried_into(roll(plan, manager), action)
    assert (new.starts_on, new.due_on, new.original_due_on) == (date(2026, 5, 1), date(2027, 2, 28), date(2025, 9, 30))
    assert new.timescale == ""  # its words name the year before
    change = DueDateChange.objects.get(action=new)
    assert (change.from_date, change.to_date, change.reason) == (
        date(2026, 2, 28), date(2027, 2, 28), "Carried forward to 2026/27",
    )  # fmt: skip


def test_a_date_in_the_next_plan_or_after_it_stays(plan, manager):
    action = make_action(
        plan, due_on=date(2026, 12, 31), due_precision="day", timescale_kind="by_date", timescale="Xmas"
    )
    make_decision(action)
    new = carried_into(roll(plan, manager), action)
    assert (new.due_on, new.original_due_on, new.timescale) == (date(2026, 12, 31), date(2026, 12, 31), "Xmas")
    assert not new.due_date_changes.exists()


def test_an_ended_action_that_goes_on_all_the_same_begins_anew(plan, manager):
    action = make_action(plan, status="complete", completed_on=date(2025, 9, 1))
    make_decision(action)
    assert carried_into(roll(plan, manager), action).status == "not_started"


def test_which_year_it_is_counts_on_from_plan_to_plan(plan, manager):
    before = make_plan(plan.partnership, starts_on=date(2024, 4, 1), ends_on=date(2025, 3, 31))
    old, new = make_action(plan), make_action(plan)
    make_carried(make_action(before), old, year=2)
    make_decision(old)
    make_decision(new)
    made = roll(plan, manager)
    assert CarryForward.objects.get(from_action=old).to_year == 3
    assert CarryForward.objects.get(from_action=new).to_year == 2
    assert list(made.actions.carried_for(3)) == [carried_into(made, old)]


def test_after_a_plan_of_three_years_it_is_the_fourth(manager, plan):
    Plan.objects.filter(pk=plan.pk).update(ends_on=date(2028, 3, 31))
    make_decision(make_action(plan))
    roll(plan, manager, starts_on=date(2028, 4, 1), ends_on=date(2031, 3, 31))
    assert CarryForward.objects.get().to_year == 4


def test_this_plan_stays_as_it_is_and_can_be_closed_after(plan, manager):
    action = make_action(plan)
    make_decision(action)
    before = Action.objects.values().get(pk=action.pk), Plan.objects.values().get(pk=plan.pk)
    roll(plan, manager)
    assert (Action.objects.values().get(pk=action.pk), Plan.objects.values().get(pk=plan.pk)) == before
    change_plan(plan=plan, version=1, status="closed", reason="The year is over", by=manager)
    assert Plan.objects.get(pk=plan.pk).status == "closed"


# What is refused, and then nothing is made


def refused(refusal, plan, by, **fields):
    before = Plan.objects.count()
    with pytest.raises(refusal) as found:
        roll(plan, by, **fields)
    assert Plan.objects.count() == before
    return found.value


def test_it_is_rolled_forward_once(plan, manager):
    make_decision(make_action(plan))
    made = roll(plan, manager)
    assert refused(RolledAlready, plan, manager).plan == made


def test_it_can_be_made_again_once_the_next_plan_has_been_archived(plan, manager):
    action = make_action(plan)
    make_decision(action)
    first = roll(plan, manager)
    archive(thing=first, reason="By mistake", by=manager)
    second = roll(plan, manager)
    assert second != first
    assert CarryForward.objects.get().to_plan == second


def test_what_changed_since_it_was_read_is_shown_first(plan, manager):
    make_decision(make_action(plan))
    refused(DecisionsChanged, plan, manager, seen="something else")


def test_what_is_not_settled_stops_it(plan, manager):
    make_decision(make_action(plan))
    make_action(plan)
    assert len(refused(NotAllDecided, plan, manager).problems) == 1


def test_a_plan_in_which_nothing_goes_on_has_no_next_one(plan, manager):
    make_decision(make_action(plan), decision="completed")
    refused(NothingCarried, plan, manager)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"starts_on": date(2025, 4, 1)}, BeginsTooEarly),
        ({"ends_on": date(2026, 4, 1)}, ValidationError),
        ({"title": "x" * 256}, ValidationError),
    ],
    ids=["begins too early", "ends before it begins", "too long a title"],
)
def test_days_and_title_must_be_possible(plan, manager, fields, refusal):
    make_decision(make_action(plan))
    refused(refusal, plan, manager, **fields)
    assert CarryForward.objects.get().to_plan is None


def test_a_draft_is_not_rolled_forward(plan, manager):
    Plan.objects.filter(pk=plan.pk).update(status="draft")
    refused(NotRolledYet, plan, manager)


# Last year's outturn as the new baseline


@pytest.fixture
def kpi(plan):
    action = make_action(plan)
    make_decision(action)
    kpi = make_indicator(plan.partnership)
    link(action, kpi)
    return kpi


def measured(kpi, values):
    for number, value in enumerate(values, 1):
        make_reading(kpi, Period.of_quarter(Quarter(2025, number)), value=value)


def test_the_year_of_a_kpi_is_offered(plan, kpi):
    measured(kpi, (400, 500, 600, 384))
    [outturn] = outturns_of(Decisions(plan))
    assert (outturn.value, outturn.words, str(outturn.year), outturn.is_offered) == (1884, "1,884", "2025/26", True)


@pytest.mark.parametrize(("roll_up", "value"), [("sum", 1884), ("latest", 384), ("average", 471), ("maximum", 600)])
def test_the_outturn_is_put_together_by_the_rule_of_the_kpi(plan, manager, kpi, roll_up, value):
    type(kpi).objects.filter(pk=kpi.pk).update(roll_up=roll_up)
    measured(kpi, (400, 500, 600, 384))
    [outturn] = outturns_of(Decisions(plan))
    assert (outturn.value, outturn.is_offered) == (value, True)
    roll(plan, manager, baselines=[kpi])
    assert kpi.baselines.get().value == value


def test_an_unfinished_year_is_not_offered_and_says_why(plan, kpi):
    measured(kpi, (400, 500, 600))
    [outturn] = outturns_of(Decisions(plan))
    assert (outturn.value, outturn.is_offered) == (None, False)
    assert "Q4 2025/26" in outturn.words


def test_a_yearly_figure_is_the_outturn(plan, kpi):
    type(kpi).objects.filter(pk=kpi.pk).update(frequency="year", due_quarter=4)
    make_reading(kpi, Period.of_year(plan.years[0]), value=77)
    [outturn] = outturns_of(Decisions(plan))
    assert (outturn.value, outturn.words) == (77, "77")


def test_kpis_of_priorities_that_go_on_are_offered_too(plan, kpi):
    other = make_indicator(plan.partnership)
    PriorityIndicator.objects.create(priority=plan.priorities.get(), indicator=other)
    assert [one.indicator for one in outturns_of(Decisions(plan))] == [kpi, other]


def test_a_ticked_kpi_is_compared_with_last_year_from_now_on(plan, manager, kpi):
    measured(kpi, (400, 500, 600, 384))
    old = make_baseline(kpi, is_primary=True)
    roll(plan, manager, baselines=[kpi])
    new = kpi.baselines.get(is_primary=True)
    assert (new.label, new.value, new.text) == ("2025/26", Decimal(1884), "1,884 (2025/26 outturn)")
    old.refresh_from_db()
    assert not old.is_primary
    assert [one.is_baseline for one in outturns_of(Decisions(plan))] == [True]


def test_nothing_changes_for_a_kpi_that_is_not_ticked(plan, manager, kpi):
    measured(kpi, (400, 500, 600, 384))
    roll(plan, manager)
    assert not kpi.baselines.exists()


def test_a_kpi_without_the_years_figure_is_refused_whole(plan, manager, kpi):
    refused(NoOutturn, plan, manager, baselines=[kpi])
    assert CarryForward.objects.get().to_plan is None


def test_evidence_stays_with_the_action_it_was_put_up_for(plan, manager):
    action = make_action(plan)
    evidence = make_evidence(action)
    make_decision(action, decided_by=manager)
    made = roll(plan, manager).actions.get()
    evidence.refresh_from_db()
    assert evidence.action == action
    assert not made.evidence.exists()

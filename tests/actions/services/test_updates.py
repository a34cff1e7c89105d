from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from actions.models import Action, ProgressUpdate, Unlock
from actions.services import rounds, updates
from actions.services.actions import complete_action, reopen_action
from actions.services.figures import Figure, FigureRefused, period_due
from actions.services.refusals import OutsidePlan
from actions.values import ActionStatus, PlanStatus, UpdateOrigin, UpdateState
from csp_tracker.models import OutboxMail
from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from csp_tracker.writing import Conflict, Foreign
from indicators.models import Reading
from tests.builders import (
    NOW,
    QUARTER,
    TODAY,
    link,
    make_action,
    make_indicator,
    make_manager,
    make_officer,
    make_partnership,
    make_plan,
    make_reading,
    make_round,
    make_target,
    make_update,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_officer(make_partnership())


@pytest.fixture
def action(officer):
    partnership = officer.memberships.get().partnership
    return make_action(make_plan(partnership), lead_officer=officer)


@pytest.fixture
def manager(action):
    return make_manager(action.plan.partnership)


def words(**given):
    return {"progress": "Two events were held.", "work_needed": "Book the hall.", "rag": RAG.GREEN} | given


def draft(action, by, version=0, **given):
    quarter, today = given.pop("quarter", QUARTER), given.pop("today", TODAY)
    return updates.save_draft(action=action, quarter=quarter, version=version, by=by, today=today, **words(**given))


def submit(action, by, version=0, **given):
    quarter, today = given.pop("quarter", QUARTER), given.pop("today", TODAY)
    return updates.submit(action=action, quarter=quarter, version=version, by=by, today=today, **words(**given))


def test_a_draft_is_kept_with_the_person_and_does_not_count(action, officer):
    update = draft(action, officer)
    assert (update.state, update.drafted_by, update.version) == (UpdateState.DRAFT, officer, 1)
    assert not update.is_counted
    assert update.history.get().history_user == officer


def test_a_draft_of_a_red_light_needs_no_reason_yet(action, officer):
    assert draft(action, officer, rag=RAG.RED).rag == RAG.RED


def test_a_draft_becomes_a_submission_with_author_time_and_suggestion(action, officer):
    update = submit(action, officer, version=draft(action, officer).version, now=NOW)
    assert (update.state, update.submitted_by, update.submitted_at) == (UpdateState.SUBMITTED, officer, NOW)
    assert (update.suggested_rag, update.suggested_why) == (RAG.NOT_RATED, "Timescale unclear: not rated by date")
    assert update.history.count() == 2


@pytest.mark.parametrize("rag", [RAG.RED, RAG.AMBER])
def test_red_and_amber_are_submitted_with_a_reason_only(action, officer, rag):
    with pytest.raises(updates.ReasonMissing) as refused:
        submit(action, officer, rag=rag, rag_reason="  ")
    assert "rag_reason" in refused.value.message_dict
    assert not ProgressUpdate.objects.exists()
    assert submit(action, officer, rag=rag, rag_reason="The funding was withdrawn.").is_counted


@pytest.mark.parametrize("rag", [RAG.GREEN, RAG.COMPLETE, RAG.NOT_RATED])
def test_other_lights_need_no_reason(action, officer, rag):
    assert submit(action, officer, rag=rag).rag == rag


def test_a_submitted_update_may_be_edited_and_keeps_its_author(action, officer, manager):
    update = submit(action, officer, now=NOW)
    edited = submit(action, manager, version=update.version, progress="Three events were held.")
    assert (edited.progress, edited.submitted_by, edited.submitted_at) == ("Three events were held.", officer, NOW)
    assert edited.history.first().history_user == manager


@pytest.mark.parametrize("change", [{"progress": "Three events."}, {"rag": RAG.COMPLETE}], ids=["words", "light"])
def test_somebody_elses_edit_is_kept_with_name_and_time(action, officer, manager, change):
    update = submit(action, officer)
    edited = submit(action, manager, version=update.version, now=NOW, **change)
    edited.refresh_from_db()
    assert (edited.submitted_by, edited.edited_by, edited.edited_at) == (officer, manager, NOW)
    approved = updates.approve(update=edited, version=edited.version, by=make_manager(action.plan.partnership), now=NOW)
    assert approved.edited_by == manager


def test_sending_the_same_words_edits_nothing(action, officer, manager):
    update = submit(action, officer)
    same = submit(action, manager, version=update.version)
    assert (same.version, same.edited_by, same.edited_at) == (update.version, None, None)


@pytest.mark.parametrize("given", [{}, {"progress": "Four events."}], ids=["as it was changed", "in other words"])
@pytest.mark.parametrize("is_returned", [False, True], ids=["submitted", "returned"])
def test_an_edit_is_the_authors_own_once_they_submit_again(action, officer, manager, given, is_returned):
    update = submit(action, officer)
    update = submit(action, manager, version=update.version, progress="Three events.")
    if is_returned:
        update = updates.return_update(update=update, version=update.version, words="Which?", by=manager, now=NOW)
        assert update.edited_by == manager
    again = submit(action, officer, version=update.version, **{"progress": "Three events."} | given)
    again.refresh_from_db()
    assert (again.submitted_by, again.edited_by, again.edited_at) == (officer, None, None)


def test_a_submitted_update_does_not_become_a_draft_again(action, officer):
    update = submit(action, officer)
    with pytest.raises(updates.AlreadySubmitted):
        draft(action, officer, version=update.version, progress="On second thoughts.")
    update.refresh_from_db()
    assert update.progress == "Two events were held."


def test_an_approved_update_is_closed_to_edits(action, officer):
    update = make_update(action, state=UpdateState.APPROVED)
    with pytest.raises(updates.AlreadyApproved):
        submit(action, officer, version=update.version, progress="Other words.")


def test_a_returned_update_is_edited_and_submitted_again(action, officer, manager):
    update = submit(action, officer)
    updates.return_update(update=update, version=update.version, words="How many people came?", by=manager, now=NOW)
    kept = draft(action, officer, version=2, progress="Two events, 60 people.")
    assert (kept.state, kept.returned_words) == (UpdateState.RETURNED, "How many people came?")
    again = submit(action, officer, version=kept.version, progress="Two events, 60 people came.")
    assert (again.state, again.submitted_by) == (UpdateState.SUBMITTED, officer)


# Two people, or one person twice


def test_the_second_of_two_savers_gets_the_others_update(action, officer, manager):
    seen = draft(action, officer).version
    theirs = draft(action, manager, version=seen, progress="The manager’s words.")
    with pytest.raises(Conflict) as refused:
        draft(action, officer, version=seen, progress="The officer’s words.")
    assert refused.value.theirs == theirs
    assert refused.value.theirs.progress == "The manager’s words."


def test_the_second_of_two_creators_gets_the_others_update(action, officer, manager):
    theirs = draft(action, manager, progress="The manager’s words.")
    with pytest.raises(Conflict) as refused:
        draft(action, officer, version=0, progress="The officer’s words.")
    assert refused.value.theirs == theirs
    assert ProgressUpdate.objects.get().progress == "The manager’s words."


def test_the_same_form_sent_twice_is_written_once(action, officer):
    first = submit(action, officer, progress="Two events.\r\nBoth full.")
    second = submit(action, officer, progress="Two events.\r\nBoth full.")
    assert (second.pk, second.version) == (first.pk, first.version)
    assert first.history.count() == 1


def test_saving_the_same_words_again_leaves_no_history_row(action, officer):
    first = draft(action, officer)
    draft(action, officer, version=first.version)
    assert first.history.count() == 1


# When nobody can write


def test_a_locked_quarter_refuses(action, officer, manager):
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    with pytest.raises(updates.RoundLocked):
        submit(action, officer)
    assert not ProgressUpdate.objects.exists()


@pytest.mark.parametrize(
    ("until", "may"),
    [pytest.param(TODAY, True, id="last day"), pytest.param(TODAY - timedelta(days=1), False, id="over")],
)
def test_an_unlock_lets_one_person_write_until_its_day(action, officer, manager, until, may):
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    unlocked(action, officer, until=until)
    if may:
        assert submit(action, officer).is_counted
    else:
        with pytest.raises(updates.RoundLocked):
            submit(action, officer)
    with pytest.raises(updates.RoundLocked):
        submit(action, manager, version=1, progress="Not the person unlocked.")


def test_an_unlocked_approved_update_is_submitted_anew_by_who_edits_it(action, officer, manager):
    update = make_update(action, state=UpdateState.APPROVED, figures=[{"name": "ASB"}])
    unlocked(action, officer)
    again = submit(action, officer, version=update.version, progress="The right words.")
    assert (again.state, again.approved_by, again.approved_at, again.figures) == (UpdateState.SUBMITTED, None, None, [])


def unlocked(action, person, until=TODAY, quarter=QUARTER):
    return Unlock.objects.create(action=action, quarter=quarter, person=person, until=until, reason="A wrong figure.")


def test_what_was_unlocked_in_a_locked_quarter_is_approved_again(action, officer, manager):
    update = make_update(action, state=UpdateState.APPROVED)
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    unlocked(action, officer)
    again = submit(action, officer, version=update.version, progress="The right words.")
    late = NOW + timedelta(days=30)
    approved = updates.approve(update=again, version=again.version, by=manager, now=late)
    assert (approved.state, approved.progress, approved.approved_at) == (UpdateState.APPROVED, "The right words.", late)


def test_it_is_returned_only_while_somebody_can_still_write_it_again(action, officer, manager):
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    unlocked(action, officer)
    again = submit(action, officer)
    given = {"update": again, "version": again.version, "words": "How many came?", "by": manager}
    with pytest.raises(updates.RoundLocked):
        updates.return_update(**given, now=NOW + timedelta(days=1))
    returned = updates.return_update(**given, now=NOW)
    assert submit(action, officer, version=returned.version, progress="Sixty came.").state == UpdateState.SUBMITTED


def test_what_was_not_unlocked_stays_as_it_was_locked(action, officer, manager):
    update = make_update(action)
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    unlocked(make_action(action.objective), officer)
    unlocked(action, officer, quarter=QUARTER.next)
    with pytest.raises(updates.RoundLocked):
        updates.approve(update=update, version=update.version, by=manager, now=NOW)


def test_what_a_file_said_is_corrected_after_an_unlock_though_the_quarter_had_no_round(action, officer, manager):
    imported = updates.import_update(
        action=action, quarter=QUARTER, progress="As the file has it.", work_needed="", rag=RAG.AMBER,
        rag_as_stated="Yellow", carry_forward=False, by=manager, now=NOW,
    )  # fmt: skip
    with pytest.raises(updates.AlreadyApproved):
        submit(action, manager, version=imported.version)
    rounds.unlock(action=action, quarter=QUARTER, person=manager, until=TODAY, reason="Misread.", by=manager)
    corrected = submit(action, manager, version=imported.version, rag=RAG.GREEN, progress="As it was meant.")
    assert (corrected.state, corrected.origin, corrected.rag_as_stated) == (UpdateState.SUBMITTED, "person", "")
    other = make_manager(action.plan.partnership)
    assert updates.approve(update=corrected, version=corrected.version, by=other, now=NOW).rag == RAG.GREEN


@pytest.mark.parametrize("quarter", [QUARTER.previous, QUARTER.next.next.next.next], ids=["before", "after"])
def test_a_quarter_outside_the_plan_is_refused(action, officer, quarter):
    with pytest.raises(OutsidePlan):
        submit(action, officer, quarter=quarter, today=date(2027, 1, 1))


def test_a_quarter_can_be_reported_from_its_first_day(action, officer):
    with pytest.raises(updates.QuarterNotStarted):
        submit(action, officer, today=QUARTER.starts_on - timedelta(days=1))
    assert submit(action, officer, today=QUARTER.starts_on).is_counted


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.CLOSED])
def test_only_an_active_plan_is_updated(officer, status):
    action = make_action(make_plan(officer.memberships.get().partnership, status=status), lead_officer=officer)
    with pytest.raises(updates.PlanNotActive):
        submit(action, officer)


def test_what_ended_before_the_quarter_takes_no_update(action, officer):
    action.status, action.completed_on = ActionStatus.COMPLETE, QUARTER.starts_on - timedelta(days=1)
    action.save()
    with pytest.raises(updates.ActionEnded):
        submit(action, officer)
    action.completed_on = QUARTER.starts_on
    action.save()
    assert submit(action, officer).is_counted


def test_what_has_been_archived_takes_no_update(action, officer):
    action.archived_at = NOW
    action.save()
    with pytest.raises(updates.ActionEnded):
        submit(action, officer)


# Figures


@pytest.fixture
def indicator(action):
    indicator = make_indicator(action.plan.partnership)
    link(action, indicator)
    return indicator


def test_figures_are_written_with_the_update(action, officer, indicator):
    submit(action, officer, figures=[Figure(indicator, Decimal(1884), note="From the police.")])
    reading = Reading.objects.get()
    assert (reading.value, reading.state, reading.note) == (1884, "final", "From the police.")
    assert (reading.period, reading.entered_by) == (Period.of_quarter(QUARTER), officer)


def test_a_figure_in_a_draft_is_kept_with_it_and_is_no_reading_yet(action, officer, indicator):
    given = Figure(indicator, Decimal("1884.26"), note="From the police.", reason="Recount", version=3)
    kept = draft(action, officer, figures=[given])
    kept.refresh_from_db()
    assert kept.draft_figures == {
        str(indicator.pk): {
            "figure": "1,884.26", "awaited": False, "note": "From the police.", "reason": "Recount", "reading": 3
        }
    }  # fmt: skip
    assert not Reading.objects.exists()


@pytest.mark.parametrize("is_returned", [False, True], ids=["draft", "returned"])
def test_submitting_records_the_figures_and_empties_the_draft(action, officer, manager, indicator, is_returned):
    version = 0
    if is_returned:
        first = submit(action, officer)
        version = updates.return_update(
            update=first, version=first.version, words="Which figure?", by=manager, now=NOW
        ).version
    kept = draft(action, officer, version=version, figures=[Figure(indicator, Decimal(1884))])
    assert kept.draft_figures
    assert not Reading.objects.exists()
    again = submit(action, officer, version=kept.version, figures=[Figure(indicator, Decimal(1884))])
    again.refresh_from_db()
    assert again.draft_figures == {}
    assert Reading.objects.get().value == 1884


def test_the_same_draft_with_its_figures_writes_nothing_again(action, officer, indicator):
    given = {"figures": [Figure(indicator, None, note="Due in August")]}
    first = draft(action, officer, **given)
    draft(action, officer, version=first.version, **given)
    draft(action, officer, version=0, **given)
    assert first.history.count() == 1


@pytest.mark.parametrize("write", [draft, submit])
def test_figures_somebody_else_kept_in_the_draft_are_not_written_over(action, officer, manager, indicator, write):
    theirs = draft(action, manager, figures=[Figure(indicator, Decimal(2000))])
    for figures in ([Figure(indicator, Decimal(1884))], []):
        with pytest.raises(Conflict):
            write(action, officer, version=0, figures=figures)
    theirs.refresh_from_db()
    assert theirs.draft_figures[str(indicator.pk)]["figure"] == "2,000"
    assert not Reading.objects.exists()


def test_a_draft_takes_no_figure_of_a_kpi_the_action_does_not_have(action, officer):
    with pytest.raises(Foreign):
        draft(action, officer, figures=[Figure(make_indicator(action.plan.partnership), Decimal(1))])
    assert not ProgressUpdate.objects.exists()


def test_not_available_yet_is_an_honest_answer(action, officer, indicator):
    submit(action, officer, figures=[Figure(indicator, None, note="Due from the Home Office in August.")])
    reading = Reading.objects.get()
    assert (reading.value, reading.state, reading.rating) == (None, "awaited", RAG.NOT_RATED)


def test_a_refused_figure_refuses_the_words_too(action, officer, indicator):
    make_reading(indicator, value=2000)
    with pytest.raises(FigureRefused) as refused:
        submit(action, officer, figures=[Figure(indicator, Decimal(1884), version=1)])
    assert refused.value.figure.indicator == indicator
    assert refused.value.messages_of_figure == ["Enter why the figure changes."]
    assert not ProgressUpdate.objects.exists()
    assert Reading.objects.get().value == 2000


def test_somebody_elses_figure_is_not_written_over(action, officer, indicator):
    theirs = make_reading(indicator, value=2000)
    with pytest.raises(FigureRefused) as refused:
        submit(action, officer, figures=[Figure(indicator, Decimal(1884), version=0)])
    assert refused.value.reading == theirs


def test_a_kpi_the_action_does_not_have_is_refused(action, officer):
    with pytest.raises(Foreign):
        submit(action, officer, figures=[Figure(make_indicator(action.plan.partnership), Decimal(1))])
    assert not ProgressUpdate.objects.exists()
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("fields", "quarter", "due"),
    [
        pytest.param({"frequency": "quarter"}, QUARTER, "2025-26-Q1", id="quarterly"),
        pytest.param({"frequency": "year", "due_quarter": 1}, QUARTER, "2025-26-year", id="yearly in its quarter"),
        pytest.param({"frequency": "year", "due_quarter": 4}, QUARTER, None, id="yearly in another"),
        pytest.param({"frequency": "one_off", "due_quarter": 1}, QUARTER, "2025-26-Q1", id="one-off in its quarter"),
        pytest.param({"frequency": "one_off", "due_quarter": 2}, QUARTER, None, id="one-off in another"),
        pytest.param({"frequency": "month"}, QUARTER, None, id="monthly"),
    ],
)
def test_which_figure_an_update_asks_for(fields, quarter, due):
    period = period_due(make_indicator(**fields), quarter)
    assert (period and period.code) == due


def test_the_suggestion_knows_the_figure_entered_with_the_update(officer, indicator, action):
    action.timescale_kind, action.due_on, action.due_precision = "by_date", date(2026, 3, 31), "day"
    action.save()
    make_target(indicator, value=1000, text="1,000")
    update = submit(action, officer, figures=[Figure(indicator, Decimal(1884))])
    assert update.suggested_rag == RAG.RED
    assert f"{indicator.reference} is red" in update.suggested_why


def test_what_the_page_has_read_of_the_kpis_need_not_be_read_again(officer, indicator, action):
    reading = make_reading(indicator, rating=RAG.RED)
    update = submit(action, officer, readings={indicator: reading})
    assert f"{indicator.reference} is red" in update.suggested_why
    assert submit(action, officer, 1, progress="More.", readings={indicator: None}).suggested_rag == RAG.NOT_RATED
    entered = Figure(indicator, Decimal(1884), reason="Late forms.", version=reading.version)
    known = submit(action, officer, 2, readings={indicator: None}, figures=[entered])
    assert known.suggested_why == submit(action, officer, 3, progress="Most.").suggested_why, (
        "a figure entered is known"
    )


# What a manager does


def test_approving_keeps_the_figures_as_they_stood(action, officer, manager, indicator):
    update = submit(action, officer, figures=[Figure(indicator, Decimal(1884))])
    approved = updates.approve(update=update, version=update.version, by=manager, now=NOW)
    assert (approved.state, approved.approved_by, approved.approved_at) == (UpdateState.APPROVED, manager, NOW)
    (kept,) = approved.figures
    assert (kept["words"], Decimal(kept["value"]), kept["period"]) == ("1,884", 1884, "2025-26-Q1")


@pytest.mark.parametrize(
    ("counted", "kept", "light"),
    [
        ([20, 30, 40], (90, "Sum of April to June 2025"), RAG.GREEN),
        ([20, 30, 60], (110, "Sum of April to June 2025"), RAG.AMBER),
        ([20, 30], (None, "June 2025 missing"), RAG.NOT_RATED),
    ],
)
def test_of_a_monthly_kpi_the_quarter_its_months_come_to_is_judged_and_kept(
    action, officer, manager, counted, kept, light
):
    kpi = make_indicator(action.plan.partnership, reference="M1", frequency="month", polarity="lower", roll_up="sum")
    link(action, kpi)
    make_target(kpi, Period.of_quarter(QUARTER), value=100)
    for month, value in zip((4, 5, 6), counted, strict=False):
        make_reading(kpi, Period.parse(f"2025-{month:02}"), value=value, rating=RAG.RED)
    update = submit(action, officer)
    assert "M1 is red" not in update.suggested_why
    approved = updates.approve(update=update, version=update.version, by=manager, now=NOW)
    (figure,) = approved.figures
    assert (figure["value"] and Decimal(figure["value"]), figure["note"]) == kept
    assert (figure["rating"], figure["period"]) == (light, "2025-26-Q1")


def test_nobody_approves_their_own_words(action, manager):
    update = submit(action, manager)
    with pytest.raises(updates.NobodyApprovesOwnWords):
        updates.approve(update=update, version=update.version, by=manager, now=NOW)


def test_an_approval_is_of_the_words_that_were_read(action, officer, manager):
    read = submit(action, officer)
    submit(action, officer, version=read.version, progress="Quite different.")
    with pytest.raises(Conflict):
        updates.approve(update=read, version=read.version, by=manager, now=NOW)


@pytest.mark.parametrize("state", [UpdateState.DRAFT, UpdateState.RETURNED, UpdateState.APPROVED])
def test_only_what_was_submitted_is_approved_or_returned(action, manager, state):
    update = make_update(action, state=state)
    with pytest.raises(updates.NotSubmitted):
        updates.approve(update=update, version=update.version, by=manager, now=NOW)
    with pytest.raises(updates.NotSubmitted):
        updates.return_update(update=update, version=update.version, words="Say more.", by=manager, now=NOW)


def test_approving_complete_completes_the_action(action, officer, manager):
    update = submit(action, officer, rag=RAG.COMPLETE)
    updates.approve(update=update, version=update.version, by=manager, now=NOW)
    action.refresh_from_db()
    assert (action.status, action.completed_on) == (ActionStatus.COMPLETE, QUARTER.ends_on)
    assert action.history.first().history_user == manager


def completed(action, officer, manager, **given):
    """The action's update as complete, approved, and unlocked for the officer."""
    update = submit(action, officer, rag=RAG.COMPLETE, **given)
    unlocked(action, officer, quarter=update.quarter)
    return updates.approve(update=update, version=update.version, by=manager, now=NOW)


def corrected(update, officer, manager, rag=RAG.AMBER):
    """Another light in place of the complete one, approved; the action afterwards."""
    again = submit(update.action, officer, update.version, quarter=update.quarter, rag=rag, rag_reason="Not yet.")
    updates.approve(update=again, version=again.version, by=manager, now=NOW)
    return Action.objects.get(pk=update.action_id)


def test_approving_another_light_takes_back_that_the_action_is_complete(action, officer, manager):
    again = corrected(completed(action, officer, manager), officer, manager)
    assert (again.status, again.completed_on) == (ActionStatus.IN_PROGRESS, None)
    row = again.history.first()
    assert (row.history_user, row.history_change_reason) == (manager, "Reported amber for Q1 2025/26, not complete")
    following = submit(action, officer, quarter=QUARTER.next, today=QUARTER.next.starts_on)
    assert following.is_counted


def test_the_light_complete_approved_again_leaves_the_action_complete(action, officer, manager):
    again = corrected(completed(action, officer, manager), officer, manager, rag=RAG.COMPLETE)
    assert (again.status, again.completed_on) == (ActionStatus.COMPLETE, QUARTER.ends_on)


def test_what_a_manager_completed_stays_complete_whatever_is_reported(action, officer, manager):
    complete_action(action=action, completed_on=QUARTER.ends_on, by=manager, reason="Agreed by the board")
    again = corrected(completed(action, officer, manager), officer, manager)
    assert (again.status, again.completed_on) == (ActionStatus.COMPLETE, QUARTER.ends_on)


def test_what_another_quarter_completed_stays_complete(action, officer, manager):
    complete_action(
        action=action, completed_on=QUARTER.ends_on, by=manager, reason=f"Reported complete for {QUARTER.next}"
    )
    assert corrected(completed(action, officer, manager), officer, manager).status == ActionStatus.COMPLETE


def test_what_a_later_quarter_says_is_complete_too_stays_complete(action, officer, manager):
    update = completed(action, officer, manager)
    make_update(action, QUARTER.next, rag=RAG.COMPLETE, state=UpdateState.APPROVED)
    assert corrected(update, officer, manager).status == ActionStatus.COMPLETE


def test_completed_reopened_and_completed_by_hand_stays_complete(action, officer, manager):
    update = completed(action, officer, manager)
    action = Action.objects.get(pk=action.pk)
    reopen_action(action=action, by=manager, reason="Too early")
    complete_action(action=action, completed_on=QUARTER.ends_on, by=manager, reason="Agreed by the board")
    assert corrected(update, officer, manager).status == ActionStatus.COMPLETE


def test_who_changed_the_light_of_others_does_not_approve_it(action, officer, manager):
    update = submit(action, officer)
    edited = submit(action, manager, update.version, rag=RAG.COMPLETE, progress="All is done.")
    with pytest.raises(updates.NobodyApprovesOwnLight) as refused:
        updates.approve(update=edited, version=edited.version, by=manager, now=NOW)
    assert refused.value.messages == ["You changed the light from green to complete: somebody else has to approve it."]
    action.refresh_from_db()
    assert action.status == ActionStatus.IN_PROGRESS
    other = make_manager(action.plan.partnership)
    assert updates.approve(update=edited, version=edited.version, by=other, now=NOW).approved_by == other


def test_who_changed_the_light_does_not_approve_it_after_somebody_elses_wording_either(action, officer, manager):
    other = make_manager(action.plan.partnership)
    edited = submit(action, manager, submit(action, officer).version, rag=RAG.COMPLETE)
    edited = submit(action, other, edited.version, rag=RAG.COMPLETE, progress="All is done.")
    with pytest.raises(updates.NobodyApprovesOwnLight):
        updates.approve(update=edited, version=edited.version, by=manager, now=NOW)
    assert updates.approve(update=edited, version=edited.version, by=other, now=NOW).approved_by == other


@pytest.mark.parametrize("who", ["manager", "officer"], ids=["taken back", "said again by the author"])
def test_a_light_that_is_the_authors_again_is_approved_by_who_had_changed_it(action, officer, manager, who):
    edited = submit(action, manager, submit(action, officer).version, rag=RAG.COMPLETE)
    if who == "manager":
        edited = submit(action, manager, edited.version, progress="Three events.")
    else:
        edited = submit(action, officer, edited.version, rag=RAG.COMPLETE, progress="Three events.")
    approved = updates.approve(update=edited, version=edited.version, by=manager, now=NOW)
    assert approved.state == UpdateState.APPROVED


def test_a_light_nobody_else_can_approve_does_not_keep_the_quarter_open(action, officer, manager):
    opened = make_round(action.plan)
    submit(action, manager, submit(action, officer).version, rag=RAG.COMPLETE)
    assert rounds.lock_round(round=opened, version=opened.version, by=manager, now=NOW).locked_at == NOW


def test_nobody_returns_their_own_words(action, manager):
    update = submit(action, manager)
    with pytest.raises(updates.NobodyReturnsOwnWords):
        updates.return_update(update=update, version=update.version, words="Say more.", by=manager, now=NOW)
    update.refresh_from_db()
    assert (update.state, update.returned_by) == (UpdateState.SUBMITTED, None)
    assert not OutboxMail.objects.exists()


@pytest.mark.parametrize("write", [submit, draft])
def test_words_that_were_returned_are_not_sent_again_from_a_page_that_does_not_say_so(action, officer, manager, write):
    seen = submit(action, officer, draft(action, officer).version).version
    updates.return_update(update=action.updates.get(), version=seen, words="How many came?", by=manager, now=NOW)
    for version in range(seen + 1):
        with pytest.raises(Conflict) as refused:
            write(action, officer, version)
        assert refused.value.theirs.returned_words == "How many came?"
    assert action.updates.get().state == UpdateState.RETURNED
    assert write(action, officer, seen + 1).version >= seen + 1


def test_returned_words_saved_twice_by_a_double_click_are_saved_once(action, officer, manager):
    update = submit(action, officer)
    returned = updates.return_update(update=update, version=1, words="How many came?", by=manager, now=NOW)
    for _ in range(2):
        kept = draft(action, officer, returned.version, progress="Two events, 60 people.")
    assert kept.version == returned.version + 1
    for _ in range(2):
        assert submit(action, officer, kept.version, progress="Sixty came.").state == UpdateState.SUBMITTED


def test_returning_says_why(action, officer, manager):
    update = submit(action, officer)
    with pytest.raises(updates.WordsMissing):
        updates.return_update(update=update, version=update.version, words=" ", by=manager, now=NOW)
    returned = updates.return_update(update=update, version=update.version, words="Say more.", by=manager, now=NOW)
    assert (returned.state, returned.returned_by, returned.returned_words) == ("returned", manager, "Say more.")
    assert not returned.is_counted


def test_a_locked_quarter_takes_no_approval(action, officer, manager):
    update = submit(action, officer)
    make_round(action.plan, locked_at=NOW, locked_by=manager)
    with pytest.raises(updates.RoundLocked):
        updates.approve(update=update, version=update.version, by=manager, now=NOW)


# Importing


def imported(action, by, **given):
    fields = {"progress": "Carried out.", "work_needed": "", "rag": RAG.GREEN, "rag_as_stated": "GREEN c/f Actions"}
    return updates.import_update(action=action, quarter=QUARTER, carry_forward=True, by=by, now=NOW, **fields | given)


def test_words_of_a_file_come_as_approved(action, manager):
    update = imported(action, manager)
    assert (update.origin, update.state, update.rag_as_stated) == ("imported", "approved", "GREEN c/f Actions")
    assert update.carry_forward
    assert update.approved_at == NOW
    assert update.history.get().history_user == manager


def test_an_imported_red_light_needs_no_reason(action, manager):
    assert imported(action, manager, rag=RAG.RED).rag == RAG.RED


def test_an_imported_complete_light_completes_the_action(action, manager):
    imported(action, manager, rag=RAG.COMPLETE)
    action.refresh_from_db()
    assert action.status == ActionStatus.COMPLETE


def test_a_file_never_writes_over_words_that_are_there(action, manager):
    theirs = make_update(action)
    with pytest.raises(Conflict) as refused:
        imported(action, manager)
    assert refused.value.theirs == theirs
    assert ProgressUpdate.objects.get().origin == UpdateOrigin.PERSON


def test_every_refusal_is_a_validation_error_with_words():
    refusals = [
        updates.RoundLocked(QUARTER),
        updates.QuarterNotStarted(QUARTER),
        updates.PlanNotActive(PlanStatus.CLOSED),
        updates.ActionEnded("it was closed"),
        updates.AlreadyApproved(),
        updates.AlreadySubmitted(),
        updates.ReasonMissing(RAG.RED),
        updates.NotSubmitted(),
        updates.NobodyApprovesOwnWords(),
        updates.NobodyApprovesOwnLight(RAG.GREEN, RAG.COMPLETE),
        updates.NobodyReturnsOwnWords(),
        updates.WordsMissing(),
    ]
    assert all(isinstance(refusal, ValidationError) and refusal.messages[0] for refusal in refusals)


def test_an_action_is_completed_on_the_day_in_london(action, officer, manager):
    update = submit(action, officer, rag=RAG.COMPLETE, today=date(2025, 6, 20))
    late = datetime(2025, 6, 20, 23, 30, tzinfo=UTC)
    updates.approve(update=update, version=update.version, by=manager, now=late)
    action.refresh_from_db()
    assert action.completed_on == date(2025, 6, 21)


@pytest.mark.parametrize(
    ("closed_on", "expected"),
    [
        pytest.param(date(2025, 5, 1), (RAG.NOT_RATED, "Closed: not needed"), id="closed in the quarter"),
        pytest.param(
            date(2025, 7, 2), (RAG.RED, "Timescale unclear: not rated by date; 7.2 is red"), id="closed after"
        ),
    ],
)
def test_what_was_closed_is_not_suggested_red_for_its_kpis_sake(action, closed_on, expected):
    kpi = make_indicator(action.plan.partnership, reference="7.2")
    link(action, kpi)
    make_reading(kpi, rating=RAG.RED)
    action.status, action.closed_on = ActionStatus.CLOSED_NOT_NEEDED, closed_on
    found = updates.suggestion_for(action, QUARTER, updates.readings_of(action, QUARTER), today=TODAY)
    assert (found.rating, found.why) == expected

"""Every write leaves one history row for each row it changed, in the right name; a refused one leaves nothing.

CASES holds one entry for each public service that writes. A new service fails until it has one.
"""

import inspect
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

import actions.services
from actions.importing import Decisions, confirming, previewing, read_plan, undoing
from actions.importing.commit import SourceFile, commit_plan
from actions.models import (
    Action,
    ActionIndicator,
    Comment,
    Evidence,
    Milestone,
    Objective,
    Plan,
    Priority,
    ProgressUpdate,
    Round,
)
from actions.services import actions as doing
from actions.services import (
    assignment,
    beside,
    carrying,
    evidence,
    figures,
    milestones,
    notes,
    plans,
    reminders,
    rolling,
    rounds,
    shared,
    tying,
    typed,
    updates,
    wording,
)
from actions.services.figures import Figure
from actions.values import ActionStatus
from csp_tracker import services as people
from csp_tracker.grids import read_grids
from csp_tracker.models import Agency, FileImport, Membership, Partnership, User
from csp_tracker.people import ImportKind
from csp_tracker.periods import FinancialYear, Period, Quarter
from csp_tracker.rag import RAG
from indicators import services as kpis
from indicators.models import Baseline, Indicator, PoliceSeries, Reading
from tests import builders as make
from tests.visitors import Visitors
from tests.world import World

pytestmark = pytest.mark.django_db
PLAN_FILE = Path(__file__).parent / "seeds" / "maldon-csp-2015.docx"
THIS_PERIOD = Period.of_quarter(make.QUARTER)
COUNCIL_FILE = b"Ref,Action,Lead,RAG\n1.1,Light the path to the station,Police,Green\n1.2,Meet traders,Council,Red\n"
AMBER = Decisions(lights={"soon": RAG.AMBER})
NEXT = FinancialYear(2026)
UNFINISHED = "Unfinished words of Maldon"
Call = Callable[[World, dict[str, Any]], Any]


class Case(NamedTuple):
    """One service: a call that writes, one that is refused, one that changes nothing; whether history is kept of it."""

    writes: Call
    refused: Call | None = None
    same: Call | None = None
    has_history: bool = True


def changing(service: Callable[..., Any], name: str, model: type[models.Model], /, **fields: Any) -> Case:
    """A service that changes columns of a row: with these values, over somebody else's, and with those it has."""

    def call(own: World, by: dict[str, Any], *, stale: int = 0, same: bool = False) -> Any:
        row = own[model]
        given = {column: getattr(row, column) for column in fields} if same else fields
        return service(**{name: row}, version=person_version(row) + stale, **given, reason="Corrected", **by)

    return Case(call, lambda own, by: call(own, by, stale=7), lambda own, by: call(own, by, same=True))


def person_version(row: Any) -> int:
    return people.version_of_person(row) if isinstance(row, User) else row.version


def plan_for(ends_on: date) -> Call:
    return lambda own, by: plans.create_plan(
        partnership=own.partnership, title="Next", starts_on=date(2026, 4, 1), ends_on=ends_on, **by
    )


def new_member(service: Callable[..., Any], **more: Any) -> Case:
    def call(own: World, by: dict[str, Any], email: str = "new@example.org") -> Any:
        return service(partnership=own.partnership, email=email, name="New", agency=own[Agency], **more, **by)

    return Case(call, lambda own, by: call(own, by, email=own[User].email))


def words(service: Callable[..., Any], **more: Any) -> Call:
    """An update of the action that has one already."""

    def call(own: World, by: dict[str, Any], **other: Any) -> Any:
        update = ProgressUpdate.objects.get(state="draft", action__plan=own[Plan])
        given = {"action": update.action, "version": 1, "progress": "New words", "rag": RAG.GREEN, **more, **other}
        return service(quarter=make.QUARTER, today=make.TODAY, work_needed="Book the hall.", **given, **by)

    return call


def submitted_with_a_figure(own: World, by: dict[str, Any], **other: Any) -> Any:
    revised = Figure(own[Indicator], value=1900, version=1, reason="Recount")
    return words(updates.submit, action=own[Action], figures=[revised])(own, by, **other)


def said_to_be_unchanged(own: World, by: dict[str, Any], because: str = "No meeting yet") -> Any:
    quarter = make.QUARTER.next
    given = {"action": own[Action], "quarter": quarter, "version": 0, "today": quarter.starts_on, "because": because}
    return updates.submit_unchanged(**given, **by)


def reviewed(service: Callable[..., Any], **more: Any) -> Case:
    def call(own: World, by: dict[str, Any], version: int = 1) -> Any:
        return service(update=own[ProgressUpdate], version=version, now=make.NOW, **more, **by)

    return Case(call, lambda own, by: call(own, by, version=7))


def archived(row: Any) -> Any:
    """The row as somebody archived it a while ago."""
    type(row)._base_manager.filter(pk=row.pk).update(archived_at=make.NOW)
    return type(row)._base_manager.get(pk=row.pk)


def complete(action: Action) -> Action:
    """The action as somebody completed it a while ago."""
    Action.objects.filter(pk=action.pk).update(status=ActionStatus.COMPLETE, completed_on=make.TODAY)
    return Action.objects.get(pk=action.pk)


def as_imported(own: World) -> ProgressUpdate:
    """The update as a file said it, and nobody has touched it since."""
    row = ProgressUpdate.objects.filter(pk=own[ProgressUpdate].pk)
    row.update(state="approved", origin="imported", edited_by=None, approved_by=own[User], approved_at=make.NOW)
    return row.get()


def carried_forward(update: ProgressUpdate, by: dict[str, Any]) -> Any:
    return updates.carry_forward_imported(update=update, version=update.version, reason="In the file", **by)


def turned_round(plan: Plan) -> Plan:
    """The plan with its first priority moved to the end."""
    plan.priorities.filter(position=1).update(position=9)
    return plan


def by_name(own: World, /, **fields: Any) -> dict[str, Any]:
    """Rows of the world by the name their service calls them."""
    return {name: own[model] if isinstance(model, type) else model for name, model in fields.items()}


def on(service: Callable[..., Any], /, **fields: Any) -> Call:
    """A call with these values; a model stands for its row."""
    return lambda own, by: service(**by_name(own, **fields), **by)


def ticked(own: World, by: dict[str, Any], done_on: date | None, was: date | None = None) -> Any:
    tick = milestones.Tick(own[Milestone].pk, done_on, was)
    return milestones.tick_milestones(action=own[Action], ticks=[tick], today=make.TODAY, **by)


NEXT_QUARTER = make.QUARTER.next
LINK = evidence.NewEvidence("Minutes", link="https://example.org/minutes")


def rate_all_again(own: World, by: dict[str, Any], reason: str) -> Any:
    """Rate again what a new rule of the KPI's own has a say in."""
    scheme = make.make_scheme(
        own.partnership, indicator=own[Indicator], effective_from=date(2025, 4, 1), made_by=by["by"]
    )
    seen = kpis.fingerprint(kpis.reratings(scheme))
    return kpis.rate_all_again(scheme=scheme, seen=seen, reason=reason, **by)


CASES: dict[str, Case] = {
    "csp_tracker.services.add_agency": Case(
        lambda own, by: people.add_agency(partnership=own.partnership, name="Fire service", **by),
        lambda own, by: people.add_agency(partnership=own.partnership, name=own[Agency].name.upper(), **by),
    ),
    "csp_tracker.services.change_agency": changing(people.change_agency, "agency", Agency, short_name="FRS"),
    "csp_tracker.services.archive_agency": Case(on(people.archive_agency, agency=Agency)),
    "csp_tracker.services.restore_agency": Case(
        lambda own, by: people.restore_agency(agency=archived(own[Agency]), **by),
        same=on(people.restore_agency, agency=Agency),
    ),
    "csp_tracker.services.add_member": new_member(people.add_member),
    "csp_tracker.services.invite": new_member(people.invite, link=str),
    "csp_tracker.services.send_invitation": Case(
        lambda own, by: people.send_invitation(membership=own[Membership], link=str, **by), has_history=False
    ),
    "csp_tracker.services.change_membership": changing(
        people.change_membership, "membership", Membership, job_title="Sergeant"
    ),
    "csp_tracker.services.choose_mail": Case(
        on(people.choose_mail, wants_digest=True), same=on(people.choose_mail, wants_digest=False)
    ),
    "csp_tracker.services.create_partnership": Case(
        on(people.create_partnership, name="Chelmsford", slug="chelmsford"),
        lambda own, by: people.create_partnership(name="Chelmsford", slug=own.slug, **by),
    ),
    "csp_tracker.services.change_partnership": changing(
        people.change_partnership, "partnership", Partnership, name="Maldon District"
    ),
    "csp_tracker.services.change_person": changing(people.change_person, "person", User, name="New Name"),
    "indicators.services.create_indicator": Case(
        lambda own, by: kpis.create_indicator(partnership=own.partnership, name="Walks", **by),
        lambda own, by: kpis.create_indicator(partnership=own.partnership, name="Walks", decimals=9, **by),
    ),
    "indicators.services.change_indicator": changing(kpis.change_indicator, "indicator", Indicator, why="It matters."),
    "indicators.services.archive_indicator": Case(
        on(kpis.archive_indicator, indicator=Indicator, reason="No longer counted"),
        on(kpis.archive_indicator, indicator=Indicator, reason=" "),
    ),
    "indicators.services.restore_indicator": Case(
        lambda own, by: kpis.restore_indicator(indicator=archived(own[Indicator]), **by),
        same=on(kpis.restore_indicator, indicator=Indicator),
    ),
    "indicators.services.add_baseline": Case(
        on(kpis.add_baseline, indicator=Indicator, label="2023/24", value=2100, text="2,100", is_primary=True),
        on(kpis.add_baseline, indicator=Indicator, label="2023/24", is_primary=True),
    ),
    "indicators.services.change_baseline": changing(kpis.change_baseline, "baseline", Baseline, value=2031),
    "indicators.services.set_target": Case(
        on(kpis.set_target, indicator=Indicator, period=THIS_PERIOD, value=1900, text="1,900", reason="Agreed in May"),
        on(kpis.set_target, indicator=Indicator, period=THIS_PERIOD, value=1900, text="1,900"),
        on(kpis.set_target, indicator=Indicator, period=THIS_PERIOD, value=1984, text="1,984"),
    ),
    "indicators.services.set_scheme": Case(
        lambda own, by: kpis.set_scheme(partnership=own.partnership, effective_from=date(2025, 4, 1), **by),
        lambda own, by: kpis.set_scheme(
            partnership=own.partnership, effective_from=date(2025, 4, 1), amber_tolerance=-1, **by
        ),
        has_history=False,
    ),
    "indicators.services.record_reading": Case(
        on(kpis.record_reading, indicator=Indicator, period=THIS_PERIOD, value=1890, version=1, reason="Recount"),
        on(kpis.record_reading, indicator=Indicator, period=THIS_PERIOD, value=1890, version=1),
        on(kpis.record_reading, indicator=Indicator, period=THIS_PERIOD, value=1884, version=1),
    ),
    "indicators.services.record_readings": Case(
        lambda own, by: enter_two(own, by, 1890, 1900, reason="Recount"),
        lambda own, by: enter_two(own, by, 1890, 1900),
        lambda own, by: enter_two(own, by, 1884),
    ),
    "indicators.services.rate_again": changing(kpis.rate_again, "reading", Reading)._replace(same=None),
    "indicators.services.rate_all_again": Case(
        lambda own, by: rate_all_again(own, by, "A stricter rule from April"),
        lambda own, by: rate_all_again(own, by, " "),
    ),
    "indicators.services.add_police_series": Case(
        lambda own, by: kpis.add_police_series(indicator=counted_monthly(own), crime_types=["drugs"], **by),
        on(kpis.add_police_series, indicator=Indicator, crime_types=["drugs"]),
    ),
    "indicators.services.change_police_series": changing(
        kpis.change_police_series, "series", PoliceSeries, crime_types=["drugs"]
    ),
    "indicators.services.archive_police_series": Case(
        on(kpis.archive_police_series, series=PoliceSeries, reason="Counted by the council"),
        on(kpis.archive_police_series, series=PoliceSeries, reason=" "),
    ),
    "indicators.services.restore_police_series": Case(
        lambda own, by: kpis.restore_police_series(series=archived(own[PoliceSeries]), **by),
        same=on(kpis.restore_police_series, series=PoliceSeries),
    ),
    "actions.services.plans.create_plan": Case(plan_for(date(2027, 3, 31)), plan_for(date(2025, 3, 31))),
    "actions.services.plans.change_plan": changing(plans.change_plan, "plan", Plan, marking="OFFICIAL"),
    "actions.services.plans.add_priority": Case(
        on(plans.add_priority, plan=Plan, title="Parks"), on(plans.add_priority, plan=Plan, title="")
    ),
    "actions.services.plans.change_priority": changing(plans.change_priority, "priority", Priority, title="Parks"),
    "actions.services.plans.add_objective": Case(
        on(plans.add_objective, priority=Priority, text="Light"), on(plans.add_objective, priority=Priority, text="")
    ),
    "actions.services.plans.change_objective": changing(
        plans.change_objective, "objective", Objective, text="Light the paths"
    ),
    "actions.services.plans.move": Case(
        on(plans.move, thing=Priority, up=False), same=on(plans.move, thing=Priority, up=True)
    ),
    "actions.services.plans.place": Case(
        lambda own, by: plans.place(thing=own[Action], under=other_objective(own), reason="Fits better", **by),
        lambda own, by: plans.place(thing=own[Action], under=own.draft.objective, reason="Fits better", **by),
        on(plans.place, thing=Action, under=Objective, reason="Fits better"),
    ),
    "actions.services.plans.renumber": Case(
        lambda own, by: plans.renumber(plan=turned_round(own[Plan]), reason="New order", **by),
        same=on(plans.renumber, plan=Plan),
    ),
    "actions.services.plans.archive": Case(
        on(plans.archive, thing=Priority, reason="Merged"), on(plans.archive, thing=Priority, reason=" ")
    ),
    "actions.services.plans.restore": Case(
        lambda own, by: plans.restore(thing=own.archived, reason="Needed after all", **by),
        lambda own, by: plans.restore(thing=own.archived, reason=" ", **by),
        on(plans.restore, thing=Action, reason="Needed after all"),
    ),
    "actions.services.actions.add_action": Case(
        lambda own, by: doing.add_action(
            objective=own[Objective], text="Walk", supporters=[own[Agency]], indicators=[own[Indicator]], **by
        ),
        on(doing.add_action, objective=Objective, text="Walk", reference="1.1.1"),
    ),
    "actions.services.actions.change_action": changing(
        doing.change_action, "action", Action, text="Walk further", lead_text="Police"
    ),
    "actions.services.actions.change_due_date": Case(
        on(doing.change_due_date, action=Action, version=1, due_on=date(2025, 12, 31), reason="Weather"),
        on(doing.change_due_date, action=Action, version=1, due_on=date(2025, 12, 31), reason=""),
        on(doing.change_due_date, action=Action, version=1, due_on=date(2025, 9, 30), reason="Weather"),
    ),
    "actions.services.actions.complete_action": Case(
        on(doing.complete_action, action=Action, completed_on=make.TODAY),
    ),
    "actions.services.actions.reopen_action": Case(
        lambda own, by: doing.reopen_action(action=complete(own[Action]), reason="Not yet", **by),
        same=on(doing.reopen_action, action=Action, reason="Not yet"),
    ),
    "actions.services.actions.close_action": Case(
        on(
            doing.close_action,
            action=Action,
            status=ActionStatus.CLOSED_NOT_NEEDED,
            closed_on=make.TODAY,
            reason="Merged",
        ),
        on(doing.close_action, action=Action, status=ActionStatus.COMPLETE, closed_on=make.TODAY, reason="Merged"),
    ),
    "actions.services.actions.set_supporters": Case(
        lambda own, by: doing.set_supporters(action=own[Action], agencies=[own[Agency]], **by),
        same=lambda own, by: doing.set_supporters(
            action=own[Action], agencies=list(own[Action].supporting_agencies.all()), **by
        ),
    ),
    "actions.services.actions.set_indicators": Case(
        lambda own, by: doing.set_indicators(action=own[Action], indicators=[own[Indicator].part_of], **by),
        same=lambda own, by: doing.set_indicators(action=own[Action], indicators=[own[Indicator]], **by),
    ),
    "actions.services.shared.set_links": Case(
        lambda own, by: linking(own, [own[Indicator].part_of], by),
        same=lambda own, by: linking(own, [own[Indicator]], by),
    ),
    "actions.services.milestones.add_milestone": Case(
        on(milestones.add_milestone, action=Action, text="Appoint contractor", due_on=make.TODAY),
        on(milestones.add_milestone, action=Action, text="", due_on=make.TODAY),
    ),
    "actions.services.milestones.change_milestone": changing(
        partial(milestones.change_milestone, today=make.TODAY), "milestone", Milestone, text="Appoint contractor"
    ),
    "actions.services.milestones.tick_milestones": Case(
        lambda own, by: ticked(own, by, make.TODAY),
        lambda own, by: ticked(own, by, make.TODAY, was=date(2025, 7, 1)),
        lambda own, by: ticked(own, by, None, was=make.TODAY),
    ),
    "actions.services.milestones.archive_milestone": Case(
        on(milestones.archive_milestone, milestone=Milestone, reason="Not needed"),
        on(milestones.archive_milestone, milestone=Milestone, reason=" "),
    ),
    "actions.services.milestones.restore_milestone": Case(
        lambda own, by: milestones.restore_milestone(milestone=archived(own[Milestone]), reason="Needed", **by),
        same=on(milestones.restore_milestone, milestone=Milestone, reason="Needed"),
    ),
    "actions.services.assignment.assign": Case(
        lambda own, by: assignment.assign(actions=list(own[Plan].actions.all()), lead_officer=None, **by),
        lambda own, by: assignment.assign(actions=[own[Action]], lead_officer=own.people["viewer"], **by),
        lambda own, by: assignment.assign(actions=[own[Action]], lead_officer=own[User], **by),
    ),
    "actions.services.assignment.hand_over": Case(
        lambda own, by: assignment.hand_over(
            partnership=own.partnership, from_person=own[User], to_person=own.people["supporter"], **by
        ),
        lambda own, by: assignment.hand_over(
            partnership=own.partnership, from_person=own[User], to_person=own.people["leaver"], **by
        ),
    ),
    "actions.services.carrying.decide": Case(
        lambda own, by: decided(own, by, "dropped", version=1),
        lambda own, by: decided(own, by, "dropped", version=7),
        lambda own, by: decided(own, by, "as_is", version=1),
    ),
    "actions.services.wording.change_wording": Case(
        lambda own, by: worded(own, by, "Deeds"),
        lambda own, by: worded(own, by, stale=7),
        lambda own, by: worded(own, by),
    ),
    "actions.services.tying.tie": Case(
        lambda own, by: tied(own, by, "No money"),
        lambda own, by: tied(own, by, "No money", seen="what was read before"),
        lambda own, by: tied(own, by, ""),
    ),
    "actions.services.rolling.roll_forward": Case(
        lambda own, by: rolled_with_a_baseline(own, by),
        lambda own, by: rolled_forward(own, by, "what was read before"),
    ),
    "actions.services.beside.write_beside": Case(
        lambda own, by: said_beside(own, by, beside.Beside(evidence=LINK)),
        lambda own, by: said_beside(own, by, beside.Beside(evidence=evidence.NewEvidence(link="ftp://a.org"))),
        lambda own, by: said_beside(own, by, beside.NOTHING_BESIDE),
    ),
    "actions.services.evidence.put_up": Case(
        lambda own, by: with_evidence(own, by, LINK),
        lambda own, by: with_evidence(own, by, evidence.NewEvidence(name="page.html", data=b"<html>")),
        lambda own, by: with_evidence(own, by, evidence.NewEvidence(name="again.pdf", data=b"%PDF-1.7\n%%EOF")),
    ),
    "actions.services.evidence.write_evidence": Case(
        on(evidence.write_evidence, action=Action, quarter=make.QUARTER, new=LINK),
        on(evidence.write_evidence, action=Action, quarter=make.QUARTER, new=evidence.NewEvidence(link="ftp://a.org")),
    ),
    "actions.services.evidence.take_away": Case(
        lambda own, by: evidence.take_away(evidence=own[Evidence], today=make.TODAY, **by),
        lambda own, by: evidence.take_away(evidence=own.draft.evidence, today=make.TODAY, **by),
        lambda own, by: evidence.take_away(
            evidence=Evidence(pk=0, action=own[Action], quarter=make.QUARTER), today=make.TODAY, **by
        ),
    ),
    "actions.services.figures.write_figures": Case(
        lambda own, by: figures.write_figures(
            action=own[Action], quarter=NEXT_QUARTER, figures=[Figure(own[Indicator], value=1700)], **by
        ),
        lambda own, by: figures.write_figures(
            action=own[Action], quarter=make.QUARTER, figures=[Figure(own[Indicator], value=1700)], **by
        ),
    ),
    "actions.services.notes.add_comment": Case(
        on(notes.add_comment, action=Action, quarter=make.QUARTER, text="Well done."),
        on(notes.add_comment, action=Action, quarter=make.QUARTER.previous, text="Well done."),
    ),
    "actions.services.notes.add_private_note": Case(
        on(notes.add_private_note, action=Action, text="Quietly."), on(notes.add_private_note, action=Action, text="")
    ),
    "actions.services.reminders.remind_now": Case(
        lambda own, by: reminders.remind_now(round=own[Round], people=[own.people["lead agency"]], now=make.NOW, **by),
        lambda own, by: reminders.remind_now(round=own[Round], people=[nobodys()], now=make.NOW, **by),
        lambda own, by: reminders.remind_now(round=own[Round], people=[own.people["supporter"]], now=make.NOW, **by),
        has_history=False,
    ),
    "actions.services.rounds.open_round": Case(
        on(rounds.open_round, plan=Plan, quarter=NEXT_QUARTER, opens_on=date(2025, 10, 1), due_on=date(2025, 10, 21)),
        on(rounds.open_round, plan=Plan, quarter=make.QUARTER, opens_on=date(2025, 10, 1), due_on=date(2025, 10, 21)),
    ),
    "actions.services.rounds.change_dates": changing(
        rounds.change_dates,
        "round",
        Round,
        opens_on=date(2025, 7, 2),
        due_on=date(2025, 7, 23),
        committee_on=None,
    ),
    "actions.services.rounds.lock_round": Case(
        on(rounds.lock_round, round=Round, version=1, now=make.NOW),
        on(rounds.lock_round, round=Round, version=7, now=make.NOW),
    ),
    "actions.services.rounds.unlock": Case(
        on(
            rounds.unlock,
            quarter=make.QUARTER,
            action=Action,
            person=User,
            until=date(2025, 8, 2),
            reason="Typing error",
        ),
        on(rounds.unlock, quarter=make.QUARTER, action=Action, person=User, until=date(2025, 8, 2), reason=""),
    ),
    "actions.services.updates.save_draft": Case(
        words(updates.save_draft),
        lambda own, by: words(updates.save_draft, version=7)(own, by),
        words(updates.save_draft, progress=UNFINISHED),
    ),
    "actions.services.updates.submit": Case(
        submitted_with_a_figure, lambda own, by: submitted_with_a_figure(own, by, rag=RAG.RED)
    ),
    "actions.services.updates.submit_unchanged": Case(
        said_to_be_unchanged, lambda own, by: said_to_be_unchanged(own, by, because=" ")
    ),
    "actions.services.typed.keep_typed": Case(
        lambda own, by: keep_typed(own, by, "progress=Half"),
        lambda own, by: keep_typed(own, by, "x" * (typed.LARGEST + 1)),
        has_history=False,
    ),
    "actions.services.typed.forget_typed": Case(
        on(typed.forget_typed, action=Action, quarter=make.QUARTER), has_history=False
    ),
    "actions.services.updates.approve": reviewed(updates.approve),
    "actions.services.updates.return_update": reviewed(updates.return_update, words="How many came?"),
    "actions.services.updates.import_update": Case(
        lambda own, by: imported(own.draft.action, by), lambda own, by: imported(own[Action], by)
    ),
    "actions.services.updates.carry_forward_imported": Case(
        lambda own, by: carried_forward(as_imported(own), by),
        lambda own, by: carried_forward(own[ProgressUpdate], by),
    ),
    "actions.importing.previewing.preview_import": Case(lambda own, by: brought(own, by)),
    "actions.importing.previewing.decide": Case(
        lambda own, by: previewing.decide(file_import=seen(own), version=1, decisions=AMBER, **by),
        lambda own, by: previewing.decide(file_import=seen(own), version=7, decisions=AMBER, **by),
    ),
    "actions.importing.previewing.drop_import": Case(
        on(previewing.drop_import, file_import=FileImport, version=1),
        on(previewing.drop_import, file_import=FileImport, version=7),
    ),
    "actions.importing.confirming.confirm_import": Case(
        lambda own, by: confirming.confirm_import(file_import=seen(own), version=1, year=NEXT, now=make.NOW, **by),
        lambda own, by: confirming.confirm_import(file_import=seen(own), version=7, year=NEXT, now=make.NOW, **by),
    ),
    "actions.importing.undoing.undo_import": Case(
        lambda own, by: undoing.undo_import(file_import=done(own), version=1, now=make.NOW, **by),
        on(undoing.undo_import, file_import=FileImport, version=1, now=make.NOW),
    ),
}
#: Tested below, because they write in another way or in another name.
ELSEWHERE = {"csp_tracker.services.accept_invitation"}


def decided(own: World, by: dict[str, Any], decision: str, *, version: int) -> Any:
    """The decision about the action of the world."""
    choice = carrying.Choice(own[Action], version, decision, reason="Not finished", meeting="Strategy group")
    return carrying.decide(plan=own[Plan], choices=[choice], **by)


def worded(own: World, by: dict[str, Any], heading: str = "", stale: int = 0) -> Any:
    """A column of the plan's own, called otherwise; what its action says in it goes along. Unnamed, nothing does."""
    plan = own[Plan]
    if heading:
        Action.objects.filter(pk=own[Action].pk).update(extra={"What": "Lamps"})
        plan.columns = [{"heading": "What", "meaning": ""}]
    columns = [one | {"was": one["heading"], "heading": heading} for one in plan.columns]
    return wording.change_wording(
        plan=plan, version=plan.version + stale, columns=columns, key=[], reason="Corrected", **by
    )


def tied(own: World, by: dict[str, Any], dropped_because: str, seen: str = "") -> Any:
    """What became of the action of the plan before: what is recorded, or that it was dropped."""
    lineage = tying.Lineage(own[Plan])
    [line] = lineage.lines
    ended = tying.Tie(line.action, ended="dropped", reason=dropped_because)
    tie = ended if dropped_because else tying.Tie(line.action, line.row.to_action)
    return tying.tie(
        plan=own[Plan], seen=seen or lineage.fingerprint, ties=[tie], meeting="Strategy group", now=make.NOW, **by
    )


def rolled_forward(own: World, by: dict[str, Any], seen: str = "", baselines: Sequence[Indicator] = ()) -> Any:
    """The next plan, made of what has been decided in the world."""
    return rolling.roll_forward(
        plan=own[Plan], seen=seen or carrying.Decisions(own[Plan]).fingerprint, title="Next",
        starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31), baselines=baselines, now=make.NOW, **by,
    )  # fmt: skip


def rolled_with_a_baseline(own: World, by: dict[str, Any]) -> Any:
    """The same, with the whole year of the KPI as what it is compared with from now on."""
    for number in (2, 3, 4):
        period = Period.of_quarter(Quarter(2025, number))
        kpis.record_reading(indicator=own[Indicator], period=period, value=1900, **by)
    return rolled_forward(own, by, baselines=[own[Indicator]])


def counted_monthly(own: World) -> Indicator:
    """The KPI of the world as one that takes a count each month."""
    Indicator.objects.filter(pk=own[Indicator].pk).update(frequency="month")
    return Indicator.objects.get(pk=own[Indicator].pk)


def keep_typed(own: World, by: dict[str, Any], words: str) -> None:
    """What somebody types over the update of the world."""
    typed.keep_typed(action=own[Action], quarter=make.QUARTER, version=1, typed=words, now=make.NOW, **by)


def enter_two(own: World, by: dict[str, Any], now: int, before: int | None = None, reason: str = "") -> Any:
    """The figure of the quarter, which is on record, and that of the one before, if any."""
    entries = [kpis.Entry(own[Indicator], THIS_PERIOD, value=now, version=1, reason=reason)]
    if before is not None:
        entries.append(kpis.Entry(own[Indicator], THIS_PERIOD.previous, value=before))
    return kpis.record_readings(partnership=own.partnership, entries=entries, **by)


def brought(own: World, by: dict[str, Any]) -> FileImport:
    """A preview of a small file."""
    return previewing.preview_import(
        partnership=own.partnership, document=read_grids(COUNCIL_FILE, "plan.csv"), name="plan.csv", data=COUNCIL_FILE,
        kind=ImportKind.PLAN, now=make.NOW, **by,
    )  # fmt: skip


def told(own: World, **columns: Any) -> FileImport:
    """The import of the world with other columns, as if it had come like this."""
    FileImport.objects.filter(pk=own[FileImport].pk).update(**columns)
    return FileImport.objects.get(pk=own[FileImport].pk)


def seen(own: World) -> FileImport:
    """The import of the world as the preview of a small file."""
    return told(own, document=read_grids(COUNCIL_FILE, "plan.csv").to_json())


def done(own: World) -> FileImport:
    """The import of the world as one that has brought a comment."""
    return told(
        own,
        state="confirmed",
        confirmed_at=make.NOW,
        confirmed_by=own.people["manager"],
        made={"actions.Comment": {str(own[Comment].pk): [None, 1]}},
    )


def said_beside(own: World, by: dict[str, Any], what: beside.Beside) -> None:
    beside.write_beside(action=own[Action], quarter=make.QUARTER, beside=what, today=make.TODAY, **by)


def with_evidence(own: World, by: dict[str, Any], new: evidence.NewEvidence) -> Evidence:
    return evidence.put_up(action=own[Action], quarter=make.QUARTER, new=new, today=make.TODAY, **by)


def nobodys() -> User:
    """Somebody who is in no partnership."""
    return User.objects.get(memberships=None)


def other_objective(own: World) -> Objective:
    return Objective.objects.filter(priority__plan=own[Plan]).exclude(pk=own[Objective].pk).get()


def linking(own: World, kpis: list[Indicator], by: dict[str, Any]) -> bool:
    make_link = partial(ActionIndicator, action=own[Action])
    return shared.set_links(own[Action].indicator_links.all(), "indicator", kpis, make_link, by=by["by"], reason="")


def imported(action: Action, by: dict[str, Any]) -> Any:
    return updates.import_update(
        action=action, quarter=make.QUARTER, progress="Done.", work_needed="", rag=RAG.COMPLETE,
        rag_as_stated="Blue", carry_forward=False, now=make.NOW, **by,
    )  # fmt: skip


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    with Visitors.come(django_db_blocker) as visitors:
        yield visitors


def services_that_write() -> set[str]:
    """Every public function of the services that acts in somebody's name or in a transaction of its own."""
    modules = [people, kpis, previewing, confirming, undoing]
    modules += [
        import_module(f"actions.services.{found.name}") for found in pkgutil.iter_modules(actions.services.__path__)
    ]
    found = set()
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            is_own = function.__module__.startswith(module.__name__) and not name.startswith(("_", "refuse_"))
            if is_own and ("by" in inspect.signature(function).parameters or hasattr(function, "__wrapped__")):
                found.add(f"{module.__name__}.{name}")
    return found


def test_every_service_that_writes_is_called_here():
    missing = sorted(services_that_write() - set(CASES) - ELSEWHERE)
    assert not missing, f"Say in CASES how to call {', '.join(missing)}."


def test_no_case_is_about_a_service_that_is_gone():
    assert set(CASES) | ELSEWHERE <= services_that_write()


class Kept:
    """What is stored of every row that has a history, and that history."""

    def __init__(self) -> None:
        self.rows: dict[tuple[type, Any], dict[str, Any]] = {}
        self.history: dict[tuple[type, int], Any] = {}
        for app in ("csp_tracker", "indicators", "actions"):
            for model in apps.get_app_config(app).get_models():
                if hasattr(model, "history"):
                    self.rows |= {(model, row["pk"]): row for row in model._base_manager.values("pk", *columns(model))}
                    self.history |= {(model, row.history_id): row for row in model.history.all()}

    def since(self, before: "Kept") -> tuple[Counter, Counter, set[int | None]]:
        """How often each row changed (once, that is), its new history rows, and in whose names they are."""
        keys = self.rows.keys() | before.rows.keys()
        changed = Counter(key for key in keys if self.rows.get(key) != before.rows.get(key))
        new = {key: row for key, row in self.history.items() if key not in before.history}
        return (
            changed,
            Counter((model, row.id) for (model, _), row in new.items()),
            {row.history_user_id for row in new.values()},
        )


def columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model.history.model.tracked_fields]


def case_of(kind: str) -> Any:
    calls = [pytest.param(name, id=name) for name, case in CASES.items() if getattr(case, kind) is not None]
    return pytest.mark.parametrize("name", calls)


@case_of("writes")
def test_each_row_changed_leaves_one_history_row_with_the_person(visitors, name):
    case, manager, before = CASES[name], visitors.people["manager"], Kept()
    case.writes(visitors.own.fresh(), {"by": manager})
    changed, kept, names = Kept().since(before)
    assert kept == changed
    assert bool(changed) == case.has_history
    assert names <= {manager.pk}


@case_of("refused")
def test_a_refused_call_leaves_nothing(visitors, name):
    before = Kept()
    with pytest.raises(ValidationError):
        CASES[name].refused(visitors.own.fresh(), {"by": visitors.people["manager"]})
    changed, kept, _ = Kept().since(before)
    assert not changed
    assert not kept


@case_of("same")
def test_a_call_that_changes_nothing_leaves_nothing(visitors, name):
    before = Kept()
    CASES[name].same(visitors.own.fresh(), {"by": visitors.people["manager"]})
    changed, kept, _ = Kept().since(before)
    assert not changed
    assert not kept


@pytest.mark.parametrize("password", ["a long enough phrase", "short"])
def test_an_invited_person_chooses_a_password_in_their_own_name(visitors, password):
    own, by = visitors.own.fresh(), visitors.people["manager"]
    user = people.add_member(
        partnership=own.partnership, email="n@example.org", name="N", agency=own[Agency], by=by
    ).user
    token = people.invitation_token(user)
    if password == "short":
        with pytest.raises(ValidationError):
            people.accept_invitation(token=token, password=password)
        assert user.history.count() == 1
    else:
        people.accept_invitation(token=token, password=password)
        assert [row.history_user for row in user.history.all()] == [user, by]


def test_every_row_of_an_import_is_in_the_name_of_who_imported_it(visitors, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    own, by, before = visitors.own.fresh(), visitors.people["manager"], Kept()
    file = SourceFile(PLAN_FILE.name, PLAN_FILE.read_bytes())
    year = FinancialYear.parse("2015/16")
    commit_plan(
        tree=read_plan(file.data, file.name), file=file, partnership=own.partnership, by=by, now=make.NOW, year=year
    )
    changed, kept, names = Kept().since(before)
    assert changed.keys() == kept.keys()
    assert len(changed) > 20
    assert names == {by.pk}


def test_signing_in_is_no_change_of_the_person(client):
    person = make.make_user()
    client.post(reverse("account_login"), {"login": person.email, "password": make.PASSWORD})
    person.refresh_from_db()
    assert person.last_login is not None
    assert person.history.count() == 1

"""Rows for tests: plain functions with fixed defaults. What a test cares about it says; the rest is here.

Rows are stored directly, not through services, so that a test of a service stands on nothing it tests.
"""

from datetime import UTC, date, datetime
from hashlib import sha256
from itertools import count
from secrets import token_hex
from typing import Any

from django.core.files.base import ContentFile

from actions.models import (
    Action,
    ActionIndicator,
    CarryForward,
    Evidence,
    Milestone,
    Objective,
    Plan,
    Priority,
    ProgressUpdate,
    Reminder,
    Round,
    SupportingAgency,
)
from actions.reminding import ReminderKind
from actions.values import ActionStatus, PlanStatus, UpdateState
from csp_tracker.grids import Cell, Document, Grid, Row
from csp_tracker.models import Agency, FileImport, Membership, OutboxMail, Partnership, User
from csp_tracker.people import ImportKind, Role
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from indicators.models import Baseline, Indicator, PoliceSeries, RatingScheme, Reading, Target

NUMBERS = count(1)
TODAY = date(2025, 7, 15)
NOW = datetime(2025, 7, 15, 9, 30, tzinfo=UTC)
QUARTER = Quarter.parse("2025-26-Q1")
PASSWORD = "correct horse battery"


def make_partnership(name: str = "", **fields: Any) -> Partnership:
    number = next(NUMBERS)
    return Partnership.objects.create(name=name or f"Partnership {number}", slug=f"partnership-{number}", **fields)


def make_agency(partnership: Partnership | None = None, name: str = "", **fields: Any) -> Agency:
    partnership = partnership or make_partnership()
    return Agency.objects.create(partnership=partnership, name=name or f"Agency {next(NUMBERS)}", **fields)


def make_user(name: str = "", **fields: Any) -> User:
    number = next(NUMBERS)
    fields.setdefault("email", f"person{number}@example.org")
    return User.objects.create_user(
        password=fields.pop("password", PASSWORD), name=name or f"Person {number}", **fields
    )


def make_member(partnership: Partnership | None = None, role: Role = Role.OFFICER, **fields: Any) -> User:
    """A person with a membership; `agency`, `is_administrator`, `ends_on`, `name` and `email` may be given."""
    agency = fields.pop("agency", None)
    partnership = partnership or (agency.partnership if agency else make_partnership())
    user = make_user(**{key: fields.pop(key) for key in ("name", "email") if key in fields})
    Membership.objects.create(
        user=user, partnership=partnership, agency=agency or make_agency(partnership), role=role, **fields
    )
    return user


def make_viewer(partnership: Partnership, **fields: Any) -> User:
    return make_member(partnership, Role.VIEWER, **fields)


def make_officer(partnership: Partnership, **fields: Any) -> User:
    return make_member(partnership, Role.OFFICER, **fields)


def make_manager(partnership: Partnership, **fields: Any) -> User:
    return make_member(partnership, Role.MANAGER, **fields)


def make_administrator(partnership: Partnership, **fields: Any) -> User:
    """An administrator who is otherwise a viewer."""
    return make_member(partnership, Role.VIEWER, is_administrator=True, **fields)


def make_plan(partnership: Partnership | None = None, **fields: Any) -> Plan:
    number = next(NUMBERS)
    defaults = {
        "partnership": partnership or make_partnership(),
        "title": f"Action plan {number}",
        "slug": f"action-plan-{number}",
        "starts_on": date(2025, 4, 1),
        "ends_on": date(2026, 3, 31),
        "status": PlanStatus.ACTIVE,
    }
    return Plan.objects.create(**defaults | fields)


def make_priority(plan: Plan | None = None, **fields: Any) -> Priority:
    plan = plan or make_plan()
    position = plan.priorities.count() + 1
    defaults = {"number": f"{position}", "title": f"Priority {position}", "position": position}
    return Priority.objects.create(plan=plan, **defaults | fields)


def make_objective(priority: Priority | None = None, **fields: Any) -> Objective:
    priority = priority or make_priority()
    position = priority.objectives.count() + 1
    defaults = {"number": f"{priority.number}.{position}", "text": f"Objective {position}", "position": position}
    return Objective.objects.create(priority=priority, **defaults | fields)


def make_action(objective: Objective | Plan | None = None, **fields: Any) -> Action:
    """An action in progress without a date; given a plan, it stands under the plan's first objective."""
    if isinstance(objective, Plan):
        first = Objective.objects.filter(priority__plan=objective).first()
        objective = first or make_objective(make_priority(objective))
    objective = objective or make_objective()
    position = objective.actions.count() + 1
    defaults = {
        "plan": objective.priority.plan,
        "reference": f"{objective.number}.{position}",
        "position": position,
        "text": f"Action {position}",
        "status": ActionStatus.IN_PROGRESS,
    }
    return Action.objects.create(objective=objective, **defaults | fields)


def make_decision(action: Action | None = None, **fields: Any) -> CarryForward:
    """What becomes of an action next year: carried as it is, by the strategy group; nothing is confirmed."""
    action = action or make_action()
    defaults = {"decision": "as_is", "reason": "Not finished", "meeting": "Strategy group"}
    by = fields.pop("decided_by", None) or make_manager(action.plan.partnership)
    return CarryForward.objects.create(from_action=action, decided_by=by, **defaults | fields)


def make_carried(action: Action, to: Action, *, year: int = 2, **fields: Any) -> CarryForward:
    """A decision that was confirmed and led to an action of the next plan."""
    by = fields.get("decided_by") or make_manager(action.plan.partnership)
    made = {"to_plan": to.plan, "to_action": to, "to_year": year, "confirmed_by": by, "confirmed_at": NOW}
    return make_decision(action, **{"decided_by": by} | made | fields)


def make_milestone(action: Action | None = None, **fields: Any) -> Milestone:
    """A step that is open and not due yet."""
    action = action or make_action()
    position = action.milestones.count() + 1
    defaults = {"text": f"Milestone {position}", "due_on": date(2025, 9, 30), "position": position}
    return Milestone.objects.create(action=action, **defaults | fields)


def make_evidence(
    action: Action | None = None, quarter: Quarter = QUARTER, data: bytes = b"", **fields: Any
) -> Evidence:
    """A link; or a file, where its bytes are given."""
    action, number = action or make_action(), next(NUMBERS)
    by = fields.pop("put_up_by", None) or action.lead_officer or make_officer(action.plan.partnership)
    kept: dict[str, Any] = {"link": f"https://example.org/{number}"}
    if data:
        kept = {"file": ContentFile(data, token_hex(16)), "file_name": "report.pdf", "file_size": len(data)}
        kept["sha256"] = sha256(data).hexdigest()
    given = {"title": f"Evidence {number}", "put_up_by": by, "put_up_at": NOW} | kept | fields
    return Evidence.objects.create(action=action, quarter=quarter, **given)


def make_support(action: Action, agency: Agency) -> SupportingAgency:
    return SupportingAgency.objects.create(action=action, agency=agency)


def make_update(action: Action | None = None, quarter: Quarter = QUARTER, **fields: Any) -> ProgressUpdate:
    """A submitted green update; `state`, `rag` and the rest may be given."""
    action = action or make_action()
    author = fields.pop("submitted_by", None) or action.lead_officer or make_officer(action.plan.partnership)
    defaults = {
        "progress": "Two events were held.",
        "work_needed": "Book the hall.",
        "rag": RAG.GREEN,
        "state": UpdateState.SUBMITTED,
        "drafted_by": author,
    }
    values = defaults | fields
    if values["rag"] in (RAG.RED, RAG.AMBER):
        values.setdefault("rag_reason", "The funding was withdrawn.")
    if values["state"] != UpdateState.DRAFT:
        values |= {"submitted_by": author, "submitted_at": NOW}
    if values["state"] == UpdateState.APPROVED:
        approver = values.pop("approved_by", None) or make_manager(action.plan.partnership)
        values |= {"approved_by": approver, "approved_at": NOW}
    if values["state"] == UpdateState.RETURNED:
        values.setdefault("returned_words", "Please say how many people came.")
        values |= {"returned_by": make_manager(action.plan.partnership), "returned_at": NOW}
    return ProgressUpdate.objects.create(action=action, quarter=quarter, **values)


def make_round(plan: Plan | None = None, quarter: Quarter = QUARTER, **fields: Any) -> Round:
    """An open round: it opens the day after the quarter ends and is due three weeks later."""
    defaults = {"opens_on": date(2025, 7, 1), "due_on": date(2025, 7, 22), "committee_on": date(2025, 8, 12)}
    return Round.objects.create(plan=plan or make_plan(), quarter=quarter, **defaults | fields)


def make_reminder(round: Round | None = None, person: User | None = None, **fields: Any) -> Reminder:  # noqa: A002
    """A person asked for one update when the round opened, by a mail that has gone; the mail's columns may be given."""
    round = round or make_round()  # noqa: A001 - the domain's word
    person = person or make_officer(round.plan.partnership)
    words = {"to": person.email, "subject": "1 update is due", "text": "Hello", "sent_at": NOW, "attempts": 1}
    words |= {key: fields.pop(key) for key in (*words, "last_error", "next_attempt_at") if key in fields}
    defaults = {"on": round.opens_on, "kind": ReminderKind.OPENING, "number": 1}
    if "mail" not in fields:
        fields["mail"] = OutboxMail.objects.create(**words)
    return Reminder.objects.create(round=round, person=person, **defaults | fields)


def make_indicator(partnership: Partnership | None = None, **fields: Any) -> Indicator:
    number = next(NUMBERS)
    defaults = {
        "partnership": partnership or make_partnership(),
        "reference": f"K{number}",
        "name": f"Anti-social behaviour incidents {number}",
        "polarity": "lower",
    }
    return Indicator.objects.create(**defaults | fields)


def link(action: Action, indicator: Indicator, **fields: Any) -> ActionIndicator:
    return ActionIndicator.objects.create(action=action, indicator=indicator, **fields)


def make_baseline(indicator: Indicator | None = None, **fields: Any) -> Baseline:
    defaults = {"label": "2024/25", "value": 2030, "text": "2,030 in 2024/25"}
    return Baseline.objects.create(indicator=indicator or make_indicator(), **defaults | fields)


def make_target(indicator: Indicator | None = None, period: Period | None = None, **fields: Any) -> Target:
    defaults = {"value": 1984, "text": "1,984"}
    period = period or Period.of_quarter(QUARTER)
    fields |= {"period_kind": period.kind.value, "period_starts_on": period.starts_on}
    return Target.objects.create(indicator=indicator or make_indicator(), **defaults | fields)


def make_reading(indicator: Indicator | None = None, period: Period | None = None, **fields: Any) -> Reading:
    indicator = indicator or make_indicator()
    period = period or Period.of_quarter(QUARTER)
    defaults = {"value": 1884, "entered_by": fields.pop("entered_by", None) or make_officer(indicator.partnership)}
    fields |= {"period_kind": period.kind.value, "period_starts_on": period.starts_on}
    return Reading.objects.create(indicator=indicator, **defaults | fields)


def make_scheme(partnership: Partnership | None = None, **fields: Any) -> RatingScheme:
    partnership = partnership or make_partnership()
    defaults = {"effective_from": date(2020, 4, 1), "made_by": fields.pop("made_by", None) or make_manager(partnership)}
    return RatingScheme.objects.create(partnership=partnership, **defaults | fields)


def make_police_series(indicator: Indicator | None = None, *crime_types: str, **fields: Any) -> PoliceSeries:
    """A KPI counted by the police: burglaries of the month, unless other crime types are named."""
    indicator = indicator or make_indicator(frequency="month")
    return PoliceSeries.objects.create(indicator=indicator, crime_types=list(crime_types) or ["burglary"], **fields)


#: A plan in a table: a row each, “|” between the cells. The light of the last action is no word we know.
PLAN_ROWS = (
    "Ref | Objective | Action | Timescale | Progress | RAG",
    "1.1 | Fewer burglaries | Mark property of residents | Ongoing | 200 bicycles were marked | Green",
    "1.2 | Safer nights | Patrol the High Street on Fridays | June 2025 | Two patrols were held | Amber",
    "1.3 | Lit paths | Light the paths by the river | | Nothing yet | Mauve",
)

#: The same, where the words of the second action say that it is carried forward.
PLAN_WITH_OFFERS = (*PLAN_ROWS[:2], PLAN_ROWS[2].replace("held", "held. Carried forward to 2026/27"), PLAN_ROWS[3])


def make_document(*rows: str, name: str = "plan 2025-26.docx") -> Document:
    """A file that was read: one table, of PLAN_ROWS unless rows are given."""
    cells = [tuple(Cell(text=words.strip()) for words in row.split("|")) for row in rows or PLAN_ROWS]
    lines = (Row(line, number, f"Table 1, row {number}") for number, line in enumerate(cells, start=1))
    return Document(name, "docx", (Grid("Table 1", tuple(lines)),))


def make_preview(partnership: Partnership, *rows: str, by: User | None = None, **fields: Any) -> FileImport:
    """A file that somebody brought and nobody has confirmed; its document may be given, or rows for one."""
    document = fields.pop("document", None) or make_document(*rows)
    fields = {"kind": ImportKind.PLAN, "name": document.name, "sha256": f"{next(NUMBERS):064}"} | fields
    return FileImport.objects.create(
        partnership=partnership, document=document.to_json(), imported_by=by or make_manager(partnership), **fields
    )


#: A table of KPIs, a row each; whether the second is better when higher is not said.
KPI_ROWS = (
    "Ref | Indicator | Unit | Target 2025/26 | Q1 2025/26 | Status",
    "K1 | Domestic burglaries | Number | 160 | 35 | Green",
    "K2 | Visits to the help desk | Number | 400 | 90 | Amber",
)

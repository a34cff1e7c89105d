"""A plan as data: its own table for one quarter, cell by cell, in a fixed number of queries whatever its length."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q, QuerySet

from actions.models import Action, ActionIndicator, Plan, SupportingAgency
from actions.querysets import ActionQuerySet
from actions.rag import Step, due_in_words, is_overdue, judged_on, light_in_quarter, steps_so_far
from actions.values import COUNTED_STATES, ActionStatus, DatePrecision, TimescaleKind, UpdateOrigin, UpdateState
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts

#: The table of a plan that brought no columns of its own.
DEFAULT_COLUMNS = (
    ("No.", "number"),
    ("Objective", "objective"),
    ("Action", "action"),
    ("KPI", "indicator"),
    ("Baseline", "baseline"),
    ("Timescale", "timescale"),
    ("Lead", "lead"),
    ("Progress", "progress"),
    ("Work needed", "work_needed"),
    ("Light", "rag"),
)
#: What a table must say of each action even where the plan's own columns do not.
NEVER_MISSING = (("Progress", "progress"), ("Light", "rag"))
#: The heading of a light that is not this quarter's.
OTHER_QUARTER = re.compile(r"\d|\b(?:previous|last|prior)\b", re.IGNORECASE)
LEFT_OUT = "left out"
#: Meanings that the section rows say already.
IN_SECTION_ROWS = ("priority",)

ACTION_COLUMNS = (
    "pk", "objective_id", "reference", "text", "expected_outcome", "timescale", "timescale_kind", "starts_on", "due_on",
    "due_precision", "status", "completed_on", "closed_on", "closed_reason", "lead_text", "resources", "extra",
    "not_for_publication",
)  # fmt: skip
#: What an action's light is made of, beside the dates it ended on.
LIGHT_COLUMNS = ("last_rag", "last_quarter")
STEP_COLUMNS = ("steps", "steps_reached", "next_step", "next_on")

UPDATE_COLUMNS = (
    "progress", "work_needed", "rag_as_stated", "rag_reason", "back_on_track", "carry_forward", "unchanged_because",
    "not_for_publication", "state", "origin", "submitted_by__name",
)  # fmt: skip

#: How many rows of a long plan lie in memory while it is walked.
ROWS_AT_ONCE = 500


class Column(NamedTuple):
    """One column of the table: its heading as the plan has it, and what it means."""

    heading: str
    meaning: str


class Cell(NamedTuple):
    """One cell: its column's heading, its meaning, and its words where words are all it holds."""

    heading: str
    meaning: str
    words: str


@dataclass
class Row:
    """One action as a row of its plan's table. What not every reader of the rows asks for is worked out when asked."""

    of: "PlanRows"
    action: dict[str, Any]
    update: dict[str, Any] | None
    objective: dict[str, Any]
    is_first: bool
    cells: list[Cell] = field(default_factory=list)

    @property
    def word(self) -> str:
        """The plan's own word for the light."""
        return self.of.words.for_light(self.action, self.update)

    @property
    def is_overdue(self) -> bool:
        """Whether it is past its date and has not ended."""
        return is_overdue(
            today=self.of.today,
            quarter=self.of.quarter,
            kind=TimescaleKind(self.action["timescale_kind"]),
            due_on=self.action["due_on"],
            status=ActionStatus(self.action["status"]),
            completed_on=self.action["completed_on"],
            closed_on=self.action["closed_on"],
        )

    @property
    def lead(self) -> str:
        """Who leads, in words."""
        return lead_in_words(self.action)

    @property
    def due(self) -> str:
        """By when, in words; empty where there is no date."""
        on = self.action["due_on"]
        return due_in_words(on, DatePrecision(self.action["due_precision"])) if on else ""

    @property
    def milestones(self) -> str:
        """How far the action has come by its milestones; only in a later walk of rows that were asked for them."""
        if not self.action.get("steps"):
            return ""
        is_open, on = ActionStatus(self.action["status"]).is_open, self.action["next_on"]
        upcoming = Step(self.action["next_step"], on) if on and is_open else None
        day = judged_on(self.of.today, self.of.quarter)
        return steps_so_far(self.action["steps"], self.action["steps_reached"], upcoming, day=day)

    @property
    def why(self) -> str:
        """Why the light is what it is, in words."""
        return why_in_words(self.update, status=self.action["status"], closed_reason=self.action["closed_reason"])

    @property
    def ended(self) -> str:
        """When and how the action ended, or that it is paused, in words; empty while it runs."""
        status, on = ActionStatus(self.action["status"]), self.action["completed_on"] or self.action["closed_on"]
        if status is ActionStatus.PAUSED:
            return str(status.label)
        if status.is_open:
            return ""
        return f"{status.label}, {on.day} {on:%B %Y}" if on else status.label


@dataclass
class Group:
    """One priority, the section row of the table, with the rows under it."""

    pk: int
    number: str
    title: str
    group: str
    lead: str
    rows: list[Row] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)

    @property
    def counts(self) -> LightCounts:
        """The lights under the priority."""
        return LightCounts.from_pairs((row.action["light"], row.action["is_updated"]) for row in self.rows)


@dataclass
class PlanTable:
    """A whole plan in one quarter."""

    columns: list[Column]
    groups: list[Group]

    def __post_init__(self) -> None:
        meanings = {column.meaning for column in self.columns}
        self.has_lead, self.has_timescale = "lead" in meanings, "timescale" in meanings
        self.has_number = "number" in meanings

    @property
    def counts(self) -> LightCounts:
        """The lights of the whole plan."""
        return sum((group.counts for group in self.groups), LightCounts())


def why_in_words(update: dict[str, Any] | None, *, status: str, closed_reason: str) -> str:
    """Why the light is what it is: the reporter's reason, that the file gave none, or why the action was closed."""
    if update and update["rag_reason"]:
        return update["rag_reason"]
    if update and update["origin"] == UpdateOrigin.IMPORTED:
        return "No reason in the imported plan"
    if ActionStatus(status).is_closed:
        return f"{ActionStatus(status).label}. {closed_reason}".strip()
    return ""


def columns_of(plan: Plan) -> list[Column]:
    """The plan's columns in its order, with those that no table may lack at the end."""
    own = [Column(column["heading"], column["meaning"]) for column in plan.columns]
    columns = [column for column in own if column.meaning not in IN_SECTION_ROWS]
    if not any(column.meaning == "action" for column in columns):
        return [Column(*column) for column in DEFAULT_COLUMNS]
    columns = _each_once(columns)
    there = {column.meaning for column in columns}
    return columns + [Column(*column) for column in NEVER_MISSING if column[1] not in there]


def _each_once(columns: list[Column]) -> list[Column]:
    """Words and light of the quarter stand once, where a plan has a column of them for each quarter.

    Its lights of other quarters stay as words; what its columns of progress say is in the one column, by heading.
    """
    for heading, meaning in NEVER_MISSING:
        *others, last = [place for place, column in enumerate(columns) if column.meaning == meaning] or [-1]
        for place in others:
            keeps_words = meaning == "rag" and OTHER_QUARTER.search(columns[place].heading)
            columns[place] = columns[place]._replace(meaning="" if keeps_words else LEFT_OUT)
        if others:
            columns[last] = Column(heading, meaning)
    return [column for column in columns if column.meaning != LEFT_OUT]


class PlanRows:
    """The rows of a plan's table in its order, read anew each time they are walked.

    A long plan never lies in memory whole. What is kept are the lights: a second walk gives every action the one it had
    in the first, without asking for it again, and leaves out what has been added meanwhile, so that counts and rows
    agree. `with_milestones`: the first walk finds out whether there are any, and then later ones read them too.
    """

    def __init__(self, plan: Plan, quarter: Quarter, today: date, *, with_milestones: bool = False) -> None:
        self.plan, self.quarter, self.today = plan, quarter, today
        self.asks_for_milestones, self.has_milestones = with_milestones, False
        self.columns = columns_of(plan)
        self.groups, self.objectives = _outline(plan)
        self.words = _Words(plan, {column.meaning for column in self.columns})
        self._lights: dict[int, dict[str, Any]] = {}

    def __iter__(self) -> Iterator[tuple[Group, Row]]:
        told: set[int] = set()
        is_again = bool(self._lights)
        for action in self._actions(is_again=is_again).iterator(ROWS_AT_ONCE):
            if (is_again and action["pk"] not in self._lights) or action["objective_id"] not in self.objectives:
                continue
            if not is_again:
                self._lights[action["pk"]] = _light_of(action, self.quarter)
                self.has_milestones |= action.pop("has_milestones", False)
            action |= self._lights[action["pk"]]
            key = action["objective_id"]
            group, objective = self.objectives[key]
            yield group, Row(self, action, _update_of(action), objective, is_first=key not in told)
            told.add(key)

    def _actions(self, *, is_again: bool) -> QuerySet[Any, dict[str, Any]]:
        actions = Action.objects.filter(plan=self.plan)
        more: tuple[str, ...] = ()
        if self.asks_for_milestones and not is_again:
            actions, more = actions.with_milestones(), ("has_milestones",)
        elif self.has_milestones:
            actions, more = actions.with_steps(judged_on(self.today, self.quarter)), STEP_COLUMNS
        return _read(actions, self.quarter, with_lights=not is_again, more=more)

    def cells_of(self, row: Row) -> list[Cell]:
        """The cells of a row, one for each column."""
        return [Cell(*column, self.words.of(row, column)) for column in self.columns]


def plan_table(plan: Plan, quarter: Quarter, today: date) -> PlanTable:
    """The plan's table: lights and words of the quarter, everything else as it stands today."""
    rows = PlanRows(plan, quarter, today)
    told = set()
    for group, row in rows:
        row.cells = rows.cells_of(row)
        group.rows.append(row)
        told.add(row.action["objective_id"])
    for key, (group, objective) in rows.objectives.items():
        if key not in told:
            group.empty.append(f"{objective['objectives__number']} {objective['objectives__text']}".strip())
    return PlanTable(rows.columns, rows.groups)


def _outline(plan: Plan) -> tuple[list[Group], dict[int, tuple[Group, dict[str, Any]]]]:
    """Priorities and objectives, empty ones too, by one query; each objective by its key with its group."""
    rows = plan.priorities.filter(archived_at=None).order_by("position", "pk", "objectives__position", "objectives__pk")
    found: Iterable[Any] = rows.values(
        "pk", "number", "title", "group", "lead__name",
        "objectives__pk", "objectives__number", "objectives__text", "objectives__archived_at",
    )  # fmt: skip
    groups: dict[int, Group] = {}
    objectives: dict[int, tuple[Group, dict[str, Any]]] = {}
    for row in found:
        group = groups.setdefault(
            row["pk"], Group(row["pk"], row["number"], row["title"], row["group"], row["lead__name"] or "")
        )
        if row["objectives__pk"] is not None and row["objectives__archived_at"] is None:
            objectives[row["objectives__pk"]] = (group, row)
    return list(groups.values()), objectives


def _read(
    actions: ActionQuerySet, quarter: Quarter, *, with_lights: bool, more: tuple[str, ...]
) -> QuerySet[Any, dict[str, Any]]:
    """The actions with their last lights and the words of their counted updates of the quarter, all by one query."""
    counted = Q(updates__quarter=quarter, updates__state__in=COUNTED_STATES)
    open_ones = actions.open().filter(objective__archived_at=None, objective__priority__archived_at=None)
    return (
        (open_ones.with_last_light(quarter) if with_lights else open_ones)
        .annotate(now=FilteredRelation("updates", condition=counted))
        .in_plan_order()
        .values(
            *ACTION_COLUMNS,
            *(LIGHT_COLUMNS if with_lights else ()),
            *more,
            *(f"now__{name}" for name in UPDATE_COLUMNS),
            agency=F("lead_agency__name"),
            agency_short=F("lead_agency__short_name"),
            officer=F("lead_officer__name"),
        )
    )


def _light_of(action: dict[str, Any], quarter: Quarter) -> dict[str, Any]:
    """The action's light in the quarter with the last one it is made of."""
    light, is_updated = light_of_last(action, quarter)
    return {name: action[name] for name in LIGHT_COLUMNS} | {"light": light, "is_updated": is_updated}


def light_of_last(action: Mapping[str, Any], quarter: Quarter) -> tuple[RAG, bool]:
    """The light of a row from the last one `with_last_light` has added, and whether the row is updated.

    The database takes longer to say it than to find what it is made of.
    """
    last, is_of_quarter = action["last_rag"] and RAG(action["last_rag"]), action["last_quarter"] == quarter
    return light_in_quarter(
        rag=last if is_of_quarter else None,
        state=UpdateState.SUBMITTED if is_of_quarter else None,  # only those that count are a last light
        has_ended=any(on is not None and on <= quarter.ends_on for on in (action["completed_on"], action["closed_on"])),
        last=last,
    )


def _update_of(action: dict[str, Any]) -> dict[str, Any] | None:
    """The counted update that was read with the action, taken out of its columns; None where there is none."""
    update = {name: action.pop(f"now__{name}") for name in UPDATE_COLUMNS}
    if update["state"] is None:
        return None
    return update | {"is_submitted": update["state"] == UpdateState.SUBMITTED}


class _Words:
    """The words of a plan's cells; what a column needs from another table is read once, and only if it is there."""

    def __init__(self, plan: Plan, meanings: set[str]) -> None:
        self.plan_words = plan_words(plan)
        measured = meanings & {"indicator", "baseline", "target"}
        self.kpis = _kpis(plan) if measured else {}
        self.supporters = _supporters(plan) if "supporting" in meanings else {}

    def for_light(self, action: dict[str, Any], update: dict[str, Any] | None) -> str:
        """The plan's own word for the action's light: as the file stated it, else from the plan's key."""
        return (update and update["rag_as_stated"]) or self.plan_words.get(action["light"], "")

    def of(self, row: Row, column: Column) -> str:
        """The words of one cell."""
        action = row.action
        match column.meaning:
            case "number":
                return row.objective["objectives__number"]
            case "objective":
                return row.objective["objectives__text"] if row.is_first else ""
            case "action":
                return action["text"]
            case "indicator" | "baseline":
                kpis = self.kpis.get(action["pk"], {})
                return kpis.get(column.meaning, "") or action["extra"].get(column.heading, "")
            case "progress" if row.update:
                return _progress_in_words(action, row.update)
            case "work_needed" if row.update:
                return row.update["work_needed"]
            case "progress" | "work_needed":
                return ""
            case "timescale":
                return action["timescale"] or row.due
            case "starts":
                on = action["starts_on"]
                return f"{on.day} {on:%B %Y}" if on else ""
            case "lead":
                return row.lead
            case "supporting":
                return self.supporters.get(action["pk"], "") or action["extra"].get(column.heading, "")
            case "expected_outcome" | "resources":
                return action[column.meaning]
            case "rag":
                return ""
            case _:
                return action["extra"].get(column.heading, "")


def _progress_in_words(action: dict[str, Any], update: dict[str, Any]) -> str:
    """What was said, below what the reader has to know of it: that nothing has changed, or that another typed it."""
    known = []
    if update["unchanged_because"]:
        known.append(f"No change since the update before: {update['unchanged_because']}")
    typed_by, lead = update["submitted_by__name"], action["officer"]
    if lead and typed_by != lead and update["origin"] == UpdateOrigin.PERSON:
        known.append(f"Typed by {typed_by} (lead officer: {lead})")
    return "\n".join([*known, update["progress"]]) if known else update["progress"]


def lead_in_words(action: dict[str, Any]) -> str:
    """Who leads: agency and officer, else the words the plan was imported with."""
    named = [action["agency_short"] or action["agency"], action["officer"]]
    return "\n".join(name for name in named if name) or action["lead_text"]


def plan_words(plan: Plan) -> dict[str, str]:
    """The plan's own word for a light, where its key has exactly one that is not a shade of another."""
    words: dict[str, list[str]] = {}
    for entry in plan.key:
        if entry["rag"] != RAG.NOT_RATED:
            words.setdefault(entry["rag"], []).append(entry["word"])
    return {light: own[0] for light, own in words.items() if len(own) == 1}


def _kpis(plan: Plan) -> dict[int, dict[str, str]]:
    """The KPIs of each action by name, and their baselines as stated, in the order of the links."""
    links = ActionIndicator.objects.filter(action__plan=plan).order_by(
        "action_id", "position", "pk", "indicator__baselines__position", "indicator__baselines__pk"
    )
    names: dict[int, dict[str, dict[str, None]]] = {}
    for key, name, baseline in links.values_list("action_id", "indicator__name", "indicator__baselines__text"):
        found = names.setdefault(key, {"indicator": {}, "baseline": {}})  # dictionaries as ordered sets
        found["indicator"][name] = None
        if baseline:
            found["baseline"][baseline] = None
    return {key: {name: "\n".join(words) for name, words in found.items()} for key, found in names.items()}


def _supporters(plan: Plan) -> dict[int, str]:
    names: dict[int, list[str]] = {}
    rows = SupportingAgency.objects.filter(action__plan=plan).order_by("position", "pk")
    for key, name, short in rows.values_list("action_id", "agency__name", "agency__short_name"):
        names.setdefault(key, []).append(short or name)
    return {key: ", ".join(found) for key, found in names.items()}

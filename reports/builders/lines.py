"""A plan's actions as they stood in one quarter: what the dashboard counts and what a paper prints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from actions.builders import why_in_words
from actions.models import Action, Plan, ProgressUpdate
from actions.rag import due_in_words, is_overdue, light_in_quarter, travel
from actions.values import ActionStatus, DatePrecision, TimescaleKind, UpdateState
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, LightCounts, Travel


@dataclass(frozen=True, slots=True)
class ActionLine:
    """One action in one quarter: its light then, and the words of its counted update, if it has one.

    `text` is at most some lines of the action's words.
    """

    pk: int
    reference: str
    text: str
    priority: int
    lead: str
    light: RAG
    is_updated: bool
    owes: bool
    last_rag: RAG | None
    last_quarter: Quarter | None
    before: RAG | None
    travel: Travel
    reason: str
    back_on_track: str
    suggested: RAG | None
    suggested_why: str
    unapproved: bool
    unchanged: bool
    due: str
    overdue: bool
    differs: bool

    @property
    def brief(self) -> str:
        """The first words of the action."""
        return _beginning(self.text, LONGEST_BRIEF)


@dataclass(frozen=True, slots=True)
class PriorityLights:
    """One priority with the lights of its actions."""

    pk: int
    number: str
    title: str
    counts: LightCounts


COLUMNS = (
    "pk", "reference", "text", "status", "timescale_kind", "due_on", "due_precision", "completed_on", "closed_on",
    "closed_reason", "last_rag", "last_quarter",
    "objective__priority", "objective__priority__number", "objective__priority__title",
    "lead_officer__name", "lead_agency__name", "lead_agency__short_name", "lead_text",
)  # fmt: skip
#: How many characters of an action's text are shown where its light is explained, and in a mere list: two lines on a
#: phone.
LONGEST_TEXT, LONGEST_BRIEF = 180, 80
WORDS = (
    "action", "quarter", "rag", "rag_reason", "back_on_track", "suggested_rag", "suggested_why", "unchanged_because",
    "state", "origin",
)  # fmt: skip


def lights_and_lines(
    *, plan: Plan, quarter: Quarter, today: date, user: User
) -> tuple[list[PriorityLights], list[ActionLine]]:
    """The plan's priorities with their lights, and its actions, in its own order: two queries, whatever the history."""
    actions = Action.objects.visible_to(user).filter(plan=plan).open().with_last_light(quarter).in_plan_order()
    rows = list(actions.values(*COLUMNS))
    now, before = _counted_updates(plan, user, (quarter, quarter.previous))
    lines = [_line(row, now.get(row["pk"]), before.get(row["pk"]), quarter, today) for row in rows]
    lights: dict[int, list[tuple[RAG, bool]]] = {}
    for line in lines:
        lights.setdefault(line.priority, []).append((line.light, line.is_updated))
    names = {row["objective__priority"]: row for row in rows}
    priorities = [
        PriorityLights(
            pk=pk,
            number=row["objective__priority__number"],
            title=row["objective__priority__title"],
            counts=LightCounts.from_pairs(lights[pk]),
        )
        for pk, row in names.items()
    ]
    return priorities, lines


def total(priorities: Iterable[PriorityLights]) -> LightCounts:
    """The lights of the whole plan."""
    return sum((priority.counts for priority in priorities), start=LightCounts())


def _counted_updates(plan: Plan, user: User, quarters: Sequence[Quarter]) -> list[dict[int, dict]]:
    updates = ProgressUpdate.objects.visible_to(user).counted().filter(action__plan=plan, quarter__in=quarters)
    by_quarter: dict[Quarter, dict[int, dict]] = {quarter: {} for quarter in quarters}
    for row in updates.order_by().values(*WORDS):
        by_quarter[row["quarter"]][row["action"]] = row
    return list(by_quarter.values())


def _line(row: dict, update: dict | None, before: dict | None, quarter: Quarter, today: date) -> ActionLine:
    update = update or {}
    kind = TimescaleKind(row["timescale_kind"])
    status = ActionStatus(row["status"])
    last = RAG(row["last_rag"]) if row["last_rag"] else None
    earlier = RAG(before["rag"]) if before else None
    suggested = RAG(update["suggested_rag"]) if update.get("suggested_rag") else None
    dates = {name: row[name] for name in ("due_on", "completed_on", "closed_on")}
    ends = (on for on in (row["completed_on"], row["closed_on"]) if on)
    light, is_updated = light_in_quarter(
        rag=update.get("rag"),
        state=update.get("state"),
        has_ended=any(on <= quarter.ends_on for on in ends),
        last=last,
    )
    return ActionLine(
        pk=row["pk"],
        reference=row["reference"],
        text=_beginning(row["text"], LONGEST_TEXT),
        priority=row["objective__priority"],
        lead=_lead(row),
        light=light,
        is_updated=is_updated,
        owes=not is_updated and status.owes_updates,
        last_rag=last,
        last_quarter=row["last_quarter"],
        before=earlier,
        travel=travel(light if update else None, earlier),
        reason=why_in_words(update, status=status, closed_reason=row["closed_reason"]),
        back_on_track=update.get("back_on_track", ""),
        suggested=suggested,
        suggested_why=update.get("suggested_why", ""),
        unapproved=update.get("state") == UpdateState.SUBMITTED,
        unchanged=bool(update.get("unchanged_because")),
        due=due_in_words(row["due_on"], DatePrecision(row["due_precision"])) if row["due_on"] else "",
        overdue=is_overdue(today=today, quarter=quarter, kind=kind, status=status, **dates),
        differs=suggested is not None and suggested.is_rated and suggested is not light,
    )


def _beginning(text: str, most: int) -> str:
    """The text, or its first words: cut here, since a template's filter takes longer than the row's query."""
    return text if len(text) <= most else f"{text[:most].rsplit(maxsplit=1)[0]}…"


def _lead(row: dict) -> str:
    agency = row["lead_agency__short_name"] or row["lead_agency__name"] or ""
    named = ", ".join(name for name in (row["lead_officer__name"], agency) if name)
    return named or row["lead_text"]

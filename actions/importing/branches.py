"""The branches of a plan as it was read: priorities, their objectives, their actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from actions.importing.timescales import Timescale
from actions.values import DatePrecision, Recurrence, TimescaleKind
from csp_tracker.periods import FinancialYear, Quarter, last_day_of_month
from csp_tracker.rag import RAG
from indicators.importing.figures import BaselineRead, read_baselines

Json = dict[str, Any]

# What of an action is in JSON as it is here, before and after what has to be put into plain values.
WORDS = (
    "reference",
    "number",
    "text",
    "expected_outcome",
    "indicator",
    "baseline",
    "progress",
    "work_needed",
    "timescale",
)
MORE_WORDS = ("stated_rag", "carried_forward", "lead", "supporting", "resources")


@dataclass(frozen=True)
class SourceRow:
    """The cells of one row of the file, word for word, by heading; blank cells are left out."""

    at: str
    cells: Mapping[str, str]

    def to_json(self) -> Json:
        return {"at": self.at, "cells": dict(self.cells)}


@dataclass(frozen=True)
class ActionRead:
    """One action with the words of its row, and of the rows that only continue it."""

    reference: str
    text: str
    at: str
    number: str = ""  # as printed
    expected_outcome: str = ""
    indicator: str = ""
    baseline: str = ""
    progress: str = ""
    work_needed: str = ""
    timescale: str = ""
    timing: Timescale = field(default_factory=Timescale)
    rag: RAG = RAG.NOT_RATED
    stated_rag: str = ""
    carried_forward: bool = False
    lead: str = ""
    supporting: str = ""
    resources: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    source: tuple[SourceRow, ...] = ()

    @property
    def baselines(self) -> list[BaselineRead]:
        """What the baseline's words state."""
        return read_baselines(self.baseline)

    @property
    def has_progress(self) -> bool:
        """Whether the file reports anything: words or a light."""
        return bool(self.progress or self.work_needed or self.stated_rag or self.rag.is_rated)

    def to_json(self) -> Json:
        """As plain values; no light is null, and a date is as exact as it was written."""
        timing = self.timing
        return {
            **{name: getattr(self, name) for name in WORDS},
            "timescale_kind": timing.kind.value,
            "starts_on": timing.starts_on and timing.starts_on.isoformat(),
            "due_on": timing.due_on and _at_precision(timing.due_on, timing.due_precision),
            "due_precision": timing.due_precision.value if timing.due_precision else "",
            "recurrence": timing.recurrence.value if timing.recurrence else "",
            "recurs_month": timing.recurs_month,
            "recurs_day": timing.recurs_day,
            "rag": self.rag.value if self.rag.is_rated else None,
            **{name: getattr(self, name) for name in MORE_WORDS},
            "extra": dict(self.extra),
            "at": self.at,
            "source": [row.to_json() for row in self.source],
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        precision = DatePrecision(data["due_precision"]) if data["due_precision"] else None
        return cls(
            **{name: data[name] for name in (*WORDS, *MORE_WORDS)},
            timing=Timescale(
                kind=TimescaleKind(data["timescale_kind"]),
                starts_on=date.fromisoformat(data["starts_on"]) if data["starts_on"] else None,
                due_on=_last_day(data["due_on"], precision) if data["due_on"] and precision else None,
                due_precision=precision,
                recurrence=Recurrence(data["recurrence"]) if data["recurrence"] else None,
                recurs_month=data["recurs_month"],
                recurs_day=data["recurs_day"],
            ),
            rag=RAG(data["rag"]) if data["rag"] else RAG.NOT_RATED,
            extra=data["extra"],
            at=data["at"],
            source=tuple(SourceRow(**row) for row in data["source"]),
        )


@dataclass(frozen=True)
class ObjectiveRead:
    """One objective (or improvement outcome) with its actions."""

    number: str
    text: str
    actions: tuple[ActionRead, ...]

    def to_json(self) -> Json:
        return {"number": self.number, "text": self.text, "actions": [action.to_json() for action in self.actions]}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(data["number"], data["text"], tuple(ActionRead.from_json(action) for action in data["actions"]))


@dataclass(frozen=True)
class PriorityRead:
    """One priority with its objectives; the group is the words for who answers for it, never its key."""

    number: str
    title: str
    group: str
    at: str
    objectives: tuple[ObjectiveRead, ...]
    source: tuple[SourceRow, ...] = ()

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "title": self.title,
            "group": self.group,
            "at": self.at,
            "source": [row.to_json() for row in self.source],
            "objectives": [objective.to_json() for objective in self.objectives],
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(
            number=data["number"],
            title=data["title"],
            group=data["group"],
            at=data["at"],
            objectives=tuple(ObjectiveRead.from_json(objective) for objective in data["objectives"]),
            source=tuple(SourceRow(**row) for row in data["source"]),
        )


def _at_precision(day: date, precision: DatePrecision | None) -> str:
    """ "2016-05" where only the month is known: no day is made up."""
    if precision is DatePrecision.MONTH:
        return f"{day:%Y-%m}"
    if precision is DatePrecision.QUARTER:
        return Quarter.containing(day).code
    return FinancialYear.containing(day).code if precision is DatePrecision.YEAR else day.isoformat()


def _last_day(code: str, precision: DatePrecision) -> date:
    if precision is DatePrecision.MONTH:
        return last_day_of_month(date.fromisoformat(f"{code}-01"))
    if precision is DatePrecision.QUARTER:
        return Quarter.parse(code).ends_on
    return FinancialYear.parse(code).ends_on if precision is DatePrecision.YEAR else date.fromisoformat(code)

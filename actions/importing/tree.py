"""A plan as it was read, before anything is stored: what the preview shows, the fixtures hold and the services get.

Everything is frozen and goes to JSON and back without loss. Lists stay in the order of the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from actions.importing.branches import ActionRead, Json, ObjectiveRead, PriorityRead
from actions.importing.columns import Meaning
from csp_tracker.grids import GridRefused
from csp_tracker.grids.readings import ColumnReading, Question, RowReading, TableReading
from csp_tracker.periods import FinancialYear
from csp_tracker.rag import RAG

FORMAT = 1


class PlanRefused(GridRefused):
    """The file can be read, but there is no plan in it that we know; the message is one sentence."""


class RowKind(StrEnum):
    """What a row of the file became."""

    RECORD = "record"
    SECTION = "section"
    CONTINUATION = "continuation"
    HEADER = "header"
    BLANK = "blank"
    NOTE = "note"
    OBJECTIVE = "objective"
    LEGEND = "legend"
    TITLE = "title"


class OfferKind(StrEnum):
    """What a person may accept; nothing offered is done unasked."""

    CARRIED_FORWARD = "carried_forward"
    SPLIT_INDICATOR = "split_indicator"
    FIGURES = "figures"


@dataclass(frozen=True)
class Heading:
    """One column of the plan, in its order; the meaning is blank where we do not know it."""

    text: str
    meaning: Meaning


@dataclass(frozen=True)
class KeyWord:
    """One of the plan's own words for a light, with the colour it is printed on."""

    word: str
    rag: RAG
    tint: str
    meaning: str


@dataclass(frozen=True)
class InferredPeriod:
    """The year the plan seems to be for, and why; to be confirmed by a person."""

    financial_year: FinancialYear
    basis: str


@dataclass(frozen=True)
class ToldQuarter:
    """Which quarter of its year, 1 to 4, the plan's progress and lights tell of, and where it says so."""

    number: int
    basis: str


@dataclass(frozen=True)
class NotUsed:
    """Words of the file that are not in the tree, and why."""

    at: str
    words: str
    why: str


@dataclass(frozen=True)
class Offer:
    """Something the words seem to say about one action."""

    kind: OfferKind
    reference: str
    sentence: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells it among the offers of one file: "figures:7.2.1"."""
        return f"{self.kind.value}:{self.reference}"

    @property
    def said(self) -> str:
        """All that it says. A yes is a yes to these words, and none where the file is read otherwise by now."""
        return " ".join([self.sentence, *self.data.get("parts", ())])


@dataclass(frozen=True)
class PlanTree:
    """One plan as one file has it."""

    file_name: str
    file_kind: str
    title: str | None
    sheet: str
    period: InferredPeriod | None
    headings: tuple[Heading, ...]
    key: tuple[KeyWord, ...]
    numbers_are_generated: bool
    priorities: tuple[PriorityRead, ...]
    rows: Mapping[str, int]
    warnings: tuple[str, ...]
    not_used: tuple[NotUsed, ...]
    offers: tuple[Offer, ...]
    # How the file was read: made again from file and decisions whenever it is shown, so not kept in JSON.
    tables: tuple[TableReading, ...] = field(default=(), compare=False)
    columns: tuple[ColumnReading, ...] = field(default=(), compare=False)
    readings: tuple[RowReading, ...] = field(default=(), compare=False)
    questions: tuple[Question, ...] = field(default=(), compare=False)
    told_quarter: ToldQuarter | None = field(default=None, compare=False)
    accepted: Mapping[str, Offer] = field(default_factory=dict, compare=False)  # by key: the offers that are taken

    def accepts(self, kind: OfferKind, reference: str) -> Offer | None:
        """What a person said yes to of one action."""
        return self.accepted.get(f"{kind.value}:{reference}")

    def objectives(self) -> Iterator[ObjectiveRead]:
        for priority in self.priorities:
            yield from priority.objectives

    def actions(self) -> Iterator[ActionRead]:
        for objective in self.objectives():
            yield from objective.actions

    def summary(self) -> Json:
        """The counts that `import_plan --json` prints."""
        actions = list(self.actions())
        lights = Counter(action.rag for action in actions)
        return {
            "plan": self.title,
            "priorities": len(self.priorities),
            "objectives": sum(1 for _ in self.objectives()),
            "actions": len(actions),
            "indicators": sum(bool(action.indicator) for action in actions),
            "rag": {
                "green": lights[RAG.GREEN],
                "amber": lights[RAG.AMBER],
                "red": lights[RAG.RED],
                "complete": lights[RAG.COMPLETE],
                "none": lights[RAG.NOT_RATED],
            },
            "carried_forward": sum(action.carried_forward for action in actions),
            "rows": dict(self.rows),
            "warnings": list(self.warnings),
        }

    def listing(self) -> list[Json]:
        """The `tree` that `import_plan --tree` prints."""
        return [priority.to_json() for priority in self.priorities]

    def to_json(self) -> Json:
        """Everything, as plain values."""
        return {
            "format": FORMAT,
            "file": {"name": self.file_name, "kind": self.file_kind},
            "title": self.title,
            "sheet": self.sheet,
            "period": self.period and {"financial_year": self.period.financial_year.code, "basis": self.period.basis},
            "headings": [{"text": heading.text, "meaning": heading.meaning.value} for heading in self.headings],
            "key": [vars(word) | {"rag": word.rag.value} for word in self.key],
            "numbers_are_generated": self.numbers_are_generated,
            "priorities": self.listing(),
            "rows": dict(self.rows),
            "warnings": list(self.warnings),
            "not_used": [dict(vars(words)) for words in self.not_used],
            "offers": [vars(offer) | {"kind": offer.kind.value, "data": dict(offer.data)} for offer in self.offers],
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The tree again; ValueError where the file is of another format."""
        if data.get("format") != FORMAT:
            raise ValueError(f"This is not a plan tree of format {FORMAT}.")
        period = data["period"]
        return cls(
            file_name=data["file"]["name"],
            file_kind=data["file"]["kind"],
            title=data["title"],
            sheet=data["sheet"],
            period=period and InferredPeriod(FinancialYear.parse(period["financial_year"]), period["basis"]),
            headings=tuple(Heading(one["text"], Meaning(one["meaning"])) for one in data["headings"]),
            key=tuple(KeyWord(**one | {"rag": RAG(one["rag"])}) for one in data["key"]),
            numbers_are_generated=data["numbers_are_generated"],
            priorities=tuple(PriorityRead.from_json(one) for one in data["priorities"]),
            rows=data["rows"],
            warnings=tuple(data["warnings"]),
            not_used=tuple(NotUsed(**one) for one in data["not_used"]),
            offers=tuple(Offer(**one | {"kind": OfferKind(one["kind"])}) for one in data["offers"]),
        )

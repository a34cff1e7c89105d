"""A table of KPIs as it was read, before anything is stored: what the preview shows and the services get."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices

from csp_tracker.grids import Document, GridRefused
from csp_tracker.grids.readings import ColumnReading, Question, RowReading, TableReading, headings_signature
from csp_tracker.periods import FinancialYear, Period, Quarter
from csp_tracker.rag import RAG
from indicators.importing.decisions import IndicatorDecisions, Json
from indicators.importing.figures import BaselineRead
from indicators.importing.whens import read_when
from indicators.values import Frequency, Polarity, Qualifier, ReadingState, RollUp, TargetKind, Unit

FORMAT = 1


class IndicatorsRefused(GridRefused):
    """The file can be read, but there is no table of KPIs in it that we know; the message is one sentence."""


class RowKind(StrEnum):
    """What a row of the file became."""

    KPI = "kpi"
    VALUES = "values"  # further figures of the KPI above
    CONTINUATION = "continuation"
    SECTION = "section"
    HEADER = "header"
    BLANK = "blank"
    NOTE = "note"
    LEGEND = "legend"
    TITLE = "title"


@dataclass(frozen=True)
class NotUsed:
    """Words of the file that are not in the tree, and why."""

    at: str
    words: str
    why: str


@dataclass(frozen=True)
class SourceRow:
    """One row of the file as it stands, by heading."""

    at: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class TargetRead:
    """What the KPI is to reach in a period; the names are those of the Target model."""

    period: Period
    kind: TargetKind = TargetKind.VALUE
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""
    at: str = ""


@dataclass(frozen=True)
class EarlierFigure:
    """What the file says elsewhere that the figure was before it was revised."""

    value: Decimal
    at: str


@dataclass(frozen=True)
class ReadingRead:
    """What was measured in a period; the names are those of the Reading model. `stated` is the cell as it stands."""

    period: Period
    value: Decimal | None = None
    state: ReadingState = ReadingState.FINAL
    qualifier: Qualifier = Qualifier.EXACTLY
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    note: str = ""
    published_rag: RAG | None = None
    published_word: str = ""
    is_light_known: bool = True  # false for a word that nobody has told us the light of
    stated: str = ""
    at: str = ""
    earlier: tuple[EarlierFigure, ...] = ()


@dataclass(frozen=True)
class IndicatorRead:
    """One KPI with its figures; a blank reference where the file gives none, or one that is another KPI's."""

    reference: str
    name: str
    at: str
    definition: str = ""
    group: str = ""
    unit: Unit = Unit.NUMBER
    rate_per: int | None = None
    decimals: int = 0
    polarity: Polarity = Polarity.MONITOR
    polarity_why: str = ""
    roll_up: RollUp = RollUp.SUM
    frequency: Frequency = Frequency.QUARTER
    source_of_figures: str = ""
    lead: str = ""
    baselines: tuple[BaselineRead, ...] = ()
    targets: tuple[TargetRead, ...] = ()
    readings: tuple[ReadingRead, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    source: tuple[SourceRow, ...] = ()

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        return self.reference or f"“{self.name if len(self.name) <= 40 else f'{self.name[:39]}…'}”"


@dataclass(frozen=True)
class Difference:
    """A light as published, and the one that the rating rule gives."""

    reference: str
    name: str
    period: Period
    published: RAG
    published_word: str
    measured: RAG
    why: str


@dataclass(frozen=True)
class Revision:
    """A figure of an earlier statement that is stated otherwise now."""

    reference: str
    name: str
    period: Period
    before: str
    after: str
    at: str
    what: str = "reading"


@dataclass(frozen=True)
class IndicatorTree:
    """The KPIs of one file. `year` and `quarter` are those of its newest table, as stated or decided."""

    file_name: str
    file_kind: str
    title: str | None
    year: FinancialYear | None
    quarter: Quarter | None
    indicators: tuple[IndicatorRead, ...]
    differences: tuple[Difference, ...]
    revisions: tuple[Revision, ...]
    warnings: tuple[str, ...]
    not_used: tuple[NotUsed, ...]
    rows: Mapping[str, int]
    # How the file was read: made again from file and decisions whenever it is shown, so not kept in JSON.
    tables: tuple[TableReading, ...] = field(default=(), compare=False)
    columns: tuple[ColumnReading, ...] = field(default=(), compare=False)
    readings: tuple[RowReading, ...] = field(default=(), compare=False)
    questions: tuple[Question, ...] = field(default=(), compare=False)
    document: Document | None = field(default=None, compare=False, repr=False)
    decisions: IndicatorDecisions = field(default_factory=IndicatorDecisions, compare=False, repr=False)

    @property
    def headings_signature(self) -> str:
        """What tells next quarter's file with the same headings: the periods in them do not count."""
        return headings_signature(read_when(column.heading)[1] for column in self.columns)

    @property
    def unsettled(self) -> tuple[Question, ...]:
        """What must be settled before the file can be confirmed."""
        return tuple(question for question in self.questions if question.must_be_settled)

    def all_readings(self) -> Iterator[ReadingRead]:
        for indicator in self.indicators:
            yield from indicator.readings

    def summary(self) -> Json:
        """The counts and lists of `import_indicators --json`; `rag` counts the lights published beside figures."""
        lights = Counter(reading.published_rag for reading in self.all_readings())
        coloured = {light.value: lights[light] for light in (RAG.GREEN, RAG.AMBER, RAG.RED, RAG.COMPLETE)}
        return {
            "indicators": len(self.indicators),
            "baselines": sum(len(indicator.baselines) for indicator in self.indicators),
            "targets": sum(len(indicator.targets) for indicator in self.indicators),
            "readings": sum(1 for _ in self.all_readings()),
            "rag": coloured | {"none": lights.total() - sum(coloured.values())},
            "differences": [as_json(one) for one in self.differences],
            "revisions": [as_json(one) for one in self.revisions],
            "warnings": list(self.warnings),
        }

    def listing(self) -> list[Json]:
        """The `tree[]` of `--tree`: every KPI with every figure as read."""
        return [as_json(indicator) for indicator in self.indicators]

    def to_json(self) -> Json:
        """Everything that was read, as plain values."""
        names = ("file_name", "file_kind", "title", "year", "quarter", "rows", "not_used")
        return (
            {"format": FORMAT, **{name: as_json(getattr(self, name)) for name in names}}
            | self.summary()
            | {"tree": self.listing()}
        )


def as_json(value: Any) -> Any:
    """Plain values: a period by its code, a figure as text so that nothing is rounded."""
    match value:
        case Period() | Quarter() | FinancialYear():
            return value.code
        case Decimal():
            return f"{value:f}"
        case TextChoices() | StrEnum():
            return str(value.value)
        case Mapping():
            return {key: as_json(one) for key, one in value.items()}
        case tuple() | list():
            return [as_json(one) for one in value]
    if is_dataclass(value):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    return value

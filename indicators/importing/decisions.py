"""What a person decided about the reading of a table of KPIs; all empty is the reading as it was guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from csp_tracker.grids.decided import Readers, light_word, read_decisions, row_number, truth
from csp_tracker.periods import FinancialYear, Period, Quarter
from csp_tracker.rag import RAG
from indicators.importing.meanings import Meaning
from indicators.values import Polarity

Json = dict[str, Any]


class RowDecision(StrEnum):
    """What a person may make of a row."""

    KPI = "kpi"
    JOIN = "join"  # to the row above
    SECTION = "section"  # heads those below
    NOTE = "note"  # left out, and listed
    LEGEND = "legend"  # explains the lights


@dataclass(frozen=True)
class IndicatorDecisions:
    """Everything decided about one file. The quarter is that of columns which only say "this quarter"."""

    tables: Mapping[str, bool] = field(default_factory=dict)  # by name: whether it is read
    headings: Mapping[str, int] = field(default_factory=dict)  # by table: the number of the row that holds them
    columns: Mapping[str, Meaning] = field(default_factory=dict)  # by heading, as shown
    rows: Mapping[str, RowDecision] = field(default_factory=dict)  # by Row.at
    lights: Mapping[str, RAG] = field(default_factory=dict)  # by word, in the whole file
    row_lights: Mapping[str, RAG] = field(default_factory=dict)  # by Row.at
    periods: Mapping[str, Period] = field(default_factory=dict)  # by table: which one is "this quarter" there
    polarities: Mapping[str, Polarity] = field(default_factory=dict)  # by Row.at where the KPI first stands
    year: FinancialYear | None = None
    quarter: Quarter | None = None

    def light_of(self, words: str) -> RAG | None:
        """What a word in the column for lights was said to mean."""
        return self.lights.get(light_word(words))

    def to_json(self) -> Json:
        """As plain values."""
        data: Json = {name: dict(getattr(self, name)) for name in READERS if name != "periods"}
        data["periods"] = {table: period.code for table, period in self.periods.items()}
        return data | {
            "year": self.year.code if self.year else None,
            "quarter": self.quarter.code if self.quarter else None,
        }

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """The decisions again; ValueError for anything that is none."""
        said = {name: values for name, values in data.items() if name not in ALONE}
        year, quarter = data.get("year"), data.get("quarter")
        return cls(
            **read_decisions(said, READERS),
            year=FinancialYear.parse(year) if year else None,
            quarter=Quarter.parse(quarter) if quarter else None,
        )


ALONE = ("year", "quarter")  # not a table, one value for the file
READERS: Readers = {
    "tables": truth,
    "headings": row_number,
    "columns": Meaning,
    "rows": RowDecision,
    "lights": RAG,
    "row_lights": RAG,
    "periods": Period.parse,
    "polarities": Polarity,
}

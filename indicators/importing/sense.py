"""What was found while the KPIs of a file were read: gathered for the warnings and questions."""

from dataclasses import dataclass, field

from indicators.importing.kinds import Way
from indicators.importing.published import Published
from indicators.importing.rows import Statement
from indicators.importing.tree import IndicatorRead, NotUsed, Revision


@dataclass
class Sense:
    """What was found in all KPIs together, for warnings and questions."""

    unplaced: list[Statement] = field(default_factory=list)
    unreadable: list[Statement] = field(default_factory=list)
    fractions: list[str] = field(default_factory=list)
    unknown_lights: list[tuple[str, Published]] = field(default_factory=list)
    ways: list[tuple[IndicatorRead, Way]] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    spread: list[tuple[str, bool]] = field(default_factory=list)  # reference; whether the target is each period's
    doubts: list[str] = field(default_factory=list)
    not_used: list[NotUsed] = field(default_factory=list)

    def leave(self, one: Statement, why: str) -> None:
        """List a cell that is in no KPI."""
        self.not_used.append(NotUsed(one.at, f"{one.heading}: {one.text}", why))

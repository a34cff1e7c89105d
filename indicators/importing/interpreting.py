"""From what is stated of a KPI, cell by cell, to the KPI: what it measures, and its figures in one unit."""

from collections.abc import Iterable, Sequence

from indicators.importing.aiming import targets_of
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.gathering import Gatherer
from indicators.importing.kinds import Way, frequency_of, polarity_of, roll_up_of, unit_of
from indicators.importing.meanings import Meaning
from indicators.importing.one_unit import in_one_unit
from indicators.importing.published import are_lights
from indicators.importing.rows import Draft, Findings, Statement, statements_of
from indicators.importing.sense import Sense
from indicators.importing.stated import Stated, read_stated
from indicators.importing.targets import StatedTarget, read_target
from indicators.importing.tree import IndicatorRead, ReadingRead, TargetRead
from indicators.values import TargetKind

OF_READINGS = (Meaning.FIGURE, Meaning.PREVIOUS, Meaning.SAME_LAST_YEAR, Meaning.LAST_YEAR)
OF_TARGETS = (Meaning.TARGET, Meaning.YEAR_TARGET)
LONGEST_REFERENCE, LONGEST_SOURCE = 40, 255


def interpret(findings: Findings, decisions: IndicatorDecisions) -> tuple[tuple[IndicatorRead, ...], Sense]:
    """Every draft as a KPI, and what a person should know about them."""
    sense = Sense(doubts=list(findings.doubts))
    coloured = _coloured_tables(findings)
    indicators = tuple(Interpreter(draft, decisions, sense, coloured).read() for draft in findings.drafts)
    return indicators, sense


def _coloured_tables(findings: Findings) -> set[int]:
    """The tables whose figures are coloured by light, by identity."""
    cells: dict[int, list[Statement]] = {}
    for draft in findings.drafts:
        for statement in statements_of(draft, Meaning.FIGURE):
            cells.setdefault(id(statement.table), []).append(statement)
    return {table for table, found in cells.items() if are_lights(one.cell for one in found)}


class Interpreter:
    """Works out one KPI."""

    def __init__(self, draft: Draft, decisions: IndicatorDecisions, sense: Sense, coloured: set[int]) -> None:
        self.draft, self.decisions, self.sense = draft, decisions, sense
        self.gatherer = Gatherer(draft, decisions, sense, coloured)

    def read(self) -> IndicatorRead:
        """The KPI with all its figures."""
        draft, label = self.draft, self.draft.reference or self.draft.name
        stated = self.stated_figures()
        plain = [one for _, one in stated if one.value is not None or one.numerator is not None]
        unit, rate_per = unit_of(draft.said(Meaning.UNIT), draft.name, plain)
        aims = [(one, aim) for one in self.placed(OF_TARGETS) if (aim := read_target(one.cell.text, unit))]
        found = in_one_unit(stated, aims, statements_of(draft, Meaning.BASELINE), unit)
        if found.has_fractions:
            self.sense.fractions.append(label)
        readings = self.gatherer.gather([one for one in found.figures if one.period is not None])
        targets = targets_of(found.targets, readings, unit, label, self.sense)
        way = self.way(readings, targets, [target for _, target in found.targets])
        words = f"{draft.name} {draft.said(Meaning.UNIT)} {draft.said(Meaning.DEFINITION)}"
        read = IndicatorRead(
            reference=draft.reference[:LONGEST_REFERENCE],
            name=draft.name,
            at=draft.at,
            definition=draft.said(Meaning.DEFINITION),
            group=draft.group,
            unit=unit,
            rate_per=rate_per,
            decimals=found.decimals,
            polarity=way.polarity,
            polarity_why=way.why,
            roll_up=roll_up_of(unit, words),
            frequency=frequency_of(draft.said(Meaning.FREQUENCY), [reading.period.kind for reading in readings]),
            source_of_figures=draft.said(Meaning.SOURCE)[:LONGEST_SOURCE],
            lead=draft.said(Meaning.LEAD),
            baselines=tuple(found.baselines),
            targets=tuple(targets),
            readings=tuple(readings),
            extra=dict(draft.extra),
            source=tuple(draft.source),
        )
        self.sense.ways.append((read, way))
        return read

    def placed(self, meanings: Iterable[Meaning]) -> list[Statement]:
        """The statements of those meanings whose period is known; the others are noted."""
        placed = []
        for one in statements_of(self.draft, *meanings):
            if one.period is None and not one.is_spread:
                if one.text:
                    self.sense.unplaced.append(one)
            else:
                placed.append(one)
        return placed

    def stated_figures(self) -> list[tuple[Statement, Stated]]:
        """Every cell with a figure, or with a word for why there is none; what is neither is listed."""
        found = []
        for one in self.placed(OF_READINGS):
            read = read_stated(one.cell.text)
            if read is None:
                continue
            if not read.is_readable:
                self.sense.unreadable.append(one)
                self.sense.leave(one, "no figure was found in it")
                continue
            found.append((one, read))
        return found

    def way(
        self, readings: Sequence[ReadingRead], targets: Sequence[TargetRead], stated: Sequence[StatedTarget]
    ) -> Way:
        if decided := self.decisions.polarities.get(self.draft.at):
            return Way(decided, "as decided")
        aims = {target.period: target.value for target in targets if target.kind is TargetKind.VALUE}
        lights = [
            (reading.value, aim, reading.published_rag)
            for reading in readings
            if reading.value is not None and reading.published_rag is not None
            if (aim := aims.get(reading.period)) is not None
        ]
        comments = [one.text for one in statements_of(self.draft, Meaning.COMMENT)]
        return polarity_of(
            said=self.draft.said(Meaning.POLARITY),
            texts=[self.draft.name, self.draft.said(Meaning.DEFINITION), *self.draft.extra.values(), *comments],
            name=self.draft.name,
            targets=stated,
            lights=lights,
        )

"""From what is stated of a KPI, cell by cell, to its figures: one for each period, in one unit, with its light."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from statistics import median
from typing import Any

from csp_tracker.periods import FinancialYear, Period, PeriodKind
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.figures import BaselineRead, read_baselines
from indicators.importing.kinds import Way, are_fractions, frequency_of, polarity_of, roll_up_of, unit_of
from indicators.importing.meanings import Meaning
from indicators.importing.published import Published, are_lights, light_of_fill, read_published
from indicators.importing.rows import Draft, Findings, Statement, statements_of
from indicators.importing.stated import Stated, read_stated
from indicators.importing.targets import StatedTarget, read_target
from indicators.importing.tree import EarlierFigure, IndicatorRead, NotUsed, ReadingRead, Revision, TargetRead
from indicators.values import DECIMALS, Frequency, ReadingState, TargetKind, Unit, figure_as_typed

OF_READINGS = (Meaning.FIGURE, Meaning.PREVIOUS, Meaning.SAME_LAST_YEAR, Meaning.LAST_YEAR)
OF_TARGETS = (Meaning.TARGET, Meaning.YEAR_TARGET)
MONTHS = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}
HUNDRED = Decimal(100)


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


@dataclass(frozen=True)
class Figure:
    """A cell that was read, in the KPI's unit."""

    statement: Statement
    stated: Stated
    value: Decimal | None = None
    decimals: int = 0

    @property
    def period(self) -> Period | None:
        return self.statement.period


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
        self.draft, self.decisions, self.sense, self.coloured = draft, decisions, sense, coloured

    def read(self) -> IndicatorRead:
        """The KPI with all its figures."""
        draft = self.draft
        stated = self.stated_figures()
        plain = [one for _, one in stated if one.value is not None or one.numerator is not None]
        unit, rate_per = unit_of(draft.said(Meaning.UNIT), draft.name, plain)
        targets = [(one, aim) for one in self.placed(OF_TARGETS) if (aim := read_target(one.cell.text, unit))]
        figures, targets, baselines = self.in_one_unit(stated, targets, unit)
        readings = self.readings([one for one in figures if one.period is not None])
        kept_targets = self.targets(targets, readings, unit)
        way = self.way(readings, kept_targets, [target for _, target in targets])
        words = f"{draft.name} {draft.said(Meaning.UNIT)} {draft.said(Meaning.DEFINITION)}"
        read = IndicatorRead(
            reference=draft.reference[:40],
            name=draft.name,
            at=draft.at,
            definition=draft.said(Meaning.DEFINITION),
            group=draft.group,
            unit=unit,
            rate_per=rate_per,
            decimals=_decimals(figures, [target for _, target in targets], baselines),
            polarity=way.polarity,
            polarity_why=way.why,
            roll_up=roll_up_of(unit, words),
            frequency=self.frequency(readings),
            source_of_figures=draft.said(Meaning.SOURCE)[:255],
            lead=draft.said(Meaning.LEAD),
            baselines=tuple(baselines),
            targets=tuple(kept_targets),
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
                self.sense.not_used.append(NotUsed(one.at, f"{one.heading}: {one.text}", "no figure was found in it"))
                continue
            found.append((one, read))
        return found

    # One unit

    def in_one_unit(
        self, stated: Sequence[tuple[Statement, Stated]], targets: Sequence[tuple[Statement, StatedTarget]], unit: Unit
    ) -> tuple[list[Figure], list[tuple[Statement, StatedTarget]], list[BaselineRead]]:
        """Figures, targets and baselines of a percentage as points: 0.959 and 95.9% are the same."""
        figures = [_as_figure(one, read, unit) for one, read in stated]
        baselines = [read for one in statements_of(self.draft, Meaning.BASELINE) for read in _baselines(one, unit)]
        baselines = _one_primary(baselines)
        if unit is not Unit.PER_CENT:
            return figures, list(targets), baselines
        marked = [
            (one.value, one.stated.is_share or one.stated.value is None) for one in figures if one.value is not None
        ]
        marked += [(value, target.is_share) for _, target in targets for value in target.figures]
        marked += [(read.value, "%" in read.text) for read in baselines if read.value is not None]
        fractions = iter(are_fractions(marked))
        figures = [one if one.value is None else _as_points(one, is_fraction=next(fractions)) for one in figures]
        targets = [(one, _target_as_points(target, fractions)) for one, target in targets]
        baselines = [
            replace(read, value=_points(read.value)) if read.value is not None and next(fractions) else read
            for read in baselines
        ]
        if any(is_fraction for is_fraction in are_fractions(marked)):
            self.sense.fractions.append(self.draft.reference or self.draft.name)
        return figures, targets, baselines

    # Readings

    def readings(self, figures: Sequence[Figure]) -> list[ReadingRead]:
        """One reading for each period, oldest first, with its light and comment."""
        periods = sorted({one.period for one in figures if one.period}, key=lambda one: (one.ends_on, one.kind))
        readings = {period: self.reading([one for one in figures if one.period == period]) for period in periods}
        self.add_lights(readings, figures)
        self.add_words(readings)
        return [readings[period] for period in sorted(readings, key=lambda one: (one.ends_on, one.kind))]

    def reading(self, figures: Sequence[Figure]) -> ReadingRead:
        """The figure of one period: the newest statement, with those that it revised before it."""
        in_time = sorted(figures, key=lambda one: one.statement.as_at or one.period or _never())
        with_value = [one for one in in_time if one.value is not None] or in_time[:1]
        kept, earlier = with_value[0], []
        for one in with_value[1:]:
            if one.value is None or kept.value is None or _same(one, kept):
                continue
            if one.statement.as_at == kept.statement.as_at:
                self.doubt_about(kept, one)
                continue
            earlier.append(EarlierFigure(kept.value, kept.statement.at))
            self.revise(kept, one)
            kept = one
        return ReadingRead(
            period=kept.period or _never(),
            value=kept.value,
            state=kept.stated.state,
            qualifier=kept.stated.qualifier,
            numerator=kept.stated.numerator,
            denominator=kept.stated.denominator,
            stated=kept.stated.words,
            at=kept.statement.at,
            note="" if kept.value is not None else kept.stated.words,
            earlier=tuple(earlier),
        )

    def revise(self, before: Figure, after: Figure) -> None:
        """Report that a later sheet states a figure otherwise."""
        self.sense.revisions.append(
            Revision(
                reference=self.draft.reference,
                name=self.draft.name,
                period=after.period or _never(),
                before=before.stated.words,
                after=after.stated.words,
                at=after.statement.at,
            )
        )

    def doubt_about(self, kept: Figure, other: Figure) -> None:
        self.sense.doubts.append(
            f"{other.statement.at}: {self.draft.reference or self.draft.name} is {other.stated.words} here and "
            f"{kept.stated.words} at {kept.statement.at}, both for {other.period}: the first was kept."
        )

    # Lights and words

    def add_lights(self, readings: dict[Period, ReadingRead], figures: Sequence[Figure]) -> None:
        """Each published light beside the figure it is about."""
        for one in self.in_time(Meaning.RAG):
            light = read_published(one.cell, self.decisions)
            if decided := self.decisions.row_lights.get(one.at):
                light = Published(decided, light.word if light else "")
            if light is None:
                continue
            if not light.is_known:
                self.sense.unknown_lights.append((one.at, light))
            period = self.period_for(one, readings, needs_figure=light.rag.is_rated)
            if period is None:
                self.leave(one, "it is not said which quarter it is for")
                continue
            beside = readings.get(period) or _without_figure(period, one)
            if beside.published_rag is None:
                readings[period] = replace(
                    beside, published_rag=light.rag, published_word=light.word, is_light_known=light.is_known
                )
        for figure in figures:
            reading = readings.get(figure.period) if figure.period else None
            is_light = figure.statement.meaning is Meaning.FIGURE and id(figure.statement.table) in self.coloured
            if reading and is_light and reading.published_rag is None and (rag := light_of_fill(figure.statement.cell)):
                readings[reading.period] = replace(reading, published_rag=rag)

    def add_words(self, readings: dict[Period, ReadingRead]) -> None:
        """Comments and trends as notes of the reading they are about."""
        for one in (*self.in_time(Meaning.COMMENT), *self.in_time(Meaning.TREND)):
            words = one.cell.text.strip() if one.meaning is Meaning.COMMENT else f"{one.heading}: {one.text}"
            if not one.text.strip("-–— "):
                continue
            period = self.period_for(one, readings, needs_figure=False)
            if period is None:
                self.leave(one, "it is not said which quarter it is for")
            elif period not in readings:
                if one.meaning is Meaning.TREND:
                    self.leave(one, f"there is no figure for {period}")
                else:
                    readings[period] = _without_figure(period, one, note=words)
            elif words not in readings[period].note:
                reading = readings[period]
                own = "" if reading.note == reading.stated else reading.note
                readings[period] = replace(reading, note=f"{own}\n{words}".strip())

    def in_time(self, meaning: Meaning) -> list[Statement]:
        return sorted(statements_of(self.draft, meaning), key=lambda one: one.as_at or _never())

    def period_for(self, one: Statement, readings: dict[Period, ReadingRead], *, needs_figure: bool) -> Period | None:
        """The period a light or comment is about; without a figure of this quarter a light is that of the newest."""
        period = one.period
        if period in readings or (period is not None and not one.is_spread and not needs_figure):
            return period
        figures = [at for at, read in readings.items() if read.value is not None and (not period or at <= period)]
        if one.is_spread and figures:
            return max(figures, key=lambda at: at.ends_on)
        return period

    def leave(self, one: Statement, why: str) -> None:
        self.sense.not_used.append(NotUsed(one.at, f"{one.heading}: {one.text}", why))

    # Targets

    def targets(
        self, stated: Sequence[tuple[Statement, StatedTarget]], readings: Sequence[ReadingRead], unit: Unit
    ) -> list[TargetRead]:
        """One target for each period that one is stated for; a later sheet's takes the place of an earlier one's."""
        kept: dict[Period, TargetRead] = {}
        for one, target in sorted(stated, key=lambda pair: pair[0].as_at or _never()):
            if target.is_monitored:
                continue
            for period in self.periods_of_target(one, target, readings, unit):
                kept[period] = TargetRead(
                    period=period,
                    kind=target.kind,
                    value=target.value,
                    low=target.low,
                    high=target.high,
                    text=target.words,
                    at=one.at,
                )
        return [kept[period] for period in sorted(kept)]

    def periods_of_target(
        self, one: Statement, target: StatedTarget, readings: Sequence[ReadingRead], unit: Unit
    ) -> list[Period]:
        """Its own period; of a target beside several quarters each of them, or the year if it is as large as that."""
        if not one.is_spread:
            return [one.period] if one.period else []
        columns = {one.table.period_of(column) for column in one.table.all_of(Meaning.FIGURE) if column.when.kind}
        periods = sorted(period for period in columns if period and period.kind is not PeriodKind.YEAR)
        if not periods:
            return []
        year = Period.of_year(one.table.year or periods[-1].financial_year)
        in_year = [period for period in periods if period.financial_year == year.financial_year] or periods
        is_each = _is_of_each(target, readings, in_year, unit)
        self.sense.spread.append((self.draft.reference or self.draft.name, is_each))
        return in_year if is_each else [year]

    # What it is

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

    def frequency(self, readings: Sequence[ReadingRead]) -> Frequency:
        return frequency_of(self.draft.said(Meaning.FREQUENCY), [reading.period.kind for reading in readings])


def _decimals(figures: Sequence[Figure], targets: Sequence[StatedTarget], baselines: Sequence[BaselineRead]) -> int:
    """As many as the figures are written with, and as no target or baseline needs more of."""
    others = [*(value for target in targets for value in target.figures), *(read.value for read in baselines)]
    needed = [len(figure_as_typed(value).partition(".")[2]) for value in others if value is not None]
    return min(DECIMALS, max([*(one.decimals for one in figures), *needed], default=0))


def _never() -> Period:
    """Before every period: for statements of tables that say no quarter."""
    return Period.of_year(FinancialYear(1900))


def _as_figure(one: Statement, read: Stated, unit: Unit) -> Figure:
    """The figure; a share stated by its parts alone is worked out."""
    value, decimals = read.value, read.decimals
    if value is None and read.numerator is not None and read.denominator:
        value = round(read.numerator * (HUNDRED if unit is Unit.PER_CENT else 1) / read.denominator, DECIMALS)
        decimals = 1
    if value is None and read.state.has_figure:
        read = replace(read, state=ReadingState.NOT_AVAILABLE, numerator=None, denominator=None)
    return Figure(one, read, value, decimals)


def _points(fraction: Decimal) -> Decimal:
    """A fraction in points, without the noughts that multiplying leaves."""
    return Decimal(f"{(fraction * HUNDRED).normalize():f}")


def _as_points(figure: Figure, *, is_fraction: bool) -> Figure:
    if not is_fraction or figure.value is None or figure.stated.value is None:
        return figure
    return replace(figure, value=_points(figure.value), decimals=max(0, figure.decimals - 2))


def _target_as_points(target: StatedTarget, fractions: Iterable[bool]) -> StatedTarget:
    scaled: dict[str, Any] = {}
    marks = iter(fractions)
    if target.kind is not TargetKind.VALUE:
        return target
    for name in ("value", "low", "high"):
        figure = getattr(target, name)
        if figure is not None and next(marks):
            scaled[name] = _points(figure)
    return replace(target, **scaled)


def _baselines(one: Statement, unit: Unit) -> list[BaselineRead]:
    """The starting points of one cell: its figure, or what its words say."""
    label = str(one.period) if one.period and one.heading and _has_own_period(one) else ""
    read = read_stated(one.cell.text)
    if read is None:
        return []
    if read.value is not None and not read.beside:
        return [BaselineRead(text=one.text, label=label, value=read.value, qualifier=read.qualifier, is_primary=True)]
    if read.numerator is not None and read.denominator:
        value = _as_figure(one, read, unit).value
        return [BaselineRead(text=one.text, label=label, value=value, is_primary=True)]
    return [replace(found, label=found.label or label) for found in read_baselines(one.cell.text)]


def _has_own_period(one: Statement) -> bool:
    return any(column.heading == one.heading and column.when.kind is not None for column in one.table.columns)


def _one_primary(baselines: Sequence[BaselineRead]) -> list[BaselineRead]:
    """Each baseline once, and of several the newest as the one to compare with."""
    kept: list[BaselineRead] = []
    for read in baselines:
        if (read.label, read.of_what, read.value, read.text) not in [
            (one.label, one.of_what, one.value, one.text) for one in kept
        ]:
            kept.append(read)
    primary = [read for read in kept if read.is_primary]
    newest = max(primary, key=lambda read: read.label[-7:], default=None)
    return [replace(read, is_primary=read is newest) for read in kept]


def _same(one: Figure, other: Figure) -> bool:
    """Whether two statements give the same figure: of a rounded one and an exact one the places of both count."""
    if one.value is None or other.value is None:
        return one.value == other.value
    places = min(one.decimals, other.decimals)
    return round(one.value, places) == round(other.value, places)


def _without_figure(period: Period, one: Statement, **fields: object) -> ReadingRead:
    """A light or comment without a figure: the file says something of the period, but no figure."""
    reading = ReadingRead(period=period, state=ReadingState.NOT_AVAILABLE, at=one.at)
    return replace(reading, **fields)  # type: ignore[arg-type]


def _is_of_each(target: StatedTarget, readings: Sequence[ReadingRead], periods: Sequence[Period], unit: Unit) -> bool:
    """Whether a target is each quarter's: that of a share is; a count if it is nearer to a quarter's figures."""
    if unit not in {Unit.NUMBER, Unit.POUNDS} or target.kind is not TargetKind.VALUE:
        return unit not in {Unit.NUMBER, Unit.POUNDS}
    figures = [reading.value for reading in readings if reading.value and reading.period in periods]
    aim = target.value or target.high or target.low
    if aim is None or not figures:
        return aim is not None and not aim
    usual = abs(median(figures))
    # Nearer by ratio: below the geometric mean of a quarter's figure and a year's.
    return aim * aim < usual * usual * MONTHS[periods[0].kind]

"""A KPI's readings: one for each period, the newest statement of it, with its published light and its comment."""

from collections.abc import Sequence
from dataclasses import replace

from csp_tracker.periods import FinancialYear, Period
from indicators.importing.decisions import IndicatorDecisions
from indicators.importing.meanings import Meaning
from indicators.importing.one_unit import Figure, is_same
from indicators.importing.published import Published, light_of_fill, read_published
from indicators.importing.rows import Draft, Statement, statements_of
from indicators.importing.sense import Sense
from indicators.importing.tree import EarlierFigure, ReadingRead, Revision
from indicators.values import ReadingState

#: Before every period: for statements of tables that say no quarter.
NEVER = Period.of_year(FinancialYear(1900))


class Gatherer:
    """Gathers one KPI's readings. `coloured` are the tables whose figures are coloured by light."""

    def __init__(self, draft: Draft, decisions: IndicatorDecisions, sense: Sense, coloured: set[int]) -> None:
        self.draft, self.decisions, self.sense, self.coloured = draft, decisions, sense, coloured

    def gather(self, figures: Sequence[Figure]) -> list[ReadingRead]:
        """One reading for each period, oldest first, with its light and comment."""
        periods = sorted({one.period for one in figures if one.period}, key=lambda one: (one.ends_on, one.kind))
        readings = {period: self.reading([one for one in figures if one.period == period]) for period in periods}
        self.add_lights(readings, figures)
        self.add_words(readings)
        return [readings[period] for period in sorted(readings, key=lambda one: (one.ends_on, one.kind))]

    def reading(self, figures: Sequence[Figure]) -> ReadingRead:
        """The figure of one period: the newest statement, with those that it revised before it."""
        in_time = sorted(figures, key=lambda one: one.statement.as_at or one.period or NEVER)
        with_value = [one for one in in_time if one.value is not None] or in_time[:1]
        kept, earlier = with_value[0], []
        for one in with_value[1:]:
            if one.value is None or kept.value is None or is_same(one, kept):
                continue
            if one.statement.as_at == kept.statement.as_at:
                self.doubt_about(kept, one)
                continue
            earlier.append(EarlierFigure(kept.value, kept.statement.at))
            self.revise(kept, one)
            kept = one
        return ReadingRead(
            period=kept.period or NEVER,
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
                period=after.period or NEVER,
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
                self.sense.leave(one, "it is not said which quarter it is for")
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
                self.sense.leave(one, "it is not said which quarter it is for")
            elif period not in readings:
                if one.meaning is Meaning.TREND:
                    self.sense.leave(one, f"there is no figure for {period}")
                else:
                    readings[period] = _without_figure(period, one, note=words)
            elif words not in readings[period].note:
                reading = readings[period]
                own = "" if reading.note == reading.stated else reading.note
                readings[period] = replace(reading, note=f"{own}\n{words}".strip())

    def in_time(self, meaning: Meaning) -> list[Statement]:
        return sorted(statements_of(self.draft, meaning), key=lambda one: one.as_at or NEVER)

    def period_for(self, one: Statement, readings: dict[Period, ReadingRead], *, needs_figure: bool) -> Period | None:
        """The period a light or comment is about; without a figure of this quarter a light is that of the newest."""
        period = one.period
        if period in readings or (period is not None and not one.is_spread and not needs_figure):
            return period
        figures = [at for at, read in readings.items() if read.value is not None and (not period or at <= period)]
        if one.is_spread and figures:
            return max(figures, key=lambda at: at.ends_on)
        return period


def _without_figure(period: Period, one: Statement, **fields: object) -> ReadingRead:
    """A light or comment without a figure: the file says something of the period, but no figure."""
    reading = ReadingRead(period=period, state=ReadingState.NOT_AVAILABLE, at=one.at)
    return replace(reading, **fields)  # type: ignore[arg-type]

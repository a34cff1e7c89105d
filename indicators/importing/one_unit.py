"""A KPI's figures, targets and baselines in its one unit: 0.959, 95.9 and "95.9%" are the same percentage."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from csp_tracker.periods import Period
from indicators.importing.figures import BaselineRead, read_baselines
from indicators.importing.kinds import are_fractions
from indicators.importing.rows import Statement
from indicators.importing.stated import Stated, read_stated
from indicators.importing.targets import StatedTarget
from indicators.values import DECIMALS, ReadingState, TargetKind, Unit, figure_as_typed

HUNDRED = Decimal(100)


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


@dataclass(frozen=True)
class InOneUnit:
    """All that is stated of a KPI in figures. `has_fractions`: some were read as fractions of a hundred."""

    figures: list[Figure]
    targets: list[tuple[Statement, StatedTarget]]
    baselines: list[BaselineRead]
    has_fractions: bool = False

    @property
    def decimals(self) -> int:
        """As many as the figures are written with, and as no target or baseline needs more of."""
        others = [*(value for _, target in self.targets for value in target.figures)]
        others += [read.value for read in self.baselines if read.value is not None]
        needed = [len(figure_as_typed(value).partition(".")[2]) for value in others]
        return min(DECIMALS, max([*(one.decimals for one in self.figures), *needed], default=0))


def in_one_unit(
    stated: Sequence[tuple[Statement, Stated]],
    targets: Sequence[tuple[Statement, StatedTarget]],
    baselines: Iterable[Statement],
    unit: Unit,
) -> InOneUnit:
    """What was stated, in the KPI's unit."""
    figures = [_as_figure(one, read, unit) for one, read in stated]
    starts = _one_primary([read for one in baselines for read in _baselines(one, unit)])
    if unit is not Unit.PER_CENT:
        return InOneUnit(figures, list(targets), starts)
    marked = [(one.value, one.stated.is_share or one.stated.value is None) for one in figures if one.value is not None]
    marked += [(value, target.is_share) for _, target in targets for value in target.figures]
    marked += [(read.value, "%" in read.text) for read in starts if read.value is not None]
    found = are_fractions(marked)
    fractions = iter(found)
    return InOneUnit(
        figures=[one if one.value is None else _as_points(one, is_fraction=next(fractions)) for one in figures],
        targets=[(one, _target_as_points(target, fractions)) for one, target in targets],
        baselines=[
            replace(read, value=_points(read.value)) if read.value is not None and next(fractions) else read
            for read in starts
        ],
        has_fractions=any(found),
    )


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


def _target_as_points(target: StatedTarget, fractions: Iterator[bool]) -> StatedTarget:
    scaled: dict[str, Any] = {}
    if target.kind is not TargetKind.VALUE:
        return target
    for name in ("value", "low", "high"):
        figure = getattr(target, name)
        if figure is not None and next(fractions):
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


def is_same(one: Figure, other: Figure) -> bool:
    """Whether two statements give the same figure: of a rounded one and an exact one the places of both count."""
    if one.value is None or other.value is None:
        return one.value == other.value
    places = min(one.decimals, other.decimals)
    return round(one.value, places) == round(other.value, places)

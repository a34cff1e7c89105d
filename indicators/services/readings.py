"""How a figure is entered, revised and rated: one of them, or a page full of them at once."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from csp_tracker.models import Partnership, User
from csp_tracker.periods import Period, Quarter
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict, refuse_foreign, store
from indicators.models import Indicator, RatingScheme, Reading
from indicators.rag import Measure, rate
from indicators.rollup import share
from indicators.services.measuring import measure_of
from indicators.services.refusals import IndicatorArchived, NoFigure, NotAFigure, ReadingsRefused, ReasonMissing
from indicators.services.schemes import as_rule, scheme_for
from indicators.services.surroundings import Surroundings
from indicators.values import Qualifier, ReadingState, Unit, parse_figure

#: What makes a revision when it changes, and so takes a reason.
FIGURE_FIELDS = ("value", "qualifier", "numerator", "denominator", "series_break")
OTHER_FIELDS = ("note", "source", "series_break_words", "published_rag", "published_word")
JUDGED_FIELDS = (*FIGURE_FIELDS, "state")


@transaction.atomic
def record_reading(
    *,
    indicator: Indicator,
    period: Period,
    by: User,
    value: Decimal | int | str | None = None,
    state: str = ReadingState.FINAL,
    qualifier: str = Qualifier.EXACTLY,
    version: int = 0,
    reason: str = "",
    **fields: Any,
) -> Reading:
    """Enter or revise the KPI's figure for a period, rate it, and keep the light with its sentence and scheme.

    `value` may be text as typed ("1,884", "about 400"); without one `state` says why. `version` is that of the reading
    the person saw, 0 where there was none. `fields`: note, source, numerator, denominator, series_break and its words,
    and the light and word a file stated; what is left out stays. A figure on record changes only with a reason.
    """
    new = _read(indicator, value, state, qualifier, fields)
    reading = _seen(indicator.readings.for_period(period).select_related("scheme").first(), indicator, period, version)
    reading.indicator = indicator
    had_figure = reading.value is not None
    changed = _enter(reading, new, reason=reason)
    if not changed:
        return reading
    reading.entered_by = by
    if changed & set(JUDGED_FIELDS):
        scheme = reading.scheme if had_figure else scheme_for(indicator, period.ends_on)
        _judge(reading, scheme, measure_of(reading))
    _write(reading, by=by, reason=reason)
    return reading


@dataclass(frozen=True)
class Entry:
    """What a person enters for one period of one KPI: the arguments of `record_reading`."""

    indicator: Indicator
    period: Period
    value: Decimal | int | str | None = None
    state: str = ReadingState.FINAL
    qualifier: str = Qualifier.EXACTLY
    version: int = 0
    reason: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cell(self) -> tuple[int, Period]:
        """What the entry is about."""
        return self.indicator.pk, self.period


@dataclass
class _Change:
    """A reading as it was, None where there was none, and with what is entered now; not stored yet."""

    entry: Entry
    was: Reading | None
    reading: Reading
    columns: set[str]


class _Crossed(ReadingsRefused):
    """The database refused a row that nothing was wrong with: somebody entered it in the same moment."""


def record_readings(*, partnership: Partnership, entries: Iterable[Entry], by: User) -> list[Reading]:
    """Enter or revise many figures, each as `record_reading` would: all of them, or none if one is refused.

    Returns the readings that changed. An entry that says what is on record already changes nothing, whatever version
    the person saw. ReadingsRefused names every entry that cannot be taken. Statements: five, and two for each change.
    """
    entries = sorted(entries, key=lambda entry: (entry.period.starts_on, entry.indicator.pk))
    refuse_foreign(partnership, *(entry.indicator for entry in entries))
    try:
        return _record_all(entries, by=by)
    except _Crossed:  # read again, the other person's row is there, and a conflict like any other
        return _record_all(entries, by=by)


def refused_readings(*, entries: Iterable[Entry]) -> dict[tuple[int, Period], ValidationError]:
    """Which of the entries would be refused, and why; nothing is written."""
    entries = list(entries)
    with transaction.atomic():
        return _prepare(entries, Surroundings.of([(entry.indicator, entry.period) for entry in entries]))[1]


@transaction.atomic
def _record_all(entries: list[Entry], *, by: User) -> list[Reading]:
    around = Surroundings.of([(entry.indicator, entry.period) for entry in entries])
    changes, refused = _prepare(entries, around)
    if refused:
        raise ReadingsRefused(refused)
    for change in changes:
        _store_change(change, around, by=by)
    return [change.reading for change in changes]


def _prepare(
    entries: list[Entry], around: Surroundings
) -> tuple[list[_Change], dict[tuple[int, Period], ValidationError]]:
    """Put every figure in its place among the others, so that each is rated beside those entered with it."""
    changes, refused = [], {}
    for entry in entries:
        known = around.readings[entry.indicator.pk]
        was = copy(known[entry.period]) if entry.period in known else None
        try:
            new = _read(entry.indicator, entry.value, entry.state, entry.qualifier, dict(entry.fields))
            if was is not None and _is_said(was, new):
                continue
            reading = _seen(known.get(entry.period), entry.indicator, entry.period, entry.version)
            columns = _enter(reading, new, reason=entry.reason)
        except ValidationError as error:
            refused[entry.cell] = error
            continue
        known[entry.period] = reading
        changes.append(_Change(entry, was, reading, columns))
    return changes, refused


def _store_change(change: _Change, around: Surroundings, *, by: User) -> None:
    entry, reading, was = change.entry, change.reading, change.was
    reading.entered_by = by
    if change.columns & set(JUDGED_FIELDS):
        had_figure = was is not None and was.value is not None
        scheme = reading.scheme if had_figure else around.rules.scheme_for(entry.indicator, entry.period.ends_on)
        _judge(reading, scheme, around.measure_of(reading))
    try:
        store(reading, by=by, reason=entry.reason, was=was, goes_on=False)
    except IntegrityError as error:
        raise _Crossed({entry.cell: ValidationError("Somebody else entered this in the same moment.")}) from error
    except ValidationError as error:
        kind = _Crossed if isinstance(error.__cause__, IntegrityError) else ReadingsRefused
        raise kind({entry.cell: error}) from error


@transaction.atomic
def rate_again(*, reading: Reading, version: int, reason: str, by: User) -> Reading:
    """Rate a reading once more, by the scheme and target as they are now: never by itself, always with a reason."""
    if not reason.strip():
        raise ReasonMissing("Enter why the figure is rated again.")
    reading = Reading.objects.select_related("indicator").get(pk=reading.pk)
    reading.refuse_if_stale(version)
    _judge(reading, scheme_for(reading.indicator, reading.period.ends_on), measure_of(reading))
    store(reading, by=by, reason=reason)
    return reading


def figures_for(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, Reading | None]:
    """The reading of each KPI that reports on the quarter, by the KPI's pk: one query."""
    known = {indicator.pk: indicator for indicator in indicators}
    found: dict[int, Reading | None] = dict.fromkeys(known)
    for reading in Reading.objects.filter(indicator__in=known).on_quarter(quarter):
        if found[reading.indicator_id] is None:
            reading.indicator = known[reading.indicator_id]
            found[reading.indicator_id] = reading
    return found


def _read(indicator: Indicator, value: Any, state: str, qualifier: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The columns to write: text turned into a figure, a share worked out, words cleaned."""
    if indicator.archived_at is not None:
        raise IndicatorArchived
    if unknown := fields.keys() - {*OTHER_FIELDS, "numerator", "denominator", "series_break"}:
        raise TypeError(f"A reading has no {', '.join(sorted(unknown))}.")
    if isinstance(value, str):
        value, qualifier = _figure(value, indicator, qualifier)
    value = Decimal(value) if isinstance(value, int) else value
    numerator, denominator = fields.get("numerator"), fields.get("denominator")
    if value is None and numerator is not None and denominator is not None:
        value = share(numerator, denominator, Unit(indicator.unit), indicator.rate_per)
        if value is None:
            raise NotAFigure("These two make no figure. Check them.", code="numerator")
    if (value is None) == ReadingState(state).has_figure:
        raise NoFigure
    words = {name: clean_text(fields[name]) for name in OTHER_FIELDS if name in fields}
    parts = {name: fields[name] for name in ("numerator", "denominator", "series_break") if name in fields}
    return words | parts | {"value": value, "state": state, "qualifier": qualifier}


def _figure(typed: str, indicator: Indicator, qualifier: str) -> tuple[Decimal | None, str]:
    if not typed.strip():
        return None, qualifier
    try:
        value, stated = parse_figure(typed, Unit(indicator.unit))
    except ValueError as error:
        raise NotAFigure(str(error), code="value") from error
    return value, qualifier if stated == Qualifier.EXACTLY else stated


def _seen(reading: Reading | None, indicator: Indicator, period: Period, version: int) -> Reading:
    """The reading on record, or a new one; Conflict unless it is the one that the person saw."""
    now = reading or Reading(indicator=indicator, period_kind=period.kind.value, period_starts_on=period.starts_on)
    if (reading.version if reading else 0) != version:
        raise Conflict(now)
    return now


def _is_said(reading: Reading, new: Mapping[str, Any]) -> bool:
    """Whether the reading says all of this already."""
    return all(getattr(reading, name) == now for name, now in new.items())


def _enter(reading: Reading, new: dict[str, Any], *, reason: str) -> set[str]:
    """Put what is new into the reading, with the time; return the columns that changed, none where all is so."""
    if reading.value != new["value"]:
        new = {"numerator": None, "denominator": None} | new  # the old ones belong to the old figure
    changed = {name for name, now in new.items() if getattr(reading, name) != now}
    if reading.value is not None and changed & set(FIGURE_FIELDS) and not reason.strip():
        raise ReasonMissing("Enter why the figure changes.")
    if changed:
        if reading.first_value is None:
            reading.first_value = reading.value if reading.value is not None else new["value"]
        for name, now in new.items():
            setattr(reading, name, now)
        reading.entered_at = timezone.now()
    return changed


def _judge(reading: Reading, scheme: RatingScheme | None, measure: Measure) -> None:
    """Give the reading its light, the sentence why and the scheme that said so.

    A revision is given the rule that rated the first figure: a scheme made since must not slip in with it.
    """
    verdict = rate(measure, as_rule(scheme))
    reading.rating, reading.rating_why = verdict.rating, verdict.why
    reading.scheme = scheme if reading.value is not None else None


def _write(reading: Reading, *, by: User, reason: str) -> None:
    """Store the reading; where somebody else entered one for the period meanwhile, raise Conflict with theirs."""
    if not reading._state.adding:
        store(reading, by=by, reason=reason)
        return
    try:
        with transaction.atomic():
            store(reading, by=by, reason=reason)
    except (IntegrityError, ValidationError) as error:
        theirs = Reading.objects.filter(indicator=reading.indicator_id).for_period(reading.period).first()
        if theirs is None:
            raise
        raise Conflict(theirs) from error

"""How a figure is entered, revised and rated."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from csp_tracker.models import User
from csp_tracker.periods import Period, Quarter
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict, store
from indicators.models import Indicator, RatingScheme, Reading
from indicators.rag import rate
from indicators.rollup import share
from indicators.services.measuring import measure_of
from indicators.services.refusals import IndicatorArchived, NoFigure, NotAFigure, ReasonMissing
from indicators.services.schemes import as_rule, scheme_for
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
    if indicator.archived_at is not None:
        raise IndicatorArchived
    new = _read(indicator, value, state, qualifier, fields)
    reading = indicator.readings.for_period(period).select_related("scheme").first()
    if (reading.version if reading else 0) != version:
        raise Conflict(
            reading or Reading(indicator=indicator, period_kind=period.kind, period_starts_on=period.starts_on)
        )
    if reading is None:
        reading = Reading(indicator=indicator, entered_by=by)
        reading.period = period
    reading.indicator = indicator
    if reading.value != new["value"]:
        new = {"numerator": None, "denominator": None} | new  # the old ones belong to the old figure
    changed = {name for name, now in new.items() if getattr(reading, name) != now}
    is_new = reading._state.adding
    if not is_new and not changed:
        return reading
    if not is_new and reading.value is not None and changed & set(FIGURE_FIELDS) and not reason.strip():
        raise ReasonMissing("Enter why the figure changes.")
    # A revision is rated by the rule that rated the first figure: a scheme made since must not slip in with it.
    scheme = reading.scheme if reading.value is not None else scheme_for(indicator, period.ends_on)
    if reading.first_value is None:
        reading.first_value = reading.value if reading.value is not None else new["value"]
    for name, now in new.items():
        setattr(reading, name, now)
    reading.entered_by, reading.entered_at = by, timezone.now()
    if is_new or changed & set(JUDGED_FIELDS):
        _judge(reading, scheme)
    _write(reading, by=by, reason=reason)
    return reading


@transaction.atomic
def rate_again(*, reading: Reading, version: int, reason: str, by: User) -> Reading:
    """Rate a reading once more, by the scheme and target as they are now: never by itself, always with a reason."""
    if not reason.strip():
        raise ReasonMissing("Enter why the figure is rated again.")
    reading = Reading.objects.select_related("indicator").get(pk=reading.pk)
    reading.refuse_if_stale(version)
    _judge(reading, scheme_for(reading.indicator, reading.period.ends_on))
    store(reading, by=by, reason=reason)
    return reading


def figures_for(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, Reading | None]:
    """The reading of each KPI that reports on the quarter, by the KPI's pk: one query."""
    found: dict[int, Reading | None] = {indicator.pk: None for indicator in indicators}
    for reading in Reading.objects.filter(indicator__in=found.keys()).on_quarter(quarter):
        if found[reading.indicator_id] is None:
            found[reading.indicator_id] = reading
    return found


def _read(indicator: Indicator, value: Any, state: str, qualifier: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The columns to write: text turned into a figure, a share worked out, words cleaned."""
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


def _judge(reading: Reading, scheme: RatingScheme | None) -> None:
    """Give the reading its light, the sentence why and the scheme that said so."""
    verdict = rate(measure_of(reading), as_rule(scheme))
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

"""Where the rating rule would give another light than the file publishes: worked out before anything is stored."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from csp_tracker.rag import Verdict
from indicators.importing.tree import Difference, IndicatorRead, ReadingRead, TargetRead
from indicators.models import Baseline, Indicator, Reading, Target
from indicators.rag import Scheme, rate
from indicators.services.measuring import Series, chosen_target, measure_from
from indicators.services.schemes import STANDARD
from indicators.values import Polarity

OF_KPI = ("reference", "name", "unit", "rate_per", "decimals", "polarity", "roll_up", "frequency")
OF_READING = ("value", "state", "qualifier", "numerator", "denominator")


def differences_in(indicators: Iterable[IndicatorRead], rule: Scheme = STANDARD) -> Iterator[Difference]:
    """Every published light that the rule does not give, in the order of the file.

    Where a KPI is only monitored the rule gives none, and so nothing to differ from.
    """
    for read in indicators:
        if read.polarity is Polarity.MONITOR:
            continue
        published = [one for one in read.readings if one.published_rag is not None and one.is_light_known]
        for reading, verdict in _verdicts_on(read, published, rule):
            if reading.published_rag is not None and reading.published_rag is not verdict.rating:
                yield Difference(
                    reference=read.reference,
                    name=read.name,
                    period=reading.period,
                    published=reading.published_rag,
                    published_word=reading.published_word,
                    measured=verdict.rating,
                    why=verdict.why,
                )


def _verdicts_on(
    read: IndicatorRead, readings: Sequence[ReadingRead], rule: Scheme
) -> Iterator[tuple[ReadingRead, Verdict]]:
    """What the rule says of these readings, from what the file says alone."""
    if not readings:
        return
    indicator = Indicator(**{name: getattr(read, name) for name in OF_KPI})
    rows = {one.period: _row(indicator, one) for one in read.readings}
    targets = {one.period: _target(indicator, one) for one in read.targets}
    primary = next((one for one in read.baselines if one.is_primary), None)
    baseline = Baseline(indicator=indicator, **asdict(primary)) if primary else None
    for reading in readings:
        period = reading.period
        of_kind = {at: row for at, row in rows.items() if at.kind is period.kind and at <= period}
        series = Series(rows[period], of_kind, breaks=())
        yield reading, rate(measure_from(series, target=chosen_target(targets, period), baseline=baseline), rule)


def _row(indicator: Indicator, read: ReadingRead) -> Reading:
    row = Reading(indicator=indicator, **{name: getattr(read, name) for name in OF_READING})
    row.period = read.period
    return row


def _target(indicator: Indicator, read: TargetRead) -> Target:
    row = Target(indicator=indicator, kind=read.kind, value=read.value, low=read.low, high=read.high, text=read.text)
    row.period = read.period
    return row

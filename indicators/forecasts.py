"""Where a running total will end if the rest of the year goes on as it began, or as last year did: pure functions.

A forecast is no figure: it is never rated, and always says that it is one and how it was reckoned.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from csp_tracker.periods import Period
from indicators.comparison import OPEN_ENDED, NotRated, compare_with_target, forecast_by_profile, forecast_pro_rata
from indicators.figures import Measure
from indicators.rollup import Method, Part, Span, Total, break_within, roll_up
from indicators.values import Polarity, RollUp, Unit, in_words, number_in_words
from indicators.wording import gap_in_words, listed

PRO_RATA, BY_PROFILE = "Forecast, pro rata", "Forecast, by last year’s profile"


@dataclass(frozen=True)
class Forecast:
    """One way of reckoning where the year will end; without a value, the words say why it cannot be told."""

    label: str
    year: Period
    value: Decimal | None
    words: str


def forecasts(parts: Iterable[Part], last: Period, method: Method, aim: Measure) -> tuple[Forecast, ...]:
    """Both forecasts to the end of the financial year from the figures up to `last`; none once the year is over.

    `aim` is what the year's figure will be set against: unit, polarity, target and baseline, without a value.
    """
    year = Period.of_year(last.financial_year)
    if method.roll_up != RollUp.SUM or last.ends_on >= year.ends_on:
        return ()
    parts = list(parts)
    total = roll_up(parts, Span.to_date(last), method)
    if total.value is None:
        return (Forecast(PRO_RATA, year, None, f"No forecast for {year}: {_reason(total)}"),)
    return tuple(_both(parts, total, year, replace(aim, period=year, roll_up=RollUp.SUM)))


def _both(parts: list[Part], total: Total, year: Period, aim: Measure) -> Iterator[Forecast]:
    so_far, gone = total.value or Decimal(0), total.span.months
    value = forecast_pro_rata(so_far, months_gone=gone)
    opening = f"{_figure(total, so_far)} in {'a month' if gone == 1 else f'{gone} months'}; at that rate"
    yield Forecast(PRO_RATA, year, value, _sentence(f"{opening} {_ending(total, year, value, aim)}"))
    then = roll_up(parts, total.span.a_year_earlier, total.method)
    whole = roll_up(parts, Span.of(year.same_last_year, total.span.last.kind), total.method)
    if why := _why_no_profile(parts, total, then, whole):
        yield Forecast(BY_PROFILE, year, None, why)
        return
    before, ended = then.value or Decimal(0), whole.value or Decimal(0)
    profile = forecast_by_profile(so_far, then=before, whole=ended)
    opening = (
        f"{_figure(total, before)} of {_figure(total, ended)} had been counted by the end of "
        f"{then.span.last} ({_share(before, ended)}); in the same proportion"
    )
    words = f"{opening} {_ending(total, year, profile or Decimal(0), aim)}"
    yield Forecast(BY_PROFILE, year, profile, _sentence(words))


def _why_no_profile(parts: list[Part], total: Total, then: Total, whole: Total) -> str:
    """Why last year shows no profile to follow; empty where it does."""
    opening = f"Not by the profile of {whole.span}: "
    if whole.value is None:
        return opening + _reason(whole)
    if broken := break_within(parts, Span(then.span.first, total.span.last)):
        return f"{opening}what is counted changed in {broken}."
    if {then.qualifier, whole.qualifier} & set(OPEN_ENDED):
        return f"{opening}its figures are not stated exactly."
    if not then.value or not whole.value or then.value < 0 or whole.value < 0:
        return f"{opening}nothing had been counted by the end of {then.span.last}."
    return ""


def _ending(total: Total, year: Period, value: Decimal, aim: Measure) -> str:
    """Where it ends, against the target if there is one, and that more may come."""
    against = "" if total.qualifier in OPEN_ENDED else _against_target(replace(aim, value=value))
    words = f"{_figure(total, value)} by the end of {year}{against}."
    return f"{words} The figures so far are provisional." if total.is_provisional else words


def _against_target(measure: Measure) -> str:
    """ ", which would meet the target of 1,984"; nothing where there is none to set it against."""
    if measure.polarity == Polarity.MONITOR or measure.value is None:
        return ""
    try:
        _, comparison = compare_with_target(measure, measure.value)
    except NotRated:
        return ""
    if comparison.worse_by > 0:
        return f", which would miss {comparison.words} by {gap_in_words(measure, comparison)}"
    return f", which would meet {comparison.words}"


def _reason(total: Total) -> str:
    return f"no figure for {listed(total.missing)}." if total.missing else total.why.removeprefix("Not rated: ")


def _figure(total: Total, value: Decimal) -> str:
    return in_words(value, Unit(total.method.unit), total.method.decimals, total.qualifier)


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{number_in_words(part / whole * 100)}%"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"

"""One total of a KPI set against another: a quarter or a rolling year against that of a year earlier."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from csp_tracker.rag import Travel
from indicators.figures import TargetFigure
from indicators.rag import travel
from indicators.rollup import Method, Part, Span, Total, break_within, roll_up
from indicators.values import (
    DECIMALS,
    PRECISE,
    Polarity,
    Qualifier,
    Unit,
    change_in_words,
    decimals_apart,
    in_words,
)
from indicators.wording import listed


@dataclass(frozen=True)
class Change:
    """One total against the one before it: how far apart, and which way that is."""

    now: Total
    before: Total
    difference: Decimal | None
    per_cent: Decimal | None
    travel: Travel
    words: str


def compare(
    parts: Iterable[Part],
    now: Span,
    before: Span,
    method: Method,
    polarity: Polarity,
    *,
    target: TargetFigure | None = None,
) -> Change:
    """One span against another, such as `now.a_year_earlier`; nothing is compared across a series break."""
    parts = list(parts)
    this, that = roll_up(parts, now, method), roll_up(parts, before, method)
    if words := _why_not_compared(parts, this, that):
        is_new = this.value is not None and len(that.missing) == len(that.needed)
        return Change(this, that, None, None, Travel.NEW if is_new else Travel.NOT_COMPARED, words)
    one, other = this.value or Decimal(0), that.value or Decimal(0)
    with localcontext(PRECISE):
        difference = one - other
        per_cent = round(difference / abs(other) * 100, DECIMALS) if other else None
    way = travel(one, other, polarity, target=target)
    return Change(this, that, difference, per_cent, way, _compared(this, that, difference, per_cent, way))


def on_last_year(
    parts: Iterable[Part], span: Span, method: Method, polarity: Polarity, *, target: TargetFigure | None = None
) -> Change:
    """Against the same period last year: a month, a quarter, a year to date or a rolling year."""
    return compare(parts, span, span.a_year_earlier, method, polarity, target=target)


def _why_not_compared(parts: list[Part], now: Total, before: Total) -> str:
    """Why the two cannot be set against each other; empty where they can."""
    if now.value is None:
        return now.why
    opening = f"{now.in_words[0].upper()}{now.in_words[1:]} {now.span.when}."
    if before.missing:
        return f"{opening} Not compared: no figure for {listed(before.missing)}."
    if before.value is None:
        return f"{opening} Not compared with {before.span}: {before.why.removeprefix('Not rated: ')}"
    if broken := break_within(parts, Span(before.span.last, now.span.last)):
        return f"{opening} Change not rated: what is counted changed in {broken}."
    if {now.qualifier, before.qualifier} & {Qualifier.AT_LEAST, Qualifier.AT_MOST}:
        return f"{opening} Not compared with {before.in_words} {before.span.when}: how far apart they are is left open."
    return ""


def _compared(now: Total, before: Total, difference: Decimal, per_cent: Decimal | None, way: Travel) -> str:
    """ "1,884 in 2009/10, −7.2% on 2,030 in 2008/09: improved"."""
    unit, decimals = Unit(now.method.unit), now.method.decimals
    if now.value is not None and before.value is not None:
        decimals = decimals_apart(now.value, before.value, decimals)
    now_words, before_words = (in_words(total.value, unit, decimals, total.qualifier) for total in (now, before))
    if not difference or unit == Unit.YES_NO:
        apart = "against"
    elif unit == Unit.PER_CENT:
        apart = f"{change_in_words(difference, max(decimals, 1), ' points')} on"
    elif per_cent is None:
        apart = "after"
    else:
        apart = f"{change_in_words(per_cent)} on"
    ending = f": {way.label.lower()}" if way != Travel.NOT_COMPARED else ""
    provisional = " Provisional." if now.is_provisional or before.is_provisional else ""
    opening = f"{now_words[0].upper()}{now_words[1:]} {now.span.when}"
    return f"{opening}, {apart} {before_words} {before.span.when}{ending}.{provisional}"

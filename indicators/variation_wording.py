"""An XmR chart in words: "14 in June 2010 is within its usual range of 4 to 19 (average 11.2)."."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from csp_tracker.periods import Period
from indicators.values import DECIMALS, ReadingState, decimals_apart, in_words
from indicators.variation import Assurance, Chart, Line, Variation, edges, has_fair_target, variation_of
from indicators.wording import listed
from indicators.xmr import FEWEST_RANGES, SETTLED, Rule, Side, Signal, are_neighbours

LOOK = "look for the cause"
MOST_NAMED = 4


@dataclass(frozen=True)
class Finding:
    """What a chart says: a headline for a list, and the sentences of its text alternative."""

    headline: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.sentences)


def explain(chart: Chart) -> Finding:
    """The verdict on the newest figure, why, what is to be expected of the target, and what a reader should know."""
    return Finding(headline(chart), (*_verdict(chart), *_assurance(chart), *_cautions(chart)))


def headline(chart: Chart) -> str:
    """ "Within its usual range", "A real change since June 2010: look for the cause"."""
    if chart.variation.is_real_change:
        return f"A real change {_when(chart)}: {LOOK}"
    return chart.variation.label


def _verdict(chart: Chart) -> list[str]:
    latest, line = chart.latest, chart.line
    if latest is None:
        return ["There are no figures yet."]
    if line is None or chart.variation == Variation.NOT_KNOWN:
        return [_too_few(chart)]
    if chart.variation.is_real_change:
        return [f"{headline(chart)}.", *_reasons(chart, line), _which_way(chart), *_against(chart, line)]
    figure = f"{_figure(chart, latest.value)} in {latest.period}"
    usual = (
        f"{figure} is within its usual range of {range_in_words(chart, line)} (average {mean_in_words(chart, line)})."
    )
    return [usual, *_step(chart), *_earlier(chart)]


def _too_few(chart: Chart) -> str:
    counted = len(chart.segments[-1].figures) if chart.segments else 0
    since = f" since the counting changed in {chart.segments[-1].observations[0].period}" if _is_rebased(chart) else ""
    figures = f"{counted} {'figure' if counted == 1 else 'figures'}{since}"
    return (
        f"Too few figures to say what is usual: {figures}, and at least {FEWEST_RANGES + 1} neighbouring "
        f"{_noun(chart, FEWEST_RANGES)} are needed."
    )


def _step(chart: Chart) -> list[str]:
    """A jump between two usual figures: a committee would ask about it, and it means nothing."""
    drawn = [point for point in chart.points if point.value is not None]
    if len(drawn) < 2 or not drawn[-1].joins or drawn[-2].variation.is_real_change:
        return []
    now, before = drawn[-1].value or Decimal(0), drawn[-2].value or Decimal(0)
    if _figure(chart, now) == _figure(chart, before):
        return []
    word = "rise" if now > before else "fall"
    return [f"The {word} from {_figure(chart, before)} in {drawn[-2].period} is no sign of a change."]


def _earlier(chart: Chart) -> list[str]:
    """A change that has passed is still told: somebody may know its cause."""
    if not (signals := chart.segments[-1].signals):
        return []
    last = max(signals, key=lambda signal: (signal.until, signal.since))
    return [f"Earlier there was a real change ({_span(last.since, last.until)})."]


def _when(chart: Chart) -> str:
    """ "since June 2010"; "in June 2010" where that is all there has been."""
    latest, since = chart.latest, chart.since
    if latest is None or since is None:
        return ""
    return f"in {since}" if since == latest.period else f"since {since}"


def _reasons(chart: Chart, line: Line) -> list[str]:
    """The rules behind the verdict."""
    return [_reason(chart, line, signal) for signal in chart.signals if signal.side == chart.signals[0].side]


def _against(chart: Chart, line: Line) -> list[str]:
    """Rules that point the other way, such as a fall that has not yet come below the average."""
    others = [signal for signal in chart.signals if signal.side != chart.signals[0].side]
    return [f"But also: {reason[0].lower()}{reason[1:]}" for reason in (_reason(chart, line, one) for one in others)]


def _reason(chart: Chart, line: Line, signal: Signal) -> str:
    count, is_high = len(signal.periods), signal.side == Side.HIGH
    span = _span(signal.since, signal.until)
    if signal.rule == Rule.TREND:
        return f"{count} {_noun(chart, count)} in a row {'rising' if is_high else 'falling'} ({span})."
    if signal.rule == Rule.SHIFT:
        side = "above" if is_high else "below"
        return f"{count} {_noun(chart, count)} in a row {side} the average of {mean_in_words(chart, line)} ({span})."
    if signal.rule == Rule.TWO_OF_THREE:
        edge = f"{'upper' if is_high else 'lower'} edge of the usual range of {range_in_words(chart, line)}"
        return f"At least 2 of 3 {_noun(chart, 3)} running near or beyond the {edge} ({span})."
    return _outside(chart, line, signal)


def _outside(chart: Chart, line: Line, signal: Signal) -> str:
    """The newest figure against the limit it is beyond, with decimals that keep the two apart."""
    values = {point.period: point.value for point in chart.points}
    value = values.get(signal.until) or Decimal(0)
    limit = line.upper if signal.side == Side.HIGH else line.lower
    decimals = decimals_apart(value, limit, chart.history.decimals)
    side = "above" if signal.side == Side.HIGH else "below"
    figure = in_words(value, chart.history.unit, decimals)
    return f"{figure} in {signal.until} is {side} the usual range of {range_in_words(chart, line, decimals)}."


def _which_way(chart: Chart) -> str:
    side = chart.signals[0].side
    way = "Higher" if side == Side.HIGH else "Lower"
    match variation_of(side, chart.history.polarity).css:
        case "improvement":
            return f"{way} is better here: an improvement to understand and keep."
        case "concern":
            return f"{way} is worse here: a concern."
    return "Whether that is good or bad is for people to judge: neither way is better of itself."


def _assurance(chart: Chart) -> list[str]:
    """What to expect of the target; why it says nothing where there is a target for another length of period."""
    history = chart.history
    if chart.assurance == Assurance.NOT_JUDGED:
        if chart.line is None or history.target is None or history.target.period is None or has_fair_target(history):
            return []
        if history.target.period.kind == history.kind or edges(history) == (None, None):
            return []
        return [f"The target is for {history.target.period} as a whole, so no single {history.kind} is set against it."]
    expected = {
        Assurance.PASSES: f"met every {history.kind}",
        Assurance.FAILS: f"missed every {history.kind}",
        Assurance.HIT_OR_MISS: f"met in some {_noun(chart, 2)} and missed in others, by chance",
    }[chart.assurance]
    if chart.variation.is_real_change:
        return [f"By its range so far the target of {_target(chart)} would be {expected}; the change may alter that."]
    return [f"The target of {_target(chart)} will be {expected}, unless something changes."]


def _target(chart: Chart) -> str:
    low, high = edges(chart.history)
    low, high = (low if low is not None else high), (high if high is not None else low)
    words = [in_words(edge, chart.history.unit, chart.history.decimals) for edge in (low, high)]
    return words[0] if low == high else " to ".join(words)


def _cautions(chart: Chart) -> list[str]:
    """How far to trust it: too few figures, ranges left out, counting that changed, gaps, figures that may change."""
    limits, latest = chart.limits, chart.latest
    sentences = []
    if limits is not None and limits.is_trial:
        counted = f"{limits.figures} {_noun(chart, limits.figures)}"
        sentences.append(f"Trial limits: {counted} so far, and {SETTLED} make a range to rely on.")
    if limits is not None and limits.left_out:
        sentences.append(f"Outlying changes left out of the limits: {limits.left_out}.")
    if _is_rebased(chart):
        segment = chart.segments[-1]
        words = f" ({segment.break_words.strip().rstrip('.')})" if segment.break_words.strip() else ""
        since = f"{segment.observations[0].period}{words}"
        sentences.append(f"Counted differently since {since}: the range begins anew there.")
    if limits is not None:
        sentences += _gaps(chart)
    if latest is not None and latest.observation.state == ReadingState.PROVISIONAL:
        sentences.append("Provisional figure: it may still change.")
    return sentences


def _gaps(chart: Chart) -> list[str]:
    """Periods of the newest segment without a figure; those not due yet are no gap."""
    newest = [point for point in chart.points if point.segment == len(chart.segments) - 1]
    empty = [point for point in newest if point.value is None and point.observation.state != ReadingState.NOT_DUE]
    names = tuple(f"{point.period} ({point.observation.why_none})" for point in empty)
    sentences = []
    if names:
        missing = listed(names) if len(names) <= MOST_NAMED else f"{len(names)} {_noun(chart, len(names))}"
        sentences.append(f"No figure for {missing}: a gap is not guessed at, and ends a run.")
    if any(not are_neighbours(before.period, after.period) for before, after in pairwise(newest)):
        sentences.append(f"Some {_noun(chart, 2)} were never entered: a gap is not guessed at, and ends a run.")
    return sentences


def _is_rebased(chart: Chart) -> bool:
    return bool(chart.segments) and chart.segments[-1].is_rebased


def range_in_words(chart: Chart, line: Line, decimals: int | None = None) -> str:
    """Between which figures a period usually lies: "4 to 19"."""
    return f"{_figure(chart, line.lower, decimals)} to {_figure(chart, line.upper, decimals)}"


def mean_in_words(chart: Chart, line: Line) -> str:
    """An average of counts has a decimal more than the counts."""
    return _figure(chart, line.mean, min(chart.history.decimals + 1, DECIMALS))


def _figure(chart: Chart, value: Decimal | None, decimals: int | None = None) -> str:
    return in_words(value, chart.history.unit, chart.history.decimals if decimals is None else decimals)


def _noun(chart: Chart, count: int) -> str:
    return f"{chart.history.kind}{'' if count == 1 else 's'}"


def _span(first: Period, last: Period) -> str:
    return str(first) if first == last else f"{first} to {last}"

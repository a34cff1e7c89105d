"""What has changed, as a KPI's page says it: against last year, over twelve months, and whether the change is real."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from csp_tracker.periods import Period, PeriodKind
from csp_tracker.rag import Travel
from indicators.changes import Change, on_last_year
from indicators.figures import TargetFigure
from indicators.models import Indicator, Reading, Target
from indicators.rollup import Part, Span
from indicators.services.measuring import as_part, as_target_figure, chosen_target, history_of, method_of
from indicators.values import Frequency, Polarity, RollUp
from indicators.variation import Assurance, Chart, Variation, chart_of
from indicators.variation_wording import explain, mean_in_words, range_in_words

LEVELS = (RollUp.AVERAGE, RollUp.LATEST, RollUp.RATIO)  # of any length of time the same target may be asked
TAGS = {"improvement": "blue", "concern": "orange", "neither": "purple", "common-cause": "grey", "not-known": "grey"}


@dataclass(frozen=True)
class Compared:
    """One comparison as a row: what is compared, in words, and which way it went."""

    key: str
    travel: Travel
    words: str

    @property
    def has_way(self) -> bool:
        """Whether there is an arrow to show."""
        return self.travel in (Travel.IMPROVED, Travel.NO_CHANGE, Travel.WORSENED)


@dataclass(frozen=True)
class RealChange:
    """Whether the newest month shows a real change: the verdict, why, and the limits, if there are any yet."""

    headline: str
    text: str
    variation: Variation
    assurance: Assurance
    average: str
    usual_range: str
    is_trial: bool

    @property
    def tag(self) -> str:
        """Colour of the tag that carries the letter; the words beside it say the same."""
        return TAGS[self.variation.css]


def chart_of_months(indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target]) -> Chart | None:
    """The chart of a KPI reported by the month; of quarters and years there are never enough to judge by."""
    newest = _newest(readings, PeriodKind.MONTH)
    if indicator.frequency != Frequency.MONTH or newest is None:
        return None
    return chart_of(history_of(indicator, readings, _target_for(newest, targets)))


def real_change(chart: Chart | None) -> RealChange | None:
    """The section "Is the change real?"; nothing where there is no monthly figure yet."""
    if chart is None or chart.latest is None:
        return None
    finding, line = explain(chart), chart.line
    first, *others = finding.sentences
    return RealChange(
        headline=finding.headline,
        text=" ".join(others) if first == f"{finding.headline}." else finding.text,
        variation=chart.variation,
        assurance=chart.assurance,
        average=mean_in_words(chart, line) if line else "",
        usual_range=range_in_words(chart, line) if line else "",
        is_trial=line is not None and line.is_trial,
    )


def signs_of(chart: Chart | None) -> dict[Period, str]:
    """Months that are part of a real change, each with the rules it shows."""
    points = chart.points if chart else ()
    return {point.period: "; ".join(rule.label for rule in point.rules).lower() for point in points if point.rules}


def compared(indicator: Indicator, readings: Sequence[Reading], targets: Iterable[Target]) -> list[Compared]:
    """The newest figure against the same period last year, and the last twelve months against those before."""
    frequency = Frequency(indicator.frequency)
    newest = None if frequency == Frequency.ONE_OFF else _newest(readings, PeriodKind(frequency))
    if newest is None:
        return []
    parts = [as_part(row) for row in readings]
    return list(_compared(indicator, newest, parts, _target_for(newest, targets)))


def _compared(indicator: Indicator, newest: Period, parts: list[Part], target: Target | None) -> Iterator[Compared]:
    method, polarity = method_of(indicator), Polarity(indicator.polarity)
    since = min(part.period for part in parts if part.period.kind == newest.kind and part.value is not None)
    if since <= newest.same_last_year:
        aim = _fair(target, method.roll_up, newest.kind)
        change = on_last_year(parts, Span(newest, newest), method, polarity, target=aim)
        yield Compared("Same period last year", change.travel, change.words)
    if newest.kind == PeriodKind.YEAR or method.roll_up == RollUp.LATEST:
        return  # twelve months would say the same again
    aim = _fair(target, method.roll_up)
    change = on_last_year(parts, Span.rolling_year(newest), method, polarity, target=aim)
    if words := _rolling_in_words(change, since):
        yield Compared("Rolling 12 months", change.travel, words)


def _rolling_in_words(change: Change, since: Period) -> str:
    """The comparison; the total alone where the series does not reach back so far. A gap within is named."""
    now = change.now
    if now.value is None:
        return change.words if now.missing and since <= now.span.first else ""
    is_whole = since <= change.before.span.first
    return change.words if is_whole else f"{now.in_words[0].upper()}{now.in_words[1:]} {now.span.when}."


def _fair(target: Target | None, roll_up: str, kind: PeriodKind | None = None) -> TargetFigure | None:
    """The target, if figures of this kind of period may be set against it; a level is asked of any."""
    is_fair = target is not None and (roll_up in LEVELS or target.period_kind == kind)
    return as_target_figure(target) if target is not None and is_fair else None


def _target_for(period: Period, targets: Iterable[Target]) -> Target | None:
    return chosen_target({target.period: target for target in targets}, period)


def _newest(readings: Iterable[Reading], kind: PeriodKind) -> Period | None:
    """The newest period of this kind that has a figure."""
    found = [row.period for row in readings if row.period_kind == kind and row.value is not None]
    return max(found, default=None)

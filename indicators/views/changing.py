"""What has changed, as a KPI's page says it: how its newest figure compares, and whether the change is real."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from csp_tracker.periods import Period, PeriodKind
from indicators import services
from indicators.models import Indicator, Reading, Target
from indicators.services.comparing import Compared
from indicators.services.measuring import chosen_target, history_of
from indicators.values import Frequency
from indicators.variation import Assurance, Chart, Variation, chart_of
from indicators.variation_wording import explain, mean_in_words, range_in_words

TAGS = {"improvement": "blue", "concern": "orange", "neither": "purple", "common-cause": "grey", "not-known": "grey"}


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
    """How the newest figure compares, and the forecasts to the end of its year."""
    targets, baseline = list(targets), next((one for one in indicator.baselines.all() if one.is_primary), None)
    forecasts = services.forecasts_for(indicator, readings, targets, baseline)
    return [*services.comparisons(indicator, readings, targets, baseline), *services.as_rows(forecasts)]


def _target_for(period: Period, targets: Iterable[Target]) -> Target | None:
    return chosen_target({target.period: target for target in targets}, period)


def _newest(readings: Iterable[Reading], kind: PeriodKind) -> Period | None:
    """The newest period of this kind that has a figure."""
    found = [row.period for row in readings if row.period_kind == kind and row.value is not None]
    return max(found, default=None)

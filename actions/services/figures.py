"""The figures of an action's KPIs, as its update takes them in, shows them and keeps them at approval."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError

from actions.models import Action
from csp_tracker.models import User
from csp_tracker.periods import Period, Quarter
from csp_tracker.rag import RAG
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict, Foreign
from indicators.models import Indicator, Reading
from indicators.services import ReasonMissing, figures_for, record_reading
from indicators.services.entering import periods_due
from indicators.services.standing import Standing, standings
from indicators.values import Frequency, Qualifier, ReadingState, Unit, in_words


@dataclass(frozen=True)
class Figure:
    """What a person enters for one KPI: a figure, or none with the honest word *awaited*. Nothing typed makes none.

    `state` is given where the figure itself stays as it is, so that a provisional one stays provisional. `typed` is the
    text in the box, which a draft keeps as it is.
    """

    indicator: Indicator
    value: Decimal | None = None
    state: ReadingState | None = None
    qualifier: Qualifier = Qualifier.EXACTLY
    note: str = ""
    reason: str = ""
    version: int = 0
    typed: str | None = None

    @property
    def state_said(self) -> ReadingState:
        """Final where there is a figure, awaited where there is none, unless something else was said."""
        return self.state or (ReadingState.AWAITED if self.value is None else ReadingState.FINAL)

    def is_in(self, reading: Reading) -> bool:
        """Whether the reading says exactly this."""
        said = (self.value, self.qualifier, self.state_said, clean_text(self.note))
        return said == (reading.value, reading.qualifier, reading.state, reading.note)

    @property
    def as_typed(self) -> dict[str, Any]:
        """What stands in the boxes, for a draft to keep. A box left empty need not mean that the figure is awaited."""
        return {
            "figure": self._in_full if self.typed is None else clean_text(self.typed),
            "awaited": self.state == ReadingState.AWAITED or (self.value is None and self.typed is None),
            "note": clean_text(self.note),
            "reason": clean_text(self.reason),
            "reading": self.version,
        }

    @property
    def _in_full(self) -> str:
        """The figure with all its decimals, so that nothing is lost where nobody typed it."""
        if self.value is None:
            return ""
        value = Decimal(self.value)
        decimals = max(self.indicator.decimals, -int(value.normalize().as_tuple().exponent))
        return in_words(value, Unit(self.indicator.unit), decimals, self.qualifier)


class FigureRefused(ValidationError):
    """One KPI's figure was refused, and the whole update with it. `reading`: the one somebody else entered, if any."""

    def __init__(self, figure: Figure, error: ValidationError) -> None:
        super().__init__(f"{figure.indicator}: {' '.join(error.messages)}")
        self.figure = figure
        self.messages_of_figure = error.messages
        self.reading: Reading | None = cast(Reading, error.theirs) if isinstance(error, Conflict) else None
        self.is_for_a_reason = isinstance(error, ReasonMissing)


def period_due(indicator: Indicator, quarter: Quarter) -> Period | None:
    """The period whose figure an update of the quarter asks for.

    None for a yearly or one-off KPI in another quarter than its own, and for months, which have a page of their own.
    """
    if indicator.frequency == Frequency.MONTH:
        return None
    return next(iter(periods_due(indicator, quarter)), None)


def indicators_of(action: Action) -> list[Indicator]:
    """The KPIs by which the action is judged, in their order, without those no longer measured."""
    links = action.indicator_links.filter(indicator__archived_at__isnull=True).select_related("indicator")
    return [link.indicator for link in links]


def write_figures(*, action: Action, quarter: Quarter, figures: Iterable[Figure], by: User) -> None:
    """Write the readings a person entered with the update; the first that is refused refuses everything.

    The same figure twice (a double click, the back button) is written once.
    """
    for figure, period in _with_periods(action, quarter, figures):
        try:
            record_reading(
                indicator=figure.indicator,
                period=period,
                by=by,
                value=figure.value,
                qualifier=figure.qualifier,
                state=figure.state_said,
                note=figure.note,
                reason=figure.reason,
                version=figure.version,
            )
        except ValidationError as error:
            if not (isinstance(error, Conflict) and figure.is_in(cast(Reading, error.theirs))):
                raise FigureRefused(figure, error) from error


def typed_figures(*, action: Action, quarter: Quarter, figures: Iterable[Figure]) -> dict[str, dict[str, Any]]:
    """What a draft keeps of the figures, by the KPI's key: nobody else sees or counts it before it is submitted."""
    return {str(figure.indicator.pk): figure.as_typed for figure, _ in _with_periods(action, quarter, figures)}


def _with_periods(action: Action, quarter: Quarter, figures: Iterable[Figure]) -> list[tuple[Figure, Period]]:
    """The figures with the periods they are for; one of a KPI that the update does not ask for raises Foreign."""
    figures = list(figures)
    linked = {indicator.pk for indicator in indicators_of(action)} if figures else set()
    found = []
    for figure in figures:
        period = period_due(figure.indicator, quarter)
        if figure.indicator.pk not in linked or period is None:
            raise Foreign
        found.append((figure, period))
    return found


def readings_of(action: Action, quarter: Quarter) -> dict[Indicator, Reading | None]:
    """The reading of each of the action's KPIs for the quarter, None where there is none."""
    return readings_for(indicators_of(action), quarter)


def readings_for(
    indicators: Iterable[Indicator], quarter: Quarter, *, stood: Mapping[int, Standing] | None = None
) -> dict[Indicator, Reading | None]:
    """The same for KPIs that have been read already.

    Of a monthly KPI it is what its months come to, unless the quarter has a figure of its own. `stood`: that of
    `months_put_together`, where the caller has it; else it is read here.
    """
    indicators = list(indicators)
    stood = months_put_together(indicators, quarter) if stood is None else stood
    others = [indicator for indicator in indicators if indicator.pk not in stood]
    found = figures_for(others, quarter) if others else {}
    found |= {key: standing.as_reading for key, standing in stood.items()}
    return {indicator: found.get(indicator.pk) for indicator in indicators}


def months_put_together(indicators: Iterable[Indicator], quarter: Quarter) -> dict[int, Standing]:
    """How the monthly ones of the KPIs stand in the quarter, by pk: no query where there are none."""
    return standings([one for one in indicators if one.frequency == Frequency.MONTH], quarter)


def measured_lights(readings: Mapping[Indicator, Reading | None]) -> dict[str, RAG]:
    """The measured light of each KPI, by the name people call it."""
    return {
        indicator.reference or indicator.name: RAG(reading.rating) if reading else RAG.NOT_RATED
        for indicator, reading in readings.items()
    }


def as_they_stand(readings: Mapping[Indicator, Reading | None]) -> list[dict[str, Any]]:
    """The figures in plain words and values, for the update to keep whatever is revised later."""
    return [
        {
            "indicator": indicator.pk,
            "reference": indicator.reference,
            "name": indicator.name,
            "period": reading.period.code,
            "value": None if reading.value is None else str(reading.value),
            "words": words_of(indicator, reading),
            "state": reading.state,
            "rating": reading.rating,
            "why": reading.rating_why,
            "note": reading.note,
        }
        for indicator, reading in readings.items()
        if reading is not None
    ]


def words_of(indicator: Indicator, reading: Reading) -> str:
    """A reading as a reader expects it: "1,884", or why there is no figure."""
    if reading.value is None:
        return reading.get_state_display()
    return in_words(reading.value, Unit(indicator.unit), indicator.decimals, Qualifier(reading.qualifier))

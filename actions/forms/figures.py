"""What an update's form shows and asks of each KPI."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from actions.services.figures import months_put_together, period_due, readings_for
from csp_tracker.periods import Period, PeriodKind, Quarter
from indicators.models import Indicator, Reading, Target
from indicators.services import figures_for
from indicators.services.rules import Rated
from indicators.services.standing import Standing
from indicators.values import Frequency, Qualifier, Unit, in_words, parse_figure


@dataclass
class FigureBox:
    """What the form shows and asks of one KPI. `period` is None where no figure is due on this form."""

    indicator: Indicator
    period: Period | None
    reading: Reading | None = None
    last: Reading | None = None
    target: str = ""
    standing: Standing | None = None  # of a monthly KPI: what its months come to

    @property
    def own_reading(self) -> Reading | None:
        """The reading of the very period asked for; a month's or a year's may stand in for it elsewhere."""
        return self.reading if self.reading and self.reading.period == self.period else None

    @property
    def rated(self) -> Rated | None:
        """What gave the light that the page shows beside the box, with the KPI as it was read already."""
        reading = self.reading or self.last
        if self.standing is not None or reading is None:
            return self.standing
        reading.indicator = self.indicator
        return reading

    @property
    def is_monthly(self) -> bool:
        """Its months are entered on the KPI's own page."""
        return self.indicator.frequency == Frequency.MONTH

    @property
    def last_words(self) -> str:
        """Last quarter's figure as a reader expects it."""
        return self.words_of(self.last)

    def words_of(self, reading: Reading | None) -> str:
        """A reading's figure, or why there is none."""
        if reading is None:
            return ""
        if reading.value is None:
            return reading.get_state_display()
        indicator = self.indicator
        return in_words(reading.value, Unit(indicator.unit), indicator.decimals, Qualifier(reading.qualifier))

    def words_of_target(self, target: Target) -> str:
        """The target in the words of whoever set it, else as a figure; a bare number says nothing of its unit."""
        is_bare = re.fullmatch(r"[\d.,\s]*", target.text)
        if not is_bare or target.value is None:
            return target.text or "set as a band"
        return in_words(target.value, Unit(self.indicator.unit), self.indicator.decimals)

    def name_of(self, part: str) -> str:
        """The name of one of its fields."""
        return f"{part}_{self.indicator.pk}"


class FigureField(forms.CharField):
    """A figure as people type it; its cleaned value is (value, qualifier), or None."""

    def __init__(self, *, unit: Unit, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit = unit

    def clean(self, value: Any) -> Any:
        """Read "1,884", "95.9%" or "approx 400"; refuse words in a sentence."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return parse_figure(typed, self.unit)
        except ValueError as error:
            raise ValidationError(str(error)) from error


def boxes_for(indicators: Iterable[Indicator], quarter: Quarter) -> list[FigureBox]:
    """A box for each KPI with its figure for the quarter; of a monthly one with what its months come to."""
    indicators = list(indicators)
    stood = months_put_together(indicators, quarter)
    return [
        FigureBox(one, period_due(one, quarter), reading, standing=stood.get(one.pk))
        for one, reading in readings_for(indicators, quarter, stood=stood).items()
    ]


def describe(boxes: Iterable[FigureBox], quarter: Quarter) -> None:
    """Read, in two queries, what stands beside the boxes: last quarter's figure and the target.

    A monthly KPI has no last one here: one month alone is not the quarter's figure.
    """
    by_key = {box.indicator.pk: box for box in boxes}
    if not by_key:
        return
    compared = [box.indicator for box in by_key.values() if not box.is_monthly]
    for key, reading in (figures_for(compared, quarter.previous) if compared else {}).items():
        by_key[key].last = reading
    year = Period.of_year(quarter.financial_year)
    periods = [year, Period.of_quarter(quarter)]  # the quarter's own target is read last, and stays
    targets = Target.objects.filter(indicator__in=by_key, period_starts_on__in=[one.starts_on for one in periods])
    for target in sorted(targets, key=lambda target: target.period.kind == PeriodKind.QUARTER):
        if target.period in periods:
            box = by_key[target.indicator_id]
            box.target = f"{box.words_of_target(target)} for {target.period}"

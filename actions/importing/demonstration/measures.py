"""The KPIs of the demonstration: how they are rated, where they began, what they are to reach, what was measured."""

from decimal import Decimal
from typing import Any

from actions.importing.demonstration.calendar import FILLED, MEASURED, Calendar
from actions.importing.demonstration.people import Cast
from csp_tracker.models import User
from csp_tracker.periods import FinancialYear, Period, Quarter
from indicators.models import Indicator
from indicators.services import add_baseline, create_indicator, record_reading, set_scheme, set_target

FIELDS = ("reference", "name", "definition", "why", "source", "unit", "polarity", "roll_up", "decimals")


class Measures:
    """The KPIs, by reference."""

    def __init__(self, data: dict[str, Any], cast: Cast, calendar: Calendar) -> None:
        self.cast = cast
        self.calendar = calendar
        self.data = {one["reference"]: one for one in data["indicators"]}
        self.by = cast.people["manager"]
        self.starts_on = calendar.quarter(MEASURED[0]).financial_year.starts_on
        set_scheme(
            partnership=cast.partnership,
            effective_from=self.starts_on,
            by=cast.people["administrator"],
            **_decimals(data["scheme"]),
        )
        self.indicators = {reference: self._make(one) for reference, one in self.data.items()}

    def _make(self, one: dict[str, Any]) -> Indicator:
        indicator = create_indicator(
            partnership=self.cast.partnership,
            owner=self.cast.people[one["owner"]],
            agency=self.cast.agencies[one["agency"]],
            is_context=one.get("is_context", False),
            by=self.by,
            **{name: one[name] for name in FIELDS},
        )
        label, text, value, *qualifier = one["baseline"]
        add_baseline(
            indicator=indicator,
            label=self.calendar.fill(label),
            text=text,
            value=Decimal(value),
            qualifier=qualifier[0] if qualifier else "exactly",
            is_primary=True,
            by=self.by,
        )
        if "compare_with" in one:
            set_scheme(
                partnership=self.cast.partnership,
                indicator=indicator,
                effective_from=self.starts_on,
                compare_with=one["compare_with"],
                by=self.cast.people["administrator"],
            )
        self._aim(indicator, one)
        return indicator

    def _aim(self, indicator: Indicator, one: dict[str, Any]) -> None:
        if one["quarterly_target"]:
            for offset in (*FILLED, 0):
                self._set_target(indicator, self.calendar.quarter(offset), one["quarterly_target"])
        for offset, value in zip((-1, 0), one["yearly_targets"] or (), strict=False):
            self._set_target(indicator, self.calendar.year(offset), value)

    def _set_target(self, indicator: Indicator, about: Quarter | FinancialYear, value: str) -> None:
        period = Period.of_quarter(about) if isinstance(about, Quarter) else Period.of_year(about)
        set_target(indicator=indicator, period=period, value=Decimal(value), text=value, by=self.by)

    def measure(self, offset: int) -> None:
        """Enter every figure of a quarter that has ended, each by its owner."""
        for reference, indicator in self.indicators.items():
            record_reading(
                indicator=indicator,
                period=Period.of_quarter(self.calendar.quarter(offset)),
                value=Decimal(self.data[reference]["figures"][offset - MEASURED[0]]),
                by=self._owner(reference),
            )

    def of_open_quarter(self, reference: str) -> Decimal | None:
        """The figure that comes with an update of the open quarter, if there is one yet."""
        figure = self.data[reference]["figures"][-1]
        return None if figure is None else Decimal(figure)

    def is_awaited(self, reference: str) -> bool:
        """Whether the update of the open quarter says that the figure has not come."""
        return self.data[reference]["open_figure_awaited"]

    def _owner(self, reference: str) -> User:
        return self.cast.people[self.data[reference]["owner"]]


def _decimals(fields: dict[str, str]) -> dict[str, Any]:
    return {name: Decimal(value) if value.isdigit() else value for name, value in fields.items()}

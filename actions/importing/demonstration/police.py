"""The KPI of the demonstration that the police count: made-up files, read and taken in as real ones are."""

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from actions.importing.demonstration.calendar import Calendar
from actions.importing.demonstration.people import Cast
from actions.models import Plan
from actions.services.actions import set_indicators
from csp_tracker.periods import Period, PeriodKind
from csp_tracker.services import change_partnership
from indicators.importing.police import count_crimes, opened, sample
from indicators.importing.police.commit import area_of, commit_counts
from indicators.models import Indicator
from indicators.services import add_baseline, add_police_series, create_indicator, set_scheme
from indicators.values import CompareWith, Frequency, Polarity


def count_crimes_of(data: dict[str, Any], plan: Plan, cast: Cast, calendar: Calendar) -> Indicator:
    """Say where the district is and what is counted, and take in two years of months.

    One of them is missing, and since then there have been fewer crimes: a change that is real.
    """
    manager = cast.people["manager"]
    change_partnership(
        partnership=cast.partnership,
        version=cast.partnership.version,
        police_force=sample.FORCE,
        district=sample.DISTRICT,
        lsoa_codes=[code for code, _ in sample.lsoas(sample.DISTRICT)],
        by=cast.people["administrator"],
    )
    indicator = _make(data["series"], cast, calendar)
    action = plan.actions.get(reference=data["series"]["action"])
    set_indicators(action=action, indicators=[*action.indicators.all(), indicator], by=manager)
    published = Period.containing(PeriodKind.MONTH, calendar.today).previous.previous  # two months behind
    months = sample.months_until(published, data["months"])
    with TemporaryDirectory(prefix="csp-tracker-demonstration-") as folder:
        archives = []
        missing = months[-data["missing"]]
        for name, some in (("before", months[: -data["missing"] + 1]), ("since", months[-data["missing"] + 1 :])):
            archives.append(Path(folder) / f"{some[-1].code}.zip")
            sample.write_archive(archives[-1], some, data["rows"][name], without=[missing])
        with opened(archives) as sources:
            counts = count_crimes(sources, area_of(cast.partnership))
    commit_counts(counts=counts, partnership=cast.partnership, by=manager)
    return indicator


def _make(one: dict[str, Any], cast: Cast, calendar: Calendar) -> Indicator:
    manager = cast.people["manager"]
    indicator = create_indicator(
        partnership=cast.partnership,
        polarity=Polarity.LOWER,
        frequency=Frequency.MONTH,
        owner=cast.people[one["owner"]],
        agency=cast.agencies[one["agency"]],
        by=manager,
        **{name: one[name] for name in ("reference", "name", "definition", "why")},
    )
    label, text, value = one["baseline"]
    add_baseline(
        indicator=indicator, label=calendar.fill(label), text=text, value=Decimal(value), qualifier="about",
        is_primary=True, by=manager,
    )  # fmt: skip
    set_scheme(
        partnership=cast.partnership, indicator=indicator, effective_from=calendar.year(-3).starts_on,
        compare_with=CompareWith.SAME_PERIOD_LAST_YEAR, by=cast.people["administrator"],
    )  # fmt: skip
    add_police_series(indicator=indicator, crime_types=one["crime_types"], by=cast.people["administrator"])
    return indicator

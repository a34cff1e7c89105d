"""How KPIs and their figures change: `from indicators import services`, then `services.record_reading(…)`."""

from indicators.services.comparing import as_rows, comparisons, forecasts_for
from indicators.services.figures import add_baseline, change_baseline, set_target
from indicators.services.kpis import archive_indicator, change_indicator, create_indicator, restore_indicator
from indicators.services.measuring import target_for
from indicators.services.police import (
    POLICE_SOURCE,
    add_police_series,
    archive_police_series,
    change_police_series,
    refuse_unless_monthly_count,
    restore_police_series,
)
from indicators.services.readings import (
    Entry,
    figures_for,
    rate_again,
    record_reading,
    record_readings,
    refused_readings,
)
from indicators.services.refusals import (
    IndicatorArchived,
    NoFigure,
    NotAFigure,
    NotAMember,
    NotAMonthlyCount,
    PartOfItself,
    ReadingsRefused,
    ReasonMissing,
)
from indicators.services.rerating import FiguresChanged, fingerprint, rate_all_again, reratings
from indicators.services.schemes import (
    RuleBook,
    as_rule,
    described,
    in_force,
    in_words,
    rule_in_words,
    scheme_for,
    schemes_for,
    set_scheme,
    with_end,
)

__all__ = [
    "POLICE_SOURCE",
    "Entry",
    "FiguresChanged",
    "IndicatorArchived",
    "NoFigure",
    "NotAFigure",
    "NotAMember",
    "NotAMonthlyCount",
    "PartOfItself",
    "ReadingsRefused",
    "ReasonMissing",
    "RuleBook",
    "add_baseline",
    "add_police_series",
    "archive_indicator",
    "archive_police_series",
    "as_rows",
    "as_rule",
    "change_baseline",
    "change_indicator",
    "change_police_series",
    "comparisons",
    "create_indicator",
    "described",
    "figures_for",
    "fingerprint",
    "forecasts_for",
    "in_force",
    "in_words",
    "rate_again",
    "rate_all_again",
    "record_reading",
    "record_readings",
    "refuse_unless_monthly_count",
    "refused_readings",
    "reratings",
    "restore_indicator",
    "restore_police_series",
    "rule_in_words",
    "scheme_for",
    "schemes_for",
    "set_scheme",
    "set_target",
    "target_for",
    "with_end",
]

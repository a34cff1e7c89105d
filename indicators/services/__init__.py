"""How KPIs and their figures change: `from indicators import services`, then `services.record_reading(…)`."""

from indicators.services.figures import add_baseline, change_baseline, set_target
from indicators.services.kpis import archive_indicator, change_indicator, create_indicator, restore_indicator
from indicators.services.measuring import target_for
from indicators.services.readings import figures_for, rate_again, record_reading
from indicators.services.refusals import (
    IndicatorArchived,
    NoFigure,
    NotAFigure,
    NotAMember,
    PartOfItself,
    ReasonMissing,
)
from indicators.services.schemes import as_rule, in_words, scheme_for, set_scheme

__all__ = [
    "IndicatorArchived",
    "NoFigure",
    "NotAFigure",
    "NotAMember",
    "PartOfItself",
    "ReasonMissing",
    "add_baseline",
    "archive_indicator",
    "as_rule",
    "change_baseline",
    "change_indicator",
    "create_indicator",
    "figures_for",
    "in_words",
    "rate_again",
    "record_reading",
    "restore_indicator",
    "scheme_for",
    "set_scheme",
    "set_target",
    "target_for",
]

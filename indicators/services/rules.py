"""The rules by which the lights on a page or paper were given, each said once."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from indicators.models import Indicator, RatingScheme
from indicators.rag import describe
from indicators.services.schemes import as_rule, in_words
from indicators.values import Polarity


class Rated(Protocol):
    """What has a light: how a KPI stands in a quarter, or a reading."""

    @property
    def indicator(self) -> Indicator: ...

    @property
    def scheme(self) -> RatingScheme | None: ...


class Rule(NamedTuple):
    """A rule in words, and which KPIs it is for."""

    of: str
    words: str


def rules_of(rated: Iterable[Rated]) -> list[Rule]:
    """The partnership's rule, the one in force first, then those of single KPIs and that some are given no light."""
    of_all: dict[RatingScheme | None, int] = {}
    of_one, monitored = [], 0
    for one in rated:
        if one.indicator.polarity == Polarity.MONITOR:
            monitored += 1
        elif one.scheme is not None and one.scheme.indicator_id is not None:
            of_one.append(Rule(_name(one), in_words(one.scheme, one.indicator)))
        else:
            of_all[one.scheme] = of_all.get(one.scheme, 0) + 1
    newest_first = sorted(of_all, key=lambda scheme: scheme.effective_from.toordinal() if scheme else 0, reverse=True)
    found = [Rule(_which(scheme, len(of_all)), describe(as_rule(scheme))) for scheme in newest_first]
    if monitored:
        of_one.append(Rule("KPIs that are monitored only", "They are given no light."))
    return found + of_one


def _which(scheme: RatingScheme | None, of: int) -> str:
    """ "Every KPI without a rule of its own", with its first day where a page shows lights by several."""
    every = "Every KPI without a rule of its own"
    if of == 1:
        return every
    return f"{every}, from {scheme.effective_from:%-d %B %Y}" if scheme else f"{every}, before that"


def _name(rated: Rated) -> str:
    """The KPI's reference, else the beginning of its name."""
    name = rated.indicator.reference or rated.indicator.name
    return name if len(name) <= 60 else f"{name[:59]}…"

"""The rules that rate a KPI: which is in force, and how a new one begins."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

from csp_tracker.models import Partnership, User
from csp_tracker.writing import refuse_foreign
from indicators.models import Indicator, RatingScheme
from indicators.rag import Scheme, describe
from indicators.values import CompareWith, Polarity, ToleranceIn, Unit

FIELDS = {
    "compare_with",
    "tolerance_in",
    "green_tolerance",
    "amber_tolerance",
    "amber_if_no_worse",
    "follows_partnership",
}

#: What rates a KPI while its partnership has no scheme: on target green, within a tenth amber.
STANDARD = Scheme()


@transaction.atomic
def set_scheme(
    *, partnership: Partnership, effective_from: date, by: User, indicator: Indicator | None = None, **fields: Any
) -> RatingScheme:
    """Begin a new scheme for the partnership, or for one KPI. The old one stays, with every light it gave."""
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"A scheme has no {', '.join(sorted(unknown))}.")
    refuse_foreign(partnership, indicator)
    scheme = RatingScheme(
        partnership=partnership, indicator=indicator, effective_from=effective_from, made_by=by, **fields
    )
    scheme.full_clean()
    scheme.save()
    return scheme


@dataclass(frozen=True)
class RuleBook:
    """Every version of every rule that could rate some KPIs: which was in force on which day, without asking again."""

    own: Mapping[int, Sequence[RatingScheme]]  # by KPI, oldest first
    partnerships: Mapping[int, Sequence[RatingScheme]]

    @classmethod
    def of(cls, indicators: Iterable[Indicator]) -> "RuleBook":
        """Read in one query."""
        indicators = list(indicators)
        of_kpi = Q(indicator__in=[one.pk for one in indicators])
        of_all = Q(indicator__isnull=True, partnership__in={one.partnership_id for one in indicators})
        own, partnerships = defaultdict(list), defaultdict(list)
        for scheme in RatingScheme.objects.filter(of_kpi | of_all).order_by("effective_from", "pk"):
            if scheme.indicator_id is None:
                partnerships[scheme.partnership_id].append(scheme)
            else:
                own[scheme.indicator_id].append(scheme)
        return cls(own, partnerships)

    @property
    def versions(self) -> Iterator[RatingScheme]:
        """All of them."""
        return chain.from_iterable((*self.own.values(), *self.partnerships.values()))

    def scheme_for(self, indicator: Indicator, on: date) -> RatingScheme | None:
        """The scheme in force on the day: the KPI's own, else the partnership's. None: the standard one."""
        own = _latest(self.own.get(indicator.pk, ()), on)
        if own is not None and not own.follows_partnership:
            return own
        return _latest(self.partnerships.get(indicator.partnership_id, ()), on)

    def has_say(self, scheme: RatingScheme, indicator: Indicator, on: date) -> bool:
        """Whether this very version decides how the KPI is rated on the day, if only by sending it back."""
        return scheme in (_latest(self.own.get(indicator.pk, ()), on), self.scheme_for(indicator, on))


def _latest(versions: Sequence[RatingScheme], on: date) -> RatingScheme | None:
    return max((one for one in versions if one.effective_from <= on), key=lambda one: one.effective_from, default=None)


def scheme_for(indicator: Indicator, on: date) -> RatingScheme | None:
    """The scheme in force on the day: the KPI's own, else the partnership's. None: the standard one."""
    return RuleBook.of([indicator]).scheme_for(indicator, on)


def schemes_for(indicators: Iterable[Indicator], on: date) -> dict[int, RatingScheme | None]:
    """The scheme in force on the day for each KPI, by its pk: one query."""
    indicators = list(indicators)
    book = RuleBook.of(indicators)
    return {one.pk: book.scheme_for(one, on) for one in indicators}


def as_rule(scheme: RatingScheme | None) -> Scheme:
    """The row as the values that rag.py takes."""
    if scheme is None:
        return STANDARD
    return Scheme(
        compare_with=CompareWith(scheme.compare_with),
        green_tolerance=Decimal(scheme.green_tolerance),
        amber_tolerance=Decimal(scheme.amber_tolerance),
        tolerance_in=ToleranceIn(scheme.tolerance_in),
        amber_if_no_worse=scheme.amber_if_no_worse,
    )


def in_words(scheme: RatingScheme | None, indicator: Indicator) -> str:
    """How the KPI is rated, as a councillor reads it, and whose rule that is since when."""
    polarity = Polarity(indicator.polarity)
    words = describe(as_rule(scheme), Unit(indicator.unit), polarity)
    return words if polarity == Polarity.MONITOR else f"{words} {whose(scheme)}"


def described(scheme: RatingScheme | None) -> str:
    """The rule for KPIs in general, and since when."""
    return f"{describe(as_rule(scheme))} {whose(scheme)}"


def whose(scheme: RatingScheme | None) -> str:
    """ "This KPI’s own rule, from 1 April 2026." """
    if scheme is None:
        return "The standard rule."
    owner = "The partnership’s rule" if scheme.indicator_id is None else "This KPI’s own rule"
    return f"{owner}, from {scheme.effective_from:%-d %B %Y}."


def rule_in_words(scheme: RatingScheme) -> str:
    """The rule by itself: for one KPI in its unit, for all of them in general."""
    if scheme.follows_partnership:
        return "Back to the partnership’s rule."
    if scheme.indicator is None:
        return describe(as_rule(scheme))
    return describe(as_rule(scheme), Unit(scheme.indicator.unit), Polarity(scheme.indicator.polarity))


def with_end(schemes: QuerySet) -> QuerySet:
    """The versions, each with `followed_on`: the day from which another one stands in its place, if there is one."""
    later = RatingScheme.objects.filter(effective_from__gt=OuterRef("effective_from")).order_by("effective_from")
    of_kpi = later.filter(indicator=OuterRef("indicator"))
    of_all = later.filter(indicator__isnull=True, partnership=OuterRef("partnership"))
    day = "effective_from"
    return schemes.annotate(
        followed_on=Case(
            When(indicator__isnull=True, then=Subquery(of_all.values(day)[:1])),
            default=Subquery(of_kpi.values(day)[:1]),
        )
    )


def in_force(scheme: RatingScheme, today: date) -> str:
    """ "Now: from 1 April 2026", "To come: …", "Over: 1 April 2025 to 31 March 2026"; of a row `with_end`."""
    first = f"{scheme.effective_from:%-d %B %Y}"
    followed_on: date | None = scheme.followed_on  # type: ignore[attr-defined]
    last = f"{followed_on - timedelta(days=1):%-d %B %Y}" if followed_on else ""
    until = f" to {last}" if last else ""
    if scheme.effective_from > today:
        return f"To come: from {first}{until}"
    if followed_on is not None and followed_on <= today:
        return f"Over: {first}{until}"
    return f"Now: from {first}{until}"

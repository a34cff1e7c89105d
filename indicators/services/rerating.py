"""Figures rated again by a rule: what would change is shown first, then done as one act with a reason."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from csp_tracker.models import User
from csp_tracker.rag import RAG, Verdict
from csp_tracker.writing import store
from indicators.models import RatingScheme, Reading
from indicators.rag import rate
from indicators.services.refusals import ReasonMissing
from indicators.services.schemes import as_rule
from indicators.services.surroundings import Surroundings

LONGEST = timedelta(days=366)  # a period begins no longer than this before it ends


class FiguresChanged(ValidationError):
    """Somebody entered or rated a figure between the look and the act."""

    def __init__(self) -> None:
        super().__init__("Figures have changed since this was shown. Look at it again, then save.")


@dataclass(frozen=True)
class Rerating:
    """One figure that the rules as they are now would rate otherwise, or by another rule."""

    reading: Reading
    scheme: RatingScheme | None
    verdict: Verdict

    @property
    def before(self) -> RAG:
        """The light it has."""
        return RAG(self.reading.rating)

    @property
    def has_other_light(self) -> bool:
        """Whether a reader of lights alone would see it."""
        return self.verdict.rating != self.reading.rating

    @property
    def has_other_words(self) -> bool:
        """Whether a reader would see it at all: else only the rule on record is another one."""
        return self.has_other_light or self.verdict.why != self.reading.rating_why


def reratings(scheme: RatingScheme) -> list[Rerating]:
    """The figures in this version's time, of the KPIs it is for, that would change if they were rated again.

    Of archived KPIs none. Nothing is written.
    """
    with transaction.atomic():
        return _reratings(scheme)


def fingerprint(found: Iterable[Rerating]) -> str:
    """What a person has seen of them, for a form to carry: it changes when any of the figures does."""
    seen = ";".join(f"{one.reading.pk}:{one.reading.version}:{one.verdict}" for one in found)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


@transaction.atomic
def rate_all_again(*, scheme: RatingScheme, seen: str, reason: str, by: User) -> list[Rerating]:
    """Rate them all again, if they still are those whose `fingerprint` the person saw; each keeps the reason."""
    if not reason.strip():
        raise ReasonMissing("Enter why the figures are rated again.")
    found = _reratings(scheme)
    if fingerprint(found) != seen:
        raise FiguresChanged
    for one in found:
        reading = one.reading
        reading.rating, reading.rating_why, reading.scheme = one.verdict.rating, one.verdict.why, one.scheme
        store(reading, by=by, reason=reason)
    return found


def _reratings(scheme: RatingScheme) -> list[Rerating]:
    readings = Reading.objects.filter(
        value__isnull=False,
        indicator__partnership=scheme.partnership_id,
        indicator__archived_at__isnull=True,
        period_starts_on__gt=scheme.effective_from - LONGEST,
    )
    if scheme.indicator_id is not None:
        readings = readings.filter(indicator=scheme.indicator_id)
    rows = [row for row in readings.select_related("indicator") if row.period.ends_on >= scheme.effective_from]
    around = Surroundings.of([(row.indicator, row.period) for row in rows])
    found = []
    for row in sorted(rows, key=lambda row: (row.indicator.reference, row.indicator_id, row.period)):
        reading = around.readings[row.indicator_id][row.period]
        day = reading.period.ends_on
        if around.rules.has_say(scheme, reading.indicator, day):
            rule = around.rules.scheme_for(reading.indicator, day)
            again = Rerating(reading, rule, rate(around.measure_of(reading), as_rule(rule)))
            if _is_otherwise(again):
                found.append(again)
    return found


def _is_otherwise(again: Rerating) -> bool:
    return again.has_other_words or again.reading.scheme_id != (again.scheme.pk if again.scheme else None)

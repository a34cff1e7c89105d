"""Where a KPI starts from and what it is to reach."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from csp_tracker.models import User
from csp_tracker.periods import Period
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict, store
from indicators.models import Baseline, Indicator, Target
from indicators.services.refusals import ReasonMissing

BASELINE_FIELDS = {"of_what", "label", "value", "qualifier", "state", "text", "is_primary"}
TARGET_FIELDS = {"kind", "value", "low", "high", "text"}


@transaction.atomic
def add_baseline(*, indicator: Indicator, by: User, **fields: Any) -> Baseline:
    """Add a baseline after the others. A new primary one takes the place of the old."""
    others = list(Baseline.objects.filter(indicator=indicator))  # they are few, and may have been read before this
    baseline = Baseline(indicator=indicator, position=max((one.position for one in others), default=-1) + 1)
    _fill_baseline(baseline, fields, others, by=by)
    store(baseline, by=by)
    return baseline


@transaction.atomic
def change_baseline(*, baseline: Baseline, version: int, by: User, reason: str = "", **fields: Any) -> Baseline:
    """Change the baseline that carried `version`; lights already given stay as they are."""
    baseline = copy(baseline.refuse_if_stale(version))
    _fill_baseline(baseline, fields, Baseline.objects.filter(indicator=baseline.indicator_id), by=by)
    store(baseline, by=by, reason=reason)
    return baseline


def _fill_baseline(baseline: Baseline, fields: dict[str, Any], others: Iterable[Baseline], *, by: User) -> None:
    """Set the columns named; a primary baseline takes the place of the one among the others."""
    if unknown := fields.keys() - BASELINE_FIELDS:
        raise TypeError(f"A baseline has no {', '.join(sorted(unknown))}.")
    if fields.get("is_primary") and not baseline.is_primary:
        for other in (one for one in others if one.is_primary):
            other.is_primary = False
            store(other, by=by, reason="Another baseline is now the one to compare with.")
    for name, value in fields.items():
        setattr(baseline, name, value)


@transaction.atomic
def set_target(
    *, indicator: Indicator, period: Period, by: User, reason: str = "", version: int | None = None, **fields: Any
) -> Target:
    """Say what the KPI is to reach in the period. To change a target that is set already takes a reason.

    `version` is that of the target the person saw, 0 where there was none; left out, it is not compared.
    """
    if unknown := fields.keys() - TARGET_FIELDS:
        raise TypeError(f"A target has no {', '.join(sorted(unknown))}.")
    fields["text"] = clean_text(fields.get("text", ""))
    fields = _replaced(fields) | fields
    target = indicator.targets.for_period(period).first()
    if version is not None and (target.version if target else 0) != version:
        raise Conflict(target or Target(indicator=indicator))
    if target is None:
        return _new_target(Target(indicator=indicator, **fields), period, by=by, reason=reason)
    changed = [name for name, value in fields.items() if getattr(target, name) != value]
    if changed and not reason.strip():
        raise ReasonMissing("Enter why the target changes.")
    for name in changed:
        setattr(target, name, fields[name])
    store(target, by=by, reason=reason)
    return target


def _replaced(fields: dict[str, Any]) -> dict[str, Any]:
    """What the figures given take the place of: a value that of a band, a band that of a value."""
    if fields.get("value") is not None:
        return dict.fromkeys(("low", "high"))
    if fields.get("low") is not None or fields.get("high") is not None:
        return {"value": None}
    return {}


def _new_target(target: Target, period: Period, *, by: User, reason: str) -> Target:
    target.period = period
    try:
        with transaction.atomic():
            store(target, by=by, reason=reason)
    except (IntegrityError, ValidationError) as error:
        theirs = target.indicator.targets.for_period(period).first()
        if theirs is None:
            raise
        raise Conflict(theirs) from error
    return target

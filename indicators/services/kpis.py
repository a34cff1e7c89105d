"""How a KPI comes, changes and goes out of use."""

from copy import copy
from typing import Any

from django.db import transaction
from django.utils import timezone

from csp_tracker.models import Partnership, User
from csp_tracker.writing import refuse_foreign, store
from indicators.models import Indicator
from indicators.services.refusals import NotAMember, PartOfItself, ReasonMissing

FIELDS = {
    "reference",
    "name",
    "definition",
    "why",
    "source",
    "unit",
    "rate_per",
    "decimals",
    "polarity",
    "roll_up",
    "frequency",
    "due_quarter",
    "is_context",
    "part_of",
    "owner",
    "agency",
    "not_for_publication",
}
#: What decides how a figure is read and rated.
RATED_BY = ("unit", "rate_per", "decimals", "polarity", "roll_up", "frequency", "due_quarter")


@transaction.atomic
def create_indicator(
    *, partnership: Partnership, name: str, by: User, imported_from: Any = None, **fields: Any
) -> Indicator:
    """Add a KPI to the partnership; `fields` are the columns in FIELDS."""
    indicator = Indicator(partnership=partnership, name=name, imported_from=imported_from)
    refuse_foreign(partnership, imported_from)
    _fill(indicator, fields)
    store(indicator, by=by)
    return indicator


@transaction.atomic
def change_indicator(*, indicator: Indicator, version: int, by: User, reason: str = "", **fields: Any) -> Indicator:
    """Change the KPI that carried `version`; lights already given stay as they are.

    Once it has a figure, what decides how that is read and rated changes only with a reason.
    """
    as_it_was, indicator = indicator.refuse_if_stale(version), copy(indicator)
    _fill(indicator, fields)
    is_rated_otherwise = any(getattr(indicator, name) != getattr(as_it_was, name) for name in RATED_BY)
    if is_rated_otherwise and not reason.strip() and indicator.readings.exists():
        raise ReasonMissing("Enter why the KPI changes.")
    store(indicator, by=by, reason=reason)
    return indicator


@transaction.atomic
def archive_indicator(*, indicator: Indicator, reason: str, by: User) -> Indicator:
    """Take a KPI out of use. Its figures stay; nothing is deleted."""
    if not reason.strip():
        raise ReasonMissing("Enter why the KPI is no longer measured.")
    indicator = copy(indicator)
    indicator.archived_at = indicator.archived_at or timezone.now()
    store(indicator, by=by, reason=reason)
    return indicator


@transaction.atomic
def restore_indicator(*, indicator: Indicator, by: User, reason: str = "") -> Indicator:
    """Measure an archived KPI again."""
    indicator = copy(indicator)
    indicator.archived_at = None
    store(indicator, by=by, reason=reason)
    return indicator


def _fill(indicator: Indicator, fields: dict[str, Any]) -> None:
    """Set the columns named, having seen that every row among them is the partnership's own."""
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"A KPI has no {', '.join(sorted(unknown))}.")
    refuse_foreign(indicator.partnership, fields.get("agency"), fields.get("part_of"))
    owner = fields.get("owner")
    if owner is not None and owner.pk != indicator.owner_id:
        _refuse_stranger(indicator.partnership, owner)
    _refuse_circle(indicator, fields.get("part_of"))
    for name, value in fields.items():
        setattr(indicator, name, value)


def _refuse_stranger(partnership: Partnership, owner: User) -> None:
    """An owner who has since left may stay on record; a new one must be a member today who does more than read."""
    if not User.objects.working_in(partnership).filter(pk=owner.pk).exists():
        raise NotAMember


def _refuse_circle(indicator: Indicator, whole: Indicator | None) -> None:
    while whole is not None and indicator.pk is not None:
        if whole.pk == indicator.pk:
            raise PartOfItself
        whole = whole.part_of

"""What a KPI's figures and targets were before somebody changed them: with who, when and why, beside what they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from csp_tracker.rag import RAG
from indicators.models import Indicator, Reading, Target
from indicators.services.words import figure_in_words, target_in_words


@dataclass(frozen=True)
class Past:
    """What a row said until it was changed."""

    said: str
    until: datetime
    by: str
    reason: str


def pasts_of_targets(indicator: Indicator, targets: Iterable[Target]) -> dict[int, list[Past]]:
    """Earlier words of each target, newest first, by its pk: one query, where any was changed."""
    return _pasts(Target, targets, lambda one: target_in_words(indicator, one) or one.text)


def pasts_of_readings(indicator: Indicator, readings: Iterable[Reading]) -> dict[int, list[Past]]:
    """Earlier figures and lights of each reading, newest first, by its pk: one query, where any was changed."""
    return _pasts(
        Reading,
        readings,
        lambda one: f"{figure_in_words(indicator, one)}, {RAG(one.rating).label.lower()}",
    )


def _pasts(model: Any, shown: Iterable[Any], in_words: Callable[[Any], str]) -> dict[int, list[Past]]:
    """Changes that a reader of the row would notice; all others are on the page of its history."""
    keys = [one.pk for one in shown if one.version > 1]
    if not keys:
        return {}
    rows = model.history.filter(id__in=keys).select_related("history_user").order_by("id", "history_date", "history_id")
    found = {}
    for pk, versions in groupby(rows, key=lambda row: row.id):
        said = [(in_words(row.instance), row) for row in versions]
        found[pk] = [
            Past(before, row.history_date, str(row.history_user or "the system"), row.history_change_reason or "")
            for (before, _), (after, row) in pairwise(said)
            if before != after
        ][::-1]
    return found

"""How a plan's own words are changed: the headings of its table, their order, and its key to the lights."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import Action, Plan
from actions.services.shared import demand_reason
from csp_tracker.models import User
from csp_tracker.rag import RAG
from csp_tracker.text import clean_text, one_line
from csp_tracker.writing import store


class SaidTwice(ValidationError):
    """Two columns cannot have one heading, and a word stands for one light."""

    def __init__(self, words: str) -> None:
        super().__init__(f"“{words}” stands there twice.")


class NothingSaid(ValidationError):
    """A column has a heading, and a word of the key its light."""

    def __init__(self) -> None:
        super().__init__("Give every column a heading, and every word of the key a light.")


@transaction.atomic
def change_wording(
    *,
    plan: Plan,
    version: int,
    columns: Sequence[Mapping[str, str]],
    key: Sequence[Mapping[str, str]],
    by: User,
    reason: str = "",
) -> Plan:
    """Give the plan these columns, in this order, and this key.

    `columns` are those it has, each with `was`, its heading until now; what actions say under a heading of the plan's
    own goes with it. `key` holds word, rag, meaning and tint.
    """
    plan.refuse_if_stale(version)
    renamed = {one["was"]: heading for one in columns if (heading := _said(one["heading"])) != one["was"]}
    said = [{"heading": _said(one["heading"]), "meaning": one["meaning"]} for one in columns]
    explained = [_entry(one) for one in key]
    _refuse_twice([one["heading"] for one in said])
    _refuse_twice([one["word"] for one in explained])
    if (said, explained) == (plan.columns, plan.key):
        return plan
    demand_reason(plan, reason)
    plan.columns, plan.key = said, explained
    store(plan, by=by, reason=reason)
    if renamed:
        _rename(plan, renamed, by=by, reason=reason)
    return plan


def _said(words: str) -> str:
    return one_line(clean_text(words))


def _entry(one: Mapping[str, str]) -> dict[str, Any]:
    word, rag = _said(one["word"]), one["rag"]
    if rag not in RAG.values:
        raise NothingSaid
    return {"word": word, "rag": rag, "tint": one.get("tint", ""), "meaning": _said(one["meaning"])}


def _refuse_twice(words: Sequence[str]) -> None:
    seen = set()
    for one in words:
        if not one:
            raise NothingSaid
        if one.casefold() in seen:
            raise SaidTwice(one)
        seen.add(one.casefold())


def _rename(plan: Plan, renamed: Mapping[str, str], *, by: User, reason: str) -> None:
    """Keep what actions say in columns of the plan's own under the new headings."""
    for action in Action.objects.filter(plan=plan).select_for_update(of=("self",)).in_plan_order():
        extra = {renamed.get(heading, heading): words for heading, words in action.extra.items()}
        if len(extra) < len(action.extra):
            raise SaidTwice(next(new for old, new in renamed.items() if new in action.extra))
        if extra != action.extra:
            action.extra = extra
            store(action, by=by, reason=reason)

"""Where the actions of a plan came from and went to, in the words of a table's cell."""

from typing import Any

from django.db.models import Q

from actions.carrying import period_in_words, year_in_words
from actions.models import CarryForward, Plan
from actions.values import CarryDecision
from csp_tracker.models import User

COLUMNS = (
    "decision", "to_year", "from_action", "from_action__plan", "from_action__reference",
    "from_action__plan__starts_on", "from_action__plan__ends_on", "to_action", "to_action__reference",
    "to_plan__starts_on", "to_plan__ends_on",
)  # fmt: skip


def lineage_in_words(plan: Plan, user: User) -> dict[int, str]:
    """By action, "From 2009/10 3.1.2, third year" and "To 2010/11 3.1.2", as far as the reader may see.

    One query; none where the plan was read `with_lineage` and has none.
    """
    if not getattr(plan, "has_lineage", True):
        return {}
    about = Q(to_action__plan=plan) | Q(from_action__plan=plan)
    rows = CarryForward.objects.visible_to(user).filter(about, to_plan__archived_at=None)
    came: dict[int, list[dict[str, Any]]] = {}
    went: dict[int, str] = {}
    for row in rows.order_by("from_action__reference", "pk").values(*COLUMNS):
        if row["from_action__plan"] == plan.pk:
            went[row["from_action"]] = _went(row)
        else:
            came.setdefault(row["to_action"], []).append(row)
    told = {key: [_came(found)] for key, found in came.items()}
    for key, words in went.items():
        told.setdefault(key, []).append(words)
    return {key: "\n".join(words) for key, words in told.items()}


def _came(rows: list[dict[str, Any]]) -> str:
    first = rows[0]
    period = period_in_words(first["from_action__plan__starts_on"], first["from_action__plan__ends_on"])
    references = ", ".join(row["from_action__reference"] for row in rows)
    return f"From {period} {references}, {year_in_words(max(row['to_year'] for row in rows))}"


def _went(row: dict[str, Any]) -> str:
    if row["to_action"] is None:
        return str(CarryDecision(row["decision"]).label)
    return f"To {period_in_words(row['to_plan__starts_on'], row['to_plan__ends_on'])} {row['to_action__reference']}"

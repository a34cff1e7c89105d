"""From a tree to a plan: one transaction, through the services, in one person's name; and the file kept beside it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from actions.importing.accepting import LEFT_OUT, taken_in_words
from actions.importing.matching import Match, find_plan, match_with
from actions.importing.period import likely_quarter
from actions.importing.planting import Planter, clipped
from actions.importing.tree import PlanTree
from actions.importing.updating import Changes, renew
from actions.models import Plan
from actions.services.plans import create_plan
from actions.services.refusals import refuse_outside
from actions.values import PlanStatus
from csp_tracker.importing import Previewed, SourceFile, What, confirmed_before, stand_in_line, taken_in
from csp_tracker.models import FileImport, Partnership, User
from csp_tracker.people import ImportKind
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.writing import held, refuse_foreign

__all__ = ["Outcome", "PlanIsHere", "SourceFile", "What", "YearMissing", "commit_plan", "reported_quarter"]

LONGEST_TITLE = 255


@dataclass(frozen=True)
class Outcome:
    """The plan that a file is now, and what became of it."""

    what: What
    plan: Plan
    file_import: FileImport
    changes: Changes = field(default_factory=Changes)


class YearMissing(ValidationError):
    """A plan runs for a year, and this file does not say which."""

    def __init__(self, tree: PlanTree) -> None:
        super().__init__(f"{tree.file_name} does not say which year the plan is for: name it, for instance 2015/16.")


class PlanIsHere(ValidationError):
    """The file seems to be a plan that is here: nothing is made twice without a yes."""

    def __init__(self, match: Match) -> None:
        plan, shared, count = match.plan, match.shared, match.shared + len(match.new)
        super().__init__(f"This seems to be “{plan}”, which is here already: {shared} of {count} actions are the same.")
        self.match = match


@transaction.atomic
def commit_plan(
    *,
    tree: PlanTree,
    file: Previewed,
    partnership: Partnership,
    by: User,
    now: datetime,
    quarter: Quarter | None = None,
    year: FinancialYear | None = None,
    title: str = "",
    update: Plan | None = None,
    is_new: bool = False,
) -> Outcome:
    """Make the tree a plan of the partnership, or with `update` bring that plan up to date; whole or not at all.

    The very same file again changes nothing. A file that seems to be a plan that is here raises PlanIsHere, unless
    `update` names the plan or `is_new` says that it is another. The file's words and lights become those of `quarter`.
    """
    refuse_foreign(partnership, update, file if isinstance(file, FileImport) else None)
    stand_in_line(partnership)
    if (there := confirmed_before(partnership, ImportKind.PLAN, file.sha256)) is not None:
        return Outcome(What.THERE_ALREADY, Plan.objects.get(slug=there.decisions["plan"]), there)
    if update is not None:
        update = held(Plan.objects.select_related("partnership"), update)
    elif not is_new and (match := find_plan(tree, partnership, year)) is not None:
        raise PlanIsHere(match)
    changes = Changes()
    with taken_in(
        file,
        kind=ImportKind.PLAN,
        partnership=partnership,
        tree=tree.to_json(),
        counts=tree.summary(),
        by=by,
        now=now,
    ) as file_import:
        plan = update or _new_plan(tree, file_import, year=year, quarter=quarter, title=title, by=by)
        planter = Planter(tree, plan, file_import, reported_quarter(plan, quarter, now, tree), by, now)
        if update is None:
            planter.plant_all()
        else:
            _hold(plan, planter.quarter)
            changes = renew(planter, match_with(tree, plan))
        file_import.decisions |= {
            "plan": plan.slug,
            "quarter": planter.quarter.code,
            "year": year and year.code,
            "title": title,
            "updated": update is not None,
            **_what_was_taken(planter),
        }
    return Outcome(What.UPDATED if update else What.MADE, plan, file_import, changes)


def _new_plan(
    tree: PlanTree,
    file_import: FileImport,
    *,
    year: FinancialYear | None,
    quarter: Quarter | None,
    title: str,
    by: User,
) -> Plan:
    inferred = tree.period.financial_year if tree.period else quarter and quarter.financial_year
    runs = year or inferred
    if runs is None:
        raise YearMissing(tree)
    return create_plan(
        partnership=file_import.partnership,
        title=clipped(title or tree.title or f"Action plan {runs}", LONGEST_TITLE),
        starts_on=runs.starts_on,
        ends_on=runs.ends_on,
        period_is_inferred=year is None,
        status=PlanStatus.ACTIVE,
        columns=[{"heading": heading.text, "meaning": heading.meaning.value} for heading in tree.headings],
        key=[vars(word) | {"rag": word.rag.value} for word in tree.key],
        imported_from=file_import,
        by=by,
    )


def _hold(plan: Plan, quarter: Quarter) -> None:
    """Let whoever writes about the plan's actions, or locks the quarter, wait until we end: we compare, then write.

    In the order of everybody who holds both: first the actions, as the plan has them, then the round.
    """
    list(plan.actions.in_plan_order().select_for_update(of=("self",), no_key=True).values_list("pk"))
    list(plan.rounds.filter(quarter=quarter).select_for_update(no_key=True).values_list("pk"))


def _what_was_taken(planter: Planter) -> dict[str, list[str]]:
    """What came of each offer that was accepted, in words."""
    taken, not_taken = [], []
    for key, offer in planter.tree.accepted.items():
        why = planter.taken.get(key, LEFT_OUT)
        if why:
            not_taken.append(f"{offer.sentence} Not taken: {why}.")
        else:
            taken.append(taken_in_words(offer))
    return {"taken": taken, "not_taken": not_taken}


def reported_quarter(plan: Plan, quarter: Quarter | None, now: datetime, tree: PlanTree) -> Quarter:
    """The quarter that the file's words are about: as a person or the file says, else the last that has ended."""
    if quarter is not None:
        refuse_outside(plan, quarter)
        return quarter
    return likely_quarter(tree, plan.quarters, timezone.localdate(now))

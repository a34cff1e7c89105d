"""A preview becomes a plan, or brings one up to date; a table of KPIs becomes KPIs and figures."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.importing.commit import Outcome, What, commit_plan
from actions.importing.matching import Match, find_plan
from actions.importing.previewing import decisions_of, previewed, tree_of
from actions.importing.tree import PlanTree
from actions.models import Plan
from csp_tracker.grids.readings import Question
from csp_tracker.importing import stand_in_line
from csp_tracker.models import FileImport, User
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.writing import refuse_foreign
from indicators.importing.commit import Outcome as IndicatorsOutcome
from indicators.importing.commit import commit_indicators

#: What is asked where the import is confirmed, and not before.
ASKED_LAST = ("year", "quarter")


class Unsettled(ValidationError):
    """Something in the file has to be settled by a person first. `questions` are those."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__([question.sentence for question in questions])
        self.questions = questions


def plan_alike(file_import: FileImport, tree: PlanTree, year: FinancialYear | None = None) -> Match | None:
    """The plan that the file seems to be, if one is here."""
    return find_plan(tree, file_import.partnership, year)


def confirm_import(
    *,
    file_import: FileImport,
    version: int,
    year: FinancialYear | None = None,
    quarter: Quarter | None = None,
    title: str = "",
    update: Plan | None = None,
    is_new: bool = False,
    by: User,
    now: datetime,
) -> Outcome | IndicatorsOutcome:
    """Make the preview a plan, or with `update` bring that plan up to date; whole or not at all. KPIs become figures.

    `is_new` says that the person has seen which plan it seems to be and wants another. Confirmed twice, it is done
    once. The file is read before anybody has to wait for this.
    """
    refuse_foreign(file_import.partnership, update)
    tree = tree_of(file_import, decisions_of(file_import))
    unsettled = [
        one for one in tree.questions if one.must_be_settled and not (one.kind in ASKED_LAST and (year or quarter))
    ]
    if unsettled:
        raise Unsettled(unsettled)
    with transaction.atomic():
        stand_in_line(file_import.partnership)
        if (done := _outcome_of(file_import)) is not None:
            return done
        said: dict[str, Any] = {
            "tree": tree,
            "file": previewed(file_import, version),
            "partnership": file_import.partnership,
            "quarter": quarter,
            "year": year,
            "by": by,
            "now": now,
        }
        if file_import.kind == ImportKind.INDICATORS:
            return commit_indicators(**said)
        return commit_plan(title=title, update=update, is_new=is_new, **said)


def _outcome_of(file_import: FileImport) -> Outcome | IndicatorsOutcome | None:
    """What came of the preview if somebody has confirmed it."""
    current = FileImport.objects.filter(pk=file_import.pk, state=ImportState.CONFIRMED).first()
    if current is None:
        return None
    if current.kind == ImportKind.INDICATORS:
        return IndicatorsOutcome(What.THERE_ALREADY, current)
    return Outcome(What.THERE_ALREADY, Plan.objects.get(slug=current.decisions["plan"]), current)

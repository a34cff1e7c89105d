"""A preview becomes a plan, or brings one up to date; a table of KPIs becomes KPIs and figures."""

from datetime import datetime

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
from csp_tracker.people import ImportState
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.writing import refuse_foreign


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
) -> Outcome:
    """Make the preview a plan, or with `update` bring that plan up to date; whole or not at all.

    `is_new` says that the person has seen which plan it seems to be and wants another. Confirmed twice, it is done
    once. The file is read before anybody has to wait for this.
    """
    refuse_foreign(file_import.partnership, update)
    tree = tree_of(file_import, decisions_of(file_import))
    unsettled = [
        one for one in tree.questions if one.must_be_settled and not (one.kind == "year" and (year or quarter))
    ]
    if unsettled:
        raise Unsettled(unsettled)
    with transaction.atomic():
        stand_in_line(file_import.partnership)
        if (done := _outcome_of(file_import)) is not None:
            return done
        return commit_plan(
            tree=tree,
            file=previewed(file_import, version),
            partnership=file_import.partnership,
            quarter=quarter,
            year=year,
            title=title,
            update=update,
            is_new=is_new,
            by=by,
            now=now,
        )


def _outcome_of(file_import: FileImport) -> Outcome | None:
    """What came of the preview if somebody has confirmed it."""
    current = FileImport.objects.filter(pk=file_import.pk, state=ImportState.CONFIRMED).first()
    if current is None:
        return None
    return Outcome(What.THERE_ALREADY, Plan.objects.get(slug=current.decisions["plan"]), current)

"""From a tree to KPIs and figures: one transaction, through the services, in one person's name; the file is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from csp_tracker.importing import Previewed, What, confirmed_before, stand_in_line, taken_in
from csp_tracker.models import FileImport, Partnership, User
from csp_tracker.people import ImportKind
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.writing import refuse_foreign
from indicators.importing import indicators_in
from indicators.importing.taking import Changes, Taker
from indicators.importing.tree import Difference, IndicatorTree, Revision, as_json

READING = "reading"  # where a preview keeps what was decided about the reading


@dataclass(frozen=True)
class Outcome:
    """What became of a file, with the differences and revisions as they are here now."""

    what: What
    file_import: FileImport
    changes: Changes = field(default_factory=Changes)
    differences: Sequence[Difference] = ()
    revisions: Sequence[Revision] = ()


class NotSettled(ValidationError):
    """The file leaves open what cannot be stored without it: mostly which quarter it is about."""

    def __init__(self, tree: IndicatorTree) -> None:
        super().__init__(f"{tree.file_name}: {' '.join(question.sentence for question in tree.unsettled)}")


@transaction.atomic
def commit_indicators(
    *,
    tree: IndicatorTree,
    file: Previewed,
    partnership: Partnership,
    by: User,
    now: datetime,
    year: FinancialYear | None = None,
    quarter: Quarter | None = None,
    update: bool = True,
) -> Outcome:
    """Make the tree's KPIs those of the partnership, with their figures; whole or not at all.

    A KPI of the same reference that is here already takes the new figures, unless `update` is false. The very same
    file again changes nothing. `year` and `quarter` say what the file leaves open.
    """
    refuse_foreign(partnership, file if isinstance(file, FileImport) else None)
    stand_in_line(partnership)
    if (there := confirmed_before(partnership, ImportKind.INDICATORS, file.sha256)) is not None:
        return Outcome(What.THERE_ALREADY, there)
    tree = said_for(tree, year=year, quarter=quarter)
    if tree.unsettled:
        raise NotSettled(tree)
    counts = tree.summary()
    with taken_in(
        file,
        kind=ImportKind.INDICATORS,
        partnership=partnership,
        tree=tree.to_json(),
        counts=counts,
        by=by,
        now=now,
    ) as file_import:
        taker = Taker(partnership, file_import, by, updates=update)
        taker.take_all(tree.indicators)
        counts |= {
            "differences": [as_json(one) for one in taker.differences],
            "revisions": [as_json(one) for one in taker.revisions],
        }
        file_import.decisions |= {
            READING: tree.decisions.to_json(),
            "year": tree.year and tree.year.code,
            "quarter": tree.quarter and tree.quarter.code,
            "updated": update,
        }
    what = What.UPDATED if taker.changes.matched else What.MADE
    return Outcome(what, file_import, taker.changes, tuple(taker.differences), tuple(taker.revisions))


def said_for(tree: IndicatorTree, *, year: FinancialYear | None, quarter: Quarter | None) -> IndicatorTree:
    """The tree as it reads when a person has said the year or the quarter."""
    if tree.document is None or (year is None and quarter is None):
        return tree
    decisions = replace(tree.decisions, year=year or tree.decisions.year, quarter=quarter or tree.decisions.quarter)
    return indicators_in(tree.document, decisions)

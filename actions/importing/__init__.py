"""From a council's file to a plan: `read_plan`. Nothing here stores anything."""

from actions.importing.decisions import Decisions, RowDecision
from actions.importing.offers import offers_of
from actions.importing.outline import read_outline
from actions.importing.period import infer_period, infer_quarter
from actions.importing.questions import questions_of
from actions.importing.readings import column_readings, row_readings
from actions.importing.tree import Heading, PlanRefused, PlanTree, RowKind
from actions.importing.warnings import warnings_of
from csp_tracker.grids import Document, read_grids

__all__ = ["Decisions", "PlanRefused", "PlanTree", "RowDecision", "plan_in", "read_plan"]

GUESSED = Decisions()
ALWAYS_COUNTED = (
    RowKind.RECORD,
    RowKind.SECTION,
    RowKind.CONTINUATION,
    RowKind.HEADER,
    RowKind.BLANK,
    RowKind.NOTE,
)


def read_plan(data: bytes, name: str) -> PlanTree:
    """The plan in a Word, Excel, .csv or text file; a GridRefused in one sentence where there is none."""
    return plan_in(read_grids(data, name))


def plan_in(document: Document, decisions: Decisions = GUESSED) -> PlanTree:
    """The plan in the tables of a file that was read already, as a person decided where they did."""
    findings = read_outline(document, decisions)
    priorities = findings.finish()
    actions = [action for priority in priorities for objective in priority.objectives for action in objective.actions]
    period = infer_period(
        title=findings.title,
        titles=findings.titles,
        sheet=findings.sheet,
        file_name=document.name,
        progress=[words for action in actions for words in (action.progress, action.work_needed)],
    )
    headings = tuple(Heading(column.heading, column.meaning) for column in findings.columns)
    offers = tuple(offer for action in actions for offer in offers_of(action, headings))
    return PlanTree(
        file_name=document.name,
        file_kind=document.kind,
        title=findings.title,
        sheet=findings.sheet,
        period=period,
        headings=headings,
        key=findings.key(),
        numbers_are_generated=findings.numbers_are_generated,
        priorities=priorities,
        rows={kind.value: findings.rows[kind] for kind in RowKind if kind in ALWAYS_COUNTED or findings.rows[kind]},
        warnings=tuple(warnings_of(findings, priorities, period, document.notices)),
        not_used=tuple(findings.not_used),
        offers=offers,
        accepted={offer.key: offer for offer in offers if decisions.accepts(offer)},
        told_quarter=infer_quarter(
            titles=(*findings.titles, findings.sheet, document.name.replace("_", " ")),
            headings=findings.told_headings(),
        ),
        tables=tuple(findings.tables),
        columns=tuple(column_readings(findings)),
        readings=tuple(row_readings(findings)),
        questions=tuple(questions_of(findings, actions, period, decisions)),
    )

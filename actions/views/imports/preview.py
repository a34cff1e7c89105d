"""What was read in a file, before anything of it is live; and what became of an import that was confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from actions.forms.offers import OffersForm
from actions.forms.readings import ANSWERS, YEAR, AnswersForm
from actions.importing.confirming import plan_alike
from actions.importing.matching import Match
from actions.importing.period import likely_quarter
from actions.importing.previewing import decisions_of
from actions.importing.tree import PlanTree
from actions.models import Plan
from actions.views.imports.presenting import counted, shown_kpis, shown_plan
from actions.views.imports.shared import Preview, decision_page, import_or_404, read
from actions.views.shared import edits
from csp_tracker.grids.readings import Question
from csp_tracker.importing import confirmed_before
from csp_tracker.models import FileImport
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.periods import FinancialYear
from csp_tracker.requests import MemberRequest
from indicators.importing.taking import Taker

FIRST = 50  # of what was not used; the rest is a page further
MOST_OFFERS = 30  # more are shown on a page of their own


@edits
def import_page(request: MemberRequest, pk: int) -> HttpResponse:
    """The preview, with what words for lights mean asked in it; or how a confirmed import stands."""
    file_import = import_or_404(request, pk)
    if file_import.state != ImportState.PREVIEWED:
        return _finished(request, file_import)
    preview = read(file_import)
    answered_here = [question for question in preview.questions if _is_answered_here(preview, question)]
    return decision_page(
        request,
        preview,
        AnswersForm,
        {"questions": answered_here},
        template="actions/imports/preview.html",
        told="Your answers have been kept.",
        url=reverse("import", args=[pk]),
        context=_shown(request, preview),
    )


def _is_answered_here(preview: Preview, question: Question) -> bool:
    """Whether it is asked on this page; a plan's year is asked for where the plan is confirmed."""
    return question.kind in ANSWERS and not (preview.is_plan and question.kind == YEAR)


def _shown(request: MemberRequest, preview: Preview) -> dict[str, Any]:
    tree = preview.tree
    if tree is None:
        return {
            "preview": preview,
            "title": f"No {'plan' if preview.is_plan else 'table of KPIs'} found yet",
            "ask_words": "Nothing can be imported until something is found.",
            "ask_button": "Show the headings",
            "ask_url": reverse("import_columns", args=[preview.file_import.pk]),
        }
    numbers = preview.numbers()
    context = {
        "preview": preview,
        "counted": counted(tree.summary()),
        "warnings": [warning for warning in tree.warnings if not _is_asked(warning, tree.questions)],
        "questions": list(_questions(preview, numbers)),
        "not_used": preview.not_used()[:FIRST],
        "number_not_used": len(tree.not_used),
        "columns_words": _columns_words(preview),
    }
    page = request.GET.get("page")
    if preview.is_plan:
        context["shown"] = shown_plan(tree, chosen=request.GET.get("priority"), page=page)
        context["title"] = proposed_title(tree)
        context |= _offered(preview)
        return context | _next_step(preview, timezone.localdate())
    taker = Taker(preview.file_import.partnership, preview.file_import, request.user, updates=True)
    context["shown"] = shown_kpis(tree, taker, page=page)
    context["title"] = tree.title or "Table of KPIs"
    return context | _next_step_of_kpis(preview)


def _offered(preview: Preview) -> dict[str, Any]:
    """What the plan's words also say: here where it is not much, else on a page of its own."""
    offers, file_import = preview.offers, preview.file_import
    said: dict[str, Any] = {"number_offered": len(offers), "number_accepted": len(preview.tree.accepted)}
    if 0 < len(offers) <= MOST_OFFERS:
        form = OffersForm(decided=decisions_of, offers=offers)
        form.initial = form.values_of(file_import)
        said["offers_form"] = form
    return said


def _is_asked(warning: str, questions: Sequence[Question]) -> bool:
    """Whether a warning says what is asked as well: once is enough."""
    said = warning.casefold()
    return any(
        warning.startswith(one.sentence.partition(". ")[0])
        or (one.word and one.word.casefold() in said and any(at in warning for at in one.ats))
        for one in questions
    )


def proposed_title(tree: PlanTree) -> str:
    """What the plan is called: as the file has it, or by its year."""
    return tree.title or (f"Action plan {tree.period.financial_year}" if tree.period else "Action plan")


def _questions(preview: Preview, numbers: dict[str, int]) -> Any:
    """Everything to look at that is not asked for elsewhere, with the page where it is put right."""
    pk = preview.file_import.pk
    for question in preview.questions:
        number = next((numbers[at] for at in question.ats if at in numbers), None)
        if question.kind in ANSWERS:
            continue
        if question.kind == "columns":
            yield question.sentence, reverse("import_columns", args=[pk]), "Check the columns"
        elif number is not None:
            yield question.sentence, reverse("import_row", args=[pk, number]), "Look at the row"
        else:
            yield question.sentence, "", ""


def _columns_words(preview: Preview) -> str:
    known = sum(bool(str(column.meaning)) for column in preview.tree.columns)
    return f"{known} of {len(preview.tree.columns)} understood"


@dataclass(frozen=True)
class Becomes:
    """What one press of the button makes of the preview, in words, and what the button sends."""

    rows: list[tuple[str, str]]
    sent: dict[str, Any]


def _next_step(preview: Preview, today: date) -> dict[str, Any]:
    """What the preview leads to: one button where nothing has to be asked, else the page that asks."""
    file_import, tree = preview.file_import, preview.tree
    there = confirmed_before(file_import.partnership, ImportKind(file_import.kind), file_import.sha256)
    if there is not None:
        plan = Plan.objects.filter(partnership=file_import.partnership, slug=there.decisions.get("plan", "")).first()
        return {
            "there": {
                "title": plan or there,
                "url": (plan.get_absolute_url() if plan else reverse("import", args=[there.pk])),
            }
        }
    if preview.unsettled:
        return {"ask_words": "Answer what is asked here first."}
    if next(tree.actions(), None) is None:
        return {"ask_words": "No action was found yet: say what the columns and rows are."}
    confirm_url = reverse("import_confirm", args=[file_import.pk])
    match = plan_alike(file_import, tree)
    if match is not None:
        return {"ask_words": match_words(match), "ask_button": "Compare with it", "ask_url": confirm_url}
    if tree.period is None:
        words = "The file does not say which year it is for."
        return {"ask_words": words, "ask_button": "Say which year", "ask_url": confirm_url}
    return {"becomes": _becomes(preview, tree.period.financial_year, today)}


def _next_step_of_kpis(preview: Preview) -> dict[str, Any]:
    file_import, tree = preview.file_import, preview.tree
    there = confirmed_before(file_import.partnership, ImportKind.INDICATORS, file_import.sha256)
    if there is not None:
        return {"there": {"title": there, "url": reverse("import", args=[there.pk])}}
    if tree.unsettled:
        return {"ask_words": "Answer what is asked here first."}
    rows = [("KPIs and figures", counted(tree.summary()))]
    if tree.quarter is not None:
        rows.append(("As at", f"{tree.quarter} ({tree.quarter.in_words})"))
    return {"becomes": Becomes(rows, {"version": file_import.version})}


def match_words(match: Match) -> str:
    """Why the file seems to be a plan that is here."""
    shared, total = match.shared, match.shared + len(match.new)
    return f"This seems to be “{match.plan}”, which is here already: {shared} of its {total} actions are the same."


def _becomes(preview: Preview, year: FinancialYear, today: date) -> Becomes:
    tree, quarter = preview.tree, likely_quarter(preview.tree, year.quarters, today)
    tells = tells_progress(preview)
    said = {
        "version": preview.file_import.version,
        "update": "",
        "title": proposed_title(tree),
        "year": str(year),
        "quarter": str(quarter.number),
    }
    rows = [("New plan", proposed_title(tree)), ("Year", f"{year}. {tree.period.basis}")]
    if tells:
        told = tree.told_quarter if tree.told_quarter and tree.told_quarter.number == quarter.number else None
        why = f": {told.basis}" if told else ""
        rows.append(("Its progress and lights", f"become those of {quarter} ({quarter.in_words}){why}"))
    if number := len(tree.accepted):
        rows.append(("From its words", f"{number} choice{'' if number == 1 else 's'} of yours"))
    return Becomes(rows, said)


def tells_progress(preview: Preview) -> bool:
    """Whether the file says anything about progress."""
    return any(action.has_progress for action in preview.tree.actions())


def _finished(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """What an import came to that was confirmed, and maybe undone since."""
    plan = Plan.objects.filter(partnership=file_import.partnership, slug=file_import.decisions.get("plan", "")).first()
    context = {
        "file_import": file_import,
        "plan": plan,
        "counted": counted(file_import.counts),
        "warnings": file_import.tree.get("warnings", []),
        "not_used": file_import.tree.get("not_used", []),
        "taken": file_import.decisions.get("taken", []),
        "not_taken": file_import.decisions.get("not_taken", []),
        "crumbs": [("Imports", reverse("imports"))],
    }
    return render(request, "actions/imports/finished.html", context)

"""What becomes of a preview: a new plan, a plan brought up to date, or KPIs with their figures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from actions.forms.imports import ConfirmForm
from actions.importing.commit import Outcome, PlanIsHere, What
from actions.importing.comparing import compare
from actions.importing.confirming import confirm_import, plan_alike
from actions.importing.period import likely_quarter
from actions.importing.updating import Changes
from actions.models import Plan
from actions.views.imports.presenting import counted
from actions.views.imports.preview import proposed_title, tells_progress
from actions.views.imports.shared import Preview, changed_meanwhile, crumbs_of, only_while, read
from actions.views.shared import edits, show_refusal
from csp_tracker.models import FileImport
from csp_tracker.people import ImportState
from csp_tracker.requests import MemberRequest
from csp_tracker.writing import Conflict
from indicators.importing.commit import Outcome as KpisOutcome

NEW = "new"
PLAN_CHANGED = (
    "Somebody changed what is here at this very moment. Nothing has been imported: look once more, then import it."
)


@edits
@only_while(ImportState.PREVIEWED)
def import_confirm(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """Make the preview a new plan, or bring a plan that is here up to date with it."""
    preview = read(file_import)
    if preview.tree is None:
        return redirect("import", file_import.pk)
    if not preview.is_plan:
        return _confirm_kpis(request, preview)
    plans = list(file_import.partnership.plans.filter(archived_at=None))
    match = plan_alike(file_import, preview.tree) if plans else None
    plan = _chosen(request, plans, match.plan if match else None)
    tells = tells_progress(preview)
    form = ConfirmForm(request.POST or None, initial=_proposed(preview, plan), plan=plan, tells_progress=tells)
    if form.is_valid():
        is_new = request.POST.get("update") == NEW
        done = _confirm(request, file_import, form, _told, update=plan, is_new=is_new, **_said(form))
        if done is not None:
            return done
    context = {
        "file_import": file_import,
        "preview": preview,
        "form": form,
        "plans": plans,
        "plan": plan,
        "match": match,
        "comparison": compare(preview.tree, plan, now=timezone.now()) if plan else None,
        "period": preview.tree.period,
        "unsettled": preview.unsettled,
        "counted": counted(preview.tree.summary()),
        "cancel_url": reverse("import", args=[file_import.pk]),
        "crumbs": crumbs_of(file_import),
    }
    return render(request, "actions/imports/confirm.html", context)


def _confirm_kpis(request: MemberRequest, preview: Preview) -> HttpResponse:
    """Make the KPIs of a table those of the partnership, or give those that are here their new figures."""
    file_import = preview.file_import
    form = ConfirmForm(
        request.POST or None,
        initial={"version": file_import.version},
        plan=None,
        tells_progress=False,
        is_of_plan=False,
    )
    if form.is_valid():
        done = _confirm(request, file_import, form, _told_of_kpis, version=form.cleaned_data["version"])
        if done is not None:
            return done
    context = {
        "file_import": file_import,
        "preview": preview,
        "form": form,
        "unsettled": preview.tree.unsettled,
        "counted": counted(preview.tree.summary()),
        "cancel_url": reverse("import", args=[file_import.pk]),
        "crumbs": crumbs_of(file_import),
    }
    return render(request, "actions/imports/confirm.html", context)


def _confirm(
    request: MemberRequest,
    file_import: FileImport,
    form: ConfirmForm,
    told: Callable[[Any], tuple[str, str]],
    **said: Any,
) -> HttpResponse | None:
    """Import it, tell what came of it and lead there; None where the form has to be shown with a refusal."""
    try:
        outcome = confirm_import(file_import=file_import, by=request.user, now=timezone.now(), **said)
    except Conflict as conflict:
        if isinstance(conflict.theirs, FileImport):
            return changed_meanwhile(request, conflict.theirs)
        form.add_error(None, PLAN_CHANGED)
        return None
    except PlanIsHere as here:  # since the preview was shown
        messages.warning(request, here.messages[0])
        return redirect("import_confirm", file_import.pk)
    except ValidationError as error:
        show_refusal(form, error)
        return None
    words, url = told(outcome)
    messages.success(request, words)
    return redirect(url)


def _told_of_kpis(outcome: KpisOutcome) -> tuple[str, str]:
    url = reverse("import", args=[outcome.file_import.pk])
    if outcome.what is What.THERE_ALREADY:
        return "This very file has been imported already. Nothing was changed.", url
    changes = outcome.changes
    told = (
        (len(changes.made), "new"),
        (len(changes.matched), "with new figures"),
        (len(changes.left_out), "left out"),
    )
    return f"The KPIs are here: {', '.join(f'{number} {words}' for number, words in told if number)}.", url


def _chosen(request: MemberRequest, plans: list[Plan], likely: Plan | None) -> Plan | None:
    """The plan to update: the one that was sent or asked for, else the one the file seems to be; None for a new one."""
    asked = request.POST.get("update", "") if request.method == "POST" else request.GET.get("update")
    if asked is None:
        return likely
    if asked in ("", NEW):
        return None
    found = next((plan for plan in plans if plan.slug == asked), None)
    if found is None:
        raise Http404
    return found


def _proposed(preview: Preview, plan: Plan | None) -> dict[str, Any]:
    """What the form is filled with."""
    today, tree = timezone.localdate(), preview.tree
    said: dict[str, Any] = {"version": preview.file_import.version, "update": plan.slug if plan else NEW}
    if plan is not None:
        return said | {"quarter": likely_quarter(tree, plan.quarters, today).code}
    said["title"] = proposed_title(tree) if tree.period else tree.title or ""
    if tree.period is not None:
        year = tree.period.financial_year
        said |= {"year": str(year), "quarter": str(likely_quarter(tree, year.quarters, today).number)}
    return said


def _said(form: ConfirmForm) -> dict[str, Any]:
    """What the service is told; what was not asked is nothing."""
    said = {"title": "", "year": None, "quarter": None} | form.cleaned_data
    return {name: said[name] for name in ("version", "title", "year", "quarter")}


def _told(outcome: Outcome) -> tuple[str, str]:
    """What was done, with the ways on and back."""
    plan, undo = outcome.plan, reverse("import_undo", args=[outcome.file_import.pk])
    if outcome.what is What.THERE_ALREADY:
        return f"This very file is {plan.title} already. Nothing was changed.", plan.get_absolute_url()
    if outcome.what is What.UPDATED:
        words = f"{plan.title} is up to date: {changes_in_words(outcome.changes)}."
    else:
        words = f"{plan.title} is live: {counted(outcome.file_import.counts)}."
    link = '<a class="govuk-notification-banner__link" href="{}">{}</a>'
    assign = reverse("plan_assign", args=[plan.slug])
    said = format_html(f"{{}} {link} · {link}", words, assign, "Say who leads what", undo, "Undo this import")
    return said, _address_of(outcome)


def _address_of(outcome: Outcome) -> str:
    """The plan in the quarter that the file tells of: in another it would look as if nothing had come."""
    plan, code = outcome.plan, outcome.file_import.decisions["quarter"]
    is_shown_anyway = plan.quarter_at(timezone.localdate()).code == code
    return plan.get_absolute_url() if is_shown_anyway else f"{plan.get_absolute_url()}?quarter={code}"


def changes_in_words(changes: Changes) -> str:
    """What an update did: "5 changed, 2 new, 3 kept as they are here"."""
    told = (
        (len(changes.changed), "changed"),
        (len(changes.added), "new"),
        (len(changes.reported), "with progress taken over"),
        (len(changes.kept), "kept as written here"),
    )
    return ", ".join(f"{number} {words}" for number, words in told if number) or "nothing had to change"

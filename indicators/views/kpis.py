"""Pages that make, change and archive a KPI."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from csp_tracker.partnerships import current_partnership
from csp_tracker.receipts import make_once
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict
from indicators import services
from indicators.forms.kpis import ArchiveForm, IndicatorForm
from indicators.permissions import can_edit_indicators
from indicators.views.shared import conflict_page, crumbs, indicator_or_404, over, show_refusal

FORM = "indicators/form.html"


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_new(request: MemberRequest) -> HttpResponse:
    """Add a KPI to the partnership."""
    partnership = current_partnership(request)
    require(can_edit_indicators(request.user, partnership))
    form = IndicatorForm(request.POST or None, partnership=partnership)
    if form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}

        def make() -> tuple[str, str]:
            indicator = services.create_indicator(partnership=partnership, by=request.user, **fields)
            return "KPI added. Give it a baseline and a target, then its figures.", indicator.get_absolute_url()

        try:
            return make_once(request, make)
        except ValidationError as error:
            show_refusal(form, error)
    context = {"form": form, "heading": "Add a KPI", "crumbs": [*crumbs(), ("Add a KPI", "")], "button": "Add the KPI"}
    return render(request, FORM, context)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change what a KPI is or who keeps it."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    partnership = indicator.partnership
    form = IndicatorForm(request.POST or None, partnership=partnership, indicator=indicator)
    context = {
        "heading": "Change the KPI",
        "caption": str(indicator),
        "crumbs": crumbs(indicator, "Change"),
        "back": indicator,
        "button": "Save",
    }
    if form.is_valid():
        try:
            services.change_indicator(indicator=indicator, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            form = IndicatorForm(over(request.POST, theirs.version), partnership=partnership, indicator=theirs)
            return conflict_page(request, FORM, context, form=form, theirs=theirs, saved=("KPI saved.", indicator))
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "KPI saved.")
            return redirect(indicator)
    return render(request, FORM, context | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a KPI out of use, or take an archived one back."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    form = ArchiveForm(request.POST or None, indicator=indicator)
    if form.is_valid():
        restores = form.cleaned_data["to"] == "restore"
        change = services.restore_indicator if restores else services.archive_indicator
        told = "KPI restored." if restores else "KPI archived. Its figures are kept."
        try:
            change(indicator=indicator, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, told)
            return redirect(indicator)
    heading = "Restore the KPI" if indicator.archived_at else "Archive the KPI"
    context = {
        "form": form,
        "heading": heading,
        "caption": str(indicator),
        "crumbs": crumbs(indicator, heading),
        "back": indicator,
        "button": heading,
        "is_warning": not indicator.archived_at,
        "intro": ""
        if indicator.archived_at
        else "An archived KPI takes no more figures and leaves the list. Everything recorded for it is kept.",
    }
    return render(request, FORM, context)

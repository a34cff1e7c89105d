"""Pages for where a KPI started from and what it is to reach."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from csp_tracker.receipts import make_once
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict
from indicators import services
from indicators.forms.figures import BaselineForm, TargetForm
from indicators.permissions import can_edit_indicators
from indicators.views.shared import (
    conflict_page,
    crumbs,
    indicator_or_404,
    over,
    period_or_404,
    show_refusal,
)

FORM = "indicators/form.html"


@require_http_methods(["GET", "HEAD", "POST"])
def baseline_new(request: MemberRequest, pk: int) -> HttpResponse:
    """Add a baseline to a KPI."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    form = BaselineForm(request.POST or None, indicator=indicator)
    if form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}

        def make() -> tuple[str, str]:
            services.add_baseline(indicator=indicator, by=request.user, **fields)
            return "Baseline added.", indicator.get_absolute_url()

        try:
            return make_once(request, make)
        except ValidationError as error:
            show_refusal(form, error)
    context = {
        "form": form,
        "heading": "Add a baseline",
        "caption": str(indicator),
        "crumbs": crumbs(indicator, "Add a baseline"),
        "back": indicator,
        "button": "Add the baseline",
    }
    return render(request, FORM, context)


@require_http_methods(["GET", "HEAD", "POST"])
def baseline_edit(request: MemberRequest, pk: int, baseline_pk: int) -> HttpResponse:
    """Change a baseline of a KPI."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    baseline = get_object_or_404(indicator.baselines, pk=baseline_pk)
    form = BaselineForm(request.POST or None, indicator=indicator, baseline=baseline)
    context = {
        "heading": "Change the baseline",
        "caption": str(indicator),
        "crumbs": crumbs(indicator, "Change the baseline"),
        "back": indicator,
        "button": "Save",
    }
    if form.is_valid():
        try:
            services.change_baseline(baseline=baseline, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            form = BaselineForm(over(request.POST, theirs.version), indicator=indicator, baseline=theirs)
            return conflict_page(request, FORM, context, form=form, theirs=theirs, saved=("Baseline saved.", indicator))
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Baseline saved.")
            return redirect(indicator)
    return render(request, FORM, context | {"form": form})


@require_safe
def target_choose(request: MemberRequest, pk: int) -> HttpResponse:
    """From the picker on the KPI's page to the target of the period picked."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    period = period_or_404(request.GET.get("period", ""))
    return redirect("target_edit", indicator.pk, period.code)


@require_http_methods(["GET", "HEAD", "POST"])
def target_edit(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    """Set the target of a period, or change it with a reason."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    period = period_or_404(code)
    target = indicator.targets.for_period(period).first()
    form = TargetForm(request.POST or None, indicator=indicator, target=target)
    heading = f"{'Change' if target else 'Set'} the target for {period}"
    context = {
        "heading": heading,
        "caption": str(indicator),
        "crumbs": crumbs(indicator, f"Target for {period}"),
        "back": indicator,
        "button": "Save the target",
        "intro": "Lights already given stay as they are: rate a figure again where the new target should count."
        if target
        else "",
    }
    if form.is_valid():
        try:
            services.set_target(indicator=indicator, period=period, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            if theirs.pk is None:
                raise Http404 from conflict
            form = TargetForm(over(request.POST, theirs.version), indicator=indicator, target=theirs)
            saved = (f"Target for {period} saved.", indicator)
            return conflict_page(request, FORM, context, form=form, theirs=theirs, saved=saved)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"Target for {period} saved.")
            return redirect(indicator)
    return render(request, FORM, context | {"form": form})

"""Pages that enter, revise and rate a KPI's figure for one period."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from csp_tracker.periods import Period
from csp_tracker.rag import RAG
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict
from indicators import services
from indicators.forms.readings import RateAgainForm, ReadingForm
from indicators.models import Indicator, Reading
from indicators.permissions import can_edit_indicators, can_enter_readings
from indicators.views.presenting import Line, lines_of, target_in_words
from indicators.views.shared import conflict_page, crumbs, indicator_or_404, over, period_or_404, show_refusal

FORM = "indicators/reading_form.html"


@require_safe
def reading_choose(request: MemberRequest, pk: int) -> HttpResponse:
    """From the picker on the KPI's page to the figure of the period picked."""
    indicator = indicator_or_404(request, pk)
    require(can_enter_readings(request.user, indicator))
    period = period_or_404(request.GET.get("period", ""))
    return redirect("reading_edit", indicator.pk, period.code)


@require_http_methods(["GET", "HEAD", "POST"])
def reading_edit(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    """Enter or revise the figure of one period, or say why there is none."""
    indicator = indicator_or_404(request, pk)
    period = _begun_or_404(code)
    require(can_enter_readings(request.user, indicator))
    reading = indicator.readings.for_period(period).first()
    form = ReadingForm(request.POST or None, indicator=indicator, reading=reading)
    if form.is_valid():
        try:
            saved = services.record_reading(indicator=indicator, period=period, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            form = ReadingForm(over(request.POST, theirs.version), indicator=indicator, reading=theirs)
            context = _around(request, indicator, period, theirs)
            return conflict_page(
                request, FORM, context, form=form, theirs=theirs, saved=(_said(period, theirs), indicator)
            )
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _said(period, saved))
            return redirect(indicator)
    return render(request, FORM, _around(request, indicator, period, reading) | {"form": form})


def _said(period: Period, saved: Any) -> str:
    light = f"{saved.get_rating_display()}: " if RAG(saved.rating).is_rated else ""  # the words say why not
    return f"{period} saved. {light}{saved.rating_why}"


def _rated_again(period: Period, saved: Any) -> str:
    return f"{period} rated again. {saved.get_rating_display()}: {saved.rating_why}"


@require_http_methods(["GET", "HEAD", "POST"])
def reading_rate(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    """Rate a figure again by today's scheme and target, with a reason."""
    indicator = indicator_or_404(request, pk)
    require(can_edit_indicators(request.user, indicator.partnership_id))
    period = period_or_404(code)
    reading = get_object_or_404(indicator.readings.for_period(period))
    form = RateAgainForm(request.POST or None, initial={"version": reading.version})
    context = {
        "heading": f"Rate {period} again",
        "caption": str(indicator),
        "crumbs": crumbs(indicator, f"Rate {period} again"),
        "back": indicator,
        "button": "Rate it again",
        "intro": f"Now {reading.get_rating_display().lower()}: {reading.rating_why}",
    }
    if form.is_valid():
        try:
            saved = services.rate_again(reading=reading, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            theirs: Any = conflict.theirs
            form = RateAgainForm(over(request.POST, theirs.version))
            told = (_rated_again(period, theirs), indicator)
            return conflict_page(request, "indicators/form.html", context, form=form, theirs=theirs, saved=told)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _rated_again(period, saved))
            return redirect(indicator)
    return render(request, "indicators/form.html", context | {"form": form})


def _begun_or_404(code: str) -> Period:
    """A period that has begun: nobody can know a figure of the future."""
    period = period_or_404(code)
    if period.starts_on > timezone.localdate():
        raise Http404
    return period


def _around(request: MemberRequest, indicator: Indicator, period: Period, reading: Reading | None) -> dict[str, Any]:
    """What stands around the form: what is measured, and the figures it will be set against."""
    target = services.target_for(indicator, period)
    scheme = reading.scheme if reading and reading.value is not None else None
    return {
        "indicator": indicator,
        "period": period,
        "reading": reading,
        "heading": f"{'Revise' if reading else 'Enter'} the figure for {period}",
        "caption": str(indicator),
        "button": "Save the figure",
        "back": indicator,
        "crumbs": crumbs(indicator, f"Figure for {period}"),
        "earlier": _earlier(indicator, period),
        "target": target_in_words(indicator, target, beside=period),
        "scheme": services.in_words(scheme or services.scheme_for(indicator, period.ends_on), indicator),
        "can_rate": reading is not None and can_edit_indicators(request.user, indicator.partnership_id),
    }


def _earlier(indicator: Indicator, period: Period) -> list[tuple[str, Line | None]]:
    """The figures of the period before and of a year ago."""
    wanted = [("The period before", period.previous), ("A year before", period.same_last_year)]
    starts = [one.starts_on for _, one in wanted]
    readings = indicator.readings.filter(period_kind=period.kind, period_starts_on__in=starts)
    lines = {line.period: line for line in lines_of(indicator, readings, ()).values()}
    if wanted[0][1] == wanted[1][1]:
        wanted.pop()
    return [(f"{words}, {one}", lines.get(one)) for words, one in wanted]

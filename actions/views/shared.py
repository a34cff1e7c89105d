"""What the pages of plans share: the plan of an address, the quarter asked for, and refusals shown on a form."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actions.forms.shared import words_of
from actions.models import Action, Plan
from actions.rag import due_in_words
from actions.values import DatePrecision
from csp_tracker.models import Partnership
from csp_tracker.partnerships import CHOSEN, memberships_of
from csp_tracker.periods import Quarter
from csp_tracker.receipts import AGAIN, make_once
from csp_tracker.requests import MemberRequest
from csp_tracker.writing import Conflict

#: A page that shows a form and takes it.
edits = require_http_methods(["GET", "HEAD", "POST"])
NOT_COMPARED = ("version", "reason", "date_reason", "period_is_right", "both_follow")


def settle_on(request: MemberRequest, partnership: Partnership) -> None:
    """Let the layout show the partnership the page is about, for people who are members of several."""
    if len(memberships_of(request)) > 1 and request.session.get(CHOSEN) != partnership.slug:
        request.session[CHOSEN] = partnership.slug


def plan_or_404(request: MemberRequest, slug: str) -> Plan:
    """The plan of the address, if the reader may see it."""
    plans = Plan.objects.visible_to(request.user).select_related("partnership")
    plan = get_object_or_404(plans, slug=slug)
    settle_on(request, plan.partnership)
    return plan


def chosen_quarter(request: MemberRequest, plan: Plan, today: date) -> Quarter:
    """The quarter of `?quarter=`, else the plan's current one; a quarter outside the plan is an unknown page."""
    code = request.GET.get("quarter")
    if not code:
        return plan.quarter_at(today)
    try:
        quarter = Quarter.parse(code)
    except ValueError as error:
        raise Http404 from error
    if not plan.first_quarter <= quarter <= plan.last_quarter:
        raise Http404
    return quarter


def crumbs_to(plan: Plan, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way from the list of plans to a page about this one."""
    return [("Plans", reverse("plans")), (plan.title, plan.get_absolute_url()), *more]


def show_refusal(form: forms.Form, error: ValidationError) -> None:
    """Put a service's refusal beside the box it is about, or above the form."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, sentences in by_field.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def edit_page(
    request: MemberRequest,
    *,
    make_form: Callable[..., Any],
    save: Callable[..., Any],
    context: dict[str, Any],
    template: str = "actions/edit.html",
    saved: Callable[[Any], tuple[str, str]],
) -> HttpResponse:
    """Show a form, save it through a service, show refusals beside their boxes and a conflict with both texts.

    `make_form` takes the posted data or None; `saved` says of the result what to tell and where to go. Who sends the
    same form twice is led there twice.
    """
    form = make_form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return make_once(request, lambda: saved(save(**form.cleaned_data)))
        except Conflict as conflict:
            if is_saved_already(request, form, conflict.theirs):
                words, url = saved(conflict.theirs)
                messages.success(request, f"{words} {AGAIN}")
                return redirect(url)
            return conflict_page(request, form, conflict.theirs, make_form, context)
        except ValidationError as error:
            show_refusal(form, error)
    return render(request, template, context | {"form": form})


def conflict_page(
    request: MemberRequest, form: Any, theirs: models.Model, make_form: Callable[..., Any], context: dict[str, Any]
) -> HttpResponse:
    """Both texts side by side: what was saved meanwhile, and what this person typed, ready to be sent again."""
    rows = _differences(form, theirs)
    data = request.POST.copy()
    data["version"] = str(theirs.version)  # type: ignore[attr-defined]
    last = theirs.history.select_related("history_user").first()  # type: ignore[attr-defined]
    return render(
        request,
        "actions/conflict.html",
        context | {"form": make_form(data), "rows": rows, "saved_by": last and last.history_user, "saved": last},
        status=409,
    )


def is_saved_already(request: MemberRequest, form: Any, theirs: models.Model) -> bool:
    """Whether the row says what the form says because the same person saved just that: a double click, the way back."""
    last = theirs.history.first()  # type: ignore[attr-defined]
    return last is not None and last.history_user_id == request.user.pk and not _differences(form, theirs)


def _differences(form: Any, theirs: models.Model) -> list[dict[str, Any]]:
    """The fields in which what was typed differs from the row as it stands, in words."""
    stands, rows = form.values_of(theirs), []
    for name, field in form.fields.items():
        if name not in NOT_COMPARED and name in stands:
            their_words, my_words = (words_of(field, values.get(name)) for values in (stands, form.cleaned_data))
            if their_words != my_words:
                rows.append({"label": field.label, "theirs": their_words, "mine": my_words})
    return rows


def initial(form_class: Any, thing: models.Model | None) -> dict[str, Any]:
    """What the form is filled with: the row as it stands, or nothing for a new one."""
    return form_class.values_of(thing) if thing is not None else {}


def due_dates_of(action: Action) -> dict[str, str]:
    """When the action is due and when it was first, in words: `due`, `first_due`; empty where there is none to say."""
    first = action.original_due_on
    return {
        "due": _in_words(action.due_on, action.due_precision),
        "first_due": _in_words(first, action.due_precision) if first != action.due_on else "",
    }


def _in_words(due_on: date | None, precision: str) -> str:
    return due_in_words(due_on, DatePrecision(precision or DatePrecision.DAY)) if due_on else ""

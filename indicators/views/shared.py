"""What the pages of KPIs share: the way to a row, refusals beside their fields, and both texts after a conflict."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from csp_tracker.periods import Period
from csp_tracker.receipts import AGAIN
from csp_tracker.requests import MemberRequest
from indicators.models import Indicator
from indicators.values import FIRST_YEAR


class Difference(NamedTuple):
    """One field of a form that two people filled in differently, as a reader would say both."""

    label: str
    theirs: str
    yours: str


def indicator_or_404(request: MemberRequest, pk: int) -> Indicator:
    """The KPI, if the person is in its partnership."""
    return get_object_or_404(Indicator.objects.visible_to(request.user).select_related("partnership"), pk=pk)


def period_or_404(code: str) -> Period:
    """The period an address names; each has one code and no other."""
    try:
        period = Period.parse(code)
    except ValueError as error:
        raise Http404 from error
    if period.code != code or period.starts_on.year < FIRST_YEAR:
        raise Http404
    return period


def crumbs(indicator: Indicator | None = None, page: str = "") -> list[tuple[str, str]]:
    """Where a page of the KPI stands."""
    found = [("KPIs", reverse("indicators"))]
    if indicator is not None:
        name = indicator.reference or indicator.name
        found.append((name if len(name) <= 60 else f"{name[:59]}…", indicator.get_absolute_url() if page else ""))
    return [*found, (page, "")] if page else found


def show_refusal(form: forms.Form, error: ValidationError) -> None:
    """Put a service's refusal beside the field it is about, where the form has that field."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            for one in errors:
                form.add_error(name if name in form.fields else None, one)
    else:
        code = getattr(error, "code", None)
        form.add_error(code if code in form.fields else None, error)


def over(data: QueryDict, version: int) -> QueryDict:
    """What was typed, to be saved over the version the person is now shown."""
    typed = data.copy()
    typed["version"] = str(version)
    return typed


def conflict_page(
    request: MemberRequest,
    template: str,
    context: dict[str, Any],
    *,
    form: forms.Form,
    theirs: Any,
    saved: tuple[str, Indicator],
) -> HttpResponse:
    """The form again with both texts, status 409. `form` holds what was typed, its initial values are theirs.

    Where the same person has saved just that (a double click, the way back) they are told and led as by the first:
    `saved` says what and where to.
    """
    last = theirs.history.select_related("history_user").first() if theirs.pk else None
    found = differences(form, form.initial)
    if (
        last is not None
        and last.history_user_id == request.user.pk
        and not found
        and _is_for_the_same_reason(form, last)
    ):
        messages.success(request, f"{saved[0]} {AGAIN}")
        return redirect(saved[1])
    context |= {"form": form, "differences": found, "last": last}
    return render(request, template, context, status=409)


def _is_for_the_same_reason(form: forms.Form, last: Any) -> bool:
    """Whether a form that asks for nothing but a reason gives the one on record; of others the words tell enough."""
    if form.fields.keys() - {"version", "reason"}:
        return True
    return form["reason"].value() == last.history_change_reason


def differences(form: forms.Form, theirs: Mapping[str, Any]) -> list[Difference]:
    """The fields in which what was typed differs from what is stored."""
    found = []
    for bound in form:
        if bound.name in ("version", "reason"):
            continue
        stored, typed = _said(bound.field, theirs.get(bound.name)), _said(bound.field, bound.value())
        if stored != typed:
            found.append(Difference(str(bound.label).removesuffix(" (optional)"), stored, typed))
    return found


def _said(field: forms.Field, value: Any) -> str:
    """A value as the reader chose it: the label of a choice, Yes or No for a box."""
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if value is None or value == "":
        return ""
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return labels.get(str(value), str(value)).replace("\r\n", "\n").strip()

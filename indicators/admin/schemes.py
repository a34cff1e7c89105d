"""Admin of the rules that rate KPIs: none is edited, a change is a new version from a day on."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode

from csp_tracker.admin_base import OwnRows, ScopedAdmin, ServiceForm, own_rows, shortened
from csp_tracker.models import Partnership
from indicators import services
from indicators.admin.shared import RuleInWords
from indicators.models import Indicator, RatingScheme
from indicators.services.rerating import Rerating
from indicators.values import figure_as_typed

RULE = ("compare_with", "tolerance_in", "green_tolerance", "amber_tolerance", "amber_if_no_worse")
CHOSEN = ("partnership", "indicator", "effective_from", "follows_partnership", *RULE)
SHOWN = 50  # of the figures to be rated again
PARTNERSHIPS_SHOWN = 5
UNREADABLE = "It cannot be read as a sentence yet: press Save to see what is missing."


class SchemeForm(ServiceForm):
    """A new version of a rule, each part of it explained."""

    class Meta:
        """Labels and help for a person who makes a rule twice a year."""

        labels = {
            "follows_partnership": "Back to the partnership’s rule",
            "green_tolerance": "Green within",
            "amber_tolerance": "Amber within",
            "amber_if_no_worse": "Amber if no worse than the same period last year",
        }
        help_texts = {
            "indicator": "For one KPI only. Left empty, the rule is for every KPI that has none of its own.",
            "effective_from": (
                "It rates figures whose period ends on this day or later. Lights already given stay. Quarters that are "
                "only put together from months have their light worked out anew: do not choose a day long past."
            ),
            "follows_partnership": "Only for a KPI that has a rule of its own: from that day it has none any more.",
            "tolerance_in": "Per cent of what it is compared with (points, where the KPI is a percentage), or units.",
            "green_tolerance": "0: green on target or better. 10: also up to 10 off. −10: only if over 10 better.",
            "amber_tolerance": "How far off is amber; further off is red. Just on the edge is amber.",
            "amber_if_no_worse": "A figure further off is amber all the same where last year’s was no better.",
        }


class RateAgainForm(forms.Form):
    """Why, and what was seen of the figures it is about."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Why they are rated again",
        required=False,
        widget=AdminTextareaWidget(attrs={"rows": 2}),
        help_text="Kept in the history of each figure.",
    )


class Standing(admin.SimpleListFilter):
    """A list's filter by when a rule is in force."""

    title = "when in force"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Now, later, or no more."""
        return [("now", "Now"), ("later", "To come"), ("over", "Over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rules of the kind chosen."""
        today = timezone.localdate()
        match self.value():
            case "now":
                return queryset.filter(effective_from__lte=today).exclude(followed_on__lte=today)
            case "later":
                return queryset.filter(effective_from__gt=today)
            case "over":
                return queryset.filter(followed_on__lte=today)
        return queryset


@admin.register(RatingScheme)
class RatingSchemeAdmin(RuleInWords, ScopedAdmin):
    """The rules for lights. None is edited: a change is a new one from a later date."""

    form = SchemeForm
    may_change = False
    add_form_template = change_form_template = "admin/indicators/ratingscheme/change_form.html"
    add_fields = CHOSEN
    fields = ("partnership", "kpi", "rule", "in_force", "made")
    readonly_fields = ("kpi", "rule", "in_force", "made")
    autocomplete_fields = ("indicator",)
    list_display = ("kpi", "rule", "in_force", "whose")
    list_filter = (Standing, ("partnership", OwnRows), "compare_with")
    read_with = ("indicator", "partnership", "made_by")
    search_fields = ("indicator__reference", "indicator__name")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each version with the day on which another took its place."""
        return services.with_end(super().get_queryset(request))

    def choice_label(self, row: Any) -> str:
        """With what it rates."""
        return f"{row}: {self.kpi(row) or 'every KPI without its own'}"

    @admin.display(description="rates", ordering="indicator__reference", empty_value="every KPI without its own")
    def kpi(self, scheme: Any) -> str | None:
        """The one KPI it is for, if it is."""
        return shortened(str(scheme.indicator)) if scheme.indicator else None

    @admin.display(description="partnership", ordering="partnership__name")
    def whose(self, scheme: Any) -> str:
        """Its name, in no wider a column than the sentence leaves it."""
        return str(scheme.partnership)

    @admin.display(description="made")
    def made(self, scheme: Any) -> str:
        """By whom and when."""
        return f"{scheme.made_by}, {timezone.localtime(scheme.made_at):%-d %B %Y, %H:%M}"

    def add_row(self, *, by: Any, **fields: Any) -> RatingScheme:
        return services.set_scheme(by=by, **fields)

    # Making a new version -------------------------------------------------------------------------------------------

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address says, and the rule in force until now, so that only what changes has to be typed."""
        asked: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        if "read" in request.GET:
            return asked
        indicator = self._asked_for(request)
        if indicator is not None:
            asked |= {"partnership": indicator.partnership_id}
        partnerships = self._partnerships(request)
        if indicator is not None:
            rule = services.as_rule(services.scheme_for(indicator, timezone.localdate()))
        else:
            rule = services.as_rule(self._default_of(partnerships[0]) if len(partnerships) == 1 else None)
        found: dict[str, Any] = {name: getattr(rule, name) for name in RULE}
        for name in ("green_tolerance", "amber_tolerance"):
            found[name] = figure_as_typed(found[name])
        return {"effective_from": timezone.localdate()} | found | asked

    def _asked_for(self, request: HttpRequest) -> Indicator | None:
        """The KPI that the address names, if it is the person's own."""
        pk = request.GET.get("indicator", "")
        return own_rows(self.admin_site, Indicator, request).filter(pk=pk).first() if pk.isdecimal() else None

    def _partnerships(self, request: HttpRequest) -> list[Partnership]:
        """The one that the address names, else all that are the person's own."""
        own, pk = own_rows(self.admin_site, Partnership, request), request.GET.get("partnership", "")
        return list(own.filter(pk=pk) if pk.isdecimal() else own)

    def _default_of(self, partnership: Partnership) -> RatingScheme | None:
        """Today's rule for KPIs without their own."""
        of_all = RatingScheme.objects.filter(indicator__isnull=True, partnership=partnership)
        return of_all.filter(effective_from__lte=timezone.localdate()).first()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form, under the rule in force now and the sentence that what was filled in would make."""
        if request.method == "POST" and "_read" in request.POST and self.has_add_permission(request):
            typed = {name: request.POST[name] for name in CHOSEN if request.POST.get(name)}
            return redirect(f"{request.path}?{urlencode(typed | {'read': 1})}")
        return super().add_view(request, form_url, (extra_context or {}) | {"notes": self._notes(request)})

    def _notes(self, request: HttpRequest) -> list[tuple[str, str]]:
        if not self.has_add_permission(request):
            return []
        indicator = self._asked_for(request)
        if indicator is not None:
            now = services.in_words(services.scheme_for(indicator, timezone.localdate()), indicator)
            notes = [(f"Now in force for {shortened(str(indicator))}", now)]
        else:
            notes = [
                (f"Now in force in {one}, for KPIs without their own", services.described(self._default_of(one)))
                for one in self._partnerships(request)[:PARTNERSHIPS_SHOWN]
            ]
        if "read" in request.GET:
            notes.append(("As filled in below, not saved yet", self._as_filled_in(request)))
        return notes

    def _as_filled_in(self, request: HttpRequest) -> str:
        """What was typed as a sentence."""
        form = self.get_form(request)(request.GET)
        form.is_valid()
        typed = form.cleaned_data
        if not {*RULE, "effective_from"} <= typed.keys():
            return UNREADABLE
        scheme = RatingScheme(**{name: typed.get(name) for name in CHOSEN if name != "partnership"})
        return f"{services.rule_in_words(scheme)} From {scheme.effective_from:%-d %B %Y}."

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A version to read, with the way to the next one."""
        scheme = self.get_object(request, unquote(object_id))
        context = (extra_context or {}) | {"next_version": self._next(scheme)}
        return super().change_view(request, object_id, form_url, context)

    def _next(self, scheme: RatingScheme | None) -> str:
        """Where the next version is made."""
        if scheme is None:
            return ""
        query = {"indicator": scheme.indicator_id} if scheme.indicator_id else {"partnership": scheme.partnership_id}
        return reverse("admin:indicators_ratingscheme_add", query=query)

    # Rating again ---------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        """A page of its own for the act of rating again."""
        view = self.admin_site.admin_view(self.rate_again)
        name = "indicators_ratingscheme_rate_again"
        return [path("<path:object_id>/rate-again/", view, name=name), *super().get_urls()]

    def rate_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Which lights the rule would change, then with a reason the change of them all."""
        scheme: Any = self.get_object(request, unquote(object_id))
        if scheme is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        form = RateAgainForm(request.POST or None)
        if form.is_valid():
            try:
                done = services.rate_all_again(scheme=scheme, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
            except ValidationError as error:
                form.add_error("reason" if error.code == "reason" else None, error)
            else:
                self.message_user(request, f"{_counted(done)} rated again.", messages.SUCCESS)
                return redirect("admin:indicators_ratingscheme_change", scheme.pk)
        found = services.reratings(scheme)
        seen_first = sorted((one for one in found if one.has_other_words), key=lambda one: not one.has_other_light)
        context = {
            **self.admin_site.each_context(request),
            "title": "Rate figures again",
            "subtitle": None,
            "opts": self.opts,
            "scheme": scheme,
            "rates": self.choice_label(scheme),
            "rule": self.rule(scheme),
            "form": form,
            "seen": services.fingerprint(found),
            "rows": seen_first[:SHOWN],
            "counted": _counted(found),
            "left_out": max(len(seen_first) - SHOWN, 0),
            "sentences": _changes(found),
        }
        return TemplateResponse(request, "admin/indicators/ratingscheme/rate_again.html", context)


def _counted(found: Sequence[Rerating]) -> str:
    return f"{len(found)} {'figure' if len(found) == 1 else 'figures'}"


def _changes(found: Sequence[Rerating]) -> list[str]:
    """ "3 from green to amber", the most frequent first; then how many keep their light."""
    lights = Counter((one.before, one.verdict.rating) for one in found if one.has_other_light)
    words = sum(one.has_other_words and not one.has_other_light for one in found)
    rest = sum(not one.has_other_words for one in found)
    sentences = [
        f"{number} from {old.label.lower()} to {new.label.lower()}" for (old, new), number in lights.most_common()
    ]
    sentences += [f"{words} with the same light and other words"] if words else []
    return sentences + ([f"{rest} with the same light and words"] if rest else [])

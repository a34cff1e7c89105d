"""What the shared pieces in templates/components need and a template cannot say: lights, paging, sorting, filters."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from crispy_forms_gds.templatetags.crispy_forms_gds import field_errors
from django import forms, template
from django.core.paginator import Page
from django.http import QueryDict
from django.template import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from csp_tracker.rag import RAG, LightCounts

register = template.Library()

SELECTED = mark_safe(" selected")


@register.filter
def as_light(value: RAG | str | None) -> RAG:
    """The light of a stored value; no value is *not rated*."""
    return RAG(value or RAG.NOT_RATED)


@register.inclusion_tag("components/rag.html")
def rag(light: RAG | str | None, word: str = "", small: bool = False) -> dict[str, Any]:
    """A light as shape and word: `{% rag update.rag word=plan_word small=True %}`."""
    return {"light": light, "word": word, "small": small}


class LightShare(NamedTuple):
    """One light's part of a count: what the bar draws and the list says. Measures are per cent of all rows."""

    light: RAG
    number: int
    percent: int | None
    start: str
    width: str
    middle: str
    has_room: bool


@register.filter
def light_shares(counts: LightCounts) -> list[LightShare]:
    """The five lights of a count in their order, with where each begins in the bar."""
    shares, before = [], 0
    for light in RAG:
        number = getattr(counts, light.value)
        start, width = (100 * part / counts.total if counts.total else 0 for part in (before, number))
        percent = counts.percent(number) if light.is_rated else None
        middle = start + width / 2
        shares.append(LightShare(light, number, percent, f"{start:.2f}", f"{width:.2f}", f"{middle:.2f}", width >= 6))
        before += number
    return shares


@register.filter
def percent_of(counts: LightCounts, number: int) -> int | None:
    """`number` as a whole per cent of the rated rows; None where nothing is rated."""
    return counts.percent(number)


@register.filter
def pages_around(page: Page) -> Iterator[int | str]:
    """Page numbers to link to, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.inclusion_tag("components/sortable_header.html", takes_context=True)
def sortable_header(
    context: Context, label: str, column: str, parameter: str = "sort", css: str = ""
) -> dict[str, Any]:
    """A column heading that sorts: `{% sortable_header "Due" "due_on" %}` reads and writes `?sort=due_on`."""
    query = context["request"].GET.copy()
    now = query.get(parameter, "")
    query.pop("page", None)
    query[parameter] = f"-{column}" if now == column else column
    direction = {column: "ascending", f"-{column}": "descending"}.get(now, "none")
    return {"label": label, "url": f"?{query.urlencode()}", "direction": direction, "css": css}


class FilterInUse(NamedTuple):
    """A filter the reader set, in words, and the address without it."""

    label: str
    words: str
    url: str


def _without(query: QueryDict, name: str, value: str) -> str:
    """The query string less one value, back on the first page; "?" alone where nothing is left."""
    rest = query.copy()
    rest.setlist(name, [other for other in query.getlist(name) if other != value])
    rest.pop("page", None)
    return f"?{rest.urlencode()}"


def _words_for(field: forms.Field, value: str) -> str:
    """A value as the reader chose it: the label of a choice, not its key."""
    if isinstance(field.widget, forms.CheckboxInput):
        return "yes"
    choices = getattr(field, "choices", ())
    return next((str(label) for key, label in choices if str(key) == value), value)


@register.simple_tag(takes_context=True)
def filters_in_use(context: Context, form: forms.BaseForm) -> list[FilterInUse]:
    """The filters set in the query string, for the tags above a filter panel: `{% filters_in_use form as chosen %}`."""
    query = context["request"].GET
    return [
        FilterInUse(str(bound.label), _words_for(bound.field, value), _without(query, bound.html_name, value))
        for bound in form
        for value in query.getlist(bound.html_name)
        if value and not bound.is_hidden
    ]


@register.simple_tag(takes_context=True)
def carried_parameters(context: Context, form: forms.BaseForm) -> list[tuple[str, str]]:
    """Parameters of the address that the filter form has no field for (sort, partnership), to be sent along."""
    names = {form.add_prefix(name) for name in form.fields} | {"page"}
    query = context["request"].GET
    return [(name, value) for name in query if name not in names for value in query.getlist(name)]


@register.filter
def options(field: forms.BoundField) -> SafeString:
    """The options of a select: a list page has a hundred of them, and a template takes longer than the page's query."""
    value, choices = field.value(), getattr(field.field, "choices", ())
    chosen = "" if value is None else str(value)
    marked = ((key, SELECTED if str(key) == chosen else "", label) for key, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', marked)


@register.filter
def error_links(field: forms.BoundField) -> list[tuple[str, str]]:
    """Each error of a field with the id of the input it is about; what concerns a whole date leads to its first box."""
    parts = isinstance(field.field.widget, forms.MultiWidget)
    return [
        (f"{identity}_0" if parts and identity == field.auto_id else identity, error)
        for identity, errors in field_errors(field)
        for error in errors
    ]

"""Admin's pages for tests: where they are, and their forms filled in as a browser would post them."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin
from django.urls import reverse
from lxml import html

from csp_tracker.admin_base import ScopedAdmin
from csp_tracker.models import Agency, Membership, Partnership, User
from tests import builders as make


def scoped_admins() -> list[ScopedAdmin]:
    return [one for one in admin.site._registry.values() if isinstance(one, ScopedAdmin)]


def named(model_admin: Any) -> str:
    return model_admin.opts.label


def page(row: Any, name: str = "change", *args: Any) -> str:
    """The address of a row's page, or with a model of its list or add page."""
    keys = args or (() if isinstance(row, type) else (row.pk,))
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=keys)


def form_of(answer: Any) -> dict[str, Any]:
    """What a browser would post from the page if nobody touched it."""
    form = html.fromstring(answer.content.decode()).xpath("//form[contains(@id, '_form')]")[0]
    fields: dict[str, Any] = {}
    for field in form.xpath(".//input | .//textarea | .//select"):
        name, kind = field.get("name"), field.get("type")
        if not name or kind in ("submit", "button") or (kind == "checkbox" and field.get("checked") is None):
            continue
        value = (field.value or "").removeprefix("\n") if field.tag == "textarea" else field.value
        fields[name] = list(value) if field.tag == "select" and field.get("multiple") is not None else value or ""
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def save(client: Any, address: str, **changes: Any) -> Any:
    """Open the page, change some fields, and press Save."""
    return client.post(address, form_of(client.get(address)) | changes)


def errors_in(answer: Any) -> str:
    """What the form says is wrong, as one text."""
    found = html.fromstring(answer.content.decode()).xpath("//*[contains(@class, 'errorlist')]//text()")
    return " ".join(found)


def list_costs(count_queries: Any, client: Any, *models: type) -> dict[str, int]:
    """How many queries the list of each model takes."""
    costs = {}
    for model in models:
        address = page(model, "changelist")
        costs[model.__name__] = count_queries(partial(client.get, address))
    return costs


@dataclass
class World:
    """One partnership with one row of everything, each named after the place."""

    place: str
    partnership: Partnership
    agency: Agency
    administrator: User
    rows: dict[str, Any]

    def row_of(self, model: type) -> Any:
        return self.rows[model._meta.label]


def make_world(place: str) -> World:
    partnership = make.make_partnership(f"{place} partnership")
    agency = make.make_agency(partnership, f"{place} police")
    administrator = make.make_administrator(partnership, name=f"{place} administrator", agency=agency)
    officer = make.make_officer(
        partnership, name=f"{place} officer", agency=agency, email=f"{place.lower()}@example.org", job_title=place
    )
    plan = make.make_plan(partnership, title=f"{place} plan", slug=f"{place.lower()}-plan")
    earlier = make.make_plan(partnership, title=f"{place} earlier plan", slug=f"{place.lower()}-earlier")
    plan.previous = earlier
    plan.save()
    priority = make.make_priority(plan, title=f"{place} streets", lead=officer)
    objective = make.make_objective(priority, text=f"{place} safer")
    action = make.make_action(objective, text=f"{place} patrols", lead_officer=officer, lead_agency=agency)
    whole = make.make_indicator(partnership, name=f"{place} crime")
    indicator = make.make_indicator(partnership, name=f"{place} burglary", owner=officer, agency=agency, part_of=whole)
    make.link(action, indicator)
    make.make_support(action, agency)
    scheme = make.make_scheme(partnership, indicator=indicator, made_by=administrator)
    rows = [
        partnership,
        agency,
        officer,
        Membership.objects.get(user=officer),
        plan,
        priority,
        objective,
        action,
        make.make_milestone(action, text=f"{place} milestone"),
        make.make_evidence(action, title=f"{place} minutes"),
        make.make_round(plan),
        make.make_update(action, progress=f"{place} words"),
        indicator,
        make.make_baseline(indicator, text=f"{place} baseline"),
        make.make_target(indicator, text=f"{place} target"),
        make.make_reading(indicator, note=f"{place} note", scheme=scheme, entered_by=officer),
        scheme,
        make.make_police_series(make.make_indicator(partnership, name=f"{place} crimes", frequency="month")),
    ]
    return World(place, partnership, agency, administrator, {row._meta.label: row for row in rows})

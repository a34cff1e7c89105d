"""Nobody changes by a form what the form does not offer them: field × role × state, on every page that is posted.

Each form is posted as a browser shows it, with something changed, and then again with the name of every column of every
model beside it that the form does not offer this person. Both leave the same rows. A new form is found by its address.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.db import models, transaction

from actions.models import Action, ProgressUpdate, Round, TypedUpdate
from csp_tracker.fields import QuarterField
from csp_tracker.models import FileImport, FormReceipt, OutboxMail, User, WaitingForm
from tests import builders as make
from tests.conftest import SettledClient
from tests.filling import filled_in, has_form, names_in
from tests.pages import Page, pages
from tests.test_same_form_twice import SHOWN_ON, typed_for
from tests.test_who_sees_what import is_allowed
from tests.visitors import Visitors
from tests.world import ACTORS

pytestmark = pytest.mark.django_db
OURS = ("csp_tracker", "indicators", "actions", "reports")
LEFT_OUT = re.compile(r"accounts/|admin/(login|logout|account/|mfa/)")
#: What a form might be asked to believe that is no column.
MORE = {"by": "1", "author": "1", "light": "green", "user": "1", "today": "2020-01-01", "now": "2020-01-01", "id": "1"}
#: What is another each time; `made` holds keys of rows, which are compared themselves.
NOT_COMPARED = {(User, "password"), (OutboxMail, "text"), (FileImport, "file"), (FileImport, "made")}
#: What is typed and not saved is kept as it comes; of it the form takes back what it offers, as if it had been posted.
NOT_COMPARED |= {(TypedUpdate, "typed"), (TypedUpdate, "seen_version")}
UPDATE_STATES = ("none", "draft", "submitted", "returned", "approved", "locked")


class Shown(NamedTuple):
    """A form on its page, as a state of the update and of the plan lets somebody see it."""

    view: Page
    state: str

    def __str__(self) -> str:
        return f"{self.view} {self.state}".strip()


def _forms() -> Iterator[Shown]:
    for view in pages():
        if LEFT_OUT.match(view.address.route) or view.at == "anybody":
            continue
        is_of_admin = view.method == "admin" and view.address.name.endswith(("_add", "_change"))
        if view.method in ("form", "button") or is_of_admin:
            about_update = view.address.name in ("update", "action_comment", "action_note") and "draft" not in view.at
            yield from (Shown(view, state) for state in (UPDATE_STATES if about_update else ("",)))


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    with Visitors.come(django_db_blocker) as visitors:
        yield visitors


@pytest.fixture(scope="module")
def forged(visitors: Visitors) -> list[dict[str, str]]:
    """Every column of every model with another value in each of the layers: rows of ours and of others, each choice."""
    values: dict[str, list[str]] = {name: [value] for name, value in MORE.items()}
    for model in our_models():
        for field in model._meta.get_fields():
            if getattr(field, "concrete", False):
                for name in {field.name, getattr(field, "attname", field.name)}:
                    values.setdefault(name, []).extend(tempting(field, visitors))
    columns = [dict.fromkeys(found) for found in values.values()]
    layers = list(zip_longest(*columns))[:2]
    return [
        {name: str(value if value is not None else next(iter(column)))
         for name, value, column in zip(values, layer, columns, strict=True)}
        for layer in layers
    ]  # fmt: skip


def our_models() -> list[type[models.Model]]:
    return [
        model
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "instance_type") and model not in (FormReceipt, WaitingForm)
    ]


def tempting(field: Any, visitors: Visitors) -> list[str]:
    """Values that would be taken if the column could be written."""
    if field.related_model is not None:
        return [str(world.rows[field.related_model].pk) for world in (visitors.own, visitors.foreign)
                if field.related_model in world.rows] or ["1"]  # fmt: skip
    if isinstance(field, QuarterField):
        return [make.QUARTER.next.code]
    if field.flatchoices:
        return [str(value) for value, _ in reversed(field.flatchoices)]
    kinds = {
        models.BooleanField: "on", models.DateField: "2020-01-01", models.DecimalField: "7", models.IntegerField: "7",
        models.JSONField: '["Forged"]', models.EmailField: "forged@example.org",
    }  # fmt: skip
    return [next((value for kind, value in kinds.items() if isinstance(field, kind)), "Forged")]


def rows() -> dict[type[models.Model], dict[Any, dict[str, Any]]]:
    """What is stored of everything."""
    return {
        model: {row["pk"]: row for row in model._base_manager.values("pk", *columns_of(model))}
        for model in our_models()
    }


def columns_of(model: type[models.Model]) -> list[str]:
    return [one.attname for one in model._meta.concrete_fields if (model, one.name) not in NOT_COMPARED]


def difference(before: Any, after: Any) -> list[Any]:
    """The rows that came or changed, with the keys of new ones left out: a sequence does not go back."""
    found = []
    for model in our_models():
        keys = {one.attname: one.related_model for one in model._meta.concrete_fields if one.related_model in before}
        for key, row in after[model].items():
            if before[model].get(key) == row:
                continue
            said = {
                name: "new" if name in keys and value not in (None, *before[keys[name]]) else value
                for name, value in row.items()
                if name not in ("pk", "id")
            }
            found.append((model.__name__, key if key in before[model] else "new", said))
        found += [(model.__name__, key, "gone") for key in before[model].keys() - after[model].keys()]
    return found


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def put(state: str, visitors: Visitors) -> None:
    """Bring the world's update, or its quarter, into the state."""
    updates = ProgressUpdate.objects.filter(pk=visitors.own[ProgressUpdate].pk)
    manager = visitors.people["administrator"]
    if state == "none":
        updates.delete()
    elif state == "locked":
        Round.objects.filter(pk=visitors.own[Round].pk).update(locked_at=make.NOW, locked_by=manager)
    elif state:
        more = {
            "approved": {"approved_by": manager, "approved_at": make.NOW},
            "returned": {"returned_by": manager, "returned_at": make.NOW, "returned_words": "How many?"},
        }
        updates.update(state=state, **more.get(state, {}))


def typed_in(view: Page, browser: Any, visitors: Visitors) -> tuple[dict[str, Any], set[str]]:
    """What the person would post from the form as it is shown to them, and every name it offers."""
    shown_on, field = SHOWN_ON.get(view.address.name, (view.address.name, None))
    page = view.url(visitors.own) if shown_on == view.address.name else visitors.own[Action].get_absolute_url()
    answer = browser.get(page)
    if answer.status_code != 200 or (view.method == "button" and not field) or not has_form(answer):
        return {}, set()
    typed = filled_in(answer, field)
    given = typed_for(view, visitors.own)
    typed |= given | {key: "Tried" for key in typed if re.fullmatch(r"(\w+-)?(date_)?reason", key)}
    return typed, names_in(answer, field) | given.keys()


@pytest.mark.parametrize("shown", [pytest.param(one, id=str(one)) for one in _forms()])
def test_what_a_form_does_not_offer_changes_nothing(visitors, forged, shown: Shown):
    view = shown.view
    url = view.url(visitors.own)
    for actor in (one for one in ACTORS if one != "anonymous" and is_allowed(view, one)):
        browser = SettledClient()
        browser.cookies.update(visitors.sessions[actor])
        with taken_back():
            put(shown.state, visitors)
            typed, offered = typed_in(view, browser, visitors)
            before = rows()
            with taken_back():
                expected = browser.post(url, typed).status_code
                changed = difference(before, rows())
            for layer in forged:
                extra = {name: value for name, value in with_prefixes(layer, typed).items() if name not in offered}
                with taken_back():
                    status = browser.post(url, extra | typed).status_code
                    assert (status, difference(before, rows())) == (expected, changed), actor


def with_prefixes(layer: dict[str, str], typed: dict[str, Any]) -> dict[str, str]:
    """The names by themselves, and behind whatever the form's own names begin with."""
    prefixes = {name.partition("-")[0] for name in typed if "-" in name}
    return layer | {f"{prefix}-{name}": value for prefix in prefixes for name, value in layer.items()}


def test_the_table_is_large(visitors, forged):
    """So many columns, each posted beside so many forms by everybody who may use them."""
    tries = sum(is_allowed(one.view, actor) for one in _forms() for actor in ACTORS[1:])
    assert len(forged[0]) > 100
    assert tries > 200


# The version a form carries is what it was filled from, and nothing else ----------------------------------------------

EDITS = [
    pytest.param(one.view, id=str(one.view))
    for one in _forms()
    if one.view.address.name.endswith(("_edit", "_change", "_rate")) or str(one) == "update of update submitted"
]


@pytest.mark.parametrize("version", ["", "0", "-1", "999", "nonsense", str(2**70)])
@pytest.mark.parametrize("view", EDITS)
def test_a_made_up_version_saves_nothing(visitors, view: Page, version):
    actor = next(one for one in reversed(ACTORS) if is_allowed(view, one))
    browser = SettledClient()
    browser.cookies.update(visitors.sessions[actor])
    url = view.url(visitors.own)
    typed, offered = typed_in(view, browser, visitors)
    carrier = next((name for name in ("version_seen", "version") if name in offered), None)
    if carrier is None:
        assert not typed or view.is_of_admin
        return
    before = rows()
    with taken_back():
        answer = browser.post(url, typed | {carrier: version})
        assert answer.status_code in (200, 400, 409)
        assert not difference(before, rows())

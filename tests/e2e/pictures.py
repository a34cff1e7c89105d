"""Writes a picture of every page of the demonstration, on a desk and on a phone, into screenshots/.

For maintainers who look at pages: `python -m pytest -n 0 tests/e2e/pictures.py`. No run of the tests collects it.
"""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page as Tab

from actions.models import Action, Plan
from tests.e2e.demonstration import Demonstration, make_demonstration
from tests.e2e.looking import DESK, PHONE, set_width
from tests.e2e.test_every_page import FORM, SEEN, looker, send_empty

FOLDER = settings.BASE_DIR / "screenshots"  # not build/, whose files browsers are served
#: Further looks at pages: name, who, address.
MORE = (
    ("home-of-nobody", "anonymous", "/"),
    ("updates-of-an-officer", "lead officer", "/updates/"),
    ("updates-all-done", "done", "/updates/"),
    ("action-of-an-officer", "lead officer", "{action}"),
    ("action-complete", "manager", "{complete}"),
    ("action-imported", "manager", "{imported}"),
    ("actions-filtered", "viewer", "/actions/?light=red&light=red&words=the"),
    ("actions-none-found", "viewer", "/actions/?words=unicorn"),
    ("actions-of-the-other-partnership", "manager", "/actions/?partnership=maldon&plan=action-plan-200910"),
    ("plan-of-2009", "manager", "/plans/action-plan-200910/"),
    ("plan-of-2015", "manager", "/plans/action-plan-201516/"),
    ("dashboard-of-2009", "manager", "/dashboard/?partnership=maldon&plan=action-plan-200910"),
    ("not-found", "viewer", "/plans/nowhere/"),
    ("not-allowed", "viewer", "{plan}edit/"),
    ("admin", "administrator", "/admin/"),
)


@pytest.fixture
def world() -> Demonstration:
    FOLDER.mkdir(parents=True, exist_ok=True)
    return make_demonstration()


def picture(tab: Tab, name: str) -> None:
    """On a desk and on a phone."""
    for width in (DESK, PHONE):
        set_width(tab, width)
        tab.screenshot(path=FOLDER / f"{re.sub(r'[^a-z0-9]+', '-', name)}-{width}.png", full_page=True)
    set_width(tab, DESK)


def test_pictures_of_every_page(enter, world):
    for page in SEEN:
        if page.at.startswith(("draft ", "archived ")):
            continue
        tab = enter(world.people.get(looker(page)))
        tab.goto(page.url(world))
        picture(tab, str(page))
        if page.method == "form" and tab.locator(FORM).count() and "archive" not in str(page):
            send_empty(tab)
            picture(tab, f"{page} sent empty")
        tab.context.close()
    imported = Action.objects.filter(plan__slug="action-plan-200910", reference="7.2.1").get()
    places = {
        "action": world[Action].get_absolute_url(),
        "complete": Action.objects.filter(plan=world[Plan], status="complete").first().get_absolute_url(),
        "imported": imported.get_absolute_url(),
        "plan": world[Plan].get_absolute_url(),
    }
    for name, actor, address in MORE:
        tab = enter(world.people.get(actor))
        tab.goto(address.format(**places))
        picture(tab, name)
        tab.context.close()

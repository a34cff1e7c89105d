"""Every page of the table of pages, as who may see it: no violation of WCAG 2.2 AA, one h1, a title, nothing cut off.

The pages come from tests/pages.csv, whose own test fails for an address that is not in it. Django admin is Django's:
of it only the first page is looked at (some of its lists and forms break rules; nobody but administrators needs it).
"""

import pytest
from django.db import transaction
from playwright.sync_api import Page as Tab

from tests.e2e.looking import faults
from tests.pages import Page, pages
from tests.world import make_world

#: Whose eyes a page is seen with: the first of these whom it answers.
LOOKERS = ("manager", "administrator", "lead officer", "viewer", "anonymous")
FOR_STRANGERS = ("account_", "accessibility", "privacy", "invitation")
NO_HTML = (
    "healthz",
    "evidence_file",
    "indicator_chart",
    "plan_report",
    "plan_kpis_file",
    "kpis_file",
    "indicator_file",
    "mfa_download_recovery_codes",
)
FORM = "main form[method=post]"


def looker(page: Page) -> str | None:
    """Who sees most of the page; nobody where it only redirects."""
    order = LOOKERS if not page.address.name.startswith(FOR_STRANGERS) else ("anonymous", *LOOKERS)
    for kind in ({200}, {403, 404, 410}):
        for actor in order:
            if page.expected[actor] in kind:
                return actor
    return None


def is_looked_at(page: Page) -> bool:
    is_ours = "admin:" not in page.address.name and page.address.name not in NO_HTML
    is_as_before = page.at.startswith("draft ") and page.address.name != "plan"
    return is_ours and page.method in ("page", "form") and not is_as_before and looker(page) is not None


SEEN = [page for page in pages() if is_looked_at(page)]


@pytest.mark.parametrize("page", SEEN, ids=str)
def test_a_page_is_sound_and_so_is_its_form_sent_empty(enter, page):
    with transaction.atomic():
        world = make_world("Blackwater")
    actor = looker(page)
    tab = enter(world.people.get(actor))
    answer = tab.goto(page.url(world))
    assert answer.status == page.expected[actor]
    assert not faults(tab)
    if page.method == "form" and tab.locator(FORM).count():
        send_empty(tab)
        assert not faults(tab)


def send_empty(tab: Tab) -> None:
    """Empty every box one can type in, and press the first button that is seen and sends it."""
    form = tab.locator(FORM).first
    for box in form.locator("input:is([type=text], [type=email], [type=password]), textarea").all():
        box.evaluate("box => box.value = ''")
    with tab.expect_navigation():
        form.locator("button:not([aria-hidden], [formaction])").first.click()

"""The list of actions: the address is its whole state, with a script and without."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from csp_tracker.rag import RAG
from tests import builders as make
from tests.e2e.looking import PHONE, faults, set_width
from tests.e2e.steps import heading


@pytest.fixture
def desk() -> SimpleNamespace:
    partnership = make.make_partnership("Blackwater CSP")
    police = make.make_agency(partnership, "Essex Police")
    plan = make.make_plan(partnership, title="Safer Blackwater 2025/26")
    lights = (RAG.RED, RAG.RED, RAG.GREEN, RAG.AMBER)
    actions = [make.make_action(plan, text=f"Action {light} {n}", lead_agency=police) for n, light in enumerate(lights)]
    for action, light in zip(actions, lights, strict=True):
        make.make_update(action, rag=light)
    make.make_action(plan, text="Silent since spring")
    return SimpleNamespace(viewer=make.make_viewer(partnership), plan=plan, police=police, partnership=partnership)


def rows(page: Page):
    return page.get_by_role("main").locator("tbody tr")


def apply(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Apply filters").click()


def open_filters(page: Page) -> None:
    """On a phone, and without style, they are folded."""
    if not page.get_by_role("button", name="Apply filters").is_visible():
        page.locator("summary", has_text="Filters").click()


def filtering(page: Page) -> None:
    page.goto("/actions/")
    expect(rows(page)).to_have_count(5)
    open_filters(page)
    page.get_by_label("Light").select_option("Red")
    page.get_by_label("Lead agency").select_option("Essex Police")
    apply(page)
    expect(page).to_have_url(re.compile(r"light=red"))
    expect(rows(page)).to_have_count(2)
    open_filters(page)
    expect(page.get_by_label("Light")).to_have_value("red")
    with page.expect_navigation():
        page.get_by_role("link", name="Remove this filter: Light: Red").click()
    expect(page).not_to_have_url(re.compile(r"light=red"))
    expect(rows(page)).to_have_count(4)
    page.go_back()
    expect(page).to_have_url(re.compile(r"light=red"))
    expect(rows(page)).to_have_count(2)


def test_filters_are_in_the_address_can_be_taken_away_and_come_back(enter, desk):
    filtering(enter(desk.viewer))


def test_filters_without_a_script(enter, desk):
    filtering(enter(desk.viewer, java_script_enabled=False))


def test_filters_on_a_phone(enter, desk):
    page = enter(desk.viewer)
    set_width(page, PHONE)
    filtering(page)


def test_the_address_alone_shows_somebody_else_the_same_list(enter, desk):
    page = enter(desk.viewer)
    page.goto("/actions/?words=silent&not_updated=on")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Silent since spring")


def test_nothing_found_says_what_to_do(enter, desk):
    page = enter(desk.viewer)
    page.goto("/actions/?words=unicorn")
    expect(page.get_by_role("heading", name="No action matches these filters")).to_be_visible()
    assert not faults(page)
    page.get_by_role("main").get_by_role("link", name="Clear all filters").last.click()
    expect(rows(page)).to_have_count(5)


def test_a_long_list_has_pages_that_keep_the_filters(enter, desk):
    for number in range(60):
        make.make_action(desk.plan, text=f"Walk number {number}")
    page = enter(desk.viewer)
    page.goto("/actions/?words=walk")
    expect(rows(page)).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(page).to_have_url(re.compile(r"words=walk.*page=2|page=2.*words=walk"))
    expect(rows(page)).to_have_count(10)
    expect(page).to_have_title(re.compile("^Actions, page 2"))
    assert not faults(page)


def test_a_column_sorts_and_says_so(enter, desk):
    page = enter(desk.viewer)
    page.goto("/actions/")
    page.get_by_role("columnheader", name="Due").get_by_role("link").click()
    expect(page).to_have_url(re.compile("sort=due"))
    expect(page.get_by_role("columnheader", name="Due")).to_have_attribute("aria-sort", "ascending")


def test_a_member_of_two_partnerships_changes_between_them(enter, desk):
    other = make.make_partnership("Chelmer CSP")
    make.make_action(make.make_plan(other), text="Only in Chelmer")
    make.make_member(other)
    desk.viewer.memberships.create(partnership=other, agency=make.make_agency(other), role="viewer")
    page = enter(desk.viewer)
    page.goto("/actions/")
    expect(page.locator(".app-header__partnership")).to_have_text("Blackwater CSP")
    page.get_by_text("Change partnership").click()
    page.get_by_role("link", name="Chelmer CSP").click()
    expect(page.locator(".app-header__partnership")).to_have_text("Chelmer CSP")
    expect(heading(page)).to_have_text("Plans")
    page.goto("/actions/")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("Only in Chelmer")
    page.locator("summary", has_text="Change partnership").click()
    assert not faults(page)

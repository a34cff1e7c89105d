"""What a manager does: from a number to its list, the Excel, giving actions a lead, building the plan."""

import re
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from csp_tracker.rag import RAG
from tests import builders as make
from tests.e2e.looking import faults
from tests.e2e.steps import heading


@pytest.fixture
def desk() -> SimpleNamespace:
    partnership = make.make_partnership("Blackwater CSP")
    police = make.make_agency(partnership, "Essex Police")
    officer = make.make_officer(partnership, agency=police, name="Olu Officer")
    plan = make.make_plan(partnership, title="Safer Blackwater 2025/26", slug="safer-blackwater")
    lights = (RAG.RED, RAG.RED, RAG.AMBER, RAG.GREEN, RAG.GREEN, RAG.GREEN, RAG.COMPLETE)
    first, second = (make.make_objective(make.make_priority(plan)) for _ in range(2))
    for number, light in enumerate(lights):
        objective = first if number < 4 else second
        make.make_update(make.make_action(objective, text=f"Action number {number}"), rag=light, submitted_by=officer)
    make.make_action(second, text="Silent since spring")
    manager = make.make_manager(partnership, name="Mo Manager")
    return SimpleNamespace(partnership=partnership, police=police, officer=officer, plan=plan, manager=manager)


def rows(page: Page):
    return page.get_by_role("main").locator("tbody tr")


def test_each_number_of_the_dashboard_leads_to_a_list_of_as_many(enter, desk):
    page = enter(desk.manager)
    page.goto("/")
    expect(heading(page)).to_contain_text("Safer Blackwater 2025/26")
    links = page.get_by_role("main").locator("a[href*='/actions/?']:not(th > a)").all()
    told = [(link.get_attribute("href"), re.match(r"\d+", link.inner_text())) for link in links]
    counted = [(href, int(number.group())) for href, number in told if number]
    assert len(counted) >= 9
    for href, number in counted:
        page.goto(href)
        assert rows(page).count() == number, href


def test_the_excel_of_the_plan_says_what_the_screen_says(enter, desk, tmp_path):
    page = enter(desk.manager)
    page.goto("/plans/safer-blackwater/")
    counts = [one.inner_text() for one in page.locator(".app-counts__number").all()]
    on_screen = [int(re.match(r"\d+", text).group()) for text in counts]
    assert on_screen == [2, 1, 3, 1, 1]
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Excel").click()
    assert "working-copy" in download.value.suggested_filename
    file = tmp_path / "paper.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    assert "Working copy, not issued" in book["Cover"]["A2"].value
    *_, totals = book["Summary"].iter_rows(values_only=True)
    assert totals[:7] == ("All priorities", *on_screen, sum(on_screen))
    lights = [row[-1] for row in book["Action plan"].iter_rows(values_only=True)]
    assert [lights.count(name) for name in ("Red", "Amber", "Green", "Complete")] == on_screen[:4]


def test_ticked_actions_are_given_a_lead(enter, desk):
    page = enter(desk.manager)
    page.goto("/plans/safer-blackwater/")
    page.get_by_role("link", name="Assign").click()
    for name in ("Action number 0", "Silent since spring"):
        page.get_by_role("checkbox", name=re.compile(name)).check()
    page.get_by_label("Lead officer").select_option("Olu Officer")
    page.get_by_role("button", name="Assign ticked actions").click()
    expect(page.get_by_role("main")).to_contain_text("2 actions assigned.")
    led = desk.plan.actions.filter(lead_officer=desk.officer)
    assert {action.text for action in led} == {"Action number 0", "Silent since spring"}


def test_nothing_ticked_is_said_and_the_choice_kept(enter, desk):
    page = enter(desk.manager, java_script_enabled=False)
    page.goto("/plans/safer-blackwater/assign/")
    page.get_by_label("Lead officer").select_option("Olu Officer")
    page.get_by_role("button", name="Assign ticked actions").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick")
    expect(page.get_by_label("Lead officer")).to_have_value(str(desk.officer.pk))


def test_one_persons_work_is_handed_to_another(enter, desk):
    leaver = make.make_officer(desk.partnership, name="Lee Leaver")
    make.make_action(desk.plan, text="Left behind", lead_officer=leaver)
    page = enter(desk.manager)
    page.goto("/plans/safer-blackwater/assign/")
    page.get_by_label("From", exact=True).select_option(label="Lee Leaver (1 action)")
    page.get_by_label("To", exact=True).select_option("Olu Officer")
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("main")).to_contain_text("Olu Officer now has the open work of Lee Leaver: 1 action.")


def test_a_plan_is_built_by_hand_from_nothing(enter, desk):
    page = enter(desk.manager)
    page.goto("/plans/")
    page.get_by_role("link", name="New plan").click()
    page.get_by_label("Title").fill("Safer Blackwater 2026/27")
    for group, day in (("First day", ("1", "4", "2026")), ("Last day", ("31", "3", "2027"))):
        boxes = page.get_by_role("group", name=group)
        for label, value in zip(("Day", "Month", "Year"), day, strict=True):
            boxes.get_by_label(label).fill(value)
    page.locator("form[method=post] button.govuk-button").last.click()
    expect(heading(page)).to_have_text("Structure")
    expect(page.get_by_role("main")).to_contain_text("Safer Blackwater 2026/27")
    page.get_by_role("link", name="Add priority").first.click()
    page.get_by_label("Title").fill("Burglary")
    page.get_by_role("button", name="Add priority").click()
    page.get_by_role("link", name="Add an objective").click()
    page.get_by_label("Objective", exact=True).fill("Fewer burglaries")
    page.get_by_role("button", name="Add objective").click()
    page.get_by_role("link", name="Add an action").click()
    page.get_by_label("Action", exact=True).fill("Mark property")
    page.get_by_role("radio", name="Ongoing").check()
    page.get_by_role("button", name="Add action").click()
    expect(page.get_by_role("main")).to_contain_text("Action 1.1.1 has been added.")
    assert not faults(page)

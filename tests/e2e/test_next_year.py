"""A plan is rolled forward: from its page over the decisions to the draft, with and without scripts."""

from datetime import date
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from actions.models import Plan
from csp_tracker.rag import RAG
from tests import builders as make
from tests.e2e.looking import faults
from tests.e2e.steps import heading


@pytest.fixture
def desk() -> SimpleNamespace:
    partnership = make.make_partnership("Blackwater CSP")
    plan = make.make_plan(partnership, title="Safer Blackwater 2025/26", slug="safer-blackwater")
    actions = [make.make_action(plan, text=f"Action number {number}") for number in range(4)]
    make.make_update(actions[0], rag=RAG.GREEN, rag_as_stated="GREEN c/f Actions")
    make.make_update(actions[1], rag=RAG.COMPLETE, progress="All done.")
    make.make_update(actions[2], rag=RAG.RED, progress="No resources.")
    manager = make.make_manager(partnership, name="Mo Manager")
    return SimpleNamespace(partnership=partnership, plan=plan, actions=actions, manager=manager)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_plan_is_rolled_forward(enter, desk, scripts):
    page = enter(desk.manager, java_script_enabled=scripts)
    page.goto("/plans/safer-blackwater/")
    page.get_by_role("link", name="Next year").click()
    choices = [page.get_by_label(f"Next year: action {action.reference}") for action in desk.actions]
    for choice, proposed in zip(choices, ("as_is", "completed", "dropped", "as_is"), strict=True):
        expect(choice).to_have_value(proposed)
    words = page.get_by_label(f"New words for action {desk.actions[3].reference}")
    assert words.is_visible() != scripts  # a script shows the box once it is asked for
    choices[3].select_option("Carried with new words")
    expect(words).to_be_visible()
    words.fill("Action number three, at last")
    page.get_by_label(f"Why: action {desk.actions[3].reference}").fill("Clearer")
    page.get_by_label("Where was this decided?").fill("Strategy group")
    page.get_by_role("button", name="Save and go on to confirm").click()
    expect(heading(page)).to_have_text("Confirm the next plan")
    expect(page.get_by_role("main")).to_contain_text("A draft is made with 2 of 4 actions")
    if scripts:
        assert not faults(page)
    page.get_by_role("button", name="Make the next plan").click()
    expect(heading(page)).to_have_text("Make the plan active")
    expect(page.get_by_role("main")).to_contain_text("2 of the actions have no lead officer")
    if scripts:
        assert not faults(page)
    page.get_by_role("button", name="Make it active").click()
    expect(heading(page)).to_have_text("Open a round")
    page.get_by_role("button", name="Open round").click()
    expect(page.get_by_role("main")).to_contain_text("Q1 2026/27")
    made = Plan.objects.get(previous=desk.plan)
    assert [action.text for action in made.actions.order_by("reference")] == [
        "Action number 0", "Action number three, at last",
    ]  # fmt: skip
    page.goto(made.actions.get(text="Action number 0").get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text(
        f"Safer Blackwater 2025/26 {desk.actions[0].reference}, second year"
    )
    page.go_back()
    page.goto("/plans/safer-blackwater/forward/")
    expect(page.get_by_role("main")).to_contain_text("Rolled forward to Safer Blackwater 2026/27")
    if scripts:
        assert not faults(page)


def test_everything_by_keyboard(enter, desk):
    page = enter(desk.manager)
    page.goto("/plans/safer-blackwater/forward/")
    page.get_by_label("Where was this decided?").focus()
    page.keyboard.type("Strategy group")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Confirm the next plan")
    page.get_by_label("Title of the next plan").focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Make the plan active")
    page.get_by_role("button", name="Make it active").focus()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Open a round")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_imported_plan_is_tied_to_the_one_before_it(enter, desk, scripts):
    days = {"starts_on": date(2026, 4, 1), "ends_on": date(2027, 3, 31)}
    imported = make.make_plan(desk.partnership, title="Safer Blackwater 2026/27", slug="imported", **days)
    for number in (3, 0):
        make.make_action(imported, text=f"Action number {number}")
    old = desk.actions
    page = enter(desk.manager, java_script_enabled=scripts)
    page.goto("/plans/imported/edit/")
    page.get_by_label("This plan follows").select_option("Safer Blackwater 2025/26")
    page.get_by_label("Why is this changing?").fill("It came as a file")
    page.get_by_role("button", name="Save changes").click()
    expect(heading(page)).to_have_text("What became of Safer Blackwater 2025/26")
    became = [page.get_by_label(f"What became of action {action.reference}") for action in old]
    expect(became[0].locator("option:checked")).to_have_text("Goes on as 1.1.2")
    expect(became[1]).to_have_value("completed")
    expect(page.get_by_label(f"Why it ended: action {old[2].reference}")).to_have_value("The words say “No resources”")
    other = page.get_by_label(f"Another action that {old[2].reference} goes on as")
    assert other.is_visible() != scripts
    became[2].select_option("Goes on as an action of the plan")
    other.fill("1.1.1")
    page.get_by_label("Where was this decided?").fill("Strategy group")
    if scripts:
        assert not faults(page)
    page.get_by_label("Where was this decided?").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("What became of 4 actions has been recorded.")
    page.goto(imported.actions.get(text="Action number 0").get_absolute_url())
    expect(page.get_by_role("main")).to_contain_text(f"Safer Blackwater 2025/26 {old[0].reference}, second year")

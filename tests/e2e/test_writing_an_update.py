"""The main job: an officer says what happened this quarter."""

import re
from time import monotonic
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from actions.models import ProgressUpdate
from actions.values import UpdateState
from csp_tracker.rag import RAG
from indicators.models import Reading
from tests import builders as make
from tests.e2e.looking import PHONE, faults, set_width
from tests.e2e.steps import heading

WORDS = "Six street briefings were held; “Ōtara Road” and Heybridge had none."
PROGRESS, NEEDED, WHY = "What happened this quarter?", "What still needs to be done?", "Why this light?"


@pytest.fixture
def desk() -> SimpleNamespace:
    """An officer who owes two updates, of which the first had one last quarter and has a KPI."""
    partnership = make.make_partnership("Blackwater CSP")
    agency = make.make_agency(partnership, "Essex Police")
    officer = make.make_officer(partnership, agency=agency, name="Olu Officer")
    plan = make.make_plan(partnership, title="Safer Blackwater 2025/26")
    first = make.make_action(plan, text="Hold street briefings in every ward", lead_officer=officer)
    second = make.make_action(plan, text="Train shop staff", lead_officer=officer)
    make.make_update(
        first, make.QUARTER.previous, progress="Four briefings were held.", rag=RAG.GREEN, submitted_by=officer
    )
    kpi = make.make_indicator(partnership, name="Burglaries", owner=officer)
    make.link(first, kpi)
    make.make_round(plan)
    return SimpleNamespace(
        partnership=partnership, agency=agency, officer=officer, plan=plan, first=first, second=second, kpi=kpi
    )


def update_page(action) -> str:
    return f"/actions/{action.pk}/updates/{make.QUARTER.code}/"


def choose_light(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).check()


def save(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def only_update(action) -> ProgressUpdate:
    return action.updates.get(quarter=make.QUARTER)


def journey(page: Page, desk: SimpleNamespace) -> None:
    """From what is owed to the next that is owed, with a refusal on the way."""
    page.goto("/updates/")
    expect(page.get_by_text("0 of 2 done")).to_be_visible()
    page.get_by_role("link", name="Hold street briefings").click()
    expect(heading(page)).to_have_text("Update for Q1 2025/26")
    expect(page.get_by_text("Four briefings were held.")).to_be_visible()
    page.get_by_label(PROGRESS).fill(WORDS)
    page.get_by_label(NEEDED).fill("Book the last two halls.")
    page.get_by_label("Figure for Q1 2025/26").fill("1,884")
    choose_light(page, "Red")
    save(page, "Submit update")

    expect(page).to_have_title(re.compile("^Error: Update for Q1 2025/26"))
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Enter why the light is red")
    expect(page.get_by_label(PROGRESS)).to_have_value(WORDS)
    expect(page.get_by_label("Figure for Q1 2025/26")).to_have_value("1,884")
    assert not desk.first.updates.filter(quarter=make.QUARTER).exists()
    assert not Reading.objects.exists()
    summary.get_by_role("link", name="Enter why the light is red").click()
    expect(page.get_by_label(WHY)).to_be_focused()
    page.get_by_label(WHY).fill("Two halls closed.")
    save(page, "Submit update")

    expect(page.get_by_role("main")).to_contain_text("Update for Q1 2025/26 submitted")
    expect(page.get_by_role("main")).to_contain_text("Train shop staff")
    expect(heading(page)).to_have_text("Update for Q1 2025/26")
    update = only_update(desk.first)
    assert (update.state, update.rag, update.progress) == (UpdateState.SUBMITTED, RAG.RED, WORDS)
    assert update.submitted_by == desk.officer
    assert desk.kpi.readings.get().value == 1884


def test_red_without_a_reason_is_refused_and_nothing_typed_is_lost(enter, desk):
    journey(enter(desk.officer), desk)


def test_the_same_without_a_script(enter, desk):
    journey(enter(desk.officer, java_script_enabled=False), desk)


def test_the_same_on_a_phone(enter, desk):
    page = enter(desk.officer, has_touch=True)
    set_width(page, PHONE)
    journey(page, desk)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_the_same_by_keyboard_alone(enter, desk):
    page = enter(desk.officer)
    page.goto("/updates/")
    tab_to(page, "Hold street briefings")
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("Update for Q1 2025/26")
    tab_to(page, PROGRESS)
    page.keyboard.type(WORDS)
    tab_to(page, NEEDED)
    page.keyboard.type("Book the last two halls.")
    tab_to(page, "Red")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Amber")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label(WHY)).to_be_focused()
    page.keyboard.type("Two halls closed.")
    tab_to(page, "Submit update")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Update for Q1 2025/26 submitted")
    assert only_update(desk.first).rag == RAG.AMBER


def test_an_update_is_three_clicks(enter, desk):
    """Open the task, choose the light, submit; and one writes. The next task is open then."""
    page = enter(desk.officer)
    page.goto("/updates/")
    clicks = [
        lambda: page.get_by_role("link", name="Train shop staff").click(),
        lambda: page.get_by_role("radio", name="Green").click(),
        lambda: page.get_by_role("button", name="Submit update").click(),
    ]
    clicks[0]()
    page.get_by_label(PROGRESS).fill(WORDS)
    clicks[1]()
    with page.expect_navigation():
        clicks[2]()
    assert only_update(desk.second).state == UpdateState.SUBMITTED
    expect(page.get_by_role("main")).to_contain_text("Hold street briefings")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_no_change_is_said_in_the_list_itself(enter, desk, has_scripts):
    page = enter(desk.officer, java_script_enabled=has_scripts)
    page.goto("/updates/")
    page.get_by_text("No change since Q4 2024/25?").click()
    page.get_by_label("Why has nothing changed?").fill("Waiting for the halls")
    if has_scripts:
        assert not faults(page)
    save(page, "Submit words and light of Q4 2024/25 as unchanged")
    expect(page.get_by_text("1 of 2 done")).to_be_visible()
    assert only_update(desk.first).unchanged_because == "Waiting for the halls"


def test_words_of_a_supporting_agency_are_asked_for_written_and_put_into_the_leads_box(enter, desk):
    fire = make.make_agency(desk.partnership, "Essex Fire", short_name="Fire")
    make.make_support(desk.first, fire)
    page = enter(make.make_officer(desk.partnership, agency=fire))
    page.goto("/updates/")
    expect(page.get_by_text("Essex Fire supports 1 action that others lead.")).to_be_visible()
    assert not faults(page)
    page.get_by_role("link", name="Contribute words for Q1 2025/26").click()
    expect(page.get_by_label("Quarter", exact=True)).to_have_value(make.QUARTER.code)
    page.get_by_label("Comment", exact=True).fill("We spoke at three of them.")
    assert not faults(page)
    save(page, "Add comment")
    page.goto("/updates/")
    expect(page.get_by_text("Contributed", exact=True)).to_be_visible()

    lead = enter(desk.officer)
    lead.goto(update_page(desk.first))
    lead.get_by_role("button", name="words of Fire").click()
    expect(lead.get_by_label(PROGRESS)).to_have_value("Fire: We spoke at three of them.")
    assert not faults(lead)


class Keyboard:
    """Counts the keys: those that move on, and those that do something."""

    def __init__(self, page: Page) -> None:
        self.page, self.moved, self.pressed = page, 0, 0

    def go_to(self, name: str) -> None:
        self.moved += tab_to(self.page, name)

    def skip_to_content(self) -> None:
        """Past the header, by the link that stands first on every page."""
        self.go_to("Skip to main content")
        self.page.keyboard.press("Enter")
        self.moved += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def press_and_go(self, key: str) -> None:
        with self.page.expect_navigation():
            self.press(key)


def test_an_update_by_keyboard_alone_is_three_keys_beside_moving_and_writing(enter, desk, record_property):
    page = enter(desk.officer)
    page.goto("/updates/")
    keys, start = Keyboard(page), monotonic()
    keys.skip_to_content()
    keys.go_to("Train shop staff")
    keys.press_and_go("Enter")
    keys.skip_to_content()
    keys.go_to(PROGRESS)
    page.keyboard.type(WORDS)
    keys.go_to("Red")
    keys.press("Space")
    keys.go_to(WHY)
    page.keyboard.type("Two halls closed.")
    keys.go_to("Submit update")
    keys.press_and_go("Enter")
    seconds = monotonic() - start
    assert only_update(desk.second).state == UpdateState.SUBMITTED
    told = f"{keys.pressed} keys, {keys.moved} more to move there, and the words: {seconds:.1f} seconds"
    record_property("an update by keyboard", told)
    assert keys.pressed == 3, told
    assert keys.moved <= 20, told
    assert seconds < 30, told


@pytest.mark.parametrize("has_scripts", [True, False])
def test_last_quarters_words_are_put_into_the_box_and_nothing_is_saved(enter, desk, has_scripts):
    page = enter(desk.officer, java_script_enabled=has_scripts)
    page.goto(update_page(desk.first))
    page.get_by_label(PROGRESS).fill("So far:")
    page.get_by_role("button", name="progress of last time").click()
    expect(page.get_by_label(PROGRESS)).to_have_value("So far:\n\nFour briefings were held.")
    assert not desk.first.updates.filter(quarter=make.QUARTER).exists()


def test_what_was_sent_after_the_sign_in_had_ended_comes_back(enter, desk):
    page = enter(desk.officer)
    page.goto(update_page(desk.first))
    page.get_by_label(PROGRESS).fill(WORDS)
    page.context.clear_cookies(name="sessionid")
    save(page, "Save draft")
    expect(page.get_by_role("main")).to_contain_text("What you typed is kept for 30 minutes")
    page.get_by_label("Email address").fill(desk.officer.email)
    page.get_by_label("Password").fill(make.PASSWORD)
    save(page, "Sign in")
    expect(page.get_by_role("alert")).to_contain_text("This is not saved yet")
    expect(page.get_by_label(PROGRESS)).to_have_value(WORDS)
    assert faults(page) == []
    save(page, "Save draft")
    assert only_update(desk.first).progress == WORDS


def tab_to(page: Page, name: str, most: int = 40) -> int:
    """Press Tab until the thing with this label or text has the focus; how often."""
    told = """() => { const at = document.activeElement;
      return [...(at.labels ?? [])].map((one) => one.textContent).join(" ") || at.textContent; }"""
    for number in range(1, most + 1):
        page.keyboard.press("Tab")
        if name in page.evaluate(told):
            return number
    raise AssertionError(f"{name} was not reached by {most} tabs")


def test_the_reason_is_asked_for_only_when_the_light_needs_one(enter, desk):
    page = enter(desk.officer)
    page.goto(update_page(desk.first))
    expect(page.get_by_label(WHY)).to_be_hidden()
    choose_light(page, "Amber")
    expect(page.get_by_label(WHY)).to_be_visible()
    choose_light(page, "Green")
    expect(page.get_by_label(WHY)).to_be_hidden()


def test_a_draft_waits_and_counts_only_when_submitted(enter, desk):
    page = enter(desk.officer)
    page.goto(update_page(desk.first))
    page.get_by_label(PROGRESS).fill("Half a sentence")
    save(page, "Save draft")
    expect(page.get_by_role("main")).to_contain_text("Draft for Q1 2025/26 saved")
    expect(page.get_by_text("0 of 2 done")).to_be_visible()
    page.get_by_role("link", name="Hold street briefings").click()
    expect(page.get_by_label(PROGRESS)).to_have_value("Half a sentence")
    choose_light(page, "Green")
    save(page, "Submit update")
    page.goto("/updates/")
    expect(page.get_by_text("1 of 2 done")).to_be_visible()


def test_a_figure_that_is_not_there_yet_can_be_said_so(enter, desk):
    page = enter(desk.officer)
    page.goto(update_page(desk.first))
    page.get_by_label(PROGRESS).fill(WORDS)
    page.get_by_label("Not available yet").check()
    choose_light(page, "Green")
    save(page, "Submit update")
    reading = desk.kpi.readings.get()
    assert (reading.state, reading.value) == ("awaited", None)


def test_of_two_savers_the_second_sees_both_texts_and_loses_nothing(enter, desk):
    colleague = make.make_manager(desk.partnership, name="Mo Manager")
    mine, theirs = enter(desk.officer), enter(colleague)
    for page in (mine, theirs):
        page.goto(update_page(desk.first))
    theirs.get_by_label(PROGRESS).fill("Five briefings, says Mo.")
    choose_light(theirs, "Green")
    save(theirs, "Submit update")

    mine.get_by_label(PROGRESS).fill(WORDS)
    choose_light(mine, "Red")
    mine.get_by_label(WHY).fill("Two halls closed.")
    save(mine, "Submit update")
    expect(heading(mine)).to_contain_text("while you were writing")
    differences = mine.get_by_role("table", name="Where the two differ")
    expect(differences).to_contain_text("Five briefings, says Mo.")
    expect(differences).to_contain_text(WORDS)
    expect(mine.get_by_role("main")).to_contain_text("Mo Manager")
    expect(mine.get_by_label(PROGRESS)).to_have_value(WORDS)
    assert not faults(mine)
    assert only_update(desk.first).progress == "Five briefings, says Mo."

    mine.get_by_label(PROGRESS).fill(f"{WORDS} Mo counted five.")
    save(mine, "Submit")
    update = only_update(desk.first)
    assert (update.progress, update.rag) == (f"{WORDS} Mo counted five.", RAG.RED)
    assert update.history.count() == 2


def test_what_came_back_is_shown_with_its_words_and_can_be_sent_again(enter, desk):
    make.make_update(desk.first, state=UpdateState.RETURNED, submitted_by=desk.officer)
    page = enter(desk.officer)
    page.goto("/updates/")
    expect(page.get_by_text("Please say how many people came.")).to_be_visible()
    assert not faults(page)
    page.get_by_role("link", name="Hold street briefings").click()
    expect(page.get_by_text("Please say how many people came.")).to_be_visible()
    assert not faults(page)
    save(page, "Submit update")
    assert only_update(desk.first).state == UpdateState.SUBMITTED


def test_a_locked_quarter_says_why_nothing_can_be_written(enter, desk):
    desk.plan.rounds.update(locked_at=make.NOW, locked_by=make.make_manager(desk.partnership))
    page = enter(desk.officer)
    assert page.goto(update_page(desk.first)).status == 409
    expect(heading(page)).to_have_text("This update cannot be changed now")
    assert not faults(page)


def test_an_officer_of_the_lead_agency_sees_and_writes_what_the_agency_owes(enter, desk):
    colleague = make.make_officer(desk.partnership, agency=desk.agency)
    third = make.make_action(desk.plan, text="Mark bicycles", lead_agency=desk.agency)
    page = enter(colleague)
    page.goto("/updates/")
    expect(page.get_by_role("heading", name="Led by Essex Police")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Hold street briefings")
    page.get_by_role("link", name="Mark bicycles").click()
    page.get_by_label(PROGRESS).fill("Forty were marked.")
    choose_light(page, "Green")
    save(page, "Submit update")
    expect(page.get_by_role("main")).to_contain_text("All done for Q1 2025/26")
    assert only_update(third).submitted_by == colleague


def test_a_manager_finds_who_has_not_updated_from_their_own_page(enter, desk):
    manager = make.make_manager(desk.partnership)
    make.make_action(desk.plan, text="Write to landlords", lead_officer=manager)
    make.make_update(desk.second, submitted_by=desk.officer)
    page = enter(manager)
    page.goto("/updates/")
    page.get_by_role("link", name="all actions not updated for Q1 2025/26").click()
    table = page.get_by_role("table")
    expect(table).to_contain_text("Hold street briefings")
    expect(table).to_contain_text("Write to landlords")
    expect(table).not_to_contain_text("Train shop staff")

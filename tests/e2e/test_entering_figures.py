"""A quarter's figures for many KPIs on one page: by keyboard, on a phone, without a script, and with somebody else."""

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from csp_tracker.periods import Period
from indicators import services
from indicators.models import Reading
from indicators.services.entering import months_of
from tests import builders as make
from tests.e2e.looking import PHONE, faults, set_width
from tests.e2e.steps import heading

QUARTER = Period.of_quarter(make.QUARTER)
APRIL, MAY, JUNE = months_of(make.QUARTER)
GRID = f"/indicators/readings/{make.QUARTER.code}/"


@pytest.fixture
def desk() -> SimpleNamespace:
    """A manager, and KPIs of which one is monthly and one has a figure already."""
    partnership = make.make_partnership("Blackwater CSP")
    agency = make.make_agency(partnership, "Essex Police")
    manager = make.make_manager(partnership, name="Mo Manager")
    officer = make.make_officer(partnership, agency=agency, name="Olu Officer")
    asb = make.make_indicator(partnership, reference="A", name="ASB incidents", agency=agency)
    make.make_target(asb, QUARTER, value=1984)
    burglaries = make.make_indicator(partnership, reference="B", name="Burglaries", frequency="month", owner=officer)
    feel_safe = make.make_indicator(
        partnership, reference="C", name="Feel safe", unit="per_cent", polarity="higher", roll_up="ratio"
    )
    services.record_reading(indicator=feel_safe, period=QUARTER, value=70, by=officer)
    return SimpleNamespace(
        partnership=partnership, manager=manager, officer=officer, asb=asb, burglaries=burglaries, feel_safe=feel_safe
    )


def figure(page: Page, kpi, period: Period = QUARTER):
    return page.get_by_label(f"Figure for {period}: {kpi}", exact=True)


def note(page: Page, kpi, period: Period = QUARTER):
    return page.get_by_label(f"Note for {period}: {kpi}", exact=True)


def why(page: Page, kpi, period: Period = QUARTER):
    return page.get_by_label(f"Why the figure for {period} changes: {kpi}", exact=True)


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save figures").click()


def stored(kpi, period: Period = QUARTER):
    reading = kpi.readings.for_period(period).get()
    return reading.value if reading.value is not None else reading.state


def journey(page: Page, desk: SimpleNamespace) -> None:
    """Figures, a word and a note; one wrong cell on the way, from which nothing is lost."""
    page.goto(GRID)
    expect(heading(page)).to_have_text("Enter figures for Q1 2025/26")
    figure(page, desk.asb).fill("1,884")
    note(page, desk.asb).fill("Counted twice")
    figure(page, desk.burglaries, APRIL).fill("lots")
    figure(page, desk.burglaries, MAY).fill("awaited")
    figure(page, desk.feel_safe).fill("45 of 60")
    save(page)

    expect(page).to_have_title(re.compile("^Error: Enter figures"))
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("nothing has been saved yet")
    expect(summary.get_by_role("link")).to_have_count(2)
    assert not Reading.objects.filter(indicator=desk.asb).exists()
    summary.get_by_role("link", name="B Burglaries, April 2025: “lots” is not a figure").click()
    expect(figure(page, desk.burglaries, APRIL)).to_be_focused()
    figure(page, desk.burglaries, APRIL).fill("9")
    summary.get_by_role("link", name="C Feel safe, Q1 2025/26: Enter why the figure changes").click()
    expect(why(page, desk.feel_safe)).to_be_focused()
    why(page, desk.feel_safe).fill("The last answers came in")
    expect(figure(page, desk.asb)).to_have_value("1,884")
    save(page)

    expect(page.get_by_role("main")).to_contain_text("4 figures saved for Q1 2025/26: 1 green, 3 not rated.")
    expect(figure(page, desk.asb)).to_have_value("1,884")
    expect(note(page, desk.asb)).to_have_value("Counted twice")
    assert [stored(desk.asb), stored(desk.burglaries, APRIL), stored(desk.burglaries, MAY)] == [1884, 9, "awaited"]
    assert stored(desk.feel_safe) == 75


def test_a_quarter_is_entered_and_a_wrong_cell_loses_nothing(enter, desk):
    page = enter(desk.manager)
    journey(page, desk)
    assert not faults(page)


def test_the_same_without_a_script(enter, desk):
    journey(enter(desk.manager, java_script_enabled=False), desk)


def test_the_same_on_a_phone(enter, desk):
    page = enter(desk.manager, has_touch=True)
    set_width(page, PHONE)
    journey(page, desk)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


def test_the_same_by_keyboard_alone(enter, desk):
    page = enter(desk.manager)
    page.goto(GRID)
    tab_to(page, "Figure for Q1 2025/26: A ASB incidents")
    page.keyboard.type("1,884")
    page.keyboard.press("Tab")
    expect(note(page, desk.asb)).to_be_focused()
    page.keyboard.type("Counted twice")
    page.keyboard.press("Tab")
    expect(figure(page, desk.burglaries, APRIL)).to_be_focused()
    page.keyboard.type("lots")
    page.keyboard.press("Enter")
    expect(figure(page, desk.burglaries, MAY)).to_be_focused()
    page.keyboard.type("awaited")
    page.keyboard.press("Shift+Enter")
    expect(figure(page, desk.burglaries, APRIL)).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Enter")
    expect(figure(page, desk.feel_safe)).to_be_focused()
    tab_to(page, "Save figures")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(figure(page, desk.burglaries, APRIL)).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("9")
    tab_to(page, "Save figures")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("3 figures saved")
    assert [stored(desk.asb), stored(desk.burglaries, APRIL), stored(desk.burglaries, MAY)] == [1884, 9, "awaited"]


def tab_to(page: Page, name: str, most: int = 40) -> None:
    """Press Tab until the thing with this label or text has the focus."""
    told = """() => { const at = document.activeElement;
      return [...(at.labels ?? [])].map((one) => one.textContent).join(" ") || at.textContent; }"""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate(told):
            return
    raise AssertionError(f"{name} was not reached by {most} tabs")


def test_enter_in_the_last_box_saves(enter, desk):
    page = enter(desk.manager)
    page.goto(f"{GRID}?owner={desk.officer.pk}")
    figure(page, desk.burglaries, JUNE).fill("4")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert stored(desk.burglaries, JUNE) == 4


def test_a_column_copied_from_a_spreadsheet_fills_the_boxes_below(enter, desk):
    page = enter(desk.manager)
    page.goto(GRID)
    paste(figure(page, desk.asb), "1,884\r\n9\t13\r\n")
    expect(figure(page, desk.asb)).to_have_value("1,884")
    expect(figure(page, desk.burglaries, APRIL)).to_have_value("9")
    expect(figure(page, desk.burglaries, MAY)).to_have_value("13")
    expect(figure(page, desk.burglaries, MAY)).to_be_focused()
    paste(figure(page, desk.burglaries, JUNE), "1\n2\n3\n")
    expect(page.get_by_text("1 of the 3 cells pasted found no box.")).to_be_visible()


def paste(box, text: str) -> None:
    box.focus()
    box.evaluate(
        """(box, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_who_leaves_with_figures_typed_is_asked_first(enter, desk):
    page = enter(desk.manager)
    page.goto(GRID)
    figure(page, desk.asb).press_sequentially("1")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Plans").click()
    expect(heading(page)).to_have_text("Plans")
    assert asked == ["beforeunload"]


def test_of_two_who_enter_the_same_figure_the_second_sees_both_and_loses_nothing(enter, desk):
    mine, theirs = enter(desk.manager), enter(desk.officer)
    for page in (mine, theirs):
        page.goto(GRID)
    figure(theirs, desk.burglaries, APRIL).fill("9")
    figure(theirs, desk.burglaries, MAY).fill("8")
    save(theirs)
    figure(mine, desk.burglaries, APRIL).fill("10")
    figure(mine, desk.burglaries, MAY).fill("7")
    figure(mine, desk.asb).fill("1,884")
    save(mine)

    summary = mine.get_by_role("alert")
    expect(summary).to_contain_text(
        "B Burglaries, April 2025: Olu Officer saved 9 while you were working. You typed 10."
    )
    expect(summary).to_contain_text("B Burglaries, May 2025: Olu Officer saved 8 while you were working. You typed 7.")
    expect(figure(mine, desk.asb)).to_have_value("1,884")
    assert not faults(mine)
    assert not Reading.objects.filter(indicator=desk.asb).exists()
    mine.get_by_label(f"Keep 9 for April 2025: {desk.burglaries}").check()
    why(mine, desk.burglaries, MAY).fill("One was counted twice")
    save(mine)
    expect(mine.get_by_role("main")).to_contain_text("2 figures saved for Q1 2025/26")
    assert [stored(desk.burglaries, APRIL), stored(desk.burglaries, MAY), stored(desk.asb)] == [9, 7, 1884]


def test_the_picker_leads_to_another_quarter_and_narrows_the_list(enter, desk):
    page = enter(desk.manager)
    page.goto("/indicators/readings/")
    page.get_by_label("Quarter", exact=True).select_option("Q4 2024/25")
    page.get_by_label("Agency", exact=True).select_option("Essex Police")
    page.get_by_role("button", name="Show").click()
    expect(heading(page)).to_have_text("Enter figures for Q4 2024/25")
    expect(page.get_by_role("table")).to_contain_text("ASB incidents")
    expect(page.get_by_role("table")).not_to_contain_text("Burglaries")
    page.get_by_label("Figures", exact=True).select_option("Awaited or provisional")
    page.get_by_role("button", name="Show").click()
    expect(heading(page)).to_have_text("Enter figures for Q4 2024/25")
    page.get_by_role("link", name="Show all KPIs that are due").click()
    expect(page.get_by_role("table")).to_contain_text("Burglaries")

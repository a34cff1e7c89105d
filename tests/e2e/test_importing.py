"""The first hour: from the file a partnership has to its live plan, with and without scripts, and back."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from actions.models import Plan
from actions.views.imports import listing, waiting
from csp_tracker import grids
from csp_tracker.models import FileImport
from tests import builders as make
from tests.e2e.looking import faults
from tests.e2e.steps import heading

SEED = Path(__file__).parents[1] / "seeds" / "maldon-csp-2009-10.docx"
#: A table as people keep it: a title above, a column of habits, a word for a light nobody knows, an impossible date.
MESSY = """Blackwater CSP action plan 2025/26,,,,,
For the meeting in July,,,,,
,,,,,
Ref,Objective,What we will do,By when,How are we doing,Status
1.1,Fewer burglaries,Mark bicycles,31/03/2026,"200 marked, more to come",On target
1.2,Safer nights,Patrol the High Street,31 June 2025,Two patrols held,Bubbling
,,,,and a third one since,
1.3,Lit paths,Light the river path,Ongoing,TBC,Bubbling
"""


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def desk() -> SimpleNamespace:
    partnership = make.make_partnership("Blackwater CSP")
    return SimpleNamespace(partnership=partnership, manager=make.make_manager(partnership, name="Mo Manager"))


def main(page: Page):
    return page.get_by_role("main")


def choose(page: Page, name: str, data: bytes) -> None:
    """Choose the file and press the first of the two buttons."""
    page.get_by_label("Your file").set_input_files({"name": name, "mimeType": "", "buffer": data})
    page.get_by_role("button", name="Read the file").click()


def preview_of(page: Page, name: str, data: bytes) -> str:
    page.goto("/imports/")
    choose(page, name, data)
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    return page.url


def test_a_partnerships_first_plan_is_live_after_a_file_and_two_buttons(enter, desk):
    page = enter(desk.manager)
    page.goto("/plans/")
    page.get_by_role("link", name="Bring in your plan").click()
    assert not faults(page)
    choose(page, SEED.name, SEED.read_bytes())
    expect(heading(page)).to_have_text("Action plan 2009/10")
    expect(main(page)).to_contain_text("8 priorities, 30 objectives, 34 actions and 34 KPIs")
    expect(main(page)).to_contain_text("3 lights were in the column WORK NEEDED")
    assert not faults(page)
    page.get_by_role("button", name="Import this plan").click()
    expect(main(page)).to_contain_text("Action plan 2009/10 is live")
    assert not faults(page)
    assert Plan.objects.get().actions.count() == 34
    page.get_by_role("link", name="Undo this import").click()
    expect(main(page)).to_contain_text("34 actions: taken away")
    assert not faults(page)
    page.get_by_role("button", name="Undo the import").click()
    expect(main(page)).to_contain_text("has been undone")
    assert not faults(page)
    assert not Plan.objects.exists()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_messy_file_is_put_right_row_by_row_and_imported(enter, desk, scripts):
    page = enter(desk.manager, java_script_enabled=scripts)
    address = preview_of(page, "plan.csv", MESSY.encode())
    expect(main(page)).to_contain_text("there is no 31 June 2025")
    expect(main(page)).to_contain_text("What does “Bubbling” mean?")
    page.get_by_label("What does “Bubbling” mean?").select_option("Amber")
    page.get_by_role("button", name="Save answers").click()
    expect(main(page)).to_contain_text("2 amber, 1 not rated")
    page.get_by_role("link", name="Every row of the file").click()
    page.get_by_role("link", name="line 7").click()
    expect(main(page)).to_contain_text("and a third one since")
    page.get_by_role("radio", name="A note: leave it out").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#not-used")).to_contain_text("and a third one since")
    page.get_by_role("link", name="Columns and tables").click()
    page.get_by_label("Ref", exact=True).select_option(label="Nothing we know: keep the words")
    page.get_by_role("button", name="Save and read again").click()
    page.get_by_role("link", name="Columns and tables").click()
    page.get_by_label("Ref", exact=True).select_option(label="Number")
    page.get_by_role("button", name="Save and read again").click()
    page.get_by_role("link", name="Change title, year or quarter").click()
    page.get_by_label("Title").fill("Safer Blackwater")
    page.get_by_label("Financial year").fill("next year")
    page.get_by_role("button", name="Import this plan").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a financial year")
    expect(page.get_by_label("Title")).to_have_value("Safer Blackwater")
    page.get_by_label("Financial year").fill("2025-26")
    page.get_by_role("button", name="Import this plan").click()
    expect(heading(page)).to_contain_text("Safer Blackwater")
    assert Plan.objects.get().actions.get(reference="1.2.1").updates.get().rag == "amber"
    page.goto(address)
    expect(main(page)).to_contain_text("Undo this import")


def test_every_page_on_the_way_is_sound(enter, desk):
    page = enter(desk.manager)
    address = preview_of(page, "plan.csv", MESSY.encode())
    for more in ("", "columns/", "rows/", "rows/5/", "confirm/"):
        page.goto(f"{address}{more}")
        assert not faults(page), more


def test_a_newer_file_is_compared_with_the_plan_and_brings_it_up_to_date(enter, desk):
    page = enter(desk.manager)
    preview_of(page, "plan.csv", MESSY.replace("Bubbling", "Green").encode())
    page.get_by_role("button", name="Import this plan").click()
    newer = MESSY.replace("Bubbling", "Green").replace("Ongoing", "December 2025") + "1.4,Clean walls,Paint,,,Red\n"
    preview_of(page, "plan of June.csv", newer.encode())
    page.get_by_role("link", name="Compare with it").click()
    expect(main(page)).to_contain_text("December 2025")
    assert not faults(page)
    page.get_by_role("button", name="Update the plan").click()
    expect(main(page)).to_contain_text("is up to date")
    assert Plan.objects.get().actions.count() == 4


def test_a_large_file_is_waited_for_on_a_page_that_goes_on_by_itself(enter, desk, monkeypatch):
    begun = []

    def start(folder, name):
        (folder / "name").write_text(name)
        (folder / "progress").write_text("412 of 2,000 rows")
        begun.append((folder, name))

    monkeypatch.setattr(waiting, "start", start)
    monkeypatch.setattr(listing, "PATIENCE", 0.0)
    page = enter(desk.manager, java_script_enabled=False)
    page.goto("/imports/")
    choose(page, "plan.csv", MESSY.encode())
    expect(heading(page)).to_have_text("The file is being read")
    expect(main(page)).to_contain_text("412 of 2,000 rows")
    grids.start(*begun[0])
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    expect(main(page)).to_contain_text("Mark bicycles")


def test_a_file_that_cannot_be_read_says_why_and_nothing_is_kept(enter, desk):
    page = enter(desk.manager)
    page.goto("/imports/")
    choose(page, "plan.pdf", b"%PDF-1.7 and so on")
    expect(page.get_by_role("alert")).to_contain_text("PDF")
    assert not faults(page)
    assert not FileImport.objects.exists()


def test_of_two_who_decide_at_once_the_second_sees_both(enter, desk):
    first, second = (enter(person) for person in (desk.manager, make.make_manager(desk.partnership, name="Di")))
    address = preview_of(first, "plan.csv", MESSY.encode())
    for page in (first, second):
        page.goto(f"{address}rows/5/")
    first.get_by_role("radio", name="A note: leave it out").check()
    first.get_by_role("button", name="Save").click()
    second.get_by_role("radio", name="Part of the row above").check()
    second.get_by_role("button", name="Save").click()
    expect(heading(second)).to_have_text("Somebody else changed this while you were working")
    expect(main(second)).to_contain_text("Mo Manager saved a change")
    assert not faults(second)

"""A file is put up beside the words, opened as a download, and taken away again; nothing that was typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests import builders as make
from tests.e2e.looking import faults

TYPED = "Two of the five lamps are up."
PNG = {"name": "Lamp\u202e 3.png", "mimeType": "text/html", "buffer": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}
BAD = {"name": "Report.pdf", "mimeType": "application/pdf", "buffer": b"<html>"}
FILM = {"name": "Walk.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-".ljust(6 * 1024 * 1024)}


@pytest.fixture
def action():
    partnership = make.make_partnership("Blackwater CSP")
    officer = make.make_officer(partnership, name="Olu Officer")
    return make.make_action(make.make_plan(partnership), text="Light the path", lead_officer=officer)


def add(page: Page, file: dict) -> None:
    page.get_by_label("Or a file").set_input_files(file)
    with page.expect_navigation():
        page.get_by_role("button", name="Add evidence").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_file_is_put_up_opened_and_taken_away_while_writing(enter, action, scripts):
    page = enter(action.lead_officer, java_script_enabled=scripts)
    page.goto(f"/actions/{action.pk}/updates/{make.QUARTER.code}/")
    page.get_by_label("What happened this quarter?").fill(TYPED)
    page.get_by_text("Add a link or a file").click()
    for refused, sentence in ((BAD, "not what its name says"), (FILM, "larger than 5 MB")):
        add(page, refused)
        expect(page.locator(".govuk-error-summary")).to_contain_text(sentence)
    look(page, scripts)
    add(page, PNG)
    expect(page.locator("#evidence")).to_contain_text("Lamp 3.png (PNG picture, 16 bytes)")
    with page.expect_download() as download:
        page.get_by_role("link", name="Lamp 3.png").click()
    assert download.value.suggested_filename == "Lamp 3.png"
    with page.expect_navigation():
        page.get_by_role("button", name="Take away").click()
    look(page, scripts)
    with page.expect_navigation():
        page.get_by_role("button", name="Yes, take it away").click()
    expect(page.locator("#evidence")).not_to_contain_text("Lamp 3.png")
    expect(page.get_by_label("What happened this quarter?")).to_have_value(TYPED)
    assert not action.evidence.exists()
    assert not action.updates.exists()


def look(page: Page, scripts: bool) -> None:
    """The tool that looks needs scripts itself."""
    assert not scripts or not faults(page)

"""What an officer types is kept as they type, where scripts run, and offered again; nothing is needed without them."""

from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from actions.models import ProgressUpdate, TypedUpdate
from actions.values import UpdateState
from tests import builders as make
from tests.e2e.looking import faults
from tests.e2e.steps import heading

PROGRESS, LIGHT = "What happened this quarter?", "Green"
WORDS = "Six street briefings were held.\nTwo halls were closed & “Ōtara Road” had none."
OFFER = "You typed this on 15 July at 10:30 and did not save it"
SLOW = 15_000


@pytest.fixture
def desk() -> SimpleNamespace:
    """An officer who owes one update."""
    partnership = make.make_partnership("Blackwater CSP")
    officer = make.make_officer(partnership, name="Olu Officer")
    plan = make.make_plan(partnership, title="Safer Blackwater 2025/26")
    action = make.make_action(plan, text="Hold street briefings in every ward", lead_officer=officer)
    make.make_round(plan)
    return SimpleNamespace(
        partnership=partnership, officer=officer, plan=plan, action=action,
        url=f"/actions/{action.pk}/updates/{make.QUARTER.code}/",
    )  # fmt: skip


def kept(page: Page) -> None:
    """Wait until the page says so."""
    expect(page.get_by_role("status")).to_have_text("Kept at 10:30, not submitted.", timeout=SLOW)


def press(page: Page, role: str, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role(role, name=name).click()


def test_what_is_typed_is_kept_and_put_back_when_the_tab_has_been_closed(enter, desk):
    page = enter(desk.officer)
    page.goto(desk.url)
    page.get_by_label(PROGRESS).fill(WORDS)
    page.get_by_role("radio", name=LIGHT).check()
    kept(page)
    assert not faults(page)
    context = page.context
    page.close()
    assert not ProgressUpdate.objects.exists()

    page = context.new_page()
    page.goto(desk.url)
    expect(page.get_by_role("heading", name=OFFER)).to_be_visible()
    expect(page.get_by_label(PROGRESS)).to_have_value("")
    assert not faults(page)
    press(page, "button", "Put it back into the form")
    expect(page.get_by_role("main")).to_contain_text("is in the form again. It is not saved yet.")
    expect(page.get_by_label(PROGRESS)).to_have_value(WORDS)
    expect(page.get_by_role("radio", name=LIGHT)).to_be_checked()
    assert not faults(page)
    press(page, "button", "Submit update")
    update = ProgressUpdate.objects.get()
    assert (update.state, update.progress) == (UpdateState.SUBMITTED, WORDS)
    assert not TypedUpdate.objects.exists()
    page.goto(desk.url)
    expect(page.get_by_text("did not save it")).to_have_count(0)


def test_who_leaves_before_it_is_kept_finds_it_all_the_same_and_can_throw_it_away(enter, desk):
    page = enter(desk.officer)
    page.goto(desk.url)
    page.get_by_label(PROGRESS).fill(WORDS)
    page.goto("/updates/")
    page.goto(desk.url)
    expect(page.get_by_role("heading", name=OFFER)).to_be_visible()
    page.get_by_label(PROGRESS).press_sequentially("Something else")
    expect(page.get_by_role("status")).to_contain_text("Not kept as you type, until you have decided")
    press(page, "button", "Throw it away")
    expect(page.get_by_role("main")).to_contain_text("has been thrown away")
    assert not TypedUpdate.objects.exists()
    assert not faults(page)


def test_whoever_saves_while_it_is_being_kept_finds_nothing_left_over(enter, desk):
    page = enter(desk.officer)
    page.goto(desk.url)
    page.get_by_label(PROGRESS).fill(WORDS)
    kept(page)
    page.get_by_label(PROGRESS).press("End")
    page.get_by_label(PROGRESS).press_sequentially(" More.")
    press(page, "button", "Save draft")
    page.goto(desk.url)
    expect(page.get_by_text("did not save it")).to_have_count(0)
    assert not TypedUpdate.objects.exists()


def test_after_somebody_else_has_saved_both_texts_are_there(enter, desk):
    page = enter(desk.officer)
    page.goto(desk.url)
    page.get_by_label(PROGRESS).fill(WORDS)
    kept(page)
    manager = make.make_manager(desk.partnership, name="Mo Manager")
    make.make_update(desk.action, progress="Five, says Mo.", submitted_by=manager)
    page.goto(desk.url)
    expect(page.get_by_role("main")).to_contain_text("The update has been saved since")
    press(page, "button", "Put it back into the form")
    expect(heading(page)).to_have_text("This update was saved while you were writing")
    table = page.get_by_role("table", name="Where the two differ")
    expect(table).to_contain_text("Five, says Mo.")
    expect(table).to_contain_text("Two halls were closed")
    assert not faults(page)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        pytest.param(0, "the tracker cannot be reached just now", id="no connection"),
        pytest.param(403, "this form is out of date", id="another sign-in"),
    ],
)
def test_what_cannot_be_kept_is_said_calmly_and_the_form_is_sent_as_ever(enter, desk, watch, status, told):
    page = enter(desk.officer)
    page.goto(desk.url)
    page.route("**/typed/", lambda route: route.fulfill(status=status, body="<p>No") if status else route.abort())
    page.get_by_label(PROGRESS).fill(WORDS)
    page.get_by_role("radio", name=LIGHT).check()
    expect(page.get_by_role("status")).to_contain_text(told, timeout=SLOW)
    press(page, "button", "Submit update")
    assert ProgressUpdate.objects.get().progress == WORDS
    assert all("/typed/" in complaint for complaint in watch.complaints)
    watch.complaints.clear()


def test_who_has_been_signed_out_is_told_and_the_form_comes_back_after_the_sign_in(enter, desk, watch):
    page = enter(desk.officer)
    page.goto(desk.url)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label(PROGRESS).fill(WORDS)
    expect(page.get_by_role("status")).to_contain_text("you have been signed out", timeout=SLOW)
    press(page, "button", "Save draft")
    expect(page.get_by_role("main")).to_contain_text("What you typed is kept for 30 minutes")
    page.get_by_label("Email address").fill(desk.officer.email)
    page.get_by_label("Password").fill(make.PASSWORD)
    press(page, "button", "Sign in")
    expect(page.get_by_label(PROGRESS)).to_have_value(WORDS)
    assert all("/typed/ answered 401" in complaint for complaint in watch.complaints)
    watch.complaints.clear()


def test_without_a_script_nothing_of_it_is_there_and_what_was_kept_can_be_put_back(enter, desk):
    typed = {"version": "0", "progress": "Half a sentence"}
    body = "&".join(f"{name}={value}" for name, value in typed.items()).replace(" ", "+")
    page = enter(desk.officer, java_script_enabled=False)
    page.goto(desk.url)
    expect(page.get_by_role("status")).to_have_count(0)
    page.get_by_label(PROGRESS).fill(WORDS)
    page.goto("/updates/")
    assert not TypedUpdate.objects.exists()
    TypedUpdate.objects.create(
        person=desk.officer, action=desk.action, quarter=make.QUARTER, typed=body, kept_at=timezone.now()
    )
    page.goto(desk.url)
    expect(page.get_by_role("heading", name=OFFER)).to_be_visible()
    press(page, "button", "Put it back into the form")
    expect(page.get_by_label(PROGRESS)).to_have_value("Half a sentence")
    press(page, "button", "Save draft")
    assert ProgressUpdate.objects.get().progress == "Half a sentence"
    assert not TypedUpdate.objects.exists()

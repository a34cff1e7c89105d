"""The way in and out: by keyboard, with a wrong password, too many of them, an invitation, a forgotten password."""

import re
from urllib.parse import urlsplit

from django.core import mail
from django.test import Client
from playwright.sync_api import Page, expect

from tests import builders as make
from tests.e2e.steps import heading, sign_in


def link_in_the_last_mail() -> str:
    return re.search(r"https?://\S+", mail.outbox[-1].body).group()


def test_an_officer_signs_in_by_keyboard_alone(page: Page):
    officer = make.make_officer(make.make_partnership("Blackwater CSP"))
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type(officer.email)
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text("My updates")
    expect(page.locator(".app-header__partnership")).to_have_text("Blackwater CSP")


def test_a_wrong_password_is_said_at_the_top_and_the_address_kept(page: Page):
    officer = make.make_member()
    sign_in(page, officer.email, "not the password")
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("There is a problem")
    expect(summary).to_contain_text("The email address or the password is not right.")
    expect(page).to_have_title(re.compile("^Error: Sign in"))
    expect(page.get_by_label("Email address")).to_have_value(officer.email)


def test_too_many_wrong_passwords_lock_the_account_and_the_page_says_for_how_long(page: Page, base_url: str):
    officer = make.make_member()
    browser = Client(headers={"host": urlsplit(base_url).netloc})
    for _ in range(9):
        browser.post("/accounts/login/", {"login": officer.email, "password": "wrong"})
    sign_in(page, officer.email, "wrong again")
    sign_in(page, officer.email)
    expect(page.get_by_role("alert")).to_contain_text("Wait 15 minutes and try again")
    page.goto("/updates/")
    expect(heading(page)).to_have_text("Sign in")


def test_signing_out_leads_back_to_the_way_in(enter):
    page = enter(make.make_viewer(make.make_partnership()))
    page.goto("/plans/")
    page.get_by_role("button", name="Sign out").click()
    expect(heading(page)).to_have_text("Sign in")
    page.goto("/plans/")
    expect(heading(page)).to_have_text("Sign in")


def test_an_address_asked_for_before_signing_in_is_reached_afterwards(page: Page):
    partnership = make.make_partnership()
    plan = make.make_plan(partnership, title="Safer streets 2025/26")
    viewer = make.make_viewer(partnership)
    page.goto(plan.get_absolute_url())
    page.get_by_label("Email address").fill(viewer.email)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(heading(page)).to_have_text("Safer streets 2025/26")


def test_somebody_invited_chooses_a_password_and_is_in(enter, page: Page):
    partnership = make.make_partnership("Blackwater CSP")
    make.make_agency(partnership, "Essex Fire Service")
    desk = enter(make.make_administrator(partnership))
    desk.goto("/people/")
    desk.get_by_role("link", name="Invite somebody").click()
    desk.get_by_label("Email address").fill("ffion@example.org")
    desk.get_by_label("Full name").fill("Ffion Pugh")
    desk.get_by_label("Agency").select_option("Essex Fire Service")
    desk.get_by_label("Officer", exact=True).check()
    desk.get_by_role("button", name="Send the invitation").click()
    expect(desk.get_by_role("main")).to_contain_text("Ffion Pugh is now a member")

    invitation = link_in_the_last_mail()
    page.goto(invitation)
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_contain_text("at least 12 characters")
    page.get_by_label("Password", exact=True).fill("sheep on the sea wall")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("main")).to_contain_text("Your password is set")
    sign_in(page, "ffion@example.org", "sheep on the sea wall")
    expect(heading(page)).to_have_text("My updates")
    page.goto(invitation)
    expect(heading(page)).to_have_text("This link no longer works")


def test_a_forgotten_password_is_set_anew_by_mail(page: Page):
    officer = make.make_member()
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("Email address").fill(officer.email)
    page.get_by_role("button").filter(has_text=re.compile("link|email", re.IGNORECASE)).click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("email", re.IGNORECASE))
    page.goto(link_in_the_last_mail())
    page.get_by_label("New password", exact=True).fill("sheep on the sea wall")
    page.get_by_label("New password again").fill("sheep on the sea wall")
    page.get_by_role("button").filter(has_text=re.compile("password", re.IGNORECASE)).click()
    sign_in(page, officer.email, "sheep on the sea wall")
    expect(heading(page)).to_have_text("My updates")


def test_the_way_in_needs_no_script(enter):
    page = enter(None, java_script_enabled=False)
    officer = make.make_member()
    sign_in(page, officer.email)
    expect(heading(page)).to_have_text("My updates")

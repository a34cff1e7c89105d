"""Pages as they are before there is anything in them, refusals, and what only some people ever see."""

import pytest
from playwright.sync_api import expect

from tests import builders as make
from tests.e2e.looking import PHONE, faults, set_width
from tests.e2e.steps import heading, sign_in

FIRST_DAY = ("/updates/", "/plans/", "/actions/", "/indicators/", "/dashboard/")


@pytest.mark.parametrize("address", FIRST_DAY)
@pytest.mark.parametrize("role", ["manager", "officer"])
def test_an_empty_partnership_says_what_to_do(enter, role, address):
    page = enter(make.make_member(make.make_partnership("Blackwater CSP"), role))
    assert page.goto(address).status == 200
    expect(page.locator(".app-empty")).to_be_visible()
    assert not faults(page)


def test_an_empty_plan_says_what_to_do(enter):
    plan = make.make_plan()
    page = enter(make.make_manager(plan.partnership))
    for address in (f"/plans/{plan.slug}/", f"/plans/{plan.slug}/structure/", f"/plans/{plan.slug}/assign/"):
        page.goto(address)
        expect(page.locator(".app-empty").first).to_be_visible()
        assert not faults(page)
    page.goto("/dashboard/")
    expect(page.get_by_role("heading", name="The plan has no actions yet")).to_be_visible()
    assert not faults(page)


def test_somebody_without_a_partnership_is_told_whom_to_ask(enter):
    page = enter(make.make_user())
    page.goto("/")
    expect(heading(page)).to_have_text("You are not a member of a partnership")
    assert not faults(page)


def test_what_is_not_there_and_what_is_not_allowed_lead_on(enter):
    plan = make.make_plan()
    page = enter(make.make_officer(plan.partnership))
    for address, status in (("/plans/nowhere/", 404), ("/nothing/at/all/", 404), (f"/plans/{plan.slug}/edit/", 403)):
        assert page.goto(address).status == status
        expect(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Plans")).to_be_visible()
        assert not faults(page)


def test_a_menu_on_a_phone_opens_by_its_button(enter):
    page = enter(make.make_manager(make.make_partnership()))
    set_width(page, PHONE)
    page.goto("/plans/")
    link = page.get_by_role("navigation", name="Menu").get_by_role("link", name="KPIs")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    link.click()
    expect(heading(page)).to_have_text("KPIs")


def test_without_a_script_the_menu_is_open_on_a_phone(enter):
    page = enter(make.make_manager(make.make_partnership()), java_script_enabled=False)
    set_width(page, PHONE)
    page.goto("/plans/")
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="KPIs").click()
    expect(heading(page)).to_have_text("KPIs")


def test_the_second_factor_is_set_up(page):
    member = make.make_member()
    sign_in(page, member.email)
    for address in ("/accounts/2fa/", "/accounts/2fa/totp/activate/"):
        page.goto(address)
        assert not faults(page)


def test_the_admin_pages_begin_soundly(enter):
    administrator = make.make_administrator(make.make_partnership())
    administrator.is_staff = True
    administrator.save()
    page = enter(administrator)
    assert page.goto("/admin/").status == 200
    assert not [fault for fault in faults(page) if "the title is" not in fault]

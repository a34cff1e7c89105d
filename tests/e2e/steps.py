"""What several journeys do."""

from playwright.sync_api import Locator, Page

from tests import builders as make


def heading(page: Page) -> Locator:
    """The one h1 of a page."""
    return page.get_by_role("heading", level=1)


def sign_in(page: Page, email: str, password: str = make.PASSWORD) -> None:
    """Through the page, as people do."""
    page.goto("/accounts/login/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()

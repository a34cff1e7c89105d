"""Listens to what browsers complain about."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError


class Watch:
    """What the pages of some browsers complained about: errors of scripts, refusals of the policy, missing files.

    The status of a page itself is for the test to judge (a conflict answers 409), unless the server broke.
    """

    def __init__(self) -> None:
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Listen to every page of the browser."""
        context.on("console", self.on_console)
        context.on("weberror", self.on_error)
        context.on("response", self.on_response)
        context.on("requestfailed", self.on_failure)
        return context

    def on_console(self, message: ConsoleMessage) -> None:
        """Every warning and error; what could not be fetched is told by `on_response`."""
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.page and message.page.url}: {message.text}")

    def on_error(self, error: WebError) -> None:
        """A script broke off."""
        self.complaints.append(f"{error.page and error.page.url}: {error.error}")

    def on_response(self, response: Response) -> None:
        """A file is missing, or the server broke."""
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self.complaints.append(f"{response.url} answered {response.status}")

    def on_failure(self, request: Request) -> None:
        """A file never came; a download and a page left before it was there are no failures."""
        if not request.is_navigation_request() and request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

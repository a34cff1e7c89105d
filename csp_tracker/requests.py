"""What a view is handed: for type checkers, since every page but the statements asks for a sign-in."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from csp_tracker.models import User


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in; LoginRequiredMiddleware has seen to it."""

    user: User


def asked_by_script(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view that a page's script posts to: who is signed out is told so by 401, and no form waits for them."""
    view.is_asked_by_script = True  # type: ignore[attr-defined]
    return view

"""How allauth behaves here: nobody signs up, and its mail goes through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY, get_authentication_records
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse

from csp_tracker.outbox import queue


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by people who were invited."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is not right.",
        "enter_current_password": "The current password is not right.",
        "incorrect_password": "The password is not right.",
        "too_many_login_attempts": (
            "Too many wrong passwords. Wait 15 minutes and try again, or set a new one by “Forgotten your password?”."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An account comes with an invitation, never by itself."""
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Let what was given to sign in count as given: who then links an app is not asked for it twice in a row.

        Each record keeps its own time, so that allauth asks again when that is longer ago than it allows.
        """
        given = get_authentication_records(request, user)
        request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [one | {"reauthenticated": True} for one in given]
        return super().post_login(request, user, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail, so that a silent mail server holds nobody up and loses nothing."""
        message = self.render_mail(template_prefix, email, context)
        html = (
            ""
            if not isinstance(message, EmailMultiAlternatives)
            else next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
        )
        queue(to=email, subject=message.subject, text=str(message.body), html=html)

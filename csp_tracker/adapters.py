"""How allauth behaves here: nobody signs up, and its mail goes through the outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest

from csp_tracker.outbox import queue


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by people who were invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An account comes with an invitation, never by itself."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail, so that a silent mail server holds nobody up and loses nothing."""
        message = self.render_mail(template_prefix, email, context)
        html = (
            ""
            if not isinstance(message, EmailMultiAlternatives)
            else next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
        )
        queue(to=email, subject=message.subject, text=str(message.body), html=html)

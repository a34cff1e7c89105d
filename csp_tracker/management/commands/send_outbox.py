"""`python manage.py send_outbox`, for cron every few minutes: send the mail that waits."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from csp_tracker.outbox import deliver


class Command(BaseCommand):
    """Send the mail that waits, and try again what failed before."""

    help = "Send the mail that waits in the outbox. Run it every few minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say how it went."""
        sent, failed = deliver(now=timezone.now())
        self.stdout.write(f"{sent} sent, {failed} to be tried again.")

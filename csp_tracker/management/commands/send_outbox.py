"""`python manage.py send_outbox`, for cron every few minutes: send the mail that waits."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from csp_tracker import waiting
from csp_tracker.models import OutboxMail
from csp_tracker.outbox import deliver, failed, forget_old, send_again


class Command(BaseCommand):
    """Send the mail that waits, and try again what failed before."""

    help = "Send the mail that waits in the outbox. Run it every few minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        """Begin anew with what was given up."""
        parser.add_argument("--again", action="store_true", help="begin anew with mail that failed five times")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, and say how it went; let go, on the way, of forms nobody came back for and of mail sent long ago."""
        now = timezone.now()
        waiting.forget_old(now=now)
        forget_old(now=now)
        if options["again"]:
            send_again(OutboxMail.objects.all(), now=now)
        sent, not_sent = deliver(now=now)
        self.stdout.write(f"{sent} sent, {not_sent} to be tried again.")
        if given_up := failed(OutboxMail.objects.all()).count():
            self.stdout.write(f"{given_up} failed five times and wait for a person: send_outbox --again begins anew.")

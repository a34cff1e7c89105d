"""`python manage.py send_reminders`, for cron each morning: ask people for the updates they still owe."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from actions.reminding import ReminderKind, updates_in_words
from actions.services.letters import Letter
from actions.services.reminders import Outlook, outlook, send_reminders


class Command(BaseCommand):
    """Write the day's reminders into the outbox, one mail for each person, never twice on a day."""

    help = "Ask people by mail for the updates they still owe. Run it once each morning; more often does no harm."

    def add_arguments(self, parser: CommandParser) -> None:
        """Look first, or another day."""
        parser.add_argument("--dry-run", action="store_true", help="say who would be sent what, and write nothing")
        parser.add_argument("--today", default="", metavar="DATE", help="such as 2026-11-22; otherwise the real today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, or only say what would be sent; and what nobody can be asked for."""
        today = _day(options["today"])
        seen = outlook(today)
        letters = seen.letters if options["dry_run"] else send_reminders(today=today)
        if options["dry_run"]:
            for letter in letters:
                self.stdout.write(_line(letter))
        done = "would be written" if options["dry_run"] else "written"
        asked = updates_in_words(sum(letter.number for letter in letters))
        self.stdout.write(f"{len(letters)} mail{'' if len(letters) == 1 else 's'} {done}, asking for {asked}.")
        self._say_unasked(seen)

    def _say_unasked(self, seen: Outlook) -> None:
        for round_, action in seen.unasked:
            self.stdout.write(
                f"Nobody can be asked for action {action.reference} of {round_.plan}, {round_.quarter}: assign it."
            )


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words) if words else timezone.localdate()
    except ValueError as error:
        raise CommandError(f"“{words}” is not a date such as 2026-11-22.") from error


def _line(letter: Letter) -> str:
    """Who would be sent what: “sam@example.org: Q1 2025/26, halfway: 1.1, 1.2”."""
    parts = [
        f"{part.round.plan}, {part.round.quarter}, {ReminderKind(part.kind).label.lower()}: "
        + ", ".join(action.reference for action in part.actions)
        for part in letter.parts
    ]
    if letter.comments:
        parts.append("new comments: " + ", ".join(sorted({one.action.reference for one in letter.comments})))
    return f"{letter.person.email}: {'; '.join(parts)}"

"""Load the demonstration into a development copy."""

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.importing.demonstration import SignIn, load_demonstration, sign_ins

COLUMNS = ("name", "role", "agency", "partnerships", "email", "password")


class Command(BaseCommand):
    """Load what is not there yet and print how to sign in; a second run changes nothing and prints the same."""

    _called_from_command_line: bool  # Django's own
    help = "Loads the Maldon plans and a demonstration partnership, and prints the demo sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The day from which the demonstration looks back."""
        parser.add_argument("--today", default="", metavar="DATE", help="such as 2026-11-22; otherwise the real today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then print the sign-ins."""
        if not settings.DEBUG:
            self._refuse("load_demo makes people with a password anybody can read, so it works only where DEBUG is on.")
        try:
            today = date.fromisoformat(options["today"]) if options["today"] else timezone.localdate()
        except ValueError:
            self._refuse(f"“{options['today']}” is not a date such as 2026-11-22.")
        for sentence in load_demonstration(today=today):
            self.stderr.write(f"Loaded {sentence}")
        self.stdout.write(_table(sign_ins()))

    def _refuse(self, sentence: str) -> None:
        """On a command line the sentence alone; to a caller in the program, an error."""
        if self._called_from_command_line:
            self.stderr.write(sentence)
            sys.exit(1)
        raise CommandError(sentence)


def _table(people: list[SignIn]) -> str:
    rows = [tuple(name.capitalize() for name in COLUMNS)]
    rows += [tuple(getattr(one, name) for name in COLUMNS) for one in people]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(["Demonstration sign-ins:", *lines])

"""`python manage.py clear_previews`, for cron each night: let go of what nobody came back for.

That is files which were brought and never imported, and what was typed in an update's form and never saved.
"""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from actions.importing.previewing import NotPreviewed, drop_import, forgotten
from actions.services.typed import forget_old_typed
from csp_tracker.models import User
from csp_tracker.writing import Conflict, Gone

DAYS = 30


class Command(BaseCommand):
    """Throw old previews away, with their files, in the name of a person; what was imported stays."""

    help = (
        "Throw away previews that nobody has looked at for some days, and what was typed and not saved as long ago. "
        "Imports that were confirmed stay."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How old, in whose name, or only to look."""
        parser.add_argument("--by", metavar="EMAIL", required=True, help="in whose name the history says they went")
        parser.add_argument("--days", type=int, default=DAYS, help=f"how old; {DAYS} where nothing is said")
        parser.add_argument("--dry-run", action="store_true", help="say which would go, and keep them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Let go of each in a transaction of its own; one that somebody decides about meanwhile stays."""
        by = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if by is None or options["days"] < 1:
            raise CommandError("Nobody who is here has that address." if by is None else "Name one day or more.")
        before = timezone.now() - timedelta(days=options["days"])
        old = forgotten(before=before)
        gone = 0
        for file_import in old.defer("document", "tree"):
            line = f"{file_import.partnership.slug}: {file_import.name}, {timezone.localdate(file_import.imported_at)}"
            if not options["dry_run"]:
                try:
                    drop_import(file_import=file_import, version=file_import.version, by=by)
                except (Conflict, Gone, NotPreviewed):
                    continue
            self.stdout.write(line)
            gone += 1
        done = "would be thrown away" if options["dry_run"] else "thrown away"
        self.stdout.write(f"{gone} preview{'' if gone == 1 else 's'} {done}.")
        if not options["dry_run"] and (typed := forget_old_typed(before=before)):
            self.stdout.write(f"{typed} {'text' if typed == 1 else 'texts'} typed and not saved {done}.")

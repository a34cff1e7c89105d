"""What every command that takes in a file shares: its options, in whose name it works, and how it refuses."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from csp_tracker.importing import SourceFile
from csp_tracker.models import Partnership, User
from csp_tracker.roles import Capability, may


class Refused(ValidationError):
    """An option names something that is not there."""


class ImportCommand(BaseCommand):
    """Print what a file holds and import it; a refusal is one sentence on standard error and exit status 1."""

    _called_from_command_line: bool  # Django's own
    thing = "file"  # what is brought, in the help of the options

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options, as docs/ describes them."""
        parser.add_argument("file", metavar="FILE", help=f"the {self.thing}: .docx, .xlsx, .csv, .tsv or .txt")
        parser.add_argument("--partnership", metavar="SLUG", default="", help="whose it is; needed if there are two")
        parser.add_argument("--year", default="", help=f"the financial year the {self.thing} is for, such as 2009/10")
        parser.add_argument("--quarter", default="", help="the quarter it is about, such as 2009-10-Q4")
        parser.add_argument("--by", metavar="EMAIL", default="", help="in whose name; else an administrator or manager")
        parser.add_argument("--check", action="store_true", help="only read the file; write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--tree", action="store_true", help="print everything that was read as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the work of the command."""
        try:
            self.take(options)
        except ValidationError as refusal:
            self._refuse(" ".join(refusal.messages))
        except ValueError as refusal:  # a file that is refused, a year or quarter that is none
            self._refuse(str(refusal))

    def take(self, options: dict[str, Any]) -> None:
        """Read, print, import; any refusal is raised."""
        raise NotImplementedError

    def _refuse(self, sentence: str) -> None:
        """On a command line the sentence alone; to a caller in the program, an error."""
        if self._called_from_command_line:
            self.stderr.write(sentence)
            sys.exit(1)
        raise CommandError(sentence)


def file_named(name: str) -> SourceFile:
    """The file's bytes; refused in one sentence where it cannot be read."""
    path = Path(name)
    try:
        return SourceFile(path.name, path.read_bytes())
    except OSError as error:
        raise Refused(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def partnership_named(slug: str) -> Partnership:
    """The partnership named, or the only one there is."""
    if slug:
        found = Partnership.objects.filter(slug=slug).first()
        if found is None:
            raise Refused(f"There is no partnership “{slug}”.")
        return found
    known = list(Partnership.objects.all()[:2])
    if len(known) != 1:
        why = "There are several partnerships" if known else "There is no partnership yet"
        raise Refused(f"{why}: name one with --partnership, or only read the file with --check.")
    return known[0]


def person_named(email: str, partnership: Partnership) -> User:
    """In whose name: the person named, who may import here, else the first who may."""
    if email:
        person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if person is None:
            raise Refused(f"There is nobody with the e-mail address {email}.")
        if not person.is_superuser and not may(person, partnership, Capability.EDIT_PLANS):
            raise Refused(f"{person} is no manager or administrator of {partnership} and cannot import into it.")
        return person
    for membership in partnership.memberships.current().select_related("user").order_by("-is_administrator", "pk"):
        if may(membership.user, partnership, Capability.EDIT_PLANS):
            return membership.user
    raise Refused(f"{partnership} has no manager or administrator yet: say with --by in whose name to import.")

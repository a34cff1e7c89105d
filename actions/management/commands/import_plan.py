"""Read a plan from a Word, Excel, .csv or text file, and make it a plan of a partnership."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from actions.importing import PlanTree, plan_in
from actions.importing.commit import PlanIsHere, SourceFile, commit_plan
from actions.importing.saying import outcome_in_words, outline_in_words, summary_in_words
from actions.models import Plan
from actions.permissions import can_edit_plans
from csp_tracker.grids import GridRefused, read_safely
from csp_tracker.models import Partnership, User
from csp_tracker.periods import FinancialYear, Quarter


class Command(BaseCommand):
    """Print what a file holds and import it; a refusal is one sentence on standard error and exit status 1."""

    _called_from_command_line: bool  # Django's own
    help = "Reads an action plan from a Word, Excel, .csv or text file and imports it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options, as docs/ describes them."""
        parser.add_argument("file", metavar="FILE", help="the plan: .docx, .xlsx, .csv, .tsv or .txt")
        parser.add_argument(
            "--partnership", metavar="SLUG", default="", help="whose plan it is; needed if there are two"
        )
        parser.add_argument("--title", default="", help="the plan's title, instead of the one in the file")
        parser.add_argument("--year", default="", help="the financial year the plan is for, such as 2009/10")
        parser.add_argument("--quarter", default="", help="the quarter its progress is about, such as 2009-10-Q4")
        parser.add_argument("--by", metavar="EMAIL", default="", help="in whose name; else an administrator or manager")
        parser.add_argument("--check", action="store_true", help="only read the file; write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--tree", action="store_true", help="print every priority, objective and action as well")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--update", metavar="SLUG", default="", help="bring this plan up to date with the file")
        choice.add_argument("--new", action="store_true", help="import it even if it seems to be a plan that is here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, print, import."""
        try:
            self._handle(options)
        except GridRefused as refusal:
            self._refuse(str(refusal))
        except ValidationError as refusal:
            self._refuse(" ".join(refusal.messages))
        except ValueError as refusal:  # a year or quarter that is none
            self._refuse(str(refusal))

    def _handle(self, options: dict[str, Any]) -> None:
        file = _read(options["file"])
        tree = plan_in(read_safely(file.data, file.name))
        year = FinancialYear.parse(options["year"]) if options["year"] else None
        quarter = Quarter.parse(options["quarter"]) if options["quarter"] else None
        said = ""
        if not options["check"]:
            said = self._import(tree, file, year=year, quarter=quarter, options=options)
        self._print(tree, as_json=options["json"], with_tree=options["tree"])
        if said:
            (self.stderr if options["json"] else self.stdout).write(said)

    def _import(
        self,
        tree: PlanTree,
        file: SourceFile,
        *,
        year: FinancialYear | None,
        quarter: Quarter | None,
        options: dict[str, Any],
    ) -> str:
        """Make or update the plan; what came of it, in words. What needs a yes first is offered, not done."""
        partnership = _partnership(options["partnership"])
        try:
            outcome = commit_plan(
                tree=tree,
                file=file,
                partnership=partnership,
                by=_person(options["by"], partnership),
                now=timezone.now(),
                quarter=quarter,
                year=year,
                title=options["title"],
                update=_plan(options["update"], partnership),
                is_new=options["new"],
            )
        except PlanIsHere as here:
            return f"Nothing was imported. {here.message} Say --update {here.match.plan.slug} to update it, or --new."
        return outcome_in_words(outcome)

    def _print(self, tree: PlanTree, *, as_json: bool, with_tree: bool) -> None:
        if as_json:
            found = tree.summary() | ({"tree": tree.listing()} if with_tree else {})
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(summary_in_words(tree))
        if with_tree:
            self.stdout.write(outline_in_words(tree))

    def _refuse(self, sentence: str) -> None:
        """On a command line the sentence alone; to a caller in the program, an error."""
        if self._called_from_command_line:
            self.stderr.write(sentence)
            sys.exit(1)
        raise CommandError(sentence)


class Refused(ValidationError):
    """An option names something that is not there."""


def _read(name: str) -> SourceFile:
    path = Path(name)
    try:
        return SourceFile(path.name, path.read_bytes())
    except OSError as error:
        raise Refused(f"{name} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def _partnership(slug: str) -> Partnership:
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


def _person(email: str, partnership: Partnership) -> User:
    """In whose name: the person named, who may import here, else the first who may."""
    if email:
        person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if person is None:
            raise Refused(f"There is nobody with the e-mail address {email}.")
        if not person.is_superuser and not can_edit_plans(person, partnership):
            raise Refused(f"{person} is no manager or administrator of {partnership} and cannot import into it.")
        return person
    for membership in partnership.memberships.current().select_related("user").order_by("-is_administrator", "pk"):
        if can_edit_plans(membership.user, partnership):
            return membership.user
    raise Refused(f"{partnership} has no manager or administrator yet: say with --by in whose name to import.")


def _plan(slug: str, partnership: Partnership) -> Plan | None:
    if not slug:
        return None
    plan = partnership.plans.filter(slug=slug).first()
    if plan is None:
        raise Refused(f"{partnership} has no plan “{slug}”.")
    return plan

"""Read a plan from a Word, Excel, .csv or text file, and make it a plan of a partnership."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from actions.importing import PlanTree, plan_in
from actions.importing.commit import PlanIsHere, SourceFile, commit_plan
from actions.importing.saying import outcome_in_words, outline_in_words, summary_in_words
from actions.models import Plan
from csp_tracker.grids import read_safely
from csp_tracker.management.importing import ImportCommand, Refused, file_named, partnership_named, person_named
from csp_tracker.models import Partnership
from csp_tracker.periods import FinancialYear, Quarter


class Command(ImportCommand):
    """Print what a plan's file holds and import it."""

    help = "Reads an action plan from a Word, Excel, .csv or text file and imports it."
    thing = "plan"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options, as docs/ describes them."""
        super().add_arguments(parser)
        parser.add_argument("--title", default="", help="the plan's title, instead of the one in the file")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--update", metavar="SLUG", default="", help="bring this plan up to date with the file")
        choice.add_argument("--new", action="store_true", help="import it even if it seems to be a plan that is here")

    def take(self, options: dict[str, Any]) -> None:
        """Read, import, print."""
        file = file_named(options["file"])
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
        partnership = partnership_named(options["partnership"])
        try:
            outcome = commit_plan(
                tree=tree,
                file=file,
                partnership=partnership,
                by=person_named(options["by"], partnership),
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


def _plan(slug: str, partnership: Partnership) -> Plan | None:
    if not slug:
        return None
    plan = partnership.plans.filter(slug=slug).first()
    if plan is None:
        raise Refused(f"{partnership} has no plan “{slug}”.")
    return plan

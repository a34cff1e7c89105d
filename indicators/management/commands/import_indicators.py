"""Read a table of KPIs from a Word, Excel, .csv or text file, and make it KPIs and figures of a partnership."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from csp_tracker.grids import read_safely
from csp_tracker.importing import SourceFile
from csp_tracker.management.importing import ImportCommand, file_named, partnership_named, person_named
from csp_tracker.periods import FinancialYear, Quarter
from indicators.importing import IndicatorDecisions, IndicatorTree, indicators_in
from indicators.importing.commit import Outcome, commit_indicators
from indicators.importing.saying import listing_in_words, outcome_in_words, summary_in_words
from indicators.importing.tree import as_json


class Command(ImportCommand):
    """Print what a table of KPIs holds and import it."""

    help = "Reads a table of KPIs from a Word, Excel, .csv or text file and imports it."
    thing = "table of KPIs"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options, as docs/ describes them."""
        super().add_arguments(parser)
        parser.add_argument("--new", action="store_true", help="add new KPIs only; leave those that are here alone")

    def take(self, options: dict[str, Any]) -> None:
        """Read with the year and quarter that were named, print, import."""
        decisions = IndicatorDecisions(
            year=FinancialYear.parse(options["year"]) if options["year"] else None,
            quarter=Quarter.parse(options["quarter"]) if options["quarter"] else None,
        )
        file = file_named(options["file"])
        tree = indicators_in(read_safely(file.data, file.name), decisions)
        outcome = None if options["check"] else self._import(tree, file, options)
        self._print(tree, outcome, as_json_object=options["json"], with_tree=options["tree"])

    def _import(self, tree: IndicatorTree, file: SourceFile, options: dict[str, Any]) -> Outcome:
        partnership = partnership_named(options["partnership"])
        return commit_indicators(
            tree=tree,
            file=file,
            partnership=partnership,
            by=person_named(options["by"], partnership),
            now=timezone.now(),
            update=not options["new"],
        )

    def _print(self, tree: IndicatorTree, outcome: Outcome | None, *, as_json_object: bool, with_tree: bool) -> None:
        """What was read; once it is imported the differences and revisions are those found here."""
        if as_json_object:
            found = tree.summary() | ({"tree": tree.listing()} if with_tree else {})
            if outcome is not None:
                found |= {"differences": as_json(outcome.differences), "revisions": as_json(outcome.revisions)}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(summary_in_words(tree))
            if with_tree:
                self.stdout.write(listing_in_words(tree))
        if outcome is not None:
            (self.stderr if as_json_object else self.stdout).write(outcome_in_words(outcome))

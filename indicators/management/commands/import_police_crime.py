"""Read street-level crime of data.police.uk and make it the monthly figures of the KPIs that the police count."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from csp_tracker.management.importing import ImportCommand, partnership_named, person_named
from indicators.importing.police import count_crimes, opened
from indicators.importing.police.commit import NothingCounted, area_of, commit_counts, series_of
from indicators.importing.police.saying import in_words, outcome_in_words, summary


class Command(ImportCommand):
    """Print what the files hold for the partnership's district and import it."""

    help = "Reads street-level crime of data.police.uk: .csv files, folders of months, or archives as they come (.zip)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options, as docs/operators.md describes them."""
        parser.add_argument(
            "paths", metavar="PATH", nargs="+", help="a file, folder or archive; the newest download last"
        )
        parser.add_argument("--partnership", metavar="SLUG", default="", help="whose it is; needed if there are two")
        parser.add_argument("--by", metavar="EMAIL", default="", help="in whose name; else an administrator or manager")
        parser.add_argument("--check", action="store_true", help="only read the files; write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def take(self, options: dict[str, Any]) -> None:
        """Count first, which may take minutes; then write, which does not."""
        with opened([Path(path) for path in options["paths"]]) as sources:
            partnership = partnership_named(options["partnership"])
            area, series = area_of(partnership), series_of(partnership)
            by = None if options["check"] else person_named(options["by"], partnership)
            if by and not series:
                raise NothingCounted(partnership)
            counts = count_crimes(sources, area)
        outcome = commit_counts(counts=counts, partnership=partnership, by=by) if by else None
        if options["json"]:
            found = summary(counts, partnership, series, outcome)
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(in_words(counts, series, outcome))
        if outcome is not None:
            self.stdout.write(outcome_in_words(outcome))

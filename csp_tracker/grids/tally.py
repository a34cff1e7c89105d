"""Counting what is read against what a file may have, and telling how far it is."""

from collections.abc import Callable
from dataclasses import dataclass

from csp_tracker.grids.cells import GridRefused
from csp_tracker.grids.limits import LARGEST_CELL, LARGEST_ROWS_OF_FILE, LARGEST_TEXT

TOLD_EVERY = 100  # rows


@dataclass
class Tally:
    """One file's rows and characters so far."""

    tell: Callable[[str], None] = lambda _words: None
    expected: int = 0  # rows, as far as can be known before they are read
    rows: int = 0
    characters: int = 0

    def row(self) -> None:
        """One more row."""
        self.rows += 1
        if self.rows > LARGEST_ROWS_OF_FILE:
            raise GridRefused(f"The file has more than {LARGEST_ROWS_OF_FILE:,} rows: split it into smaller files.")
        if self.rows % TOLD_EVERY == 0:
            self.tell(f"{self.rows:,} of {max(self.expected, self.rows):,} rows")

    def text(self, text: str, at: str) -> str:
        """The words of one more cell, unless they are too many."""
        if len(text) > LARGEST_CELL:
            raise GridRefused(f"{at} has a cell of more than {LARGEST_CELL:,} characters: split it, or leave it out.")
        self.characters += len(text)
        if self.characters > LARGEST_TEXT:
            raise GridRefused(f"The file has more than {LARGEST_TEXT:,} characters: keep those of the plan.")
        return text

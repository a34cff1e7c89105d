"""What taking in a file means whatever is in it: kept once, confirmed once, remembered, undone whole."""

from csp_tracker.importing.taking import (
    Previewed,
    SourceFile,
    What,
    confirmed_before,
    noted,
    stand_in_line,
    taken_in,
)
from csp_tracker.importing.undoing import BeingEdited, EditedSince, LaterImport, NotConfirmed, undo

__all__ = [
    "BeingEdited",
    "EditedSince",
    "LaterImport",
    "NotConfirmed",
    "Previewed",
    "SourceFile",
    "What",
    "confirmed_before",
    "noted",
    "stand_in_line",
    "taken_in",
    "undo",
]

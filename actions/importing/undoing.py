"""Undoing the import of a plan or of a table of KPIs: whole, while nobody has built on it and no quarter was locked."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from actions.models import ProgressUpdate, Round
from csp_tracker.importing import stand_in_line, undo
from csp_tracker.models import FileImport, User
from csp_tracker.periods import Quarter


class LockedSince(ValidationError):
    """Words and lights of a locked quarter may stand in a paper: they are not taken back."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(f"This import can no longer be undone: {quarter}, which it reports on, has been locked.")


@transaction.atomic
def undo_import(*, file_import: FileImport, version: int, by: User, now: datetime) -> FileImport:
    """Take back everything the import wrote, or nothing."""
    stand_in_line(file_import.partnership)
    _refuse_locked([int(key) for key in file_import.made.get(ProgressUpdate._meta.label, {})])
    return undo(file_import=file_import, version=version, by=by, now=now)


def _refuse_locked(updates: list[int]) -> None:
    reported = ProgressUpdate.objects.filter(pk__in=updates).order_by("quarter")
    for plan, quarter in reported.values_list("action__plan", "quarter").distinct():
        held = Round.objects.select_for_update(no_key=True).filter(plan=plan, quarter=quarter).first()
        if held is not None and held.locked_at is not None:
            raise LockedSince(quarter)

"""Throwing a preview away, and taking a whole import back."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from actions.importing.previewing import drop_import
from actions.importing.undoing import undo_import
from actions.views.imports.shared import changed_meanwhile, crumbs_of, only_while
from actions.views.shared import edits
from csp_tracker.models import FileImport
from csp_tracker.people import ImportState
from csp_tracker.requests import MemberRequest
from csp_tracker.writing import Conflict


@require_POST
@only_while(ImportState.PREVIEWED)
def import_drop(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """Throw a preview away; nothing of it is kept."""
    name = file_import.name
    try:
        drop_import(file_import=file_import, version=_version(request), by=request.user)
    except Conflict as conflict:
        return changed_meanwhile(request, conflict.theirs)
    messages.success(request, f"The preview of {name} has been thrown away.")
    return redirect("imports")


@edits
@only_while(ImportState.CONFIRMED)
def import_undo(request: MemberRequest, file_import: FileImport) -> HttpResponse:
    """Take a confirmed import back whole, while nothing of it has been edited."""
    refusal = ""
    if request.method == "POST":
        try:
            undo_import(file_import=file_import, version=_version(request), by=request.user, now=timezone.now())
        except Conflict as conflict:
            return changed_meanwhile(request, conflict.theirs)
        except ValidationError as error:
            refusal = " ".join(error.messages)
        else:
            messages.success(request, f"The import of {file_import.name} has been undone.")
            return redirect("import", file_import.pk)
    context = {
        "file_import": file_import,
        "made": list(_made(file_import)),
        "refusal": refusal,
        "cancel_url": reverse("import", args=[file_import.pk]),
        "crumbs": crumbs_of(file_import),
    }
    return render(request, "actions/imports/undo.html", context)


def _version(request: MemberRequest) -> int:
    """The version of the page the button stood on; none that ever was, where it does not say."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _made(file_import: FileImport) -> Iterator[str]:
    """What goes away, or goes back to what it was, when the import is undone: by kind, in words."""
    for label, rows in file_import.made.items():
        names = apps.get_model(label)._meta
        for number, what in (
            (sum(before is None for before, _ in rows.values()), "taken away"),
            (sum(before is not None for before, _ in rows.values()), "as before"),
        ):
            if number:
                yield f"{number:,} {names.verbose_name if number == 1 else names.verbose_name_plural}: {what}"

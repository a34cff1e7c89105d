"""Where files come in: the list of imports with the form that brings one, and the page that waits for a large file."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions.forms.imports import GUESS, UploadForm
from actions.importing.previewing import preview_import
from actions.permissions import can_edit_plans
from actions.views.imports.shared import kind_of
from actions.views.imports.waiting import PATIENCE, Waiting
from actions.views.shared import edits
from csp_tracker.grids import Document, GridRefused
from csp_tracker.models import FileImport, Partnership
from csp_tracker.partnerships import current_partnership
from csp_tracker.people import ImportKind
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require

FILES_ON_A_PAGE = 25
LOOK_AGAIN = 2  # seconds


@edits
def import_list(request: MemberRequest) -> HttpResponse:
    """The partnership's imports; a file sent here is read, and most are read before the answer."""
    partnership = current_partnership(request)
    require(can_edit_plans(request.user, partnership))
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said = form.cleaned_data
        waiting = Waiting.begin(
            said["file"], token=said["token"] or uuid4(), kind=said["kind"], partnership=partnership, by=request.user
        )
        return _look_at(request, partnership, waiting, form, PATIENCE)
    return _list_page(request, partnership, form)


@require_safe
def import_reading(request: MemberRequest, token: UUID) -> HttpResponse:
    """How far the reading of a large file is; the preview as soon as there is one, which the upload asked for."""
    waiting = Waiting.of(token, request.user)
    partnership = current_partnership(request)
    require(can_edit_plans(request.user, partnership))
    return _look_at(request, partnership, waiting, UploadForm())


def _look_at(
    request: MemberRequest, partnership: Partnership, waiting: Waiting, form: UploadForm, patience: float = 0.0
) -> HttpResponse:
    """To the preview of a file that was read, to what is wrong with one that cannot be, or to the page that waits."""
    if waiting.is_thrown_away:
        return redirect("imports")
    if waiting.preview is not None:
        return redirect("import", waiting.preview)
    reading = waiting.read(patience)
    if reading.refusal is not None:
        waiting.forget()
        return _list_page(request, partnership, form, refusal=reading.refusal)
    if reading.document is not None:
        try:
            pk = waiting.become(_previewing(request, waiting, reading.document))
        except GridRefused as refusal:
            waiting.forget()
            return _list_page(request, partnership, form, refusal=str(refusal))
        if pk is not None:
            return redirect("import", pk)
    address = reverse("import_reading", args=[waiting.token])
    if request.method == "POST":
        return redirect(address)
    context = {"name": waiting.name, "progress": reading.progress, "crumbs": [("Imports", reverse("imports"))]}
    answer = render(request, "actions/imports/reading.html", context)
    answer.headers["Refresh"] = f"{LOOK_AGAIN}; url={address}"
    return answer


def _previewing(request: MemberRequest, waiting: Waiting, document: Document) -> Callable[[bytes], FileImport]:
    kind = waiting.notes["kind"]

    def make(data: bytes) -> FileImport:
        return preview_import(
            partnership=Partnership.objects.get(pk=waiting.notes["partnership"]),
            document=document,
            name=waiting.name,
            data=data,
            kind=kind_of(document) if kind == GUESS else ImportKind(kind),
            by=request.user,
            now=timezone.now(),
            is_kept_unread=True,
        )

    return make


def _list_page(
    request: MemberRequest, partnership: Partnership, form: UploadForm, *, refusal: str = ""
) -> HttpResponse:
    if refusal:
        form = UploadForm({"kind": form["kind"].value()}, {})
        form.is_valid()
        form.errors.clear()
        form.add_error("file", refusal)
    found = partnership.file_imports.for_listing()
    context = {
        "form": form,
        "page_obj": Paginator(found, FILES_ON_A_PAGE).get_page(request.GET.get("page")),
        "partnership": partnership,
    }
    return render(request, "actions/imports/imports.html", context)

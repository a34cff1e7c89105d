"""What the pages of an import share: the import of an address, its file read again with what was decided, decisions."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from actions.importing import plan_in
from actions.importing.columns import Meaning
from actions.importing.previewing import READERS, decide, decisions_of
from actions.importing.tree import Offer
from actions.permissions import can_edit_plans
from actions.views.shared import conflict_page, is_saved_already, settle_on, show_refusal
from csp_tracker.grids import Document, GridRefused
from csp_tracker.grids.readings import Question, RowReading
from csp_tracker.models import FileImport
from csp_tracker.people import ImportKind, ImportState
from csp_tracker.receipts import AGAIN
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import require
from csp_tracker.writing import Conflict
from indicators.importing import indicators_in
from indicators.importing.meanings import Meaning as KpiMeaning

#: What a column of a file can mean, by what the file is read as.
MEANINGS: dict[str, type[StrEnum]] = {ImportKind.PLAN: Meaning, ImportKind.INDICATORS: KpiMeaning}


#: What somebody is told who comes too late, or too early.
STANDS = {
    ImportState.PREVIEWED: "This file has not been imported yet.",
    ImportState.CONFIRMED: "This file has been imported already.",
    ImportState.UNDONE: "This import has been undone already.",
}
Page = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Preview:
    """A file that was read: all that is in it, what was decided about it, and what it gives or why it gives nothing."""

    file_import: FileImport
    document: Document
    decisions: Any
    tree: Any
    refusal: str = ""

    @property
    def is_plan(self) -> bool:
        """Whether it is read as a plan, not as a table of KPIs."""
        return self.file_import.kind == ImportKind.PLAN

    @property
    def meanings(self) -> type[StrEnum]:
        """What its columns can mean."""
        return MEANINGS[self.file_import.kind]

    @property
    def readings(self) -> tuple[RowReading, ...]:
        """Every row of every table, in the file's order."""
        return self.tree.readings if self.tree else ()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What a person should settle or look at."""
        return self.tree.questions if self.tree else ()

    @property
    def unsettled(self) -> list[Question]:
        """What must be answered before anything is imported; the year is asked for where the import is confirmed."""
        return [one for one in self.questions if one.must_be_settled and one.kind != "year"]

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What the words of a plan say beyond its columns."""
        return self.tree.offers if self.tree and self.is_plan else ()

    def row(self, number: int) -> RowReading:
        """The row of an address."""
        if not 1 <= number <= len(self.readings):
            raise Http404
        return self.readings[number - 1]

    def numbers(self) -> dict[str, int]:
        """The number of each row's own page, by where the row stands."""
        return {reading.at: number for number, reading in enumerate(self.readings, start=1)}

    def not_used(self) -> list[dict[str, Any]]:
        """Words that nothing was made of: where they stand, why, and the number of their row's page."""
        numbers = self.numbers()
        return [vars(one) | {"row": numbers.get(one.at)} for one in self.tree.not_used] if self.tree else []

    def has_light(self, at: str) -> bool:
        """Whether something begins in the row that can have a light."""
        if not self.tree:
            return False
        return any(one.at == at for one in (self.tree.actions() if self.is_plan else self.tree.indicators))


def import_or_404(request: MemberRequest, pk: int) -> FileImport:
    """The import of the address, for those who may import."""
    rows = FileImport.objects.visible_to(request.user).select_related("partnership", "imported_by")
    file_import = get_object_or_404(rows, pk=pk)
    settle_on(request, file_import.partnership)
    require(can_edit_plans(request.user, file_import.partnership))
    return file_import


def only_while(state: ImportState) -> Callable[[Page], Page]:
    """A page of an import in this state; from others it leads to the import's own page, which says how it stands."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def of_import(request: MemberRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
            file_import = import_or_404(request, pk)
            if file_import.state == state:
                return page(request, file_import, *args, **kwargs)
            messages.info(request, STANDS[ImportState(file_import.state)])
            return redirect("import", pk)

        return of_import

    return decorate


def read(file_import: FileImport) -> Preview:
    """The file of the import read again, with everything that was decided about it so far."""
    document, decided = Document.from_json(file_import.document), decisions_of(file_import)
    try:
        return Preview(file_import, document, decided, READERS[file_import.kind].read(document, decided))
    except GridRefused as refusal:
        return Preview(file_import, document, decided, None, str(refusal))


def kind_of(document: Document) -> ImportKind:
    """What a file seems to be: a plan if one is found in it that has actions of its own, else a table of KPIs."""
    try:
        tree = plan_in(document)
    except GridRefused:
        tree = None
    if tree is not None and Meaning.ACTION in {heading.meaning for heading in tree.headings}:
        return ImportKind.PLAN
    try:
        indicators_in(document)
    except GridRefused:
        return ImportKind.PLAN
    return ImportKind.INDICATORS


def crumbs_of(file_import: FileImport) -> list[tuple[str, str]]:
    """The way from the list of imports to a page about this one."""
    return [("Imports", reverse("imports")), (file_import.name, reverse("import", args=[file_import.pk]))]


def decision_page(
    request: MemberRequest,
    preview: Preview,
    form_class: Any,
    parts: dict[str, Any],
    *,
    template: str,
    told: str,
    url: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show a form about how the file is read and keep what it decides; of two people the second sees both answers."""
    file_import = preview.file_import
    context |= {"file_import": file_import, "cancel_url": url, "crumbs": crumbs_of(file_import)}

    def make_form(data: Any) -> Any:
        form = form_class(data, decided=decisions_of, **parts)
        form.initial = form.values_of(file_import)
        return form

    form = make_form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decide(
                file_import=file_import,
                version=form.cleaned_data["version"],
                decisions=form.decisions(preview.decisions),
                by=request.user,
            )
        except Conflict as conflict:
            # An answer to what is no longer asked cannot be compared: it may be another than the one that stands.
            is_asked_still = request.POST.keys() - {"csrfmiddlewaretoken"} <= form.fields.keys()
            if is_asked_still and is_saved_already(request, form, conflict.theirs):
                messages.success(request, f"{told} {AGAIN}")
                return redirect(url)
            return conflict_page(request, form, conflict.theirs, make_form, context)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, told)
            return redirect(url)
    return render(request, template, context | {"form": form})


def changed_meanwhile(request: MemberRequest, theirs: Any) -> HttpResponse:
    """Somebody else changed the import after the person looked: they look again before anything is done."""
    last = theirs.history.select_related("history_user").first()
    context = {
        "file_import": theirs,
        "saved": last,
        "saved_by": last and last.history_user,
        "crumbs": [("Imports", reverse("imports"))],
    }
    return render(request, "actions/imports/changed.html", context, status=409)

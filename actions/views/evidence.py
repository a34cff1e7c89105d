"""Evidence as pages show it, and the address under which a file of it is given to members of its partnership."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from actions.forms.evidence import AGAIN, BOXES, FILE, LINK, EvidencePart
from actions.forms.updates import ProgressUpdateForm
from actions.models import Action, Evidence, ProgressUpdate
from actions.services.evidence import put_up, take_away
from actions.views.shared import show_refusal
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest

#: Should a browser show a file all the same, nothing in it may run, load or reach anything.
LOCKED_IN = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
#: The buttons of an update's form that are about evidence alone: nothing of the words is saved by them.
ATTACH, ASK, TAKE = "attach", "ask_away", "take_away"
BUTTONS = {ATTACH, ASK, TAKE}


@require_safe
def evidence_file(request: MemberRequest, pk: int, evidence_pk: int) -> HttpResponseBase:
    """The file, to be kept and not to be shown: what it is called comes from its row, what it is from our own table."""
    files = Evidence.objects.visible_to(request.user).exclude(file="")
    evidence = get_object_or_404(files, pk=evidence_pk, action__id=pk)
    try:
        opened = evidence.file.open("rb")
    except (OSError, SuspiciousFileOperation):
        return _gone(request, evidence)
    kind = evidence.kind.content_type
    answer = FileResponse(opened, as_attachment=True, filename=evidence.file_name, content_type=kind)
    answer.headers["Content-Security-Policy"] = LOCKED_IN
    return answer


def _gone(request: MemberRequest, evidence: Evidence) -> HttpResponse:
    """The row is there and its bytes are not: somebody who runs the service has to look."""
    action = evidence.action
    context = {
        "evidence": evidence,
        "crumbs": [(f"Action {action.reference}", action.get_absolute_url()), ("File", "")],
    }
    return render(request, "actions/evidence_gone.html", context, status=404)


def any_evidence(quarter: Quarter | None = None) -> Exists:
    """Whether anything was put up for an action, to be asked together with it."""
    rows = Evidence.objects.filter(action=OuterRef("pk"))
    return Exists(rows.filter(quarter=quarter) if quarter else rows)


def evidence_of(action: Action, quarter: Quarter | None = None) -> QuerySet[Evidence]:
    """What was put up for the action, of one quarter or of all; asked only where there is some (`has_evidence`)."""
    rows = action.evidence.select_related("put_up_by")
    return rows.filter(quarter=quarter) if quarter else rows


@dataclass
class Entry:
    """One quarter of an action's timeline: what was said, which may be nothing yet, and what shows it."""

    quarter: Quarter
    update: ProgressUpdate | None = None
    evidence: list[Evidence] = field(default_factory=list)


def by_quarter(
    updates: Iterable[ProgressUpdate], evidence: Iterable[Evidence], since: Quarter | None = None
) -> list[Entry]:
    """The quarters with words, evidence or both, newest first; with `since` none before it."""
    entries = {update.quarter: Entry(update.quarter, update) for update in updates}
    for one in evidence:
        if since is None or one.quarter >= since:
            entries.setdefault(one.quarter, Entry(one.quarter)).evidence.append(one)
    return sorted(entries.values(), key=lambda entry: entry.quarter, reverse=True)


class EvidenceDesk:
    """What the buttons about evidence do in the form of an update, which comes back as it was typed."""

    def __init__(self, request: MemberRequest, action: Action, quarter: Quarter, today: date) -> None:
        self.request, self.action, self.quarter, self.today = request, action, quarter, today
        self.asked: Evidence | None = None  # what is about to be taken away, if the person is sure
        self.status = 200

    def serve(self, form: ProgressUpdateForm) -> dict[str, Any]:
        """Do what the button says; what the page is to know of it."""
        posted = self.request.POST
        try:
            if ATTACH in posted:
                self._attach(form)
            elif TAKE in posted:
                self._take_away(self._meant(posted[TAKE]))
            else:
                self.asked = self._meant(posted[ASK])
        except ValidationError as refusal:
            self.status = 409
            show_refusal(form, refusal)
        return {"asked": self.asked, "is_adding": ATTACH in posted}

    def _attach(self, form: ProgressUpdateForm) -> None:
        if form.errors.keys() & set(BOXES):
            return
        new = EvidencePart().said(form.cleaned_data)
        if new is None:
            form.add_error(LINK, "Enter a link or choose a file")
            return
        evidence = put_up(action=self.action, quarter=self.quarter, new=new, by=self.request.user, today=self.today)
        self.action.has_evidence = True  # type: ignore[attr-defined]
        form.empty(*BOXES)
        messages.success(self.request, f"Evidence added: {evidence.title}")

    def _meant(self, key: str) -> Evidence | None:
        rows = self.action.evidence.filter(quarter=self.quarter)
        return rows.filter(pk=key).first() if key.isdecimal() else None

    def _take_away(self, evidence: Evidence | None) -> None:
        if evidence is not None:
            take_away(evidence=evidence, by=self.request.user, today=self.today)
            messages.success(self.request, f"Evidence taken away: {evidence.title}")


def say_choose_again(form: ProgressUpdateForm) -> None:
    """No page can give a chosen file back: where the form is shown again, say so."""
    if form.files.get(FILE) and FILE not in form.errors:
        form.add_error(FILE, AGAIN)

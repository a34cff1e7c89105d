"""What an officer owes this quarter, and the page where one action's update is written."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from actions.forms.evidence import EvidencePart
from actions.forms.figures import FigureBox, boxes_for
from actions.forms.milestones import MilestonesPart
from actions.forms.parts import DueDatePart, Part
from actions.forms.updates import ProgressUpdateForm, UnchangedForm
from actions.models import Action, Comment, Milestone, ProgressUpdate, SupportingAgency, TypedUpdate
from actions.permissions import can_report_on, can_run_rounds
from actions.pointers import pointers
from actions.services import updates as services
from actions.services.beside import DateMovedMeanwhile
from actions.services.figures import FigureRefused, indicators_of, measured_lights, readings_for
from actions.services.milestones import TickedMeanwhile
from actions.services.pointing import words_pointed_out
from actions.services.rewording import rewordings
from actions.services.typed import anything_typed, boxes_of, typed_by
from actions.values import COUNTED_STATES, UpdateState
from actions.views.evidence import BUTTONS, EvidenceDesk, any_evidence, evidence_of, say_choose_again
from actions.views.owed import next_owed, plans_of, task_lists
from actions.views.shared import due_dates_of, edits, settle_on, show_refusal
from csp_tracker.partnerships import current_membership
from csp_tracker.people import Role
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import membership_of, require
from csp_tracker.writing import Conflict
from indicators.models import Indicator, Reading
from indicators.services.rules import rules_of

#: The words of last time that can be put into their box by a button.
COPIED = ("progress", "work_needed", "back_on_track")
TYPED_BEFORE = (
    "You typed words for this update that are not saved yet. Put them back into the form, or throw them away and "
    "submit as unchanged then."
)
PEOPLE = ("drafted_by", "submitted_by", "edited_by", "returned_by", "approved_by")


@require_safe
def my_updates(request: MemberRequest) -> HttpResponse:
    """What the person owes, what came back and what is done, for `?quarter=` or each plan's current quarter."""
    membership = current_membership(request)
    if membership is None:
        raise Http404
    require(membership.role != Role.VIEWER)
    today, quarter = timezone.localdate(), _asked_quarter(request)
    plans = plans_of(membership, today)
    quarters = {one for plan in plans for one in plan.quarters if one.starts_on <= today}
    lists = [found for found in task_lists(membership, plans, quarter, today) if found.tasks or found.supported]
    context = {
        "lists": lists,
        "quarter": quarter,
        "shown": quarter or (lists[0].quarter if lists else None),
        "quarters": sorted(quarters, reverse=True),
        "agency": membership.agency,
        "is_manager": membership.role == Role.MANAGER,
    }
    return render(request, "actions/updates.html", context)


def _asked_quarter(request: MemberRequest) -> Quarter | None:
    code = request.GET.get("quarter")
    try:
        return Quarter.parse(code) if code else None
    except ValueError as error:
        raise Http404 from error


@edits
def update(request: MemberRequest, pk: int, quarter: Quarter) -> HttpResponse:
    """Write one action's update for one quarter, as a draft or as the finished one."""
    actions = Action.objects.visible_to(request.user).with_slips().with_milestones()
    actions = actions.annotate(has_typed=anything_typed(request.user, quarter))
    actions = actions.annotate(has_evidence=any_evidence(quarter))
    action = get_object_or_404(
        actions.select_related("plan__partnership", "objective__priority", "lead_officer", "lead_agency"), pk=pk
    )
    settle_on(request, action.plan.partnership)
    page = UpdatePage(request, action, quarter, timezone.localdate())
    if not can_report_on(request.user, action):
        return page.refused()
    return page.save() if request.method == "POST" else page.show()


class UpdatePage:
    """The page of one action and quarter for one request."""

    def __init__(self, request: MemberRequest, action: Action, quarter: Quarter, today: date) -> None:
        self.request, self.action, self.quarter, self.today = request, action, quarter, today

    def show(self) -> HttpResponse:
        """The empty form, the draft so far, or why nothing can be written; what was typed and not saved is offered."""
        now, last = self._updates()
        has_typed = self.action.has_typed  # type: ignore[attr-defined]
        typed = typed_by(self.request.user, self.action, self.quarter) if has_typed else None
        try:
            services.refuse_closed(
                action=self.action,
                quarter=self.quarter,
                update=now,
                round=self.action.plan.rounds.filter(quarter=self.quarter).first(),
                by=self.request.user,
                today=self.today,
            )
        except ValidationError as refusal:
            return self._closed(refusal, now, typed)
        form = self._form(update=now)
        words = self._typed_words(typed, now, form.boxes)
        if typed is None or not words:
            return self._form_page(form, now, last)
        if "typed" in self.request.GET:
            return self._put_back(typed, now, last, form.boxes)
        return self._form_page(form, now, last, typed=typed, typed_words=words, is_overtaken=_is_overtaken(typed, now))

    def refused(self) -> HttpResponse:
        """What somebody wrote who may no longer write here, to be copied, and who leads the action now."""
        posted, has_typed = self.request.POST, self.action.has_typed  # type: ignore[attr-defined]
        require(has_typed or self.request.method == "POST")
        boxes = self._boxes()
        typed = typed_by(self.request.user, self.action, self.quarter) if has_typed else None
        sent = self._form(posted, boxes=boxes).typed_words() if posted else []
        if why := posted.get("why_unchanged", "").strip():
            sent.append((str(UnchangedForm.base_fields["why_unchanged"].label), why))
        kept = self._typed_words(typed, None, boxes)
        leads = [str(lead) for lead in (self.action.lead_officer, self.action.lead_agency) if lead is not None]
        led = f"Action {self.action.reference} is led by {', '.join(leads) or 'nobody yet'}."
        return self._cannot(
            f"{led} Its update is written by its lead officer, the officers of its lead agency and managers.",
            status=403,
            typed=typed,
            typed_words=kept if kept != sent else [],
            sent=sent,
        )

    def _typed_words(
        self, typed: TypedUpdate | None, now: ProgressUpdate | None, boxes: list[FigureBox]
    ) -> list[tuple[str, Any]]:
        """Where what the person has typed and not saved differs from what is saved."""
        return self._form(boxes_of(typed), boxes=boxes, update=now).typed_words() if typed else []

    def _put_back(
        self, typed: TypedUpdate, now: ProgressUpdate | None, last: ProgressUpdate | None, boxes: list[FigureBox]
    ) -> HttpResponse:
        """The form with what was typed; where somebody has saved since, with both texts."""
        form = self._form(boxes_of(typed), boxes=boxes)
        if now is not None and _is_overtaken(typed, now) and form.is_valid():
            return self._conflict_page(form, now, status=200)
        return self._form_page(form, now, last, put_back=typed)

    def save(self) -> HttpResponse:
        """Give the words to the service; whatever is refused comes back with everything that was typed."""
        if "unchanged" in self.request.POST:
            return self._save_unchanged()
        form = self._form(self.request.POST, self.request.FILES)
        if "copy" in self.request.POST:
            return self._copied(form, self.request.POST["copy"])
        if self.request.POST.keys() & BUTTONS:
            desk = EvidenceDesk(self.request, self.action, self.quarter, self.today)
            shown = desk.serve(form)
            return self._form_page(form, *self._updates(), status=desk.status, **shown)
        if not form.is_valid():
            return self._form_page(form, *self._updates())
        read = {box.indicator: box.reading for box in form.boxes}
        steps = [one.step for one in self.milestones]
        write = partial(services.submit, readings=read, steps=steps) if form.is_submitting else services.save_draft
        try:
            written = write(
                action=self.action, quarter=self.quarter, by=self.request.user, today=self.today, **form.words
            )
        except FigureRefused as refused:
            form.refuse_figure(refused)
            return self._form_page(form, *self._updates(), status=409 if refused.reading else 200)
        except Conflict as conflict:
            return self._conflict_page(form, cast(ProgressUpdate, conflict.theirs))
        except ValidationError as error:
            if isinstance(error, DateMovedMeanwhile):
                form.see_date(error.due_on)
            elif isinstance(error, TickedMeanwhile):
                form.see_milestone(error.milestone)
            show_refusal(form, error)
            return self._form_page(form, *self._updates(), status=409)
        if form.is_submitting:
            fresh = readings_for(read, self.quarter) if form.words["figures"] else read
            self._updates()
            self._point_out(self._pointed(written, fresh), "You can change it until it is approved.")
        else:
            self._point_out(words_pointed_out(written), "It is your decision: change the draft, or keep these words.")
        return self._saved(is_submitted=form.is_submitting)

    def _copied(self, form: ProgressUpdateForm, what: str) -> HttpResponse:
        """The form as it was typed, with words from beside a box put into it; nothing is saved."""
        now, last = self._updates()
        if what in COPIED and last is not None:
            form.put_in(what, getattr(last, what))
        said = next((one for one in self._comments() if one.is_contribution and what == f"comment-{one.pk}"), None)
        if said is not None:
            form.put_in("progress", words_of_comment(said))
        return self._form_page(form, now, last)

    def _comments(self) -> list[Any]:
        """What was said beside the action for the quarter: by its supporting agencies, and by others."""
        supporting = SupportingAgency.objects.filter(action=self.action, agency=OuterRef("agency"))
        found = self.action.comments.filter(quarter=self.quarter).annotate(is_contribution=Exists(supporting))
        return list(found.select_related("agency", "written_by").order_by("written_at", "pk"))

    def _said_beside(self) -> dict[str, Any]:
        """What supporting agencies contribute, ready to be put into the box; and what others say."""
        comments = self._comments()
        return {
            "contributions": [
                (one, f"comment-{one.pk}", words_of_comment(one)) for one in comments if one.is_contribution
            ],
            "comments": [one for one in comments if not one.is_contribution],
        }

    def _save_unchanged(self) -> HttpResponse:
        """Submit what was said last time once more; whatever is refused comes back with the reason that was typed."""
        form, boxes = UnchangedForm(self.request.POST), self._boxes()
        waiting = self._waiting(boxes) if form.is_valid() else {}
        if waiting:
            form.add_error(None, TYPED_BEFORE)
        elif form.is_valid():
            try:
                written = services.submit_unchanged(
                    action=self.action,
                    quarter=self.quarter,
                    version=form.cleaned_data["version"] or 0,
                    by=self.request.user,
                    today=self.today,
                    because=form.cleaned_data["why_unchanged"],
                    readings={box.indicator: box.reading for box in boxes},
                )
            except Conflict:
                form.add_error(None, "Somebody has written an update meanwhile: it is in the form now.")
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                self._updates()
                readings = {box.indicator: box.reading for box in boxes}
                self._point_out(self._pointed(written, readings), "You can change it until it is approved.")
                return self._saved(is_submitted=True)
        now, last = self._updates()
        if now is not None and form.non_field_errors():  # the box it was typed in does not stand beside an update
            form.add_error(None, f"Your reason was “{form.cleaned_data['why_unchanged']}”.")
        return self._form_page(
            self._form(update=now, boxes=boxes),
            now,
            last,
            status=409 if form.non_field_errors() else 200,
            unchanged_form=form,
            **waiting,
        )

    def _waiting(self, boxes: list[FigureBox]) -> dict[str, Any]:
        """What the person typed and did not save: submitting last time's words would throw it away unseen."""
        has_typed = self.action.has_typed  # type: ignore[attr-defined]
        typed = typed_by(self.request.user, self.action, self.quarter) if has_typed else None
        now = self._updates()[0] if typed else None
        words = self._typed_words(typed, now, boxes)
        if typed is None or not words:
            return {}
        return {"typed": typed, "typed_words": words, "is_overtaken": _is_overtaken(typed, now)}

    def _point_out(self, sentences: list[str], may: str) -> None:
        """Say what deserves a second look; nothing is blocked."""
        if sentences:
            look = f"Action {self.action.reference}, worth a second look: {'; '.join(sentences)}."
            messages.warning(self.request, f"{look} {may}")

    def _saved(self, *, is_submitted: bool) -> HttpResponse:
        """Straight to the next update that is owed; nothing more to do is said too."""
        action, quarter = self.action, self.quarter
        name = f"action {action.reference}, {Truncator(action.text).chars(80)}"
        if not is_submitted:
            messages.success(self.request, f"Draft for {quarter} saved: {name}")
            return redirect("updates")
        messages.success(self.request, f"Update for {quarter} submitted: {name}")
        if self.request.GET.get("from") == "updates":
            asked = self.request.GET.get("quarter")
            return redirect(f"{reverse('updates')}?quarter={quarter.code}" if asked else "updates")
        if self.request.GET.get("from") == "review" and can_run_rounds(self.request.user, action.plan):
            return redirect("round_review_one", action.plan.slug, quarter, action.pk)
        if self.request.GET.get("from") == "round" and can_run_rounds(self.request.user, action.plan):
            return redirect("round", action.plan.slug, quarter)
        membership = membership_of(self.request.user, action.plan.partnership_id)
        if membership is None or not _is_theirs(action, membership):
            return redirect(action)
        following = next_owed(membership, action, quarter, self.today)
        return redirect("update", following.pk, quarter) if following else redirect("updates")

    def _updates(self) -> tuple[ProgressUpdate | None, ProgressUpdate | None]:
        """The update of the quarter, and the newest before it that counts."""
        here, before = Q(quarter=self.quarter), Q(quarter__lt=self.quarter, state__in=COUNTED_STATES)
        found = self.action.updates.filter(here | before).select_related(*PEOPLE).order_by("-quarter")[:3]
        now = next((update for update in found if update.quarter == self.quarter), None)
        self.earlier = [update for update in found if update.quarter != self.quarter]
        return now, next(iter(self.earlier), None)

    def _pointed(self, now: ProgressUpdate | None, readings: Mapping[Indicator, Reading | None]) -> list[str]:
        """What deserves a second look in what is written so far, from what the page has read already."""
        if now is None:
            return []
        named = words_pointed_out(now)
        if now.rag == RAG.NOT_RATED and now.state == UpdateState.DRAFT:
            return named  # nobody has chosen yet
        back = [(self.quarter.ordinal - one.quarter.ordinal, one) for one in self.earlier]
        return named + pointers(
            rag=RAG(now.rag),
            progress=now.progress,
            work_needed=now.work_needed,
            rag_reason=now.rag_reason,
            suggested=RAG(now.suggested_rag) if now.suggested_rag else None,
            measured=measured_lights(readings).values(),
            earlier=[(RAG(one.rag), one.progress) for place, (gap, one) in enumerate(back, 1) if gap == place],
        )

    def _form(self, *posted: Any, boxes: list[FigureBox] | None = None, **more: Any) -> ProgressUpdateForm:
        boxes = self._boxes() if boxes is None else boxes
        return ProgressUpdateForm(*posted, plan=self.action.plan, boxes=boxes, parts=self._parts(), **more)

    def _parts(self) -> list[Part]:
        """What can be said beside words, light and figures."""
        return [MilestonesPart(self.milestones, self.quarter, self.today), DueDatePart(self.action), EvidencePart()]

    @cached_property
    def milestones(self) -> list[Milestone]:
        """The action's milestones; read only where it has any."""
        if not self.action.has_milestones:  # type: ignore[attr-defined]
            return []
        return list(self.action.milestones.filter(archived_at=None))

    def _boxes(self) -> list[FigureBox]:
        return boxes_for(indicators_of(self.action), self.quarter)

    def _form_page(
        self,
        form: ProgressUpdateForm,
        now: ProgressUpdate | None,
        last: ProgressUpdate | None,
        *,
        status: int = 200,
        template: str = "actions/update.html",
        **more: Any,
    ) -> HttpResponse:
        say_choose_again(form)
        form.describe(self.quarter)
        readings = {box.indicator: box.reading for box in form.boxes}
        steps = [one.step for one in self.milestones]
        suggestion = services.suggestion_for(self.action, self.quarter, readings, today=self.today, steps=steps)
        form.ask_why(suggestion.rating)
        context = self._context() | {
            "form": form,
            "update": now,
            "last": last,
            "suggestion": suggestion,
            "pointed": self._pointed(now, readings),
            "rules": rules_of(box.rated for box in form.boxes if box.rated),
            **self._said_beside(),
            "reworded": rewordings([now]).get(now.pk, []) if now else [],
            "evidence": evidence_of(self.action, self.quarter) if self.action.has_evidence else [],  # type: ignore[attr-defined]
            "can_save_draft": now is None or not now.is_counted,
            "unchanged_form": UnchangedForm(initial={"version": 0}) if now is None and last else None,
        }
        return render(self.request, template, context | more, status=status)

    def _conflict_page(self, form: ProgressUpdateForm, theirs: ProgressUpdate, *, status: int = 409) -> HttpResponse:
        """Both texts, and the person's own ready to be saved over the other after reading."""
        differences = form.differences(theirs)
        form.take_over(theirs.version)
        saved = theirs.history.select_related("history_user").first()
        return self._form_page(
            form,
            *self._updates(),
            status=status,
            template="actions/update_conflict.html",
            differences=differences,
            saved=saved,
        )

    def _closed(self, refusal: ValidationError, now: ProgressUpdate | None, typed: TypedUpdate | None) -> HttpResponse:
        words = self._typed_words(typed, now, self._boxes()) if typed else []
        return self._cannot(refusal.messages[0], status=409, update=now, typed=typed, typed_words=words)

    def _cannot(self, words: str, *, status: int, **more: Any) -> HttpResponse:
        return render(
            self.request, "actions/update_closed.html", self._context() | {"words": words} | more, status=status
        )

    def _context(self) -> dict[str, Any]:
        action = self.action
        return {
            "action": action,
            "quarter": self.quarter,
            **due_dates_of(action),
            "crumbs": [
                ("My updates", reverse("updates")),
                (f"Action {action.reference}", action.get_absolute_url()),
                (f"Update for {self.quarter}", ""),
            ],
        }


def _is_overtaken(typed: TypedUpdate, now: ProgressUpdate | None) -> bool:
    """Whether the update has been saved since this was typed over it."""
    return now is not None and now.version != typed.seen_version


def words_of_comment(comment: Comment) -> str:
    """A comment as it is put into an update: with the agency that says it."""
    return f"{comment.agency.label}: {comment.text}"


def _is_theirs(action: Action, membership: Any) -> bool:
    return action.lead_officer_id == membership.user_id or action.lead_agency_id == membership.agency_id

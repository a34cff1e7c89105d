"""One action: what the plan says of it, how it stands, its quarters, what people said, and its history."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from actions.builders import plan_words
from actions.carrying import year_in_words
from actions.forms.figures import FigureBox
from actions.forms.notes import CommentForm, PrivateNoteForm
from actions.models import (
    Action,
    ActionIndicator,
    CarryForward,
    Comment,
    DueDateChange,
    Evidence,
    Milestone,
    Plan,
    PrivateNote,
    ProgressUpdate,
    Round,
    SupportingAgency,
    Unlock,
)
from actions.permissions import (
    can_comment_on,
    can_edit_plan,
    can_keep_milestones,
    can_keep_private_notes,
    can_report_on,
    can_run_rounds,
)
from actions.rag import Step, has_ended, is_overdue, judged_on, light_in_quarter
from actions.services.notes import add_comment, add_private_note
from actions.services.refusals import refuse_closed
from actions.services.rewording import rewordings
from actions.values import COUNTED_STATES, ActionStatus, TimescaleKind, UpdateState
from actions.views.evidence import any_evidence, by_quarter, evidence_of
from actions.views.shared import due_dates_of, settle_on, show_refusal
from csp_tracker.history import Source, Trail
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import membership_of, require
from indicators.models import Indicator, Reading
from indicators.services.rules import rules_of

QUARTERS_AT_FIRST = 8
ENTRIES_ON_A_PAGE = 20
PEOPLE = ("drafted_by", "submitted_by", "edited_by", "returned_by", "approved_by")


@require_safe
def action_page(request: MemberRequest, pk: int) -> HttpResponse:
    """Everything about one action, in a fixed number of queries."""
    return ActionPage(request, pk).show()


@require_POST
def action_comment(request: MemberRequest, pk: int) -> HttpResponse:
    """Say something about the action for a quarter."""
    page = ActionPage(request, pk)
    require(can_comment_on(page.user, page.action))
    form = page.comment_form(request.POST)
    if form.is_valid():
        try:
            add_comment(action=page.action, by=page.user, **form.cleaned_data)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Your comment has been added.")
            return redirect(f"{page.action.get_absolute_url()}#comments")
    return page.show(comment_form=form)


@require_POST
def action_note(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep a private note on the action."""
    page = ActionPage(request, pk)
    require(can_keep_private_notes(page.user, page.action))
    form = PrivateNoteForm(request.POST)
    if form.is_valid():
        try:
            add_private_note(action=page.action, by=page.user, **form.cleaned_data)
        except ValidationError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Your private note has been kept.")
            return redirect(f"{page.action.get_absolute_url()}#notes")
    return page.show(note_form=form)


@require_safe
def action_history(request: MemberRequest, pk: int) -> HttpResponse:
    """Who changed what, when, from what to what, and why. Private notes have no part in it."""
    actions = Action.objects.visible_to(request.user).select_related("plan__partnership")
    action = get_object_or_404(actions, pk=pk)
    settle_on(request, action.plan.partnership)
    trail = Trail(_sources(action, request.user, with_drafts=_reads_drafts(request.user, action)))
    context = {
        "action": action,
        "page_obj": Paginator(trail, ENTRIES_ON_A_PAGE).get_page(request.GET.get("page")),
        "crumbs": [*_crumbs(action), (f"Action {action.reference}", action.get_absolute_url()), ("History", "")],
    }
    return render(request, "actions/action_history.html", context)


def _sources(action: Action, user: User, *, with_drafts: bool) -> list[Source]:
    mine = {"action", "position"}
    updates, between_them = ProgressUpdate.history.filter(action=action.pk), set()
    if not with_drafts:
        updates, between_them = updates.filter(state__in=COUNTED_STATES), {"returned_words"}
    plans = Plan.objects.visible_to(user).values("pk")
    carried = CarryForward.history.filter(from_action=action.pk, to_plan__in=plans)
    came_from = CarryForward.history.filter(to_action=action.pk, to_plan__in=plans)
    return [
        Source(Action.history.filter(id=action.pk), "Action", {"position", "due_precision"}, _given_others),
        Source(
            updates,
            lambda row: f"Update for {row.quarter}",
            {"action", "quarter", "figures", "draft_figures", "origin", "state"} | between_them,
            _what_became_of_it,
        ),
        Source(DueDateChange.history.filter(action=action.pk), "Move of the due date", mine),
        Source(
            Milestone.history.filter(action=action.pk),
            lambda row: f"Milestone “{Step(row.text, row.due_on).name}”",
            mine,
            _what_became_of_the_milestone,
        ),
        Source(carried, "Decision about the next plan", {"from_action", "confirmed_by", "confirmed_at"}),
        Source(
            came_from,
            "Where it was carried from",
            {"to_plan", "to_action", "confirmed_by", "confirmed_at"},
            lambda *_: "recorded",
        ),
        Source(SupportingAgency.history.filter(action=action.pk), "Supporting agency", mine),
        Source(ActionIndicator.history.filter(action=action.pk), "KPI", mine),
        Source(Comment.history.filter(action=action.pk), lambda row: f"Comment for {row.quarter}", mine | {"quarter"}),
        Source(
            Evidence.history.filter(action=action.pk),
            lambda row: f"Evidence for {row.quarter}",
            mine | {"quarter", "file", "file_size", "sha256"},
        ),
    ]


def _given_others(row: Any, before: Any) -> str | None:
    """A version made by rows that tie the action to others, which have entries of their own; None for all others."""
    if before is None or row.history_type != "~":
        return None
    columns = [column for column in row.tracked_fields if column.name != "version"]
    is_same = all(column.value_from_object(row) == column.value_from_object(before) for column in columns)
    return "given other supporting agencies or KPIs" if is_same else None


def _what_became_of_it(row: Any, before: Any) -> str | None:
    """The step an update has taken; None where only its words changed."""
    if before is not None and before.state == row.state:
        return "given other figures in its draft" if before.draft_figures != row.draft_figures else None
    return "begun as a draft" if row.state == UpdateState.DRAFT else UpdateState(row.state).label.lower()


def _what_became_of_the_milestone(row: Any, before: Any) -> str | None:
    """That it was reached, taken out or put back; None where its words or its day changed."""
    if before is None or row.history_type != "~":
        return None
    if row.archived_at != before.archived_at:
        return "put back" if row.archived_at is None else "taken out of the plan"
    if row.done_on != before.done_on:
        return "open again" if row.done_on is None else "reached"
    return None


def _reads_drafts(user: User, action: Action) -> bool:
    """Drafts and what was returned are between those who write the update and those who approve it."""
    return can_report_on(user, action) or can_run_rounds(user, action.plan)


def _crumbs(action: Action) -> list[tuple[str, str]]:
    return [("Plans", reverse("plans")), (action.plan.title, action.plan.get_absolute_url())]


class ActionPage:
    """The page of one action for one request."""

    def __init__(self, request: MemberRequest, pk: int) -> None:
        self.request, self.user, self.today = request, request.user, timezone.localdate()
        opened: QuerySet = Plan.objects.with_open_quarter(self.today).filter(pk=OuterRef("plan"))
        in_force = Unlock.objects.filter(action=OuterRef("pk"), until__gte=self.today)
        self.last_ended = Quarter.last_ended(self.today)
        locked = Round.objects.filter(plan=OuterRef("plan"), quarter=self.last_ended, locked_at__isnull=False)
        lineage = CarryForward.objects.about(OuterRef("pk")).filter(to_plan__isnull=False)
        actions = (
            Action.objects.visible_to(self.user)
            .with_slips()
            .with_milestones()
            .select_related("plan__partnership", "objective__priority", "lead_officer", "lead_agency")
            .annotate(
                open_quarter=Subquery(opened.values("open_quarter")),
                is_unlocked=Exists(in_force),
                is_last_locked=Exists(locked),
                has_lineage=Exists(lineage),
                has_evidence=any_evidence(),
            )
        )
        self.action = get_object_or_404(actions, pk=pk)
        self.plan = self.action.plan
        self.plan.open_quarter = self.action.open_quarter  # type: ignore[attr-defined]
        settle_on(request, self.plan.partnership)
        self.quarter = self.plan.quarter_at(self.today)
        self.words = plan_words(self.plan)

    def comment_form(self, data: Any = None) -> CommentForm:
        """The form for a comment, on the quarters that have begun; `?comment=` chooses one."""
        begun = [quarter for quarter in reversed(self.plan.quarters) if quarter.starts_on <= self.today]
        asked = next((one for one in begun if one.code == self.request.GET.get("comment")), self.quarter)
        return CommentForm(data, quarters=begun or [self.quarter], quarter=asked)

    def show(
        self, *, comment_form: CommentForm | None = None, note_form: PrivateNoteForm | None = None
    ) -> HttpResponse:
        """The page, with a form that was refused in place of an empty one."""
        action, user = self.action, self.user
        may_report, may_note = can_report_on(user, action), can_keep_private_notes(user, action)
        supporters = list(action.support.select_related("agency"))
        membership = membership_of(user, self.plan.partnership_id)
        updates, has_more = self._updates()
        context = self._standing(updates)
        unlocks = list(self._unlocks()) if action.is_unlocked else []  # type: ignore[attr-defined]
        is_closed = (may_report or can_run_rounds(user, self.plan)) and self._is_closed(context["now"])
        context |= {
            "action": action,
            "plan": self.plan,
            "quarter": self.quarter,
            "timeline": by_quarter(updates, self._evidence(), updates[-1].quarter if has_more else None),
            "has_more": has_more,
            "supporters": supporters,
            "can_contribute": membership is not None and membership.agency_id in {one.agency_id for one in supporters},
            **self._kpis(),
            **self._milestones(),
            "comments": action.comments.select_related("written_by", "agency").order_by("-written_at", "-pk"),
            "notes": PrivateNote.objects.visible_to(user).filter(action=action).select_related("written_by")
            if may_note
            else None,
            "comment_form": (comment_form or self.comment_form()) if can_comment_on(user, action) else None,
            "note_form": (note_form or PrivateNoteForm()) if may_note else None,
            "form": comment_form or note_form,
            "can_update": may_report and self._is_open(unlocks, is_closed=is_closed),
            "may_report": may_report,
            "can_edit": can_edit_plan(user, self.plan),
            "unlocks": unlocks,
            "can_unlock": can_run_rounds(user, self.plan) and is_closed,
            "crumbs": [*_crumbs(action), (f"Action {action.reference}", "")],
        }
        if action.has_lineage:  # type: ignore[attr-defined]
            context |= self._lineage()
        return render(self.request, "actions/action.html", context)

    def _milestones(self) -> dict[str, Any]:
        """The steps on the way, in the plan and taken out of it, read only where there are any."""
        action = self.action
        found = list(action.milestones.all()) if action.has_milestones else []  # type: ignore[attr-defined]
        day = judged_on(self.today, self.quarter)
        ended = has_ended(ActionStatus(action.status), action.completed_on, action.closed_on, day)
        return {
            "milestones": [
                (one, one.done_on is None and not ended and one.step.is_overdue(day))
                for one in found
                if one.archived_at is None
            ],
            "milestones_taken_out": [one for one in found if one.archived_at is not None],
            "can_keep_milestones": can_keep_milestones(self.user, action) and action.archived_at is None,
        }

    def _lineage(self) -> dict[str, Any]:
        """Where the action came from, and what became of it, as far as the reader may see the plans: one query."""
        about = CarryForward.objects.visible_to(self.user).about(self.action)
        rows = list(about.select_related("from_action__plan", "to_action", "to_plan", "into", "decided_by"))
        before = [row for row in rows if row.to_action_id == self.action.pk]
        year = max((row.to_year or 1 for row in before), default=1)
        return {
            "came_from": before,
            "carried_year": year_in_words(year) if year > 1 else "",
            "went_to": next((row for row in rows if row.from_action_id == self.action.pk), None),
        }

    def _unlocks(self) -> QuerySet[Unlock]:
        """Who may change which quarter again, until when."""
        in_force = self.action.unlocks.filter(until__gte=self.today)
        return in_force.select_related("person").order_by("until", "pk")

    def _is_open(self, unlocks: list[Unlock], *, is_closed: bool) -> bool:
        """Whether the form of the quarter would let the reader write: the service's own answer, without a query."""
        has_leave = any(leave.person_id == self.user.pk and leave.quarter == self.quarter for leave in unlocks)
        if is_closed and not has_leave:
            return False
        try:
            refuse_closed(
                action=self.action, quarter=self.quarter, update=None, round=None, by=self.user, today=self.today
            )
        except ValidationError:
            return False
        return True

    def _is_closed(self, now: ProgressUpdate | None) -> bool:
        """Whether nobody can change the quarter's update any more without leave."""
        if now is not None and now.state == UpdateState.APPROVED:
            return True
        if self.action.open_quarter == self.quarter:  # type: ignore[attr-defined]
            return False
        if self.quarter == self.last_ended:
            return self.action.is_last_locked  # type: ignore[attr-defined]
        return self.plan.rounds.filter(quarter=self.quarter, locked_at__isnull=False).exists()

    def _updates(self) -> tuple[list[ProgressUpdate], bool]:
        """The quarters, newest first; older ones are read when asked for."""
        updates: QuerySet[ProgressUpdate] = self.action.updates.select_related(*PEOPLE).order_by("-quarter")
        if not _reads_drafts(self.user, self.action):
            updates = updates.counted()  # type: ignore[attr-defined]
        found = list(updates if "all" in self.request.GET else updates[: QUARTERS_AT_FIRST + 1])
        reworded = rewordings(found)
        for update in found:
            update.reworded = reworded.get(update.pk)  # type: ignore[attr-defined]
            update.word = update.rag_as_stated or self.words.get(update.rag, "")  # type: ignore[attr-defined]
        has_more = "all" not in self.request.GET and len(found) > QUARTERS_AT_FIRST
        return (found[:QUARTERS_AT_FIRST] if has_more else found), has_more

    def _evidence(self) -> list[Evidence]:
        """What shows that the words are so, read only where there is any."""
        return list(evidence_of(self.action)) if self.action.has_evidence else []  # type: ignore[attr-defined]

    def _standing(self, updates: list[ProgressUpdate]) -> dict[str, Any]:
        """This quarter's light and the due date in words."""
        action = self.action
        now = next((update for update in updates if update.quarter == self.quarter), None)
        earlier = [update for update in updates if update.is_counted and update.quarter <= self.quarter]
        ended_on = action.completed_on or action.closed_on
        light, is_updated = light_in_quarter(
            rag=RAG(now.rag) if now else None,
            state=UpdateState(now.state) if now else None,
            has_ended=ended_on is not None and ended_on <= self.quarter.ends_on,
            last=RAG(earlier[0].rag) if earlier else None,
        )
        return {
            "light": light,
            "word": (now and now.is_counted and now.rag_as_stated) or self.words.get(light, ""),
            "is_updated": is_updated,
            "now": now,
            "last": earlier[0] if earlier else None,
            **due_dates_of(action),
            "is_overdue": is_overdue(
                today=self.today,
                quarter=self.quarter,
                kind=TimescaleKind(action.timescale_kind),
                due_on=action.due_on,
                status=ActionStatus(action.status),
                completed_on=action.completed_on,
                closed_on=action.closed_on,
            ),
        }

    def _kpis(self) -> dict[str, Any]:
        """The action's KPIs, each with its newest reading, and the rules of their lights: two queries."""
        newest = Reading.objects.filter(indicator=OuterRef("pk")).order_by("-period_starts_on", "-pk")
        kpis = (
            Indicator.objects.visible_to(self.user)
            .filter(action_links__action=self.action)
            .order_by("action_links__position", "action_links__pk")
            .annotate(newest_id=Subquery(newest.values("pk")[:1]))
        )
        readings = Reading.objects.select_related("scheme").in_bulk([kpi.newest_id for kpi in kpis if kpi.newest_id])
        boxes = [FigureBox(kpi, None, last=readings.get(kpi.newest_id)) for kpi in kpis]
        return {"kpis": boxes, "rules": rules_of(box.rated for box in boxes if box.rated)}

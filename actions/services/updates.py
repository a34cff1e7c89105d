"""An action's update for a quarter: drafted, submitted, returned, approved; or taken over from a file."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from actions.models import Action, ProgressUpdate, Round
from actions.rag import Step, has_ended, judged_on, next_occurrence, suggest, with_measures, with_milestones
from actions.services.actions import complete_action, completed_because, reopen_action
from actions.services.beside import NOTHING_BESIDE, Beside, write_beside
from actions.services.figures import Figure, as_they_stand, measured_lights, readings_of, typed_figures, write_figures
from actions.services.mailing import mail_returned
from actions.services.milestones import steps_of
from actions.services.refusals import (
    ActionEnded,
    AlreadyApproved,
    AlreadySubmitted,
    NobodyApprovesOwnLight,
    NobodyApprovesOwnWords,
    NobodyReturnsOwnWords,
    NothingBefore,
    NotSubmitted,
    OutsidePlan,
    PlanNotActive,
    PublicationReasonMissing,
    QuarterNotStarted,
    ReasonMissing,
    RoundLocked,
    WhyUnchangedMissing,
    WordsMissing,
    refuse_closed,
    refuse_frozen,
    refuse_outside,
)
from actions.services.rewording import light_changed_by
from actions.services.typed import forget_typed
from actions.values import ActionStatus, DatePrecision, Recurrence, TimescaleKind, UpdateOrigin, UpdateState
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG, Verdict
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict, bytes_or_nothing, held, store
from indicators.models import Indicator, Reading

__all__ = [
    "ActionEnded",
    "AlreadyApproved",
    "AlreadySubmitted",
    "Conflict",
    "Figure",
    "NobodyApprovesOwnLight",
    "NobodyApprovesOwnWords",
    "NobodyReturnsOwnWords",
    "NotSubmitted",
    "NothingBefore",
    "OutsidePlan",
    "PlanNotActive",
    "PublicationReasonMissing",
    "QuarterNotStarted",
    "ReasonMissing",
    "RoundLocked",
    "WhyUnchangedMissing",
    "WordsMissing",
    "approve",
    "carry_forward_imported",
    "import_update",
    "refuse_closed",
    "return_update",
    "save_draft",
    "submit",
    "submit_unchanged",
    "suggestion_for",
]


@dataclass(frozen=True)
class _Words:
    """What a person says in an update, cleaned as it will be kept."""

    progress: str
    work_needed: str
    rag: RAG
    rag_reason: str
    back_on_track: str
    carry_forward: bool
    not_for_publication: bool = False
    not_for_publication_reason: str = ""
    unchanged_because: str = ""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if type(value) is str:
                object.__setattr__(self, name, clean_text(value))
        if not self.not_for_publication:
            object.__setattr__(self, "not_for_publication_reason", "")

    def are_in(self, update: ProgressUpdate) -> bool:
        """Whether the update says exactly this."""
        return all(getattr(update, name) == value for name, value in asdict(self).items())


@bytes_or_nothing()
@transaction.atomic
def save_draft(
    *,
    action: Action,
    quarter: Quarter,
    version: int,
    by: User,
    today: date,
    progress: str,
    work_needed: str,
    rag: RAG,
    rag_reason: str = "",
    back_on_track: str = "",
    carry_forward: bool = False,
    not_for_publication: bool = False,
    not_for_publication_reason: str = "",
    figures: Iterable[Figure] = (),
    beside: Beside = NOTHING_BESIDE,
) -> ProgressUpdate:
    """Keep what has been written so far, with its figures as typed; nothing of it counts before it is submitted.

    `version` is that of the update the person saw, 0 where there was none.
    """
    words = _Words(
        progress, work_needed, rag, rag_reason, back_on_track, carry_forward, not_for_publication,
        not_for_publication_reason,
    )  # fmt: skip
    action, update, was = _locked_for(action, quarter, by=by, today=today)
    typed = typed_figures(action=action, quarter=quarter, figures=figures)
    is_second_copy = _is_second_copy(update, words, typed, version)
    if update.is_counted:
        if is_second_copy and not typed:
            return update
        raise AlreadySubmitted
    write_beside(action=action, quarter=quarter, beside=beside, today=today, by=by)
    _say(update, words)
    update.draft_figures = typed
    store(update, by=by, was=was, goes_on=False)
    forget_typed(action=action, quarter=quarter, by=by)
    return update


@bytes_or_nothing()
@transaction.atomic
def submit(
    *,
    action: Action,
    quarter: Quarter,
    version: int,
    by: User,
    today: date,
    progress: str,
    work_needed: str,
    rag: RAG,
    rag_reason: str = "",
    back_on_track: str = "",
    carry_forward: bool = False,
    not_for_publication: bool = False,
    not_for_publication_reason: str = "",
    unchanged_because: str = "",
    figures: Iterable[Figure] = (),
    beside: Beside = NOTHING_BESIDE,
    readings: Mapping[Indicator, Reading | None] | None = None,
    steps: Sequence[Step] | None = None,
    now: datetime | None = None,
) -> ProgressUpdate:
    """Say it officially: from now on the light counts and the figures are on record.

    The author is who submits; editing later makes no new one, but the update says who else changed its words or light.
    `unchanged_because` is for `submit_unchanged`: whoever writes words of their own says that something has changed.
    `readings`: those of the action's KPIs for the quarter, where the page has just read them, and `steps` its
    milestones; they are read again once figures are written or milestones ticked. `now` is given where the
    submission lies in the past, as in a demonstration.
    """
    words = _Words(
        progress, work_needed, rag, rag_reason, back_on_track, carry_forward, not_for_publication,
        not_for_publication_reason, unchanged_because,
    )  # fmt: skip
    if rag.needs_reason and not words.rag_reason.strip():
        raise ReasonMissing(rag)
    if words.not_for_publication and not words.not_for_publication_reason.strip():
        raise PublicationReasonMissing
    action, update, was = _locked_for(action, quarter, by=by, today=today)
    figures = list(figures)
    typed = {str(figure.indicator.pk): figure.as_typed for figure in figures}
    is_second_copy = _is_second_copy(update, words, typed, version) and update.is_counted
    write_figures(action=action, quarter=quarter, figures=figures, by=by)
    write_beside(action=action, quarter=quarter, beside=beside, today=today, by=by)
    if is_second_copy:
        return update
    now = now or timezone.now()
    if update.state != UpdateState.SUBMITTED or update.submitted_by_id == by.pk:
        update.edited_by = update.edited_at = None
    elif not words.are_in(update):
        update.edited_by, update.edited_at = by, now
    _say(update, words)
    update.draft_figures = {}
    if figures or readings is None:
        readings = readings_of(action, quarter)
    suggestion = suggestion_for(action, quarter, readings, today=today, steps=None if beside.milestones else steps)
    update.suggested_rag, update.suggested_why = suggestion.rating, suggestion.why
    if update.state != UpdateState.SUBMITTED:
        update.state, update.origin, update.figures = UpdateState.SUBMITTED, UpdateOrigin.PERSON, []
        update.submitted_by, update.submitted_at = by, now
        update.approved_by = update.approved_at = None
    store(update, by=by, was=was, goes_on=False)
    forget_typed(action=action, quarter=quarter, by=by)
    return update


@transaction.atomic
def submit_unchanged(
    *,
    action: Action,
    quarter: Quarter,
    version: int,
    by: User,
    today: date,
    because: str,
    readings: Mapping[Indicator, Reading | None] | None = None,
) -> ProgressUpdate:
    """Submit words and light of the newest counted update before the quarter once more, and say why they still hold.

    Figures are not taken over: they are of their own quarter.
    """
    if not because.strip():
        raise WhyUnchangedMissing
    last = action.updates.counted().filter(quarter__lt=quarter).order_by("-quarter").first()
    if last is None:
        raise NothingBefore
    return submit(
        action=action,
        quarter=quarter,
        version=version,
        by=by,
        today=today,
        progress=last.progress,
        work_needed=last.work_needed,
        rag=RAG(last.rag),
        rag_reason=last.rag_reason,
        back_on_track=last.back_on_track,
        carry_forward=last.carry_forward,
        not_for_publication=last.not_for_publication,
        not_for_publication_reason=last.not_for_publication_reason,
        unchanged_because=because,
        readings=readings,
    )


@transaction.atomic
def approve(*, update: ProgressUpdate, version: int, by: User, now: datetime) -> ProgressUpdate:
    """Agree to the update and keep its figures as they stand; a complete light completes the action.

    Another light in place of the complete one that completed it puts the action back in progress.
    """
    action, update, _ = _locked_for_review(update, version)
    if update.submitted_by_id == by.pk:
        raise NobodyApprovesOwnWords
    if (changed := light_changed_by(by, update)) is not None:
        raise NobodyApprovesOwnLight(*changed)
    update.state, update.approved_by, update.approved_at = UpdateState.APPROVED, by, now
    update.figures = as_they_stand(readings_of(action, update.quarter))
    store(update, by=by)
    _complete_if_said(action, update, by=by, now=now)
    _reopen_if_taken_back(action, update, by=by)
    return update


@transaction.atomic
def return_update(*, update: ProgressUpdate, version: int, words: str, by: User, now: datetime) -> ProgressUpdate:
    """Ask for a change in words; the light no longer counts until it is submitted again.

    The author gets the words by mail, with the address of the form; the lead officer where the author has left.
    """
    if not words.strip():
        raise WordsMissing
    action, update, round_ = _locked_for_review(update, version)
    if update.submitted_by_id == by.pk:
        raise NobodyReturnsOwnWords
    refuse_frozen(action=action, quarter=update.quarter, round=round_, still_on=timezone.localdate(now))
    update.state, update.returned_words = UpdateState.RETURNED, words
    update.returned_by, update.returned_at = by, now
    store(update, by=by, reason=words)
    mail_returned(update, action)
    return update


@transaction.atomic
def import_update(
    *,
    action: Action,
    quarter: Quarter,
    progress: str,
    work_needed: str,
    rag: RAG,
    rag_as_stated: str,
    carry_forward: bool,
    is_new: bool = False,
    by: User,
    now: datetime,
) -> ProgressUpdate:
    """Take over what a file says of the action for the quarter, as approved. Words that are there raise Conflict.

    `is_new`: the action was made in this transaction, so that nobody else sees it yet and it has no words.
    """
    refuse_outside(action.plan, quarter)
    if not is_new:
        action = _locked(action)
        if (there := action.updates.filter(quarter=quarter).first()) is not None:
            raise Conflict(there)
    update = ProgressUpdate(action=action, quarter=quarter, drafted_by=by)
    _say(update, _Words(progress, work_needed, rag, "", "", carry_forward))
    update.rag_as_stated = rag_as_stated
    update.state, update.origin = UpdateState.APPROVED, UpdateOrigin.IMPORTED
    update.submitted_by = update.approved_by = by
    update.submitted_at = update.approved_at = now
    store(update, by=by)
    _complete_if_said(action, update, by=by, now=now)
    return update


@transaction.atomic
def carry_forward_imported(*, update: ProgressUpdate, version: int, reason: str, by: User) -> ProgressUpdate:
    """Mark what was taken over from a file as to be carried forward; what a person has written since is theirs."""
    action = _locked(update.action)
    round_ = _locked_round(action, update.quarter)
    update = held(action.updates.all(), update).refuse_if_stale(version)
    if not update.is_as_imported:
        raise Conflict(update)
    refuse_frozen(action=action, quarter=update.quarter, round=round_)
    update.carry_forward = True
    store(update, by=by, reason=reason)
    return update


def suggestion_for(
    action: Action,
    quarter: Quarter,
    readings: Mapping[Indicator, Reading | None],
    *,
    today: date,
    steps: Sequence[Step] | None = None,
) -> Verdict:
    """The suggested light: what the dates say, and what milestones and the KPIs' lights add to it while it runs.

    `steps` are the action's milestones, where the page has just read them.
    """
    status = ActionStatus(action.status)
    by_date = suggest(
        today=today,
        quarter=quarter,
        kind=TimescaleKind(action.timescale_kind),
        due_on=action.due_on,
        precision=DatePrecision(action.due_precision or DatePrecision.DAY),
        status=status,
        completed_on=action.completed_on,
        closed_on=action.closed_on,
        next_on=_next_on(action, today),
    )
    day = judged_on(today, quarter)
    if has_ended(status, action.completed_on, action.closed_on, day):
        return by_date
    steps = steps_of(action) if steps is None else steps
    return with_measures(with_milestones(by_date, steps, day=day), measured_lights(readings))


def _next_on(action: Action, today: date) -> date | None:
    if not action.recurrence:
        return None
    recurrence = Recurrence(action.recurrence)
    return next_occurrence(recurrence, month=action.recurs_month, day=action.recurs_day, on_or_after=today)


def _locked(action: Action) -> Action:
    """The action as it stands now. Everything done to one action's updates stands in line here, on every database."""
    actions = Action.objects.with_milestones().select_for_update(of=("self",), no_key=True)
    return held(actions.select_related("plan"), action)


def _locked_for(
    action: Action, quarter: Quarter, *, by: User, today: date
) -> tuple[Action, ProgressUpdate, ProgressUpdate | None]:
    """The action and its update of the quarter, a new one where there is none, both safe from others until we end.

    The third is the update again, to be left as it is; None where there was none.
    """
    action = _locked(action)
    round_ = _locked_round(action, quarter)
    was = action.updates.select_for_update().filter(quarter=quarter).first()
    refuse_closed(action=action, quarter=quarter, update=was, round=round_, by=by, today=today)
    return action, copy(was) if was else ProgressUpdate(action=action, quarter=quarter, drafted_by=by), was


def _locked_for_review(update: ProgressUpdate, version: int) -> tuple[Action, ProgressUpdate, Round | None]:
    """The action and the update a manager has read, refused where it has changed or the quarter is locked."""
    action = _locked(update.action)
    round_ = _locked_round(action, update.quarter)
    update = held(action.updates.all(), update)
    update.refuse_if_stale(version)
    if update.state != UpdateState.SUBMITTED:
        raise NotSubmitted
    refuse_frozen(action=action, quarter=update.quarter, round=round_)
    return action, update, round_


def _locked_round(action: Action, quarter: Quarter) -> Round | None:
    """The round, held until we end: no quarter is locked between our look at it and our writing."""
    return Round.objects.select_for_update(no_key=True).filter(plan=action.plan_id, quarter=quarter).first()


def _is_second_copy(update: ProgressUpdate, words: _Words, typed: Mapping[str, Any], version: int) -> bool:
    """Whether the same words came twice (a double click, the back button), perhaps with more figures.

    Other words than seen, a figure of the draft that would be lost, or a return that was not seen, raise Conflict.
    """
    if update._state.adding or update.version == version:
        return False
    if update.state == UpdateState.RETURNED and _is_returned_since(update, version):
        raise Conflict(update)
    if not words.are_in(update) or any(typed.get(key) != kept for key, kept in update.draft_figures.items()):
        raise Conflict(update)
    return True


def _is_returned_since(update: ProgressUpdate, version: int) -> bool:
    """Whether this return came after the version; what has been saved since, as a draft, is still returned."""
    return update.history.filter(version__gte=version).exclude(state=UpdateState.RETURNED).exists()


def _say(update: ProgressUpdate, words: _Words) -> None:
    if update.rag != words.rag:
        update.rag_as_stated = ""  # a file's word for another light
    for name, value in asdict(words).items():
        setattr(update, name, value)


def _complete_if_said(action: Action, update: ProgressUpdate, *, by: User, now: datetime) -> None:
    if update.rag == RAG.COMPLETE:
        done_on = judged_on(timezone.localdate(now), update.quarter)
        complete_action(action=action, completed_on=done_on, by=by, reason=_reported_complete(update))


def _reopen_if_taken_back(action: Action, update: ProgressUpdate, *, by: User) -> None:
    """Put the action back in progress if nothing but an earlier light of this update has completed it."""
    if update.rag == RAG.COMPLETE or action.status != ActionStatus.COMPLETE:
        return
    later = action.updates.filter(quarter__gt=update.quarter, rag=RAG.COMPLETE, state=UpdateState.APPROVED)
    if completed_because(action) == _reported_complete(update) and not later.exists():
        light = RAG(update.rag).label.lower()
        reopen_action(action=action, by=by, reason=f"Reported {light} for {update.quarter}, not complete")


def _reported_complete(update: ProgressUpdate) -> str:
    """The reason in the history of an action that this update completed."""
    return f"Reported complete for {update.quarter}"

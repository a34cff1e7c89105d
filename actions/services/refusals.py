"""Why an update cannot be written, submitted, approved or returned: each refusal with its sentence."""

from datetime import date

from django.core.exceptions import ValidationError

from actions.models import Action, Plan, ProgressUpdate, Round
from actions.values import PlanStatus, UpdateState
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.rag import RAG


class OutsidePlan(ValidationError):
    """A plan reports on its own quarters only."""

    def __init__(self, plan: Plan, quarter: Quarter) -> None:
        super().__init__(f"{quarter} is outside the plan, which runs from {plan.first_quarter} to {plan.last_quarter}.")


class RoundLocked(ValidationError):
    """The quarter is locked: words and lights no longer change."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(
            f"{quarter} is locked: its words and lights no longer change. A manager can unlock this action for you."
        )


class QuarterNotStarted(ValidationError):
    """Nobody can say what happened in a quarter before it begins."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(f"{quarter} has not started. It begins on {quarter.starts_on:%-d %B %Y}.")


class PlanNotActive(ValidationError):
    """Updates are written while the plan is active: not on a draft, and a closed plan is only read."""

    def __init__(self, status: PlanStatus) -> None:
        why = (
            "is closed: it is read, not updated" if status == PlanStatus.CLOSED else "is a draft: it is not active yet"
        )
        super().__init__(f"The plan {why}.")


class ActionEnded(ValidationError):
    """What ended before the quarter began owes nothing, and nothing can be added to it."""

    def __init__(self, words: str) -> None:
        super().__init__(f"This action needs no update for the quarter: {words}.")


class AlreadyApproved(ValidationError):
    """Approved words change only for a person a manager has unlocked the action for."""

    def __init__(self) -> None:
        super().__init__("This update has been approved. A manager can unlock it for you if it has to change.")


class AlreadySubmitted(ValidationError):
    """What others may already have read is not taken back to a draft."""

    def __init__(self) -> None:
        super().__init__("This update has been submitted, so it cannot become a draft again. Submit your changes.")


class ReasonMissing(ValidationError):
    """Red and amber need a reason from a person."""

    def __init__(self, rag: RAG) -> None:
        super().__init__({"rag_reason": f"Enter why the light is {rag.label.lower()}"})


class PublicationReasonMissing(ValidationError):
    """Who keeps words out of public papers says why."""

    def __init__(self) -> None:
        super().__init__({"not_for_publication_reason": "Enter why these words are not for publication"})


class NotSubmitted(ValidationError):
    """Only what has been submitted is approved or returned."""

    def __init__(self) -> None:
        super().__init__("This update is not waiting for approval.")


class NobodyApprovesOwnWords(ValidationError):
    """The author is who submitted; somebody else approves."""

    def __init__(self) -> None:
        super().__init__("Somebody else has to approve your words.")


class NobodyApprovesOwnLight(ValidationError):
    """Who gave somebody else's update another light does not approve that light."""

    def __init__(self, was: RAG, now: RAG) -> None:
        super().__init__(
            f"You changed the light from {was.label.lower()} to {now.label.lower()}: somebody else has to approve it."
        )


class NobodyReturnsOwnWords(ValidationError):
    """The author changes their words; somebody else returns them."""

    def __init__(self) -> None:
        super().__init__("These are your own words: somebody else has to return them.")


class WordsMissing(ValidationError):
    """Who returns an update says why."""

    def __init__(self) -> None:
        super().__init__({"words": "Enter what should change"})


class NothingBefore(ValidationError):
    """Only what was said before can be said to be as it was."""

    def __init__(self) -> None:
        super().__init__("There is no earlier update of this action: write what happened.")


class WhyUnchangedMissing(ValidationError):
    """Who says that nothing has changed says why."""

    def __init__(self) -> None:
        super().__init__({"why_unchanged": "Enter why nothing has changed"})


def refuse_outside(plan: Plan, quarter: Quarter) -> None:
    """Raise OutsidePlan unless the quarter is one of the plan's."""
    if not plan.first_quarter <= quarter <= plan.last_quarter:
        raise OutsidePlan(plan, quarter)


def refuse_closed(
    *,
    action: Action,
    quarter: Quarter,
    update: ProgressUpdate | None,
    round: Round | None,  # noqa: A002 - the domain's word
    by: User,
    today: date,
) -> None:
    """Raise the reason why this person cannot write this action's update for the quarter today, if there is one."""
    plan = action.plan
    refuse_outside(plan, quarter)
    if plan.status != PlanStatus.ACTIVE:
        raise PlanNotActive(PlanStatus(plan.status))
    if quarter.starts_on > today:
        raise QuarterNotStarted(quarter)
    ended_on = action.completed_on or action.closed_on
    if ended_on is not None and ended_on < quarter.starts_on:
        raise ActionEnded(f"it was {action.get_status_display().lower()} on {ended_on:%-d %B %Y}")
    if action.archived_at is not None:
        raise ActionEnded("it has been taken out of the plan")
    is_locked = round is not None and round.locked_at is not None
    is_approved = update is not None and update.state == UpdateState.APPROVED
    leave = action.unlocks.filter(quarter=quarter, person=by, until__gte=today)
    if (is_locked or is_approved) and not leave.exists():
        raise RoundLocked(quarter) if is_locked else AlreadyApproved


def refuse_frozen(*, action: Action, quarter: Quarter, round: Round | None, still_on: date | None = None) -> None:  # noqa: A002
    """Raise RoundLocked where a manager can no longer review the action's update, because its quarter is locked.

    What was written after an unlock is reviewed as before, if need be when the leave is over; but with `still_on` only
    while somebody has it on that day, for what is returned must be written again.
    """
    if round is None or round.locked_at is None:
        return
    leave = action.unlocks.filter(quarter=quarter)
    if not (leave.filter(until__gte=still_on) if still_on else leave).exists():
        raise RoundLocked(quarter)

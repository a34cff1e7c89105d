"""Who may do what with plans and actions: the table of roles, applied to a row."""

from actions.models import Action, Plan, ProgressUpdate
from actions.values import PlanStatus
from csp_tracker.models import Partnership, User
from csp_tracker.people import Role
from csp_tracker.roles import Capability, Grant, grant, may, membership_of


def leads(user: User, action: Action) -> bool:
    """Whether the action is the person's own: its lead officer, or an officer of its lead agency."""
    membership = membership_of(user, action.plan.partnership_id)
    if membership is None or membership.role == Role.VIEWER:
        return False
    return action.lead_officer_id == user.pk or action.lead_agency_id == membership.agency_id


def _may_with(user: User, action: Action, capability: Capability) -> bool:
    given = grant(user, action.plan.partnership_id, capability)
    return given is Grant.YES or (given is Grant.OWN and leads(user, action))


def can_report_on(user: User, action: Action) -> bool:
    """Whether the person may write the action's update and enter the figures of its KPIs."""
    return _may_with(user, action, Capability.REPORT)


def can_keep_milestones(user: User, action: Action) -> bool:
    """Whether the person may add, change and tick the action's milestones; of a closed plan only who edits plans."""
    if can_edit_plan(user, action.plan):
        return True
    return action.plan.status == PlanStatus.ACTIVE and can_report_on(user, action)


def can_comment_on(user: User, action: Action) -> bool:
    """Whether the person may contribute words for a quarter."""
    return _may_with(user, action, Capability.CONTRIBUTE)


def can_keep_private_notes(user: User, action: Action) -> bool:
    """Whether the person may read and write the action's private notes."""
    return _may_with(user, action, Capability.KEEP_PRIVATE_NOTES)


def can_review(user: User, update: ProgressUpdate) -> bool:
    """Whether the person may approve or return the update: a manager, and not its author."""
    given = grant(user, update.action.plan.partnership_id, Capability.REVIEW)
    return given is not Grant.NO and update.submitted_by_id != user.pk


def can_run_rounds(user: User, plan: Plan) -> bool:
    """Whether the person may open, lock and unlock the plan's quarters."""
    return may(user, plan.partnership_id, Capability.RUN_ROUNDS)


def can_edit_plans(user: User, partnership: Partnership | int) -> bool:
    """Whether the person may edit plans and what is in them, assign and import."""
    return may(user, partnership, Capability.EDIT_PLANS)


def can_edit_plan(user: User, plan: Plan) -> bool:
    """Whether the person may edit this plan and everything in it."""
    return can_edit_plans(user, plan.partnership_id)

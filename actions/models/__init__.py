"""What the partnership does: plans of priorities, objectives and actions, and what happened to them each quarter."""

from actions.models.actions import (
    Action,
    ActionIndicator,
    DueDateChange,
    Link,
    Milestone,
    PriorityIndicator,
    SupportingAgency,
)
from actions.models.carrying import CarryForward
from actions.models.notes import Comment, CommentNotice, PrivateNote
from actions.models.plans import InPlan, Objective, Plan, Priority
from actions.models.rounds import Reminder, Round, Unlock
from actions.models.updates import Evidence, ProgressUpdate, TypedUpdate

__all__ = [
    "Action",
    "ActionIndicator",
    "CarryForward",
    "Comment",
    "CommentNotice",
    "DueDateChange",
    "Evidence",
    "InPlan",
    "Link",
    "Milestone",
    "Objective",
    "Plan",
    "Priority",
    "PriorityIndicator",
    "PrivateNote",
    "ProgressUpdate",
    "Reminder",
    "Round",
    "SupportingAgency",
    "TypedUpdate",
    "Unlock",
]

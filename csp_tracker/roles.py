"""Who may do what: one table that the code asks, the tests walk and the help page prints."""

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from csp_tracker.people import Role

if TYPE_CHECKING:
    from csp_tracker.models import Membership, Partnership, User


class Grant(IntEnum):
    """What the table gives: nothing, only what is one's own (each app says what that is), or all."""

    NO = 0
    OWN = 1
    YES = 2


class Capability(Enum):
    """One thing a person may be allowed to do in a partnership."""

    SEE = "see"
    SEE_DRAFTS = "see_drafts"
    REPORT = "report"
    CONTRIBUTE = "contribute"
    ENTER_READINGS = "enter_readings"
    KEEP_PRIVATE_NOTES = "keep_private_notes"
    REVIEW = "review"
    RUN_ROUNDS = "run_rounds"
    EDIT_PLANS = "edit_plans"
    ISSUE_PAPERS = "issue_papers"
    ADMINISTER = "administer"


@dataclass(frozen=True)
class Line:
    """One line of the table: the capability in words, what each role is given, and what OWN means there."""

    words: str
    viewer: Grant
    officer: Grant
    manager: Grant
    administrator: Grant
    own_means: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """What the help page prints for viewer, officer, manager and administrator."""
        words = {Grant.NO: "No", Grant.YES: "Yes", Grant.OWN: f"Yes: {self.own_means}"}
        return tuple(words[given] for given in (self.viewer, self.officer, self.manager, self.administrator))


NO, OWN, YES = Grant.NO, Grant.OWN, Grant.YES
TABLE: dict[Capability, Line] = {
    Capability.SEE: Line(
        "See active and closed plans, actions, KPIs and dashboards; download papers", YES, YES, YES, YES
    ),
    Capability.SEE_DRAFTS: Line("See draft plans", NO, NO, YES, YES),
    Capability.REPORT: Line(
        "Write an action’s update, enter the figures of its KPIs and keep its milestones",
        NO, OWN, YES, NO, "the lead officer, and officers of the lead agency",
    ),
    Capability.CONTRIBUTE: Line("Comment on an action for a quarter", NO, YES, YES, NO),
    Capability.ENTER_READINGS: Line(
        "Enter the readings of a KPI", NO, OWN, YES, NO, "its owner, and officers of its agency"
    ),
    Capability.KEEP_PRIVATE_NOTES: Line("Keep private notes on an action", NO, OWN, YES, NO, "own actions"),
    Capability.REVIEW: Line("Approve or return an update", NO, NO, OWN, NO, "not one’s own words"),
    Capability.RUN_ROUNDS: Line("Open, lock and unlock a quarter", NO, NO, YES, NO),
    Capability.EDIT_PLANS: Line(
        "Edit plans, actions, KPIs and targets; assign; import; roll forward", NO, NO, YES, YES
    ),
    Capability.ISSUE_PAPERS: Line("Issue papers", NO, NO, YES, NO),
    Capability.ADMINISTER: Line(
        "Keep people, agencies, rating schemes and structure in the admin pages; invite by e-mail",
        NO, NO, NO, OWN, "never their own role, a password, an e-mail address or a superuser",
    ),
}  # fmt: skip


def given(role: str, is_administrator: bool, capability: Capability) -> Grant:
    """What a member of this role, administrator or not, is given: the better of the two columns."""
    line = TABLE[capability]
    by_role = {Role.VIEWER: line.viewer, Role.OFFICER: line.officer, Role.MANAGER: line.manager}[Role(role)]
    return max(by_role, line.administrator) if is_administrator else by_role


def current_memberships(user: "User") -> "dict[int, Membership]":
    """The user's current memberships by partnership. Read once for each user object, that is once a request."""
    if user.known_memberships is None:
        current = user.memberships.current().select_related("partnership", "agency").order_by()
        user.known_memberships = {membership.partnership_id: membership for membership in current}
    return user.known_memberships


def membership_of(user: "User", partnership: "Partnership | int") -> "Membership | None":
    """The user's current membership of the partnership, or None."""
    return current_memberships(user).get(partnership if isinstance(partnership, int) else partnership.pk)


def grant(user: "User", partnership: "Partnership | int", capability: Capability) -> Grant:
    """What the user is given in the partnership. A stranger, a leaver and a superuser without membership: nothing."""
    membership = membership_of(user, partnership)
    if membership is None:
        return Grant.NO
    return given(membership.role, membership.is_administrator, capability)


def may(user: "User", partnership: "Partnership | int", capability: Capability) -> bool:
    """Whether the user is given the capability for everything in the partnership."""
    return grant(user, partnership, capability) is Grant.YES


def require(allowed: bool) -> None:
    """Answer 403 unless allowed: the page exists for the reader, the right does not."""
    if not allowed:
        raise PermissionDenied

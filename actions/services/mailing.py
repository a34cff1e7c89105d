"""Mail about one update: it leaves with the change that caused it, or not at all."""

from django.template.loader import render_to_string
from django.urls import reverse

from actions.models import Action, ProgressUpdate, Unlock
from csp_tracker.models import User
from csp_tracker.outbox import absolute, queue


def mail_returned(update: ProgressUpdate, action: Action) -> None:
    """Tell the author what is asked of them; the lead officer where the author has left, nobody where both have."""
    person = who_gets_returned(update, action)
    if person is None:
        return
    link = absolute(update.get_absolute_url())
    queue(
        to=person.email,
        subject=f"Your update on action {action.reference} for {update.quarter} has come back",
        text=render_to_string(
            "mail/returned.txt",
            {"person": person, "action": action, "update": update, "link": link},
        ),
    )


def who_gets_returned(update: ProgressUpdate, action: Action) -> User | None:
    """Who is told that the update has come back: its author, or the lead officer where the author has left."""
    members = action.plan.partnership.memberships.current()
    people = [update.submitted_by_id, action.lead_officer_id]
    current = {member.user_id: member.user for member in members.filter(user__in=people).select_related("user")}
    return next((current[key] for key in people if key in current), None)


def mail_unlocked(opened: Unlock, *, given_by: User) -> None:
    """Tell a person that they may change an update again, and until when; who gives leave to oneself knows it."""
    if opened.person_id == given_by.pk:
        return
    link = absolute(reverse("update", args=[opened.action_id, opened.quarter]))
    queue(
        to=opened.person.email,
        subject=f"You can change the update on action {opened.action.reference} for {opened.quarter}",
        text=render_to_string("mail/unlocked.txt", {"opened": opened, "by": given_by, "link": link}),
    )

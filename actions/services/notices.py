"""Who is told that somebody commented on an action: by a mail at once, or in the list of the week."""

from django.utils import timezone

from actions.models import Comment, CommentNotice
from actions.reminding import Member, Team
from actions.services.letters import Letter, send_letter
from csp_tracker.models import Membership
from csp_tracker.people import Role


def tell_of_comment(comment: Comment) -> list[CommentNotice]:
    """Tell those who write the action's updates and those who commented on it before, but not the person who speaks.

    Where that is nobody – a lead officer asks, and is the first to say something – the managers are told. In the
    transaction that keeps the comment: what is not kept is not told.
    """
    action, today = comment.action, timezone.localdate(comment.written_at)
    members = {
        one.user_id: one
        for one in Membership.objects.current(today)
        .filter(partnership=action.partnership_id)
        .select_related("user")
        .order_by("pk")
    }
    writing = Team(
        Member(one.user_id, one.agency_id, one.role == Role.MANAGER)
        for one in members.values()
        if one.role != Role.VIEWER
    ).who_writes(action.lead_officer_id, action.lead_agency_id)
    spoke = action.comments.order_by().values_list("written_by", flat=True).distinct()
    others = members.keys() - {comment.written_by_id}
    told = [one for one in dict.fromkeys([*writing, *spoke]) if one in others]
    told = told or [one for one, member in members.items() if member.role == Role.MANAGER and one in others]
    notices = []
    for membership in (members[person] for person in told):
        mail = None
        if not membership.wants_digest:
            mail = send_letter(Letter(membership.user, comments=[comment]), today=today)
        notices.append(CommentNotice.objects.create(comment=comment, person=membership.user, mail=mail))
    return notices

"""The log of a round's reminders: who was asked when, whether the mail has gone, and what it said."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from actions.models import CommentNotice, Round
from actions.reminding import next_day
from actions.services.reminders import owed_to
from actions.views.rounds.shared import crumbs_to_round, managed_round, round_url
from csp_tracker import outbox
from csp_tracker.models import OutboxMail
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest

ON_A_PAGE = 50


@require_safe
def reminders(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Who was asked for the quarter's updates, and who is asked next."""
    round_ = managed_round(request, slug, quarter)
    log = Paginator(round_.reminders.select_related("person", "mail", "asked_by"), ON_A_PAGE)
    page = log.get_page(request.GET.get("page"))
    for reminder in page:
        reminder.has_failed = outbox.has_failed(reminder.mail)  # type: ignore[attr-defined]
    context = {
        "round": round_,
        "plan": round_.plan,
        "page_obj": page,
        "number_failed": outbox.failed(_mails_of(round_)).count(),
        "crumbs": crumbs_to_round(round_, ("Reminders", "")),
    }
    return render(request, "actions/reminders.html", context | _what_comes(round_, timezone.localdate()))


@require_POST
def reminders_again(request: MemberRequest, slug: str, quarter: Quarter) -> HttpResponse:
    """Try again to send what was given up: one mail, or all of the round's."""
    round_ = managed_round(request, slug, quarter)
    number = outbox.send_again(_asked_for(request, round_), now=timezone.now())
    if number:
        words = "The mail is" if number == 1 else f"{number} mails are"
        messages.success(request, f"{words} on the way again.")
    else:
        messages.info(request, "There was nothing to send again: what waits is tried by itself.")
    return redirect(round_url(round_, "round_reminders"))


def _mails_of(round_: Round) -> QuerySet[OutboxMail]:
    """Every mail about the round: its reminders, and that somebody commented on an action for the quarter."""
    notices = CommentNotice.objects.filter(comment__action__plan=round_.plan_id, comment__quarter=round_.quarter)
    reminded, told = round_.reminders.values("mail"), notices.exclude(mail=None).values("mail")
    return OutboxMail.objects.filter(Q(pk__in=reminded) | Q(pk__in=told))


def _asked_for(request: MemberRequest, round_: Round) -> QuerySet[OutboxMail]:
    """The mail of the reminder a button names, or all of the round's."""
    named = request.POST.get("reminder", "")
    if not (named.isdecimal() and len(named) < 19):
        return _mails_of(round_)
    return OutboxMail.objects.filter(pk__in=round_.reminders.filter(pk=int(named)).values("mail"))


def _what_comes(round_: Round, today: date) -> dict[str, Any]:
    """On which day the round asks next, how many people for how much; nothing where it is locked."""
    if round_.locked_at is not None:
        return {"is_over": True}
    owed = owed_to([round_], today)
    updates = {action.pk for actions in owed.actions.values() for action in actions}
    day, kind = next_day(round_.opens_on, round_.due_on, after=today)
    return {
        "is_over": False,
        "next_on": day,
        "next_kind": kind,
        "number_of_people": len(owed.actions),
        "number_of_updates": len(updates),
        "unasked": [action for _, action in owed.unasked],
        "assign_url": reverse("plan_assign", args=[round_.plan.slug]),
    }

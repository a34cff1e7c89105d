"""What is typed in an update's form and not saved: kept as the page's script asks, and thrown away by its person."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from actions.models import Action
from actions.permissions import can_report_on
from actions.sensitive import of_update
from actions.services.refusals import OutsidePlan
from actions.services.typed import TypedTooMuch, forget_typed, keep_typed
from csp_tracker.periods import Quarter
from csp_tracker.requests import MemberRequest, asked_by_script
from csp_tracker.roles import require

#: What a browser sends beside what was typed: the form's secret, and buttons.
NOT_TYPED = {"csrfmiddlewaretoken", "submit", "draft", "copy"}
#: The boxes whose words go to the committee.
WORDS = ("progress", "work_needed", "rag_reason", "back_on_track")


@asked_by_script
@require_POST
def update_typed(request: MemberRequest, pk: int, quarter: Quarter) -> HttpResponse:
    """Keep what is in the form, and say so in a sentence; so is said why it is not kept.

    Words by which somebody could be recognised are pointed out with it, while they are being written.
    """
    action, now = _action(request, pk), timezone.now()
    pairs = [(name, value) for name, values in request.POST.lists() if name not in NOT_TYPED for value in values]
    version = request.POST.get("version", "")
    try:
        keep_typed(
            action=action,
            quarter=quarter,
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            typed=urlencode(pairs),
            now=now,
            by=request.user,
        )
    except ValidationError as refusal:
        status = {TypedTooMuch: 413, OutsidePlan: 404}.get(type(refusal), 409)
        return _told(refusal.messages[0], status)
    found = of_update(**{name: request.POST.get(name, "") for name in WORDS})
    look = f" Worth a second look: {'; '.join(found)}." if found else ""
    return _told(f"Kept at {timezone.localtime(now):%H:%M}, not submitted.{look}")


@require_POST
def update_typed_forget(request: MemberRequest, pk: int, quarter: Quarter) -> HttpResponse:
    """Throw away what was typed and not saved, and go back to the form as it was saved."""
    action = _action(request, pk)
    forget_typed(action=action, quarter=quarter, by=request.user)
    messages.success(request, "What you had typed and not saved has been thrown away.")
    return redirect("update", action.pk, quarter)


def _action(request: MemberRequest, pk: int) -> Action:
    """The action, for whoever may write its update."""
    action = get_object_or_404(Action.objects.visible_to(request.user).select_related("plan"), pk=pk)
    require(can_report_on(request.user, action))
    return action


def _told(words: str, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")

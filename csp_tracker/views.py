"""Pages that belong to no plan: the way in, the people, the statements."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from csp_tracker import services
from csp_tracker.forms import ChoosePasswordForm, InvitationForm, MailChoiceForm, MembershipForm
from csp_tracker.models import Membership
from csp_tracker.partnerships import current_membership, current_partnership, memberships_of
from csp_tracker.people import Role
from csp_tracker.permissions import can_administer, can_change_membership
from csp_tracker.receipts import AGAIN, make_once
from csp_tracker.requests import MemberRequest
from csp_tracker.roles import TABLE, require
from csp_tracker.writing import Conflict

FIRST_PAGES = {Role.OFFICER: "updates", Role.MANAGER: "dashboard", Role.VIEWER: "plans"}


@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """Send everybody to where their work is."""
    membership = current_membership(request)
    if membership is None:
        return render(request, "kernel/no_partnership.html")
    return redirect(FIRST_PAGES[Role(membership.role)])


@require_safe
def people(request: MemberRequest) -> HttpResponse:
    """Who is in the partnership, for those who keep it."""
    partnership = current_partnership(request)
    require(can_administer(request.user, partnership))
    members = partnership.memberships.select_related("user", "agency").order_by("user__name", "pk")
    context = {"members": members, "today": timezone.localdate(), "own": request.user.pk}
    return render(request, "kernel/people.html", context)


def person_invite(request: MemberRequest) -> HttpResponse:
    """Invite somebody by e-mail."""
    partnership = current_partnership(request)
    require(can_administer(request.user, partnership))
    form = InvitationForm(request.POST or None, partnership=partnership)
    if form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}

        def invite() -> tuple[str, str]:
            membership = services.invite(partnership=partnership, link=_link(request), by=request.user, **fields)
            return f"{membership.user} is now a member. An invitation is on its way.", reverse("people")

        try:
            return make_once(request, invite)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "kernel/person_form.html", {"form": form, "membership": None})


def person_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a member's agency, role, job title or last day."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    require(can_change_membership(request.user, membership))
    form = MembershipForm(request.POST or None, partnership=membership.partnership, membership=membership)
    if form.is_valid():
        try:
            services.change_membership(membership=membership, by=request.user, **form.cleaned_data)
        except Conflict as conflict:
            theirs = cast(Membership, conflict.theirs)
            typed = request.POST.copy()
            typed["version"] = str(theirs.version)  # what was typed may be saved over what the person is now shown
            form = MembershipForm(typed, partnership=theirs.partnership, membership=theirs)
            last = theirs.history.first()
            if last is not None and last.history_user_id == request.user.pk and not {*form.changed_data} - {"version"}:
                messages.success(request, f"The membership of {membership.user} is saved. {AGAIN}")
                return redirect("people")
            context = {"form": form, "membership": membership, "theirs": theirs}
            return render(request, "kernel/person_form.html", context, status=409)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"The membership of {membership.user} is saved.")
            return redirect("people")
    return render(request, "kernel/person_form.html", {"form": form, "membership": membership})


@require_POST
def person_invite_again(request: MemberRequest, pk: int) -> HttpResponse:
    """Send a member's invitation once more."""
    membership = get_object_or_404(Membership.objects.visible_to(request.user), pk=pk)
    require(can_administer(request.user, membership.partnership_id))
    try:
        services.send_invitation(membership=membership, link=_link(request), by=request.user)
    except services.InvitedLately as lately:
        messages.info(request, lately.message)
    else:
        messages.success(request, f"Another invitation to {membership.user} is on its way.")
    return redirect("people")


def _link(request: MemberRequest) -> Callable[[str], str]:
    def link(token: str) -> str:
        path = reverse("invitation", args=[token]) if token else reverse("account_login")
        return request.build_absolute_uri(path)

    return link


@login_not_required
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads: choose a password, then sign in."""
    try:
        user = services.invited(token)
        form = ChoosePasswordForm(request.POST or None, user=user)
        accepted = form.is_valid() and services.accept_invitation(token=token, password=form.cleaned_data["password"])
    except services.InvitationSpent as spent:
        return render(request, "kernel/invitation_spent.html", {"words": spent.message}, status=410)
    if accepted:
        messages.success(request, "Your password is set. Sign in with your email address and the password.")
        return redirect("account_login")
    return render(request, "kernel/invitation.html", {"form": form, "person": user})


@require_safe
def help_page(request: MemberRequest) -> HttpResponse:
    """How it works and who may do what, printed from the table the code asks."""
    return render(request, "kernel/help.html", {"lines": TABLE.values()})


@login_not_required
@require_safe
def statement(request: HttpRequest, name: str) -> HttpResponse:
    """The accessibility and privacy statements, open to everybody."""
    if name not in ("accessibility", "privacy"):
        raise Http404
    return render(request, f"kernel/{name}.html")


def mail_choice(request: MemberRequest) -> HttpResponse:
    """Choose how often one is written to: each time, or once a week."""
    memberships = memberships_of(request)
    if not memberships:
        raise Http404
    require(any(one.role != Role.VIEWER for one in memberships))  # a viewer is asked for nothing
    is_weekly = any(one.wants_digest for one in memberships)
    posted = request.POST if request.method == "POST" else None
    form = MailChoiceForm(posted, initial={"wants_digest": "yes" if is_weekly else "no"})
    if form.is_valid():
        services.choose_mail(by=request.user, **form.cleaned_data)
        weekly = form.cleaned_data["wants_digest"]
        messages.success(
            request, "You get one mail a week, on Mondays." if weekly else "You get a mail when there is something."
        )
        return redirect("mail_choice")
    return render(request, "kernel/mail_choice.html", {"form": form})


def not_here(_request: HttpRequest) -> HttpResponse:
    """An address of allauth’s that this service does not offer."""
    raise Http404


@login_not_required
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say “ok” where the database answers; for the machine that watches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")

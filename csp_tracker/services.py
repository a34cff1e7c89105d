"""How people come to a partnership, change their part in it and leave."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from csp_tracker.models import Agency, Membership, OutboxMail, Partnership, User
from csp_tracker.outbox import queue
from csp_tracker.people import AgencyKind, Role
from csp_tracker.text import clean_text
from csp_tracker.writing import Conflict, refuse_foreign, store

PARTNERSHIP_FIELDS = {"name", "police_force", "district", "lsoa_codes"}
INVITATION = signing.TimestampSigner(salt="csp_tracker.invitation")
#: Who asks for another so soon has clicked twice, or has not yet seen the first arrive.
INVITED_LATELY = timedelta(minutes=10)


class OwnMembership(ValidationError):
    """Nobody changes their own role, not even an administrator."""

    def __init__(self) -> None:
        super().__init__("Another administrator has to change your own membership.")


class InvitationSpent(ValidationError):
    """The link of an invitation is too old, was used already, or never came from here."""

    def __init__(self) -> None:
        super().__init__("This invitation can no longer be used. Ask your administrator to send a new one.")


class InvitedLately(ValidationError):
    """The invitation before this one has only just been written."""

    def __init__(self, person: User, again_at: datetime) -> None:
        again = timezone.localtime(again_at)
        super().__init__(
            f"An invitation to {person} is on its way already, and no second one has been sent. "
            f"From {again:%H:%M} you can send another."
        )


@transaction.atomic
def add_agency(
    *, partnership: Partnership, name: str, short_name: str = "", kind: str = AgencyKind.RESPONSIBLE, by: User
) -> Agency:
    """Add a body to the partnership."""
    agency = Agency(partnership=partnership, name=name, short_name=short_name, kind=kind)
    store(agency, by=by)
    return agency


@transaction.atomic
def add_member(
    *, partnership: Partnership, email: str, name: str, agency: Agency, by: User, **fields: Any
) -> Membership:
    """Make the person a member, and known here if they are new; `fields` are those of Membership.

    A person who is here already keeps their name and password: e-mail addresses are global.
    """
    refuse_foreign(partnership, agency)
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User(email=email, name=name)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user._history_user = by  # type: ignore[attr-defined]
        user.save()
    membership = Membership(partnership=partnership, user=user, agency=agency, **fields)
    store(membership, by=by)
    return membership


@transaction.atomic
def invite(
    *,
    partnership: Partnership,
    email: str,
    name: str,
    agency: Agency,
    role: str = Role.OFFICER,
    is_administrator: bool = False,
    job_title: str = "",
    link: Callable[[str], str],
    by: User,
) -> Membership:
    """Make the person a member and mail them the way in. `link` makes an address from the invitation's token."""
    membership = add_member(
        partnership=partnership,
        email=email,
        name=name,
        agency=agency,
        role=role,
        is_administrator=is_administrator,
        job_title=job_title,
        by=by,
    )
    send_invitation(membership=membership, link=link, by=by)
    return membership


@transaction.atomic
def send_invitation(*, membership: Membership, link: Callable[[str], str], by: User) -> None:
    """Mail the member the way in: to choose a password, or, for whoever has one, to sign in.

    Raises InvitedLately within ten minutes of the mail before: a second click sends nothing.
    """
    user = User.objects.select_for_update().get(pk=membership.user_id)  # of two clicks the second waits here
    subject = " ".join(f"Your place in the action plan of {membership.partnership}".split())
    lately = OutboxMail.objects.filter(to=user.email, subject=subject, created_at__gt=timezone.now() - INVITED_LATELY)
    if (before := lately.order_by("-created_at").first()) is not None:
        raise InvitedLately(user, before.created_at + INVITED_LATELY)
    words = {
        "membership": membership,
        "by": by,
        "days": settings.INVITATION_DAYS,
        "link": None if user.has_usable_password() else link(invitation_token(user)),
        "sign_in": link(""),
    }
    queue(
        to=user.email,
        subject=subject,
        text=render_to_string("mail/invitation.txt", words),
    )


def invitation_token(user: User) -> str:
    """What an invitation's link carries. It dies with the first password the person chooses."""
    return INVITATION.sign_object({"user": user.pk, "password": user.password[-12:]})


def invited(token: str) -> User:
    """The person an invitation's link was sent to. Raises InvitationSpent."""
    try:
        words = INVITATION.unsign_object(token, max_age=settings.INVITATION_DAYS * 24 * 60 * 60)
    except signing.BadSignature as error:
        raise InvitationSpent from error
    user = User.objects.filter(pk=words["user"], is_active=True).first()
    if user is None or user.has_usable_password() or user.password[-12:] != words["password"]:
        raise InvitationSpent
    return user


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> User:
    """Give the invited person the password they chose. Of two who use the link at once the second is refused."""
    user = User.objects.select_for_update().get(pk=invited(token).pk)
    if user.has_usable_password():
        raise InvitationSpent
    validate_password(password, user)
    user.set_password(password)
    user._history_user = user
    user.save()
    return user


@transaction.atomic
def change_membership(*, membership: Membership, version: int, by: User, reason: str = "", **fields: Any) -> Membership:
    """Change a member's agency, role, job title or last day. Nobody changes their own."""
    if membership.user_id == by.pk:
        raise OwnMembership
    membership.refuse_if_stale(version)
    if unknown := fields.keys() - {"agency", "role", "is_administrator", "job_title", "ends_on"}:
        raise TypeError(f"A membership has no {', '.join(sorted(unknown))} to change.")
    for name, value in fields.items():
        setattr(membership, name, value)
    refuse_foreign(membership.partnership, membership.agency)
    store(membership, by=by, reason=reason)
    return membership


@transaction.atomic
def choose_mail(*, wants_digest: bool, by: User) -> None:
    """Choose for oneself, in every partnership: each mail when there is something, or one on Mondays."""
    for membership in by.memberships.current().select_for_update(of=("self",)):
        membership.wants_digest = wants_digest
        store(membership, by=by)


@transaction.atomic
def create_partnership(*, name: str, slug: str, by: User) -> Partnership:
    """Begin a partnership. It has nobody in it: the first administrator is added next."""
    partnership = Partnership(name=name, slug=slug)
    store(partnership, by=by)
    return partnership


@transaction.atomic
def change_partnership(
    *, partnership: Partnership, version: int, by: User, reason: str = "", **fields: Any
) -> Partnership:
    """Change what the partnership is called, or where it is; its short name stays, because addresses hold it."""
    partnership.refuse_if_stale(version)
    if unknown := fields.keys() - PARTNERSHIP_FIELDS:
        raise TypeError(f"A partnership has no {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(partnership, name, value)
    store(partnership, by=by, reason=reason)
    return partnership


@transaction.atomic
def change_agency(*, agency: Agency, version: int, by: User, reason: str = "", **fields: Any) -> Agency:
    """Change what a body is called or is to the partnership."""
    agency.refuse_if_stale(version)
    if unknown := fields.keys() - {"name", "short_name", "kind"}:
        raise TypeError(f"An agency has no {', '.join(sorted(unknown))} to change.")
    for name, value in fields.items():
        setattr(agency, name, value)
    store(agency, by=by, reason=reason)
    return agency


@transaction.atomic
def archive_agency(*, agency: Agency, by: User, reason: str = "") -> None:
    """Offer a body no more where agencies are chosen. What it leads or led stays with it."""
    agency.archived_at = agency.archived_at or timezone.now()
    store(agency, by=by, reason=reason)


@transaction.atomic
def restore_agency(*, agency: Agency, by: User, reason: str = "") -> None:
    """Offer the body again."""
    agency.archived_at = None
    store(agency, by=by, reason=reason)


def version_of_person(person: User) -> int:
    """People have no column for it: the number of the newest row of their history."""
    return person.history.order_by("-history_id").values_list("history_id", flat=True).first() or 0


@transaction.atomic
def change_person(*, person: User, version: int, by: User, reason: str = "", **fields: Any) -> User:
    """Correct a person's name, or say whether they can sign in at all."""
    if unknown := fields.keys() - {"name", "is_active"}:
        raise TypeError(f"A person has no {', '.join(sorted(unknown))} to change.")
    person = User.objects.select_for_update().get(pk=person.pk)
    if version_of_person(person) != version:
        raise Conflict(person)
    changed = {name: clean_text(value) if isinstance(value, str) else value for name, value in fields.items()}
    changed = {name: value for name, value in changed.items() if getattr(person, name) != value}
    if not changed:
        return person
    for name, value in changed.items():
        setattr(person, name, value)
    person.full_clean(exclude=["password"])
    person._history_user, person._change_reason = by, reason  # type: ignore[attr-defined]
    person.save()
    return person

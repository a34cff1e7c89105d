"""Mail out: written with the change that caused it, sent afterwards, tried again when the server does not answer."""

from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from csp_tracker.models import OutboxMail

#: How long to wait after the first, second, … failure: five attempts in about a day, then a person has to look.
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4), timedelta(hours=19))


def absolute(path: str) -> str:
    """The address of a page as a mail has to write it."""
    return f"{settings.SITE_URL}{path}"


def queue(*, to: str, subject: str, text: str, html: str = "") -> OutboxMail:
    """Write a mail in the caller's transaction: a change that is rolled back sends nothing."""
    mail = OutboxMail.objects.create(to=to, subject=" ".join(subject.split()), text=text, html=html)
    if settings.OUTBOX_IMMEDIATELY:
        transaction.on_commit(lambda: send(mail, now=timezone.now()))
    return mail


def deliver(*, now: datetime, most: int = 200) -> tuple[int, int]:
    """Send what waits, oldest first; return how many went and how many failed and stay for another attempt.

    What another run has begun to send meanwhile is neither.
    """
    start = monotonic()  # a slow server makes a long run: by its end it is later than `now`
    waiting = OutboxMail.objects.filter(sent_at__isnull=True, next_attempt_at__lte=now, attempts__lte=len(RETRIES))
    results = [send(mail, now=now + timedelta(seconds=int(monotonic() - start))) for mail in waiting[:most]]
    return results.count(True), results.count(False)


def send(mail: OutboxMail, *, now: datetime) -> bool | None:
    """Try to send one mail and write down how it went; None where somebody else has tried it since it was read.

    Never raises for a mail server's sake.
    """
    unsent = OutboxMail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at__isnull=True)
    # Until then it is ours: a run that begins while the server is still thinking leaves it alone.
    mail.next_attempt_at = now + RETRIES[min(mail.attempts, len(RETRIES) - 1)]
    if not unsent.update(attempts=mail.attempts + 1, next_attempt_at=mail.next_attempt_at):
        return None
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[mail.to])
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    mail.attempts += 1
    try:
        message.send()
    except (OSError, ValueError) as error:  # of smtplib and of the network; or an address no header can carry
        mail.last_error = str(error)
    else:
        mail.sent_at, mail.last_error = now, ""
    mail.save()
    return mail.sent_at is not None


def has_failed(mail: OutboxMail) -> bool:
    """Whether the mail was tried as often as it is: now a person has to look."""
    return mail.sent_at is None and mail.attempts > len(RETRIES)


def failed(mails: QuerySet[OutboxMail]) -> QuerySet[OutboxMail]:
    """Those of the mails that nobody tries any more."""
    return mails.filter(sent_at__isnull=True, attempts__gt=len(RETRIES))


@transaction.atomic
def send_again(mails: QuerySet[OutboxMail], *, now: datetime) -> int:
    """Begin anew with those of the mails that were given up; return how many. Asked twice, it begins once."""
    again = list(failed(mails).select_for_update())
    for mail in again:
        mail.attempts, mail.next_attempt_at = 0, now
        mail.save()
    if settings.OUTBOX_IMMEDIATELY:
        transaction.on_commit(lambda: [send(mail, now=now) for mail in again])
    return len(again)


@transaction.atomic
def forget_old(*, now: datetime) -> int:
    """Let go of mail that was sent long ago, and return how many; where a log tells of it, its words alone go."""
    old = OutboxMail.objects.filter(sent_at__lt=now - timedelta(days=settings.OUTBOX_KEPT_DAYS)).exclude(text="")
    told_of = {relation.name: None for relation in OutboxMail._meta.related_objects}  # who logs mail stands above us
    dropped, _ = old.filter(**told_of).delete()
    return dropped + old.update(text="", html="", last_error="")

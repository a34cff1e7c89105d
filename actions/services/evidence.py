"""Evidence for what an update says: a link or a file, put up for a quarter of an action and taken away again."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Sum

from actions.attachments import Unfit, refuse_unfit, tidy_name
from actions.models import Action, Evidence, Round
from actions.services.refusals import refuse_closed
from csp_tracker.grids.limits import MEGABYTE
from csp_tracker.models import User
from csp_tracker.periods import Quarter
from csp_tracker.roles import membership_of
from csp_tracker.text import clean_text, one_line
from csp_tracker.writing import Foreign, bytes_or_nothing, discard_with_bytes, held, store, store_with_bytes

MOST = 10  # for one action and quarter
LONGEST_LINK = 2_000
LONGEST_TITLE = 255
ALLOWED = URLValidator(schemes=("http", "https"), message="Enter a link that begins with https:// or http://")


@dataclass(frozen=True)
class NewEvidence:
    """What somebody puts up: a link, or a file by its name and bytes; without a title it is called after itself."""

    title: str = ""
    link: str = ""
    name: str = ""
    data: bytes = b""


class LinkRefused(ValidationError):
    """The address is none that others could follow."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"evidence_link": sentence})


class FileRefused(ValidationError):
    """The file is of a kind that is not taken, or not what its name says."""

    def __init__(self, sentence: str) -> None:
        super().__init__({"evidence_file": sentence})


class TooMuch(ValidationError):
    """There is as much evidence as there may be: for the action and quarter, or for the partnership in all."""


def checked_link(link: str) -> str:
    """The address as it is kept; LinkRefused for what is no address of a page, or carries a password."""
    link = clean_text(link).strip()
    if len(link) > LONGEST_LINK:
        raise LinkRefused(f"The link must be {LONGEST_LINK:,} characters or fewer")
    try:
        ALLOWED(link)
        has_secret = "@" in urlsplit(link).netloc
    except (ValidationError, ValueError):
        raise LinkRefused(str(ALLOWED.message)) from None
    if has_secret:
        raise LinkRefused("The link holds a user name or password: enter it without them")
    return link


@bytes_or_nothing()
@transaction.atomic
def put_up(*, action: Action, quarter: Quarter, new: NewEvidence, by: User, today: date) -> Evidence:
    """Put up a link or a file while the person may write the update; the same again is there once."""
    return write_evidence(action=_open_for(action, quarter, by=by, today=today), quarter=quarter, new=new, by=by)


@transaction.atomic
def take_away(*, evidence: Evidence, by: User, today: date) -> None:
    """Take it away while the person may write the update; a file is deleted for good. That it was there is history."""
    action = _open_for(evidence.action, evidence.quarter, by=by, today=today)
    there = action.evidence.filter(pk=evidence.pk).first()
    if there is None:
        return  # the same press twice
    discard_with_bytes(there, by=by)


def write_evidence(*, action: Action, quarter: Quarter, new: NewEvidence, by: User) -> Evidence:
    """Put it up for an action that the caller has locked and seen to be open; what is there already is returned."""
    if membership_of(by, action.plan.partnership_id) is None:
        raise Foreign
    evidence = Evidence(action=action, quarter=quarter, title=_one_line(new.title), put_up_by=by)
    if new.link:
        evidence.link = checked_link(new.link)
        evidence.title = evidence.title or _one_line(evidence.link.partition("://")[2].rstrip("/"))
    else:
        _fill_in_file(evidence, new)
    others = list(action.evidence.filter(quarter=quarter))
    there = next((one for one in others if (one.link, one.sha256) == (evidence.link, evidence.sha256)), None)
    if there is not None:
        return there
    if len(others) >= MOST:
        raise TooMuch(f"There are {MOST} pieces of evidence for {quarter} already: take one away first.")
    if new.link:
        store(evidence, by=by)
    else:
        _refuse_more_than_fits(action, len(new.data))
        store_with_bytes(evidence, new.data, by=by)
    return evidence


def _one_line(title: str) -> str:
    words = one_line(clean_text(title))
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1]}…"


def _fill_in_file(evidence: Evidence, new: NewEvidence) -> None:
    name = tidy_name(new.name)
    try:
        refuse_unfit(name, new.data)
    except Unfit as unfit:
        raise FileRefused(str(unfit)) from unfit
    evidence.file_name, evidence.file_size = name, len(new.data)
    evidence.sha256 = sha256(new.data).hexdigest()
    evidence.title = evidence.title or name


def _refuse_more_than_fits(action: Action, size: int) -> None:
    """Nobody is locked for this: of many at once the last few may go a little beyond it."""
    partnership = action.plan.partnership_id
    kept = Evidence.objects.filter(action__plan__partnership=partnership).aggregate(bytes=Sum("file_size"))["bytes"]
    if (kept or 0) + size > settings.EVIDENCE_MEGABYTES * MEGABYTE:
        raise TooMuch(
            {"evidence_file": "There is no room for more files: give a link, or ask your administrator for more room"}
        )


def _open_for(action: Action, quarter: Quarter, *, by: User, today: date) -> Action:
    """The action, locked in the order in which its updates are, and seen to be open for this person's words."""
    if membership_of(by, action.plan.partnership_id) is None:
        raise Foreign
    action = held(Action.objects.select_for_update(of=("self",), no_key=True).select_related("plan"), action)
    rounds = Round.objects.select_for_update(no_key=True)
    refuse_closed(
        action=action,
        quarter=quarter,
        update=action.updates.filter(quarter=quarter).first(),
        round=rounds.filter(plan=action.plan_id, quarter=quarter).first(),
        by=by,
        today=today,
    )
    return action

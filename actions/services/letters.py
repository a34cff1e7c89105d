"""What the mails about updates say: which updates, of which quarter, until when, and where each is written.

The same words as text and as a page. No progress is told, nobody is named but the person and the manager who answers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from textwrap import shorten

from django.template.loader import render_to_string
from django.urls import reverse

from actions.models import Action, Comment, Round
from actions.reminding import ReminderKind, due_in_words, updates_in_words
from actions.sensitive import find
from actions.values import UpdateState
from csp_tracker.models import OutboxMail, User
from csp_tracker.outbox import absolute, queue
from csp_tracker.periods import Quarter

FIRST_WORDS = 80
#: What is said of an update that was begun.
BEGUN: dict[str | None, str] = {UpdateState.DRAFT: "a draft is saved", UpdateState.RETURNED: "returned to be changed"}


@dataclass(frozen=True)
class Part:
    """What one person owes one round, why they are asked for it now, and who answers their questions."""

    round: Round
    kind: ReminderKind
    actions: Sequence[Action]
    manager: User | None = None


@dataclass(frozen=True)
class Letter:
    """One mail to one person: all they owe on one day, and comments they have not been told of."""

    person: User
    parts: Sequence[Part] = ()
    comments: Sequence[Comment] = ()

    @property
    def number(self) -> int:
        """How many updates it asks for."""
        return sum(len(part.actions) for part in self.parts)


def send_letter(letter: Letter, *, today: date) -> OutboxMail:
    """Put the mail into the outbox, in the transaction of the caller."""
    subject = subject_of(letter, today)
    words = {
        "subject": subject,
        "person": letter.person,
        "sections": [_section(part, letter.person, today) for part in letter.parts],
        "everything": [(absolute(path), words) for path, words in _everything(letter.parts)],
        "comments": [_said_of(comment) for comment in letter.comments],
        "managers": list(dict.fromkeys(part.manager for part in letter.parts if part.manager)),
        "choose": absolute(reverse("mail_choice")),
    }
    return queue(
        to=letter.person.email,
        subject=subject,
        text=render_to_string("mail/reminder.txt", words),
        html=render_to_string("mail/reminder.html", words),
    )


def subject_of(letter: Letter, today: date) -> str:
    """How many updates for which quarter, and until when; several rounds are only counted together."""
    if not letter.parts:
        number = len(letter.comments)
        return "A new comment on an action" if number == 1 else f"{number} new comments on actions"
    rounds = {(part.round.quarter, part.round.due_on) for part in letter.parts}
    if len(rounds) > 1:
        return f"{updates_in_words(letter.number)} to write"
    ((quarter, due_on),) = rounds
    were, was = ("were", "was") if due_on < today else ("are", "is")
    return (
        f"{updates_in_words(letter.number)} for {quarter} {was if letter.number == 1 else were} due on {due_on:%-d %B}"
    )


def _section(part: Part, person: User, today: date) -> dict[str, object]:
    quarter, number = part.round.quarter, len(part.actions)
    return {
        "heading": f"{part.round.plan.title}: {quarter}",
        "asks": _asks(part),
        "words": f"{updates_in_words(number)} for {quarter.in_words}. {due_in_words(part.round.due_on, today, number)}",
        "items": [
            {"url": absolute(reverse("update", args=[action.pk, quarter])), "name": _name(action)}
            | {"note": _note(action, person)}
            for action in part.actions
        ],
    }


def _asks(part: Part) -> str:
    """Why the mail comes now."""
    quarter = part.round.quarter
    return {
        ReminderKind.OPENING: f"{quarter} is open for updates.",
        ReminderKind.HALFWAY: "Half of the time for updates is over.",
        ReminderKind.WEEKLY: "Your list of this week.",
        ReminderKind.ASKED: f"{part.manager or 'The manager'} asks for what is still missing.",
    }.get(part.kind, "These updates are still missing.")


def _name(action: Action) -> str:
    """The action by its number and first words; by its number alone where those are not printed or name somebody."""
    name = f"Action {action.reference}"
    if action.not_for_publication or find(action.text):
        return name
    return f"{name}: {shorten(action.text, FIRST_WORDS, placeholder='…')}"


def _note(action: Action, person: User) -> str:
    """What else to know of it: that it is begun, and that others may write it."""
    begun = BEGUN.get(getattr(action, "written", None), "")
    shared = "" if action.lead_officer_id == person.pk else "any officer of your agency can write it"
    return "; ".join(note for note in (begun, shared) if note)


def _everything(parts: Iterable[Part]) -> list[tuple[str, str]]:
    """Where all the updates of a partnership and quarter are listed, each list once."""

    def place(part: Part) -> tuple[str, Quarter]:
        return part.round.plan.partnership.slug, part.round.quarter

    found = [key for key, _ in groupby(sorted(parts, key=place), place)]
    here = reverse("updates")
    return [(f"{here}?partnership={slug}&quarter={one.code}", f"All your updates for {one}") for slug, one in found]


def _said_of(comment: Comment) -> dict[str, str]:
    """Where the comment stands; what it says is read there."""
    action = comment.action
    return {
        "url": absolute(f"{action.get_absolute_url()}#comments"),
        "name": _name(action),
        "quarter": f"{comment.quarter}",
    }

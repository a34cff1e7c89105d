"""What is proposed for each action when its plan is rolled forward: pure functions of lights, words and dates.

Nothing is decided here. A person sees what is proposed with the reason, and decides.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from actions.pointers import GIVEN_UP
from actions.rag import day_in_words
from actions.values import ActionStatus, CarryDecision
from csp_tracker.lights import CARRIED_FORWARD
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG
from csp_tracker.text import one_line

YEAR = r"(?:19|20)\d\d\s?[/–-]\s?(?:20)?\d\d"
CARRIED = re.compile(
    r"\bcarried\s+(?:forward|over|into|to)\b|\bc/f\b"
    rf"|\bongoing\s+(?:action|work|project|initiative)s?\s+(?:(?:in|into|to|for|during)\s+)?{YEAR}"
    rf"|\b(?:extended|continued?)\s+(?:in|into|to)\s+{YEAR}",
    re.IGNORECASE,
)
MERGED = re.compile(r"\b(?:merged?|combined?|subsumed)\s+(?:with|into|in|under)\s+(?:action\s+)?(?P<into>[\w.]+)", re.I)
NOT_NEEDED = re.compile(r"\bno longer (?:needed|required|relevant|a priority|being pursued)\b|\bdiscontinued\b", re.I)
YEARS_WRITTEN = re.compile(r"\b((?:19|20)\d\d)(\s?[/–—-]\s?)(\d{4}|\d\d)\b")
CALENDAR_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
LONGEST_QUOTE = 120


@dataclass(frozen=True)
class Proposal:
    """What to decide about an action, and the sentence why; of a merged one also the reference it goes into."""

    decision: CarryDecision
    why: str
    into: str = ""


@dataclass(frozen=True)
class LastSaid:
    """What was last said about an action, officially."""

    quarter: Quarter
    light: RAG
    word: str = ""  # the light as the plan's file stated it
    progress: str = ""
    work_needed: str = ""
    is_marked: bool = False  # to be carried forward


def propose(
    *,
    reference: str = "",
    status: ActionStatus,
    ended_on: date | None = None,
    closed_reason: str = "",
    last: LastSaid | None,
    references: Collection[str] = (),
) -> Proposal:
    """What light and words say should become of an action. `references` are those of the plan's other actions."""
    status = ActionStatus(status)
    if status is ActionStatus.COMPLETE:
        return Proposal(CarryDecision.COMPLETED, f"Completed{f' on {day_in_words(ended_on)}' if ended_on else ''}")
    if status.is_closed:
        return Proposal(CarryDecision.DROPPED, f"{status.label}. {closed_reason}".strip(" ."))
    if last is None:
        return Proposal(CarryDecision.AS_IS, "Nobody has reported on it")
    unfinished = f"Not finished: {RAG(last.light).label.lower()} in {last.quarter}"
    return _by_words(reference, last, references) or Proposal(CarryDecision.AS_IS, unfinished)


def _by_words(reference: str, last: LastSaid, references: Collection[str]) -> Proposal | None:
    words = [said for text in (last.progress, last.work_needed) for said in _each_line_and_all(text)]
    for said in words:
        found = MERGED.search(said)
        into = found["into"].rstrip(".") if found else ""
        if found and into != reference and into in references:
            return Proposal(CarryDecision.MERGED, f"The words say “{_around(said, found)}”", into)
    if CARRIED_FORWARD.search(last.word):
        return Proposal(CarryDecision.AS_IS, f"The plan says “{one_line(last.word)}”")
    if last.is_marked:
        return Proposal(CarryDecision.AS_IS, f"Marked to be carried forward in {last.quarter}")
    if last.light == RAG.COMPLETE:
        return Proposal(CarryDecision.COMPLETED, f"Complete in {last.quarter}")
    patterns = [(CARRIED, CarryDecision.AS_IS), (NOT_NEEDED, CarryDecision.DROPPED)]
    if not last.light.is_on_track:  # beside a green light one event may have been cancelled, not the action
        patterns.append((GIVEN_UP, CarryDecision.DROPPED))
    for pattern, decision in patterns:
        for said in words:
            if found := pattern.search(said):
                return Proposal(decision, f"The words say “{_around(said, found)}”")
    return None


def _each_line_and_all(text: str) -> list[str]:
    """The lines one by one, which are quoted alone; then all in one, since a line may break within what is sought."""
    lines = [one_line(line) for line in text.splitlines()]
    return [*lines, one_line(text)] if len(lines) > 1 else lines


def _around(said: str, found: re.Match[str]) -> str:
    """The sentence in which it stands, or as much of it as fits."""
    start = max(said.rfind(stop, 0, found.start()) for stop in (". ", "! ", "? ", "; "))
    end = min((at for stop in ".!?;" if (at := said.find(f"{stop} ", found.end())) >= 0), default=len(said))
    sentence = said[start + 2 if start >= 0 else 0 : end].rstrip(".")
    return sentence if len(sentence) <= LONGEST_QUOTE else found.group()


def joined(texts: Iterable[str]) -> str:
    """The texts one under the other, each once."""
    found: dict[str, str] = {}
    for text in texts:
        if text.strip():
            found.setdefault(one_line(text), text.strip())
    return "\n".join(found.values())


def next_title(title: str, years: int, begins: FinancialYear) -> str:
    """The plan's title for the next plan: its years moved on; without one the new year is added."""
    moved = YEARS_WRITTEN.sub(lambda found: _later(found, years), title)
    if moved == title:
        moved = CALENDAR_YEAR.sub(lambda found: str(int(found.group()) + years), title)
    return moved if moved != title else f"{title} {begins}"


def _later(found: re.Match[str], years: int) -> str:
    first, between, second = found.groups()
    return f"{int(first) + years}{between}{(int(second) + years) % 10 ** len(second):0{len(second)}d}"


def years_later(day: date, years: int) -> date:
    """The same day so many years later; the last day of a February stays the last."""
    last = monthrange(day.year + years, day.month)[1]
    is_end_of_february = day.month == 2 and day.day == monthrange(day.year, 2)[1]
    return date(day.year + years, day.month, last if is_end_of_february else min(day.day, last))


def years_to(day: date, starts_on: date) -> int:
    """How many years a date moves on so that it falls into the plan that begins then: none where it does already."""
    years = 0
    while years_later(day, years) < starts_on:
        years += 1
    return years


def following_period(starts_on: date, ends_on: date) -> tuple[date, date]:
    """First and last day of the next plan: it begins when this one has ended, and lasts as long in whole years."""
    years = max(1, round((ends_on - starts_on).days / 365.25))
    return years_later(starts_on, years), years_later(ends_on, years)


def period_in_words(starts_on: date, ends_on: date) -> str:
    """The financial years a plan runs through: "2009/10", "2009/10 to 2011/12"."""
    first, last = FinancialYear.containing(starts_on), FinancialYear.containing(ends_on)
    return f"{first}" if first == last else f"{first} to {last}"


def year_in_words(number: int) -> str:
    """ "second year": which year this is for an action."""
    words = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return f"{words[number - 1] if number <= len(words) else f'{number}th'} year"

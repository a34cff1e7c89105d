"""The forms that roll a plan forward: what becomes of each action, and what the next plan is called.

A row that nobody touched says nothing: what somebody else has decided about it meanwhile stays. Whether one was touched
is known from the fingerprint that the page carried of what it showed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from crispy_forms_gds.layout import Div, Field, Layout
from django import forms
from django.http import QueryDict

from actions.models import Action, CarryForward, Plan
from actions.services.carrying import Choice, Line
from actions.services.rolling import Outturn
from actions.values import CarryDecision
from csp_tracker.formfields import DateInputField, TrackerForm, say_plainly
from csp_tracker.text import clean_text
from indicators.models import Indicator

LONGEST = 40_000


class WordsField(forms.CharField):
    """Words that are the same words whichever way their lines are broken."""

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "").strip()


class MeetingForm(TrackerForm):
    """Where and when the decisions were made."""

    meeting = forms.CharField(
        label="Where was this decided?",
        help_text="For example, Strategy group. Needed before the next plan is made.",
        max_length=255,
        required=False,
    )
    decided_on = DateInputField(label="When?", required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.helper.layout = Layout(Div("meeting", "decided_on", css_class="app-columns"))


class DecisionForm(forms.Form):
    """What becomes of one action, and why."""

    decision = forms.ChoiceField(
        label="Next year", choices=[("", "Not decided yet"), *CarryDecision.choices], required=False
    )
    text = WordsField(label="New words", required=False, max_length=LONGEST)
    into = WordsField(label="Into which action", required=False, max_length=30)
    reason = WordsField(label="Why", required=False, max_length=LONGEST)
    elsewhere = WordsField(label="Decided somewhere else", required=False, max_length=255)

    def __init__(self, data: QueryDict | None, *, line: Line, others: Mapping[str, Action], meeting: str) -> None:
        self.line, self.others = line, others
        prefix = str(line.action.pk)
        shown = self._shown(line, meeting)
        super().__init__(data, prefix=prefix, initial=shown, use_required_attribute=False)
        self.other: Action | None = None
        self.theirs: CarryForward | None = None
        self.seen = f"{line.row.version if line.row else 0}.{_fingerprint(shown)}"
        if data is not None:
            self.seen = data.get(f"{prefix}-seen", "")
        version, _, fingerprint = self.seen.partition(".")
        self.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
        sent = shown if data is None else {name: data.get(f"{prefix}-{name}", "") for name in self.base_fields}
        self.is_touched = fingerprint != _fingerprint(sent)

    @staticmethod
    def _shown(line: Line, meeting: str) -> dict[str, str]:
        """What has been decided, else what is proposed."""
        row, proposal = line.row, line.proposal
        if row is None:
            decision = proposal.decision.value if proposal else ""
            return {
                "decision": decision,
                "text": line.action.text,
                "into": proposal.into if proposal else "",
                "reason": "",
                "elsewhere": "",
            }
        return {
            "decision": row.decision,
            "text": row.text or line.action.text,
            "into": row.into.reference if row.into else "",
            "reason": row.reason,
            "elsewhere": row.meeting if row.meeting != meeting else "",
        }

    @property
    def is_to_be_kept(self) -> bool:
        """Whether the row says anything: it was touched, or nobody has decided about it and what is proposed stands."""
        return self.is_touched or self.line.row is None

    def clean(self) -> dict[str, Any]:
        """Words for an amended action, another one for a merged one, and the proposal's reason where none is typed."""
        cleaned = super().clean() or self.cleaned_data
        decision, proposal = cleaned.get("decision", ""), self.line.proposal
        is_reworded = cleaned.get("text", "") not in ("", self._words)
        if decision == CarryDecision.AMENDED and not is_reworded:
            self.add_error("text", f"Change the words, or choose “{CarryDecision.AS_IS.label}”")
        elif decision == CarryDecision.AS_IS and is_reworded:
            self.add_error("decision", f"Its words have been changed: choose “{CarryDecision.AMENDED.label}”")
        if decision == CarryDecision.MERGED:
            self._clean_into(cleaned.get("into", ""))
        why = proposal.why if proposal else ""
        if decision and proposal and not cleaned.get("reason") and decision == proposal.decision:
            cleaned["reason"] = why
        elif cleaned.get("reason") == why and proposal and decision != proposal.decision:
            cleaned["reason"] = ""  # it was the reason for something else
        return cleaned

    @property
    def _words(self) -> str:
        return clean_text(self.line.action.text).strip()

    def _clean_into(self, reference: str) -> None:
        other = self.others.get(reference.rstrip(".").casefold())
        if not reference:
            self.add_error("into", "Enter the reference of the action it is merged into")
        elif other is None:
            self.add_error("into", f"The plan has no action {reference}")
        elif other.pk == self.line.action.pk:
            self.add_error("into", "An action cannot be merged into itself")
        else:
            self.other = other

    def choice(self, meeting: str, decided_on: date | None) -> Choice:
        """What the service is to keep."""
        said = self.cleaned_data
        decision, elsewhere = said["decision"], said["elsewhere"]
        return Choice(
            self.line.action,
            self.version,
            decision,
            reason=said["reason"],
            text=said["text"] if decision == CarryDecision.AMENDED else "",
            into=self.other if decision == CarryDecision.MERGED else None,
            meeting=elsewhere or meeting,
            decided_on=None if elsewhere else decided_on,
        )

    def refuse(self, theirs: CarryForward) -> None:
        """Show what somebody else has decided beside what was typed, which may be sent again."""
        self.theirs, self.version = theirs, theirs.version
        self.seen = f"{theirs.version}."  # what is shown is this person's, so it counts as touched

    @property
    def conflict(self) -> str:
        """Who decided what in the meantime."""
        row = self.theirs
        if row is None:
            return ""
        what = row.get_decision_display() if row.decision else "Not decided yet"
        why = f", because: {row.reason}" if row.reason else ""
        return f"{row.decided_by.name} saved “{what}”{why} while you were working."

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """Each thing that is wrong, with the id of the box it is about."""
        name = f"Action {self.line.action.reference}"
        if self.theirs:
            yield self["decision"].auto_id, f"{name}: {self.conflict} Save again to keep yours."
        for one, errors in self.errors.items():
            for error in errors:
                yield self[one].auto_id, f"{name}: {error}"


for _field in DecisionForm.base_fields.values():  # once, not for each action of the page
    say_plainly(_field, str(_field.label))


def _fingerprint(shown: Mapping[str, str]) -> str:
    said = "\n".join(clean_text(shown[name]).strip() for name in DecisionForm.base_fields)
    return sha256(said.encode()).hexdigest()[:12]


@dataclass
class DecisionGrid:
    """The rows of a page, and where they were decided. What was posted says itself which rows were on it."""

    all_lines: list[Line]
    shown: list[Line]
    data: QueryDict | None = None
    rows: list[DecisionForm] = field(init=False)
    gone: bool = False

    def __post_init__(self) -> None:
        meeting, decided_on = self._usual()
        self.meeting = MeetingForm(self.data, initial={"meeting": meeting, "decided_on": decided_on})
        others = {line.action.reference.rstrip(".").casefold(): line.action for line in self.all_lines}
        lines = self.shown
        if self.data is not None:
            posted = set(self.data.getlist("rows"))
            lines = [line for line in self.all_lines if str(line.action.pk) in posted]
            self.gone = len(lines) < len(posted)
        self.rows = [DecisionForm(self.data, line=line, others=others, meeting=meeting) for line in lines]
        self._usual_meeting = meeting, decided_on

    def _usual(self) -> tuple[str, date | None]:
        """Where most of what has been decided was decided; of as many, where there is a date too."""
        said = [(one.row.meeting, one.row.decided_on) for one in self.all_lines if one.row and one.row.meeting]
        return max(said, key=lambda one: (said.count(one), one[1] is not None)) if said else ("", None)

    def is_valid(self) -> bool:
        """Whether everything that was typed can be kept."""
        return not self.gone and all([self.meeting.is_valid(), *(row.is_valid() for row in self._kept)])

    @property
    def _kept(self) -> list[DecisionForm]:
        """The rows that say something: all of them where the meeting is another than most had."""
        return [row for row in self.rows if row.is_to_be_kept or self._is_of_another_meeting(row)]

    def _is_of_another_meeting(self, row: DecisionForm) -> bool:
        """Whether the row follows the boxes above the table, and those have changed."""
        there = row.line.row
        if there is None or row.version != there.version or (there.meeting and there.meeting != self._usual_meeting[0]):
            return False
        said = self.meeting.cleaned_data if self.meeting.is_bound and self.meeting.is_valid() else {}
        return (said.get("meeting", ""), said.get("decided_on")) != (there.meeting, there.decided_on)

    @property
    def choices(self) -> list[Choice]:
        """What the service is to keep."""
        said = self.meeting.cleaned_data
        return [row.choice(said["meeting"], said["decided_on"]) for row in self._kept]

    def refuse(self, theirs: Mapping[int, CarryForward]) -> None:
        """Show what others have decided meanwhile at their rows."""
        for row in self.rows:
            if row.line.action.pk in theirs:
                row.refuse(theirs[row.line.action.pk])

    @property
    def has_conflicts(self) -> bool:
        """Whether somebody else was quicker somewhere."""
        return self.gone or any(row.theirs for row in self.rows)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, row by row."""
        return [problem for row in self.rows if row.is_bound for problem in row.problems]

    @property
    def total_error_count(self) -> int:
        """For the page's title."""
        return len(self.problems) + len(self.meeting.errors) + self.gone


class RollForwardForm(TrackerForm):
    """What the next plan is called, when it runs, and which KPIs start from last year's figure."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)
    title = forms.CharField(label="Title of the next plan", max_length=255)
    starts_on = DateInputField(label="First day")
    ends_on = DateInputField(label="Last day")
    baselines = forms.MultipleChoiceField(
        label="Start from last year’s outturn",
        help_text="Tick the KPIs whose outturn becomes the baseline they are compared with. Earlier baselines stay.",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    both_follow = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, plan: Plan, outturns: Iterable[Outturn], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.plan = plan
        follower = plan.following.filter(archived_at=None).first()
        if follower is None:
            del self.fields["both_follow"]
        else:
            self.fields["both_follow"].label = f"Make another: “{follower}” follows this plan already"
        self.offered: dict[str, Indicator] = {}
        choices = []
        for one in outturns:
            if one.is_offered:
                key = str(one.indicator.pk)
                self.offered[key] = one.indicator
                choices.append((key, f"{one.indicator} – {one.year} outturn: {one.words}"))
        self.fields["baselines"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["baselines"]
        more = [Field("baselines", context={"checkboxes_small": True})] if choices else []
        more += ["both_follow"] if follower else []
        self.helper.layout = Layout("seen", "title", Div("starts_on", "ends_on", css_class="app-columns"), *more)

    def clean(self) -> dict[str, Any]:
        """Say in the form's words what would be refused; give the service the KPIs."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and first <= self.plan.starts_on:
            self.add_error("starts_on", "The next plan must begin after the first day of this one")
        if first and last and last <= first:
            self.add_error("ends_on", "The last day must come after the first day")
        if "both_follow" in self.fields and not cleaned.get("both_follow"):
            self.add_error("both_follow", "Tick that you want another plan, or say which actions went on in that one")
        cleaned["baselines"] = [self.offered[key] for key in cleaned.get("baselines", ())]
        return cleaned

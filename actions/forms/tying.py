"""The form that says what became of the actions of the plan before: one row each, kept all at once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crispy_forms_gds.layout import Div, Layout
from django import forms
from django.http import QueryDict

from actions.comparison import Comparison, compare_words
from actions.forms.carrying import LONGEST, MeetingForm, WordsField
from actions.models import Action
from actions.services.carrying import Line
from actions.services.tying import ENDED, Lineage, Tie
from actions.values import CarryDecision
from csp_tracker.formfields import say_plainly

OTHER = "other"


class WhereForm(MeetingForm):
    """Where it was decided, and what the page had shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        meeting = self.fields["meeting"]
        meeting.required, meeting.help_text = True, "For example, Strategy group, or the paper that says so."
        meeting.error_messages["required"] = "Enter where this was decided"
        self.helper.layout = Layout("seen", Div("meeting", "decided_on", css_class="app-columns"))


class TieForm(forms.Form):
    """What became of one action."""

    became = forms.ChoiceField(label="What became of it", required=False)
    other = WordsField(label="Which action", required=False, max_length=30)
    reason = WordsField(label="Why", required=False, max_length=LONGEST)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        line: Line,
        likely: Action | None,
        is_here: bool,
        others: Mapping[str, Action],
    ) -> None:
        self.line, self.others = line, others
        row = line.row if is_here else None
        self.likely = row.to_action if row and row.to_action else likely
        if data is not None:  # what was proposed when the page was made is what was chosen
            posted = data.get(f"{line.action.pk}-became", "")
            self.likely = next((one for one in others.values() if str(one.pk) == posted), self.likely)
        super().__init__(
            data, prefix=str(line.action.pk), initial=self._shown(is_here=is_here), use_required_attribute=False
        )
        became: Any = self.fields["became"]
        became.choices = [("", "Nothing is recorded"), *self._choices()]
        self.chosen: Action | None = None

    def _choices(self) -> Iterator[tuple[str, str]]:
        if self.likely:
            yield str(self.likely.pk), f"Goes on as {self.likely.reference}"
        yield OTHER, "Goes on as another action" if self.likely else "Goes on as an action of the plan"
        for decision in ENDED:
            yield decision.value, str(decision.label)

    def _shown(self, *, is_here: bool) -> dict[str, str]:
        """What is recorded; else the likely action, else the end that was decided or that light and words propose."""
        row, proposal = self.line.row, self.line.proposal
        if row is not None and row.decision in ENDED:
            return {"became": row.decision, "reason": row.reason}
        if self.likely:
            return {"became": str(self.likely.pk)}
        if not is_here and proposal and proposal.decision in ENDED:
            return {"became": proposal.decision.value, "reason": proposal.why}
        return {"reason": proposal.why} if proposal and proposal.decision in ENDED else {}

    @property
    def comparison(self) -> Comparison | None:
        """The words of the likely action, with what is new in them marked."""
        return compare_words(self.line.action.text, self.likely.text) if self.likely else None

    def clean(self) -> dict[str, Any]:
        """Find the action that is meant, and ask why one ended."""
        cleaned = super().clean() or self.cleaned_data
        became, reference = cleaned.get("became"), cleaned.get("other", "")
        if self.likely and became == str(self.likely.pk):
            self.chosen = self.likely
        elif became == OTHER:
            self.chosen = self.others.get(reference.rstrip(".").casefold())
            if not reference:
                self.add_error("other", "Enter the reference of the action it goes on as")
            elif self.chosen is None:
                self.add_error("other", f"The plan has no action {reference}")
        elif became in ENDED and not cleaned.get("reason"):
            self.add_error("reason", f"Say why it was {CarryDecision(became).label.lower()}")
        return cleaned

    @property
    def tie(self) -> Tie:
        """What the service is to record."""
        said = self.cleaned_data
        ended = said["became"] if said["became"] in ENDED else ""
        return Tie(self.line.action, self.chosen, ended, said["reason"] if ended else "")

    @property
    def problems(self) -> Iterator[tuple[str, str]]:
        """Each thing that is wrong, with the id of the box it is about."""
        for name, errors in self.errors.items():
            for error in errors:
                yield self[name].auto_id, f"Action {self.line.action.reference}: {error}"


for _field in TieForm.base_fields.values():  # once, not for each action of the page
    say_plainly(_field, str(_field.label))


@dataclass
class TieGrid:
    """The rows of a page. What was posted says itself which rows were on it."""

    lineage: Lineage
    likely: Mapping[int, Action]
    shown: list[Line]
    data: QueryDict | None = None
    rows: list[TieForm] = field(init=False)
    gone: bool = False

    def __post_init__(self) -> None:
        lines = self.shown
        if self.data is not None:
            posted = set(self.data.getlist("rows"))
            lines = [line for line in self.lineage.lines if str(line.action.pk) in posted]
            self.gone = len(lines) < len(posted)
        self.where = WhereForm(self.data, initial={"seen": self.lineage.fingerprint} | self._usual(lines))
        others = {action.reference.rstrip(".").casefold(): action for action in self.lineage.actions}
        self.elsewhere = [line for line in lines if self.lineage.is_elsewhere(line.row)]
        self.rows = [
            TieForm(
                self.data,
                line=line,
                likely=self.likely.get(line.action.pk),
                is_here=self.lineage.is_here(line.row),
                others=others,
            )
            for line in lines
            if line not in self.elsewhere
        ]

    def _usual(self, lines: Iterable[Line]) -> dict[str, Any]:
        """Where the last of what is known was decided."""
        rows = [line.row for line in lines if line.row is not None and line.row.meeting]
        last = max(rows, key=lambda row: (self.lineage.is_here(row), row.pk), default=None)
        return {"meeting": last.meeting, "decided_on": last.decided_on} if last else {}

    def is_valid(self) -> bool:
        """Whether everything that was typed can be kept."""
        return all([self.where.is_valid(), *(row.is_valid() for row in self.rows)])

    @property
    def ties(self) -> list[Tie]:
        """What the service is to record."""
        return [row.tie for row in self.rows]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, row by row."""
        return [problem for row in self.rows if row.is_bound for problem in row.problems]

    @property
    def total_error_count(self) -> int:
        """For the page's title."""
        return len(self.problems) + len(self.where.errors) + self.gone

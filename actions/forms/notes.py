"""What people write beside an action."""

from collections.abc import Iterable
from typing import Any

from django import forms

from csp_tracker.fields import QuarterChoiceField
from csp_tracker.formfields import TrackerForm
from csp_tracker.periods import Quarter


class CommentForm(TrackerForm):
    """A comment for a quarter."""

    quarter = QuarterChoiceField(label="Quarter")
    text = forms.CharField(
        label="Comment",
        help_text="Members of the partnership read this; who writes the action’s updates, and who commented before, is "
        "told of it by mail. Do not name residents, victims or suspects.",
        widget=forms.Textarea(attrs={"rows": "3"}),
        max_length=40_000,
    )

    def __init__(self, data: Any = None, *, quarters: Iterable[Quarter], quarter: Quarter) -> None:
        super().__init__(data, prefix="comment", initial={"quarter": quarter})
        self.fields["quarter"].choices = [(one.code, str(one)) for one in quarters]  # type: ignore[attr-defined]


class PrivateNoteForm(TrackerForm):
    """A private note."""

    text = forms.CharField(
        label="Private note",
        help_text="Only those who lead this action and the managers read this. No paper or download contains it.",
        widget=forms.Textarea(attrs={"rows": "3"}),
        max_length=40_000,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="note")

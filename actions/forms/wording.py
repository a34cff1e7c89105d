"""The form of a plan's own words: a row for each column of its table, and one for each word of its key."""

from collections.abc import Iterator
from typing import Any

from crispy_forms_gds.layout import Layout
from django import forms

from actions.builders import DEFAULT_COLUMNS
from actions.forms.shared import EditForm
from actions.models import Plan
from csp_tracker.formfields import say_plainly
from csp_tracker.rag import RAG

SPARE = 3  # empty rows for new words
LONGEST = 200
#: What the cells of a column hold, where its own heading may not say it.
HOLDS = {
    "number": "Number", "priority": "Priority", "objective": "Objective", "action": "Action", "indicator": "KPIs",
    "expected_outcome": "Expected outcome", "baseline": "Baseline", "target": "Target", "progress": "Progress",
    "work_needed": "Work needed", "rag": "Light", "timescale": "Timescale", "starts": "Start", "lead": "Lead",
    "supporting": "Supporting agencies", "resources": "Resources", "comment": "Comment",
}  # fmt: skip


def columns_shown(plan: Plan) -> list[dict[str, str]]:
    """The plan's columns; of a plan that brought none, those it is shown with."""
    return plan.columns or [{"heading": heading, "meaning": meaning} for heading, meaning in DEFAULT_COLUMNS]


class WordingForm(EditForm):
    """Headings with their places, and words with their lights."""

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan, initial={"version": plan.version}, **kwargs)
        self.plan, self.columns = plan, columns_shown(plan)
        for number, column in enumerate(self.columns, 1):
            name = column["heading"]
            place = forms.IntegerField(label=f"Place of {name}", min_value=1, max_value=999)
            self._add(f"place-{number}", place, number)
            self._add(f"heading-{number}", forms.CharField(label=f"Heading of {name}", max_length=LONGEST), name)
        self.words = [*plan.key, *({"word": "", "rag": "", "meaning": ""} for _ in range(SPARE))]
        lights = [("", "None"), *RAG.choices]
        for number, entry in enumerate(self.words, 1):
            which = f"word {number}"
            self._add(f"word-{number}", forms.CharField(label=which, max_length=LONGEST, required=False), entry["word"])
            self._add(
                f"light-{number}",
                forms.ChoiceField(label=f"light of {which}", choices=lights, required=False),
                entry["rag"],
            )
            self._add(
                f"meaning-{number}",
                forms.CharField(label=f"meaning of {which}", max_length=LONGEST, required=False),
                entry.get("meaning", ""),
            )
        self.helper.layout = Layout(*(name for name in ("version", "reason") if name in self.fields))

    def _add(self, name: str, field: forms.Field, value: Any) -> None:
        field.label = f"{str(field.label)[:1].upper()}{str(field.label)[1:]}"
        say_plainly(field, field.label)
        self.fields[name] = field
        self.initial.setdefault(name, value)

    @property
    def column_rows(self) -> Iterator[tuple[Any, Any, str]]:
        """Place, heading and what the cells hold, of each column."""
        for number, column in enumerate(self.columns, 1):
            holds = HOLDS.get(column["meaning"], "Words of the plan’s own")
            yield self[f"place-{number}"], self[f"heading-{number}"], holds

    @property
    def key_rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """Word, light and meaning of each entry."""
        for number in range(1, len(self.words) + 1):
            yield self[f"word-{number}"], self[f"light-{number}"], self[f"meaning-{number}"]

    def clean(self) -> dict[str, Any]:
        """Give the service columns in their order and the key; say at its box what is missing or stands there twice."""
        cleaned = super().clean() or self.cleaned_data
        columns = sorted(
            (cleaned.get(f"place-{number}") or number, number, column) for number, column in enumerate(self.columns, 1)
        )
        said: dict[str, Any] = {name: cleaned[name] for name in ("version", "reason") if name in cleaned}
        self._refuse_twice("heading", len(self.columns))
        self._refuse_twice("word", len(self.words))
        for number in range(1, len(self.words) + 1):
            word, light = cleaned.get(f"word-{number}", ""), cleaned.get(f"light-{number}", "")
            if word and not light:
                self.add_error(f"light-{number}", f"Choose the light that “{word}” stands for")
            elif not word and f"word-{number}" not in self.errors and (light or cleaned.get(f"meaning-{number}")):
                self.add_error(f"word-{number}", "Enter the word, or clear its light and meaning to take it away")
        said["columns"] = [
            {"was": column["heading"], "heading": cleaned.get(f"heading-{number}", ""), "meaning": column["meaning"]}
            for _, number, column in columns
        ]
        said["key"] = [
            {"word": word, "rag": cleaned.get(f"light-{number}", ""), "meaning": cleaned.get(f"meaning-{number}", ""),
             "tint": entry.get("tint", "")}
            for number, entry in enumerate(self.words, 1)
            if (word := cleaned.get(f"word-{number}", ""))
        ]  # fmt: skip
        return said

    def _refuse_twice(self, kind: str, rows: int) -> None:
        seen = set()
        for number in range(1, rows + 1):
            words = " ".join(str(self.cleaned_data.get(f"{kind}-{number}", "")).split()).casefold()
            if words and words in seen:
                self.add_error(f"{kind}-{number}", "This stands there already: choose other words")
            seen.add(words)

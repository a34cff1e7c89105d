"""Forms about how a file is read: its columns, tables and rows, and what words in it mean."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count
from typing import Any

from crispy_forms_gds.layout import Field, Layout
from django import forms
from django.utils import timezone
from django.utils.text import slugify

from actions.importing.decisions import light_word
from csp_tracker.formfields import TrackerForm
from csp_tracker.grids.readings import ColumnReading, Question, RowReading
from csp_tracker.models import FileImport
from csp_tracker.periods import FinancialYear, Quarter
from csp_tracker.rag import RAG
from indicators.values import Polarity

#: What was decided about an import, as its reader's own decisions.
Decided = Callable[[FileImport], Any]

#: What a person may make of a row, in words.
ROW_DECISIONS = {
    "action": "An action of its own",
    "join": "Part of the row above",
    "section": "A priority, which heads the rows below",
    "objective": "An objective, which holds no action itself",
    "lines": "Several actions, one on each line",
    "legend": "Part of the key of the plan’s lights",
    "note": "A note: leave it out",
    "kpi": "A KPI of its own",
}
MEANINGS = {
    "": "Nothing we know: keep the words",
    "rag": "Light",
    "work_needed": "Work still needed",
    "indicator": "KPI",
}
LIGHTS = [(light.value, str(light.label)) for light in RAG]
AS_READ = ("", "As it was read")
WAYS = [(way.value, str(way.label)) for way in (Polarity.HIGHER, Polarity.LOWER, Polarity.MONITOR)]
QUARTERS_OFFERED = 72
YEARS_OFFERED = 20
AS_THE_FILE_SAYS = ("", "That is right")


def words_for(meaning: str) -> str:
    """What a column or a row is, as a person calls it."""
    return MEANINGS.get(meaning) or str(meaning).replace("_", " ").capitalize()


@dataclass(frozen=True)
class TableChoice:
    """One table of a file: whether it is read and why, and the rows that may hold its headings."""

    name: str
    is_used: bool
    why: str
    headings: list[tuple[str, str]]  # the row's number, and its words
    likely: str = ""  # the row that seems to hold them, where nothing was found


class DecisionForm(TrackerForm):
    """A form that changes how a file is read; it carries the version of the reading that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"id": False}))  # several such forms share a page


def names(kind: str, words: Iterable[str]) -> list[str]:
    """What boxes are called that are about something in the file: the same however the file is read meanwhile."""
    found: dict[str, None] = {}
    for one in words:
        wanted = f"{kind}-{slugify(one, allow_unicode=True)}"
        tried = chain([wanted], (f"{wanted}-{number}" for number in count(2)))
        found[next(name for name in tried if name not in found)] = None
    return list(found)


class AnswersForm(DecisionForm):
    """What the file leaves open and a person can say: words for lights, the quarter, which way a KPI is better."""

    def __init__(self, *args: Any, questions: Iterable[Question], decided: Decided, **kwargs: Any) -> None:
        self.decided = decided
        asked = list(questions)
        self.questions = dict(zip(names("answer", (one.word or one.ats[0] for one in asked)), asked, strict=True))
        super().__init__(*args, **kwargs)
        for name, question in self.questions.items():
            label, choices = ANSWERS[question.kind](question)
            blank = AS_THE_FILE_SAYS if question.kind in CORRECTIONS else ("", "Choose")
            self.fields[name] = forms.ChoiceField(
                label=label, help_text=in_rows(question.ats), choices=[blank, *choices], required=False
            )

    @property
    def asked(self) -> list[forms.BoundField]:
        """The questions that are asked one by one."""
        apart = (POLARITY, *CORRECTIONS)
        return [self[name] for name, question in self.questions.items() if question.kind not in apart]

    @property
    def asks_for_lights(self) -> bool:
        """Whether words are among the questions that may be lights."""
        return any(question.kind == LIGHT for question in self.questions.values())

    @property
    def corrections(self) -> list[forms.BoundField]:
        """What was read in one way and can be said to be otherwise: the quarter and the year of figures."""
        return [self[name] for name, question in self.questions.items() if question.kind in CORRECTIONS]

    @property
    def ways(self) -> list[tuple[forms.BoundField, Question]]:
        """The KPIs that are asked about together: which way they are better."""
        return [(self[name], question) for name, question in self.questions.items() if question.kind == POLARITY]

    def values_of(self, file_import: FileImport) -> dict[str, Any]:
        """What was answered."""
        decided = self.decided(file_import)
        return {"version": file_import.version} | {
            name: _answered(decided, question) for name, question in self.questions.items()
        }

    def decisions(self, decided: Any) -> Any:
        """Everything decided, with the answers given here."""
        changes: dict[str, Any] = {}
        for name, question in self.questions.items():
            answer = self.cleaned_data[name]
            if answer and question.kind == LIGHT:
                changes.setdefault("lights", {})[light_word(question.word)] = answer
            elif answer and question.kind == POLARITY:
                changes.setdefault("polarities", {}).update(dict.fromkeys(question.ats, answer))
            elif question.kind == PERIOD:
                changes.setdefault("periods", {})[question.word] = answer or None
            elif question.kind == YEARS:
                changes["year"] = answer or None
            elif answer:
                changes[question.kind] = answer
        return with_changes(decided, changes)


def _answered(decided: Any, question: Question) -> str:
    if question.kind == LIGHT:
        return str(decided.light_of(question.word) or "")
    if question.kind == POLARITY:
        return str(next((decided.polarities[at] for at in question.ats if at in decided.polarities), ""))
    if question.kind == PERIOD:
        return decided.periods[question.word].code if question.word in decided.periods else ""
    decision = decided.quarter if question.kind == QUARTER else decided.year
    return decision.code if decision else ""


def _quarters(question: Question) -> tuple[str, list[tuple[str, str]]]:
    """The newest quarters first: a file is seldom older than some years."""
    newest = Quarter.containing(timezone.localdate()).ordinal
    quarters = [Quarter.from_ordinal(newest - back) for back in range(QUARTERS_OFFERED)]
    return question.sentence, [(one.code, f"{one} ({one.in_words})") for one in quarters]


def _years(question: Question) -> tuple[str, list[tuple[str, str]]]:
    """The newest years first."""
    newest = FinancialYear.containing(timezone.localdate()).first
    years = [FinancialYear(newest - back) for back in range(YEARS_OFFERED)]
    return question.sentence, [(one.code, str(one)) for one in years]


#: The questions that are answered where they stand: the label and the choices of each kind.
LIGHT, POLARITY, QUARTER, YEAR, PERIOD, YEARS = "light", "polarity", "quarter", "year", "period", "years"
#: What was read in one way, and is right as a rule.
CORRECTIONS = (PERIOD, YEARS)
ANSWERS: dict[str, Callable[[Question], tuple[str, list[tuple[str, str]]]]] = {
    LIGHT: lambda question: (f"What does “{question.word}” mean?", LIGHTS),
    POLARITY: lambda question: (question.sentence, WAYS),
    QUARTER: _quarters,
    YEAR: _years,
    PERIOD: _quarters,
    YEARS: _years,
}


def in_rows(ats: Sequence[str]) -> str:
    """Where something stands, for a hint."""
    if not ats:
        return ""
    more = f" and {len(ats) - 3} more" if len(ats) > 3 else ""
    return f"In {'; '.join(ats[:3])}{more}."


class RowForm(DecisionForm):
    """What one row is, and which light the action has that begins in it."""

    decision = forms.ChoiceField(label="What is this row?", widget=forms.RadioSelect, required=False)
    light = forms.ChoiceField(label="Its light", widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, row: RowReading, now: str, has_light: bool, decided: Decided, **kwargs: Any) -> None:
        self.row, self.decided = row, decided
        super().__init__(*args, **kwargs)
        offered = dict.fromkeys([*map(str, row.choices), *([now] if now else [])])
        choices = [(choice, ROW_DECISIONS.get(choice, words_for(choice))) for choice in offered]
        self.fields["decision"].choices = [AS_READ, *choices]  # type: ignore[attr-defined]
        self.fields["light"].choices = [AS_READ, *LIGHTS]  # type: ignore[attr-defined]
        if not has_light:
            del self.fields["light"]
        lights = [Field("light", context={"as_lights": True, "radios_small": True})] if has_light else []
        self.helper.layout = Layout("version", Field("decision", context={"radios_small": True}), *lights)

    def values_of(self, file_import: FileImport) -> dict[str, Any]:
        """What was decided about the row."""
        decided, at = self.decided(file_import), self.row.at
        return {
            "version": file_import.version,
            "decision": str(decided.rows.get(at, "")),
            "light": str(decided.row_lights.get(at, "")),
        }

    def decisions(self, decided: Any) -> Any:
        """Everything decided, with what the person says here."""
        said = {"rows": self.cleaned_data["decision"], "row_lights": self.cleaned_data.get("light", "")}
        return with_changes(decided, {name: {self.row.at: value or None} for name, value in said.items()})


def with_changes(decided: Any, changes: Mapping[str, Any]) -> Any:
    """The decisions with some changed; those that are None now are as it was read."""
    data = decided.to_json()
    for name, values in changes.items():
        if isinstance(values, Mapping):
            merged = data[name] | values
            data[name] = {key: value for key, value in merged.items() if value is not None}
        else:
            data[name] = values
    return type(decided).from_json(data)


class ColumnsForm(DecisionForm):
    """Which tables are read, where their headings are, and what each column means."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[ColumnReading],
        meanings: type[StrEnum],
        tables: Sequence[TableChoice],
        decided: Decided,
        **kwargs: Any,
    ) -> None:
        self.decided = decided
        self.columns = dict(zip(names("column", (one.heading for one in columns)), columns, strict=True))
        self.tables = dict(zip(names("table", (one.name for one in tables)), tables, strict=True))
        super().__init__(*args, **kwargs)
        for name, column in self.columns.items():
            choices = _meanings(column, meanings)
            self.fields[name] = forms.ChoiceField(label=column.heading, choices=choices, required=False)
        for name, table in self.tables.items():
            self.fields[name] = forms.BooleanField(label=table.name, required=False)
            self.fields[f"{name}-headings"] = forms.ChoiceField(
                label=f"Headings of {table.name}", choices=[("", "Find them"), *table.headings], required=False
            )

    @staticmethod
    def boxes_of_headings(tables: Sequence[str]) -> dict[str, str]:
        """The name of the box, for each table, that says which row holds its headings."""
        return {table: f"{box}-headings" for table, box in zip(tables, names("table", tables), strict=True)}

    @property
    def column_rows(self) -> list[tuple[forms.BoundField, ColumnReading]]:
        """Each column with its select."""
        return [(self[name], column) for name, column in self.columns.items()]

    @property
    def table_rows(self) -> list[tuple[forms.BoundField, forms.BoundField, TableChoice]]:
        """Each table with its box and the select of its headings."""
        return [(self[name], self[f"{name}-headings"], table) for name, table in self.tables.items()]

    def values_of(self, file_import: FileImport) -> dict[str, Any]:
        """How the file is read now, with what was decided."""
        decided = self.decided(file_import)
        values: dict[str, Any] = {"version": file_import.version}
        for name, column in self.columns.items():
            values[name] = str(decided.columns.get(column.heading, column.meaning))
        for name, table in self.tables.items():
            values[name] = decided.tables.get(table.name, table.is_used)
            values[f"{name}-headings"] = str(decided.headings.get(table.name, table.likely))
        return values

    def decisions(self, decided: Any) -> Any:
        """Everything decided, with what differs here from how the file was read."""
        said = self.cleaned_data
        columns = {
            column.heading: said[name] for name, column in self.columns.items() if said[name] != str(column.meaning)
        }
        tables = {table.name: said[name] for name, table in self.tables.items() if said[name] != table.is_used}
        headings = {
            table.name: int(number) if (number := said[f"{name}-headings"]) else None
            for name, table in self.tables.items()
        }
        return with_changes(decided, {"columns": columns, "tables": tables, "headings": headings})


def _meanings(column: ColumnReading, meanings: type[StrEnum]) -> list[tuple[str, str]]:
    """Every meaning, those first that the heading may well have."""
    likely = [str(one) for one in (column.meaning, *column.alternatives)]
    rest = sorted((one.value for one in meanings if one.value not in likely), key=words_for)
    return [(one, words_for(one)) for one in dict.fromkeys([*likely, *rest])]

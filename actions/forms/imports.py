"""Forms at both ends of an import: the file that comes in, and what it becomes."""

import re
from typing import Any
from uuid import uuid4

from crispy_forms_gds.layout import Field, Fixed, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from actions.forms.readings import DecisionForm
from actions.models import Plan
from csp_tracker.formfields import TrackerForm
from csp_tracker.grids.reading import LARGEST_FILE
from csp_tracker.people import ImportKind
from csp_tracker.periods import FinancialYear, Quarter

GUESS = "guess"
KINDS = (
    (GUESS, "Tell from the file"),
    (ImportKind.PLAN.value, "An action plan"),
    (ImportKind.INDICATORS.value, "A table of KPIs"),
)


class UploadForm(TrackerForm):
    """A file somebody brings."""

    token = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    file = forms.FileField(
        label="Your file",
        help_text="Word (.docx), Excel (.xlsx), .csv or text, up to 5 MB. The file you use now is the right one.",
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx,.csv,.tsv,.txt", "class": "govuk-input"}),
        error_messages={
            "required": "Choose the file",
            "empty": "The file is empty",
            "invalid": "Choose the file",
            "missing": "Choose the file",
        },
    )
    kind = forms.ChoiceField(label="What is in it?", choices=KINDS, widget=forms.RadioSelect, initial=GUESS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "token", "file", Field("kind", context={"radios_small": True, "radios_inline": True})
        )

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before anything of it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST_FILE:
            raise ValidationError(
                f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB: save it without pictures"
            )
        return file


class ConfirmForm(DecisionForm):
    """What the file becomes: a new plan with a title and a year, or a plan that is here brought up to date."""

    update = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="Title", max_length=255)
    year = forms.CharField(
        label="Financial year",
        help_text="For example 2025/26",
        max_length=20,
        error_messages={"required": "Enter the financial year the plan is for, such as 2025/26"},
    )
    quarter = forms.ChoiceField(label="Which quarter do its progress and lights tell of?")

    def __init__(
        self, *args: Any, plan: Plan | None, tells_progress: bool, is_of_plan: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        quarters = plan.quarters if plan else ()
        self.fields["quarter"].choices = (  # type: ignore[attr-defined]
            [(quarter.code, f"{quarter} ({quarter.in_words})") for quarter in quarters] if plan else OF_A_YEAR
        )
        if plan or not is_of_plan:
            del self.fields["title"], self.fields["year"]
        if not tells_progress:
            del self.fields["quarter"]
        own = ["title", Field.text("year", field_width=Fixed.TEN)] if "year" in self.fields else []
        self.helper.layout = Layout("version", "update", *own, *(["quarter"] if tells_progress else []))

    def clean_year(self) -> FinancialYear:
        """The year however it was typed: 2025/26, 2025-26, 2025 to 2026 or 2025."""
        typed = self.cleaned_data["year"].strip()
        years = re.findall(r"\d+", typed)
        try:
            if len(years) == 1:
                return FinancialYear(int(years[0]))
            return FinancialYear.parse("/".join(years))
        except ValueError as error:
            raise ValidationError("Enter a financial year, such as 2025/26") from error

    def clean(self) -> dict[str, Any]:
        """The quarter as one, whether it was chosen from a plan's or counted from the year's first."""
        cleaned = super().clean() or self.cleaned_data
        quarter, year = cleaned.get("quarter"), cleaned.get("year")
        if quarter and self.plan:
            cleaned["quarter"] = Quarter.parse(quarter)
        elif quarter and year:
            cleaned["quarter"] = year.quarters[int(quarter) - 1]
        return cleaned


OF_A_YEAR = [
    ("1", "Q1 (April to June)"),
    ("2", "Q2 (July to September)"),
    ("3", "Q3 (October to December)"),
    ("4", "Q4 (January to March)"),
]

"""What every form of the product shares: GOV.UK words for errors, a layout helper, and dates in three boxes.

A page's form is a `TrackerForm` (or a `TrackerModelForm`) and nothing else:

    class DueDateForm(TrackerForm):
        due_on = DateInputField(label="New due date")
        reason = forms.CharField(label="Reason for the change", widget=forms.Textarea)

and its template writes the form tag and the buttons itself, so that a page may have several buttons:

    {% include "components/error_summary.html" %}            (before the h1; it reads `form`)
    <form method="post" novalidate>
      {% crispy form %}                                      (prints the CSRF token too)
      <button class="govuk-button" data-module="govuk-button" data-prevent-double-click="true">Save</button>
    </form>

The messages follow from the labels: "Enter reason for the change", "Select a light", "New due date must be a real
date". A label written as a question needs its own, which always wins:
`error_messages={"required": "Enter what happened this quarter"}`.
For widths, radios side by side or a character count, replace `self.helper.layout` after `super().__init__()`
(crispy_forms_gds.layout: Layout, Field, Fieldset, Div, HTML, Size). Hidden fields are always printed. Two contexts are
ours: `Field("rag", context={"as_lights": True, "radios_inline": True})` shows the lights' shapes, and
`Field("reason", context={"shows_when": "rag:red,amber"})` hides a field, where scripts run, until its light is chosen.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from crispy_forms_gds.fields import DateInputField as GDSDateInputField
from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.widgets import DateInputWidget as GDSDateInputWidget
from django import forms
from django.core import validators
from django.core.exceptions import ValidationError

from csp_tracker.receipts import FIELD, token_field


def sentence_start(label: str) -> str:
    """The label as it begins a sentence."""
    return label[:1].upper() + label[1:]


def within_sentence(label: str) -> str:
    """The label inside a sentence: "Due date" becomes "due date", but "KPI" and "ASB incidents" stay as they are."""
    first_word = label.split(" ", 1)[0]
    return label if first_word.isupper() and len(first_word) > 1 else label[:1].lower() + label[1:]


class DateInputWidget(GDSDateInputWidget):
    """Day, month and year in three text boxes that bring up the number keys on a phone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for widget in self.widgets:
            widget.attrs["inputmode"] = "numeric"


class DateInputField(GDSDateInputField):
    """A date typed as day, month and year; an impossible one is refused in words that name the field."""

    widget = DateInputWidget
    default_error_messages = {"required": "Enter a date", "incomplete": "Enter the day, month and year"}

    def __init__(self, *, error_messages: dict[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("require_all_fields", False)
        super().__init__(**kwargs)
        self.error_messages["required"] = self.default_error_messages["required"]
        for box, name in zip(self.fields, ("day", "month", "year"), strict=True):
            box.error_messages["incomplete"] = f"Date must include a {name}"
            box.validators = [validators.RegexValidator(r"^\s*[0-9]+\s*$", f"{name.capitalize()} must be a number")]
        self.fields[-1].validators.append(
            validators.RegexValidator(
                r"^\s*([0-9]{1,3}|[0-9]{5,})\s*$", "Year must have four digits, such as 2027", inverse_match=True
            )
        )
        self.error_messages.update(error_messages or {})

    def compress(self, data_list: list[str | None]) -> date | None:
        """The three boxes as a date."""
        if not all(data_list):
            return None
        day, month, year = (int(str(part)) for part in data_list)
        try:
            if year < 1000:
                raise ValueError("a year has four digits")
            return date(year, month, day)
        except (ValueError, OverflowError) as error:
            name = sentence_start(str(self.label or "Date"))
            raise ValidationError(
                self.error_messages.get("invalid_date", f"{name} must be a real date"), code="invalid_date"
            ) from error


def _stock_messages(field: forms.Field) -> dict[str, str]:
    """Django's own words for this field's errors, without those the form's author wrote."""
    messages: dict[str, str] = {}
    for kind in reversed(type(field).__mro__):
        messages.update(getattr(kind, "default_error_messages", {}))
    return messages


def _verb(field: forms.Field) -> str:
    """How a missing value is asked for: "Enter", "Select a", or "Select" where several may be chosen."""
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField | forms.BooleanField):
        return "Select"
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField | forms.FileField):
        return "Select an" if str(field.label)[:1].lower() in "aeiou" else "Select a"
    return "Enter"


def _plain_messages(field: forms.Field, label: str) -> Iterator[tuple[str, str]]:
    """What each error of the field says in GOV.UK style."""
    inside, start = within_sentence(label), sentence_start(label)
    yield "required", f"{_verb(field)} {inside}"
    yield "invalid_choice", f"{_verb(field)} {inside} from the list"
    yield "invalid_list", f"{_verb(field)} {inside} from the list"
    if isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField | forms.FloatField):
        yield "invalid", f"{start} must be a whole number"
    elif isinstance(field, forms.DecimalField | forms.FloatField):
        yield "invalid", f"{start} must be a number"
    elif isinstance(field, forms.DateField):
        yield "invalid", f"{start} must be a real date"
    elif isinstance(field, forms.EmailField):
        yield "invalid", "Enter an email address in the correct format, like name@example.com"


def say_plainly(field: forms.Field, label: str) -> None:
    """Give the field GOV.UK style messages in place of Django's own; the author's words are left alone."""
    stock = _stock_messages(field)
    for code, words in _plain_messages(field, label):
        if code in stock and str(field.error_messages.get(code)) == str(stock[code]):
            field.error_messages[code] = words
    start = sentence_start(label)
    for validator in field.validators:
        if isinstance(validator, validators.MaxLengthValidator):
            validator.message = f"{start} must be %(limit_value)s characters or fewer"
        elif isinstance(validator, validators.MinValueValidator):
            validator.message = f"{start} must be %(limit_value)s or more"
        elif isinstance(validator, validators.MaxValueValidator):
            validator.message = f"{start} must be %(limit_value)s or less"
        elif isinstance(validator, validators.EmailValidator):
            validator.message = "Enter an email address in the correct format, like name@example.com"


class PlainWords:
    """Mixed into a form: messages from the labels, and a `helper` that leaves form tag and buttons to the page."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            say_plainly(field, str(field.label or name.replace("_", " ")))
            if isinstance(field.widget, forms.Textarea) and field.widget.attrs.get("rows") in (None, "10"):
                field.widget.attrs["rows"] = "5"
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.render_hidden_fields = True
        self.helper.label_size = self.helper.legend_size = "s"


class TrackerForm(PlainWords, forms.Form):
    """A form of the product. One that makes something says `self.make_once()`, and its view `make_once(request, …)`."""

    def make_once(self) -> None:
        """Carry a token of its own, by which the same form sent twice is known."""
        self.fields[FIELD] = token_field()

    def clean(self) -> dict[str, Any]:
        """What was typed; the token is no part of it."""
        cleaned = super().clean() or self.cleaned_data
        cleaned.pop(FIELD, None)
        return cleaned


class TrackerModelForm(PlainWords, forms.ModelForm):
    """A form of the product that edits one row; its view still hands `cleaned_data` to a service."""

"""The part of an update's form by which a link or a file is put up as evidence."""

from collections.abc import Mapping
from typing import Any

from crispy_forms_gds.layout import Field, Layout, Size
from django import forms
from django.core.exceptions import ValidationError

from actions.attachments import ENDINGS, LARGEST, TO_CHOOSE, Unfit, refuse_size, refuse_unfit, tidy_name
from actions.services.evidence import LONGEST_LINK, LONGEST_TITLE, NewEvidence, checked_link
from csp_tracker.formfields import TrackerForm
from csp_tracker.grids.limits import MEGABYTE

TITLE, LINK, FILE = "evidence_title", "evidence_link", "evidence_file"
BOXES = (TITLE, LINK, FILE)
AGAIN = "Choose the file again: it has not been put up, and no page can keep it for you"


class EvidencePart:
    """A title with a link or a file; all three may stay empty."""

    name = "evidence"

    def fields(self) -> Mapping[str, forms.Field]:
        """The boxes, empty: what has been put up is listed above them."""
        return {
            TITLE: forms.CharField(
                label="Title (optional)",
                help_text="What it shows, such as “Minutes of the May meeting”.",
                required=False,
                max_length=LONGEST_TITLE,
            ),
            LINK: forms.CharField(
                label="Link",
                help_text="Begins with https:// or http://",
                widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
                required=False,
                max_length=LONGEST_LINK,
            ),
            FILE: forms.FileField(
                label="Or a file",
                help_text=f"{TO_CHOOSE}, up to {LARGEST // MEGABYTE} MB. Everybody who sees the action can open it.",
                widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS), "class": "govuk-input"}),
                required=False,
                allow_empty_file=True,  # our own sentence says what to do
            ),
        }

    def layout(self) -> Layout:
        """One below the other."""
        return Layout(
            Field.text(TITLE, label_size=Size.SMALL),
            Field.text(LINK, label_size=Size.SMALL),
            Field(FILE, context={"label_size": Size.for_label(Size.SMALL)}),
        )

    def check(self, form: TrackerForm) -> None:
        """One thing at a time, and one that others can open."""
        given = form.cleaned_data
        link, file = given.get(LINK), given.get(FILE)
        if link and file:
            form.add_error(FILE, "Add the link first, then choose the file again: one at a time")
        elif file:
            _refuse(form, file)
        elif link:
            try:
                given[LINK] = checked_link(link)
            except ValidationError as refused:
                form.add_error(None, refused)
        elif given.get(TITLE) and LINK not in form.errors:
            form.add_error(LINK, "Enter the link that the title is about, choose a file, or empty the title")

    def said(self, given: Mapping[str, Any]) -> NewEvidence | None:
        """What is to be put up, or None where nothing is."""
        link, file = given.get(LINK), given.get(FILE)
        title = given.get(TITLE) or ""
        if link:
            return NewEvidence(title, link=link)
        return NewEvidence(title, name=file.name, data=bytes_of(file)) if file else None


def _refuse(form: TrackerForm, file: Any) -> None:
    try:
        refuse_size(file.size)
        refuse_unfit(tidy_name(file.name), bytes_of(file))
    except Unfit as unfit:
        form.add_error(FILE, str(unfit))


def bytes_of(file: Any) -> bytes:
    """All of a file whose size has been looked at."""
    file.seek(0)
    return file.read()

"""What templates/gds and csp_tracker/formfields.py put right in the form pack."""

import re
from datetime import date

import pytest
from crispy_forms_gds.choices import Choice
from crispy_forms_gds.layout import Field, Fieldset, Layout
from django import forms
from django.template import Context, Template
from django.utils.safestring import mark_safe

from csp_tracker.account_forms import ResetPasswordForm, SignInForm
from csp_tracker.formfields import DateInputField, TrackerForm, within_sentence

HOSTILE = "<script>alert(1)</script>"
LIGHTS = [Choice("green", "Green", hint="On schedule"), Choice("red", "Off track")]


class SampleForm(TrackerForm):
    version = forms.IntegerField(widget=forms.HiddenInput, initial=3)
    progress = forms.CharField(
        label="What happened?", widget=forms.Textarea, error_messages={"required": "Enter what happened this quarter"}
    )
    rag = forms.ChoiceField(label="Light", choices=LIGHTS, widget=forms.RadioSelect)
    agencies = forms.MultipleChoiceField(
        label="Supporting agencies", choices=[("1", "Police"), ("2", "Fire")], widget=forms.CheckboxSelectMultiple
    )
    lead = forms.ChoiceField(label="Lead agency", choices=[("", "Choose"), ("1", "Police")])
    figure = forms.DecimalField(label="ASB incidents", max_value=100)
    rows = forms.IntegerField(label="Rows", min_value=1)
    due_on = DateInputField(label="New due date", help_text="For example, 31 3 2010")


ANSWERS = {
    "version": "3",
    "progress": "Two patrols.",
    "rag": "green",
    "agencies": ["1"],
    "lead": "1",
    "figure": "12",
    "rows": "2",
    "due_on_0": "31",
    "due_on_1": "3",
    "due_on_2": "2010",
}


def show(form: forms.Form) -> str:
    page = "{% load crispy_forms_tags %}{% include 'components/error_summary.html' %}{% crispy form %}"
    return Template(page).render(Context({"form": form}))


def tag(html: str, identity: str) -> str:
    """The one element with this id."""
    found = re.findall(rf'<[a-z]+[^>]*\bid="{identity}"[^>]*>', html)
    assert len(found) == 1, (identity, found)
    return found[0]


def with_errors(**changes: object) -> SampleForm:
    form = SampleForm({**ANSWERS, **changes})
    form.is_valid()
    return form


@pytest.mark.parametrize("name", ["text", "box", "radios", "boxes", "date", "choice"])
def test_words_of_a_label_are_printed_as_words(name):
    class HostileForm(TrackerForm):
        text = forms.CharField(label=HOSTILE, help_text=HOSTILE)
        box = forms.BooleanField(label=HOSTILE, help_text=HOSTILE)
        radios = forms.ChoiceField(label=HOSTILE, help_text=HOSTILE, choices=LIGHTS, widget=forms.RadioSelect)
        boxes = forms.MultipleChoiceField(
            label=HOSTILE, help_text=HOSTILE, choices=[("1", HOSTILE)], widget=forms.CheckboxSelectMultiple
        )
        date = DateInputField(label=HOSTILE, help_text=HOSTILE)
        choice = forms.ChoiceField(label=HOSTILE, help_text=HOSTILE, choices=[("1", HOSTILE)])

    form = HostileForm({})
    form.helper.layout = Layout(Fieldset(name, legend=HOSTILE))
    html = show(form)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 3  # legend of the fieldset, label, hint


def test_help_text_that_is_safe_stays_html():
    class LinkForm(TrackerForm):
        password = forms.CharField(help_text=mark_safe('<a href="/reset/">Forgotten?</a>'))

    assert '<a href="/reset/">Forgotten?</a>' in show(LinkForm())


@pytest.mark.parametrize("field", ["rag", "agencies"])
def test_the_error_summary_leads_to_the_first_button_of_a_group(field):
    html = show(with_errors(**{field: ""}))
    assert f'<a href="#id_{field}">' in html
    assert "<input" in tag(html, f"id_{field}")
    assert f'for="id_{field}"' in html


def test_an_error_of_a_whole_date_leads_to_its_first_box():
    html = show(with_errors(due_on_0="31", due_on_1="2"))
    assert '<a href="#id_due_on_0">New due date must be a real date</a>' in html
    assert "<input" in tag(html, "id_due_on_0")


def test_an_error_of_one_part_of_a_date_leads_to_that_part():
    assert '<a href="#id_due_on_1">Date must include a month</a>' in show(with_errors(due_on_1=""))
    year = '<a href="#id_due_on_2">Year must have four digits, such as 2027</a>'
    assert year in show(with_errors(due_on_2="27"))


@pytest.mark.parametrize(
    ("day", "month", "year", "expected"),
    [
        pytest.param("31", "3", "2010", date(2010, 3, 31), id="a date"),
        pytest.param(" 1 ", "12", "2009", date(2009, 12, 1), id="spaces around"),
        pytest.param("31", "2", "2010", ["New due date must be a real date"], id="no such day"),
        pytest.param("1", "13", "2010", ["New due date must be a real date"], id="no such month"),
        pytest.param("31", "3", "27", ["Year must have four digits, such as 2027"], id="a year of two figures"),
        pytest.param("1", "1", "20100", ["Year must have four digits, such as 2027"], id="a year of five figures"),
        pytest.param("1", "1", "0027", ["New due date must be a real date"], id="a year long ago"),
        pytest.param("1", "1", "x", ["Year must be a number"], id="a word for a year"),
        pytest.param("x", "1", "2010", ["Day must be a number"], id="a word for a day"),
        pytest.param("", "", "", ["Enter new due date"], id="nothing"),
        pytest.param("", "3", "", ["Date must include a day", "Date must include a year"], id="only a month"),
    ],
)
def test_a_date_is_read_from_three_boxes(day, month, year, expected):
    form = with_errors(due_on_0=day, due_on_1=month, due_on_2=year)
    assert form.errors.get("due_on", form.cleaned_data.get("due_on")) == expected


def test_a_date_nobody_has_to_give_may_be_left_out():
    class OptionalForm(TrackerForm):
        due_on = DateInputField(label="Due date", required=False)

    form = OptionalForm({"due_on_0": "", "due_on_1": "", "due_on_2": ""})
    assert form.is_valid()
    assert form.cleaned_data["due_on"] is None


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("progress", "", "Enter what happened this quarter"),
        ("rag", "", "Select a light"),
        ("rag", "purple", "Select a light from the list"),
        ("agencies", [], "Select supporting agencies"),
        ("lead", "", "Select a lead agency"),
        ("figure", "", "Enter ASB incidents"),
        ("figure", "many", "ASB incidents must be a number"),
        ("figure", "101", "ASB incidents must be 100 or less"),
        ("rows", "1.5", "Rows must be a whole number"),
        ("rows", "0", "Rows must be 1 or more"),
    ],
)
def test_errors_are_said_plainly(field, value, message):
    assert with_errors(**{field: value}).errors[field] == [message]


def test_a_label_inside_a_sentence_keeps_its_abbreviations():
    assert within_sentence("Due date") == "due date"
    assert within_sentence("KPI") == "KPI"
    assert within_sentence("ASB incidents") == "ASB incidents"


def test_radio_buttons_side_by_side_are_still_radio_buttons():
    form = SampleForm()
    form.helper.layout = Layout(Field("rag", context={"radios_inline": True}))
    assert 'class="govuk-radios govuk-radios--inline"' in show(form)


def test_a_choice_of_lights_shows_their_shapes_and_the_plans_own_words():
    form = SampleForm()
    form.helper.layout = Layout(Field("rag", context={"as_lights": True}))
    html = show(form)
    assert (
        '<span class="app-rag app-rag--red">Off track<span class="govuk-visually-hidden"> (red)</span></span>' in html
    )


def test_a_field_may_wait_for_a_choice_and_is_there_without_scripts():
    form = SampleForm()
    form.helper.layout = Layout(Field("progress", context={"shows_when": "rag:red,amber"}))
    html = show(form)
    assert 'data-shows-when="rag:red,amber"' in tag(html, "div_id_progress")
    assert "hidden" not in tag(html, "div_id_progress")


def test_hidden_fields_are_sent_whatever_the_layout():
    form = SampleForm()
    form.helper.layout = Layout("progress")
    assert 'value="3"' in tag(show(form), "id_version")


def test_numbers_look_like_other_inputs():
    html = show(SampleForm())
    assert "govuk-input" in tag(html, "id_figure")
    assert "govuk-input" in tag(html, "id_due_on_0")


def test_the_hint_and_the_error_of_an_input_are_announced_with_it():
    html = show(with_errors(progress=""))
    assert 'aria-describedby="id_progress_1_error"' in tag(html, "id_progress")
    assert tag(html, "id_progress_1_error")
    assert 'aria-invalid="true"' in tag(html, "id_progress")


def test_no_id_is_given_twice():
    identities = re.findall(r'\bid="([^"]+)"', show(with_errors(rag="", agencies=[], due_on_0="", progress="")))
    assert len(identities) == len(set(identities))


def test_every_link_of_the_error_summary_leads_somewhere():
    html = show(SampleForm({}))
    links = re.findall(r'<a href="#([^"]+)">', html)
    assert len(links) == 7
    for identity in links:
        assert re.match("<(input|select|textarea)", tag(html, identity))


def test_errors_of_the_form_and_of_hidden_fields_are_in_the_summary():
    form = with_errors(version="")
    form.add_error(None, "The quarter is locked.")
    html = show(form)
    assert "<li>The quarter is locked.</li>" in html
    assert "<li>Enter version</li>" in html


def test_a_form_without_errors_has_no_summary():
    assert "There is a problem" not in show(SampleForm())


@pytest.mark.parametrize("form", [SignInForm, ResetPasswordForm])
def test_sign_in_asks_in_our_words(form):
    fields = form().fields.values()
    assert next(field.label for field in fields if "email" in type(field).__name__.lower()) == "Email address"
    assert not any("placeholder" in field.widget.attrs for field in fields)
    assert all(str(field.error_messages["required"]).startswith("Enter your ") for field in fields)

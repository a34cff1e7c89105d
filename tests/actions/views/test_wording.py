"""A plan's own words are changed in the browser: headings, their order, and the key to the lights."""

from datetime import date

import pytest
from django.urls import reverse
from lxml import html

from actions.builders import columns_of, plan_words
from actions.models import Action, Plan
from tests.builders import make_action, make_decision, make_manager, make_partnership, make_plan
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
COLUMNS = [
    {"heading": "No.", "meaning": "number"},
    {"heading": "Key actions", "meaning": "action"},
    {"heading": "Funding", "meaning": ""},
    {"heading": "Traffic light", "meaning": "rag"},
]
KEY = [{"word": "GREEN", "rag": "green", "tint": "00B050", "meaning": "Green"}]


@pytest.fixture
def plan():
    return make_plan(make_partnership("Maldon"), title="Plan 2025/26", columns=COLUMNS, key=KEY)


@pytest.fixture
def signed_in(client, plan):
    client.force_login(make_manager(plan.partnership))
    return client


def url_of(plan):
    return reverse("plan_wording", args=[plan.slug])


def post(client, plan, **typed):
    shown = filled_in(client.get(url_of(plan)))
    return client.post(
        url_of(plan), shown | {"reason": "Clearer"} | {key.replace("_", "-"): v for key, v in typed.items()}
    )


def summary_of(answer):
    page = html.fromstring(answer.content.decode())
    return [one.text_content() for one in page.find_class("govuk-error-summary__list")[0].iterdescendants("li")]


def stored(plan):
    return Plan.objects.get(pk=plan.pk)


def test_headings_and_their_order_are_changed(signed_in, plan):
    answer = post(signed_in, plan, heading_2="What we will do", place_4="1", place_1="2")
    assert (answer.status_code, answer["location"]) == (302, plan.get_absolute_url())
    assert [one["heading"] for one in stored(plan).columns] == ["Traffic light", "No.", "What we will do", "Funding"]
    assert [one.heading for one in columns_of(stored(plan))][:2] == ["Traffic light", "No."]


def test_what_actions_say_in_a_column_of_the_plans_own_goes_with_its_heading(signed_in, plan):
    action, other = make_action(plan, extra={"Funding": "Grant", "Ward": "South"}), make_action(plan)
    post(signed_in, plan, heading_3="Money")
    assert Action.objects.get(pk=action.pk).extra == {"Money": "Grant", "Ward": "South"}
    assert action.history.count() == other.history.count() + 1
    assert b"Grant" in signed_in.get(plan.get_absolute_url()).content


def test_a_heading_that_would_write_over_other_words_is_refused(signed_in, plan):
    make_action(plan, extra={"Funding": "Grant", "Ward": "South"})
    assert summary_of(post(signed_in, plan, heading_3="Ward")) == ["“Ward” stands there twice."]
    assert stored(plan).columns == COLUMNS


def test_words_for_lights_are_added_changed_and_taken_away(signed_in, plan):
    post(signed_in, plan, word_1="On course", word_2="Late", light_2="red", meaning_2="Past its date")
    assert stored(plan).key == [
        {"word": "On course", "rag": "green", "tint": "00B050", "meaning": "Green"},
        {"word": "Late", "rag": "red", "tint": "", "meaning": "Past its date"},
    ]
    assert plan_words(stored(plan)) == {"green": "On course", "red": "Late"}
    post(signed_in, plan, word_1="", light_1="", meaning_1="")
    assert [one["word"] for one in stored(plan).key] == ["Late"]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"heading_1": ""}, "Enter heading of No."),
        ({"heading_1": "funding"}, "This stands there already: choose other words"),
        ({"place_1": "first"}, "Place of No. must be a whole number"),
        ({"word_2": "Late"}, "Choose the light that “Late” stands for"),
        ({"word_1": ""}, "Enter the word, or clear its light and meaning to take it away"),
        ({"word_2": "green", "light_2": "green"}, "This stands there already: choose other words"),
        ({"reason": ""}, "Say why this changes: the plan is no longer a draft."),
    ],
)
def test_what_is_wrong_is_said(signed_in, plan, typed, error):
    assert summary_of(post(signed_in, plan, **{"heading_2": "Mine"} | typed)) == [error]
    assert stored(plan).columns == COLUMNS


def test_saving_it_untouched_changes_nothing(signed_in, plan):
    assert post(signed_in, plan, reason="").status_code == 302
    assert stored(plan).version == 1


def test_a_plan_without_columns_of_its_own_keeps_the_usual_ones_until_one_is_changed(signed_in, plan):
    Plan.objects.filter(pk=plan.pk).update(columns=[])
    post(signed_in, plan, word_1="On course")
    assert stored(plan).columns == []
    post(signed_in, plan, heading_3="What we will do")
    assert stored(plan).columns[2] == {"heading": "What we will do", "meaning": "action"}
    assert len(stored(plan).columns) == 10


def test_of_two_savers_the_second_is_told_and_keeps_what_was_typed(signed_in, plan):
    typed = filled_in(signed_in.get(url_of(plan))) | {"reason": "Clearer", "heading-2": "Mine"}
    post(signed_in, plan, heading_2="Theirs")
    answer = signed_in.post(url_of(plan), typed)
    assert answer.status_code == 409
    assert "Somebody else changed the plan" in summary_of(answer)[0]
    again = filled_in(answer)
    assert again["heading-2"] == "Mine"
    assert signed_in.post(url_of(plan), again).status_code == 302
    assert stored(plan).columns[1]["heading"] == "Mine"


def test_the_next_plan_has_the_same_words(signed_in, plan):
    action = make_action(plan, extra={"Funding": "Grant"})
    post(signed_in, plan, heading_3="Money", word_1="On course")
    make_decision(action)
    confirm = reverse("plan_forward_confirm", args=[plan.slug])
    signed_in.post(confirm, filled_in(signed_in.get(confirm)))
    made = Plan.objects.get(previous=plan)
    assert made.starts_on == date(2026, 4, 1)
    assert (made.columns, made.key) == (stored(plan).columns, stored(plan).key)
    assert made.actions.get().extra == {"Money": "Grant"}


def test_the_plans_form_leads_there(signed_in, plan):
    assert url_of(plan).encode() in signed_in.get(reverse("plan_edit", args=[plan.slug])).content

"""Words from beside a box are put into it by a button: those of last time, and what supporting agencies say."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import Comment
from tests import builders as make
from tests.filling import filled_in

pytestmark = pytest.mark.django_db
TYPED = {"version": 0, "progress": "", "work_needed": "", "rag": "amber", "rag_reason": "Late"}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: make.TODAY)


@pytest.fixture
def action():
    partnership = make.make_partnership()
    plan = make.make_plan(partnership, starts_on=date(2024, 4, 1))
    return make.make_action(plan, lead_officer=make.make_officer(partnership))


@pytest.fixture
def last(action):
    return make.make_update(action, make.QUARTER.previous, progress="Half\nof it.", work_needed="The other half.")


@pytest.fixture
def url(action):
    return reverse("update", args=[action.pk, make.QUARTER])


@pytest.fixture
def signed_in(client, action):
    client.force_login(action.lead_officer)
    return client


@pytest.fixture
def comment(action):
    return commented(action, "Six homes were visited.")


def commented(action, text, *, supports=True):
    fire = make.make_agency(action.plan.partnership, f"Essex {'Fire' if supports else 'Housing'} {action.reference}")
    if supports:
        make.make_support(action, fire)
    by = make.make_officer(action.plan.partnership, agency=fire)
    return Comment.objects.create(action=action, quarter=make.QUARTER, agency=fire, text=text, written_by=by)


def copied(client, url, what, **typed):
    """The form that comes back."""
    answer = client.post(url, TYPED | typed | {"copy": what})
    assert answer.status_code == 200
    return {name: words.replace("\r\n", "\n") for name, words in filled_in(answer).items()}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        pytest.param("progress", "Half\nof it.", id="progress"),
        pytest.param("work_needed", "The other half.", id="work"),
    ],
)
def test_the_words_of_last_time_are_put_into_their_box_and_nothing_is_saved(signed_in, action, last, url, what, words):
    form = copied(signed_in, url, what)
    assert form[what] == words
    assert (form["rag"], form["rag_reason"]) == ("amber", "Late")
    assert not action.updates.filter(quarter=make.QUARTER).exists()


def test_what_is_in_the_box_already_is_kept(signed_in, last, url):
    assert copied(signed_in, url, "progress", progress="More.")["progress"] == "More.\n\nHalf\nof it."


def test_pressed_twice_the_words_stand_there_once(signed_in, last, url):
    once = copied(signed_in, url, "progress")["progress"]
    assert copied(signed_in, url, "progress", progress=once.replace("\n", "\r\n"))["progress"] == once


def test_what_a_supporting_agency_says_is_put_in_with_its_name(signed_in, action, comment, url):
    assert "Six homes were visited." in signed_in.get(url).content.decode()
    form = copied(signed_in, url, f"comment-{comment.pk}", progress="Ours.")
    assert form["progress"] == "Ours.\n\nEssex Fire 1.1.1: Six homes were visited."


def test_what_others_say_is_shown_as_a_comment_and_not_put_in(signed_in, action, comment, url):
    other = commented(action, "Who pays for it?", supports=False)
    page = " ".join(signed_in.get(url).content.decode().split())
    assert page.index("Supporting agencies, Q1 2025/26") < page.index("Six homes") < page.index("Other comments, Q1")
    assert page.index("Other comments, Q1") < page.index("Who pays for it?")
    assert f'value="comment-{comment.pk}"' in page
    assert f'value="comment-{other.pk}"' not in page
    assert copied(signed_in, url, f"comment-{other.pk}")["progress"] == ""


def test_a_comment_of_another_action_or_quarter_is_not_put_in(signed_in, action, comment, url):
    other = commented(make.make_action(action.plan), "Elsewhere")
    for what in (f"comment-{other.pk}", "comment-", "rag_reason", ""):
        assert copied(signed_in, url, what)["progress"] == ""


def test_the_first_button_of_the_form_submits_so_that_enter_never_copies(signed_in, last, url):
    page = signed_in.get(url).content.decode()
    assert page.index('name="submit"') < page.index('name="copy"')


def test_a_reader_may_not_copy_either(client, action, last, url):
    client.force_login(make.make_viewer(action.plan.partnership))
    assert client.post(url, TYPED | {"copy": "progress"}).status_code == 403

"""What a plan's words also say is shown with a box for each thing, none ticked, and taken only where one is."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from actions.forms.offers import OffersForm
from actions.importing import Decisions, RowDecision
from actions.importing.previewing import decide
from actions.importing.tree import Offer, OfferKind
from actions.models import ProgressUpdate
from actions.views.imports import preview as preview_page
from csp_tracker.grids import read_grids
from csp_tracker.models import FileImport
from tests.builders import (
    KPI_ROWS,
    NOW,
    PLAN_WITH_OFFERS,
    make_document,
    make_manager,
    make_officer,
    make_partnership,
    make_preview,
)

pytestmark = pytest.mark.django_db
SEED = Path(__file__).parents[3] / "seeds" / "maldon-csp-2009-10.docx"
NAME = "offer-carried_forward-1-2-1"
SENTENCE = "1.2.1 says “Carried forward to 2026/27”: mark it as carried forward to 2026/27?"


@pytest.fixture
def preview(partnership, manager):
    rows = [row.replace("Mauve", "Red") for row in PLAN_WITH_OFFERS]
    return make_preview(partnership, *rows, by=manager)


def words(response):
    return " ".join(response.content.decode().split())


def url(name, file_import):
    return reverse(name, args=[file_import.pk])


def choose(client, file_import, *ticked, version=None):
    data = {"version": version or file_import.version} | dict.fromkeys(ticked, "on")
    return client.post(url("import_offers", file_import), data)


def accepted(file_import):
    file_import.refresh_from_db()
    return file_import.decisions.get("reading", {}).get("accepted", {})


def boxes(response):
    """Whether each box of an offer is ticked, by its name."""
    found = re.findall(
        r'<input class="govuk-checkboxes__input" type="checkbox" name="(offer-[^"]+)"[^>]*>', words(response)
    )
    return {name: bool(re.search(rf'name="{name}"[^>]* checked', words(response))) for name in found}


@pytest.mark.parametrize("name", ["import", "import_offers"])
def test_each_thing_has_a_box_with_its_sentence_and_none_is_ticked(client, preview, name):
    page = client.get(url(name, preview))
    assert boxes(page) == {NAME: False}
    assert SENTENCE in words(page)
    assert "Keep these choices" in words(page)


def test_the_plan_of_2009_offers_its_figures_marks_and_measures(client, partnership, manager):
    document = read_grids(SEED.read_bytes(), SEED.name)
    page = client.get(url("import", make_preview(partnership, document=document, by=manager)))
    assert len(boxes(page)) == 11
    assert not any(boxes(page).values())
    assert "7.2.1 states figures: baseline 2,030 (2008/09); target 1,984 (2009/10); outturn 1,884, met" in words(page)
    assert "“No. of events.” · “No. of people attending public event.”" in words(page)
    assert [title for title, _ in page.context["offers_form"].groups] == [
        "Figures", "Carried forward", "Several measures in one KPI",
    ]  # fmt: skip


def test_a_choice_is_kept_and_can_be_taken_back(client, manager, preview):
    answer = choose(client, preview, NAME)
    assert answer["Location"] == url("import", preview)
    assert accepted(preview) == {"carried_forward:1.2.1": SENTENCE}
    assert preview.history.first().history_user == manager
    page = client.get(answer["Location"])
    assert boxes(page) == {NAME: True}
    assert "1 choice of yours" in words(page)
    choose(client, preview)
    assert accepted(preview) == {}
    assert boxes(client.get(url("import", preview))) == {NAME: False}


def test_what_was_chosen_is_taken_with_the_import_and_said_afterwards(client, preview):
    choose(client, preview, NAME)
    sent = client.get(url("import", preview)).context["becomes"].sent
    client.post(url("import_confirm", preview), sent)
    assert [update.action.reference for update in ProgressUpdate.objects.filter(carry_forward=True)] == ["1.2.1"]
    page = words(client.get(url("import", preview)))
    assert "Taken from the plan’s words" in page
    assert "1.2.1: carried forward to 2026/27" in page
    assert "though you chose it" not in page


def test_what_could_not_be_taken_is_said_with_why(client, manager, preview):
    FileImport.objects.filter(pk=preview.pk).update(
        state="confirmed",
        confirmed_at=NOW,
        confirmed_by=manager,
        decisions={"not_taken": ["1.1.1 states figures. Not taken: it has no KPI."]},
    )
    page = words(client.get(url("import", preview)))
    assert "Not taken, though you chose it" in page
    assert "Not taken: it has no KPI." in page
    assert "Taken from the plan’s words" not in page


def test_other_decisions_stay_as_they_are(client, manager, preview):
    said = Decisions(rows={"Table 1, row 4": RowDecision.NOTE})
    decided = decide(file_import=preview, version=preview.version, decisions=said, by=manager)
    choose(client, decided, NAME)
    decided.refresh_from_db()
    assert decided.decisions["reading"]["rows"] == {"Table 1, row 4": "note"}


def test_a_choice_about_what_is_read_otherwise_by_now_does_not_count_and_is_said(client, manager, preview):
    stale = Decisions(accepted={"carried_forward:1.2.1": "Other words", "figures:9": "Gone"})
    decided = decide(file_import=preview, version=preview.version, decisions=stale, by=manager)
    page = client.get(url("import", decided))
    assert boxes(page) == {NAME: False}
    assert "2 earlier choices do not count any more" in words(page)
    assert "of yours" not in words(page)
    choose(client, decided)
    assert accepted(decided) == {}


def test_of_two_people_the_second_sees_both_choices(client, preview):
    choose(client, preview, NAME)
    answer = choose(client, preview, version=1)
    assert answer.status_code == 409
    assert SENTENCE in words(answer)
    assert accepted(preview)


def test_nobody_accepts_what_is_not_offered(client, preview):
    choose(client, preview, "offer-figures-1-1-1", "accepted")
    assert accepted(preview) == {}


def test_a_form_without_a_version_shows_its_error(client, preview):
    answer = client.post(url("import_offers", preview), {NAME: "on"})
    assert answer.status_code == 200
    assert accepted(preview) == {}


def test_many_offers_have_a_page_of_their_own(client, preview, monkeypatch):
    monkeypatch.setattr(preview_page, "MOST_OFFERS", 0)
    page = client.get(url("import", preview))
    assert boxes(page) == {}
    assert f'href="{url("import_offers", preview)}"' in words(page)
    assert boxes(client.get(url("import_offers", preview))) == {NAME: False}


def test_the_questions_and_the_offers_of_one_page_have_no_id_twice(client, partnership, manager):
    asking = make_preview(partnership, *PLAN_WITH_OFFERS, by=manager)
    page = client.get(url("import", asking)).content.decode()
    assert "Can you tell us?" in page
    found = re.findall(r'\sid="([^"]+)"', page)
    assert len(found) == len(set(found))


def test_where_nothing_is_offered_nothing_is_shown(client, partnership, manager):
    preview = make_preview(partnership, *PLAN_WITH_OFFERS[:2], PLAN_WITH_OFFERS[3], by=manager)
    assert "words also say" not in words(client.get(url("import", preview)))
    assert "Nothing beyond its columns" in words(client.get(url("import_offers", preview)))


def test_a_table_of_kpis_offers_nothing(client, partnership, manager):
    preview = make_preview(partnership, document=make_document(*KPI_ROWS), kind="indicators", by=manager)
    assert "words also say" not in words(client.get(url("import", preview)))
    assert client.get(url("import_offers", preview)).status_code == 404


def test_an_import_that_is_confirmed_is_no_longer_chosen_from(client, preview):
    client.post(url("import_confirm", preview), client.get(url("import", preview)).context["becomes"].sent)
    answer = choose(client, preview, NAME)
    assert answer["Location"] == url("import", preview)
    assert accepted(preview) == {}


def test_who_may_not_import_may_not_choose(client, partnership, preview):
    for person, expected in ((make_officer(partnership), 403), (make_manager(make_partnership()), 404)):
        client.force_login(person)
        assert choose(client, preview, NAME).status_code == expected
    assert accepted(preview) == {}


def test_references_that_look_alike_have_boxes_of_their_own():
    offers = [Offer(OfferKind.FIGURES, reference, "?") for reference in ("1.12", "11.2", "1-12")]
    form = OffersForm(decided=None, offers=offers)
    assert list(form.offers) == ["offer-figures-1-12", "offer-figures-11-2", "offer-figures-1-12-2"]

"""The layout and the shared pieces: what they say, and that nothing in them needs an inline style or script."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from csp_tracker.rag import RAG, LightCounts
from csp_tracker.templatetags.page import light_shares
from tests import builders

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
#: Letters are no pages: mail programs know no sheet of styles, and no policy of ours binds them.
PAGES = [path for path in TEMPLATES if settings.BASE_DIR / "templates" / "mail" not in path.parents]
SHEETS = sorted((settings.BASE_DIR / "assets").glob("*.scss"))
PERSON = SimpleNamespace(is_authenticated=True, get_full_name="Ann Officer", email="ann@example.org")
COUNTS = LightCounts(red=3, amber=5, green=12, complete=4, not_rated=6, not_updated=2)


def show(template: str, **context: object) -> str:
    """A piece as text, with the address of `query` where it reads one."""
    query = context.pop("query", "")
    page = Context(context)
    page.request = page["request"] = RequestFactory().get(f"/actions/?{query}")
    return Template("{% load page %}" + template).render(page)


def piece(name: str, **context: object) -> str:
    return show(f"{{% include 'components/{name}.html' %}}", **context)


def words(html: str) -> str:
    """What a reader hears: the text alone."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# The layout


def test_the_title_names_page_partnership_and_service():
    html = render_to_string("404.html", {"partnership": "Maldon CSP"})
    assert "<title>Page not found – Maldon CSP – Action plan tracker</title>" in html


def test_the_title_begins_with_error_when_the_form_has_one():
    class AnyForm(forms.Form):
        name = forms.CharField()

    assert "<title>Error: Page not found" in render_to_string("404.html", {"form": AnyForm({})})
    assert "<title>Page not found" in render_to_string("404.html", {"form": AnyForm()})


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_needs_no_context(page):
    html = render_to_string(f"{page}.html")
    assert html.count("<h1") == 1
    assert "Sign out" not in html
    assert '<main class="govuk-main-wrapper' in html


def test_somebody_signed_in_sees_who_they_are_and_signs_out_by_a_button():
    html = render_to_string("404.html", {"user": PERSON})
    assert "Ann Officer" in html
    assert re.search(r'<form action="/accounts/logout/" method="post".*?<button[^>]*>Sign out</button>', html, re.S)


def test_a_switcher_is_offered_to_members_of_two_partnerships_only():
    alpha, beta = (SimpleNamespace(name=name, slug=name.lower()) for name in ("Alpha", "Beta"))
    context = {"user": PERSON, "partnership": alpha.name}
    html = render_to_string("404.html", {**context, "partnerships": [alpha, beta]})
    assert '<a href="/?partnership=alpha" aria-current="true">Alpha</a>' in html
    assert '<a href="/?partnership=beta">Beta</a>' in html
    assert "Change partnership" not in render_to_string("404.html", {**context, "partnerships": [alpha]})


def test_the_menu_says_where_one_is():
    menu = [{"label": "Plans", "url": "/plans/", "current": True}, {"label": "KPIs", "url": "/k/", "current": False}]
    html = render_to_string("404.html", {"user": PERSON, "navigation": menu})
    assert re.search(r'href="/plans/" aria-current="true"', html)
    assert html.count("aria-current") == 1


@pytest.mark.parametrize(
    ("level", "role", "heading"),
    [
        ("success", "alert", "Success"),
        ("warning", "alert", "Warning"),
        ("error", "alert", "There is a problem"),
        ("info", "region", "Information"),
    ],
)
def test_a_flash_message_is_announced_as_what_it_is(level, role, heading):
    html = piece("messages", messages=[Message(getattr(constants, level.upper()), "Saved.")])
    assert words(html) == f"{heading} Saved."
    assert f'role="{role}"' in html
    assert f'id="banner-title-1">{heading}</h2>' in html


# Lights


@pytest.mark.parametrize("light", list(RAG))
def test_a_light_is_a_word_and_a_shape(light):
    html = piece("rag", light=light)
    assert words(html) == light.label
    assert f"app-rag--{light.css}" in html
    assert html == show("{% rag light %}", light=light.value) == show("{% rag light %}", light=light)


def test_a_light_nobody_gave_is_not_rated():
    assert words(show("{% rag light %}", light=None)) == "Not rated"


def test_the_plans_own_word_stands_first_and_the_usual_one_is_heard_after_it():
    assert words(show("{% rag 'red' word='Off track' %}")) == "Off track (red)"
    assert words(show("{% rag 'red' word='RED' %}")) == "Red"
    assert "<b>" not in show("{% rag 'red' word=word %}", word="<b>")


def test_counts_are_said_in_words_with_their_denominator():
    heard = words(piece("light_counts", counts=COUNTS))
    assert "3 Red 13% 5 Amber 21% 12 Green 50% 4 Complete 17% 6 Not rated" in heard
    assert "16 of 24 rated actions on track (67%). 6 of 30 not rated, 2 of them not updated." in heard


def test_counts_of_nothing_rated_claim_no_percentage():
    heard = words(piece("light_counts", counts=LightCounts(not_rated=3), noun="KPI"))
    assert "No KPI is rated yet. 3 of 3 not rated." in heard
    assert "%" not in heard


def test_each_count_leads_to_its_list():
    html = piece("light_counts", counts=COUNTS, link="/actions/?plan=x&light=", not_updated_url="/silent/")
    assert 'href="/actions/?plan=x&amp;light=not_rated"' in html
    assert '<a class="govuk-link govuk-link--no-visited-state" href="/silent/">2 of them not updated</a>' in html


def test_the_bar_is_filled_from_end_to_end():
    shares = light_shares(COUNTS)
    for before, after in pairwise(shares):
        assert float(before.start) + float(before.width) == pytest.approx(float(after.start), abs=0.02)
    assert float(shares[-1].start) + float(shares[-1].width) == pytest.approx(100, abs=0.02)
    assert [share.width for share in light_shares(LightCounts())] == ["0.00"] * 5


# Lists


def test_paging_keeps_the_filters_and_says_how_much_there_is():
    page = Paginator(range(213), 50).page(3)
    html = piece("pagination", page_obj=page, noun="action", query="light=red&page=3")
    assert words(html).startswith("Showing 101 to 150 of 213 actions")
    assert 'href="?light=red&amp;page=2" rel="prev"' in html
    assert html.count('aria-current="page"') == 1


def test_one_page_has_no_paging():
    assert "<nav" not in piece("pagination", page_obj=Paginator(range(5), 50).page(1))


@pytest.mark.parametrize(
    ("query", "direction", "url"),
    [
        ("light=red&page=2", "none", "?light=red&amp;sort=due_on"),
        ("sort=due_on", "ascending", "?sort=-due_on"),
        ("sort=-due_on", "descending", "?sort=due_on"),
    ],
)
def test_a_column_heading_sorts_by_a_link(query, direction, url):
    html = show('{% sortable_header "Due" "due_on" %}', query=query)
    assert f'aria-sort="{direction}"' in html
    assert f'href="{url}"' in html


class Filters(forms.Form):
    q = forms.CharField(label="Words", required=False)
    light = forms.MultipleChoiceField(
        label="Light", required=False, choices=RAG.choices, widget=forms.CheckboxSelectMultiple
    )
    overdue = forms.BooleanField(label="Overdue", required=False)


def test_filters_in_use_are_named_and_each_can_be_taken_away():
    query = "light=red&light=amber&q=dog+fouling&overdue=on&sort=due_on&page=3"
    html = piece("filter_panel", form=Filters({"q": "dog fouling"}), query=query)
    tags = re.findall(r'<li><a class="moj-filter__tag" href="([^"]*)">(.*?)</a>', html)
    assert [words(text) for _, text in tags] == [
        "Remove this filter: Words: dog fouling",
        "Remove this filter: Light: Red",
        "Remove this filter: Light: Amber",
        "Remove this filter: Overdue: yes",
    ]
    assert tags[1][0] == "?light=amber&amp;q=dog+fouling&amp;overdue=on&amp;sort=due_on"
    assert "Filters (4 in use)" in html


def test_filtering_keeps_the_order_and_the_partnership_but_not_the_page():
    html = piece("filter_panel", form=Filters(), query="sort=due_on&partnership=alpha&page=3&q=x")
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', html) == [
        ("sort", "due_on"),
        ("partnership", "alpha"),
    ]


class Choosing(forms.Form):
    agency = forms.ChoiceField(required=False, choices=[("", "All"), (1, "Police & <Fire>"), (1884, "District")])


@pytest.mark.parametrize(("query", "chosen"), [("", ""), ("agency=1884", "1884"), ("agency=7", None)])
def test_a_select_of_the_panel_offers_its_choices_with_the_asked_one_selected(query, chosen):
    html = piece("filter_panel", form=Choosing(QueryDict(query)), query=query)
    options = re.findall(r'<option value="(\w*)"( selected)?>(.*?)</option>', html)
    assert [(key, words) for key, _, words in options] == [
        ("", "All"),
        ("1", "Police &amp; &lt;Fire&gt;"),
        ("1884", "District"),
    ]
    assert [key for key, selected, _ in options if selected] == ([] if chosen is None else [chosen])


def test_a_panel_without_filters_in_use_offers_nothing_to_clear():
    assert "Clear all" not in piece("filter_panel", form=Filters())


# Small pieces


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "Not given"), ("", "Not given"), (0, "0"), (False, "No"), (date(2010, 3, 31), "31 March 2010")],
)
def test_a_value_is_said_in_words(value, expected):
    assert words(piece("field_value", value=value)) == expected


def test_words_as_typed_keep_their_lines_and_stay_words():
    assert piece("field_value", value="one\n<b>two").strip() == "one<br>&lt;b&gt;two"


@pytest.mark.parametrize(
    ("precision", "expected"),
    [("day", "31 March 2010"), ("month", "March 2010"), ("year", "2010"), (None, "31 March 2010")],
)
def test_a_date_is_no_more_exact_than_it_is_known(precision, expected):
    assert words(piece("date", date=date(2010, 3, 31), precision=precision)) == expected


@pytest.mark.parametrize(
    ("direction", "expected"),
    [("improved", "↑ Improved"), ("worsened", "↓ Worsened"), ("no_change", "→ No change"), ("new", "＋ New")],
)
def test_a_direction_is_an_arrow_and_a_word(direction, expected):
    assert words(piece("direction", direction=direction)) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("draft", "Draft"),
        ("submitted", "Submitted"),
        ("returned", "Returned"),
        ("approved", "Approved"),
        (None, "Not updated"),
    ],
)
def test_the_state_of_an_update_is_a_word(state, expected):
    assert words(piece("update_state", state=state)) == expected


def test_an_event_says_what_when_and_by_whom():
    changes = [{"label": "Due date", "old": date(2009, 12, 31), "new": None}]
    heard = words(
        piece(
            "timeline_item",
            title="Edited",
            by="Ann",
            at=datetime(2010, 4, 12, 13, 5, tzinfo=UTC),
            changes=changes,
            reason="Late",
        )
    )
    assert "Edited by Ann 12 April 2010 at 2:05pm" in heard
    assert "Due date 31 December 2009 Now empty Reason: Late" in heard


def test_an_empty_list_says_what_to_do():
    html = piece("empty", heading="No plans yet", text="Make one.", url="/plans/new/", link_text="New plan")
    assert words(html) == "No plans yet Make one. New plan"


# All templates and sheets together


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_no_template_holds_an_inline_style_or_script(path: Path):
    html = re.sub(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", html)
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)


def test_every_class_of_ours_in_a_template_is_in_a_sheet():
    sheets = "".join(path.read_text(encoding="utf-8") for path in SHEETS)
    for path in TEMPLATES:
        for attribute in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8")):
            for name in re.findall(r"(?<![\w-])app-[\w-]+(?![\w-]|{)", attribute):
                known = f".{name}" in sheets or name.startswith(
                    ("app-rag--", "app-bar__", "app-direction--", "app-sort--")
                )
                assert known, f"{path.name} uses {name}, which no sheet knows"


def test_no_class_of_ours_means_two_things():
    """Two sheets that style one class of their own each make both pages look like neither."""
    homes: dict[str, set[str]] = {}
    for path in SHEETS:
        if path.name not in ("app.scss", "_print.scss"):
            for name in re.findall(r"^\.(app-[\w-]+) \{", path.read_text(encoding="utf-8"), flags=re.M):
                homes.setdefault(name, set()).add(path.name)
    assert {name: sorted(sheets) for name, sheets in homes.items() if len(sheets) > 1} == {}


def colours() -> dict[str, str]:
    """The custom properties that are plain colours."""
    sheet = (settings.BASE_DIR / "assets/_colours.scss").read_text(encoding="utf-8")
    return dict(re.findall(r"--(app-[\w-]+): (#[0-9a-f]{6});", sheet))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("light", list(RAG))
def test_a_light_can_be_read_by_weak_eyes(light):
    shades = colours()
    tint = shades[f"app-{light.css}-tint"]
    assert contrast(shades[f"app-{light.css}-words"], tint) >= 7
    assert contrast(shades[f"app-{light.css}"], tint) >= 3


def test_white_words_can_be_read_on_the_councils_colour():
    assert contrast(colours()["app-council-colour"], "#ffffff") >= 4.5


def test_the_lock_of_the_assets_names_no_registry():
    lock = (settings.BASE_DIR / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


# Signing in


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/accounts/login/", "Sign in"),
        ("/accounts/signup/", "Accounts are by invitation"),
        ("/accounts/password/reset/", "Set a new password"),
        ("/accounts/password/reset/done/", "Check your email"),
        ("/accounts/password/reset/key/1-wrong/", "This link no longer works"),
        ("/accounts/password/reset/key/done/", "Your password is set"),
        ("/accounts/inactive/", "Your account is closed"),
    ],
)
def test_a_page_before_signing_in_is_in_our_layout(client, path, heading):
    html = client.get(path).content.decode()
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == [heading]
    assert f"<title>{heading} – Action plan tracker</title>" in " ".join(html.split())
    assert "app-footer" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/accounts/password/change/", "Change your password"),
        ("/accounts/logout/", "Sign out"),
        ("/accounts/reauthenticate/", "Confirm it is you"),
        ("/accounts/2fa/", "Two-step sign-in"),
    ],
)
def test_a_page_of_ones_account_is_in_our_layout(client, path, heading):
    client.force_login(builders.make_member())
    html = client.get(path).content.decode()
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == [heading]
    assert "app-footer" in html


@pytest.mark.django_db
def test_an_authenticator_app_is_linked_by_a_code_drawn_in_the_page(client):
    person = builders.make_member()
    person.set_password(builders.PASSWORD)
    person.save()
    client.force_login(person)
    client.post("/accounts/reauthenticate/", {"password": builders.PASSWORD})
    html = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert "Link an authenticator app</h1>" in html
    assert "<svg" in html
    assert "data:image" not in html
    assert " style=" not in html


@pytest.mark.django_db
def test_a_wrong_password_is_said_above_the_heading(client):
    html = client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    assert "<title>Error: Sign in" in html
    assert html.index("There is a problem") < html.index("<h1")

"""Every page, tried by everybody: whoever has no right is refused, and refused without anything being written.

The answers expected are those of pages.csv. A page of the resolver that is not in it fails.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.pages import NO_SUCH, TOO_LARGE, Page, addresses, lines, pages
from tests.visitors import Visitors
from tests.world import ACTORS, MEMBERS, World

pytestmark = pytest.mark.django_db
EVERY_PAGE = pytest.mark.parametrize("view", pages(), ids=str)


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    with Visitors.come(django_db_blocker) as visitors:
        yield visitors


@pytest.fixture
def own(visitors: Visitors) -> World:
    return visitors.own


def test_every_address_is_in_the_table():
    known = {page.address.name for page in pages()}
    missing = sorted({address.name for address in addresses()} - known)
    assert not missing, f"Say in tests/pages.csv who sees {', '.join(missing)}."


def test_every_line_of_the_table_is_about_an_address():
    names = {address.name for address in addresses()}
    stale = {line["name"] for line in lines() if not any(fnmatchcase(name, line["name"]) for name in names)} - names
    assert not stale, f"tests/pages.csv names pages that are gone: {', '.join(sorted(stale))}."


@EVERY_PAGE
def test_everybody_gets_the_answer_of_the_table(visitors, own, view: Page):
    expected = view.expected
    if view.method == "button":
        expected = dict.fromkeys(ACTORS, 405) | {"anonymous": 302}
    assert visitors.answers("GET", view.url(own)) == expected
    assert not [written for actor in ACTORS if (written := visitors.look(actor, view.url(own)).written)]


@EVERY_PAGE
def test_a_look_ahead_is_answered_like_the_page(visitors, own, view: Page):
    few = ("stranger", "manager")
    url = view.url(own)
    assert visitors.answers("HEAD", url, few) == visitors.answers("GET", url, few)


@EVERY_PAGE
def test_nothing_is_posted_without_the_pages_own_token(visitors, own, view: Page):
    few = ("anonymous", "viewer", "manager", "administrator")  # the token is asked for before the person
    assert visitors.answers("POST", view.url(own), few, token=False) == dict.fromkeys(few, 403)


@EVERY_PAGE
def test_who_has_no_right_posts_in_vain(visitors, own, view: Page):
    found, written = {}, {}
    for actor in ACTORS:
        answer = visitors.ask(actor, "POST", view.url(own))
        found[actor] = answer.status_code
        if answer.written and (view.only_reads or not is_allowed(view, actor)):
            written[actor] = answer.written
    wrong = {actor: status for actor, status in found.items() if status not in answers_to_a_post(view, actor)}
    assert not wrong
    assert not written


def is_allowed(view: Page, actor: str) -> bool:
    """Whether the table lets the person use the page, rather than sending them away or to the sign-in."""
    return view.expected[actor] == 200 or (view.expected[actor] in (302, 409, 410) and actor != "anonymous")


def answers_to_a_post(view: Page, actor: str) -> tuple[int, ...]:
    """What may come back for an empty form: its errors, or that it was taken, from a page that is posted at all."""
    expected = view.expected[actor]
    if view.is_of_admin and (is_allowed(view, actor) or expected != 302):
        return (200, 302, 403, 404, 405)
    if view.method == "page":
        return (expected,) if actor == "anonymous" and expected == 302 else (405,)
    if view.method == "button" or not is_allowed(view, actor):
        return (expected,)
    return (200, 302, 400, 409, 410, *((404,) if view.at == "anybody" else ()))  # a made-up key


ABOUT_A_THING = pytest.mark.parametrize("view", [page for page in pages() if page.is_about_a_thing], ids=str)


@ABOUT_A_THING
def test_a_thing_of_another_partnership_does_not_exist(visitors, view: Page):
    method = "POST" if view.method == "button" else "GET"
    found = visitors.answers(method, view.url(visitors.foreign), MEMBERS)
    if view.is_of_admin:
        assert found["administrator"] in (302, 403)
        assert found == visitors.answers(method, view.url(visitors.foreign, **NO_SUCH), MEMBERS)
    else:
        assert found == dict.fromkeys(MEMBERS, 404)


@ABOUT_A_THING
@pytest.mark.parametrize("instead", [NO_SUCH, TOO_LARGE], ids=["unknown", "too large"])
def test_a_thing_that_never_was_is_not_found(visitors, own, view: Page, instead):
    method = "POST" if view.method == "button" else "GET"
    allowed = next(actor for actor in reversed(ACTORS) if is_allowed(view, actor))
    found = {
        key: visitors.ask(allowed, method, view.url(own, **{key: value})).status_code
        for key, value in instead.items()
        if key in view.keys
    }
    assert set(found.values()) <= ({302, 403, 404} if view.is_of_admin else {404})


#: Words that stand in rows of the second partnership, or in rows that only some of the first may read, and who may.
SECRETS = {
    "Elsewhere": (),
    "Draft of Maldon": ("manager", "administrator"),
    "Private words": ("lead officer", "lead agency", "manager"),
    "Unfinished words": ("lead officer", "lead agency", "manager"),
}
READ = pytest.mark.parametrize("view", [page for page in pages() if page.method != "button"], ids=str)


@READ
def test_no_page_tells_what_its_reader_may_not_know(visitors, own, view: Page):
    told = []
    for actor in (*MEMBERS, "leaver"):  # a superuser sees everything, in admin
        words = visitors.look(actor, view.url(own)).content.decode(errors="replace")
        told += [(actor, secret) for secret, few in SECRETS.items() if actor not in few and secret in words]
    assert not told


@READ
def test_another_partnership_cannot_be_chosen_in_the_address(visitors, own, view: Page):
    url = view.url(own)
    answer = visitors.ask(
        "administrator", "GET", f"{url}{'&' if '?' in url else '?'}partnership={visitors.foreign.slug}"
    )
    assert answer.status_code < 500
    assert "Elsewhere" not in answer.content.decode(errors="replace")

"""What was typed goes back into the form it came from, and into nothing else of the page."""

import pytest

from csp_tracker.refilling import refill

PAGE = """<!doctype html><p title="a > b">Tea &amp; cake é</p>
<form action="/search/"><input name="words" value="as it was"></form>
<form method="post" action="/accounts/logout/"><input name="csrfmiddlewaretoken" value="x"><button>Out</button></form>
<form method="post" novalidate>
<input type="hidden" name="csrfmiddlewaretoken" value="fresh">
<input type="hidden" name="version" value="7">
<input type="text" name="title" required>
<textarea name="words" rows="3">
Old &lt;words&gt;</textarea>
<input type="radio" name="light" value="red" checked><input type="radio" name="light" value="green">
<input type="checkbox" name="forward" checked>
<select name="agencies" multiple><option value="1" selected>One<option value="2">Two</option>
<option>Three</option></select>
<button name="submit" value="yes">Save</button>
</form><p>Words after</p>"""


def refilled(page=PAGE, path="/here/", **typed):
    return refill(page, at="/here/", path=path, typed={name: list(values) for name, values in typed.items()})


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        pytest.param({"title": ['"Parks" & <b>']}, 'value="&quot;Parks&quot; &amp; &lt;b&gt;"', id="one line"),
        pytest.param({"words": ["</textarea><b>ü\r\nx"]}, "&lt;/textarea&gt;&lt;b&gt;ü\r\nx</textarea>", id="words"),
        pytest.param({"words": [""]}, '<textarea name="words" rows="3">\n</textarea>', id="emptied words"),
        pytest.param({"light": ["green"]}, 'name="light" value="green" checked>', id="a choice"),
        pytest.param({"light": ["green"]}, 'name="light" value="red">', id="not the other choice"),
        pytest.param({"title": ["x"]}, '<input type="checkbox" name="forward">', id="a tick taken away"),
        pytest.param({"agencies": ["2", "Three"]}, '<option value="2" selected>Two', id="of a list"),
        pytest.param({"agencies": ["2", "Three"]}, "<option selected>Three", id="of a list, by its words"),
        pytest.param({"agencies": ["2", "Three"]}, '<option value="1">One', id="not another of the list"),
        pytest.param({"version": ["3"]}, 'name="version" value="3"', id="the version that was edited"),
    ],
)
def test_controls_show_what_was_typed(typed, found):
    assert found in refilled(**typed).page


def test_nothing_else_of_the_page_changes():
    page = refilled(title=["x"], words=["y"], csrfmiddlewaretoken=["stale"]).page
    before, after = PAGE.index('<form method="post" novalidate'), "<p>Words after</p>"
    assert page.startswith(PAGE[:before])
    assert page.endswith(after)
    assert 'value="fresh"' in page
    assert "stale" not in page


def test_the_form_is_sent_where_it_was_sent_before():
    assert '<form action="/here/" method="post" novalidate>' in refilled(title=["x"]).page


def test_what_finds_no_place_is_handed_back():
    left = refilled(title=["x"], light=["blue"], figure_9=["12"], gone=[" "], submit=["yes"]).left_over
    assert left == {"light": ["blue"], "figure_9": ["12"]}


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        pytest.param("/elsewhere/", {"title": ["x"]}, id="no form leads there"),
        pytest.param("/here/", {"colour": ["x"]}, id="the form knows none of it"),
        pytest.param("/search/", {"words": ["x"]}, id="a form that only searches"),
    ],
)
def test_a_page_without_the_form_is_left_alone(path, typed):
    assert refilled(path=path, **typed) is None


def test_boxes_of_one_name_are_filled_in_their_order():
    page = '<form method="post"><input name="a"><input name="a"></form>'
    assert refilled(page, a=["1", "2"]).page.index('value="1"') < refilled(page, a=["1", "2"]).page.index('value="2"')


def test_no_password_and_no_file_is_ever_put_back():
    page = '<form method="post"><input name="a"><input type="password" name="b"><input type="file" name="c"></form>'
    assert "secret" not in refilled(page, a=["1"], b=["secret"], c=["secret"]).page

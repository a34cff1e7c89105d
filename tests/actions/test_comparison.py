import pytest

from actions.comparison import MOST_WORDS, Change, compare_words

LONG = "The patrols were held every Friday and Saturday night until the end of June."


def marked(old, new):
    signs = {Change.SAME: "{}", Change.ADDED: "+{}+", Change.REMOVED: "-{}-"}
    return [signs[piece.change].format(piece.text) for piece in compare_words(old, new).pieces]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("one two three", "one two three four", ["one two three ", "+four+"], id="at the end"),
        pytest.param("one two three four", "two three four", ["-one -", "two three four"], id="at the start"),
        pytest.param("We have held two events", "We have held three events",
                     ["We have held ", "-two -", "+three +", "events"], id="in between"),
        pytest.param("gone with the wind", "", ["-gone with the wind-"], id="all of it"),
    ],
)  # fmt: skip
def test_words_that_came_and_went_are_marked(old, new, expected):
    assert marked(old, new) == expected


def test_the_newer_text_can_be_read_through():
    new = LONG.replace("Friday and Saturday", "Saturday").replace("June", "July, in the rain")
    pieces = compare_words(LONG, new).pieces
    assert "".join(piece.text for piece in pieces if piece.change is not Change.REMOVED) == new
    assert "".join(piece.text for piece in pieces if piece.change is not Change.ADDED).split() == LONG.split()


def test_a_word_that_stayed_by_chance_is_part_of_the_change():
    same = "were held each Friday night until June"
    assert marked(f"Two of ten {same}", f"Three of twelve {same}") == ["-Two of ten -", "+Three of twelve +", same]


@pytest.mark.parametrize("new", [LONG, LONG.replace(" ", "\n"), f"  {LONG}\n"])
def test_the_same_words_are_the_same_however_they_are_set(new):
    found = compare_words(LONG, new)
    assert found.is_same
    assert [piece.change for piece in found.pieces] == [Change.SAME]


def test_a_text_written_anew_comes_without_marks():
    found = compare_words(LONG, "Nothing has been done about lighting yet, because the lamps are late.")
    assert found.is_new
    assert [piece.change for piece in found.pieces] == [Change.SAME]


@pytest.mark.parametrize("old", ["", "  \n"])
def test_the_first_words_are_not_all_marked_as_added(old):
    assert compare_words(old, LONG).is_new


def test_no_words_at_all():
    assert compare_words("", "").pieces == ()


def test_a_text_too_long_to_compare_comes_whole():
    long = "word " * (MOST_WORDS + 1)
    found = compare_words(long, f"{long}more")
    assert found.is_new
    assert found.pieces[0].text == f"{long}more"

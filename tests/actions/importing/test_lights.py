"""Which words are a light, and which are not."""

import pytest

from actions.importing.lights import Light, light_in_wrong_column, rag_of_fill, read_light
from csp_tracker.lights import light_before_words
from csp_tracker.rag import RAG


@pytest.mark.parametrize(
    ("words", "rag", "carried_forward"),
    [
        ("GREEN", RAG.GREEN, False),
        ("green.", RAG.GREEN, False),
        ("GREEN c/f Actions", RAG.GREEN, True),
        ("Amber – carried forward", RAG.AMBER, True),
        ("Red: no funding", RAG.RED, False),
        ("Yellow", RAG.AMBER, False),
        ("Completed", RAG.COMPLETE, False),
        ("BLUE", RAG.COMPLETE, False),
        ("R", RAG.RED, False),
        ("A ▼", RAG.AMBER, False),
        ("(G)", RAG.GREEN, False),
        ("g", RAG.GREEN, False),
        ("n/a", RAG.NOT_RATED, False),
        ("Not started", RAG.NOT_RATED, False),
    ],
)
def test_known_words_in_the_column_for_lights(words, rag, carried_forward):
    assert read_light(words) == Light(rag, words, carried_forward)


@pytest.mark.parametrize(
    "words", ["Not achieved", "Not complete", "Amber/Green", "A/G", "A?", "On track", "RAG", "Turns green"]
)
def test_other_words_are_asked_about_and_never_green(words):
    light = read_light(words)
    assert light is not None
    assert (light.rag, light.as_stated, light.is_known) == (RAG.NOT_RATED, words, False)


@pytest.mark.parametrize("words", ["", " \n", "-", "--", "–"])
def test_nothing_is_no_light(words):
    assert read_light(words) is None


@pytest.mark.parametrize(("words", "is_light"), [
    ("GREEN", True),
    ("Red", True),
    ("AMBER c/f", True),
    ("GREEN c/f Actions", True),
    ("Green Flag award", False),
    ("information given to RAG", False),
    ("Completed", False),
    ("G", False),
    ("", False),
])  # fmt: skip
def test_in_another_column_only_a_colour_alone_is_a_light(words, is_light):
    assert (light_in_wrong_column(words) is not None) is is_light


@pytest.mark.parametrize(("words", "word"), [
    ("Green - four held", "Green"),
    ("AMBER: two wardens short", "AMBER"),
    ("Red – no money", "Red"),
    ("Green", None),
    ("Green paint ordered", None),
    ("Red-tape cut", None),
    ("Blue - the colour of the badge", None),
    ("On track - green", None),
])  # fmt: skip
def test_before_the_words_of_another_column_a_colour_is_a_light(words, word):
    light = light_before_words(words)
    assert (light and light.as_stated) == word


@pytest.mark.parametrize(
    ("fill", "rag"),
    [
        ("00B050", RAG.GREEN),
        ("92D050", RAG.GREEN),
        ("008000", RAG.GREEN),
        ("FF0000", RAG.RED),
        ("C00000", RAG.RED),
        ("FFC000", RAG.AMBER),
        ("FFFF00", RAG.AMBER),
        ("0070C0", RAG.COMPLETE),
        ("D9D9D9", None),
        ("DEEAF6", None),
        ("FFFFFF", None),
        ("000000", None),
        ("7030A0", None),
        ("", None),
        ("auto", None),
    ],
)
def test_a_strong_colour_without_a_word(fill, rag):
    assert rag_of_fill(fill) is rag
    assert read_light("", fill) == (Light(rag, "") if rag else None)


def test_the_word_counts_and_not_the_colour():
    light = read_light("RED", "00B050")
    assert light is not None
    assert light.rag is RAG.RED


@pytest.mark.parametrize(
    ("words", "rag"),
    [
        ("G – on course", RAG.GREEN),
        ("A: slipping", RAG.AMBER),
        ("B (complete)", RAG.COMPLETE),
        ("A - Amber", RAG.AMBER),
        ("🟢", RAG.GREEN),
        ("🔴 behind", RAG.RED),
        ("Grey", RAG.NOT_RATED),
        ("⚪", RAG.NOT_RATED),
    ],
)
def test_letters_with_words_and_coloured_circles(words, rag):
    assert read_light(words) == Light(rag, words)


@pytest.mark.parametrize("words", ["R/A", "G/A", "G – red flag", "A meeting was held", "🟡🟢", "R.A.G"])
def test_two_lights_or_none_are_asked_about(words):
    light = read_light(words)
    assert light is not None
    assert (light.rag, light.is_known) == (RAG.NOT_RATED, False)
